//! The master's soft limiter: leaves quiet sound alone, never lets a sample past the ceiling.
//!
//! Both ears share one gain, and each frame depends on the frames before it alone, so that the size of
//! a block changes nothing. It does not look ahead: that would delay every onset.

/// −1 dBFS.
const CEILING: f32 = 0.891;
/// Below this level nothing is changed.
const KNEE: f32 = 0.5;
const RELEASE_SECS: f32 = 0.15;

#[derive(Clone, Debug)]
pub struct Limiter {
    level: f32,
    release: f32,
}

impl Limiter {
    pub fn new(sample_rate: u32) -> Self {
        Self { level: 0.0, release: (-1.0 / (RELEASE_SECS * sample_rate as f32)).exp() }
    }

    pub fn reset(&mut self) {
        self.level = 0.0;
    }

    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (l, r) in left.iter_mut().zip(right) {
            // A font can be broken enough to make a NaN; the loudspeaker must not learn of it.
            if !(l.is_finite() && r.is_finite()) {
                (*l, *r) = (0.0, 0.0);
            }
            self.level = (self.level * self.release).max(l.abs()).max(r.abs());
            if self.level > KNEE {
                let room = CEILING - KNEE;
                let wanted = KNEE + room * (1.0 - (-(self.level - KNEE) / room).exp());
                let gain = wanted / self.level;
                // The clamp takes up the last bit of rounding, nothing else.
                *l = (*l * gain).clamp(-CEILING, CEILING);
                *r = (*r * gain).clamp(-CEILING, CEILING);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_sound_is_untouched_and_loud_sound_stays_under_the_ceiling() {
        let mut limiter = Limiter::new(48_000);
        let wave = |gain: f32| (0..4800).map(|i| gain * (i as f32 * 0.05).sin()).collect::<Vec<_>>();
        let (mut l, mut r) = (wave(0.49), wave(0.2));
        limiter.process(&mut l, &mut r);
        assert_eq!((l, r), (wave(0.49), wave(0.2)));
        let (mut l, mut r) = (wave(20.0), wave(0.2));
        r[7] = f32::NAN;
        limiter.process(&mut l, &mut r);
        assert!(l.iter().chain(&r).all(|x| x.abs() <= CEILING));
    }
}

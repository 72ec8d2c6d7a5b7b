//! The metronome's click, made here so that it sounds the same through every font.

/// What a bar opens with, and the other beats: Hz and amplitude.
const HIGH: (f32, f32) = (1760.0, 0.34);
const LOW: (f32, f32) = (1174.7, 0.22);
/// Time in which it falls to a third.
const DECAY_SECS: f32 = 0.011;
const ATTACK_SECS: f32 = 0.0008;
const LENGTH_SECS: f32 = 0.09;

#[derive(Clone, Debug)]
pub struct Click {
    sample_rate: f32,
    /// Frames since it was struck.
    age: u32,
    tone: (f32, f32),
}

impl Click {
    pub fn new(sample_rate: u32) -> Self {
        Self { sample_rate: sample_rate as f32, age: u32::MAX, tone: LOW }
    }

    pub fn strike(&mut self, opens_bar: bool) {
        self.tone = if opens_bar { HIGH } else { LOW };
        self.age = 0;
    }

    pub fn silence(&mut self) {
        self.age = u32::MAX;
    }

    /// Adds itself to both sides.
    pub fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let end = (LENGTH_SECS * self.sample_rate) as u32;
        for (l, r) in left.iter_mut().zip(right) {
            if self.age >= end {
                return;
            }
            let secs = self.age as f32 / self.sample_rate;
            let (hz, loud) = self.tone;
            let envelope = (secs / ATTACK_SECS).min(1.0) * (-secs / DECAY_SECS).exp();
            let x = loud * envelope * (std::f32::consts::TAU * hz * secs).sin();
            *l += x;
            *r += x;
            self.age += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_and_ends_in_silence() {
        let mut click = Click::new(48_000);
        let (mut left, mut right) = (vec![0.0; 4800], vec![0.0; 4800]);
        click.render(&mut left, &mut right);
        assert!(left.iter().all(|x| *x == 0.0));
        click.strike(true);
        click.render(&mut left, &mut right);
        assert!(left == right && left.iter().any(|x| x.abs() > 0.1));
        assert!(left[0] == 0.0 && left[4320..].iter().all(|x| *x == 0.0) && left[4319].abs() < 1e-3);
    }
}

//! A sound put together from parts that are struck, blown and shaken: what drums and effects are made on.
//! Knows no drum.

use super::math::{Noise, cos_turns, exp, pow, sin_turns};
use super::sound::Sound;
use std::f64::consts::{LN_10, TAU};

pub struct Canvas {
    pub data: Vec<f64>,
    pub noise: Noise,
    pub rate: f64,
}

impl Canvas {
    pub fn new(secs: f64, rate: f64, seed: u64) -> Self {
        Self { data: vec![0.0; (secs * rate) as usize], noise: Noise::new(9000 + seed), rate }
    }

    /// Gain a sample for a decay of `t60` seconds to −60 dB.
    fn fall(&self, t60: f64) -> f64 {
        exp(-3.0 * LN_10 / (t60 * self.rate))
    }

    /// A skin: a sine that glides from `from` to `to` Hz within about `glide` seconds.
    pub fn skin(mut self, amp: f64, from: f64, to: f64, glide: f64, t60: f64) -> Self {
        let (mut phase, mut bend, mut gain) = (0.0, from - to, amp);
        let (slower, fainter) = (exp(-1.0 / (glide * self.rate)), self.fall(t60));
        for x in &mut self.data {
            *x += gain * sin_turns(phase);
            phase += (to + bend) / self.rate;
            bend *= slower;
            gain *= fainter;
        }
        self
    }

    /// Noise between two corners, from `start` seconds on.
    pub fn noise(self, amp: f64, low: f64, high: f64, start: f64, t60: f64) -> Self {
        self.swell(amp, low, high, start, 0.0, t60)
    }

    /// The same, taking `rise` seconds to reach its strength.
    pub fn swell(mut self, amp: f64, low: f64, high: f64, start: f64, rise: f64, t60: f64) -> Self {
        let (a, b) = (1.0 - exp(-TAU * high / self.rate), 1.0 - exp(-TAU * low / self.rate));
        let (mut top, mut top2, mut bottom, mut gain, fainter) = (0.0, 0.0, 0.0, amp, self.fall(t60));
        let rise = rise * self.rate;
        for (i, x) in self.data.iter_mut().skip((start * self.rate) as usize).enumerate() {
            top += (self.noise.signed() - top) * a;
            top2 += (top - top2) * a;
            bottom += (top2 - bottom) * b;
            let grown = if (i as f64) < rise { i as f64 / rise } else { 1.0 };
            *x += gain * grown * (top2 - bottom);
            gain *= fainter;
        }
        self
    }

    /// Metal: many partials between two frequencies, the high ones shorter, taking `rise` seconds to wake.
    pub fn metal(mut self, amp: f64, n: usize, low: f64, high: f64, t60: f64, rise: f64) -> Self {
        let each = amp / (n as f64).sqrt();
        for i in 0..n {
            let place = (i as f64 + self.noise.unit()) / n as f64;
            let hz = low * pow(high / low, place);
            let ring = t60 * (1.3 - place) * (0.6 + 0.8 * self.noise.unit());
            let weight = 0.4 + self.noise.unit();
            self = self.woken(each * weight, hz, ring, rise * place);
        }
        self
    }

    pub fn tone(self, amp: f64, hz: f64, t60: f64) -> Self {
        self.woken(amp, hz, t60, 0.0)
    }

    fn woken(mut self, amp: f64, hz: f64, t60: f64, rise: f64) -> Self {
        let phase = self.noise.unit();
        let step = hz / self.rate;
        if step >= 0.49 {
            return self;
        }
        let fainter = self.fall(t60);
        let (c, s) = (cos_turns(step) * fainter, sin_turns(step) * fainter);
        let (mut re, mut im) = (amp * cos_turns(phase), amp * sin_turns(phase));
        let rise = rise * self.rate;
        for (i, x) in self.data.iter_mut().enumerate() {
            let grown = if (i as f64) < rise { i as f64 / rise } else { 1.0 };
            *x += grown * im;
            (re, im) = (re * c - im * s, re * s + im * c);
        }
        self
    }

    /// Adds another sound, `at` seconds in.
    pub fn put(mut self, other: &Canvas, gain: f64, at: f64) -> Self {
        let from = (at * self.rate) as usize;
        for (x, y) in self.data.iter_mut().skip(from).zip(&other.data) {
            *x += gain * y;
        }
        self
    }

    /// Half a millisecond in, and to nothing within the last eighth.
    pub fn done(mut self) -> Sound {
        let n = self.data.len();
        let (rise, tail) = (((0.0005 * self.rate) as usize).max(1), (n / 8).max(1));
        for i in 0..n {
            let from_end = n - 1 - i;
            if i < rise {
                self.data[i] *= i as f64 / rise as f64;
            }
            if from_end < tail {
                self.data[i] *= from_end as f64 / tail as f64;
            }
        }
        Sound { data: self.data, looped: None, rate: self.rate as u32, t60: None }
    }
}

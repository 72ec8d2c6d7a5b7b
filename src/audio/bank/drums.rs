//! The sounds of the drum kit: skins, metal and wood, made once each without a pitch to keep.
//!
//! Which key plays which is `kit`'s business.

use super::math::{Noise, cos_turns, exp, pow, sin_turns};
use super::sound::Sound;
use std::f64::consts::{LN_10, TAU};

const RATE: f64 = 32_000.0;

/// A drum being built up from parts.
struct Canvas {
    data: Vec<f64>,
    noise: Noise,
}

impl Canvas {
    fn new(secs: f64, seed: u64) -> Self {
        Self { data: vec![0.0; (secs * RATE) as usize], noise: Noise::new(9000 + seed) }
    }

    /// A skin: a sine that glides from `from` to `to` Hz within about `glide` seconds.
    fn skin(mut self, amp: f64, from: f64, to: f64, glide: f64, t60: f64) -> Self {
        let (mut phase, mut bend, mut gain) = (0.0, from - to, amp);
        let (slower, fainter) = (exp(-1.0 / (glide * RATE)), fall(t60));
        for x in &mut self.data {
            *x += gain * sin_turns(phase);
            phase += (to + bend) / RATE;
            bend *= slower;
            gain *= fainter;
        }
        self
    }

    /// Noise between two corners, from `start` seconds on.
    fn noise(mut self, amp: f64, low: f64, high: f64, start: f64, t60: f64) -> Self {
        let (a, b) = (1.0 - exp(-TAU * high / RATE), 1.0 - exp(-TAU * low / RATE));
        let (mut top, mut bottom, mut gain, fainter) = (0.0, 0.0, amp, fall(t60));
        for x in self.data.iter_mut().skip((start * RATE) as usize) {
            top += (self.noise.signed() - top) * a;
            bottom += (top - bottom) * b;
            *x += gain * (top - bottom);
            gain *= fainter;
        }
        self
    }

    /// Metal: many partials between two frequencies, the high ones shorter.
    fn metal(mut self, amp: f64, n: usize, low: f64, high: f64, t60: f64) -> Self {
        let each = amp / pow(n as f64, 0.5);
        for i in 0..n {
            let place = (i as f64 + self.noise.unit()) / n as f64;
            let hz = low * pow(high / low, place);
            let ring = t60 * (1.25 - place) * (0.7 + 0.6 * self.noise.unit());
            self = self.tone(each * (0.5 + self_noise(hz)), hz, ring);
        }
        self
    }

    fn tone(mut self, amp: f64, hz: f64, t60: f64) -> Self {
        let phase = self.noise.unit();
        let step = hz / RATE;
        let fainter = fall(t60);
        let (c, s) = (cos_turns(step) * fainter, sin_turns(step) * fainter);
        let (mut re, mut im) = (amp * cos_turns(phase), amp * sin_turns(phase));
        for x in &mut self.data {
            *x += im;
            (re, im) = (re * c - im * s, re * s + im * c);
        }
        self
    }

    /// Half a millisecond in, and to nothing within the last eighth.
    fn done(mut self) -> Sound {
        let n = self.data.len();
        let (rise, tail) = (16, n / 8);
        for i in 0..n {
            let from_end = n - 1 - i;
            if i < rise {
                self.data[i] *= i as f64 / rise as f64;
            }
            if from_end < tail {
                self.data[i] *= from_end as f64 / tail as f64;
            }
        }
        Sound { data: self.data, looped: None, rate: RATE as u32, t60: None }
    }
}

/// A weight that wanders with frequency, so that no two partials are alike.
fn self_noise(hz: f64) -> f64 {
    0.5 + 0.5 * sin_turns(hz * 0.0137)
}

/// Gain a sample for a decay of `t60` seconds to −60 dB.
fn fall(t60: f64) -> f64 {
    exp(-3.0 * LN_10 / (t60 * RATE))
}

pub fn kick() -> Sound {
    Canvas::new(0.42, 1)
        .skin(1.0, 190.0, 52.0, 0.022, 0.42)
        .noise(0.5, 60.0, 3200.0, 0.0, 0.03)
        .skin(0.25, 320.0, 90.0, 0.01, 0.06)
        .done()
}

pub fn snare() -> Sound {
    Canvas::new(0.32, 2)
        .skin(0.55, 260.0, 185.0, 0.012, 0.16)
        .skin(0.3, 390.0, 330.0, 0.01, 0.11)
        .noise(1.1, 1200.0, 9000.0, 0.0, 0.26)
        .noise(0.5, 300.0, 3000.0, 0.0, 0.1)
        .done()
}

pub fn electric_snare() -> Sound {
    Canvas::new(0.3, 3).skin(0.7, 330.0, 175.0, 0.02, 0.2).noise(1.0, 700.0, 7000.0, 0.0, 0.22).done()
}

pub fn rim() -> Sound {
    Canvas::new(0.09, 4).tone(0.7, 1720.0, 0.05).tone(0.5, 520.0, 0.05).noise(0.6, 900.0, 7000.0, 0.0, 0.02).done()
}

pub fn clap() -> Sound {
    Canvas::new(0.3, 5)
        .noise(0.8, 800.0, 3400.0, 0.0, 0.025)
        .noise(0.8, 800.0, 3400.0, 0.011, 0.025)
        .noise(0.9, 800.0, 3400.0, 0.022, 0.03)
        .noise(1.0, 700.0, 3800.0, 0.033, 0.26)
        .done()
}

pub fn closed_hat() -> Sound {
    Canvas::new(0.11, 6).metal(0.5, 24, 3200.0, 13_500.0, 0.09).noise(0.6, 6000.0, 14_000.0, 0.0, 0.08).done()
}

pub fn open_hat() -> Sound {
    Canvas::new(0.55, 6).metal(0.6, 28, 3200.0, 13_500.0, 0.55).noise(0.6, 6000.0, 14_000.0, 0.0, 0.5).done()
}

pub fn pedal_hat() -> Sound {
    Canvas::new(0.09, 7).metal(0.4, 20, 2600.0, 11_000.0, 0.07).noise(0.5, 3500.0, 11_000.0, 0.0, 0.06).done()
}

/// A tom, at key 45.
pub fn tom() -> Sound {
    Canvas::new(0.5, 8)
        .skin(1.0, 165.0, 110.0, 0.05, 0.5)
        .skin(0.35, 260.0, 178.0, 0.03, 0.22)
        .noise(0.35, 200.0, 2500.0, 0.0, 0.05)
        .done()
}

pub fn crash() -> Sound {
    Canvas::new(0.85, 9).metal(1.0, 60, 420.0, 13_000.0, 1.5).noise(0.8, 3000.0, 14_000.0, 0.0, 0.9).done()
}

pub fn ride() -> Sound {
    Canvas::new(0.6, 10)
        .metal(0.7, 36, 600.0, 12_000.0, 1.1)
        .tone(0.2, 3950.0, 0.7)
        .noise(0.4, 5000.0, 13_000.0, 0.0, 0.12)
        .done()
}

pub fn ride_bell() -> Sound {
    Canvas::new(0.5, 11)
        .tone(0.6, 930.0, 0.9)
        .tone(0.5, 2430.0, 0.8)
        .tone(0.35, 3620.0, 0.6)
        .metal(0.3, 16, 1500.0, 9000.0, 0.6)
        .done()
}

pub fn cowbell() -> Sound {
    Canvas::new(0.28, 12)
        .tone(0.7, 562.0, 0.28)
        .tone(0.7, 845.0, 0.3)
        .tone(0.3, 1690.0, 0.12)
        .tone(0.2, 2250.0, 0.08)
        .done()
}

pub fn tambourine() -> Sound {
    Canvas::new(0.26, 13)
        .metal(0.7, 22, 4500.0, 13_500.0, 0.24)
        .noise(0.5, 5000.0, 13_000.0, 0.0, 0.1)
        .noise(0.4, 5000.0, 13_000.0, 0.035, 0.12)
        .done()
}

/// A hand drum, at key 62: bongos, congas and timbales by pitch.
pub fn hand_drum() -> Sound {
    Canvas::new(0.3, 14)
        .skin(1.0, 330.0, 290.0, 0.012, 0.26)
        .skin(0.4, 610.0, 560.0, 0.01, 0.1)
        .noise(0.45, 500.0, 4500.0, 0.0, 0.02)
        .done()
}

pub fn shaker() -> Sound {
    Canvas::new(0.1, 15).noise(0.5, 4000.0, 11_000.0, 0.0, 0.09).noise(0.6, 5000.0, 12_000.0, 0.025, 0.07).done()
}

pub fn guiro() -> Sound {
    let scrape = (0..14).map(|i| f64::from(i) * 0.02);
    scrape.fold(Canvas::new(0.34, 16), |c, at| c.noise(0.7, 1800.0, 7000.0, at, 0.016)).done()
}

pub fn whistle() -> Sound {
    let trill = Canvas::new(0.3, 17).skin(0.7, 2350.0, 2300.0, 0.05, 3.0).skin(0.4, 2420.0, 2400.0, 0.05, 3.0);
    trill.noise(0.15, 2000.0, 5000.0, 0.0, 2.0).done()
}

/// Wood, at key 76: claves and blocks by pitch.
pub fn wood() -> Sound {
    Canvas::new(0.1, 18).tone(0.9, 880.0, 0.08).tone(0.4, 1330.0, 0.05).noise(0.3, 800.0, 5000.0, 0.0, 0.01).done()
}

/// The agogô, at key 67.
pub fn agogo() -> Sound {
    Canvas::new(0.4, 19).tone(0.8, 940.0, 0.4).tone(0.4, 2550.0, 0.22).tone(0.2, 3900.0, 0.12).done()
}

/// The cuíca's sung skin, at key 78.
pub fn cuica() -> Sound {
    Canvas::new(0.28, 20).skin(0.8, 430.0, 700.0, 0.06, 0.6).noise(0.12, 500.0, 3000.0, 0.0, 0.3).done()
}

pub fn triangle() -> Sound {
    Canvas::new(0.55, 21)
        .tone(0.6, 3080.0, 1.2)
        .tone(0.5, 5210.0, 1.1)
        .tone(0.4, 7820.0, 0.9)
        .tone(0.3, 9900.0, 0.6)
        .done()
}

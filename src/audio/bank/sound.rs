//! What every way of making a sound shares: the made sound itself, loops that fit, and the units of a
//! SoundFont. Knows no instrument and no file.
//!
//! All loops here are exact: the sample after the loop *is* the sample at its start, because every
//! frequency is a whole number of cycles in the loop by then. The sample's nominal rate takes up what
//! is missing to the wanted pitch.

use super::math::{log2, sin_turns};
use std::f64::consts::PI;

/// No partial is made above this share of the sampling rate.
pub const TOP: f64 = 0.46;

/// A made sound, its samples still real numbers of any level.
#[derive(Clone, Debug)]
pub struct Sound {
    pub data: Vec<f64>,
    pub looped: Option<(usize, usize)>,
    /// Samples a second at which it has its pitch.
    pub rate: u32,
    /// The envelope that the player must put on it: seconds to −60 dB, none for a sustained tone.
    pub t60: Option<f64>,
}

/// A loop of whole cycles and whole samples.
#[derive(Clone, Copy, Debug)]
pub struct Loop {
    pub cycles: usize,
    pub len: usize,
    pub rate: u32,
}

impl Loop {
    /// About `secs` at about `rate`, of a tone of `hz`; the cycles are a multiple of `multiple`.
    pub fn fit(hz: f64, rate: f64, secs: f64, multiple: usize) -> Self {
        let m = multiple as f64;
        let cycles = ((secs * hz / m).round() * m).max(2.0 * m);
        let len = (cycles * rate / hz).round();
        Self { cycles: cycles as usize, len: len as usize, rate: (hz * len / cycles).round() as u32 }
    }

    pub fn secs(&self) -> f64 {
        self.len as f64 / f64::from(self.rate)
    }
}

/// What a partial of `step` cycles a sample loses to linear interpolation in the player, given back.
pub fn unblunt(step: f64) -> f64 {
    let x = PI * step;
    if x < 1e-3 {
        return 1.0;
    }
    let sinc = sin_turns(0.5 * step) / x;
    1.0 / (sinc * sinc)
}

/// Sum of resonances (centre Hz, half-width Hz, gain) at `hz`.
pub fn formants(hz: f64, peaks: &[(f64, f64, f64)]) -> f64 {
    peaks.iter().map(|&(centre, width, gain)| gain / (1.0 + ((hz - centre) / width) * ((hz - centre) / width))).sum()
}

/// Timecents, the SoundFont's unit of time.
pub fn timecents(secs: f64) -> i16 {
    (1200.0 * log2(secs.clamp(0.001, 60.0))).round() as i16
}

/// Absolute cents, the SoundFont's unit of frequency.
pub fn absolute_cents(hz: f64) -> i16 {
    (1200.0 * log2(hz / 8.175_799)).round().clamp(-16_000.0, 13_500.0) as i16
}

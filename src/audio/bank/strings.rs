//! Modes of a string: what it is made of, where and how softly it is set going, how it loses its sound.
//!
//! Strings are given by their modes, the exact solution of which a plucked-string delay line (Karplus
//! and Strong 1983) is the approximation: it can be tuned and looped exactly. Stiffness and decay after
//! N. Fletcher and T. Rossing, "The Physics of Musical Instruments", chapters 2, 9 and 12.

use super::math::{Noise, exp2, gain_from_db, log2, pow, sin_turns};
use super::strike::Mode;

/// A string of some fundamental, excited at `at` of its length, its partials falling as n^−`slope`.
pub struct Strung {
    pub at: f64,
    pub slope: f64,
    /// Seconds that the fundamental rings, to −60 dB.
    pub t60: f64,
    /// How much faster each partial dies than the one below.
    pub damping: f64,
    /// Loss at 1 kHz, growing with the square of frequency.
    pub loss: f64,
    /// The inharmonicity coefficient B.
    pub stiffness: f64,
    /// A soft exciter's low-pass, Hz.
    pub soft_hz: f64,
    /// A second course or direction of vibration: share of the amplitude that rings long, cents off. What
    /// it leaves dies three times as fast.
    pub after: (f64, f64),
    /// dB by which partials are uneven: what wood or a sound board makes of them.
    pub uneven_db: f64,
}

impl Strung {
    pub fn modes(&self, hz: f64, top_hz: f64, seed: u64) -> Vec<Mode> {
        let mut noise = Noise::new(seed);
        let mut out = Vec::new();
        for k in 1..=96 {
            let n = f64::from(k);
            let ratio = n * ((1.0 + self.stiffness * n * n) / (1.0 + self.stiffness)).sqrt();
            let f = ratio * hz;
            if f > top_hz {
                break;
            }
            let place = sin_turns(0.5 * n * self.at).abs().max(0.3);
            let soft = 1.0 / (1.0 + (f / self.soft_hz) * (f / self.soft_hz));
            let wood = gain_from_db(self.uneven_db * noise.signed() * if k == 1 { 0.4 } else { 1.0 });
            let khz = f / 1000.0;
            let t60 = 1.0 / ((1.0 + self.damping * (n - 1.0)) / self.t60 + self.loss * khz * khz);
            let amp = place * soft * wood * pow(n, -self.slope);
            let phase = if self.uneven_db > 0.0 { noise.unit() } else { 0.04 * noise.signed() };
            let (share, cents) = self.after;
            out.push(Mode { ratio, amp: (1.0 - share) * amp, t60: 0.33 * t60, phase });
            out.push(Mode { ratio: ratio * exp2(cents / 1200.0), amp: share * amp, t60, phase });
        }
        out
    }
}

/// Seconds that scale with pitch: `at_c4`, halved every `octaves` octaves up.
pub fn by_pitch(hz: f64, at_c4: f64, octaves: f64) -> f64 {
    at_c4 * exp2(-log2(hz / 261.63) / octaves)
}

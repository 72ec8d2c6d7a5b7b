//! Tones that are a function of their phase: frequency modulation, overdriven strings, pick-ups. What
//! still changes when the loop begins stands still from there on, so that the loop has no seam.

use super::math::{cos_turns, exp, hz_from_key, sin_turns};
use super::sound::{Loop, Sound};
use std::f64::consts::LN_10;

/// Where a tone is.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Seconds since it began; stands still in the loop.
    pub secs: f64,
    /// Cycles of the fundamental.
    pub turns: f64,
    /// Loops: a whole number of these may be added to `turns`, for a slight detuning.
    pub loops: f64,
}

pub struct Shaped<'a> {
    pub key: u8,
    pub rate: f64,
    pub wave: &'a dyn Fn(Place) -> f64,
    /// Seconds to −60 dB, which `wave` has in it; none for a sustained tone.
    pub t60: Option<f64>,
    /// Samples computed for each kept, and the low-pass before the others are dropped.
    pub oversampled: usize,
    pub cut_hz: f64,
    pub onset: f64,
    pub body: f64,
    pub loop_secs: f64,
}

impl Shaped<'_> {
    pub fn render(&self) -> Sound {
        let ring = Loop::fit(hz_from_key(f64::from(self.key)), self.rate, self.loop_secs, 1);
        let rate = f64::from(ring.rate);
        let body = (self.body * rate) as usize;
        let len = body + ring.len;
        let over = self.oversampled;
        let lift = self.t60.map_or(0.0, |t60| 3.0 * LN_10 / t60);
        let at = |i: usize| {
            let t = i as f64 / over as f64;
            let loops = (t - body as f64) / ring.len as f64;
            let secs = t.min(body as f64) / rate;
            (self.wave)(Place { secs, turns: loops * ring.cycles as f64, loops }) * exp(lift * secs)
        };
        let mut fine: Vec<f64> = (0..len * over).map(at).collect();
        if over > 1 {
            let cut = self.cut_hz / (rate * over as f64);
            for q in [0.541, 1.307] {
                low_pass(&mut fine, body * over, cut, q);
            }
        }
        let mut data: Vec<f64> = fine.iter().step_by(over).copied().collect();
        let onset = (self.onset * rate).floor();
        debug_assert!(onset as usize <= body);
        for (i, x) in data.iter_mut().enumerate().take(onset as usize) {
            *x *= 0.5 - 0.5 * cos_turns(0.5 * i as f64 / onset);
        }
        Sound { data, looped: Some((body, len)), rate: ring.rate, t60: self.t60 }
    }
}

/// A second-order low-pass; the loop, from `body` on, is heard once before it counts.
fn low_pass(data: &mut [f64], body: usize, cut: f64, q: f64) {
    let alpha = sin_turns(cut) / (2.0 * q);
    let c = cos_turns(cut);
    let (a0, a1, a2) = (1.0 + alpha, -2.0 * c, 1.0 - alpha);
    let b = (1.0 - c) / a0;
    let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
    let mut step = |x: f64| {
        let y = 0.5 * b * (x + 2.0 * x1 + x2) - (a1 * y1 + a2 * y2) / a0;
        (x2, x1, y2, y1) = (x1, x, y1, y);
        y
    };
    let once: Vec<f64> = data.iter().map(|x| step(*x)).collect();
    let again: Vec<f64> = data[body..].iter().map(|x| step(*x)).collect();
    data[..body].copy_from_slice(&once[..body]);
    data[body..].copy_from_slice(&again);
}

//! Struck and plucked things as sums of decaying modes: exact frequencies while the ear attends to them,
//! whole cycles of the loop once it begins. Knows physics, no instrument.

use super::math::{Noise, cos_turns, exp, sin_turns};
use super::sound::{Loop, Sound, TOP, unblunt};
use std::f64::consts::{LN_10, TAU};

/// One way in which a struck thing rings.
#[derive(Clone, Copy, Debug)]
pub struct Mode {
    /// Frequency over the fundamental's.
    pub ratio: f64,
    pub amp: f64,
    /// Seconds to −60 dB.
    pub t60: f64,
    /// Turns at the blow.
    pub phase: f64,
}

impl Mode {
    pub fn new(ratio: f64, amp: f64, t60: f64) -> Self {
        Self { ratio, amp, t60, phase: 0.0 }
    }
}

/// A burst of filtered noise at the start: hammer, pick, breath.
#[derive(Clone, Copy, Debug)]
pub struct Knock {
    /// Against the sound's own peak.
    pub amp: f64,
    /// Low-pass corner.
    pub hz: f64,
    pub t60: f64,
}

#[derive(Clone, Debug)]
pub struct Struck<'a> {
    pub hz: f64,
    /// Samples a second, about.
    pub rate: f64,
    pub modes: Vec<Mode>,
    /// Wood that answers: (Hz, amplitude against the peak, seconds to −60 dB).
    pub thumps: &'a [(f64, f64, f64)],
    pub knock: Option<Knock>,
    /// Seconds over which the blow builds up.
    pub onset: f64,
    /// Seconds until the loop begins; what still decays then decays with the envelope.
    pub body: f64,
    pub loop_secs: f64,
    pub seed: u64,
}

impl Struck<'_> {
    pub fn render(&self) -> Sound {
        let ring = Loop::fit(self.hz, self.rate, self.loop_secs, 1);
        let rate = f64::from(ring.rate);
        let body = (self.body * rate) as usize;
        let len = body + ring.len;
        let slowest = self.modes.iter().map(|m| m.t60).fold(0.05, f64::max);
        let mut data = vec![0.0; len];
        let base = ring.cycles as f64 / ring.len as f64;
        for m in &self.modes {
            let step = m.ratio * base;
            let settled = (m.ratio * ring.cycles as f64).round() / ring.len as f64;
            if step >= TOP || settled >= TOP {
                continue;
            }
            // Decay over the envelope's own decay, so that sample times envelope is the mode.
            let extra = exp(-3.0 * LN_10 * (1.0 / m.t60 - 1.0 / slowest) / rate);
            add_partial(&mut data, Partial { amp: m.amp * unblunt(step), phase: m.phase, step, settled, extra, body });
        }
        let peak = data.iter().fold(1e-9, |p: f64, x| p.max(x.abs()));
        for &(hz, amp, t60) in self.thumps {
            // Gone when the loop begins, so that it need not fit.
            let extra = exp(-3.0 * LN_10 * (1.0 / t60.min(1.5 * self.body) - 1.0 / slowest) / rate);
            let step = hz / rate;
            let n = body.min((t60 * rate) as usize);
            add_partial(&mut data[..n], Partial { amp: amp * peak, phase: 0.0, step, settled: step, extra, body: n });
        }
        let mut noise = Noise::new(self.seed);
        if let Some(knock) = self.knock {
            add_knock(&mut data, knock, peak, rate, &mut noise);
        }
        let onset = (self.onset * rate).max(1.0);
        for (i, x) in data.iter_mut().enumerate().take(onset as usize) {
            *x *= 0.5 - 0.5 * cos_turns(0.5 * i as f64 / onset);
        }
        Sound { data, looped: Some((body, len)), rate: ring.rate, t60: Some(slowest) }
    }
}

struct Partial {
    amp: f64,
    phase: f64,
    /// Cycles a sample until `body`, and from there on.
    step: f64,
    settled: f64,
    /// Gain a sample until `body`.
    extra: f64,
    body: usize,
}

fn add_partial(data: &mut [f64], p: Partial) {
    let (mut re, mut im) = (p.amp * cos_turns(p.phase), p.amp * sin_turns(p.phase));
    let (dc, ds) = (cos_turns(p.step) * p.extra, sin_turns(p.step) * p.extra);
    let (c, s) = (cos_turns(p.settled), sin_turns(p.settled));
    let (head, tail) = data.split_at_mut(p.body.min(data.len()));
    for x in head {
        *x += im;
        (re, im) = (re * dc - im * ds, re * ds + im * dc);
    }
    for x in tail {
        *x += im;
        (re, im) = (re * c - im * s, re * s + im * c);
    }
}

fn add_knock(data: &mut [f64], knock: Knock, peak: f64, rate: f64, noise: &mut Noise) {
    let smooth = exp(-TAU * knock.hz / rate);
    // Two one-pole filters; the factor brings filtered noise back to about its level.
    let level = knock.amp * peak / (1.0 - smooth).sqrt().max(1e-3);
    let decay = exp(-3.0 * LN_10 / (knock.t60 * rate));
    let n = ((knock.t60 * rate) as usize).min(data.len());
    let (mut a, mut b, mut gain) = (0.0, 0.0, level);
    for (i, x) in data.iter_mut().enumerate().take(n) {
        a += (noise.signed() - a) * (1.0 - smooth);
        b += (a - b) * (1.0 - smooth);
        let end = 1.0 - i as f64 / n as f64;
        *x += b * gain * end;
        gain *= decay;
    }
}

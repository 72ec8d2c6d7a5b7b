//! Two ways to make a sound that loops without a click: struck things as sums of decaying modes, and
//! sustained tones as spectra that repeat. Knows physics, no instrument and no file.
//!
//! The trick of both: every frequency is a whole number of cycles in the loop, so that the sample after
//! the loop *is* the sample at its start. With loops of a fifth of a second and more a partial moves by
//! at most 2.5 Hz for that, and the fundamental not at all: the sample's nominal rate takes up the rest.

use super::math::{Noise, cos_turns, exp, gain_from_db, log2, pow, sin_turns};
use std::f64::consts::LN_10;

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

/// One way in which a struck thing rings.
#[derive(Clone, Copy, Debug)]
pub struct Mode {
    /// Frequency over the fundamental's.
    pub ratio: f64,
    pub amp: f64,
    /// Seconds to −60 dB.
    pub t60: f64,
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
pub struct Struck {
    pub modes: Vec<Mode>,
    pub knock: Option<Knock>,
    /// Seconds over which the blow builds up.
    pub onset: f64,
    /// Seconds until the loop begins; what still decays then decays with the envelope.
    pub body: f64,
    pub loop_secs: f64,
}

/// Loop of about `secs` at about `rate`: (cycles of the fundamental, samples, exact rate).
fn fit_loop(hz: f64, rate: f64, secs: f64) -> (usize, usize, u32) {
    let cycles = (secs * hz).round().max(2.0);
    let samples = (cycles * rate / hz).round();
    (cycles as usize, samples as usize, (hz * samples / cycles).round() as u32)
}

impl Struck {
    /// A struck thing of fundamental `hz`, at about `rate` samples a second.
    pub fn render(&self, hz: f64, rate: f64, seed: u64) -> Sound {
        let (cycles, loop_len, exact) = fit_loop(hz, rate, self.loop_secs);
        let rate = f64::from(exact);
        let body = (self.body * rate) as usize;
        let len = body + loop_len;
        let slowest = self.modes.iter().map(|m| m.t60).fold(0.05, f64::max);
        let mut data = vec![0.0; len];
        let mut noise = Noise::new(seed);
        let highest = self.modes.iter().map(|m| m.ratio).fold(1.0, f64::max);
        for m in &self.modes {
            let bin = (m.ratio * cycles as f64).round();
            let step = bin / loop_len as f64;
            // Phases that grow with the square of frequency keep the peak low for the power (M. Schroeder,
            // IEEE Transactions on Information Theory 16, 1970).
            let phase = 0.5 * m.ratio * m.ratio / highest;
            if step >= 0.46 {
                continue;
            }
            // Decay over the envelope's own decay, so that sample times envelope is the mode.
            let extra = exp(-3.0 * LN_10 * (1.0 / m.t60 - 1.0 / slowest) / rate);
            add_partial(&mut data, m.amp, phase, step, extra, body);
        }
        let peak = data.iter().fold(1e-9, |p: f64, x| p.max(x.abs()));
        if let Some(knock) = self.knock {
            add_knock(&mut data, knock, peak, rate, &mut noise);
        }
        let onset = (self.onset * rate).max(1.0);
        for (i, x) in data.iter_mut().enumerate().take(onset as usize) {
            *x *= 0.5 - 0.5 * cos_turns(0.5 * i as f64 / onset);
        }
        Sound { data, looped: Some((body, len)), rate: exact, t60: Some(slowest) }
    }
}

/// A partial that shrinks by `decay` a sample until `steady`, then stays.
fn add_partial(data: &mut [f64], amp: f64, phase: f64, step: f64, decay: f64, steady: usize) {
    let (mut re, mut im) = (amp * cos_turns(phase), amp * sin_turns(phase));
    let (c, s) = (cos_turns(step), sin_turns(step));
    let (dc, ds) = (c * decay, s * decay);
    let steady = steady.min(data.len());
    let (head, tail) = data.split_at_mut(steady);
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
    let smooth = exp(-std::f64::consts::TAU * knock.hz / rate);
    // Two one-pole filters; the factor brings filtered noise back to about its level.
    let level = knock.amp * peak / pow(1.0 - smooth, 0.5).max(1e-3);
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

/// A sustained tone: what a harmonic's amplitude is, and how it is not quite still.
pub struct Sustained {
    /// Amplitude of harmonic k (1 = fundamental) that lies at hz.
    pub harmonic: fn(usize, f64) -> f64,
    /// Half a fundamental, as organs and big sounds have: its amplitude.
    pub sub: f64,
    /// Many players: each harmonic is a band, this many cents wide (standard deviation).
    pub spread_cents: f64,
    /// A second rank, one cycle a loop sharp, that beats with the first; fainter for low notes, where
    /// the same beat is a wider interval.
    pub twin: bool,
    /// Breath or bow, dB under the tone, and its band.
    pub noise_db: f64,
    pub noise_hz: (f64, f64),
    pub loop_secs: f64,
    pub chiff: Option<Knock>,
}

impl Sustained {
    pub fn render(&self, hz: f64, rate: f64, seed: u64) -> Sound {
        let (cycles, len, exact) = fit_loop(hz, rate, self.loop_secs);
        // An even number of cycles, so that half the fundamental fits too.
        let (cycles, len, exact) = if self.sub > 0.0 && cycles % 2 == 1 {
            fit_loop(hz, rate, (cycles + 1) as f64 / hz)
        } else {
            (cycles, len, exact)
        };
        let rate = f64::from(exact);
        let mut noise = Noise::new(seed);
        let mut data = vec![0.0; len];
        let mut add = |bin: f64, amp: f64, noise: &mut Noise| {
            let step = bin / len as f64;
            if amp.abs() > 1e-6 && bin >= 1.0 && step < 0.46 {
                add_partial(&mut data, amp, noise.unit(), step, 1.0, 0);
            }
        };
        let mut power = 0.0;
        if self.sub > 0.0 {
            add(cycles as f64 * 0.5, self.sub, &mut noise);
        }
        for k in 1..=(0.46 * rate / hz) as usize {
            let amp = (self.harmonic)(k, k as f64 * hz);
            power += amp * amp;
            let centre = (k * cycles) as f64;
            if self.twin {
                add(centre, amp, &mut noise);
                add(centre + k as f64, amp * 0.7 * hz / (hz + 200.0), &mut noise);
            } else if self.spread_cents > 0.0 {
                let sigma = centre * (pow(2.0, self.spread_cents / 1200.0) - 1.0);
                let reach = (2.5 * sigma).floor() as i64;
                // The middle stands out a little: a section has a leader, and the ear a pitch.
                let leader = |j: i64| if j == 0 { 1.7 } else { 1.0 };
                let weight = |j: i64| leader(j) * exp(-0.5 * (j * j) as f64 / (sigma * sigma + 0.1));
                let total: f64 = (-reach..=reach).map(|j| weight(j) * weight(j)).sum();
                for j in -reach..=reach {
                    add(centre + j as f64, amp * weight(j) / pow(total, 0.5), &mut noise);
                }
            } else {
                add(centre, amp, &mut noise);
            }
        }
        if self.noise_db > -80.0 {
            let per_bin = rate / len as f64;
            let (low, high) = ((self.noise_hz.0 / per_bin) as usize, (self.noise_hz.1 / per_bin) as usize);
            // Every few bins will do: the ear cannot tell a dense comb of random phases from noise.
            let bins: Vec<usize> = (low.max(1)..high).step_by((high.saturating_sub(low) / 500).max(2)).collect();
            let each = gain_from_db(self.noise_db) * pow(power / bins.len().max(1) as f64, 0.5);
            for bin in bins {
                // Falls by 3 dB an octave, as breath does.
                let tilt = pow((low.max(1) as f64) / bin as f64, 0.5);
                add(bin as f64, each * tilt * 2.0, &mut noise);
            }
        }
        let Some(chiff) = self.chiff else {
            return Sound { looped: Some((0, len)), data, rate: exact, t60: None };
        };
        let before = (chiff.t60 * rate) as usize;
        let peak = data.iter().fold(1e-9, |p: f64, x| p.max(x.abs()));
        let mut whole: Vec<f64> = (0..before).map(|i| data[(i + len - before % len) % len]).collect();
        whole.extend(&data);
        add_knock(&mut whole, chiff, peak, rate, &mut noise);
        Sound { looped: Some((before, before + len)), data: whole, rate: exact, t60: None }
    }
}

/// Sum of resonances (centre Hz, half-width Hz, gain) at `hz`.
pub fn formants(hz: f64, peaks: &[(f64, f64, f64)]) -> f64 {
    peaks.iter().map(|&(centre, width, gain)| gain / (1.0 + ((hz - centre) / width) * ((hz - centre) / width))).sum()
}

/// Timecents, the SoundFont's unit of time.
pub fn timecents(secs: f64) -> i16 {
    (1200.0 * log2(secs.clamp(0.001, 60.0))).round() as i16
}

/// Absolute cents, the SoundFont's unit of cutoff.
pub fn cutoff_cents(hz: f64) -> i16 {
    (1200.0 * log2(hz / 8.175_799)).round().clamp(1500.0, 13_500.0) as i16
}

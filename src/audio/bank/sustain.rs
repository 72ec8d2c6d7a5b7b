//! Sustained tones: harmonics of one player or several, each with a pitch and a strength that wander and
//! swing, through whatever the instrument does to a frequency. Bow, breath, reed, pipe, voice, circuit.
//! Knows no instrument.
//!
//! Everything that moves is a whole number of swings in the loop, so that the loop has no seam.

use super::math::{Noise, cos_turns, exp, exp2, gain_from_db, hz_from_key, log2, sin_turns};
use super::sound::{Loop, Sound, TOP, unblunt};

/// Samples between two looks at what a harmonic's amplitude should be.
const CONTROL: usize = 64;
const MAX_HARMONICS: usize = 96;

/// Noise of breath or bow: centre and width in Hz, dB under the tone.
pub type Band = (f64, f64, f64);

pub struct Sustained<'a> {
    pub key: u8,
    /// Samples a second, about.
    pub rate: f64,
    /// Amplitude of harmonic k (1 = fundamental) while it lies at so many Hz.
    pub harmonic: &'a dyn Fn(f64, f64) -> f64,
    /// How many play, and how far the outermost are off, in cents.
    pub players: usize,
    pub spread_cents: f64,
    /// Swings a second, cents, seconds until it has set in.
    pub vibrato: Option<(f64, f64, f64)>,
    /// Slow wandering: cents of the pitch, dB of each harmonic.
    pub wander: (f64, f64),
    /// Seconds in which the fundamental rises, and how many more a harmonic ten times as high takes.
    pub rise: (f64, f64),
    /// How far under its pitch a note begins.
    pub scoop_cents: f64,
    /// Half a fundamental, as organs and big sounds have: its amplitude.
    pub sub: f64,
    pub breath: &'a [Band],
    /// Breath at the very start over breath later, a factor.
    pub chiff: f64,
    /// Seconds until the loop begins.
    pub body: f64,
    pub loop_secs: f64,
}

/// A tone that does nothing by itself.
pub const STILL: Sustained<'static> = Sustained {
    key: 60,
    rate: 24_000.0,
    harmonic: &|_, _| 0.0,
    players: 1,
    spread_cents: 0.0,
    vibrato: None,
    wander: (0.0, 0.0),
    rise: (0.0, 0.0),
    scoop_cents: 0.0,
    sub: 0.0,
    breath: &[],
    chiff: 1.0,
    body: 0.0,
    loop_secs: 0.1,
};

/// A slow random curve that repeats after the loop: about ±1.
struct Drift([(f64, f64); 3]);

impl Drift {
    fn new(noise: &mut Noise) -> Self {
        Self([1.0, 0.8, 0.6].map(|amp| (amp, noise.unit())))
    }

    /// At so many loops after the loop's start.
    fn at(&self, loops: f64) -> f64 {
        let turn = |(i, &(amp, phase)): (usize, &(f64, f64))| amp * sin_turns((i + 1) as f64 * loops + phase);
        0.9 * self.0.iter().enumerate().map(turn).sum::<f64>()
    }
}

impl Sustained<'_> {
    pub fn render(&self) -> Sound {
        let hz = hz_from_key(f64::from(self.key));
        let ring = Loop::fit(hz, self.rate, self.loop_secs, if self.sub > 0.0 { 2 } else { 1 });
        let body = (self.body * f64::from(ring.rate)) as usize;
        let mut noise = Noise::new(1000 + u64::from(self.key));
        let mut data = vec![0.0; body + ring.len];
        for player in 0..self.players {
            self.play(player, hz, &ring, &mut data, &mut noise);
        }
        self.breathe(&ring, &mut data, &mut noise);
        // Players who share a line of the loop's spectrum add up by chance: what came out is weighed, so that the
        // middle of them all is the pitch. One alone has a whole number of cycles to begin with.
        let off = if self.players > 1 { off_pitch(&data[body..], ring.cycles) } else { 0.0 };
        let cycles = ring.cycles as f64 * exp2(off / 1200.0);
        let rate = (hz * ring.len as f64 / cycles).round() as u32;
        Sound { looped: Some((body, body + ring.len)), data, rate, t60: None }
    }

    /// Whole cycles of a player in the loop. The players lie evenly over the spread, the middle ones closer
    /// together, so that no two pairs beat in step.
    fn cycles(&self, player: usize, ring: &Loop) -> f64 {
        let place = (2 * player + 1) as f64 / self.players as f64 - 1.0;
        let bent = place * (0.6 + 0.4 * place * place);
        (ring.cycles as f64 * exp2(bent * self.spread_cents / 1200.0)).round()
    }

    /// Cycles of the fundamental at each sample, counted from the loop's start.
    fn phases(&self, player: usize, ring: &Loop, len: usize, noise: &mut Noise) -> Vec<f64> {
        let body = len - ring.len;
        let rate = f64::from(ring.rate);
        let cycles = self.cycles(player, ring);
        let drift = Drift::new(noise);
        let start = if self.players > 1 { noise.unit() } else { 0.0 };
        let swings = self.vibrato.map_or(0.0, |v| (v.0 * (0.94 + 0.12 * start) * ring.secs()).round().max(1.0));
        let speed = |i: usize| {
            let t = i as f64 - body as f64;
            let loops = t / ring.len as f64;
            let swing = self.vibrato.map_or(0.0, |(_, depth, sets_in)| {
                let grown = (i as f64 / rate / sets_in.max(1e-3)).min(1.0);
                depth * grown * grown * sin_turns(swings * loops + start)
            });
            let scoop = if i < body { self.scoop_cents * exp(-(i as f64) / (0.035 * rate)) } else { 0.0 };
            exp2((swing + self.wander.0 * drift.at(loops) - scoop) / 1200.0)
        };
        let speeds: Vec<f64> = (0..len).map(speed).collect();
        let step = cycles / speeds[body..].iter().sum::<f64>();
        let mut out = vec![0.0; len];
        for i in body + 1..len {
            out[i] = out[i - 1] + step * speeds[i - 1];
        }
        for i in (0..body).rev() {
            out[i] = out[i + 1] - step * speeds[i];
        }
        out
    }

    /// How many of the `n` harmonics are worth making.
    fn audible(&self, n: usize, hz: f64) -> usize {
        let amps: Vec<f64> = (1..=n).map(|k| (self.harmonic)(k as f64, k as f64 * hz).abs()).collect();
        let most = amps.iter().copied().fold(0.0, f64::max);
        amps.iter().rposition(|a| *a > 1e-4 * most).map_or(1, |last| last + 1)
    }

    fn play(&self, player: usize, hz: f64, ring: &Loop, data: &mut [f64], noise: &mut Noise) {
        let len = data.len();
        let body = len - ring.len;
        let rate = f64::from(ring.rate);
        let phases = self.phases(player, ring, len, noise);
        let n = self.audible(((TOP * rate / hz / 1.02) as usize).clamp(1, MAX_HARMONICS), hz);
        // Each harmonic's phase as a complex factor, and how its strength wanders.
        let turns: Vec<(f64, f64)> = (0..n).map(|_| noise.unit()).map(|p| (cos_turns(p), sin_turns(p))).collect();
        let drifts: Vec<Drift> = (0..n).map(|_| Drift::new(noise)).collect();
        let amplitude = |k: usize, i: usize| {
            let next = (i + 1).min(len - 1);
            let step = if next > i { phases[next] - phases[i] } else { phases[i] - phases[i - 1] };
            let number = (k + 1) as f64;
            let loops = (i as f64 - body as f64) / ring.len as f64;
            let wander = if self.wander.1 > 0.0 { gain_from_db(self.wander.1 * drifts[k].at(loops)) } else { 1.0 };
            let secs = self.rise.0 + self.rise.1 * (number - 1.0) / 9.0;
            let risen = if i < body && secs > 0.0 { rising(i as f64 / rate / secs) } else { 1.0 };
            (self.harmonic)(number, number * step * rate) * unblunt(number * step) * wander * risen
        };
        let mut amps: Vec<f64> = (0..n).map(|k| amplitude(k, 0)).collect();
        let mut slopes = vec![0.0; n];
        // The one in the middle leads: a section has a pitch, not only a width.
        let leads = if self.players > 1 && 2 * player + 1 == self.players { 1.5 } else { 1.0 };
        let sub = self.sub * noise.unit().max(0.5);
        for from in (0..len).step_by(CONTROL) {
            let to = (from + CONTROL).min(len);
            // Past the end the loop begins again.
            let at = if to < len { to } else { body };
            for (k, slope) in slopes.iter_mut().enumerate() {
                *slope = (amplitude(k, at) - amps[k]) / (to - from) as f64;
            }
            for (x, &phase) in data[from..to].iter_mut().zip(&phases[from..to]) {
                let (c, s) = (cos_turns(phase), sin_turns(phase));
                let (mut re, mut im) = (c, s);
                let mut sum = sub * sin_turns(0.5 * phase);
                for ((amp, slope), turn) in amps.iter_mut().zip(&slopes).zip(&turns) {
                    sum += *amp * (re * turn.1 + im * turn.0);
                    *amp += slope;
                    (re, im) = (re * c - im * s, re * s + im * c);
                }
                *x += leads * sum;
            }
        }
    }

    fn breathe(&self, ring: &Loop, data: &mut [f64], noise: &mut Noise) {
        let body = data.len() - ring.len;
        let rate = f64::from(ring.rate);
        let tone = rms(&data[body..]).max(1e-9);
        for &(hz, width, db) in self.breath {
            let band = periodic_noise(ring.len, hz.min(0.4 * rate) / rate, width / rate, noise);
            let gain = gain_from_db(db) * tone / rms(&band).max(1e-9);
            for (i, x) in data.iter_mut().enumerate() {
                let early = if i < body { 1.0 + (self.chiff - 1.0) * exp(-(i as f64) / (0.03 * rate)) } else { 1.0 };
                let begun = (i as f64 / (0.006 * rate)).min(1.0);
                let begun = if body > 0 { begun } else { 1.0 };
                // The body is the loop's own past.
                *x += gain * early * begun * band[(i + ring.len * (1 + body / ring.len) - body) % ring.len];
            }
        }
    }
}

/// How far this loop lies from so many cycles, in cents, as `measure::cents_off` would hear it: the mean of what is
/// within 40 cents of each of four harmonics, by power, and of the harmonics, by strength.
fn off_pitch(data: &[f64], cycles: usize) -> f64 {
    let reach = exp2(40.0 / 1200.0);
    let (mut all, mut total) = (1e-30, 0.0);
    for k in 1..=4 {
        let centre = (k * cycles) as f64;
        let (mut weight, mut sum) = (1e-30, 0.0);
        for line in (centre / reach).ceil() as usize..=(centre * reach).floor() as usize {
            let step = line as f64 / data.len() as f64;
            if step < TOP {
                let p = power_at(data, step);
                weight += p;
                sum += p * 1200.0 * log2(line as f64 / centre);
            }
        }
        all += weight.sqrt();
        total += weight.sqrt() * sum / weight;
    }
    total / all
}

/// Power of what turns `step` times a sample.
fn power_at(data: &[f64], step: f64) -> f64 {
    let (c, s) = (cos_turns(step), sin_turns(step));
    let (mut re, mut im, mut turn_re, mut turn_im) = (0.0, 0.0, 1.0, 0.0);
    for x in data {
        re += x * turn_re;
        im += x * turn_im;
        (turn_re, turn_im) = (turn_re * c - turn_im * s, turn_re * s + turn_im * c);
    }
    re * re + im * im
}

/// 0 at 0, 1 from 1 on, smooth at both ends.
fn rising(x: f64) -> f64 {
    if x >= 1.0 { 1.0 } else { 0.5 - 0.5 * cos_turns(0.5 * x) }
}

fn rms(x: &[f64]) -> f64 {
    (x.iter().map(|v| v * v).sum::<f64>() / x.len().max(1) as f64).sqrt()
}

/// Noise around `centre` (cycles a sample) that repeats after `len` without a seam: the filter hears it
/// once before it counts.
pub fn periodic_noise(len: usize, centre: f64, width: f64, noise: &mut Noise) -> Vec<f64> {
    let white: Vec<f64> = (0..len).map(|_| noise.signed()).collect();
    // A band-pass resonator (R. Bristow-Johnson's cookbook, constant peak gain).
    let alpha = sin_turns(centre) * (width / (2.0 * centre)).min(4.0);
    let (a0, a1, a2) = (1.0 + alpha, -2.0 * cos_turns(centre), 1.0 - alpha);
    let (b, mut x1, mut x2, mut y1, mut y2) = (alpha / a0, 0.0, 0.0, 0.0, 0.0);
    let mut out = vec![0.0; len];
    for _ in 0..2 {
        for (y, &x) in out.iter_mut().zip(&white) {
            *y = b * (x - x2) - (a1 * y1 + a2 * y2) / a0;
            (x2, x1, y2, y1) = (x1, x, y1, *y);
        }
    }
    out
}

//! One sounding sample: read at its pitch, filtered, weighed into the mix. Knows no font and no other voice.

use super::BLOCK;
use super::channel::Heard;
use super::envelope::{Lfo, Loudness, Modulation, NOTHING};
use super::patch::Patch;
use std::f32::consts::{FRAC_1_SQRT_2, PI, TAU};

/// A key is down so long at least, in seconds: shorter is a click.
const SHORTEST_SECS: f32 = 0.002;
/// One sample, in positions.
const ONE: u64 = 1 << 32;

/// What a block of all voices goes into.
#[derive(Clone, Debug, Default)]
pub struct Mix {
    pub left: [f32; BLOCK],
    pub right: [f32; BLOCK],
    pub reverb: [f32; BLOCK],
    pub chorus: [[f32; BLOCK]; 2],
    /// Whether anything went to the chorus.
    pub to_chorus: bool,
}

/// How much of a voice goes where: left, right, reverb, chorus left and right.
type Gains = [f32; 5];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Held,
    /// The key is up; the pedal may hold the note still.
    Up,
    Released,
}

#[derive(Clone, Debug, Default)]
pub struct Voice {
    patch: Patch,
    pub channel: u8,
    pub key: u8,
    loudness: Loudness,
    modulation: Modulation,
    vibrato: Lfo,
    lfo: Lfo,
    /// Samples, in 2⁻³².
    position: u64,
    step: u64,
    /// What `step` was worked out for.
    pitch: f32,
    looping: bool,
    filter: Filter,
    /// Place in the room that `sides` was worked out for.
    pan: f32,
    sides: (f32, f32),
    gains: Gains,
    state: State,
    pub blocks: u32,
    rate: f32,
}

impl Voice {
    pub fn new(patch: Patch, channel: u8, key: u8, rate: f32) -> Self {
        let mut filter = Filter::default();
        filter.set(patch.cutoff_hz, patch.resonance, rate);
        Self {
            channel,
            key,
            loudness: Loudness::new(&patch.volume, rate),
            modulation: Modulation::new(&patch.modulation, rate),
            vibrato: Lfo::new(patch.vibrato, rate),
            lfo: Lfo::new(patch.lfo, rate),
            position: patch.start as u64 * ONE,
            step: 0,
            pitch: f32::NAN,
            looping: patch.looped.is_some(),
            filter,
            pan: f32::NAN,
            sides: (0.0, 0.0),
            gains: [0.0; 5],
            state: State::Held,
            blocks: 0,
            rate,
            patch,
        }
    }

    pub fn exclusive(&self) -> i32 {
        self.patch.exclusive
    }

    pub fn end(&mut self) {
        if self.state == State::Held {
            self.state = State::Up;
        }
    }

    /// Silent from the next block on.
    pub fn kill(&mut self) {
        self.patch.gain = 0.0;
    }

    pub fn priority(&self) -> f32 {
        if self.patch.gain < NOTHING { 0.0 } else { self.loudness.priority() }
    }

    /// Adds the next block to `mix`; false where nothing is left to hear.
    pub fn render(&mut self, data: &[i16], channel: &Heard, mix: &mut Mix) -> bool {
        if self.patch.gain < NOTHING {
            return false;
        }
        let old_enough = (self.blocks as usize * BLOCK) as f32 >= SHORTEST_SECS * self.rate;
        if self.state == State::Up && !channel.pedal && old_enough {
            self.loudness.release();
            self.modulation.release();
            self.looping &= !self.patch.until_off;
            self.state = State::Released;
        }
        if !self.loudness.step() {
            return false;
        }
        self.modulation.step();
        self.vibrato.step();
        self.lfo.step();
        self.tune(channel);
        let mut block = [0.0; BLOCK];
        if !self.read(data, &mut block) {
            return false;
        }
        self.open_filter();
        self.filter.process(&mut block);
        let gains = self.weigh(channel);
        let from = if self.blocks == 0 { gains } else { self.gains };
        self.gains = gains;
        self.blocks += 1;
        add(&mut mix.left, &block, from[0], gains[0]);
        add(&mut mix.right, &block, from[1], gains[1]);
        if from[2].max(gains[2]) > 0.0 {
            add(&mut mix.reverb, &block, from[2], gains[2]);
        }
        if from[3].max(from[4]).max(gains[3]).max(gains[4]) > 0.0 {
            mix.to_chorus = true;
            add(&mut mix.chorus[0], &block, from[3], gains[3]);
            add(&mut mix.chorus[1], &block, from[4], gains[4]);
        }
        true
    }

    /// The step for the pitch of this block.
    fn tune(&mut self, channel: &Heard) {
        let p = &self.patch;
        let vibrato = (channel.modulation + p.vibrato_to_pitch) * self.vibrato.value;
        let moved = p.lfo_to_pitch * self.lfo.value + p.envelope_to_pitch * self.modulation.value;
        let pitch = f32::from(self.key) + vibrato + moved + channel.pitch;
        if pitch == self.pitch {
            return;
        }
        self.pitch = pitch;
        let semitones = p.scale * (pitch - p.root) + p.tune;
        let ratio = p.rate / self.rate * (semitones / 12.0).exp2();
        // Sixteen octaves up is beyond what any font means; the bound keeps positions far from overflow. A step
        // of 2⁻²⁴ (a ten-thousandth of a cent) is rustysynth's too, so that the two stay together for long.
        self.step = ((f64::from(ratio.min(65_536.0)) * f64::from(1 << 24)) as u64) << 8;
    }

    /// The sample at its pitch, between two of its samples in a straight line; false past its end.
    fn read(&mut self, data: &[i16], block: &mut [f32; BLOCK]) -> bool {
        let reach = self.position + self.step * (BLOCK as u64 - 1);
        match self.patch.looped {
            Some((from, to)) if self.looping => {
                if (reach >> 32) + 1 < to as u64 {
                    self.read_on(data, block, (reach >> 32) as usize);
                } else {
                    self.read_round(data, block, from, to);
                }
                true
            }
            _ if (reach >> 32) + 1 < self.patch.end as u64 => {
                self.read_on(data, block, (reach >> 32) as usize);
                true
            }
            _ => self.read_out(data, block),
        }
    }

    /// A block that neither loops nor ends.
    fn read_on(&mut self, data: &[i16], block: &mut [f32; BLOCK], last: usize) {
        let first = (self.position >> 32) as usize;
        let window = &data[first..last + 2];
        let mut at = self.position & (ONE - 1);
        for x in block.iter_mut() {
            let pair = &window[(at >> 32) as usize..][..2];
            *x = between(pair[0], pair[1], at);
            at += self.step;
        }
        self.position += self.step * BLOCK as u64;
    }

    fn read_round(&mut self, data: &[i16], block: &mut [f32; BLOCK], from: usize, to: usize) {
        let (end, len) = (to as u64 * ONE, (to - from) as u64 * ONE);
        for x in block {
            if self.position >= end {
                self.position -= len * ((self.position - end) / len + 1);
            }
            let at = (self.position >> 32) as usize;
            let next = if at + 1 < to { at + 1 } else { from };
            *x = between(data[at], data[next], self.position);
            self.position += self.step;
        }
    }

    fn read_out(&mut self, data: &[i16], block: &mut [f32; BLOCK]) -> bool {
        for (i, x) in block.iter_mut().enumerate() {
            let at = (self.position >> 32) as usize;
            if at >= self.patch.end {
                return i > 0;
            }
            *x = between(data[at], data.get(at + 1).copied().unwrap_or(0), self.position);
            self.position += self.step;
        }
        true
    }

    fn open_filter(&mut self) {
        let p = &self.patch;
        if p.lfo_to_cutoff == 0.0 && p.envelope_to_cutoff == 0.0 {
            return;
        }
        let cents = p.lfo_to_cutoff * self.lfo.value + p.envelope_to_cutoff * self.modulation.value;
        let wanted = p.cutoff_hz * (cents / 1200.0).exp2();
        // An octave a block at most: a corner that leaps pops.
        let hz = wanted.clamp(0.5 * self.filter.hz, 2.0 * self.filter.hz);
        if hz != self.filter.hz {
            self.filter.set(hz, p.resonance, self.rate);
        }
    }

    fn weigh(&mut self, channel: &Heard) -> Gains {
        let p = &self.patch;
        if channel.pan != self.pan {
            self.pan = channel.pan;
            let angle = ((channel.pan + p.pan + 50.0) * (PI / 200.0)).clamp(0.0, 0.5 * PI);
            self.sides = (angle.cos(), angle.sin());
        }
        let mut gain = p.gain * channel.gain * self.loudness.value();
        if p.lfo_to_volume > 0.05 {
            gain *= (p.lfo_to_volume * self.lfo.value * (std::f32::consts::LOG2_10 / 20.0)).exp2();
        }
        let (left, right) = (gain * self.sides.0, gain * self.sides.1);
        let reverb = (channel.reverb + p.reverb).clamp(0.0, 1.0);
        let chorus = (channel.chorus + p.chorus).clamp(0.0, 1.0);
        [left, right, reverb * (left + right), chorus * left, chorus * right]
    }
}

fn fraction(position: u64) -> f32 {
    // As signed numbers, because processors turn those into floats in one step.
    ((position as u32 >> 8) as i32) as f32 * (1.0 / (1 << 24) as f32)
}

fn between(a: i16, b: i16, position: u64) -> f32 {
    let (a, b) = (f32::from(a), f32::from(b));
    (a + fraction(position) * (b - a)) * (1.0 / 32_768.0)
}

/// `to` += `block`, its gain moving in a straight line.
fn add(to: &mut [f32; BLOCK], block: &[f32; BLOCK], from: f32, until: f32) {
    let step = (until - from) / BLOCK as f32;
    for i in 0..BLOCK {
        to[i] += block[i] * (from + step * i as f32);
    }
}

/// A low-pass of two poles (R. Bristow-Johnson's cookbook); open where its corner is beyond hearing.
#[derive(Clone, Copy, Debug, Default)]
struct Filter {
    hz: f32,
    open: bool,
    /// b0 = b2 and b1 = 2 b0, over a0; a1 and a2 over a0.
    b: f32,
    a1: f32,
    a2: f32,
    /// The two inputs and outputs before.
    x: [f32; 2],
    y: [f32; 2],
}

impl Filter {
    fn set(&mut self, hz: f32, resonance: f32, rate: f32) {
        self.hz = hz;
        self.open = hz >= 0.499 * rate;
        if self.open {
            return;
        }
        // The Q that makes a peak of this height, within 3 %.
        let q = resonance - (1.0 - FRAC_1_SQRT_2) / (1.0 + 6.0 * (resonance - 1.0));
        let w = TAU * hz / rate;
        let alpha = w.sin() / (2.0 * q);
        let a0 = 1.0 + alpha;
        self.b = (1.0 - w.cos()) / 2.0 / a0;
        self.a1 = -2.0 * w.cos() / a0;
        self.a2 = (1.0 - alpha) / a0;
    }

    fn process(&mut self, block: &mut [f32; BLOCK]) {
        if self.open {
            let last = [block[BLOCK - 2], block[BLOCK - 1]];
            (self.x, self.y) = (last, last);
            return;
        }
        let ([mut x2, mut x1], [mut y2, mut y1]) = (self.x, self.y);
        for x in block {
            // What waits for the output before comes last: it is what the loop's speed hangs on.
            let y = (self.b * (*x + 2.0 * x1 + x2) - self.a2 * y2) - self.a1 * y1;
            (x2, x1) = (x1, *x);
            (y2, y1) = (y1, y);
            *x = y;
        }
        self.x = [x2, x1];
        // Numbers too small to be heard are slow to compute with.
        self.y = [y2, y1].map(|y| if y.abs() < 1e-15 { 0.0 } else { y });
    }
}

//! The bus: a reverb of combs and all-passes (J. Moorer's, with the lengths of "Freeverb") and a chorus. Both work
//! on whole blocks: no delay is shorter than one, so that what is read never depends on what is written.

use super::BLOCK;
use std::f64::consts::TAU;

/// Lengths at 44.1 kHz; the right ear's are longer by `SPREAD`.
const COMBS: [usize; 8] = [1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617];
const ALL_PASSES: [usize; 4] = [556, 441, 341, 225];
const SPREAD: usize = 23;
const FEEDBACK: f32 = 0.84;
const DAMPING: f32 = 0.2;
const DIFFUSION: f32 = 0.5;
const INPUT: f32 = 0.015;
/// The combs of both ears side by side.
const LANES: usize = 16;

/// A delay of a fixed length.
#[derive(Debug)]
struct Line {
    samples: Vec<f32>,
    at: usize,
}

impl Line {
    fn new(len_at_44_100: usize, rate: f64) -> Self {
        let len = (rate / 44_100.0 * len_at_44_100 as f64).round() as usize;
        debug_assert!(len >= BLOCK);
        Self { samples: vec![0.0; len], at: 0 }
    }

    fn read(&self) -> [f32; BLOCK] {
        let mut out = [0.0; BLOCK];
        match self.samples.get(self.at..self.at + BLOCK) {
            Some(whole) => out.copy_from_slice(whole),
            None => {
                let (end, start) = (&self.samples[self.at..], &self.samples);
                out[..end.len()].copy_from_slice(end);
                out[end.len()..].copy_from_slice(&start[..BLOCK - end.len()]);
            }
        }
        // Numbers too small to be heard are slow to compute with.
        out.map(flush)
    }

    /// Writes where was read, and moves on.
    fn write(&mut self, block: &[f32; BLOCK]) {
        let len = self.samples.len();
        match self.samples.get_mut(self.at..self.at + BLOCK) {
            Some(whole) => whole.copy_from_slice(block),
            None => {
                let n = len - self.at;
                self.samples[self.at..].copy_from_slice(&block[..n]);
                self.samples[..BLOCK - n].copy_from_slice(&block[n..]);
            }
        }
        self.at += BLOCK;
        if self.at >= len {
            self.at -= len;
        }
    }
}

fn flush(x: f32) -> f32 {
    if x.abs() < 1e-6 { 0.0 } else { x }
}

#[derive(Debug)]
pub struct Reverb {
    /// Left and right.
    combs: [Line; LANES],
    low: [f32; LANES],
    all_passes: [[Line; 4]; 2],
}

impl Reverb {
    pub fn new(rate: f64) -> Self {
        let ear = |k: usize| k * SPREAD;
        Self {
            combs: std::array::from_fn(|k| Line::new(COMBS[k % 8] + ear(k / 8), rate)),
            low: [0.0; LANES],
            all_passes: std::array::from_fn(|e| std::array::from_fn(|k| Line::new(ALL_PASSES[k] + ear(e), rate))),
        }
    }

    pub fn mute(&mut self) {
        for line in self.combs.iter_mut().chain(self.all_passes.iter_mut().flatten()) {
            line.samples.fill(0.0);
        }
        self.low = [0.0; LANES];
    }

    /// What comes back of a block sent, for both ears.
    pub fn process(&mut self, input: &[f32; BLOCK]) -> [[f32; BLOCK]; 2] {
        let input = input.map(|x| INPUT * x);
        let mut out = [[0.0; BLOCK]; 2];
        // A row is a moment, a lane a comb: all combs' low-passes run side by side.
        let mut rows = [[0.0; LANES]; BLOCK];
        for (k, line) in self.combs.iter().enumerate() {
            let x = line.read();
            for i in 0..BLOCK {
                rows[i][k] = x[i];
                out[k / 8][i] += x[i];
            }
        }
        let mut low = self.low;
        for (row, x) in rows.iter_mut().zip(&input) {
            for k in 0..LANES {
                low[k] = flush(row[k] * (1.0 - DAMPING) + low[k] * DAMPING);
                row[k] = x + low[k] * FEEDBACK;
            }
        }
        self.low = low;
        for (k, line) in self.combs.iter_mut().enumerate() {
            line.write(&std::array::from_fn(|i| rows[i][k]));
        }
        for (block, lines) in out.iter_mut().zip(&mut self.all_passes) {
            for line in lines {
                let kept = line.read();
                line.write(&std::array::from_fn(|i| block[i] + kept[i] * DIFFUSION));
                *block = std::array::from_fn(|i| kept[i] - block[i]);
            }
        }
        out
    }
}

/// Seconds of delay, seconds up and down from there, turns a second.
const DELAY: f64 = 0.002;
const DEPTH: f64 = 0.0019;
const HZ: f64 = 0.4;

/// A delay that swings, for both ears a quarter of a turn apart.
#[derive(Debug)]
pub struct Chorus {
    /// Left and right, a power of two long.
    kept: [Vec<f32>; 2],
    at: usize,
    /// Delays in samples over one turn.
    delays: Vec<f32>,
    turn: [usize; 2],
    /// Blocks until nothing is left in it.
    awake: usize,
}

impl Chorus {
    pub fn new(rate: f64) -> Self {
        let len = (rate * (DELAY + DEPTH)) as usize + BLOCK + 2;
        let turn = (rate / HZ).round() as usize;
        let delay = |t: usize| (rate * (DELAY + DEPTH * (TAU * t as f64 / turn as f64).sin())) as f32;
        let kept = vec![0.0; len.next_power_of_two()];
        Self {
            kept: [kept.clone(), kept],
            at: 0,
            delays: (0..turn).map(delay).collect(),
            turn: [0, turn / 4],
            awake: 0,
        }
    }

    pub fn mute(&mut self) {
        self.kept.iter_mut().for_each(|k| k.fill(0.0));
        self.awake = 0;
    }

    /// What comes back of a block sent; none where nothing is left in it.
    pub fn process(&mut self, input: Option<&[[f32; BLOCK]; 2]>) -> Option<[[f32; BLOCK]; 2]> {
        if input.is_some() {
            self.awake = self.kept[0].len() / BLOCK;
        }
        let mut out = None;
        if self.awake > 0 {
            self.awake -= 1;
            let silence = [[0.0; BLOCK]; 2];
            let input = input.unwrap_or(&silence);
            out = Some(std::array::from_fn(|ear| self.ear(ear, &input[ear])));
            self.at = (self.at + BLOCK) & (self.kept[0].len() - 1);
        }
        // It swings on in silence: when a note begins changes nothing of where it stands.
        for turn in &mut self.turn {
            *turn = (*turn + BLOCK) % self.delays.len();
        }
        out
    }

    fn ear(&mut self, ear: usize, input: &[f32; BLOCK]) -> [f32; BLOCK] {
        let kept = &mut self.kept[ear];
        kept[self.at..self.at + BLOCK].copy_from_slice(input);
        let mask = kept.len() - 1;
        let n = self.delays.len();
        std::array::from_fn(|i| {
            let turn = self.turn[ear] + i;
            let delay = self.delays[if turn < n { turn } else { turn - n }];
            let back = delay as usize;
            let part = delay - back as f32;
            let near = kept[(self.at + i + mask + 1 - back) & mask];
            let far = kept[(self.at + i + mask - back) & mask];
            near + part * (far - near)
        })
    }
}

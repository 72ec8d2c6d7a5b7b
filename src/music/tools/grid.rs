//! Time pulled onto a grid that may swing, and pushed off it again.

use super::Place;
use crate::music::lot;
use crate::music::note::Note;
use crate::music::time::Tick;

/// How notes are pulled onto the grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantise {
    /// Length of a step, counted from each bar line.
    pub grid: Tick,
    /// 0 leaves everything, 1 lands on the grid.
    pub strength: f32,
    /// Where the second of two steps lies in the pair: 0.5 is straight, 0.667 a triplet's feel.
    pub swing: f32,
    pub starts: bool,
    pub ends: bool,
}

impl Quantise {
    /// All the way, straight, starts only.
    pub fn straight(grid: Tick) -> Self {
        Self { grid, strength: 1.0, swing: 0.5, starts: true, ends: false }
    }
}

pub(super) fn quantise(notes: &[Note], q: Quantise, place: &Place) -> Vec<Note> {
    let strength = f64::from(q.strength.clamp(0.0, 1.0));
    let pull = |tick: Tick| {
        let target = nearest(tick, q, place);
        tick + ((target - tick) as f64 * strength).round() as Tick
    };
    let pulled = |n: &Note| {
        let mut n = *n;
        let end = if q.ends { pull(n.end()) } else { n.end() };
        if q.starts {
            let start = pull(n.start).max(0);
            // Moving a start keeps the length, unless ends are quantised too.
            n.duration = if q.ends { end - start } else { n.duration };
            n.start = start;
        } else if q.ends {
            n.duration = end - n.start;
        }
        if n.duration < 1 {
            n.duration = q.grid.max(1);
        }
        n
    };
    notes.iter().map(pulled).collect()
}

/// The nearest line of the grid, or bar line: a bar may end before its grid does.
fn nearest(tick: Tick, q: Quantise, place: &Place) -> Tick {
    let grid = q.grid.max(1);
    let bar = place.meters.position(tick, place.ppq);
    let late = ((f64::from(q.swing.clamp(0.5, 0.75)) * 2.0 - 1.0) * grid as f64).round() as Tick;
    let line = |k: Tick| bar.bar_start + k * grid + if k % 2 == 1 { late } else { 0 };
    let near = bar.offset / grid;
    let lines = (near.max(1) - 1..=near + 1).map(line).filter(|l| *l <= bar.bar_start + bar.bar_len);
    let lines = lines.chain([bar.bar_start + bar.bar_len]);
    // Half way goes to the later line, as everywhere.
    lines.min_by_key(|l| ((l - tick).abs(), -l)).unwrap_or(tick)
}

pub(super) fn humanise(notes: &[Note], ticks: Tick, velocity: u8, seed: u64) -> Vec<Note> {
    let moved = |(i, n): (usize, &Note)| {
        let draw = |what: u64| spread(seed ^ ((i as u64) << 8) ^ what);
        let louder = (draw(1) * f64::from(velocity)).round() as i16;
        Note {
            start: (n.start + (draw(0) * ticks.max(0) as f64).round() as Tick).max(0),
            velocity: (i16::from(n.velocity) + louder).clamp(1, 127) as u8,
            ..*n
        }
    };
    notes.iter().enumerate().map(moved).collect()
}

/// A number in −1…1 that a seed stands for, more often small than large (a triangle).
fn spread(seed: u64) -> f64 {
    lot::unit(lot::nth(seed, 0)) + lot::unit(lot::nth(seed, 1)) - 1.0
}

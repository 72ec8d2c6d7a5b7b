//! Ticks to the lengths that notation has: bars, and in them steps of a 128th or of a triplet 64th.
//!
//! Every eighth part of a quarter is divided by four or by three, whichever is nearer to what a voice
//! plays there; so any time is at most a 256th note off.

use crate::music::{Meter, MeterMap, Note, Score, Tick};
use std::collections::HashMap;

/// Steps of a quarter note: 32 straight ones and 24 of triplets are whole numbers of them.
pub const QUARTER: Tick = 96;
/// What is divided by four or three.
pub const CELL: Tick = QUARTER / 8;
pub const STRAIGHT: Tick = 3;
pub const TRIPLET: Tick = 4;

/// A bar: its ticks, where it begins and how long it is in steps, and the meter that says so.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    pub from: Tick,
    pub start: Tick,
    pub length: Tick,
    pub meter: Meter,
    /// No meter is as long as this bar was.
    pub rounded: bool,
}

/// The first `most` bars of a piece.
pub fn bars(score: &Score, most: usize) -> Vec<Bar> {
    let end = score.end.max(score.last_note_end());
    let mut bars: Vec<Bar> = Vec::new();
    let (mut tick, mut start) = (0, 0);
    while tick < end && bars.len() < most {
        let bar = bar_at(&score.meters, tick, score.ppq, start);
        tick += bar.1.max(1);
        start += bar.0.length;
        bars.push(bar.0);
    }
    bars
}

/// The bar that begins at `tick`, and its ticks.
fn bar_at(meters: &MeterMap, tick: Tick, ppq: u32, start: Tick) -> (Bar, Tick) {
    let place = meters.position(tick, ppq);
    let (ticks, meter) = (place.bar_len, place.meter);
    let full = meter.bar_ticks(ppq) == ticks;
    let meter = if full { meter } else { nearest_meter(ticks, ppq) };
    let length = meter.bar_ticks(QUARTER as u32);
    let rounded = length * Tick::from(ppq) != ticks * QUARTER;
    (Bar { from: tick, start, length, meter, rounded }, ticks)
}

/// The meter whose bar is nearest to so many ticks, in the largest notes that are exact.
fn nearest_meter(ticks: Tick, ppq: u32) -> Meter {
    let of = |denominator: u8| {
        let note = 4 * Tick::from(ppq);
        let n = (ticks * Tick::from(denominator) + note / 2) / note;
        let meter = u8::try_from(n.max(1)).ok().and_then(|n| Meter::new(n, denominator))?;
        Some((meter, (n.max(1) * note - ticks * Tick::from(denominator)).abs() * 64 / Tick::from(denominator)))
    };
    let all = [4, 2, 1, 8, 16, 32, 64].into_iter().filter_map(of);
    all.min_by_key(|m| m.1).map_or(Meter::COMMON, |m| m.0)
}

/// A note in steps since the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    pub start: Tick,
    pub end: Tick,
    pub pitch: u8,
    pub tick: Tick,
}

/// The notes of a voice that begin in these bars, and how many of them had to be moved or stretched.
pub fn place(notes: &[Note], bars: &[Bar], ppq: u32) -> (Vec<Placed>, usize) {
    let Some(last) = bars.last() else { return (Vec::new(), 0) };
    let end = last.start + last.length;
    let mut cells: HashMap<(usize, Tick), (Tick, Tick)> = HashMap::new();
    let ppq = Tick::from(ppq);
    // Bar, cell in it, and the rest of `tick`, in parts of a step.
    let split = |tick: Tick| {
        let bar = bars.partition_point(|b| b.from <= tick).max(1) - 1;
        let parts = (tick - bars[bar].from) * QUARTER;
        (bar, parts / (CELL * ppq), parts % (CELL * ppq))
    };
    for tick in notes.iter().flat_map(|n| [n.start, n.end()]) {
        let (bar, cell, rest) = split(tick);
        let error = |step: Tick| (rest - nearest(rest, step * ppq)).abs();
        let sum = cells.entry((bar, cell)).or_default();
        *sum = (sum.0 + error(STRAIGHT), sum.1 + error(TRIPLET));
    }
    let step_of = |bar: usize, cell: Tick| {
        let whole = (cell + 1) * CELL <= bars[bar].length;
        let triplet = whole && cells.get(&(bar, cell)).is_some_and(|(straight, triplet)| triplet < straight);
        if triplet { TRIPLET } else { STRAIGHT }
    };
    // The place in steps, and whether it is exact.
    let at = |tick: Tick| {
        let (bar, cell, rest) = split(tick);
        let near = nearest(rest, step_of(bar, cell) * ppq);
        let b = &bars[bar];
        let within = cell * CELL + near / ppq;
        ((b.start + within.min(b.length)).min(end), near == rest && within <= b.length)
    };
    let mut n_moved = 0;
    let placed = notes.iter().map(|n| {
        let ((start, exact), (mut stop, exact_too)) = (at(n.start), at(n.end()));
        // Of the last step there is nothing after.
        let start = start.min(end - STRAIGHT);
        let bar = bars.partition_point(|b| b.start <= start).max(1) - 1;
        let step = step_of(bar, (start - bars[bar].start) / CELL);
        stop = stop.max(start + step).min(end);
        n_moved += usize::from(!(exact && exact_too));
        Placed { start, end: stop, pitch: n.pitch, tick: n.start }
    });
    let placed = placed.collect();
    (placed, n_moved)
}

fn nearest(value: Tick, step: Tick) -> Tick {
    (value + step / 2) / step * step
}

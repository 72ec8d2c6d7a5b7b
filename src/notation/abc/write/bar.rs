//! One line of one bar as text: rests between the chords, ties where a length cannot be written at once,
//! tuplets where the times are of three.

use super::grid::{CELL, QUARTER, STRAIGHT, TRIPLET};
use super::layers::Chord;
use super::spell::Spelling;
use crate::music::Tick;

/// Steps of the unit length, `L:1/8`.
const UNIT: Tick = QUARTER / 2;

/// A chord or a rest (without pitches) within a bar, in steps from the bar line.
#[derive(Clone, Debug)]
pub struct Segment<'a> {
    pub start: Tick,
    pub end: Tick,
    pub chord: Option<&'a Chord>,
    /// Goes on in the next bar.
    pub tied: bool,
    /// Begins in this bar.
    pub begins: bool,
}

/// The segments of a bar that begins at step `start`: chords cut off at the bar lines, and rests.
pub fn segments(layer: &[Chord], start: Tick, length: Tick) -> Vec<Segment<'_>> {
    let first = layer.partition_point(|c| c.end <= start);
    let mut out = Vec::new();
    let mut at = 0;
    let rest = |start, end| Segment { start, end, chord: None, tied: false, begins: true };
    for chord in layer[first..].iter().take_while(|c| c.start < start + length) {
        let (from, to) = ((chord.start - start).max(0), (chord.end - start).min(length));
        if from > at {
            out.push(rest(at, from));
        }
        let (tied, begins) = (chord.end > start + length, chord.start >= start);
        out.push(Segment { start: from, end: to, chord: Some(chord), tied, begins });
        at = to;
    }
    if at < length {
        out.push(rest(at, length));
    }
    out
}

/// A place of the bar where something stands: what must be said before it, and the note itself.
pub trait Sink {
    /// Comes before every note or rest, with the step of the bar that it begins at.
    fn before(&mut self, step: Tick, out: &mut String);
    /// A sign that words are counted by: a chord (with whether it begins there), never a rest.
    fn note(&mut self, chord: &Chord, begins: bool);
}

/// Writes the segments of a bar of `length` steps; a space stands on every `beat`.
pub fn write(
    segments: &[Segment<'_>],
    length: Tick,
    beat: Tick,
    spelling: &mut Spelling,
    sink: &mut impl Sink,
) -> String {
    let mut line = Line { out: String::new(), beat, spelling, sink };
    let mut at = 0;
    while at < length {
        let (from, to) = next_tuplet(segments, at, length).unwrap_or((length, length));
        line.stretch(segments, at, from, (1, 1));
        if from < to {
            line.tuplet(segments, from, to);
        }
        at = to;
    }
    line.out
}

/// The first stretch from `at` on that has to be written as triplets.
fn next_tuplet(segments: &[Segment<'_>], at: Tick, length: Tick) -> Option<(Tick, Tick)> {
    let edges = || segments.iter().flat_map(|s| [s.start, s.end]);
    let odd = edges().find(|e| *e >= at && e % STRAIGHT != 0)?;
    let around = |size: Tick| (odd / size * size, odd / size * size + size);
    let fits = |(from, to): (Tick, Tick)| {
        from >= at && to <= length && edges().all(|e| e <= from || e >= to || (e - from) % TRIPLET == 0)
    };
    let sizes = [1, 2, 4, 8, 16, 32].map(|n| n * CELL);
    // Best a stretch at whose ends something ends anyway; else a beat, or less.
    let clean = |(from, to): (Tick, Tick)| edges().any(|e| e == from) && edges().any(|e| e == to);
    let best = sizes.into_iter().map(around).find(|s| fits(*s) && clean(*s));
    best.or_else(|| [8, 4, 2, 1].into_iter().map(|n| around(n * CELL)).find(|s| fits(*s)))
}

struct Line<'a, S> {
    out: String,
    beat: Tick,
    spelling: &'a mut Spelling,
    sink: &'a mut S,
}

impl<S: Sink> Line<'_, S> {
    fn tuplet(&mut self, segments: &[Segment<'_>], from: Tick, to: Tick) {
        let n: usize = within(segments, from, to).map(|(_, a, b)| lengths((b - a) * 3 / 2).len()).sum();
        self.space(from);
        self.out += &if n == 3 { "(3".to_owned() } else { format!("(3:2:{n}") };
        self.stretch(segments, from, to, (3, 2));
    }

    /// Writes what stands in `from..to`, each length times a factor.
    fn stretch(&mut self, segments: &[Segment<'_>], from: Tick, to: Tick, factor: (Tick, Tick)) {
        for (segment, a, b) in within(segments, from, to) {
            let lengths = lengths((b - a) * factor.0 / factor.1);
            let mut begins = segment.begins && a == segment.start;
            let mut step = a;
            for (i, length) in lengths.iter().enumerate() {
                if factor.0 == 1 {
                    self.space(step);
                }
                self.sink.before(step, &mut self.out);
                let goes_on = i + 1 < lengths.len() || b < segment.end || segment.tied;
                self.sound(segment.chord, *length, goes_on, begins);
                begins = false;
                step += length * factor.1 / factor.0;
            }
        }
    }

    fn space(&mut self, step: Tick) {
        if step % self.beat == 0 && !self.out.is_empty() {
            self.out.push(' ');
        }
    }

    fn sound(&mut self, chord: Option<&Chord>, length: Tick, goes_on: bool, begins: bool) {
        let Some(chord) = chord else {
            self.out += &format!("z{}", length_text(length));
            return;
        };
        self.sink.note(chord, begins);
        let notes: String = chord.pitches.iter().map(|p| self.spelling.note(*p)).collect();
        let tie = if goes_on { "-" } else { "" };
        self.out += &match chord.pitches.as_slice() {
            [_] => format!("{notes}{}{tie}", length_text(length)),
            _ => format!("[{notes}]{}{tie}", length_text(length)),
        };
    }
}

/// Segments in `from..to` with the part of each that lies there.
fn within<'s, 'c>(
    segments: &'s [Segment<'c>],
    from: Tick,
    to: Tick,
) -> impl Iterator<Item = (&'s Segment<'c>, Tick, Tick)> {
    let inside = segments.iter().filter(move |s| s.start < to && s.end > from);
    inside.map(move |s| (s, s.start.max(from), s.end.min(to)))
}

/// A length as notes with no, one or two dots, the longest first.
fn lengths(mut length: Tick) -> Vec<Tick> {
    let mut out = Vec::new();
    while length > 0 {
        let steps = length / STRAIGHT;
        let top = 63 - steps.max(1).leading_zeros();
        let power = 1 << top;
        // Dotted, doubly dotted: three halves and seven quarters of a power of two.
        let best = [power / 4 * 7, power / 2 * 3, power].into_iter().find(|n| *n > 0 && *n <= steps && *n >= power);
        let note = best.unwrap_or(1) * STRAIGHT;
        out.push(note);
        length -= note;
    }
    out
}

/// "", "2", "/", "3/2", "/4" …
fn length_text(length: Tick) -> String {
    let divisor = gcd(length, UNIT);
    match (length / divisor, UNIT / divisor) {
        (1, 1) => String::new(),
        (n, 1) => n.to_string(),
        (1, 2) => "/".to_owned(),
        (1, d) => format!("/{d}"),
        (n, d) => format!("{n}/{d}"),
    }
}

fn gcd(a: Tick, b: Tick) -> Tick {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_that_can_be_drawn() {
        assert_eq!(lengths(96), [96]);
        assert_eq!(lengths(5 * 24), [96, 24]);
        assert_eq!(lengths(7 * 24), [168]);
        assert_eq!(lengths(13 * 24), [288, 24]);
        assert_eq!(lengths(3), [3]);
        for n in 1..2000 {
            assert_eq!(lengths(3 * n).iter().sum::<Tick>(), 3 * n);
        }
        assert_eq!([48, 96, 24, 72, 12, 36].map(length_text), ["", "2", "/", "3/2", "/4", "3/4"]);
    }
}

//! The notes of a voice as lines in which nothing overlaps: chords of notes that begin and end together.

use super::grid::Placed;
use crate::music::Tick;

/// Notes that begin and end together, from low to high.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chord {
    pub start: Tick,
    pub end: Tick,
    pub pitches: Vec<u8>,
    /// Where the first of them begins in the score.
    pub tick: Tick,
}

/// Lines at most; a pianist has two hands, and nobody reads more.
const MOST: usize = 32;

/// The lines, the first the busiest, and how many notes there was no line for.
pub fn layers(notes: &[Placed]) -> (Vec<Vec<Chord>>, usize) {
    let mut notes = notes.to_vec();
    notes.sort_by_key(|n| (n.start, std::cmp::Reverse(n.end), n.pitch));
    let mut chords: Vec<Chord> = Vec::new();
    for n in notes {
        // The same note twice needs a line of its own.
        match chords.last_mut() {
            Some(c) if (c.start, c.end) == (n.start, n.end) && c.pitches.last() < Some(&n.pitch) => {
                c.pitches.push(n.pitch);
            }
            _ => chords.push(Chord { start: n.start, end: n.end, pitches: vec![n.pitch], tick: n.tick }),
        }
    }
    let (mut layers, mut n_lost): (Vec<Vec<Chord>>, usize) = (Vec::new(), 0);
    for chord in chords {
        let free = |layer: &Vec<Chord>| layer.last().is_none_or(|c| c.end <= chord.start);
        match layers.iter().position(free) {
            Some(at) => layers[at].push(chord),
            None if layers.len() < MOST => layers.push(vec![chord]),
            None => n_lost += chord.pitches.len(),
        }
    }
    (layers, n_lost)
}

//! The notes of a voice as layers in which nothing overlaps but chords: MusicXML's voices.

use crate::music::{Note, Tick};

/// Notes that begin and end together.
#[derive(Debug, PartialEq)]
pub struct Chord {
    pub start: Tick,
    pub end: Tick,
    pub notes: Vec<Note>,
    /// The first of all that begin here: it has the words.
    pub sings: bool,
}

/// Each chord goes into the first layer that is free by then.
pub fn of(notes: &[Note]) -> Vec<Vec<Chord>> {
    let mut sorted = notes.to_vec();
    sorted.sort_by_key(|n| (n.start, n.duration, n.pitch));
    let mut layers: Vec<Vec<Chord>> = Vec::new();
    let mut last: Option<usize> = None;
    let mut latest = None;
    for note in sorted {
        let (start, end) = (note.start, note.end());
        // Only the layer just written to can hold a chord of the same span.
        if let Some(chord) = last.and_then(|l| layers[l].last_mut()).filter(|c| (c.start, c.end) == (start, end)) {
            chord.notes.push(note);
            continue;
        }
        let free = layers.iter().position(|l| l.last().is_none_or(|c| c.end <= start));
        let layer = free.unwrap_or_else(|| {
            layers.push(Vec::new());
            layers.len() - 1
        });
        layers[layer].push(Chord { start, end, notes: vec![note], sings: latest.replace(start) != Some(start) });
        last = Some(layer);
    }
    layers
}

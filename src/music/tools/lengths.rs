//! How long notes last: legato, staccato, no overlaps; and the whole stretched.

use super::Place;
use crate::music::note::Note;
use crate::music::time::Tick;

/// For each note, the first start after its own; `None` for the last.
fn next_start(notes: &[Note], n: &Note) -> Option<Tick> {
    notes.get(notes.partition_point(|o| o.start <= n.start)).map(|o| o.start)
}

pub(super) fn legato(notes: &[Note]) -> Vec<Note> {
    let joined = |n: &Note| Note { duration: next_start(notes, n).map_or(n.duration, |next| next - n.start), ..*n };
    notes.iter().map(joined).collect()
}

pub(super) fn staccato(notes: &[Note], share: f32) -> Vec<Note> {
    let cut = |n: &Note| Note { duration: ((n.duration as f64 * f64::from(share)).round() as Tick).max(1), ..*n };
    notes.iter().map(cut).collect()
}

pub(super) fn delete_overlaps(notes: &[Note]) -> Vec<Note> {
    let ended = |n: &Note| {
        let room = next_start(notes, n).map_or(n.duration, |next| next - n.start);
        Note { duration: n.duration.min(room), ..*n }
    };
    notes.iter().map(ended).collect()
}

pub(super) fn stretch(notes: &[Note], factor: f64, place: &Place) -> Vec<Note> {
    let factor = factor.clamp(0.01, 100.0);
    let from = place.span.0;
    let at = |tick: Tick| from + ((tick - from) as f64 * factor).round() as Tick;
    let stretched = |n: &Note| Note { start: at(n.start), duration: (at(n.end()) - at(n.start)).max(1), ..*n };
    notes.iter().map(stretched).collect()
}

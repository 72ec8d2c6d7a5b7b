//! Chords played one note after another.

use super::fresh;
use crate::music::note::Note;
use crate::music::time::Tick;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Up,
    Down,
    /// Up, and down again without playing the ends twice.
    UpDown,
}

/// Notes that begin together are a chord; one that begins alone stays. A chord's time is filled with its
/// notes in turn, `step` ticks each, until its longest note ends.
pub(super) fn arpeggiate(notes: &[Note], step: Tick, order: Order) -> Vec<Note> {
    let step = step.max(1);
    let mut out = Vec::new();
    for chord in notes.chunk_by(|a, b| a.start == b.start) {
        if chord.len() < 2 {
            out.extend_from_slice(chord);
            continue;
        }
        let turn = in_order(chord, order);
        let end = chord.iter().map(Note::end).max().unwrap_or(0);
        let mut used = vec![false; chord.len()];
        let mut at = chord[0].start;
        for i in turn.iter().cycle() {
            if at >= end {
                break;
            }
            let note = Note { start: at, duration: step.min(end - at), ..chord[*i] };
            out.push(if std::mem::replace(&mut used[*i], true) { fresh(note) } else { note });
            at += step;
        }
    }
    out
}

/// Which note of the chord (from low to high) plays when.
fn in_order(chord: &[Note], order: Order) -> Vec<usize> {
    let up = 0..chord.len();
    match order {
        Order::Up => up.collect(),
        Order::Down => up.rev().collect(),
        Order::UpDown => up.chain((1..chord.len() - 1).rev()).collect(),
    }
}

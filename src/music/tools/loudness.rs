//! Velocities of a selection: scaled, set to one value, or rising and falling from one to another.

use super::Place;
use crate::music::note::Note;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loudness {
    /// Each velocity times this; 1 leaves them.
    Scale(f32),
    /// All the same.
    Set(u8),
    /// From the first value at the selection's start to the second at its last beginning.
    Ramp(u8, u8),
}

pub(super) fn apply(notes: &[Note], loudness: Loudness, place: &Place) -> Vec<Note> {
    let (from, _) = place.span;
    let last = notes.iter().map(|n| n.start).max().unwrap_or(from);
    let velocity = |n: &Note| match loudness {
        Loudness::Scale(factor) => f64::from(n.velocity) * f64::from(factor),
        Loudness::Set(v) => f64::from(v),
        Loudness::Ramp(first, to) => {
            let share = if last > from { (n.start - from) as f64 / (last - from) as f64 } else { 0.0 };
            f64::from(first) + (f64::from(to) - f64::from(first)) * share
        }
    };
    notes.iter().map(|n| Note { velocity: velocity(n).round().clamp(1.0, 127.0) as u8, ..*n }).collect()
}

//! Upside down and back to front.

use super::{OutOfRange, PitchSet, Place};
use crate::music::note::Note;

/// Mirrors pitches about the middle of the lowest and the highest. By semitones every note stays in
/// that range; by steps of a scale a note outside the scale keeps its distance from the step below.
pub(super) fn invert(notes: &[Note], scale: Option<PitchSet>, place: &Place) -> Result<Vec<Note>, OutOfRange> {
    let (low, high) = place.pitches;
    let mirrored = |pitch: u8| match scale {
        None => Ok(low + high - pitch),
        Some(scale) => {
            let (step, over) = scale.step_of(pitch);
            scale.pitch(scale.step_of(low).0 + scale.step_of(high).0 - step, over)
        }
    };
    notes.iter().map(|n| Ok(Note { pitch: mirrored(n.pitch)?, ..*n })).collect()
}

/// What ended last begins first.
pub(super) fn reverse(notes: &[Note], place: &Place) -> Vec<Note> {
    let (from, to) = place.span;
    notes.iter().map(|n| Note { start: from + to - n.end(), ..*n }).collect()
}

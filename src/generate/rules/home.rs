//! The rule that a piece ends at home: its melody on the tonic, and what goes with it in the tonic's chord.
//!
//! Learned from a few hundred pieces, where a piece is going to end is the last thing that a model knows.

use super::{Heard, Situation};
use crate::encoding::vocabulary::{is_drums, slot_role};
use crate::encoding::{Place, STEPS_PER_QUARTER};
use crate::music::{Key, Mode, Role};

/// Whether a pitch is of the chord of the tonic.
fn in_tonic_chord(home: Key, pitch: u8) -> bool {
    let third = if home.mode == Mode::Major { 4 } else { 3 };
    [0, third, 7].contains(&((pitch + 12 - home.tonic) % 12))
}

impl Situation<'_> {
    /// The pitch of the last beat's melody is the tonic; other voices are in its chord in the last half bar,
    /// and chords in all of it. Nobody comes in for the last bar, or goes lower there than ever before: what would
    /// rather end than wait for the melody is not to pile up notes meanwhile.
    pub(super) fn leads_home(&self, place: &Place, slot: u8, pitch: u8) -> bool {
        let Some(home) = self.home.filter(|_| !is_drums(slot)) else { return true };
        let onset = place.bar_start + place.place;
        let left = self.until.saturating_sub(onset);
        let is_tonic = |note: Heard| note.pitch % 12 == home.tonic;
        let Some(melody) = self.past.melody() else { return true };
        if left <= place.bar_len && self.past.lowest(slot).is_none_or(|low| pitch < low) {
            return false;
        }
        let below = self.last.is_some_and(|(at, of, _)| (at, of) == (onset, slot));
        if slot == melody && !below {
            return left > STEPS_PER_QUARTER || pitch % 12 == home.tonic;
        }
        // The last beat is the melody's until it has come home.
        if left <= STEPS_PER_QUARTER && slot != melody && !self.past.last_of(melody).is_some_and(is_tonic) {
            return false;
        }
        let bound = if slot_role(slot).0 == Role::Chords { place.bar_len } else { place.bar_len / 2 };
        left > bound || in_tonic_chord(home, pitch)
    }

    /// Whether the melody stands on the tonic now.
    pub(super) fn is_home(&self) -> bool {
        let last = self.past.melody().and_then(|melody| self.past.last_of(melody));
        self.home.zip(last).is_none_or(|(home, last)| last.pitch % 12 == home.tonic)
    }

    /// The last note is no afterthought: none begins when the last quarter has.
    pub(super) fn ends_in_time(&self, onset: u32) -> bool {
        self.home.is_none() || onset + STEPS_PER_QUARTER <= self.until
    }
}

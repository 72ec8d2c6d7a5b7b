//! Rules of single pitches: key, scale, chords, ranges, the first note and the last.

use super::{PitchGoal, Situation};
use crate::encoding::vocabulary::{is_drums, meter_of_id};
use crate::encoding::{Place, STEPS_PER_QUARTER};
use crate::music::{Chord, Tick};

impl Situation<'_> {
    pub(super) fn in_key(&self, slot: u8, pitch: u8) -> bool {
        let classes = self.settings.key.map(crate::music::Key::pitch_classes);
        is_drums(slot) || classes.is_none_or(|c| c[usize::from(pitch % 12)])
    }

    pub(super) fn in_scale(&self, slot: u8, pitch: u8) -> bool {
        let scale = self.settings.rules.scale.as_ref();
        is_drums(slot) || scale.is_none_or(|s| s.pitch_classes()[usize::from(pitch % 12)])
    }

    pub(super) fn in_range(&self, slot: u8, pitch: u8) -> bool {
        is_drums(slot) || self.settings.range.is_none_or(|(low, high)| (low..=high).contains(&pitch))
    }

    pub(super) fn in_voice_range(&self, slot: u8, pitch: u8) -> bool {
        self.rules.ranges[usize::from(slot)].is_none_or(|(low, high)| (low..=high).contains(&pitch))
    }

    pub(super) fn in_chord(&self, place: &Place, slot: u8, pitch: u8) -> bool {
        let beat = meter_of_id(place.meter).beat_ticks(STEPS_PER_QUARTER) as u32;
        let bound = self.settings.rules.chords_off_beat || place.place.is_multiple_of(beat.max(1));
        is_drums(slot) || !bound || self.chord(place).is_none_or(|c| c.pitch_classes()[usize::from(pitch % 12)])
    }

    fn chord(&self, place: &Place) -> Option<Chord> {
        let (chords, track) = (&self.settings.rules.chords, &self.settings.rules.chord_track);
        if chords.is_empty() {
            return track.as_ref()?.at(Tick::from(place.bar_start + place.place));
        }
        let bar = place.bar.saturating_sub(self.rules.first_bar) as usize;
        Some(chords[bar % chords.len()])
    }

    /// Whether the pitch may be the take's first, where it would be.
    pub(super) fn starts_well(&self, slot: u8, pitch: u8) -> bool {
        let goal = self.settings.rules.start_pitch;
        is_drums(slot) || self.past.head().is_some() || goal.is_none_or(|g| g.holds(pitch))
    }

    /// The first note of an onset in the last beat is as the take is to end, so that it can end there.
    pub(super) fn leads_to_the_end(&self, place: &Place, slot: u8, pitch: u8) -> bool {
        let onset = place.bar_start + place.place;
        let below = self.past.head().is_some_and(|(at, _)| at == onset);
        is_drums(slot)
            || below
            || onset + STEPS_PER_QUARTER < self.until
            || self.settings.rules.end_pitch.is_none_or(|g| g.holds(pitch))
    }

    /// Whether the last onset is as the take is to end.
    pub(super) fn ends_well(&self) -> bool {
        let reached = |goal: PitchGoal| self.past.head().is_some_and(|(_, pitch)| goal.holds(pitch));
        self.region.1 < self.until || self.settings.rules.end_pitch.is_none_or(reached)
    }
}

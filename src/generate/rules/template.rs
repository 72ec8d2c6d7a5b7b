//! A piece of which a take keeps the rhythm or the pitches.

use super::{Rule, Situation};
use crate::encoding::vocabulary::DURATIONS;
use crate::encoding::{BarGrid, Event, Field, STEPS_PER_QUARTER, encode};
use crate::music::Score;
use crate::music::transform::rescaled;
use serde::{Deserialize, Serialize};

/// Notes as a model knows them: in steps (24 a quarter note), by slot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Steps after which it begins again: its length in whole bars.
    pub length: u32,
    /// By onset, slot, and from high to low.
    pub notes: Vec<TemplateNote>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateNote {
    pub onset: u32,
    pub slot: u8,
    pub pitch: u8,
    /// One of [`DURATIONS`].
    pub duration: u16,
}

impl Template {
    pub fn of(score: &Score) -> Self {
        let events = encode(score).events;
        let value = |e: &Event, field: Field| e.fields[field as usize];
        let note = |e: &Event| TemplateNote {
            onset: e.onset,
            slot: value(e, Field::Voice) as u8,
            pitch: value(e, Field::Pitch) as u8,
            duration: DURATIONS[usize::from(value(e, Field::Duration))],
        };
        let notes: Vec<TemplateNote> = events.iter().filter(|e| !e.is_end()).map(note).collect();
        let last = notes.last().map_or(0, |n| n.onset);
        let end = u32::try_from(rescaled(score.end, score.ppq, STEPS_PER_QUARTER)).unwrap_or(0);
        let bar = BarGrid::of(score).locate(last.max(end.saturating_sub(1)));
        Self { length: bar.bar_start + bar.bar_len, notes }
    }

    pub(super) fn is_sound(&self) -> bool {
        self.notes.iter().all(|n| n.onset < self.length && n.slot < 32 && n.pitch < 128) && !self.notes.is_empty()
    }

    /// Its notes from step `from` to before `to`, over and over. Durations end at `to`.
    pub(super) fn over(&self, from: u32, to: u32) -> Vec<TemplateNote> {
        let rounds = (from..to).step_by(self.length.max(1) as usize);
        let moved =
            rounds.flat_map(|start| self.notes.iter().map(move |n| TemplateNote { onset: start + n.onset, ..*n }));
        let cut = |n: TemplateNote| TemplateNote { duration: longest(n.duration, to - n.onset), ..n };
        moved.filter(|n| n.onset < to).map(cut).collect()
    }
}

/// The longest duration up to `steps` and `left`.
fn longest(steps: u16, left: u32) -> u16 {
    let fits = DURATIONS.iter().rev().find(|d| **d <= steps && u32::from(**d) <= left);
    *fits.unwrap_or(&DURATIONS[0])
}

impl Situation<'_> {
    /// The note of the rhythm that comes next in what is written now.
    fn beat(&self) -> Option<&TemplateNote> {
        self.rules.rhythm.get(self.past.beats()).filter(|n| n.onset < self.region.1)
    }

    /// Whether the rhythm has no more notes for what is written now.
    pub(super) fn rhythm_is_done(&self) -> bool {
        self.beat().is_none()
    }

    pub(super) fn beat_onset(&self, onset: u32) -> bool {
        self.beat().is_some_and(|n| n.onset == onset)
    }

    /// Whether the voice is the one of the rhythm, and its other notes of this onset still fit below.
    pub(super) fn beat_pitch(&self, onset: u32, slot: u8, pitch: u8) -> bool {
        let rest = self.rules.rhythm.get(self.past.beats()..).unwrap_or_default();
        let here = rest.iter().take_while(|n| n.onset == onset && n.slot == slot).count();
        here > 0 && usize::from(pitch) + 1 >= here && !self.past.sounds(slot, pitch, onset)
    }

    pub(super) fn beat_duration(&self, duration: u16) -> bool {
        self.beat().is_some_and(|n| n.duration == duration)
    }

    /// Whether the pitch is the voice's next of the order that is kept.
    pub(super) fn next_of_order(&self, slot: u8, pitch: u8) -> bool {
        let order = &self.rules.pitches[usize::from(slot)];
        !order.is_empty() && order[self.past.n_written(slot) % order.len()] == pitch
    }

    /// Whether durations matter to these rules, so that a pitch is no use without one.
    pub(super) fn looks_at_durations(rules: &[Rule]) -> bool {
        rules.contains(&Rule::Rhythm) || rules.contains(&Rule::NoRepeat)
    }
}

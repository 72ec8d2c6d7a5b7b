//! Score → note events. Says what had to be rounded, and leaves nothing out.

use super::bars::BarGrid;
use super::vocabulary::{DURATIONS, Field, MAX_BARS_ON, STEPS_PER_QUARTER, duration_index, slot, velocity_bin};
use super::{Event, N_FIELDS, vocabulary};
use crate::music::transform::rescaled;
use crate::music::{Note, NoteId, Role, Score};

/// A piece as the model sees it, with an account of what was not exact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoded {
    /// The notes by (onset, slot, pitch from high to low), then END.
    pub events: Vec<Event>,
    /// Which note of the score each event stands for, END apart.
    pub notes: Vec<NoteId>,
    /// Notes whose onset is not on the grid and was moved to the nearest step.
    pub rounded_onsets: usize,
    /// Notes whose duration is not in the table.
    pub rounded_durations: usize,
    /// Rests of more than 15 bars that were shortened to 15.
    pub shortened_rests: usize,
    /// Voices that share a slot because their role has more voices than slots.
    pub merged_voices: usize,
}

impl Encoded {
    pub fn n_notes(&self) -> usize {
        self.events.len().saturating_sub(1)
    }
}

/// The slot of each voice, and how many had to share one.
pub fn voice_slots(score: &Score) -> (Vec<u8>, usize) {
    let (mut seen, mut merged) = ([0usize; Role::ALL.len()], 0);
    let slots = score.voices.iter().map(|v| {
        let index = &mut seen[v.role as usize];
        let (slot, shared) = slot(v.role, *index);
        merged += usize::from(shared);
        *index += 1;
        slot
    });
    (slots.collect(), merged)
}

/// Encodes a whole piece.
pub fn encode(score: &Score) -> Encoded {
    let (slots, merged_voices) = voice_slots(score);
    Encoded { merged_voices, ..encode_with_slots(score, &slots) }
}

/// Encodes a piece whose voices have these slots (one for each voice of the score).
pub fn encode_with_slots(score: &Score, slots: &[u8]) -> Encoded {
    let mut out = Encoded::default();
    let grid = BarGrid::of(score);
    let steps = |tick| u32::try_from(rescaled(tick, score.ppq, STEPS_PER_QUARTER)).unwrap_or(u32::MAX / 2);
    let mut notes: Vec<(u32, u8, &Note)> = score.notes().map(|(v, n)| (steps(n.start), slots[v], n)).collect();
    notes.sort_by_key(|(onset, slot, n)| (*onset, *slot, std::cmp::Reverse(n.pitch), n.duration));

    let mut previous = grid.bar(0);
    for (onset, slot, note) in notes {
        let here = grid.locate(onset);
        let bars_on = here.bar - previous.bar;
        let exact_steps = (note.duration * i64::from(STEPS_PER_QUARTER)) as f64 / f64::from(score.ppq);
        let duration = duration_index(exact_steps.round() as u32);

        out.rounded_onsets +=
            usize::from(i64::from(onset) * i64::from(score.ppq) != note.start * i64::from(STEPS_PER_QUARTER));
        out.rounded_durations += usize::from(f64::from(DURATIONS[usize::from(duration)]) != exact_steps);
        out.shortened_rests += usize::from(bars_on > MAX_BARS_ON);

        let mut fields = [0; N_FIELDS];
        fields[Field::Voice as usize] = u16::from(slot);
        fields[Field::Pitch as usize] = u16::from(note.pitch);
        fields[Field::Duration as usize] = duration;
        fields[Field::Velocity as usize] = velocity_bin(note.velocity);
        let event = Event { fields, onset, place: here.place as u16, meter: here.meter };
        out.events.push(event.told_after(&previous, &here));
        out.notes.push(note.id);
        previous = here;
    }
    let mut fields = [0; N_FIELDS];
    fields[Field::Bar as usize] = vocabulary::END;
    let onset = previous.bar_start + previous.place;
    out.events.push(Event { fields, onset, place: previous.place as u16, meter: previous.meter });
    out
}

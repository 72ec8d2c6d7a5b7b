//! Note events → score, one event at a time, so that notes can be shown as they are made.

use super::bars::{BarGrid, Place};
use super::vocabulary::{DURATIONS, END, Field, MAX_BAR_STEPS, slot_role, velocity_from_bin};
use super::{Event, N_FIELDS};
use crate::music::{Note, Role};

/// Follows the fields of successive events through the bars of a piece.
#[derive(Clone, Debug)]
pub struct Decoder {
    grid: BarGrid,
    at: Place,
}

impl Decoder {
    pub fn new(grid: BarGrid) -> Self {
        let at = grid.bar(0);
        Self { grid, at }
    }

    /// Where the last event stood; the first bar line before there is one.
    pub fn at(&self) -> Place {
        self.at
    }

    pub fn grid(&self) -> &BarGrid {
        &self.grid
    }

    /// Where an event with these first two fields would stand. `None` for END, and for a step that
    /// no bar of this piece has (which masked sampling never chooses).
    pub fn target(&self, bar: u16, step: u16) -> Option<Place> {
        if bar >= END {
            return None;
        }
        let step = u32::from(step);
        let (place, here) = if bar == 0 {
            (self.at.place + step, self.at)
        } else {
            (step.checked_sub(MAX_BAR_STEPS)?, self.grid.bar(self.at.bar + u32::from(bar)))
        };
        (step < 2 * MAX_BAR_STEPS && place < here.bar_len).then_some(Place { place, ..here })
    }

    /// Takes an event in: its note (in steps, 24 a quarter) and its slot. `None` for END or fields
    /// that stand nowhere; the decoder then stays where it is.
    pub fn push(&mut self, fields: &[u16; N_FIELDS]) -> Option<(Event, u8, Note)> {
        let at = self.target(fields[Field::Bar as usize], fields[Field::Step as usize])?;
        self.at = at;
        let onset = at.bar_start + at.place;
        let duration = DURATIONS[usize::from(fields[Field::Duration as usize]).min(DURATIONS.len() - 1)];
        let note = Note::new(
            i64::from(onset),
            i64::from(duration),
            fields[Field::Pitch as usize] as u8,
            velocity_from_bin(fields[Field::Velocity as usize]),
        );
        let event = Event { fields: *fields, onset, place: at.place as u16, meter: at.meter };
        Some((event, fields[Field::Voice as usize] as u8, note))
    }

    /// Jumps to an event that is already known (a primer's last note, say).
    pub fn jump(&mut self, onset: u32) {
        self.at = self.grid.locate(onset);
    }
}

/// Name, role and General MIDI program for a generated voice whose corpus says nothing better.
pub fn slot_instrument(slot: u8) -> (String, Role, u8) {
    let (role, index) = slot_role(slot);
    let (name, program) = match role {
        Role::Melody => ("Melody", 73), // flute
        Role::Inner => ("Inner", 71),   // clarinet
        Role::Chords => ("Chords", 0),  // piano
        Role::Bass => ("Bass", 32),     // acoustic bass
        Role::Drums => ("Drums", 0),
        Role::Other => ("Other", 48), // strings
    };
    let name = if index == 0 { name.to_owned() } else { format!("{name} {}", index + 1) };
    (name, role, program)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::{encode, voice_slots};
    use crate::music::{Meter, Score, Voice, text};
    use proptest::prelude::*;

    fn any_score() -> impl Strategy<Value = Score> {
        let note = (0i64..2000, 0usize..95, 0u8..128, 0u16..16)
            .prop_map(|(start, d, pitch, v)| Note::new(start, i64::from(DURATIONS[d]), pitch, velocity_from_bin(v)));
        let meter = (1u8..9, 0u32..4).prop_map(|(n, d)| Meter { numerator: n, denominator: 1 << d });
        (prop::collection::vec(note, 1..60), meter, meter_change()).prop_map(|(notes, meter, change)| {
            let mut score = Score::new(24);
            score.meters.set(0, meter);
            if let Some((tick, meter)) = change {
                score.meters.set(tick, meter);
            }
            let mut melody = Voice::new("m", Role::Melody, 0);
            let mut bass = Voice::new("b", Role::Bass, 0);
            for (i, n) in notes.into_iter().enumerate() {
                if i % 3 == 0 { bass.notes.push(n) } else { melody.notes.push(n) }
            }
            score.push_voice(melody);
            score.push_voice(bass);
            score
        })
    }

    fn meter_change() -> impl Strategy<Value = Option<(i64, Meter)>> {
        prop::option::of((1i64..500, 2u8..7).prop_map(|(t, n)| (t, Meter { numerator: n, denominator: 4 })))
    }

    proptest! {
        #[test]
        fn decoding_gives_back_every_note_on_the_grid(score in any_score()) {
            let encoded = encode(&score);
            prop_assert_eq!(encoded.n_notes(), score.n_notes());
            if encoded.shortened_rests > 0 { return Ok(()); }
            let (slots, _) = voice_slots(&score);
            let mut expected: Vec<_> = score.notes().map(|(v, n)| (n.start, slots[v], n.pitch, n.duration, n.velocity)).collect();
            let mut decoder = Decoder::new(BarGrid::of(&score));
            let mut got = Vec::new();
            for event in &encoded.events {
                if let Some((again, slot, n)) = decoder.push(&event.fields) {
                    prop_assert_eq!(again, *event);
                    got.push((n.start, slot, n.pitch, n.duration, n.velocity));
                }
            }
            expected.sort();
            got.sort();
            prop_assert_eq!(got, expected);
        }
    }

    #[test]
    fn notes_of_an_onset_go_from_high_to_low() {
        let score = text::parse("melody | 0 24 c4 | 0 24 g4 | 24 24 e4").expect("valid");
        let pitches: Vec<u16> = encode(&score).events.iter().map(|e| e.fields[3]).collect();
        assert_eq!(pitches, [67, 60, 64, 0]);
    }
}

//! Receipts for music that is there already: the model reads it note by note and says of each how
//! likely it was and what else it could have been. Nothing is drawn.

use super::generator::Generator;
use super::sampler::given;
use super::stream::Told;
use super::take::{FieldReceipt, NoteReceipt};
use crate::encoding::vocabulary::{END, is_drums};
use crate::encoding::{BarGrid, Encoded, Event, Field, STEPS_PER_QUARTER, encode, tonic};
use crate::music::{Key, Note, NoteId, Score};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a model says of a whole piece.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    pub model: String,
    /// The mean over the notes, as `eval` has it: with the end of the piece and the tonic, without velocity.
    pub nats_per_note: f64,
    /// −log of the probability that the piece ends where it does.
    pub end_nats: f64,
    /// What telling the tonic costs, where the piece was moved to the one that the model knows.
    pub tonic_nats: f64,
    /// What of the piece the model could not be shown as it is.
    pub remarks: Vec<String>,
    /// In the order in which the model reads them; ticks are the score's own.
    pub notes: Vec<NoteReceipt>,
}

impl Generator {
    /// Reads a piece and says of every note what the model thinks of it. `seen` is told how many notes of
    /// how many are done. `None` where `cancel` was set meanwhile.
    ///
    /// These are the figures of an evaluation wherever the piece fits the model's window. In a longer one
    /// every note is seen with as many before it as fit, as it is when the model writes; an evaluation
    /// begins anew each half window.
    pub fn explain(
        &self,
        score: &Score,
        cancel: &AtomicBool,
        seen: &mut dyn FnMut(usize, usize),
    ) -> Option<Explanation> {
        let encoded = encode(score);
        let key = Key::estimate(score).filter(|_| self.card().common_tonic).map(|(key, _)| key);
        let (events, lift) = tonic::brought_home(encoded.events.clone(), key);
        let grid = BarGrid::of(score);
        let meter = grid.bar(0).meter;
        // Pitches are moved here and not by the stream: every pitch then keeps its share of the whole.
        let mut stream = self.stream(meter, 0, Told { guidance: 1.0, ..Told::default() });
        let mut remarks = remarks(&encoded);
        let memory = stream.memory().saturating_add(1);
        if events.len() > memory {
            remarks
                .push(format!("the model sees {memory} events at once; each later note is judged by those before it"));
        }
        stream.open(meter, 0);
        let of_id: HashMap<NoteId, (usize, &Note)> = score.notes().map(|(v, n)| (n.id, (v, n))).collect();
        let mut notes = Vec::with_capacity(encoded.notes.len());
        for (event, id) in events.iter().zip(&encoded.notes) {
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            let place = grid.locate(event.onset);
            let mut fields = Vec::with_capacity(self.n_fields());
            for field in Field::ALL.into_iter().take(self.n_fields()) {
                let value = event.fields[field as usize];
                fields.push(FieldReceipt::given(field, &given(&stream.logits(field), value)));
                stream.choose(field, value, (field == Field::Step).then_some(&place));
            }
            stream.feed(event, 0);
            if let Some((voice, note)) = of_id.get(id) {
                move_back(&mut fields, event, lift.unwrap_or(0));
                notes.push(NoteReceipt::new(note, place.bar, &score.voices[*voice].name, fields));
            }
            seen(notes.len(), encoded.notes.len());
        }
        let end_nats = given(&stream.logits(Field::Bar), END).nats;
        let tonic_nats = lift.map_or(0.0, |_| 12f64.ln());
        let total = notes.iter().map(|n| n.nats).sum::<f64>() + end_nats + tonic_nats;
        Some(Explanation {
            model: self.card().name.clone(),
            nats_per_note: total / notes.len().max(1) as f64,
            end_nats,
            tonic_nats,
            remarks,
            notes,
        })
    }
}

/// Pitches as the piece has them again.
fn move_back(fields: &mut [FieldReceipt], event: &Event, lift: i8) {
    let drums = is_drums(event.fields[Field::Voice as usize] as u8);
    let Some(pitch) = fields.iter_mut().find(|f| f.field == Field::Pitch.name()).filter(|_| !drums) else { return };
    let back = |value: u16| value.checked_add_signed(-i16::from(lift)).filter(|p| *p < 128);
    pitch.value = back(pitch.value).unwrap_or(pitch.value);
    pitch.alternatives.retain_mut(|a| back(a.value).map(|moved| a.value = moved).is_some());
}

/// A sentence for everything that the model was not shown as it is.
fn remarks(encoded: &Encoded) -> Vec<String> {
    let notes = |n: usize| format!("{n} {}", if n == 1 { "note" } else { "notes" });
    let said = [
        (encoded.rounded_onsets, {
            let n = notes(encoded.rounded_onsets);
            format!("{n} off the model's grid ({STEPS_PER_QUARTER} steps a quarter note), heard at the nearest step")
        }),
        (encoded.rounded_durations, {
            let n = notes(encoded.rounded_durations);
            format!("{n} of a length that the model does not know, heard with the nearest")
        }),
        (encoded.shortened_rests, format!("{} rests of more than 15 bars, heard as 15", encoded.shortened_rests)),
        (encoded.merged_voices, {
            format!("{} voices heard as one with another: the model has fewer of their kind", encoded.merged_voices)
        }),
    ];
    said.into_iter().filter(|(n, _)| *n > 0).map(|(_, sentence)| sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::take::Alternative;
    use crate::music::text;

    #[test]
    fn what_the_model_cannot_be_shown_is_said() {
        let exact = text::parse("melody | 0 24 c4 | 24 24 d4").expect("valid");
        assert!(remarks(&encode(&exact)).is_empty());
        let mut odd = exact.clone();
        odd.ppq = 480;
        assert_eq!(remarks(&encode(&odd)).len(), 2, "a start off the grid, and lengths");
    }

    #[test]
    fn pitches_come_back_from_the_common_tonic_and_drums_stay() {
        let field = |value, others: &[u16]| FieldReceipt {
            field: Field::Pitch.name(),
            value,
            probability: 0.5,
            nats: 0.7,
            rank: 1,
            drawn_with: None,
            alternatives: others.iter().map(|v| Alternative { value: *v, probability: 0.1 }).collect(),
        };
        let event = encode(&text::parse("melody | 0 24 c4").expect("valid")).events[0];
        let mut fields = [field(62, &[62, 1, 64])];
        move_back(&mut fields, &event, 2);
        assert_eq!(fields[0].value, 60);
        assert_eq!(fields[0].alternatives.iter().map(|a| a.value).collect::<Vec<_>>(), [60, 62], "none below MIDI's");
        let drum = encode(&text::parse("drums | 0 24 c2").expect("valid")).events[0];
        let mut fields = [field(36, &[38])];
        move_back(&mut fields, &drum, 2);
        assert_eq!((fields[0].value, fields[0].alternatives[0].value), (36, 38));
    }
}

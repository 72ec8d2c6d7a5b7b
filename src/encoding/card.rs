//! What a trained model has to be told about its corpus in order to write music like it, and what a
//! reader wants to know about where it comes from. Kept in every model file.

use super::vocabulary::{N_METERS, N_SLOTS, meter_of_id};
use super::{Event, slot_instrument};
use crate::music::{Meter, Score};
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::collections::BTreeMap;

/// The voice that a slot stands for in this corpus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotCard {
    pub slot: u8,
    pub name: String,
    pub program: u8,
    /// Pieces of the corpus that have it.
    pub pieces: usize,
}

/// A model's passport.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    pub name: String,
    /// Version of the event vocabulary; models of different ones do not mix.
    pub vocabulary: u32,
    pub pieces: usize,
    pub notes: usize,
    pub slots: Vec<SlotCard>,
    /// The commonest meter, as numerator and denominator.
    pub meter: (u8, u8),
    /// The share of the notes learned from that stand in each kind of bar, by its name such as "3/4"; empty
    /// where nobody has counted: see [`Self::of_meters`].
    #[serde(default)]
    pub meters: BTreeMap<String, f64>,
    /// Whether pieces were moved to a common tonic before they were learned from, see [`super::tonic`].
    #[serde(default)]
    pub common_tonic: bool,
    /// Names of the styles that it tells apart (the corpus's first subfolders), in their order.
    #[serde(default)]
    pub styles: Vec<String>,
    /// The median tempo in quarter notes a minute.
    pub tempo: f64,
    /// Training steps taken, and nats a note on held-out pieces where some were held out.
    pub step: u64,
    pub valid_nats_per_note: Option<f64>,
}

/// The version this program reads and writes.
pub const VOCABULARY: u32 = 1;

impl ModelCard {
    /// Describes a corpus of pieces, given with the slots of their voices.
    pub fn of_corpus<S: Borrow<Score>>(name: &str, pieces: impl Iterator<Item = (Vec<u8>, S)>) -> Self {
        let mut programs: Vec<BTreeMap<(u8, String), usize>> = vec![BTreeMap::new(); N_SLOTS];
        let mut meters: BTreeMap<(u8, u8), usize> = BTreeMap::new();
        let mut tempos = Vec::new();
        let mut card = Self { name: name.to_owned(), vocabulary: VOCABULARY, ..Self::default() };
        for (slots, score) in pieces {
            let score = score.borrow();
            card.pieces += 1;
            card.notes += score.n_notes();
            let Meter { numerator, denominator } = score.first_meter();
            *meters.entry((numerator, denominator)).or_default() += 1;
            tempos.push(score.tempos.qpm_at(0));
            for (voice, slot) in score.voices.iter().zip(slots).filter(|(v, _)| !v.notes.is_empty()) {
                *programs[usize::from(slot)].entry((voice.program, voice.name.clone())).or_default() += 1;
            }
        }
        card.meter = meters.iter().max_by_key(|(_, n)| **n).map_or((4, 4), |(m, _)| *m);
        tempos.sort_by(f64::total_cmp);
        card.tempo = tempos.get(tempos.len() / 2).copied().unwrap_or(120.0);
        for (slot, seen) in programs.iter().enumerate().filter(|(_, seen)| !seen.is_empty()) {
            let pieces = seen.values().sum();
            let ((program, name), _) = seen.iter().max_by_key(|(_, n)| **n).expect("not empty");
            let name = if name.trim().is_empty() { slot_instrument(slot as u8).0 } else { name.clone() };
            card.slots.push(SlotCard { slot: slot as u8, name, program: *program, pieces });
        }
        card
    }

    /// Says in which kinds of bar the notes of a corpus stand.
    #[must_use]
    pub fn of_meters<'a>(self, events: impl Iterator<Item = &'a Event>) -> Self {
        let mut counts = [0u32; N_METERS];
        for event in events.filter(|e| !e.is_end()) {
            counts[usize::from(event.meter) % N_METERS] += 1;
        }
        let all: u32 = counts.iter().sum();
        let share = |n: u32| f64::from(n) / f64::from(all.max(1));
        let kinds = counts.into_iter().enumerate().filter(|(_, n)| *n > 0);
        Self { meters: kinds.map(|(id, n)| (kind_of_bar(id as u8), share(n))).collect(), ..self }
    }

    pub fn first_meter(&self) -> Meter {
        Meter::new(self.meter.0, self.meter.1).unwrap_or(Meter::COMMON)
    }
}

/// The name of a kind of bar, see [`super::vocabulary::meter_id`].
pub fn kind_of_bar(id: u8) -> String {
    if id == 0 { "other".to_owned() } else { meter_of_id(id).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::encode;
    use crate::music::text;

    #[test]
    fn a_card_says_in_which_meters_its_corpus_is() {
        let notes: String = (0..8).map(|i| format!(" | {} 24 c4", i * 24)).collect();
        let common = text::parse(&format!("melody{notes}")).expect("valid");
        let mut waltz = common.clone();
        waltz.meters = crate::music::MeterMap::constant(Meter { numerator: 3, denominator: 4 });
        waltz.voices[0].notes.truncate(2);
        let events = [common, waltz].map(|score| encode(&score).events).concat();
        let card = ModelCard::default().of_meters(events.iter());
        assert_eq!(card.meters, [("3/4".to_owned(), 0.2), ("4/4".to_owned(), 0.8)].into());
        let old = r#"{"name":"x","vocabulary":1,"pieces":1,"notes":1,"slots":[],"meter":[4,4],"tempo":120.0,"step":1,
            "valid_nats_per_note":null}"#;
        let old: ModelCard = serde_json::from_str(old).expect("a card of before");
        assert!(old.meters.is_empty());
    }
}

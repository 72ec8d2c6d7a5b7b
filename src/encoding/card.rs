//! What a trained model has to be told about its corpus in order to write music like it, and what a
//! reader wants to know about where it comes from. Kept in every model file.

use super::slot_instrument;
use super::vocabulary::N_SLOTS;
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

    pub fn first_meter(&self) -> Meter {
        Meter::new(self.meter.0, self.meter.1).unwrap_or(Meter::COMMON)
    }
}

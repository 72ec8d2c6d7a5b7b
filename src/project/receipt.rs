//! Why a note is there: what the model that wrote or read it thought of it, kept with the piece.
//!
//! A receipt belongs to a note as it was then. One that was changed since has none, and has it again
//! when the change is undone.

use crate::generate::NoteReceipt;
use crate::generate::rules::Rule;
use crate::music::{Note, NoteId, Score};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// What a model said of a note.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// The model's own probability of the whole note, and −log of it without velocity.
    pub probability: f64,
    pub nats: f64,
    /// Rank of the pitch, 1 = the model's first choice.
    pub rank: u32,
    /// The likeliest pitches with the model's own probabilities.
    pub alternatives: Vec<(u8, f32)>,
    /// The probability after temperature, rules and cut-offs; none where it was there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn_with: Option<f64>,
    /// Rules that left nothing and were set aside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relaxed: Vec<Rule>,
    /// How many pitches each rule took away.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub removed: BTreeMap<Rule, u32>,
}

impl From<&NoteReceipt> for Receipt {
    fn from(n: &NoteReceipt) -> Self {
        Self {
            probability: n.probability,
            nats: n.nats,
            rank: n.rank,
            alternatives: n.alternatives.iter().map(|a| (a.value as u8, a.probability)).collect(),
            drawn_with: n.drawn_with,
            relaxed: n.relaxed.clone(),
            removed: n.removed.clone(),
        }
    }
}

/// Receipts of the notes of a score.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Receipts(HashMap<NoteId, (Note, Receipt)>);

impl Receipts {
    /// Of the notes of a score, from what the generator said of them.
    pub fn new(score: &Score, said: &[NoteReceipt]) -> Self {
        let said: HashMap<NoteId, &NoteReceipt> = said.iter().map(|n| (n.id, n)).collect();
        let mut out = Self::default();
        for (_, note) in score.notes() {
            if let Some(receipt) = said.get(&note.id) {
                out.insert(note, Receipt::from(*receipt));
            }
        }
        out
    }

    pub fn insert(&mut self, note: &Note, receipt: Receipt) {
        self.0.insert(note.id, (*note, receipt));
    }

    /// Of the note as it is now: none where it was changed since.
    pub fn of(&self, note: &Note) -> Option<&Receipt> {
        self.0.get(&note.id).filter(|(then, _)| then == note).map(|(_, receipt)| receipt)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes over those of `other`.
    pub fn extend(&mut self, other: Receipts) {
        self.0.extend(other.0);
    }

    /// Of notes that stand for others elsewhere: `pairs` gives both identities, of there and of `score`.
    #[must_use]
    pub fn carried(&self, from: &Score, score: &Score, pairs: &HashMap<NoteId, NoteId>) -> Self {
        let new: HashMap<NoteId, &Note> = score.notes().map(|(_, n)| (n.id, n)).collect();
        let mut out = Self::default();
        for (_, old) in from.notes() {
            let note = pairs.get(&old.id).and_then(|id| new.get(id));
            if let (Some(note), Some(receipt)) = (note, self.of(old)) {
                out.insert(note, receipt.clone());
            }
        }
        out
    }

    /// As a file has them: by the number of the voice, and of the note in it.
    pub(super) fn to_lines(&self, score: &Score) -> Vec<Line> {
        let voices = score.voices.iter().enumerate();
        let notes = voices.flat_map(|(v, voice)| voice.notes.iter().enumerate().map(move |(n, note)| (v, n, note)));
        notes.filter_map(|(voice, n, note)| Some(Line(voice, n, self.of(note)?.clone()))).collect()
    }

    /// What [`Self::to_lines`] gave, for the score that came from the same file. A line for no note is
    /// passed over.
    pub(super) fn from_lines(lines: Vec<Line>, score: &Score) -> Self {
        let mut out = Self::default();
        for Line(voice, n, receipt) in lines {
            if let Some(note) = score.voices.get(voice).and_then(|v| v.notes.get(n)) {
                out.insert(note, receipt);
            }
        }
        out
    }
}

/// A receipt in a file: voice and note by their numbers from 0.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Line(usize, usize, Receipt);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    #[test]
    fn a_receipt_is_of_a_note_as_it_was() {
        let score = text::parse("melody | 0 24 c4 | 24 24 d4").expect("valid");
        let note = score.voices[0].notes[1];
        let mut receipts = Receipts::default();
        receipts.insert(&note, Receipt { rank: 2, ..Receipt::default() });
        assert_eq!(receipts.of(&note).map(|r| r.rank), Some(2));
        assert_eq!(receipts.of(&Note { pitch: 63, ..note }), None);
        assert_eq!(receipts.of(&score.voices[0].notes[0]), None);
        assert_eq!(Receipts::from_lines(receipts.to_lines(&score), &score), receipts);
    }
}

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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Receipt {
    /// The name of the model.
    pub model: String,
    /// The model's own probability of the whole note, and −log of it without velocity.
    pub probability: f64,
    pub nats: f64,
    /// Rank of the pitch, 1 = the model's first choice.
    pub rank: u32,
    /// The likeliest pitches with the model's own probabilities.
    pub alternatives: Vec<(u8, f32)>,
    /// The probability after temperature, rules and cut-offs; none where it was there already.
    pub drawn_with: Option<f64>,
    /// Rules that left nothing and were set aside.
    pub relaxed: Vec<Rule>,
    /// How many pitches each rule took away.
    pub removed: BTreeMap<Rule, u32>,
}

impl Receipt {
    fn new(n: &NoteReceipt, model: &str) -> Self {
        Self {
            model: model.to_owned(),
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
    /// Of the notes of a score, from what the model of this name said of them.
    pub fn new(score: &Score, said: &[NoteReceipt], model: &str) -> Self {
        let said: HashMap<NoteId, &NoteReceipt> = said.iter().map(|n| (n.id, n)).collect();
        let mut out = Self::default();
        for (_, note) in score.notes() {
            if let Some(receipt) = said.get(&note.id) {
                out.insert(note, Receipt::new(receipt, model));
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

    /// Of a note that is as it was but for its pitch, which is one of those that the model named then: the pitch it
    /// had, and its receipt.
    pub fn swapped(&self, note: &Note) -> Option<(u8, &Receipt)> {
        let (then, receipt) = self.0.get(&note.id)?;
        let named = receipt.alternatives.iter().any(|(pitch, _)| *pitch == note.pitch);
        let same = then.pitch != note.pitch && Note { pitch: note.pitch, ..*then } == *note;
        (named && same).then_some((then.pitch, receipt))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes over those of `other`. What was said when a note was written outlasts what is said of it now.
    pub fn extend(&mut self, other: Receipts) {
        for (id, (note, receipt)) in other.0 {
            let written = |(then, r): &(Note, Receipt)| *then == note && r.drawn_with.is_some();
            if receipt.drawn_with.is_some() || !self.0.get(&id).is_some_and(written) {
                self.0.insert(id, (note, receipt));
            }
        }
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

    /// Those of notes of `before` for the same notes of `after` that have other identities and no receipt: a
    /// kept take brings what it left as it was once more.
    pub fn follow(&mut self, before: &Score, after: &Score) {
        let name = |score: &Score, voice: usize| score.voices[voice].name.clone();
        let key = |n: &Note| (n.start, n.duration, n.pitch, n.velocity);
        let old: HashMap<_, Receipt> = before
            .notes()
            .filter_map(|(voice, n)| Some(((name(before, voice), key(n)), self.of(n)?.clone())))
            .collect();
        for (voice, note) in after.notes().filter(|_| !old.is_empty()) {
            if let Some(receipt) = old.get(&(name(after, voice), key(note))).filter(|_| self.of(note).is_none()) {
                self.insert(note, receipt.clone());
            }
        }
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

/// A receipt in a file, a line each: voice and note by their numbers from 0, probability, nats, rank, what
/// it was drawn with, the pitches it could have been, rules that took pitches away, rules set aside, and
/// the model. "-" stands for nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct Line(usize, usize, Receipt);

impl From<Line> for String {
    fn from(Line(voice, n, r): Line) -> Self {
        let list = |words: Vec<String>| if words.is_empty() { "-".to_owned() } else { words.join(",") };
        let drawn = r.drawn_with.map_or_else(|| "-".to_owned(), |p| p.to_string());
        let others = list(r.alternatives.iter().map(|(pitch, p)| format!("{pitch}:{p}")).collect());
        let removed = list(r.removed.iter().map(|(rule, n)| format!("{}:{n}", rule.name())).collect());
        let relaxed = list(r.relaxed.iter().map(|rule| rule.name().to_owned()).collect());
        let (p, nats, rank, model) = (r.probability, r.nats, r.rank, r.model);
        format!("{voice} {n} {p} {nats} {rank} {drawn} {others} {removed} {relaxed} {model}")
    }
}

impl TryFrom<String> for Line {
    type Error = String;

    fn try_from(line: String) -> Result<Self, String> {
        read_line(&line).ok_or_else(|| format!("{line:?} is not a receipt"))
    }
}

fn read_line(line: &str) -> Option<Line> {
    fn list<T>(words: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
        words.split(',').filter(|w| *w != "-").map(read).collect()
    }
    let mut words = line.splitn(10, ' ');
    let mut word = || words.next();
    let (voice, n) = (word()?.parse().ok()?, word()?.parse().ok()?);
    let (probability, nats, rank) = (word()?.parse().ok()?, word()?.parse().ok()?, word()?.parse().ok()?);
    let drawn_with = Some(word()?).filter(|w| *w != "-").map(str::parse).transpose().ok()?;
    let alternatives =
        list(word()?, |w| w.split_once(':').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?))))?;
    let removed = list(word()?, |w| w.split_once(':').and_then(|(a, b)| Some((Rule::named(a)?, b.parse().ok()?))))?;
    let relaxed = list(word()?, Rule::named)?;
    let (removed, model) = (removed.into_iter().collect(), word()?.to_owned());
    Some(Line(voice, n, Receipt { model, probability, nats, rank, alternatives, drawn_with, relaxed, removed }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    #[test]
    fn a_pitch_swapped_in_keeps_what_the_model_named() {
        let score = crate::music::text::parse("x | 0 24 c4").expect("valid");
        let note = score.voices[0].notes[0];
        let receipt = Receipt { alternatives: vec![(60, 0.5), (64, 0.3)], ..Receipt::default() };
        let mut receipts = Receipts::default();
        receipts.insert(&note, receipt.clone());
        let with = |change: &dyn Fn(&mut Note)| {
            let mut other = note;
            change(&mut other);
            receipts.swapped(&other).map(|(was, receipt)| (was, receipt.clone()))
        };
        assert_eq!(with(&|n| n.pitch = 64), Some((60, receipt)));
        assert_eq!(with(&|_| ()), None, "it has its receipt");
        assert_eq!(with(&|n| n.pitch = 65), None, "the model did not name it");
        assert_eq!(with(&|n| (n.pitch, n.duration) = (64, 12)), None);
    }

    #[test]
    fn a_receipt_is_of_a_note_as_it_was() {
        let score = text::parse("melody | 0 24 c4 | 24 24 d4").expect("valid");
        let note = score.voices[0].notes[1];
        let mut receipts = Receipts::default();
        let receipt = Receipt {
            model: "Folk, a".into(),
            probability: 0.1 + 0.2,
            nats: 1e-20,
            rank: 2,
            alternatives: vec![(62, 0.7), (60, 1e-9)],
            drawn_with: Some(0.25),
            relaxed: vec![Rule::Grid, Rule::Key],
            removed: [(Rule::Range, 91)].into(),
        };
        receipts.insert(&note, receipt.clone());
        assert_eq!(receipts.of(&note).map(|r| r.rank), Some(2));
        assert_eq!(receipts.of(&Note { pitch: 63, ..note }), None);
        assert_eq!(receipts.of(&score.voices[0].notes[0]), None);
        assert_eq!(Receipts::from_lines(receipts.to_lines(&score), &score), receipts);
        for receipt in [receipt, Receipt::default()] {
            let line = Line(0, 1, receipt);
            assert_eq!(Line::try_from(String::from(line.clone())), Ok(line));
        }
        assert!(Line::try_from("0 1 0.5".to_owned()).is_err());
    }

    #[test]
    fn notes_that_come_again_keep_theirs() {
        let score = text::parse("melody | 0 24 c4 | 24 24 d4").expect("valid");
        let mut receipts = Receipts::default();
        receipts.insert(&score.voices[0].notes[0], Receipt { rank: 3, ..Receipt::default() });
        let mut again = score.clone();
        let (first, second) = (again.fresh_id(), again.fresh_id());
        (again.voices[0].notes[0].id, again.voices[0].notes[1].id) = (first, second);
        receipts.follow(&score, &again);
        let rank = |i: usize| receipts.of(&again.voices[0].notes[i]).map(|r| r.rank);
        assert_eq!((rank(0), rank(1)), (Some(3), None));
    }

    #[test]
    fn what_was_said_on_writing_outlasts_what_is_said_on_reading() {
        let score = text::parse("melody | 0 24 c4 | 24 24 d4").expect("valid");
        let with = |drawn_with, rank| {
            let mut receipts = Receipts::default();
            receipts.insert(&score.voices[0].notes[0], Receipt { drawn_with, rank, ..Receipt::default() });
            receipts
        };
        let mut receipts = with(Some(0.5), 1);
        receipts.extend(with(None, 2));
        assert_eq!(receipts, with(Some(0.5), 1));
        let mut receipts = with(None, 1);
        receipts.extend(with(None, 2));
        assert_eq!(receipts, with(None, 2));
    }
}

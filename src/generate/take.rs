//! One result, and its receipt: for every note how likely it was and what else it could have been.

use super::Settings;
use super::letter::NewLetter;
use super::rules::Rule;
use super::sampler::Choice;
use super::weigh::BarWeight;
use crate::encoding::{Field, STEPS_PER_QUARTER};
use crate::music::transform::slice;
use crate::music::{Key, Note, NoteId, Score};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

/// Ticks a quarter of generated scores.
pub const PPQ: u32 = 480;

/// Ticks of a step of the model's grid.
pub const TICKS_PER_STEP: i64 = (PPQ / STEPS_PER_QUARTER) as i64;

/// A value that was chosen, in a receipt.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldReceipt {
    pub field: &'static str,
    pub value: u16,
    /// The model's own, before temperature, rules and cut-offs, and −log of it.
    pub probability: f32,
    pub nats: f64,
    pub rank: u32,
    /// The one with which it was drawn, after all of them; none where it was not drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawn_with: Option<f32>,
    pub alternatives: Vec<Alternative>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    pub value: u16,
    pub probability: f32,
}

/// Why this note.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NoteReceipt {
    /// Of the note in its score.
    #[serde(skip)]
    pub id: NoteId,
    /// From 1.
    pub bar: u32,
    pub voice: String,
    pub start_tick: i64,
    pub duration_ticks: i64,
    pub pitch: u8,
    pub velocity: u8,
    /// The model's own probability of the whole note: the product over its fields.
    pub probability: f64,
    /// −log of it, velocity apart.
    pub nats: f64,
    /// The probability with which it was drawn, after temperature, rules and cut-offs: the product over its
    /// fields. None where it was there already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawn_with: Option<f64>,
    /// Rank of the pitch among all pitches, 1 = the model's first choice.
    pub rank: u32,
    /// The likeliest pitches, with the model's own probabilities.
    pub alternatives: Vec<Alternative>,
    /// Every field, in the order of choice.
    pub fields: Vec<FieldReceipt>,
    /// Rules that left nothing here and were set aside.
    pub relaxed: Vec<Rule>,
    /// How many pitches each rule took away from the choice of this one; of the rule that a piece begins on the
    /// bar line, how many places.
    pub removed: BTreeMap<Rule, u32>,
    /// What each earlier bar was worth to it, where that was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bars: Vec<BarWeight>,
}

impl NoteReceipt {
    /// Of a note of a score, from what was said of its fields.
    pub fn new(note: &Note, bar: u32, voice: &str, fields: Vec<FieldReceipt>) -> Self {
        let heard = |f: &&FieldReceipt| f.field != Field::Velocity.name();
        let pitch = fields.iter().find(|f| f.field == Field::Pitch.name());
        Self {
            id: note.id,
            bar: bar + 1,
            voice: voice.to_owned(),
            start_tick: note.start,
            duration_ticks: note.duration,
            pitch: note.pitch,
            velocity: note.velocity,
            probability: fields.iter().map(|f| f64::from(f.probability)).product(),
            nats: fields.iter().filter(heard).map(|f| f.nats).sum(),
            drawn_with: fields.iter().map(|f| f.drawn_with.map(f64::from)).product(),
            rank: pitch.map_or(0, |p| p.rank),
            alternatives: pitch.map_or_else(Vec::new, |p| p.alternatives.clone()),
            fields,
            relaxed: Vec::new(),
            removed: BTreeMap::new(),
            bars: Vec::new(),
        }
    }
}

impl FieldReceipt {
    pub fn new(field: Field, choice: &Choice) -> Self {
        let alternatives = choice
            .alternatives
            .iter()
            .map(|(value, probability)| Alternative { value: *value, probability: *probability });
        Self {
            field: field.name(),
            value: choice.value,
            probability: choice.probability,
            nats: choice.nats,
            rank: choice.rank,
            drawn_with: Some(choice.drawn_with),
            alternatives: alternatives.collect(),
        }
    }

    /// Of a value that was there already.
    pub fn given(field: Field, choice: &Choice) -> Self {
        Self { drawn_with: None, ..Self::new(field, choice) }
    }
}

/// One generated piece: what was there before, and what was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    pub score: Score,
    pub settings: Settings,
    pub model: String,
    /// Tick at which what was written begins, and where it ends.
    pub from_tick: i64,
    pub to_tick: i64,
    pub notes: Vec<NoteReceipt>,
    /// Rules that were set aside from the first note on, each with the one together with which it leaves nothing.
    pub set_aside: Vec<(Rule, Rule)>,
    /// Rules that were set aside where it ends.
    pub relaxed_at_end: Vec<Rule>,
    /// The key in which it was to end, by the rule that a piece ends at home.
    pub home: Option<Key>,
    /// What came of each new letter of a form.
    pub letters: Vec<NewLetter>,
    /// Seconds it took.
    pub seconds: f64,
    /// Whether it was stopped before the asked length; it then holds whole bars.
    pub stopped: bool,
}

impl Take {
    /// What was written, without the primer or what was given, from tick 0.
    pub fn new_part(&self) -> Score {
        let mut part = slice(&self.score, self.from_tick, self.to_tick.max(self.from_tick));
        let written: HashSet<NoteId> = self.notes.iter().map(|n| n.id).collect();
        part.voices.iter_mut().for_each(|v| v.notes.retain(|n| written.contains(&n.id)));
        part
    }

    /// Mean of −log p over the written notes, in nats; 0 where there are none.
    pub fn mean_nats(&self) -> f64 {
        self.notes.iter().map(|n| n.nats).sum::<f64>() / self.notes.len().max(1) as f64
    }

    /// A sentence for each rule that was set aside somewhere, with how often.
    pub fn relaxations(&self) -> Vec<String> {
        let sentence = |rule: Rule| {
            let n = self.notes.iter().filter(|n| n.relaxed.contains(&rule)).count();
            let end = self.relaxed_at_end.contains(&rule);
            let what = format!("the rule \"{}\" left nothing to choose", rule.name());
            match (n, end) {
                (0, false) => None,
                (0, true) => Some(format!("{what} at the end and was set aside there")),
                (n, false) => Some(format!("{what} {n} times and was set aside there")),
                (n, true) => Some(format!("{what} {n} times, and at the end, and was set aside there")),
            }
        };
        let whole = |(rule, other): &(Rule, Rule)| {
            let (rule, other) = (rule.name(), other.name());
            format!("the rule \"{rule}\" leaves nothing together with \"{other}\" and was set aside")
        };
        let here_and_there = super::rules::RELAX_ORDER.into_iter().filter_map(sentence);
        self.set_aside.iter().map(whole).chain(here_and_there).collect()
    }
}

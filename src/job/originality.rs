//! How much of a take stands in the pieces its model learned from, wherever the run folder still holds
//! them. The answer for a model file alone is "not known".

use crate::encoding::{BarGrid, Decoder, STEPS_PER_QUARTER, slot_instrument};
use crate::index::Index;
use crate::music::{MeterMap, Score, Voice};
use crate::train::{DataSet, Run, Sequence};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The training pieces of a run, ready to be searched.
pub struct Originality {
    index: Index,
    titles: Vec<String>,
}

/// The longest passage that a take has in common with a training piece, in whatever key and tempo.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LongestCopy {
    pub notes: usize,
    pub bars: f64,
    pub source: String,
    /// Bar of the source, from 1.
    pub bar: i64,
}

impl Originality {
    /// `None` where `model` is not a run folder with its data.
    pub fn of_run(model: &Path) -> Option<Self> {
        let data = DataSet::load(&Run::open(model).ok()?.data_path()).ok()?;
        let scores: Vec<Arc<Score>> = data.train.iter().map(|s| Arc::new(score_of(s))).collect();
        let titles = data.train.into_iter().map(|s| s.title).collect();
        Some(Self { index: Index::build(&scores), titles })
    }

    /// `None` where not even two notes agree.
    pub fn longest_copy(&self, take: &Score) -> Option<LongestCopy> {
        let m = self.index.longest_match(take)?;
        Some(LongestCopy { notes: m.notes, bars: m.bars, source: self.titles[m.piece].clone(), bar: m.bar + 1 })
    }
}

/// The notes of an encoded piece as a score on the model's grid. Bars are those the events tell: one
/// meter a piece is enough to number them.
pub(super) fn score_of(sequence: &Sequence) -> Score {
    let mut score = Score::new(STEPS_PER_QUARTER);
    let meter = crate::encoding::vocabulary::meter_of_id(sequence.first_meter);
    score.meters = MeterMap::constant(meter);
    let mut decoder = Decoder::new(BarGrid::constant(meter));
    let mut voices: BTreeMap<u8, Voice> = BTreeMap::new();
    for event in sequence.events.iter().filter(|e| !e.is_end()) {
        if let Some((_, slot, mut note)) = decoder.push(&event.fields) {
            note.start = i64::from(event.onset);
            let (name, role, program) = slot_instrument(slot);
            voices.entry(slot).or_insert_with(|| Voice::new(name, role, program)).notes.push(note);
        }
        decoder.jump(event.onset);
    }
    for voice in voices.into_values() {
        score.push_voice(voice);
    }
    score
}

//! How much of a piece stands in the pieces a model learned from, wherever the run folder still holds
//! them, and how that compares with what people copy. The answer for a model file alone is "not known".

mod nearest;
mod people;

use super::warm::Warm;
use super::{Job, Waker};
use crate::encoding::{BarGrid, Decoder, STEPS_PER_QUARTER, slot_instrument};
use crate::index::{Index, Match, Passage};
use crate::music::{MeterMap, Role, Score, Voice};
use crate::train::{DataSet, Run, Sequence};
use anyhow::Context as _;
pub use nearest::{Nearest, spawn_nearest};
use people::People;
pub use people::{Among, NoPercentile};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Lengths in notes of the runs whose share is counted.
pub const SHARES: RangeInclusive<usize> = 4..=16;

/// Sources that are named at most.
const MOST_SOURCES: usize = 5;

/// Passages of fewer notes any two tunes share.
const FEWEST_NOTES: usize = 6;

/// The pieces of a run, ready to be searched.
pub struct Originality {
    index: Index,
    titles: Vec<String>,
    people: People,
}

/// The longest passage that a take has in common with a training piece, in whatever key and tempo.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LongestCopy {
    pub notes: usize,
    pub bars: f64,
    pub source: String,
    /// Bar of the source, from 1.
    pub bar: i64,
}

/// The same with a few notes added, left out or replaced.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CopiedPassage {
    /// Notes that are those of the source, and how many between them were changed.
    pub notes: usize,
    pub changed: usize,
    pub bars: f64,
    pub source: String,
    /// Bar of the source, from 1.
    pub bar: i64,
}

/// All that is known of one piece.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Drums apart.
    pub notes: usize,
    /// `None` where not even two notes agree.
    pub longest_copy: Option<LongestCopy>,
    pub longest_passage: Option<CopiedPassage>,
    /// The share of the piece's runs of so many notes ([`SHARES`]) that stand in a training piece.
    pub shares: BTreeMap<usize, f64>,
    /// The best passage of each training piece, most copied notes first.
    pub sources: Vec<CopiedPassage>,
    /// Share of pieces by people, cut to as many notes, whose longest copy is longer, in percent: 100 is
    /// more original than all of them. Ties are broken by a lot that the notes themselves decide.
    pub percentile: Option<f64>,
    /// Which pieces by people those are.
    pub percentile_among: Option<Among>,
    /// Why there is no percentile.
    pub percentile_reason: Option<NoPercentile>,
}

impl Figures {
    /// Notes of the longest copy, 0 where there is none.
    pub fn copied(&self) -> usize {
        self.longest_copy.as_ref().map_or(0, |c| c.notes)
    }
}

impl Originality {
    /// `None` where `model` is not a run folder with its data.
    pub fn of_run(model: &Path) -> Option<Self> {
        Some(Self::of_data(&DataSet::load(&Run::open(model).ok()?.data_path()).ok()?))
    }

    /// Of the pieces of a run.
    pub(in crate::job) fn of_data(data: &DataSet) -> Self {
        let scores = |sequences: &[Sequence]| sequences.iter().map(|s| Arc::new(score_of(s))).collect::<Vec<_>>();
        let (train, held_out) = (scores(&data.train), scores(&data.valid));
        let families: Vec<Option<u32>> = data.train.iter().map(|s| s.family).collect();
        Self::new(&train, data.train.iter().map(|s| s.title.clone()).collect(), &families, held_out)
    }

    /// Of the pieces learned from, their titles and families (as [`Sequence::family`]), and others that were not.
    pub fn new(train: &[Arc<Score>], titles: Vec<String>, families: &[Option<u32>], held_out: Vec<Arc<Score>>) -> Self {
        Self { index: Index::build(train), titles, people: People::new(held_out, train, families) }
    }

    /// Looks a piece up, in whatever key and at whatever tempo.
    pub fn of(&self, score: &Score) -> Figures {
        let found = self.index.find(score);
        let longest = found.longest();
        let mut sources = found.passages(FEWEST_NOTES);
        sources.truncate(MOST_SOURCES);
        let sources: Vec<CopiedPassage> = sources.iter().map(|p| self.passage(p)).collect();
        let percentile = self.people.percentile(&self.index, score, longest.map_or(0, |m| m.notes));
        Figures {
            notes: n_pitched(score),
            longest_copy: longest.map(|m| self.copy(&m)),
            longest_passage: sources.first().cloned(),
            shares: SHARES.map(|n| (n, found.share(n))).collect(),
            sources,
            percentile: percentile.ok().map(|(p, _)| p),
            percentile_among: percentile.ok().map(|(_, among)| among),
            percentile_reason: percentile.err(),
        }
    }

    /// Notes of the longest copy alone, 0 where there is none.
    pub(in crate::job) fn copied(&self, score: &Score) -> usize {
        self.index.longest_match(score).map_or(0, |m| m.notes)
    }

    /// Share of the piece's runs of `notes` notes that stand in a training piece.
    pub(in crate::job) fn share_found(&self, score: &Score, notes: usize) -> f64 {
        self.index.share_found(score, notes)
    }

    fn copy(&self, m: &Match) -> LongestCopy {
        LongestCopy { notes: m.notes, bars: m.bars, source: self.titles[m.piece].clone(), bar: m.bar + 1 }
    }

    fn passage(&self, p: &Passage) -> CopiedPassage {
        let source = self.titles[p.piece].clone();
        CopiedPassage { notes: p.notes, changed: p.changed, bars: p.bars, source, bar: p.bar + 1 }
    }
}

/// Looks pieces up in what a model learned from, which is kept in `warm`.
pub fn spawn_originality(model: PathBuf, pieces: Vec<Arc<Score>>, warm: &Warm, waker: Waker) -> Job<(), Vec<Figures>> {
    let warm = warm.clone();
    Job::spawn("originality", waker, move |control| {
        let originality = warm.originality(&model).with_context(|| not_at_hand(&model))?;
        let of = |piece: &Arc<Score>| {
            control.checkpoint()?;
            Ok(originality.of(piece))
        };
        pieces.iter().map(of).collect()
    })
}

/// Why nothing can be said with this model.
pub(super) fn not_at_hand(model: &Path) -> String {
    let model = model.display();
    format!("the pieces it learned from are not at hand (a run folder holds them, a model file does not): {model}")
}

fn n_pitched(score: &Score) -> usize {
    score.voices.iter().filter(|v| v.role != Role::Drums).map(|v| v.notes.len()).sum()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::lot::mixed;
    use crate::music::{Note, Tick};

    /// A melody in small steps of a scale with two lengths of notes: the same for the same seed.
    pub(super) fn tune(seed: u64, notes: usize) -> Score {
        let mut lot = mixed(seed);
        let mut draw = |n: u64| {
            lot = mixed(lot);
            lot % n
        };
        let scale = [0, 2, 4, 5, 7, 9, 11];
        let (mut step, mut at) = (14i64, 0);
        let mut voice = Voice::new("", Role::Melody, 0);
        for _ in 0..notes {
            step = (step + draw(7) as i64 - 3).clamp(5, 25);
            let pitch = 36 + 12 * (step / 7) + scale[step as usize % 7];
            let long = [12, 12, 24][draw(3) as usize];
            voice.notes.push(Note::new(at, long, pitch as u8, 80));
            at += long;
        }
        let mut score = Score::new(24);
        score.push_voice(voice);
        score
    }

    /// `copied` in the middle of `host`: moved by `up` semitones, `slower` by 4 times as many quarters,
    /// with `ornaments` notes added between its own. And where it begins and ends.
    fn planted(host: &Score, copied: &[Note], up: i64, slower: i64, ornaments: usize, lot: u64) -> (Score, Tick, Tick) {
        let hosts = &host.voices[0].notes;
        let half = hosts.len() / 2;
        let mut notes: Vec<(Tick, i64)> = hosts[..half].iter().map(|n| (4 * n.start, i64::from(n.pitch))).collect();
        let from = 4 * hosts[half].start;
        let at = |n: &Note| from + (n.start - copied[0].start) * slower;
        let every = copied.len() / (ornaments + 1);
        for (i, n) in copied.iter().enumerate() {
            notes.push((at(n), i64::from(n.pitch) + up));
            if let Some(next) = copied.get(i + 1).filter(|_| i % every == every - 1 && i / every < ornaments) {
                // A passing note in the middle, or a grace note just before the next.
                let (gap, kind) = (at(next) - at(n), mixed(lot + i as u64) % 2);
                let start = if kind == 0 { at(n) + gap / 2 } else { at(next) - gap / 4 };
                let beside = [-2, -1, 1, 2][mixed(lot ^ i as u64) as usize % 4];
                notes.push((start, i64::from(next.pitch) + up + beside));
            }
        }
        let to = notes.last().map_or(0, |n| n.0);
        let rest = hosts[half..].iter().map(|n| (to + 48 + 4 * (n.start - hosts[half].start), i64::from(n.pitch)));
        notes.extend(rest);
        let mut voice = Voice::new("", Role::Melody, 0);
        voice.notes = notes.iter().map(|(start, pitch)| Note::new(*start, 12, *pitch as u8, 80)).collect();
        let mut score = Score::new(96);
        score.push_voice(voice);
        (score, from, to)
    }

    #[test]
    fn fifty_planted_passages_are_found_though_they_are_changed() {
        let train: Vec<_> = (0..150).map(|i| Arc::new(tune(i, 100))).collect();
        let index = Index::build(&train);
        let (mut found, mut exactly, n) = (0, 0, 50);
        for i in 0..n {
            let piece = mixed(i) as usize % train.len();
            let long = 16 + i as usize % 9;
            let first = mixed(i ^ 99) as usize % (100 - long);
            let up = [-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6][i as usize % 12];
            // Everything stands at four times the ticks: 8 is twice as slow, 2 twice as fast.
            let slower = [8, 2][i as usize % 2];
            let copied = &train[piece].voices[0].notes[first..first + long];
            let (take, from, to) = planted(&tune(5000 + i, 40), copied, up, slower, 1 + i as usize % 3, i);
            let looked = index.find(&take);
            let enough = |notes: usize| notes * 4 >= long * 3;
            // Most of its notes, from the right piece, and where it was planted.
            let best = looked.passages(FEWEST_NOTES).first().copied();
            found += usize::from(best.is_some_and(|p| {
                p.piece == piece && enough(p.notes) && p.start < to && p.end > from && p.changed <= 6
            }));
            exactly += usize::from(looked.longest().is_some_and(|m| enough(m.notes)));
        }
        println!("found {found} of {n}, by exact runs {exactly}");
        assert!(found * 100 >= 95 * n as usize, "{found} of {n}");
        assert!(exactly < found, "ornaments break exact runs: {exactly}");
    }

    #[test]
    fn a_copy_has_its_source_its_shares_and_its_percentile() {
        let train: Vec<_> = (0..40).map(|i| Arc::new(tune(i, 80))).collect();
        let people = (1000..1040).map(|i| Arc::new(tune(i, 80))).collect();
        let originality = Originality::new(&train, (0..40).map(|i| format!("tune {i}")).collect(), &[None; 40], people);
        let stolen = originality.of(&train[7]);
        let copy = stolen.longest_copy.clone().expect("found");
        assert_eq!((copy.notes, copy.source.as_str(), copy.bar, stolen.copied()), (80, "tune 7", 1, 80));
        let passage = stolen.longest_passage.clone().expect("found");
        assert_eq!((passage.notes, passage.changed, passage.source.as_str()), (80, 0, "tune 7"));
        assert!(stolen.shares.len() == 13 && stolen.shares.values().all(|s| *s == 1.0), "{:?}", stolen.shares);
        assert!(stolen.percentile.is_some_and(|p| p < 100.0 / 41.0), "{:?}", stolen.percentile);
        let new = originality.of(&tune(999, 60));
        assert!(new.copied() < 20 && new.shares[&16] == 0.0 && new.shares[&4] > 0.0, "{new:?}");
        assert!(new.percentile.is_some() && new.percentile_reason.is_none());
        assert_eq!(originality.of(&tune(999, 60)), new, "the lot is the same each time");
        let nothing = originality.of(&Score::new(24));
        assert_eq!((nothing.notes, nothing.longest_copy, nothing.percentile), (0, None, None));
        assert!(serde_json::to_value(&new).is_ok_and(|v| v["shares"]["16"] == 0.0 && v["percentile_reason"].is_null()));
    }

    #[test]
    #[ignore = "measures time: 1,000 pieces, printed"]
    fn a_take_is_looked_up_quickly() {
        let train: Vec<_> = (0..1000).map(|i| Arc::new(tune(i, 300))).collect();
        let people = (2000..2100).map(|i| Arc::new(tune(i, 300))).collect();
        let originality = Originality::new(&train, vec![String::new(); 1000], &[None; 1000], people);
        for n in 0..5 {
            let begun = std::time::Instant::now();
            let figures = originality.of(&tune(9000 + n, 200 + n as usize));
            println!("{:?}: {} notes copied", begun.elapsed(), figures.copied());
        }
    }
}

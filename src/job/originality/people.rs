//! How much people copy: the longest copied runs of pieces by people, for a piece to be compared with.
//!
//! What is copied by chance grows with the length, so pieces are cut to as many notes as the piece has, from
//! a place drawn by lot. Were the piece one of them, cut so, its rank among them would be any with the same
//! probability: its percentile is uniform, ties broken by lot.
//!
//! Held-out pieces are asked first. A small folder holds out too few, so one piece of each family that was
//! learned from is asked too, each compared with all pieces but its own family: as if that had been held out.

use super::n_pitched;
use crate::index::Index;
use crate::music::lot::{mixed, unit};
use crate::music::{Role, Score, Tick};
use crate::train::report_card::FEWEST_PIECES;
use rayon::prelude::*;
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Pieces that are looked up at most: more make the percentile no better, and slower.
const MOST_PIECES: usize = 200;

/// In fewer notes nothing can be told: almost everything ties.
const FEWEST_NOTES: usize = 12;

/// Why there is no percentile. Its words are for reports; the window has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPercentile {
    /// Of the pieces by people, too few have as many notes.
    FewPieces {
        pieces: usize,
        long_enough: usize,
    },
    FewNotes,
}

impl fmt::Display for NoPercentile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FewPieces { pieces, long_enough } => write!(
                f,
                "No percentile: it takes {FEWEST_PIECES} pieces by people of at least as many notes, and of {pieces} \
                 that are no near-copies of each other {long_enough} have them."
            ),
            Self::FewNotes => write!(f, "No percentile: it takes {FEWEST_NOTES} notes."),
        }
    }
}

impl Serialize for NoPercentile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How many pieces by people a percentile is a rank among.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Among {
    pub held_out: usize,
    /// Learned from: each compared with all pieces but its own family.
    pub learned_from: usize,
}

/// A piece by people, and the pieces of the index that it is not compared with, in ascending order.
struct Person {
    score: Arc<Score>,
    family: Vec<usize>,
}

impl Person {
    fn copied(&self, index: &Index, notes: usize, lot: u64) -> usize {
        let cut = excerpt(&self.score, notes, lot);
        index.longest_match_among(&cut, |piece| self.family.binary_search(&piece).is_err()).map_or(0, |m| m.notes)
    }
}

/// The longest copies of some people.
struct Copies {
    longest: Vec<usize>,
    among: Among,
}

/// Pieces by people, and what was found of them.
pub struct People {
    /// Held-out ones first.
    people: Vec<Person>,
    n_held_out: usize,
    /// By the number of notes they were cut to.
    copies: Mutex<BTreeMap<usize, Arc<Copies>>>,
}

impl People {
    /// Of pieces held out, and of those the index was built of, with their families (`None`: a piece by itself).
    pub fn new(held_out: Vec<Arc<Score>>, learned: &[Arc<Score>], families: &[Option<u32>]) -> Self {
        let mut of_family: BTreeMap<(Option<u32>, usize), Vec<usize>> = BTreeMap::new();
        for (piece, family) in families.iter().enumerate() {
            let alone = if family.is_none() { piece } else { 0 };
            of_family.entry((*family, alone)).or_default().push(piece);
        }
        let families: Vec<Vec<usize>> = of_family.into_values().collect();
        let asked = evenly(families.len());
        let learned =
            asked.map(|i| Person { score: Arc::clone(&learned[families[i][0]]), family: families[i].clone() });
        let n_held_out = held_out.len();
        let held_out = held_out.into_iter().map(|score| Person { score, family: Vec::new() });
        Self { people: held_out.chain(learned).collect(), n_held_out, copies: Mutex::default() }
    }

    /// Where a piece whose longest copy has `copied` notes stands, in percent: 100 is the most original.
    pub fn percentile(&self, index: &Index, score: &Score, copied: usize) -> Result<(f64, Among), NoPercentile> {
        let notes = n_pitched(score);
        if notes < FEWEST_NOTES {
            return Err(NoPercentile::FewNotes);
        }
        let others = self.copies(index, notes);
        let long_enough = others.longest.len();
        if long_enough < FEWEST_PIECES {
            return Err(NoPercentile::FewPieces { pieces: self.people.len(), long_enough });
        }
        Ok((percentile(copied, &others.longest, seed_of(score)), others.among))
    }

    /// The longest copies of those that have so many notes, cut to them.
    fn copies(&self, index: &Index, notes: usize) -> Arc<Copies> {
        let known = self.copies.lock().unwrap_or_else(PoisonError::into_inner).get(&notes).cloned();
        known.unwrap_or_else(|| {
            let enough = |people: Range<usize>| people.filter(|i| n_pitched(&self.people[*i].score) >= notes);
            let mut asked: Vec<usize> = enough(0..self.n_held_out).collect();
            let held_out = asked.len();
            if held_out < FEWEST_PIECES {
                asked.extend(enough(self.n_held_out..self.people.len()));
            }
            let chosen: Vec<usize> = evenly(asked.len()).map(|i| asked[i]).collect();
            let longest = chosen.par_iter().map(|i| self.people[*i].copied(index, notes, mixed(*i as u64)));
            let longest: Vec<usize> = longest.collect();
            let held_out = chosen.iter().filter(|i| **i < self.n_held_out).count();
            let among = Among { held_out, learned_from: longest.len() - held_out };
            let copies = Arc::new(Copies { longest, among });
            self.copies.lock().unwrap_or_else(PoisonError::into_inner).insert(notes, Arc::clone(&copies));
            copies
        })
    }
}

/// [`MOST_PIECES`] of so many at most, evenly out of all of them.
fn evenly(n: usize) -> impl Iterator<Item = usize> {
    let asked = n.min(MOST_PIECES);
    (0..asked).map(move |i| i * n / asked)
}

/// Share of `others` that are longer, in percent, with those as long and oneself in an order drawn by lot.
fn percentile(own: usize, others: &[usize], seed: u64) -> f64 {
    let longer = others.iter().filter(|o| **o > own).count() as f64;
    let alike = others.iter().filter(|o| **o == own).count() as f64;
    let lot = unit(mixed(seed));
    100.0 * (longer + lot * (alike + 1.0)) / (others.len() + 1) as f64
}

/// The lot of a piece: the same wherever it is asked about.
fn seed_of(score: &Score) -> u64 {
    let notes = score.notes().map(|(_, n)| n.start.wrapping_mul(128) as u64 ^ u64::from(n.pitch));
    notes.fold(0, |seed, note| mixed(seed ^ note))
}

/// `notes` pitched notes that follow each other, from a place drawn by lot; of a shorter piece all.
fn excerpt(score: &Score, notes: usize, seed: u64) -> Score {
    let pitched = |v: usize| score.voices[v].role != Role::Drums;
    let mut all: Vec<(Tick, usize, usize)> = (0..score.voices.len())
        .filter(|v| pitched(*v))
        .flat_map(|v| score.voices[v].notes.iter().enumerate().map(move |(i, n)| (n.start, v, i)))
        .collect();
    all.sort_unstable();
    let from = mixed(seed) as usize % (all.len().saturating_sub(notes) + 1);
    let kept: HashSet<(usize, usize)> = all.iter().skip(from).take(notes).map(|(_, v, i)| (*v, *i)).collect();
    let mut cut = score.clone();
    for (v, voice) in cut.voices.iter_mut().enumerate() {
        let mut at = 0..;
        voice.notes.retain(|_| at.next().is_some_and(|i| kept.contains(&(v, i))));
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::super::tests::tune;
    use super::*;

    /// The p-value of a Kolmogorov–Smirnov test of numbers from 0 to 1 against the uniform distribution:
    /// the asymptotic series, with Stephens' correction for small samples, for so many independent ones.
    fn ks_p(values: &[f64], independent: f64) -> f64 {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        let n = values.len() as f64;
        let d = values.iter().enumerate().map(|(i, v)| ((i as f64 + 1.0) / n - v).max(v - i as f64 / n));
        let d = d.fold(0.0, f64::max);
        let x = (independent.sqrt() + 0.12 + 0.11 / independent.sqrt()) * d;
        let term = |k: i32| f64::from(1 - 2 * ((k + 1) % 2)) * (-2.0 * f64::from(k * k) * x * x).exp();
        (2.0 * (1..100).map(term).sum::<f64>()).clamp(0.0, 1.0)
    }

    /// As many as the percentiles of `n` pieces among `m` others are worth: they have the others in
    /// common, and chance of theirs moves all. It is a test of two samples (Smirnov 1939).
    fn worth(n: usize, m: usize) -> f64 {
        (n * m) as f64 / (n + m) as f64
    }

    #[test]
    fn the_test_of_uniformity_tells_what_is_uniform() {
        let even: Vec<f64> = (0..100).map(|i| (f64::from(i) + 0.5) / 100.0).collect();
        assert!(ks_p(&even, 100.0) > 0.99);
        assert!(ks_p(&even.iter().map(|v| v * v).collect::<Vec<_>>(), worth(100, 100)) < 0.01);
        // A table's value: n = 100, D = 0.134 for p = 0.05.
        let shifted = ks_p(&even.iter().map(|v| (v + 0.129).min(1.0)).collect::<Vec<_>>(), 100.0);
        assert!((0.04..0.06).contains(&shifted), "{shifted}");
    }

    /// Percentiles of one half of people among the other half, all cut to `notes` notes.
    fn halves(index: &Index, held_out: &[Arc<Score>], notes: usize, lot: u64) -> Vec<f64> {
        let half = |odd: usize| held_out.iter().skip(odd).step_by(2).cloned().collect::<Vec<_>>();
        let people = People::new(half(0), &[], &[]);
        let of = |(i, piece): (usize, Arc<Score>)| {
            let cut = excerpt(&piece, notes, mixed(lot + i as u64));
            let copied = index.longest_match(&cut).map_or(0, |m| m.notes);
            people.percentile(index, &cut, copied).expect("enough pieces").0 / 100.0
        };
        half(1).into_iter().filter(|p| n_pitched(p) >= notes).enumerate().map(of).collect()
    }

    #[test]
    fn percentiles_of_half_of_the_people_among_the_other_half_are_uniform() {
        let train: Vec<_> = (0..60).map(|i| Arc::new(tune(i, 120))).collect();
        let people: Vec<_> = (1000..1200).map(|i| Arc::new(tune(i, 60 + i as usize % 80))).collect();
        let index = Index::build(&train);
        for notes in [24, 48] {
            let percentiles = halves(&index, &people, notes, 7);
            assert!(percentiles.len() == 100 && ks_p(&percentiles, worth(100, 100)) > 0.05, "{percentiles:?}");
        }
    }

    /// Forty families that were learned from, every other one with a copy of its tune in another key.
    fn learned() -> (Vec<Arc<Score>>, Vec<Option<u32>>) {
        let family = |i: u64| {
            let (piece, number) = (tune(i, 80), (i.is_multiple_of(2)).then_some(i as u32));
            let mut copy = piece.clone();
            copy.voices[0].notes.iter_mut().for_each(|n| n.pitch += 2);
            std::iter::once((Arc::new(piece), number)).chain(number.map(|n| (Arc::new(copy), Some(n))))
        };
        (0..40).flat_map(family).unzip()
    }

    #[test]
    fn where_few_are_held_out_pieces_learned_from_are_asked_each_without_its_family() {
        let (learned, families) = learned();
        let index = Index::build(&learned);
        let held_out: Vec<_> = (1000..1040).map(|i| Arc::new(tune(i, 80))).collect();
        let few = People::new(held_out[..9].to_vec(), &learned, &families);
        let take = tune(7777, 60);
        let of = |people: &People| people.percentile(&index, &take, 9).map(|(_, among)| among);
        assert_eq!(of(&few), Ok(Among { held_out: 9, learned_from: 40 }));
        assert!(few.copies(&index, 60).longest.iter().all(|copied| *copied < 40), "nobody is a copy of himself");
        let many = People::new(held_out.clone(), &learned, &families);
        assert_eq!(
            of(&many),
            Ok(Among { held_out: 40, learned_from: 0 }),
            "held-out pieces alone, where they are enough"
        );
    }

    /// How the held-out pieces of an index, cut to `notes` notes, stand among those it was built of.
    fn among_learned(index: &Index, learned: &People, held_out: &[Arc<Score>], notes: usize) -> Vec<f64> {
        let of = |(i, piece): (usize, &Arc<Score>)| {
            let cut = excerpt(piece, notes, mixed(1 + i as u64));
            let copied = index.longest_match(&cut).map_or(0, |m| m.notes);
            learned.percentile(index, &cut, copied).expect("enough pieces").0 / 100.0
        };
        held_out.iter().filter(|p| n_pitched(p) >= notes).enumerate().map(of).collect()
    }

    #[test]
    fn percentiles_of_held_out_pieces_among_those_learned_from_are_uniform() {
        let (learned, families) = learned();
        let index = Index::build(&learned);
        let people = People::new(Vec::new(), &learned, &families);
        let held_out: Vec<_> = (1000..1100).map(|i| Arc::new(tune(i, 80))).collect();
        for notes in [24, 48] {
            let percentiles = among_learned(&index, &people, &held_out, notes);
            assert!(percentiles.len() == 100 && ks_p(&percentiles, worth(100, 40)) > 0.05, "{percentiles:?}");
        }
    }

    /// On real pieces: `CADENZA_RUN` names a run folder. Prints the p-value for several lengths.
    #[test]
    #[ignore = "needs a run folder, in CADENZA_RUN"]
    fn percentiles_are_uniform_on_real_pieces() {
        let run = std::env::var("CADENZA_RUN").expect("CADENZA_RUN is set");
        let run = crate::train::Run::open(run.as_ref()).expect("a run");
        let data = crate::train::DataSet::load(&run.data_path()).expect("its data");
        let scores = |s: &[crate::train::Sequence]| s.iter().map(|s| Arc::new(super::super::score_of(s))).collect();
        let (train, held_out): (Vec<_>, Vec<_>) = (scores(&data.train), scores(&data.valid));
        let index = Index::build(&train);
        for notes in [32, 64, 128] {
            let percentiles = halves(&index, &held_out, notes, 1);
            let n = percentiles.len();
            let m = held_out.iter().step_by(2).filter(|p| n_pitched(p) >= notes).count();
            let (p, alone) = (ks_p(&percentiles, worth(n, m)), ks_p(&percentiles, n as f64));
            println!("{notes} notes: {n} pieces among {m}, p = {p:.3} (as if those were all people: {alone:.3})");
            assert!(p > 0.05, "{notes} notes: p = {p}");
            let families: Vec<_> = data.train.iter().map(|s| s.family).collect();
            let learned = People::new(Vec::new(), &train, &families);
            let percentiles = among_learned(&index, &learned, &held_out, notes);
            let (n, m) = (percentiles.len(), learned.copies(&index, notes).longest.len());
            let p = ks_p(&percentiles, worth(n, m));
            println!("{notes} notes: {n} pieces among {m} learned from, p = {p:.3}");
            assert!(p > 0.05, "{notes} notes, among those learned from: p = {p}");
        }
    }

    #[test]
    fn below_thirty_pieces_of_that_length_or_in_a_few_notes_there_is_no_percentile() {
        let index = Index::build(&[Arc::new(tune(1, 60))]);
        let people = |n: u64| People::new((100..100 + n).map(|i| Arc::new(tune(i, 40))).collect(), &[], &[]);
        let of = |people: &People, notes: usize| people.percentile(&index, &tune(7, notes), 3);
        assert_eq!(of(&people(29), 30), Err(NoPercentile::FewPieces { pieces: 29, long_enough: 29 }));
        assert_eq!(of(&people(60), 41), Err(NoPercentile::FewPieces { pieces: 60, long_enough: 0 }));
        assert_eq!(of(&people(60), 11), Err(NoPercentile::FewNotes));
        assert!(of(&people(30), 40).is_ok_and(|(p, among)| (0.0..=100.0).contains(&p) && among.held_out == 30));
        let reason = NoPercentile::FewPieces { pieces: 29, long_enough: 12 }.to_string();
        assert!(reason.contains("30") && reason.contains("29") && reason.contains("12"), "{reason}");
    }

    #[test]
    fn a_percentile_is_a_rank_with_ties_in_any_order() {
        let others: Vec<usize> = (1..=40).collect();
        assert!(percentile(0, &others, 3) > 100.0 * 40.0 / 41.0 && percentile(41, &others, 3) < 100.0 / 41.0);
        let tied: Vec<f64> = (0..1000).map(|lot| percentile(5, &[5; 40], lot) / 100.0).collect();
        assert!(ks_p(&tied, 1000.0) > 0.05);
    }

    #[test]
    fn an_excerpt_has_as_many_notes_and_they_follow_each_other() {
        let piece = tune(3, 50);
        let starts = |s: &Score| s.notes().map(|(_, n)| (n.start, n.pitch)).collect::<Vec<_>>();
        let (all, cut) = (starts(&piece), starts(&excerpt(&piece, 20, 9)));
        assert!(all.windows(20).any(|run| run == cut), "{cut:?}");
        assert_eq!(excerpt(&piece, 60, 9), piece);
    }
}

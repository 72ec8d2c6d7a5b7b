//! What a network has to beat: knowing nothing, knowing how often each value occurs, and the n-gram
//! model, all counted on the training pieces and scored on the held-out ones in nats per note.

use super::counting::{count, likelihood};
use super::data::Sequence;
use super::evaluate::Likelihood;
use crate::encoding::Field;
use crate::model::Ngram;
use serde::{Deserialize, Serialize};

/// Nats per note of each baseline on held-out pieces (velocity apart, as everywhere).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Baselines {
    /// Every value of a field equally likely.
    pub uniform: f64,
    /// Each field by how often its values occur in training, whatever went before.
    pub unigram: f64,
    /// The n-gram model: see [`super::counting`].
    pub ngram: f64,
}

/// Events on which baselines are counted, and on which they are scored, at most: a line on a plot is
/// not worth minutes.
pub const MOST: usize = 300_000;

impl Baselines {
    pub fn measure(train: &[Sequence], valid: &[Sequence], n_fields: usize) -> Self {
        let ngram = if valid.is_empty() { None } else { count(train, n_fields, 0, MOST, |_| true) };
        ngram.map_or_else(Self::default, |ngram| Self::with(&ngram, train, valid, n_fields))
    }

    /// As [`Self::measure`], with the n-gram model already counted.
    pub fn with(ngram: &Ngram, train: &[Sequence], valid: &[Sequence], n_fields: usize) -> Self {
        let valid = enough(valid);
        if valid.is_empty() {
            return Self::default();
        }
        let ngram = likelihood(ngram, valid, n_fields).nats_per_note();
        Self { ngram, ..Self::simple(train, valid, n_fields) }
    }

    /// Those that take no time.
    pub fn simple(train: &[Sequence], valid: &[Sequence], n_fields: usize) -> Self {
        if valid.is_empty() {
            return Self::default();
        }
        Self {
            uniform: uniform(valid, n_fields).nats_per_note(),
            unigram: unigram(train, valid, n_fields).nats_per_note(),
            ngram: 0.0,
        }
    }
}

/// The first pieces, as many as it takes to hold [`MOST`] events.
pub fn enough(pieces: &[Sequence]) -> &[Sequence] {
    let mut events = 0;
    let enough = pieces.iter().take_while(|s| {
        events += s.events.len();
        events - s.events.len() < MOST
    });
    &pieces[..enough.count()]
}

/// Every value of a field equally likely.
pub fn uniform(valid: &[Sequence], n_fields: usize) -> Likelihood {
    score(valid, n_fields, |f, _| 1.0 / Field::ALL[f].size() as f64)
}

/// Values by how often they occur, with a share for those that were not seen.
pub fn unigram(train: &[Sequence], valid: &[Sequence], n_fields: usize) -> Likelihood {
    let mut counts: Vec<Vec<f64>> = Field::ALL.iter().take(n_fields).map(|f| vec![0.0; f.size()]).collect();
    for e in train.iter().flat_map(|s| &s.events) {
        let known = if e.is_end() { 1 } else { n_fields };
        (0..known).for_each(|f| counts[f][usize::from(e.fields[f])] += 1.0);
    }
    let sums: Vec<(f64, f64)> =
        counts.iter().map(|c| (c.iter().sum(), c.iter().filter(|n| **n > 0.0).count().max(1) as f64)).collect();
    score(valid, n_fields, |f, value| {
        let (total, kinds) = sums[f];
        (counts[f][usize::from(value)] + kinds / counts[f].len() as f64) / (total + kinds)
    })
}

fn score(valid: &[Sequence], n_fields: usize, p: impl Fn(usize, u16) -> f64) -> Likelihood {
    let mut sums = vec![0.0; n_fields];
    for e in valid.iter().flat_map(|s| &s.events) {
        let known = if e.is_end() { 1 } else { n_fields };
        (0..known).for_each(|f| sums[f] -= p(f, e.fields[f]).ln());
    }
    Likelihood { sums, ..Likelihood::new(valid, n_fields) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::data::tests::scale;

    #[test]
    fn knowing_more_costs_less() {
        let train: Vec<Sequence> = (-5..5).map(|l| scale(8, l)).collect();
        let b = Baselines::measure(&train, &[scale(8, 0)], 5);
        assert!(b.ngram < b.unigram && b.unigram < b.uniform, "{b:?}");
    }
}

//! How well held-out pieces are predicted: the model and everything simpler, by field, by style and by
//! length. The same exact likelihood as everywhere, on the same pieces for all.

use super::reliability::{Reliability, reliability};
use crate::encoding::Field;
use crate::model::Ngram;
use crate::train::Sequence;
use crate::train::baselines::{uniform, unigram};
use crate::train::counting::terms as terms_of_counts;
use crate::train::evaluate::{EventTerms, Likelihood};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names of lines; they never change.
pub const MODEL: &str = "model";
pub const NGRAM: &str = "n-gram";
pub const UNIGRAM: &str = "unigram";
pub const UNIFORM: &str = "uniform";

/// Groups of pieces by length: about as many in each.
const LENGTHS: usize = 4;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeldOut {
    pub pieces: usize,
    pub notes: usize,
    /// Names of the fields, in the model's order.
    pub fields: Vec<String>,
    /// The model, then the baselines, the strongest first.
    pub lines: Vec<Line>,
    /// How often the model's first choice was right, by field.
    pub accuracy: Vec<f64>,
    pub styles: Vec<Part>,
    pub lengths: Vec<Part>,
    /// Of all choices, then of each field.
    pub reliability: Vec<Reliability>,
}

/// Nats per note of one way to predict.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub name: String,
    pub nats_per_note: f64,
    pub fields: Vec<f64>,
}

/// Some of the held-out pieces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub name: String,
    pub pieces: usize,
    pub notes: usize,
    pub nats_per_note: f64,
    /// Of the n-gram model on the same pieces.
    pub ngram: f64,
}

/// Puts the figures together. `terms` are the model's of `valid`, in order; `styles` has one name a piece.
pub fn held_out(
    train: &[Sequence],
    valid: &[Sequence],
    styles: &[String],
    terms: &[EventTerms],
    ngram: &Ngram,
    n_fields: usize,
) -> HeldOut {
    let counts: Vec<Vec<EventTerms>> =
        valid.par_iter().enumerate().map(|(i, s)| terms_of_counts(ngram, i, s, n_fields)).collect();
    let line = |name: &str, likelihood: &Likelihood| Line {
        name: name.to_owned(),
        nats_per_note: likelihood.nats_per_note(),
        fields: likelihood.by_field().into_iter().map(|(_, nats)| nats).collect(),
    };
    let of_model = Likelihood::of(valid, terms, n_fields);
    let of_ngram = Likelihood::of(valid, counts.iter().flatten(), n_fields);
    let costs = Costs {
        model: by_piece(valid, terms, n_fields),
        ngram: by_piece(valid, counts.iter().flatten(), n_fields),
        notes: valid.iter().map(Sequence::n_notes).collect(),
    };
    HeldOut {
        pieces: valid.len(),
        notes: of_model.notes,
        fields: Field::ALL.iter().take(n_fields).map(|f| f.name().to_owned()).collect(),
        lines: vec![
            line(MODEL, &of_model),
            line(NGRAM, &of_ngram),
            line(UNIGRAM, &unigram(train, valid, n_fields)),
            line(UNIFORM, &uniform(valid, n_fields)),
        ],
        accuracy: of_model.accuracy(),
        styles: costs.by_style(styles),
        lengths: costs.by_length(),
        reliability: reliability(valid, terms, n_fields),
    }
}

/// What each piece costs in all, in nats, velocity apart and the tonic included.
fn by_piece<'a>(valid: &[Sequence], terms: impl IntoIterator<Item = &'a EventTerms>, n_fields: usize) -> Vec<f64> {
    let tonic = |s: &Sequence| if s.lift.is_some() { 12f64.ln() } else { 0.0 };
    let mut sums: Vec<f64> = valid.iter().map(tonic).collect();
    for t in terms {
        let counted = if valid[t.sequence].events[t.event].is_end() { 1 } else { n_fields };
        let counted = counted.min(Field::Velocity as usize);
        sums[t.sequence] += t.nats[..counted].iter().map(|n| f64::from(*n)).sum::<f64>();
    }
    sums
}

/// What every piece costs, and how many notes it has.
struct Costs {
    model: Vec<f64>,
    ngram: Vec<f64>,
    notes: Vec<usize>,
}

impl Costs {
    fn part(&self, name: String, pieces: &[usize]) -> Part {
        let notes = pieces.iter().map(|i| self.notes[*i]).sum::<usize>();
        let per_note = |costs: &[f64]| pieces.iter().map(|i| costs[*i]).sum::<f64>() / notes.max(1) as f64;
        let (nats_per_note, ngram) = (per_note(&self.model), per_note(&self.ngram));
        Part { name, pieces: pieces.len(), notes, nats_per_note, ngram }
    }

    fn by_style(&self, styles: &[String]) -> Vec<Part> {
        let mut of: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (i, style) in styles.iter().enumerate().take(self.notes.len()) {
            of.entry(style).or_default().push(i);
        }
        of.into_iter().map(|(style, pieces)| self.part(style.to_owned(), &pieces)).collect()
    }

    /// From short to long, pieces of one length together.
    fn by_length(&self) -> Vec<Part> {
        let mut order: Vec<usize> = (0..self.notes.len()).collect();
        order.sort_by_key(|i| (self.notes[*i], *i));
        let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
        for (rank, piece) in order.into_iter().enumerate() {
            let group = rank * LENGTHS / self.notes.len();
            let same = |pieces: &[usize]| pieces.last().is_some_and(|last| self.notes[*last] == self.notes[piece]);
            match groups.last_mut() {
                Some((of, pieces)) if *of == group || same(pieces) => pieces.push(piece),
                _ => groups.push((group, vec![piece])),
            }
        }
        let name = |g: &[usize]| match (g.first().map(|i| self.notes[*i]), g.last().map(|i| self.notes[*i])) {
            (Some(a), Some(b)) if a != b => format!("{a}–{b}"),
            (a, _) => a.unwrap_or(0).to_string(),
        };
        groups.iter().map(|(_, pieces)| self.part(name(pieces), pieces)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Baselines;
    use crate::train::counting::count;
    use crate::train::data::tests::scale;

    fn part(p: &Part) -> (&str, usize, usize, f64, f64) {
        (&p.name, p.pieces, p.notes, p.nats_per_note, p.ngram)
    }

    #[test]
    fn parts_are_sums_over_their_pieces() {
        let costs =
            Costs { model: vec![10.0, 20.0, 30.0, 40.0, 50.0], ngram: vec![20.0; 5], notes: vec![10, 10, 20, 40, 80] };
        let styles = ["jig", "reel", "jig", "jig", "reel"].map(str::to_owned);
        let parts = costs.by_style(&styles);
        assert_eq!(part(&parts[0]), ("jig", 3, 70, 80.0 / 70.0, 60.0 / 70.0));
        assert_eq!(part(&parts[1]), ("reel", 2, 90, 70.0 / 90.0, 40.0 / 90.0));
        let parts = costs.by_length();
        // Two pieces of ten notes stay together.
        let names: Vec<_> = parts.iter().map(|p| (p.name.as_str(), p.pieces)).collect();
        assert_eq!(names, [("10", 2), ("20", 1), ("40", 1), ("80", 1)]);
        assert_eq!(parts.iter().map(|p| p.notes).sum::<usize>(), 160);
    }

    #[test]
    fn one_length_is_one_group_and_many_are_four() {
        let costs = |notes: Vec<usize>| Costs { model: vec![1.0; notes.len()], ngram: vec![1.0; notes.len()], notes };
        assert_eq!(costs(vec![8; 9]).by_length().len(), 1);
        let many = costs((1..=40).collect()).by_length();
        assert_eq!(many.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["1–10", "11–20", "21–30", "31–40"]);
        assert!(costs(vec![]).by_length().is_empty());
    }

    #[test]
    fn the_lines_are_those_of_the_plot_and_the_counts_predict_like_themselves() {
        let train: Vec<Sequence> = (-5..5).map(|l| scale(8, l)).collect();
        let valid = [scale(8, 0), scale(3, 2)];
        let model = count(&train, 5, 0, crate::train::baselines::MOST, |_| true).expect("not stopped");
        let terms: Vec<EventTerms> =
            valid.iter().enumerate().flat_map(|(i, s)| terms_of_counts(&model, i, s, 5)).collect();
        let styles = ["", "b"].map(str::to_owned);
        let h = held_out(&train, &valid, &styles, &terms, &model, 5);
        let plot = Baselines::measure(&train, &valid, 5);
        let nats: Vec<f64> = h.lines.iter().map(|l| l.nats_per_note).collect();
        assert_eq!(nats, [plot.ngram, plot.ngram, plot.unigram, plot.uniform]);
        for line in &h.lines {
            assert!((line.fields.iter().sum::<f64>() - line.nats_per_note).abs() < 1e-9, "{}", line.name);
        }
        assert_eq!((h.pieces, h.styles.len(), h.lengths.len(), h.fields.len()), (2, 2, 2, 5));
        let whole = h.styles.iter().map(|p| p.nats_per_note * p.notes as f64).sum::<f64>() / h.notes as f64;
        assert!((whole - plot.ngram).abs() < 1e-9);
        assert_eq!(h.reliability.len(), 6);
    }
}

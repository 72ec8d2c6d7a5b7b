//! Whether a model knows what it knows: of all choices to which it gave its first choice 70 %, are 70 %
//! right? The curve that says so, and the expected calibration error (Naeini, Cooper & Hauskrecht 2015).

use crate::encoding::Field;
use crate::train::Sequence;
use crate::train::evaluate::EventTerms;
use serde::{Deserialize, Serialize};

/// Bins of confidence, each a tenth wide.
pub const BINS: usize = 10;

/// Choices to whose likeliest value a model gave about the same probability.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    pub choices: u64,
    /// Mean probability of the first choice, and how often it was right.
    pub confidence: f64,
    pub right: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// "all", or a field.
    pub name: String,
    /// [`BINS`] of them, from unsure to sure.
    pub bins: Vec<Bin>,
    /// Mean distance between confidence and being right, by number of choices.
    pub error: f64,
}

impl Reliability {
    fn of(name: &str, choices: impl Iterator<Item = (f32, bool)>) -> Self {
        let mut sums = [(0u64, 0.0, 0u64); BINS];
        for (top, right) in choices {
            let (n, confidence, hits) = &mut sums[((top * BINS as f32) as usize).min(BINS - 1)];
            *n += 1;
            *confidence += f64::from(top);
            *hits += u64::from(right);
        }
        let total = sums.iter().map(|s| s.0).sum::<u64>().max(1) as f64;
        let bin = |(n, confidence, hits): &(u64, f64, u64)| {
            let all = (*n).max(1) as f64;
            Bin { choices: *n, confidence: confidence / all, right: *hits as f64 / all }
        };
        let bins: Vec<Bin> = sums.iter().map(bin).collect();
        let error = bins.iter().map(|b| (b.confidence - b.right).abs() * b.choices as f64 / total).sum();
        Self { name: name.to_owned(), bins, error }
    }
}

/// Of all choices together (velocity apart, as everywhere), then of each field.
pub fn reliability(sequences: &[Sequence], terms: &[EventTerms], n_fields: usize) -> Vec<Reliability> {
    let counted = |t: &EventTerms| if sequences[t.sequence].events[t.event].is_end() { 1 } else { n_fields };
    let choices = |fields: std::ops::Range<usize>| {
        terms.iter().flat_map(move |t| {
            let end = fields.end.min(counted(t));
            (fields.start..end).map(move |f| (t.top[f], t.hit[f]))
        })
    };
    let all = Reliability::of("all", choices(0..n_fields.min(Field::Velocity as usize)));
    let single = Field::ALL.iter().take(n_fields).enumerate();
    std::iter::once(all).chain(single.map(|(f, field)| Reliability::of(field.name(), choices(f..f + 1)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::data::tests::scale;

    #[test]
    fn the_curve_is_the_one_counted_by_hand() {
        let sure = std::iter::repeat_n((0.95, true), 3).chain([(0.95, false)]);
        let unsure = [(0.25, true), (0.27, false), (1.0, true)];
        let r = Reliability::of("x", sure.chain(unsure));
        assert_eq!((r.bins[2].choices, r.bins[9].choices), (2, 5));
        assert!((r.bins[2].confidence - 0.26).abs() < 1e-6 && (r.bins[2].right - 0.5).abs() < 1e-9);
        let (two, nine) = ((0.5 - 0.26) * 2.0 / 7.0, (4.8 / 5.0 - 0.8) * 5.0 / 7.0);
        assert!((r.error - (two + nine)).abs() < 1e-6, "{}", r.error);
        assert_eq!(Reliability::of("none", std::iter::empty()).error, 0.0);
    }

    #[test]
    fn the_end_has_one_choice_and_velocity_is_told_apart() {
        let piece = scale(1, 0);
        let n = piece.events.len();
        let term = |event| EventTerms { hit: vec![true; 6], top: vec![0.5; 6], ..EventTerms::blank(0, event, 6) };
        let terms: Vec<_> = (0..n).map(term).collect();
        let r = reliability(&[piece], &terms, 6);
        let count = |name: &str| r.iter().find(|r| r.name == name).map(|r| r.bins[5].choices);
        assert_eq!(r.len(), 7);
        assert_eq!((count("bar"), count("velocity")), (Some(n as u64), Some(n as u64 - 1)));
        assert_eq!(count("all"), Some(n as u64 + 4 * (n as u64 - 1)));
    }
}

//! What a model has to beat: knowing nothing, and knowing how often each value occurs.
//!
//! Counted on the training pieces, scored on the held-out ones in the same nats per note.

use super::data::Sequence;
use super::evaluate::Likelihood;
use crate::encoding::{Field, N_FIELDS};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Nats per note of each baseline on held-out pieces (velocity apart, as everywhere).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Baselines {
    /// Every value of a field equally likely.
    pub uniform: f64,
    /// Each field by how often its values occur in training, whatever went before.
    pub unigram: f64,
    /// Each field by what followed the same recent fields in training, blended over lengths of memory.
    pub ngram: f64,
}

impl Baselines {
    pub fn measure(train: &[Sequence], valid: &[Sequence], n_fields: usize) -> Self {
        let score = |model: &dyn Fn(&[Event], usize, usize) -> f64| {
            let mut total = Likelihood { notes: valid.iter().map(Sequence::n_notes).sum(), sums: vec![0.0; n_fields] };
            for s in valid {
                for (i, e) in s.events.iter().enumerate() {
                    let counted = if e.is_end() { 1 } else { n_fields };
                    for (f, sum) in total.sums.iter_mut().enumerate().take(counted) {
                        *sum -= model(&s.events, i, f).ln();
                    }
                }
            }
            total.nats_per_note()
        };
        let unigram = Ngram::count(train, n_fields, 0);
        let ngram = Ngram::count(train, n_fields, MAX_ORDER);
        Self {
            uniform: score(&|_, _, f| 1.0 / Field::ALL[f].size() as f64),
            unigram: score(&|events, i, f| unigram.probability(events, i, f)),
            ngram: score(&|events, i, f| ngram.probability(events, i, f)),
        }
    }
}

type Event = crate::encoding::Event;

/// Notes of memory of the longest context.
const MAX_ORDER: usize = 6;

/// Counts of each field's values after contexts of growing length, blended from short to long with
/// Witten & Bell's escape (method C of PPM; Moffat 1990): P = (n·q + types·P_shorter) / (n + types).
pub struct Ngram {
    /// For each field, for each context: how often each value followed.
    counts: Vec<HashMap<u64, HashMap<u16, u32>>>,
    max_order: usize,
}

impl Ngram {
    /// Counts contexts of 0…`max_order` whole notes. Order 0 knows nothing, not even the fields of the
    /// same note that are chosen already.
    pub fn count(sequences: &[Sequence], n_fields: usize, max_order: usize) -> Self {
        let mut counts = vec![HashMap::new(); n_fields];
        for s in sequences {
            for (i, e) in s.events.iter().enumerate() {
                let known = if e.is_end() { 1 } else { n_fields };
                for (f, table) in counts.iter_mut().enumerate().take(known) {
                    for context in contexts(&s.events, i, f, max_order) {
                        let values: &mut HashMap<u16, u32> = table.entry(context).or_default();
                        *values.entry(e.fields[f]).or_default() += 1;
                    }
                }
            }
        }
        Self { counts, max_order }
    }

    /// Probability of the value that event `i` has in field `f`.
    pub fn probability(&self, events: &[Event], i: usize, f: usize) -> f64 {
        let value = events[i].fields[f];
        let mut p = 1.0 / Field::ALL[f].size() as f64;
        for context in contexts(events, i, f, self.max_order) {
            let Some(seen) = self.counts[f].get(&context) else { break };
            let total: u32 = seen.values().sum();
            let types = seen.len() as f64;
            let own = f64::from(seen.get(&value).copied().unwrap_or(0));
            p = (own + types * p) / (f64::from(total) + types);
        }
        p
    }
}

/// Hashes of the contexts of field `f` of event `i`, from the shortest to the longest: nothing; then,
/// if memory is allowed at all, the fields already chosen, the place and 0, 1, 2 … whole notes before.
/// Pitches before are taken relative to the last one, so that a tune in another key is recognised;
/// the pitch itself is predicted with the last pitch known.
fn contexts(events: &[Event], i: usize, f: usize, max_order: usize) -> impl Iterator<Item = u64> {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut mix = move |value: u64| {
        hash = (hash ^ value.wrapping_add(0x9e37_79b9)).wrapping_mul(0x0000_0100_0000_01b3);
        hash ^= hash >> 29;
        hash
    };
    let mut out = vec![mix(0)];
    if max_order > 0 {
        let before = i.checked_sub(1).map(|b| &events[b]);
        mix(before.map_or(999, |b| u64::from(b.place)));
        mix(before.map_or(999, |b| u64::from(b.meter)));
        let mut own = mix(1);
        for known in &events[i].fields[..f] {
            own = mix(u64::from(*known));
        }
        out.push(own);
        for back in 1..=max_order.min(i) {
            let e = &events[i - back];
            for field in [Field::Pitch, Field::Voice, Field::Duration, Field::Step] {
                own = mix(u64::from(e.fields[field as usize]));
            }
            out.push(own);
        }
    }
    debug_assert!(f < N_FIELDS);
    out.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::data::tests::scale;

    #[test]
    fn probabilities_of_all_values_add_up_to_one() {
        let train = [scale(6, 0), scale(4, 2)];
        for order in [0, 3] {
            let model = Ngram::count(&train, 5, order);
            let mut events = train[1].events.clone();
            for f in 0..5 {
                let sum: f64 = (0..Field::ALL[f].size() as u16)
                    .map(|v| {
                        events[7].fields[f] = v;
                        model.probability(&events, 7, f)
                    })
                    .sum();
                assert!((sum - 1.0).abs() < 1e-9, "field {f} sums to {sum}");
                events = train[1].events.clone();
            }
        }
    }

    #[test]
    fn knowing_more_costs_less() {
        let train: Vec<Sequence> = (-5..5).map(|l| scale(8, l)).collect();
        let b = Baselines::measure(&train, &[scale(8, 0)], 5);
        assert!(b.ngram < b.unigram && b.unigram < b.uniform, "{b:?}");
    }
}

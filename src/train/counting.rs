//! The n-gram model: counted in one pass over the training pieces, its weights learned on the last of
//! them before they are counted too, and exact likelihoods under it. One implementation for the model
//! a user picks and for the line on the plot that a network has to beat.

use super::data::Sequence;
use super::evaluate::{EventTerms, Likelihood};
use crate::encoding::viewpoints::relative;
use crate::encoding::{Event, Field, History};
use crate::model::Ngram;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Notes on which weights are learned, at most; and at most three in four of all.
const TUNED_ON: usize = 30_000;

/// Rate at which weights are learned at first; it falls to a tenth.
const RATE: f32 = 3e-3;

/// Counts pieces, in an order drawn from `seed`, until `most` events are counted. `go_on` is asked once
/// a piece, with the share that is done.
///
/// The last pieces are predicted before they are counted, so that the weights are learned on what is
/// new to the counts, as it will be when they are used.
pub fn count(
    pieces: &[Sequence],
    n_fields: usize,
    seed: u64,
    most: usize,
    mut go_on: impl FnMut(f64) -> bool,
) -> Option<Ngram> {
    let mut model = Ngram::new(Field::ALL.into_iter().take(n_fields).map(|f| (f.size(), relative(f))));
    let pieces = drawn(pieces, seed, most);
    let total: usize = pieces.iter().map(|s| s.events.len()).sum();
    let (mut tuned, mut first) = (0, pieces.len());
    while first > 1 && tuned < TUNED_ON.min(total * 3 / 4) {
        first -= 1;
        tuned += pieces[first].events.len();
    }
    for (i, piece) in pieces.iter().enumerate() {
        if !go_on(i as f64 / pieces.len() as f64) {
            return None;
        }
        if i >= first {
            let share = (i - first) as f32 / (pieces.len() - first) as f32;
            tune(&mut model, piece, n_fields, RATE * (1.0 - 0.9 * share));
        }
        let mut history = History::new(piece.first_meter);
        for event in &piece.events {
            for field in fields_of(event, n_fields) {
                model.learn(field as usize, &history.viewpoints(event, field), event.fields[field as usize]);
            }
            history.push(event);
        }
    }
    Some(model)
}

/// As many shuffled pieces as it takes to hold `most` events.
fn drawn(pieces: &[Sequence], seed: u64, most: usize) -> Vec<&Sequence> {
    let mut drawn: Vec<&Sequence> = pieces.iter().collect();
    drawn.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let mut events = 0;
    let enough = drawn.iter().take_while(|s| {
        let more = events < most;
        events += s.events.len();
        more
    });
    let n = enough.count();
    drawn.truncate(n);
    drawn
}

/// The fields of an event that say something: END has the first alone.
fn fields_of(event: &Event, n_fields: usize) -> impl Iterator<Item = Field> {
    Field::ALL.into_iter().take(if event.is_end() { 1 } else { n_fields })
}

fn tune(model: &mut Ngram, piece: &Sequence, n_fields: usize, rate: f32) {
    let (mut history, mut recent) = (History::new(piece.first_meter), model.begin());
    for event in &piece.events {
        for field in fields_of(event, n_fields) {
            let (f, value) = (field as usize, event.fields[field as usize]);
            let viewpoints = history.viewpoints(event, field);
            let prediction = model.predict(&recent, f, &viewpoints);
            model.tune(f, &prediction, value, rate);
            model.remember(&mut recent, f, &viewpoints, value);
        }
        history.push(event);
    }
}

/// log p of every value of every field that says something, event by event; the model sees all of the piece
/// that lies before.
pub fn said(model: &Ngram, piece: &Sequence, n_fields: usize) -> Vec<Vec<Vec<f32>>> {
    let (mut history, mut recent) = (History::new(piece.first_meter), model.begin());
    let mut of = |event: &Event| {
        let field = |field: Field| {
            let (f, value) = (field as usize, event.fields[field as usize]);
            let viewpoints = history.viewpoints(event, field);
            let log_p = model.predict(&recent, f, &viewpoints).log_p;
            model.remember(&mut recent, f, &viewpoints, value);
            log_p
        };
        let fields = fields_of(event, n_fields).map(field).collect();
        history.push(event);
        fields
    };
    piece.events.iter().map(&mut of).collect()
}

/// What the model says of each event of a piece.
pub fn terms(model: &Ngram, index: usize, piece: &Sequence, n_fields: usize) -> Vec<EventTerms> {
    let of = |(i, fields): (usize, Vec<Vec<f32>>)| {
        let mut terms = EventTerms::blank(index, i, n_fields);
        for (f, log_p) in fields.iter().enumerate() {
            let own = log_p[usize::from(piece.events[i].fields[f])];
            let most = log_p.iter().copied().fold(f32::MIN, f32::max);
            (terms.nats[f], terms.hit[f], terms.top[f]) = (-own, most <= own, most.exp());
        }
        terms
    };
    said(model, piece, n_fields).into_iter().enumerate().map(of).collect()
}

/// The likelihood of pieces, by the protocol of every other model.
pub fn likelihood(model: &Ngram, pieces: &[Sequence], n_fields: usize) -> Likelihood {
    let terms: Vec<_> = pieces.par_iter().enumerate().map(|(i, s)| terms(model, i, s, n_fields)).collect();
    Likelihood::of(pieces, terms.iter().flatten(), n_fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::data::tests::scale;

    fn model(pieces: &[Sequence]) -> Ngram {
        count(pieces, 5, 1, usize::MAX, |_| true).expect("not stopped")
    }

    #[test]
    fn the_same_seed_counts_the_same_and_every_value_has_its_share() {
        let pieces: Vec<Sequence> = (-3..4).map(|l| scale(6, l)).collect();
        let model = model(&pieces);
        assert!(model == self::model(&pieces));
        let (mut history, recent) = (History::new(1), model.begin());
        for event in &pieces[0].events {
            for field in fields_of(event, 5) {
                let log_p = model.predict(&recent, field as usize, &history.viewpoints(event, field)).log_p;
                let total: f64 = log_p.iter().map(|l| f64::from(*l).exp()).sum();
                assert!((total - 1.0).abs() < 1e-5, "{field:?}: {total}");
            }
            history.push(event);
        }
    }

    #[test]
    fn a_tune_in_a_new_key_is_known_and_a_change_moves_no_earlier_term() {
        let model = model(&(-3..3).map(|l| scale(6, l)).collect::<Vec<_>>());
        let (known, new) = (likelihood(&model, &[scale(6, 2)], 5), likelihood(&model, &[scale(6, 5)], 5));
        assert!(new.nats_per_note() < 1.0 && new.nats_per_note() < 3.0 * known.nats_per_note() + 0.3, "{new:?}");
        let piece = scale(6, 0);
        let mut other = piece.clone();
        other.events[9].fields[Field::Pitch as usize] += 1;
        let (a, b) = (terms(&model, 0, &piece, 5), terms(&model, 0, &other, 5));
        assert_eq!(a[..9], b[..9]);
        assert!(a[9].nats[..3] == b[9].nats[..3] && a[9].nats[3] != b[9].nats[3] && a[10..] != b[10..]);
    }

    #[test]
    fn no_more_is_counted_than_asked_for_and_a_stop_is_heard() {
        let pieces: Vec<Sequence> = (-3..4).map(|l| scale(6, l)).collect();
        assert_eq!(drawn(&pieces, 1, 30).len(), 2);
        assert_eq!(drawn(&pieces, 1, usize::MAX).len(), 7);
        assert!(count(&pieces, 5, 1, usize::MAX, |share| share < 0.5).is_none());
    }
}

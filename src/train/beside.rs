//! The n-gram model that speaks with a network: counted once a training, on the pieces that the network
//! learns from, and mixed into what it says of held-out ones.

use super::baselines::MOST;
use super::counting;
use super::data::Sequence;
use crate::model::mixture::log_softmax;
use crate::model::{Ngram, Trust};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;

/// Events of held-out pieces whose predictions are held in memory at once: a kilobyte each, about.
const AT_ONCE: usize = 4096;
/// Events whose predictions are held from one check to the next, at most.
const MOST_KEPT: usize = 60_000;

/// log p of every value, by event of some pieces in order, then by field.
type Predictions = Vec<Vec<Vec<f32>>>;

/// The counts of a training, and their form in a model file.
#[derive(Clone)]
pub struct Counts {
    pub ngram: Arc<Ngram>,
    pub bytes: Arc<[u8]>,
    /// What they say of the held-out pieces, chunk by chunk; `None` where that is too much to be held.
    kept: Option<Arc<[Arc<Predictions>]>>,
}

/// Who speaks with a network.
#[derive(Clone, Copy)]
pub enum Voice<'a> {
    Counts(&'a Ngram),
    /// Counts that have spoken already, of these very pieces.
    Kept(&'a [Arc<Predictions>]),
}

impl Counts {
    /// Counts what the line on the plot is counted on: the two are one model. `None` where `go_on` says no.
    pub fn of(train: &[Sequence], n_fields: usize, go_on: impl FnMut(f64) -> bool) -> Option<Self> {
        let ngram = counting::count(train, n_fields, 0, MOST, go_on)?;
        let bytes = ngram.to_bytes().into();
        Some(Self { ngram: Arc::new(ngram), bytes, kept: None })
    }

    /// The same, ready to be asked for `valid` again and again.
    #[must_use]
    pub fn heard(self, valid: &[Sequence], n_fields: usize) -> Self {
        let events: usize = valid.iter().map(|s| s.events.len()).sum();
        let said = |chunk: Range<usize>| Arc::new(predictions(&self.ngram, &valid[chunk], n_fields));
        let kept = (events <= MOST_KEPT).then(|| chunks(valid, true).into_iter().map(said).collect());
        Self { kept, ..self }
    }

    /// Their voice on the held-out pieces.
    pub fn voice(&self) -> Voice<'_> {
        self.kept.as_deref().map_or(Voice::Counts(&self.ngram), Voice::Kept)
    }
}

fn predictions(ngram: &Ngram, pieces: &[Sequence], n_fields: usize) -> Predictions {
    pieces.par_iter().flat_map_iter(|s| counting::said(ngram, s, n_fields)).collect()
}

/// Pieces to be measured together, in order: all of them, or as many as predictions can be held of.
pub fn chunks(sequences: &[Sequence], with_counts: bool) -> Vec<Range<usize>> {
    if !with_counts {
        return std::iter::once(0..sequences.len()).collect();
    }
    let (mut out, mut first, mut events) = (Vec::new(), 0, 0);
    for (i, s) in sequences.iter().enumerate() {
        events += s.events.len();
        if events >= AT_ONCE || i + 1 == sequences.len() {
            out.push(first..i + 1);
            (first, events) = (i + 1, 0);
        }
    }
    out
}

/// What counts say of some pieces, event by event, ready to be mixed into what a network says of them.
pub struct Beside {
    said: Arc<Predictions>,
    /// Whether an event opens its piece.
    opens: Vec<bool>,
    trust: Trust,
    /// Events that are done with.
    done: usize,
}

impl Beside {
    /// Of the pieces of one chunk, whose number is `chunk`.
    pub fn new(voice: Voice<'_>, chunk: usize, pieces: &[Sequence], n_fields: usize) -> Self {
        let said = match voice {
            Voice::Counts(ngram) => Arc::new(predictions(ngram, pieces, n_fields)),
            Voice::Kept(chunks) => Arc::clone(&chunks[chunk]),
        };
        let opens = pieces.iter().flat_map(|s| (0..s.events.len()).map(|i| i == 0)).collect();
        Self { said, opens, trust: Trust::new(n_fields), done: 0 }
    }

    /// log p of the values of a field in the event `ahead` events on, `logits` being the network's and `own`
    /// the value that came. Events of a field are to be asked for in order.
    pub fn mixed(&mut self, field: usize, ahead: usize, logits: &[f32], own: usize) -> Vec<f32> {
        let event = self.done + ahead;
        if self.opens[event] {
            self.trust.forget(field);
        }
        let (network, counts) = (log_softmax(logits), &self.said[event][field]);
        let mixed = self.trust.mix(field, &network, counts);
        self.trust.hear(field, [-network[own], -counts[own]].map(f64::from));
        mixed
    }

    /// So many events are done in all fields.
    pub fn pass(&mut self, events: usize) {
        self.done += events;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Compute, NoteModel};
    use crate::train::Recipe;
    use crate::train::data::tests::scale;
    use crate::train::evaluate::evaluate_each;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn terms_of_both_lie_between_those_of_each_and_know_only_what_went_before() {
        let train: Vec<Sequence> = (-3..3).map(|l| scale(6, l)).collect();
        let counts = Counts::of(&train, 5, |_| true).expect("not stopped");
        let config = Recipe { window: 32, d_model: 32, n_layers: 1, ..Recipe::default() }.model_config(false);
        let device = Compute::Cpu.open().expect("always there");
        let (model, never) = (NoteModel::new(&config, 1, &device), AtomicBool::new(false));
        // Longer than a window, and more than are held at once.
        let pieces: Vec<Sequence> = (0..60).map(|i| scale(5 + i % 40, (i % 7) as i64 - 3)).collect();
        assert!(chunks(&pieces, true).len() > 1 && chunks(&pieces, false).len() == 1);
        let of = |voice, pieces: &[Sequence]| {
            evaluate_each(&model, voice, &config, pieces, &device, &never).expect("not cancelled")
        };
        let (alone, both) = (of(None, &pieces), of(Some(counts.voice()), &pieces));
        let counted = pieces.iter().enumerate().flat_map(|(i, s)| counting::terms(&counts.ngram, i, s, 5));
        let mut n = 0;
        for ((alone, both), counted) in alone.iter().zip(&both).zip(counted) {
            assert_eq!((both.sequence, both.event), (counted.sequence, counted.event));
            let fields = if pieces[both.sequence].events[both.event].is_end() { 1 } else { 5 };
            for f in 0..fields {
                let (low, high) = (alone.nats[f].min(counted.nats[f]), alone.nats[f].max(counted.nats[f]));
                assert!(low - 1e-4 < both.nats[f] && both.nats[f] < high + 1e-4, "{low} {} {high}", both.nats[f]);
                assert!((both.network[f] - alone.nats[f]).abs() < 1e-3);
            }
            n += 1;
        }
        assert_eq!(n, pieces.iter().map(|s| s.events.len()).sum::<usize>());

        let kept = counts.clone().heard(&pieces, 5);
        assert!(matches!((counts.voice(), kept.voice()), (Voice::Counts(_), Voice::Kept(_))));
        assert!(of(Some(kept.voice()), &pieces) == both);
        let last = pieces.len() - 1;
        let apart = of(Some(counts.voice()), &pieces[last..]);
        let together = both.iter().filter(|t| t.sequence == last);
        assert!(apart.iter().zip(together).all(|(a, b)| (a.nats[3] - b.nats[3]).abs() < 1e-3), "pieces are strangers");
        let mut other = pieces[last].clone();
        other.events[20].fields[3] += 1;
        let other = of(Some(counts.voice()), &[other]);
        let moved = |i: usize| (apart[i].nats[3] - other[i].nats[3]).abs() > 1e-5;
        assert!(!(0..20).any(moved) && (20..30).any(moved), "a change moves no earlier term");
    }
}

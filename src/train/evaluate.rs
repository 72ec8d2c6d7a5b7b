//! Exact likelihood of whole pieces: every field of every note and END, none skipped, none twice.

use super::batches::windows;
use super::counting;
use super::data::Sequence;
use crate::encoding::Field;
use crate::model::batch::Inputs;
use crate::model::init::Dropout;
use crate::model::{Batch, ModelConfig, NoteModel, Predictor, ops};
use burn::tensor::Device;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Rows computed together. The figures do not depend on it beyond rounding.
const ROWS: usize = 8;

/// Sums of −log p (natural logarithm) by field, over whole pieces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Likelihood {
    pub notes: usize,
    /// One sum a field of the model, in its order; END belongs to the first.
    pub sums: Vec<f64>,
    /// How often the value was the likeliest, by field.
    pub hits: Vec<u64>,
    /// How often the first field ended a piece.
    pub ends: usize,
    /// What telling the tonic of each piece costs that was moved to the common one: ln 12 a piece.
    pub tonic: f64,
}

impl Likelihood {
    /// Before any term is added.
    pub fn new(sequences: &[Sequence], n_fields: usize) -> Self {
        let notes = sequences.iter().map(Sequence::n_notes).sum();
        let tonic = sequences.iter().filter(|s| s.lift.is_some()).count() as f64 * 12f64.ln();
        Self { notes, sums: vec![0.0; n_fields], hits: vec![0; n_fields], ends: sequences.len(), tonic }
    }

    /// Adds the terms of every event of `sequences` up.
    pub fn of<'a>(sequences: &[Sequence], terms: impl IntoIterator<Item = &'a EventTerms>, n_fields: usize) -> Self {
        let mut total = Self::new(sequences, n_fields);
        for t in terms {
            let counted = if sequences[t.sequence].events[t.event].is_end() { 1 } else { n_fields };
            for f in 0..counted {
                total.sums[f] += f64::from(t.nats[f]);
                total.hits[f] += u64::from(t.hit[f]);
            }
        }
        total
    }

    /// Nats per note over all fields but velocity, which is told apart, and the tonic where it was read
    /// from the whole piece.
    pub fn nats_per_note(&self) -> f64 {
        let sum = self.sums.iter().take(Field::Velocity as usize).sum::<f64>();
        (sum + self.tonic) / self.notes.max(1) as f64
    }

    /// Nats per note of each field by name.
    pub fn by_field(&self) -> Vec<(&'static str, f64)> {
        let per_note = |s: &f64| s / self.notes.max(1) as f64;
        Field::ALL.iter().zip(&self.sums).map(|(f, s)| (f.name(), per_note(s))).collect()
    }

    /// Share of the choices in which the value was the likeliest, for each field of the model.
    pub fn accuracy(&self) -> Vec<f64> {
        let asked = |f: usize| if f == 0 { self.notes + self.ends } else { self.notes };
        self.hits.iter().enumerate().map(|(f, hits)| *hits as f64 / asked(f).max(1) as f64).collect()
    }
}

/// What the model says of one event.
#[derive(Clone, Debug, PartialEq)]
pub struct EventTerms {
    /// Index of the sequence, and of the event in it.
    pub sequence: usize,
    pub event: usize,
    /// −log p of each field; for END only the first counts.
    pub nats: Vec<f32>,
    /// Whether each field's value was the likeliest.
    pub hit: Vec<bool>,
    /// The probability of the likeliest value of each field.
    pub top: Vec<f32>,
}

/// What the model says of one field at the positions of a batch; 0 and false where one does not count.
pub(super) struct Said {
    nats: Vec<f32>,
    hit: Vec<bool>,
    top: Vec<f32>,
}

/// The likelihood of pieces under a network, in order. `None` where `cancel` was set meanwhile.
pub fn evaluate(
    model: &NoteModel,
    config: &ModelConfig,
    sequences: &[Sequence],
    device: &Device,
    cancel: &AtomicBool,
) -> Option<Likelihood> {
    let mut total = Likelihood::new(sequences, config.fields.len());
    for batch in windows(sequences, ROWS, config.window, config.fields.len()) {
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        for (f, said) in said_of(model, config, &batch, device).into_iter().enumerate() {
            // Summed in double precision: a corpus holds a million terms.
            total.sums[f] += said.nats.iter().map(|n| f64::from(*n)).sum::<f64>();
            total.hits[f] += said.hit.into_iter().filter(|h| *h).count() as u64;
        }
    }
    Some(total)
}

/// As [`evaluate`], event by event, in the order of the pieces.
pub fn evaluate_each(
    model: &NoteModel,
    config: &ModelConfig,
    sequences: &[Sequence],
    device: &Device,
    cancel: &AtomicBool,
) -> Option<Vec<EventTerms>> {
    let mut places = sequences.iter().enumerate().flat_map(|(s, q)| (0..q.events.len()).map(move |e| (s, e)));
    let mut out = Vec::new();
    for batch in windows(sequences, ROWS, config.window, config.fields.len()) {
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        let fields = said_of(model, config, &batch, device);
        for i in (0..batch.counts.len()).filter(|i| batch.counts[*i]) {
            let (sequence, event) = places.next()?;
            let nats = fields.iter().map(|f| f.nats[i]).collect();
            let hit = fields.iter().map(|f| f.hit[i]).collect();
            let top = fields.iter().map(|f| f.top[i]).collect();
            out.push(EventTerms { sequence, event, nats, hit, top });
        }
    }
    Some(out)
}

/// As [`evaluate_each`], whatever the kind of model.
pub fn each_of(
    model: &Predictor,
    config: &ModelConfig,
    sequences: &[Sequence],
    device: &Device,
    cancel: &AtomicBool,
) -> Option<Vec<EventTerms>> {
    let model = match model {
        Predictor::Network(network) => return evaluate_each(network, config, sequences, device, cancel),
        Predictor::Counts(model) => model,
    };
    let terms = |(i, s)| {
        let go_on = !cancel.load(Ordering::Relaxed);
        go_on.then(|| counting::terms(model, i, s, config.fields.len()))
    };
    let all: Option<Vec<_>> = sequences.par_iter().enumerate().map(terms).collect();
    Some(all?.into_iter().flatten().collect())
}

pub(super) fn said_of(model: &NoteModel, config: &ModelConfig, batch: &Batch, device: &Device) -> Vec<Said> {
    let inputs = Inputs::new(batch, config, device);
    model.chain(&inputs, config, &mut Dropout::new(0, 0, 0.0), |f, logits| {
        let counts = if f == 0 { &inputs.counts } else { &inputs.counts_note };
        let nats = ops::weighted_nll(logits.clone(), Arc::clone(&inputs.values[f]), Arc::clone(counts));
        let nats: Vec<f32> = nats.into_data().try_to_vec().expect("losses are f32");
        let logits: Vec<f32> = logits.into_data().try_to_vec().expect("logits are f32");
        let rows = logits.chunks(config.fields[f].size).zip(&batch.fields[f]).zip(counts.iter()).zip(&nats);
        let (hit, top) = rows
            .map(|(((row, value), counts), nats)| {
                let own = row[*value as usize];
                let most = row.iter().copied().fold(f32::MIN, f32::max);
                // The largest logit over the sum, which `nats` holds already.
                if *counts > 0.0 { (most <= own, (most - own - nats).exp().min(1.0)) } else { (false, 0.0) }
            })
            .unzip();
        Said { nats, hit, top }
    })
}

//! Exact likelihood of whole pieces: every field of every note and END, none skipped, none twice.

use super::batches::windows;
use super::beside::{Beside, Voice, chunks};
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
    /// The same sums of a network by itself, where counts are mixed into what it says.
    #[serde(default)]
    pub network: Vec<f64>,
}

impl Likelihood {
    /// Before any term is added.
    pub fn new(sequences: &[Sequence], n_fields: usize) -> Self {
        let notes = sequences.iter().map(Sequence::n_notes).sum();
        let tonic = sequences.iter().filter(|s| s.lift.is_some()).count() as f64 * 12f64.ln();
        Self {
            notes,
            sums: vec![0.0; n_fields],
            hits: vec![0; n_fields],
            ends: sequences.len(),
            tonic,
            network: Vec::new(),
        }
    }

    /// Adds the terms of every event of `sequences` up.
    pub fn of<'a>(sequences: &[Sequence], terms: impl IntoIterator<Item = &'a EventTerms>, n_fields: usize) -> Self {
        let mut total = Self::new(sequences, n_fields);
        terms.into_iter().for_each(|t| total.add(sequences, t));
        total
    }

    fn add(&mut self, sequences: &[Sequence], terms: &EventTerms) {
        let end = sequences[terms.sequence].events[terms.event].is_end();
        let counted = if end { 1 } else { self.sums.len() };
        for f in 0..counted {
            // Summed in double precision: a corpus holds a million terms.
            self.sums[f] += f64::from(terms.nats[f]);
            self.hits[f] += u64::from(terms.hit[f]);
        }
        if !terms.network.is_empty() {
            self.network.resize(self.sums.len(), 0.0);
            (0..counted).for_each(|f| self.network[f] += f64::from(terms.network[f]));
        }
    }

    /// Nats per note over all fields but velocity, which is told apart, and the tonic where it was read
    /// from the whole piece.
    pub fn nats_per_note(&self) -> f64 {
        self.per_note(&self.sums)
    }

    /// The same of the network by itself, where counts are mixed into what it says.
    pub fn network_nats_per_note(&self) -> Option<f64> {
        (!self.network.is_empty()).then(|| self.per_note(&self.network))
    }

    fn per_note(&self, sums: &[f64]) -> f64 {
        let sum = sums.iter().take(Field::Velocity as usize).sum::<f64>();
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
    /// −log p of each field by a network alone, where counts are mixed into what it says; empty where not.
    pub network: Vec<f32>,
}

impl EventTerms {
    /// Before anything is said.
    pub fn blank(sequence: usize, event: usize, n_fields: usize) -> Self {
        let (nats, hit, top) = (vec![0.0; n_fields], vec![false; n_fields], vec![0.0; n_fields]);
        Self { sequence, event, nats, hit, top, network: Vec::new() }
    }
}

/// What the model says of one field at the positions of a batch; 0 and false where one does not count.
pub(super) struct Said {
    nats: Vec<f32>,
    hit: Vec<bool>,
    top: Vec<f32>,
    /// Of the network alone, where counts are mixed in.
    network: Vec<f32>,
}

/// The likelihood of pieces under a network, with counts mixed in where there are some. `None` where
/// `cancel` was set meanwhile.
pub fn evaluate(
    model: &NoteModel,
    counts: Option<Voice<'_>>,
    config: &ModelConfig,
    sequences: &[Sequence],
    device: &Device,
    cancel: &AtomicBool,
) -> Option<Likelihood> {
    let mut total = Likelihood::new(sequences, config.fields.len());
    each(model, counts, config, sequences, device, cancel, &mut |terms| total.add(sequences, &terms))?;
    Some(total)
}

/// As [`evaluate`], event by event, in the order of the pieces.
pub fn evaluate_each(
    model: &NoteModel,
    counts: Option<Voice<'_>>,
    config: &ModelConfig,
    sequences: &[Sequence],
    device: &Device,
    cancel: &AtomicBool,
) -> Option<Vec<EventTerms>> {
    let mut out = Vec::new();
    each(model, counts, config, sequences, device, cancel, &mut |terms| out.push(terms))?;
    Some(out)
}

fn each(
    model: &NoteModel,
    counts: Option<Voice<'_>>,
    config: &ModelConfig,
    sequences: &[Sequence],
    device: &Device,
    cancel: &AtomicBool,
    out: &mut dyn FnMut(EventTerms),
) -> Option<()> {
    let n_fields = config.fields.len();
    for (number, chunk) in chunks(sequences, counts.is_some()).into_iter().enumerate() {
        let first = chunk.start;
        let pieces = &sequences[chunk];
        let mut beside = counts.map(|voice| Beside::new(voice, number, pieces, n_fields));
        let mut places = pieces.iter().enumerate().flat_map(|(s, q)| (0..q.events.len()).map(move |e| (first + s, e)));
        for batch in windows(pieces, ROWS, config.window, n_fields) {
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            let fields = said_of(model, config, &batch, beside.as_mut(), device);
            for i in (0..batch.counts.len()).filter(|i| batch.counts[*i]) {
                let (sequence, event) = places.next()?;
                let nats = fields.iter().map(|f| f.nats[i]).collect();
                let hit = fields.iter().map(|f| f.hit[i]).collect();
                let top = fields.iter().map(|f| f.top[i]).collect();
                let network = fields.iter().filter_map(|f| f.network.get(i).copied()).collect();
                out(EventTerms { sequence, event, nats, hit, top, network });
            }
        }
    }
    Some(())
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
        Predictor::Network(network) => return evaluate_each(network, None, config, sequences, device, cancel),
        Predictor::Both(network, counts) => {
            return evaluate_each(network, Some(Voice::Counts(counts)), config, sequences, device, cancel);
        }
        Predictor::Counts(model) => model,
    };
    let terms = |(i, s)| {
        let go_on = !cancel.load(Ordering::Relaxed);
        go_on.then(|| counting::terms(model, i, s, config.fields.len()))
    };
    let all: Option<Vec<_>> = sequences.par_iter().enumerate().map(terms).collect();
    Some(all?.into_iter().flatten().collect())
}

/// What a network says of a batch, field by field; `beside` has what counts say of the events that the batch
/// counts, and of those after them.
pub(super) fn said_of(
    model: &NoteModel,
    config: &ModelConfig,
    batch: &Batch,
    mut beside: Option<&mut Beside>,
    device: &Device,
) -> Vec<Said> {
    let inputs = Inputs::new(batch, config, device);
    let said = model.chain(&inputs, config, &mut Dropout::new(0, 0, 0.0), |f, logits| {
        let counts = if f == 0 { &inputs.counts } else { &inputs.counts_note };
        let nats = ops::weighted_nll(logits.clone(), Arc::clone(&inputs.values[f]), Arc::clone(counts));
        let nats: Vec<f32> = nats.into_data().try_to_vec().expect("losses are f32");
        let logits: Vec<f32> = logits.into_data().try_to_vec().expect("logits are f32");
        let mut said = Said::of(&nats, &logits, &batch.fields[f], counts);
        if let Some(beside) = beside.as_deref_mut() {
            said.mix(beside, f, &logits, batch, counts);
        }
        said
    });
    if let Some(beside) = beside {
        beside.pass(batch.counts.iter().filter(|counts| **counts).count());
    }
    said
}

impl Said {
    /// Of a network alone; `nats` are 0 where a position does not count.
    fn of(nats: &[f32], logits: &[f32], values: &[i32], counts: &[f32]) -> Self {
        let rows = logits.chunks(logits.len() / nats.len().max(1)).zip(values).zip(counts).zip(nats);
        let (hit, top) = rows
            .map(|(((row, value), counts), nats)| {
                let own = row[*value as usize];
                let most = row.iter().copied().fold(f32::MIN, f32::max);
                // The largest logit over the sum, which `nats` holds already.
                if *counts > 0.0 { (most <= own, (most - own - nats).exp().min(1.0)) } else { (false, 0.0) }
            })
            .unzip();
        Self { nats: nats.to_vec(), hit, top, network: Vec::new() }
    }

    /// Mixes in what counts say.
    fn mix(&mut self, beside: &mut Beside, field: usize, logits: &[f32], batch: &Batch, counts: &[f32]) {
        self.network.clone_from(&self.nats);
        let size = logits.len() / self.nats.len().max(1);
        let counted = (0..batch.counts.len()).filter(|i| batch.counts[*i]);
        for (ahead, i) in counted.enumerate().filter(|(_, i)| counts[*i] > 0.0) {
            let own = batch.fields[field][i] as usize;
            let mixed = beside.mixed(field, ahead, &logits[i * size..(i + 1) * size], own);
            let most = mixed.iter().copied().fold(f32::MIN, f32::max);
            (self.nats[i], self.hit[i], self.top[i]) = (-mixed[own], most <= mixed[own], most.exp().min(1.0));
        }
    }
}

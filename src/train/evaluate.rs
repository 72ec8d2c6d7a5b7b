//! Exact likelihood of whole pieces: every field of every note and END, none skipped, none twice.

use super::batches::windows;
use super::data::Sequence;
use crate::encoding::Field;
use crate::model::init::Dropout;
use crate::model::{ModelConfig, NoteModel};
use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};

/// Rows computed together. The figures do not depend on it beyond rounding.
const ROWS: usize = 8;

/// Sums of −log p (natural logarithm) by field, over whole pieces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Likelihood {
    pub notes: usize,
    /// One sum a field of the model, in its order; END belongs to the first.
    pub sums: Vec<f64>,
}

impl Likelihood {
    /// Nats per note over all fields but velocity, which is told apart.
    pub fn nats_per_note(&self) -> f64 {
        self.sums.iter().take(Field::Velocity as usize).sum::<f64>() / self.notes.max(1) as f64
    }

    /// Nats per note of each field by name.
    pub fn by_field(&self) -> Vec<(&'static str, f64)> {
        let per_note = |s: &f64| s / self.notes.max(1) as f64;
        Field::ALL.iter().zip(&self.sums).map(|(f, s)| (f.name(), per_note(s))).collect()
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
}

/// The likelihood of pieces under a model, in order. `None` where `cancel` was set meanwhile.
pub fn evaluate(
    model: &NoteModel,
    config: &ModelConfig,
    sequences: &[Sequence],
    device: &Device,
    cancel: &AtomicBool,
) -> Option<Likelihood> {
    let mut total = Likelihood { notes: 0, sums: vec![0.0; config.fields.len()] };
    for batch in windows(sequences, ROWS, config.window, config.fields.len()) {
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        let losses = model.losses(&batch, config, device, &mut Dropout::new(0, 0, 0.0));
        for (f, nats) in losses.each.into_iter().enumerate() {
            // Summed in double precision: a corpus holds a million terms.
            let nats: Vec<f32> = nats.into_data().try_to_vec().expect("losses are f32");
            total.sums[f] += nats.iter().map(|n| f64::from(*n)).sum::<f64>();
        }
    }
    total.notes = sequences.iter().map(Sequence::n_notes).sum();
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
        let inputs = crate::model::batch::Inputs::new(&batch, config, device);
        let fields = model.chain(&inputs, config, &mut Dropout::new(0, 0, 0.0), |f, logits| {
            let size = config.fields[f].size;
            let log_p = burn::tensor::activation::log_softmax(logits, 2);
            let log_p: Vec<f32> = log_p.into_data().try_to_vec().expect("log-probabilities are f32");
            let of = |(row, value): (&[f32], &i32)| {
                let own = row[*value as usize];
                (-own, row.iter().all(|other| *other <= own))
            };
            log_p.chunks(size).zip(&batch.fields[f]).map(of).collect::<Vec<_>>()
        });
        for i in (0..batch.counts.len()).filter(|i| batch.counts[*i]) {
            let (sequence, event) = places.next()?;
            let (nats, hit) = fields.iter().map(|f| f[i]).unzip();
            out.push(EventTerms { sequence, event, nats, hit });
        }
    }
    Some(out)
}

//! The whole network: embedding → trunk → chained heads, and the loss of a batch.

use super::batch::{Batch, Inputs};
use super::config::{Arch, ModelConfig};
use super::embedding::EventEmbedding;
use super::feed_forward::FeedForward;
use super::heads::{FieldHead, heads};
use super::init::{Dropout, Init};
use super::ops;
use super::recurrent::Recurrent;
use super::transformer::Transformer;
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use std::sync::Arc;

#[derive(Module, Debug)]
pub struct NoteModel {
    pub embedding: EventEmbedding,
    pub transformer: Option<Transformer>,
    pub recurrent: Option<Recurrent>,
    pub feed_forward: Option<FeedForward>,
    pub heads: Vec<FieldHead>,
}

/// Losses of a batch, by field.
pub struct FieldLosses {
    /// −log p of each event's value where it counts, else 0; one [batch, len] a field.
    pub each: Vec<Tensor<2>>,
}

impl FieldLosses {
    /// Sum over events, one value a field, [fields].
    pub fn sums(&self) -> Tensor<1> {
        Tensor::cat(self.each.iter().map(|l| l.clone().sum()).collect(), 0)
    }
}

impl NoteModel {
    /// A network with fresh weights.
    pub fn new(config: &ModelConfig, seed: u64, device: &Device) -> Self {
        let init = &mut Init::new(seed, device);
        Self {
            embedding: EventEmbedding::new(config, init),
            transformer: (config.arch == Arch::Transformer).then(|| Transformer::new(config, init)),
            recurrent: matches!(config.arch, Arch::Lstm | Arch::Gru).then(|| Recurrent::new(config, init)),
            feed_forward: (config.arch == Arch::Mlp).then(|| FeedForward::new(config, init)),
            heads: heads(config, init),
        }
    }

    /// How many numbers are learned.
    pub fn n_weights(&self) -> usize {
        self.num_params()
    }

    /// −log p of every field of every event. `drop` with rate 0 for evaluation.
    pub fn losses(&self, batch: &Batch, config: &ModelConfig, device: &Device, drop: &mut Dropout) -> FieldLosses {
        let inputs = &Inputs::new(batch, config, device);
        let each = self.chain(inputs, config, drop, |i, logits| {
            let counts = if i == 0 { &inputs.counts } else { &inputs.counts_note };
            ops::weighted_nll(logits, Arc::clone(&inputs.values[i]), Arc::clone(counts))
        });
        FieldLosses { each }
    }

    /// What the last layer holds at each event, having seen those before it, [batch, len, d_model].
    pub fn hidden(&self, batch: &Batch, config: &ModelConfig, device: &Device) -> Tensor<3> {
        let inputs = &Inputs::new(batch, config, device);
        let (fields, place) = self.embedding.parts(inputs);
        self.trunk(self.embedding.previous(&fields, &place, inputs), inputs, config, &mut Dropout::new(0, 0, 0.0))
    }

    /// [batch, len, d_model] → the same.
    fn trunk(&self, x: Tensor<3>, inputs: &Inputs, config: &ModelConfig, drop: &mut Dropout) -> Tensor<3> {
        match (&self.transformer, &self.recurrent, &self.feed_forward) {
            (Some(t), ..) => t.forward(x, inputs, drop),
            (_, Some(r), _) => r.forward(x, inputs, drop),
            (.., Some(f)) => f.forward(x, inputs, config),
            (None, None, None) => x,
        }
    }

    /// Runs the trunk, then gives the logits of each field, [batch, len, size], to `visit`, the
    /// chain being fed the values that stand in the batch.
    pub fn chain<T>(
        &self,
        inputs: &Inputs,
        config: &ModelConfig,
        drop: &mut Dropout,
        mut visit: impl FnMut(usize, Tensor<3>) -> T,
    ) -> Vec<T> {
        let (fields, place) = self.embedding.parts(inputs);
        // Not dropped: a repeat can only be recognised from notes that are whole.
        let x = self.embedding.previous(&fields, &place, inputs); // [batch, len, d_model]
        let mut state = self.trunk(x, inputs, config, drop);
        let mut out = Vec::with_capacity(fields.len());
        let last = fields.len() - 1;
        for (i, (head, field)) in self.heads.iter().zip(fields).enumerate() {
            out.push(visit(i, head.forward(state.clone())));
            if i < last {
                state = state + field;
            }
            if i + 1 == config.place_after {
                state = state + place.clone();
            }
        }
        out
    }
}

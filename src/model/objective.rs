//! What training makes small. The likelihood that is reported is the same whichever is chosen.

use super::batch::Inputs;
use super::network::FieldLosses;
use super::{Batch, ModelConfig, NoteModel, ops};
use crate::model::init::Dropout;
use burn::tensor::{Device, Tensor, TensorData, activation};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// −log of the probability of what came.
    #[default]
    CrossEntropy,
    /// The squared distance between the probabilities and certainty of what came (Brier 1950).
    SquaredError,
}

/// A loss, and the share of it that pulls every value alike (label smoothing; Szegedy et al., arXiv
/// 1512.00567). Smoothing is of cross-entropy alone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Objective {
    pub loss: Loss,
    pub smoothing: f64,
}

impl NoteModel {
    /// The likelihood of a batch, and the sum over its events and fields of what is to be made small.
    pub fn objective(
        &self,
        batch: &Batch,
        config: &ModelConfig,
        device: &Device,
        drop: &mut Dropout,
        objective: Objective,
    ) -> (FieldLosses, Tensor<1>) {
        if objective == Objective::default() {
            let losses = self.losses(batch, config, device, drop);
            let sum = losses.sums().sum();
            return (losses, sum);
        }
        let inputs = &Inputs::new(batch, config, device);
        let mut total: Option<Tensor<1>> = None;
        let each = self.chain(inputs, config, drop, |i, logits| {
            let counts = if i == 0 { &inputs.counts } else { &inputs.counts_note };
            let nats = ops::weighted_nll(logits.clone(), Arc::clone(&inputs.values[i]), Arc::clone(counts));
            let weights = Tensor::<2>::from_data(TensorData::new(counts.to_vec(), nats.dims()), device);
            let aim = match objective.loss {
                Loss::CrossEntropy => {
                    let [rows, len] = nats.dims();
                    let all = activation::log_softmax(logits, 2).mean_dim(2).reshape([rows, len]).neg();
                    nats.clone() * (1.0 - objective.smoothing) + all * weights * objective.smoothing
                }
                Loss::SquaredError => {
                    let [rows, len, _] = logits.dims();
                    let p = activation::softmax(logits, 2);
                    let own = p.clone().gather(2, inputs.fields[i].clone().unsqueeze_dim(2)).reshape([rows, len]);
                    // Σ (p − 1[own])² = Σ p² − 2 p[own] + 1
                    let squares = (p.clone() * p).sum_dim(2).reshape([rows, len]);
                    (squares - own * 2.0 + 1.0) * weights
                }
            };
            let sum = aim.sum();
            total = Some(match total.take() {
                Some(total) => total + sum,
                None => sum,
            });
            nats
        });
        (FieldLosses { each }, total.unwrap_or_else(|| Tensor::zeros([1], device)))
    }
}

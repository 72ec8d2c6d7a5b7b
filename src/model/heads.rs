//! Chained heads: each field's distribution knows the fields chosen before it, so that their product
//! is the exact likelihood of the event.

use super::config::ModelConfig;
use super::init::Init;
use super::ops;
use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Tensor, activation};

/// d_model → logits of one field, with or without a hidden layer.
#[derive(Module, Debug)]
pub struct FieldHead {
    pub hidden: Option<Linear>,
    pub out: Linear,
}

impl FieldHead {
    /// Logits from the state of the chain: [.., d_model] → [.., size].
    pub fn forward<const D: usize>(&self, state: Tensor<D>) -> Tensor<D> {
        let state = match &self.hidden {
            None => state,
            Some(Linear { weight, bias: Some(bias) }) => {
                ops::bias_gelu(ops::linear(state, weight.val(), None), bias.val())
            }
            Some(hidden) => activation::gelu(hidden.forward(state)),
        };
        ops::linear(state, self.out.weight.val(), self.out.bias.as_ref().map(Param::val))
    }
}

/// One head for each field, in the order of the chain.
pub fn heads(config: &ModelConfig, init: &mut Init<'_>) -> Vec<FieldHead> {
    let d = config.d_model;
    let head = |f: &super::FieldSpec| FieldHead {
        hidden: f.hidden.then(|| init.linear(d, d, true)),
        out: init.linear(d, f.size, true),
    };
    config.fields.iter().map(head).collect()
}

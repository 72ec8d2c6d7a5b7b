//! The causal transformer: pre-norm blocks of rotary attention and a GELU network.
//!
//! Some heads (half, unless a recipe says otherwise) rotate by musical time and the others by index (see
//! [`super::batch`]), so that "four bars ago" is a distance they can learn.

use super::batch::Inputs;
use super::config::ModelConfig;
use super::init::{Dropout, Init};
use super::ops;
use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Tensor, activation};
use std::sync::Arc;

/// Root-mean-square normalisation with a learned gain (Zhang & Sennrich, arXiv 1910.07467).
#[derive(Module, Debug)]
pub struct Norm {
    pub gain: Param<Tensor<1>>,
}

impl Norm {
    pub fn new(d: usize, init: &Init<'_>) -> Self {
        Self { gain: init.ones(d) }
    }

    /// [.., d_model] → the same.
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        ops::norm(x, self.gain.val())
    }
}

#[derive(Module, Debug)]
pub struct Block {
    pub norm_attention: Norm,
    pub query: Linear,
    pub key: Linear,
    pub value: Linear,
    /// Of each head's query and key, so that no score runs away (Henry et al., arXiv 2010.04245).
    pub norm_query: Norm,
    pub norm_key: Norm,
    pub out: Linear,
    pub norm_mlp: Norm,
    pub up: Linear,
    pub down: Linear,
}

impl Block {
    fn new(config: &ModelConfig, init: &mut Init<'_>) -> Self {
        let d = config.d_model;
        Self {
            norm_attention: Norm::new(d, init),
            query: init.linear(d, d, false),
            key: init.linear(d, d, false),
            value: init.linear(d, d, false),
            norm_query: Norm::new(config.d_head(), init),
            norm_key: Norm::new(config.d_head(), init),
            // A block begins as nothing at all and grows into its place.
            out: init.zeros(d, d, false),
            norm_mlp: Norm::new(d, init),
            up: init.linear(d, 4 * d, true),
            down: init.zeros(4 * d, d, true),
        }
    }

    /// Query, key (neither yet rotated) and value of each event, [batch, len, d_model].
    fn project(&self, x: Tensor<3>) -> [Tensor<3>; 3] {
        let x = self.norm_attention.forward(x);
        let [query, key, value] =
            [&self.query, &self.key, &self.value].map(|l| ops::linear(x.clone(), l.weight.val(), None));
        [by_head(&self.norm_query, query), by_head(&self.norm_key, key), value]
    }

    /// What follows attention; x and `attended`: [batch, len, d_model].
    fn finish(&self, x: Tensor<3>, attended: Tensor<3>, drop: &mut Dropout) -> Tensor<3> {
        let found = ops::linear(attended, self.out.weight.val(), None);
        let mask = drop.mask(found.shape().num_elements());
        let x = ops::residual(x, found, None, mask);
        let hidden = ops::linear(self.norm_mlp.forward(x.clone()), self.up.weight.val(), None);
        let hidden = match &self.up.bias {
            Some(bias) => ops::bias_gelu(hidden, bias.val()), // [batch, len, 4 d_model]
            None => activation::gelu(hidden),
        };
        let found = ops::linear(hidden, self.down.weight.val(), None);
        let mask = drop.mask(found.shape().num_elements());
        ops::residual(x, found, self.down.bias.as_ref().map(Param::val), mask)
    }
}

/// Each head of x, [batch, len, heads · d_head], normed by itself.
fn by_head(norm: &Norm, x: Tensor<3>) -> Tensor<3> {
    let ([batch, len, d], [d_head]) = (x.dims(), norm.gain.dims());
    norm.forward(x.reshape([batch, len, d / d_head, d_head])).reshape([batch, len, d])
}

#[derive(Module, Debug)]
pub struct Transformer {
    pub blocks: Vec<Block>,
    pub norm: Norm,
}

impl Transformer {
    pub fn new(config: &ModelConfig, init: &mut Init<'_>) -> Self {
        let blocks = (0..config.n_layers).map(|_| Block::new(config, init)).collect();
        Self { blocks, norm: Norm::new(config.d_model, init) }
    }

    /// [batch, len, d_model] → the same; position t has seen its own sequence up to t.
    pub fn forward(&self, mut x: Tensor<3>, inputs: &Inputs, drop: &mut Dropout) -> Tensor<3> {
        let rotation = inputs.rotation.as_ref().expect("a transformer's batch has rotations");
        for block in &self.blocks {
            let projected = block.project(x.clone());
            let sees = ops::Sees { begins: Arc::clone(&inputs.begins), ends: Arc::clone(&inputs.ends) };
            let attended = ops::attention(projected, rotation.clone(), sees);
            x = block.finish(x, attended, drop);
        }
        self.norm.forward(x)
    }
}

//! The causal transformer: pre-norm blocks of rotary attention and a GELU network.
//!
//! Half of the heads rotate by index and half by musical time (see [`super::batch`]), so that "four
//! bars ago" is a distance they can learn.

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

/// Keys and values of the events so far, [batch, heads, events, d_head].
pub type KeysValues = Option<(Tensor<4>, Tensor<4>)>;

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

    /// Some events a row, [batch, new, d_model], which see each other both ways, after those in `cache`
    /// (one entry a block). Of all of them `kept` says how many are looked at. `cos` and `sin`: [batch,
    /// heads, new, d_head].
    pub fn step(
        &self,
        mut x: Tensor<3>,
        cos: &Tensor<4>,
        sin: &Tensor<4>,
        cache: &mut [KeysValues],
        kept: KeptEvents,
    ) -> Tensor<3> {
        let (mut no_drop, heads) = (Dropout::new(0, 0, 0.0), cos.dims()[1]);
        for (block, seen) in self.blocks.iter().zip(cache) {
            let [query, key, value] = block.project(x.clone()).map(|x| ops::split(x, heads)); // [batch, heads, new, d_head]
            let query = ops::rotated(query, (cos.clone(), sin.clone()));
            let key = ops::rotated(key, (cos.clone(), sin.clone()));
            let (keys, values) = match seen.take() {
                Some((keys, values)) => (append(keys, key, kept), append(values, value, kept)),
                None => (key, value),
            };
            *seen = Some((keys.clone(), values.clone()));
            let scale = 1.0 / (query.dims()[3] as f64).sqrt();
            let weights = activation::softmax(query.matmul(keys.swap_dims(2, 3)) * scale, 3); // [batch, heads, new, events]
            x = block.finish(x, ops::merge(weights.matmul(values)), &mut no_drop);
        }
        self.norm.forward(x)
    }
}

/// How many events are looked at: the first `locked` always, and the last ones up to `window` in all.
#[derive(Clone, Copy, Debug)]
pub struct KeptEvents {
    pub locked: usize,
    pub window: usize,
}

/// [batch, heads, events, d_head] with new events after the old ones that are still looked at.
fn append(old: Tensor<4>, new: Tensor<4>, KeptEvents { locked, window }: KeptEvents) -> Tensor<4> {
    let [batch, heads, events, d_head] = old.dims();
    let over = (events + new.dims()[2]).saturating_sub(window);
    let part = |range| old.clone().slice([0..batch, 0..heads, range, 0..d_head]);
    let first = (locked + over).min(events);
    let parts = match (over, locked) {
        (0, _) => vec![old, new],
        (_, 0) => vec![part(first..events), new],
        _ => vec![part(0..locked.min(events)), part(first..events), new],
    };
    Tensor::cat(parts.into_iter().filter(|p| p.dims()[2] > 0).collect(), 2)
}

//! The LSTM (Hochreiter & Schmidhuber 1997): a stack of layers, each reading the one below.

use super::batch::Inputs;
use super::config::ModelConfig;
use super::init::{Dropout, Init};
use super::ops;
use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::Tensor;
use std::sync::Arc;

/// Gates in the order input, forget, candidate, output; one matrix from below and one from before.
#[derive(Module, Debug)]
pub struct LstmLayer {
    pub from_below: Linear,
    pub from_before: Linear,
}

/// Hidden state and cell of one layer, [batch, d_model] each.
pub type LayerState = ops::LstmState;

impl LstmLayer {
    fn new(d: usize, init: &mut Init<'_>) -> Self {
        Self { from_below: init.linear(d, 4 * d, true), from_before: init.linear(d, 4 * d, false) }
    }
}

#[derive(Module, Debug)]
pub struct Recurrent {
    pub layers: Vec<LstmLayer>,
}

impl Recurrent {
    pub fn new(config: &ModelConfig, init: &mut Init<'_>) -> Self {
        Self { layers: (0..config.n_layers).map(|_| LstmLayer::new(config.d_model, init)).collect() }
    }

    /// [batch, len, d_model] → the same. The state is cleared where a sequence begins.
    pub fn forward(&self, mut x: Tensor<3>, inputs: &Inputs, drop: &mut Dropout) -> Tensor<3> {
        for (i, layer) in self.layers.iter().enumerate() {
            let bias = layer.from_below.bias.as_ref().map(Param::val);
            let below = ops::linear(x, layer.from_below.weight.val(), bias); // [batch, len, 4 d_model]
            x = ops::lstm(below, layer.from_before.weight.val(), Arc::clone(&inputs.begins)); // [batch, len, d_model]
            if i + 1 < self.layers.len() {
                x = drop.apply(x);
            }
        }
        x
    }

    /// One event a row, [batch, 1, d_model], after those in `state` (one entry a layer).
    pub fn step(&self, x: Tensor<3>, state: &mut [Option<LayerState>]) -> Tensor<3> {
        let [batch, _, d] = x.dims();
        let mut x: Tensor<2> = x.squeeze_dim(1);
        for (layer, before) in self.layers.iter().zip(state) {
            let old = before.take().unwrap_or_else(|| zeros(batch, d, &x.device()));
            let new = ops::lstm_step(layer.from_below.forward(x), layer.from_before.weight.val(), old);
            x = new.0.clone();
            *before = Some(new);
        }
        x.unsqueeze_dim(1)
    }
}

fn zeros(batch: usize, d: usize, device: &burn::tensor::Device) -> LayerState {
    (Tensor::zeros([batch, d], device), Tensor::zeros([batch, d], device))
}

//! The recurrent trunks: the LSTM (Hochreiter & Schmidhuber 1997) and the GRU (Cho et al., arXiv
//! 1406.1078). A stack of layers, each reading the one below.

use super::batch::Inputs;
use super::config::{Arch, ModelConfig};
use super::init::{Dropout, Init};
use super::ops;
use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::Tensor;
use std::sync::Arc;

/// One matrix from below and one from before, for all gates: four of an LSTM (input, forget, candidate,
/// output), three of a GRU (reset, update, candidate).
#[derive(Module, Debug)]
pub struct Layer {
    pub from_below: Linear,
    pub from_before: Linear,
}

/// Hidden state of one layer and, in an LSTM, its cell, [batch, d_model] each.
pub type LayerState = (Tensor<2>, Option<Tensor<2>>);

impl Layer {
    fn new(d: usize, gates: usize, init: &mut Init<'_>) -> Self {
        Self { from_below: init.linear(d, gates * d, true), from_before: init.linear(d, gates * d, false) }
    }

    fn is_gru(&self) -> bool {
        let [d, gates] = self.from_before.weight.dims();
        gates == 3 * d
    }
}

#[derive(Module, Debug)]
pub struct Recurrent {
    pub layers: Vec<Layer>,
}

impl Recurrent {
    pub fn new(config: &ModelConfig, init: &mut Init<'_>) -> Self {
        let gates = if config.arch == Arch::Gru { 3 } else { 4 };
        Self { layers: (0..config.n_layers).map(|_| Layer::new(config.d_model, gates, init)).collect() }
    }

    /// [batch, len, d_model] → the same. The state is cleared where a sequence begins.
    pub fn forward(&self, mut x: Tensor<3>, inputs: &Inputs, drop: &mut Dropout) -> Tensor<3> {
        for (i, layer) in self.layers.iter().enumerate() {
            let bias = layer.from_below.bias.as_ref().map(Param::val);
            let below = ops::linear(x, layer.from_below.weight.val(), bias); // [batch, len, gates · d_model]
            let run = if layer.is_gru() { ops::gru } else { ops::lstm };
            x = run(below, layer.from_before.weight.val(), Arc::clone(&inputs.begins)); // [batch, len, d_model]
            if i + 1 < self.layers.len() {
                x = drop.apply(x);
            }
        }
        x
    }

    /// One event a row, [batch, 1, d_model], after those in `state` (one entry a layer).
    pub fn step(&self, x: Tensor<3>, state: &mut [Option<LayerState>]) -> Tensor<3> {
        let [batch, _, d] = x.dims();
        let device = x.device();
        let zeros = || Tensor::zeros([batch, d], &device);
        let mut x: Tensor<2> = x.squeeze_dim(1);
        for (layer, before) in self.layers.iter().zip(state) {
            let (below, weight) = (layer.from_below.forward(x), layer.from_before.weight.val());
            let (hidden, cell) = before.take().unwrap_or_else(|| (zeros(), None));
            let new = if layer.is_gru() {
                (ops::gru_step(below, weight, hidden), None)
            } else {
                let (hidden, cell) = ops::lstm_step(below, weight, (hidden, cell.unwrap_or_else(zeros)));
                (hidden, Some(cell))
            };
            x = new.0.clone();
            *before = Some(new);
        }
        x.unsqueeze_dim(1)
    }
}

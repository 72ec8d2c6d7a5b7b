//! The LSTM (Hochreiter & Schmidhuber 1997): a stack of layers, each reading the one below.

use super::batch::Inputs;
use super::config::ModelConfig;
use super::init::{Dropout, Init};
use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{Tensor, activation};

/// Gates in the order input, forget, candidate, output; one matrix from below and one from before.
#[derive(Module, Debug)]
pub struct LstmLayer {
    pub from_below: Linear,
    pub from_before: Linear,
}

/// Hidden state and cell of one layer, [batch, d_model] each.
pub type LayerState = (Tensor<2>, Tensor<2>);

impl LstmLayer {
    fn new(d: usize, init: &mut Init<'_>) -> Self {
        Self { from_below: init.linear(d, 4 * d, true), from_before: init.linear(d, 4 * d, false) }
    }

    /// One step, given what comes from below, [batch, 4 d_model].
    fn step(&self, below: Tensor<2>, (hidden, cell): LayerState) -> LayerState {
        let gates = below + self.from_before.forward(hidden); // [batch, 4 d_model]
        let mut gates = gates.chunk(4, 1).into_iter();
        let mut gate = || gates.next().expect("four chunks");
        let (input, forget, candidate, output) = (gate(), gate(), gate(), gate());
        let cell = activation::sigmoid(forget) * cell + activation::sigmoid(input) * candidate.tanh();
        (activation::sigmoid(output) * cell.clone().tanh(), cell)
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
        let [batch, len, d] = x.dims();
        for (i, layer) in self.layers.iter().enumerate() {
            let below = layer.from_below.forward(x); // [batch, len, 4 d_model]
            let mut state = zeros(batch, d, &below.device());
            let mut hidden = Vec::with_capacity(len);
            for (below, keep) in below.split(1, 1).into_iter().zip(inputs.has_previous.clone().split(1, 1)) {
                let keep = keep.squeeze_dim::<2>(1); // [batch, 1]
                state = layer.step(below.squeeze_dim(1), (state.0 * keep.clone(), state.1 * keep));
                hidden.push(state.0.clone());
            }
            x = Tensor::stack(hidden, 1); // [batch, len, d_model]
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
            let new = layer.step(layer.from_below.forward(x), old);
            x = new.0.clone();
            *before = Some(new);
        }
        x.unsqueeze_dim(1)
    }
}

fn zeros(batch: usize, d: usize, device: &burn::tensor::Device) -> LayerState {
    (Tensor::zeros([batch, d], device), Tensor::zeros([batch, d], device))
}

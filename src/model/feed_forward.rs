//! The textbook network: the last few events side by side, through one layer after another. It has no
//! memory but its input window, which is what recurrence and attention are there to better.

use super::batch::Inputs;
use super::config::{Activation, ModelConfig};
use super::init::Init;
use super::ops;
use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Tensor, TensorData, activation};

#[derive(Module, Debug)]
pub struct FeedForward {
    /// From the input window through the hidden sizes.
    pub hidden: Vec<Linear>,
    /// From the last hidden layer to what the heads read.
    pub out: Linear,
}

/// What was read of the last events, the latest first, [batch, 1, d_model] each.
pub type Latest = Vec<Tensor<3>>;

impl FeedForward {
    pub fn new(config: &ModelConfig, init: &mut Init<'_>) -> Self {
        let (d, layers) = (config.d_model, &config.layers);
        let mut width = d * layers.input;
        let mut hidden = Vec::new();
        for size in &layers.hidden {
            hidden.push(init.linear(width, *size, true));
            width = *size;
        }
        Self { hidden, out: init.linear(width, d, true) }
    }

    /// [batch, len, d_model] → the same. Events before the sequence are zeros.
    pub fn forward(&self, x: Tensor<3>, inputs: &Inputs, config: &ModelConfig) -> Tensor<3> {
        let ([batch, len, d], device) = (x.dims(), x.device());
        let back = |n: usize| {
            if n >= len {
                return Tensor::zeros([batch, len, d], &device);
            }
            let within: Vec<f32> = inputs.begins.iter().enumerate().map(|(i, b)| within(i % len, *b, n)).collect();
            let within = Tensor::<3>::from_data(TensorData::new(within, [batch, len, 1]), &device);
            let earlier = x.clone().slice([0..batch, 0..len - n, 0..d]);
            Tensor::cat(vec![Tensor::zeros([batch, n, d], &device), earlier], 1) * within // [batch, len, d_model]
        };
        let window = (0..config.layers.input).map(|n| if n == 0 { x.clone() } else { back(n) });
        self.layers(Tensor::cat(window.collect(), 2), config)
    }

    /// One event a row, [batch, 1, d_model], after those in `latest`.
    pub fn step(&self, x: Tensor<3>, latest: &mut Latest, config: &ModelConfig) -> Tensor<3> {
        let zeros = Tensor::zeros(x.dims(), &x.device());
        latest.insert(0, x);
        latest.resize(config.layers.input, zeros);
        self.layers(Tensor::cat(latest.clone(), 2), config)
    }

    fn layers(&self, mut x: Tensor<3>, config: &ModelConfig) -> Tensor<3> {
        let linear = |x, l: &Linear| ops::linear(x, l.weight.val(), l.bias.as_ref().map(Param::val));
        for layer in &self.hidden {
            x = linear(x, layer);
            x = match config.layers.activation {
                Activation::Sigmoid => activation::sigmoid(x),
                Activation::Tanh => x.tanh(),
                Activation::Relu => activation::relu(x),
            };
        }
        linear(x, &self.out)
    }
}

/// 1 where the event `back` before the one at `t` belongs to the same sequence, which begins at `begin`.
fn within(t: usize, begin: u32, back: usize) -> f32 {
    if t >= begin as usize + back { 1.0 } else { 0.0 }
}

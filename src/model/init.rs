//! Initial weights, drawn from a generator of ours so that a seed means the same on every device.

use super::ops::{self, Mask};
use burn::module::Param;
use burn::nn::{Embedding, Linear};
use burn::tensor::{Device, Tensor, TensorData};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// Draws the weights of a network in a fixed order.
pub struct Init<'a> {
    rng: ChaCha8Rng,
    device: &'a Device,
}

impl<'a> Init<'a> {
    pub fn new(seed: u64, device: &'a Device) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(seed), device }
    }

    /// Another stream of numbers from the same seed.
    pub fn apart(&self) -> Self {
        let mut rng = self.rng.clone();
        rng.set_stream(1);
        Self { rng, device: self.device }
    }

    pub fn device(&self) -> &'a Device {
        self.device
    }

    /// Uniform on [−bound, bound).
    fn uniform(&mut self, count: usize, bound: f32) -> Vec<f32> {
        (0..count).map(|_| (unit(&mut self.rng) * 2.0 - 1.0) * bound).collect()
    }

    /// Normal with this standard deviation (Box–Muller).
    fn normal(&mut self, count: usize, std: f32) -> Vec<f32> {
        (0..count)
            .map(|_| {
                let (u, v) = (unit(&mut self.rng).max(1e-7), unit(&mut self.rng));
                std * (-2.0 * u.ln()).sqrt() * (std::f32::consts::TAU * v).cos()
            })
            .collect()
    }

    pub fn param<const D: usize>(&self, values: Vec<f32>, shape: [usize; D]) -> Param<Tensor<D>> {
        Param::from_data(TensorData::new(values, shape), self.device)
    }

    /// [d_input, d_output], uniform within 1/√d_input as most frameworks do; bias likewise.
    pub fn linear(&mut self, d_input: usize, d_output: usize, bias: bool) -> Linear {
        let bound = 1.0 / (d_input as f32).sqrt();
        let weight = self.uniform(d_input * d_output, bound);
        let weight = self.param(weight, [d_input, d_output]);
        let bias = bias.then(|| {
            let values = self.uniform(d_output, bound);
            self.param(values, [d_output])
        });
        Linear { weight, bias }
    }

    /// As [`Init::linear`], all zero.
    pub fn zeros(&self, d_input: usize, d_output: usize, bias: bool) -> Linear {
        let weight = self.param(vec![0.0; d_input * d_output], [d_input, d_output]);
        Linear { weight, bias: bias.then(|| self.param(vec![0.0; d_output], [d_output])) }
    }

    /// [rows, d], normal.
    pub fn embedding(&mut self, rows: usize, d: usize, std: f32) -> Embedding {
        let values = self.normal(rows * d, std);
        Embedding { weight: self.param(values, [rows, d]) }
    }

    pub fn ones(&self, d: usize) -> Param<Tensor<1>> {
        self.param(vec![1.0; d], [d])
    }
}

/// Uniform on [0, 1) with 24 bits.
fn unit(rng: &mut ChaCha8Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / (1u32 << 24) as f32
}

/// The dropout masks of one training step: drawn from (seed, step), never from a global generator,
/// so that a resumed run drops what the uninterrupted one would have dropped.
pub struct Dropout {
    rng: ChaCha8Rng,
    rate: f64,
}

impl Dropout {
    pub fn new(seed: u64, step: u64, rate: f64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(step.wrapping_add(1));
        Self { rng, rate }
    }

    /// Drops values of `x` at the rate and scales the others up, so that the mean stays.
    pub fn apply<const D: usize>(&mut self, x: Tensor<D>) -> Tensor<D> {
        let mask = self.mask(x.shape().num_elements());
        ops::dropped(x, mask)
    }

    /// What to drop of `count` values. One byte of randomness a value: the rate is exact to 1/256.
    pub fn mask(&mut self, count: usize) -> Mask {
        if self.rate <= 0.0 {
            return Mask { bytes: Vec::new(), threshold: 0 };
        }
        let threshold = (self.rate * 256.0).round().clamp(0.0, 255.0) as u8;
        let mut bytes = vec![0; count];
        self.rng.fill_bytes(&mut bytes);
        Mask { bytes, threshold }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_keep_the_mean_and_depend_on_the_step_alone() {
        let dropped = |step| {
            let ones = Tensor::<1>::ones([100_000], &Device::flex());
            Dropout::new(1, step, 0.25).apply(ones).into_data().try_to_vec::<f32>().expect("f32")
        };
        let values = dropped(7);
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        assert!((mean - 1.0).abs() < 0.01, "mean {mean}");
        assert_eq!(values, dropped(7));
        assert_ne!(values, dropped(8));
    }
}

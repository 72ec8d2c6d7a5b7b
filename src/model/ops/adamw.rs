//! AdamW (Loshchilov & Hutter, arXiv 1711.05101) in one pass over the numbers of a parameter.

use super::lanes::{dot, wide};
use rayon::prelude::*;

/// Numbers worked on as one piece of parallel work.
const PIECE: usize = 1 << 14;

/// What a step is made with, the same for all parameters.
#[derive(Clone, Copy, Debug)]
pub struct AdamW {
    pub learning_rate: f32,
    pub beta_1: f32,
    pub beta_2: f32,
    pub epsilon: f32,
    pub weight_decay: f32,
}

impl AdamW {
    /// The `time`-th step of a parameter, counted from 1; the gradient is multiplied by `factor` first.
    /// All slices are equally long.
    pub fn step(&self, weights: &mut [f32], grad: &[f32], factor: f32, [first, second]: [&mut [f32]; 2], time: i32) {
        let corrections = [1.0 - self.beta_1.powi(time), 1.0 - self.beta_2.powi(time)];
        let moments = first.par_chunks_mut(PIECE).zip(second.par_chunks_mut(PIECE));
        weights.par_chunks_mut(PIECE).zip(grad.par_chunks(PIECE)).zip(moments).for_each(
            |((weights, grad), (first, second))| {
                wide!(step(*self, weights, grad, factor, [first, second], corrections));
            },
        );
    }
}

#[inline(always)]
fn step(
    adam: AdamW,
    weights: &mut [f32],
    grad: &[f32],
    factor: f32,
    [first, second]: [&mut [f32]; 2],
    corrections: [f32; 2],
) {
    let keep = 1.0 - adam.learning_rate * adam.weight_decay;
    for (((w, g), m), v) in weights.iter_mut().zip(grad).zip(first).zip(second) {
        let g = g * factor;
        *m = *m * adam.beta_1 + g * (1.0 - adam.beta_1);
        *v = *v * adam.beta_2 + g * g * (1.0 - adam.beta_2);
        let delta = (*m / corrections[0]) / ((*v / corrections[1]).sqrt() + adam.epsilon);
        *w = *w * keep - delta * adam.learning_rate;
    }
}

/// Σ x², piece by piece in a fixed order.
pub fn sum_of_squares(x: &[f32]) -> f64 {
    let pieces: Vec<f32> = x.par_chunks(PIECE).map(|x| wide!(dot(x, x))).collect();
    pieces.into_iter().map(f64::from).sum()
}

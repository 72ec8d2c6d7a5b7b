//! Root-mean-square normalisation with a learned gain: y = x · gain / √(mean x² + ε)
//! (Zhang & Sennrich, arXiv 1910.07467).

use super::fused::{Floats, Fused, Kept, apply, on_flex};
use super::lanes::{ROWS, add_all, dot, wide};
use burn::tensor::Tensor;
use rayon::prelude::*;

const EPSILON: f32 = 1e-6;

/// [.., d] → the same; `gain`: [d].
pub fn norm<const D: usize>(x: Tensor<D>, gain: Tensor<1>) -> Tensor<D> {
    if on_flex(&x) { apply(vec![x.into_dispatch(), gain.into_dispatch()], Norm) } else { composed(x, gain) }
}

fn composed<const D: usize>(x: Tensor<D>, gain: Tensor<1>) -> Tensor<D> {
    let mean_square = x.clone().square().mean_dim(D - 1); // [.., 1]
    x * (mean_square + EPSILON).sqrt().recip() * gain.unsqueeze()
}

/// The norm of each row as wide as the gain, in place.
pub fn norm_rows(x: &mut [f32], gain: &[f32]) {
    wide!(rows_in_place(x, gain));
}

#[inline(always)]
fn rows_in_place(x: &mut [f32], gain: &[f32]) {
    let d = gain.len();
    for row in x.chunks_exact_mut(d) {
        let factor = 1.0 / (dot(row, row) / d as f32 + EPSILON).sqrt();
        row.iter_mut().zip(gain).for_each(|(x, gain)| *x = *x * factor * gain);
    }
}

#[derive(Debug)]
struct Norm;

impl Fused for Norm {
    fn forward(&self, inputs: &[Floats<'_>], keep: Option<&mut Kept>) -> (Vec<f32>, Vec<usize>) {
        let [x, gain] = inputs else { unreachable!("two inputs") };
        let d = gain.width();
        let mut out = vec![0.0; x.data.len()];
        let mut factors = vec![0.0; x.data.len() / d];
        let pieces = out.par_chunks_mut(ROWS * d).zip(factors.par_chunks_mut(ROWS)).zip(x.data.par_chunks(ROWS * d));
        pieces.for_each(|((out, factors), x)| wide!(forward_rows(out, factors, x, gain.data, d)));
        if let Some(kept) = keep {
            kept.push(factors);
        }
        (out, x.shape.clone())
    }

    fn backward(&self, inputs: &[Floats<'_>], kept: &Kept, grad: &[f32], _: &[bool]) -> Vec<Option<Vec<f32>>> {
        let [x, gain] = inputs else { unreachable!("two inputs") };
        let (d, factors) = (gain.width(), &kept[0]);
        let mut x_grad = vec![0.0; x.data.len()];
        let pieces = x_grad.par_chunks_mut(ROWS * d).zip(grad.par_chunks(ROWS * d));
        let pieces = pieces.zip(x.data.par_chunks(ROWS * d)).zip(factors.par_chunks(ROWS));
        let gain_grads: Vec<Vec<f32>> = pieces
            .map(|(((x_grad, grad), x), factors)| {
                let mut gain_grad = vec![0.0; d];
                wide!(backward_rows(x_grad, &mut gain_grad, grad, x, factors, gain.data));
                gain_grad
            })
            .collect();
        vec![Some(x_grad), Some(add_all(d, &gain_grads))]
    }
}

#[inline(always)]
fn forward_rows(out: &mut [f32], factors: &mut [f32], x: &[f32], gain: &[f32], d: usize) {
    for ((out, x), factor) in out.chunks_exact_mut(d).zip(x.chunks_exact(d)).zip(factors) {
        *factor = 1.0 / (dot(x, x) / d as f32 + EPSILON).sqrt();
        for ((out, x), gain) in out.iter_mut().zip(x).zip(gain) {
            *out = x * *factor * gain;
        }
    }
}

/// With f the factor of a row: dx = f · (g·gain − x · f² · mean(g·gain·x)), dgain = Σ rows g·x·f.
#[inline(always)]
fn backward_rows(x_grad: &mut [f32], gain_grad: &mut [f32], grad: &[f32], x: &[f32], factors: &[f32], gain: &[f32]) {
    let d = gain.len();
    let rows = x_grad.chunks_exact_mut(d).zip(grad.chunks_exact(d)).zip(x.chunks_exact(d)).zip(factors);
    for (((x_grad, grad), x), f) in rows {
        for (i, (x_grad, gain_grad)) in x_grad.iter_mut().zip(gain_grad.iter_mut()).enumerate() {
            *x_grad = grad[i] * gain[i];
            *gain_grad += grad[i] * x[i] * f;
        }
        let pull = dot(x_grad, x) * f * f * f / d as f32;
        for (x_grad, x) in x_grad.iter_mut().zip(x) {
            *x_grad = *x_grad * f - x * pull;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::same;
    use super::*;

    #[test]
    fn the_norm_is_what_it_is_composed_of() {
        for rows in [1, 3, 131] {
            same(
                &[&[rows, 2, 21], &[21]],
                |x| norm(x[0].clone().reshape([rows, 2, 21]), x[1].clone()),
                |x| composed(x[0].clone().reshape([rows, 2, 21]), x[1].clone()),
            );
        }
    }
}

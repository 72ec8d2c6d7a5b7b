//! −log softmax(logits)[value] · weight: the loss of one field of each event, whose gradient is
//! (softmax − one-hot) · weight.

use super::fused::{Floats, Fused, Kept, apply, on_flex};
use super::lanes::{ROWS, exp, largest, sum, wide};
use burn::tensor::{Int, Tensor, TensorData, activation};
use rayon::prelude::*;
use std::sync::Arc;

/// [batch, len, size] with values and weights [batch · len] → [batch, len]. A value past the last is
/// taken for the last.
pub fn weighted_nll(logits: Tensor<3>, values: Arc<[i32]>, weights: Arc<[f32]>) -> Tensor<2> {
    if on_flex(&logits) {
        apply(vec![logits.into_dispatch()], WeightedNll { values, weights })
    } else {
        composed(logits, &values, &weights)
    }
}

fn composed(logits: Tensor<3>, values: &[i32], weights: &[f32]) -> Tensor<2> {
    let ([batch, len, _], device) = (logits.dims(), logits.device());
    let values = Tensor::<3, Int>::from_data(TensorData::new(values.to_vec(), [batch, len, 1]), &device);
    let weights = Tensor::<2>::from_data(TensorData::new(weights.to_vec(), [batch, len]), &device);
    activation::log_softmax(logits, 2).gather(2, values).squeeze_dim::<2>(2).neg() * weights
}

#[derive(Debug)]
struct WeightedNll {
    values: Arc<[i32]>,
    weights: Arc<[f32]>,
}

impl Fused for WeightedNll {
    fn forward(&self, inputs: &[Floats<'_>], keep: Option<&mut Kept>) -> (Vec<f32>, Vec<usize>) {
        let (logits, size) = (&inputs[0], inputs[0].width());
        let rows = logits.data.len() / size;
        let mut totals = vec![0.0; rows]; // ln Σ exp
        totals.par_chunks_mut(ROWS).zip(logits.data.par_chunks(ROWS * size)).for_each(|(totals, logits)| {
            wide!(ln_sums_exp(totals, logits, size));
        });
        let own = |i: usize| logits.data[i * size + self.value(i, size)];
        let out = (0..rows).map(|i| (totals[i] - own(i)) * self.weights[i]).collect();
        if let Some(kept) = keep {
            kept.push(totals);
        }
        (out, logits.shape[..2].to_vec())
    }

    fn backward(&self, inputs: &[Floats<'_>], kept: &Kept, grad: &[f32], _: &[bool]) -> Vec<Option<Vec<f32>>> {
        let (logits, size) = (&inputs[0], inputs[0].width());
        let mut out = vec![0.0; logits.data.len()];
        out.par_chunks_mut(ROWS * size).enumerate().for_each(|(piece, out)| {
            for (i, out) in out.chunks_exact_mut(size).enumerate() {
                let i = piece * ROWS + i;
                let weight = grad[i] * self.weights[i];
                if weight != 0.0 {
                    let row = &logits.data[i * size..(i + 1) * size];
                    wide!(probabilities(out, row, kept[0][i], weight));
                    out[self.value(i, size)] -= weight;
                }
            }
        });
        vec![Some(out)]
    }
}

impl WeightedNll {
    fn value(&self, i: usize, size: usize) -> usize {
        (self.values[i].max(0) as usize).min(size - 1)
    }
}

#[inline(always)]
fn ln_sums_exp(totals: &mut [f32], logits: &[f32], size: usize) {
    for (total, row) in totals.iter_mut().zip(logits.chunks_exact(size)) {
        *total = ln_sum_exp(row);
    }
}

#[inline(always)]
fn ln_sum_exp(row: &[f32]) -> f32 {
    let top = largest(row);
    let mut total = 0.0;
    let mut buffer = [0.0; 64];
    for piece in row.chunks(64) {
        let buffer = &mut buffer[..piece.len()];
        buffer.iter_mut().zip(piece).for_each(|(b, x)| *b = exp(x - top));
        total += sum(buffer);
    }
    top + total.ln()
}

#[inline(always)]
fn probabilities(out: &mut [f32], row: &[f32], total: f32, weight: f32) {
    out.iter_mut().zip(row).for_each(|(out, x)| *out = exp(x - total) * weight);
}

#[cfg(test)]
mod tests {
    use super::super::check::same;
    use super::*;

    #[test]
    fn it_is_what_it_is_composed_of() {
        for (batch, len, size) in [(1, 1, 1), (2, 3, 5), (3, 67, 131)] {
            let n = batch * len;
            let values: Arc<[i32]> = (0..n).map(|i| (i * 7 % size) as i32).collect();
            let weights: Arc<[f32]> = (0..n).map(|i| if i % 3 == 1 { 0.0 } else { 1.0 }).collect();
            let logits = |x: &[Tensor<1>]| x[0].clone().reshape([batch, len, size]) * 3.0;
            same(
                &[&[batch, len, size]],
                |x| weighted_nll(logits(x), Arc::clone(&values), Arc::clone(&weights)),
                |x| composed(logits(x), &values, &weights),
            );
        }
    }
}

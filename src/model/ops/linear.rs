//! x·W + b, with products that write straight into the result.

use super::fused::{Floats, Fused, Kept, apply, on_flex};
use super::lanes::{ROWS, add_all, wide};
use super::product::{Matrix, new_product};
use burn::tensor::Tensor;
use burn::tensor::module;
use rayon::prelude::*;

/// [.., d_input] → [.., d_output]; `weight`: [d_input, d_output], `bias`: [d_output].
pub fn linear<const D: usize>(x: Tensor<D>, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Tensor<D> {
    if !on_flex(&x) {
        return module::linear(x, weight, bias);
    }
    let inputs = [x.into_dispatch(), weight.into_dispatch()].into_iter().chain(bias.map(Tensor::into_dispatch));
    apply(inputs.collect(), Linear)
}

#[derive(Debug)]
struct Linear;

impl Fused for Linear {
    fn forward(&self, inputs: &[Floats<'_>], _: Option<&mut Kept>) -> (Vec<f32>, Vec<usize>) {
        let (x, weight, d_output) = matrices(inputs);
        let mut out = new_product(x, weight);
        if let Some(bias) = inputs.get(2) {
            out.par_chunks_mut(ROWS * d_output).for_each(|rows| wide!(add_to_rows(rows, bias.data)));
        }
        let mut shape = inputs[0].shape.clone();
        shape.pop();
        shape.push(d_output);
        (out, shape)
    }

    fn backward(&self, inputs: &[Floats<'_>], _: &Kept, grad: &[f32], wanted: &[bool]) -> Vec<Option<Vec<f32>>> {
        let (x, weight, d_output) = matrices(inputs);
        let grads = Matrix::new(grad, x.rows, d_output, d_output);
        let x_grad = wanted[0].then(|| new_product(grads, weight.transposed()));
        let weight_grad = wanted[1].then(|| new_product(x.transposed(), grads));
        let bias_grad = || {
            let pieces: Vec<_> = grad.par_chunks(ROWS * d_output).map(|rows| wide!(row_sum(rows, d_output))).collect();
            add_all(d_output, &pieces)
        };
        let bias_grad = inputs.get(2).map(|_| wanted[2].then(bias_grad));
        [x_grad, weight_grad].into_iter().chain(bias_grad).collect()
    }
}

/// x, the weight, and the width of the result.
fn matrices<'a>(inputs: &[Floats<'a>]) -> (Matrix<'a>, Matrix<'a>, usize) {
    let (d_input, d_output) = (inputs[0].width(), inputs[1].width());
    let x = Matrix::new(inputs[0].data, inputs[0].data.len() / d_input, d_input, d_input);
    (x, Matrix::new(inputs[1].data, d_input, d_output, d_output), d_output)
}

#[inline(always)]
fn add_to_rows(rows: &mut [f32], bias: &[f32]) {
    for row in rows.chunks_exact_mut(bias.len()) {
        for (x, bias) in row.iter_mut().zip(bias) {
            *x += bias;
        }
    }
}

#[inline(always)]
fn row_sum(rows: &[f32], width: usize) -> Vec<f32> {
    let mut sums = vec![0.0; width];
    for row in rows.chunks_exact(width) {
        for (sum, x) in sums.iter_mut().zip(row) {
            *sum += x;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::check::same;
    use super::*;

    #[test]
    fn it_is_what_burn_computes() {
        for (rows, d_input, d_output) in [(1, 1, 1), (3, 5, 7), (131, 37, 19), (300, 64, 48)] {
            let x = |x: &[Tensor<1>]| x[0].clone().reshape([1, rows, d_input]);
            let weight = |x: &[Tensor<1>]| x[1].clone().reshape([d_input, d_output]);
            let shapes: [&[usize]; 3] = [&[rows, d_input], &[d_input, d_output], &[d_output]];
            same(&shapes[..2], |i| linear(x(i), weight(i), None), |i| module::linear(x(i), weight(i), None));
            same(
                &shapes,
                |i| linear(x(i), weight(i), Some(i[2].clone())),
                |i| module::linear(x(i), weight(i), Some(i[2].clone())),
            );
        }
    }
}

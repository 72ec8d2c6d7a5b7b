//! x ↦ z·Φ(z) with z = x + bias (Hendrycks & Gimpel, arXiv 1606.08415), Φ the exact normal
//! distribution, by formula 7.1.26 of Abramowitz & Stegun: within 2·10⁻⁷.

use super::fused::{Floats, Fused, Kept, apply, on_flex};
use super::lanes::{ROWS, add_all, exp, wide};
use burn::tensor::{Tensor, activation};
use rayon::prelude::*;

/// gelu(x + bias); x: [.., d], `bias`: [d].
pub fn bias_gelu<const D: usize>(x: Tensor<D>, bias: Tensor<1>) -> Tensor<D> {
    if on_flex(&x) { apply(vec![x.into_dispatch(), bias.into_dispatch()], BiasGelu) } else { composed(x, bias) }
}

fn composed<const D: usize>(x: Tensor<D>, bias: Tensor<1>) -> Tensor<D> {
    activation::gelu(x + bias.unsqueeze())
}

/// gelu of each number, in place.
pub fn gelu_all(x: &mut [f32]) {
    wide!(x.iter_mut().for_each(|x| *x *= normal(*x).0));
}

#[derive(Debug)]
struct BiasGelu;

impl Fused for BiasGelu {
    fn forward(&self, inputs: &[Floats<'_>], _: Option<&mut Kept>) -> (Vec<f32>, Vec<usize>) {
        let [x, bias] = inputs else { unreachable!("two inputs") };
        let piece = ROWS * bias.width();
        let mut out = vec![0.0; x.data.len()];
        out.par_chunks_mut(piece).zip(x.data.par_chunks(piece)).for_each(|(out, x)| {
            wide!(forward_rows(out, x, bias.data));
        });
        (out, x.shape.clone())
    }

    fn backward(&self, inputs: &[Floats<'_>], _: &Kept, grad: &[f32], _: &[bool]) -> Vec<Option<Vec<f32>>> {
        let [x, bias] = inputs else { unreachable!("two inputs") };
        let piece = ROWS * bias.width();
        let mut x_grad = vec![0.0; x.data.len()];
        let pieces = x_grad.par_chunks_mut(piece).zip(x.data.par_chunks(piece)).zip(grad.par_chunks(piece));
        let sums: Vec<Vec<f32>> = pieces
            .map(|((x_grad, x), grad)| {
                let mut sums = vec![0.0; bias.width()];
                wide!(backward_rows(x_grad, &mut sums, x, grad, bias.data));
                sums
            })
            .collect();
        vec![Some(x_grad), Some(add_all(bias.width(), &sums))]
    }
}

#[inline(always)]
fn forward_rows(out: &mut [f32], x: &[f32], bias: &[f32]) {
    let d = bias.len();
    for (out, x) in out.chunks_exact_mut(d).zip(x.chunks_exact(d)) {
        for ((out, x), bias) in out.iter_mut().zip(x).zip(bias) {
            let z = x + bias;
            *out = z * normal(z).0;
        }
    }
}

#[inline(always)]
fn backward_rows(x_grad: &mut [f32], sums: &mut [f32], x: &[f32], grad: &[f32], bias: &[f32]) {
    let d = bias.len();
    for ((x_grad, x), grad) in x_grad.chunks_exact_mut(d).zip(x.chunks_exact(d)).zip(grad.chunks_exact(d)) {
        for ((((x_grad, sum), x), grad), bias) in x_grad.iter_mut().zip(sums.iter_mut()).zip(x).zip(grad).zip(bias) {
            let z = x + bias;
            let (below, density) = normal(z);
            *x_grad = grad * (below + z * density);
            *sum += *x_grad;
        }
    }
}

/// Φ(z) and φ(z): 1 − Φ(|z|) = ½ (a₁t + … + a₅t⁵) e^(−z²/2), t = 1 / (1 + p|z|/√2).
#[inline(always)]
fn normal(z: f32) -> (f32, f32) {
    let bell = exp(-0.5 * z * z);
    let t = 1.0 / (1.0 + 0.327_591_1 * std::f32::consts::FRAC_1_SQRT_2 * z.abs());
    let tail = 1.061_405_4;
    let tail = tail * t - 1.453_152;
    let tail = tail * t + 1.421_413_7;
    let tail = tail * t - 0.284_496_74;
    let tail = tail * t + 0.254_829_6;
    let tail = 0.5 * tail * t * bell;
    let below = if z > 0.0 { 1.0 - tail } else { tail };
    (below, bell * 0.398_942_3)
}

#[cfg(test)]
mod tests {
    use super::super::check::same;
    use super::*;

    #[test]
    fn it_is_what_it_is_composed_of() {
        for rows in [1, 3, 131] {
            let x = |x: &[Tensor<1>]| x[0].clone().reshape([rows, 37]) * 2.5;
            same(&[&[rows, 37], &[37]], |i| bias_gelu(x(i), i[1].clone()), |i| composed(x(i), i[1].clone()));
        }
    }

    #[test]
    fn the_normal_distribution_is_exact_to_a_ten_thousandth_of_a_percent() {
        let n = 16_001;
        let x: Vec<f32> = (0..n).map(|i| (i - 8000) as f32 / 1000.0).collect();
        let exact = activation::gelu(Tensor::<1>::from_floats(x.as_slice(), &burn::tensor::Device::flex()));
        let exact: Vec<f32> = exact.into_data().try_to_vec().expect("f32");
        for (x, exact) in x.into_iter().zip(exact) {
            assert!((x * normal(x).0 - exact).abs() < 2e-6, "{x}");
        }
    }
}

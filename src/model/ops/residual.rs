//! Adding what a block found: x + drop(y + bias), in one pass.
//!
//! Dropout (Srivastava et al. 2014) is told by bytes: one under the threshold is a dropped value.

use super::fused::{Floats, Fused, Kept, apply, on_flex};
use super::lanes::{ROWS, add_all, wide};
use burn::tensor::{Tensor, TensorData};
use rayon::prelude::*;

/// What is dropped of a tensor: its values where the byte is under `threshold`; the others grow.
#[derive(Clone, Debug)]
pub struct Mask {
    /// One a value; none at all where nothing is dropped.
    pub bytes: Vec<u8>,
    pub threshold: u8,
}

impl Mask {
    /// 256 / (256 − threshold), so that the mean stays.
    fn growth(&self) -> f32 {
        256.0 / (256.0 - f32::from(self.threshold))
    }

    /// 0 where dropped, else the growth.
    fn factors(&self) -> Vec<f32> {
        let growth = self.growth();
        self.bytes.iter().map(|b| if *b < self.threshold { 0.0 } else { growth }).collect()
    }
}

/// x + drop(y + bias); x and y: [.., d], `bias`: [d].
pub fn residual<const D: usize>(x: Tensor<D>, y: Tensor<D>, bias: Option<Tensor<1>>, mask: Mask) -> Tensor<D> {
    if !on_flex(&x) {
        return composed(x, y, bias, &mask);
    }
    let inputs = [x.into_dispatch(), y.into_dispatch()].into_iter().chain(bias.map(Tensor::into_dispatch)).collect();
    apply(inputs, Residual { mask })
}

/// drop(y), one byte a value.
pub fn dropped<const D: usize>(y: Tensor<D>, mask: Mask) -> Tensor<D> {
    if on_flex(&y) { apply(vec![y.into_dispatch()], Dropped { mask }) } else { multiplied(y, &mask) }
}

fn composed<const D: usize>(x: Tensor<D>, y: Tensor<D>, bias: Option<Tensor<1>>, mask: &Mask) -> Tensor<D> {
    let y = match bias {
        Some(bias) => y + bias.unsqueeze(),
        None => y,
    };
    x + multiplied(y, mask)
}

fn multiplied<const D: usize>(y: Tensor<D>, mask: &Mask) -> Tensor<D> {
    if mask.bytes.is_empty() {
        return y;
    }
    let factors = TensorData::new(mask.factors(), y.shape());
    let factors = Tensor::from_data(factors, &y.device());
    y * factors
}

#[derive(Debug)]
struct Residual {
    mask: Mask,
}

impl Fused for Residual {
    fn forward(&self, inputs: &[Floats<'_>], _: Option<&mut Kept>) -> (Vec<f32>, Vec<usize>) {
        let (x, y, d) = (&inputs[0], &inputs[1], inputs[1].width());
        let zeros = vec![0.0; if inputs.len() > 2 { 0 } else { d }];
        let bias = inputs.get(2).map_or(zeros.as_slice(), |b| b.data);
        let mut out = vec![0.0; x.data.len()];
        let pieces = out.par_chunks_mut(ROWS * d).enumerate();
        pieces.zip(x.data.par_chunks(ROWS * d)).zip(y.data.par_chunks(ROWS * d)).for_each(|(((i, out), x), y)| {
            let mask = piece(&self.mask, i, out.len(), d);
            wide!(forward_rows(out, x, y, bias, mask, &self.mask));
        });
        (out, x.shape.clone())
    }

    fn passes(&self) -> Option<usize> {
        Some(0)
    }

    fn backward(&self, inputs: &[Floats<'_>], _: &Kept, grad: &[f32], _: &[bool]) -> Vec<Option<Vec<f32>>> {
        let d = inputs[1].width();
        let (y_grad, sums) = masked(&self.mask, grad, d, inputs.len() > 2);
        [None, Some(y_grad)].into_iter().chain((inputs.len() > 2).then_some(Some(sums))).collect()
    }
}

#[derive(Debug)]
struct Dropped {
    mask: Mask,
}

impl Fused for Dropped {
    fn forward(&self, inputs: &[Floats<'_>], _: Option<&mut Kept>) -> (Vec<f32>, Vec<usize>) {
        (masked(&self.mask, inputs[0].data, inputs[0].width(), false).0, inputs[0].shape.clone())
    }

    fn backward(&self, inputs: &[Floats<'_>], _: &Kept, grad: &[f32], _: &[bool]) -> Vec<Option<Vec<f32>>> {
        vec![Some(masked(&self.mask, grad, inputs[0].width(), false).0)]
    }
}

/// drop(x), and its column sums where they are wanted.
fn masked(mask: &Mask, x: &[f32], d: usize, sum: bool) -> (Vec<f32>, Vec<f32>) {
    let mut out = vec![0.0; x.len()];
    let pieces = out.par_chunks_mut(ROWS * d).enumerate().zip(x.par_chunks(ROWS * d));
    let sums: Vec<Vec<f32>> = pieces
        .map(|((i, out), x)| {
            let mut sums = vec![0.0; if sum { d } else { 0 }];
            let bytes = piece(mask, i, out.len(), d);
            wide!(masked_rows(out, x, bytes, mask));
            wide!(add_rows(&mut sums, out));
            sums
        })
        .collect();
    (out, add_all(if sum { d } else { 0 }, &sums))
}

/// The bytes of the i-th piece; none where nothing is dropped.
fn piece(mask: &Mask, i: usize, len: usize, d: usize) -> &[u8] {
    let begin = i * ROWS * d;
    if mask.bytes.is_empty() { &[] } else { &mask.bytes[begin..begin + len] }
}

#[inline(always)]
fn add_rows(sums: &mut [f32], x: &[f32]) {
    for row in x.chunks_exact(sums.len().max(1)) {
        for (sum, x) in sums.iter_mut().zip(row) {
            *sum += x;
        }
    }
}

#[inline(always)]
fn masked_rows(out: &mut [f32], x: &[f32], bytes: &[u8], mask: &Mask) {
    if bytes.is_empty() {
        return out.copy_from_slice(x);
    }
    let (growth, threshold) = (mask.growth(), mask.threshold);
    for ((out, x), byte) in out.iter_mut().zip(x).zip(bytes) {
        *out = x * if *byte < threshold { 0.0 } else { growth };
    }
}

#[inline(always)]
fn forward_rows(out: &mut [f32], x: &[f32], y: &[f32], bias: &[f32], bytes: &[u8], mask: &Mask) {
    let (d, growth, threshold) = (bias.len(), mask.growth(), mask.threshold);
    for (i, ((out, x), y)) in out.chunks_exact_mut(d).zip(x.chunks_exact(d)).zip(y.chunks_exact(d)).enumerate() {
        let row = out.iter_mut().zip(x).zip(y).zip(bias);
        if bytes.is_empty() {
            row.for_each(|(((out, x), y), bias)| *out = x + (y + bias));
        } else {
            for ((((out, x), y), bias), byte) in row.zip(&bytes[i * d..(i + 1) * d]) {
                *out = x + (y + bias) * if *byte < threshold { 0.0 } else { growth };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::same;
    use super::*;

    #[test]
    fn it_is_what_it_is_composed_of() {
        for (rows, threshold) in [(1, 64), (131, 38), (70, 0)] {
            let d = 21;
            let bytes = (0..if threshold > 0 { rows * d } else { 0 }).map(|i| (i * 97 % 256) as u8).collect();
            let mask = Mask { bytes, threshold };
            let r = |x: &Tensor<1>| x.clone().reshape([rows, d]);
            let shapes: [&[usize]; 3] = [&[rows, d], &[rows, d], &[d]];
            same(
                &shapes,
                |i| residual(r(&i[0]), r(&i[1]), Some(i[2].clone()), mask.clone()),
                |i| composed(r(&i[0]), r(&i[1]), Some(i[2].clone()), &mask),
            );
            same(
                &shapes[..2],
                |i| residual(r(&i[0]), r(&i[1]), None, mask.clone()),
                |i| composed(r(&i[0]), r(&i[1]), None, &mask),
            );
            same(&shapes[..1], |i| dropped(r(&i[0]), mask.clone()), |i| multiplied(r(&i[0]), &mask));
        }
    }
}

//! A layer of gated recurrent units (Cho et al., arXiv 1406.1078, with the reset after the product, as
//! cuDNN has it) over whole rows: composed of burn's operations, and fused as [`super::recur`] is.

use super::fused::{Floats, Fused, Kept, apply, on_flex};
use super::lanes::{sigmoid, tanh, wide};
use super::product::{Matrix, product};
use super::recur::{GROUP, transposed, weight_gradient};
use burn::tensor::{Tensor, TensorData, activation};
use rayon::prelude::*;
use std::sync::Arc;

/// The hidden states of all positions, [batch, len, d]. `below`: what comes from below, bias included,
/// [batch, len, 3 d], gates in the order reset, update, candidate; `weight`: [d, 3 d]. Where `begins`,
/// [batch · len], names the position itself, the state before it is forgotten.
pub fn gru(below: Tensor<3>, weight: Tensor<2>, begins: Arc<[u32]>) -> Tensor<3> {
    if on_flex(&below) {
        apply(vec![below.into_dispatch(), weight.into_dispatch()], Gru { begins })
    } else {
        composed(below, weight, &begins)
    }
}

/// One step: below and bias, [batch, 3 d], and the state before, [batch, d].
pub fn gru_step(below: Tensor<2>, weight: Tensor<2>, hidden: Tensor<2>) -> Tensor<2> {
    let through = hidden.clone().matmul(weight); // [batch, 3 d]
    let (mut below, mut through) = (below.chunk(3, 1).into_iter(), through.chunk(3, 1).into_iter());
    let mut gate = || (below.next().expect("three chunks"), through.next().expect("three chunks"));
    let (reset, update, candidate) = (gate(), gate(), gate());
    let reset = activation::sigmoid(reset.0 + reset.1);
    let update = activation::sigmoid(update.0 + update.1);
    let candidate = (candidate.0 + reset * candidate.1).tanh();
    candidate.clone() + update * (hidden - candidate)
}

fn composed(below: Tensor<3>, weight: Tensor<2>, begins: &[u32]) -> Tensor<3> {
    let ([batch, len, _], d, device) = (below.dims(), weight.dims()[0], below.device());
    let keep: Vec<f32> =
        begins.iter().enumerate().map(|(i, b)| if *b as usize == i % len { 0.0 } else { 1.0 }).collect();
    let keep = Tensor::<3>::from_data(TensorData::new(keep, [batch, len, 1]), &device);
    let mut state = Tensor::zeros([batch, d], &device);
    let mut hidden = Vec::with_capacity(len);
    for (below, keep) in below.split(1, 1).into_iter().zip(keep.split(1, 1)) {
        state = gru_step(below.squeeze_dim(1), weight.clone(), state * keep.squeeze_dim::<2>(1));
        hidden.push(state.clone());
    }
    Tensor::stack(hidden, 1)
}

#[derive(Debug)]
struct Gru {
    begins: Arc<[u32]>,
}

impl Fused for Gru {
    fn forward(&self, inputs: &[Floats<'_>], keep: Option<&mut Kept>) -> (Vec<f32>, Vec<usize>) {
        let [below, weight] = inputs else { unreachable!("two inputs") };
        let (d, len) = (weight.width() / 3, below.shape[1].max(1));
        let n = below.data.len() / 3;
        let mut gates = below.data.to_vec(); // [batch, len, 3 d], activated as time goes on
        let [mut through, mut before, mut out] = [(); 3].map(|()| vec![0.0; n]); // [batch, len, d]
        let chunk = GROUP * len * d;
        let pieces = gates.par_chunks_mut(3 * chunk).zip(through.par_chunks_mut(chunk));
        let pieces = pieces.zip(before.par_chunks_mut(chunk)).zip(out.par_chunks_mut(chunk)).enumerate();
        pieces.for_each(|(i, (((gates, through), before), out))| {
            self.group(i, out.len(), len, d).forward(gates, through, before, out, weight.data);
        });
        if let Some(kept) = keep {
            kept.extend([gates, through, before]);
        }
        (out, vec![below.shape[0], below.shape[1], d])
    }

    fn backward(&self, inputs: &[Floats<'_>], kept: &Kept, grad: &[f32], _: &[bool]) -> Vec<Option<Vec<f32>>> {
        let ([below, weight], [gates, through, before]) = (inputs, &kept[..]) else { unreachable!("as kept") };
        let (d, len) = (weight.width() / 3, below.shape[1].max(1));
        let back = transposed(weight.data, d, 3 * d); // [3 d, d]
        let mut out = gates.clone(); // from the gates to the gradients of what came from below
        let mut inner = vec![0.0; out.len()]; // and of what came from before
        let chunk = GROUP * len * d;
        let pieces = out.par_chunks_mut(3 * chunk).zip(inner.par_chunks_mut(3 * chunk)).zip(through.par_chunks(chunk));
        let pieces = pieces.zip(before.par_chunks(chunk)).zip(grad.par_chunks(chunk)).enumerate();
        pieces.for_each(|(i, ((((out, inner), through), before), grad))| {
            self.group(i, grad.len(), len, d).backward([out, inner], through, before, grad, &back);
        });
        let weight_grad = weight_gradient(before, &inner, d, 3 * d);
        vec![Some(out), Some(weight_grad)]
    }
}

impl Gru {
    fn group(&self, i: usize, elements: usize, len: usize, d: usize) -> Group<'_> {
        let rows = elements / (len * d).max(1);
        Group { rows, len, d, begins: &self.begins[i * GROUP * len..][..rows * len] }
    }
}

/// A group of rows that go through time together.
struct Group<'a> {
    rows: usize,
    len: usize,
    d: usize,
    begins: &'a [u32],
}

impl Group<'_> {
    fn begins(&self, row: usize, t: usize) -> bool {
        t == 0 || self.begins[row * self.len + t] as usize == t
    }

    /// `gates` holds what comes from below and gets the activated gates; `through` gets the candidate's
    /// share of the product before its reset, `before` the hidden state that each position saw.
    fn forward(&self, gates: &mut [f32], through: &mut [f32], before: &mut [f32], out: &mut [f32], weight: &[f32]) {
        let &Self { rows, len, d, .. } = self;
        let weight = Matrix::new(weight, d, 3 * d, 3 * d);
        let mut inner = vec![0.0; rows * 3 * d];
        for t in 0..len {
            for row in (0..rows).filter(|row| !self.begins(*row, t)) {
                let at = (row * len + t) * d;
                before[at..at + d].copy_from_slice(&out[at - d..at]);
            }
            if t > 0 {
                product(&mut inner, 3 * d, Matrix::new(&before[t * d..], rows, d, len * d), weight, false);
            }
            for row in 0..rows {
                let at = (row * len + t) * d;
                let inner = &inner[row * 3 * d..(row + 1) * 3 * d];
                through[at..at + d].copy_from_slice(&inner[2 * d..]);
                wide!(step(&mut gates[3 * at..3 * (at + d)], inner, &before[at..at + d], &mut out[at..at + d]));
            }
        }
    }

    /// The first of `grads` holds the activated gates and gets the gradients of what came from below,
    /// the second gets those of what came from before.
    fn backward(&self, grads: [&mut [f32]; 2], through: &[f32], before: &[f32], grad: &[f32], back: &[f32]) {
        let &Self { rows, len, d, .. } = self;
        let [gates, inner] = grads;
        let back = Matrix::new(back, 3 * d, d, d);
        let mut hidden_grad = vec![0.0; rows * d];
        let mut through_time = vec![0.0; rows * d];
        for t in (0..len).rev() {
            for row in 0..rows {
                let (at, own) = ((row * len + t) * d, row * d..(row + 1) * d);
                let (gates, inner) = (&mut gates[3 * at..3 * (at + d)], &mut inner[3 * at..3 * (at + d)]);
                let hidden_grad = &mut hidden_grad[own];
                hidden_grad.iter_mut().zip(&grad[at..at + d]).for_each(|(h, g)| *h += g);
                wide!(step_back(gates, inner, &through[at..at + d], &before[at..at + d], hidden_grad));
            }
            if t > 0 {
                product(&mut through_time, d, Matrix::new(&inner[t * 3 * d..], rows, 3 * d, len * 3 * d), back, false);
                hidden_grad.iter_mut().zip(&through_time).for_each(|(h, g)| *h += g);
            }
            for row in (0..rows).filter(|row| self.begins(*row, t)) {
                hidden_grad[row * d..(row + 1) * d].fill(0.0);
            }
        }
    }
}

/// r = σ(b + a), z = σ(b + a), n = tanh(b + r·a); h = n + z·(h′ − n), with b from below and a from before.
#[inline(always)]
fn step(gates: &mut [f32], inner: &[f32], old: &[f32], hidden: &mut [f32]) {
    let d = hidden.len();
    let (reset, rest) = gates.split_at_mut(d);
    let (update, candidate) = rest.split_at_mut(d);
    let (inner_reset, rest) = inner.split_at(d);
    let (inner_update, inner_candidate) = rest.split_at(d);
    for (x, a) in reset.iter_mut().zip(inner_reset) {
        *x = sigmoid(*x + a);
    }
    for (x, a) in update.iter_mut().zip(inner_update) {
        *x = sigmoid(*x + a);
    }
    for ((x, r), a) in candidate.iter_mut().zip(&*reset).zip(inner_candidate) {
        *x = tanh(*x + r * a);
    }
    for (((hidden, n), z), old) in hidden.iter_mut().zip(&*candidate).zip(&*update).zip(old) {
        *hidden = n + z * (old - n);
    }
}

/// The gradient of [`step`]: `gates` and `inner` become those of their arguments, `hidden_grad` the part
/// of the old state's that does not go through the product.
#[inline(always)]
fn step_back(gates: &mut [f32], inner: &mut [f32], through: &[f32], old: &[f32], hidden_grad: &mut [f32]) {
    let d = old.len();
    let (reset, rest) = gates.split_at_mut(d);
    let (update, candidate) = rest.split_at_mut(d);
    let (inner_reset, rest) = inner.split_at_mut(d);
    let (inner_update, inner_candidate) = rest.split_at_mut(d);
    let gates = reset.iter_mut().zip(update).zip(candidate);
    let inner = inner_reset.iter_mut().zip(inner_update).zip(inner_candidate);
    let states = through.iter().zip(old).zip(hidden_grad);
    for ((((r, z), n), ((inner_r, inner_z), inner_n)), ((a, old), h)) in gates.zip(inner).zip(states) {
        let candidate_grad = *h * (1.0 - *z) * (1.0 - *n * *n);
        *inner_z = *h * (old - *n) * *z * (1.0 - *z);
        *h *= *z;
        *inner_n = candidate_grad * *r;
        *inner_r = candidate_grad * a * *r * (1.0 - *r);
        (*r, *z, *n) = (*inner_r, *inner_z, candidate_grad);
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::same;
    use super::*;

    #[test]
    fn it_is_what_it_is_composed_of() {
        for (batch, len, d, every) in [(1, 1, 3, 1), (2, 7, 5, 3), (19, 12, 21, 5), (3, 9, 70, 100)] {
            let begins: Arc<[u32]> = (0..batch * len).map(|i| ((i % len) / every * every) as u32).collect();
            let below = |x: &[Tensor<1>]| x[0].clone().reshape([batch, len, 3 * d]);
            let weight = |x: &[Tensor<1>]| x[1].clone().reshape([d, 3 * d]) * (1.0 / (d as f64).sqrt());
            same(
                &[&[batch, len, 3 * d], &[d, 3 * d]],
                |x| gru(below(x), weight(x), Arc::clone(&begins)),
                |x| composed(below(x), weight(x), &begins),
            );
        }
    }
}

//! A layer of long short-term memory (Hochreiter & Schmidhuber 1997, with forget gates) over whole
//! rows: what it is, and how it is composed of burn's operations. The fused form is in
//! [`super::recur`].

use super::fused::{apply, on_flex};
use super::recur::Recur;
use burn::tensor::{Tensor, TensorData, activation};
use std::sync::Arc;

/// Hidden state and cell, [batch, d] each.
pub type LstmState = (Tensor<2>, Tensor<2>);

/// The hidden states of all positions, [batch, len, d]. `below`: what comes from below, bias included,
/// [batch, len, 4 d], gates in the order input, forget, candidate, output; `weight`: [d, 4 d]. Where
/// `begins`, [batch · len], names the position itself, the state before it is forgotten.
pub fn lstm(below: Tensor<3>, weight: Tensor<2>, begins: Arc<[u32]>) -> Tensor<3> {
    if on_flex(&below) {
        apply(vec![below.into_dispatch(), weight.into_dispatch()], Recur { begins })
    } else {
        composed(below, weight, &begins)
    }
}

/// One step: below and bias, [batch, 4 d], and the state before.
pub fn lstm_step(below: Tensor<2>, weight: Tensor<2>, (hidden, cell): LstmState) -> LstmState {
    let gates = below + hidden.matmul(weight); // [batch, 4 d]
    let mut gates = gates.chunk(4, 1).into_iter();
    let mut gate = || gates.next().expect("four chunks");
    let (input, forget, candidate, output) = (gate(), gate(), gate(), gate());
    let cell = activation::sigmoid(forget) * cell + activation::sigmoid(input) * candidate.tanh();
    (activation::sigmoid(output) * cell.clone().tanh(), cell)
}

fn composed(below: Tensor<3>, weight: Tensor<2>, begins: &[u32]) -> Tensor<3> {
    let ([batch, len, _], d, device) = (below.dims(), weight.dims()[0], below.device());
    let keep: Vec<f32> =
        begins.iter().enumerate().map(|(i, b)| if *b as usize == i % len { 0.0 } else { 1.0 }).collect();
    let keep = Tensor::<3>::from_data(TensorData::new(keep, [batch, len, 1]), &device);
    let mut state = (Tensor::zeros([batch, d], &device), Tensor::zeros([batch, d], &device));
    let mut hidden = Vec::with_capacity(len);
    for (below, keep) in below.split(1, 1).into_iter().zip(keep.split(1, 1)) {
        let keep = keep.squeeze_dim::<2>(1); // [batch, 1]
        state = lstm_step(below.squeeze_dim(1), weight.clone(), (state.0 * keep.clone(), state.1 * keep));
        hidden.push(state.0.clone());
    }
    Tensor::stack(hidden, 1)
}

#[cfg(test)]
mod tests {
    use super::super::check::same;
    use super::*;

    #[test]
    fn it_is_what_it_is_composed_of() {
        for (batch, len, d, every) in [(1, 1, 3, 1), (2, 7, 5, 3), (19, 12, 21, 5), (3, 9, 70, 100)] {
            let begins: Arc<[u32]> = (0..batch * len).map(|i| ((i % len) / every * every) as u32).collect();
            let below = |x: &[Tensor<1>]| x[0].clone().reshape([batch, len, 4 * d]);
            let weight = |x: &[Tensor<1>]| x[1].clone().reshape([d, 4 * d]) * (1.0 / (d as f64).sqrt());
            same(
                &[&[batch, len, 4 * d], &[d, 4 * d]],
                |x| lstm(below(x), weight(x), Arc::clone(&begins)),
                |x| composed(below(x), weight(x), &begins),
            );
        }
    }
}

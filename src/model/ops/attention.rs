//! Rotary causal attention within sequences that stand one after another in a row: what it is, and how
//! it is composed of burn's operations. The fused form is in [`super::attend`].

use super::attend::Attend;
use super::fused::{apply, on_flex};
use burn::tensor::{Bool, Tensor, TensorData, activation};
use std::sync::Arc;

/// What each position sees of its row: positions `begins[t]..ends[t]`, its own among them.
#[derive(Clone, Debug)]
pub struct Sees {
    /// [batch · len] each.
    pub begins: Arc<[u32]>,
    pub ends: Arc<[u32]>,
}

/// softmax(R(Q)·R(K)ᵀ/√d_head)·V where each position sees what `sees` says.
///
/// Query, key, value and result: [batch, len, heads · d_head]; R rotates each head's halves (a, b) to
/// (a·cos − b·sin, b·cos + a·sin) (Su et al., arXiv 2104.09864); `cos` and `sin`: [batch, heads, len,
/// d_head].
pub fn attention([query, key, value]: [Tensor<3>; 3], (cos, sin): (Tensor<4>, Tensor<4>), sees: Sees) -> Tensor<3> {
    if !on_flex(&query) {
        return composed([query, key, value], (cos, sin), &sees);
    }
    let inputs = [query, key, value].map(Tensor::into_dispatch).into_iter();
    apply(inputs.chain([cos.into_dispatch(), sin.into_dispatch()]).collect(), Attend { sees })
}

pub(super) fn composed(
    [query, key, value]: [Tensor<3>; 3],
    (cos, sin): (Tensor<4>, Tensor<4>),
    sees: &Sees,
) -> Tensor<3> {
    let [batch, heads, len, d_head] = cos.dims();
    let split = |x: Tensor<3>| split(x, heads);
    let query = rotated(split(query), (cos.clone(), sin.clone()));
    let key = rotated(split(key), (cos, sin));
    let hidden = hidden(sees, len);
    let hidden = Tensor::<4, Bool>::from_data(TensorData::new(hidden, [batch, 1, len, len]), &query.device());
    let scores = (query * (1.0 / (d_head as f64).sqrt())).matmul(key.swap_dims(2, 3)); // [batch, heads, len, len]
    let scores = scores.mask_fill(hidden.expand([batch, heads, len, len]), f32::NEG_INFINITY);
    merge(activation::softmax(scores, 3).matmul(split(value)))
}

/// [batch, len, heads · d_head] → [batch, heads, len, d_head].
pub fn split(x: Tensor<3>, heads: usize) -> Tensor<4> {
    let [batch, len, d] = x.dims();
    x.reshape([batch, len, heads, d / heads]).swap_dims(1, 2)
}

/// [batch, heads, len, d_head] → [batch, len, heads · d_head].
pub fn merge(x: Tensor<4>) -> Tensor<3> {
    let [batch, heads, len, d_head] = x.dims();
    x.swap_dims(1, 2).reshape([batch, len, heads * d_head])
}

/// Rotates the halves of each head. [batch, heads, len, d_head] → the same.
pub fn rotated(x: Tensor<4>, (cos, sin): (Tensor<4>, Tensor<4>)) -> Tensor<4> {
    let turn = half_turn(x.dims()[3], &x.device());
    x.clone() * cos + x.matmul(turn) * sin
}

/// The matrix that turns (a, b) into (−b, a), [1, 1, d_head, d_head]: rotation without slices, whose
/// gradients would be full-size zeros.
fn half_turn(d_head: usize, device: &burn::tensor::Device) -> Tensor<4> {
    let half = d_head / 2;
    let mut m = vec![0.0f32; d_head * d_head];
    for i in 0..half {
        m[(half + i) * d_head + i] = -1.0;
        m[i * d_head + half + i] = 1.0;
    }
    Tensor::from_data(TensorData::new(m, [1, 1, d_head, d_head]), device)
}

/// [batch, 1, len, len]: true where the column may not be seen from the row.
fn hidden(sees: &Sees, len: usize) -> Vec<bool> {
    let mut out = Vec::with_capacity(sees.begins.len() * len);
    for (begin, end) in sees.begins.iter().zip(&*sees.ends) {
        out.extend((0..len).map(|s| s >= *end as usize || s < *begin as usize));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::check::same;
    use super::*;

    #[test]
    fn it_is_what_it_is_composed_of() {
        // Rows of one sequence, of several, of sequences of one event; blocks that end anywhere; and
        // sequences of which the first `given` see each other both ways.
        for (batch, len, heads, d_head, every, given) in [
            (1, 1, 2, 2, 1, 0),
            (2, 7, 2, 6, 3, 0),
            (2, 150, 2, 8, 1000, 0),
            (1, 131, 4, 4, 37, 0),
            (2, 9, 2, 4, 5, 3),
            (2, 150, 2, 8, 1000, 70),
            (1, 150, 2, 4, 1000, 140),
            (1, 131, 2, 4, 67, 67),
        ] {
            let d = heads * d_head;
            let begin = |t: usize| t / every * every;
            let end = |t: usize| (t + 1).max(if t - begin(t) < given { (begin(t) + given).min(len) } else { 0 });
            let all =
                |of: &dyn Fn(usize) -> usize| (0..batch * len).map(|i| of(i % len) as u32).collect::<Arc<[u32]>>();
            let sees = Sees { begins: all(&begin), ends: all(&end) };
            let angle = |i: usize| (i % len) as f32 * 0.3 + (i % 7) as f32;
            let table = |f: fn(f32) -> f32| {
                let of = |i: usize| f(angle(i / d_head) * (1 + i % (d_head / 2)) as f32);
                let data: Vec<f32> = (0..batch * heads * len * d_head).map(of).collect();
                let device = burn::tensor::Device::flex().autodiff();
                Tensor::<4>::from_data(TensorData::new(data, [batch, heads, len, d_head]), &device)
            };
            let inputs = |x: &[Tensor<1>]| [0, 1, 2].map(|i| x[i].clone().reshape([batch, len, d]));
            let shape: &[usize] = &[batch, len, d];
            same(
                &[shape, shape, shape],
                |x| attention(inputs(x), (table(f32::cos), table(f32::sin)), sees.clone()),
                |x| composed(inputs(x), (table(f32::cos), table(f32::sin)), &sees),
            );
        }
    }
}

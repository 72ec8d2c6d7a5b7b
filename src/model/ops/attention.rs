//! Causal attention within sequences that stand one after another in a row.

use burn::tensor::{Bool, Tensor, TensorData, activation};
use std::sync::Arc;

/// softmax(Q·Kᵀ/√d)·V where position t sees positions `begins[t]..=t` of its row.
/// Query, key, value and result: [batch, heads, len, d_head]; `begins`: [batch · len].
pub fn attention(query: Tensor<4>, key: Tensor<4>, value: Tensor<4>, begins: Arc<[u32]>) -> Tensor<4> {
    composed(query, key, value, &begins)
}

fn composed(query: Tensor<4>, key: Tensor<4>, value: Tensor<4>, begins: &[u32]) -> Tensor<4> {
    let [batch, heads, len, d_head] = query.dims();
    let scale = 1.0 / (d_head as f64).sqrt();
    let hidden = hidden(begins, batch, len);
    let hidden = Tensor::<4, Bool>::from_data(TensorData::new(hidden, [batch, 1, len, len]), &query.device());
    let scores = (query * scale).matmul(key.swap_dims(2, 3)); // [batch, heads, len, len]
    let scores = scores.mask_fill(hidden.expand([batch, heads, len, len]), f32::NEG_INFINITY);
    activation::softmax(scores, 3).matmul(value)
}

/// [batch, 1, len, len]: true where the column may not be seen from the row.
fn hidden(begins: &[u32], batch: usize, len: usize) -> Vec<bool> {
    let mut out = Vec::with_capacity(batch * len * len);
    for (i, begin) in begins.iter().enumerate() {
        let t = i % len;
        out.extend((0..len).map(|s| s > t || s < *begin as usize));
    }
    out
}

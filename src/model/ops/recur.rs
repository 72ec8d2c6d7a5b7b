//! The fused form of [`super::lstm`] (and what [`super::gru`] shares with it): a group of rows goes through all of time by itself, forward, and
//! back through time for the gradient (Werbos 1990).

use super::fused::{Floats, Fused, Kept};
use super::lanes::{sigmoid, tanh, wide};
use super::product::{Matrix, product};
use rayon::prelude::*;
use std::sync::Arc;

/// Rows that go through time together; fixed, so that results do not depend on the threads.
pub const GROUP: usize = 16;

/// Rows of the weight's gradient computed as one piece.
const PIECE: usize = 32;

#[derive(Debug)]
pub struct Recur {
    pub begins: Arc<[u32]>,
}

/// A group: its number of rows, and which positions begin a sequence, [rows · len].
struct Group<'a> {
    rows: usize,
    len: usize,
    d: usize,
    begins: &'a [u32],
}

impl Fused for Recur {
    fn forward(&self, inputs: &[Floats<'_>], keep: Option<&mut Kept>) -> (Vec<f32>, Vec<usize>) {
        let [below, weight] = inputs else { unreachable!("two inputs") };
        let (d, len) = (weight.width() / 4, below.shape[1].max(1));
        let n = below.data.len() / 4;
        let mut gates = below.data.to_vec(); // [batch, len, 4 d], activated as time goes on
        let [mut cells, mut before, mut out] = [(); 3].map(|()| vec![0.0; n]); // [batch, len, d]
        let chunk = GROUP * len * d;
        let pieces = gates.par_chunks_mut(4 * chunk).zip(cells.par_chunks_mut(chunk));
        let pieces = pieces.zip(before.par_chunks_mut(chunk)).zip(out.par_chunks_mut(chunk)).enumerate();
        pieces.for_each(|(i, (((gates, cells), before), out))| {
            self.group(i, out.len(), len, d).forward(gates, cells, before, out, weight.data);
        });
        if let Some(kept) = keep {
            kept.extend([gates, cells, before]);
        }
        (out, vec![below.shape[0], below.shape[1], d])
    }

    fn backward(&self, inputs: &[Floats<'_>], kept: &Kept, grad: &[f32], _: &[bool]) -> Vec<Option<Vec<f32>>> {
        let ([below, weight], [gates, cells, before]) = (inputs, &kept[..]) else { unreachable!("as kept") };
        let (d, len) = (weight.width() / 4, below.shape[1].max(1));
        let back = transposed(weight.data, d, 4 * d); // [4 d, d]
        let mut out = gates.clone(); // from the gates to their gradients
        let chunk = GROUP * len * d;
        let pieces = out.par_chunks_mut(4 * chunk).zip(cells.par_chunks(chunk)).zip(grad.par_chunks(chunk));
        pieces.enumerate().for_each(|(i, ((out, cells), grad))| {
            self.group(i, grad.len(), len, d).backward(out, cells, grad, &back);
        });
        let weight_grad = weight_gradient(before, &out, d, 4 * d);
        vec![Some(out), Some(weight_grad)]
    }
}

/// [rows, columns] → [columns, rows].
pub fn transposed(matrix: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..rows * columns).map(|i| matrix[i % rows * columns + i / rows]).collect()
}

/// The gradient of the weight from before, [d, width]: over all positions, the states that they saw
/// times the gradients of what came of them.
pub fn weight_gradient(before: &[f32], grads: &[f32], d: usize, width: usize) -> Vec<f32> {
    let rows = before.len() / d.max(1);
    let mut out = vec![0.0; d * width];
    out.par_chunks_mut(PIECE * width).enumerate().for_each(|(i, piece)| {
        let columns = piece.len() / width;
        let before = Matrix::new(&before[(i * PIECE).min(before.len())..], rows, columns, d);
        product(piece, width, before.transposed(), Matrix::new(grads, rows, width, width), false);
    });
    out
}

impl Recur {
    fn group(&self, i: usize, elements: usize, len: usize, d: usize) -> Group<'_> {
        let rows = elements / (len * d);
        Group { rows, len, d, begins: &self.begins[i * GROUP * len..][..rows * len] }
    }
}

impl Group<'_> {
    fn begins(&self, row: usize, t: usize) -> bool {
        t == 0 || self.begins[row * self.len + t] as usize == t
    }

    /// `gates` holds what comes from below and gets the activated gates; `before` gets the hidden state
    /// that each position saw.
    fn forward(&self, gates: &mut [f32], cells: &mut [f32], before: &mut [f32], out: &mut [f32], weight: &[f32]) {
        let &Self { rows, len, d, .. } = self;
        let weight = Matrix::new(weight, d, 4 * d, 4 * d);
        let zeros = vec![0.0; d];
        for t in 0..len {
            for row in (0..rows).filter(|row| !self.begins(*row, t)) {
                let at = (row * len + t) * d;
                before[at..at + d].copy_from_slice(&out[at - d..at]);
            }
            if t > 0 {
                let hidden = Matrix::new(&before[t * d..], rows, d, len * d);
                product(&mut gates[t * 4 * d..], len * 4 * d, hidden, weight, true);
            }
            for row in 0..rows {
                let at = (row * len + t) * d;
                let (old, cell) = cells[at.saturating_sub(d)..at + d].split_at_mut(at.min(d));
                let old = if self.begins(row, t) { &zeros } else { &*old };
                wide!(step(&mut gates[4 * at..4 * (at + d)], old, cell, &mut out[at..at + d]));
            }
        }
    }

    /// `gates` holds the activated gates and gets the gradients of what went into them.
    fn backward(&self, gates: &mut [f32], cells: &[f32], grad: &[f32], back: &[f32]) {
        let &Self { rows, len, d, .. } = self;
        let back = Matrix::new(back, 4 * d, d, d);
        let [mut hidden_grad, mut cell_grad] = [(); 2].map(|()| vec![0.0; rows * d]);
        let zeros = vec![0.0; d];
        for t in (0..len).rev() {
            for row in 0..rows {
                let (at, own) = ((row * len + t) * d, row * d..(row + 1) * d);
                let old = if self.begins(row, t) { &zeros } else { &cells[at - d..at] };
                let (hidden_grad, cell_grad) = (&mut hidden_grad[own.clone()], &mut cell_grad[own]);
                hidden_grad.iter_mut().zip(&grad[at..at + d]).for_each(|(h, g)| *h += g);
                wide!(step_back(&mut gates[4 * at..4 * (at + d)], old, &cells[at..at + d], hidden_grad, cell_grad));
            }
            if t > 0 {
                let gates = Matrix::new(&gates[t * 4 * d..], rows, 4 * d, len * 4 * d);
                product(&mut hidden_grad, d, gates, back, false);
            }
            for row in (0..rows).filter(|row| self.begins(*row, t)) {
                hidden_grad[row * d..(row + 1) * d].fill(0.0);
                cell_grad[row * d..(row + 1) * d].fill(0.0);
            }
        }
    }
}

/// c = f·c′ + i·g; h = o·tanh c.
#[inline(always)]
fn step(gates: &mut [f32], old: &[f32], cell: &mut [f32], hidden: &mut [f32]) {
    let d = cell.len();
    let (input, rest) = gates.split_at_mut(d);
    let (forget, rest) = rest.split_at_mut(d);
    let (candidate, output) = rest.split_at_mut(d);
    for gate in [&mut *input, &mut *forget, &mut *output] {
        for x in gate.iter_mut() {
            *x = sigmoid(*x);
        }
    }
    for x in candidate.iter_mut() {
        *x = tanh(*x);
    }
    let gates = input.iter().zip(&*forget).zip(&*candidate).zip(&*output);
    for (((((i, f), g), o), old), (cell, hidden)) in gates.zip(old).zip(cell.iter_mut().zip(hidden)) {
        *cell = f * old + i * g;
        *hidden = o * tanh(*cell);
    }
}

/// The gradient of [`step`]: `gates` become those of their arguments, `cell_grad` that of the old cell.
#[inline(always)]
fn step_back(gates: &mut [f32], old: &[f32], cell: &[f32], hidden_grad: &[f32], cell_grad: &mut [f32]) {
    let d = cell.len();
    let (input, rest) = gates.split_at_mut(d);
    let (forget, rest) = rest.split_at_mut(d);
    let (candidate, output) = rest.split_at_mut(d);
    let gates = input.iter_mut().zip(forget).zip(candidate).zip(output);
    let grads = hidden_grad.iter().zip(cell_grad.iter_mut());
    for (((((i, f), g), o), (old, cell)), (hidden_grad, cell_grad)) in gates.zip(old.iter().zip(cell)).zip(grads) {
        let shown = tanh(*cell);
        let total = *cell_grad + hidden_grad * *o * (1.0 - shown * shown);
        *cell_grad = total * *f;
        *o = hidden_grad * shown * *o * (1.0 - *o);
        let input_grad = total * *g * *i * (1.0 - *i);
        *g = total * *i * (1.0 - *g * *g);
        *f = total * old * *f * (1.0 - *f);
        *i = input_grad;
    }
}

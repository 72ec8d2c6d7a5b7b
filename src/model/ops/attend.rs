//! The fused form of [`super::attention`]: one piece of work a (row, head), block by block of queries,
//! with only the keys that some query of the block sees. What is kept for the gradient is the
//! logarithm of each softmax's sum (as in Dao et al., arXiv 2205.14135); scores are computed again.

use super::attention::Sees;
use super::fused::{Floats, Fused, Kept};
use super::lanes::{dot, exp, largest, sum, wide};
use super::product::{Matrix, product};
use rayon::prelude::*;
use std::ops::Range;

/// Queries in a block.
const BLOCK: usize = 64;

#[derive(Debug)]
pub struct Attend {
    pub sees: Sees,
}

/// A block of queries, from..to, and the keys first..last that some of them see.
#[derive(Clone, Copy)]
struct Block {
    from: usize,
    to: usize,
    first: usize,
    last: usize,
}

/// What the queries of a block see, one entry each.
#[derive(Clone, Copy)]
struct Seen<'a> {
    begins: &'a [u32],
    ends: &'a [u32],
    block: Block,
}

/// Sizes of a call.
#[derive(Clone, Copy)]
struct Sizes {
    heads: usize,
    len: usize,
    d: usize,
}

/// The part of one head in one row: [len, d_head] each.
struct Head {
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
}

impl Fused for Attend {
    fn forward(&self, inputs: &[Floats<'_>], keep: Option<&mut Kept>) -> (Vec<f32>, Vec<usize>) {
        let sizes = Sizes::of(inputs);
        let n = sizes.head_elements();
        let mut out = vec![0.0; inputs[0].data.len()]; // [batch, heads, len, d_head]
        let mut totals = vec![0.0; out.len() / sizes.d];
        out.par_chunks_mut(n).zip(totals.par_chunks_mut(sizes.len.max(1))).enumerate().for_each(
            |(i, (out, totals))| {
                let head = Head::read(inputs, sizes, i);
                let mut scores = vec![0.0; BLOCK * sizes.len];
                for of in self.blocks(i / sizes.heads, sizes.len) {
                    let Block { from, to, first, last } = of.block;
                    let (rows, seen) = (to - from, last - first);
                    let scores = &mut scores[..rows * seen];
                    head.scores(scores, sizes, of.block);
                    wide!(softmax_rows(scores, &mut totals[from..to], of));
                    let value = Matrix::new(&head.value[first * sizes.d..], seen, sizes.d, sizes.d);
                    product(&mut out[from * sizes.d..], sizes.d, Matrix::new(scores, rows, seen, seen), value, false);
                }
            },
        );
        if let Some(kept) = keep {
            kept.push(totals);
        }
        (merged(&out, sizes), inputs[0].shape.clone())
    }

    fn backward(&self, inputs: &[Floats<'_>], kept: &Kept, grad: &[f32], _: &[bool]) -> Vec<Option<Vec<f32>>> {
        let sizes = Sizes::of(inputs);
        let n = sizes.head_elements();
        let mut grads = [(); 3].map(|()| vec![0.0; grad.len()]); // [batch, heads, len, d_head]
        let [query, key, value] = &mut grads;
        let pieces = query.par_chunks_mut(n).zip(key.par_chunks_mut(n)).zip(value.par_chunks_mut(n));
        pieces.enumerate().for_each(|(i, ((query, key), value))| {
            let head = Head::read(inputs, sizes, i);
            let totals = &kept[0][i * sizes.len..(i + 1) * sizes.len];
            let mut out = vec![0.0; n];
            read(&mut out, grad, sizes, i);
            self.backward_head(&head, [query, key, value], totals, &out, sizes, i / sizes.heads);
            let at = i * n..(i + 1) * n;
            let (cos, sin) = (&inputs[3].data[at.clone()], &inputs[4].data[at]);
            wide!(turn_back(query, cos, sin, sizes.d, 1.0 / (sizes.d as f32).sqrt()));
            wide!(turn_back(key, cos, sin, sizes.d, 1.0));
        });
        grads.into_iter().map(|g| Some(merged(&g, sizes))).chain([None, None]).collect()
    }
}

impl Attend {
    /// Blocks of a row.
    fn blocks(&self, row: usize, len: usize) -> impl Iterator<Item = Seen<'_>> {
        (0..len).step_by(BLOCK).map(move |from| {
            let to = len.min(from + BLOCK);
            let own: Range<usize> = row * len + from..row * len + to;
            let (begins, ends) = (&self.sees.begins[own.clone()], &self.sees.ends[own]);
            let first = begins.iter().map(|b| *b as usize).min().unwrap_or(0).min(from);
            let last = ends.iter().map(|e| *e as usize).max().unwrap_or(0).clamp(to, len);
            Seen { begins, ends, block: Block { from, to, first, last } }
        })
    }

    /// With P the probabilities and G the gradient of the result: dV = PᵀG; dP = GVᵀ;
    /// dS = P ∘ (dP − rowsum(P ∘ dP)); dQ = dS·K; dK = dSᵀQ, the query having been scaled before.
    fn backward_head(
        &self,
        head: &Head,
        [query, key, value]: [&mut [f32]; 3],
        totals: &[f32],
        grad: &[f32],
        sizes: Sizes,
        row: usize,
    ) {
        let d = sizes.d;
        let (mut p, mut ds) = (vec![0.0; BLOCK * sizes.len], vec![0.0; BLOCK * sizes.len]);
        for of in self.blocks(row, sizes.len) {
            let Block { from, to, first, last } = of.block;
            let (rows, seen) = (to - from, last - first);
            let (p, ds) = (&mut p[..rows * seen], &mut ds[..rows * seen]);
            head.scores(p, sizes, of.block);
            let grad = Matrix::new(&grad[from * d..], rows, d, d);
            let values = Matrix::new(&head.value[first * d..], seen, d, d);
            product(ds, seen, grad, values.transposed(), false);
            wide!(softmax_back(p, ds, &totals[from..to], of));
            let (p, ds) = (Matrix::new(p, rows, seen, seen), Matrix::new(ds, rows, seen, seen));
            product(&mut value[first * d..], d, p.transposed(), grad, true);
            let keys = Matrix::new(&head.key[first * d..], seen, d, d);
            product(&mut query[from * d..], d, ds, keys, false);
            let queries = Matrix::new(&head.query[from * d..], rows, d, d);
            product(&mut key[first * d..], d, ds.transposed(), queries, true);
        }
    }
}

impl Head {
    /// Rotated query (times 1/√d_head) and key, and value.
    fn read(inputs: &[Floats<'_>], sizes: Sizes, i: usize) -> Self {
        let n = sizes.head_elements();
        let [mut query, mut key, mut value] = [(); 3].map(|()| vec![0.0; n]);
        let (cos, sin) = (&inputs[3].data[i * n..(i + 1) * n], &inputs[4].data[i * n..(i + 1) * n]);
        let scale = 1.0 / (sizes.d as f32).sqrt();
        for (out, from) in [&mut query, &mut key, &mut value].into_iter().zip(inputs) {
            read(out, from.data, sizes, i);
        }
        wide!(turn(&mut query, cos, sin, sizes.d, scale));
        wide!(turn(&mut key, cos, sin, sizes.d, 1.0));
        Self { query, key, value }
    }

    /// Scores of the queries of a block with the keys that they see.
    fn scores(&self, out: &mut [f32], sizes: Sizes, Block { from, to, first, last }: Block) {
        let (d, seen) = (sizes.d, last - first);
        let queries = Matrix::new(&self.query[from * d..], to - from, d, d);
        let keys = Matrix::new(&self.key[first * d..], seen, d, d);
        product(out, seen, queries, keys.transposed(), false);
    }
}

impl Sizes {
    fn of(inputs: &[Floats<'_>]) -> Self {
        let [_, heads, len, d] = inputs[3].shape[..] else { unreachable!("cosines have four dimensions") };
        Self { heads, len, d }
    }

    fn head_elements(self) -> usize {
        (self.len * self.d).max(1)
    }
}

/// Copies the i-th (row, head) out of [batch, len, heads · d_head].
fn read(out: &mut [f32], from: &[f32], Sizes { heads, len, d }: Sizes, i: usize) {
    let begin = i / heads * len * heads * d + i % heads * d;
    for (t, out) in out.chunks_exact_mut(d).enumerate() {
        out.copy_from_slice(&from[begin + t * heads * d..][..d]);
    }
}

/// [batch, heads, len, d_head] → [batch, len, heads · d_head].
fn merged(from: &[f32], Sizes { heads, len, d }: Sizes) -> Vec<f32> {
    let mut out = vec![0.0; from.len()];
    out.par_chunks_mut(heads * d).with_min_len(64).enumerate().for_each(|(i, out)| {
        for (head, out) in out.chunks_exact_mut(d).enumerate() {
            out.copy_from_slice(&from[((i / len * heads + head) * len + i % len) * d..][..d]);
        }
    });
    out
}

/// (a, b) → (a·cos − b·sin, b·cos + a·sin) · scale.
#[inline(always)]
fn turn(x: &mut [f32], cos: &[f32], sin: &[f32], d: usize, scale: f32) {
    for ((x, cos), sin) in x.chunks_exact_mut(d).zip(cos.chunks_exact(d)).zip(sin.chunks_exact(d)) {
        let (a, b) = x.split_at_mut(d / 2);
        for (i, (a, b)) in a.iter_mut().zip(b).enumerate() {
            let j = i + d / 2;
            (*a, *b) = ((*a * cos[i] - *b * sin[i]) * scale, (*b * cos[j] + *a * sin[j]) * scale);
        }
    }
}

/// The gradient of [`turn`].
#[inline(always)]
fn turn_back(x: &mut [f32], cos: &[f32], sin: &[f32], d: usize, scale: f32) {
    for ((x, cos), sin) in x.chunks_exact_mut(d).zip(cos.chunks_exact(d)).zip(sin.chunks_exact(d)) {
        let (a, b) = x.split_at_mut(d / 2);
        for (i, (a, b)) in a.iter_mut().zip(b).enumerate() {
            let j = i + d / 2;
            (*a, *b) = ((*a * cos[i] + *b * sin[j]) * scale, (*b * cos[j] - *a * sin[i]) * scale);
        }
    }
}

/// What row i of a block sees, as a range of its columns.
#[inline(always)]
fn seen_by(i: usize, Seen { begins, ends, block: Block { from, first, last, .. } }: Seen<'_>) -> (usize, usize) {
    let begin = (begins[i] as usize).clamp(first, from + i);
    let end = (ends[i] as usize).clamp(from + i + 1, last);
    (begin - first, end - first)
}

/// Scores → probabilities, 0 where nothing is seen; `totals`: ln Σ exp of each row.
#[inline(always)]
fn softmax_rows(scores: &mut [f32], totals: &mut [f32], of: Seen<'_>) {
    let width = scores.len() / totals.len().max(1);
    for (i, (row, total)) in scores.chunks_exact_mut(width).zip(totals).enumerate() {
        let (begin, end) = seen_by(i, of);
        row[..begin].fill(0.0);
        row[end..].fill(0.0);
        let row = &mut row[begin..end];
        let top = largest(row);
        row.iter_mut().for_each(|x| *x = exp(*x - top));
        let s = sum(row);
        let factor = 1.0 / s;
        row.iter_mut().for_each(|x| *x *= factor);
        *total = top + s.ln();
    }
}

/// `p`: scores → probabilities; `ds`: gradient of the probabilities → of the scores.
#[inline(always)]
fn softmax_back(p: &mut [f32], ds: &mut [f32], totals: &[f32], of: Seen<'_>) {
    let width = p.len() / totals.len().max(1);
    for (i, (p, ds)) in p.chunks_exact_mut(width).zip(ds.chunks_exact_mut(width)).enumerate() {
        let (begin, end) = seen_by(i, of);
        for row in [&mut *p, &mut *ds] {
            row[..begin].fill(0.0);
            row[end..].fill(0.0);
        }
        let (p, ds) = (&mut p[begin..end], &mut ds[begin..end]);
        p.iter_mut().for_each(|x| *x = exp(*x - totals[i]));
        let mean = dot(p, ds);
        ds.iter_mut().zip(p).for_each(|(ds, p)| *ds = *p * (*ds - mean));
    }
}

//! Products of a few rows with a matrix that stays the same: what writing one event at a time consists of.
//!
//! The matrix is kept in strips, so that it is read once, in order, for all rows together. Every sum is
//! taken in the order of the input, however many rows there are: a row gives the same bits alone and
//! among others.

use super::lanes::wide;
use rayon::prelude::*;

/// Columns of a strip.
const STRIP: usize = 64;

/// Rows that are worked on together.
const TOGETHER: usize = 4;

/// Products of fewer multiplications than this are not worth a second thread.
const SHARED_FROM: usize = 1 << 17;

/// A matrix [n_in, n_out], and what is added to its products.
#[derive(Clone, Debug)]
pub struct Packed {
    n_in: usize,
    n_out: usize,
    /// Strip after strip, each n_in rows of [`STRIP`] numbers; the last one filled up with zeros.
    strips: Vec<f32>,
    bias: Vec<f32>,
}

impl Packed {
    /// Several matrices of `n_in` rows side by side, each row-major; `bias` may be empty.
    ///
    /// # Panics
    /// Where sizes disagree.
    pub fn new(n_in: usize, matrices: &[&[f32]], bias: &[f32]) -> Self {
        let widths: Vec<usize> = matrices.iter().map(|m| m.len() / n_in.max(1)).collect();
        let n_out = widths.iter().sum::<usize>();
        assert!(bias.is_empty() || bias.len() == n_out, "as many biases as columns");
        let mut strips = vec![0.0; n_out.div_ceil(STRIP) * n_in * STRIP];
        let mut column = 0;
        for (matrix, width) in matrices.iter().zip(widths) {
            assert_eq!(matrix.len(), n_in * width, "a matrix has whole rows");
            for (i, row) in matrix.chunks_exact(width.max(1)).enumerate() {
                for (j, x) in row.iter().enumerate() {
                    let at = column + j;
                    strips[(at / STRIP * n_in + i) * STRIP + at % STRIP] = *x;
                }
            }
            column += width;
        }
        let mut bias = bias.to_vec();
        bias.resize(n_out, 0.0);
        Self { n_in, n_out, strips, bias }
    }

    pub fn n_out(&self) -> usize {
        self.n_out
    }

    /// x·W + b for each row of x, [rows, n_in] → [rows, n_out].
    ///
    /// # Panics
    /// Where sizes disagree.
    pub fn times(&self, x: &[f32]) -> Vec<f32> {
        let rows = x.len() / self.n_in;
        assert_eq!(x.len(), rows * self.n_in, "rows are whole");
        let size = self.n_in * STRIP;
        let columns = |i: usize| i * STRIP..self.n_out.min((i + 1) * STRIP);
        let product = |(i, strip): (usize, &[f32])| {
            let mut found = vec![0.0; rows * STRIP];
            wide!(strip_products(&mut found, strip, x, self.n_in));
            (columns(i), found)
        };
        let found: Vec<_> = if rows * self.n_in * self.n_out < SHARED_FROM {
            self.strips.chunks_exact(size).enumerate().map(product).collect()
        } else {
            self.strips.par_chunks_exact(size).enumerate().map(product).collect()
        };
        let mut out = vec![0.0; rows * self.n_out];
        for (columns, found) in found {
            for (out, found) in out.chunks_exact_mut(self.n_out).zip(found.chunks_exact(STRIP)) {
                let bias = &self.bias[columns.clone()];
                for ((out, found), bias) in out[columns.clone()].iter_mut().zip(found).zip(bias) {
                    *out = found + bias;
                }
            }
        }
        out
    }
}

/// Products of all rows with one strip, [rows, STRIP].
#[inline(always)]
fn strip_products(out: &mut [f32], strip: &[f32], x: &[f32], n_in: usize) {
    for (out, x) in out.chunks_mut(TOGETHER * STRIP).zip(x.chunks(TOGETHER * n_in)) {
        match x.len() / n_in {
            4 => rows::<4>(out, strip, x, n_in),
            3 => rows::<3>(out, strip, x, n_in),
            2 => rows::<2>(out, strip, x, n_in),
            _ => rows::<1>(out, strip, x, n_in),
        }
    }
}

#[inline(always)]
fn rows<const K: usize>(out: &mut [f32], strip: &[f32], x: &[f32], n_in: usize) {
    let mut sums = [[0.0f32; STRIP]; K];
    for (i, weights) in strip.chunks_exact(STRIP).enumerate() {
        for (k, sums) in sums.iter_mut().enumerate() {
            let x = x[k * n_in + i];
            for j in 0..STRIP {
                sums[j] += x * weights[j];
            }
        }
    }
    for (out, sums) in out.chunks_exact_mut(STRIP).zip(sums) {
        out.copy_from_slice(&sums);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_products_and_a_row_does_not_see_its_neighbours() {
        for (n_in, widths, rows) in [(1, vec![1], 1), (5, vec![3, 70], 7), (33, vec![64, 64], 4), (300, vec![500], 6)] {
            let matrices: Vec<Vec<f32>> = widths
                .iter()
                .enumerate()
                .map(|(m, w)| (0..n_in * w).map(|i| ((i * 31 + m) % 17) as f32 / 8.0 - 1.0).collect())
                .collect();
            let n_out: usize = widths.iter().sum();
            let bias: Vec<f32> = (0..n_out).map(|i| i as f32 / 4.0).collect();
            let x: Vec<f32> = (0..rows * n_in).map(|i| ((i * 13) % 11) as f32 / 4.0 - 1.0).collect();
            let packed = Packed::new(n_in, &matrices.iter().map(Vec::as_slice).collect::<Vec<_>>(), &bias);
            let all = packed.times(&x);
            for row in 0..rows {
                let x = &x[row * n_in..(row + 1) * n_in];
                assert_eq!(packed.times(x), &all[row * n_out..(row + 1) * n_out]);
                let side_by_side = matrices.iter().zip(&widths).flat_map(|(m, w)| (0..*w).map(move |j| (m, *w, j)));
                for (column, (matrix, width, j)) in side_by_side.enumerate() {
                    let expected: f32 = x.iter().enumerate().map(|(i, x)| x * matrix[i * width + j]).sum();
                    assert_eq!(all[row * n_out + column], expected + bias[column]);
                }
            }
        }
    }
}

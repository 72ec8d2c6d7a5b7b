//! Muon: the step of a matrix is its momentum made orthogonal, so that every direction in it is learned
//! at the same speed (K. Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024;
//! scaled as in Liu et al., arXiv 2502.16982, so that AdamW's learning rate suits it).

use super::product::{Matrix, product};

/// Of the running sum of gradients, with Nesterov's look ahead.
pub const MOMENTUM: f32 = 0.95;

/// Coefficients of the Newton–Schulz iteration, chosen by its authors to bring every singular value
/// near 1 in few rounds rather than to converge.
pub const COEFFICIENTS: [f32; 3] = [3.4445, -4.7750, 2.0315];

pub const ITERATIONS: usize = 5;

/// Adds a gradient, row-major [rows, columns], to the running sum `momentum` and gives the step to
/// take against it for a learning rate of 1. On this thread.
pub fn muon_direction(grad: &[f32], [rows, columns]: [usize; 2], momentum: &mut [f32]) -> Vec<f32> {
    momentum.iter_mut().zip(grad).for_each(|(m, g)| *m = MOMENTUM * *m + g);
    let ahead = momentum.iter().zip(grad).map(|(m, g)| MOMENTUM * m + g).collect();
    let mut direction = orthogonal(ahead, rows, columns);
    let scale = 0.2 * (rows.max(columns) as f32).sqrt();
    direction.iter_mut().for_each(|x| *x *= scale);
    direction
}

/// Roughly the nearest matrix whose singular values are all 1: X ← a·X + (b·S + c·S²)·X with S = X·Xᵀ,
/// worked on the smaller side.
fn orthogonal(mut x: Vec<f32>, rows: usize, columns: usize) -> Vec<f32> {
    let [a, b, c] = COEFFICIENTS;
    let norm = x.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-7);
    x.iter_mut().for_each(|x| *x /= norm);
    let (n, wide) = (rows.min(columns), rows <= columns);
    let (mut square, mut factor, mut next) = (vec![0.0; n * n], vec![0.0; n * n], vec![0.0; x.len()]);
    for _ in 0..ITERATIONS {
        let matrix = Matrix::new(&x, rows, columns, columns);
        let (left, right) = if wide { (matrix, matrix.transposed()) } else { (matrix.transposed(), matrix) };
        product(&mut square, n, left, right, false);
        let s = Matrix::new(&square, n, n, n);
        product(&mut factor, n, s, s, false);
        factor.iter_mut().zip(&square).for_each(|(f, s)| *f = c * *f + b * s);
        (0..n).for_each(|i| factor[i * n + i] += a);
        let factor = Matrix::new(&factor, n, n, n);
        let (left, right) = if wide { (factor, matrix) } else { (matrix, factor) };
        product(&mut next, columns, left, right, false);
        std::mem::swap(&mut x, &mut next);
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_has_singular_values_near_one() {
        for (rows, columns) in [(8, 8), (6, 20), (20, 6), (1, 5)] {
            let grad: Vec<f32> = (0..rows * columns).map(|i| ((i * i * 31 + i * 7) % 23) as f32 - 11.0).collect();
            let x = orthogonal(grad, rows, columns);
            let at = |i: usize, k: usize| if rows <= columns { x[i * columns + k] } else { x[k * columns + i] };
            for (i, j) in (0..rows.min(columns)).flat_map(|i| (0..rows.min(columns)).map(move |j| (i, j))) {
                let dot: f32 = (0..rows.max(columns)).map(|k| at(i, k) * at(j, k)).sum();
                // The iteration leaves singular values between 0.7 and 1.2: their squares lie here.
                let expected = if i == j { 0.45..1.5 } else { -0.3..0.3 };
                assert!(expected.contains(&dot), "{rows}×{columns}: row {i} with {j} gives {dot}");
            }
        }
    }
}

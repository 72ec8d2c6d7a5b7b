//! Matrix products on slices: a checked door to the `gemm` crate, whose kernels suit the processor at
//! run time.

use gemm::Parallelism;

/// A matrix in a slice: element (i, j) stands at i · `row` + j · `column`.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    pub data: &'a [f32],
    pub rows: usize,
    pub columns: usize,
    pub row: usize,
    pub column: usize,
}

impl<'a> Matrix<'a> {
    /// Row after row, `stride` apart.
    pub fn new(data: &'a [f32], rows: usize, columns: usize, stride: usize) -> Self {
        Self { data, rows, columns, row: stride, column: 1 }
    }

    pub fn transposed(self) -> Self {
        Self { rows: self.columns, columns: self.rows, row: self.column, column: self.row, ..self }
    }

    fn fits(&self) -> bool {
        self.rows == 0 || self.columns == 0 || {
            let last = (self.rows - 1).checked_mul(self.row).zip((self.columns - 1).checked_mul(self.column));
            last.and_then(|(a, b)| a.checked_add(b)).is_some_and(|last| last < self.data.len())
        }
    }
}

/// `out` = a·b, or `out` += a·b; `out` is row after row, `stride` apart. On this thread.
///
/// # Panics
/// Where shapes disagree or a matrix does not fit in its slice.
pub fn product(out: &mut [f32], stride: usize, a: Matrix<'_>, b: Matrix<'_>, add: bool) {
    let (m, n) = (a.rows, b.columns);
    let room = m.saturating_sub(1).checked_mul(stride).and_then(|last| last.checked_add(n));
    assert!(stride >= n, "the result's rows overlap");
    assert!(m == 0 || room.is_some_and(|room| room <= out.len()), "the result is larger than its slice");
    // SAFETY: out has room for m rows of n elements, `stride` apart (asserted above), is borrowed
    // mutably, and all of it may be read.
    #[allow(unsafe_code)]
    unsafe {
        multiply(out.as_mut_ptr(), stride, a, b, add, Parallelism::None);
    }
}

/// a·b, row after row, on all threads.
///
/// # Panics
/// Where shapes disagree or a matrix does not fit in its slice.
pub fn new_product(a: Matrix<'_>, b: Matrix<'_>) -> Vec<f32> {
    let n = a.rows.checked_mul(b.columns).expect("the result fits in memory");
    if a.columns == 0 {
        return vec![0.0; n];
    }
    let mut out = Vec::with_capacity(n);
    // SAFETY: out has room for all rows, one straight after the other, and nobody else knows it. It is
    // not read; a product over at least one column writes every element, which makes the new length true.
    #[allow(unsafe_code)]
    unsafe {
        multiply(out.as_mut_ptr(), b.columns, a, b, false, Parallelism::Rayon(0));
        out.set_len(n);
    }
    out
}

/// # Safety
/// `out` points to a.rows rows of b.columns elements, `stride` ≥ b.columns apart, which nobody else
/// uses, and which hold numbers if `add` is set.
#[allow(unsafe_code)]
unsafe fn multiply(out: *mut f32, stride: usize, a: Matrix<'_>, b: Matrix<'_>, add: bool, threads: Parallelism) {
    assert_eq!(a.columns, b.rows, "the matrices do not go together");
    assert!(a.fits() && b.fits(), "a matrix is larger than its slice");
    let signed = |stride: usize| isize::try_from(stride).expect("no slice is longer than isize::MAX");
    let (alpha, beta) = (if add { 1.0f32 } else { 0.0 }, 1.0f32);
    // SAFETY: every element of a and b that is touched lies in its slice (asserted above); for out the
    // caller vouches; a and b are borrowed, so out does not overlap them; without `add` it is not read.
    unsafe {
        gemm::gemm(
            a.rows,
            b.columns,
            a.columns,
            out,
            1,
            signed(stride),
            add,
            a.data.as_ptr(),
            signed(a.column),
            signed(a.row),
            b.data.as_ptr(),
            signed(b.column),
            signed(b.row),
            alpha,
            beta,
            false,
            false,
            false,
            threads,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_products_whatever_the_strides() {
        for (m, n, k) in [(1, 1, 1), (3, 5, 7), (17, 9, 33), (0, 4, 2), (4, 4, 0)] {
            let a: Vec<f32> = (0..m * (k + 2) + k).map(|i| (i % 11) as f32 - 5.0).collect();
            let b: Vec<f32> = (0..n * (k + 1) + k).map(|i| (i % 7) as f32 - 3.0).collect();
            let (stride, add) = (n + 1, m % 2 == 1);
            let mut out = vec![1.0; m * stride];
            let b_of = Matrix::new(&b, n, k, k + 1).transposed();
            product(&mut out, stride, Matrix::new(&a, m, k, k + 2), b_of, add);
            for (i, j) in (0..m).flat_map(|i| (0..n).map(move |j| (i, j))) {
                let expected: f32 = (0..k).map(|l| a[i * (k + 2) + l] * b[j * (k + 1) + l]).sum();
                assert_eq!(out[i * stride + j], expected + if add { 1.0 } else { 0.0 });
            }
            let fresh = new_product(Matrix::new(&a, m, k, k + 2), b_of);
            let shift = if add { 1.0 } else { 0.0 };
            assert!((0..m * n).all(|i| fresh[i] == out[i / n * stride + i % n] - shift));
            assert!((0..m).all(|i| out[i * stride + n] == 1.0), "what lies between the rows is left alone");
        }
    }

    #[test]
    #[should_panic(expected = "larger than its slice")]
    fn a_matrix_that_does_not_fit_is_refused() {
        product(&mut [0.0; 4], 2, Matrix::new(&[0.0; 3], 2, 2, 2), Matrix::new(&[0.0; 4], 2, 2, 2), false);
    }
}

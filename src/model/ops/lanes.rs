//! Loops that the compiler turns into vector instructions, chosen for the processor at run time.
//!
//! Sums are taken in a fixed order that does not depend on the processor or on the number of threads,
//! and products are never contracted into fused ones, so that the same numbers come out everywhere.

use macerator::AutoArch;

const LANES: usize = 16;

/// Evaluates an expression compiled for the widest vectors this processor has. What is called in it must
/// be `#[inline(always)]`, otherwise it stays as it was.
macro_rules! wide {
    ($body:expr) => {
        $crate::model::ops::lanes::dispatch(
            #[inline(always)]
            || $body,
        )
    };
}
pub(crate) use wide;

/// See [`wide`].
pub fn dispatch<R>(body: impl FnOnce() -> R) -> R {
    AutoArch::new().dispatch(body)
}

/// Σ x, in sixteen interleaved sums.
#[inline(always)]
pub fn sum(x: &[f32]) -> f32 {
    dot_by(x, x, |a, _| a)
}

/// Σ x·y.
#[inline(always)]
pub fn dot(x: &[f32], y: &[f32]) -> f32 {
    dot_by(x, y, |a, b| a * b)
}

#[inline(always)]
fn dot_by(x: &[f32], y: &[f32], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (xs, ys) = (x.chunks_exact(LANES), y.chunks_exact(LANES));
    let rest: f32 = xs.remainder().iter().zip(ys.remainder()).map(|(a, b)| f(*a, *b)).sum();
    for (a, b) in xs.zip(ys) {
        for i in 0..LANES {
            lanes[i] += f(a[i], b[i]);
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// The largest of some numbers; −∞ where there are none.
#[inline(always)]
pub fn largest(x: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let xs = x.chunks_exact(LANES);
    let rest = xs.remainder().iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for a in xs {
        for i in 0..LANES {
            lanes[i] = if a[i] > lanes[i] { a[i] } else { lanes[i] };
        }
    }
    lanes.into_iter().fold(rest, f32::max)
}

/// eˣ to about one part in 10⁷: 2ⁿ·eʳ with |r| ≤ ½ ln 2, eʳ by its series. Flat outside −87…88.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    /// 1.5 · 2²³: adding it rounds to an integer, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts, the first exact in few bits.
    const HIGH: f32 = 0.693_359_4;
    const LOW: f32 = -2.121_944_4e-4;
    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = x - n * HIGH - n * LOW;
    let p = 1.0 / 5040.0;
    let p = p * r + 1.0 / 720.0;
    let p = p * r + 1.0 / 120.0;
    let p = p * r + 1.0 / 24.0;
    let p = p * r + 1.0 / 6.0;
    let p = p * r + 0.5;
    let p = p * r * r + r + 1.0;
    let n = rounded.to_bits().wrapping_sub(ROUND.to_bits());
    p * f32::from_bits(n.wrapping_add(127) << 23)
}

#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    2.0 * sigmoid(2.0 * x) - 1.0
}

/// Rows worked on as one piece of parallel work; fixed, so that sums over rows always group alike.
pub const ROWS: usize = 64;

/// Sum of vectors, in their order.
pub fn add_all(width: usize, pieces: &[Vec<f32>]) -> Vec<f32> {
    let mut total = vec![0.0; width];
    for piece in pieces {
        total.iter_mut().zip(piece).for_each(|(t, p)| *t += p);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_are_exact_to_a_few_ulps() {
        for i in -87_000..88_000 {
            let x = i as f32 / 1000.0;
            let (got, expected) = (exp(x), f64::from(x).exp());
            assert!((f64::from(got) / expected - 1.0).abs() < 4e-7, "{x}: {got} {expected}");
        }
        assert!(exp(f32::NAN).is_nan());
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn sums_of_any_length_are_sums() {
        for n in 0..70 {
            let x: Vec<f32> = (0..n).map(|i| i as f32 - 7.0).collect();
            assert_eq!(sum(&x), x.iter().sum::<f32>());
            assert_eq!(dot(&x, &x), x.iter().map(|x| x * x).sum::<f32>());
            assert_eq!(largest(&x), x.iter().copied().fold(f32::NEG_INFINITY, f32::max));
        }
    }
}

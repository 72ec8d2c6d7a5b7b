//! How alike two sets of pieces are, as MGEval says it (Yang & Lerch 2020): the distances within one
//! set and those from the other set to it, each as a smooth curve, and the area that the curves share.

/// Points at which two curves are compared.
const GRID: usize = 256;

/// A figure of a piece, as a vector.
type Point = Vec<f64>;

/// Distances of every pair within `a`, and of every pair of one in `b` and one in `a`.
pub fn within_and_across(a: &[Point], b: &[Point]) -> (Vec<f64>, Vec<f64>) {
    let within = a.iter().enumerate().flat_map(|(i, x)| a[i + 1..].iter().map(move |y| distance(x, y)));
    let across = b.iter().flat_map(|x| a.iter().map(move |y| distance(x, y)));
    (within.collect(), across.collect())
}

fn distance(x: &Point, y: &Point) -> f64 {
    x.iter().zip(y).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

/// The area under both densities, 0–1. `None` where either side has fewer than two distances.
pub fn overlap(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() < 2 || b.len() < 2 {
        return None;
    }
    let all = || a.iter().chain(b).copied();
    let (low, high) = (all().fold(f64::MAX, f64::min), all().fold(f64::MIN, f64::max));
    // Distances that do not vary have no density: they are given one a hundredth of the whole wide.
    let least = ((high - low) / 100.0).max(1e-9);
    let (p, q) = (Density::of(a, least), Density::of(b, least));
    // The curves reach beyond their points.
    let margin = 4.0 * p.width.max(q.width);
    let (from, to) = (low - margin, high + margin);
    let step = (to - from) / GRID as f64;
    let shared = (0..GRID).map(|i| from + (i as f64 + 0.5) * step).map(|x| p.at(x).min(q.at(x)));
    Some((shared.sum::<f64>() * step).min(1.0))
}

/// A Gaussian kernel density with Scott's width. Points are gathered in bins a tenth of that width
/// wide, which changes nothing that can be seen and makes thousands of distances cheap.
struct Density {
    width: f64,
    bins: Vec<(f64, f64)>,
}

impl Density {
    fn of(points: &[f64], least: f64) -> Self {
        let n = points.len() as f64;
        let mean = points.iter().sum::<f64>() / n;
        let deviation = (points.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0)).sqrt();
        let width = (deviation * n.powf(-0.2)).max(least);
        let mut counts = std::collections::BTreeMap::<i64, f64>::new();
        for x in points {
            *counts.entry((x / (width / 10.0)).round() as i64).or_default() += 1.0;
        }
        let bins = counts.into_iter().map(|(at, count)| (at as f64 * width / 10.0, count / n)).collect();
        Self { width, bins }
    }

    fn at(&self, x: f64) -> f64 {
        let height = |(at, share): &(f64, f64)| {
            let z = (x - at) / self.width;
            share * (-0.5 * z * z).exp()
        };
        self.bins.iter().map(height).sum::<f64>() / (self.width * (2.0 * std::f64::consts::PI).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_counted_once_a_pair() {
        let a = [vec![0.0, 0.0], vec![3.0, 4.0], vec![0.0, 8.0]];
        let b = [vec![0.0, 0.0]];
        let (within, across) = within_and_across(&a, &b);
        assert_eq!(within, [5.0, 8.0, 5.0]);
        assert_eq!(across, [0.0, 5.0, 8.0]);
    }

    #[test]
    fn the_overlap_is_that_of_two_normal_curves() {
        // Sums of twelve uniform numbers, and the same moved by one deviation: they share 2 Φ(−½) = 0.617.
        let normal = |shift: f64| -> Vec<f64> {
            let mut x = 88_172_645_463_325_252u64;
            let mut uniform = || {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
                (x >> 11) as f64 / (1u64 << 53) as f64
            };
            (0..4000).map(|_| (0..12).map(|_| uniform()).sum::<f64>() - 6.0 + shift).collect()
        };
        let same = overlap(&normal(0.0), &normal(0.0)).expect("enough");
        let moved = overlap(&normal(0.0), &normal(1.0)).expect("enough");
        let apart = overlap(&normal(0.0), &normal(9.0)).expect("enough");
        assert!(same > 0.99, "{same}");
        assert!((moved - 0.617).abs() < 0.03, "{moved}");
        assert!(apart < 0.01, "{apart}");
    }

    #[test]
    fn distances_that_do_not_vary_still_compare() {
        assert_eq!(overlap(&[1.0], &[1.0, 2.0]), None);
        assert!(overlap(&[1.0; 5], &[1.0; 7]).expect("enough") > 0.99);
        assert!(overlap(&[1.0; 5], &[2.0; 7]).expect("enough") < 0.01);
    }
}

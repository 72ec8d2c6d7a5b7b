//! Curves made fit to be looked at: smoothed, and thinned to what the screen can show.

/// A place and a value.
type Point = [f64; 2];

/// Exponential moving average, debiased: the first values are not pulled towards zero.
pub fn smoothed(points: &[Point], weight: f64) -> Vec<Point> {
    let weight = weight.clamp(0.0, 0.999);
    let (mut sum, mut debias) = (0.0, 1.0);
    points
        .iter()
        .map(|[x, y]| {
            sum = weight * sum + (1.0 - weight) * y;
            debias *= weight;
            [*x, sum / (1.0 - debias)]
        })
        .collect()
}

/// At most about `2 × buckets` points: the lowest and the highest of each stretch, in order.
pub fn thinned(points: &[Point], buckets: usize) -> Vec<Point> {
    if points.len() <= 2 * buckets.max(1) {
        return points.to_vec();
    }
    let size = points.len().div_ceil(buckets.max(1));
    let mut out = Vec::with_capacity(2 * buckets);
    for stretch in points.chunks(size) {
        let low = stretch.iter().min_by(|a, b| a[1].total_cmp(&b[1]));
        let high = stretch.iter().max_by(|a, b| a[1].total_cmp(&b[1]));
        if let (Some(low), Some(high)) = (low, high) {
            let (first, second) = if low[0] <= high[0] { (low, high) } else { (high, low) };
            out.push(*first);
            if first != second {
                out.push(*second);
            }
        }
    }
    out
}

/// The mean of each of about `buckets` stretches: for curves that are smooth already.
pub fn averaged(points: &[Point], buckets: usize) -> Vec<Point> {
    if points.len() <= buckets.max(1) {
        return points.to_vec();
    }
    let mean = |stretch: &[Point], i: usize| stretch.iter().map(|p| p[i]).sum::<f64>() / stretch.len() as f64;
    // The first and the last stay where they are, so that the curve is as long as what it stands for.
    let size = points.len().div_ceil(buckets.max(1));
    let middle = points.chunks(size).map(|stretch| [mean(stretch, 0), mean(stretch, 1)]);
    points.first().copied().into_iter().chain(middle).chain(points.last().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn smoothing_stays_within_what_it_smooths(ys in proptest::collection::vec(0f64..9.0, 1..200), w in 0f64..0.99) {
            let points: Vec<Point> = ys.iter().enumerate().map(|(i, y)| [i as f64, *y]).collect();
            let (low, high) = (ys.iter().copied().fold(f64::MAX, f64::min), ys.iter().copied().fold(f64::MIN, f64::max));
            let smooth = smoothed(&points, w);
            prop_assert_eq!(smooth.len(), points.len());
            prop_assert!((smooth[0][1] - ys[0]).abs() < 1e-9, "debiased from the first value on");
            prop_assert!(smooth.iter().all(|p| p[1] > low - 1e-9 && p[1] < high + 1e-9));
        }

        #[test]
        fn thinning_keeps_the_order_and_the_extremes(ys in proptest::collection::vec(0f64..9.0, 1..2000)) {
            let points: Vec<Point> = ys.iter().enumerate().map(|(i, y)| [i as f64, *y]).collect();
            let thin = thinned(&points, 50);
            prop_assert!(thin.len() <= 100);
            prop_assert!(thin.is_sorted_by(|a, b| a[0] <= b[0]));
            let top = |p: &[Point]| p.iter().map(|p| p[1]).fold(f64::MIN, f64::max);
            prop_assert_eq!(top(&thin), top(&points));
        }
    }

    #[test]
    fn averaging_keeps_the_ends_and_the_middle() {
        let points: Vec<Point> = (0..1000).map(|i| [f64::from(i), f64::from(i % 2)]).collect();
        let few = averaged(&points, 10);
        assert_eq!((few.len(), few[0], few[11]), (12, [0.0, 0.0], [999.0, 1.0]));
        assert!(few[1..11].iter().all(|p| p[1] == 0.5));
        assert_eq!(averaged(&points[..5], 10), points[..5]);
    }

    #[test]
    fn no_weight_is_no_smoothing() {
        let points = [[0.0, 3.0], [1.0, 1.0]];
        assert_eq!(smoothed(&points, 0.0), points);
    }
}

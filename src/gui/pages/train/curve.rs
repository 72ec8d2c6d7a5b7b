//! A curve that grows while a model learns and never grows too long to be drawn.

use super::view::Sample;

/// Points after which neighbours are joined two by two.
const MOST: usize = 4096;

/// Samples in order of steps. Each stands for `each` of those that were pushed, as their mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    samples: Vec<Sample>,
    each: usize,
    /// The sum of what has been pushed since the last sample, and of how many.
    rest: (Sample, usize),
}

impl Default for Curve {
    fn default() -> Self {
        Self { samples: Vec::new(), each: 1, rest: (Sample::default(), 0) }
    }
}

impl FromIterator<Sample> for Curve {
    fn from_iter<I: IntoIterator<Item = Sample>>(samples: I) -> Self {
        let mut curve = Self::default();
        samples.into_iter().for_each(|s| curve.push(s));
        curve
    }
}

impl Curve {
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    pub fn push(&mut self, sample: Sample) {
        let (sum, n) = self.rest;
        let (sum, n) = (sum.plus(&sample), n + 1);
        if n < self.each {
            self.rest = (sum, n);
            return;
        }
        self.rest = (Sample::default(), 0);
        self.samples.push(Sample { step: sample.step, ..sum.over(n as f64) });
        if self.samples.len() >= MOST {
            let joined = self.samples.chunks(2).map(|pair| match pair {
                [a, b] => Sample { step: b.step, ..a.plus(b).over(2.0) },
                [a, ..] => *a,
                [] => Sample::default(),
            });
            self.samples = joined.collect();
            self.each *= 2;
        }
    }

    /// Forgets what lies after `step`: training has gone back there.
    pub fn forget_after(&mut self, step: f64) {
        self.samples.retain(|s| s.step <= step);
        self.rest = (Sample::default(), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(step: usize) -> Sample {
        Sample { step: step as f64, nats: (step % 2) as f64, ..Sample::default() }
    }

    #[test]
    fn a_long_curve_stays_short_and_keeps_its_mean_and_its_end() {
        let curve: Curve = (1..=100_000).map(sample).collect();
        let n = curve.samples().len();
        assert!((MOST / 4..MOST).contains(&n), "{n}");
        assert!(curve.samples().is_sorted_by(|a, b| a.step < b.step));
        let last = curve.samples().last().expect("not empty");
        assert!(last.step > 99_900.0 && (last.nats - 0.5).abs() < 1e-9, "{last:?}");
        let short: Curve = (1..=9).map(sample).collect();
        assert_eq!(short.samples(), (1..=9).map(sample).collect::<Vec<_>>());
    }

    #[test]
    fn going_back_forgets_what_came_after() {
        let mut curve: Curve = (1..=50).map(sample).collect();
        curve.forget_after(20.0);
        assert_eq!(curve.samples().len(), 20);
        curve.push(sample(21));
        assert_eq!(curve.samples().last(), Some(&sample(21)));
    }
}

//! A word for what is happening, read from the curve as a person would read it.

use super::metrics::MetricsRow;
use serde::{Deserialize, Serialize};

/// How a training stands after a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// One check alone: nothing to compare it with.
    First,
    /// What is held out is predicted better and better.
    #[default]
    Learning,
    /// The last check was no better than an earlier one: that alone says nothing.
    NoBetter,
    /// It hardly is, but nor does the training loss fall.
    Plateau,
    /// The training loss falls, what is held out is predicted worse.
    Memorising,
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Standing::First => "the first check: the next ones will tell",
            Standing::Learning => "learning: held-out pieces are predicted better and better",
            Standing::NoBetter => "no better than the best check so far: the next ones will tell",
            Standing::Plateau => "on a plateau: the last checks were hardly better",
            Standing::Memorising => "memorising: the training loss falls, held-out pieces are predicted worse",
        })
    }
}

/// One check: nats per note held out, and the mean of the batches before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub valid: f64,
    pub train: Option<f64>,
    /// What is held out by the network alone, where counts predict with it.
    pub network: Option<f64>,
}

/// Checks back to which is looked.
const BACK: usize = 3;
/// A smaller gain over those is none.
const GAIN: f64 = 0.003;

/// How it stands after the last of `checks`.
pub fn standing(checks: &[Point]) -> Standing {
    let Some(best) = (0..checks.len()).min_by(|a, b| checks[*a].valid.total_cmp(&checks[*b].valid)) else {
        return Standing::First;
    };
    let last = checks.len() - 1;
    if last == 0 {
        return Standing::First;
    }
    let falls = match (checks[best].train, checks[last].train) {
        (Some(then), Some(now)) => now < then * (1.0 - GAIN),
        _ => false,
    };
    let rises = checks[last].valid > checks[best].valid * (1.0 + GAIN);
    if last - best >= 2 && falls && rises && !network_learns(checks) {
        return Standing::Memorising;
    }
    let still = if last == best { Standing::Learning } else { Standing::NoBetter };
    let Some(before) = last.checked_sub(BACK) else { return still };
    let lowest = |points: &[Point]| points.iter().map(|p| p.valid).fold(f64::INFINITY, f64::min);
    let (then, now) = (lowest(&checks[..=before]), lowest(&checks[before + 1..]));
    if now > then * (1.0 - GAIN) && !network_learns(checks) { Standing::Plateau } else { still }
}

/// Whether the network beside counts is better than at all checks before the last: where counts alone do nearly all
/// at first, what it learns does not show in the two together yet.
pub fn network_learns(checks: &[Point]) -> bool {
    let Some((last, before)) = checks.split_last() else { return false };
    let mut before = before.iter().filter_map(|c| c.network);
    last.network.is_some_and(|now| before.all(|then| now < then * (1.0 - GAIN)))
}

/// The checks that stand in a run's metrics.
pub fn points(rows: &[MetricsRow]) -> Vec<Point> {
    let (mut out, mut sum, mut n) = (Vec::new(), 0.0, 0.0);
    for row in rows {
        if row.valid {
            let train = (n > 0.0).then(|| sum / n);
            out.push(Point { valid: row.nats_per_note, train, network: row.network });
            (sum, n) = (0.0, 0.0);
        } else {
            sum += row.nats_per_note;
            n += 1.0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(valid: &[f64], train: &[f64]) -> Vec<Standing> {
        let points: Vec<Point> =
            valid.iter().zip(train).map(|(v, t)| Point { valid: *v, train: Some(*t), network: None }).collect();
        (1..=points.len()).map(|n| standing(&points[..n])).collect()
    }

    #[test]
    fn a_curve_is_read_as_a_person_would() {
        use Standing::{First, Learning, Memorising, NoBetter, Plateau};
        let falling = of(&[5.0, 4.0, 3.5, 3.2, 3.0], &[5.5, 4.2, 3.6, 3.2, 2.9]);
        assert_eq!(falling, [First, Learning, Learning, Learning, Learning]);
        let flat = of(&[3.0, 3.0, 2.999, 2.999, 2.998], &[3.0; 5]);
        assert_eq!(flat, [First, NoBetter, Learning, Plateau, Plateau]);
        let memorising = of(&[3.0, 2.5, 2.6, 2.7, 2.8], &[3.0, 2.4, 2.0, 1.7, 1.4]);
        assert_eq!(memorising[..3], [First, Learning, NoBetter]);
        assert_eq!(memorising[3..], [Memorising; 2]);
        assert_eq!(standing(&[]), First);
        // A hair above the best is a plateau, however much the training loss falls.
        let hair = of(&[1.3888, 1.3889, 1.3893, 1.3893], &[3.0, 2.5, 2.0, 1.5]);
        assert_eq!(hair, [First, NoBetter, NoBetter, Plateau]);
    }

    #[test]
    fn a_network_that_learns_beside_counts_is_not_memorising() {
        let point = |valid, train, network| Point { valid, train: Some(train), network: Some(network) };
        let mut checks = vec![point(1.30, 3.0, 13.0), point(1.31, 2.5, 12.0), point(1.32, 2.0, 10.0)];
        assert_eq!(standing(&checks), Standing::NoBetter);
        assert!(network_learns(&checks));
        checks.push(point(1.33, 1.5, 10.2));
        assert_eq!(standing(&checks), Standing::Memorising);
    }
}

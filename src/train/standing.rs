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
    /// It hardly is, but nor does the training loss fall.
    Plateau,
    /// The training loss falls, what is held out is predicted no better.
    Memorising,
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Standing::First => "the first check: the next ones will tell",
            Standing::Learning => "learning: held-out pieces are predicted better and better",
            Standing::Plateau => "on a plateau: the last checks were hardly better",
            Standing::Memorising => "memorising: the training loss falls, held-out pieces are predicted no better",
        })
    }
}

/// One check: nats per note held out, and the mean of the batches before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub valid: f64,
    pub train: Option<f64>,
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
    if last - best >= 2 && falls {
        return Standing::Memorising;
    }
    let Some(before) = last.checked_sub(BACK) else { return Standing::Learning };
    let lowest = |points: &[Point]| points.iter().map(|p| p.valid).fold(f64::INFINITY, f64::min);
    let (then, now) = (lowest(&checks[..=before]), lowest(&checks[before + 1..]));
    if now > then * (1.0 - GAIN) { Standing::Plateau } else { Standing::Learning }
}

/// The checks that stand in a run's metrics.
pub fn points(rows: &[MetricsRow]) -> Vec<Point> {
    let (mut out, mut sum, mut n) = (Vec::new(), 0.0, 0.0);
    for row in rows {
        if row.valid {
            let train = (n > 0.0).then(|| sum / n);
            out.push(Point { valid: row.nats_per_note, train });
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
        let points: Vec<Point> = valid.iter().zip(train).map(|(v, t)| Point { valid: *v, train: Some(*t) }).collect();
        (1..=points.len()).map(|n| standing(&points[..n])).collect()
    }

    #[test]
    fn a_curve_is_read_as_a_person_would() {
        use Standing::{First, Learning, Memorising, Plateau};
        let falling = of(&[5.0, 4.0, 3.5, 3.2, 3.0], &[5.5, 4.2, 3.6, 3.2, 2.9]);
        assert_eq!(falling, [First, Learning, Learning, Learning, Learning]);
        let flat = of(&[3.0, 3.0, 2.999, 2.999, 2.998], &[3.0; 5]);
        assert_eq!(flat, [First, Learning, Learning, Plateau, Plateau]);
        let memorising = of(&[3.0, 2.5, 2.6, 2.7, 2.8], &[3.0, 2.4, 2.0, 1.7, 1.4]);
        assert_eq!(memorising[..3], [First, Learning, Learning]);
        assert_eq!(memorising[3..], [Memorising; 2]);
        assert_eq!(standing(&[]), First);
    }
}

//! What is read of a run only when it is looked at: curves, takes, the report.

use crate::gui::pages::train::{Curve, Detail, FIELDS, Sample, TakeView};
use crate::job::RunInfo;
use crate::train::{Baselines, MetricsRow, ReportCard, Run};
use std::path::Path;
use std::sync::Arc;

/// Reads it all; takes a moment.
pub fn read(info: &RunInfo) -> Detail {
    let rows = Run::open(&info.dir).and_then(|run| run.metrics()).unwrap_or_default();
    let valid: Vec<Sample> = rows.iter().filter(|r| r.valid).map(sample_of_row).collect();
    let best = valid.iter().copied().min_by(|a, b| a.nats.total_cmp(&b.nats));
    let known = || Run::open(&info.dir).and_then(|run| run.baselines()).ok().flatten();
    let measured = info.report.as_ref().map(|r| r.baselines).or_else(known);
    let card = ReportCard::load(&info.dir);
    let card_takes = card.iter().flat_map(|c| &c.takes).filter_map(|t| take_view(&info.dir.join(&t.file), &[], None));
    let best_step = best.map(|b| b.step as u64);
    let mut takes: Vec<TakeView> = info.takes.iter().filter_map(|p| take_view(p, &valid, None)).collect();
    takes.iter_mut().for_each(|t| t.best = t.step.is_some() && t.step == best_step);
    Detail {
        train: Arc::new(rows.iter().filter(|r| !r.valid).map(sample_of_row).collect::<Curve>()),
        best,
        // A run that has not ended has no report yet.
        baselines: measured.as_ref().map_or(Vec::new(), baselines),
        takes: Arc::new(takes),
        card_takes: Arc::new(card_takes.collect()),
        card: card.map(Arc::new),
        valid: Arc::new(valid),
    }
}

pub fn sample_of_row(row: &MetricsRow) -> Sample {
    let mut fields = [0.0; FIELDS];
    for (shown, nats) in fields.iter_mut().zip(&row.fields) {
        *shown = *nats;
    }
    Sample {
        step: row.step as f64,
        epoch: row.epoch,
        minutes: row.seconds / 60.0,
        nats: row.nats_per_note,
        fields,
        rate: row.learning_rate,
        network: row.network.unwrap_or(0.0),
    }
}

/// Those that were measured, the strongest first.
pub fn baselines(b: &Baselines) -> Vec<(String, f64)> {
    let all = [("n-gram", b.ngram), ("unigram", b.unigram), ("uniform", b.uniform)];
    all.into_iter().filter(|(_, y)| *y > 0.0).map(|(name, y)| (name.to_owned(), y)).collect()
}

/// A take from its file, with the figure of its check where it is among `checks`.
pub fn take_view(path: &Path, checks: &[Sample], best: Option<bool>) -> Option<TakeView> {
    let (score, _) = crate::midi::read(&std::fs::read(path).ok()?).ok()?;
    let step: Option<u64> = path.file_stem()?.to_str()?.strip_prefix("step-").and_then(|s| s.parse().ok());
    let check = checks.iter().find(|c| step == Some(c.step as u64));
    Some(TakeView {
        step,
        path: path.to_owned(),
        score: Arc::new(score),
        best: best.unwrap_or(false),
        nats: check.map(|c| c.nats),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_take_knows_its_step_and_what_the_check_said() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let score = crate::music::text::parse("x | 0 24 c4").expect("valid");
        let path = dir.path().join("step-000120.mid");
        std::fs::write(&path, crate::midi::write(&score).0).expect("writes");
        let checks = [Sample { step: 120.0, nats: 1.5, ..Sample::default() }];
        let take = take_view(&path, &checks, Some(true)).expect("reads");
        assert_eq!((take.step, take.nats, take.best, take.score.n_notes()), (Some(120), Some(1.5), true, 1));
        let other = dir.path().join("take-1.mid");
        std::fs::copy(&path, &other).expect("copies");
        assert_eq!(take_view(&other, &checks, None).expect("reads").step, None);
        std::fs::write(&other, "no MIDI").expect("writes");
        assert_eq!(take_view(&other, &checks, None), None);
    }

    #[test]
    fn baselines_that_were_not_measured_are_no_lines() {
        let b = Baselines { uniform: 20.0, unigram: 7.0, ngram: 0.0 };
        assert_eq!(baselines(&b).iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), ["unigram", "uniform"]);
    }
}

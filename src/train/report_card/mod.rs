//! The report card of a run as plain values: how well it predicts held-out pieces against everything
//! simpler, whether it knows what it knows, what it writes, and what of that is copied.
//!
//! [`held_out`] measures likelihood, [`reliability`] calibration. Takes, style and originality are
//! found by [`crate::job`], which puts the card together, keeps it and draws its page.

pub mod held_out;
pub mod reliability;

use super::{MetricsRow, Report};
use crate::corpus::style::StyleRow;
pub use held_out::{HeldOut, Line, Part};
pub use reliability::{Bin, Reliability};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Version of the file.
pub const VERSION: u32 = 1;

/// Pieces by people without which no percentile is given.
pub const FEWEST_PIECES: usize = 30;

/// `report/card.json` of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportCard {
    pub version: u32,
    pub name: String,
    /// The training's own report.
    pub training: Report,
    pub train_pieces: usize,
    pub train_notes: usize,
    /// `None` where nothing was held out.
    pub held_out: Option<HeldOut>,
    pub takes: Vec<TakeRow>,
    /// Takes, held-out and training pieces, feature by feature, cut to `style_bars` bars.
    pub style: Vec<StyleRow>,
    pub style_bars: u32,
    pub originality: Originality,
    /// What the figures leave out or rest on, a sentence each.
    pub remarks: Vec<String>,
}

/// One of the takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TakeRow {
    /// Below the run's folder.
    pub file: PathBuf,
    pub seed: Option<u64>,
    pub notes: usize,
    pub bars: i64,
    /// Mean of −log p over its notes, by the model that wrote it.
    pub mean_nats: Option<f64>,
    /// The longest passage that stands in a training piece.
    pub copy: Option<Copied>,
    /// Share of its runs of [`FOUND_NOTES`] notes that stand in a training piece.
    pub found: f64,
    /// Share of pieces by people, cut to its length, that copy more, in percent.
    pub percentile: Option<f64>,
}

/// Length of the runs whose share is counted.
pub const FOUND_NOTES: usize = 6;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Copied {
    pub notes: usize,
    pub bars: f64,
    pub source: String,
    /// Bar of the source, from 1.
    pub bar: i64,
}

/// How much of the takes stands in training pieces, and how much of what people wrote does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Originality {
    /// Longest passages in notes, of takes and of held-out pieces cut to their length, ascending.
    pub takes: Vec<usize>,
    pub held_out: Vec<usize>,
    pub takes_found: Option<f64>,
    pub held_out_found: Option<f64>,
    /// Mean of the takes' percentiles.
    pub percentile: Option<f64>,
}

impl ReportCard {
    /// Where a run keeps the card's numbers, and its page.
    pub fn path(run: &Path) -> PathBuf {
        run.join("report").join("card.json")
    }

    pub fn page(run: &Path) -> PathBuf {
        run.join("report.html")
    }

    /// The card of a run, where there is one that this program understands.
    pub fn load(run: &Path) -> Option<Self> {
        let card: Self = serde_json::from_slice(&std::fs::read(Self::path(run)).ok()?).ok()?;
        (card.version == VERSION).then_some(card)
    }

    /// Nats per note saved against a baseline, by its name.
    pub fn saved_against(&self, baseline: &str) -> Option<f64> {
        let lines = &self.held_out.as_ref()?.lines;
        let of = |name: &str| lines.iter().find(|l| l.name == name).map(|l| l.nats_per_note);
        Some(of(baseline)? - of(held_out::MODEL)?)
    }
}

/// Training and validation curves: step against nats per note.
pub fn curves(rows: &[MetricsRow]) -> (Vec<[f64; 2]>, Vec<[f64; 2]>) {
    let of = |valid| rows.iter().filter(|r| r.valid == valid).map(|r| [r.step as f64, r.nats_per_note]).collect();
    (of(false), of(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_read_back_and_another_version_is_not() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let card = ReportCard { version: VERSION, name: "one".into(), ..ReportCard::default() };
        std::fs::create_dir_all(dir.path().join("report")).expect("folder");
        let write = |card: &ReportCard| {
            std::fs::write(ReportCard::path(dir.path()), serde_json::to_vec(card).expect("JSON")).expect("writes");
        };
        assert_eq!(ReportCard::load(dir.path()), None);
        write(&card);
        assert_eq!(ReportCard::load(dir.path()), Some(card.clone()));
        write(&ReportCard { version: VERSION + 1, ..card });
        assert_eq!(ReportCard::load(dir.path()), None);
    }
}

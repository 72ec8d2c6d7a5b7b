//! The folder of one training: everything needed to judge it, use it and go on with it.
//!
//! | file | what |
//! |---|---|
//! | `recipe.toml` | the recipe, with the number of steps it came to |
//! | `data.cadenza-data` | the encoded pieces and their split |
//! | `metrics.csv` | a row for every step shown and every validation check |
//! | `best.cadenza-model` | the model at its best check: what `generate` and `eval` use |
//! | `last.cadenza-model` | the latest state, with the optimiser's: where `--resume` goes on |
//! | `report.json` | written when training ends |

use super::baselines::Baselines;
use super::recipe::Recipe;
use crate::encoding::{ModelCard, N_FIELDS};
use crate::files::container::ContainerError;
use crate::files::write_atomic;
use crate::model::{Checkpoint, CheckpointError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("cannot write the run ({reason}): {path}")]
    Write { reason: std::io::Error, path: PathBuf },
    #[error("cannot read the run ({reason}): {path}")]
    Read { reason: std::io::Error, path: PathBuf },
    #[error("a run is already there; resume it or choose another folder: {path}")]
    Exists { path: PathBuf },
    #[error("no run of Cadenza is there: {path}")]
    NoRun { path: PathBuf },
    #[error("the run's {what} is not understood ({reason}): {path}")]
    Format { what: &'static str, reason: String, path: PathBuf },
    #[error(transparent)]
    Model(#[from] CheckpointError),
    #[error("the run's data: {0}")]
    Data(#[from] ContainerError),
}

/// How far a training has come. Stored with `last.cadenza-model`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    pub step: u64,
    /// Seconds spent in steps and checks, pauses not counted.
    pub seconds: f64,
    pub notes_seen: u64,
    pub best_step: u64,
    pub best_valid: Option<f64>,
    /// Checks since the best one.
    pub stale_checks: u64,
}

/// What stands in a model file beside the network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    pub card: ModelCard,
    pub progress: Progress,
}

/// `recipe.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub version: u32,
    pub device: String,
    /// The number of steps that the budget came to.
    pub steps: u64,
    pub recipe: Recipe,
}

/// `report.json`, and what `train --json` prints.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub run: PathBuf,
    pub arch: String,
    pub parameters: usize,
    /// Steps taken, of the steps planned.
    pub steps: u64,
    pub planned_steps: u64,
    pub epochs: f64,
    pub notes_per_sec: f64,
    pub seconds: f64,
    pub best_step: u64,
    /// `None` where nothing was held out.
    pub valid_nats_per_note: Option<f64>,
    pub fields: BTreeMap<String, f64>,
    pub baselines: Baselines,
    /// How it ended, in a sentence.
    pub ended: String,
}

/// How a training ends that stops by itself before its last step.
pub const MEMORISING: &str = "stopped early: validation had not improved for some checks, the best model is kept";

impl Report {
    /// Whether there is nothing left to go on with.
    pub fn is_over(&self) -> bool {
        self.steps >= self.planned_steps || self.ended == MEMORISING
    }
}

/// A row of `metrics.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricsRow {
    /// Whether the losses are of held-out pieces, not of the batches since the last row.
    pub valid: bool,
    pub step: u64,
    pub epoch: f64,
    pub seconds: f64,
    pub learning_rate: f64,
    pub nats_per_note: f64,
    /// By field, in the model's order.
    pub fields: Vec<f64>,
    /// Share of values that were the likeliest, by field; of checks alone.
    pub accuracy: Vec<f64>,
}

const HEADER: &str = "kind,step,epoch,seconds,learning_rate,nats_per_note,bar,shift,voice,pitch,duration,velocity,\
bar_right,shift_right,voice_right,pitch_right,duration_right,velocity_right\n";

/// Paths of a run folder, with what is needed to read and write them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub dir: PathBuf,
}

impl Run {
    /// A new, empty run folder.
    ///
    /// # Errors
    /// [`RunError::Exists`] where there is a run already.
    pub fn create(dir: &Path, plan: &Plan) -> Result<Self, RunError> {
        let run = Self { dir: dir.to_owned() };
        if run.plan_path().exists() {
            return Err(RunError::Exists { path: dir.to_owned() });
        }
        run.write_plan(plan)?;
        write(&run.metrics_path(), HEADER.as_bytes())?;
        Ok(run)
    }

    /// A run folder that is there.
    ///
    /// # Errors
    /// [`RunError::NoRun`].
    pub fn open(dir: &Path) -> Result<Self, RunError> {
        let run = Self { dir: dir.to_owned() };
        if run.plan_path().is_file() { Ok(run) } else { Err(RunError::NoRun { path: dir.to_owned() }) }
    }

    fn plan_path(&self) -> PathBuf {
        self.dir.join("recipe.toml")
    }
    fn metrics_path(&self) -> PathBuf {
        self.dir.join("metrics.csv")
    }
    pub fn data_path(&self) -> PathBuf {
        self.dir.join("data.cadenza-data")
    }
    pub fn best_path(&self) -> PathBuf {
        self.dir.join("best.cadenza-model")
    }
    pub fn last_path(&self) -> PathBuf {
        self.dir.join("last.cadenza-model")
    }
    fn report_path(&self) -> PathBuf {
        self.dir.join("report.json")
    }

    pub fn write_plan(&self, plan: &Plan) -> Result<(), RunError> {
        let text = toml::to_string_pretty(plan).map_err(|e| self.format("recipe", &e))?;
        write(&self.plan_path(), text.as_bytes())
    }

    pub fn plan(&self) -> Result<Plan, RunError> {
        toml::from_str(&read(&self.plan_path())?).map_err(|e| self.format("recipe", &e))
    }

    pub fn write_report(&self, report: &Report) -> Result<(), RunError> {
        let text = serde_json::to_vec_pretty(report).map_err(|e| self.format("report", &e))?;
        write(&self.report_path(), &text)
    }

    /// The report of a run that has ended, `None` while there is none.
    pub fn report(&self) -> Result<Option<Report>, RunError> {
        if !self.report_path().exists() {
            return Ok(None);
        }
        serde_json::from_str(&read(&self.report_path())?).map(Some).map_err(|e| self.format("report", &e))
    }

    /// The report is of a training that has ended: going on makes it untrue.
    pub fn remove_report(&self) -> Result<(), RunError> {
        let path = self.report_path();
        if path.exists() {
            std::fs::remove_file(&path).map_err(|reason| RunError::Write { reason, path })
        } else {
            Ok(())
        }
    }

    /// The model at its best check.
    pub fn best(&self) -> Result<Checkpoint<ModelInfo>, RunError> {
        Ok(Checkpoint::load(&self.best_path())?)
    }

    /// Adds a row. A row cut short by a crash is passed over when read.
    pub fn append(&self, row: &MetricsRow) -> Result<(), RunError> {
        let path = self.metrics_path();
        let file = OpenOptions::new().append(true).create(true).open(&path);
        file.and_then(|mut f| f.write_all(row.to_csv().as_bytes())).map_err(|reason| RunError::Write { reason, path })
    }

    /// Every whole row so far.
    pub fn metrics(&self) -> Result<Vec<MetricsRow>, RunError> {
        Ok(read(&self.metrics_path())?.lines().skip(1).filter_map(MetricsRow::from_csv).collect())
    }

    /// Forgets the rows after `step`, which a resumed training will write again.
    pub fn rewind_metrics(&self, step: u64) -> Result<(), RunError> {
        let rows = self.metrics()?;
        let kept: String = rows.iter().filter(|r| r.step <= step).map(MetricsRow::to_csv).collect();
        write(&self.metrics_path(), format!("{HEADER}{kept}").as_bytes())
    }

    fn format(&self, what: &'static str, reason: &dyn std::fmt::Display) -> RunError {
        RunError::Format { what, reason: reason.to_string(), path: self.dir.clone() }
    }
}

impl MetricsRow {
    fn to_csv(&self) -> String {
        let kind = if self.valid { "valid" } else { "train" };
        let mut line = format!(
            "{kind},{},{:.4},{:.2},{:.3e},{:.5}",
            self.step, self.epoch, self.seconds, self.learning_rate, self.nats_per_note
        );
        for f in &self.fields {
            line += &format!(",{f:.5}");
        }
        if !self.accuracy.is_empty() {
            line += &",".repeat(N_FIELDS.saturating_sub(self.fields.len()));
            self.accuracy.iter().for_each(|a| line += &format!(",{a:.5}"));
        }
        line + "\n"
    }

    fn from_csv(line: &str) -> Option<Self> {
        let mut words = line.split(',');
        let valid = match words.next()? {
            "valid" => true,
            "train" => false,
            _ => return None,
        };
        let step = words.next()?.parse().ok()?;
        let cells: Vec<&str> = words.collect();
        let numbers = |cells: &[&str]| -> Option<Vec<f64>> {
            cells.iter().filter(|c| !c.is_empty()).map(|c| c.parse().ok()).collect()
        };
        let (figures, cells) = cells.split_at_checked(4)?;
        let (fields, right) = cells.split_at(cells.len().min(N_FIELDS));
        let (figures, fields, accuracy) = (numbers(figures)?, numbers(fields)?, numbers(right)?);
        let [epoch, seconds, learning_rate, nats_per_note] = figures.as_slice() else { return None };
        (fields.len() >= 5).then_some(Self {
            valid,
            step,
            epoch: *epoch,
            seconds: *seconds,
            learning_rate: *learning_rate,
            nats_per_note: *nats_per_note,
            fields,
            accuracy,
        })
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    write_atomic(path, bytes).map_err(|reason| RunError::Write { reason, path: path.to_owned() })
}

fn read(path: &Path) -> Result<String, RunError> {
    std::fs::read_to_string(path).map_err(|reason| RunError::Read { reason, path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_survive_a_torn_line_and_can_be_rewound() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let plan = Plan { version: 1, device: "cpu".into(), steps: 9, recipe: Recipe::default() };
        let run = Run::create(dir.path(), &plan).expect("new");
        assert_eq!(run.plan().expect("reads"), plan);
        assert!(matches!(Run::create(dir.path(), &plan), Err(RunError::Exists { .. })));
        let row = |step, valid| MetricsRow {
            valid,
            step,
            epoch: 0.5,
            seconds: 1.25,
            learning_rate: 1e-3,
            nats_per_note: 2.5,
            fields: vec![0.5; 5],
            accuracy: if valid && step < 4 { vec![0.25; 5] } else { Vec::new() },
        };
        for step in 1..=4 {
            run.append(&row(step, step % 2 == 0)).expect("appends");
        }
        let path = dir.path().join("metrics.csv");
        let whole = std::fs::read_to_string(&path).expect("reads");
        std::fs::write(&path, &whole[..whole.len() - 20]).expect("writes");
        assert_eq!(run.metrics().expect("reads").len(), 3);
        run.rewind_metrics(2).expect("rewinds");
        assert_eq!(run.metrics().expect("reads"), [row(1, false), row(2, true)]);
    }
}

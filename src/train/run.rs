//! The folder of one training: everything needed to judge it, use it and go on with it.
//!
//! | file | what |
//! |---|---|
//! | `recipe.toml` | the recipe, with the number of steps it came to; written last: with it the run is there |
//! | `data.cadenza-data` | the encoded pieces and their split |
//! | `data.json` | the data card: their files by hash, for people |
//! | `baselines.json` | what a network has to beat, counted once |
//! | `metrics.csv` | a row for every step shown and every validation check |
//! | `first.cadenza-model` | the weights it began with, where those came from another model |
//! | `best.cadenza-model` | the model at its best check: what `generate` and `eval` use |
//! | `last.cadenza-model` | the latest state, with the optimiser's: where `--resume` goes on |
//! | `takes/` | a take at every check |
//! | `report.json` | written when training ends |
//! | `lock` | held while somebody trains |
//! | `stop` | asks whoever trains to stop and keep |

use super::baselines::Baselines;
use super::card::DataCard;
use super::data::DataSet;
use super::health::Health;
use super::metrics::HEADER;
use super::recipe::Recipe;
use crate::encoding::ModelCard;
use crate::files::container::ContainerError;
use crate::files::disk::{Disk, FileSystem};
use crate::model::{Checkpoint, CheckpointError};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use super::metrics::MetricsRow;
pub use super::report::{Ending, MEMORISING, Report};

/// The version of the folder that this program writes, and the newest it reads.
pub const VERSION: u32 = 1;

#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("cannot write the run ({reason}): {path}")]
    Write { reason: io::Error, path: PathBuf },
    #[error("cannot read the run ({reason}): {path}")]
    Read { reason: io::Error, path: PathBuf },
    #[error("a run is already there; resume it or choose another folder: {path}")]
    Exists { path: PathBuf },
    #[error("no run of Cadenza is there: {path}")]
    NoRun { path: PathBuf },
    #[error(
        "it was made by a newer version of Cadenza (its form is {found}, this version reads up to {VERSION}): {path}"
    )]
    Newer { found: u32, path: PathBuf },
    #[error("this run is being trained already, here or by another process: {path}")]
    Busy { path: PathBuf },
    #[error("the folder of the run is gone (removed, renamed, or its drive was unplugged): {path}")]
    Gone { path: PathBuf },
    #[error(
        "the state it would go on from is lost ({reason}); its best model is whole: use it as it is, or start a training \
         from it (--from {run})"
    )]
    StateLost { reason: CheckpointError, run: PathBuf },
    #[error("the run's {what} is not understood ({reason}): {path}")]
    Format { what: &'static str, reason: String, path: PathBuf },
    #[error(transparent)]
    Model(#[from] CheckpointError),
    #[error(transparent)]
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
    /// Batches that were dealt and count for no step any more: those before the training was taken back.
    #[serde(default)]
    pub passed_over: u64,
    /// How often it was taken back because it ran away.
    #[serde(default)]
    pub rescues: u32,
    /// The batch at which it was last.
    #[serde(default)]
    pub rescued_at: u64,
    /// Parts in which a batch is computed; 0 and 1 are the same.
    #[serde(default)]
    pub parts: usize,
    #[serde(default)]
    pub health: Health,
    /// What went wrong so far, a sentence each.
    #[serde(default)]
    pub mishaps: Vec<String>,
}

impl Progress {
    /// Batches dealt so far: the next one has this number.
    pub fn dealt(&self) -> u64 {
        self.step + self.passed_over
    }
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

/// Paths of a run folder, with what is needed to read and write them.
#[derive(Clone, Debug)]
pub struct Run {
    pub dir: PathBuf,
    disk: Arc<dyn Disk>,
}

/// The run is ours to train until this is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub struct Claim {
    /// `None` on a file system without locks.
    _lock: Option<File>,
}

impl Run {
    /// A new run folder with its data. Until the recipe stands there, which is written last, it is none.
    ///
    /// # Errors
    /// [`RunError::Exists`] where there is a run already.
    pub fn create(dir: &Path, plan: &Plan, data: &DataSet, disk: Arc<dyn Disk>) -> Result<Self, RunError> {
        let run = Self { dir: dir.to_owned(), disk };
        if run.is_there() {
            return Err(RunError::Exists { path: dir.to_owned() });
        }
        let path = run.data_path();
        let bytes = data.to_bytes().map_err(|reason| RunError::Write { reason, path: path.clone() })?;
        run.write(&path, &bytes)?;
        run.write_json(&run.card_path(), "data card", &DataCard::of(data))?;
        run.write(&run.metrics_path(), HEADER.as_bytes())?;
        run.write_plan(plan)?;
        Ok(run)
    }

    /// A run folder that is there.
    ///
    /// # Errors
    /// [`RunError::NoRun`].
    pub fn open(dir: &Path) -> Result<Self, RunError> {
        let run = Self { dir: dir.to_owned(), disk: Arc::new(FileSystem) };
        if run.is_there() { Ok(run) } else { Err(RunError::NoRun { path: dir.to_owned() }) }
    }

    /// The same, written by way of `disk`.
    #[must_use]
    pub fn on(self, disk: Arc<dyn Disk>) -> Self {
        Self { disk, ..self }
    }

    /// Whether the folder is there still.
    pub fn is_there(&self) -> bool {
        self.plan_path().is_file()
    }

    fn plan_path(&self) -> PathBuf {
        self.dir.join("recipe.toml")
    }
    pub fn metrics_path(&self) -> PathBuf {
        self.dir.join("metrics.csv")
    }
    pub fn data_path(&self) -> PathBuf {
        self.dir.join("data.cadenza-data")
    }
    pub fn card_path(&self) -> PathBuf {
        self.dir.join("data.json")
    }
    pub fn first_path(&self) -> PathBuf {
        self.dir.join("first.cadenza-model")
    }
    pub fn best_path(&self) -> PathBuf {
        self.dir.join("best.cadenza-model")
    }
    pub fn last_path(&self) -> PathBuf {
        self.dir.join("last.cadenza-model")
    }
    pub fn takes_path(&self) -> PathBuf {
        self.dir.join("takes")
    }
    fn baselines_path(&self) -> PathBuf {
        self.dir.join("baselines.json")
    }
    fn report_path(&self) -> PathBuf {
        self.dir.join("report.json")
    }
    fn lock_path(&self) -> PathBuf {
        self.dir.join("lock")
    }
    fn stop_path(&self) -> PathBuf {
        self.dir.join("stop")
    }

    /// Takes the run for training.
    ///
    /// # Errors
    /// [`RunError::Busy`] where somebody trains it.
    pub fn claim(&self) -> Result<Claim, RunError> {
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(self.lock_path());
        let Ok(lock) = open else { return Ok(Claim { _lock: None }) };
        // Whoever only asks holds it for a moment.
        for _ in 0..20 {
            match lock.try_lock() {
                Ok(()) => return Ok(Claim { _lock: Some(lock) }),
                Err(TryLockError::Error(_)) => return Ok(Claim { _lock: None }),
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
        Err(RunError::Busy { path: self.dir.clone() })
    }

    /// Whether somebody trains it, here or in another process.
    pub fn is_busy(&self) -> bool {
        let lock = File::open(self.lock_path());
        lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Asks whoever trains it, in whatever process, to stop and keep.
    ///
    /// # Errors
    /// [`RunError::Write`].
    pub fn ask_to_stop(&self) -> Result<(), RunError> {
        self.write(&self.stop_path(), b"")
    }

    /// Whether that was asked; the question is gone then.
    pub fn was_asked_to_stop(&self) -> bool {
        let path = self.stop_path();
        path.exists() && std::fs::remove_file(path).is_ok()
    }

    pub fn write_plan(&self, plan: &Plan) -> Result<(), RunError> {
        let text = toml::to_string_pretty(plan).map_err(|e| self.format("recipe", &e))?;
        self.write(&self.plan_path(), text.as_bytes())
    }

    /// The recipe.
    ///
    /// # Errors
    /// [`RunError::Newer`] rather than a riddle where a later version wrote it.
    pub fn plan(&self) -> Result<Plan, RunError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let text = read(&self.plan_path())?;
        let Version { version } = toml::from_str(&text).map_err(|e| self.format("recipe", &e))?;
        if version > VERSION {
            return Err(RunError::Newer { found: version, path: self.dir.clone() });
        }
        toml::from_str(&text).map_err(|e| self.format("recipe", &e))
    }

    pub fn write_report(&self, report: &Report) -> Result<(), RunError> {
        self.write_json(&self.report_path(), "report", report)
    }

    /// The report of a run that has ended, `None` while there is none.
    pub fn report(&self) -> Result<Option<Report>, RunError> {
        self.read_json(&self.report_path(), "report")
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

    pub fn write_baselines(&self, baselines: &Baselines) -> Result<(), RunError> {
        self.write_json(&self.baselines_path(), "baselines", baselines)
    }

    /// `None` in runs of earlier versions.
    pub fn baselines(&self) -> Result<Option<Baselines>, RunError> {
        self.read_json(&self.baselines_path(), "baselines")
    }

    /// The model at its best check.
    pub fn best(&self) -> Result<Checkpoint<ModelInfo>, RunError> {
        Ok(Checkpoint::load(&self.best_path())?)
    }

    /// Writes a model.
    ///
    /// # Errors
    /// [`RunError::Write`]; the file is then as it was.
    pub fn write_model(&self, path: &Path, model: &Checkpoint<ModelInfo>) -> Result<(), RunError> {
        let bytes = model.to_bytes().map_err(|reason| RunError::Write { reason, path: path.to_owned() })?;
        self.write(path, &bytes)
    }

    /// Adds rows as text. A row cut short by a crash is passed over when read.
    pub fn append(&self, rows: &str) -> Result<(), RunError> {
        let path = self.metrics_path();
        self.disk.append(&path, rows.as_bytes()).map_err(|reason| RunError::Write { reason, path })
    }

    /// Every whole row so far.
    pub fn metrics(&self) -> Result<Vec<MetricsRow>, RunError> {
        let text = read(&self.metrics_path())?;
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        Ok(whole.lines().skip(1).filter_map(MetricsRow::from_csv).collect())
    }

    /// Forgets the rows after `step`, which a resumed training will write again.
    pub fn rewind_metrics(&self, step: u64) -> Result<(), RunError> {
        let rows = self.metrics()?;
        let kept: String = rows.iter().filter(|r| r.step <= step).map(MetricsRow::to_csv).collect();
        self.write(&self.metrics_path(), format!("{HEADER}{kept}").as_bytes())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), RunError> {
        self.disk.write(path, bytes).map_err(|reason| RunError::Write { reason, path: path.to_owned() })
    }

    fn write_json(&self, path: &Path, what: &'static str, value: &impl Serialize) -> Result<(), RunError> {
        self.write(path, &serde_json::to_vec_pretty(value).map_err(|e| self.format(what, &e))?)
    }

    fn read_json<T: serde::de::DeserializeOwned>(
        &self,
        path: &Path,
        what: &'static str,
    ) -> Result<Option<T>, RunError> {
        if !path.exists() {
            return Ok(None);
        }
        serde_json::from_str(&read(path)?).map(Some).map_err(|e| self.format(what, &e))
    }

    fn format(&self, what: &'static str, reason: &dyn std::fmt::Display) -> RunError {
        // What toml says takes several lines; the first names the fault.
        let reason = reason.to_string();
        let reason = reason.lines().rfind(|l| !l.trim().is_empty()).unwrap_or_default().trim().to_owned();
        RunError::Format { what, reason, path: self.dir.clone() }
    }
}

fn read(path: &Path) -> Result<String, RunError> {
    std::fs::read_to_string(path).map_err(|reason| RunError::Read { reason, path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::data::tests::scale;

    fn made(dir: &Path) -> (Run, Plan) {
        let plan = Plan { version: VERSION, device: "cpu".into(), steps: 9, recipe: Recipe::default() };
        let data = DataSet { train: vec![scale(2, 0)], ..DataSet::default() };
        (Run::create(dir, &plan, &data, Arc::new(FileSystem)).expect("new"), plan)
    }

    #[test]
    fn metrics_survive_a_torn_line_and_can_be_rewound() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let (run, plan) = made(dir.path());
        assert_eq!(run.plan().expect("reads"), plan);
        let again = Run::create(dir.path(), &plan, &DataSet::default(), Arc::new(FileSystem));
        assert!(matches!(again, Err(RunError::Exists { .. })));
        let row = |step, valid| MetricsRow {
            valid,
            step,
            epoch: 0.5,
            seconds: 1.25,
            learning_rate: 1e-3,
            nats_per_note: 2.5,
            fields: vec![0.5; 5],
            accuracy: if valid && step < 4 { vec![0.25; 5] } else { Vec::new() },
            network: (valid && step < 4).then_some(2.75),
        };
        for step in 1..=4 {
            run.append(&row(step, step % 2 == 0).to_csv()).expect("appends");
        }
        let path = dir.path().join("metrics.csv");
        let whole = std::fs::read_to_string(&path).expect("reads");
        for cut in [1, 2, 20] {
            std::fs::write(&path, &whole[..whole.len() - cut]).expect("writes");
            assert_eq!(run.metrics().expect("reads").len(), 3);
        }
        run.rewind_metrics(2).expect("rewinds");
        assert_eq!(run.metrics().expect("reads"), [row(1, false), row(2, true)]);
    }

    #[test]
    fn a_run_is_trained_by_one_at_a_time() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let (run, _) = made(dir.path());
        assert!(!run.is_busy());
        let claim = run.claim().expect("free");
        assert!(run.is_busy());
        assert!(matches!(run.claim(), Err(RunError::Busy { .. })));
        drop(claim);
        assert!(!run.is_busy());
        assert!(!run.was_asked_to_stop());
        run.ask_to_stop().expect("asks");
        assert_eq!([run.was_asked_to_stop(), run.was_asked_to_stop()], [true, false]);
    }

    #[test]
    fn a_run_of_a_later_version_says_so_and_one_of_an_earlier_opens() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let (run, plan) = made(dir.path());
        let path = dir.path().join("recipe.toml");
        let text = std::fs::read_to_string(&path).expect("reads");
        std::fs::write(&path, text.replace("version = 1", "version = 7\nunheard_of = 1")).expect("writes");
        let said = run.plan().expect_err("newer").to_string();
        assert!(said.starts_with("it was made by a newer version of Cadenza (its form is 7"), "{said}");
        let old = text.lines().filter(|l| !l.starts_with("common_tonic") && !l.starts_with("patience"));
        std::fs::write(&path, old.collect::<Vec<_>>().join("\n")).expect("writes");
        assert_eq!(run.plan().expect("reads"), plan);
        std::fs::write(&path, text.replace("seed = 1", "sede = 1")).expect("writes");
        let said = run.plan().expect_err("unknown").to_string();
        assert!(said.contains("the run's recipe is not understood (unknown field `sede`"), "{said}");
        std::fs::remove_dir_all(dir.path()).expect("removes");
        assert!(!run.is_there());
    }
}

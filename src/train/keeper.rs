//! Keeps a training on disk: the state as often as it may cost, the best model, the rows of metrics. A
//! disk that refuses stops nothing: what could not be written is held, and written when it can be.

use super::error::TrainError;
use super::keeping::Keeping;
use super::run::{MetricsRow, ModelInfo, Run, RunError};
use super::watch::{Mishap, TrainEvent, Watch};
use crate::model::Checkpoint;
use std::time::{Duration, Instant};

/// Share of the time that saving may take.
const SHARE: f64 = 0.02;
/// Time between two saves at least and, before the first has been measured, until it.
const SOONEST: Duration = Duration::from_secs(5);
/// Until a disk that refused is asked again.
const AGAIN: Duration = Duration::from_secs(10);

pub struct Keeper {
    pub run: Run,
    every: Option<Duration>,
    begun: Instant,
    saved_at: Instant,
    /// Seconds that the last save took, and all together.
    cost: f64,
    spent: f64,
    /// Rows that are not on disk yet.
    rows: String,
    /// A best model that is not on disk yet.
    best: Option<Checkpoint<ModelInfo>>,
    /// The disk refuses: why.
    refused: Option<String>,
}

impl Keeper {
    pub fn new(run: Run, keeping: &Keeping) -> Self {
        let now = Instant::now();
        Self {
            run,
            every: keeping.save_every,
            begun: now,
            saved_at: now,
            cost: 0.0,
            spent: 0.0,
            rows: String::new(),
            best: None,
            refused: None,
        }
    }

    /// Whether it is time to save.
    pub fn is_due(&self) -> bool {
        let regular = self.every.unwrap_or_else(|| SOONEST.max(Duration::from_secs_f64(self.cost / SHARE)));
        let wait = if self.refused.is_some() { self.every.unwrap_or(AGAIN) } else { regular };
        self.saved_at.elapsed() >= wait
    }

    /// Share of the time that went into saving.
    pub fn share(&self) -> f64 {
        self.spent / self.begun.elapsed().as_secs_f64().max(1e-9)
    }

    /// Adds a row of metrics.
    ///
    /// # Errors
    /// [`RunError::Gone`] alone.
    pub fn append(&mut self, row: &MetricsRow, watch: &mut dyn Watch) -> Result<(), TrainError> {
        self.rows += &row.to_csv();
        // Asked again with the next save, not with every row.
        if self.refused.is_some() {
            return Ok(());
        }
        let outcome = self.write_rows();
        self.hear(outcome, watch)
    }

    /// Forgets the rows after `step`.
    ///
    /// # Errors
    /// [`RunError::Gone`] alone.
    pub fn rewind(&mut self, step: u64, watch: &mut dyn Watch) -> Result<(), TrainError> {
        self.rows.clear();
        let outcome = self.must_be_there().and_then(|()| self.run.rewind_metrics(step));
        self.hear(outcome, watch)
    }

    /// Keeps a new best model.
    ///
    /// # Errors
    /// [`RunError::Gone`] alone.
    pub fn keep_best(&mut self, model: Checkpoint<ModelInfo>, watch: &mut dyn Watch) -> Result<(), TrainError> {
        self.best = Some(model);
        let begun = Instant::now();
        let outcome = self.write_best();
        self.spent += begun.elapsed().as_secs_f64();
        self.hear(outcome, watch)
    }

    /// The best model so far, wherever it is.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn best(&self) -> Result<Option<Checkpoint<ModelInfo>>, RunError> {
        if let Some(best) = &self.best {
            return Ok(Some(best.clone()));
        }
        if self.run.best_path().exists() { self.run.best().map(Some) } else { Ok(None) }
    }

    /// Saves the state, and whatever could not be saved before.
    ///
    /// # Errors
    /// [`RunError::Gone`] alone.
    pub fn save(
        &mut self,
        state: impl FnOnce() -> Result<Checkpoint<ModelInfo>, TrainError>,
        watch: &mut dyn Watch,
    ) -> Result<(), TrainError> {
        let outcome = self.save_now(state);
        self.saved_at = Instant::now();
        match outcome {
            Ok(()) => self.hear(Ok(()), watch),
            Err(TrainError::Run(e)) => self.hear(Err(e), watch),
            Err(e) => Err(e),
        }
    }

    /// As [`Keeper::save`], for the last time: what cannot be written now is lost, so every error counts.
    ///
    /// # Errors
    /// What the disk says.
    pub fn finish(
        &mut self,
        state: impl FnOnce() -> Result<Checkpoint<ModelInfo>, TrainError>,
        watch: &mut dyn Watch,
    ) -> Result<(), TrainError> {
        self.save_now(state)?;
        self.hear(Ok(()), watch)
    }

    fn save_now(
        &mut self,
        state: impl FnOnce() -> Result<Checkpoint<ModelInfo>, TrainError>,
    ) -> Result<(), TrainError> {
        let begun = Instant::now();
        let write = || {
            self.write_best()?;
            self.write_rows()?;
            Ok(self.run.write_model(&self.run.last_path(), &state()?)?)
        };
        let outcome = write();
        self.cost = begun.elapsed().as_secs_f64();
        self.spent += self.cost;
        outcome
    }

    fn write_best(&mut self) -> Result<(), RunError> {
        self.must_be_there()?;
        if let Some(best) = &self.best {
            self.run.write_model(&self.run.best_path(), best)?;
            self.best = None;
        }
        Ok(())
    }

    fn write_rows(&mut self) -> Result<(), RunError> {
        self.must_be_there()?;
        if !self.rows.is_empty() {
            self.run.append(&self.rows)?;
            self.rows.clear();
        }
        Ok(())
    }

    /// Writing would make the folder anew, with a part of what belongs in it.
    fn must_be_there(&self) -> Result<(), RunError> {
        if self.run.is_there() { Ok(()) } else { Err(RunError::Gone { path: self.run.dir.clone() }) }
    }

    /// Tells of a disk that begins to refuse, and of one that does so no more.
    fn hear(&mut self, outcome: Result<(), RunError>, watch: &mut dyn Watch) -> Result<(), TrainError> {
        match outcome {
            Err(e @ RunError::Gone { .. }) => return Err(e.into()),
            Err(e) => {
                if self.refused.is_none() {
                    watch.event(TrainEvent::Mishap(Mishap::CannotSave { reason: e.to_string() }));
                }
                self.refused = Some(e.to_string());
            }
            Ok(()) => {
                let all_written = self.best.is_none() && self.rows.is_empty();
                if all_written && self.refused.take().is_some() {
                    watch.event(TrainEvent::Mishap(Mishap::SavingAgain));
                }
            }
        }
        Ok(())
    }
}

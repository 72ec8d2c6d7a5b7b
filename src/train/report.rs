//! `report.json`: what a training came to.

use super::baselines::Baselines;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Why a training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// Every step was taken.
    Complete,
    /// The user stopped it; it can be gone on with.
    Stopped,
    /// Validation did not improve any more.
    Memorising,
    /// It ran away again and again.
    Diverged,
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
    /// The same in a word; `None` in reports of earlier versions.
    #[serde(default)]
    pub ending: Option<Ending>,
    /// What went wrong on the way and was dealt with, a sentence each.
    #[serde(default)]
    pub mishaps: Vec<String>,
    /// Share of the time that went into saving, of the last sitting.
    #[serde(default)]
    pub saving_share: f64,
    /// The most bytes of memory that the program held, where the system says.
    #[serde(default)]
    pub peak_memory: Option<u64>,
}

/// How a training ends that stops by itself before its last step.
pub const MEMORISING: &str = "stopped early: validation had not improved for some checks, the best model is kept";

impl Report {
    /// Whether there is nothing left to go on with.
    pub fn is_over(&self) -> bool {
        match self.ending {
            Some(ending) => ending != Ending::Stopped,
            None => self.steps >= self.planned_steps || self.ended == MEMORISING,
        }
    }
}

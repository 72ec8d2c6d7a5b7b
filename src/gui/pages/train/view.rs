//! The values the Train page draws, and what it asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A point of a curve: step, nats per note.
pub type Point = [f64; 2];

#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainView {
    pub presets: Vec<Preset>,
    pub devices: Vec<String>,
    /// What a run may start from, beside from scratch.
    pub earlier: Vec<String>,
    /// Settings under "Advanced", with their defaults.
    pub knobs: Vec<Knob>,
    /// How many pieces there are to learn from; 0 asks for a library first.
    pub n_pieces: usize,
    /// The run in progress, or the last one to end.
    pub running: Option<RunView>,
    pub runs: Vec<RunSummary>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preset {
    pub name: String,
    pub description: String,
    /// Estimated for the first device, where it has been measured.
    pub minutes: Option<f64>,
    /// What its knobs stand at, by key, where it differs from the knob's default.
    pub knobs: BTreeMap<String, f64>,
}

/// A number that may be set; which one is the trainer's business.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Knob {
    pub key: String,
    pub name: String,
    pub help: String,
    pub default: f64,
    pub min: f64,
    pub max: f64,
    pub logarithmic: bool,
    pub integer: bool,
    /// Where it is a choice: what there is to choose from. Its value is an index.
    pub options: Vec<String>,
    /// Shown only while this other knob, by key, stands at this value.
    pub only_while: Option<(String, f64)>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunView {
    pub name: String,
    pub train: Arc<Vec<Point>>,
    pub valid: Arc<Vec<Point>>,
    pub best: Option<Point>,
    /// Loss of simple models, as level lines.
    pub baselines: Vec<(String, f64)>,
    pub step: u64,
    pub steps: u64,
    pub epoch: f64,
    pub epochs: f64,
    pub elapsed_secs: f64,
    pub eta_secs: Option<f64>,
    pub notes_per_sec: f64,
    pub learning_rate: f64,
    /// What is happening, in words.
    pub sentence: String,
    pub state: RunState,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunState {
    #[default]
    Preparing,
    Running,
    Paused,
    Stopping,
    Finished,
    Failed,
}

impl RunState {
    pub fn is_over(self) -> bool {
        matches!(self, RunState::Finished | RunState::Failed)
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunSummary {
    pub name: String,
    /// One line: when, how long, how good.
    pub about: String,
    /// Validation loss by step, drawn faintly behind the present run.
    pub valid: Arc<Vec<Point>>,
    /// It was stopped before its end.
    pub can_resume: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TrainRequest {
    Start(TrainSettings),
    Pause,
    Resume,
    StopAndKeep,
    Discard,
    UseRun(usize),
    ResumeRun(usize),
    RevealRun(usize),
}

#[derive(Clone, Debug, PartialEq)]
pub struct TrainSettings {
    /// Index into [`TrainView::presets`] and [`TrainView::devices`].
    pub preset: usize,
    pub device: usize,
    pub start: Start,
    /// Knobs that were moved, by key.
    pub knobs: Vec<(String, f64)>,
}

/// What a run starts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    #[default]
    Scratch,
    /// Index into [`TrainView::earlier`].
    Earlier(usize),
}

//! The values the Train page draws, and what it asks for.

use super::curve::Curve;
use crate::music::Score;
use crate::train::{Ending, ReportCard};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Fields that a curve can tell apart.
pub const FIELDS: usize = 6;

/// A point of the curves: where in the training, and what was measured there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    pub step: f64,
    pub epoch: f64,
    pub minutes: f64,
    /// Nats per note, all fields but velocity together.
    pub nats: f64,
    /// By field in the model's order; 0 where it was not told.
    pub fields: [f64; FIELDS],
    pub rate: f64,
    /// Of the network by itself, where counts are mixed into what it says; 0 where not.
    pub network: f64,
}

impl Sample {
    pub fn plus(&self, o: &Self) -> Self {
        Self {
            step: self.step + o.step,
            epoch: self.epoch + o.epoch,
            minutes: self.minutes + o.minutes,
            nats: self.nats + o.nats,
            fields: std::array::from_fn(|i| self.fields[i] + o.fields[i]),
            rate: self.rate + o.rate,
            network: self.network + o.network,
        }
    }

    pub fn over(&self, n: f64) -> Self {
        Self {
            step: self.step / n,
            epoch: self.epoch / n,
            minutes: self.minutes / n,
            nats: self.nats / n,
            fields: self.fields.map(|f| f / n),
            rate: self.rate / n,
            network: self.network / n,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainView {
    pub presets: Vec<Preset>,
    pub devices: Vec<String>,
    /// Settings under "Advanced", with their defaults.
    pub knobs: Vec<Knob>,
    /// How many pieces there are to learn from; 0 asks for a library first.
    pub n_pieces: usize,
    /// The run in progress, or the last one to end.
    pub running: Option<RunView>,
    /// The runs that are there, newest first.
    pub runs: Vec<RunRow>,
    /// Curves, takes and reports of those that were asked for, by name.
    pub details: BTreeMap<String, Arc<Detail>>,
    pub queue: Vec<QueueRow>,
    /// A recipe that was asked for by "Duplicate", to be put into the form.
    pub duplicate: Option<Duplicate>,
}

/// What changes on the page.
#[derive(Clone, Debug)]
pub enum TrainNews {
    Page { presets: Vec<Preset>, devices: Vec<String>, knobs: Vec<Knob>, n_pieces: usize },
    Run(Option<Box<RunView>>),
    Runs(Vec<RunRow>),
    Detail(String, Arc<Detail>),
    Queue(Vec<QueueRow>),
    Duplicate(Duplicate),
}

impl TrainView {
    pub fn hear(&mut self, news: TrainNews) {
        match news {
            TrainNews::Page { presets, devices, knobs, n_pieces } => {
                (self.presets, self.devices, self.knobs, self.n_pieces) = (presets, devices, knobs, n_pieces);
            }
            TrainNews::Run(run) => self.running = run.map(|r| *r),
            TrainNews::Runs(runs) => {
                self.details.retain(|name, _| runs.iter().any(|r| r.name == *name));
                self.runs = runs;
            }
            TrainNews::Detail(name, detail) => {
                self.details.insert(name, detail);
            }
            TrainNews::Queue(queue) => self.queue = queue,
            TrainNews::Duplicate(recipe) => self.duplicate = Some(recipe),
        }
    }

    /// The run that is learning, from here or elsewhere.
    pub fn active(&self) -> Option<&RunView> {
        self.running.as_ref().filter(|r| !r.state.is_over())
    }

    pub fn row(&self, name: &str) -> Option<&RunRow> {
        self.runs.iter().find(|r| r.name == name)
    }
}

/// A recipe as knobs, and the preset it comes nearest to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Duplicate {
    /// Counts up: the same recipe can be asked for again.
    pub serial: u64,
    /// Of which run.
    pub name: String,
    pub preset: usize,
    pub knobs: BTreeMap<String, f64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preset {
    /// By which it is known in recipes of a queue.
    pub id: String,
    pub name: String,
    pub description: String,
    pub estimate: Estimate,
    /// What its knobs stand at, by key, where it differs from the knob's default.
    pub knobs: BTreeMap<String, f64>,
}

/// How long a preset takes on the device chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Estimate {
    #[default]
    Unknown,
    Measuring,
    Known {
        seconds: f64,
        steps: u64,
        notes_per_sec: f64,
        parameters: usize,
    },
    /// Why it could not be measured.
    Failed(String),
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
    pub train: Arc<Curve>,
    pub valid: Arc<Vec<Sample>>,
    /// The check at which the kept model stands.
    pub best: Option<Sample>,
    /// Loss of simple models, as level lines: name, nats per note.
    pub baselines: Vec<(String, f64)>,
    pub step: u64,
    pub steps: u64,
    pub epoch: f64,
    pub epochs: f64,
    pub elapsed_secs: f64,
    pub eta_secs: Option<f64>,
    pub notes_per_sec: f64,
    pub learning_rate: f64,
    /// Bytes held.
    pub memory: Option<u64>,
    pub parameters: usize,
    /// What is happening.
    pub now: Happening,
    /// What went wrong or was said on the way, with the step.
    pub log: Vec<(u64, Happening)>,
    pub takes: Arc<Vec<TakeView>>,
    pub state: RunState,
    /// Another process trains it; it is watched from here.
    pub elsewhere: bool,
}

/// What is happening, to be said in the window's language.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Happening {
    /// The trainer's own words.
    Said(String),
    #[default]
    Preparing,
    /// No check yet.
    Begun,
    /// One check alone tells nothing.
    FirstCheck {
        nats: f64,
    },
    Learning,
    /// The last check was no better than the best one.
    NoBetter {
        best_step: u64,
    },
    /// A check was the best so far.
    Best {
        nats: f64,
    },
    Plateau,
    Memorising {
        best_step: u64,
    },
    Diverged {
        at: u64,
        back_to: u64,
        rate: f64,
        attempt: u32,
    },
    OutOfMemory {
        rows: usize,
        parts: usize,
    },
    CannotSave {
        reason: String,
    },
    SavingAgain,
    Slept {
        secs: f64,
    },
    Ended {
        how: Ending,
        nats: Option<f64>,
        best_step: u64,
    },
    /// The report is being made: what it is at.
    Reporting(String),
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

/// A take written at a check, or for the report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TakeView {
    /// `None` for takes of the report.
    pub step: Option<u64>,
    pub path: PathBuf,
    pub score: Arc<Score>,
    pub best: bool,
    /// Validation at that check.
    pub nats: Option<f64>,
}

/// A run in the list and in the table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunRow {
    pub name: String,
    pub dir: PathBuf,
    pub standing: Standing,
    pub age_secs: Option<f64>,
    pub has_model: bool,
    pub size_bytes: u64,
    /// Of the best check.
    pub nats: Option<f64>,
    pub ngram: Option<f64>,
    pub arch: String,
    pub parameters: usize,
    pub steps: u64,
    pub planned_steps: u64,
    pub best_step: u64,
    pub seconds: f64,
    pub notes_per_sec: f64,
    /// What sets it apart: width, layers, rate, dropout, seed …, as written in its recipe.
    pub recipe: Vec<(String, String)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    Finished,
    /// It was stopped before its end.
    CanResume,
    /// It is training, perhaps in another process.
    Busy,
    /// Why it cannot be used.
    Unreadable(String),
}

/// What is read of a run only when it is looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detail {
    pub train: Arc<Curve>,
    pub valid: Arc<Vec<Sample>>,
    pub best: Option<Sample>,
    pub baselines: Vec<(String, f64)>,
    pub takes: Arc<Vec<TakeView>>,
    pub card: Option<Arc<ReportCard>>,
    /// Of the card's takes.
    pub card_takes: Arc<Vec<TakeView>>,
}

/// A run of the queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueRow {
    pub name: String,
    pub state: QueueState,
    pub nats: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum QueueState {
    #[default]
    Waiting,
    Running,
    Done,
    Failed(String),
    /// The queue was stopped before it.
    NotBegun,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TrainRequest {
    Start(TrainSettings),
    /// Several runs one after another: the settings, and what varies.
    Queue(TrainSettings, Sweep),
    /// Measure how long the presets take on a device; nothing happens where it is known.
    Measure(usize),
    Pause,
    Resume,
    StopAndKeep,
    Discard,
    /// Go on in a process of its own: the window is about to close.
    GoOnWithout,
    UseRun(String),
    ResumeRun(String),
    RevealRun(String),
    /// Look which runs there are: another program may have made one.
    List,
    /// Read the curves, takes and report of a run.
    Look(String),
    Rename(String, String),
    Duplicate(String),
    Delete(String),
    /// Make the report of a run again.
    Report(String),
    ExportCsv(String, PathBuf),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainSettings {
    /// Index into [`TrainView::presets`] and [`TrainView::devices`].
    pub preset: usize,
    pub device: usize,
    pub start: Start,
    /// Knobs that were moved, by key.
    pub knobs: Vec<(String, f64)>,
}

/// What varies between the runs of a queue; every combination is one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sweep {
    /// Indices of presets; none = the one chosen.
    pub presets: Vec<usize>,
    pub widths: Vec<usize>,
    pub layers: Vec<usize>,
    /// So many seeds, counting up from the recipe's.
    pub seeds: usize,
}

impl Sweep {
    /// How many runs that makes.
    pub fn n_runs(&self) -> usize {
        [self.presets.len(), self.widths.len(), self.layers.len(), self.seeds].map(|n| n.max(1)).iter().product()
    }
}

/// What a run starts from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Start {
    #[default]
    Scratch,
    /// A run, by name.
    Earlier(String),
}

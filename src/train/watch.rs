//! What a trainer tells whoever watches, and what it can be told.

use super::baselines::Baselines;
use super::evaluate::Likelihood;
use super::run::ModelInfo;
use super::standing::Standing;
use crate::model::Checkpoint;
use std::path::PathBuf;

/// What the trainer is to do next; asked once a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Go,
    Pause,
    /// End now, keep everything.
    Stop,
}

/// What happens, for whoever watches.
#[derive(Clone, Debug, PartialEq)]
pub enum TrainEvent {
    /// A sentence for the user.
    Says(String),
    Started {
        steps: u64,
        parameters: usize,
        train_notes: usize,
        valid_notes: usize,
        baselines: Baselines,
        resumed_at: u64,
    },
    Step(StepInfo),
    Checked(Check),
    /// A take of the model as it was at a check.
    Take(TakeAtCheck),
    Mishap(Mishap),
    Paused,
}

#[derive(Clone, Debug, PartialEq)]
pub struct StepInfo {
    /// Steps taken.
    pub step: u64,
    pub epoch: f64,
    /// Nats per note of the batch, with dropout on.
    pub nats_per_note: f64,
    /// The same by field, in the model's order.
    pub fields: Vec<f64>,
    pub learning_rate: f64,
    /// Over the last few steps.
    pub notes_per_sec: f64,
    pub seconds: f64,
    pub seconds_left: f64,
    /// Bytes of memory that the program holds, where the system says.
    pub memory: Option<u64>,
    /// Share of the time that went into saving.
    pub saving: f64,
}

/// A validation check.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    pub step: u64,
    pub epoch: f64,
    pub seconds: f64,
    pub likelihood: Likelihood,
    pub best: bool,
    /// Mean nats per note of the batches since the check before; `None` where there were none.
    pub train_nats: Option<f64>,
    pub standing: Standing,
}

/// A take that was written at a check: always the same seed, so that one hears the model change.
#[derive(Clone, Debug, PartialEq)]
pub struct TakeAtCheck {
    pub step: u64,
    /// A MIDI file.
    pub path: PathBuf,
    pub notes: usize,
    /// How long writing it took.
    pub seconds: f64,
    pub best: bool,
}

/// Something went wrong, and this is what was done about it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Mishap {
    #[error(
        "the loss ran away at step {at}: back to the state of step {back_to}, with the learning rate at {:.0} % ({attempt} of {} attempts)",
        100.0 * .rate, super::health::ATTEMPTS
    )]
    Diverged {
        at: u64,
        back_to: u64,
        /// What the recipe's learning rate is multiplied by from here on.
        rate: f64,
        /// From 1.
        attempt: u32,
    },
    #[error(
        "the device ran out of memory: a batch is computed in {parts} parts of at most {rows} rows, the steps stay the same"
    )]
    OutOfMemory { rows: usize, parts: usize },
    #[error(
        "cannot save ({reason}): training goes on, the last state on disk stays as it is, and saving is tried again"
    )]
    CannotSave { reason: String },
    #[error("saving works again: everything is on disk")]
    SavingAgain,
    #[error("the clock went on by {:.0} min during a step (the computer slept, or its clock was set): training goes on where it was", .seconds / 60.0)]
    Slept { seconds: f64 },
}

/// Whoever watches: gets events, gives commands.
pub trait Watch {
    fn event(&mut self, event: TrainEvent);
    fn command(&mut self) -> Command;

    /// `model` is what was just checked, for whoever wants to hear it. Told before the event.
    fn checked(&mut self, step: u64, best: bool, model: Checkpoint<ModelInfo>) {
        let _ = (step, best, model);
    }
}

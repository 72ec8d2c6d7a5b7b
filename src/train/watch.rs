//! What a trainer tells whoever watches, and what it can be told.

use super::baselines::Baselines;
use super::evaluate::Likelihood;

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
    Paused,
}

#[derive(Clone, Debug, PartialEq)]
pub struct StepInfo {
    /// Steps taken.
    pub step: u64,
    pub epoch: f64,
    /// Nats per note of the batch, with dropout on.
    pub nats_per_note: f64,
    pub learning_rate: f64,
    /// Over the last few steps.
    pub notes_per_sec: f64,
    pub seconds: f64,
    pub seconds_left: f64,
}

/// A validation check.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    pub step: u64,
    pub epoch: f64,
    pub seconds: f64,
    pub likelihood: Likelihood,
    pub best: bool,
}

/// Whoever watches: gets events, gives commands.
pub trait Watch {
    fn event(&mut self, event: TrainEvent);
    fn command(&mut self) -> Command;
}

//! What can go wrong in a training.

use super::health::ATTEMPTS;
use super::run::RunError;
use super::step::Fault;
use crate::files::container::ContainerError;
use crate::model::{CheckpointError, DeviceError};

#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("nothing to train on: no piece was used")]
    NoData,
    #[error("the recipe is not sound: {0}")]
    Recipe(String),
    #[error(
        "the loss ran away again at step {step}, after {ATTEMPTS} attempts with a lower learning rate: training is given up, the best model so far is kept (choose a lower learning rate, or a smaller network)"
    )]
    Diverged { step: u64 },
    #[error(
        "the device has no memory for a single row of a batch: choose a smaller network or a shorter window; what was reached is kept"
    )]
    OutOfMemory,
    #[error(
        "the device failed after step {step} ({reason}): the state saved last is kept, training can be resumed from there, on another device too"
    )]
    Lost { step: u64, reason: String },
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("burn could not store or restore weights: {0}")]
    Weights(String),
    #[error("the model to start from has another shape than the recipe asks for: {0}")]
    From(String),
    #[error("stopped before the first step")]
    Stopped,
}

impl TrainError {
    /// A device that failed after so many steps.
    pub fn device(fault: Fault, step: u64) -> Self {
        match fault {
            Fault::OutOfMemory => Self::OutOfMemory,
            Fault::Lost(reason) => Self::Lost { step, reason },
        }
    }
}

impl From<CheckpointError> for TrainError {
    fn from(e: CheckpointError) -> Self {
        Self::Run(e.into())
    }
}
impl From<ContainerError> for TrainError {
    fn from(e: ContainerError) -> Self {
        Self::Run(e.into())
    }
}

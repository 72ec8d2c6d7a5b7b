//! What can go wrong in a training.

use super::run::RunError;
use crate::files::container::ContainerError;
use crate::model::{CheckpointError, DeviceError};

#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("nothing to train on: no piece was used")]
    NoData,
    #[error("the recipe is not sound: {0}")]
    Recipe(String),
    #[error("the loss is no longer a number at step {step}; the best model so far is kept (try a lower learning rate)")]
    Diverged { step: u64 },
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

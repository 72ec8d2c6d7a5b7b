//! What a model can be asked, found out by making it ready: a click on Generate then does not wait for that.

use super::{Job, Waker, Warm};
use crate::generate::Abilities;
use std::path::PathBuf;

/// Reads the model of a run folder or a model file, which stays in `warm`.
pub fn spawn_abilities(model: PathBuf, warm: &Warm, waker: Waker) -> Job<(), Abilities> {
    let warm = warm.clone();
    Job::spawn("abilities", waker, move |_| Ok(warm.generator(&model)?.abilities()))
}

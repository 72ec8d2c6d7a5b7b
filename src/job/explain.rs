//! Receipts for music that is there already, as a job.

use super::warm::Warm;
use super::{Job, Waker};
use crate::corpus::roles;
use crate::generate::Explanation;
use crate::music::Score;
use std::path::PathBuf;
use std::sync::Arc;

/// A piece, and the model that is to read it.
#[derive(Clone, Debug)]
pub struct ExplainRequest {
    /// A run folder or a model file.
    pub model: PathBuf,
    pub score: Arc<Score>,
}

/// Starts reading, with a model that is kept in `warm`; notes done, of how many, are told on the way.
///
/// Voices are told apart as an import does, so that the figures are those of `eval`.
pub fn spawn_explain(request: ExplainRequest, warm: &Warm, waker: Waker) -> Job<(usize, usize), Explanation> {
    let warm = warm.clone();
    Job::spawn("explain", waker, move |control| {
        let generator = warm.generator(&request.model)?;
        let mut score = (*request.score).clone();
        roles::refine(&mut score);
        let explained = generator
            .explain(&score, control.cancel_flag(), &mut |done, all| control.send_thinned("notes", (done, all)));
        explained.ok_or_else(|| super::Cancelled.into())
    })
}

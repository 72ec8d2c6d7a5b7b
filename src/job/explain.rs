//! Receipts for music that is there already, as a job.

use super::warm::Warm;
use super::{Job, Waker};
use crate::corpus::roles;
use crate::generate::{Explanation, Weighed};
use crate::music::{NoteId, Score};
use std::path::PathBuf;
use std::sync::Arc;

/// A piece, and the model that is to read it.
#[derive(Clone, Debug)]
pub struct ExplainRequest {
    /// A run folder or a model file.
    pub model: PathBuf,
    pub score: Arc<Score>,
    /// Whether each note says what every earlier bar was worth to it: a reading of the piece for each bar.
    pub bars: bool,
}

/// Starts reading, with a model that is kept in `warm`; notes done, of how many, are told on the way, and then
/// bars where those are asked for.
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
        let mut explained = explained.ok_or(super::Cancelled)?;
        if request.bars {
            let tell = &mut |done, all| control.send_thinned("bars", (done, all));
            let bars = generator.weigh_all(&score, control.cancel_flag(), tell).ok_or(super::Cancelled)?;
            explained.notes.iter_mut().zip(bars).for_each(|(note, bars)| note.bars = bars);
        }
        Ok(explained)
    })
}

/// Asks what each earlier bar was worth to one note of a piece, and how likely every pitch was there.
pub fn spawn_weigh(model: PathBuf, score: Arc<Score>, note: NoteId, warm: &Warm, waker: Waker) -> Job<(), Weighed> {
    let warm = warm.clone();
    Job::spawn("weigh", waker, move |control| {
        let generator = warm.generator(&model)?;
        let mut score = (*score).clone();
        roles::refine(&mut score);
        generator.weigh(&score, note, control.cancel_flag()).ok_or_else(|| super::Cancelled.into())
    })
}

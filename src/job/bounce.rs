//! Rendering to a WAV file as a job. Cancelled, it leaves no file.

use super::{Job, Waker};
use crate::audio::bounce::{BounceReport, bounce};
use crate::music::Score;
use std::path::PathBuf;
use std::sync::Arc;

/// A rendering, as the window and the command line ask for it.
#[derive(Clone, Debug)]
pub struct BounceRequest {
    pub score: Arc<Score>,
    /// Voices that do not sound; shorter lists mean that the rest does.
    pub silent: Vec<bool>,
    pub rate: u32,
    /// A SoundFont to use instead of the built-in bank.
    pub soundfont: Option<PathBuf>,
    pub out: PathBuf,
}

/// Starts rendering; events are the share done, 0–1.
pub fn spawn_bounce(request: BounceRequest, waker: Waker) -> Job<f64, BounceReport> {
    Job::spawn("bounce", waker, move |control| {
        let mut score = (*request.score).clone();
        for (voice, _) in score.voices.iter_mut().zip(&request.silent).filter(|(_, silent)| **silent) {
            voice.notes.clear();
        }
        let font = request.soundfont.map(std::fs::read).transpose()?;
        let progress = |share| control.send_thinned("progress", share);
        Ok(bounce(&score, request.rate, font.as_deref(), &request.out, progress, control.cancel_flag())?)
    })
}

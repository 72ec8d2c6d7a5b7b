//! Rendering to sound files as a job. Cancelled, it leaves no file half written.

use super::{Job, Waker};
use crate::audio::SoundFont;
use crate::audio::bounce::{Bounce, BounceReport, bounce};
use crate::music::Score;
use std::path::PathBuf;
use std::sync::Arc;

/// A rendering, as the window and the command line ask for it.
#[derive(Clone, Debug)]
pub struct BounceRequest {
    pub score: Arc<Score>,
    pub what: Bounce,
    /// A font to use instead of the built-in bank.
    pub font: Option<SoundFont>,
    pub out: PathBuf,
}

/// Starts rendering; events are the share done, 0–1.
pub fn spawn_bounce(request: BounceRequest, waker: Waker) -> Job<f64, BounceReport> {
    Job::spawn("bounce", waker, move |control| {
        let font = request.font.unwrap_or_else(SoundFont::built_in);
        let progress = |share| control.send_thinned("progress", share);
        Ok(bounce(&request.score, &request.what, &font, &request.out, progress, control.cancel_flag())?)
    })
}

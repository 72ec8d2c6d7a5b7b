//! Takes as a job: several at once, each on a thread of its own, notes told as they come.
//! Cancelled, it is done with what there is, cut to whole bars.

use super::originality::LongestCopy;
use super::warm::Warm;
use super::{Job, Waker};
use crate::generate::{Settings, Take};
use crate::music::{Note, Score};
use rayon::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

/// Takes, as the window and the command line ask for them.
#[derive(Clone, Debug)]
pub struct GenerateRequest {
    /// A run folder or a model file.
    pub model: PathBuf,
    pub settings: Settings,
    pub primer: Option<Arc<Score>>,
    /// How many, with seeds counting up from the settings'.
    pub takes: u64,
}

/// A note of take `take` (from 0), as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteWritten {
    pub take: usize,
    /// The name, role and program of its voice.
    pub voice: (String, crate::music::Role, u8),
    /// In ticks of [`crate::generate::take::PPQ`].
    pub note: Note,
}

/// A take with what of it stands in the training pieces, where they are at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct TakeDone {
    pub take: Take,
    pub longest_copy: Option<LongestCopy>,
}

/// Starts writing takes; what it loads is kept in `warm`.
pub fn spawn_generate(request: GenerateRequest, warm: &Warm, waker: Waker) -> Job<NoteWritten, Vec<TakeDone>> {
    let warm = warm.clone();
    Job::spawn("generate", waker, move |control| {
        let generator = warm.generator(&request.model)?;
        let take = |n: u64| {
            let settings = request.settings.for_take(n);
            generator.take(&settings, request.primer.as_deref(), control.cancel_flag(), &mut |written| {
                let voice = &written.score.voices[written.voice];
                let voice = (voice.name.clone(), voice.role, voice.program);
                control.send(NoteWritten { take: n as usize, voice, note: written.note });
            })
        };
        let write = || (0..request.takes).into_par_iter().map(take).collect::<Result<Vec<Take>, _>>();
        // The training pieces are laid out for searching while the takes are written.
        let (takes, originality) = rayon::join(write, || warm.originality(&request.model));
        let done = takes?.into_iter().map(|take| {
            let longest_copy = originality.as_ref().and_then(|o| o.longest_copy(&take.new_part()));
            TakeDone { take, longest_copy }
        });
        Ok(done.collect())
    })
}

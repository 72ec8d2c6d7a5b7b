//! What is asked of one note: where its phrase may come from, what each bar was worth to it.

use crate::gui::session::{EventSender, JobView, SessionEvent};
use crate::job::{self, Job, State, Waker, Warm};
use crate::music::NoteId;
use std::path::PathBuf;

/// Questions of one kind, of which the last is answered.
pub struct NoteJobs<T> {
    runs: PathBuf,
    warm: Warm,
    /// The model's name, for the status line, and the note.
    running: Option<(String, NoteId, Job<(), T>)>,
}

impl<T: Send + 'static> NoteJobs<T> {
    pub fn new(runs: PathBuf, warm: Warm) -> Self {
        Self { runs, warm, running: None }
    }

    /// `spawn` is told the model, what is kept ready, and whom to wake. What was asked before is asked no more.
    pub fn ask(
        &mut self,
        model: String,
        note: NoteId,
        events: &EventSender,
        spawn: impl FnOnce(PathBuf, &Warm, Waker) -> Job<(), T>,
    ) {
        let job = spawn(job::bundled::model_at(&self.runs, &model), &self.warm, events.waker());
        self.running = Some((model, note, job));
    }

    pub fn poll(
        &mut self,
        events: &EventSender,
        tell: impl FnOnce(NoteId, Box<Result<T, String>>) -> SessionEvent,
    ) -> Option<JobView> {
        let (model, _, job) = self.running.as_mut()?;
        job.poll().for_each(drop);
        if job.is_running() {
            return Some(JobView { name: model.clone(), progress: None });
        }
        let (_, note, job) = self.running.take()?;
        let found = match job.into_state() {
            State::Done(found) => Ok(found),
            State::Failed(why) => Err(why),
            State::Cancelled | State::Running => return None,
        };
        events.send(tell(note, Box::new(found)));
        None
    }
}

//! How much of a piece is copied: looks it up in what a model learned from.

use crate::gui::session::{EventSender, JobView, SessionEvent};
use crate::job::{self, Figures, Job, State, Warm, spawn_originality};
use crate::music::Score;
use std::path::PathBuf;
use std::sync::Arc;

pub struct OriginalityJobs {
    runs: PathBuf,
    warm: Warm,
    /// The model's name, for the status line.
    running: Option<(String, Job<(), Vec<Figures>>)>,
}

impl OriginalityJobs {
    pub fn new(runs: PathBuf, warm: Warm) -> Self {
        Self { runs, warm, running: None }
    }

    /// What was asked before is asked no more.
    pub fn ask(&mut self, model: String, score: Arc<Score>, events: &EventSender) {
        let job =
            spawn_originality(job::bundled::model_at(&self.runs, &model), vec![score], &self.warm, events.waker());
        self.running = Some((model, job));
    }

    pub fn poll(&mut self, events: &EventSender) -> Option<JobView> {
        let (model, job) = self.running.as_mut()?;
        job.poll().for_each(drop);
        if job.is_running() {
            return Some(JobView { name: model.clone(), progress: None });
        }
        let (_, job) = self.running.take()?;
        let found = match job.into_state() {
            State::Done(figures) => figures.into_iter().next().map(Ok),
            State::Failed(why) => Some(Err(why)),
            State::Cancelled | State::Running => None,
        };
        found.into_iter().for_each(|found| events.send(SessionEvent::Originality(Box::new(found))));
        None
    }
}

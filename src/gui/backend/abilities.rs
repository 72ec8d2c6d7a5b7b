//! Makes the chosen model ready, and says what it can be asked.

use crate::generate::Abilities;
use crate::gui::session::{EventSender, SessionEvent};
use crate::job::{self, Job, State, Warm, spawn_abilities};
use std::path::PathBuf;

/// Of the model that was asked about last.
pub struct AbilityJobs {
    runs: PathBuf,
    warm: Warm,
    running: Option<(String, Job<(), Abilities>)>,
}

impl AbilityJobs {
    pub fn new(runs: PathBuf, warm: Warm) -> Self {
        Self { runs, warm, running: None }
    }

    pub fn ask(&mut self, model: String, events: &EventSender) {
        let job = spawn_abilities(job::bundled::model_at(&self.runs, &model), &self.warm, events.waker());
        self.running = Some((model, job));
    }

    /// Nobody waits for it: the status line is not told.
    pub fn poll(&mut self, events: &EventSender) {
        if self.running.as_ref().is_none_or(|(_, job)| job.is_running()) {
            return;
        }
        let Some((model, job)) = self.running.take() else { return };
        // A model that cannot be read says so when something is asked of it.
        if let State::Done(abilities) = job.into_state() {
            events.send(SessionEvent::Abilities(model, abilities));
        }
    }
}

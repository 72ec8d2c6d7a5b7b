//! Has a model read the piece in the window.

use crate::generate::Explanation;
use crate::gui::session::{EventSender, ExplainRequest, JobView, SessionEvent};
use crate::job::{self, Job, State, Warm, spawn_explain};
use std::path::PathBuf;

pub struct ExplainJobs {
    runs: PathBuf,
    warm: Warm,
    running: Option<Running>,
}

struct Running {
    job: Job<(usize, usize), Explanation>,
    of: ExplainRequest,
    progress: Option<f32>,
}

impl ExplainJobs {
    pub fn new(runs: PathBuf, warm: Warm) -> Self {
        Self { runs, warm, running: None }
    }

    pub fn start(&mut self, request: ExplainRequest, events: &EventSender) {
        let asked = job::ExplainRequest {
            model: job::bundled::model_at(&self.runs, &request.model),
            score: request.score.clone(),
            bars: false,
        };
        self.running =
            Some(Running { job: spawn_explain(asked, &self.warm, events.waker()), of: request, progress: None });
    }

    pub fn poll(&mut self, events: &EventSender) -> Option<JobView> {
        let running = self.running.as_mut()?;
        if let Some((done, all)) = running.job.poll().last() {
            running.progress = Some(done as f32 / all.max(1) as f32);
        }
        if running.job.is_running() {
            return Some(JobView { name: running.of.model.clone(), progress: running.progress });
        }
        let Running { job, of, .. } = self.running.take()?;
        let result = match job.into_state() {
            State::Done(explanation) => Ok(explanation),
            State::Failed(why) => Err(why),
            State::Cancelled | State::Running => Err(job::Cancelled.to_string()),
        };
        events.send(SessionEvent::Explained(of.score, Box::new(result)));
        None
    }
}

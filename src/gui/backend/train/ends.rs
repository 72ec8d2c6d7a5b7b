//! Ending: stopped, discarded, handed to a process of its own, or done; then the report.

use super::running::{End, Ended};
use super::{TrainJobs, say};
use crate::gui::pages::train::{Happening, QueueState, RunState, RunView, TrainNews};
use crate::gui::session::{EventSender, JobView, SessionEvent, Severity};
use crate::job::{self, ReportOptions, State, spawn_report};
use crate::train::{Ending, Report};
use std::path::Path;

impl TrainJobs {
    /// Stops what runs; what becomes of it is decided when it has ended.
    pub(super) fn end(&mut self, end: End, events: &EventSender) {
        let Some(running) = &mut self.running else { return };
        running.end = end;
        if let Err(e) = running.stop() {
            say(events, Severity::Error, e);
        }
        self.show_run(events);
    }

    pub(super) fn poll_run(&mut self, events: &EventSender) -> Option<JobView> {
        let running = self.running.as_mut()?;
        let (heard, moved) = running.poll(&mut self.queue);
        if running.is_running() {
            let progress = (running.view.steps > 0).then(|| running.view.step as f32 / running.view.steps as f32);
            let job = JobView { name: running.view.name.clone(), progress };
            if moved {
                self.listing.again(events);
                events.send(SessionEvent::Train(Box::new(TrainNews::Queue(self.queue.clone()))));
            }
            if heard {
                self.show_run(events);
            }
            return Some(job);
        }
        let (mut view, dir, end, done, ended) = self.running.take()?.into_end();
        view.eta_secs = None;
        settle(&mut view, &ended);
        let is_queue = !self.queue.is_empty() && self.queue.iter().any(|row| row.name == view.name);
        if is_queue {
            for row in self.queue.iter_mut().filter(|r| matches!(r.state, QueueState::Waiting | QueueState::Running)) {
                row.state = QueueState::NotBegun;
            }
            events.send(SessionEvent::Train(Box::new(TrainNews::Queue(self.queue.clone()))));
        }
        match end {
            End::Discard => self.discard(&mut view, &dir, events),
            End::GoOnWithout => self.hand_over(&view, &dir, events),
            End::Keep => {
                let severity = if view.state == RunState::Failed { Severity::Error } else { Severity::Success };
                let words = sentence(&ended);
                say(events, severity, format!("{}: {words}", view.name));
                job::desktop::notify(&format!("Cadenza: {}", view.name), &words);
                self.to_report.extend(done.iter().filter(|r| r.report.is_some()).map(|r| r.name.clone()));
                if done.is_empty() && matches!(ended, Ended::Done(_)) {
                    self.to_report.push_back(view.name.clone());
                }
                self.ended = Some(view);
            }
        }
        self.listing.again(events);
        self.show_run(events);
        None
    }

    /// To the trash, where there is one: then it can still be brought back.
    fn discard(&mut self, view: &mut RunView, dir: &Path, events: &EventSender) {
        self.ended = None;
        let (severity, text) = match job::runs::delete(dir) {
            Ok(()) => (Severity::Success, format!("{}: discarded, in the system's trash", view.name)),
            Err(e) => (Severity::Warning, format!("{}: {e:#}", view.name)),
        };
        say(events, severity, text);
    }

    fn hand_over(&mut self, view: &RunView, dir: &Path, events: &EventSender) {
        self.ended = None;
        if let Err(e) = job::continue_in_background(dir) {
            events.send(SessionEvent::StayOpen);
            say(
                events,
                Severity::Error,
                format!("{}: it is kept, but cannot go on without the window: {e:#}", view.name),
            );
        }
    }

    /// Makes the reports that are due, one after another, while nothing trains.
    pub(super) fn poll_report(&mut self, events: &EventSender) -> Option<JobView> {
        if self.reporting.is_none() && self.running.is_none() {
            let name = self.to_report.pop_front()?;
            let job = spawn_report(self.runs.join(&name), ReportOptions::default(), events.waker());
            self.reporting = Some((name, job));
        }
        let (_, job) = self.reporting.as_mut()?;
        if let Some(says) = job.poll().last() {
            self.tell_report(says, events);
        }
        if let Some((name, _)) = self.reporting.as_ref().filter(|(_, job)| job.is_running()) {
            return Some(JobView { name: name.clone(), progress: None });
        }
        let (name, job) = self.reporting.take()?;
        match job.into_state() {
            State::Done(_) => {}
            State::Failed(why) => say(events, Severity::Warning, format!("{name}: no report: {why}")),
            State::Cancelled | State::Running => {}
        }
        if let Some(view) = self.ended.as_mut().filter(|v| v.name == name)
            && let Some((_, Happening::Ended { .. })) = view.log.last()
            && let Some((_, ended)) = view.log.pop()
        {
            view.now = ended;
            self.show_run(events);
        }
        self.listing.again(events);
        self.listing.look(&name, events);
        None
    }

    /// Says of the run that has just ended that its report is being made.
    fn tell_report(&mut self, says: &'static str, events: &EventSender) {
        let name = self.reporting.as_ref().map(|(name, _)| name.clone());
        let Some(view) = self.ended.as_mut().filter(|v| Some(&v.name) == name.as_ref()) else { return };
        // How it ended stands again when the report is done.
        if let Happening::Ended { .. } = view.now {
            view.log.push((view.step, view.now.clone()));
        }
        view.now = Happening::Reporting(says.to_owned());
        self.show_run(events);
    }
}

/// Puts the end into the view.
fn settle(view: &mut RunView, ended: &Ended) {
    (view.state, view.now) = match ended {
        Ended::Done(report) => (RunState::Finished, happening(report)),
        Ended::Failed(why) => (RunState::Failed, Happening::Said(why.clone())),
        Ended::Nothing => (RunState::Failed, Happening::Said("stopped before the first step".to_owned())),
    };
}

fn happening(report: &Report) -> Happening {
    let how = report.ending.unwrap_or(if report.is_over() { Ending::Complete } else { Ending::Stopped });
    Happening::Ended { how, nats: report.valid_nats_per_note, best_step: report.best_step }
}

fn sentence(ended: &Ended) -> String {
    match ended {
        Ended::Done(report) => {
            let nats = report.valid_nats_per_note;
            let best =
                nats.map_or(String::new(), |n| format!("; best {n:.3} nats per note at step {}", report.best_step));
            format!("{}{best}", report.ended)
        }
        Ended::Failed(why) => why.clone(),
        Ended::Nothing => "stopped before the first step".to_owned(),
    }
}

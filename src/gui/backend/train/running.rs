//! A training while it runs, alone, in a queue, or watched in another process: what it says, as the
//! page shows it.

use super::detail::{baselines, sample_of_row, take_view};
use super::name_of;
use crate::gui::pages::train::{Curve, FIELDS, Happening, QueueRow, QueueState, RunState, RunView, Sample, TakeView};
use crate::gui::session::EventSender;
use crate::job::{self, Job, QueueEvent, RunInfo, State, spawn_follow};
use crate::train::{Mishap, Report, Run, Standing, TrainEvent};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Things that happened, kept at most.
const LOG: usize = 200;

/// What does the work.
pub enum Work {
    One(Job<TrainEvent, Report>),
    /// Another process does; this looks on.
    Followed(Job<TrainEvent, Report>),
    Queue(Job<QueueEvent, Vec<job::QueueRow>>),
}

/// What is to become of it when it has been stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Keep,
    Discard,
    GoOnWithout,
}

pub struct Running {
    pub work: Work,
    pub view: RunView,
    pub dir: PathBuf,
    pub end: End,
    /// It was told to stop.
    pub stopped: bool,
    /// Runs of the queue that have come to their end.
    pub done: Vec<job::QueueRow>,
}

/// How a training ended.
pub enum Ended {
    Done(Box<Report>),
    Failed(String),
    Nothing,
}

impl Running {
    pub fn new(work: Work, dir: PathBuf) -> Self {
        let elsewhere = matches!(work, Work::Followed(_));
        let view = RunView { name: name_of(&dir), elsewhere, ..RunView::default() };
        Self { work, view, dir, end: End::Keep, stopped: false, done: Vec::new() }
    }

    /// Looks on while another process trains.
    pub fn follow(info: &RunInfo, events: &EventSender) -> Self {
        let job = spawn_follow(info.dir.clone(), events.calm_waker());
        let mut running = Self::new(Work::Followed(job), info.dir.clone());
        running.view.name.clone_from(&info.name);
        running
    }

    pub fn pause(&self) {
        match &self.work {
            Work::One(job) => job.pause(),
            Work::Queue(job) => job.pause(),
            Work::Followed(_) => {}
        }
    }

    pub fn resume(&self) {
        match &self.work {
            Work::One(job) => job.resume(),
            Work::Queue(job) => job.resume(),
            Work::Followed(_) => {}
        }
    }

    /// Stops it, keeping what there is. The error says why another process could not be asked.
    pub fn stop(&mut self) -> Result<(), String> {
        match &self.work {
            Work::One(job) => {
                job.cancel();
                job.resume();
            }
            Work::Queue(job) => {
                job.cancel();
                job.resume();
            }
            Work::Followed(_) => {
                Run::open(&self.dir).and_then(|run| run.ask_to_stop()).map_err(|e| e.to_string())?;
            }
        }
        self.stopped = true;
        self.view.state = RunState::Stopping;
        Ok(())
    }

    /// Takes in what has been said. Tells whether anything was, and whether the queue moved on.
    pub fn poll(&mut self, queue: &mut [QueueRow]) -> (bool, bool) {
        let (mut heard, mut moved) = (false, false);
        match &mut self.work {
            Work::One(job) | Work::Followed(job) => {
                for event in job.poll().collect::<Vec<_>>() {
                    heard = true;
                    hear(&mut self.view, event, self.stopped);
                }
            }
            Work::Queue(job) => {
                for event in job.poll().collect::<Vec<_>>() {
                    heard = true;
                    match event {
                        QueueEvent::Says(text) => self.view.now = Happening::Said(text),
                        QueueEvent::Begins { index, name, dir } => {
                            moved = true;
                            self.view = RunView { name, ..RunView::default() };
                            self.dir = dir;
                            if let Some(row) = queue.get_mut(index) {
                                row.state = QueueState::Running;
                            }
                        }
                        QueueEvent::Train { event, .. } => hear(&mut self.view, event, self.stopped),
                        QueueEvent::Ends { index, row } => {
                            moved = true;
                            if let Some(shown) = queue.get_mut(index) {
                                shown.nats = row.report.as_ref().and_then(|r| r.valid_nats_per_note);
                                shown.state = row.error.clone().map_or(QueueState::Done, QueueState::Failed);
                            }
                            self.done.push(row);
                        }
                    }
                }
            }
        }
        (heard, moved)
    }

    pub fn is_running(&self) -> bool {
        match &self.work {
            Work::One(job) | Work::Followed(job) => job.is_running(),
            Work::Queue(job) => job.is_running(),
        }
    }

    /// The end, once it is there. Of a queue, that of its last run.
    pub fn into_end(self) -> (RunView, PathBuf, End, Vec<job::QueueRow>, Ended) {
        let Self { work, view, dir, end, done, .. } = self;
        let ended = match work {
            Work::One(job) | Work::Followed(job) => match job.into_state() {
                State::Done(report) => Ended::Done(Box::new(report)),
                State::Failed(why) => Ended::Failed(why),
                State::Cancelled | State::Running => Ended::Nothing,
            },
            Work::Queue(job) => match job.into_state() {
                State::Failed(why) => Ended::Failed(why),
                _ => match done.last() {
                    Some(row) => match (&row.report, &row.error) {
                        (Some(report), _) => Ended::Done(Box::new(report.clone())),
                        (None, why) => Ended::Failed(why.clone().unwrap_or_default()),
                    },
                    None => Ended::Nothing,
                },
            },
        };
        (view, dir, end, done, ended)
    }
}

/// Fills in what a run that goes on has behind it.
pub fn prefill(view: &mut RunView, dir: &Path) {
    let rows = Run::open(dir).and_then(|run| run.metrics()).unwrap_or_default();
    view.train = Arc::new(rows.iter().filter(|r| !r.valid).map(sample_of_row).collect::<Curve>());
    view.valid = Arc::new(rows.iter().filter(|r| r.valid).map(sample_of_row).collect());
    view.best = view.valid.iter().copied().min_by(|a, b| a.nats.total_cmp(&b.nats));
}

fn hear(v: &mut RunView, event: TrainEvent, stopping: bool) {
    match event {
        TrainEvent::Says(text) => {
            note(v, Happening::Said(text.clone()));
            v.now = Happening::Said(text);
        }
        TrainEvent::Paused => v.state = RunState::Paused,
        TrainEvent::Started { steps, parameters, baselines: b, resumed_at, valid_notes, .. } => {
            (v.steps, v.step, v.parameters, v.state) = (steps, resumed_at, parameters, RunState::Running);
            if valid_notes > 0 {
                v.baselines = baselines(&b);
            }
            v.now = Happening::Begun;
        }
        TrainEvent::Step(s) => {
            v.state = if stopping { RunState::Stopping } else { RunState::Running };
            v.step = s.step;
            v.epoch = s.epoch;
            v.epochs = s.epoch * v.steps as f64 / s.step.max(1) as f64;
            v.elapsed_secs = s.seconds;
            v.eta_secs = Some(s.seconds_left);
            v.notes_per_sec = s.notes_per_sec;
            v.learning_rate = s.learning_rate;
            v.memory = s.memory.or(v.memory);
            let mut sample = Sample {
                step: s.step as f64,
                epoch: s.epoch,
                minutes: s.seconds / 60.0,
                nats: s.nats_per_note,
                fields: [0.0; FIELDS],
                rate: s.learning_rate,
                network: 0.0,
            };
            for (shown, nats) in sample.fields.iter_mut().zip(&s.fields) {
                *shown = *nats;
            }
            Arc::make_mut(&mut v.train).push(sample);
        }
        TrainEvent::Checked(c) => {
            let mut sample = Sample {
                step: c.step as f64,
                epoch: c.epoch,
                minutes: c.seconds / 60.0,
                nats: c.likelihood.nats_per_note(),
                fields: [0.0; FIELDS],
                rate: v.learning_rate,
                network: c.likelihood.network_nats_per_note().unwrap_or(0.0),
            };
            for (shown, (_, nats)) in sample.fields.iter_mut().zip(c.likelihood.by_field()) {
                *shown = nats;
            }
            Arc::make_mut(&mut v.valid).push(sample);
            if c.best {
                v.best = Some(sample);
            }
            let best_step = v.best.map_or(c.step, |b| b.step as u64);
            let now = match c.standing {
                Standing::First => Happening::FirstCheck { nats: sample.nats },
                Standing::Learning if c.best => Happening::Best { nats: sample.nats },
                Standing::Learning => Happening::Learning,
                Standing::NoBetter => Happening::NoBetter { best_step },
                Standing::Plateau => Happening::Plateau,
                Standing::Memorising => Happening::Memorising { best_step },
            };
            if matches!(now, Happening::Plateau | Happening::Memorising { .. }) && v.now != now {
                note(v, now.clone());
            }
            v.now = now;
        }
        TrainEvent::Take(take) => {
            let checks: &[Sample] = &v.valid;
            let view = take_view(&take.path, checks, Some(take.best));
            if let Some(view) = view {
                let takes: &mut Vec<TakeView> = Arc::make_mut(&mut v.takes);
                takes.iter_mut().for_each(|t| t.best &= !view.best);
                takes.push(view);
            }
        }
        TrainEvent::Mishap(mishap) => {
            if let Mishap::Diverged { back_to, .. } = &mishap {
                let back_to = *back_to as f64;
                Arc::make_mut(&mut v.train).forget_after(back_to);
                Arc::make_mut(&mut v.valid).retain(|s| s.step <= back_to);
            }
            let what = happening(mishap);
            note(v, what.clone());
            v.now = what;
        }
    }
}

fn note(v: &mut RunView, what: Happening) {
    if v.log.len() < LOG {
        v.log.push((v.step, what));
    }
}

fn happening(mishap: Mishap) -> Happening {
    match mishap {
        Mishap::Diverged { at, back_to, rate, attempt } => Happening::Diverged { at, back_to, rate, attempt },
        Mishap::OutOfMemory { rows, parts } => Happening::OutOfMemory { rows, parts },
        Mishap::CannotSave { reason } => Happening::CannotSave { reason },
        Mishap::SavingAgain => Happening::SavingAgain,
        Mishap::Slept { seconds } => Happening::Slept { secs: seconds },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::{Baselines, StepInfo};

    fn step(step: u64) -> TrainEvent {
        TrainEvent::Step(StepInfo {
            step,
            epoch: 0.5,
            nats_per_note: 2.0,
            fields: vec![0.4; 5],
            learning_rate: 1e-3,
            notes_per_sec: 9000.0,
            seconds: step as f64,
            seconds_left: 50.0,
            memory: Some(1_000_000),
            saving: 0.0,
        })
    }

    #[test]
    fn what_the_trainer_says_is_on_the_page_and_a_divergence_takes_points_back() {
        let mut v = RunView::default();
        let baselines = Baselines { uniform: 20.0, unigram: 7.0, ngram: 3.0 };
        let started =
            TrainEvent::Started { steps: 100, parameters: 5, train_notes: 9, valid_notes: 9, baselines, resumed_at: 0 };
        hear(&mut v, started, false);
        assert_eq!((v.state, v.steps, v.baselines.len()), (RunState::Running, 100, 3));
        (1..=40).for_each(|i| hear(&mut v, step(i), false));
        assert_eq!((v.train.samples().len(), v.step, v.memory), (40, 40, Some(1_000_000)));
        assert!((v.epochs - 1.25).abs() < 1e-9);
        hear(&mut v, TrainEvent::Mishap(Mishap::Diverged { at: 40, back_to: 20, rate: 0.5, attempt: 1 }), false);
        assert_eq!((v.train.samples().len(), v.log.len()), (20, 1));
        assert!(matches!(v.now, Happening::Diverged { back_to: 20, .. }));
        hear(&mut v, step(21), true);
        assert_eq!(v.state, RunState::Stopping);
        hear(&mut v, TrainEvent::Says("a sentence".into()), false);
        assert_eq!((v.now.clone(), v.log.len()), (Happening::Said("a sentence".into()), 2));
    }
}

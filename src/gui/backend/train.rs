//! Training: starts runs, turns what the trainer says into the curve on the page, lists what is there.

use super::knobs::{knobs, stand, turn_all};
use super::library::Learned;
use crate::gui::pages::train::{
    Preset as PresetView, RunState, RunSummary, RunView, Start, TrainRequest, TrainSettings, TrainView,
};
use crate::gui::session::{EventSender, JobView, SessionEvent, Severity};
use crate::job::{self, Care, DevicesFound, Job, Source, State, spawn_devices, spawn_train};
use crate::model::Compute;
use crate::model::device::DeviceInfo;
use crate::train::{Budget, Mishap, Preset, Report, Run, TrainEvent};
use std::path::PathBuf;
use std::sync::Arc;

pub struct TrainJobs {
    runs: PathBuf,
    presets: Vec<(&'static str, Preset)>,
    devices: Vec<DeviceInfo>,
    search: Option<Job<(), DevicesFound>>,
    listed: Vec<String>,
    summaries: Vec<RunSummary>,
    running: Option<Running>,
    /// The last run to end, shown until the next begins.
    ended: Option<RunView>,
    n_pieces: usize,
}

struct Running {
    job: Job<TrainEvent, Report>,
    view: RunView,
    dir: PathBuf,
    discard: bool,
}

impl TrainJobs {
    pub fn new(runs: PathBuf) -> Self {
        Self {
            runs,
            presets: Vec::new(),
            devices: Vec::new(),
            search: None,
            listed: Vec::new(),
            summaries: Vec::new(),
            running: None,
            ended: None,
            n_pieces: 0,
        }
    }

    /// Loads presets and runs, and looks for devices on another thread: drivers take their time.
    pub fn start(&mut self, events: &EventSender) {
        match Preset::all() {
            Ok(presets) => self.presets = presets,
            Err(e) => events.send(SessionEvent::Message(Severity::Error, e)),
        }
        self.devices = vec![DeviceInfo { compute: Compute::Cpu, label: "CPU".to_owned() }];
        self.search = Some(spawn_devices(events.waker()));
        events.send(SessionEvent::ComputeDevice("CPU".to_owned()));
        self.list(events);
        self.show_page(events);
    }

    pub fn request(&mut self, request: TrainRequest, library: Option<Learned<'_>>, events: &EventSender) {
        match request {
            TrainRequest::Start(settings) => self.begin(&settings, library, events),
            TrainRequest::Pause => self.running.iter().for_each(|r| r.job.pause()),
            TrainRequest::Resume => self.running.iter().for_each(|r| r.job.resume()),
            TrainRequest::StopAndKeep | TrainRequest::Discard => {
                if let Some(r) = &mut self.running {
                    r.discard |= request == TrainRequest::Discard;
                    r.view.state = RunState::Stopping;
                    r.job.cancel();
                    r.job.resume();
                    events.send(SessionEvent::Run(Some(Box::new(r.view.clone()))));
                }
            }
            TrainRequest::UseRun(i) => {
                if let Some(name) = self.listed.get(i).cloned() {
                    let models = std::iter::once(&name).chain(self.listed.iter().filter(|n| **n != name));
                    events.send(SessionEvent::Models(models.cloned().collect()));
                    events.send(SessionEvent::UseModel(name));
                }
            }
            TrainRequest::ResumeRun(i) => self.resume(i, events),
            TrainRequest::RevealRun(i) => {
                if let Some(name) = self.listed.get(i) {
                    let text = self.runs.join(name).display().to_string();
                    events.send(SessionEvent::Message(Severity::Info, text));
                }
            }
        }
    }

    fn begin(&mut self, settings: &TrainSettings, library: Option<Learned<'_>>, events: &EventSender) {
        let (Some(library), Some((_, preset))) = (library, self.presets.get(settings.preset)) else { return };
        if self.running.is_some() || library.pieces.is_empty() {
            return;
        }
        let compute = self.devices.get(settings.device).map_or(Compute::Cpu, |d| d.compute);
        let mut recipe = preset.recipe.clone();
        if let Err(e) = turn_all(&mut recipe, &settings.knobs).and_then(|()| recipe.check()) {
            events.send(SessionEvent::Message(Severity::Error, e));
            return;
        }
        let from = match settings.start {
            Start::Scratch => None,
            Start::Earlier(i) => self.listed.get(i).map(|name| self.runs.join(name)),
        };
        let name = self.free_name(&preset.name);
        let dir = self.runs.join(&name);
        let source = Source::Library { library: Arc::clone(library.library), pieces: library.pieces.to_vec() };
        let (recipe, out, care) = (Box::new(recipe), dir.clone(), Care::default());
        let request = job::TrainRequest::New { source, recipe, compute, from, out, care };
        let view = RunView { name, ..RunView::default() };
        events.send(SessionEvent::Run(Some(Box::new(view.clone()))));
        self.running = Some(Running { job: spawn_train(request, events.waker()), view, dir, discard: false });
    }

    /// Goes on with a run that was stopped, its curve so far in place.
    fn resume(&mut self, i: usize, events: &EventSender) {
        let Some(name) = self.listed.get(i).cloned().filter(|_| self.running.is_none()) else { return };
        let dir = self.runs.join(&name);
        let rows = Run::open(&dir).and_then(|run| run.metrics()).unwrap_or_default();
        let curve =
            |valid: bool| rows.iter().filter(|r| r.valid == valid).map(|r| [r.step as f64, r.nats_per_note]).collect();
        let (train, valid): (Vec<_>, Vec<[f64; 2]>) = (curve(false), curve(true));
        let best = valid.iter().copied().min_by(|a, b| a[1].total_cmp(&b[1]));
        let view = RunView { name, train: Arc::new(train), valid: Arc::new(valid), best, ..RunView::default() };
        let request = job::TrainRequest::Resume { run: dir.clone(), compute: None, care: Care::default() };
        let job = spawn_train(request, events.waker());
        events.send(SessionEvent::Run(Some(Box::new(view.clone()))));
        self.running = Some(Running { job, view, dir, discard: false });
    }

    /// "Balanced 1", "Balanced 2" …: the first that is not there.
    fn free_name(&self, preset: &str) -> String {
        let mut n = 1;
        while self.runs.join(format!("{preset} {n}")).exists() {
            n += 1;
        }
        format!("{preset} {n}")
    }

    pub fn poll(&mut self, library: Option<Learned<'_>>, events: &EventSender) -> Option<JobView> {
        let n_pieces = library.map_or(0, |l| l.pieces.len());
        let mut changed = std::mem::replace(&mut self.n_pieces, n_pieces) != n_pieces;
        if let Some(mut search) = self.search.take() {
            search.poll().for_each(drop);
            if search.is_running() {
                self.search = Some(search);
            } else if let State::Done((devices, sentence)) = search.into_state() {
                self.devices = devices;
                changed = true;
                let name = self.devices.first().map_or(String::new(), |d| d.label.clone());
                events.send(SessionEvent::ComputeDevice(name));
                if let Some(sentence) = sentence {
                    events.send(SessionEvent::Message(Severity::Info, sentence));
                }
            }
        }
        let view = self.poll_run(events, &mut changed);
        if changed {
            self.show_page(events);
        }
        view
    }

    fn poll_run(&mut self, events: &EventSender, changed: &mut bool) -> Option<JobView> {
        let r = self.running.as_mut()?;
        let mut heard = false;
        for event in r.job.poll() {
            heard = true;
            r.hear(event);
        }
        if r.job.is_running() {
            if heard {
                events.send(SessionEvent::Run(Some(Box::new(r.view.clone()))));
            }
            let progress = (r.view.steps > 0).then(|| r.view.step as f32 / r.view.steps as f32);
            return Some(JobView { name: r.view.name.clone(), progress });
        }
        let Running { job, mut view, dir, discard, .. } = self.running.take()?;
        *changed = true;
        view.eta_secs = None;
        match job.into_state() {
            State::Done(report) => {
                view.state = RunState::Finished;
                let nats = report.valid_nats_per_note.map_or(String::new(), |n| {
                    format!("; best validation {n:.3} nats/note at step {}", report.best_step)
                });
                view.sentence = format!("{}{nats}", report.ended);
            }
            State::Failed(why) => {
                view.state = RunState::Failed;
                view.sentence = why;
            }
            State::Cancelled | State::Running => {
                view.state = RunState::Failed;
                view.sentence = "stopped before the first step".to_owned();
            }
        }
        if discard {
            view.sentence = match std::fs::remove_dir_all(&dir) {
                Ok(()) => "discarded".to_owned(),
                Err(e) => format!("could not be discarded ({e}): {}", dir.display()),
            };
        }
        let severity = if view.state == RunState::Failed { Severity::Error } else { Severity::Success };
        events.send(SessionEvent::Message(severity, format!("{}: {}", view.name, view.sentence)));
        self.ended = (!discard).then_some(view);
        self.list(events);
        None
    }

    /// Reads the runs that are there, newest first.
    fn list(&mut self, events: &EventSender) {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.runs).into_iter().flatten().flatten() {
            let Ok(run) = Run::open(&entry.path()) else { continue };
            if !run.best_path().is_file() {
                continue;
            }
            let changed = entry.metadata().and_then(|m| m.modified()).ok();
            found.push((changed, entry.file_name().to_string_lossy().into_owned(), run));
        }
        found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        self.listed = found.iter().map(|(_, name, _)| name.clone()).collect();
        events.send(SessionEvent::Models(self.listed.clone()));
        self.summaries = found.iter().map(|(_, name, run)| summary(name, run)).collect();
    }

    fn show_page(&self, events: &EventSender) {
        let minutes = |p: &Preset| match p.recipe.budget {
            Budget::Minutes(m) => Some(m),
            _ => None,
        };
        let preset = |(_, p): &(_, Preset)| PresetView {
            name: p.name.clone(),
            description: p.description.clone(),
            minutes: minutes(p),
            knobs: stand(&p.recipe),
        };
        events.send(SessionEvent::Train(Box::new(TrainView {
            presets: self.presets.iter().map(preset).collect(),
            devices: self.devices.iter().map(|d| d.label.clone()).collect(),
            earlier: self.listed.clone(),
            knobs: knobs(),
            n_pieces: self.n_pieces,
            running: self.running.as_ref().map(|r| &r.view).or(self.ended.as_ref()).cloned(),
            runs: self.summaries.clone(),
        })));
    }
}

impl Running {
    fn hear(&mut self, event: TrainEvent) {
        let v = &mut self.view;
        match event {
            TrainEvent::Says(text) => v.sentence = text,
            TrainEvent::Mishap(mishap) => {
                if let Mishap::Diverged { back_to, .. } = &mishap {
                    let stays = |p: &[f64; 2]| p[0] <= *back_to as f64;
                    Arc::make_mut(&mut v.train).retain(stays);
                    Arc::make_mut(&mut v.valid).retain(stays);
                }
                v.sentence = mishap.to_string();
            }
            TrainEvent::Take(take) => v.sentence = format!("a take was written: {}", take.path.display()),
            TrainEvent::Paused => v.state = RunState::Paused,
            TrainEvent::Started { steps, baselines, resumed_at, valid_notes, .. } => {
                (v.steps, v.step, v.state) = (steps, resumed_at, RunState::Running);
                if valid_notes > 0 {
                    v.baselines =
                        vec![("unigram".to_owned(), baselines.unigram), ("n-gram".to_owned(), baselines.ngram)];
                }
                v.sentence = "learning".to_owned();
            }
            TrainEvent::Step(s) => {
                if v.state != RunState::Stopping {
                    v.state = RunState::Running;
                }
                v.step = s.step;
                v.epoch = s.epoch;
                v.epochs = s.epoch * v.steps as f64 / s.step.max(1) as f64;
                v.elapsed_secs = s.seconds;
                v.eta_secs = Some(s.seconds_left);
                v.notes_per_sec = s.notes_per_sec;
                v.learning_rate = s.learning_rate;
                Arc::make_mut(&mut v.train).push([s.step as f64, s.nats_per_note]);
            }
            TrainEvent::Checked(c) => {
                let point = [c.step as f64, c.likelihood.nats_per_note()];
                Arc::make_mut(&mut v.valid).push(point);
                if c.best {
                    v.best = Some(point);
                    v.sentence = format!("learning: validation is at its best so far, {:.3} nats/note", point[1]);
                }
            }
        }
    }
}

fn summary(name: &str, run: &Run) -> RunSummary {
    let valid = run
        .metrics()
        .unwrap_or_default()
        .iter()
        .filter(|r| r.valid)
        .map(|r| [r.step as f64, r.nats_per_note])
        .collect();
    let report = run.report();
    let can_resume = !matches!(&report, Ok(Some(r)) if r.is_over());
    let about = match report {
        Ok(Some(r)) => {
            let nats = r.valid_nats_per_note.map_or(String::new(), |n| format!("{n:.3} nats/note · "));
            format!("{nats}{} · {:.0} min", r.arch, r.seconds / 60.0)
        }
        Ok(None) => "not finished".to_owned(),
        Err(e) => e.to_string(),
    };
    RunSummary { name: name.to_owned(), about, valid: Arc::new(valid), can_resume }
}

//! Training: starts runs and queues, turns what the trainer says into the page, lists and reads the runs
//! that are there, measures the presets, and has reports made.

mod detail;
mod ends;
mod listing;
mod measure;
mod running;
mod start;

use super::library::Learned;
use crate::gui::pages::train::{Preset as PresetView, RunView, TrainNews, TrainRequest};
use crate::gui::session::{EventSender, JobView, SessionEvent, Severity};
use crate::job::{self, DevicesFound, Job, RunInfo, State, spawn_devices};
use crate::model::Compute;
use crate::model::device::DeviceInfo;
use crate::train::Preset;
use listing::Listing;
use measure::Measuring;
use running::{End, Running};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

pub struct TrainJobs {
    /// The folder of all runs.
    runs: PathBuf,
    presets: Vec<(&'static str, Preset)>,
    devices: Vec<DeviceInfo>,
    search: Option<Job<(), DevicesFound>>,
    listing: Listing,
    measuring: Measuring,
    running: Option<Running>,
    /// The last run to end, shown until the next begins.
    ended: Option<RunView>,
    queue: Vec<crate::gui::pages::train::QueueRow>,
    reporting: Option<(String, Job<&'static str, crate::train::ReportCard>)>,
    to_report: VecDeque<String>,
    n_pieces: usize,
    /// Recipes that were asked for so far.
    duplicates: u64,
}

impl TrainJobs {
    pub fn new(runs: PathBuf) -> Self {
        Self {
            listing: Listing::new(runs.clone()),
            runs,
            presets: Vec::new(),
            devices: Vec::new(),
            search: None,
            measuring: Measuring::default(),
            running: None,
            ended: None,
            queue: Vec::new(),
            reporting: None,
            to_report: VecDeque::new(),
            n_pieces: 0,
            duplicates: 0,
        }
    }

    /// Loads presets and runs, and looks for devices on another thread: drivers take their time.
    pub fn start(&mut self, events: &EventSender) {
        match Preset::all() {
            Ok(presets) => self.presets = presets,
            Err(e) => say(events, Severity::Error, e),
        }
        self.devices = vec![DeviceInfo { compute: Compute::Cpu, label: "CPU".to_owned() }];
        self.search = Some(spawn_devices(events.waker()));
        events.send(SessionEvent::ComputeDevice("CPU".to_owned()));
        self.listing.again(events);
        self.show_page(events);
    }

    pub fn request(&mut self, request: TrainRequest, library: Option<Learned<'_>>, events: &EventSender) {
        match request {
            TrainRequest::Start(settings) => self.begin(&settings, library, events),
            TrainRequest::Queue(settings, sweep) => self.begin_queue(&settings, &sweep, library, events),
            TrainRequest::Measure(device) => {
                if self.running.is_none() {
                    let compute = self.compute(device);
                    self.measuring.ask(device, compute, &self.presets, library, events);
                    self.show_page(events);
                }
            }
            TrainRequest::Pause => self.running.iter().for_each(Running::pause),
            TrainRequest::Resume => self.running.iter().for_each(Running::resume),
            TrainRequest::StopAndKeep => self.end(End::Keep, events),
            TrainRequest::Discard => self.end(End::Discard, events),
            TrainRequest::GoOnWithout => self.end(End::GoOnWithout, events),
            TrainRequest::UseRun(name) => {
                let models = std::iter::once(name.clone()).chain(self.listing.models().filter(|n| *n != name));
                events.send(SessionEvent::Models(models.collect()));
                events.send(SessionEvent::UseModel(name));
            }
            TrainRequest::ResumeRun(name) => self.resume(&name, events),
            TrainRequest::RevealRun(name) => self.tell(job::runs::reveal(&self.runs.join(name)), events),
            TrainRequest::List => self.listing.again(events),
            TrainRequest::Look(name) => self.listing.look(&name, events),
            TrainRequest::Rename(old, new) => {
                let renamed = job::runs::rename(&self.runs.join(old), &new).map(drop);
                self.tell(renamed, events);
                self.listing.again(events);
            }
            TrainRequest::Duplicate(name) => self.duplicate(&name, events),
            TrainRequest::Delete(name) => {
                let gone = job::runs::delete(&self.runs.join(&name));
                if gone.is_ok() && self.ended.as_ref().is_some_and(|r| r.name == name) {
                    self.ended = None;
                    events.send(SessionEvent::Train(Box::new(TrainNews::Run(None))));
                }
                self.tell(gone, events);
                self.listing.again(events);
            }
            TrainRequest::Report(name) => {
                if !self.to_report.contains(&name) {
                    self.to_report.push_back(name);
                }
            }
            TrainRequest::ExportCsv(name, path) => {
                let path = if path.extension().is_some() { path } else { path.with_extension("csv") };
                let written = job::runs::export_csv(&self.runs.join(name), &path);
                if written.is_ok() {
                    say(events, Severity::Success, path.display().to_string());
                }
                self.tell(written, events);
            }
        }
    }

    fn compute(&self, device: usize) -> Compute {
        self.devices.get(device).map_or(Compute::Cpu, |d| d.compute)
    }

    /// Says what went wrong, where something did.
    fn tell<E: std::fmt::Display>(&self, result: Result<(), E>, events: &EventSender) {
        if let Err(e) = result {
            say(events, Severity::Warning, format!("{e:#}"));
        }
    }

    pub fn poll(&mut self, library: Option<Learned<'_>>, events: &EventSender) -> Option<JobView> {
        let n_pieces = library.map_or(0, |l| l.pieces.len());
        let mut changed = std::mem::replace(&mut self.n_pieces, n_pieces) != n_pieces;
        changed |= self.poll_devices(events);
        changed |= self.measuring.poll();
        if let Some(infos) = self.listing.poll(events) {
            self.follow_others(&infos, events);
        }
        let view = self.poll_run(events).or_else(|| self.poll_report(events));
        if changed {
            self.show_page(events);
        }
        view
    }

    fn poll_devices(&mut self, events: &EventSender) -> bool {
        let Some(mut search) = self.search.take() else { return false };
        search.poll().for_each(drop);
        if search.is_running() {
            self.search = Some(search);
            return false;
        }
        let State::Done((devices, sentence)) = search.into_state() else { return false };
        self.devices = devices;
        let name = self.devices.first().map_or(String::new(), |d| d.label.clone());
        events.send(SessionEvent::ComputeDevice(name));
        if let Some(sentence) = sentence {
            say(events, Severity::Info, sentence);
        }
        true
    }

    /// A run that another process trains is watched.
    fn follow_others(&mut self, infos: &[RunInfo], events: &EventSender) {
        if self.running.is_none()
            && let Some(busy) = infos.iter().find(|i| i.standing == job::RunStanding::Busy)
        {
            self.running = Some(Running::follow(busy, events));
            self.measuring.stop();
        }
    }

    fn show_page(&self, events: &EventSender) {
        let preset = |(id, p): &(&'static str, Preset)| PresetView {
            id: (*id).to_owned(),
            name: p.name.clone(),
            description: p.description.clone(),
            estimate: self.measuring.of(id),
            knobs: super::knobs::stand(&p.recipe),
        };
        events.send(SessionEvent::Train(Box::new(TrainNews::Page {
            presets: self.presets.iter().map(preset).collect(),
            devices: self.devices.iter().map(|d| d.label.clone()).collect(),
            knobs: super::knobs::knobs(),
            n_pieces: self.n_pieces,
        })));
    }

    fn show_run(&self, events: &EventSender) {
        let view = self.running.as_ref().map(|r| &r.view).or(self.ended.as_ref());
        events.send(SessionEvent::Train(Box::new(TrainNews::Run(view.cloned().map(Box::new)))));
    }

    /// "Balanced 1", "Balanced 2" …: the first that is not there.
    fn free_name(&self, preset: &str) -> String {
        free(preset, |name| self.runs.join(name).exists())
    }
}

fn free(stem: &str, taken: impl Fn(&str) -> bool) -> String {
    (1..).map(|n| format!("{stem} {n}")).find(|name| !taken(name)).unwrap_or_else(|| stem.to_owned())
}

fn say(events: &EventSender, severity: Severity, text: String) {
    events.send(SessionEvent::Message(severity, text));
}

fn name_of(dir: &Path) -> String {
    dir.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

//! The window's jobs: starts what the pages ask for and tells them what comes of it.
//!
//! Lives on the window's thread and never blocks it: the work is done by [`crate::job`]s, which are
//! polled once a repaint. One file for each kind of work.

mod abilities;
mod explain;
mod fonts;
mod generate;
mod kept;
mod knobs;
mod library;
mod note;
mod originality;
mod similar;
mod train;

use super::session::{Backend, EventSender, JobView, Request, SessionEvent, Severity};
use crate::audio::bounce::BounceReport;
use crate::generate::Weighed;
use crate::job::{BounceRequest, Job, Nearest, State, Warm, spawn_bounce, spawn_nearest, spawn_weigh};
use std::path::PathBuf;

/// Everything that can be running.
pub struct Jobs {
    library: library::LibraryJobs,
    train: train::TrainJobs,
    generate: generate::GenerateJobs,
    explain: explain::ExplainJobs,
    originality: originality::OriginalityJobs,
    nearest: note::NoteJobs<Vec<Nearest>>,
    weigh: note::NoteJobs<Weighed>,
    abilities: abilities::AbilityJobs,
    fonts: fonts::FontJobs,
    bounce: Option<(PathBuf, Job<f64, BounceReport>)>,
    started: bool,
    /// What the status line was last told.
    shown: Option<JobView>,
}

impl Jobs {
    /// With everything kept below `data`: runs, the list of library folders, the starter tunes; what was
    /// read of the library is remembered in `cache`, where there is one.
    pub fn new(data: PathBuf, cache: Option<PathBuf>) -> Self {
        // The model that was used last stays ready, whatever it is asked next.
        let warm = Warm::default();
        Self {
            library: library::LibraryJobs::new(&data, cache),
            train: train::TrainJobs::new(data.join("runs")),
            generate: generate::GenerateJobs::new(data.join("runs"), warm.clone()),
            explain: explain::ExplainJobs::new(data.join("runs"), warm.clone()),
            originality: originality::OriginalityJobs::new(data.join("runs"), warm.clone()),
            nearest: note::NoteJobs::new(data.join("runs"), warm.clone()),
            weigh: note::NoteJobs::new(data.join("runs"), warm.clone()),
            abilities: abilities::AbilityJobs::new(data.join("runs"), warm),
            fonts: fonts::FontJobs::default(),
            bounce: None,
            started: false,
            shown: None,
        }
    }

    fn poll_bounce(&mut self, events: &EventSender) -> Option<JobView> {
        let (path, job) = self.bounce.as_mut()?;
        let progress = job.poll().last().map(|p| p as f32);
        if job.is_running() {
            let name = format!("{}", path.display());
            let before = self.shown.as_ref().and_then(|s| s.progress);
            return Some(JobView { name, progress: progress.or(before).or(Some(0.0)) });
        }
        let (path, job) = self.bounce.take()?;
        let (severity, text) = match job.into_state() {
            State::Done(r) => (
                Severity::Success,
                format!("{:.0} s of sound, peak {:.1} dBFS: {}", r.seconds_of_audio, r.peak_dbfs, names(&r.files)),
            ),
            State::Failed(why) => (Severity::Error, why),
            State::Cancelled | State::Running => (Severity::Info, format!("not written: {}", path.display())),
        };
        events.send(SessionEvent::Message(severity, text));
        None
    }
}

impl Backend for Jobs {
    fn request(&mut self, request: Request, events: &EventSender) {
        match request {
            Request::Library(request) => self.library.request(request, events),
            Request::Train(request) => self.train.request(request, self.library.learned(), events),
            Request::Generate(request) => self.generate.start(*request, events),
            Request::Originality { model, score } => self.originality.ask(model, score, events),
            Request::Nearest { model, score, note } => {
                self.nearest.ask(model, note, events, |m, warm, waker| spawn_nearest(m, score, note, warm, waker));
            }
            Request::Weigh { model, score, note } => {
                self.weigh.ask(model, note, events, |m, warm, waker| spawn_weigh(m, score, note, warm, waker));
            }
            Request::Abilities(model) => self.abilities.ask(model, events),
            Request::StopGenerating => self.generate.stop(),
            Request::Explain(request) => self.explain.start(request, events),
            Request::ReadFont(path) => self.fonts.read(path, events),
            Request::ExportSound { score, what, font, path } => {
                let request = BounceRequest { score, what, font: Some(font), out: path.clone() };
                self.bounce = Some((path, spawn_bounce(request, events.waker())));
            }
        }
    }

    fn poll(&mut self, events: &EventSender) {
        if !std::mem::replace(&mut self.started, true) {
            self.library.start(events);
            self.train.start(events);
            self.fonts.start(events);
        }
        let library = self.library.poll(events);
        let train = self.train.poll(self.library.learned(), events);
        let generate = self.generate.poll(events);
        let explain = self.explain.poll(events);
        let originality = self.originality.poll(events);
        let nearest = self.nearest.poll(events, SessionEvent::Nearest);
        let weigh = self.weigh.poll(events, SessionEvent::Weighed);
        self.abilities.poll(events);
        let fonts = self.fonts.poll(events);
        let bounce = self.poll_bounce(events);
        let view =
            generate.or(explain).or(originality).or(nearest).or(weigh).or(bounce).or(fonts).or(train).or(library);
        if view != self.shown {
            self.shown.clone_from(&view);
            events.send(SessionEvent::Job(view));
        }
    }
}

/// The first file, and how many more there are.
fn names(files: &[PathBuf]) -> String {
    let first = files.first().map_or_else(String::new, |f| f.display().to_string());
    if files.len() > 1 { format!("{first} (+{})", files.len() - 1) } else { first }
}

//! The library: which folders it reads and what was decided about the files; the import of them all, and what
//! is compared afterwards.

use super::kept::{Kept, List};
use super::similar::SimilarJobs;
use crate::corpus::{self, Choices, FileChoice, ImportOptions, Library, Progress};
use crate::files::write_atomic;
use crate::gui::pages::library::{Folder, LibraryNews, LibraryProgress, LibraryRequest, Shelf, thousands};
use crate::gui::session::{EventSender, JobView, SessionEvent, Severity};
use crate::job::{Job, State};
use crate::music::charset;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Decisions that can be taken back.
const MOST_UNDO: usize = 50;

pub struct LibraryJobs {
    list: List,
    starter: PathBuf,
    cache: Option<PathBuf>,
    kept: Kept,
    /// Each decision that can be taken back, with what was kept before it; and each that was, with what it had made.
    before: Vec<(String, Kept)>,
    after: Vec<(String, Kept)>,
    shelf: Option<Arc<Shelf>>,
    /// The pieces that are to be learned from.
    ticked: Arc<Vec<usize>>,
    job: Option<Job<Progress, Shelf>>,
    similar: SimilarJobs,
    begun: Instant,
    progress: LibraryProgress,
}

/// What training may take.
#[derive(Clone, Copy)]
pub struct Learned<'a> {
    pub library: &'a Arc<Library>,
    pub pieces: &'a Arc<Vec<usize>>,
}

impl LibraryJobs {
    pub fn new(data: &Path, cache: Option<PathBuf>) -> Self {
        Self {
            list: List::new(data.join("library.json")),
            starter: data.join("starter tunes"),
            cache,
            kept: Kept::default(),
            before: Vec::new(),
            after: Vec::new(),
            shelf: None,
            ticked: Arc::default(),
            job: None,
            similar: SimilarJobs::new(data.join("runs")),
            begun: Instant::now(),
            progress: LibraryProgress::default(),
        }
    }

    /// What has been read and not ticked out, once it has.
    pub fn learned(&self) -> Option<Learned<'_>> {
        self.shelf.as_ref().map(|shelf| Learned { library: &shelf.library, pieces: &self.ticked })
    }

    /// Reads the folders of last time.
    pub fn start(&mut self, events: &EventSender) {
        let (kept, problem) = self.list.read();
        self.kept = kept;
        if let Some(problem) = problem {
            news(events, LibraryNews::Problem(problem));
        }
        self.show_choices(events);
        if !self.kept.folders.is_empty() {
            self.read(events);
        }
    }

    pub fn request(&mut self, request: LibraryRequest, events: &EventSender) {
        match request {
            LibraryRequest::AddFolder(path) => self.add(vec![path], events),
            LibraryRequest::Add(paths) => self.add(paths, events),
            LibraryRequest::AddStarter => match corpus::starter::write_all(&self.starter) {
                Ok(_) => self.add(vec![self.starter.clone()], events),
                Err(e) => {
                    let text = format!("the starter tunes could not be written ({e}): {}", self.starter.display());
                    events.send(SessionEvent::Message(Severity::Error, text));
                }
            },
            LibraryRequest::RemoveFolder(i) if i < self.kept.folders.len() => {
                let mut kept = self.kept.clone();
                let folder = kept.folders.remove(i);
                self.step(format!("remove folder {}", name_of(&folder)), kept, events);
            }
            LibraryRequest::MoveFolder(i, path) if i < self.kept.folders.len() => {
                let mut kept = self.kept.clone();
                let from = std::mem::replace(&mut kept.folders[i], path);
                self.step(format!("move folder {}", name_of(&from)), kept, events);
            }
            LibraryRequest::RemoveFolder(_) | LibraryRequest::MoveFolder(..) => {}
            LibraryRequest::ReadAgain => self.read(events),
            LibraryRequest::Cancel => self.job.iter().for_each(Job::cancel),
            LibraryRequest::ExportReport(path) => self.export(&path, events),
            LibraryRequest::Similar(piece) => {
                self.shelf.iter().for_each(|shelf| self.similar.ask(&shelf.library, piece, events));
            }
            LibraryRequest::Listen { piece, model } => {
                self.shelf.iter().for_each(|shelf| self.similar.listen(&shelf.library, piece, model.clone(), events));
            }
            LibraryRequest::StopListening => self.similar.stop(),
            LibraryRequest::Undo => {
                if let Some((what, kept)) = self.before.pop() {
                    self.after.push((what, self.kept.clone()));
                    self.take(kept, events);
                }
            }
            LibraryRequest::Redo => {
                if let Some((what, kept)) = self.after.pop() {
                    self.before.push((what, self.kept.clone()));
                    self.take(kept, events);
                }
            }
            LibraryRequest::Tick(..)
            | LibraryRequest::Remedy { .. }
            | LibraryRequest::SetRole { .. }
            | LibraryRequest::SetKey { .. } => {
                let mut kept = self.kept.clone();
                let what = change(Arc::make_mut(&mut kept.choices), request);
                self.step(what, kept, events);
            }
        }
    }

    /// A decision that can be taken back.
    fn step(&mut self, what: String, kept: Kept, events: &EventSender) {
        self.after.clear();
        self.before.push((what, self.kept.clone()));
        let too_many = self.before.len().saturating_sub(MOST_UNDO);
        self.before.drain(..too_many);
        self.take(kept, events);
    }

    /// Takes what is decided now, and reads again where that changes what is read.
    fn take(&mut self, kept: Kept, events: &EventSender) {
        let again = kept.folders != self.kept.folders || for_import(&kept.choices) != for_import(&self.kept.choices);
        self.kept = kept;
        self.keep(events);
        self.tick();
        self.show_choices(events);
        if again {
            self.read(events);
        }
    }

    /// Which pieces are learned from.
    fn tick(&mut self) {
        let files = &self.kept.choices.files;
        let pieces = self.shelf.iter().flat_map(|shelf| shelf.library.pieces.iter().enumerate());
        let ticked = pieces.filter(|(_, p)| !files.get(&p.hash).is_some_and(|c| c.leave_out)).map(|(i, _)| i);
        self.ticked = Arc::new(ticked.collect());
    }

    fn show_choices(&self, events: &EventSender) {
        let [undo, redo] = [&self.before, &self.after].map(|steps| steps.last().map(|(what, _)| what.clone()));
        news(events, LibraryNews::Choices { choices: Arc::clone(&self.kept.choices), undo, redo });
    }

    fn add(&mut self, paths: Vec<PathBuf>, events: &EventSender) {
        let mut kept = self.kept.clone();
        let mut added = Vec::new();
        for path in paths {
            // A folder inside one that is there already would count its pieces twice.
            if kept.folders.iter().any(|s| path.starts_with(s)) {
                if path != self.starter {
                    let text = format!("this is in the library already: {}", path.display());
                    events.send(SessionEvent::Message(Severity::Info, text));
                }
                continue;
            }
            kept.folders.retain(|s| !s.starts_with(&path));
            added.push(name_of(&path));
            kept.folders.push(path);
        }
        match &added[..] {
            // What is there already may have changed.
            [] => self.read(events),
            [name] => self.step(format!("add folder {name}"), kept, events),
            several => self.step(format!("add {} folders", several.len()), kept, events),
        }
    }

    fn keep(&self, events: &EventSender) {
        if let Err(e) = self.list.write(&self.kept) {
            let path = self.list.path().display();
            let text = format!("the list of library folders could not be kept ({e}): {path}");
            events.send(SessionEvent::Message(Severity::Warning, text));
        }
    }

    fn read(&mut self, events: &EventSender) {
        self.progress = LibraryProgress::default();
        self.begun = Instant::now();
        news(events, LibraryNews::Folders(self.folders()));
        news(events, LibraryNews::Progress(Some(self.progress.clone())));
        let choices = Arc::new(for_import(&self.kept.choices));
        let options = ImportOptions { choices, cache: self.cache.clone(), ..ImportOptions::default() };
        let paths = self.kept.folders.clone();
        // A job that is dropped is cancelled: what it was reading is read again.
        self.job = Some(Job::spawn("import", events.waker(), move |control| {
            let progress = |p: Progress| control.send_thinned("progress", p);
            let library = corpus::import(&paths, &options, &progress, control.cancel_flag());
            Ok(Shelf::new(Arc::new(library)))
        }));
    }

    pub fn poll(&mut self, events: &EventSender) -> Option<JobView> {
        let listening = self.similar.poll(self.shelf.as_ref().map(|s| &s.library), events);
        let Some(job) = self.job.as_mut() else { return listening };
        if let Some(progress) = job.poll().last() {
            let seconds = self.begun.elapsed().as_secs_f64();
            self.progress = match progress {
                Progress::Scanning { found } => LibraryProgress { done: 0, total: found, rate: None },
                Progress::Reading { done, total, .. } => {
                    let rate = (seconds > 0.5).then(|| done as f64 / seconds);
                    LibraryProgress { done, total, rate }
                }
                Progress::Comparing { pieces } => LibraryProgress { done: pieces, total: pieces, rate: None },
            };
            news(events, LibraryNews::Progress(Some(self.progress.clone())));
        }
        if job.is_running() {
            let share = self.progress.done as f32 / self.progress.total.max(1) as f32;
            return Some(JobView { name: "Library".to_owned(), progress: Some(share) });
        }
        match self.job.take()?.into_state() {
            State::Done(shelf) => self.show(Arc::new(shelf), events),
            State::Failed(why) => events.send(SessionEvent::Message(Severity::Error, why)),
            State::Cancelled | State::Running => {}
        }
        news(events, LibraryNews::Progress(None));
        None
    }

    fn show(&mut self, shelf: Arc<Shelf>, events: &EventSender) {
        let library = Arc::clone(&shelf.library);
        events.send(SessionEvent::Message(Severity::Info, summary(&library)));
        if let Some(problem) = library.cache.as_ref().and_then(|c| c.problem.clone()) {
            events.send(SessionEvent::Message(Severity::Warning, problem));
        }
        news(events, LibraryNews::Shelf(Arc::clone(&shelf)));
        self.shelf = Some(shelf);
        self.similar.forget();
        self.tick();
        news(events, LibraryNews::Folders(self.folders()));
    }

    fn folders(&self) -> Vec<Folder> {
        let library = self.shelf.as_ref().map(|s| &s.library);
        let folder = |path: &PathBuf| Folder {
            name: name_of(path),
            path: path.clone(),
            n_files: library.map_or(0, |l| l.rows.iter().filter(|r| r.path.starts_with(path)).count()),
            n_pieces: library.map_or(0, |l| l.pieces.iter().filter(|p| p.path.starts_with(path)).count()),
            gone: !path.exists(),
        };
        self.kept.folders.iter().map(folder).collect()
    }

    fn export(&self, path: &Path, events: &EventSender) {
        let Some(shelf) = &self.shelf else { return };
        let (severity, text) = match write_atomic(path, corpus::report::to_csv(&shelf.library).as_bytes()) {
            Ok(()) => (Severity::Success, format!("every file and its fate: {}", path.display())),
            Err(e) => (Severity::Error, format!("the report could not be written ({e}): {}", path.display())),
        };
        events.send(SessionEvent::Message(severity, text));
    }
}

fn name_of(path: &Path) -> String {
    charset::of_name(path.file_name().unwrap_or(path.as_os_str()))
}

fn news(events: &EventSender, news: LibraryNews) {
    events.send(SessionEvent::Library(Box::new(news)));
}

/// The choices that change what is read. What is ticked out is read all the same: it keeps its row and
/// its numbers, and comes back at once.
fn for_import(choices: &Choices) -> Choices {
    let mut choices = choices.clone();
    choices.files.values_mut().for_each(|file| file.leave_out = false);
    choices.files.retain(|_, file| *file != FileChoice::default());
    choices
}

/// Makes the change that is asked for, and says what it was.
fn change(choices: &mut Choices, request: LibraryRequest) -> String {
    match request {
        LibraryRequest::Tick(hashes, on) => {
            for hash in hashes.iter() {
                choices.change(*hash, |c| c.leave_out = !on);
            }
            format!("{} {}", if on { "learn from" } else { "leave out" }, files(hashes.len()))
        }
        LibraryRequest::Remedy { remedy, files: of, on } => {
            let change = |set: &mut BTreeSet<_>| if on { set.insert(remedy) } else { set.remove(&remedy) };
            let Some(of) = of else {
                change(&mut choices.remedies);
                return remedy.to_string();
            };
            for hash in of.iter() {
                choices.change(*hash, |c| {
                    change(&mut c.remedies);
                });
            }
            if of.len() > 1 { format!("{remedy} ({})", files(of.len())) } else { remedy.to_string() }
        }
        LibraryRequest::SetRole { id, voice, choice } => {
            choices.change(id.hash, |c| {
                match choice {
                    Some(choice) => c.roles.insert((id.tune, voice), choice),
                    None => c.roles.remove(&(id.tune, voice)),
                };
            });
            "role of a voice".to_owned()
        }
        LibraryRequest::SetKey { id, section, key } => {
            choices.change(id.hash, |c| {
                match (section, key) {
                    (None, Some(key)) => c.key.insert(id.tune, key),
                    (None, None) => c.key.remove(&id.tune),
                    (Some(from), Some(key)) => c.sections.insert((id.tune, from), key),
                    (Some(from), None) => c.sections.remove(&(id.tune, from)),
                };
            });
            "key".to_owned()
        }
        _ => String::new(),
    }
}

fn files(n: usize) -> String {
    if n == 1 { "1 file".to_owned() } else { format!("{} files", thousands(n as u64)) }
}

fn summary(library: &Library) -> String {
    let c = library.counts();
    let files = files(library.rows.len());
    let [used, repaired, left_out] = [c.used, c.repaired, c.left_out].map(|n| thousands(n as u64));
    let mut text = format!("{files}: {used} used, {repaired} repaired, {left_out} left out");
    if library.cancelled {
        text = format!("stopped, {text}");
    }
    if let Some(cache) = library.cache.as_ref().filter(|cache| cache.hits > 0) {
        text += &format!("; {} are as they were and were not read again", thousands(cache.hits as u64));
    }
    text
}

//! The library: which folders it reads, kept in a file, and the import of them all.

use crate::corpus::{self, FileState, ImportOptions, Library, Progress};
use crate::files::write_atomic;
use crate::gui::pages::library::{Folder, LibraryProgress, LibraryRequest, LibraryView, Row, RowState};
use crate::gui::session::{EventSender, JobView, SessionEvent, Severity};
use crate::job::{Job, State, spawn_import};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub struct LibraryJobs {
    /// The folders and files added, as JSON.
    list: PathBuf,
    starter: PathBuf,
    cache: Option<PathBuf>,
    sources: Vec<PathBuf>,
    library: Option<Arc<Library>>,
    job: Option<Job<Progress, Library>>,
    progress: LibraryProgress,
}

impl LibraryJobs {
    pub fn new(data: &Path, cache: Option<PathBuf>) -> Self {
        Self {
            list: data.join("library.json"),
            starter: data.join("starter tunes"),
            cache,
            sources: Vec::new(),
            library: None,
            job: None,
            progress: LibraryProgress::default(),
        }
    }

    /// What has been read, once it has.
    pub fn pieces(&self) -> Option<&Arc<Library>> {
        self.library.as_ref()
    }

    /// Reads the folders of last time.
    pub fn start(&mut self, events: &EventSender) {
        match std::fs::read(&self.list) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(sources) => self.sources = sources,
                Err(e) => {
                    let text = format!(
                        "the list of library folders is not understood, it is started anew ({e}): {}",
                        self.list.display()
                    );
                    events.send(SessionEvent::Message(Severity::Warning, text));
                }
            },
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => {
                let text = format!("the list of library folders could not be read ({e}): {}", self.list.display());
                events.send(SessionEvent::Message(Severity::Warning, text));
            }
        }
        if !self.sources.is_empty() {
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
            LibraryRequest::RemoveFolder(i) if i < self.sources.len() => {
                self.sources.remove(i);
                self.keep_list(events);
                self.read(events);
            }
            LibraryRequest::RemoveFolder(_) => {}
            LibraryRequest::Cancel => self.job.iter().for_each(Job::cancel),
            LibraryRequest::ExportReport(path) => self.export(&path, events),
        }
    }

    fn add(&mut self, paths: Vec<PathBuf>, events: &EventSender) {
        for path in paths {
            // A folder inside one that is there already would count its pieces twice.
            if self.sources.iter().any(|s| path.starts_with(s)) && path != self.starter {
                let text = format!("this is in the library already: {}", path.display());
                events.send(SessionEvent::Message(Severity::Info, text));
                continue;
            }
            self.sources.retain(|s| !s.starts_with(&path));
            self.sources.push(path);
        }
        self.keep_list(events);
        self.read(events);
    }

    fn keep_list(&self, events: &EventSender) {
        let text = serde_json::to_vec_pretty(&self.sources).unwrap_or_default();
        if let Err(e) = write_atomic(&self.list, &text) {
            let text = format!("the list of library folders could not be kept ({e}): {}", self.list.display());
            events.send(SessionEvent::Message(Severity::Warning, text));
        }
    }

    fn read(&mut self, events: &EventSender) {
        self.progress = LibraryProgress::default();
        events.send(SessionEvent::LibraryProgress(Some(self.progress.clone())));
        // A job that is dropped is cancelled: what it was reading is read again.
        let options = ImportOptions { cache: self.cache.clone(), ..ImportOptions::default() };
        self.job = Some(spawn_import(self.sources.clone(), options, events.waker()));
    }

    pub fn poll(&mut self, events: &EventSender) -> Option<JobView> {
        let job = self.job.as_mut()?;
        if let Some(progress) = job.poll().last() {
            self.progress = match progress {
                Progress::Scanning { found } => LibraryProgress { done: 0, total: found, current: String::new() },
                Progress::Reading { done, total, .. } => LibraryProgress { done, total, current: String::new() },
                Progress::Comparing { pieces } => {
                    LibraryProgress { done: pieces, total: pieces, current: String::new() }
                }
            };
            events.send(SessionEvent::LibraryProgress(Some(self.progress.clone())));
        }
        if job.is_running() {
            let share = self.progress.done as f32 / self.progress.total.max(1) as f32;
            return Some(JobView { name: "Library".to_owned(), progress: Some(share) });
        }
        match self.job.take()?.into_state() {
            State::Done(library) => {
                let c = library.counts();
                let mut text = format!(
                    "{} files: {} used, {} repaired, {} left out",
                    library.rows.len(),
                    c.used,
                    c.repaired,
                    c.left_out
                );
                if library.cancelled {
                    text = format!("stopped, {text}");
                }
                if let Some(cache) = &library.cache {
                    if cache.hits > 0 {
                        text += &format!("; {} are as they were and were not read again", cache.hits);
                    }
                    if let Some(problem) = &cache.problem {
                        events.send(SessionEvent::Message(Severity::Warning, problem.clone()));
                    }
                }
                events.send(SessionEvent::Message(Severity::Info, text));
                events.send(SessionEvent::Library(Box::new(self.view(&library))));
                self.library = Some(Arc::new(library));
            }
            State::Failed(why) => events.send(SessionEvent::Message(Severity::Error, why)),
            State::Cancelled | State::Running => {}
        }
        events.send(SessionEvent::LibraryProgress(None));
        None
    }

    fn view(&self, library: &Library) -> LibraryView {
        let folder = |path: &PathBuf| Folder {
            name: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            path: path.clone(),
            n_pieces: library.pieces.iter().filter(|p| p.path.starts_with(path)).count(),
        };
        let rows = library.rows.iter().flat_map(|row| {
            let state = match &row.state {
                FileState::Used => RowState::Used,
                FileState::Repaired(_) => RowState::Repaired(row.state.reason().replace('-', " ")),
                FileState::LeftOut(_) => RowState::LeftOut(row.state.reason().replace('-', " ")),
            };
            let name = row.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if row.pieces.is_empty() {
                let empty = String::new;
                return vec![Row {
                    title: name,
                    style: row.style.clone(),
                    bars: 0,
                    notes: 0,
                    voices: 0,
                    key: empty(),
                    meter: empty(),
                    tempo: 0,
                    state,
                    path: row.path.clone(),
                }];
            }
            let piece = |i: &usize| {
                let p = &library.pieces[*i];
                Row {
                    title: if p.title.trim().is_empty() { name.clone() } else { p.title.clone() },
                    style: p.style.clone(),
                    bars: p.summary.bars,
                    notes: p.summary.notes,
                    voices: p.summary.voices,
                    key: p.key.map(|(k, _)| k.to_string()).unwrap_or_default(),
                    meter: p.summary.meter.to_string(),
                    tempo: p.summary.qpm.round() as u32,
                    state: state.clone(),
                    path: p.path.clone(),
                }
            };
            row.pieces.iter().map(piece).collect()
        });
        LibraryView {
            folders: self.sources.iter().map(folder).collect(),
            rows: Arc::new(rows.collect()),
            progress: None,
        }
    }

    fn export(&self, path: &Path, events: &EventSender) {
        let Some(library) = &self.library else { return };
        let (severity, text) = match write_atomic(path, corpus::report::to_csv(library).as_bytes()) {
            Ok(()) => (Severity::Success, format!("every file and its fate: {}", path.display())),
            Err(e) => (Severity::Error, format!("the report could not be written ({e}): {}", path.display())),
        };
        events.send(SessionEvent::Message(severity, text));
    }
}

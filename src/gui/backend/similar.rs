//! Pieces like one: by the runs that they share, at once; and by a model's ear, where one is asked to
//! listen to the whole library first.

use crate::corpus::{Library, NotesLost, Piece};
use crate::gui::pages::library::{LibraryNews, Similar, SimilarPiece};
use crate::gui::session::{EventSender, JobView, SessionEvent, Severity};
use crate::index::shared::Shared;
use crate::index::similar::SimilarIndex;
use crate::job::{self, Job, ShelfProgress, State};
use crate::model::Compute;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Pieces like one that are shown.
const MOST: usize = 20;

/// What answers: an index, or an index and a model that has heard every piece.
#[derive(Clone)]
enum Ear {
    Runs(Arc<SimilarIndex>),
    Model { name: String, shelf: Arc<Mutex<job::Shelf>> },
}

pub struct SimilarJobs {
    runs: PathBuf,
    /// Made when it is first asked; of one reading of the library.
    ear: Option<Ear>,
    comparing: Option<Job<(), (Ear, Similar)>>,
    listening: Option<Listening>,
}

struct Listening {
    job: Job<ShelfProgress, job::Shelf>,
    model: String,
    piece: usize,
    share: f32,
}

impl SimilarJobs {
    pub fn new(runs: PathBuf) -> Self {
        Self { runs, ear: None, comparing: None, listening: None }
    }

    /// The library was read anew.
    pub fn forget(&mut self) {
        (self.ear, self.comparing, self.listening) = (None, None, None);
    }

    /// Looks for pieces like one.
    pub fn ask(&mut self, library: &Arc<Library>, piece: usize, events: &EventSender) {
        let Some(of) = library.pieces.get(piece).map(Piece::id) else { return };
        send(events, Similar { of, hits: None, model: None, listening: self.share() });
        let (ear, library) = (self.ear.clone(), Arc::clone(library));
        self.comparing = Some(Job::spawn("similar", events.waker(), move |control| {
            let ear = match ear {
                Some(ear) => ear,
                None => Ear::Runs(Arc::new(job::index_of(&library, control, || {})?)),
            };
            let (hits, model) = (Some(hits(&ear, &library, piece)?), ear.model().map(str::to_owned));
            Ok((ear, Similar { of, hits, model, listening: None }))
        }));
    }

    /// Lets a model hear every piece, then asks again.
    pub fn listen(&mut self, library: &Arc<Library>, piece: usize, model: String, events: &EventSender) {
        if self.ear.as_ref().and_then(Ear::model) == Some(&model) {
            return self.ask(library, piece, events);
        }
        let file = Some((job::bundled::model_at(&self.runs, &model), Compute::Cpu));
        let job = job::spawn_shelf(Arc::clone(library), file, events.waker());
        self.listening = Some(Listening { job, model, piece, share: 0.0 });
        self.ask(library, piece, events);
    }

    pub fn stop(&mut self) {
        self.listening.iter().for_each(|l| l.job.cancel());
    }

    fn share(&self) -> Option<f32> {
        self.listening.as_ref().map(|l| l.share)
    }

    /// What is shown of a model that listens.
    pub fn poll(&mut self, library: Option<&Arc<Library>>, events: &EventSender) -> Option<JobView> {
        self.poll_comparing(events);
        let listening = self.listening.as_mut()?;
        if let Some(progress) = listening.job.poll().last() {
            // Indexing takes a moment, listening the rest.
            if let ShelfProgress::Listening { done, total } = progress {
                listening.share = done as f32 / total.max(1) as f32;
            }
            events.send(SessionEvent::Library(Box::new(LibraryNews::Listening(Some(listening.share)))));
        }
        if listening.job.is_running() {
            return Some(JobView { name: listening.model.clone(), progress: Some(listening.share) });
        }
        let Listening { job, model, piece, .. } = self.listening.take()?;
        events.send(SessionEvent::Library(Box::new(LibraryNews::Listening(None))));
        match job.into_state() {
            State::Done(shelf) => {
                self.ear = Some(Ear::Model { name: model, shelf: Arc::new(Mutex::new(shelf)) });
                library.iter().for_each(|library| self.ask(library, piece, events));
            }
            State::Failed(why) => events.send(SessionEvent::Message(Severity::Error, why)),
            State::Cancelled | State::Running => {}
        }
        None
    }

    fn poll_comparing(&mut self, events: &EventSender) {
        let Some(job) = self.comparing.as_mut() else { return };
        job.poll().for_each(drop);
        if job.is_running() {
            return;
        }
        match self.comparing.take().map(Job::into_state) {
            Some(State::Done((ear, similar))) => {
                // A model may have come in between: its ear is the better one.
                self.ear.get_or_insert(ear);
                send(events, Similar { listening: self.share(), ..similar });
            }
            Some(State::Failed(why)) => events.send(SessionEvent::Message(Severity::Error, why)),
            _ => {}
        }
    }
}

impl Ear {
    fn model(&self) -> Option<&str> {
        match self {
            Ear::Runs(_) => None,
            Ear::Model { name, .. } => Some(name),
        }
    }
}

fn hits(ear: &Ear, library: &Library, piece: usize) -> Result<Vec<SimilarPiece>, NotesLost> {
    let mine = library.pieces[piece].score()?;
    match ear {
        Ear::Runs(index) => {
            let hits = index.rank(&mine, MOST + 1).into_iter().filter(|hit| hit.piece != piece).take(MOST);
            let shown = hits.map(|hit| {
                let shared = Shared::of(&mine, &*library.pieces[hit.piece].score()?).to_string();
                Ok(SimilarPiece { piece: hit.piece, score: hit.score, heard: None, shared })
            });
            shown.collect()
        }
        Ear::Model { shelf, .. } => {
            let shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
            let likes = shelf.like(&mine, Some(piece), MOST)?.into_iter();
            let shown = likes.map(|like| {
                let shared = like.shared.to_string();
                SimilarPiece { piece: like.piece, score: like.score, heard: like.heard, shared }
            });
            Ok(shown.collect())
        }
    }
}

fn send(events: &EventSender, similar: Similar) {
    events.send(SessionEvent::Library(Box::new(LibraryNews::Similar(Some(similar)))));
}

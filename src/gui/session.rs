//! What lives while the window does and is never saved: the sound, the jobs, the messages.
//!
//! Deliberately starts no job itself: it hands [`Request`]s to a [`Backend`] and hears
//! [`SessionEvent`]s, so that the window is tested without models and the jobs without a window.

use super::action::{Action, Dialog};
use super::nearest::{NearestView, WeighedView};
use super::pages::compose::OriginalityView;
use super::pages::library::{LibraryNews, LibraryRequest, LibraryView};
use super::pages::settings::FontsView;
use super::pages::train::{TrainNews, TrainRequest, TrainView};
use super::recording::{Level, Recording};
use super::regenerate::Regenerating;
use crate::audio::fonts::FontFile;
use crate::audio::{Bounce, Player, SoundFont};
use crate::corpus::PieceId;
use crate::generate::{self, Abilities, Explanation, UnknownMeter, Weighed};
use crate::job::{Figures, Nearest};
use crate::music::{NoteId, Score, Tick};
use crate::project::Take;
use eframe::egui;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// What the window asks of the jobs.
#[derive(Clone, Debug)]
pub enum Request {
    Generate(Box<GenerateRequest>),
    StopGenerating,
    Explain(ExplainRequest),
    /// How much of a piece is copied from what this model learned from.
    Originality {
        model: String,
        score: Arc<Score>,
    },
    /// The training passages nearest to a note of a piece.
    Nearest {
        model: String,
        score: Arc<Score>,
        note: NoteId,
    },
    /// What each earlier bar was worth to a note of a piece.
    Weigh {
        model: String,
        score: Arc<Score>,
        note: NoteId,
    },
    /// Make this model ready, and say what it can be asked.
    Abilities(String),
    /// Read this SoundFont; none is the built-in bank.
    ReadFont(Option<PathBuf>),
    Library(LibraryRequest),
    Train(TrainRequest),
    /// Render the score to sound files.
    ExportSound {
        score: Arc<Score>,
        what: Bounce,
        font: SoundFont,
        path: PathBuf,
    },
}

/// Write `takes` takes. The seed of take i is `settings.seed + i`.
#[derive(Clone, Debug)]
pub struct GenerateRequest {
    pub model: String,
    pub settings: generate::Settings,
    /// What to start from, on the piece's own timeline, cut off at `from_tick`.
    pub primer: Option<Arc<Score>>,
    /// What of the new part is there already and stays, on the same timeline.
    pub kept: Option<Arc<Score>>,
    /// Where the new part begins.
    pub from_tick: Tick,
    pub takes: u32,
    /// A take that copies so many notes in a row is written again.
    pub not_closer_than: Option<u32>,
}

/// Have a model say what it thinks of every note.
#[derive(Clone, Debug)]
pub struct ExplainRequest {
    pub model: String,
    pub score: Arc<Score>,
}

/// Who does the work. Called from the window's thread: it must start things and return at once.
pub trait Backend {
    /// The window is there: tell it the models, the library, the devices.
    fn start(&mut self, events: &EventSender) {
        let _ = events;
    }

    /// Begins what is asked; what comes of it is sent to `events`.
    fn request(&mut self, request: Request, events: &EventSender);

    /// Called once a repaint: hears the jobs and passes on what they say.
    fn poll(&mut self, _events: &EventSender) {}
}

/// What jobs tell the window. Drained once a repaint, by [`crate::gui::App`].
#[derive(Debug)]
pub enum SessionEvent {
    /// Names of the models that can be asked, the best first.
    Models(Vec<String>),
    /// What a model can be asked.
    Abilities(String, Abilities),
    /// Generate with this one from now on.
    UseModel(String),
    /// The device that models run on, for the status line.
    ComputeDevice(String),
    Message(Severity, String),
    /// The running job, for the status line; `None` when it has ended.
    Job(Option<JobView>),
    /// The takes that were asked for are in a meter that the model never learned.
    UnknownMeter(UnknownMeter),
    /// The take that is being written, so far: shown on the roll.
    Preview(Preview),
    TakeDone(Box<Take>),
    /// No more takes are to come; with what went wrong, if anything did.
    GenerateEnded(Result<(), String>),
    /// What a model says of this score.
    Explained(Arc<Score>, Box<Result<Explanation, String>>),
    /// How much is copied of the piece that was asked about, or why that is not known.
    Originality(Box<Result<Figures, String>>),
    /// The passages nearest to this note, or why they cannot be known.
    Nearest(NoteId, Box<Result<Vec<Nearest>, String>>),
    /// What each earlier bar was worth to this note, or why that cannot be known.
    Weighed(NoteId, Box<Result<Weighed, String>>),
    Library(Box<LibraryNews>),
    Train(Box<TrainNews>),
    /// The window may not close after all: what it waited for went wrong.
    StayOpen,
    /// The SoundFonts in the usual places of this system.
    Fonts(Vec<FontFile>),
    /// The font that was asked for, or why it cannot be had.
    Font(Option<PathBuf>, Box<Result<SoundFont, String>>),
    /// The system has no file dialog to show; the path that it would have offered.
    NoDialog(Dialog, PathBuf),
    /// What a file dialog answered.
    Action(Box<Action>),
}

#[derive(Clone, Debug)]
pub struct Preview {
    pub score: Arc<Score>,
    pub from_tick: Tick,
    /// The bar line up to which nothing of it changes any more.
    pub whole: Tick,
    /// Which take (from 0), of how many.
    pub take: u32,
    pub of: u32,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobView {
    pub name: String,
    /// 0–1, `None` where the length is not known.
    pub progress: Option<f32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Severity {
    #[default]
    Info,
    Success,
    Warning,
    Error,
}

/// What can be heard instead of the piece in the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Playing {
    /// By its place in the list.
    Take(usize),
    /// A piece of the library.
    Piece(PieceId),
    /// A take that lies in a file.
    File(PathBuf),
    /// The take that is being written.
    Coming,
    /// A training passage that the receipt names, by its place there.
    Passage(usize),
}

/// The way into the window for jobs and dialogs: sends an event and wakes the window.
#[derive(Clone)]
pub struct EventSender {
    to: Sender<SessionEvent>,
    ctx: egui::Context,
    /// Off where the window is awake anyway: while it polls.
    wakes: bool,
    /// Milliseconds between two repaints that only a long job asks for.
    pace: Arc<AtomicU64>,
}

impl EventSender {
    /// Wakes the window: there is something to poll.
    pub fn waker(&self) -> crate::job::Waker {
        let ctx = self.ctx.clone();
        Arc::new(move || ctx.request_repaint())
    }

    /// As [`Self::waker`], for jobs that have something new all the time: the window is woken as often
    /// as it can be drawn without taking more than its share from the job.
    pub fn calm_waker(&self) -> crate::job::Waker {
        let (ctx, pace) = (self.ctx.clone(), Arc::clone(&self.pace));
        Arc::new(move || ctx.request_repaint_after(Duration::from_millis(pace.load(Ordering::Relaxed))))
    }

    /// A repaint costs so much time of a core: from now on, calm jobs wake the window so seldom that
    /// drawing takes a fiftieth of what the machine has to give at most, and ten times a second at most.
    pub fn set_pace(&self, repaint: Duration) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
        let millis = repaint.as_secs_f64() * 1000.0 * Self::SHARE / cores;
        self.pace.store(millis.clamp(100.0, 5000.0) as u64, Ordering::Relaxed);
    }

    const SHARE: f64 = 60.0;

    pub fn send(&self, event: SessionEvent) {
        // A closed channel means that the window is gone: then nobody needs to know.
        if self.to.send(event).is_ok() && self.wakes {
            self.ctx.request_repaint();
        }
    }
}

/// Message of the status line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    pub severity: Severity,
    pub text: String,
}

pub struct Session {
    pub player: Player,
    pub models: Vec<String>,
    /// What the model of this name can be asked, once it is known.
    pub abilities: Option<(String, Abilities)>,
    pub compute_device: String,
    pub message: Message,
    pub job: Option<JobView>,
    pub generating: bool,
    /// A model is reading the piece.
    pub explaining: bool,
    pub preview: Option<Preview>,
    /// Said of what was asked for last, until something else is.
    pub unknown_meter: Option<UnknownMeter>,
    /// What was last asked about how much is copied.
    pub originality: Option<OriginalityView>,
    /// The training passages nearest to the note that is selected.
    pub nearest: Option<NearestView>,
    /// What each earlier bar was worth to it.
    pub weighed: Option<WeighedView>,
    /// The take that is coming is to go on from a note of the piece.
    pub regenerating: Option<Regenerating>,
    /// The take that what is being written is made from.
    pub parent: Option<u64>,
    /// What is being heard instead of the piece.
    pub playing: Option<Playing>,
    pub library: LibraryView,
    pub train: TrainView,
    pub fonts: FontsView,
    pub volume: f32,
    pub muted: bool,
    pub loop_range: Option<(Tick, Tick)>,
    pub looping: bool,
    pub recording: Option<Recording>,
    pub level: Level,
    /// Where playing starts and stops at; the head while nothing plays.
    pub playhead: Tick,
    pub events: EventSender,
    pub incoming: Receiver<SessionEvent>,
    pub backend: Box<dyn Backend>,
}

impl Session {
    pub fn new(player: Player, backend: Box<dyn Backend>, ctx: &egui::Context) -> Self {
        let (to, incoming) = channel();
        Self {
            player,
            models: Vec::new(),
            abilities: None,
            compute_device: String::new(),
            message: Message::default(),
            job: None,
            generating: false,
            explaining: false,
            preview: None,
            unknown_meter: None,
            originality: None,
            nearest: None,
            weighed: None,
            regenerating: None,
            parent: None,
            playing: None,
            library: LibraryView::default(),
            train: TrainView::default(),
            fonts: FontsView::default(),
            volume: 0.8,
            muted: false,
            loop_range: None,
            looping: false,
            recording: None,
            level: Level::default(),
            playhead: 0,
            events: EventSender { to, ctx: ctx.clone(), wakes: true, pace: Arc::new(AtomicU64::new(100)) },
            incoming,
            backend,
        }
    }

    pub fn say(&mut self, severity: Severity, text: impl Into<String>) {
        self.message = Message { severity, text: text.into() };
    }

    /// Tells the backend that the window is there.
    pub fn start(&mut self) {
        self.backend.start(&self.events);
    }

    pub fn request(&mut self, request: Request) {
        self.backend.request(request, &self.events);
    }

    pub fn poll(&mut self) {
        // What comes of it is heard in this very repaint.
        let events = EventSender { wakes: false, ..self.events.clone() };
        self.backend.poll(&events);
    }

    pub fn plays(&self, what: &Playing) -> bool {
        self.playing.as_ref() == Some(what) && self.player.is_playing()
    }

    /// Whether something else than the piece in the window is in the player's hands.
    pub fn plays_other(&self) -> bool {
        self.playing.is_some()
    }

    /// Where the head is: the sound's clock while it plays.
    pub fn position(&self) -> f64 {
        if self.player.is_playing() { self.player.position().max(0.0) } else { self.playhead as f64 }
    }
}

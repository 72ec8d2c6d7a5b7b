//! The values the Library page draws, and what it asks for.

use super::shelf::Shelf;
use crate::corpus::{Choices, PieceId, Remedy, VoiceChoice};
use crate::music::{Key, Tick};
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Clone, Debug, Default)]
pub struct LibraryView {
    pub folders: Vec<Folder>,
    /// Shared, so that the table knows by the pointer when it must sort again.
    pub shelf: Arc<Shelf>,
    pub choices: Arc<Choices>,
    pub similar: Option<Similar>,
    /// What can be undone and redone, in words.
    pub undo: Option<String>,
    pub redo: Option<String>,
    pub progress: Option<LibraryProgress>,
    /// Why what was kept could not be had.
    pub problem: Option<String>,
}

/// What changes of it without everything else.
#[derive(Debug)]
pub enum LibraryNews {
    Progress(Option<LibraryProgress>),
    Folders(Vec<Folder>),
    Shelf(Arc<Shelf>),
    Choices {
        choices: Arc<Choices>,
        undo: Option<String>,
        redo: Option<String>,
    },
    /// The list of folders and choices could not be read: a sentence that stays in sight.
    Problem(String),
    Similar(Option<Similar>),
    /// How far a model that listens is; `None` once it has ended.
    Listening(Option<f32>),
}

impl LibraryView {
    pub fn hear(&mut self, news: LibraryNews) {
        match news {
            LibraryNews::Progress(progress) => self.progress = progress,
            LibraryNews::Folders(folders) => self.folders = folders,
            // What was said of pieces by their numbers holds no longer.
            LibraryNews::Shelf(shelf) => (self.shelf, self.similar) = (shelf, None),
            LibraryNews::Choices { choices, undo, redo } => {
                (self.choices, self.undo, self.redo) = (choices, undo, redo);
            }
            LibraryNews::Problem(problem) => self.problem = Some(problem),
            LibraryNews::Similar(similar) => self.similar = similar,
            LibraryNews::Listening(share) => self.similar.iter_mut().for_each(|s| s.listening = share),
        }
    }

    /// Whether training uses a content, as far as the user decides.
    pub fn is_ticked(&self, hash: &[u8; 32]) -> bool {
        !self.choices.files.get(hash).is_some_and(|c| c.leave_out)
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folder {
    pub name: String,
    pub path: PathBuf,
    pub n_files: usize,
    pub n_pieces: usize,
    /// It is not where it was.
    pub gone: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct LibraryProgress {
    pub done: usize,
    pub total: usize,
    /// Files a second, once that can be told.
    pub rate: Option<f64>,
}

/// Pieces like one, best first.
#[derive(Clone, Debug, PartialEq)]
pub struct Similar {
    pub of: PieceId,
    /// `None` while they are looked for.
    pub hits: Option<Vec<SimilarPiece>>,
    /// The model that has listened too.
    pub model: Option<String>,
    /// How far a model that still listens to the pieces is, 0–1.
    pub listening: Option<f32>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SimilarPiece {
    pub piece: usize,
    /// 0–1.
    pub score: f64,
    /// How near the model hears them, −1 to 1.
    pub heard: Option<f64>,
    /// What the two share, as a sentence.
    pub shared: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LibraryRequest {
    AddFolder(PathBuf),
    /// Files and folders that were dropped on the window.
    Add(Vec<PathBuf>),
    AddStarter,
    RemoveFolder(usize),
    /// Looks for files that are new, changed or gone.
    ReadAgain,
    /// The folder lies somewhere else now.
    MoveFolder(usize, PathBuf),
    Cancel,
    ExportReport(PathBuf),
    /// Learn from these contents, or leave them out.
    Tick(Arc<Vec<[u8; 32]>>, bool),
    /// For these contents, or for every file that it applies to, now and later.
    Remedy {
        remedy: Remedy,
        files: Option<Arc<Vec<[u8; 32]>>>,
        on: bool,
    },
    /// What a voice of the file is; `None` guesses again.
    SetRole {
        id: PieceId,
        voice: u32,
        choice: Option<VoiceChoice>,
    },
    /// Of the piece, or of its section that begins at a tick; `None` asks the notes again.
    SetKey {
        id: PieceId,
        section: Option<Tick>,
        key: Option<Key>,
    },
    /// Takes the last decision of these, or the last change of the folders, back; or does it again.
    Undo,
    Redo,
    Similar(usize),
    /// As above, and a model listens too; making it ready takes a while the first time.
    Listen {
        piece: usize,
        model: String,
    },
    /// Ends the listening; what the runs say stays.
    StopListening,
}

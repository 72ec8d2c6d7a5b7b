//! Everything that can happen in the window, as values. Menus, keys, buttons, dialogs and tests make
//! the same ones; [`crate::gui::App::apply`] is the one place that hands them to their owners.

use super::pages::library::LibraryRequest;
use super::pages::train::TrainRequest;
use super::piano_roll::snap::Grid;
use super::settings::Settings;
use super::shortcuts::Command;
use super::state::{Generator, Page};
use crate::music::{NoteId, Tick};
use crate::project::Edit;
use std::path::PathBuf;

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A verb without an object: what menus and keys do.
    Do(Command),
    Show(Page),
    /// A change of the score, done by the project.
    Edit(Edit),
    Select(Vec<NoteId>),
    SetVoice(usize),
    ToggleMute(usize),
    ToggleSolo(usize),
    /// Hear a note: voice, pitch, velocity.
    Audition(usize, u8, u8),
    Seek(Tick),
    SetLoop(Option<(Tick, Tick)>),
    SetVolume(f32),
    SetGrid(Grid),
    Paste(String),
    SetGenerator(Box<Generator>),
    PlayTake(usize),
    KeepTake(usize),
    RemoveTake(usize),
    /// Pieces of the library, by their number in it.
    PlayPiece(usize),
    OpenPiece {
        piece: usize,
        as_primer: bool,
    },
    ShowFile(PathBuf),
    OpenDialog(Dialog),
    /// The paths that a dialog, a drop or a test gave.
    Open(PathBuf),
    Save(PathBuf),
    ExportMidi(PathBuf),
    ExportWav(PathBuf),
    ExportAbc(PathBuf),
    SetSettings(Box<Settings>),
    /// Sound through this SoundFont; none is the built-in bank.
    ChooseFont(Option<PathBuf>),
    Library(LibraryRequest),
    Train(TrainRequest),
    /// Answers to a question that stands in the middle of the window.
    Answer(Answer),
    Recover(usize),
    DiscardRecovered(usize),
}

/// Which file dialog to open. Its answer comes back as an [`Action`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    Open,
    ImportMidi,
    SaveAs,
    ExportMidi,
    ExportWav,
    ExportAbc,
    AddFolder,
    ChooseFont,
    ExportReport,
    /// Where a folder of the library has gone.
    FindFolder(usize),
}

/// What to do about work that would be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Save,
    DoNotSave,
    Cancel,
}

/// The actions of one repaint, in order.
#[derive(Debug, Default)]
pub struct Actions(Vec<Action>);

impl Actions {
    pub fn push(&mut self, action: Action) {
        self.0.push(action);
    }

    pub fn command(&mut self, command: Command) {
        self.0.push(Action::Do(command));
    }

    pub fn edit(&mut self, edit: Edit) {
        self.0.push(Action::Edit(edit));
    }

    pub fn take(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.0)
    }
}

//! Everything that can happen in the window, as values. Menus, keys, buttons, dialogs and tests make
//! the same ones; [`crate::gui::App::apply`] is the one place that hands them to their owners.

use super::export::{Export, Form, Part};
use super::export_sound::ExportSound;
use super::pages::library::LibraryRequest;
use super::pages::train::TrainRequest;
use super::piano_roll::snap::Grid;
use super::settings::Settings;
use super::shortcuts::Command;
use super::state::{Generator, Page};
use super::takes::{TakeBox, TakeOrder};
use super::{about, guide, manual, typed_path};
use crate::music::tools::NoteTool;
use crate::music::{NoteId, Role, Scale, Score, Tick};
use crate::project::{Edit, Lane};
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A verb without an object: what menus and keys do.
    Do(Command),
    Show(Page),
    /// A change of the score, done by the project.
    Edit(Edit),
    /// The open box of a tool: try this setting, apply it, close it.
    TryTool(NoteTool),
    SetToolGrid(Option<Grid>),
    KeepTool,
    DropTool,
    /// Undo or redo until so many steps are done.
    GoToStep(usize),
    Select(Vec<NoteId>),
    SetVoice(usize),
    MoveVoice {
        from: usize,
        to: usize,
    },
    ToggleMute(usize),
    ToggleSolo(usize),
    /// Hear a note: voice, pitch, velocity.
    Audition(usize, u8, u8),
    Seek(Tick),
    SetLoop(Option<(Tick, Tick)>),
    SetVolume(f32),
    SetGrid(Grid),
    /// The scale that rows are shaded by; `None` is the one of the key.
    SetScale(Option<Scale>),
    /// Shows a strip over the ruler, or hides it.
    ToggleLane(Lane),
    Paste(String),
    SetGenerator(Box<Generator>),
    /// Asks for takes with a voice of this role written to what is there.
    Accompany(Role),
    /// Has the chosen model read the piece.
    ExplainPiece,
    /// Looks for the training passages nearest to a note, and plays one that was found.
    FindNearest(NoteId),
    PlayPassage(usize),
    /// Asks what each earlier bar was worth to a note.
    Weigh(NoteId),
    /// Another pitch for a note, and what follows it in its take anew.
    Regenerate {
        note: NoteId,
        pitch: u8,
    },
    /// Plays the take that is being written, as far as it has come; or stops it.
    PlayComing,
    /// Whether takes are heard while they are written.
    HearComing(bool),
    PlayTake(usize),
    KeepTake(usize),
    RemoveTake(usize),
    RenameTake(usize, String),
    /// The order in which takes are shown.
    OrderTakes(TakeOrder),
    /// Opens the box of what can be made of a take, or closes it.
    OpenTake(Option<TakeBox>),
    /// A take of two, by their names: bars for which it holds come from the second.
    BlendTakes {
        a: u64,
        b: u64,
        from_b: Vec<bool>,
    },
    /// A take that begins with so many bars of another, by its name, and goes on anew.
    BranchTake {
        take: u64,
        bars: usize,
    },
    /// Pieces of the library, by their number in it.
    PlayPiece(usize),
    OpenPiece {
        piece: usize,
        as_primer: bool,
    },
    /// A take that lies in a file, and its notes: plays it, or stops it.
    PlayFile(PathBuf, Arc<Score>),
    ShowFile(PathBuf),
    /// With the program that the system has for it.
    OpenOutside(PathBuf),
    /// A picture of the training's plot.
    ExportPlot(PathBuf),
    /// What became of it.
    PlotWritten(PathBuf, Result<(), String>),
    OpenDialog(Dialog),
    /// The paths that a dialog, a drop or a test gave.
    Open(PathBuf),
    Save(PathBuf),
    Export(Export),
    /// Brings the music of a file in at the head.
    Import(PathBuf),
    /// Writes the sound of what was asked for.
    ExportWav(PathBuf),
    /// How sound is to be exported, and whether that is being asked.
    SetExport(Box<ExportSound>),
    /// Asks the system for its sound devices and MIDI ports.
    LookForDevices,
    SetSettings(Box<Settings>),
    /// Sound through this SoundFont; none is the built-in bank.
    ChooseFont(Option<PathBuf>),
    Library(LibraryRequest),
    Train(TrainRequest),
    /// How far the first steps have come, and whether they are shown.
    Guide(guide::Guide),
    /// What Help > About shows; none closes it.
    About(Option<about::About>),
    /// Asks for a path by a field of our own, or no more.
    TypePath(Option<Box<typed_path::TypedPath>>),
    /// Opens a page of the manual, or closes it.
    OpenManual(Option<manual::Opened>),
    /// Answers to a question that stands in the middle of the window.
    Answer(Answer),
    Recover(usize),
    DiscardRecovered(usize),
}

/// Which file dialog to open. Its answer comes back as an [`Action`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    Open,
    Import,
    SaveAs,
    Export(Form, Part),
    /// The sound that [`super::export_sound`] asked about.
    ExportWav,
    AddFolder,
    ChooseFont,
    ExportReport,
    /// Where a folder of the library has gone.
    FindFolder(usize),
    /// The numbers of a run, by its name; a picture of the plot.
    ExportRun(String),
    ExportPlot,
}

/// What to do about work that would be lost, or a training that the window would take with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Save,
    DoNotSave,
    GoOnWithout,
    StopTraining,
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

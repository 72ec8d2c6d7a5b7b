//! What the window draws from: the project, the session, the settings and the view, one owner each.

use super::about::About;
use super::export_sound::ExportSound;
use super::keys_play::Piano;
use super::manual;
use super::piano_roll::snap::Grid;
use super::session::{Playing, Session};
use super::settings::Settings;
use super::takes::{TakeBox, TakeOrder};
use super::text::Text;
use super::tools::{self, ToolBox};
use super::typed_path::TypedPath;
use super::voice_flags;
use crate::generate;
use crate::music::{NoteId, Scale, Score};
use crate::project::recovery::Orphan;
use crate::project::{Lane, Project, Take};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

pub struct State {
    pub project: Project,
    pub session: Session,
    pub settings: Settings,
    pub view: View,
    /// What "follow the system" means for the language; asked once, at the start.
    pub system_is_chinese: bool,
}

impl State {
    /// The words of the language in force.
    pub fn text(&self) -> &'static Text {
        self.settings.text(self.system_is_chinese)
    }

    /// The take that is heard, where it is not what the roll shows.
    pub fn other_take_heard(&self) -> Option<&Take> {
        let Some(Playing::Take(i)) = self.session.playing.as_ref().filter(|p| self.session.plays(p)) else {
            return None;
        };
        self.project.takes().get(*i).filter(|take| !self.view.takes_in_piece.contains(&take.id))
    }

    /// The number of a voice's colour: the one it was given, else its place's.
    pub fn hue(&self, voice: usize) -> usize {
        let given = self.project.score().voices.get(voice).and_then(|v| v.color);
        given.map_or(voice, usize::from)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    Library,
    Train,
    #[default]
    Compose,
    Settings,
}

/// What is shown and chosen; neither saved nor undone.
#[derive(Debug, Default)]
pub struct View {
    pub page: Page,
    /// Where the project lives, if it has been saved or opened.
    pub path: Option<PathBuf>,
    /// Where the last export went: exporting again writes there.
    pub exported: Option<PathBuf>,
    /// The file written last, of whatever form: what can be shown in the file manager.
    pub last_export: Option<PathBuf>,
    pub voice: usize,
    pub selection: Arc<HashSet<NoteId>>,
    /// One for each voice, as long as the list of voices.
    pub muted: Vec<bool>,
    pub soloed: Vec<bool>,
    /// By what the voices that these are of are known again.
    pub known_voices: Vec<voice_flags::Known>,
    pub tool: Tool,
    pub grid: Grid,
    pub follow: bool,
    pub ghosts: bool,
    pub show_velocity: bool,
    /// Notes are coloured by how much they surprise the model.
    pub explain: bool,
    pub show_minimap: bool,
    /// Only rows of pitches that the voice in hand uses.
    pub fold: bool,
    /// The scale chosen for shading rows; `None` is the one of the key.
    pub scale: Option<Scale>,
    /// The strips over the ruler that are shown.
    pub lanes: Vec<Lane>,
    /// Length of the next note that is drawn, in quarter notes, and its velocity.
    pub generator: Generator,
    /// Takes are heard while they are written.
    pub hear_coming: bool,
    pub take_order: TakeOrder,
    /// Names of the takes in that order; those that are not among them come first.
    pub takes_in_order: Vec<u64>,
    /// Names of those whose notes stand in the piece.
    pub takes_in_piece: HashSet<u64>,
    pub take_box: Option<TakeBox>,
    pub question: Option<Question>,
    pub orphans: Vec<Orphan>,
    pub show_shortcuts: bool,
    pub show_history: bool,
    pub manual: Option<manual::Opened>,
    pub about: Option<About>,
    /// A path is asked for, where the system cannot.
    pub typed_path: Option<Box<TypedPath>>,
    /// A menu, or another small window over the others, has the keyboard.
    pub popup_open: bool,
    pub tool_box: Option<ToolBox>,
    pub tools: tools::Memory,
    pub export: ExportSound,
    /// The computer's keyboard is a piano.
    pub keyboard_plays: bool,
    pub piano: Piano,
    /// The window closes as soon as the training has been saved.
    pub closing: bool,
}

impl View {
    /// Which voices are silent: muted, or another is soloed.
    pub fn silent(&self, n_voices: usize) -> Vec<bool> {
        let get = |list: &[bool], i: usize| list.get(i).copied().unwrap_or(false);
        let any_solo = (0..n_voices).any(|i| get(&self.soloed, i));
        (0..n_voices).map(|i| get(&self.muted, i) || (any_solo && !get(&self.soloed, i))).collect()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    #[default]
    Select,
    Pencil,
}

/// What the generator is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Generator {
    pub model: String,
    pub settings: generate::Settings,
    /// Rules that follow the piece as it is when takes are asked for.
    pub follow: Follow,
    pub primer: Primer,
    pub takes: u32,
    /// A take that copies so many notes in a row is written again.
    pub not_closer_than: Option<u32>,
    /// A new seed for every request, shown in the field before it is used.
    pub new_seed_each_time: bool,
}

impl Default for Generator {
    fn default() -> Self {
        Self {
            model: String::new(),
            settings: generate::Settings::default(),
            follow: Follow::default(),
            primer: Primer::None,
            takes: 1,
            not_closer_than: None,
            new_seed_each_time: true,
        }
    }
}

/// What the generator's rules take from the piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Follow {
    /// Chords as they are typed.
    pub chords: String,
    pub chord_track: bool,
    pub rhythm: bool,
    pub pitches: bool,
}

/// What the generator starts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Primer {
    /// Nothing: a new piece.
    #[default]
    None,
    /// The piece as it is, continued.
    Piece,
    /// What is selected, continued from where it ends.
    Selection,
}

/// Something that stands in the way of going on.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// The work would be lost; afterwards, this is what was wanted.
    Unsaved(AfterQuestion),
    /// A training would end with the window.
    Training,
}

#[derive(Clone, Debug, PartialEq)]
pub enum AfterQuestion {
    Close,
    New,
    Open(PathBuf),
    /// A piece of the library, perhaps to be gone on with.
    OpenScore {
        score: Arc<Score>,
        as_primer: bool,
    },
}

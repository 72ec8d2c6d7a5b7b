//! Everything that can be done to a score, as values: menus, keys, drags and tests make the same ones.

use super::lanes::LaneEdit;
use crate::music::tools::NoteTool;
use crate::music::{Key, Meter, Note, NoteId, Role, Score, Tick, Voice, VoiceEvent};
use std::sync::Arc;

/// One step of work, undone and redone as a whole. Ids that the score does not hold are skipped.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Notes get fresh identities; [`super::Applied::ids`] names them in the order given.
    AddNotes {
        voice: usize,
        notes: Vec<Note>,
    },
    /// Copies placed `ticks` later and `semitones` higher, each in the voice of its original.
    CopyNotes {
        ids: Vec<NoteId>,
        ticks: Tick,
        semitones: i8,
    },
    /// All move or none: pitches stay within 0–127. In time the group stops at tick 0.
    MoveNotes {
        ids: Vec<NoteId>,
        ticks: Tick,
        semitones: i8,
    },
    /// A pitch for each: steps of a scale are not the same number of semitones for every note.
    SetPitches(Vec<(NoteId, u8)>),
    /// Adds to each note's start and end; a note keeps at least one tick.
    ResizeNotes {
        ids: Vec<NoteId>,
        start: Tick,
        end: Tick,
    },
    DeleteNotes(Vec<NoteId>),
    SetVelocity(Vec<(NoteId, u8)>),
    /// Quantise, harmonise, arpeggiate …: all of it or nothing.
    UseTool {
        ids: Vec<NoteId>,
        tool: NoteTool,
    },
    /// The voices of `with` that hold notes become new voices, its tick 0 on `at`. Into a piece without
    /// notes it comes with its tempo, meter and key, and nothing else stays.
    Import {
        at: Tick,
        with: Arc<Score>,
    },
    /// What starts in `from..to` gives way to `with` (whose tick 0 falls on `from`), voice by voice:
    /// by role and place, else a new voice. The rest of the piece stays. From 0 to the end or past it,
    /// tempo, meter and key are taken over too.
    ReplaceRange {
        from: Tick,
        to: Tick,
        with: Arc<Score>,
    },
    /// One note gets another pitch, what followed it goes, and the notes of `with` (on the timeline of the
    /// piece) come: voice by voice as of [`Self::ReplaceRange`].
    Regenerate {
        note: NoteId,
        pitch: u8,
        remove: Vec<NoteId>,
        with: Arc<Score>,
    },
    AddVoice(Voice),
    RemoveVoice(usize),
    /// To another place in the list.
    MoveVoice {
        from: usize,
        to: usize,
    },
    SetVoice {
        voice: usize,
        change: VoiceChange,
    },
    /// Quarter notes a minute from `tick` on.
    SetTempo {
        tick: Tick,
        qpm: f64,
    },
    SetMeter {
        tick: Tick,
        meter: Meter,
    },
    /// The key of the whole piece; `None` removes every key signature.
    SetKey(Option<Key>),
    SetTitle(String),
    /// Tempo, meter, key, markers, chords: what stands over the notes.
    Lane(LaneEdit),
    /// What was played by hand. With `replace`, what the voice had in that part gives way to it, save
    /// its volume, place and programs.
    Record {
        voice: usize,
        notes: Vec<Note>,
        events: Vec<VoiceEvent>,
        replace: Option<(Tick, Tick)>,
    },
}

/// The fields of a voice that an edit may change; `None` leaves one as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoiceChange {
    pub name: Option<String>,
    pub role: Option<Role>,
    pub program: Option<u8>,
    /// The number of its colour; within it, `None` is the colour of its place.
    pub color: Option<Option<u8>>,
    pub locked: Option<bool>,
    /// Controllers 7 and 10 from the start, 0–127.
    pub volume: Option<u8>,
    pub pan: Option<u8>,
}

impl Edit {
    /// The name of the step, as menus and the history list show it.
    pub fn label(&self) -> &'static str {
        match self {
            Edit::AddNotes { notes, .. } if notes.len() == 1 => "Add note",
            Edit::AddNotes { .. } => "Add notes",
            Edit::CopyNotes { .. } => "Copy notes",
            Edit::MoveNotes { ticks: 0, .. } | Edit::SetPitches(_) => "Transpose",
            Edit::MoveNotes { .. } => "Move notes",
            Edit::ResizeNotes { .. } => "Resize notes",
            Edit::DeleteNotes(_) => "Delete notes",
            Edit::SetVelocity(_) => "Set velocity",
            Edit::UseTool { tool, .. } => tool.label(),
            Edit::Import { .. } => "Import",
            Edit::ReplaceRange { .. } => "Keep take",
            Edit::Regenerate { .. } => "Regenerate",
            Edit::AddVoice(_) => "Add voice",
            Edit::RemoveVoice(_) => "Remove voice",
            Edit::MoveVoice { .. } => "Move voice",
            Edit::SetVoice { change, .. } => change.label(),
            Edit::Lane(edit) => edit.label(),
            Edit::SetTempo { .. } => "Set tempo",
            Edit::SetMeter { .. } => "Set meter",
            Edit::SetKey(_) => "Set key",
            Edit::SetTitle(_) => "Set title",
            Edit::Record { .. } => "Record",
        }
    }
}

impl VoiceChange {
    fn label(&self) -> &'static str {
        match self {
            Self { volume: Some(_), .. } => "Set volume",
            Self { pan: Some(_), .. } => "Set pan",
            Self { color: Some(_), .. } => "Set colour",
            Self { locked: Some(true), .. } => "Lock voice",
            Self { locked: Some(false), .. } => "Unlock voice",
            _ => "Change voice",
        }
    }
}

/// Why an edit was refused. The project is then unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("Nothing moved: a note would leave the range of MIDI pitches, 0 to 127")]
    PitchRange,
    #[error("There is no voice {0} in this piece")]
    NoVoice(usize),
    #[error("Nothing changed: the voice {0} is locked")]
    Locked(String),
    #[error("A tempo must be between 4 and 999 quarter notes a minute, not {0}")]
    Tempo(String),
}

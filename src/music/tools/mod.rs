//! Tools on a handful of notes: quantise, harmonise, arpeggiate … Pure: notes in, notes out.
//!
//! A note that a tool changes keeps its identity; one that it makes has none yet (`NoteId(0)`), and the
//! project gives it one. Tools know nothing of the notes around the selection: that two notes of one
//! pitch do not overlap is the project's business. "Random" is a fixed function of a seed.

mod arpeggiate;
mod cut;
mod grid;
mod lengths;
mod loudness;
mod mirror;
mod scale;

pub use arpeggiate::Order;
pub use grid::Quantise;
pub use loudness::Loudness;
pub use scale::PitchSet;

use super::note::Note;
use super::time::{MeterMap, Tick};

/// A tool with its settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoteTool {
    Quantise(Quantise),
    /// Small differences of time (at most `ticks`) and loudness (at most `velocity`), as a player makes.
    Humanise {
        ticks: Tick,
        velocity: u8,
        seed: u64,
    },
    /// Each note lasts until the next begins.
    Legato,
    /// Each note keeps this share of its length.
    Staccato {
        share: f32,
    },
    /// High becomes low about the middle of the selection, by semitones or by steps of a scale.
    Invert {
        scale: Option<PitchSet>,
    },
    /// The last note comes first.
    Reverse,
    /// Times this factor, from the start of the selection.
    Stretch {
        factor: f64,
    },
    /// So many steps of the scale up, or down.
    Transpose {
        steps: i8,
        scale: PitchSet,
    },
    /// Adds a note so many steps of the scale above each, or below: 2 is a third.
    Harmonise {
        steps: i8,
        scale: PitchSet,
    },
    /// Cuts each note into equal parts.
    Split {
        parts: u8,
    },
    /// Cuts the notes that sound at this tick.
    SplitAt(Tick),
    /// Makes one note of notes of one pitch that follow each other.
    Join,
    Loudness(Loudness),
    /// Ends each note where the next begins, if it sounds longer.
    DeleteOverlaps,
    /// Plays the notes of each chord one after another.
    Arpeggiate {
        step: Tick,
        order: Order,
    },
}

/// What a tool needs to know of the piece.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub ppq: u32,
    pub meters: &'a MeterMap,
    /// From the first start to the last end of all notes concerned, whatever their voice.
    pub span: (Tick, Tick),
    /// Their lowest and highest pitch.
    pub pitches: (u8, u8),
}

impl<'a> Place<'a> {
    /// `None` where there are no notes.
    pub fn of(notes: impl Iterator<Item = Note>, ppq: u32, meters: &'a MeterMap) -> Option<Self> {
        let grown = |place: Option<Self>, n: Note| {
            let (span, pitches) = place.map_or(((n.start, n.end()), (n.pitch, n.pitch)), |p| (p.span, p.pitches));
            Some(Self {
                ppq,
                meters,
                span: (span.0.min(n.start), span.1.max(n.end())),
                pitches: (pitches.0.min(n.pitch), pitches.1.max(n.pitch)),
            })
        };
        notes.fold(None, grown)
    }
}

/// A note would leave 0–127: then nothing is changed at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

impl NoteTool {
    /// What becomes of the notes of one voice, which come in the order of [`Note::order`].
    ///
    /// # Errors
    /// Where a note would leave the range of pitches.
    pub fn apply(&self, notes: &[Note], place: &Place) -> Result<Vec<Note>, OutOfRange> {
        Ok(match *self {
            NoteTool::Quantise(q) => grid::quantise(notes, q, place),
            NoteTool::Humanise { ticks, velocity, seed } => grid::humanise(notes, ticks, velocity, seed),
            NoteTool::Legato => lengths::legato(notes),
            NoteTool::Staccato { share } => lengths::staccato(notes, share),
            NoteTool::Invert { scale } => mirror::invert(notes, scale, place)?,
            NoteTool::Reverse => mirror::reverse(notes, place),
            NoteTool::Stretch { factor } => lengths::stretch(notes, factor, place),
            NoteTool::Transpose { steps, scale } => scale::transpose(notes, steps, scale)?,
            NoteTool::Harmonise { steps, scale } => scale::harmonise(notes, steps, scale)?,
            NoteTool::Split { parts } => cut::split(notes, parts),
            NoteTool::SplitAt(tick) => cut::split_at(notes, tick),
            NoteTool::Join => cut::join(notes),
            NoteTool::Loudness(l) => loudness::apply(notes, l, place),
            NoteTool::DeleteOverlaps => lengths::delete_overlaps(notes),
            NoteTool::Arpeggiate { step, order } => arpeggiate::arpeggiate(notes, step, order),
        })
    }

    /// The name of the step in the history.
    pub fn label(&self) -> &'static str {
        match self {
            NoteTool::Quantise(_) => "Quantise",
            NoteTool::Humanise { .. } => "Humanise",
            NoteTool::Legato => "Legato",
            NoteTool::Staccato { .. } => "Staccato",
            NoteTool::Invert { .. } => "Invert",
            NoteTool::Reverse => "Reverse",
            NoteTool::Stretch { .. } => "Stretch",
            NoteTool::Transpose { .. } => "Transpose in the scale",
            NoteTool::Harmonise { .. } => "Harmonise",
            NoteTool::Split { .. } | NoteTool::SplitAt(_) => "Split notes",
            NoteTool::Join => "Join notes",
            NoteTool::Loudness(_) => "Set velocity",
            NoteTool::DeleteOverlaps => "Delete overlaps",
            NoteTool::Arpeggiate { .. } => "Arpeggiate",
        }
    }
}

/// A note that a tool made: like `of`, without an identity.
fn fresh(of: Note) -> Note {
    Note { id: super::NoteId::default(), ..of }
}

#[cfg(test)]
pub(crate) mod tests;

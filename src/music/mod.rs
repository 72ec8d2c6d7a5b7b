//! What a piece of music is: pure values, no I/O, no clock, no randomness.
//!
//! A [`Score`] knows no file, no MIDI delta time and no screen. Reading order:
//! [`time`] → [`note`] → [`score`] → [`key`] → [`chord`] → [`transform`] → [`tools`]; [`charset`] turns bytes
//! of names and words into text; [`lot`] gives numbers that look like chance; [`text`] is a notation for tests.

pub mod changes;
pub mod charset;
pub mod chord;
pub mod chord_detect;
mod chord_track;
pub mod key;
pub mod key_span;
pub mod lot;
pub mod measures;
pub mod mix;
pub mod note;
pub mod scale;
pub mod score;
pub mod text;
pub mod time;
pub mod tools;
pub mod transform;

pub use chord::{Chord, Quality};
pub use chord_track::{ChordChange, ChordTrack};
pub use key::{Key, Mode};
pub use key_span::KeySpan;
pub use note::{Note, NoteId};
pub use scale::{Scale, ScaleKind};
pub use score::{KeyChange, Marker, Role, Score, Voice, VoiceEvent, VoiceEventKind};
pub use time::{BarPosition, Meter, MeterMap, TempoMap, Tick};

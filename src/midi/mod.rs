//! A [`crate::music::Score`] from and to the bytes of a Standard MIDI File.
//!
//! midly encodes the events. Reading forgives: what can be kept is kept, and everything that was repaired or left out is a
//! [`Warning`]. It opens no file and plays nothing. Reading order: [`event`] (one track's events) →
//! [`chunk`] (the file's frame) → [`pairing`] (ons and offs to notes) → [`role`] → [`read`](mod@read) →
//! [`write`](mod@write).
//!
//! Source of the format: MIDI Manufacturers Association, "Standard MIDI Files 1.0" (1988, rev. 1996).

mod chunk;
mod event;
#[cfg(test)]
mod forms;
pub mod general_midi;
#[cfg(test)]
mod laws;
mod pairing;
mod read;
mod role;
mod warning;
mod write;

pub use read::{ReadError, read};
pub use warning::Warning;
pub use write::write;

/// Later ticks are not read or written: 2³¹ ticks are four days at 480 a quarter and 120 a minute.
pub const MAX_TICK: crate::music::Tick = 1 << 31;

/// The channel of drums in General MIDI: the tenth, counted from 0.
pub(crate) const DRUM_CHANNEL: u8 = 9;

/// How our own sequencer-specific messages begin: the manufacturer number for non-commercial use,
/// then our name. What follows is "score" in the first track and the role in a voice's track, or one
/// of the words below.
pub(crate) const OUR_MARK: &[u8] = b"\x7dcadenza:";

/// Before a chord of the chord track; alone it says that no chord holds.
const CHORD_MARK: &str = "chord ";
/// Before the number of a voice's colour.
const COLOR_MARK: &str = "colour ";
/// The voice is locked.
const LOCK_MARK: &str = "locked";

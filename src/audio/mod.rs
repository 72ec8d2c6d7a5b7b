//! Sound: a score compiled to frames, played by a SoundFont synthesiser through speakers or to a file.
//!
//! Reading order: [`timeline`] → [`synth`] → [`sequencer`] → [`core`] → [`engine`] → [`player`];
//! [`bounce`] renders the same samples to a WAV file, [`bank`] makes the built-in SoundFont,
//! [`fonts`] finds others.
//! Nothing here draws, and nothing here edits a score.

pub mod bank;
pub mod bounce;
mod clock;
mod core;
mod engine;
mod fontcheck;
pub mod fonts;
mod limiter;
pub mod player;
pub mod sequencer;
pub mod synth;
pub mod timeline;

pub use bounce::{BounceError, BounceReport, bounce};
pub use player::{Player, PlayerStatus};
pub use synth::{SoundFont, SoundFontError};

/// Tests count the allocations of the audio thread's code; see `core`.
#[cfg(test)]
#[global_allocator]
static ALLOCATIONS_ARE_WATCHED: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

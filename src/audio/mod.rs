//! Sound: a score compiled to frames, played by a SoundFont synthesiser through speakers or to a file.
//!
//! Reading order: [`timeline`] → [`synth`] → [`sequencer`] → [`core`] → [`engine`] → [`player`];
//! [`bounce`] renders the same samples to files, [`ports`] are MIDI's, [`record`] turns what is played
//! by hand into notes, [`bank`] makes the built-in SoundFont, [`fonts`] finds others.
//! Nothing here draws, and nothing here edits a score.

pub mod bank;
pub mod blocks;
pub mod bounce;
mod click;
mod clock;
mod clocked;
mod core;
mod devices;
mod engine;
mod fontcheck;
pub mod fonts;
mod limiter;
pub mod player;
mod ports;
mod quiet;
pub mod record;
pub mod sequencer;
mod shared;
pub mod synth;
pub mod timeline;

pub use bounce::{Bounce, BounceError, BounceReport, Container, Depth, Format, bounce};
pub use clocked::Clocked;
pub use devices::{DeviceInfo, DeviceName, SoundSettings};
pub use player::{Player, PlayerStatus};
pub use ports::{HAS_VIRTUAL, InputChoice, MidiSettings, OutputChoice, Played, PortNames};
pub use record::{Recorded, Recorder};
pub use sequencer::Start;
pub use synth::{SoundFont, SoundFontError};

/// What can sound here, and the MIDI ports there are. Takes a moment.
pub fn find_devices() -> (Vec<DeviceInfo>, PortNames) {
    (devices::list(&player::system_host()), ports::list())
}

/// Tests count the allocations of the audio thread's code; see `core`.
#[cfg(test)]
#[global_allocator]
static ALLOCATIONS_ARE_WATCHED: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

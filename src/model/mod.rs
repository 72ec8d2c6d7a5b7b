//! Integer fields in, logits out: the networks, their devices and their files.
//!
//! Knows nothing of music: an event is a handful of integers, a place in a cycle and a time.
//! [`config`] says what a network looks like, [`batch`] what it is fed, [`network`] puts
//! [`embedding`] → trunk ([`transformer`] or [`recurrent`]) → [`heads`] together, [`decode`] runs it
//! one event at a time, [`checkpoint`] keeps it in a file, [`device`] names what can compute it.

pub mod batch;
pub mod checkpoint;
pub mod config;
pub mod decode;
pub mod device;
pub mod embedding;
pub mod heads;
pub mod init;
pub mod network;
pub mod ops;
pub mod recurrent;
#[cfg(test)]
mod tests;
pub mod transformer;

pub use batch::Batch;
pub use checkpoint::{Checkpoint, CheckpointError};
pub use config::{Arch, FieldSpec, ModelConfig};
pub use decode::{DecodeState, Previous};
pub use device::{Compute, DeviceError};
pub use network::{FieldLosses, NoteModel};

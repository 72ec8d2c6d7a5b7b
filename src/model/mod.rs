//! Integer fields in, logits out: the networks, their devices and their files.
//!
//! Knows nothing of music: an event is a handful of integers, a place in a cycle and a time.
//! [`config`] says what a network looks like, [`batch`] what it is fed, [`network`] puts
//! [`embedding`] (with what it is [`told`]) → trunk ([`transformer`], [`recurrent`] or [`feed_forward`]) → [`heads`] together,
//! [`objective`] is what training makes small, [`decode`] runs it one event at a time, [`checkpoint`]
//! keeps it in a file, [`device`] names what can compute it. [`ngram`] predicts from counts instead, or beside:
//! [`mixture`] makes one of two predictors.

pub mod batch;
pub mod checkpoint;
pub mod config;
pub mod decode;
pub mod device;
pub mod embedding;
pub mod export;
pub mod feed_forward;
pub mod heads;
pub mod init;
pub mod mixture;
pub mod network;
pub mod ngram;
pub mod objective;
pub mod ops;
pub mod plain;
pub mod recurrent;
#[cfg(test)]
mod tests;
pub mod told;
pub mod transformer;
pub mod values;

pub use batch::Batch;
pub use checkpoint::{Checkpoint, CheckpointError, Predictor};
pub use config::{Activation, Arch, Condition, FieldSpec, Layers, ModelConfig};
pub use decode::{DecodeState, Header, Inference, Previous};
pub use device::{Compute, DeviceError};
pub use mixture::Trust;
pub use network::{FieldLosses, NoteModel};
pub use ngram::Ngram;
pub use objective::{Loss, Objective};

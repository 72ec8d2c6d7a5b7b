//! From a trained model to notes: [`settings`] say what is asked, [`rules`] what is allowed,
//! [`sampler`] draws, [`generator`] runs the network and writes, [`take`] is the result with a receipt
//! for every note.

pub mod generator;
pub mod rules;
pub mod sampler;
pub mod settings;
pub mod take;

pub use generator::{GenerateError, Generator, Written};
pub use settings::Settings;
pub use take::{NoteReceipt, Take};

//! The document: a score with its takes, changed by named edits, undone step by step, kept in a file.
//!
//! Deliberately knows nothing of windows, devices or models. Reading order: [`edit`] says what can
//! be done, `apply` does it, [`history`] takes it back, [`file`] keeps it.

mod apply;
mod beside;
mod blend;
mod document;
pub mod edit;
pub mod file;
pub mod history;
pub mod lanes;
mod lock;
mod overlap;
mod patch;
mod range;
mod receipt;
pub mod recovery;
mod take;
mod tool;

pub use apply::Applied;
pub use blend::{blend, can_blend};
pub use document::Project;
pub use edit::{Edit, EditError, VoiceChange};
pub use file::FileError;
pub use history::History;
pub use lanes::{Lane, LaneEdit, Mark};
pub use receipt::{Receipt, Receipts};
pub use take::{Take, TakeOriginality};

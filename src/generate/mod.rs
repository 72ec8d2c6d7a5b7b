//! From a trained model to notes: [`settings`] say what is asked, [`task`] what of the music that is
//! there is open, [`rules`] what is allowed, [`sampler`] draws, [`stream`] is the model at work,
//! [`generator`] runs it, [`writer`] writes, [`take`] is the result with a receipt for every note; [`explain`] gives receipts for
//! notes that are there already.

pub mod explain;
pub mod generator;
pub mod rules;
pub mod sampler;
pub mod settings;
pub mod stream;
pub mod take;
pub mod task;
mod writer;

pub use explain::Explanation;
pub use generator::{GenerateError, Generator, Written};
pub use settings::Settings;
pub use take::{NoteReceipt, Take};
pub use task::Task;

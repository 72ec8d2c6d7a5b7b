//! From a trained model to notes: [`settings`] say what is asked, [`task`] what of the music that is
//! there is open, [`rules`] what is allowed, [`sampler`] draws as [`draw`] says, [`stream`] is the model at work,
//! [`generator`] runs it, [`writer`] writes, [`meter`] says what it has never learned, [`form`] puts parts together
//! by letters, [`letter`] sees that a new one is new, [`take`] is the result with a receipt for every note; [`explain`] gives receipts for notes that are
//! there already, [`weigh`] what each bar was worth to them.

pub mod draw;
pub mod explain;
pub mod form;
pub mod generator;
pub mod letter;
pub mod meter;
pub mod rules;
pub mod sampler;
pub mod settings;
pub mod stream;
pub mod take;
pub mod task;
pub mod weigh;
mod writer;

pub use draw::{PerField, Style};
pub use explain::Explanation;
pub use form::Form;
pub use generator::{Abilities, GenerateError, Generator, Written};
pub use letter::NewLetter;
pub use meter::UnknownMeter;
pub use settings::{MAX_SAME, Settings};
pub use take::{NoteReceipt, Take};
pub use task::Task;
pub use weigh::{BarWeight, Weighed};

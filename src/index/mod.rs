//! Passages of music that are the same whatever the key and the tempo: who copied what from where.
//!
//! A voice's [`line`] becomes tokens of (interval, rhythm ratio); [`passages`] finds the longest run
//! of tokens that a take shares with a corpus, [`chain`] passages that were changed a little, [`ngrams`] the pieces that share many short ones,
//! [`similar`] ranks pieces by the [`terms`] they have in common, [`shared`] says what two of them
//! share. Deliberately knows no file and no model: scores in, places out.

pub mod chain;
pub mod line;
pub mod ngrams;
pub mod passages;
pub mod shared;
pub mod similar;
pub mod terms;
#[cfg(test)]
mod tests;

pub use chain::Passage;
pub use ngrams::Families;
pub use passages::{Found, Index, Match};
pub use shared::Shared;
pub use similar::{Hit, SimilarIndex};

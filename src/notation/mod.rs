//! Scores from written notation, and the tunes that come with the program.
//!
//! Opens no file: text in, scores out.

pub mod abc;
pub mod musicxml;
pub mod starter;

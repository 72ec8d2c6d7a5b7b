//! (to be written)

pub mod starter;

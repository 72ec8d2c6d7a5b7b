//! Cadenza learns from a folder of MIDI and composes with what it learned.
//!
//! The modules below stand in reading order: each uses only those above it (ARCHITECTURE.md has the
//! exact table, and `tests/it/architecture.rs` holds us to it).

pub mod music;

pub mod midi;
pub mod notation;

pub mod encoding;
pub mod index;

pub mod corpus;

pub mod model;
pub mod train;

pub mod generate;

pub mod audio;
pub mod project;

pub mod job;

pub mod cli;
pub mod gui;

pub mod files;

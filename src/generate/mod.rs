//! From a trained model to notes: settings, sampling, rules, the stream of notes.

pub mod settings;

pub use settings::Settings;

//! The pages of the window: each draws from the state and pushes actions.

pub mod compose;
pub mod library;
pub mod settings;
pub mod train;

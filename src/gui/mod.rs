//! The window: three pages over one project, drawn from state, changed by actions.
//!
//! Knows no model, no MIDI bytes and no sound device: those are reached through `midi`, `audio` and
//! the jobs behind [`session::Backend`]. Reading order: [`state`] → [`action`] → [`app`] → the pages.

pub mod about;
pub mod action;
pub mod app;
mod apply;
mod backend;
mod chrome;
mod coming;
mod commands;
mod dialogs;
mod documents;
mod explain;
pub mod export;
pub mod export_sound;
mod fonts;
mod glyphs;
pub mod guide;
mod history;
mod import;
mod keys_play;
pub mod manual;
pub mod measure;
mod menu;
pub mod nearest;
mod overlays;
pub mod pages;
pub mod piano_roll;
mod picture;
mod playing;
pub mod recording;
pub mod regenerate;
pub mod session;
pub mod settings;
pub mod shortcuts;
mod show_file;
pub mod state;
pub mod takes;
pub mod text;
pub mod theme;
pub mod tools;
pub mod typed_path;
mod view_commands;
mod voice_flags;
pub mod widgets;
mod window_icon;

pub use action::{Action, Actions, Answer, Dialog};
pub use app::{App, Options};
pub use backend::Jobs;
pub use session::{Backend, EventSender, ExplainRequest, GenerateRequest, Request, SessionEvent};
pub use shortcuts::Command;
pub use state::{Page, State};

use eframe::egui;
use std::path::PathBuf;

/// Why the window could not be shown.
#[derive(Debug, thiserror::Error)]
#[error("The window could not be opened: {0}")]
pub struct WindowError(String);

/// Opens the window, with `open` in it where given, and returns when it is closed.
///
/// # Errors
/// Where there is no display, or no way to draw on it.
pub fn run(open: Option<PathBuf>) -> Result<(), WindowError> {
    run_with(Options::of_user(open))
}

/// As [`run`], with everything that the window depends on chosen by the caller.
///
/// # Errors
/// As [`run`].
pub fn run_with(options: Options) -> Result<(), WindowError> {
    show(|ctx| App::new(ctx, options))
}

fn show<A: eframe::App + 'static>(make: impl FnOnce(&egui::Context) -> A) -> Result<(), WindowError> {
    let viewport = match window_icon::window_icon() {
        Some(icon) => egui::ViewportBuilder::default().with_icon(icon),
        None => egui::ViewportBuilder::default(),
    };
    let viewport = viewport
        .with_title("Cadenza")
        .with_app_id("cadenza")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([820.0, 560.0])
        .with_drag_and_drop(true);
    let native = eframe::NativeOptions { viewport, ..Default::default() };
    let create: eframe::AppCreator<'_> = Box::new(|cc| Ok(Box::new(make(&cc.egui_ctx))));
    eframe::run_native("Cadenza", native, create).map_err(|e| WindowError(e.to_string()))
}

//! From the start of the process to a window that has been drawn: the real window, with the user's folders, sound
//! device and jobs, closed again by itself.

use crate::gui::app::{App, Options};
use crate::gui::{WindowError, show};
use crate::train::memory_held;
use eframe::egui::{Context, Ui, ViewportCommand};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// What the window did, from a moment before its process began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Started {
    /// Milliseconds until the first repaint stood on the screen.
    pub drawn: Option<f64>,
    /// Until the models were known, so that the button writes.
    pub ready: Option<f64>,
    /// Bytes that the process held after [`REST`], nothing having been done.
    pub memory: Option<u64>,
}

/// How long the window stands.
const REST: Duration = Duration::from_secs(4);

/// Opens the window, which closes itself.
///
/// # Errors
/// Where there is no display, or no way to draw on it.
pub fn start(began: SystemTime) -> Result<Started, WindowError> {
    let seen = Arc::new(Mutex::new(Started::default()));
    let inner = Arc::clone(&seen);
    show(move |ctx| Watched { app: App::new(ctx, Options::of_user(None)), began, repaints: 0, seen: inner })?;
    let seen = *seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(seen)
}

/// The window, looked at from outside.
struct Watched {
    app: App,
    began: SystemTime,
    repaints: u64,
    seen: Arc<Mutex<Started>>,
}

impl eframe::App for Watched {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        let since = SystemTime::now().duration_since(self.began).unwrap_or_default();
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // The second repaint begins when the first one is on the screen.
        if self.repaints == 1 {
            seen.drawn = Some(since.as_secs_f64() * 1e3);
        }
        if seen.ready.is_none() && !self.app.state.session.models.is_empty() {
            seen.ready = Some(since.as_secs_f64() * 1e3);
        }
        if since >= REST && seen.drawn.is_some() {
            seen.memory = memory_held();
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        drop(seen);
        self.repaints += 1;
        match self.repaints {
            1 => ctx.request_repaint(),
            _ => ctx.request_repaint_after(REST.saturating_sub(since).max(Duration::from_millis(5))),
        }
        self.app.logic(ctx, frame);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        self.app.ui(ui, frame);
    }
}

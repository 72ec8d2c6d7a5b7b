//! SoundFonts for the window: what there is, and the one that was chosen, read on another thread.

use crate::audio::SoundFont;
use crate::audio::fonts::FontFile;
use crate::gui::session::{EventSender, JobView, SessionEvent};
use crate::job::{Job, State, spawn_find_fonts, spawn_font};
use std::path::PathBuf;

#[derive(Default)]
pub struct FontJobs {
    search: Option<Job<(), Vec<FontFile>>>,
    /// The font chosen last; one chosen before it is no longer waited for.
    reading: Option<(Option<PathBuf>, Job<(), SoundFont>)>,
}

impl FontJobs {
    pub fn start(&mut self, events: &EventSender) {
        self.search = Some(spawn_find_fonts(events.waker()));
    }

    pub fn read(&mut self, path: Option<PathBuf>, events: &EventSender) {
        self.reading = Some((path.clone(), spawn_font(path, events.waker())));
    }

    pub fn poll(&mut self, events: &EventSender) -> Option<JobView> {
        if let Some(found) = ended(&mut self.search) {
            // Where looking failed there is nothing to choose from, which the page says.
            let found = if let State::Done(found) = found { found } else { Vec::new() };
            events.send(SessionEvent::Fonts(found));
        }
        let (path, job) = self.reading.as_mut()?;
        job.poll().for_each(drop);
        if job.is_running() {
            let name = path.as_ref().and_then(|p| p.file_name()).map(|n| n.to_string_lossy().into_owned());
            return name.map(|name| JobView { name, progress: None });
        }
        let (path, job) = self.reading.take()?;
        let read = match job.into_state() {
            State::Done(font) => Ok(font),
            State::Failed(why) => Err(why),
            State::Cancelled | State::Running => return None,
        };
        events.send(SessionEvent::Font(path, Box::new(read)));
        None
    }
}

fn ended<T: Send + 'static>(slot: &mut Option<Job<(), T>>) -> Option<State<T>> {
    let job = slot.as_mut()?;
    job.poll().for_each(drop);
    if job.is_running() { None } else { slot.take().map(Job::into_state) }
}

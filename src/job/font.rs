//! SoundFonts as jobs: large ones take seconds to read, and folders may be slow.

use super::{Job, Waker};
use crate::audio::SoundFont;
use crate::audio::fonts::{FontFile, search, usual_places};
use std::path::PathBuf;

/// Starts looking for SoundFonts in the usual places of this system.
pub fn spawn_find_fonts(waker: Waker) -> Job<(), Vec<FontFile>> {
    Job::spawn("find fonts", waker, |_| Ok(search(&usual_places())))
}

/// Starts reading a SoundFont; none is the bank that comes with the program.
pub fn spawn_font(path: Option<PathBuf>, waker: Waker) -> Job<(), SoundFont> {
    Job::spawn("font", waker, move |_| {
        Ok(path.as_deref().map_or_else(|| Ok(SoundFont::built_in()), SoundFont::open)?)
    })
}

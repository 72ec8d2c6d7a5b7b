//! Changing what everything sounds with: asked for by the settings page, a dropped file or the last
//! session; read by a job; handed to the player, which goes on playing.

use super::app::App;
use super::pages::settings::font_name;
use super::session::{Request, Severity};
use super::text::fill;
use crate::audio::SoundFont;
use std::path::PathBuf;

impl App {
    /// Starts reading a font; none is the built-in bank. Until it is there, the sound stays as it is.
    pub(super) fn choose_font(&mut self, path: Option<PathBuf>) {
        let name = path.as_deref().map_or_else(|| self.state.text().fonts.built_in.to_owned(), font_name);
        let fonts = &mut self.state.session.fonts;
        fonts.reading = Some(name);
        fonts.trouble = None;
        self.state.session.request(Request::ReadFont(path));
    }

    /// A font has been read, or why not.
    pub(super) fn font_came(&mut self, path: Option<PathBuf>, read: Result<SoundFont, String>) {
        let t = &self.state.text().fonts;
        let session = &mut self.state.session;
        session.fonts.reading = None;
        let name = path.as_deref().map_or_else(|| t.built_in.to_owned(), font_name);
        match read.and_then(|font| session.player.use_soundfont(font).map_err(|e| e.to_string())) {
            Ok(()) => {
                session.fonts.current.clone_from(&path);
                session.say(Severity::Success, fill(t.changed, &[&name]));
                if self.state.settings.soundfont != path {
                    self.state.settings.soundfont = path;
                    self.keep_settings();
                }
            }
            // What was wanted stays in the settings: a drive may be back next time.
            Err(why) => {
                let sentence = fill(t.cannot, &[&name, why.trim_end_matches('.')]);
                session.fonts.trouble = Some(sentence.clone());
                session.say(Severity::Error, sentence);
            }
        }
    }
}

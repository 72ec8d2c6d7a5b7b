//! What comes in beside what is there: the music of a file at the head, as voices of its own.

use super::app::App;
use super::session::Severity;
use super::text::{fill, sentence};
use crate::job;
use crate::music::Tick;
use crate::project::Edit;
use std::path::PathBuf;
use std::sync::Arc;

impl App {
    /// Reads a file and puts its voices at the head, in one step of the history. Into a piece without
    /// notes and without a name it is opened.
    pub(super) fn import(&mut self, path: PathBuf) {
        if self.state.project.score().n_notes() == 0 && self.state.view.path.is_none() {
            self.open(path);
            return;
        }
        let (score, warnings) = match job::read_score(&path) {
            Ok(read) => read,
            Err(e) => {
                self.state.session.say(Severity::Error, e);
                return;
            }
        };
        let t = self.state.text();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if score.n_notes() == 0 {
            self.state.session.say(Severity::Warning, fill(t.tools.no_music, &[&name]));
            return;
        }
        let n = score.n_notes().to_string();
        let first = self.state.project.score().voices.len();
        let at = self.state.session.position() as Tick;
        self.edit(Edit::Import { at, with: Arc::new(score) });
        // The first of the new voices is taken in hand, its notes stay selected.
        let selection = Arc::clone(&self.state.view.selection);
        if first < self.state.project.score().voices.len() {
            self.state.view.voice = first;
            self.state.view.selection = selection;
        }
        let said = fill(t.tools.imported, &[&n, &name]);
        match warnings.first() {
            None => self.state.session.say(Severity::Success, said),
            Some(warning) => self.state.session.say(Severity::Warning, format!("{said} {}", sentence(warning, t))),
        }
    }
}

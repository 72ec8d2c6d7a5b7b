//! What is asked of the selected note: where its phrase may come from, and what each bar was worth to it.

use super::app::App;
use super::session::{Playing, Request};
use crate::generate::Weighed;
use crate::job::Nearest;
use crate::music::{Note, NoteId};
use std::sync::Arc;

/// What was asked, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct NearestView {
    /// The note as it was then.
    pub note: Note,
    pub model: String,
    /// `None` while it is looked for; a sentence where it cannot be known.
    pub found: Option<Result<Vec<Nearest>, String>>,
}

/// What each earlier bar was worth to a note.
#[derive(Clone, Debug, PartialEq)]
pub struct WeighedView {
    /// The note as it was then.
    pub note: Note,
    pub model: String,
    /// `None` while the model reads; a sentence where it cannot be known.
    pub found: Option<Result<Weighed, String>>,
}

impl WeighedView {
    /// Whether it speaks of this note as it is now.
    pub fn is_of(&self, note: &Note) -> bool {
        self.note.id == note.id && self.note == *note
    }
}

impl App {
    /// Asks for the training passages nearest to a note, of the model that its receipt names.
    pub(super) fn find_nearest(&mut self, id: NoteId) {
        let score = Arc::clone(self.state.project.score());
        let Some(note) = score.notes().map(|(_, n)| *n).find(|n| n.id == id) else { return };
        let Some(receipt) = self.state.project.receipts().of(&note) else { return };
        let model = receipt.model.clone();
        if matches!(self.state.session.playing, Some(Playing::Passage(_))) {
            self.stop_take();
        }
        self.state.session.nearest = Some(NearestView { note, model: model.clone(), found: None });
        self.state.session.request(Request::Nearest { model, score, note: id });
    }

    /// What came of it; of no use any more where another note was asked about meanwhile.
    pub(super) fn nearest_came(&mut self, id: NoteId, found: Result<Vec<Nearest>, String>) {
        if let Some(view) = self.state.session.nearest.as_mut().filter(|view| view.note.id == id) {
            view.found = Some(found);
        }
    }

    /// Asks what each earlier bar was worth to a note, by the model that its receipt names.
    pub(super) fn weigh(&mut self, id: NoteId) {
        let score = Arc::clone(self.state.project.score());
        let Some(note) = score.notes().map(|(_, n)| *n).find(|n| n.id == id) else { return };
        let Some(receipt) = self.state.project.receipts().of(&note) else { return };
        let model = receipt.model.clone();
        self.state.session.weighed = Some(WeighedView { note, model: model.clone(), found: None });
        self.state.session.request(Request::Weigh { model, score, note: id });
    }

    /// What came of it; of no use any more where another note was asked about meanwhile.
    pub(super) fn weighed_came(&mut self, id: NoteId, found: Result<Weighed, String>) {
        if let Some(view) = self.state.session.weighed.as_mut().filter(|view| view.note.id == id) {
            view.found = Some(found);
        }
    }
}

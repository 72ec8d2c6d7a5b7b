//! The project: one owner of the score and its takes. Only [`Project::apply`] changes the score.

use super::edit::{Edit, EditError};
use super::history::History;
use super::take::Take;
use super::{Applied, apply, lock};
use crate::music::{Role, Score, Voice};
use std::sync::Arc;

/// A piece being worked on. Reading is free; the score changes through [`Self::apply`], undo and redo.
#[derive(Clone, Debug)]
pub struct Project {
    score: Arc<Score>,
    takes: Vec<Take>,
    history: History,
    /// What the file on disk holds; `None` where there is no file.
    saved: Option<Arc<Score>>,
    takes_changed: bool,
}

impl Default for Project {
    fn default() -> Self {
        Self::new(empty_score())
    }
}

/// An empty piece with one voice to write into.
fn empty_score() -> Score {
    let mut score = Score::new(480);
    score.tempos = crate::music::TempoMap::constant(120.0);
    score.meters = crate::music::MeterMap::constant(crate::music::Meter::COMMON);
    score.push_voice(Voice::new("Melody", Role::Melody, 0));
    score
}

impl Project {
    /// A project that counts as saved until something changes.
    pub fn new(score: Score) -> Self {
        Self::with_takes(score, Vec::new())
    }

    pub fn with_takes(score: Score, takes: Vec<Take>) -> Self {
        let score = Arc::new(score);
        Self { saved: Some(Arc::clone(&score)), score, takes, history: History::default(), takes_changed: false }
    }

    pub fn score(&self) -> &Arc<Score> {
        &self.score
    }

    pub fn takes(&self) -> &[Take] {
        &self.takes
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    /// Does `edit`, remembers how to take it back, and says which notes are new.
    /// An edit that changes nothing leaves no step in the history.
    ///
    /// # Errors
    /// A sentence for the user; the project is then unchanged.
    pub fn apply(&mut self, edit: Edit) -> Result<Applied, EditError> {
        let label = edit.label();
        let mut score = Score::clone(&self.score);
        let mut applied = apply::apply(&mut score, edit)?;
        lock::check(&self.score, &score)?;
        applied.changed = score != *self.score;
        if applied.changed {
            let before = std::mem::replace(&mut self.score, Arc::new(score));
            self.history.push(label, before);
        }
        Ok(applied)
    }

    /// Takes the last step back and gives its name.
    pub fn undo(&mut self) -> Option<&'static str> {
        let (label, score) = self.history.undo(Arc::clone(&self.score))?;
        self.score = score;
        Some(label)
    }

    /// Does the step last taken back again and gives its name.
    pub fn redo(&mut self) -> Option<&'static str> {
        let (label, score) = self.history.redo(Arc::clone(&self.score))?;
        self.score = score;
        Some(label)
    }

    /// Adds a take; takes are kept beside the piece and are no steps of its history.
    pub fn add_take(&mut self, take: Take) {
        self.takes.push(take);
        self.takes_changed = true;
    }

    /// Removes a take; nothing happens where there is none of that number.
    pub fn remove_take(&mut self, index: usize) {
        if index < self.takes.len() {
            self.takes.remove(index);
            self.takes_changed = true;
        }
    }

    /// Whether closing now would lose something.
    pub fn is_unsaved(&self) -> bool {
        self.takes_changed || self.saved.as_ref().is_none_or(|s| !Arc::ptr_eq(s, &self.score))
    }

    /// Says that the file on disk holds exactly this.
    pub fn mark_saved(&mut self) {
        self.saved = Some(Arc::clone(&self.score));
        self.takes_changed = false;
    }

    /// Says that no file holds this (it was recovered, or made from an import).
    pub fn mark_unsaved(&mut self) {
        self.saved = None;
    }
}

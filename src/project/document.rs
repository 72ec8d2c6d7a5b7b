//! The project: one owner of the score and its takes. Only [`Project::apply`] changes the score.

use super::edit::{Edit, EditError};
use super::history::{History, Revision, TakeChange, Turned};
use super::receipt::Receipts;
use super::take::Take;
use super::{Applied, apply, lock};
use crate::music::{Role, Score, Voice};
use std::collections::HashSet;
use std::sync::Arc;

/// A piece being worked on. Reading is free; the score changes through [`Self::apply`], undo and redo.
#[derive(Clone, Debug)]
pub struct Project {
    score: Arc<Score>,
    takes: Vec<Take>,
    receipts: Receipts,
    history: History,
    /// Names the state that `score` is in.
    revision: Revision,
    /// No state has had this name yet.
    next: Revision,
    /// The state that the file on disk holds; `None` where there is no file.
    saved: Option<Revision>,
    takes_version: u64,
    saved_takes: u64,
    /// The largest name that a take has had.
    next_take: u64,
    trial: Option<Trial>,
}

/// An edit that is seen and heard, but no step yet.
#[derive(Clone, Debug)]
struct Trial {
    label: &'static str,
    /// The score without it.
    base: Arc<Score>,
    base_revision: Revision,
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

    /// Takes keep their names; those that have none, or one twice, get a new one.
    pub fn with_takes(score: Score, mut takes: Vec<Take>) -> Self {
        let mut next_take = takes.iter().flat_map(|t| [t.id, t.parent.unwrap_or(0)]).max().unwrap_or(0);
        let mut seen = HashSet::from([0]);
        for take in &mut takes {
            if !seen.insert(take.id) {
                next_take = next_take.saturating_add(1);
                take.id = next_take;
            }
        }
        Self {
            score: Arc::new(score),
            takes,
            receipts: Receipts::default(),
            history: History::default(),
            revision: 0,
            next: 1,
            saved: Some(0),
            takes_version: 0,
            saved_takes: 0,
            next_take,
            trial: None,
        }
    }

    pub fn score(&self) -> &Arc<Score> {
        &self.score
    }

    pub fn takes(&self) -> &[Take] {
        &self.takes
    }

    /// What models said of the notes of the score.
    pub fn receipts(&self) -> &Receipts {
        &self.receipts
    }

    /// Keeps receipts of notes of the score beside those it has; they are no steps of its history.
    pub fn add_receipts(&mut self, receipts: Receipts) {
        self.receipts.extend(receipts);
    }

    /// After a step that brought notes of `before` once more: they keep their receipts.
    pub fn follow_receipts(&mut self, before: &Score) {
        self.receipts.follow(before, &self.score);
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    /// Does `edit`, remembers how to take it back, and says which notes are new.
    /// An edit that changes nothing leaves no step in the history. A trial that stands becomes a step first.
    ///
    /// # Errors
    /// A sentence for the user; the project is then unchanged.
    pub fn apply(&mut self, edit: Edit) -> Result<Applied, EditError> {
        self.keep_trial();
        let label = edit.label();
        let (score, applied) = self.outcome(&self.score, edit)?;
        if applied.changed {
            self.history.push(label, &self.score, self.revision, &score);
            self.score = Arc::new(score);
            self.revision = self.fresh_revision();
        }
        Ok(applied)
    }

    fn outcome(&self, of: &Score, edit: Edit) -> Result<(Score, Applied), EditError> {
        let mut score = of.clone();
        let mut applied = apply::apply(&mut score, edit)?;
        lock::check(of, &score)?;
        applied.changed = score != *of;
        Ok((score, applied))
    }

    fn fresh_revision(&mut self) -> Revision {
        self.next += 1;
        self.next - 1
    }

    /// Shows what `edit` would do, in the place of what was tried before. It is no step until
    /// [`Self::keep_trial`], and gone without a trace after [`Self::drop_trial`].
    ///
    /// # Errors
    /// As [`Self::apply`]; the score is then as it was before any trial.
    pub fn try_edit(&mut self, edit: Edit) -> Result<Applied, EditError> {
        self.drop_trial();
        let label = edit.label();
        let (score, applied) = self.outcome(&self.score, edit)?;
        if applied.changed {
            let base_revision = std::mem::replace(&mut self.revision, self.next);
            self.next += 1;
            let base = std::mem::replace(&mut self.score, Arc::new(score));
            self.trial = Some(Trial { label, base, base_revision });
        }
        Ok(applied)
    }

    /// Makes a step of the trial that stands, if one does, and gives its name.
    pub fn keep_trial(&mut self) -> Option<&'static str> {
        let Trial { label, base, base_revision } = self.trial.take()?;
        self.history.push(label, &base, base_revision, &self.score);
        Some(label)
    }

    /// Takes back the trial that stands. Says whether one did.
    pub fn drop_trial(&mut self) -> bool {
        let Some(trial) = self.trial.take() else { return false };
        (self.score, self.revision) = (trial.base, trial.base_revision);
        true
    }

    /// Takes the last step back and gives its name. A trial that stands is dropped, nameless.
    pub fn undo(&mut self) -> Option<&'static str> {
        self.drop_trial();
        let turned = self.history.undo(&self.score, &mut self.takes, self.revision)?;
        Some(self.turn(turned))
    }

    /// Does the step last taken back again and gives its name.
    pub fn redo(&mut self) -> Option<&'static str> {
        self.drop_trial();
        let turned = self.history.redo(&self.score, &mut self.takes, self.revision)?;
        Some(self.turn(turned))
    }

    fn turn(&mut self, turned: Turned) -> &'static str {
        self.revision = turned.revision;
        match turned.score {
            Some(score) => self.score = Arc::new(score),
            None => self.takes_version += 1,
        }
        turned.label
    }

    /// Adds a take that was written, and gives its name in the project. It is kept beside the piece and is no
    /// step of its history.
    pub fn add_take(&mut self, take: Take) -> u64 {
        let id = self.fresh_take();
        self.takes.push(Take { id, ..take });
        self.takes_version += 1;
        id
    }

    /// Adds a take that was made of others, as a step.
    pub fn put_take(&mut self, take: Take) -> u64 {
        let id = self.fresh_take();
        self.change_take("Blend takes", id, Some(Take { id, ..take }));
        id
    }

    /// Removes a take, as a step; nothing happens where there is none of that number.
    pub fn remove_take(&mut self, index: usize) {
        if let Some(take) = self.takes.get(index) {
            self.change_take("Remove take", take.id, None);
        }
    }

    /// Gives a take another name, as a step.
    pub fn rename_take(&mut self, index: usize, name: &str) {
        if let Some(take) = self.takes.get(index).filter(|t| t.name != name) {
            self.change_take("Rename take", take.id, Some(Take { name: name.to_owned(), ..take.clone() }));
        }
    }

    fn change_take(&mut self, label: &'static str, id: u64, take: Option<Take>) {
        self.keep_trial();
        let back = TakeChange { id, place: self.takes.len(), take }.apply(&mut self.takes);
        self.history.push_take(label, back, self.revision);
        self.takes_version += 1;
    }

    fn fresh_take(&mut self) -> u64 {
        self.next_take += 1;
        self.next_take
    }

    /// Whether closing now would lose something.
    pub fn is_unsaved(&self) -> bool {
        self.takes_version != self.saved_takes || self.saved != Some(self.revision)
    }

    /// Says that the file on disk holds exactly this.
    pub fn mark_saved(&mut self) {
        self.keep_trial();
        self.saved = Some(self.revision);
        self.saved_takes = self.takes_version;
    }

    /// Says that no file holds this (it was recovered, or made from an import).
    pub fn mark_unsaved(&mut self) {
        self.saved = None;
    }

    /// What there is to keep, without the way it came about and without a trial.
    #[must_use]
    pub fn without_history(&self) -> Self {
        let (score, revision) = match &self.trial {
            Some(trial) => (&trial.base, trial.base_revision),
            None => (&self.score, self.revision),
        };
        Self {
            score: Arc::clone(score),
            takes: self.takes.clone(),
            receipts: self.receipts.clone(),
            history: History::default(),
            trial: None,
            revision,
            ..*self
        }
    }

    /// Names what there is to keep: the state of the score, and of the takes.
    pub fn version(&self) -> (u64, u64) {
        (self.revision, self.takes_version)
    }
}

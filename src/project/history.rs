//! Undo and redo by snapshots: a score is shared, so a step costs what it changed and no more code.

use crate::music::Score;
use std::collections::VecDeque;
use std::sync::Arc;

/// How much the snapshots may hold before the oldest are let go.
const BUDGET_BYTES: usize = 192 << 20;
/// Never fewer steps than this, however large the piece.
const MIN_STEPS: usize = 24;
const MAX_STEPS: usize = 2_000;

/// A score and the name of the step that leads away from it (undo) or to it (redo).
#[derive(Clone, Debug)]
struct Step {
    label: &'static str,
    score: Arc<Score>,
}

/// The steps taken and taken back, with names.
#[derive(Clone, Debug, Default)]
pub struct History {
    undo: VecDeque<Step>,
    redo: Vec<Step>,
    bytes: usize,
}

impl History {
    /// Remembers `before`, the score that the step `label` is about to change. What was undone is gone.
    pub fn push(&mut self, label: &'static str, before: Arc<Score>) {
        self.redo.clear();
        self.bytes += bytes_of(&before);
        self.undo.push_back(Step { label, score: before });
        while self.undo.len() > MAX_STEPS || (self.bytes > BUDGET_BYTES && self.undo.len() > MIN_STEPS) {
            let Some(old) = self.undo.pop_front() else { break };
            self.bytes = self.bytes.saturating_sub(bytes_of(&old.score));
        }
    }

    /// Gives the score before the last step, keeping `now` for redo.
    pub fn undo(&mut self, now: Arc<Score>) -> Option<(&'static str, Arc<Score>)> {
        let step = self.undo.pop_back()?;
        self.bytes = self.bytes.saturating_sub(bytes_of(&step.score));
        self.redo.push(Step { label: step.label, score: now });
        Some((step.label, step.score))
    }

    /// Gives the score after the step last undone, keeping `now` for undo.
    pub fn redo(&mut self, now: Arc<Score>) -> Option<(&'static str, Arc<Score>)> {
        let step = self.redo.pop()?;
        self.bytes += bytes_of(&now);
        self.undo.push_back(Step { label: step.label, score: now });
        Some((step.label, step.score))
    }

    pub fn undo_label(&self) -> Option<&'static str> {
        self.undo.back().map(|s| s.label)
    }

    pub fn redo_label(&self) -> Option<&'static str> {
        self.redo.last().map(|s| s.label)
    }

    /// Names of the steps that can be undone, the latest first.
    pub fn undo_labels(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.undo.iter().rev().map(|s| s.label)
    }

    pub fn n_undo(&self) -> usize {
        self.undo.len()
    }
}

/// About how many bytes a score holds.
fn bytes_of(score: &Score) -> usize {
    use crate::music::{Note, VoiceEvent};
    let voice =
        |v: &crate::music::Voice| 128 + v.notes.len() * size_of::<Note>() + v.events.len() * size_of::<VoiceEvent>();
    256 + score.voices.iter().map(voice).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_but_some_steps_always_stay() {
        let mut big = Score::new(480);
        let notes = (0..200_000).map(|i| crate::music::Note::new(i, 1, 60, 80)).collect();
        big.push_voice(crate::music::Voice { notes, ..Default::default() });
        let big = Arc::new(big);
        let mut history = History::default();
        for _ in 0..200 {
            history.push("Move notes", Arc::clone(&big));
        }
        assert!(history.n_undo() >= MIN_STEPS && history.n_undo() < 60, "{}", history.n_undo());
    }
}

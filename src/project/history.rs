//! Undo and redo: the names of the steps, and for each what leads back (or forth again).

use super::patch::Patch;
use crate::music::Score;
use std::collections::VecDeque;

/// How much the steps may hold before the oldest are let go.
const BUDGET_BYTES: usize = 256 << 20;
/// Never fewer steps than this, however large the piece.
const MIN_STEPS: usize = 4;

/// Names a state of the piece: two states with one name are the same.
pub(super) type Revision = u64;

/// The name of a step, and how to leave the state at one of its ends for the other.
#[derive(Clone, Debug)]
struct Step {
    label: &'static str,
    patch: Patch,
    /// The state that `patch` leads to.
    leads_to: Revision,
}

/// The steps taken and taken back, with names.
#[derive(Clone, Debug, Default)]
pub struct History {
    undo: VecDeque<Step>,
    redo: Vec<Step>,
    bytes: usize,
    let_go: usize,
}

impl History {
    /// Remembers how the step `label` is taken back. What was undone before is gone.
    pub(super) fn push(&mut self, label: &'static str, before: &Score, revision: Revision, after: &Score) {
        self.bytes -= self.redo.drain(..).map(|s| s.patch.bytes()).sum::<usize>();
        let patch = Patch::between(after, before);
        self.bytes += patch.bytes();
        self.undo.push_back(Step { label, patch, leads_to: revision });
        while self.bytes > BUDGET_BYTES && self.undo.len() > MIN_STEPS {
            let Some(old) = self.undo.pop_front() else { break };
            self.bytes -= old.patch.bytes();
            self.let_go += 1;
        }
    }

    /// Gives the score before the last step, keeping the way back to `now` for redo.
    pub(super) fn undo(&mut self, now: &Score, revision: Revision) -> Option<(&'static str, Score, Revision)> {
        let step = self.undo.pop_back()?;
        let (score, back) = self.turned(&step, now, revision);
        self.redo.push(back);
        Some((step.label, score, step.leads_to))
    }

    /// Gives the score after the step last undone, keeping the way back to `now` for undo.
    pub(super) fn redo(&mut self, now: &Score, revision: Revision) -> Option<(&'static str, Score, Revision)> {
        let step = self.redo.pop()?;
        let (score, back) = self.turned(&step, now, revision);
        self.undo.push_back(back);
        Some((step.label, score, step.leads_to))
    }

    /// What a step leads to, and the step that leads back.
    fn turned(&mut self, step: &Step, now: &Score, revision: Revision) -> (Score, Step) {
        let score = step.patch.apply(now);
        let back = Step { label: step.label, patch: Patch::between(&score, now), leads_to: revision };
        self.bytes = self.bytes + back.patch.bytes() - step.patch.bytes();
        (score, back)
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

    /// The name of step `i`, counted from the oldest kept; those after [`Self::n_undo`] are undone.
    pub fn label(&self, i: usize) -> Option<&'static str> {
        match i.checked_sub(self.undo.len()) {
            None => self.undo.get(i).map(|s| s.label),
            Some(over) => self.redo.iter().rev().nth(over).map(|s| s.label),
        }
    }

    pub fn n_undo(&self) -> usize {
        self.undo.len()
    }

    pub fn n_redo(&self) -> usize {
        self.redo.len()
    }

    /// How many of the oldest steps were let go to bound the memory.
    pub fn n_let_go(&self) -> usize {
        self.let_go
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Note, Voice};

    #[test]
    fn memory_is_bounded_but_some_steps_always_stay() {
        let score = |pitch| {
            let mut big = Score::new(480);
            let notes = (0..400_000).map(|i| Note::new(i, 1, pitch, 80)).collect();
            big.push_voice(Voice { notes, ..Voice::default() });
            big
        };
        let (a, b) = (score(60), score(61));
        let mut history = History::default();
        for i in 0..60 {
            let (before, after) = if i % 2 == 0 { (&a, &b) } else { (&b, &a) };
            history.push("Transpose", before, i, after);
            assert!(history.bytes <= BUDGET_BYTES);
        }
        assert!(history.n_undo() >= MIN_STEPS && history.n_undo() < 40, "{}", history.n_undo());
        assert_eq!(history.n_undo() + history.n_let_go(), 60);
        let kept = history.bytes;
        let mut now = a;
        for _ in 0..5 {
            now = history.undo(&now, 0).expect("a step").1;
        }
        for _ in 0..5 {
            now = history.redo(&now, 0).expect("a step").1;
        }
        assert!(history.bytes.abs_diff(kept) < 64 << 10, "{} and {kept}", history.bytes);
    }
}

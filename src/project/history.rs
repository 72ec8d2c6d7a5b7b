//! Undo and redo: the names of the steps, and for each what leads back (or forth again).

use super::patch::Patch;
use super::take::Take;
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
    what: What,
    /// The state that it leads to.
    leads_to: Revision,
}

/// What a step changes: the score, or one of the takes.
#[derive(Clone, Debug)]
enum What {
    Score(Box<Patch>),
    Take(Box<TakeChange>),
}

impl What {
    fn bytes(&self) -> usize {
        match self {
            What::Score(patch) => patch.bytes(),
            What::Take(change) => change.bytes(),
        }
    }
}

/// One take as it is to be: another, or not there. Takes that came since stay where they are.
#[derive(Clone, Debug)]
pub(super) struct TakeChange {
    pub id: u64,
    /// Where it stands, where it is to be there and is not.
    pub place: usize,
    pub take: Option<Take>,
}

impl TakeChange {
    /// Does it, and gives what takes it back.
    pub fn apply(self, takes: &mut Vec<Take>) -> Self {
        let here = takes.iter().position(|t| t.id == self.id);
        let place = here.unwrap_or(self.place);
        let before = match (here, self.take) {
            (Some(i), Some(take)) => Some(std::mem::replace(&mut takes[i], take)),
            (Some(i), None) => Some(takes.remove(i)),
            (None, Some(take)) => {
                takes.insert(place.min(takes.len()), take);
                None
            }
            (None, None) => None,
        };
        Self { id: self.id, place, take: before }
    }

    /// About how much memory it holds: notes, and what was said of them.
    fn bytes(&self) -> usize {
        256 + self.take.as_ref().map_or(0, |t| 320 * t.score.n_notes())
    }
}

/// Where a step led.
pub(super) struct Turned {
    pub label: &'static str,
    /// `None` where the step changed a take alone.
    pub score: Option<Score>,
    pub revision: Revision,
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
        self.remember(Step { label, what: What::Score(Box::new(Patch::between(after, before))), leads_to: revision });
    }

    /// Remembers how a step that changed a take is taken back.
    pub(super) fn push_take(&mut self, label: &'static str, back: TakeChange, revision: Revision) {
        self.remember(Step { label, what: What::Take(Box::new(back)), leads_to: revision });
    }

    fn remember(&mut self, step: Step) {
        self.bytes -= self.redo.drain(..).map(|s| s.what.bytes()).sum::<usize>();
        self.bytes += step.what.bytes();
        self.undo.push_back(step);
        while self.bytes > BUDGET_BYTES && self.undo.len() > MIN_STEPS {
            let Some(old) = self.undo.pop_front() else { break };
            self.bytes -= old.what.bytes();
            self.let_go += 1;
        }
    }

    /// Takes the last step back, keeping the way to `now` for redo: its name, the score where it is another
    /// than `now`, and the state that this is.
    pub(super) fn undo(&mut self, now: &Score, takes: &mut Vec<Take>, revision: Revision) -> Option<Turned> {
        let step = self.undo.pop_back()?;
        let (turned, back) = self.turned(step, now, takes, revision);
        self.redo.push(back);
        Some(turned)
    }

    /// Does the step last undone again, keeping the way back to `now` for undo.
    pub(super) fn redo(&mut self, now: &Score, takes: &mut Vec<Take>, revision: Revision) -> Option<Turned> {
        let step = self.redo.pop()?;
        let (turned, back) = self.turned(step, now, takes, revision);
        self.undo.push_back(back);
        Some(turned)
    }

    /// What a step leads to, and the step that leads back.
    fn turned(&mut self, step: Step, now: &Score, takes: &mut Vec<Take>, revision: Revision) -> (Turned, Step) {
        let (label, leads_to) = (step.label, step.leads_to);
        let before = step.what.bytes();
        let (score, what) = match step.what {
            What::Score(patch) => {
                let score = patch.apply(now);
                let back = Patch::between(&score, now);
                (Some(score), What::Score(Box::new(back)))
            }
            What::Take(change) => (None, What::Take(Box::new(change.apply(takes)))),
        };
        self.bytes = self.bytes + what.bytes() - before;
        (Turned { label, score, revision: leads_to }, Step { label, what, leads_to: revision })
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
            now = history.undo(&now, &mut Vec::new(), 0).and_then(|t| t.score).expect("a step");
        }
        for _ in 0..5 {
            now = history.redo(&now, &mut Vec::new(), 0).and_then(|t| t.score).expect("a step");
        }
        assert!(history.bytes.abs_diff(kept) < 64 << 10, "{} and {kept}", history.bytes);
    }
}

//! Dragging either edge of a note; the rest of the selection changes by as much.

use super::gesture::Memory;
use super::hand::{Hand, Part};
use super::held::Held;
use crate::gui::action::Actions;
use crate::music::{Note, NoteId, Tick};
use crate::project::Edit;
use std::collections::HashSet;

#[derive(Clone, Debug)]
pub struct Resize {
    ids: HashSet<NoteId>,
    anchor: Note,
    part: Part,
    press_tick: f64,
    delta: Tick,
}

impl Resize {
    pub fn begin(hand: &Hand, anchor: Note, part: Part) -> Self {
        let ids = hand.concerned(&anchor).into_iter().collect();
        Self { ids, anchor, part, press_tick: hand.tick(), delta: 0 }
    }

    pub fn update(&mut self, hand: &Hand) {
        let edge = if self.part == Part::Start { self.anchor.start } else { self.anchor.end() };
        let way = hand.tick() - self.press_tick;
        // Until the pointer has moved, a note off the grid must not jump onto it.
        if way.abs() * hand.t.view.px_per_tick < 2.0 && self.delta == 0 {
            return;
        }
        let least = if hand.holds(Held::OffGrid) { 1 } else { hand.grid.min(self.anchor.duration) };
        let target = hand.snapped(edge as f64 + way);
        self.delta = match self.part {
            Part::Start => target.clamp(0, (self.anchor.end() - least).max(0)) - edge,
            _ => target.max(self.anchor.start + least) - edge,
        };
    }

    pub fn preview(&self, note: &Note) -> Option<Note> {
        if !self.ids.contains(&note.id) {
            return None;
        }
        let mut n = *note;
        if self.part == Part::Start {
            n.start = (note.start + self.delta).clamp(0, note.end() - 1);
            n.duration = note.end() - n.start;
        } else {
            n.duration = (note.duration + self.delta).max(1);
        }
        Some(n)
    }

    pub fn finish(self, hand: &Hand, memory: &mut Memory, actions: &mut Actions) {
        if self.delta == 0 {
            return;
        }
        let (start, end) = if self.part == Part::Start { (self.delta, 0) } else { (0, self.delta) };
        let length = self.anchor.duration - start + end;
        memory.quarters = length.max(1) as f64 / f64::from(hand.state.project.score().ppq);
        actions.edit(Edit::ResizeNotes { ids: self.ids.into_iter().collect(), start, end });
    }
}

//! Drawing a note: it sounds at once, grows while the pointer is dragged, is added on release.

use super::gesture::Memory;
use super::hand::Hand;
use super::held::Held;
use crate::gui::action::{Action, Actions};
use crate::music::{Note, Tick};
use crate::project::Edit;

#[derive(Clone, Debug)]
pub struct Draw {
    pub note: Note,
    /// The length it has unless it is dragged.
    default_length: Tick,
    press_x: f32,
}

/// How far the pointer goes before a press counts as a drag, in points.
const DRAG: f32 = 5.0;

impl Draw {
    pub fn begin(hand: &Hand, memory: &Memory, actions: &mut Actions) -> Self {
        let ppq = f64::from(hand.state.project.score().ppq);
        let default_length = ((memory.quarters * ppq).round() as Tick).max(1);
        let note = Note::new(hand.snapped_floor(hand.tick()), default_length, hand.pitch(), memory.velocity);
        actions.push(Action::Audition(hand.state.view.voice, note.pitch, note.velocity));
        Self { note, default_length, press_x: hand.pos.x }
    }

    pub fn update(&mut self, hand: &Hand, actions: &mut Actions) {
        self.note.duration = if (hand.pos.x - self.press_x).abs() < DRAG {
            self.default_length
        } else {
            let least = if hand.holds(Held::OffGrid) { 1 } else { hand.grid };
            (hand.snapped(hand.tick()) - self.note.start).max(least)
        };
        if self.note.pitch != hand.pitch() {
            self.note.pitch = hand.pitch();
            actions.push(Action::Audition(hand.state.view.voice, self.note.pitch, self.note.velocity));
        }
    }

    pub fn finish(self, hand: &Hand, memory: &mut Memory, actions: &mut Actions) {
        memory.quarters = self.note.duration as f64 / f64::from(hand.state.project.score().ppq);
        actions.edit(Edit::AddNotes { voice: hand.state.view.voice, notes: vec![self.note] });
    }
}

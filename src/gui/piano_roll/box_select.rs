//! Selecting by a box: Shift adds to what is selected, Ctrl turns over what is inside.

use super::hand::Hand;
use super::held::Held;
use crate::gui::action::{Action, Actions};
use crate::music::{NoteId, Tick};
use eframe::egui::{Pos2, Rect};
use std::collections::HashSet;

#[derive(Clone, Debug)]
pub struct BoxSelect {
    /// The corner where the drag began, in musical terms: the view may scroll meanwhile.
    press_tick: f64,
    press_pitch: f32,
    press: Pos2,
    now: Pos2,
}

const DRAG: f32 = 3.0;

impl BoxSelect {
    pub fn begin(hand: &Hand) -> Self {
        let press_pitch = hand.t.view.top - (hand.pos.y - hand.t.rect.top()) / hand.t.view.row;
        Self { press_tick: hand.tick(), press_pitch, press: hand.pos, now: hand.pos }
    }

    pub fn update(&mut self, hand: &Hand) {
        self.now = hand.pos;
        self.press = Pos2::new(
            hand.t.x(self.press_tick),
            hand.t.rect.top() + (hand.t.view.top - self.press_pitch) * hand.t.view.row,
        );
    }

    /// The box on the screen, once it is one.
    pub fn rect(&self) -> Option<Rect> {
        (self.now.distance(self.press) > DRAG).then(|| Rect::from_two_pos(self.press, self.now))
    }

    pub fn finish(self, hand: &Hand, actions: &mut Actions) {
        let Some(rect) = self.rect() else { return };
        let (from, to) = (hand.t.tick(rect.left()) as Tick, hand.t.tick(rect.right()).ceil() as Tick);
        let (low, high) = (hand.t.pitch(rect.bottom()), hand.t.pitch(rect.top()));
        let inside = hand.index.in_box(hand.state.view.voice, from, to, low, high).map(|n| n.id);
        let inside: HashSet<NoteId> = inside.collect();
        let before: &HashSet<NoteId> = &hand.state.view.selection;
        let ids: Vec<NoteId> = if hand.holds(Held::CopyOrToggle) {
            before.symmetric_difference(&inside).copied().collect()
        } else if hand.holds(Held::AxisOrAdd) {
            before.union(&inside).copied().collect()
        } else {
            inside.into_iter().collect()
        };
        actions.push(Action::Select(ids));
    }
}

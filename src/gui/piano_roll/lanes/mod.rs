//! The strips over the ruler: markers, chords, key, meter, tempo. A click on one writes into it, an
//! entry is dragged to another place, a tempo up and down too; each is one edit.

mod detected;
mod drag;
mod editor;
mod items;
mod paint;
mod strip;

use super::hand::Hand;
use crate::gui::action::Actions;
use crate::gui::state::State;
use crate::gui::text::Text;
use crate::music::{Key, Tick};
use crate::project::Lane;
use eframe::egui::{Rect, Ui, pos2};

pub use detected::Detected;
use editor::Editor;

/// Height of a strip, and of the one that shows a curve.
const STRIP: f32 = 20.0;
const CURVE: f32 = 30.0;

/// What the strips remember from one repaint to the next.
#[derive(Debug, Default)]
pub struct Lanes {
    editor: Option<Editor>,
    drag: Option<drag::Drag>,
    detected: Detected,
}

impl Lanes {
    /// Opens the field in which an entry is written, at a place on the screen that is found when it is drawn.
    pub fn open(&mut self, state: &State, lane: Lane, tick: Tick, key: Option<Key>) {
        self.editor = Some(Editor::new(state.project.score(), lane, tick, key));
    }

    /// Gives up a drag, or closes the field: whatever is in progress.
    pub fn cancel(&mut self) -> bool {
        self.drag.take().is_some() | self.editor.take().is_some()
    }
}

pub fn name(lane: Lane, t: &Text) -> &'static str {
    match lane {
        Lane::Tempo => t.tempo,
        Lane::Meter => t.meter,
        Lane::Key => t.key,
        Lane::Markers => t.over.markers,
        Lane::Chords => t.over.chords,
    }
}

fn height_of(lane: Lane) -> f32 {
    if lane == Lane::Tempo { CURVE } else { STRIP }
}

/// The strips that are shown, in their order from the top.
fn shown(state: &State) -> impl Iterator<Item = Lane> + '_ {
    Lane::ALL.into_iter().filter(|lane| state.view.lanes.contains(lane))
}

/// How high all the strips are.
pub fn height(state: &State) -> f32 {
    shown(state).map(height_of).sum()
}

/// Draws the strips into `rect`; the names of them stand in the `labels` wide column left of it.
pub fn lanes_ui(
    ui: &mut Ui,
    rect: Rect,
    labels: f32,
    hand: &Hand,
    key: Option<Key>,
    lanes: &mut Lanes,
    actions: &mut Actions,
) {
    // Where the window is low, they give way to the notes.
    if rect.height() < 1.0 {
        return;
    }
    let mut top = rect.top();
    let mut anchor = rect.left_top();
    for lane in shown(hand.state) {
        let bottom = top + height_of(lane);
        let strip = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), bottom));
        let label = Rect::from_min_max(pos2(rect.left() - labels, top), pos2(rect.left(), bottom));
        strip::label_ui(ui, label, lane, hand.state, actions);
        strip::strip_ui(ui, strip, lane, hand, key, lanes, actions);
        if lanes.editor.as_ref().is_some_and(|e| e.lane == lane) {
            anchor = strip.left_bottom();
        }
        top = bottom;
    }
    if let Some(editor) = &mut lanes.editor {
        let x = hand.t.x(editor.tick as f64).clamp(rect.left(), rect.right() - 40.0);
        let at = pos2(x, anchor.y + 2.0);
        if editor::editor_ui(ui, at, editor, hand.state, actions) {
            lanes.editor = None;
        }
    }
}

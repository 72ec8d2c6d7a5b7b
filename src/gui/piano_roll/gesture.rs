//! The gesture in progress, if any. Each is a file of its own; here they are told apart.
//!
//! A gesture previews in the view and makes one edit when the button is released, so that a drag is
//! one step of the history.

use super::box_select::BoxSelect;
use super::draw::Draw;
use super::hand::{Hand, Part};
use super::held::Held;
use super::move_notes::MoveNotes;
use super::resize::Resize;
use crate::gui::action::{Action, Actions};
use crate::gui::state::Tool;
use crate::music::{Note, NoteId};
use eframe::egui::Pos2;
use std::collections::HashSet;

#[derive(Clone, Debug, Default)]
pub enum Gesture {
    #[default]
    None,
    Draw(Draw),
    Move(MoveNotes),
    Resize(Resize),
    Box(BoxSelect),
    Pan(Pos2),
    /// Escape was pressed: nothing happens until the button is released.
    Cancelled,
}

impl Gesture {
    /// The primary button went down on the canvas.
    pub fn begin(hand: &Hand, double: bool, memory: &Memory, actions: &mut Actions) -> Self {
        let pencil = hand.state.view.tool == Tool::Pencil;
        if let Some((note, part)) = hand.note() {
            return begin_on_note(hand, note, part, actions);
        }
        if !pencil && let Some((voice, note)) = hand.ghost() {
            // A note of another voice: that voice is taken in hand.
            actions.push(Action::SetVoice(voice));
            actions.push(Action::Select(vec![note.id]));
            actions.push(Action::Audition(voice, note.pitch, note.velocity));
            return Gesture::Cancelled;
        }
        let selects = hand.holds(Held::AxisOrAdd) || hand.holds(Held::CopyOrToggle);
        // With these keys the pencil selects, so that nobody need change tools for it.
        if (pencil && !selects) || double {
            return Gesture::Draw(Draw::begin(hand, memory, actions));
        }
        if !selects && !hand.state.view.selection.is_empty() {
            actions.push(Action::Select(Vec::new()));
        }
        Gesture::Box(BoxSelect::begin(hand))
    }

    /// The pointer moved, or a modifier key did.
    pub fn update(&mut self, hand: &Hand, actions: &mut Actions) {
        match self {
            Gesture::Draw(g) => g.update(hand, actions),
            Gesture::Move(g) => g.update(hand, actions),
            Gesture::Resize(g) => g.update(hand),
            Gesture::Box(g) => g.update(hand),
            Gesture::None | Gesture::Pan(_) | Gesture::Cancelled => {}
        }
    }

    /// The button was released.
    pub fn finish(self, hand: &Hand, memory: &mut Memory, actions: &mut Actions) {
        match self {
            Gesture::Draw(g) => g.finish(hand, memory, actions),
            Gesture::Move(g) => g.finish(hand, actions),
            Gesture::Resize(g) => g.finish(hand, memory, actions),
            Gesture::Box(g) => g.finish(hand, actions),
            Gesture::None | Gesture::Pan(_) | Gesture::Cancelled => {}
        }
    }

    /// The note as it would be if the button were released now; `None` where it is not concerned.
    pub fn preview(&self, note: &Note) -> Option<Note> {
        match self {
            Gesture::Move(g) => g.preview(note),
            Gesture::Resize(g) => g.preview(note),
            _ => None,
        }
    }

    /// Whether the notes of the preview are added to those that are there.
    pub fn is_copy(&self) -> bool {
        matches!(self, Gesture::Move(g) if g.copy)
    }

    pub fn is_active(&self) -> bool {
        !matches!(self, Gesture::None)
    }
}

fn begin_on_note(hand: &Hand, note: Note, part: Part, actions: &mut Actions) -> Gesture {
    let selection = &hand.state.view.selection;
    if hand.holds(Held::AxisOrAdd) {
        let mut ids: HashSet<NoteId> = HashSet::clone(selection);
        ids.insert(note.id);
        actions.push(Action::Select(ids.into_iter().collect()));
    } else if !hand.is_selected(note.id) && !hand.holds(Held::CopyOrToggle) {
        actions.push(Action::Select(vec![note.id]));
    }
    actions.push(Action::Audition(hand.state.view.voice, note.pitch, note.velocity));
    match part {
        Part::Body => Gesture::Move(MoveNotes::begin(hand, note)),
        Part::Start | Part::End => Gesture::Resize(Resize::begin(hand, note, part)),
    }
}

/// What is remembered from one note to the next.
#[derive(Clone, Debug)]
pub struct Memory {
    /// Length of the last note drawn or resized, in quarter notes.
    pub quarters: f64,
    pub velocity: u8,
}

impl Default for Memory {
    fn default() -> Self {
        Self { quarters: 1.0, velocity: 90 }
    }
}

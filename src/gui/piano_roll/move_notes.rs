//! Moving notes by their bodies. Shift keeps to one axis, Ctrl copies, Alt leaves the grid.

use super::hand::Hand;
use super::held::Held;
use crate::gui::action::{Action, Actions};
use crate::music::{Note, NoteId, Tick};
use crate::project::Edit;
use eframe::egui::Pos2;
use std::collections::HashSet;

#[derive(Clone, Debug)]
pub struct MoveNotes {
    ids: HashSet<NoteId>,
    /// The note that was grabbed: its start goes to the grid, the others keep their distance.
    anchor: Note,
    press: Pos2,
    press_tick: f64,
    press_pitch: u8,
    ticks: Tick,
    semitones: i8,
    /// How far the notes may go before one leaves the piece or the range of pitches.
    earliest: Tick,
    lowest: i8,
    highest: i8,
    dragged: bool,
    pub copy: bool,
}

const DRAG: f32 = 4.0;

impl MoveNotes {
    pub fn begin(hand: &Hand, anchor: Note) -> Self {
        let ids: HashSet<NoteId> = hand.concerned(&anchor).into_iter().collect();
        let notes = || ids.iter().filter_map(|id| hand.index.get(*id)).map(|(_, n)| n);
        let low = notes().map(|n| n.pitch).min().unwrap_or(anchor.pitch);
        let high = notes().map(|n| n.pitch).max().unwrap_or(anchor.pitch);
        Self {
            anchor,
            press: hand.pos,
            press_tick: hand.tick(),
            press_pitch: hand.pitch(),
            ticks: 0,
            semitones: 0,
            earliest: -notes().map(|n| n.start).min().unwrap_or(anchor.start),
            lowest: -(low.min(127) as i8),
            highest: 127 - high.min(127) as i8,
            dragged: false,
            copy: false,
            ids,
        }
    }

    pub fn update(&mut self, hand: &Hand, actions: &mut Actions) {
        let way = hand.pos - self.press;
        self.dragged |= way.length() > DRAG;
        if !self.dragged {
            return;
        }
        self.copy = hand.holds(Held::CopyOrToggle);
        let target = hand.snapped(self.anchor.start as f64 + hand.tick() - self.press_tick);
        self.ticks = (target - self.anchor.start).max(self.earliest);
        let mut semitones = (i16::from(hand.pitch()) - i16::from(self.press_pitch)) as i8;
        if hand.holds(Held::AxisOrAdd) {
            if way.x.abs() >= way.y.abs() { semitones = 0 } else { self.ticks = 0 }
        }
        let semitones = semitones.clamp(self.lowest, self.highest);
        if semitones != self.semitones {
            self.semitones = semitones;
            let pitch = self.anchor.pitch.saturating_add_signed(semitones);
            actions.push(Action::Audition(hand.state.view.voice, pitch, self.anchor.velocity));
        }
    }

    pub fn preview(&self, note: &Note) -> Option<Note> {
        let moved = self.dragged && self.ids.contains(&note.id);
        moved.then(|| Note {
            start: note.start + self.ticks,
            pitch: note.pitch.saturating_add_signed(self.semitones).min(127),
            ..*note
        })
    }

    pub fn finish(self, hand: &Hand, actions: &mut Actions) {
        let selection = &hand.state.view.selection;
        if !self.dragged {
            // A click: Ctrl puts the note into the selection or takes it out, a plain one leaves it alone.
            if hand.holds(Held::CopyOrToggle) {
                let mut ids: HashSet<NoteId> = HashSet::clone(selection);
                if !ids.remove(&self.anchor.id) {
                    ids.insert(self.anchor.id);
                }
                actions.push(Action::Select(ids.into_iter().collect()));
            } else if !hand.holds(Held::AxisOrAdd) && selection.len() > 1 {
                actions.push(Action::Select(vec![self.anchor.id]));
            }
            return;
        }
        if self.ticks == 0 && self.semitones == 0 {
            return;
        }
        let (ids, ticks, semitones) = (self.ids.into_iter().collect(), self.ticks, self.semitones);
        actions.edit(if self.copy {
            Edit::CopyNotes { ids, ticks, semitones }
        } else {
            Edit::MoveNotes { ids, ticks, semitones }
        });
    }
}

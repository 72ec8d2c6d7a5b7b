//! What every gesture sees: the pointer in musical terms, and the notes around it.

use super::held::Held;
use super::index::NoteIndex;
use super::snap;
use super::transform::Transform;
use crate::gui::state::State;
use crate::music::{Note, NoteId, Tick};
use eframe::egui::{Event, Modifiers, Pos2, Ui};

/// Width of the part of a note's edge that resizes it, in points.
const EDGE: f32 = 6.0;

#[derive(Clone, Copy)]
pub struct Hand<'a> {
    pub state: &'a State,
    pub index: &'a NoteIndex,
    pub t: Transform,
    pub pos: Pos2,
    pub modifiers: Modifiers,
    /// Length of a step of the grid.
    pub grid: Tick,
}

/// A part of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Start,
    Body,
    End,
}

/// Where a button went down in this repaint, and what was held then. On a slow machine the way and the release
/// may come in the same repaint: the pointer is elsewhere by then, and the key let go.
pub fn press(ui: &Ui) -> Option<(Pos2, Modifiers)> {
    let press = |event: &Event| match event {
        Event::PointerButton { pos, pressed: true, modifiers, .. } => Some((*pos, *modifiers)),
        _ => None,
    };
    ui.input(|i| i.events.iter().find_map(press))
}

impl Hand<'_> {
    pub fn tick(&self) -> f64 {
        self.t.tick(self.pos.x)
    }

    pub fn pitch(&self) -> u8 {
        self.t.pitch(self.pos.y)
    }

    pub fn holds(&self, held: Held) -> bool {
        held.is_in(self.modifiers)
    }

    fn bar_start(&self, tick: f64) -> Tick {
        let score = self.state.project.score();
        score.meters.position(tick.max(0.0) as Tick, score.ppq).bar_start
    }

    /// `tick` on the nearest line of the grid; as it is while Alt is held.
    pub fn snapped(&self, tick: f64) -> Tick {
        if self.holds(Held::OffGrid) {
            return tick.round() as Tick;
        }
        // A short last bar may end before the next line of its grid: the bar line wins.
        let near = snap::nearest(tick, self.bar_start(tick), self.grid);
        let next_bar = self.next_bar(tick);
        if (next_bar as f64 - tick).abs() < (near as f64 - tick).abs() { next_bar } else { near }
    }

    /// The line of the grid at or before `tick`; `tick` itself while Alt is held.
    pub fn snapped_floor(&self, tick: f64) -> Tick {
        let tick = tick.max(0.0);
        if self.holds(Held::OffGrid) { tick as Tick } else { snap::floor(tick, self.bar_start(tick), self.grid).max(0) }
    }

    fn next_bar(&self, tick: f64) -> Tick {
        let score = self.state.project.score();
        let at = score.meters.position(tick.max(0.0) as Tick, score.ppq);
        at.bar_start + at.bar_len
    }

    /// The note of the voice in hand under the pointer, and which part of it.
    pub fn note(&self) -> Option<(Note, Part)> {
        self.note_of(self.state.view.voice)
    }

    /// As [`Self::note`], of any other voice.
    pub fn ghost(&self) -> Option<(usize, Note)> {
        let voices = self.state.project.score().voices.len();
        let others = (0..voices).filter(|v| *v != self.state.view.voice);
        others.filter_map(|v| self.note_of(v).map(|(n, _)| (v, n))).next()
    }

    fn note_of(&self, voice: usize) -> Option<(Note, Part)> {
        let slack = 2.0 / self.t.view.px_per_tick;
        let (from, to) = ((self.tick() - slack).floor() as Tick, (self.tick() + slack).ceil() as Tick);
        let pitch = self.pitch();
        let note = self.index.in_box(voice, from, to.max(from + 1), pitch, pitch).last()?;
        let rect = self.t.note(note.start, note.end(), note.pitch);
        // A third of a short note stays its body, so that it can be moved at all.
        let edge = EDGE.min(rect.width() / 3.0);
        let part = if self.pos.x > rect.right() - edge {
            Part::End
        } else if self.pos.x < rect.left() + edge {
            Part::Start
        } else {
            Part::Body
        };
        Some((*note, part))
    }

    pub fn is_selected(&self, id: NoteId) -> bool {
        self.state.view.selection.contains(&id)
    }

    /// What a drag that began on `note` is about: the selection where the note is in it, else the note.
    pub fn concerned(&self, note: &Note) -> Vec<NoteId> {
        if self.is_selected(note.id) { self.state.view.selection.iter().copied().collect() } else { vec![note.id] }
    }
}

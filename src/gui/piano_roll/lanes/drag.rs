//! An entry of a strip that is dragged: sideways to another time, a tempo also up and down to another value.

use crate::gui::piano_roll::hand::Hand;
use crate::gui::piano_roll::held::Held;
use crate::music::time::micros_from_qpm;
use crate::music::{TempoMap, Tick};
use crate::project::lanes::QPM;
use crate::project::{Edit, Lane, LaneEdit};
use eframe::egui::{Pos2, vec2};

/// How far the pointer goes along an axis before that axis counts, in points.
const LEAST: f32 = 4.0;
/// So many points up or down are one quarter note a minute; with Alt, a tenth of one.
const POINTS_A_BEAT: f32 = 2.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drag {
    pub lane: Lane,
    pub from: Tick,
    pub to: Tick,
    press: Pos2,
    /// What stands at the start holds from there, and a line of the tempo is no point: neither goes sideways.
    sideways: bool,
    across: bool,
    /// What the tempo was, in quarter notes a minute, and what it becomes once the pointer went up or down.
    qpm: f64,
    new_qpm: Option<f64>,
}

impl Drag {
    pub fn begin(lane: Lane, from: Tick, press: Pos2, sideways: bool, hand: &Hand) -> Self {
        let qpm = hand.state.project.score().tempos.qpm_at(from);
        Self { lane, from, to: from, press, sideways, across: false, qpm, new_qpm: None }
    }

    /// Whether the pointer went so far that this is no click.
    pub fn moved(&self) -> bool {
        self.across || self.new_qpm.is_some()
    }

    pub fn update(&mut self, here: &Hand) {
        let mut way = here.pos - self.press;
        if here.holds(Held::AxisOrAdd) && self.lane == Lane::Tempo {
            way = if way.x.abs() > way.y.abs() { vec2(way.x, 0.0) } else { vec2(0.0, way.y) };
        }
        self.across |= self.sideways && way.x.abs() > LEAST;
        self.to = self.from;
        if self.across && way.x != 0.0 {
            let grabbed = f64::from(self.press.x - here.t.x(self.from as f64)) / here.t.view.px_per_tick;
            self.to = here.snapped(here.tick() - grabbed).max(0);
        }
        // A hand that goes sideways shakes a little: that is no other tempo.
        if self.lane == Lane::Tempo && (way.y.abs() > LEAST || self.new_qpm.is_some()) {
            let up = f64::from(-(way.y.abs() - LEAST).max(0.0).copysign(way.y) / POINTS_A_BEAT);
            let new = if here.holds(Held::OffGrid) {
                ((self.qpm + up / 10.0) * 10.0).round() / 10.0
            } else {
                (self.qpm + up).round()
            };
            let same = up.abs() < 0.5;
            self.new_qpm = Some(if same { self.qpm } else { new.clamp(*QPM.start(), *QPM.end()) });
        }
    }

    /// What is done when the button is released now; nothing where all is as it was.
    pub fn edit(&self) -> Option<Edit> {
        let Drag { lane, from, to, .. } = *self;
        match self.new_qpm.filter(|qpm| *qpm != self.qpm) {
            Some(qpm) => Some(Edit::Lane(LaneEdit::DragTempo { from, to, qpm })),
            None if to != from => Some(Edit::Lane(LaneEdit::Move { lane, from, to })),
            None => None,
        }
    }

    /// The tempos as they would be.
    pub fn tempos(&self, tempos: &TempoMap) -> TempoMap {
        let mut tempos = tempos.clone();
        let before = tempos.micros_at(self.from);
        tempos.remove(self.from);
        let same = self.new_qpm.is_none_or(|qpm| qpm == self.qpm);
        tempos.set(self.to, if same { before } else { micros_from_qpm(self.new_qpm.unwrap_or(self.qpm)) });
        tempos
    }
}

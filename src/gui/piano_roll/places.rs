//! Where the parts of the roll lie, and which give way where there is little room.

use super::{keyboard, lanes, minimap};
use crate::gui::state::State;
use eframe::egui::{Rect, pos2};

const KEYS: f32 = 56.0;
/// Where the strip of keys holds the names of drums.
const DRUM_KEYS: f32 = 112.0;
const RULER: f32 = 32.0;
const LANE: f32 = 84.0;

/// Where the parts of the roll lie.
pub struct Places {
    pub corner: Rect,
    pub strips: Rect,
    pub ruler: Rect,
    pub keys: Rect,
    pub canvas: Rect,
    /// The lane and what stands left of it.
    pub velocity: Option<(Rect, Rect)>,
    pub minimap: Option<Rect>,
}

impl Places {
    pub fn of(area: Rect, state: &State) -> Self {
        let left = area.left() + if keyboard::is_drums(state) { DRUM_KEYS } else { KEYS };
        // What is not needed for editing gives way where there is little room.
        let map = if state.view.show_minimap && area.height() > 280.0 { minimap::HEIGHT } else { 0.0 };
        let lane = if state.view.show_velocity && area.height() > 240.0 { LANE } else { 0.0 };
        let strips = area.top() + if area.height() > 300.0 { lanes::height(state) } else { 0.0 };
        let (top, foot) = (strips + RULER, area.bottom() - map);
        let bottom = foot - lane;
        let rect = |x0: f32, y0: f32, x1: f32, y1: f32| Rect::from_min_max(pos2(x0, y0), pos2(x1, y1));
        let right = area.right();
        Self {
            corner: rect(area.left(), area.top(), left, top),
            strips: rect(left, area.top(), right, strips),
            ruler: rect(left, strips, right, top),
            keys: rect(area.left(), top, left, bottom),
            canvas: rect(left, top, right, bottom),
            velocity: (lane > 0.0).then(|| (rect(left, bottom, right, foot), rect(area.left(), bottom, left, foot))),
            minimap: (map > 0.0).then(|| rect(area.left(), foot, right, area.bottom())),
        }
    }
}

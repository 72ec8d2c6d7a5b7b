//! Wheel, pinch and scroll bar: which part of the music is seen.

use super::transform::Transform;
use crate::gui::state::State;
use crate::gui::theme::Tokens;
use crate::music::Tick;
use eframe::egui::{CornerRadius, Rect, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

/// Wheel scrolls, Shift+wheel goes across, Ctrl+wheel zooms time, Ctrl+Shift+wheel pitch, at the pointer.
pub fn scrolled_by_input(ui: &Ui, t: Transform, canvas: Rect, area: Rect, moved: &mut bool) -> Transform {
    let Some(pos) = ui.input(|i| i.pointer.hover_pos()).filter(|p| area.contains(*p)) else { return t };
    // A menu or a list that lies over the roll keeps its wheel.
    if ui.ctx().layer_id_at(pos).is_some_and(|l| l != ui.layer_id()) {
        return t;
    }
    let (zoom, delta, modifiers) = ui.input(|i| (i.zoom_delta(), i.smooth_scroll_delta(), i.modifiers));
    let at = pos.clamp(canvas.min, canvas.max);
    if zoom != 1.0 {
        *moved = true;
        return if modifiers.shift { t.zoomed_pitch(at.y, zoom) } else { t.zoomed_time(at.x, f64::from(zoom)) };
    }
    if delta == eframe::egui::Vec2::ZERO || modifiers.alt {
        return t;
    }
    *moved |= delta.x != 0.0;
    // Over the ruler, the wheel goes along it.
    let along = pos.y < canvas.top() && delta.x == 0.0;
    if along { t.scrolled(-delta.y, 0.0) } else { t.scrolled(-delta.x, -delta.y) }
}

/// Turns the page when the head leaves it.
pub fn following(mut t: Transform, head: f64) -> Transform {
    let (from, to) = t.ticks();
    let width = to - from;
    if head > to - width * 0.04 || head < from {
        t.view.left = head - width * 0.06;
    }
    t
}

/// A thin bar at the foot of the canvas, seen while the pointer is near or dragging it.
pub fn bar_ui(ui: &mut Ui, mut t: Transform, canvas: Rect, end: Tick, state: &State) -> Transform {
    const HEIGHT: f32 = 10.0;
    let track = Rect::from_min_max(pos2(canvas.left(), canvas.bottom() - HEIGHT), canvas.max);
    let (from, to) = t.ticks();
    let length = (end as f64 * 1.02).max(to);
    if from <= 0.0 && to >= end as f64 {
        return t;
    }
    let x = |tick: f64| track.left() + (tick / length) as f32 * track.width();
    let left = x(from.max(0.0));
    let handle = Rect::from_min_max(pos2(left, track.top()), pos2(x(to).max(left + 24.0), track.bottom()));
    let response = ui.interact(handle, ui.scope_id().with("roll scroll bar"), Sense::drag());
    let name = state.text().scroll_bar;
    response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, name));
    if response.dragged() {
        t.view.left += f64::from(response.drag_delta().x / track.width()) * length;
    }
    let tokens = Tokens::of(ui);
    let strong = response.hovered() || response.dragged();
    let shown = handle.shrink2(vec2(2.0, if strong { 2.0 } else { 3.5 }));
    let color = tokens.subdued.gamma_multiply(if strong { 0.9 } else { 0.45 });
    ui.painter().rect_filled(shown, CornerRadius::same(4), color);
    t
}

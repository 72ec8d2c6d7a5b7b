//! Voices are put in another order by dragging them in the list. A line shows where one would go.

use crate::gui::action::{Action, Actions};
use crate::gui::theme::Tokens;
use eframe::egui::{CursorIcon, Response, Stroke, Ui, vec2};

/// Near the edge of the list, and how fast it scrolls there, in points.
const EDGE: f32 = 20.0;
const SPEED: f32 = 6.0;

/// `rows` are those of the voices, in their order. Escape gives the drag up.
pub fn order_ui(ui: &Ui, rows: &[Response], actions: &mut Actions) {
    let Some((from, row)) = rows.iter().enumerate().find(|(_, r)| r.dragged() || r.drag_stopped()) else { return };
    let (pos, released) = ui.input(|i| (i.pointer.interact_pos(), i.pointer.any_released()));
    let Some(pos) = pos else { return };
    // Between which two: as many stand before the gap as the pointer has passed.
    let gap = rows.iter().filter(|r| r.rect.center().y < pos.y).count();
    let to = if gap > from { gap - 1 } else { gap };
    if row.drag_stopped() {
        if released && to != from {
            actions.push(Action::MoveVoice { from, to });
        }
        return;
    }
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    if to != from {
        let y = rows.get(gap).map_or(ui.min_rect().bottom(), |r| r.rect.top()) - 1.0;
        ui.painter().hline(row.rect.x_range(), y, Stroke::new(2.0, Tokens::of(ui).accent));
    }
    let seen = ui.clip_rect();
    let way = f32::from(pos.y < seen.top() + EDGE) - f32::from(pos.y > seen.bottom() - EDGE);
    if way != 0.0 {
        ui.scroll_with_delta(vec2(0.0, way * SPEED));
        ui.ctx().request_repaint();
    }
}

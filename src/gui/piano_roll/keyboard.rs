//! The strip of keys at the left: names, hearing a pitch by pressing it, selecting it by two clicks.
//! For a voice of drums it is a list of them.

use super::index::NoteIndex;
use super::transform::Transform;
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::instruments;
use crate::gui::theme::{Tokens, mix};
use crate::music::note::{is_black_key, pitch_name};
use eframe::egui::{Align2, FontId, Rect, Sense, Stroke, Ui, WidgetInfo, accesskit::Role, pos2};

pub fn keyboard_ui(ui: &mut Ui, rect: Rect, t: Transform, state: &State, index: &NoteIndex, actions: &mut Actions) {
    let response = ui.interact(rect, ui.scope_id().with("keyboard"), Sense::click_and_drag());
    let text = state.text();
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, text.keyboard));
    let pointer = response.hover_pos().or(response.interact_pointer_pos());
    let hovered = pointer.map(|p| t.pitch(p.y));
    let voice = state.view.voice;
    let pressed = ui.input(|i| i.pointer.primary_pressed());
    if let Some(pitch) = hovered {
        let slid = response.dragged() && ui.input(|i| i.pointer.delta().y != 0.0) && {
            let before = ui.input(|i| i.pointer.delta().y);
            pointer.is_some_and(|p| t.pitch(p.y - before) != pitch)
        };
        if (pressed && response.contains_pointer()) || slid {
            actions.push(Action::Audition(voice, pitch, 90));
        }
        if response.double_clicked() {
            let all = 0..state.project.score().end.max(1);
            let ids = index.in_box(voice, all.start, all.end, pitch, pitch).map(|n| n.id).collect();
            actions.push(Action::Select(ids));
        }
    }
    let down = response.is_pointer_button_down_on();
    if is_drums(state) { paint_drums(ui, state, rect, t, hovered, down) } else { paint(ui, rect, t, hovered, down) }
}

/// Whether the voice in hand is one of drums.
pub fn is_drums(state: &State) -> bool {
    state.project.score().voices.get(state.view.voice).is_some_and(|v| v.role == crate::music::Role::Drums)
}

/// The name of each drum where there is room for it, the number of its key where it has none.
fn paint_drums(ui: &Ui, state: &State, rect: Rect, t: Transform, hovered: Option<u8>, down: bool) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0, tokens.panel);
    for pitch in t.shown_pitches() {
        let lit = hovered == Some(pitch);
        let top = t.y(pitch);
        let row = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + t.view.row));
        if lit {
            painter.rect_filled(row, 0, if down { tokens.accent_soft } else { tokens.hover });
        }
        let name = instruments::drum(state.text(), pitch);
        if t.view.row >= 9.0 || lit {
            let font = FontId::proportional((t.view.row * 0.72).clamp(8.5, 11.0));
            let color = if name.is_some() { tokens.text } else { tokens.subdued };
            let words = name.map_or_else(|| pitch_name(pitch), str::to_owned);
            painter.text(pos2(rect.left() + 6.0, row.center().y), Align2::LEFT_CENTER, words, font, color);
        }
        if t.view.row >= 9.0 {
            painter.hline(rect.x_range(), row.bottom(), Stroke::new(1.0, tokens.grid_fine));
        }
    }
    painter.vline(rect.right() - 0.5, rect.y_range(), Stroke::new(1.0, tokens.line));
}

fn paint(ui: &Ui, rect: Rect, t: Transform, hovered: Option<u8>, down: bool) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0, tokens.key_white);
    let black_right = rect.left() + rect.width() * 0.58;
    let row = t.view.row;
    for pitch in t.shown_pitches() {
        let top = t.y(pitch);
        let key = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + row));
        let lit = hovered == Some(pitch);
        let glow = if down { tokens.accent } else { mix(tokens.accent, tokens.key_white, 0.6) };
        if is_black_key(pitch) {
            painter.hline(
                rect.x_range(),
                key.center().y,
                Stroke::new(1.0, mix(tokens.key_white, tokens.key_text, 0.3)),
            );
            let black = Rect::from_min_max(key.min, pos2(black_right, key.max.y));
            painter.rect_filled(black, 1, if lit { mix(glow, tokens.key_black, 0.3) } else { tokens.key_black });
        } else {
            if lit {
                painter.rect_filled(key, 0, glow);
            }
            // White keys touch each other at E-F and B-C.
            if matches!(pitch % 12, 0 | 5) {
                let line = mix(tokens.key_white, tokens.key_text, 0.3);
                painter.hline(rect.x_range(), key.bottom(), Stroke::new(1.0, line));
            }
        }
    }
    for pitch in t.shown_pitches() {
        let is_c = pitch % 12 == 0;
        let named = is_c || (row >= 14.0 && !is_black_key(pitch)) || hovered == Some(pitch);
        if named && (row >= 7.0 || is_c) {
            let size = (row * 0.72).clamp(9.5, 11.5);
            let at = pos2(rect.right() - 4.0, t.y(pitch) + row / 2.0);
            painter.text(at, Align2::RIGHT_CENTER, pitch_name(pitch), FontId::proportional(size), tokens.key_text);
        }
    }
    painter.vline(rect.right() - 0.5, rect.y_range(), Stroke::new(1.0, tokens.line));
}

//! The whole piece in a strip at the foot, with a frame round what is seen: drag it, or click elsewhere.
//!
//! Its picture is made when the notes change, not when it is drawn.

use super::transform::Transform;
use crate::gui::state::State;
use crate::gui::theme::{Tokens, mix};
use crate::music::{Score, Tick};
use eframe::egui::{
    Color32, ColorImage, CursorIcon, Rect, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, WidgetInfo,
    accesskit::Role, pos2,
};
use std::sync::Arc;

pub const HEIGHT: f32 = 34.0;

/// What the picture was made of.
#[derive(Clone, PartialEq)]
struct Of {
    size: [usize; 2],
    end: Tick,
    dark: bool,
    silent: Vec<bool>,
}

#[derive(Default)]
pub struct Minimap {
    picture: Option<(Arc<Score>, Of, TextureHandle)>,
    /// Where in the frame it was taken hold of, in ticks from its left edge.
    grabbed: Option<f64>,
}

impl std::fmt::Debug for Minimap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Minimap").field("grabbed", &self.grabbed).finish_non_exhaustive()
    }
}

/// Draws the map of `0..end` and moves the view as the pointer says.
pub fn minimap_ui(ui: &mut Ui, rect: Rect, mut t: Transform, end: Tick, state: &State, map: &mut Minimap) -> Transform {
    let response = ui.interact(rect, ui.scope_id().with("minimap"), Sense::click_and_drag());
    let name = state.text().over.minimap;
    response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, name));
    let length = (end.max(1)) as f64;
    let inner = rect.shrink2(eframe::egui::vec2(2.0, 2.0));
    let x = |tick: f64| inner.left() + (tick / length) as f32 * inner.width();
    let tick = |x: f32| f64::from((x - inner.left()) / inner.width()) * length;
    let (from, to) = t.ticks();
    let frame = Rect::from_x_y_ranges(x(from.max(0.0))..=x(to.min(length)).max(x(from.max(0.0)) + 3.0), rect.y_range());
    if response.is_pointer_button_down_on() {
        if let Some(pos) = response.interact_pointer_pos() {
            let grab = *map.grabbed.get_or_insert_with(|| {
                // Outside of the frame, its middle jumps to the pointer.
                if frame.expand(2.0).contains(pos) { tick(pos.x) - from } else { (to - from) / 2.0 }
            });
            t.view.left = tick(pos.x) - grab;
        }
    } else {
        map.grabbed = None;
    }
    if response.hovered() || map.grabbed.is_some() {
        ui.ctx().set_cursor_icon(if map.grabbed.is_some() { CursorIcon::Grabbing } else { CursorIcon::Grab });
    }
    let tokens = Tokens::of(ui);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0, tokens.canvas);
    painter.hline(rect.x_range(), rect.top(), Stroke::new(1.0, tokens.line));
    let texture = picture(ui, inner, end, state, map);
    let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    painter.image(texture, inner, uv, Color32::WHITE);
    let ground = tokens.strong.gamma_multiply(if response.hovered() { 0.14 } else { 0.09 });
    painter.rect_filled(frame.shrink2(eframe::egui::vec2(0.0, 1.0)), 3, ground);
    painter.rect_stroke(
        frame.shrink(1.0),
        3,
        Stroke::new(1.0, mix(tokens.panel, tokens.strong, 0.5)),
        StrokeKind::Inside,
    );
    let head = x(state.session.position());
    painter.vline(head.round() + 0.5, rect.y_range(), Stroke::new(1.0, tokens.accent));
    t
}

/// The texture of the map, made anew where something in it has changed.
fn picture(ui: &Ui, rect: Rect, end: Tick, state: &State, map: &mut Minimap) -> eframe::egui::TextureId {
    let score = state.project.score();
    let scale = ui.ctx().pixels_per_point();
    let side = |points: f32| ((points * scale).round() as usize).clamp(1, 4096);
    let of = Of {
        size: [side(rect.width()), side(rect.height())],
        end,
        dark: Tokens::of(ui).dark,
        silent: state.view.silent(score.voices.len()),
    };
    if let Some((made, before, texture)) = &mut map.picture
        && (!Arc::ptr_eq(made, score) || *before != of)
    {
        texture.set(image(score, &of, state), TextureOptions::LINEAR);
        (*made, *before) = (Arc::clone(score), of.clone());
    }
    let (_, _, texture) = map.picture.get_or_insert_with(|| {
        let texture = ui.ctx().load_texture("minimap", image(score, &of, state), TextureOptions::LINEAR);
        (Arc::clone(score), of, texture)
    });
    texture.id()
}

fn image(score: &Score, of: &Of, state: &State) -> ColorImage {
    let [width, height] = of.size;
    let tokens = Tokens::from_dark(of.dark);
    let mut pixels = vec![Color32::TRANSPARENT; width * height];
    let low = score.notes().map(|(_, n)| n.pitch).min().unwrap_or(48);
    let high = score.notes().map(|(_, n)| n.pitch).max().unwrap_or(72);
    let span = (usize::from(high - low) + 1).max(24);
    let lowest = (usize::from(low) + usize::from(high) + 1).saturating_sub(span) / 2;
    let thick = (height / span).max(1);
    let length = of.end.max(1) as f64;
    for (v, voice) in score.voices.iter().enumerate() {
        let hue = state.hue(v);
        let color = match of.silent.get(v) {
            Some(true) => mix(tokens.canvas, tokens.subdued, 0.4),
            _ => tokens.note(hue, 90),
        };
        for n in &voice.notes {
            let column = |tick: Tick| ((tick as f64 / length * width as f64) as usize).min(width - 1);
            let (left, right) = (column(n.start), column(n.end()).max(column(n.start) + 1).min(width));
            let row = usize::from(n.pitch).saturating_sub(lowest) * (height - thick) / (span - 1).max(1);
            let top = (height - thick).saturating_sub(row);
            for y in top..(top + thick).min(height) {
                pixels[y * width + left..y * width + right].fill(color);
            }
        }
    }
    ColorImage::new([width, height], pixels)
}

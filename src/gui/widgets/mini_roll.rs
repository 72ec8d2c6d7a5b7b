//! A small picture of a score, for cards and lists. Nothing in it can be pressed.

use crate::gui::theme::Tokens;
use crate::music::{Score, Tick};
use eframe::egui::{Color32, CornerRadius, Mesh, Painter, Rect, Shape, pos2};

/// Draws the notes of `score` that sound in `from..to` into `rect`.
pub fn paint(painter: &Painter, rect: Rect, score: &Score, from: Tick, to: Tick, t: &Tokens) {
    painter.rect_filled(rect, CornerRadius::same(4), t.canvas);
    let inner = rect.shrink(4.0);
    let notes = || score.notes().filter(|(_, n)| n.end() > from && n.start < to);
    let Some(low) = notes().map(|(_, n)| n.pitch).min() else { return };
    let high = notes().map(|(_, n)| n.pitch).max().unwrap_or(low);
    // At least an octave and a half, so that a narrow tune does not look like a wild one.
    let span = f32::from(high - low).max(18.0) + 1.0;
    let middle = (f32::from(high) + f32::from(low)) / 2.0;
    let height = inner.height() / span;
    let length = (to - from).max(1) as f32;
    let x = |tick: Tick| inner.left() + (tick.clamp(from, to) - from) as f32 / length * inner.width();
    let mut mesh = Mesh::default();
    for (voice, n) in notes() {
        let y = inner.center().y - (f32::from(n.pitch) - middle) * height;
        let right = x(n.end()).max(x(n.start) + 1.0);
        let hue = score.voices[voice].color.map_or(voice, usize::from);
        let color: Color32 = t.note(hue, n.velocity);
        let half = height.clamp(1.5, 4.0) / 2.0;
        mesh.add_colored_rect(Rect::from_min_max(pos2(x(n.start), y - half), pos2(right, y + half)), color);
    }
    painter.add(Shape::mesh(mesh));
}

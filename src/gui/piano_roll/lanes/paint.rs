//! Painting a strip: its entries as chips, what is heard as mere words, the tempo as a line.

use super::drag::Drag;
use super::items::{Item, tempos, visible};
use crate::gui::piano_roll::hand::Hand;
use crate::gui::theme::{RADIUS, Tokens, mix};
use crate::music::Tick;
use crate::music::time::TempoChange;
use crate::project::Lane;
use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    Color32, CornerRadius, FontId, Galley, Mesh, Painter, Rect, Response, Shape, Stroke, StrokeKind, Ui, pos2,
};
use std::sync::Arc;

/// Narrower than this, an entry is a mere line.
pub const LEAST: f32 = 14.0;
/// The smallest text that is read without effort.
const SMALLEST: f32 = 9.0;

pub fn right_of(item: &Item, hand: &Hand) -> f32 {
    let x = hand.t.x(item.tick as f64);
    let wide = 14.0 + 7.5 * item.text.chars().count() as f32;
    (x + wide).min(item.until.max(x + 4.0))
}

pub fn paint(ui: &Ui, rect: Rect, response: &Response, items: &[Item], lane: Lane, hand: &Hand, drag: Option<Drag>) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0, tokens.panel);
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens.line));
    if lane == Lane::Tempo {
        curve(ui, rect, hand, tempos(hand.state.project.score(), drag.as_ref()).changes(), tokens);
    }
    let size = if lane == Lane::Chords { 12.5 } else { 11.5 };
    let (mut drawn_to, mut last_line) = (f32::MIN, f32::MIN);
    for item in items {
        // The tempos are already those that the drag would leave.
        let dragged = drag.filter(|d| item.tick == if lane == Lane::Tempo { d.to } else { d.from } && !item.heard);
        let start = hand.t.x(dragged.map_or(item.tick, |d| d.to) as f64);
        // What began before the screen stays named at its edge.
        let x = start.max(rect.left());
        let until = if dragged.is_some() { f32::MAX } else { item.until };
        let room = until - x - 3.0;
        // Where a chord only ends, there is nothing to see.
        let ends = lane == Lane::Chords && item.text.is_empty();
        if !item.heard && !ends && start - last_line >= 2.0 {
            painter.vline(start.round() + 0.5, rect.y_range(), Stroke::new(1.0, mix(tokens.line, tokens.accent, 0.7)));
            last_line = start;
        }
        if item.text.is_empty() {
            continue;
        }
        if room < LEAST || x < drawn_to {
            continue;
        }
        let color = if item.heard { tokens.subdued } else { tokens.strong };
        // What is only heard has no ground of its own, and so no edge to keep off.
        let pad = if item.heard { 3.0 } else { 5.0 };
        let galley = fitting(&painter, &item.text, size, color, room - pad);
        // Cut off, one chord reads as another: Am for Amaj7.
        if item.heard && galley.elided {
            continue;
        }
        let right = (x + galley.size().x + 2.0 * pad).min(until - 1.0);
        if right - x < 10.0 {
            continue;
        }
        let chip = Rect::from_min_max(pos2(x + 1.0, rect.top() + 2.0), pos2(right, rect.bottom() - 3.0));
        let hovered = response.hover_pos().is_some_and(|p| chip.contains(p));
        let ground = match (item.heard, hovered || dragged.is_some()) {
            (_, true) => tokens.hover,
            (false, false) => tokens.accent_soft,
            (true, false) => Color32::TRANSPARENT,
        };
        painter.rect_filled(chip, CornerRadius::same(RADIUS), ground);
        let clipped = painter.with_clip_rect(chip.intersect(painter.clip_rect()));
        clipped.galley(pos2(x + pad, chip.center().y - galley.size().y / 2.0), galley, color);
        drawn_to = right.min(until);
    }
    if response.has_focus() {
        painter.rect_stroke(rect.shrink(1.0), 2, Stroke::new(1.5, tokens.accent), StrokeKind::Inside);
    }
}

/// The text on one line: smaller where there is little room, and cut off with a mark of it where even that is
/// too wide.
fn fitting(painter: &Painter, text: &str, size: f32, color: Color32, room: f32) -> Arc<Galley> {
    for size in [size, 10.5, SMALLEST] {
        let whole = painter.layout_no_wrap(text.to_owned(), FontId::proportional(size), color);
        if whole.size().x <= room {
            return whole;
        }
    }
    let mut job = LayoutJob::simple_singleline(text.to_owned(), FontId::proportional(SMALLEST), color);
    job.wrap = TextWrapping::truncate_at_width(room);
    painter.layout_job(job)
}

/// The tempo as a line of steps, the fastest of the piece at the top.
fn curve(ui: &Ui, rect: Rect, hand: &Hand, changes: &[TempoChange], tokens: &Tokens) {
    if changes.len() < 2 {
        return;
    }
    let (from, to) = hand.t.ticks();
    let seen = visible(changes, from as Tick, to.ceil() as Tick);
    let log = |i: usize| (1.0 / f64::from(changes[i].micros_per_quarter)).ln();
    let (low, high) = seen.clone().map(log).fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
    let y = |i: usize| {
        let share = if high - low < 1e-6 { 0.5 } else { (log(i) - low) / (high - low) };
        rect.bottom() - 4.0 - share as f32 * (rect.height() - 8.0)
    };
    let color = mix(tokens.panel, tokens.accent, 0.45);
    let mut mesh = Mesh::default();
    let mut last = f32::MIN;
    for i in seen.clone() {
        let x = hand.t.x(changes[i].tick as f64);
        let next = if i + 1 < changes.len() { hand.t.x(changes[i + 1].tick as f64) } else { rect.right() };
        // Steps within one point are one to the eye.
        if next - last < 1.0 && i + 1 < seen.end {
            continue;
        }
        mesh.add_colored_rect(
            Rect::from_min_max(pos2(x, y(i)), pos2(next, rect.bottom() - 1.0)),
            color.gamma_multiply(0.35),
        );
        mesh.add_colored_rect(Rect::from_min_max(pos2(x, y(i) - 0.75), pos2(next, y(i) + 0.75)), color);
        last = next;
    }
    ui.painter_at(rect).add(Shape::mesh(mesh));
}

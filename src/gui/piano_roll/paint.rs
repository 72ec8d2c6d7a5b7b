//! Painting the canvas: rows shaded by the scale, the grid, what is being drawn. Nothing here reacts.

use super::gesture::Gesture;
use super::notes::gap;
use super::snap;
use super::transform::Transform;
use crate::gui::theme::{Tokens, mix};
use crate::music::note::is_black_key;
use crate::music::{Note, Scale, Score, Tick};
use eframe::egui::{Color32, CornerRadius, Mesh, Painter, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

/// Rows of pitches: in the scale lighter, the root with a tint of the accent.
pub fn rows(painter: &Painter, t: Transform, scale: Option<Scale>, tokens: &Tokens) {
    painter.rect_filled(t.rect, 0, tokens.row);
    let inside = scale.map(Scale::pitch_classes);
    let mut mesh = Mesh::default();
    for pitch in t.shown_pitches() {
        let class = usize::from(pitch % 12);
        let dark = inside.map_or(is_black_key(pitch), |s| !s[class]);
        let tonic = scale.is_some_and(|s| usize::from(s.root) == class);
        let top = t.y(pitch);
        let row = Rect::from_min_max(pos2(t.rect.left(), top), pos2(t.rect.right(), top + t.view.row));
        if tonic {
            mesh.add_colored_rect(row, mix(tokens.row, tokens.accent, if tokens.dark { 0.10 } else { 0.08 }));
        } else if dark {
            mesh.add_colored_rect(row, tokens.row_dark);
        }
        // Octaves are told apart by a line under each C.
        if class == 0 || (class == 5 && t.view.row > 9.0) {
            let line = Rect::from_min_size(pos2(t.rect.left(), top + t.view.row - 0.5), vec2(t.rect.width(), 1.0));
            mesh.add_colored_rect(line, if class == 0 { tokens.grid_beat } else { tokens.grid_fine });
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// Lines of bars, beats and the grid, as far as they are wide enough to be told apart.
pub fn grid(painter: &Painter, t: Transform, score: &Score, grid: Tick, tokens: &Tokens) {
    let (from, to) = t.ticks();
    let px = t.view.px_per_tick;
    let y = t.rect.y_range();
    let mut mesh = Mesh::default();
    let mut line = |tick: Tick, color: Color32| {
        let x = t.x(tick as f64).round();
        mesh.add_colored_rect(Rect::from_x_y_ranges(x..=x + 1.0, y), color);
    };
    let mut at = score.meters.position(from.max(0.0) as Tick, score.ppq);
    loop {
        let (start, end) = (at.bar_start, at.bar_start + at.bar_len.max(1));
        if start as f64 > to {
            break;
        }
        let bar_px = at.bar_len as f64 * px;
        let beat = at.meter.beat_ticks(score.ppq);
        if grid > 1 && grid as f64 * px >= 9.0 && grid < beat {
            (1..)
                .map(|i| start + i * grid)
                .take_while(|tick| *tick < end)
                .for_each(|tick| line(tick, tokens.grid_fine));
        }
        if beat as f64 * px >= 9.0 {
            (1..)
                .map(|i| start + i * beat)
                .take_while(|tick| *tick < end)
                .for_each(|tick| line(tick, tokens.grid_beat));
        }
        let step = super::ruler::bars_between_numbers(at.meter.bar_ticks(score.ppq) as f64 * px);
        if bar_px >= 9.0 || at.bar % step == 0 {
            line(start, tokens.grid_bar);
        }
        let next = if bar_px < 9.0 { score.meters.bar_start((at.bar / step + 1) * step, score.ppq) } else { end };
        at = score.meters.position(next.max(end), score.ppq);
    }
    painter.add(Shape::mesh(mesh));
    // Where the piece ends, it gets darker.
    if (score.end as f64) < to {
        let after = Rect::from_x_y_ranges(t.x(score.end as f64).max(t.rect.left())..=t.rect.right(), y);
        painter.rect_filled(after, 0, tokens.canvas.gamma_multiply(0.35));
    }
    if from < 0.0 {
        painter.rect_filled(Rect::from_x_y_ranges(t.rect.left()..=t.x(0.0), y), 0, tokens.canvas);
    }
}

/// What the generator has written so far.
pub fn generated(painter: &Painter, t: Transform, score: &Score, ppq: u32, from_tick: Tick, tokens: &Tokens) {
    let (left, right) = t.ticks();
    let scaled = |tick: Tick| crate::music::transform::rescaled(tick, score.ppq, ppq);
    let region = t.x(scaled(from_tick) as f64)..=t.x(scaled(score.end) as f64);
    let tint = tokens.accent.gamma_multiply(0.07);
    painter.rect_filled(Rect::from_x_y_ranges(region, t.rect.y_range()), 0, tint);
    for (_, n) in score.notes().filter(|(_, n)| n.start >= from_tick) {
        let (start, end) = (scaled(n.start), scaled(n.end()));
        if (end as f64) < left || start as f64 > right {
            continue;
        }
        painter.rect_filled(gap(t.note(start, end, n.pitch)), CornerRadius::same(2), tokens.generated(n.velocity));
    }
}

/// How likely each pitch was in the place of a note: brighter is likelier, and what is next to impossible is
/// not seen.
pub fn heat(painter: &Painter, t: Transform, note: &Note, pitches: &[f32], tokens: &Tokens) {
    let most = pitches.iter().copied().fold(1e-6, f32::max);
    for (pitch, p) in pitches.iter().enumerate().filter(|(_, p)| **p > 1e-4) {
        // The eye tells small shares apart by their roots.
        let warmth = (p / most).sqrt() * 0.75;
        let cell = t.note(note.start, note.end(), pitch as u8).expand2(vec2(3.0, 0.0));
        painter.rect_filled(cell, 0, tokens.accent.gamma_multiply(warmth));
    }
}

/// The note being drawn, the box being dragged.
pub fn gesture(painter: &Painter, t: Transform, gesture: &Gesture, hue: usize, tokens: &Tokens) {
    match gesture {
        Gesture::Draw(g) => {
            let rect = gap(t.note(g.note.start, g.note.end(), g.note.pitch));
            painter.rect_filled(rect, CornerRadius::same(2), tokens.note(hue, g.note.velocity));
            painter.rect_stroke(rect, CornerRadius::same(2), Stroke::new(1.5, tokens.strong), StrokeKind::Inside);
        }
        Gesture::Box(g) => {
            if let Some(rect) = g.rect() {
                painter.rect_filled(rect, CornerRadius::same(2), tokens.accent.gamma_multiply(0.12));
                painter.rect_stroke(rect, CornerRadius::same(2), Stroke::new(1.0, tokens.accent), StrokeKind::Inside);
            }
        }
        _ => {}
    }
}

/// The line of the head, with its handle on the ruler.
pub fn head(painter: &Painter, x: f32, ruler: Rect, bottom: f32, tokens: &Tokens) {
    if x < ruler.left() || x > ruler.right() {
        return;
    }
    let x = x.round() + 0.5;
    painter.vline(x, ruler.center().y..=bottom, Stroke::new(1.5, tokens.accent));
    let y = ruler.bottom() - 1.0;
    let handle = vec![
        pos2(x - 5.0, y - 9.0),
        pos2(x + 5.0, y - 9.0),
        pos2(x + 5.0, y - 5.0),
        pos2(x, y),
        pos2(x - 5.0, y - 5.0),
    ];
    painter.add(Shape::convex_polygon(handle, tokens.accent, Stroke::NONE));
}

/// Grid step worth drawing when the grid itself is off.
pub fn drawn_grid(grid: super::snap::Grid, ppq: u32, px_per_tick: f64) -> Tick {
    if grid == snap::Grid::Off { snap::adaptive(ppq, px_per_tick, 18.0) } else { grid.ticks(ppq, px_per_tick) }
}

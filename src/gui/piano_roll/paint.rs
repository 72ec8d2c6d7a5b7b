//! Painting the canvas: rows shaded by the scale, the grid, the notes. Nothing here reacts.
//!
//! Up to a few thousand notes are drawn as rounded rectangles with names; beyond that one mesh is
//! filled, and notes thinner than two points that touch run together.

use super::gesture::Gesture;
use super::index::NoteIndex;
use super::snap;
use super::transform::Transform;
use crate::gui::state::State;
use crate::gui::theme::{Tokens, mix};
use crate::music::note::{is_black_key, pitch_name};
use crate::music::{Key, Note, Score, Tick};
use eframe::egui::{Align2, Color32, CornerRadius, FontId, Mesh, Painter, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

/// Above this many notes on the screen, corners are square and names are left out.
const MANY: usize = 2_500;

/// Rows of pitches: in the scale lighter, the tonic with a tint of the accent.
pub fn rows(painter: &Painter, t: Transform, key: Option<Key>, tokens: &Tokens) {
    painter.rect_filled(t.rect, 0, tokens.row);
    let scale = key.map(Key::pitch_classes);
    let (low, high) = t.pitches();
    let mut mesh = Mesh::default();
    for pitch in low..=high {
        let class = usize::from(pitch % 12);
        let dark = scale.map_or(is_black_key(pitch), |s| !s[class]);
        let tonic = key.is_some_and(|k| usize::from(k.tonic) == class);
        let top = t.y(f32::from(pitch));
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

/// How the notes of a voice are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Look {
    Full,
    /// Another voice than the one in hand.
    Ghost,
    Silent,
}

/// Every voice's notes, the one in hand last; what a gesture changes is shown as it will be.
pub fn notes(painter: &Painter, t: Transform, state: &State, index: &NoteIndex, gesture: &Gesture, tokens: &Tokens) {
    let score = state.project.score();
    let silent = state.view.silent(score.voices.len());
    let in_hand = state.view.voice;
    let others = (0..score.voices.len()).filter(|v| *v != in_hand && state.view.ghosts);
    let mut order: Vec<usize> = others.collect();
    order.extend((in_hand < score.voices.len()).then_some(in_hand));
    let (from, to) = t.ticks();
    let (from, to) = (from.floor() as Tick, to.ceil() as Tick);
    let total: usize = order.iter().map(|v| index.range(*v, from, to).len()).sum();
    for voice in order {
        let look = match (voice == in_hand, silent.get(voice).copied().unwrap_or(false)) {
            (_, true) => Look::Silent,
            (true, false) => Look::Full,
            (false, false) => Look::Ghost,
        };
        let painted = VoicePainter { painter, t, tokens, voice, look, state, gesture };
        if total > MANY { painted.mesh(index, from, to) } else { painted.rounded(index, from, to) }
    }
}

struct VoicePainter<'a> {
    painter: &'a Painter,
    t: Transform,
    tokens: &'a Tokens,
    voice: usize,
    look: Look,
    state: &'a State,
    gesture: &'a Gesture,
}

impl VoicePainter<'_> {
    fn color(&self, n: &Note) -> Color32 {
        let color = self.tokens.note(self.voice, n.velocity);
        match self.look {
            Look::Full => color,
            Look::Ghost => mix(self.tokens.row, color, if self.tokens.dark { 0.42 } else { 0.45 }),
            Look::Silent => mix(self.tokens.row, self.tokens.subdued, 0.35),
        }
    }

    fn is_selected(&self, n: &Note) -> bool {
        self.state.view.selection.contains(&n.id)
    }

    fn rounded(&self, index: &NoteIndex, from: Tick, to: Tick) {
        let radius = CornerRadius::same((self.t.view.row / 5.0).clamp(1.0, 3.0) as u8);
        let draw = |n: &Note| {
            let rect = gap(self.t.note(n.start, n.end(), n.pitch));
            let color = self.color(n);
            let selected = self.is_selected(n);
            let fill = if selected {
                mix(color, self.tokens.strong, if self.tokens.dark { 0.35 } else { 0.0 })
            } else {
                color
            };
            self.painter.rect_filled(rect, radius, fill);
            if selected {
                let stroke = Stroke::new(1.5, self.tokens.strong);
                self.painter.rect_stroke(rect, radius, stroke, StrokeKind::Inside);
            }
            self.name(n, rect, fill);
        };
        for n in index.sounding(self.voice, from, to) {
            match self.gesture.preview(n) {
                Some(moved) => {
                    if self.gesture.is_copy() {
                        draw(n);
                    }
                    draw(&moved);
                }
                None => draw(n),
            }
        }
    }

    /// The pitch's name, where there is room for it.
    fn name(&self, n: &Note, rect: Rect, fill: Color32) {
        if self.look != Look::Full || rect.height() < 10.0 || rect.width() < 26.0 {
            return;
        }
        let size = (rect.height() * 0.78).min(11.0);
        let at = pos2(rect.left().max(self.t.rect.left()) + 4.0, rect.center().y);
        let bright = 0.3 * f32::from(fill.r()) + 0.59 * f32::from(fill.g()) + 0.11 * f32::from(fill.b()) > 120.0;
        let color = if bright { Color32::from_black_alpha(210) } else { Color32::from_white_alpha(235) };
        let clipped = self.painter.with_clip_rect(rect.intersect(self.painter.clip_rect()));
        clipped.text(at, Align2::LEFT_CENTER, pitch_name(n.pitch), FontId::proportional(size), color);
    }

    fn mesh(&self, index: &NoteIndex, from: Tick, to: Tick) {
        let mut mesh = Mesh::default();
        // For each pitch, the specks that have run together so far: to the eye they are one.
        let mut runs: [Option<(Rect, Color32)>; 128] = [None; 128];
        let nothing_selected = self.state.view.selection.is_empty();
        for n in index.sounding(self.voice, from, to) {
            let shown = self.gesture.preview(n).unwrap_or(*n);
            let mut rect = self.t.note(shown.start, shown.end(), shown.pitch);
            rect.max.x = rect.max.x.max(rect.min.x + 1.0);
            if rect.height() > 4.0 {
                rect.max.y -= 1.0;
            }
            let run = &mut runs[usize::from(shown.pitch.min(127))];
            let speck = rect.width() < 2.0;
            if let Some((before, _)) = run
                && speck
                && rect.min.x <= before.max.x + 0.5
            {
                before.max.x = before.max.x.max(rect.max.x);
                continue;
            }
            let color = self.color(&shown);
            let selected = !nothing_selected && self.is_selected(n);
            let color = if selected { mix(color, self.tokens.strong, 0.6) } else { color };
            if let Some((before, color)) = run.replace((rect, color)) {
                mesh.add_colored_rect(before, color);
            }
        }
        for (rect, color) in runs.into_iter().flatten() {
            mesh.add_colored_rect(rect, color);
        }
        self.painter.add(Shape::mesh(mesh));
    }
}

/// A hair between notes that touch, where there is room for it.
fn gap(rect: Rect) -> Rect {
    let mut r = rect;
    if r.height() > 5.0 {
        r.min.y += 0.5;
        r.max.y -= 0.5;
    }
    if r.width() > 4.0 {
        r.max.x -= 1.0;
    }
    r.max.x = r.max.x.max(r.min.x + 1.5);
    r
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

/// The note being drawn, the box being dragged.
pub fn gesture(painter: &Painter, t: Transform, gesture: &Gesture, voice: usize, tokens: &Tokens) {
    match gesture {
        Gesture::Draw(g) => {
            let rect = gap(t.note(g.note.start, g.note.end(), g.note.pitch));
            painter.rect_filled(rect, CornerRadius::same(2), tokens.note(voice, g.note.velocity));
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

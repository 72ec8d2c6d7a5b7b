//! Monochrome icons, drawn with strokes so that they are crisp at every scale and need no font.

use eframe::egui::{Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Play,
    Pause,
    Stop,
    ToStart,
    Loop,
    Again,
    Follow,
    Select,
    Pencil,
    Undo,
    Redo,
    Gear,
    Dice,
    Plus,
    Trash,
    Speaker,
    Panic,
    ZoomFit,
    Ghost,
    Velocity,
    Check,
    Close,
    Help,
    Why,
    More,
    Lock,
    Unlock,
    Up,
    Down,
    Fold,
    ZoomSelection,
    Lanes,
    Map,
    Record,
    Metronome,
    Piano,
}

impl Icon {
    /// Draws the icon in the middle of `rect`, 16 points wide.
    pub fn paint(self, painter: &Painter, rect: Rect, color: Color32) {
        let c = rect.center();
        let at = |x: f32, y: f32| c + vec2(x, y);
        let stroke = Stroke::new(1.5, color);
        let line = |points: &[Pos2]| {
            painter.add(Shape::line(points.to_vec(), stroke));
        };
        let fill = |points: &[Pos2]| {
            painter.add(Shape::convex_polygon(points.to_vec(), color, Stroke::NONE));
        };
        let bar = |x: f32, y: f32, w: f32, h: f32| {
            painter.rect_filled(Rect::from_min_size(at(x, y), vec2(w, h)), CornerRadius::same(1), color);
        };
        match self {
            Icon::Play => fill(&[at(-4.5, -6.0), at(6.0, 0.0), at(-4.5, 6.0)]),
            Icon::Pause => {
                bar(-5.0, -5.5, 3.5, 11.0);
                bar(1.5, -5.5, 3.5, 11.0);
            }
            Icon::Stop => bar(-5.0, -5.0, 10.0, 10.0),
            Icon::ToStart => {
                bar(-6.0, -5.5, 2.0, 11.0);
                fill(&[at(5.5, -5.5), at(5.5, 5.5), at(-3.0, 0.0)]);
            }
            Icon::Loop => {
                line(&[at(-6.0, 1.0), at(-6.0, -1.0), at(-4.0, -4.0), at(5.0, -4.0)]);
                line(&[at(2.5, -6.5), at(5.0, -4.0), at(2.5, -1.5)]);
                line(&[at(6.0, -1.0), at(6.0, 1.0), at(4.0, 4.0), at(-5.0, 4.0)]);
                line(&[at(-2.5, 6.5), at(-5.0, 4.0), at(-2.5, 1.5)]);
            }
            Icon::Again => {
                let on = |i: usize| {
                    let (sin, cos) = (-1.0 + 5.0 * i as f32 / 16.0).sin_cos();
                    at(5.5 * cos, 5.5 * sin)
                };
                line(&(0..=16).map(on).collect::<Vec<_>>());
                fill(&[at(0.2, -3.0), at(5.8, -1.5), at(4.8, -7.0)]);
            }
            Icon::Follow => {
                line(&[at(-5.5, -6.0), at(-5.5, 6.0)]);
                line(&[at(-2.0, 0.0), at(6.0, 0.0)]);
                line(&[at(2.5, -3.5), at(6.0, 0.0), at(2.5, 3.5)]);
            }
            Icon::Select => fill_pointer(painter, c, color),
            Icon::Pencil => {
                line(&[at(-5.5, 5.5), at(-4.5, 2.0), at(3.5, -6.0), at(6.0, -3.5), at(-2.0, 4.5), at(-5.5, 5.5)]);
                line(&[at(1.5, -4.0), at(4.0, -1.5)]);
            }
            Icon::Undo | Icon::Redo => {
                let m = if self == Icon::Undo { 1.0 } else { -1.0 };
                line(&[
                    at(-5.0 * m, -2.0),
                    at(2.0 * m, -2.0),
                    at(5.0 * m, 0.5),
                    at(5.0 * m, 2.5),
                    at(2.0 * m, 5.0),
                    at(-2.0 * m, 5.0),
                ]);
                line(&[at(-1.5 * m, -5.5), at(-5.0 * m, -2.0), at(-1.5 * m, 1.5)]);
            }
            Icon::Gear => {
                painter.circle_stroke(c, 4.5, stroke);
                painter.circle_filled(c, 1.5, color);
                for i in 0..8 {
                    let (sin, cos) = (std::f32::consts::FRAC_PI_4 * i as f32).sin_cos();
                    line(&[at(4.5 * cos, 4.5 * sin), at(7.0 * cos, 7.0 * sin)]);
                }
            }
            Icon::Dice => {
                let rect = Rect::from_center_size(c, vec2(12.0, 12.0));
                painter.rect_stroke(rect, CornerRadius::same(3), stroke, StrokeKind::Middle);
                for (x, y) in [(-2.8, -2.8), (2.8, -2.8), (0.0, 0.0), (-2.8, 2.8), (2.8, 2.8)] {
                    painter.circle_filled(at(x, y), 1.1, color);
                }
            }
            Icon::Plus => {
                line(&[at(-5.0, 0.0), at(5.0, 0.0)]);
                line(&[at(0.0, -5.0), at(0.0, 5.0)]);
            }
            Icon::Trash => {
                line(&[at(-5.5, -4.0), at(5.5, -4.0)]);
                line(&[at(-1.5, -6.0), at(1.5, -6.0)]);
                line(&[at(-4.0, -4.0), at(-3.2, 6.0), at(3.2, 6.0), at(4.0, -4.0)]);
            }
            Icon::Speaker => {
                fill(&[at(-6.0, -2.0), at(-3.5, -2.0), at(-3.5, 2.0), at(-6.0, 2.0)]);
                fill(&[at(-3.5, -2.0), at(0.0, -5.5), at(0.0, 5.5), at(-3.5, 2.0)]);
                arc(painter, c, 3.5, stroke);
                arc(painter, c, 6.5, stroke);
            }
            Icon::Panic => {
                let r = 6.0;
                let corner = |i: usize| {
                    let (sin, cos) = (std::f32::consts::FRAC_PI_4 * (i as f32 + 0.5)).sin_cos();
                    at(r * cos, r * sin)
                };
                line(&(0..=8).map(corner).collect::<Vec<_>>());
                line(&[at(0.0, -3.2), at(0.0, 0.8)]);
                painter.circle_filled(at(0.0, 3.2), 1.0, color);
            }
            Icon::ZoomFit => {
                line(&[at(-6.5, -5.0), at(-6.5, 5.0)]);
                line(&[at(6.5, -5.0), at(6.5, 5.0)]);
                line(&[at(-4.0, 0.0), at(4.0, 0.0)]);
                line(&[at(-2.0, -2.2), at(-4.2, 0.0), at(-2.0, 2.2)]);
                line(&[at(2.0, -2.2), at(4.2, 0.0), at(2.0, 2.2)]);
            }
            Icon::Ghost => {
                let soft = color.gamma_multiply(0.45);
                painter.rect_filled(Rect::from_min_size(at(-6.5, -4.5), vec2(8.0, 3.5)), CornerRadius::same(1), soft);
                painter.rect_filled(Rect::from_min_size(at(-1.5, 1.0), vec2(8.0, 3.5)), CornerRadius::same(1), color);
            }
            Icon::Velocity => {
                for (x, h) in [(-6.0, 5.0), (-2.0, 11.0), (2.0, 8.0), (6.0, 3.0)] {
                    line(&[at(x, 6.0), at(x, 6.0 - h)]);
                    painter.circle_filled(at(x, 6.0 - h), 1.6, color);
                }
            }
            Icon::Check => line(&[at(-5.0, 0.5), at(-1.5, 4.0), at(5.5, -4.0)]),
            Icon::Close => {
                line(&[at(-4.0, -4.0), at(4.0, 4.0)]);
                line(&[at(4.0, -4.0), at(-4.0, 4.0)]);
            }
            Icon::Why => {
                bar(-6.0, 1.0, 3.0, 5.0);
                bar(-1.5, -2.0, 3.0, 8.0);
                bar(3.0, -6.0, 3.0, 12.0);
            }
            Icon::Help => {
                line(&[
                    at(-3.0, -3.0),
                    at(-2.0, -5.2),
                    at(0.5, -6.0),
                    at(3.0, -4.5),
                    at(3.0, -2.5),
                    at(0.0, 0.0),
                    at(0.0, 2.5),
                ]);
                painter.circle_filled(at(0.0, 5.5), 1.1, color);
            }
            Icon::Lock | Icon::Unlock => {
                bar(-4.5, -1.0, 9.0, 7.0);
                let end = if self == Icon::Lock { at(3.0, -1.0) } else { at(3.0, -3.0) };
                line(&[at(-3.0, -1.0), at(-3.0, -3.5), at(-1.5, -5.5), at(1.5, -5.5), at(3.0, -3.5), end]);
            }
            Icon::Up => line(&[at(-4.5, 2.0), at(0.0, -2.5), at(4.5, 2.0)]),
            Icon::Down => line(&[at(-4.5, -2.0), at(0.0, 2.5), at(4.5, -2.0)]),
            Icon::Fold => {
                line(&[at(-6.0, -1.5), at(6.0, -1.5)]);
                line(&[at(-6.0, 1.5), at(6.0, 1.5)]);
                line(&[at(-2.5, -7.0), at(0.0, -4.5), at(2.5, -7.0)]);
                line(&[at(-2.5, 7.0), at(0.0, 4.5), at(2.5, 7.0)]);
            }
            Icon::ZoomSelection => {
                for (x, y) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)] {
                    line(&[at(6.0 * x, 2.5 * y), at(6.0 * x, 5.5 * y), at(3.0 * x, 5.5 * y)]);
                }
                bar(-3.0, -1.5, 6.0, 3.0);
            }
            Icon::Lanes => {
                for y in [-5.0, -1.0] {
                    line(&[at(-6.5, y), at(6.5, y)]);
                }
                bar(-6.5, 2.0, 5.0, 3.5);
                bar(1.0, 2.0, 3.5, 3.5);
            }
            Icon::Map => {
                let rect = Rect::from_center_size(c, vec2(14.0, 8.0));
                painter.rect_stroke(rect, CornerRadius::same(1), stroke, StrokeKind::Middle);
                bar(-3.5, -4.0, 5.0, 8.0);
            }
            Icon::More => {
                for x in [-5.0, 0.0, 5.0] {
                    painter.circle_filled(at(x, 0.0), 1.4, color);
                }
            }
            Icon::Record => {
                painter.circle_filled(c, 5.0, color);
            }
            Icon::Metronome => {
                line(&[at(-2.5, -6.5), at(2.5, -6.5), at(5.0, 6.0), at(-5.0, 6.0), at(-2.5, -6.5)]);
                line(&[at(-4.2, 2.5), at(4.2, 2.5)]);
                line(&[at(0.0, 2.5), at(4.5, -4.5)]);
            }
            Icon::Piano => {
                let frame = Rect::from_center_size(c, vec2(13.0, 10.0));
                painter.rect_stroke(frame, CornerRadius::same(1), stroke, StrokeKind::Middle);
                for x in [-2.2, 2.2] {
                    line(&[at(x, 0.5), at(x, 5.0)]);
                    bar(x - 1.3, -5.0, 2.6, 5.5);
                }
            }
        }
    }
}

fn fill_pointer(painter: &Painter, c: Pos2, color: Color32) {
    let at = |x: f32, y: f32| pos2(c.x + x, c.y + y);
    // An arrow is not convex: its head and its tail are drawn apart.
    painter.add(Shape::convex_polygon(vec![at(-4.0, -7.0), at(5.0, 1.5), at(-4.0, 5.5)], color, Stroke::NONE));
    painter.add(Shape::line(vec![at(-0.5, 1.5), at(2.5, 6.5)], Stroke::new(2.0, color)));
}

/// A quarter of a circle, open to the left.
fn arc(painter: &Painter, c: Pos2, radius: f32, stroke: Stroke) {
    let point = |i: i32| {
        let (sin, cos) = (i as f32 * 0.13).sin_cos();
        pos2(c.x + radius * cos, c.y + radius * sin)
    };
    painter.add(Shape::line((-7..=7).map(point).collect(), stroke));
}

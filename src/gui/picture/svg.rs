//! Shapes of the window as SVG. Text stays text; fonts are the reader's own.

use eframe::egui::epaint::{ClippedShape, ColorMode, PathShape, RectShape, TextShape};
use eframe::egui::{Color32, Mesh, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2};
use std::fmt::Write;

/// The whole document; `name` begins the names of its parts.
pub fn write(shapes: &[ClippedShape], size: Vec2, name: &str) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" \
         font-family=\"Inter, Ubuntu, Noto Sans, Noto Sans CJK SC, sans-serif\">\n",
        number(size.x),
        number(size.y)
    );
    let whole = Rect::from_min_size(Pos2::ZERO, size);
    let mut body = String::new();
    let mut clips: Vec<Rect> = Vec::new();
    let mut open: Option<usize> = None;
    for clipped in shapes {
        let clip = clipped.clip_rect.intersect(whole);
        let mut part = String::new();
        shape(&mut part, &clipped.shape, clip);
        if part.is_empty() || !clip.is_positive() {
            continue;
        }
        let i = clips.iter().position(|c| *c == clip).unwrap_or_else(|| {
            clips.push(clip);
            clips.len() - 1
        });
        if open != Some(i) {
            body += if open.is_some() { "</g>\n" } else { "" };
            let _ = writeln!(body, "<g clip-path=\"url(#{name}c{i})\">");
            open = Some(i);
        }
        body += &part;
    }
    body += if open.is_some() { "</g>\n" } else { "" };
    out += "<defs>\n";
    for (i, clip) in clips.iter().enumerate() {
        let _ = writeln!(out, "<clipPath id=\"{name}c{i}\"><rect {}/></clipPath>", rect(*clip));
    }
    out + "</defs>\n" + &body + "</svg>\n"
}

fn shape(out: &mut String, shape_: &Shape, clip: Rect) {
    match shape_ {
        Shape::Vec(list) => list.iter().for_each(|s| shape(out, s, clip)),
        Shape::Rect(r) => rectangle(out, r, clip),
        Shape::LineSegment { points: [a, b], stroke } if stroke.width > 0.0 => {
            let ends =
                [("x1", a.x), ("y1", a.y), ("x2", b.x), ("y2", b.y)].map(|(k, v)| format!("{k}=\"{}\"", number(v)));
            let _ = writeln!(out, "<line {} {}/>", ends.join(" "), stroked(stroke.color, stroke.width));
        }
        Shape::Path(p) => path(out, p),
        Shape::Circle(c) => {
            let place =
                format!("cx=\"{}\" cy=\"{}\" r=\"{}\"", number(c.center.x), number(c.center.y), number(c.radius));
            let _ = writeln!(out, "<circle {place} {} {}/>", filled(c.fill), stroked(c.stroke.color, c.stroke.width));
        }
        Shape::Text(t) => text(out, t),
        Shape::Mesh(m) => mesh(out, m, clip),
        // The roll draws nothing else; a curve that it may learn to draw would be missing here.
        _ => {}
    }
}

fn rectangle(out: &mut String, r: &RectShape, clip: Rect) {
    if !r.rect.intersects(clip) || (r.fill.a() == 0 && (r.stroke.width == 0.0 || r.stroke.color.a() == 0)) {
        return;
    }
    let inside = match r.stroke_kind {
        StrokeKind::Inside => r.rect.shrink(r.stroke.width / 2.0),
        StrokeKind::Middle => r.rect,
        StrokeKind::Outside => r.rect.expand(r.stroke.width / 2.0),
    };
    let round = if r.corner_radius.nw > 0 { format!(" rx=\"{}\"", r.corner_radius.nw) } else { String::new() };
    let Stroke { width, color } = r.stroke;
    let _ = writeln!(out, "<rect {}{round} {}{}/>", rect(inside), filled(r.fill), opt_stroke(color, width));
}

fn path(out: &mut String, p: &PathShape) {
    let color = match p.stroke.color {
        ColorMode::Solid(color) => color,
        ColorMode::UV(_) => Color32::TRANSPARENT,
    };
    let points = points(&p.points);
    let tag = if p.closed { "polygon" } else { "polyline" };
    let _ = writeln!(out, "<{tag} points=\"{points}\" {}{}/>", filled(p.fill), opt_stroke(color, p.stroke.width));
}

fn text(out: &mut String, t: &TextShape) {
    let section = t.galley.job.sections.first();
    let size = section.map_or(11.0, |s| s.format.font_id.size);
    let own = section.map_or(Color32::PLACEHOLDER, |s| s.format.color);
    let color = t.override_text_color.unwrap_or(if own == Color32::PLACEHOLDER { t.fallback_color } else { own });
    for row in &t.galley.rows {
        let Some(first) = row.glyphs.first() else { continue };
        let at = t.pos + row.pos.to_vec2() + first.pos.to_vec2();
        let words: String = row.glyphs.iter().map(|g| g.chr).collect();
        let place = format!("x=\"{}\" y=\"{}\" font-size=\"{}\"", number(at.x), number(at.y), number(size));
        let color = color.gamma_multiply(t.opacity_factor);
        let _ = writeln!(out, "<text {place} {}>{}</text>", filled(color), escaped(&words));
    }
}

/// A mesh of the roll is made of rectangles of one colour each, four corners and two triangles.
fn mesh(out: &mut String, m: &Mesh, clip: Rect) {
    let mut at = 0;
    while at < m.indices.len() {
        let corner = |i: usize| m.indices.get(i).and_then(|v| m.vertices.get(*v as usize));
        let six: Vec<_> = (at..at + 6).filter_map(corner).collect();
        let bounds = Rect::from_points(&six.iter().map(|v| v.pos).collect::<Vec<_>>());
        let plain = six.len() == 6
            && six.iter().all(|v| v.color == six[0].color)
            && six.iter().all(|v| [bounds.left(), bounds.right()].contains(&v.pos.x))
            && six.iter().all(|v| [bounds.top(), bounds.bottom()].contains(&v.pos.y));
        if plain {
            if bounds.intersects(clip) {
                let _ = writeln!(out, "<rect {} {}/>", rect(bounds), filled(six[0].color));
            }
            at += 6;
        } else {
            let three: Vec<_> = six.iter().take(3).collect();
            if let [a, b, c] = three[..] {
                let corners = points(&[a.pos, b.pos, c.pos]);
                let _ = writeln!(out, "<polygon points=\"{corners}\" {}/>", filled(a.color));
            }
            at += 3;
        }
    }
}

fn points(list: &[Pos2]) -> String {
    list.iter().map(|p| format!("{},{}", number(p.x), number(p.y))).collect::<Vec<_>>().join(" ")
}

fn rect(r: Rect) -> String {
    let sides = [("x", r.left()), ("y", r.top()), ("width", r.width()), ("height", r.height())];
    sides.map(|(k, v)| format!("{k}=\"{}\"", number(v))).join(" ")
}

/// At most two decimals, and no more zeros than needed.
fn number(v: f32) -> String {
    let text = format!("{v:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn filled(color: Color32) -> String {
    if color.a() == 0 { "fill=\"none\"".into() } else { format!("fill=\"{}\"{}", hex(color), opacity("fill", color)) }
}

fn stroked(color: Color32, width: f32) -> String {
    format!("stroke=\"{}\" stroke-width=\"{}\"{}", hex(color), number(width), opacity("stroke", color))
}

fn opt_stroke(color: Color32, width: f32) -> String {
    if width > 0.0 && color.a() > 0 { format!(" {}", stroked(color, width)) } else { String::new() }
}

fn hex(color: Color32) -> String {
    let [r, g, b, _] = color.to_srgba_unmultiplied();
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn opacity(what: &str, color: Color32) -> String {
    let share = f32::from(color.a()) / 255.0;
    if color.a() == 255 { String::new() } else { format!(" {what}-opacity=\"{}\"", number(share)) }
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

//! The signs that egui's fonts lack, drawn by us: ♭, ♯, ♩, the star of the best, the signs of buttons in the manual.

use eframe::egui::epaint::text::{FontPriority, GlyphBitmap, GlyphRasterizer, GlyphRasterizerRequest, RasterizedGlyph};
use eframe::egui::{Color32, ColorImage, Pos2, Vec2, pos2, vec2};

/// Strokes and a blot, in parts of the font's size; x to the right, y up from the base line.
struct Sign {
    strokes: Vec<Vec<Pos2>>,
    /// Centre, radii and turn of a filled ellipse.
    blot: Option<(Pos2, Vec2, f32)>,
    /// Half the width of a stroke.
    half: f32,
    advance: f32,
}

/// What draws the signs.
pub fn rasterizer() -> GlyphRasterizer {
    GlyphRasterizer::new("cadenza::signs", rasterize).with_priority(FontPriority::Highest)
}

fn sign(cluster: &str) -> Option<Sign> {
    match cluster {
        "♭" => {
            let bowl = (0..=12).map(|i| {
                let t = i as f32 / 12.0;
                cubic([pos2(0.10, 0.33), pos2(0.26, 0.52), pos2(0.52, 0.36), pos2(0.10, 0.0)], t)
            });
            let strokes = vec![vec![pos2(0.10, 0.80), pos2(0.10, 0.0)], bowl.collect()];
            Some(Sign { strokes, blot: None, half: 0.035, advance: 0.42 })
        }
        "♯" => {
            let strokes = vec![
                vec![pos2(0.17, -0.07), pos2(0.17, 0.70)],
                vec![pos2(0.34, 0.0), pos2(0.34, 0.77)],
                vec![pos2(0.06, 0.17), pos2(0.45, 0.27)],
                vec![pos2(0.06, 0.43), pos2(0.45, 0.53)],
            ];
            Some(Sign { strokes, blot: None, half: 0.028, advance: 0.54 })
        }
        "♩" => {
            let strokes = vec![vec![pos2(0.39, 0.10), pos2(0.39, 0.82)]];
            Some(Sign { strokes, blot: Some((pos2(0.24, 0.08), vec2(0.18, 0.125), 0.4)), half: 0.03, advance: 0.52 })
        }
        "✓" => {
            let strokes = vec![vec![pos2(0.08, 0.34), pos2(0.27, 0.12), pos2(0.62, 0.62)]];
            Some(Sign { strokes, blot: None, half: 0.035, advance: 0.70 })
        }
        "▶" => {
            let edge = vec![pos2(0.14, 0.08), pos2(0.14, 0.64), pos2(0.62, 0.36), pos2(0.14, 0.08)];
            let within = vec![pos2(0.22, 0.20), pos2(0.22, 0.52), pos2(0.48, 0.36), pos2(0.22, 0.20)];
            let strokes = vec![edge, within, vec![pos2(0.26, 0.36), pos2(0.40, 0.36)]];
            Some(Sign { strokes, blot: None, half: 0.05, advance: 0.74 })
        }
        "★" => {
            let tip = |i: usize| {
                let turn = std::f32::consts::TAU * (0.25 + i as f32 / 5.0);
                pos2(0.38, 0.33) + 0.34 * vec2(turn.cos(), turn.sin())
            };
            let strokes = (0..5).map(|i| vec![tip(i), tip(i + 2)]).collect();
            Some(Sign { strokes, blot: Some((pos2(0.38, 0.33), vec2(0.15, 0.15), 0.0)), half: 0.035, advance: 0.78 })
        }
        _ => None,
    }
}

fn cubic(p: [Pos2; 4], t: f32) -> Pos2 {
    let s = 1.0 - t;
    let v = p[0].to_vec2() * s * s * s
        + p[1].to_vec2() * 3.0 * s * s * t
        + p[2].to_vec2() * 3.0 * s * t * t
        + p[3].to_vec2() * t * t * t;
    v.to_pos2()
}

impl Sign {
    /// How much of the point is ink, with an edge `soft` wide.
    fn ink(&self, at: Pos2, soft: f32) -> f32 {
        let mut outside = f32::MAX;
        for line in &self.strokes {
            for pair in line.windows(2) {
                outside = outside.min(distance(at, pair[0], pair[1]) - self.half);
            }
        }
        if let Some((centre, radii, turn)) = self.blot {
            let (sin, cos) = turn.sin_cos();
            let d = at - centre;
            let d = vec2(d.x * cos + d.y * sin, d.y * cos - d.x * sin);
            outside = outside.min((vec2(d.x / radii.x, d.y / radii.y).length() - 1.0) * radii.y);
        }
        (0.5 - outside / soft).clamp(0.0, 1.0)
    }
}

fn distance(p: Pos2, a: Pos2, b: Pos2) -> f32 {
    let way = b - a;
    let t = ((p - a).dot(way) / way.length_sq().max(1e-9)).clamp(0.0, 1.0);
    p.distance(a + way * t)
}

fn rasterize(request: &GlyphRasterizerRequest<'_>) -> Option<RasterizedGlyph> {
    let sign = sign(request.cluster)?;
    let size = request.font_size_px.max(1.0);
    let (above, below) = ((0.90 * size).ceil() as usize, (0.14 * size).ceil() as usize);
    let width = ((sign.advance + 0.06) * size).ceil() as usize + 1;
    let pixel = |i: usize| {
        let (x, y) = ((i % width) as f32, (i / width) as f32);
        let at = pos2((x + 0.5 - request.subpixel_offset_px) / size, (above as f32 - y - 0.5) / size);
        Color32::from_white_alpha((sign.ink(at, 1.0 / size) * 255.0).round() as u8)
    };
    let pixels = (0..width * (above + below)).map(pixel).collect();
    let image = ColorImage::new([width, above + below], pixels);
    let bitmap = GlyphBitmap { image, offset_px: vec2(0.0, -(above as f32)), is_color: false };
    Some(RasterizedGlyph { bitmap, advance_px: sign.advance * size })
}

//! Triangles to pixels, without a GPU: what a picture needs and no more.

use eframe::egui::epaint::Primitive;
use eframe::egui::{ClippedPrimitive, Color32, ColorImage, Mesh, Rect, TextureId, epaint::Vertex};
use std::collections::HashMap;

/// `None` only where the encoder refuses, which it does for a picture without pixels.
pub fn write(
    primitives: &[ClippedPrimitive],
    textures: &HashMap<TextureId, ColorImage>,
    width: usize,
    height: usize,
    pixels_per_point: f32,
) -> Option<Vec<u8>> {
    let mut canvas = Canvas { width, height, pixels: vec![Color32::WHITE; width * height] };
    for clipped in primitives {
        if let Primitive::Mesh(mesh) = &clipped.primitive {
            canvas.mesh(mesh, textures.get(&mesh.texture_id), clipped.clip_rect * pixels_per_point, pixels_per_point);
        }
    }
    let bytes: Vec<u8> = canvas.pixels.iter().flat_map(|p| [p.r(), p.g(), p.b()]).collect();
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&bytes).ok()?;
    writer.finish().ok()?;
    Some(out)
}

struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Color32>,
}

impl Canvas {
    fn mesh(&mut self, mesh: &Mesh, texture: Option<&ColorImage>, clip: Rect, scale: f32) {
        for corners in mesh.indices.chunks_exact(3) {
            let at = |i: usize| mesh.vertices.get(corners[i] as usize);
            if let (Some(a), Some(b), Some(c)) = (at(0), at(1), at(2)) {
                self.triangle([a, b, c], texture, clip, scale);
            }
        }
    }

    fn triangle(&mut self, [a, b, c]: [&Vertex; 3], texture: Option<&ColorImage>, clip: Rect, scale: f32) {
        let [p, q, r] = [a, b, c].map(|v| (v.pos.x * scale, v.pos.y * scale));
        let area = edge(p, q, r);
        if area == 0.0 {
            return;
        }
        // Corners in one sense of turning, so that an edge which two triangles share is filled once.
        let (b, c, q, r, area) = if area > 0.0 { (b, c, q, r, area) } else { (c, b, r, q, -area) };
        let range = |least: f32, most: f32, from: f32, to: f32, all: usize| {
            let first = least.max(from).floor().max(0.0) as usize;
            first..(most.min(to).ceil().max(0.0) as usize).min(all)
        };
        let columns = range(p.0.min(q.0).min(r.0), p.0.max(q.0).max(r.0), clip.left(), clip.right(), self.width);
        let rows = range(p.1.min(q.1).min(r.1), p.1.max(q.1).max(r.1), clip.top(), clip.bottom(), self.height);
        for y in rows {
            for x in columns.clone() {
                let here = (x as f32 + 0.5, y as f32 + 0.5);
                let inside =
                    here.0 >= clip.left() && here.0 < clip.right() && here.1 >= clip.top() && here.1 < clip.bottom();
                let weights = [(q, r), (r, p), (p, q)].map(|(from, to)| (edge(from, to, here), is_top_left(from, to)));
                if !inside || weights.iter().any(|(w, owns)| *w < 0.0 || (*w == 0.0 && !owns)) {
                    continue;
                }
                let share = weights.map(|(w, _)| w / area);
                let color = shaded([a, b, c], share, texture);
                let pixel = &mut self.pixels[y * self.width + x];
                *pixel = over(color, *pixel);
            }
        }
    }
}

/// Twice the area of a triangle; positive where it turns clockwise on the screen.
fn edge(a: (f32, f32), b: (f32, f32), c: (f32, f32)) -> f32 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

/// Of two triangles that share an edge, the one for which it is a top or a left edge owns it.
fn is_top_left(from: (f32, f32), to: (f32, f32)) -> bool {
    (from.1 == to.1 && to.0 > from.0) || to.1 < from.1
}

fn shaded(corners: [&Vertex; 3], share: [f32; 3], texture: Option<&ColorImage>) -> [f32; 4] {
    let mix = |of: fn(&Vertex) -> f32| -> f32 { corners.iter().zip(share).map(|(v, s)| of(v) * s).sum() };
    let color = [
        mix(|v| f32::from(v.color.r())),
        mix(|v| f32::from(v.color.g())),
        mix(|v| f32::from(v.color.b())),
        mix(|v| f32::from(v.color.a())),
    ];
    let Some(image) = texture else { return color };
    let texel = sampled(image, mix(|v| v.uv.x), mix(|v| v.uv.y));
    [0, 1, 2, 3].map(|i| color[i] * texel[i])
}

/// The texture between its four nearest texels, 0–1.
fn sampled(image: &ColorImage, u: f32, v: f32) -> [f32; 4] {
    let [w, h] = image.size;
    let (x, y) = (u * w as f32 - 0.5, v * h as f32 - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let mut sum = [0.0; 4];
    for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
        let column = (left + dx).clamp(0.0, w as f32 - 1.0) as usize;
        let row = (top + dy).clamp(0.0, h as f32 - 1.0) as usize;
        let weight = (1.0 - (x - left - dx).abs()) * (1.0 - (y - top - dy).abs());
        let texel = image.pixels[row * w + column].to_array();
        (0..4).for_each(|i| sum[i] += weight * f32::from(texel[i]) / 255.0);
    }
    sum
}

/// Premultiplied colours blended as the window does.
fn over(above: [f32; 4], below: Color32) -> Color32 {
    let through = 1.0 - above[3] / 255.0;
    let channel = |i: usize| (above[i] + f32::from(below.to_array()[i]) * through).round().clamp(0.0, 255.0) as u8;
    Color32::from_rgb(channel(0), channel(1), channel(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{pos2, vec2};

    #[test]
    fn a_rectangle_fills_its_pixels_once_and_nothing_else() {
        let mut mesh = Mesh::default();
        let grey = Color32::from_rgba_premultiplied(0, 0, 0, 128);
        mesh.add_colored_rect(Rect::from_min_size(pos2(2.0, 1.0), vec2(3.0, 2.0)), grey);
        let mut canvas = Canvas { width: 8, height: 5, pixels: vec![Color32::WHITE; 40] };
        let all = Rect::from_min_size(pos2(0.0, 0.0), vec2(8.0, 5.0));
        canvas.mesh(&mesh, None, all, 1.0);
        for (i, pixel) in canvas.pixels.iter().enumerate() {
            let (x, y) = (i % 8, i / 8);
            let inside = (2..5).contains(&x) && (1..3).contains(&y);
            assert_eq!(pixel.r(), if inside { 127 } else { 255 }, "at {x}, {y}");
        }
        let clip = Rect::from_min_size(pos2(0.0, 0.0), vec2(3.0, 5.0));
        let mut canvas = Canvas { width: 8, height: 5, pixels: vec![Color32::WHITE; 40] };
        canvas.mesh(&mesh, None, clip, 1.0);
        assert_eq!(canvas.pixels.iter().filter(|p| p.r() < 255).count(), 2);
    }
}

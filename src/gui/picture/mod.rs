//! The roll as a picture of the whole piece, in lines of some bars each as on sheet music, for print or a
//! file. Drawn by the roll itself into a window that nobody sees: whatever the roll learns to show is here.

mod png;
pub mod print;
mod svg;

use super::action::Actions;
use super::piano_roll::{self, Roll};
use super::state::State;
use super::theme;
use crate::music::Tick;
use eframe::egui::{
    self, ClippedPrimitive, ColorImage, Context, FullOutput, ImageData, RawInput, Rect, TextureId, ThemePreference,
    UiBuilder, epaint::ClippedShape, pos2, vec2,
};
use std::collections::HashMap;

/// Size of a page across, in points, and what stands at the left of the notes.
const WIDTH: f32 = 1600.0;
const MARGIN: f32 = 24.0;
/// A line of the picture has about this many bars, fewer where bars are long.
const BARS: i64 = 8;
/// Height of a semitone.
const ROW: f32 = 9.0;
/// PNG has this many pixels a point.
const PIXELS: f32 = 2.0;
/// A PNG is at most this high, in pixels: more than that few programs open.
const HIGHEST: f32 = 30_000.0;

/// A picture that is drawn, but not yet written in any form.
pub struct Picture {
    size: egui::Vec2,
    shapes: Vec<ClippedShape>,
    ctx: Context,
    textures: HashMap<TextureId, ColorImage>,
    n_bars: i64,
}

impl Picture {
    /// Draws the piece as the roll shows it now: the voice in hand in full colour, the others as ghosts.
    pub fn of(state: &State) -> Self {
        Self::of_lines(state, &lines(state))
    }

    /// The same of some lines of it.
    fn of_lines(state: &State, lines: &[(Tick, Tick)]) -> Self {
        let height = line_height(state);
        let size = vec2(WIDTH, MARGIN + (height + MARGIN) * lines.len() as f32);
        let ctx = Context::default();
        theme::install(&ctx);
        // Paper is white, whatever the window is.
        ctx.set_theme(ThemePreference::Light);
        ctx.options_mut(|o| o.warn_on_id_clash = false);
        let (mut textures, mut shapes) = (HashMap::new(), Vec::new());
        let mut roll = Roll::new(state.project.score());
        // Twice: fonts and layout settle in the first.
        for _ in 0..2 {
            let out = ctx.run_ui(input(size), |ui| {
                ui.painter().rect_filled(Rect::from_min_size(pos2(0.0, 0.0), size), 0, egui::Color32::WHITE);
                for (i, (from, to)) in lines.iter().enumerate() {
                    let top = MARGIN + (height + MARGIN) * i as f32;
                    let rect = Rect::from_min_size(pos2(MARGIN, top), vec2(WIDTH - 2.0 * MARGIN, height));
                    let canvas = piano_roll::canvas_in(rect, state);
                    roll.still(*from, *to, pitches(state).1, ROW, canvas.width());
                    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(i));
                    piano_roll::roll_ui(&mut ui, state, &mut roll, &mut Actions::default());
                }
            });
            shapes = keep(out, &mut textures);
        }
        let score = state.project.score();
        Self { size, shapes, ctx, textures, n_bars: score.meters.n_bars(score.end, score.ppq) }
    }

    pub fn svg(&self) -> String {
        self.svg_named("")
    }

    /// `name` sets its parts apart from those of other pictures in the same document.
    fn svg_named(&self, name: &str) -> String {
        svg::write(&self.shapes, self.size, name)
    }

    /// The picture as PNG; `None` where it would be too high, see [`Self::n_bars`].
    pub fn png(&self) -> Option<Vec<u8>> {
        let size = self.size * PIXELS;
        if size.y > HIGHEST {
            return None;
        }
        let primitives: Vec<ClippedPrimitive> = self.ctx.tessellate(self.shapes.clone(), PIXELS);
        png::write(&primitives, &self.textures, size.x as usize, size.y as usize, PIXELS)
    }

    pub fn n_bars(&self) -> i64 {
        self.n_bars
    }
}

fn input(size: egui::Vec2) -> RawInput {
    let mut input = RawInput { screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), size)), ..RawInput::default() };
    if let Some(viewport) = input.viewports.get_mut(&egui::ViewportId::ROOT) {
        viewport.native_pixels_per_point = Some(PIXELS);
    }
    input
}

/// Takes the shapes of a pass, and its textures into `textures`.
fn keep(mut out: FullOutput, textures: &mut HashMap<TextureId, ColorImage>) -> Vec<ClippedShape> {
    let set = std::mem::take(&mut out.textures_delta.set);
    out.textures_delta.free.clear();
    let deltas = set.into_iter().flat_map(|(id, list)| list.into_iter().map(move |d| (id, d)));
    for (id, delta) in deltas {
        let ImageData::Color(image) = delta.image;
        match (delta.pos, textures.get_mut(&id)) {
            (Some([x, y]), Some(whole)) => {
                for row in 0..image.height() {
                    let to = (y + row) * whole.width() + x;
                    let from = row * image.width();
                    whole.pixels[to..to + image.width()].copy_from_slice(&image.pixels[from..from + image.width()]);
                }
            }
            _ => {
                textures.insert(id, ColorImage::clone(&image));
            }
        }
    }
    out.shapes
}

/// The stretch of time of each line, from bar line to bar line.
fn lines(state: &State) -> Vec<(Tick, Tick)> {
    let score = state.project.score();
    let n_bars = score.meters.n_bars(score.end, score.ppq).max(1);
    let start = |bar: i64| score.meters.bar_start(bar, score.ppq);
    (0..n_bars).step_by(BARS as usize).map(|bar| (start(bar), start(bar + BARS))).collect()
}

/// The lowest and highest pitch shown: some room round what sounds.
fn pitches(state: &State) -> (u8, u8) {
    let notes = || state.project.score().notes().map(|(_, n)| n.pitch);
    let (low, high) = (notes().min().unwrap_or(60), notes().max().unwrap_or(72));
    (low.saturating_sub(3), high.saturating_add(3).min(127))
}

/// What the notes of a line need, and what stands above and below them.
fn line_height(state: &State) -> f32 {
    let (low, high) = pitches(state);
    let tall = Rect::from_min_size(pos2(0.0, 0.0), vec2(WIDTH, 2_000.0));
    let around = tall.height() - piano_roll::canvas_in(tall, state).height();
    f32::from(high - low + 1).max(26.0) * ROW + around
}

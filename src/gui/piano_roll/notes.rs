//! Painting the notes: one by one with names, in one mesh, or, from far away, as what is left to see.

use super::gesture::Gesture;
use super::index::NoteIndex;
use super::lod::{self, Levels};
use super::transform::Transform;
use crate::gui::state::State;
use crate::gui::text::instruments;
use crate::gui::theme::{Tokens, mix};
use crate::music::note::pitch_name_in;
use crate::music::{Key, Note, Role, Tick};
use eframe::egui::{Align2, Color32, CornerRadius, FontId, Mesh, Painter, Rect, Shape, Stroke, StrokeKind, pos2};

/// Above this many notes on the screen, corners are square and names are left out.
const MANY: usize = 1_500;
/// Above this many, they are looked at from far away.
const VERY_MANY: usize = 6_000;

/// How the notes of a voice are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Look {
    Full,
    /// Another voice than the one in hand.
    Ghost,
    Silent,
}

/// The voices that are drawn, the one in hand last.
pub fn drawn_voices(state: &State) -> Vec<usize> {
    let n = state.project.score().voices.len();
    let in_hand = state.view.voice;
    let mut order: Vec<usize> = (0..n).filter(|v| *v != in_hand && state.view.ghosts).collect();
    order.extend((in_hand < n).then_some(in_hand));
    order
}

/// The stretch of time on the screen, in whole ticks.
fn seen(t: Transform) -> (Tick, Tick) {
    let (from, to) = t.ticks();
    (from.floor() as Tick, to.ceil() as Tick)
}

/// How many notes at most are on the screen.
fn n_seen(t: Transform, voices: &[usize], index: &NoteIndex) -> usize {
    let (from, to) = seen(t);
    voices.iter().map(|v| index.range(*v, from, to).len()).sum()
}

/// Makes what is missing to draw the notes from far away, where they are so many.
pub fn prepare(t: Transform, state: &State, index: &NoteIndex, levels: &mut Levels) {
    let voices = drawn_voices(state);
    if n_seen(t, &voices, index) > VERY_MANY {
        levels.prepare(index, &voices, &state.view.selection, lod::bucket(t.view.px_per_tick));
    }
}

/// What notes are painted with.
pub struct Canvas<'a> {
    pub painter: &'a Painter,
    pub t: Transform,
    pub state: &'a State,
    pub index: &'a NoteIndex,
    pub levels: &'a Levels,
    pub gesture: &'a Gesture,
    /// The piece's key, where it says or sounds like one: names are spelled in it.
    pub key: Option<Key>,
    /// Nats that are the end of the scale of surprise.
    pub most_surprise: f64,
    pub tokens: &'a Tokens,
}

/// Every voice's notes, the one in hand last; what a gesture changes is shown as it will be.
pub fn notes(canvas: &Canvas) {
    let voices = drawn_voices(canvas.state);
    let silent = canvas.state.view.silent(canvas.state.project.score().voices.len());
    let unheard = canvas.state.other_take_heard().is_some();
    let n = n_seen(canvas.t, &voices, canvas.index);
    for voice in voices {
        let look = match (voice == canvas.state.view.voice, silent.get(voice).copied().unwrap_or(false)) {
            (_, true) => Look::Silent,
            _ if unheard => Look::Silent,
            (true, false) => Look::Full,
            (false, false) => Look::Ghost,
        };
        let painted = VoicePainter::new(canvas, voice, look);
        let moves = look == Look::Full && moves(canvas.gesture);
        if n <= MANY {
            painted.rounded();
        } else if n <= VERY_MANY || moves || canvas.state.view.explain || !painted.runs() {
            painted.mesh();
        }
    }
}

/// Whether notes are shown elsewhere than they are.
fn moves(gesture: &Gesture) -> bool {
    !matches!(gesture, Gesture::None | Gesture::Cancelled | Gesture::Pan(_) | Gesture::Box(_) | Gesture::Draw(_))
}

struct VoicePainter<'a> {
    c: &'a Canvas<'a>,
    voice: usize,
    look: Look,
    drums: bool,
    /// A colour for each velocity: mixing one takes longer than drawing a note.
    palette: [Color32; 128],
}

impl<'a> VoicePainter<'a> {
    fn new(c: &'a Canvas<'a>, voice: usize, look: Look) -> Self {
        let tokens = c.tokens;
        let v = &c.state.project.score().voices[voice];
        let hue = c.state.hue(voice);
        let ghost = if tokens.dark { 0.42 } else { 0.45 };
        let palette = std::array::from_fn(|velocity| match look {
            // A locked voice is seen to be out of reach.
            Look::Full if v.locked => mix(tokens.note(hue, velocity as u8), tokens.subdued, 0.45),
            Look::Full => tokens.note(hue, velocity as u8),
            Look::Ghost => mix(tokens.row, tokens.note(hue, velocity as u8), ghost),
            Look::Silent => mix(tokens.row, tokens.subdued, 0.35),
        });
        Self { c, voice, look, drums: v.role == Role::Drums, palette }
    }

    fn color(&self, velocity: u8) -> Color32 {
        self.palette[usize::from(velocity.min(127))]
    }

    /// By velocity, or by how much the note surprised the model where that is shown.
    fn color_of(&self, n: &Note) -> Color32 {
        let tokens = self.c.tokens;
        if !self.c.state.view.explain || self.look == Look::Silent {
            return self.color(n.velocity);
        }
        let receipt = self.c.state.project.receipts().of(n);
        let color = receipt.map_or_else(|| tokens.no_surprise(), |r| tokens.surprise(r.nats / self.c.most_surprise));
        if self.look == Look::Ghost { mix(tokens.row, color, 0.7) } else { color }
    }

    fn is_selected(&self, n: &Note) -> bool {
        self.c.state.view.selection.contains(&n.id)
    }

    fn rounded(&self) {
        let (t, tokens, gesture) = (self.c.t, self.c.tokens, self.c.gesture);
        let radius = CornerRadius::same((t.view.row / 5.0).clamp(1.0, 3.0) as u8);
        let draw = |n: &Note| {
            if !t.rows.shows(n.pitch) && self.look != Look::Full {
                return;
            }
            let rect = gap(t.note(n.start, n.end(), n.pitch));
            let color = self.color_of(n);
            let selected = self.is_selected(n);
            let fill = if selected { mix(color, tokens.strong, if tokens.dark { 0.35 } else { 0.0 }) } else { color };
            self.c.painter.rect_filled(rect, radius, fill);
            if selected {
                let stroke = Stroke::new(1.5, tokens.strong);
                self.c.painter.rect_stroke(rect, radius, stroke, StrokeKind::Inside);
            }
            self.name(n, rect, fill);
        };
        let (from, to) = seen(t);
        for n in self.c.index.sounding(self.voice, from, to) {
            match gesture.preview(n) {
                Some(moved) => {
                    if gesture.is_copy() {
                        draw(n);
                    }
                    draw(&moved);
                }
                None => draw(n),
            }
        }
    }

    /// The pitch's name, or the drum's, where there is room for it.
    fn name(&self, n: &Note, rect: Rect, fill: Color32) {
        if self.look != Look::Full || rect.height() < 10.0 || rect.width() < 26.0 {
            return;
        }
        let name = match instruments::drum(self.c.state.text(), n.pitch).filter(|_| self.drums) {
            Some(drum) if rect.width() > 70.0 => drum.to_owned(),
            Some(_) => return,
            None => pitch_name_in(n.pitch, self.c.state.project.score().key_at(n.start).or(self.c.key)),
        };
        let size = (rect.height() * 0.78).min(11.0);
        let at = pos2(rect.left().max(self.c.t.rect.left()) + 4.0, rect.center().y);
        let bright = 0.3 * f32::from(fill.r()) + 0.59 * f32::from(fill.g()) + 0.11 * f32::from(fill.b()) > 120.0;
        let color = if bright { Color32::from_black_alpha(210) } else { Color32::from_white_alpha(235) };
        let clipped = self.c.painter.with_clip_rect(rect.intersect(self.c.painter.clip_rect()));
        clipped.text(at, Align2::LEFT_CENTER, name, FontId::proportional(size), color);
    }

    fn mesh(&self) {
        let (t, gesture) = (self.c.t, self.c.gesture);
        let mut mesh = Mesh::default();
        let nothing_selected = self.c.state.view.selection.is_empty();
        let (from, to) = seen(t);
        for n in self.c.index.sounding(self.voice, from, to) {
            let shown = gesture.preview(n).unwrap_or(*n);
            let color = self.color_of(&shown);
            let selected = !nothing_selected && self.is_selected(n);
            let color = if selected { mix(color, self.c.tokens.strong, 0.6) } else { color };
            self.bar(&mut mesh, shown.start, shown.end(), shown.pitch, color);
        }
        self.c.painter.add(Shape::mesh(mesh));
    }

    /// From far away; false where that was not prepared.
    fn runs(&self) -> bool {
        let bucket = lod::bucket(self.c.t.view.px_per_tick);
        let Some(level) = self.c.levels.get(self.c.index, self.voice, bucket, false) else { return false };
        let (from, to) = seen(self.c.t);
        let mut mesh = Mesh::default();
        for run in level.runs(from, to) {
            self.bar(&mut mesh, run.start, run.end, run.pitch, self.color(run.velocity));
        }
        if let Some(selected) = self.c.levels.get(self.c.index, self.voice, bucket, true) {
            for run in selected.runs(from, to) {
                let color = mix(self.color(run.velocity), self.c.tokens.strong, 0.6);
                self.bar(&mut mesh, run.start, run.end, run.pitch, color);
            }
        }
        self.c.painter.add(Shape::mesh(mesh));
        true
    }

    /// A rectangle at least a point wide, with a hair to the row below and, if it is long, to the next.
    fn bar(&self, mesh: &mut Mesh, start: Tick, end: Tick, pitch: u8, color: Color32) {
        let t = &self.c.t;
        if !t.rows.shows(pitch) && self.look != Look::Full {
            return;
        }
        let mut rect = t.note(start, end, pitch);
        rect.max.x = (rect.max.x - if rect.width() > 4.0 { 1.0 } else { 0.0 }).max(rect.min.x + 1.0);
        if rect.height() > 4.0 {
            rect.max.y -= 1.0;
        }
        if rect.max.y > t.rect.top() && rect.min.y < t.rect.bottom() {
            mesh.add_colored_rect(rect, color);
        }
    }
}

/// A hair between notes that touch, where there is room for it.
pub fn gap(rect: Rect) -> Rect {
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

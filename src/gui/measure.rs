//! What a repaint of the Compose page costs: the whole window is laid out and tessellated, without a
//! screen, while it is scrolled, zoomed or played as a hand would. Wall time, so never less than the
//! processor's.

mod first_note;
mod start;

pub use first_note::{FirstNote, first_note};
pub use start::{Started, start};

use super::app::{App, Options};
use crate::music::{Meter, MeterMap, Note, Role, Score, Tick, Voice};
use crate::project::Project;
use crate::train::memory_held;
use eframe::egui::{
    Context, Event, Modifiers, MouseWheelSource, MouseWheelUnit, RawInput, Rect, TouchPhase, Vec2, pos2, vec2,
};
use std::time::Instant;

/// Milliseconds of each repaint while something is done.
pub struct Repaints {
    /// "scrolling", "zooming", "playing".
    pub doing: &'static str,
    pub millis: Vec<f64>,
}

const SCREEN: Vec2 = vec2(1280.0, 800.0);
/// Where the pointer is: over the notes.
const POINTER: Vec2 = vec2(800.0, 400.0);

/// A piece of eight voices with so many notes in eighths and quarters, the same each time.
pub fn piece(n_notes: usize) -> Score {
    const VOICES: [(Role, u8, u8); 8] = [
        (Role::Melody, 73, 76),
        (Role::Inner, 40, 69),
        (Role::Inner, 41, 62),
        (Role::Chords, 0, 60),
        (Role::Chords, 48, 55),
        (Role::Bass, 32, 38),
        (Role::Other, 11, 84),
        (Role::Drums, 0, 40),
    ];
    let mut score = Score::new(480);
    score.meters = MeterMap::constant(Meter::COMMON);
    let mut chance = 12_345u32;
    let mut draw = |below: u32| {
        chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (chance >> 8) % below
    };
    for (role, program, centre) in VOICES {
        let mut voice = Voice::new(format!("{role:?}"), role, program);
        let mut tick: Tick = 0;
        for _ in 0..n_notes / VOICES.len() {
            let duration = if draw(3) == 0 { 480 } else { 240 };
            let pitch = centre + draw(17) as u8 - 8;
            voice.notes.push(Note::new(tick, duration - 10, pitch, 40 + draw(80) as u8));
            tick += duration;
        }
        score.push_voice(voice);
    }
    score
}

/// What a window with a piece costs.
pub struct Measured {
    pub repaints: Vec<Repaints>,
    /// Bytes of memory that the whole process holds while the window stands; `None` where the system does not say.
    pub memory: Option<u64>,
    /// How many repaints the window asks for by itself, in a second in which nothing moves.
    pub idle: usize,
}

/// Repaints a window with a piece of so many notes, `repaints` times for each thing that is done.
pub fn roll(n_notes: usize, repaints: usize) -> Measured {
    let ctx = Context::default();
    let mut app = App::new(&ctx, Options::for_test());
    app.state.project = Project::new(piece(n_notes));
    app.roll.fit = true;
    app.score_changed();
    let mut screen = Screen { ctx, app, time: 0.0 };
    for _ in 0..10 {
        screen.repaint(vec![Event::PointerMoved(POINTER.to_pos2())]);
    }
    let repaints =
        vec![scrolling(&mut screen, repaints), zooming(&mut screen, repaints), playing(&mut screen, repaints)];
    let idle = screen.idle();
    Measured { repaints, memory: memory_held(), idle }
}

/// Across the piece at four zooms, from a few bars to all of it.
fn scrolling(screen: &mut Screen, repaints: usize) -> Repaints {
    let mut millis = Vec::with_capacity(repaints);
    let end = screen.app.state.project.score().end;
    for bars in [4, 16, 256, i64::MAX] {
        let width = 1920i64.saturating_mul(bars).min(end);
        screen.app.roll.zoom_to(0, width, 36, 84);
        screen.settle();
        for i in 0..repaints / 4 {
            let way = if i % 64 < 48 { -37.0 } else { 60.0 };
            millis.push(screen.repaint(wheel(vec2(way, 0.0), Modifiers::NONE)));
        }
    }
    Repaints { doing: "scrolling", millis }
}

/// Out from a bar to the whole piece, and in again.
fn zooming(screen: &mut Screen, repaints: usize) -> Repaints {
    let end = screen.app.state.project.score().end;
    screen.app.roll.zoom_to(end / 2, end / 2 + 1920, 36, 84);
    screen.settle();
    let turn = repaints.div_ceil(4).max(1);
    let millis = (0..repaints)
        .map(|i| {
            let way = if (i / turn).is_multiple_of(2) { -30.0 } else { 30.0 };
            screen.repaint(wheel(vec2(0.0, way), Modifiers::COMMAND))
        })
        .collect();
    Repaints { doing: "zooming", millis }
}

/// The head runs, the view follows.
fn playing(screen: &mut Screen, repaints: usize) -> Repaints {
    let app = &mut screen.app;
    app.roll.zoom_to(0, 1920 * 16, 36, 84);
    app.roll.scrolled_away = false;
    app.state.session.player.play(0);
    screen.settle();
    let millis = (0..repaints).map(|_| screen.repaint(Vec::new())).collect();
    screen.app.state.session.player.stop();
    Repaints { doing: "playing", millis }
}

fn wheel(delta: Vec2, modifiers: Modifiers) -> Vec<Event> {
    let (unit, phase, source) = (MouseWheelUnit::Point, TouchPhase::Move, MouseWheelSource::Unknown);
    vec![Event::ModifiersChanged(modifiers), Event::MouseWheel { unit, delta, phase, source, modifiers }]
}

struct Screen {
    ctx: Context,
    app: App,
    time: f64,
}

impl Screen {
    /// One repaint with these events; how long it took.
    fn repaint(&mut self, events: Vec<Event>) -> f64 {
        self.time += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), SCREEN)),
            time: Some(self.time),
            events,
            ..RawInput::default()
        };
        let begun = Instant::now();
        let mut output = self.ctx.run_ui(input, |ui| {
            self.app.before_paint(ui.ctx());
            self.app.paint(ui);
        });
        let shapes = std::mem::take(&mut output.shapes);
        let triangles = self.ctx.tessellate(shapes, output.pixels_per_point);
        let millis = begun.elapsed().as_secs_f64() * 1e3;
        std::hint::black_box(triangles);
        output.drop_without_applying_deltas();
        millis
    }

    /// After playing has ended and the pointer rests, a second passes: how often is a repaint asked for?
    fn idle(&mut self) -> usize {
        // Tooltips and fades come and go first.
        for _ in 0..240 {
            self.repaint(Vec::new());
        }
        let until = self.time + 1.0;
        let mut asked = 0;
        while self.ctx.has_requested_repaint() && self.time < until {
            asked += 1;
            self.repaint(Vec::new());
        }
        asked
    }

    fn settle(&mut self) {
        for _ in 0..12 {
            self.repaint(vec![Event::ModifiersChanged(Modifiers::NONE)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_is_what_a_hand_would_do() {
        let Measured { repaints: measured, memory, idle } = roll(2_000, 8);
        assert!(memory.is_none_or(|bytes| bytes > 1_000_000));
        assert_eq!(idle, 0, "a window in which nothing moves is not drawn");
        assert_eq!(measured.iter().map(|m| m.doing).collect::<Vec<_>>(), ["scrolling", "zooming", "playing"]);
        assert!(measured.iter().all(|m| m.millis.len() == 8 && m.millis.iter().all(|ms| *ms > 0.0)));
        assert_eq!(piece(2_000).n_notes(), 2_000);
    }
}

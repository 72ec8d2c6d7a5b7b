//! Where a tick and a pitch lie on the screen, and back. Pure arithmetic; knows no score.

use super::rows::Rows;
use crate::music::Tick;
use eframe::egui::{Pos2, Rect, pos2};

/// Points a tick: from "a symphony on the screen" to "a sixteenth fills it".
const MIN_PX_PER_TICK: f64 = 1e-5;
const MAX_PX_PER_TICK: f64 = 64.0;
/// Points a semitone.
pub const MIN_ROW: f32 = 3.0;
pub const MAX_ROW: f32 = 48.0;

/// What part of the music is seen, independent of the size of the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// The tick (a real number) at the left edge. Not under 0 but for a small margin.
    pub left: f64,
    /// The row (a real number) at the top edge: 128 shows G9 whole. Rows are pitches unless folded.
    pub top: f32,
    pub px_per_tick: f64,
    /// Height of a semitone.
    pub row: f32,
}

/// A viewport placed on a rectangle of the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transform {
    pub rect: Rect,
    pub view: Viewport,
    pub rows: Rows,
}

impl Transform {
    pub fn x(&self, tick: f64) -> f32 {
        self.rect.left() + ((tick - self.view.left) * self.view.px_per_tick) as f32
    }

    pub fn tick(&self, x: f32) -> f64 {
        self.view.left + f64::from(x - self.rect.left()) / self.view.px_per_tick
    }

    /// The upper edge of the row of `pitch`.
    pub fn y(&self, pitch: u8) -> f32 {
        self.rect.top() + (self.view.top - f32::from(self.rows.row(pitch)) - 1.0) * self.view.row
    }

    /// The pitch whose row holds `y`, kept within those that have one.
    pub fn pitch(&self, y: f32) -> u8 {
        let row = self.view.top - (y - self.rect.top()) / self.view.row;
        self.rows.pitch((row.ceil() - 1.0).clamp(0.0, 127.0) as u8)
    }

    /// The rectangle of a note.
    pub fn note(&self, start: Tick, end: Tick, pitch: u8) -> Rect {
        let top = self.y(pitch);
        Rect::from_min_max(pos2(self.x(start as f64), top), pos2(self.x(end as f64), top + self.view.row))
    }

    /// First and last tick on the screen.
    pub fn ticks(&self) -> (f64, f64) {
        (self.tick(self.rect.left()), self.tick(self.rect.right()))
    }

    /// Lowest and highest pitch on the screen.
    pub fn pitches(&self) -> (u8, u8) {
        (self.pitch(self.rect.bottom() - 0.5), self.pitch(self.rect.top() + 0.5))
    }

    /// The pitches that have a row on the screen, from low to high.
    pub fn shown_pitches(&self) -> impl Iterator<Item = u8> + use<> {
        let (low, high) = self.pitches();
        let rows = self.rows;
        (rows.row(low)..=rows.row(high)).map(move |row| rows.pitch(row))
    }

    /// Zooms in time so that what is under `x` stays there.
    #[must_use]
    pub fn zoomed_time(mut self, x: f32, factor: f64) -> Self {
        let tick = self.tick(x);
        self.view.px_per_tick = (self.view.px_per_tick * factor).clamp(MIN_PX_PER_TICK, MAX_PX_PER_TICK);
        self.view.left = tick - f64::from(x - self.rect.left()) / self.view.px_per_tick;
        self
    }

    /// Zooms in pitch so that what is under `y` stays there.
    #[must_use]
    pub fn zoomed_pitch(mut self, y: f32, factor: f32) -> Self {
        let pitch = self.view.top - (y - self.rect.top()) / self.view.row;
        self.view.row = (self.view.row * factor).clamp(MIN_ROW, MAX_ROW);
        self.view.top = pitch + (y - self.rect.top()) / self.view.row;
        self
    }

    /// Scrolls by points; what lies at the right and below comes into view for positive values.
    #[must_use]
    pub fn scrolled(mut self, dx: f32, dy: f32) -> Self {
        self.view.left += f64::from(dx) / self.view.px_per_tick;
        self.view.top -= dy / self.view.row;
        self
    }

    /// Keeps the music in sight: not before its start, not far past `end`, pitches within 0–127.
    #[must_use]
    pub fn clamped(mut self, end: Tick) -> Self {
        let width = f64::from(self.rect.width()) / self.view.px_per_tick;
        let margin = f64::from(LEFT_MARGIN) / self.view.px_per_tick;
        // Until the end of the music is in the middle.
        let last = (end as f64 - width * 0.5).max(0.0);
        self.view.left = self.view.left.clamp(-margin, last.max(-margin));
        let (rows, all) = (self.rect.height() / self.view.row, f32::from(self.rows.len()));
        self.view.top = if rows >= all { (all + rows) / 2.0 } else { self.view.top.clamp(rows, all) };
        self
    }

    /// Other rows, with the pitch in the middle of the screen where it was.
    #[must_use]
    pub fn with_rows(mut self, rows: Rows) -> Self {
        if self.rows != rows {
            let middle = self.pitch(self.rect.center().y);
            self.rows = rows;
            self.view.top = f32::from(rows.row(middle)) + 0.5 + self.rect.height() / self.view.row / 2.0;
        }
        self
    }

    /// Shows `from..to` in time, and pitches `low..=high` where they fit, else their middle.
    #[must_use]
    pub fn fitted(mut self, from: Tick, to: Tick, low: u8, high: u8) -> Self {
        let width = f64::from((self.rect.width() - 2.0 * LEFT_MARGIN).max(50.0));
        self.view.px_per_tick = (width / (to - from).max(1) as f64).clamp(MIN_PX_PER_TICK, MAX_PX_PER_TICK);
        self.view.left = from as f64 - f64::from(LEFT_MARGIN) / self.view.px_per_tick;
        let (low, high) = (f32::from(self.rows.row(low)), f32::from(self.rows.row(high)));
        let rows = (high - low).max(0.0) + 5.0;
        self.view.row = (self.rect.height() / rows).clamp(9.0, 20.0);
        let middle = (low + high + 1.0) / 2.0;
        self.view.top = middle + self.rect.height() / self.view.row / 2.0;
        self
    }

    /// A point of the screen for a tick and the middle of a pitch's row.
    pub fn point(&self, tick: Tick, pitch: u8) -> Pos2 {
        pos2(self.x(tick as f64), self.y(pitch) + self.view.row / 2.0)
    }
}

/// What is seen of "before the piece" when scrolled to its start, in points.
pub const LEFT_MARGIN: f32 = 8.0;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_transform() -> impl Strategy<Value = Transform> {
        (0f64..1e6, 20f32..128.0, 1e-4f64..4.0, 3f32..48.0).prop_map(|(left, top, px_per_tick, row)| Transform {
            rect: Rect::from_min_max(pos2(60.0, 30.0), pos2(1060.0, 630.0)),
            view: Viewport { left, top, px_per_tick, row },
            rows: Rows::all(),
        })
    }

    proptest! {
        #[test]
        fn there_and_back(t in any_transform(), x in 60f32..1060.0, pitch in 0u8..128) {
            prop_assert!((t.x(t.tick(x)) - x).abs() < 0.1);
            let middle = t.y(pitch) + t.view.row / 2.0;
            prop_assert_eq!(t.pitch(middle), pitch);
        }

        #[test]
        fn zooming_leaves_what_is_under_the_pointer(t in any_transform(), x in 60f32..1060.0, y in 30f32..630.0, by in 0.2f32..5.0) {
            let wide = t.zoomed_time(x, f64::from(by));
            prop_assert!((wide.tick(x) - t.tick(x)).abs() < 1e-3 * (1.0 + t.tick(x).abs()));
            let tall = t.zoomed_pitch(y, by);
            let pitch = |t: &Transform| t.view.top - (y - t.rect.top()) / t.view.row;
            prop_assert!((pitch(&tall) - pitch(&t)).abs() < 1e-3);
        }

        #[test]
        fn clamping_keeps_to_the_music(t in any_transform(), end in 0i64..100_000) {
            let c = t.clamped(end);
            prop_assert!(c.view.left <= end as f64 + 1.0);
            let (low, high) = c.pitches();
            prop_assert!(low <= high);
            prop_assert_eq!(c.clamped(end), c);
        }
    }

    #[test]
    fn fitting_shows_all_of_it() {
        let rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(800.0, 400.0));
        let view = Viewport { left: 0.0, top: 80.0, px_per_tick: 1.0, row: 12.0 };
        let t = Transform { rect, view, rows: Rows::all() }.fitted(960, 9600, 55, 72);
        assert!(t.x(960.0) >= 0.0 && t.x(9600.0) <= 800.0);
        assert!(t.y(72) >= 0.0 && t.y(55) + t.view.row <= 400.0);
    }

    #[test]
    fn folding_keeps_the_middle_and_skips_what_has_no_row() {
        let rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(800.0, 100.0));
        let view = Viewport { left: 0.0, top: 65.0, px_per_tick: 1.0, row: 10.0 };
        let t = Transform { rect, view, rows: Rows::all() };
        let used = (0..128).filter(|p| p % 4 == 0).fold(0u128, |bits, p| bits | 1 << p);
        let folded = t.with_rows(Rows::folded(used)).clamped(1000);
        assert_eq!(folded.pitch(50.0), 56, "the middle was 59 or 60");
        assert_eq!(folded.y(60) + 10.0, folded.y(56), "neighbours among the rows");
        assert!(folded.shown_pitches().all(|p| p % 4 == 0));
    }
}

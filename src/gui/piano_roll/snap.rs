//! The grid: which lengths it may have, and rounding to it.

use crate::gui::text::Text;
use crate::music::Tick;
use serde::{Deserialize, Serialize};

/// A step of the grid, as a user chooses it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grid {
    Off,
    /// As fine as the zoom lets one see.
    #[default]
    Adaptive,
    /// A whole note divided by this number.
    Straight(u16),
    Triplet(u16),
    Dotted(u16),
}

const DIVISIONS: [u16; 7] = [1, 2, 4, 8, 16, 32, 64];

impl Grid {
    /// Every choice, in the order of the list.
    pub fn all() -> Vec<Grid> {
        let mut all = vec![Grid::Off, Grid::Adaptive];
        all.extend(DIVISIONS.map(Grid::Straight));
        all.extend([2, 4, 8, 16, 32].map(Grid::Triplet));
        all.extend([2, 4, 8, 16, 32].map(Grid::Dotted));
        all
    }

    /// Length of a step in ticks, at least 1. Off is one tick.
    pub fn ticks(self, ppq: u32, px_per_tick: f64) -> Tick {
        let whole = Tick::from(ppq) * 4;
        let ticks = match self {
            Grid::Off => 1,
            Grid::Adaptive => adaptive(ppq, px_per_tick, 18.0),
            Grid::Straight(d) => whole / Tick::from(d),
            Grid::Triplet(d) => whole * 2 / (Tick::from(d) * 3),
            Grid::Dotted(d) => whole * 3 / (Tick::from(d) * 2),
        };
        ticks.max(1)
    }

    /// "1/16", "1/8 triplet", "Adaptive".
    pub fn name(self, t: &Text) -> String {
        match self {
            Grid::Off => t.grid_off.into(),
            Grid::Adaptive => t.grid_adaptive.into(),
            Grid::Straight(d) => format!("1/{d}"),
            Grid::Triplet(d) => format!("1/{d} {}", t.grid_triplet),
            Grid::Dotted(d) => format!("1/{d} {}", t.grid_dotted),
        }
    }
}

/// The finest power-of-two part of a whole note, up to a 64th, that is `min_px` wide on the screen.
pub fn adaptive(ppq: u32, px_per_tick: f64, min_px: f64) -> Tick {
    let whole = Tick::from(ppq) * 4;
    let wide_enough =
        |d: &&u16| (whole / Tick::from(**d)) as f64 * px_per_tick >= min_px && whole / Tick::from(**d) > 0;
    DIVISIONS.iter().rev().find(wide_enough).map_or(whole, |d| whole / Tick::from(*d)).max(1)
}

/// `tick` rounded to the nearest line of a grid that starts at `origin` (a bar line).
pub fn nearest(tick: f64, origin: Tick, grid: Tick) -> Tick {
    origin + ((tick - origin as f64) / grid as f64).round() as Tick * grid
}

/// The line of the grid at or before `tick`.
pub fn floor(tick: f64, origin: Tick, grid: Tick) -> Tick {
    origin + ((tick - origin as f64) / grid as f64).floor() as Tick * grid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_the_grid() {
        assert_eq!(Grid::Straight(16).ticks(480, 1.0), 120);
        assert_eq!(Grid::Triplet(8).ticks(480, 1.0), 160);
        assert_eq!(Grid::Dotted(8).ticks(480, 1.0), 360);
        assert_eq!(Grid::Off.ticks(480, 1.0), 1);
        assert_eq!(Grid::Straight(64).ticks(1, 1.0), 1);
    }

    #[test]
    fn adaptive_gets_finer_with_zoom() {
        let steps: Vec<Tick> = [0.001, 0.05, 0.2, 1.0, 10.0].map(|z| adaptive(480, z, 18.0)).to_vec();
        assert!(steps.is_sorted_by(|a, b| a >= b), "{steps:?}");
        assert_eq!((steps[0], steps[4]), (1920, 30));
    }

    #[test]
    fn rounding_counts_from_the_bar() {
        assert_eq!(nearest(130.0, 100, 50), 150);
        assert_eq!(floor(149.0, 100, 50), 100);
        assert_eq!(floor(-1.0, 0, 50), -50);
    }
}

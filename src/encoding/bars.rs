//! The bars of a piece, on the model's grid of steps. Endless: the last meter goes on for ever.

use super::vocabulary::{MAX_BAR_STEPS, STEPS_PER_QUARTER, meter_id};
use crate::music::transform::rescaled;
use crate::music::{Meter, MeterMap, Score};

/// Where an onset falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Bars before this one.
    pub bar: u32,
    /// Steps from the start of the piece to this bar line.
    pub bar_start: u32,
    /// Steps from this bar line to the next.
    pub bar_len: u32,
    /// Steps from this bar line to the onset.
    pub place: u32,
    /// See [`meter_id`].
    pub meter: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    first_bar: u32,
    start: u32,
    bar_len: u32,
    meter: u8,
}

/// Bar lines in steps. Bars longer than [`MAX_BAR_STEPS`] are divided into equal parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarGrid {
    stretches: Vec<Stretch>,
}

impl BarGrid {
    /// One meter throughout.
    pub fn constant(meter: Meter) -> Self {
        Self::new(&MeterMap::constant(meter), STEPS_PER_QUARTER)
    }

    pub fn of(score: &Score) -> Self {
        Self::new(&score.meters, score.ppq)
    }

    fn new(meters: &MeterMap, ppq: u32) -> Self {
        let implied = meters.changes().first().is_none_or(|c| c.tick > 0).then_some((0, Meter::COMMON));
        let changes = implied.into_iter().chain(meters.changes().iter().map(|c| (c.tick, c.meter)));
        let mut stretches: Vec<Stretch> = Vec::new();
        for (tick, meter) in changes {
            let start = u32::try_from(rescaled(tick, ppq, STEPS_PER_QUARTER)).unwrap_or(u32::MAX / 2);
            let bar_len = divided(meter.bar_ticks(STEPS_PER_QUARTER) as u32);
            let first_bar = stretches.last().map_or(0, |s| s.first_bar + (start - s.start).div_ceil(s.bar_len));
            if stretches.last().is_some_and(|s| s.start == start) {
                stretches.pop(); // two changes that fall on one step: the later counts
            }
            stretches.push(Stretch { first_bar, start, bar_len, meter: meter_id(meter, bar_len) });
        }
        Self { stretches }
    }

    /// The bar with this index.
    pub fn bar(&self, bar: u32) -> Place {
        let i = self.stretches.partition_point(|s| s.first_bar <= bar).saturating_sub(1);
        let s = self.stretches[i];
        let bar_start = s.start + (bar - s.first_bar) * s.bar_len;
        let bar_len = self.stretches.get(i + 1).map_or(s.bar_len, |next| s.bar_len.min(next.start - bar_start));
        Place { bar, bar_start, bar_len, place: 0, meter: s.meter }
    }

    /// The bar that holds `step`, and where in it.
    pub fn locate(&self, step: u32) -> Place {
        let i = self.stretches.partition_point(|s| s.start <= step).saturating_sub(1);
        let s = self.stretches[i];
        let bar = self.bar(s.first_bar + (step - s.start) / s.bar_len);
        Place { place: step - bar.bar_start, ..bar }
    }
}

/// The longest equal part of a bar of `steps` that fits, at least 1.
fn divided(steps: u32) -> u32 {
    let steps = steps.max(1);
    (steps.div_ceil(MAX_BAR_STEPS)..=steps).find(|n| steps.is_multiple_of(*n)).map_or(1, |n| steps / n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_and_steps_agree_across_meter_changes() {
        let mut meters = MeterMap::constant(Meter { numerator: 1, denominator: 4 });
        meters.set(480, Meter { numerator: 6, denominator: 8 });
        meters.set(480 + 3 * 1440 - 480, Meter { numerator: 4, denominator: 4 });
        let grid = BarGrid::new(&meters, 480);
        assert_eq!(grid.bar(0), Place { bar: 0, bar_start: 0, bar_len: 24, place: 0, meter: 8 });
        assert_eq!(grid.bar(1).bar_start, 24);
        assert_eq!(grid.bar(3).bar_len, 48, "the change cuts the third 6/8 bar short");
        for bar in 0..40 {
            let b = grid.bar(bar);
            assert_eq!(grid.locate(b.bar_start), b);
            assert_eq!(grid.locate(b.bar_start + b.bar_len - 1).bar, bar);
        }
    }

    #[test]
    fn long_bars_are_divided_evenly() {
        assert_eq!(divided(192), 192);
        assert_eq!(divided(216), 108);
        assert_eq!(divided(240), 120);
        let grid = BarGrid::constant(Meter { numerator: 255, denominator: 1 });
        assert!(grid.bar(0).bar_len <= MAX_BAR_STEPS);
    }
}

//! Rules of when notes stand: grid and swing, how many at once and in a bar, rests.

use super::{Rule, Situation};
use crate::encoding::vocabulary::meter_of_id;
use crate::encoding::{Place, STEPS_PER_QUARTER};

/// Where the steps of a grid (of `grid` steps) of a quarter note come to stand: its off-beat eighth goes from
/// 12 to up to 16 (the third triplet), and what lies between is moved along.
pub fn swung(grid: u32, swing: f32) -> impl Iterator<Item = u32> {
    let half = STEPS_PER_QUARTER / 2;
    let off = half + (4.0 * swing.clamp(0.0, 1.0)).round() as u32;
    let place = move |p: u32| {
        let late = p.saturating_sub(half);
        (p.min(half) * off + half / 2) / half + (late * (STEPS_PER_QUARTER - off) + half / 2) / half
    };
    (0..STEPS_PER_QUARTER).step_by(grid.max(1) as usize).map(place)
}

/// The straight grid that swing moves: sixteenths where none is set. None where it has no off-beat eighth, or
/// in compound meters, whose eighths are even.
pub fn swung_grid(grid: Option<u32>, meter: u8) -> Option<u32> {
    let grid = grid.unwrap_or(STEPS_PER_QUARTER / 4);
    Some(grid).filter(|g| *g > 0 && (STEPS_PER_QUARTER / 2).is_multiple_of(*g) && !meter_of_id(meter).is_compound())
}

impl Situation<'_> {
    /// Whether the first note of a piece from nothing comes next, and on the bar line as that is asked for. A
    /// rhythm that is kept says itself where it begins.
    pub fn opens_a_piece(&self) -> bool {
        let free = self.settings.start_on_bar && self.settings.rules.rhythm_from.is_none();
        free && !self.begun && self.region.0 == 0 && !self.settings.task.opens()
    }

    /// With swing the grid is the swung one.
    pub(super) fn on_grid(&self, rules: &[Rule], place: &Place) -> bool {
        let moved = rules.contains(&Rule::Swing) && swung_grid(self.settings.grid, place.meter).is_some();
        moved || self.settings.grid.is_none_or(|g| place.place.is_multiple_of(g.max(1)))
    }

    pub(super) fn swings(&self, place: &Place) -> bool {
        let Some(swing) = self.settings.rules.swing else { return true };
        let grid = swung_grid(self.settings.grid, place.meter);
        grid.is_none_or(|g| swung(g, swing).any(|p| p == place.place % STEPS_PER_QUARTER))
    }

    fn n_sounding(&self, onset: u32) -> u32 {
        (self.sounding.iter().filter(|end| **end > onset).count() + self.given.n_sounding(onset)) as u32
    }

    pub(super) fn has_a_voice_left(&self, onset: u32) -> bool {
        self.settings.max_polyphony.is_none_or(|most| self.n_sounding(onset) < most)
    }

    /// Whether a note that long leaves room for what is given and begins while it sounds.
    pub(super) fn leaves_room(&self, onset: u32, duration: u16) -> bool {
        let full = |at: u32| !self.has_a_voice_left(at);
        !self.given.onsets(onset, onset + u32::from(duration)).any(full)
    }

    fn longest_rest(&self) -> u32 {
        let quarters = self.settings.rules.max_rest.unwrap_or(f32::MAX);
        (quarters * STEPS_PER_QUARTER as f32) as u32
    }

    /// Whether no silence up to `onset` is too long.
    pub(super) fn rests_little(&self, onset: u32) -> bool {
        let at = self.decoder.at();
        self.past.silence(at.bar_start + at.place, onset) <= self.longest_rest()
    }

    pub(super) fn bar_has_room(&self, bar: u32) -> bool {
        self.settings.rules.max_notes_per_bar.is_none_or(|most| self.past.n_in_bar(bar) < most)
    }

    /// Whether every bar before `bar` is full enough, from the one where the last note stands.
    pub(super) fn bars_are_full(&self, bar: u32) -> bool {
        let least = self.settings.rules.min_notes_per_bar.unwrap_or(0);
        let first = self.decoder.grid().locate(self.region.0).bar;
        (self.decoder.at().bar.max(first)..bar).all(|b| self.past.n_in_bar(b) >= least)
    }

    /// Whether the bar can still be filled from this place on.
    pub(super) fn bar_can_be_filled(&self, place: &Place) -> bool {
        let least = self.settings.rules.min_notes_per_bar.unwrap_or(0);
        let missing = least.saturating_sub(self.past.n_in_bar(place.bar) + 1);
        let onsets = (place.bar_len - place.place - 1) / self.settings.grid.unwrap_or(1).max(1);
        self.bars_are_full(place.bar) && missing <= onsets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swing_moves_the_off_beat_eighth_to_the_triplet() {
        let of = |grid, swing| swung(grid, swing).collect::<Vec<u32>>();
        assert_eq!(of(12, 0.0), [0, 12]);
        assert_eq!(of(12, 1.0), [0, 16]);
        assert_eq!(of(6, 0.5), [0, 7, 14, 19]);
        assert_eq!(of(6, 1.0), [0, 8, 16, 20]);
        assert_eq!((swung_grid(Some(8), 1), swung_grid(Some(24), 1), swung_grid(None, 4)), (None, None, None));
    }
}

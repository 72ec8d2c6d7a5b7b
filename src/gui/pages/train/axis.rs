//! The axes of the plot: what runs across, how far up it reaches, and where its marks stand.

use super::view::Sample;
use egui_plot::{GridInput, GridMark};

/// What runs across.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    #[default]
    Steps,
    Epochs,
    Minutes,
}

impl Axis {
    pub const ALL: [Axis; 3] = [Axis::Steps, Axis::Epochs, Axis::Minutes];

    pub fn of(self, s: &Sample) -> f64 {
        match self {
            Axis::Steps => s.step,
            Axis::Epochs => s.epoch,
            Axis::Minutes => s.minutes,
        }
    }

    /// A place on it as people write it.
    pub fn text(self, x: f64) -> String {
        match self {
            Axis::Steps => super::thousands(x.max(0.0).round() as u64),
            Axis::Epochs | Axis::Minutes => format!("{:.*}", usize::from(x < 20.0), x.max(0.0)),
        }
    }
}

/// The range worth showing: the middle nine tenths of the raw values, all of `must`, and as many of the
/// levels as stand near; with some room, by ratio on a log axis. `None` where there is nothing.
pub fn range(raw: &[f64], must: &[f64], levels: &[f64], log: bool) -> Option<(f64, f64)> {
    let mut sorted: Vec<f64> = raw.iter().copied().filter(|y| y.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| sorted.get(((sorted.len().max(1) - 1) as f64 * share).round() as usize).copied();
    let ends = [at(0.05), at(0.95)].into_iter().flatten().chain(must.iter().copied());
    let (mut low, mut high) = ends.fold((f64::MAX, f64::MIN), |(l, h), y| (l.min(y), h.max(y)));
    if low > high {
        return None;
    }
    for level in levels.iter().copied().filter(|l| *l > 0.0) {
        if level <= high * 1.6 && level >= low * 0.5 {
            (low, high) = (low.min(level), high.max(level));
        }
    }
    if log && low > 0.0 {
        let room = (high / low).max(1.05).powf(0.06);
        return Some((low / room, high * room));
    }
    // Something to see even where all is one value.
    let room = ((high - low) * 0.06).max(high.abs() * 0.02).max(1e-6);
    Some(((low - room).max(low * 0.5), high + room))
}

/// Lines at numbers that read well: 1, 1.5, 2, 3, 5 and 7 of each power of ten, finer ones between.
pub fn log_marks(input: GridInput) -> Vec<GridMark> {
    const MAJOR: [f64; 6] = [1.0, 1.5, 2.0, 3.0, 5.0, 7.0];
    const MINOR: [f64; 9] = [1.2, 1.7, 2.2, 2.5, 3.5, 4.0, 4.5, 6.0, 8.0];
    let (low, high) = input.bounds;
    let decades = (low.floor() as i32).max(-9)..=(high.ceil() as i32).min(6);
    let mark = |step_size| move |(ten, m): (i32, f64)| GridMark { value: f64::from(ten) + m.log10(), step_size };
    let pairs = |list: &'static [f64]| decades.clone().flat_map(move |ten| list.iter().map(move |m| (ten, *m)));
    let (major, minor) = (pairs(&MAJOR).map(mark(0.15)), pairs(&MINOR).map(mark(0.04)));
    major.chain(minor).filter(|m| (low..=high).contains(&m.value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_leaves_outliers_out_and_near_levels_in() {
        let raw: Vec<f64> = (0..100).map(|i| if i < 3 { 50.0 } else { 2.0 - f64::from(i) / 100.0 }).collect();
        let (low, high) = range(&raw, &[1.2], &[2.9, 7.5, 22.0], false).expect("there are values");
        assert!(low < 1.06 && low > 0.9 && (2.9..3.2).contains(&high), "{low} {high}");
        assert_eq!(range(&[], &[], &[3.0], true), None);
        let (low, high) = range(&[2.0], &[], &[], false).expect("one value");
        assert!(low < 2.0 && high > 2.0);
        let (low, high) = range(&[1.0, 10.0], &[1.0, 10.0], &[], true).expect("two values");
        assert!(low > 0.8 && low < 1.0 && high > 10.0 && high < 12.0, "{low} {high}");
        assert!(range(&[f64::NAN], &[1.0], &[], true).is_some());
    }

    #[test]
    fn places_read_well() {
        assert_eq!(Axis::Steps.text(12_345.4), "12,345");
        assert_eq!(Axis::Minutes.text(3.25), "3.2");
        assert_eq!(Axis::Epochs.text(31.0), "31");
    }
}

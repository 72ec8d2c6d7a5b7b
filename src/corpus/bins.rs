//! The bars of the pictures of a corpus: which there are, what they are called, where a value falls.
//!
//! Bars are numbered once for all corpora, so that two pictures can be compared bar by bar.

use crate::music::{Key, Meter, Tick};

/// Steps a quarter note in which lengths are told apart.
pub const STEPS_A_QUARTER: u32 = 24;

/// No picture has more bars.
pub const MOST_BARS: usize = 25;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Picture {
    /// Notes by pitch class.
    PitchClasses,
    /// Pieces by the distance from their lowest to their highest note, in semitones.
    Ranges,
    /// Notes by length, at the nearest note value.
    Durations,
    /// Pieces by key.
    Keys,
    /// Pieces by their first meter.
    Meters,
    /// Notes by how many sound when they begin, themselves among them.
    Polyphony,
}

const PITCH_CLASSES: [&str; 12] = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];

/// Bars of half an octave: 0–6, 7–12 …, and one for all that is wider.
const HALF_OCTAVE: u8 = 6;
const N_RANGES: usize = 13;

/// Note values and their length in steps. A dot adds half, a 3 marks a triplet's.
const DURATIONS: [(&str, Tick); 13] = [
    ("1/32", 3),
    ("1/16 3", 4),
    ("1/16", 6),
    ("1/8 3", 8),
    ("1/16.", 9),
    ("1/8", 12),
    ("1/4 3", 16),
    ("1/8.", 18),
    ("1/4", 24),
    ("1/4.", 36),
    ("1/2", 48),
    ("1/2.", 72),
    ("1/1", 96),
];

const METERS: [(u8, u8); 15] = [
    (2, 4),
    (3, 4),
    (4, 4),
    (5, 4),
    (6, 4),
    (7, 4),
    (2, 2),
    (3, 2),
    (4, 2),
    (3, 8),
    (5, 8),
    (6, 8),
    (7, 8),
    (9, 8),
    (12, 8),
];

/// The last bar of polyphony holds this many and more.
const MANY: usize = 8;

impl Picture {
    pub const ALL: [Picture; 6] =
        [Self::PitchClasses, Self::Ranges, Self::Durations, Self::Keys, Self::Meters, Self::Polyphony];

    /// As reports name it; it never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::PitchClasses => "pitch_classes",
            Self::Ranges => "ranges",
            Self::Durations => "durations",
            Self::Keys => "keys",
            Self::Meters => "meters",
            Self::Polyphony => "polyphony",
        }
    }

    /// What its bars count: "notes" or "pieces".
    pub fn counts(self) -> &'static str {
        match self {
            Self::PitchClasses | Self::Durations | Self::Polyphony => "notes",
            Self::Ranges | Self::Keys | Self::Meters => "pieces",
        }
    }

    pub fn n_bars(self) -> usize {
        match self {
            Self::PitchClasses => PITCH_CLASSES.len(),
            Self::Ranges => N_RANGES,
            Self::Durations => DURATIONS.len(),
            Self::Keys => MOST_BARS,
            Self::Meters => METERS.len() + 1,
            Self::Polyphony => MANY,
        }
    }

    /// What stands below a bar; "" where there is no such bar.
    pub fn label(self, bar: usize) -> String {
        if bar >= self.n_bars() {
            return String::new();
        }
        match self {
            Self::PitchClasses => PITCH_CLASSES[bar].to_owned(),
            Self::Ranges => {
                let (low, high) = (bar * usize::from(HALF_OCTAVE) + 1, (bar + 1) * usize::from(HALF_OCTAVE));
                match bar {
                    0 => format!("0–{high}"),
                    _ if bar + 1 == N_RANGES => format!("{low}+"),
                    _ => format!("{low}–{high}"),
                }
            }
            Self::Durations => DURATIONS[bar].0.to_owned(),
            Self::Keys => Key::all().nth(bar).map_or_else(|| "not known".to_owned(), |k| k.to_string()),
            Self::Meters => METERS.get(bar).map_or_else(|| "other".to_owned(), |(n, d)| format!("{n}/{d}")),
            Self::Polyphony if bar + 1 == MANY => format!("{MANY}+"),
            Self::Polyphony => (bar + 1).to_string(),
        }
    }
}

/// The bar of a compass from `low` to `high`.
pub fn range(low: u8, high: u8) -> usize {
    let semitones = usize::from(high.saturating_sub(low));
    (semitones.saturating_sub(1) / usize::from(HALF_OCTAVE)).min(N_RANGES - 1)
}

/// The bar of a length in steps: the note value nearest to it, as a ratio.
pub fn duration(steps: Tick) -> usize {
    let steps = steps.max(1);
    // From one value on to the next where the length is beyond their geometric mean.
    DURATIONS.windows(2).take_while(|pair| steps.saturating_mul(steps) > pair[0].1 * pair[1].1).count()
}

/// The bar of a key, major keys from C up before minor ones, the last for none.
pub fn key(key: Option<Key>) -> usize {
    key.and_then(|key| Key::all().position(|k| k == key)).unwrap_or(MOST_BARS - 1)
}

pub fn meter(meter: Meter) -> usize {
    METERS.iter().position(|m| *m == (meter.numerator, meter.denominator)).unwrap_or(METERS.len())
}

/// The bar of so many notes at once, 1 and more.
pub fn polyphony(sounding: usize) -> usize {
    sounding.clamp(1, MANY) - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_bar_has_a_name_of_its_own() {
        for picture in Picture::ALL {
            assert!(picture.n_bars() <= MOST_BARS, "{picture:?}");
            let labels: BTreeSet<String> = (0..picture.n_bars()).map(|bar| picture.label(bar)).collect();
            assert_eq!(labels.len(), picture.n_bars(), "{picture:?}");
            assert!(!labels.contains(""), "{picture:?}");
            assert_eq!(picture.label(picture.n_bars()), "");
        }
    }

    #[test]
    fn values_fall_where_they_belong() {
        for (bar, (_, steps)) in DURATIONS.iter().enumerate() {
            assert_eq!(duration(*steps), bar);
        }
        assert_eq!([duration(1), duration(23), duration(1_000_000), duration(Tick::MAX)], [0, 8, 12, 12]);
        let label = |low, high| Picture::Ranges.label(range(low, high));
        assert_eq!([label(60, 60), label(60, 66), label(60, 67), label(0, 127)], ["0–6", "0–6", "7–12", "73+"]);
        for (bar, of) in Key::all().enumerate() {
            assert_eq!((key(Some(of)), Picture::Keys.label(bar)), (bar, of.to_string()));
        }
        assert_eq!(Picture::Keys.label(key(None)), "not known");
        assert_eq!(Picture::Meters.label(meter(Meter::COMMON)), "4/4");
        assert_eq!(Picture::Meters.label(meter(Meter { numerator: 11, denominator: 8 })), "other");
        assert_eq!([polyphony(0), polyphony(1), polyphony(8), polyphony(99)], [0, 0, 7, 7]);
    }
}

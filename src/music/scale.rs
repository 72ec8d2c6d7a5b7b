//! Scales beyond major and minor: a root and the steps above it.

use super::key::{Key, Mode};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ScaleKind {
    #[default]
    Major,
    Minor,
    HarmonicMinor,
    MelodicMinor,
    Dorian,
    Phrygian,
    Lydian,
    Mixolydian,
    Locrian,
    MajorPentatonic,
    MinorPentatonic,
    Blues,
    WholeTone,
    Octatonic,
    Chromatic,
}

impl ScaleKind {
    pub const ALL: [ScaleKind; 15] = [
        ScaleKind::Major,
        ScaleKind::Minor,
        ScaleKind::HarmonicMinor,
        ScaleKind::MelodicMinor,
        ScaleKind::Dorian,
        ScaleKind::Phrygian,
        ScaleKind::Lydian,
        ScaleKind::Mixolydian,
        ScaleKind::Locrian,
        ScaleKind::MajorPentatonic,
        ScaleKind::MinorPentatonic,
        ScaleKind::Blues,
        ScaleKind::WholeTone,
        ScaleKind::Octatonic,
        ScaleKind::Chromatic,
    ];

    /// Semitones above the root.
    pub fn steps(self) -> &'static [u8] {
        match self {
            ScaleKind::Major => &[0, 2, 4, 5, 7, 9, 11],
            ScaleKind::Minor => &[0, 2, 3, 5, 7, 8, 10],
            ScaleKind::HarmonicMinor => &[0, 2, 3, 5, 7, 8, 11],
            ScaleKind::MelodicMinor => &[0, 2, 3, 5, 7, 9, 11],
            ScaleKind::Dorian => &[0, 2, 3, 5, 7, 9, 10],
            ScaleKind::Phrygian => &[0, 1, 3, 5, 7, 8, 10],
            ScaleKind::Lydian => &[0, 2, 4, 6, 7, 9, 11],
            ScaleKind::Mixolydian => &[0, 2, 4, 5, 7, 9, 10],
            ScaleKind::Locrian => &[0, 1, 3, 5, 6, 8, 10],
            ScaleKind::MajorPentatonic => &[0, 2, 4, 7, 9],
            ScaleKind::MinorPentatonic => &[0, 3, 5, 7, 10],
            ScaleKind::Blues => &[0, 3, 5, 6, 7, 10],
            ScaleKind::WholeTone => &[0, 2, 4, 6, 8, 10],
            ScaleKind::Octatonic => &[0, 1, 3, 4, 6, 7, 9, 10],
            ScaleKind::Chromatic => &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        }
    }
}

/// A root (pitch class 0–11, C = 0) and what is built on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scale {
    pub root: u8,
    pub kind: ScaleKind,
}

impl Scale {
    pub fn new(root: u8, kind: ScaleKind) -> Self {
        Self { root: root % 12, kind }
    }

    /// Which of the 12 pitch classes belong to it.
    pub fn pitch_classes(self) -> [bool; 12] {
        let mut set = [false; 12];
        for step in self.kind.steps() {
            set[usize::from((self.root + step) % 12)] = true;
        }
        set
    }

    /// The next pitch of the scale above (`way` = 1) or below (−1) `pitch`; `None` past the end of MIDI.
    pub fn next(self, pitch: u8, way: i16) -> Option<u8> {
        let set = self.pitch_classes();
        let inside = |p: &i16| set[p.rem_euclid(12) as usize];
        let found = (1..=12).map(|i| i16::from(pitch) + i * way.signum()).find(inside);
        found.and_then(|p| u8::try_from(p).ok()).filter(|p| *p < 128)
    }
}

impl From<Key> for Scale {
    fn from(key: Key) -> Self {
        Self::new(key.tonic, if key.mode == Mode::Major { ScaleKind::Major } else { ScaleKind::Minor })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_agree_with_keys_and_are_in_order() {
        for key in Key::all() {
            assert_eq!(Scale::from(key).pitch_classes(), key.pitch_classes());
        }
        for kind in ScaleKind::ALL {
            assert!(kind.steps().is_sorted() && kind.steps()[0] == 0 && kind.steps().iter().all(|s| *s < 12));
        }
    }

    #[test]
    fn the_next_pitch_of_the_scale() {
        let blues = Scale::new(9, ScaleKind::Blues);
        assert_eq!((blues.next(69, 1), blues.next(69, -1)), (Some(72), Some(67)));
        assert_eq!(Scale::new(0, ScaleKind::Major).next(127, 1), None);
    }
}

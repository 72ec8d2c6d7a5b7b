//! Chords as symbols: a root, a quality and perhaps another bass, as in "Am7", "F♯ø7", "C/E".
//!
//! Says nothing of how a chord is voiced.

use super::key::{Key, pitch_class};
use serde::{Deserialize, Serialize};

/// What is built on the root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Quality {
    #[default]
    Major,
    Minor,
    Diminished,
    Augmented,
    Sus2,
    Sus4,
    Power,
    Sixth,
    MinorSixth,
    Seventh,
    MajorSeventh,
    MinorSeventh,
    MinorMajorSeventh,
    HalfDiminished,
    DiminishedSeventh,
    SeventhSus4,
    AddNinth,
    Ninth,
    MajorNinth,
    MinorNinth,
}

/// One row of [`QUALITIES`].
pub struct Spelling {
    pub quality: Quality,
    /// How it is written after the root.
    pub symbol: &'static str,
    /// Other ways in which people write it.
    aliases: &'static [&'static str],
    /// Semitones above the root.
    pub steps: &'static [u8],
}

const fn row(
    quality: Quality,
    symbol: &'static str,
    aliases: &'static [&'static str],
    steps: &'static [u8],
) -> Spelling {
    Spelling { quality, symbol, aliases, steps }
}

/// Every quality, simple ones first.
pub const QUALITIES: [Spelling; 20] = [
    row(Quality::Major, "", &["maj", "M", "major"], &[0, 4, 7]),
    row(Quality::Minor, "m", &["min", "-", "mi", "minor"], &[0, 3, 7]),
    row(Quality::Power, "5", &[], &[0, 7]),
    row(Quality::Diminished, "°", &["dim", "o", "º", "mb5", "m♭5"], &[0, 3, 6]),
    row(Quality::Augmented, "+", &["aug"], &[0, 4, 8]),
    row(Quality::Sus2, "sus2", &[], &[0, 2, 7]),
    row(Quality::Sus4, "sus4", &["sus"], &[0, 5, 7]),
    row(Quality::Sixth, "6", &["maj6", "M6"], &[0, 4, 7, 9]),
    row(Quality::MinorSixth, "m6", &["min6", "-6"], &[0, 3, 7, 9]),
    row(Quality::Seventh, "7", &["dom7"], &[0, 4, 7, 10]),
    row(Quality::MajorSeventh, "maj7", &["M7", "Δ", "Δ7", "ma7", "j7"], &[0, 4, 7, 11]),
    row(Quality::MinorSeventh, "m7", &["min7", "-7", "mi7"], &[0, 3, 7, 10]),
    row(Quality::MinorMajorSeventh, "mM7", &["mmaj7", "mΔ7", "minmaj7", "m(maj7)"], &[0, 3, 7, 11]),
    row(Quality::HalfDiminished, "ø7", &["ø", "m7b5", "m7♭5", "min7b5", "-7b5"], &[0, 3, 6, 10]),
    row(Quality::DiminishedSeventh, "°7", &["dim7", "o7", "º7"], &[0, 3, 6, 9]),
    row(Quality::SeventhSus4, "7sus4", &["7sus"], &[0, 5, 7, 10]),
    row(Quality::AddNinth, "add9", &["(add9)", "add2"], &[0, 2, 4, 7]),
    row(Quality::Ninth, "9", &[], &[0, 2, 4, 7, 10]),
    row(Quality::MajorNinth, "maj9", &["M9", "Δ9"], &[0, 2, 4, 7, 11]),
    row(Quality::MinorNinth, "m9", &["min9", "-9"], &[0, 2, 3, 7, 10]),
];

const SHARPS: [&str; 12] = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const FLATS: [&str; 12] = ["C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B"];
/// Where no key says which.
const EITHER: [&str; 12] = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];

/// A chord. Root and bass are pitch classes, 0–11, C = 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Chord {
    pub root: u8,
    pub quality: Quality,
    /// The lowest note, where it is not the root.
    pub bass: Option<u8>,
}

impl Chord {
    pub fn new(root: u8, quality: Quality) -> Self {
        Self { root: root % 12, quality, bass: None }
    }

    /// The same chord over `bass`; over its root it is the plain one.
    #[must_use]
    pub fn over(self, bass: u8) -> Self {
        Self { bass: Some(bass % 12).filter(|b| *b != self.root), ..self }
    }

    /// Which of the 12 pitch classes belong to it, its bass among them.
    pub fn pitch_classes(self) -> [bool; 12] {
        let mut set = [false; 12];
        for step in self.quality.steps() {
            set[usize::from((self.root + step) % 12)] = true;
        }
        if let Some(bass) = self.bass {
            set[usize::from(bass % 12)] = true;
        }
        set
    }

    /// The chord that many semitones higher.
    #[must_use]
    pub fn transposed(self, semitones: i8) -> Self {
        let moved = |pc: u8| (i16::from(pc) + i16::from(semitones)).rem_euclid(12) as u8;
        Self { root: moved(self.root), bass: self.bass.map(moved), ..self }
    }

    /// The symbol, with flats in flat keys and sharps in sharp ones.
    pub fn spelled(self, key: Option<Key>) -> String {
        let names = names_in(key);
        let bass = self.bass.map_or_else(String::new, |b| format!("/{}", names[usize::from(b % 12)]));
        format!("{}{}{bass}", names[usize::from(self.root % 12)], self.quality.spelling().symbol)
    }

    /// Reads "Am7", "Bb", "F♯ø7", "C/E", "ebmaj7".
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (body, bass) = match text.rsplit_once('/') {
            // "C6/9" would be a bass of 9: no such name, and refused with it.
            Some((body, bass)) => (body.trim_end(), Some(whole_pitch_class(bass.trim())?)),
            None => (text, None),
        };
        let (root, rest) = pitch_class(body)?;
        let written = |row: &&Spelling| row.symbol == rest || row.aliases.contains(&rest);
        let quality = QUALITIES.iter().find(written)?.quality;
        let chord = Chord::new(root, quality);
        Some(bass.map_or(chord, |b| chord.over(b)))
    }
}

/// The twelve names as they are written in a key.
pub(super) fn names_in(key: Option<Key>) -> [&'static str; 12] {
    match key.map_or(0, Key::fifths) {
        ..0 => FLATS,
        0 => EITHER,
        1.. => SHARPS,
    }
}

impl Quality {
    pub fn spelling(self) -> &'static Spelling {
        QUALITIES.iter().find(|row| row.quality == self).expect("every quality has its row; a test asks each")
    }

    /// Semitones above the root.
    pub fn steps(self) -> &'static [u8] {
        self.spelling().steps
    }
}

fn whole_pitch_class(text: &str) -> Option<u8> {
    pitch_class(text).filter(|(_, rest)| rest.is_empty()).map(|(pc, _)| pc)
}

impl std::fmt::Display for Chord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.spelled(None))
    }
}

impl From<Chord> for String {
    fn from(chord: Chord) -> Self {
        chord.to_string()
    }
}

impl TryFrom<String> for Chord {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Chord::parse(&text).ok_or_else(|| format!("{text:?} is not a chord"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Mode;

    #[test]
    fn every_chord_is_read_as_it_is_written() {
        for row in &QUALITIES {
            assert_eq!(row.quality.spelling().symbol, row.symbol);
            for root in 0..12 {
                for bass in 0..12 {
                    let chord = Chord::new(root, row.quality).over(bass);
                    for key in [None, Some(Key::new(1, Mode::Major)), Some(Key::new(4, Mode::Major))] {
                        assert_eq!(Chord::parse(&chord.spelled(key)), Some(chord), "{}", chord.spelled(key));
                    }
                }
                for alias in row.aliases {
                    assert_eq!(
                        Chord::parse(&format!("{}{alias}", FLATS[root as usize])),
                        Some(Chord::new(root, row.quality))
                    );
                }
            }
        }
        for nonsense in ["", "H", "Cxyz", "C/", "C6/9", "7", "Am7/x"] {
            assert_eq!(Chord::parse(nonsense), None, "{nonsense:?}");
        }
    }

    #[test]
    fn signs_follow_the_key() {
        let chord = Chord::new(8, Quality::Minor);
        assert_eq!(chord.spelled(Some(Key::new(3, Mode::Major))), "A♭m");
        assert_eq!(chord.spelled(Some(Key::new(4, Mode::Major))), "G♯m");
        assert_eq!(chord.transposed(-9), Chord::new(11, Quality::Minor));
    }
}

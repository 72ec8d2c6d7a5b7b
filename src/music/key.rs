//! Musical keys: naming, scales, and estimation by correlation with key profiles.
//!
//! Profiles: C. Krumhansl and E. Kessler, "Tracing the dynamic changes in perceived tonal
//! organization", Psychological Review 89 (1982).

use super::score::Score;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Major,
    Minor,
}

/// A tonic (pitch class 0–11, C = 0) and a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    pub tonic: u8,
    pub mode: Mode,
}

const MAJOR_PROFILE: [f64; 12] = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88];
const MINOR_PROFILE: [f64; 12] = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17];
const MAJOR_NAMES: [&str; 12] = ["C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
const MINOR_NAMES: [&str; 12] = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "G♯", "A", "B♭", "B"];

impl Key {
    pub fn new(tonic: u8, mode: Mode) -> Self {
        Self { tonic: tonic % 12, mode }
    }

    pub fn all() -> impl Iterator<Item = Key> {
        [Mode::Major, Mode::Minor].into_iter().flat_map(|mode| (0..12).map(move |tonic| Key { tonic, mode }))
    }

    /// Sharps (positive) or flats (negative) of the signature, −6…6.
    pub fn fifths(self) -> i8 {
        let major_tonic = match self.mode {
            Mode::Major => self.tonic,
            Mode::Minor => (self.tonic + 3) % 12,
        };
        let fifths = (i16::from(major_tonic) * 7).rem_euclid(12) as i8;
        if fifths > 6 { fifths - 12 } else { fifths }
    }

    /// The key with this many sharps (negative: flats).
    pub fn from_fifths(fifths: i8, mode: Mode) -> Self {
        let major_tonic = (i16::from(fifths) * 7).rem_euclid(12) as u8;
        match mode {
            Mode::Major => Self::new(major_tonic, mode),
            Mode::Minor => Self::new(major_tonic + 9, mode),
        }
    }

    /// Which of the 12 pitch classes belong to the scale: major, or natural minor.
    pub fn pitch_classes(self) -> [bool; 12] {
        let steps: &[u8] = match self.mode {
            Mode::Major => &[0, 2, 4, 5, 7, 9, 11],
            Mode::Minor => &[0, 2, 3, 5, 7, 8, 10],
        };
        let mut set = [false; 12];
        for s in steps {
            set[usize::from((self.tonic + s) % 12)] = true;
        }
        set
    }

    /// Reads "D minor", "Eb major", "F#", "bb min", "A♭m".
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (tonic, rest) = pitch_class(text)?;
        let word = rest.trim();
        let mode = match word.to_lowercase().as_str() {
            "" | "major" | "maj" | "ionian" => Mode::Major,
            "m" | "minor" | "min" | "aeolian" => Mode::Minor,
            _ => return None,
        };
        let mode = if word == "M" { Mode::Major } else { mode };
        Some(Self::new(tonic, mode))
    }

    /// The best key for a piece by duration-weighted pitch classes, with a confidence: how far its
    /// correlation stands above the best key that is not its relative (0 = a guess). `None` where
    /// no pitched note sounds. Drums do not count.
    pub fn estimate(score: &Score) -> Option<(Key, f64)> {
        let mut weight = [0.0; 12];
        for voice in score.voices.iter().filter(|v| v.role != super::Role::Drums) {
            for n in &voice.notes {
                weight[usize::from(n.pitch % 12)] += n.duration as f64;
            }
        }
        Self::estimate_from_weights(&weight)
    }

    /// As [`Key::estimate`], from a weight for each pitch class.
    pub fn estimate_from_weights(weight: &[f64; 12]) -> Option<(Key, f64)> {
        if weight.iter().sum::<f64>() <= 0.0 {
            return None;
        }
        let best = Key::all().max_by(|a, b| a.fit(weight).total_cmp(&b.fit(weight)))?;
        Some((best, best.confidence(weight)))
    }

    /// How well the key's profile agrees with a weight for each pitch class, −1…1.
    fn fit(self, weight: &[f64; 12]) -> f64 {
        let profile = if self.mode == Mode::Major { &MAJOR_PROFILE } else { &MINOR_PROFILE };
        correlation(&std::array::from_fn(|pc| profile[(pc + 12 - usize::from(self.tonic)) % 12]), weight)
    }

    /// How far the key's agreement stands above that of the best key that is not its relative.
    pub(super) fn confidence(self, weight: &[f64; 12]) -> f64 {
        let others = Key::all().filter(|k| k.fifths() != self.fifths());
        let rival = others.map(|k| k.fit(weight)).fold(f64::NEG_INFINITY, f64::max);
        (self.fit(weight) - rival).max(0.0)
    }
}

fn correlation(a: &[f64; 12], b: &[f64; 12]) -> f64 {
    let mean = |x: &[f64; 12]| x.iter().sum::<f64>() / 12.0;
    let (ma, mb) = (mean(a), mean(b));
    let dot = |x: &[f64; 12], mx: f64, y: &[f64; 12], my: f64| -> f64 {
        x.iter().zip(y).map(|(p, q)| (p - mx) * (q - my)).sum()
    };
    let norm = (dot(a, ma, a, ma) * dot(b, mb, b, mb)).sqrt();
    if norm > 0.0 { dot(a, ma, b, mb) / norm } else { 0.0 }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.mode {
            Mode::Major => write!(f, "{} major", MAJOR_NAMES[usize::from(self.tonic)]),
            Mode::Minor => write!(f, "{} minor", MINOR_NAMES[usize::from(self.tonic)]),
        }
    }
}

/// A letter and its sign at the start of `text`, and what follows.
pub(super) fn pitch_class(text: &str) -> Option<(u8, &str)> {
    let mut chars = text.chars();
    let letter: i16 = match chars.next()?.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let rest = chars.as_str();
    let sign = |c: char| match c {
        '#' | '♯' => Some(1),
        'b' | '♭' => Some(-1),
        _ => None,
    };
    match rest.chars().next().and_then(|c| sign(c).map(|s| (s, c.len_utf8()))) {
        Some((step, len)) => Some(((letter + step).rem_euclid(12) as u8, &rest[len..])),
        None => Some((letter as u8, rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_signatures_and_parsing_agree() {
        for key in Key::all() {
            assert_eq!(Key::parse(&key.to_string()), Some(key));
            assert_eq!(Key::from_fifths(key.fifths(), key.mode), key);
        }
        assert_eq!(Key::parse("Bb min"), Some(Key::new(10, Mode::Minor)));
        assert_eq!(Key::parse("H major"), None);
    }

    #[test]
    fn a_scale_is_heard_in_its_own_key() {
        for tonic in 0..12u8 {
            let mut weight = [0.0; 12];
            for (step, w) in [(0, 4.0), (2, 1.0), (4, 2.0), (5, 1.0), (7, 3.0), (9, 1.0), (11, 1.0)] {
                weight[usize::from((tonic + step) % 12)] = w;
            }
            assert_eq!(Key::estimate_from_weights(&weight).map(|k| k.0), Some(Key::new(tonic, Mode::Major)));
        }
        assert_eq!(Key::estimate_from_weights(&[0.0; 12]), None);
    }
}

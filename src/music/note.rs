//! A note: what sounds, when and how long. Which voice it belongs to is the score's business.

use super::time::Tick;
use serde::{Deserialize, Serialize};

/// Names a note through edits, so that a selection survives them. Unique within a score, never reused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoteId(pub u32);

/// A sounding note. `pitch` and `velocity` are MIDI's (0–127 and 1–127), `duration` is at least 1 tick.
///
/// Two notes are equal when they sound the same: identity (`id`) does not take part.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Note {
    pub id: NoteId,
    pub start: Tick,
    pub duration: Tick,
    pub pitch: u8,
    pub velocity: u8,
}

impl Note {
    /// A note without an identity yet; [`crate::music::Score::insert`] gives it one.
    pub fn new(start: Tick, duration: Tick, pitch: u8, velocity: u8) -> Self {
        Self {
            id: NoteId::default(),
            start,
            duration: duration.max(1),
            pitch: pitch.min(127),
            velocity: velocity.clamp(1, 127),
        }
    }

    /// The first tick at which it no longer sounds.
    pub fn end(&self) -> Tick {
        self.start + self.duration
    }

    /// The order in which notes of a voice are kept: by start, then from low to high.
    pub fn order(&self) -> (Tick, u8, Tick) {
        (self.start, self.pitch, self.duration)
    }
}

impl PartialEq for Note {
    fn eq(&self, other: &Self) -> bool {
        (self.order(), self.velocity) == (other.order(), other.velocity)
    }
}
impl Eq for Note {}

/// "C4" for 60, "E♭5" for 75: the name on the roll's keyboard.
pub fn pitch_name(pitch: u8) -> String {
    pitch_name_in(pitch, None)
}

/// As [`pitch_name`], with flats in flat keys and sharps in sharp ones.
pub fn pitch_name_in(pitch: u8, key: Option<super::Key>) -> String {
    format!("{}{}", super::chord::names_in(key)[usize::from(pitch % 12)], i16::from(pitch) / 12 - 1)
}

/// The black keys of a piano.
pub fn is_black_key(pitch: u8) -> bool {
    matches!(pitch % 12, 1 | 3 | 6 | 8 | 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Key, Mode};

    #[test]
    fn names_are_spelled_in_the_key() {
        let named = |key: Option<Key>| [60, 66, 68, 75].map(|p| pitch_name_in(p, key)).join(" ");
        assert_eq!(named(None), "C4 F♯4 A♭4 E♭5");
        assert_eq!(named(Some(Key::new(6, Mode::Minor))), "C4 F♯4 G♯4 D♯5");
        assert_eq!(named(Some(Key::new(1, Mode::Major))), "C4 G♭4 A♭4 E♭5");
        assert_eq!([pitch_name(0), pitch_name(127)], ["C-1", "G9"]);
    }
}

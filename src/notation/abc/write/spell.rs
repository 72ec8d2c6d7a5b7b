//! Pitches as letters with the accidentals they need.
//!
//! An accidental is left out only where every reading agrees on it: some programs let one hold for all
//! octaves of a bar, others for its own.

use crate::notation::abc::header::steps_from_fifths;
use std::collections::HashMap;

/// What holds from the bar line on.
#[derive(Clone, Debug, Default)]
pub struct Spelling {
    fifths: i8,
    /// The key of the bar before.
    before: i8,
    /// Accidentals written in this bar, by step, and by step and octave.
    by_step: [Option<i8>; 7],
    by_note: HashMap<(usize, i32), i8>,
    /// Steps of which readings may differ: written in another line of the bar, or held into it.
    unsure: [bool; 7],
}

impl Spelling {
    pub fn set_key(&mut self, fifths: i8) {
        self.fifths = fifths;
    }

    /// A bar begins; `held` sounds on from before.
    pub fn bar(&mut self, held: &[u8]) {
        let mut unsure = [false; 7];
        let (fifths, key) = (self.fifths, steps_from_fifths(self.fifths));
        for (pitch, spelled_in) in held.iter().flat_map(|p| [(*p, self.before), (*p, fifths)]) {
            let (step, _, accidental) = spell(pitch, spelled_in);
            unsure[step] |= accidental != key[step];
        }
        *self = Self { fifths, before: fifths, unsure, ..Self::default() };
    }

    /// Another line of the same bar begins.
    pub fn line(&mut self) {
        for step in 0..7 {
            self.unsure[step] |= self.by_step[step].is_some();
        }
        self.by_step = [None; 7];
        self.by_note.clear();
    }

    /// `^f'` without a length.
    pub fn note(&mut self, pitch: u8) -> String {
        let (step, octave, accidental) = spell(pitch, self.fifths);
        let key = steps_from_fifths(self.fifths)[step];
        let implied = [self.by_step[step].unwrap_or(key), *self.by_note.get(&(step, octave)).unwrap_or(&key)];
        let mut out = String::new();
        if self.unsure[step] || implied != [accidental; 2] {
            self.by_step[step] = Some(accidental);
            self.by_note.insert((step, octave), accidental);
            out += match accidental {
                -2 => "__",
                -1 => "_",
                0 => "=",
                1 => "^",
                _ => "^^",
            };
        }
        let letter = char::from(b"CDEFGAB"[step]);
        if octave > 4 {
            out.push(letter.to_ascii_lowercase());
            out += &"'".repeat(octave.abs_diff(5) as usize);
        } else {
            out.push(letter);
            out += &",".repeat(octave.abs_diff(4) as usize);
        }
        out
    }
}

/// Step (C–B = 0–6), octave and accidental. Notes outside of the key are spelled as they mostly are in
/// it: in C, C♯ E♭ F♯ G♯ B♭.
fn spell(pitch: u8, fifths: i8) -> (usize, i32, i8) {
    let class = i32::from(pitch % 12);
    // Places on the line of fifths, C = 0; seven of them are the key's own.
    let lowest = i32::from(fifths) - 3;
    let place = (lowest..lowest + 12).find(|p| (p * 7).rem_euclid(12) == class).unwrap_or(0);
    let step = (place * 4).rem_euclid(7);
    let accidental = (place + 1).div_euclid(7);
    let natural = [0, 2, 4, 5, 7, 9, 11][step as usize];
    let octave = (i32::from(pitch) - natural - accidental) / 12 - 1;
    (step as usize, octave, accidental as i8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pitch_is_itself_in_every_key() {
        for fifths in -7..=7 {
            for pitch in 0..128u8 {
                let (step, octave, accidental) = spell(pitch, fifths);
                let natural = [0, 2, 4, 5, 7, 9, 11][step];
                assert_eq!((octave + 1) * 12 + natural + i32::from(accidental), i32::from(pitch), "{fifths}");
                assert!(accidental.abs() <= 2);
            }
        }
    }

    #[test]
    fn accidentals_are_written_when_they_must_be() {
        let mut s = Spelling::default();
        s.set_key(1);
        s.bar(&[]);
        let bar: Vec<String> = [66, 65, 65, 77, 66, 67].into_iter().map(|p| s.note(p)).collect();
        assert_eq!(bar, ["F", "=F", "F", "=f", "^F", "G"]);
        s.line();
        assert_eq!(s.note(66), "^F");
        s.bar(&[61]);
        assert_eq!([s.note(60), s.note(61), s.note(62)], ["=C", "^C", "D"]);
        s.bar(&[66]);
        assert_eq!(s.note(66), "F", "the key says so");
    }
}

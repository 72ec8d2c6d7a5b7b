//! New letters of a form: a model that loves its first idea writes it again under another name. So each is
//! written until its melody is unlike those before it, or the best of some tries is kept, and the take says
//! what came of it.

use super::generator::{GenerateError, Generator};
use super::settings::Settings;
use super::take::Take;
use crate::index::line::{LineNote, top_line};
use crate::music::Score;
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};

/// Times that a letter is written at most.
const MOST_TRIES: usize = 8;

/// A letter is new where it has no more than a quarter of its melody in one run from another, and runs of so
/// few notes say nothing.
const FEW_NOTES: usize = 5;

/// What came of a new letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewLetter {
    pub letter: char,
    /// Notes of its melody.
    pub notes: usize,
    /// The letter before it that it has most in common with, and the notes of the longest run of intervals
    /// that stands in both melodies.
    pub like: char,
    pub shared: usize,
    /// How often it was written.
    pub tries: usize,
}

impl NewLetter {
    pub fn is_unlike(&self) -> bool {
        self.shared <= FEW_NOTES.max(self.notes / 4)
    }
}

impl std::fmt::Display for NewLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { letter, notes, like, shared, tries } = self;
        let times = if *tries == 1 { String::new() } else { format!(", written {tries} times") };
        let is = if self.is_unlike() { "is unlike" } else { "is still much like" };
        write!(f, "{letter} {is} {like}: their melodies share {shared} notes in a row at most, of {notes}{times}")
    }
}

impl Generator {
    /// Writes a letter after `so_far` that is unlike the melodies of `others`.
    ///
    /// # Errors
    /// As of [`Generator::take`].
    pub(super) fn new_letter(
        &self,
        letter: char,
        settings: &Settings,
        so_far: &Score,
        others: &[(char, Vec<LineNote>)],
        cancel: &AtomicBool,
    ) -> Result<(Take, NewLetter), GenerateError> {
        let mut best: Option<(Take, NewLetter)> = None;
        for n in 0..MOST_TRIES {
            // A model that loves its first idea is asked a little more freely each time.
            let temperature = settings.temperature * 1.15f32.powi(n as i32);
            let settings = Settings { temperature, ..settings.clone() }.with_nth_seed(n);
            let take = self.take_on(&settings, Some(so_far), None, cancel, &mut |_| {})?;
            let melody = top_line(&take.new_part());
            let shares = others.iter().map(|(other, line)| (shared_run(line, &melody), *other));
            let (shared, like) = shares.max_by_key(|(shared, _)| *shared).unwrap_or((0, letter));
            let new = NewLetter { letter, notes: melody.len(), like, shared, tries: n + 1 };
            let better = best.as_ref().is_none_or(|(_, old)| new.shared * old.notes < old.shared * new.notes);
            let (take, new) = match best {
                Some((old, said)) if !better => (old, NewLetter { tries: n + 1, ..said }),
                _ => (take, new),
            };
            let done = new.is_unlike() || n + 1 == MOST_TRIES || cancel.load(Ordering::Relaxed);
            if done {
                return Ok((take, new));
            }
            best = Some((take, new));
        }
        unreachable!("the last try is kept")
    }
}

/// Notes of the longest run of intervals that two melodies share; 0 where they share none.
fn shared_run(a: &[LineNote], b: &[LineNote]) -> usize {
    let steps = |line: &[LineNote]| -> Vec<i16> {
        line.windows(2).map(|pair| i16::from(pair[1].pitch) - i16::from(pair[0].pitch)).collect()
    };
    let (a, b) = (steps(a), steps(b));
    let mut longest = 0;
    // Lengths of the runs that end with the step of `a` at hand, and with each of `b`.
    let mut ends = vec![0; b.len() + 1];
    for step in &a {
        for j in (0..b.len()).rev() {
            ends[j + 1] = if b[j] == *step { ends[j] + 1 } else { 0 };
            longest = longest.max(ends[j + 1]);
        }
    }
    if longest == 0 { 0 } else { longest + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(pitches: &[u8]) -> Vec<LineNote> {
        pitches.iter().enumerate().map(|(i, pitch)| LineNote { start: i as i64, pitch: *pitch }).collect()
    }

    #[test]
    fn the_longest_shared_run_is_found_in_any_key() {
        let a = line(&[60, 62, 64, 65, 67, 60]);
        assert_eq!(shared_run(&a, &a), 6);
        assert_eq!(shared_run(&a, &line(&[50, 50, 67, 69, 71, 72, 50])), 4);
        assert_eq!(shared_run(&a, &line(&[60, 63, 60, 63])), 0);
        assert_eq!(shared_run(&a, &[]), 0);
    }

    #[test]
    fn what_came_of_a_letter_is_a_sentence() {
        let new = NewLetter { letter: 'B', notes: 40, like: 'A', shared: 6, tries: 3 };
        let sentence = "B is unlike A: their melodies share 6 notes in a row at most, of 40, written 3 times";
        assert_eq!(new.to_string(), sentence);
        let same = NewLetter { shared: 11, tries: 1, ..new };
        assert!(!same.is_unlike() && same.to_string().starts_with("B is still much like A"));
    }
}

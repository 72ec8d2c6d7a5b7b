//! Performed timing: told from quantised, and moved onto the grid of the file's own beats when asked.
//!
//! Deliberately finds no beats: where a file was played without a metronome and its tempo map does not
//! follow the player, the notes are better left where they are, and the piece is labelled.

use crate::music::{Role, Score, Tick};
use serde::{Deserialize, Serialize};

/// How the notes of a piece lie in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Timing {
    /// On the grid as it is.
    #[default]
    Quantised,
    /// Performed; the notes were moved onto the beats of the file.
    Aligned,
    /// Performed, and left so.
    Performed,
}

/// A piece is performed when more than this share of its notes begins off the grid.
const PERFORMED: f64 = 0.3;

/// So far from the grid, in quarters, a note is still on it: files round, and count in coarse ticks.
const ON_GRID: f64 = 1.0 / 64.0;

/// The share of notes that begin off the grid of thirty-seconds and sixteenth triplets, where that is too
/// many for a quantised piece.
pub fn performed(score: &Score) -> Option<f64> {
    let near = (f64::from(score.ppq) * ON_GRID).round() as Tick;
    let (mut n, mut off) = (0_usize, 0_usize);
    for (_, note) in score.notes() {
        n += 1;
        off +=
            usize::from((nearest(note.start, score.ppq) - note.start).abs() > near && !is_fine(note.start, score.ppq));
    }
    let share = off as f64 / n.max(1) as f64;
    (share > PERFORMED).then_some(share)
}

/// Exactly on the 24 steps of a quarter that the model knows: an ornament that was written.
fn is_fine(tick: Tick, ppq: u32) -> bool {
    ppq >= 96 && tick * 24 % Tick::from(ppq) == 0
}

/// The nearest place of the grid: an eighth or a sixth of a quarter.
fn nearest(tick: Tick, ppq: u32) -> Tick {
    let ppq = Tick::from(ppq);
    let on = |parts: Tick| {
        let step = (tick * parts + ppq / 2).div_euclid(ppq);
        (step * ppq + parts / 2).div_euclid(parts)
    };
    let (eighth, sixth) = (on(8), on(6));
    if (sixth - tick).abs() < (eighth - tick).abs() { sixth } else { eighth }
}

/// What aligning did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved {
    /// By so much half of the notes moved, or less.
    pub median_ms: f64,
    /// Notes that fell onto another of their voice and pitch, and were left out.
    pub n_merged: usize,
}

impl std::fmt::Display for Moved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Performed: its notes were moved onto the file's own beats, half of them by {:.0} ms or less",
            self.median_ms
        )?;
        match self.n_merged {
            0 => write!(f, "."),
            1 => write!(f, "; 1 note fell onto another and was left out."),
            n => write!(f, "; {n} notes fell onto others and were left out."),
        }
    }
}

/// Moves beginnings and ends of notes to the nearest place of the grid; the tempo stays.
pub fn align(score: &mut Score) -> Moved {
    let ppq = score.ppq;
    let shortest = (Tick::from(ppq) / 8).max(1);
    let (mut moved, mut n_merged) = (Vec::new(), 0);
    for voice in &mut score.voices {
        for note in &mut voice.notes {
            let start = nearest(note.start, ppq).max(0);
            let secs = |tick| score.tempos.secs_from_tick(tick, ppq);
            moved.push((secs(start) - secs(note.start)).abs() * 1000.0);
            let end = nearest(note.end(), ppq);
            (note.start, note.duration) = (start, (end - start).max(shortest));
        }
        voice.sort();
        let n_before = voice.notes.len();
        let drums = voice.role == Role::Drums;
        let mut next = [Tick::MAX; 128];
        // From the end: a note is cut where the next of its pitch begins.
        for note in voice.notes.iter_mut().rev() {
            let next = &mut next[usize::from(note.pitch & 0x7f)];
            if !drums || *next == note.start {
                note.duration = note.duration.min(next.saturating_sub(note.start));
            }
            *next = note.start;
        }
        voice.notes.retain(|n| n.duration > 0);
        n_merged += n_before - voice.notes.len();
    }
    score.end = score.end.max(score.last_note_end());
    moved.sort_by(f64::total_cmp);
    Moved { median_ms: moved.get(moved.len() / 2).copied().unwrap_or_default(), n_merged }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::starter;

    /// Moves every note by up to `most` ticks, by a rule that looks random.
    fn played(score: &Score, most: Tick) -> Score {
        let mut played = score.clone();
        let mut lot: u64 = 1;
        for note in played.voices.iter_mut().flat_map(|v| &mut v.notes) {
            lot = lot.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            note.start = (note.start + (lot >> 33) as Tick % (2 * most + 1) - most).max(0);
        }
        played.voices.iter_mut().for_each(|v| v.sort());
        played
    }

    #[test]
    fn written_tunes_are_quantised_and_played_ones_are_told_and_come_back() {
        let (mut n, mut back) = (0, 0);
        for score in starter::tunes().into_iter().map(|t| t.score) {
            assert_eq!(performed(&score), None, "{}", score.title);
            let mut played = played(&score, 19);
            assert!(performed(&played).is_some_and(|share| share > 0.4), "{}: {:?}", score.title, performed(&played));
            let moved = align(&mut played);
            assert!(moved.median_ms > 1.0 && moved.median_ms < 40.0, "{moved}");
            assert_eq!(performed(&played), None);
            for (voice, note) in score.notes() {
                n += 1;
                let same = |m: &&crate::music::Note| (m.start, m.pitch) == (note.start, note.pitch);
                back += usize::from(played.voices[voice].notes.iter().any(|m| same(&m)));
            }
        }
        assert!(back as f64 >= 0.95 * f64::from(n), "{back} of {n}");
    }

    #[test]
    fn notes_that_fall_together_are_told() {
        let mut score = crate::music::text::parse("x | 0 2 c4 | 1 5 c4 | 24 2 e4").expect("valid");
        let moved = align(&mut score);
        assert_eq!((moved.n_merged, score.n_notes()), (1, 2));
        assert!(moved.to_string().ends_with("1 note fell onto another and was left out."));
    }
}

//! Notes as the eye sees them from far away: what is thinner than a point runs together.
//!
//! A level is made when it is first looked at, from the notes of a whole voice, and kept while it is
//! of use; drawing then costs what there is to see and not what there is.

use super::index::NoteIndex;
use crate::music::{Note, NoteId, Score, Tick};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

/// Notes of one pitch that cannot be told apart at a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    pub start: Tick,
    pub end: Tick,
    pub pitch: u8,
    /// Of the loudest.
    pub velocity: u8,
}

/// The notes of a voice at a level.
#[derive(Debug)]
pub struct Level {
    runs: Vec<Run>,
    latest_end: Vec<Tick>,
    /// The loudest note that begins in each stretch of the level's length: tick and velocity.
    stems: Vec<(Tick, u8)>,
}

impl Level {
    /// `bucket` is the time, in ticks, that is too short to be seen.
    fn new<'a>(notes: impl Iterator<Item = &'a Note>, bucket: Tick) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        let mut stems: Vec<(Tick, u8)> = Vec::new();
        // For each pitch its last run.
        let mut last = [usize::MAX; 128];
        for n in notes {
            let pitch = n.pitch.min(127);
            let run = Run { start: n.start, end: n.end(), pitch, velocity: n.velocity };
            match runs.get_mut(last[usize::from(pitch)]) {
                Some(before)
                    if n.start - before.end < bucket
                        && (n.duration < 2 * bucket || before.end - before.start < 2 * bucket) =>
                {
                    before.end = before.end.max(run.end);
                    before.velocity = before.velocity.max(run.velocity);
                }
                _ => {
                    last[usize::from(pitch)] = runs.len();
                    runs.push(run);
                }
            }
            match stems.last_mut() {
                Some(stem) if n.start / bucket == stem.0 / bucket => stem.1 = stem.1.max(n.velocity),
                _ => stems.push((n.start, n.velocity)),
            }
        }
        let mut latest = Tick::MIN;
        let latest_end = runs
            .iter()
            .map(|r| {
                latest = latest.max(r.end);
                latest
            })
            .collect();
        Self { runs, latest_end, stems }
    }

    /// What is seen in `from..to`.
    pub fn runs(&self, from: Tick, to: Tick) -> impl Iterator<Item = &Run> {
        let first = self.latest_end.partition_point(|end| *end <= from);
        let last = self.runs.partition_point(|r| r.start < to);
        self.runs[first..last.max(first)].iter().filter(move |r| r.end > from)
    }

    /// Stems that stand in `from..to`.
    pub fn stems(&self, from: Tick, to: Tick) -> &[(Tick, u8)] {
        let range: Range<usize> = self.stems.partition_point(|s| s.0 < from)..self.stems.partition_point(|s| s.0 < to);
        &self.stems[range.start..range.end.max(range.start)]
    }
}

/// What a kept level is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Of {
    voice: usize,
    bucket: Tick,
    /// Of the selected notes alone.
    selected: bool,
}

/// The levels kept for a score.
#[derive(Debug, Default)]
pub struct Levels {
    kept: Vec<(Of, Level)>,
    score: Option<Arc<Score>>,
    selection: Option<Arc<HashSet<NoteId>>>,
}

/// A voice keeps so many levels: zooming to and fro makes none anew.
const KEPT_A_VOICE: usize = 3;

/// The greatest power of two of ticks that is at most a point wide, at least 1.
pub fn bucket(px_per_tick: f64) -> Tick {
    let ticks = (1.0 / px_per_tick.max(1e-9)).max(1.0);
    1 << (ticks.log2().floor() as u32).min(40)
}

impl Levels {
    /// Makes what is missing to draw `voices` at a zoom.
    pub fn prepare(&mut self, index: &NoteIndex, voices: &[usize], selection: &Arc<HashSet<NoteId>>, bucket: Tick) {
        let score = index.score();
        if !self.score.as_ref().is_some_and(|s| Arc::ptr_eq(s, score)) {
            self.kept.clear();
            self.score = Some(Arc::clone(score));
        }
        if !self.selection.as_ref().is_some_and(|s| Arc::ptr_eq(s, selection)) {
            self.kept.retain(|(of, _)| !of.selected);
            self.selection = Some(Arc::clone(selection));
        }
        for &voice in voices {
            self.make(Of { voice, bucket, selected: false }, score, selection);
            if !selection.is_empty() {
                self.make(Of { voice, bucket, selected: true }, score, selection);
            }
        }
    }

    fn make(&mut self, of: Of, score: &Score, selection: &HashSet<NoteId>) {
        if self.kept.iter().any(|(o, _)| *o == of) {
            return;
        }
        let Some(voice) = score.voices.get(of.voice) else { return };
        let level = if of.selected {
            Level::new(voice.notes.iter().filter(|n| selection.contains(&n.id)), of.bucket)
        } else {
            Level::new(voice.notes.iter(), of.bucket)
        };
        let same = |o: &Of| o.voice == of.voice && o.selected == of.selected;
        if self.kept.iter().filter(|(o, _)| same(o)).count() >= KEPT_A_VOICE
            && let Some(oldest) = self.kept.iter().position(|(o, _)| same(o))
        {
            self.kept.remove(oldest);
        }
        self.kept.push((of, level));
    }

    /// A voice at a zoom, if it was prepared for the score of `index`.
    pub fn get(&self, index: &NoteIndex, voice: usize, bucket: Tick, selected: bool) -> Option<&Level> {
        let of = Of { voice, bucket, selected };
        self.score.as_ref().filter(|s| Arc::ptr_eq(s, index.score()))?;
        self.kept.iter().find(|(o, _)| *o == of).map(|(_, level)| level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn notes() -> impl Strategy<Value = Vec<Note>> {
        let note = (0i64..4000, 1i64..300, 58u8..62, 1u8..128);
        proptest::collection::vec(note, 0..200).prop_map(|list| {
            let mut notes: Vec<Note> = list.into_iter().map(|(s, d, p, v)| Note::new(s, d, p, v)).collect();
            notes.sort_by_key(Note::order);
            notes
        })
    }

    proptest! {
        #[test]
        fn every_note_is_covered_and_nothing_lies_far_from_one(notes in notes(), power in 0u32..9) {
            let bucket = 1i64 << power;
            let level = Level::new(notes.iter(), bucket);
            for n in &notes {
                let covers = |r: &Run| r.pitch == n.pitch && r.start <= n.start && r.end >= n.end() && r.velocity >= n.velocity;
                prop_assert!(level.runs.iter().any(covers));
                prop_assert!(level.stems(n.start - bucket, n.start + 1).iter().any(|s| s.1 >= n.velocity));
            }
            for r in &level.runs {
                for tick in r.start..r.end {
                    let near = |n: &&Note| n.pitch == r.pitch && n.start - bucket < tick && n.end() + bucket > tick;
                    prop_assert!(notes.iter().any(|n| near(&n)), "{r:?} at {tick}");
                }
            }
        }

        #[test]
        fn what_is_seen_is_what_a_scan_finds(notes in notes(), from in 0i64..4000, len in 1i64..900) {
            let level = Level::new(notes.iter(), 4);
            let seen: Vec<Run> = level.runs(from, from + len).copied().collect();
            let scanned: Vec<Run> = level.runs.iter().filter(|r| r.start < from + len && r.end > from).copied().collect();
            prop_assert_eq!(seen, scanned);
        }
    }

    #[test]
    fn a_bucket_is_at_most_a_point() {
        for px_per_tick in [0.0004, 0.01, 0.3, 0.5, 1.0, 8.0] {
            let b = bucket(px_per_tick);
            assert!(b == 1 || (b as f64 * px_per_tick <= 1.0 && b as f64 * px_per_tick > 0.5), "{px_per_tick}: {b}");
        }
    }
}

//! Finding notes fast: what is on the screen, what lies under the pointer, which note an id names.
//!
//! Built once a score. Notes of a voice are sorted by start; beside them stands the latest end of all
//! notes so far, which never falls: both ends of the visible stretch are found by bisection.

use crate::music::{Note, NoteId, Score, Tick};
use std::ops::Range;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct NoteIndex {
    score: Arc<Score>,
    /// For each voice, the latest end of its notes up to and with each.
    latest_end: Vec<Vec<Tick>>,
    /// Where each note is, sorted by its name: voice and place in it.
    places: Vec<(NoteId, u32, u32)>,
    /// For each voice, a bit for each pitch that it uses.
    used: Vec<u128>,
}

impl NoteIndex {
    pub fn new(score: &Arc<Score>) -> Self {
        let latest_end = score.voices.iter().map(|v| running_max(v.notes.iter().map(Note::end))).collect();
        let mut places = Vec::with_capacity(score.n_notes());
        for (v, voice) in score.voices.iter().enumerate() {
            places.extend(voice.notes.iter().enumerate().map(|(i, n)| (n.id, v as u32, i as u32)));
        }
        // Mostly they are in order already, voice by voice.
        places.sort_by_key(|p| p.0);
        let bits = |notes: &[Note]| notes.iter().fold(0u128, |bits, n| bits | 1 << n.pitch.min(127));
        let used = score.voices.iter().map(|v| bits(&v.notes)).collect();
        Self { score: Arc::clone(score), latest_end, places, used }
    }

    pub fn score(&self) -> &Arc<Score> {
        &self.score
    }

    /// A bit for each pitch that a voice uses.
    pub fn used(&self, voice: usize) -> u128 {
        self.used.get(voice).copied().unwrap_or(0)
    }

    pub fn is_of(&self, score: &Arc<Score>) -> bool {
        Arc::ptr_eq(&self.score, score)
    }

    /// The stretch of a voice's notes that may sound in `from..to`: none outside it does.
    pub fn range(&self, voice: usize, from: Tick, to: Tick) -> Range<usize> {
        let (Some(v), Some(ends)) = (self.score.voices.get(voice), self.latest_end.get(voice)) else { return 0..0 };
        let first = ends.partition_point(|end| *end <= from);
        let last = v.notes.partition_point(|n| n.start < to);
        first..last.max(first)
    }

    /// Notes of a voice that sound in `from..to`.
    pub fn sounding(&self, voice: usize, from: Tick, to: Tick) -> impl Iterator<Item = &Note> {
        let range = self.range(voice, from, to);
        let notes = self.score.voices.get(voice).map_or(&[][..], |v| &v.notes[range]);
        notes.iter().filter(move |n| n.end() > from)
    }

    /// The voice of a note and the note.
    pub fn get(&self, id: NoteId) -> Option<(usize, &Note)> {
        let found = self.places.binary_search_by_key(&id, |p| p.0).ok()?;
        let (_, voice, i) = self.places[found];
        Some((voice as usize, self.score.voices.get(voice as usize)?.notes.get(i as usize)?))
    }

    /// Notes of a voice that touch `from..to` and `low..=high`: what a box selects.
    pub fn in_box(&self, voice: usize, from: Tick, to: Tick, low: u8, high: u8) -> impl Iterator<Item = &Note> {
        self.sounding(voice, from, to).filter(move |n| (low..=high).contains(&n.pitch))
    }
}

fn running_max(values: impl Iterator<Item = Tick>) -> Vec<Tick> {
    values
        .scan(Tick::MIN, |max, v| {
            *max = (*max).max(v);
            Some(*max)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Voice;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_scan_finds(
            notes in proptest::collection::vec((0i64..2000, 1i64..900, 50u8..60), 0..60),
            from in 0i64..2200,
            len in 1i64..500,
        ) {
            let mut score = Score::new(480);
            let notes = notes.into_iter().map(|(s, d, p)| Note::new(s, d, p, 80)).collect();
            score.push_voice(Voice { notes, ..Voice::default() });
            let score = Arc::new(score);
            let index = NoteIndex::new(&score);
            let found: Vec<NoteId> = index.sounding(0, from, from + len).map(|n| n.id).collect();
            let scanned: Vec<NoteId> = score.voices[0].sounding(from, from + len).map(|n| n.id).collect();
            prop_assert_eq!(found, scanned);
            for n in &score.voices[0].notes {
                prop_assert_eq!(index.get(n.id), Some((0, n)));
            }
        }
    }

    #[test]
    fn a_drone_does_not_hide_what_is_before_the_screen() {
        let mut score = Score::new(480);
        score.push_voice(Voice::default());
        let drone = score.insert(0, Note::new(0, 10_000, 40, 80));
        score.insert(0, Note::new(100, 10, 60, 80));
        let index = NoteIndex::new(&Arc::new(score));
        assert_eq!(index.sounding(0, 5000, 5100).map(|n| n.id).collect::<Vec<_>>(), [drone]);
    }
}

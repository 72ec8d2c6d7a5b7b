//! The nearest training passages of one note: where its phrase may come from.

use super::{CopiedPassage, FEWEST_NOTES, Originality, not_at_hand};
use crate::encoding::STEPS_PER_QUARTER;
use crate::index::Passage;
use crate::job::{Job, Waker, Warm};
use crate::music::{Note, NoteId, Role, Score, TempoMap, Tick, Voice};
use anyhow::Context as _;
use std::path::PathBuf;
use std::sync::Arc;

/// How many are named.
const MOST: usize = 3;

/// Notes of its voice on either side of a note that make up its phrase.
const PHRASE: usize = 16;

/// A passage of a training piece that agrees with the phrase around a note.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    pub passage: CopiedPassage,
    /// The line of the source that agrees, in its own key and from its own first note, to be heard.
    pub score: Arc<Score>,
}

impl Originality {
    /// The passages nearest to the phrase around a note that hold the note itself, best first: at most
    /// three, of a piece each. None for drums, and where six notes in a row agree nowhere.
    pub fn nearest(&self, score: &Score, note: NoteId) -> Vec<Nearest> {
        let Some((voice, at)) = score.notes().find(|(_, n)| n.id == note).map(|(v, n)| (v, *n)) else {
            return Vec::new();
        };
        let mut phrase = score.clone();
        for (i, v) in phrase.voices.iter_mut().enumerate() {
            if i != voice {
                v.notes.clear();
            }
        }
        let notes = &mut phrase.voices[voice].notes;
        let place = notes.iter().position(|n| n.id == note).unwrap_or(0);
        notes.truncate(place + PHRASE + 1);
        notes.drain(..place.saturating_sub(PHRASE));
        let tempo = score.tempos.qpm_at(at.start);
        let found = self.index.find(&phrase);
        let passages = found.passages_over(voice, at.start, FEWEST_NOTES);
        let nearest = |p: &Passage| Nearest { passage: self.passage(p), score: Arc::new(self.line(p, tempo)) };
        passages.iter().take(MOST).map(nearest).collect()
    }

    /// A passage as its source has it, each note held until the next.
    fn line(&self, passage: &Passage, tempo: f64) -> Score {
        let notes = self.index.notes_of(passage);
        let first = notes.first().map_or(0, |n| n.0);
        let ends = notes.iter().skip(1).map(|n| n.0).chain([notes.last().map_or(0, |n| n.0) + LAST]);
        let held =
            |((start, pitch), end): (&(Tick, u8), Tick)| Note::new(start - first, (end - start).max(1), *pitch, 90);
        let mut score = Score::new(STEPS_PER_QUARTER);
        score.tempos = TempoMap::constant(tempo);
        let mut voice = Voice::new("", Role::Melody, 0);
        voice.notes = notes.iter().zip(ends).map(held).collect();
        score.push_voice(voice);
        score.end = score.last_note_end();
        score
    }
}

/// How long the last note of a passage is held: a quarter.
const LAST: Tick = STEPS_PER_QUARTER as Tick;

/// Looks for the passages nearest to a note of a piece, in what a model learned from.
pub fn spawn_nearest(
    model: PathBuf,
    score: Arc<Score>,
    note: NoteId,
    warm: &Warm,
    waker: Waker,
) -> Job<(), Vec<Nearest>> {
    let warm = warm.clone();
    Job::spawn("nearest", waker, move |_| {
        let originality = warm.originality(&model).with_context(|| not_at_hand(&model))?;
        Ok(originality.nearest(&score, note))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::tune;
    use super::*;

    #[test]
    fn the_source_of_a_phrase_is_named_and_can_be_heard() {
        let train: Vec<_> = (0..40).map(|i| Arc::new(tune(i, 80))).collect();
        let originality =
            Originality::new(&train, (0..40).map(|i| format!("tune {i}")).collect(), &[None; 40], Vec::new());
        // Ten notes of tune 7, three semitones up, after ten that are nobody's.
        let source = &train[7].voices[0].notes;
        let mut take = tune(900, 10);
        let from = take.end.max(take.last_note_end());
        for n in &source[30..42] {
            take.insert(0, Note::new(from + n.start - source[30].start, n.duration, n.pitch + 3, 80));
        }
        let planted = take.voices[0].notes[16];
        let nearest = originality.nearest(&take, planted.id);
        let best = &nearest[0];
        assert_eq!(best.passage.source, "tune 7");
        assert_eq!(best.passage.bar, train[7].meters.position(source[30].start, 24).bar + 1);
        let heard: Vec<_> = best.score.voices[0].notes.iter().map(|n| (n.start, n.pitch)).collect();
        let there: Vec<_> = source[30..42].iter().map(|n| (n.start - source[30].start, n.pitch)).collect();
        assert!(heard.windows(12).any(|w| w == there) || heard == there, "{heard:?} and {there:?}");
        assert!(nearest.len() <= MOST && nearest.windows(2).all(|w| w[0].passage.source != w[1].passage.source));
        let gone = crate::music::NoteId::default();
        assert!(originality.nearest(&take, gone).is_empty() || gone == take.voices[0].notes[0].id);
    }
}

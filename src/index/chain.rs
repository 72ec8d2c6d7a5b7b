//! Passages that were copied with small changes: a grace or passing note added, a note left out or
//! replaced. An exact run of tokens ends at each of these, so a copy is followed from note to note.
//!
//! Every run of [`SEED`] tokens that the corpus has too is a seed: it says by how much the copy is
//! transposed and how much slower it is. From there the notes of the source are looked for in the
//! take, both ways, where that transposition and tempo put them. A note found counts one, a change
//! minus one, and the passage ends where the sum is highest; as in BLAST (Altschul et al. 1990), it is
//! given up once the sum is [`DROP`] below that. Two tunes of one kind agree here and there by chance,
//! but more often disagree, so chance alone makes no long passage.

use super::line::LineNote;
use super::passages::{Found, FoundVoice, Index, bars_between, common};
use crate::music::Tick;
use std::collections::BTreeMap;
use std::ops::Range;

/// Tokens of a seed: four notes, and the gap before them.
const SEED: usize = 3;

/// Seeds that are followed from one note of the take, of those that agree longest. Bounds the time.
const SEEDS_A_NOTE: usize = 128;

/// A passage is given up when its sum is this far below its highest.
const DROP: i32 = 4;

/// How far a gap may be from what the tempo of the copy makes of the source's: a grace note takes its
/// time from a neighbour.
const UNEVEN: f64 = 0.3;

/// Where the next note of a passage may be: notes further in the take and in the source, and how many
/// changes that is. The fewest changes come first.
const NEXT: [(usize, usize, usize); 12] = [
    (1, 1, 0),
    (2, 1, 1),
    (1, 2, 1),
    (2, 2, 1),
    (3, 1, 2),
    (3, 2, 2),
    (1, 3, 2),
    (2, 3, 2),
    (3, 3, 2),
    (4, 1, 3),
    (4, 2, 3),
    (4, 3, 3),
];

/// A passage of a take that stands in the corpus, some notes of it changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Passage {
    /// Notes that are those of the source.
    pub notes: usize,
    /// Notes that were added, left out or replaced between them.
    pub changed: usize,
    /// Length in bars of the take.
    pub bars: f64,
    /// Where it comes from: the piece as numbered when the index was built, and the bar (from 0).
    pub piece: usize,
    pub bar: i64,
    /// Where it stands in the take.
    pub voice: usize,
    pub start: Tick,
    pub end: Tick,
    /// Its first and last note in the row of the corpus.
    places: (usize, usize),
}

impl Passage {
    fn sum(&self) -> i32 {
        self.notes as i32 - self.changed as i32
    }
}

impl Found<'_> {
    /// The best passage of each piece of which the take holds at least `fewest` notes: the one with
    /// the most copied notes less the changes. The best first.
    pub fn passages(&self, fewest: usize) -> Vec<Passage> {
        self.best_of_each(|passage| passage.notes >= fewest)
    }

    /// As [`Self::passages`], of those that hold the moment `tick` of voice `voice`.
    pub fn passages_over(&self, voice: usize, tick: Tick, fewest: usize) -> Vec<Passage> {
        let holds = |p: &Passage| p.voice == voice && p.start <= tick && tick <= p.end;
        self.best_of_each(|passage| passage.notes >= fewest && holds(passage))
    }

    fn best_of_each(&self, counts: impl Fn(&Passage) -> bool) -> Vec<Passage> {
        let mut best: BTreeMap<usize, Passage> = BTreeMap::new();
        for voice in &self.voices {
            for at in 0..voice.tokens.len() {
                for (place, tokens) in self.seeds(voice, at) {
                    let passage = self.follow(voice, at, place, tokens);
                    if counts(&passage) && best.get(&passage.piece).is_none_or(|b| passage.sum() > b.sum()) {
                        best.insert(passage.piece, passage);
                    }
                }
            }
        }
        let mut passages: Vec<Passage> = best.into_values().collect();
        passages.sort_by_key(|p| (-p.sum(), p.start, p.piece));
        passages
    }

    /// Places of the corpus that agree with the take from token `at` on, and for how long; without
    /// those that agree with the token before too, which were followed from there.
    fn seeds(&self, voice: &FoundVoice, at: usize) -> Vec<(usize, usize)> {
        let Index { tokens, suffixes, .. } = self.index;
        let query = &voice.tokens[at..];
        let found = voice.longest[at];
        if found.tokens < SEED {
            return Vec::new();
        }
        let length = |i: &usize| {
            let place = suffixes[*i] as usize;
            (place, common(&tokens[place..], query))
        };
        let agrees = |seed: &(usize, usize)| seed.1 >= SEED;
        let above = (0..found.sorted).rev().map(|i| length(&i)).take_while(agrees).take(SEEDS_A_NOTE / 2);
        let below = (found.sorted..suffixes.len()).map(|i| length(&i)).take_while(agrees).take(SEEDS_A_NOTE / 2);
        let was_followed = |place: usize| at > 0 && place > 0 && tokens[place - 1] == voice.tokens[at - 1];
        above.chain(below).filter(|(place, _)| !was_followed(*place)).collect()
    }

    /// The passage around a seed: `tokens` of them agree from token `at` of the take and `place` of the
    /// corpus on.
    fn follow(&self, voice: &FoundVoice, at: usize, place: usize, tokens: usize) -> Passage {
        let index = self.index;
        let gap = |from: u32, to: u32| f64::from(to.saturating_sub(from).max(1));
        let take_gap = (voice.notes[at + tokens].start - voice.notes[at].start).max(1) as f64;
        let copy = Copy {
            index,
            notes: &voice.notes,
            line: index.line_around(place),
            up: i32::from(voice.notes[at].pitch) - i32::from(index.pitches[place]),
            slower: take_gap / gap(index.starts[place], index.starts[place + tokens]),
        };
        let after = copy.reach(at + tokens, place + tokens, 1);
        let before = copy.reach(at, place, -1);
        let (piece, bar) = index.source(before.place);
        let (start, end) = (voice.notes[before.at].start, voice.notes[after.at].start);
        Passage {
            notes: tokens + 1 + before.notes + after.notes,
            changed: before.changed + after.changed,
            bars: bars_between(self.take, start, end),
            piece,
            bar,
            voice: voice.voice,
            start,
            end,
            places: (before.place, after.place),
        }
    }
}

impl Index {
    /// The notes of the corpus that a passage stands for, as they stand there: start in ticks of the piece,
    /// and pitch.
    pub fn notes_of(&self, passage: &Passage) -> Vec<(Tick, u8)> {
        let (from, to) = passage.places;
        (from..=to).map(|place| (Tick::from(self.starts[place]), self.pitches[place])).collect()
    }
}

/// How a part of the take would be a copy of a line of the corpus.
struct Copy<'a> {
    index: &'a Index,
    notes: &'a [LineNote],
    line: Range<usize>,
    /// Semitones up, and how many times slower.
    up: i32,
    slower: f64,
}

/// How far a copy goes one way.
#[derive(Clone, Copy)]
struct Reach {
    at: usize,
    place: usize,
    notes: usize,
    changed: usize,
}

impl Copy<'_> {
    /// From a note that is in both, forwards or backwards (`way` 1 or −1).
    fn reach(&self, at: usize, place: usize, way: isize) -> Reach {
        let mut here = Reach { at, place, notes: 0, changed: 0 };
        let (mut best, mut highest) = (here, 0);
        while let Some(next) = self.next(here, way) {
            here = next;
            let sum = here.notes as i32 - here.changed as i32;
            if sum > highest {
                (best, highest) = (here, sum);
            } else if sum <= highest - DROP {
                break;
            }
        }
        best
    }

    fn next(&self, here: Reach, way: isize) -> Option<Reach> {
        let (starts, pitches) = (&self.index.starts, &self.index.pitches);
        NEXT.iter().find_map(|&(further, further_there, changes)| {
            let at = here.at.checked_add_signed(way * further as isize).filter(|at| *at < self.notes.len())?;
            let place = here.place.checked_add_signed(way * further_there as isize)?;
            if !self.line.contains(&place) || i32::from(self.notes[at].pitch) - i32::from(pitches[place]) != self.up {
                return None;
            }
            let gap = (self.notes[at].start - self.notes[here.at].start).abs() as f64;
            let expected = f64::from(starts[place].abs_diff(starts[here.place])) * self.slower;
            ((gap - expected).abs() <= UNEVEN * expected).then_some(Reach {
                at,
                place,
                notes: here.notes + 1,
                changed: here.changed + changes,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::tests::random_score;
    use crate::music::{Note, Role, Score, Voice};
    use std::sync::Arc;

    fn melody(notes: &[(Tick, u8)]) -> Score {
        let mut voice = Voice::new("", Role::Melody, 0);
        voice.notes = notes.iter().map(|(start, pitch)| Note::new(*start, 12, *pitch, 80)).collect();
        let mut score = Score::new(24);
        score.push_voice(voice);
        score
    }

    #[test]
    fn a_passage_goes_on_over_what_was_added_left_out_and_replaced() {
        let corpus: Vec<_> = (0..20).map(|i| Arc::new(random_score(i, 60))).collect();
        let source = &corpus[3].voices[0].notes;
        let mut notes: Vec<(Tick, u8)> = source[10..34].iter().map(|n| (2 * n.start, n.pitch + 2)).collect();
        let added = ((notes[5].0 + notes[6].0) / 2, notes[6].1 - 1);
        notes[17].1 += 1;
        notes.remove(12);
        notes.insert(6, added);
        let take = melody(&notes);
        let index = Index::build(&corpus);
        let found = index.find(&take);
        assert!(found.longest().is_some_and(|m| m.notes < 10));
        let passages = found.passages(6);
        let best = passages[0];
        assert_eq!((best.piece, best.notes, best.changed), (3, 22, 3), "{best:?}");
        assert_eq!((best.voice, best.start, best.end), (0, notes[0].0, notes[notes.len() - 1].0));
        assert_eq!(best.bar, corpus[3].meters.position(source[10].start, corpus[3].ppq).bar);
        assert!(passages.iter().skip(1).all(|p| p.piece != 3 && p.sum() <= best.sum()));
        let there: Vec<_> = source[10..34].iter().map(|n| (n.start, n.pitch)).collect();
        assert_eq!(index.notes_of(&best), there, "the source as it is, what was left out included");
        // Of a moment: the passages that hold it, and no other.
        let over = found.passages_over(0, notes[8].0, 6);
        assert_eq!(over[0], best);
        assert!(over.iter().all(|p| p.start <= notes[8].0 && notes[8].0 <= p.end), "{over:?}");
        assert_eq!(found.passages_over(1, notes[8].0, 6), []);
    }

    #[test]
    fn where_nothing_agrees_there_is_no_passage() {
        let index = Index::build(&[Arc::new(random_score(1, 30))]);
        assert_eq!(index.find(&melody(&[(0, 60), (10, 72), (400, 30)])).passages(6), []);
        assert_eq!(Index::build(&[]).find(&random_score(1, 30)).passages(6), []);
    }
}

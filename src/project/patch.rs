//! The difference between two scores, small where little changed: what a step of the history keeps.
//!
//! Everything but the notes is kept whole (it is little); of the notes of each voice, which to skip, which
//! to take out and which to put in. Exact: the score that comes out has the same notes in the same order
//! with the same identities.

use crate::music::{Note, Score, VoiceEvent};

/// How to make one score of another.
#[derive(Clone, Debug)]
pub(super) struct Patch {
    /// The score to come, with voices that hold no notes.
    frame: Score,
    /// One for each voice of `frame`.
    voices: Vec<Edits>,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Edits {
    /// The voice of the old score that is changed into this one.
    from: Option<usize>,
    edits: Vec<Splice>,
}

/// Keep `keep` notes, then leave out `drop`, then put in `put`.
#[derive(Clone, Debug, Default)]
struct Splice {
    keep: usize,
    drop: usize,
    put: Vec<Note>,
}

impl Patch {
    /// The patch that makes `to` of `from`.
    pub fn between(from: &Score, to: &Score) -> Self {
        let mut frame = to.clone();
        let mut voices = Vec::with_capacity(to.voices.len());
        for (i, voice) in frame.voices.iter_mut().enumerate() {
            let source = source_of(from, to, i);
            let old = source.map_or(&[][..], |v| &from.voices[v].notes);
            voices.push(Edits { from: source, edits: splices(old, &std::mem::take(&mut voice.notes)) });
        }
        let bytes = bytes_of(&frame, &voices);
        Self { frame, voices, bytes }
    }

    /// Makes the score that the patch leads to of the one it was made from.
    pub fn apply(&self, from: &Score) -> Score {
        let mut score = self.frame.clone();
        for (voice, edits) in score.voices.iter_mut().zip(&self.voices) {
            let old = edits.from.and_then(|v| from.voices.get(v)).map_or(&[][..], |v| &v.notes);
            voice.notes = spliced(old, &edits.edits);
        }
        score
    }

    /// About how much memory it holds.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Which voice of `from` voice `i` of `to` was: the one at its place, or one that begins with the same
/// note, else the one at its place where none came or went. A wrong guess costs memory, no more.
fn source_of(from: &Score, to: &Score, i: usize) -> Option<usize> {
    let n = from.voices.len();
    let alike = |v: &usize| first_id(from, *v).is_some() && first_id(from, *v) == first_id(to, i);
    let here = Some(i).filter(|v| *v < n);
    here.filter(alike).or_else(|| (0..n).find(alike)).or(here.filter(|_| n == to.voices.len()))
}

fn first_id(score: &Score, voice: usize) -> Option<crate::music::NoteId> {
    score.voices[voice].notes.first().map(|n| n.id)
}

fn same(a: &Note, b: &Note) -> bool {
    a.id == b.id && a == b
}

/// Walks both lists in their common order. Right for any two lists; short where they are sorted.
fn splices(old: &[Note], new: &[Note]) -> Vec<Splice> {
    let mut out: Vec<Splice> = Vec::new();
    let mut now = Splice::default();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if same(a, b) => {
                if now.drop > 0 || !now.put.is_empty() {
                    out.push(std::mem::take(&mut now));
                }
                now.keep += 1;
                (i, j) = (i + 1, j + 1);
            }
            (Some(a), b) if b.is_none_or(|b| a.order() <= b.order()) => {
                now.drop += 1;
                i += 1;
            }
            (_, Some(b)) => {
                now.put.push(*b);
                j += 1;
            }
            (_, None) => unreachable!("one list goes on"),
        }
    }
    out.push(now);
    out.iter_mut().for_each(|s| s.put.shrink_to_fit());
    out
}

fn spliced(old: &[Note], edits: &[Splice]) -> Vec<Note> {
    let mut out = Vec::with_capacity(old.len());
    let mut at = 0;
    for s in edits {
        out.extend_from_slice(old.get(at..at + s.keep).unwrap_or_default());
        out.extend_from_slice(&s.put);
        at += s.keep + s.drop;
    }
    out
}

fn bytes_of(frame: &Score, voices: &[Edits]) -> usize {
    let events: usize = frame.voices.iter().map(|v| 128 + v.events.len() * size_of::<VoiceEvent>()).sum();
    let splices = voices.iter().flat_map(|v| &v.edits);
    let notes: usize = splices.map(|s| size_of::<Splice>() + s.put.capacity() * size_of::<Note>()).sum();
    let maps = frame.tempos.changes().len() * 16 + frame.meters.changes().len() * 16 + frame.keys.len() * 16;
    512 + events + notes + maps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Voice, text};
    use proptest::prelude::*;

    fn identical(a: &Score, b: &Score) -> bool {
        let ids = |s: &Score| s.notes().map(|(v, n)| (v, n.id)).collect::<Vec<_>>();
        a == b && ids(a) == ids(b)
    }

    proptest! {
        #[test]
        fn leads_from_any_score_to_any_other(
            a in proptest::collection::vec((0i64..50, 1i64..9, 50u8..60, 1u8..9), 0..30),
            b in proptest::collection::vec((0i64..50, 1i64..9, 50u8..60, 1u8..9), 0..30),
            kept in 0usize..30,
        ) {
            let score = |notes: &[(i64, i64, u8, u8)]| {
                let mut s = Score::new(24);
                let notes = notes.iter().map(|n| Note::new(n.0, n.1, n.2, n.3)).collect();
                s.push_voice(Voice { notes, ..Voice::default() });
                s
            };
            let from = score(&a);
            let mut to = score(&b);
            to.voices[0].notes.extend(from.voices[0].notes.iter().skip(kept));
            to.voices[0].sort();
            prop_assert!(identical(&Patch::between(&from, &to).apply(&from), &to));
            prop_assert!(identical(&Patch::between(&to, &from).apply(&to), &from));
        }
    }

    #[test]
    fn one_note_of_many_is_a_small_patch() {
        let mut from = Score::new(24);
        let notes = (0..100_000).map(|i| Note::new(i, 1, 60, 80)).collect();
        from.push_voice(Voice { notes, ..Voice::default() });
        let mut to = from.clone();
        to.voices[0].notes[50_000].velocity = 1;
        assert!(Patch::between(&from, &to).bytes() < 2_000);
    }

    #[test]
    fn voices_come_and_go() {
        let three = text::parse("a | 0 24 c4\nb | 0 24 d4\nc | 0 24 e4").expect("valid");
        for gone in 0..3 {
            let mut two = three.clone();
            two.voices.remove(gone);
            assert!(identical(&Patch::between(&three, &two).apply(&three), &two));
            assert!(identical(&Patch::between(&two, &three).apply(&two), &three));
        }
        let mut turned = three.clone();
        turned.voices.reverse();
        assert!(identical(&Patch::between(&three, &turned).apply(&three), &turned));
    }
}

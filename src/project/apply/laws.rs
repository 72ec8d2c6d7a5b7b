//! Laws of edits: what is undone is as it was, whatever is done the score stays a score, and a file holds
//! all of it.

use crate::music::{Meter, Note, NoteId, Role, Score, Voice, text};
use crate::project::{Edit, Project, VoiceChange, file};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::sync::Arc;

/// Nothing outside MIDI's ranges, no time below zero, no overlap of one pitch in a voice.
fn check_valid(score: &Score) {
    let mut all = std::collections::HashSet::new();
    for voice in &score.voices {
        assert!(voice.notes.is_sorted_by_key(Note::order), "out of order: {}", text::print(score));
        let mut sounds_until = [0; 128];
        for n in &voice.notes {
            assert!(n.start >= 0 && n.duration >= 1 && n.pitch < 128 && (1..128).contains(&n.velocity), "{n:?}");
            assert!(n.end() <= score.end, "{n:?} ends after {}", score.end);
            assert!(n.id.0 > 0 && all.insert(n.id), "an identity twice: {n:?}");
            let until = &mut sounds_until[usize::from(n.pitch)];
            assert!(*until <= n.start, "an overlap at {n:?}: {}", text::print(score));
            *until = n.end();
        }
    }
}

fn any_note() -> impl Strategy<Value = Note> {
    (-50i64..2000, 0i64..300, 0u8..=127, 0u8..=127).prop_map(|(start, duration, pitch, velocity)| Note {
        start,
        duration,
        pitch,
        velocity,
        id: NoteId(0),
    })
}

fn some_ids() -> impl Strategy<Value = Vec<NoteId>> {
    proptest::collection::vec((1u32..40).prop_map(NoteId), 0..8)
}

/// What an import or a take may bring: notes with overlaps, as they come.
fn one_voice(notes: Vec<Note>) -> Score {
    let mut score = Score::new(96);
    score.push_voice(Voice::new("melody", Role::Melody, 0));
    for n in notes {
        score.insert(0, n);
    }
    score
}

fn any_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (0usize..4, proptest::collection::vec(any_note(), 1..5))
            .prop_map(|(voice, notes)| Edit::AddNotes { voice, notes }),
        (some_ids(), -300i64..300, -40i8..40).prop_map(|(ids, ticks, semitones)| Edit::MoveNotes {
            ids,
            ticks,
            semitones
        }),
        (some_ids(), -300i64..300, -40i8..40).prop_map(|(ids, ticks, semitones)| Edit::CopyNotes {
            ids,
            ticks,
            semitones
        }),
        (some_ids(), -99i64..99, -99i64..99).prop_map(|(ids, start, end)| Edit::ResizeNotes { ids, start, end }),
        some_ids().prop_map(Edit::DeleteNotes),
        proptest::collection::vec(((1u32..40).prop_map(NoteId), 0u8..=255), 0..6).prop_map(Edit::SetVelocity),
        proptest::collection::vec(((1u32..40).prop_map(NoteId), 0u8..=130), 0..6).prop_map(Edit::SetPitches),
        (some_ids(), crate::music::tools::tests::any_tool()).prop_map(|(ids, tool)| Edit::UseTool { ids, tool }),
        (some_ids(), crate::music::tools::tests::any_tool()).prop_map(|(ids, tool)| Edit::UseTool { ids, tool }),
        (-9i64..900, proptest::collection::vec(any_note(), 0..4))
            .prop_map(|(at, notes)| Edit::Import { at, with: Arc::new(one_voice(notes)) }),
        (0i64..900, 0i64..900, proptest::collection::vec(any_note(), 0..6)).prop_map(|(from, len, notes)| {
            Edit::ReplaceRange { from, to: from + len, with: Arc::new(one_voice(notes)) }
        }),
        Just(Edit::AddVoice(Voice::new("bass", Role::Bass, 32))),
        (0usize..4).prop_map(Edit::RemoveVoice),
        (0usize..4, 0u8..=255).prop_map(|(voice, program)| Edit::SetVoice {
            voice,
            change: VoiceChange { program: Some(program), ..VoiceChange::default() }
        }),
        (0i64..900, 0f64..1200.0).prop_map(|(tick, qpm)| Edit::SetTempo { tick, qpm }),
        (0i64..900, 1u8..13)
            .prop_map(|(tick, numerator)| { Edit::SetMeter { tick, meter: Meter { numerator, denominator: 8 } } }),
    ]
}

/// A score with everything that equality does not look at.
fn exact(score: &Score) -> (Score, Vec<(usize, NoteId)>) {
    (score.clone(), score.notes().map(|(v, n)| (v, n.id)).collect())
}

fn start() -> Project {
    Project::new(text::parse("melody | 0 24 c4 | 24 24 d4 | 48 48 e4\nbass | 0 96 c2").expect("valid"))
}

proptest! {
    #[test]
    fn edits_undone_give_the_first_score_and_redone_the_last(edits in proptest::collection::vec(any_edit(), 0..24)) {
        let mut p = start();
        let mut states = vec![exact(p.score())];
        for edit in edits {
            if p.apply(edit).is_ok_and(|a| a.changed) {
                states.push(exact(p.score()));
            }
            check_valid(p.score());
        }
        let last = exact(p.score());
        for state in states.iter().rev().skip(1) {
            prop_assert!(p.undo().is_some());
            prop_assert_eq!(&exact(p.score()), state);
        }
        prop_assert!(p.undo().is_none() && !p.is_unsaved());
        while p.redo().is_some() {}
        prop_assert_eq!(exact(p.score()), last);
    }

    #[test]
    fn a_piece_saved_and_opened_is_equal(edits in proptest::collection::vec(any_edit(), 0..24)) {
        let mut p = start();
        for edit in edits {
            let _ = p.apply(edit);
        }
        let text = file::to_text(&p);
        let back = file::from_bytes(text.as_bytes(), std::path::Path::new("x")).expect("what was written is read");
        prop_assert_eq!(back.score(), p.score());
        prop_assert_eq!(file::to_text(&back), text);
    }
}

/// The edit with its made-up identities replaced by those of notes that are there.
fn aimed(mut edit: Edit, score: &Score) -> Edit {
    let there: Vec<NoteId> = score.notes().map(|(_, n)| n.id).collect();
    let aim = |id: &mut NoteId| *id = there.get(id.0 as usize * 37 % there.len().max(1)).copied().unwrap_or(*id);
    match &mut edit {
        Edit::MoveNotes { ids, .. }
        | Edit::CopyNotes { ids, .. }
        | Edit::ResizeNotes { ids, .. }
        | Edit::DeleteNotes(ids)
        | Edit::UseTool { ids, .. } => ids.iter_mut().for_each(aim),
        Edit::SetVelocity(values) | Edit::SetPitches(values) => values.iter_mut().for_each(|v| aim(&mut v.0)),
        _ => {}
    }
    edit
}

/// One draw after another, the same in every run.
struct Draws(TestRunner);

impl Draws {
    fn draw<T>(&mut self, strategy: &impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.0).expect("every draw is allowed").current()
    }
}

#[test]
fn ten_thousand_edits_are_undone_and_redone() {
    let mut draws = Draws(TestRunner::deterministic());
    let (edits, ways) = (any_edit(), 0u8..10);
    let mut p = start();
    let first = exact(p.score());
    let mut n_changed = 0;
    for i in 0..10_000 {
        // Voices and notes must not pile up, or the piece would no longer be one.
        let edit = if p.score().n_notes() > 400 || p.score().voices.len() > 12 {
            Edit::RemoveVoice(i % p.score().voices.len())
        } else {
            aimed(draws.draw(&edits), p.score())
        };
        n_changed += usize::from(p.apply(edit).is_ok_and(|a| a.changed));
        check_valid(p.score());
        // Now and then some steps are taken back and done again on the way.
        if draws.draw(&ways) == 0 {
            let here = exact(p.score());
            let back = (0..3).filter(|_| p.undo().is_some()).count();
            check_valid(p.score());
            (0..back).for_each(|_| assert!(p.redo().is_some()));
            assert_eq!(exact(p.score()), here, "after step {i}");
        }
    }
    assert!(n_changed > 4_000, "only {n_changed} of 10,000 edits did anything");
    assert_eq!((p.history().n_undo(), p.history().n_let_go()), (n_changed, 0));
    let last = exact(p.score());
    while p.undo().is_some() {}
    assert_eq!(exact(p.score()), first);
    assert!(!p.is_unsaved(), "back where it began");
    while p.redo().is_some() {}
    assert_eq!(exact(p.score()), last);
}

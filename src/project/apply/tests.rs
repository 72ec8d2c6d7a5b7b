//! Laws of edits: what is undone is as it was, and whatever is done the score stays a score.

use crate::music::{Meter, Note, NoteId, Role, Score, Voice, text};
use crate::project::{Edit, EditError, Project, VoiceChange};
use proptest::prelude::*;
use std::sync::Arc;

fn project(notation: &str) -> Project {
    Project::new(text::parse(notation).expect("valid"))
}

fn ids(project: &Project) -> Vec<NoteId> {
    project.score().notes().map(|(_, n)| n.id).collect()
}

fn check_valid(score: &Score) {
    for voice in &score.voices {
        assert!(voice.notes.is_sorted_by_key(Note::order), "out of order: {}", text::print(score));
        for n in &voice.notes {
            assert!(n.start >= 0 && n.duration >= 1 && n.pitch < 128 && (1..128).contains(&n.velocity), "{n:?}");
            assert!(n.end() <= score.end, "{n:?} ends after {}", score.end);
        }
        let mut all: Vec<NoteId> = voice.notes.iter().map(|n| n.id).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), voice.notes.len(), "an identity twice");
    }
}

#[test]
fn pitches_move_all_or_none_and_time_stops_at_zero() {
    let mut p = project("melody | 24 24 c4 | 48 24 g9");
    let all = ids(&p);
    let edit = Edit::MoveNotes { ids: all.clone(), ticks: 0, semitones: 1 };
    assert_eq!(p.apply(edit), Err(EditError::PitchRange));
    p.apply(Edit::MoveNotes { ids: all, ticks: -100, semitones: -1 }).expect("fits");
    assert_eq!(text::print(p.score()), "melody | 0 24 B3 | 24 24 F♯9\n");
}

#[test]
fn a_resized_note_keeps_a_tick_and_never_starts_before_the_piece() {
    let mut p = project("melody | 24 24 c4");
    let all = ids(&p);
    p.apply(Edit::ResizeNotes { ids: all.clone(), start: 0, end: -100 }).expect("applies");
    assert_eq!(text::print(p.score()), "melody | 24 1 C4\n");
    p.apply(Edit::ResizeNotes { ids: all, start: -100, end: 23 }).expect("applies");
    assert_eq!(text::print(p.score()), "melody | 0 48 C4\n");
}

#[test]
fn quantising_pulls_starts_and_ends() {
    let mut p = project("melody | 5 20 c4 | 22 27 d4");
    let all = ids(&p);
    let edit = |strength, ends| Edit::Quantise { ids: all.clone(), grid: 12, strength, starts: true, ends };
    p.apply(edit(1.0, true)).expect("applies");
    assert_eq!(text::print(p.score()), "melody | 0 24 C4 | 24 24 D4\n");
    p.undo();
    p.apply(edit(1.0, false)).expect("applies");
    assert_eq!(text::print(p.score()), "melody | 0 20 C4 | 24 27 D4\n");
}

#[test]
fn a_take_replaces_its_range_and_leaves_the_rest() {
    let mut p = project("melody | 0 24 c4 | 24 48 d4 | 96 24 e4\nbass | 0 96 c2");
    let with = text::parse("melody | 0 24 g4 | 24 24 a4\nchords | 0 48 e3").expect("valid");
    let applied = p.apply(Edit::ReplaceRange { from: 48, to: 96, with: Arc::new(with) }).expect("applies");
    assert_eq!(applied.ids.len(), 3);
    assert_eq!(
        text::print(p.score()),
        "melody | 0 24 C4 | 24 24 D4 | 48 24 G4 | 72 24 A4 | 96 24 E4\nbass | 0 96 C2\nchords | 48 48 E3\n"
    );
    p.undo();
    assert_eq!(p.score().voices.len(), 2);
}

#[test]
fn an_edit_without_effect_leaves_no_step() {
    let mut p = project("melody | 0 24 c4");
    let all = ids(&p);
    assert!(!p.apply(Edit::MoveNotes { ids: all, ticks: 0, semitones: 0 }).expect("applies").changed);
    assert!(!p.apply(Edit::DeleteNotes(vec![NoteId(999)])).expect("applies").changed);
    assert_eq!((p.history().n_undo(), p.is_unsaved()), (0, false));
}

#[test]
fn undoing_back_to_what_was_saved_counts_as_saved() {
    let mut p = project("melody | 0 24 c4");
    p.apply(Edit::SetTitle("A".into())).expect("applies");
    p.mark_saved();
    p.apply(Edit::SetTitle("B".into())).expect("applies");
    assert!(p.is_unsaved());
    assert_eq!(p.undo(), Some("Set title"));
    assert!(!p.is_unsaved());
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
        (some_ids(), 0i64..96, 0f32..1.2, any::<bool>(), any::<bool>())
            .prop_map(|(ids, grid, strength, starts, ends)| { Edit::Quantise { ids, grid, strength, starts, ends } }),
        (0i64..900, 0i64..900, proptest::collection::vec(any_note(), 0..6)).prop_map(|(from, len, notes)| {
            let mut with = Score::new(96);
            with.push_voice(Voice::new("melody", Role::Melody, 0));
            for n in notes {
                with.insert(0, n);
            }
            Edit::ReplaceRange { from, to: from + len, with: Arc::new(with) }
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

proptest! {
    #[test]
    fn edits_undone_give_the_first_score_and_redone_the_last(edits in proptest::collection::vec(any_edit(), 0..24)) {
        let mut p = project("melody | 0 24 c4 | 24 24 d4 | 48 48 e4\nbass | 0 96 c2");
        let first = p.score().clone();
        let mut states = vec![first.clone()];
        for edit in edits {
            if p.apply(edit).is_ok_and(|a| a.changed) {
                states.push(p.score().clone());
            }
            check_valid(p.score());
        }
        let last = p.score().clone();
        for state in states.iter().rev().skip(1) {
            prop_assert!(p.undo().is_some());
            prop_assert_eq!(p.score(), state);
        }
        prop_assert!(p.undo().is_none());
        prop_assert_eq!(p.score(), &first);
        while p.redo().is_some() {}
        prop_assert_eq!(p.score(), &last);
    }
}

#[test]
fn a_recording_is_one_step_and_replaces_what_it_passed_over() {
    use crate::music::{VoiceEvent, VoiceEventKind};
    let controller = |tick, number, value| VoiceEvent { tick, kind: VoiceEventKind::Controller { number, value } };
    let mut score = text::parse("melody | 0 24 c4 | 24 48 d4 | 96 24 e4").expect("valid");
    score.voices[0].events = vec![controller(0, 7, 90), controller(30, 64, 127), controller(40, 7, 80)];
    let mut project = Project::new(score.clone());
    let played = |replace| Edit::Record {
        voice: 0,
        notes: vec![Note::new(30, 20, 62, 70)],
        events: vec![controller(32, 64, 0)],
        replace,
    };
    project.apply(played(None)).expect("overdubs");
    assert_eq!(project.score().voices[0].notes.len(), 4);
    assert_eq!(project.score().voices[0].notes[1], Note::new(24, 6, 62, 80), "two of one pitch never overlap");
    assert_eq!(project.undo(), Some("Record"));
    assert_eq!(**project.score(), score);
    project.apply(played(Some((24, 96)))).expect("replaces");
    let voice = &project.score().voices[0];
    assert_eq!(voice.notes.iter().map(|n| n.start).collect::<Vec<_>>(), [0, 30, 96]);
    assert_eq!(voice.events, [controller(0, 7, 90), controller(32, 64, 0), controller(40, 7, 80)]);
    assert!(project.apply(Edit::Record { voice: 9, notes: vec![], events: vec![], replace: None }).is_err());
}

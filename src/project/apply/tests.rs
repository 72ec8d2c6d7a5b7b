//! Edits by example.

use crate::music::tools::{NoteTool, Order, PitchSet, Quantise};
use crate::music::{Key, Mode, Note, NoteId, text};
use crate::project::{Edit, EditError, Project};
use std::sync::Arc;

fn project(notation: &str) -> Project {
    Project::new(text::parse(notation).expect("valid"))
}

fn ids(project: &Project) -> Vec<NoteId> {
    project.score().notes().map(|(_, n)| n.id).collect()
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
fn a_tool_is_a_step_with_its_name() {
    let mut p = project("melody | 5 20 c4 | 22 27 d4");
    let all = ids(&p);
    let tool = NoteTool::Quantise(Quantise { ends: true, ..Quantise::straight(12) });
    p.apply(Edit::UseTool { ids: all, tool }).expect("applies");
    assert_eq!(text::print(p.score()), "melody | 0 24 C4 | 24 24 D4\n");
    assert_eq!(p.undo(), Some("Quantise"));
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

#[test]
fn new_notes_of_a_tool_get_identities_and_end_what_they_overlap() {
    let mut p = project("melody | 0 24 c4 | 24 24 d4\nbass | 0 96 c2 | 12 12 e2");
    let scale = PitchSet::new(Key::new(0, Mode::Major).pitch_classes());
    let ids = ids(&p);
    let applied = p.apply(Edit::UseTool { ids, tool: NoteTool::Harmonise { steps: 2, scale } }).expect("applies");
    assert_eq!(
        text::print(p.score()),
        "melody | 0 24 C4 | 0 24 E4 | 24 24 D4 | 24 24 F4\nbass | 0 96 C2 | 0 12 E2 | 12 12 E2 | 12 12 G2\n"
    );
    assert_eq!(applied.ids.len(), 8);
    assert!(applied.ids.iter().all(|id| id.0 > 0));
}

#[test]
fn a_tool_does_all_or_nothing() {
    let mut p = project("melody | 0 24 c4 | 24 24 g9");
    let tool = NoteTool::Transpose { steps: 1, scale: PitchSet::CHROMATIC };
    assert_eq!(p.apply(Edit::UseTool { ids: ids(&p), tool }), Err(EditError::PitchRange));
    assert_eq!(text::print(p.score()), "melody | 0 24 C4 | 24 24 G9\n");
    let none = p.apply(Edit::UseTool { ids: vec![NoteId(999)], tool }).expect("nothing to do");
    assert!(!none.changed && none.ids.is_empty());
}

#[test]
fn a_trial_is_seen_changed_dropped_and_kept_as_one_step() {
    let mut p = project("melody | 0 24 c4 | 0 24 e4");
    let before = p.score().clone();
    let arpeggio =
        |step| Edit::UseTool { ids: vec![NoteId(1), NoteId(2)], tool: NoteTool::Arpeggiate { step, order: Order::Up } };
    p.try_edit(arpeggio(6)).expect("applies");
    assert_eq!(p.score().n_notes(), 4);
    p.try_edit(arpeggio(12)).expect("applies");
    assert_eq!(p.score().n_notes(), 2, "the second trial begins where the first did");
    assert_eq!(p.history().n_undo(), 0);
    assert!(p.drop_trial() && !p.drop_trial());
    assert!(Arc::ptr_eq(p.score(), &before) && !p.is_unsaved());
    p.try_edit(arpeggio(6)).expect("applies");
    assert!(p.is_unsaved());
    assert_eq!(p.keep_trial(), Some("Arpeggiate"));
    assert_eq!((p.history().n_undo(), p.undo()), (1, Some("Arpeggiate")));
    assert_eq!(p.score(), &before);
    p.redo();
    p.try_edit(Edit::SetTitle("x".into())).expect("applies");
    assert_eq!(p.undo(), Some("Arpeggiate"), "undo drops a trial and takes back the step before it");
    assert_eq!((p.score(), p.is_unsaved()), (&before, false));
}

#[test]
fn an_import_adds_voices_at_a_place_or_fills_an_empty_piece() {
    let mut p = project("melody | 0 24 c4");
    let with = text::parse("melody | 0 24 g4 | 12 24 g4\nempty\nbass | 24 24 c2").expect("valid");
    let with = Arc::new(with);
    let applied = p.apply(Edit::Import { at: 48, with: Arc::clone(&with) }).expect("applies");
    assert_eq!(text::print(p.score()), "melody | 0 24 C4\nmelody | 48 12 G4 | 60 24 G4\nbass | 72 24 C2\n");
    assert_eq!((applied.ids.len(), p.undo()), (3, Some("Import")));
    let mut empty = Project::default();
    empty.apply(Edit::Import { at: 0, with }).expect("applies");
    assert_eq!(empty.score().voices.len(), 2, "an empty voice makes no row");
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

//! Files of the window: export, save, open, the question before a loss, recovery.

use super::*;

#[test]
fn export_writes_midi_that_reads_back_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let mut h = with_tune();
    let path = dir.path().join("tune.mid");
    export(&mut h, Form::Midi, Part::All, &path);
    let (score, warnings) = cadenza::midi::read(&std::fs::read(&path).unwrap()).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(score.voices[0].notes, notes(&h));
    std::fs::remove_file(&path).unwrap();
    key(&mut h, Modifiers::COMMAND, K::E);
    assert!(path.exists(), "Ctrl+E exports again to the same place");
    h.get_by_label_contains("Exported: ");
}

#[test]
fn saving_and_opening_a_project() {
    let dir = tempfile::tempdir().unwrap();
    let mut h = with_tune();
    assert!(h.state().document_name().ends_with('•'));
    act(&mut h, Action::Save(dir.path().join("tune")));
    let path = dir.path().join("tune.cadenza");
    assert_eq!(h.state().document_name(), "tune");
    let saved = h.state().state.project.score().clone();
    act(&mut h, Action::Do(Command::New));
    assert_eq!(n_notes(&h), 0);
    act(&mut h, Action::Open(path.clone()));
    assert_eq!(h.state().state.project.score(), &saved);
    act(&mut h, Action::Open(dir.path().join("none.mid")));
    assert_eq!(h.state().state.session.message.severity, Severity::Error);
    assert_eq!(h.state().state.project.score(), &saved, "a file that cannot be read changes nothing");
}

#[test]
fn work_is_not_lost_without_a_question() {
    let mut h = with_tune();
    act(&mut h, Action::Do(Command::New));
    assert_eq!(n_notes(&h), 4);
    h.get_by_label_contains("Save the changes?");
    h.get_by_label("Cancel").click();
    h.run();
    assert_eq!((n_notes(&h), h.state().state.view.question.is_none()), (4, true));
    act(&mut h, Action::Do(Command::New));
    h.get_by_label("Do not save").click();
    h.run();
    assert_eq!(n_notes(&h), 0);
}

#[test]
fn saving_answers_the_question() {
    let dir = tempfile::tempdir().unwrap();
    let mut h = with_tune();
    act(&mut h, Action::Do(Command::New));
    // What the dialog would answer.
    act(&mut h, Action::Save(dir.path().join("a.cadenza")));
    assert_eq!((n_notes(&h), dir.path().join("a.cadenza").exists()), (0, true));
    act(&mut h, Action::Answer(Answer::Cancel));
    assert!(h.state().state.view.question.is_none());
}

#[test]
fn what_a_crash_left_is_offered_and_recovered() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path()).unwrap();
    let mut lost = cadenza::project::Project::default();
    let notes = vec![Note::new(0, 480, 60, 80)];
    lost.apply(Edit::AddNotes { voice: 0, notes }).unwrap();
    cadenza::project::file::save(&lost, &dir.path().join("7.cadenza")).unwrap();
    let mut options = Options::for_test();
    options.folders.recovery = Some(dir.path().to_owned());
    let mut h = build(options, false);
    h.get_by_label("Recover 1").click();
    h.run();
    assert_eq!(n_notes(&h), 1);
    assert!(h.state().document_name().ends_with('•'), "recovered work is not saved yet");
    assert!(!dir.path().join("7.cadenza").exists());
}

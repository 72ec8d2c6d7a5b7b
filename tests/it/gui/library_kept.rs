//! What is decided on the Library page: kept from window to window, taken back step by step.

use super::*;
use cadenza::gui::Jobs;
use cadenza::gui::pages::library::{LibraryNews, LibraryRequest};
use std::path::Path;

/// A window with the real jobs, whose data lie in `data`.
fn real(data: &Path) -> Harness<'static, App> {
    let backend = Box::new(Jobs::new(data.to_owned(), None));
    let mut h = build(Options { backend, ..Options::for_test() }, false);
    act(&mut h, Action::Show(Page::Library));
    h
}

fn n_pieces(app: &App) -> usize {
    app.state.session.library.shelf.library.pieces.len()
}

/// A folder called folk, with one tune in it.
fn folder(of: &Path) -> std::path::PathBuf {
    let folder = of.join("folk");
    std::fs::create_dir(&folder).expect("a temporary folder");
    let tune = "X:1\nT:Tune\nM:4/4\nL:1/8\nK:G\nGABc dedB|dedB dedB|c2ec B2dB|A2F2 G4|]\n";
    std::fs::write(folder.join("a.abc"), tune).expect("a file in a temporary folder");
    folder
}

#[test]
fn a_key_that_was_chosen_is_there_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let mut h = real(dir.path());
    act(&mut h, Action::Library(LibraryRequest::AddFolder(folder)));
    until(&mut h, "it is read", |app| n_pieces(app) == 1);
    let id = h.state().state.session.library.shelf.library.pieces[0].id();
    let d_minor = cadenza::music::Key::parse("D minor");
    act(&mut h, Action::Library(LibraryRequest::SetKey { id, section: None, key: d_minor }));
    drop(h);
    let mut h = real(dir.path());
    until(&mut h, "it is read again", |app| n_pieces(app) == 1);
    let piece = &h.state().state.session.library.shelf.library.pieces[0];
    assert_eq!(piece.key.map(|(key, _)| key), d_minor);
}

#[test]
fn a_list_that_is_not_understood_is_put_aside_and_said() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("library.json"), "{\"folders\": 5}").unwrap();
    let folder = folder(dir.path());
    let mut h = real(dir.path());
    h.run();
    h.get_by_label_contains("library.json.bad");
    act(&mut h, Action::Library(LibraryRequest::AddFolder(folder)));
    until(&mut h, "it is read", |app| n_pieces(app) == 1);
    h.run();
    h.get_by_label_contains("library.json.bad");
    assert_eq!(std::fs::read_to_string(dir.path().join("library.json.bad")).unwrap(), "{\"folders\": 5}");
}

#[test]
fn a_folder_that_was_removed_comes_back_with_undo() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let mut h = real(dir.path());
    act(&mut h, Action::Library(LibraryRequest::AddFolder(folder)));
    until(&mut h, "it is read", |app| n_pieces(app) == 1);
    h.run();
    h.get_by_label("Undo: add folder folk");
    h.get_by_label("Remove folk from the library").click();
    h.run();
    until(&mut h, "it is gone", |app| n_pieces(app) == 0);
    key(&mut h, Modifiers::COMMAND, K::Z);
    until(&mut h, "it is back", |app| n_pieces(app) == 1);
    key(&mut h, Modifiers::COMMAND | Modifiers::SHIFT, K::Z);
    until(&mut h, "it is gone again", |app| n_pieces(app) == 0);
}

#[test]
fn undo_is_of_the_page_that_is_shown() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    let notes = vec![Note::new(0, 480, 60, 80)];
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    act(&mut h, Action::Show(Page::Library));
    let undo = |undo: Option<&str>| {
        let undo = undo.map(str::to_owned);
        SessionEvent::Library(Box::new(LibraryNews::Choices { choices: Arc::default(), undo, redo: None }))
    };
    for page in [Page::Library, Page::Train] {
        act(&mut h, Action::Show(page));
        key(&mut h, Modifiers::COMMAND, K::Z);
        assert_eq!((n_notes(&h), &*h.state().state.session.message.text), (1, "Nothing to undo"));
    }
    act(&mut h, Action::Show(Page::Library));
    h.state().state.session.events.send(undo(Some("leave out 2 files")));
    h.run();
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert!(matches!(asked.0.lock().unwrap().pop(), Some(Request::Library(LibraryRequest::Undo))));
    assert_eq!((n_notes(&h), &*h.state().state.session.message.text), (1, "Undone: leave out 2 files"));
    h.get_by_label("Edit").click();
    h.run();
    assert!(h.get_by_label("Paste").accesskit_node().is_disabled());
    assert!(h.get_by_label("Cut").accesskit_node().is_disabled());
    // The button in the page's head has the same name.
    h.get_all_by_label("Undo: leave out 2 files").last().unwrap().click();
    h.run();
    assert!(matches!(asked.0.lock().unwrap().pop(), Some(Request::Library(LibraryRequest::Undo))));
}

//! The Library page as a user meets it: chips, ticks, keys of the keyboard, remedies, pictures.

use super::*;
use cadenza::corpus::{self, ImportOptions, Library, Remedy, VoiceChoice};
use cadenza::gui::pages::library::{
    Folder, LibraryNews, LibraryProgress, LibraryRequest, Row, RowState, Shelf, Similar, SimilarPiece,
};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

fn send(h: &Harness<'static, App>, news: LibraryNews) {
    h.state().state.session.events.send(SessionEvent::Library(Box::new(news)));
}

fn row(i: usize) -> Row {
    Row {
        title: format!("Tune {i:04}"),
        style: ["reel", "jig", "waltz"][i % 3].into(),
        seconds: 30.0 + (i % 40) as f64,
        notes: 100 + (i % 300) as u32,
        voices: 2,
        key: "D major".into(),
        confidence: 0.8,
        meter: "4/4".into(),
        tempo: 120,
        copies: 1 + u32::from(i.is_multiple_of(7)),
        state: match i % 10 {
            7 => RowState::Repaired("overlaps-resolved"),
            9 => RowState::LeftOut("no-notes"),
            _ => RowState::Used,
        },
        path: PathBuf::from(format!("/music/tune{i}.mid")),
        ..Row::default()
    }
}

/// Rows without pieces behind them: for what only the table does.
pub fn send_rows(h: &Harness<'static, App>, n: usize) {
    let shelf = Shelf::of((0..n).map(row).collect(), Arc::default());
    send(h, LibraryNews::Shelf(Arc::new(shelf)));
}

#[test]
fn the_library_shows_filters_and_never_hides_why() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    act(&mut h, Action::Show(Page::Library));
    h.get_by_label("Add the starter tunes").click();
    h.run();
    assert!(matches!(asked.0.lock().unwrap().pop(), Some(Request::Library(_))));
    let folder = Folder { name: "folk".into(), path: "/music/folk".into(), n_pieces: 4500, ..Folder::default() };
    send(&h, LibraryNews::Folders(vec![folder]));
    send(&h, LibraryNews::Progress(Some(LibraryProgress { done: 40, total: 90, rate: Some(12.0) })));
    send_rows(&h, 5000);
    h.run();
    h.check_accessibility();
    h.get_by_label("Used 4,000");
    h.get_by_label("Repaired 500");
    h.get_by_label("no notes 500").click();
    h.run();
    h.get_by_label("500 shown");
    h.get_by_label("Show all").click();
    h.run();
    h.get_by_label("Left out 500").click();
    h.run();
    h.get_by_label("500 shown");
    h.get_by_label("Left out 500").click();
    h.run();
    assert!(h.query_by_label("Show all").is_none());
    h.get_by_label("Cancel").click();
    h.run();
    assert!(matches!(asked.0.lock().unwrap().pop(), Some(Request::Library(LibraryRequest::Cancel))));
}

/// Four tunes of our own, one of them too short, read by the real import.
fn library(dir: &Path) -> Arc<Library> {
    let tune = |notes: &str| format!("X:1\nT:Tune {notes:.4}\nM:4/4\nL:1/8\nK:G\n{notes}|]\n");
    let tunes = [
        ("a.abc", tune("GABc dedB|dedB dedB|c2ec B2dB|A2F2 G4")),
        ("b.abc", tune("gfed BdBG|EGDG EGDG|cBAG FGAB|G2D2 G,4")),
        ("copy.abc", tune("GABc dedB|dedB dedB|c2ec B2dB|A2F2 G4")),
        ("zshort.abc", tune("G2A2")),
        ("zzshort.abc", tune("A2G2")),
    ];
    for (name, text) in tunes {
        std::fs::write(dir.join(name), text).expect("a file in a temporary folder");
    }
    let library = corpus::import(&[dir.to_owned()], &ImportOptions::default(), &|_| {}, &AtomicBool::new(false));
    Arc::new(library)
}

/// A window with these on the Library page.
fn with_library(asked: &Asked) -> (Harness<'static, App>, Arc<Shelf>) {
    let dir = tempfile::tempdir().expect("temporary folder");
    let mut h = window_asking(asked);
    act(&mut h, Action::Show(Page::Library));
    let shelf = Arc::new(Shelf::new(library(dir.path())));
    send(&h, LibraryNews::Shelf(Arc::clone(&shelf)));
    h.run();
    (h, shelf)
}

fn last(asked: &Asked) -> LibraryRequest {
    match asked.0.lock().expect("no test has panicked with it").pop() {
        Some(Request::Library(request)) => request,
        other => panic!("{other:?}"),
    }
}

#[test]
fn pictures_are_of_the_pieces_that_are_there_in_the_very_frame_that_they_come() {
    let (mut h, shelf) = with_library(&Asked::default());
    let mut one = corpus::Library::clone(&shelf.library);
    one.rows.retain(|row| row.pieces == [0]);
    one.pieces.truncate(1);
    for shelf in [Arc::new(Shelf::new(Arc::new(one))), shelf] {
        send(&h, LibraryNews::Shelf(shelf));
        h.step();
        assert!(h.query_all_by_label_contains("0 pieces · ").next().is_none());
    }
}

#[test]
fn where_no_piece_is_shown_the_pictures_say_so_and_there_is_nothing_to_tick() {
    let asked = Asked::default();
    let (mut h, _) = with_library(&asked);
    assert!(h.query_by_label("No piece is among the rows that are shown.").is_none());
    h.get_by_label("Left out 2").click();
    h.run();
    h.get_by_label("No piece is among the rows that are shown.");
    h.get_by_label("Learn from all that are shown").click();
    h.run();
    let ticks = |r: &Request| matches!(r, Request::Library(LibraryRequest::Tick(..)));
    assert!(!asked.0.lock().unwrap().iter().any(ticks));
}

#[test]
fn pieces_are_ticked_by_box_by_key_and_all_that_are_shown() {
    let asked = Asked::default();
    let (mut h, shelf) = with_library(&asked);
    assert_eq!(shelf.library.pieces.len(), 3, "{:?}", shelf.library.rows);
    h.check_accessibility();
    let first = shelf.rows[shelf.sorted(Default::default())[0] as usize].clone();
    h.get_all_by_label_contains(&format!("Learn from {}", first.title)).next().unwrap().click();
    h.run();
    assert!(matches!(last(&asked), LibraryRequest::Tick(hashes, false) if hashes.len() == 1));
    h.get_by_label("Learn from all that are shown").click();
    h.run();
    assert!(matches!(last(&asked), LibraryRequest::Tick(hashes, false) if hashes.len() == 3));
    // The box keeps the keyboard until it is given back.
    key(&mut h, Modifiers::NONE, K::Escape);
    key(&mut h, Modifiers::NONE, K::ArrowDown);
    h.get_by_label("Learn from this file");
    key(&mut h, Modifiers::NONE, K::Space);
    assert!(matches!(last(&asked), LibraryRequest::Tick(hashes, false) if hashes.len() == 1));
    h.event(Event::Text("tune gfed".into()));
    h.run();
    h.get_by_label("1 shown");
}

#[test]
fn a_left_out_file_says_why_and_offers_a_remedy() {
    let asked = Asked::default();
    let (mut h, shelf) = with_library(&asked);
    h.get_by_label_contains("too short 2").click();
    h.run();
    let hashes: Vec<_> = shelf.library.rows.iter().filter(|r| r.state.is_left_out()).map(|r| r.hash).collect();
    h.get_by_label("Use it all the same · 2 files").click();
    h.run();
    let all = LibraryRequest::Remedy { remedy: Remedy::UseShort, files: Some(Arc::new(hashes.clone())), on: true };
    assert_eq!(last(&asked), all);
    key(&mut h, Modifiers::NONE, K::Escape);
    key(&mut h, Modifiers::NONE, K::ArrowDown);
    h.get_by_label("Left out. It is too short: 2 notes, at least 8 are needed.");
    h.get_by_label("Use it all the same").click();
    h.run();
    let hash = hashes[0];
    let want = LibraryRequest::Remedy { remedy: Remedy::UseShort, files: Some(Arc::new(vec![hash])), on: true };
    assert_eq!(last(&asked), want);
}

#[test]
fn the_side_panel_plays_opens_and_changes_a_piece() {
    let asked = Asked::default();
    let (mut h, shelf) = with_library(&asked);
    key(&mut h, Modifiers::NONE, K::ArrowDown);
    let piece = shelf.rows[shelf.sorted(Default::default())[0] as usize].piece.unwrap();
    let id = shelf.library.pieces[piece].id();
    h.get_by_label("Find similar").click();
    h.run();
    assert_eq!(last(&asked), LibraryRequest::Similar(piece));
    let other = (piece + 1) % 3;
    let hits = Some(vec![SimilarPiece { piece: other, score: 0.5, heard: None, shared: "Shares one run.".into() }]);
    send(&h, LibraryNews::Similar(Some(Similar { of: id, hits, model: None, listening: None })));
    h.run();
    let seen = h.get_by_label("50 %").rect();
    assert!(h.ctx.content_rect().contains_rect(seen), "what was asked for is in sight: {seen:?}");
    h.get_by_label("Shares one run.");
    act(&mut h, Action::PlayPiece(piece));
    h.step();
    assert_eq!(h.state().state.session.playing, Some(Playing::Piece(id)));
    act(&mut h, Action::PlayPiece(piece));
    assert_eq!(h.state().state.session.playing, None);
    h.get_by_label_contains("Role of ").click();
    h.run();
    h.get_by_label("Bass").click();
    h.run();
    let choice = Some(VoiceChoice::Role(Role::Bass));
    assert_eq!(last(&asked), LibraryRequest::SetRole { id, voice: 0, choice });
    reach(&mut h, "Use as primer");
    h.get_by_label("Use as primer").click();
    h.run();
    assert_eq!(h.state().state.view.page, Page::Compose);
    assert_eq!(h.state().state.view.generator.primer, cadenza::gui::state::Primer::Piece);
    assert_eq!(n_notes(&h), shelf.library.pieces[piece].summary.notes as usize);
}

#[test]
fn a_bar_of_a_picture_and_a_count_of_copies_filter_the_table() {
    let (mut h, _) = with_library(&Asked::default());
    h.get_by_label_contains("Meters: 4/4: 3 pieces").click();
    h.run();
    h.get_by_label("3 shown");
    h.get_by_label("Remove the filter Meters: 4/4").click();
    h.run();
    assert!(h.query_by_label("Show all").is_none());
    h.get_all_by_label("2 near-copies: click shows them").next().unwrap().click();
    h.run();
    h.get_by_label("2 shown");
}

#[test]
fn chips_and_pictures_are_of_what_is_shown() {
    let (mut h, _) = with_library(&Asked::default());
    h.get_by_label("Used 3");
    h.event(Event::Text("gfed".into()));
    h.run();
    h.get_by_label("Used 1");
    assert!(h.get_by_label("Left out 0").accesskit_node().is_disabled(), "it would leave nothing");
    h.get_by_label("Clear the search").click();
    h.run();
    // The lower of two ranges: its picture keeps its bars, the others are of the piece that is left.
    let ranges = |h: &Harness<'static, App>| h.query_all_by_label_contains("Ranges, in semitones: ").count();
    let all = ranges(&h);
    h.get_by_label_contains("Ranges, in semitones: 19–24: 1 piece,").click();
    h.run();
    h.get_by_label("1 shown");
    assert_eq!(ranges(&h), all + 1, "and one in the way out of the filter");
    h.get_by_label_contains("Ranges, in semitones: 7–12: 2 pieces");
    h.get_by_label_contains("Meters: 4/4: 1 piece, 100.0 %");
}

#[test]
fn typing_moves_nothing() {
    let mut h = window();
    act(&mut h, Action::Show(Page::Library));
    send_rows(&h, 2000);
    h.run();
    let top = |h: &Harness<'static, App>| h.get_by_label("Title ↑").rect().top();
    let before = top(&h);
    for text in ["t", "u", "ne 0001"] {
        h.event(Event::Text(text.into()));
        h.run();
        assert_eq!(top(&h), before, "after {text:?}");
    }
    h.get_by_label("1 shown");
}

#[test]
fn a_remedy_is_offered_for_all_that_are_shown_and_its_undoing_is_named() {
    let asked = Asked::default();
    let (mut h, shelf) = with_library(&asked);
    h.event(Event::Text("zzshort".into()));
    h.run();
    key(&mut h, Modifiers::NONE, K::ArrowDown);
    assert!(h.query_by_label_contains("shown: ").is_none());
    h.get_by_label("Use it all the same");
    assert!(h.query_by_label_contains("Use it all the same: all").is_none(), "no other file is shown");
    h.get_by_label("Show all").click();
    h.run();
    h.get_by_label("Use it all the same: all 2 shown").click();
    h.run();
    let hashes: Vec<_> = shelf.library.rows.iter().filter(|r| r.state.is_left_out()).map(|r| r.hash).collect();
    let files = Some(Arc::new(hashes.clone()));
    assert_eq!(last(&asked), LibraryRequest::Remedy { remedy: Remedy::UseShort, files, on: true });
    // As the corpus has it once that is done.
    let mut library = Library::clone(&shelf.library);
    let mut choices = corpus::Choices::default();
    for row in library.rows.iter_mut().filter(|r| hashes.contains(&r.hash)) {
        (row.state, row.remedies, row.applied) = (corpus::FileState::Used, vec![], vec![Remedy::UseShort]);
        choices.change(row.hash, |c| {
            c.remedies.insert(Remedy::UseShort);
            c.roles.insert((0, 1), VoiceChoice::LeaveOut);
        });
    }
    send(&h, LibraryNews::Choices { choices: Arc::new(choices), undo: None, redo: None });
    send(&h, LibraryNews::Shelf(Arc::new(Shelf::new(Arc::new(library)))));
    h.run();
    h.get_by_label("Used, as you chose: though it is short, without a voice.");
    h.get_by_label("Leave it out again").click();
    h.run();
    assert!(matches!(last(&asked), LibraryRequest::Remedy { remedy: Remedy::UseShort, on: false, .. }));
}

#[test]
fn all_that_is_shown_is_left_out_by_a_menu() {
    let asked = Asked::default();
    let (mut h, _) = with_library(&asked);
    assert!(h.query_by_label("With all shown…").is_none(), "without a filter the box in the head does it");
    h.get_by_label_contains("Meters: 4/4: 3 pieces").click();
    h.run();
    h.get_by_label("With all shown…").click();
    h.run();
    h.get_by_label("Leave out").click();
    h.run();
    assert!(matches!(last(&asked), LibraryRequest::Tick(hashes, false) if hashes.len() == 3));
}

#[test]
fn a_model_that_is_there_can_listen_too() {
    let asked = Asked::default();
    let (mut h, shelf) = with_library(&asked);
    // So high that nothing of the piece has to be scrolled to.
    h.set_size(vec2(1280.0, 1400.0));
    h.run();
    key(&mut h, Modifiers::NONE, K::ArrowDown);
    let piece = shelf.rows[shelf.sorted(Default::default())[0] as usize].piece.unwrap();
    let of = shelf.library.pieces[piece].id();
    let similar = |model: Option<&str>, heard, listening| {
        let hit = SimilarPiece { piece: (piece + 1) % 3, score: 0.5, heard, shared: "Shares one run.".into() };
        LibraryNews::Similar(Some(Similar { of, hits: Some(vec![hit]), model: model.map(str::to_owned), listening }))
    };
    send(&h, similar(None, None, None));
    h.run();
    assert!(h.query_by_label_contains("listen too").is_none(), "there is no model yet");
    h.state().state.session.events.send(SessionEvent::Models(vec!["folk".into()]));
    h.run();
    h.get_by_label("Let folk listen too").click();
    h.run();
    assert_eq!(last(&asked), LibraryRequest::Listen { piece, model: "folk".into() });
    send(&h, LibraryNews::Listening(Some(0.25)));
    h.run();
    h.get_all_by_label("Listening to every piece").next().unwrap();
    h.get_by_label("Cancel").click();
    h.run();
    assert_eq!(last(&asked), LibraryRequest::StopListening);
    send(&h, similar(Some("folk"), Some(0.5), None));
    h.run();
    h.get_by_label("Shared passages and the ear of folk");
}

#[test]
fn a_folder_is_read_again_moved_and_removed() {
    let asked = Asked::default();
    let (mut h, _) = with_library(&asked);
    let folder = Folder { name: "folk".into(), path: "/music/folk".into(), ..Folder::default() };
    send(&h, LibraryNews::Folders(vec![folder]));
    h.run();
    h.get_by_label("Look for new and changed files").click();
    h.run();
    assert_eq!(last(&asked), LibraryRequest::ReadAgain);
    h.get_by_label("folk").click_secondary();
    h.run();
    h.get_by_label("It lies somewhere else now…");
    h.get_by_label("Remove from the library").click();
    h.run();
    assert_eq!(last(&asked), LibraryRequest::RemoveFolder(0));
}

#[test]
fn each_key_of_a_piece_that_modulates_can_be_said() {
    let asked = Asked::default();
    let (home, away) = ("CEGc GECE|FAcf cAFA|GBdg dBGB|cGEC C4|", "EGBe BGEG|Acea ecAc|Bdfb fdBd|eBGE E4|");
    let dir = tempfile::tempdir().expect("temporary folder");
    let tune = format!("X:1\nT:Away\nM:4/4\nL:1/8\nK:C\n{}\n[K:E]{}\n", home.repeat(3), away.repeat(3));
    std::fs::write(dir.path().join("away.abc"), tune).expect("a file in a temporary folder");
    let library = corpus::import(&[dir.path().to_owned()], &ImportOptions::default(), &|_| {}, &AtomicBool::new(false));
    let (id, from) = (library.pieces[0].id(), library.pieces[0].keys[1].from);
    let mut h = window_asking(&asked);
    act(&mut h, Action::Show(Page::Library));
    send(&h, LibraryNews::Shelf(Arc::new(Shelf::new(Arc::new(library)))));
    h.run();
    key(&mut h, Modifiers::NONE, K::ArrowDown);
    h.get_by_label("From bar 13").click();
    h.run();
    h.get_by_label("G major").click();
    h.run();
    let key = cadenza::music::Key::parse("G major");
    assert_eq!(last(&asked), LibraryRequest::SetKey { id, section: Some(from), key });
}

/// Prints how long a keystroke and a repaint take with 100,000 rows. Run by hand, on a quiet machine.
#[test]
#[ignore = "a measurement"]
fn a_hundred_thousand_rows_are_searched_and_scrolled() {
    let mut h = window();
    act(&mut h, Action::Show(Page::Library));
    send_rows(&h, 100_000);
    h.run();
    let measure = |h: &mut Harness<'static, App>, what: &str, events: Vec<Event>| {
        let mut times: Vec<f64> = Vec::new();
        for event in events {
            h.event(event);
            let begun = Instant::now();
            h.step();
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            h.run_steps(2);
        }
        times.sort_by(f64::total_cmp);
        println!("{what}: median {:.2} ms, max {:.2} ms", times[times.len() / 2], times[times.len() - 1]);
        assert!(times[times.len() / 2] < 16.7, "{what} takes longer than a frame");
    };
    let typed = "tune 12 reel d maj 4/4".chars().map(|c| Event::Text(c.to_string())).collect();
    h.event(Event::Text("t".into()));
    h.run();
    measure(&mut h, "a keystroke", typed);
    h.get_by_label("Show all").click();
    h.run();
    let wheel = || Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, -400.0),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    };
    h.event(Event::PointerMoved(Pos2::new(400.0, 500.0)));
    measure(&mut h, "a repaint while scrolling", (0..60).map(|_| wheel()).collect());
}

//! What goes out and comes in: every form, all or the selection; a dropped file; pictures.

use super::user::User;
use super::*;
use cadenza::notation::{abc, musicxml};
use std::path::Path;

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{e}: {}", path.display()))
}

#[test]
fn every_form_holds_the_piece_or_the_selection_alone() {
    let dir = tempfile::tempdir().unwrap();
    let asked = Asked::default();
    let mut u = User::new(with_tune_asking(&asked));
    act(&mut u.h, Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(2400, 480, 67, 80)] }));
    act(&mut u.h, Action::Select(vec![]));
    export(&mut u.h, Form::Midi, Part::Selection, &dir.path().join("none.mid"));
    assert_eq!(u.says(), "Select the notes to export first");
    export(&mut u.h, Form::Midi, Part::Loop, &dir.path().join("none.mid"));
    assert_eq!(u.says(), "Set a loop first");
    act(&mut u.h, Action::SetLoop(Some((480, 1200))));
    let looped = dir.path().join("loop.mid");
    export(&mut u.h, Form::Midi, Part::Loop, &looped);
    let score = cadenza::midi::read(&read(&looped)).unwrap().0;
    let cut: Vec<_> = score.notes().map(|(_, n)| (n.start, n.duration, n.pitch)).collect();
    assert_eq!(cut, [(0, 480, 62), (480, 240, 64)], "from its start, cut off at its end");
    let pitches = |score: &Score| score.notes().map(|(_, n)| (n.start, n.pitch)).collect::<Vec<_>>();
    let bar = |ppq: u32| i64::from(ppq) * 4;
    for part in [Part::All, Part::Selection] {
        let name = if part == Part::All { "all" } else { "some" };
        let path = |ending: &str| dir.path().join(format!("{name}.{ending}"));
        for (form, ending) in [(Form::Midi, "mid"), (Form::Abc, "abc"), (Form::MusicXml, "musicxml")] {
            // Without an ending, the form gives one.
            export(&mut u.h, form, part, &dir.path().join(name));
            assert!(path(ending).exists(), "{}", u.says());
        }
        let scores = [
            cadenza::midi::read(&read(&path("mid"))).unwrap().0,
            abc::read(&String::from_utf8(read(&path("abc"))).unwrap()).0.remove(0).score,
            musicxml::read(&read(&path("musicxml"))).unwrap().0,
        ];
        for score in scores {
            let beat = bar(score.ppq) / 4;
            let expected: Vec<(i64, u8)> = if part == Part::All {
                vec![(0, 60), (beat, 62), (2 * beat, 64), (3 * beat, 65), (5 * beat, 67)]
            } else {
                // From the bar in which the first of them begins.
                vec![(3 * beat, 65), (5 * beat, 67)]
            };
            assert_eq!(pitches(&score), expected, "{part:?}");
        }
        export(&mut u.h, Form::Wav, part, &path("wav"));
        let request = asked.0.lock().unwrap().pop();
        let Some(Request::ExportSound { score, what, .. }) = request else { panic!("{request:?}") };
        assert_eq!((score.n_notes(), what.voices_on), (if part == Part::All { 5 } else { 2 }, vec![true]));
        let ids = notes(&u.h)[3..].iter().map(|n| n.id).collect();
        act(&mut u.h, Action::Select(ids));
    }
    u.button("File");
    u.h.get_by_label("Show the exported file");
}

/// What the window system hands over when a file is dropped.
#[derive(Debug)]
struct Dropped(std::path::PathBuf);

impl eframe::egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|e| e.to_string())
    }
}

fn drop_file(h: &mut Harness<'static, App>, path: &Path) {
    h.input_mut().dropped_files.push(Arc::new(Dropped(path.to_owned())));
    h.run();
}

fn with_tune_asking(asked: &Asked) -> Harness<'static, App> {
    let mut h = window_asking(asked);
    let notes = [60, 62, 64, 65].iter().enumerate().map(|(i, p)| Note::new(480 * i as i64, 480, *p, 80)).collect();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    h
}

#[test]
fn a_dropped_file_comes_in_at_the_head_and_one_undo_takes_it_away() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bass.mid");
    let mut bass = Score::new(96);
    let notes = vec![Note::new(0, 96, 36, 70), Note::new(96, 48, 43, 70)];
    bass.push_voice(Voice { notes, ..Voice::new("Bass", Role::Bass, 33) });
    std::fs::write(&path, cadenza::midi::write(&bass).0).unwrap();
    let mut u = User::new(with_tune());
    act(&mut u.h, Action::Seek(1920));
    drop_file(&mut u.h, &path);
    let score = u.h.state().state.project.score().clone();
    assert_eq!(score.voices.len(), 2);
    let came: Vec<_> = score.voices[1].notes.iter().map(|n| (n.start, n.duration, n.pitch)).collect();
    assert_eq!(came, [(1920, 480, 36), (2400, 240, 43)], "in this piece's ticks, at the head");
    let view = &u.h.state().state.view;
    assert_eq!((view.voice, view.selection.len()), (1, 2), "the new voice is in hand");
    assert!(u.says().contains("2 notes came in: bass.mid"), "{}", u.says());
    u.key(Modifiers::COMMAND, K::Z);
    assert_eq!(u.h.state().state.project.score().voices.len(), 1);
    std::fs::write(&path, "no music").unwrap();
    act(&mut u.h, Action::Import(path));
    assert_eq!(u.h.state().state.session.message.severity, Severity::Error);
    assert_eq!(n_notes(&u.h), 4);
}

#[test]
fn a_file_dropped_on_an_empty_piece_is_opened_and_abc_is_read_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("reel.abc");
    std::fs::write(&path, "X:1\nT:Reel\nM:4/4\nL:1/8\nK:G\nGABc dedB|\n").unwrap();
    let mut h = window();
    drop_file(&mut h, &path);
    assert_eq!(n_notes(&h), 8);
    assert_eq!(h.state().state.project.score().title, "Reel");
    assert!(!h.state().state.project.is_unsaved());
}

#[test]
fn the_roll_is_saved_as_a_picture() {
    let dir = tempfile::tempdir().unwrap();
    let mut u = User::new(with_tune());
    act(&mut u.h, Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(1920 * 9, 480, 72, 80)] }));
    let svg = dir.path().join("roll.svg");
    export(&mut u.h, Form::Svg, Part::All, &svg);
    let text = String::from_utf8(read(&svg)).unwrap();
    let document = roxmltree::Document::parse(&text).expect("well-formed");
    let words: Vec<&str> = document.descendants().filter_map(|n| n.text()).collect();
    // Two lines of eight bars: the bars are numbered through.
    for bar in ["1", "2", "9", "10"] {
        assert!(words.contains(&bar), "bar {bar} in {words:?}");
    }
    let size = document.root_element().attribute("height").unwrap().parse::<f32>().unwrap();
    assert!(size > 600.0, "two lines: {size}");
    let png = dir.path().join("roll.png");
    export(&mut u.h, Form::Png, Part::All, &png);
    until(&mut u.h, "the picture is there", |app| app.state.session.message.text.starts_with("Exported"));
    let decoder = png::Decoder::new(std::io::Cursor::new(read(&png)));
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("fits")];
    let info = reader.next_frame(&mut pixels).expect("a picture");
    assert_eq!((info.width, info.height), (3200, (size * 2.0) as u32));
    let mut colours: Vec<[u8; 3]> = pixels.chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect();
    colours.sort_unstable();
    colours.dedup();
    assert!(colours.len() > 40, "only {} colours", colours.len());
}

#[test]
fn pages_for_a_printer_have_title_number_and_every_bar() {
    let dir = tempfile::tempdir().unwrap();
    let mut u = User::new(with_tune());
    act(&mut u.h, Action::Edit(Edit::SetTitle("Rise & <fall>".into())));
    // Thirty bars, and so wide a range that few lines fit on a page.
    let far = [(1920 * 29, 100), (1920 * 20, 30)].map(|(start, pitch)| Note::new(start, 480, pitch, 80));
    act(&mut u.h, Action::Edit(Edit::AddNotes { voice: 0, notes: far.to_vec() }));
    let path = dir.path().join("pages.html");
    export(&mut u.h, Form::Html, Part::All, &path);
    let text = String::from_utf8(read(&path)).unwrap();
    assert!(text.contains("size: A4 landscape") && text.contains("onload=\"print()\""));
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&text, options).expect("well-formed");
    let named = |name: &'static str| document.descendants().filter(move |n| n.has_tag_name(name));
    let heads: Vec<String> =
        named("header").map(|h| h.descendants().filter_map(|n| n.text()).collect::<Vec<_>>().join("|")).collect();
    assert_eq!(heads.len(), named("section").count());
    assert!(heads.len() > 1, "{heads:?}");
    for (i, head) in heads.iter().enumerate() {
        let number = format!("{} / {}", i + 1, heads.len());
        assert!(head.contains("Rise & <fall>") && head.contains(&number), "{head}");
    }
    let words: Vec<&str> = document.descendants().filter_map(|n| n.text()).collect();
    for bar in 1..=30 {
        assert!(words.contains(&bar.to_string().as_str()), "bar {bar}");
    }
    let ids: Vec<&str> = document.descendants().filter_map(|n| n.attribute("id")).collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), ids.len(), "parts of two pictures do not share a name");
}

#[test]
fn notes_go_from_one_window_to_another_as_text() {
    let mut from = User::new(with_tune());
    from.key(Modifiers::COMMAND, K::A);
    let text = from.copy();
    assert!(text.lines().nth(1).is_some_and(|l| l == "0 480 C4 80"), "{text}");
    let mut to = User::new(window());
    let mut other = Score::new(96);
    other.push_voice(Voice::new("Melody", Role::Melody, 0));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("other.mid");
    std::fs::write(&path, cadenza::midi::write(&other).0).unwrap();
    act(&mut to.h, Action::Open(path));
    act(&mut to.h, Action::Seek(384));
    to.paste(&text);
    let pasted: Vec<_> = notes(&to.h).iter().map(|n| (n.start, n.duration, n.pitch)).collect();
    assert_eq!(pasted, [(384, 96, 60), (480, 96, 62), (576, 96, 64), (672, 96, 65)]);
    let gone = from.cut();
    assert_eq!((n_notes(&from.h), gone), (0, text));
}

//! The strips over the ruler: chords heard and written, markers, keys, meters, tempos.

use super::*;
use cadenza::music::{Chord, Marker, Meter, Tick};
use cadenza::project::Lane;

/// The middle of a strip at a tick.
fn place(h: &Harness<'static, App>, lane: &str, tick: Tick) -> Pos2 {
    let strip = h.get_by_label_contains(&format!("{lane} lane:")).rect();
    Pos2::new(at(h, tick, 60).x + 4.0, strip.center().y)
}

/// A window with two bars: C and F, held by three voices' worth of notes.
fn with_chords() -> Harness<'static, App> {
    let mut h = window();
    let bar = |start, pitches: [u8; 3]| pitches.map(|p| Note::new(start, 1920, p, 80));
    let notes = [bar(0, [48, 64, 67]), bar(1920, [53, 69, 72])].concat();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    act(&mut h, Action::Select(vec![]));
    act(&mut h, Action::Do(Command::ZoomFit));
    h
}

fn chords(h: &Harness<'static, App>) -> Vec<(Tick, Option<Chord>)> {
    h.state().state.project.score().chords.changes().iter().map(|c| (c.tick, c.chord)).collect()
}

fn write(h: &mut Harness<'static, App>, field: &str, text: &str) {
    h.get_by_label(field).type_text(text);
    h.run();
    key(h, Modifiers::NONE, K::Enter);
}

#[test]
fn chords_are_heard_written_changed_moved_and_taken_out() {
    let mut h = with_chords();
    act(&mut h, Action::Edit(Edit::SetKey(Some(Key::new(0, Mode::Major)))));
    h.get_by_label("Chords lane: C, F");
    let second = place(&h, "Chords", 1920);
    click(&mut h, second, Modifiers::NONE);
    h.check_accessibility();
    // What is heard is offered.
    h.get_by_label("Set").click();
    h.run();
    let f = Chord::parse("F");
    assert_eq!(chords(&h), [(1920, f), (3840, None)]);
    let first = place(&h, "Chords", 0);
    click(&mut h, first, Modifiers::NONE);
    h.get_by_label("Am").click();
    h.run();
    assert_eq!(chords(&h), [(0, Chord::parse("Am")), (1920, f), (3840, None)]);
    h.get_by_label("Chords lane: Am, F");
    let (from, to) = (place(&h, "Chords", 1920), place(&h, "Chords", 2880));
    drag(&mut h, from, to, Modifiers::NONE);
    assert!(chords(&h).contains(&(2880, f)) && !chords(&h).contains(&(1920, f)), "{:?}", chords(&h));
    let there = place(&h, "Chords", 2880);
    click(&mut h, there, Modifiers::NONE);
    h.get_by_label("Take out").click();
    h.run();
    assert!(!chords(&h).iter().any(|c| c.1 == f));
    for _ in 0..4 {
        key(&mut h, Modifiers::COMMAND, K::Z);
    }
    assert!(chords(&h).is_empty());
    act(&mut h, Action::Do(Command::WriteChords));
    assert_eq!(chords(&h), [(0, Chord::parse("C")), (1920, f)]);
}

#[test]
fn a_chord_is_typed_and_nonsense_is_refused() {
    let mut h = with_chords();
    act(&mut h, Action::Seek(960));
    key(&mut h, Modifiers::SHIFT, K::C);
    write(&mut h, "Chord symbol", "Xyz");
    h.get_by_label("“Xyz” is not a chord");
    assert!(chords(&h).is_empty());
    key(&mut h, Modifiers::NONE, K::Escape);
    key(&mut h, Modifiers::NONE, K::Escape);
    assert!(h.query_by_label("Chord symbol").is_none(), "Escape closes the field");
    key(&mut h, Modifiers::SHIFT, K::C);
    write(&mut h, "Chord symbol", "dm7/g");
    assert_eq!(chords(&h)[0], (960, Chord::parse("Dm7/G")));
    assert!(h.query_by_label("Chord symbol").is_none());
}

#[test]
fn markers_are_written_at_the_playhead_and_moved() {
    let mut h = with_chords();
    act(&mut h, Action::Seek(1920));
    key(&mut h, Modifiers::SHIFT, K::M);
    write(&mut h, "Text of the marker", "Verse");
    let markers = |h: &Harness<'static, App>| h.state().state.project.score().markers.clone();
    assert_eq!(markers(&h), [Marker { tick: 1920, text: "Verse".into() }]);
    let (from, to) = (place(&h, "Markers", 1920), place(&h, "Markers", 3840));
    drag(&mut h, from, to, Modifiers::NONE);
    assert_eq!(markers(&h)[0].tick, 3840);
    h.get_by_label("Markers: menu of the lane").click();
    h.run();
    h.get_by_label("Hide Markers").click();
    h.run();
    assert!(!h.state().state.view.lanes.contains(&Lane::Markers));
    assert_eq!(markers(&h).len(), 1, "what is hidden is not lost");
}

#[test]
fn bars_are_right_after_a_change_of_meter_anywhere() {
    let mut h = with_chords();
    act(&mut h, Action::ToggleLane(Lane::Meter));
    let second = place(&h, "Meter", 2000);
    click(&mut h, second, Modifiers::NONE);
    h.get_by_label("16").click();
    h.run();
    h.get_by_label("Set").click();
    h.run();
    let score = h.state().state.project.score().clone();
    let short = Meter { numerator: 4, denominator: 16 };
    assert_eq!(score.meters.meter_at(1920), short, "it begins with the bar that was pressed");
    let bar = score.meters.position(3000, score.ppq);
    assert_eq!((bar.bar, bar.bar_start, bar.bar_len, bar.meter), (3, 2880, 480, short));
    // Alt leaves the grid: a bar is cut short where it must be.
    let (from, to) = (place(&h, "Meter", 1920), place(&h, "Meter", 1920) - vec2(31.0, 0.0));
    drag(&mut h, from, to, Modifiers::ALT);
    let moved = h.state().state.project.score().meters.changes()[1].tick;
    assert!(moved < 1920 && moved > 960, "{moved}");
    let score = h.state().state.project.score();
    let cut = score.meters.position(0, score.ppq);
    assert_eq!((cut.bar_len, score.meters.position(moved, score.ppq).bar), (moved, 1));
}

#[test]
fn keys_and_tempos_change_where_they_are_set() {
    let mut h = with_chords();
    act(&mut h, Action::ToggleLane(Lane::Key));
    let second = place(&h, "Key", 1920);
    click(&mut h, second, Modifiers::NONE);
    h.get_by_label("E♭ major").click();
    h.run();
    let score = h.state().state.project.score().clone();
    assert_eq!((score.key_at(1919), score.key_at(1920)), (None, Some(Key::new(3, Mode::Major))));
    act(&mut h, Action::Seek(2400));
    key(&mut h, Modifiers::SHIFT, K::T);
    let now = h.state().state.project.score().tempos.changes().len();
    // What stands there is chosen whole, then written over.
    key(&mut h, Modifiers::COMMAND, K::A);
    write(&mut h, "New tempo", "61.5");
    let tempos = &h.state().state.project.score().tempos;
    assert_eq!(tempos.changes().len(), now + 1);
    assert!((tempos.qpm_at(2400) - 61.5).abs() < 0.01, "{}", tempos.qpm_at(2400));
    assert_eq!(tempos.qpm_at(2399), 120.0);
    h.get_by_label("Tempo lane: ♩ 120, ♩ 61.5");
    h.check_accessibility();
}

#[test]
fn what_stands_over_the_notes_survives_saving_and_midi() {
    let dir = tempfile::tempdir().unwrap();
    let mut h = with_chords();
    let marks = [
        cadenza::project::Mark::Marker("Coda".into()),
        cadenza::project::Mark::Chord(Chord::parse("F♯ø7")),
        cadenza::project::Mark::Key(Key::new(9, Mode::Minor)),
    ];
    for mark in marks {
        act(&mut h, Action::Edit(Edit::Lane(cadenza::project::LaneEdit::Set { tick: 1920, mark })));
    }
    let change = cadenza::project::VoiceChange {
        color: Some(Some(5)),
        locked: Some(true),
        volume: Some(40),
        pan: Some(100),
        ..Default::default()
    };
    act(&mut h, Action::Edit(Edit::SetVoice { voice: 0, change }));
    let score = h.state().state.project.score().clone();
    let voice = &score.voices[0];
    assert_eq!((voice.color, voice.locked, voice.volume(), voice.pan()), (Some(5), true, 40, 100));
    for name in ["a.cadenza", "a.mid"] {
        let path = dir.path().join(name);
        if name.ends_with("mid") {
            export(&mut h, Form::Midi, Part::All, &path);
        } else {
            act(&mut h, Action::Save(path.clone()));
        }
        act(&mut h, Action::Do(Command::New));
        act(&mut h, Action::Open(path));
        // A piece without a title goes by the name of its file.
        let mut expected = Score::clone(&score);
        if name.ends_with("mid") {
            expected.title = "a".to_owned();
        }
        assert_eq!(**h.state().state.project.score(), expected, "{name}");
    }
}

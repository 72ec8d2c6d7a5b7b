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

/// Types as a hand does: into whatever has the keyboard.
fn type_and_enter(h: &mut Harness<'static, App>, text: &str) {
    h.event(Event::Text(text.to_owned()));
    h.run();
    key(h, Modifiers::NONE, K::Enter);
}

#[test]
fn what_stands_in_a_field_is_chosen_as_it_opens_so_that_typing_takes_its_place() {
    let mut h = with_chords();
    for lane in [Lane::Tempo, Lane::Meter, Lane::Key, Lane::Markers] {
        if !h.state().state.view.lanes.contains(&lane) {
            act(&mut h, Action::ToggleLane(lane));
        }
    }
    let score = |h: &Harness<'static, App>| h.state().state.project.score().clone();
    // By a click, by two in quick succession (a habit from elsewhere), by its key.
    let pos = place(&h, "Tempo", 1920);
    click(&mut h, pos, Modifiers::NONE);
    type_and_enter(&mut h, "61.5");
    assert!((score(&h).tempos.qpm_at(1920) - 61.5).abs() < 0.01, "{}", score(&h).tempos.qpm_at(1920));
    let pos = place(&h, "Tempo", 3840);
    h.event(Event::PointerMoved(pos));
    h.step();
    for pressed in [true, false, true, false] {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        h.event(Event::PointerButton { pos, button, pressed, modifiers });
        h.step();
    }
    h.run();
    h.get_by_label("New tempo");
    type_and_enter(&mut h, "200");
    assert!((score(&h).tempos.qpm_at(3840) - 200.0).abs() < 0.01);
    act(&mut h, Action::Seek(1920));
    key(&mut h, Modifiers::SHIFT, K::T);
    type_and_enter(&mut h, "77");
    assert!((score(&h).tempos.qpm_at(1920) - 77.0).abs() < 0.01);
    for (text, now) in [("Verse", "Verse"), ("Coda", "Coda")] {
        key(&mut h, Modifiers::SHIFT, K::M);
        type_and_enter(&mut h, text);
        assert_eq!(score(&h).markers, [Marker { tick: 1920, text: now.into() }]);
    }
    for (text, chord) in [("Am", "Am"), ("D7", "D7")] {
        key(&mut h, Modifiers::SHIFT, K::C);
        type_and_enter(&mut h, text);
        assert!(chords(&h).contains(&(1920, Chord::parse(chord))), "{:?}", chords(&h));
    }
    key(&mut h, Modifiers::SHIFT, K::B);
    type_and_enter(&mut h, "7");
    assert_eq!(score(&h).meters.meter_at(1920), Meter { numerator: 7, denominator: 4 });
    // Keys are buttons: Enter takes the one that has the keyboard.
    key(&mut h, Modifiers::SHIFT, K::K);
    key(&mut h, Modifiers::NONE, K::Enter);
    assert!(score(&h).key_at(1920).is_some());
    // One Escape, and nothing has happened.
    let before = score(&h);
    key(&mut h, Modifiers::SHIFT, K::T);
    h.event(Event::Text("50".into()));
    h.run();
    key(&mut h, Modifiers::NONE, K::Escape);
    assert!(h.query_by_label("New tempo").is_none());
    assert_eq!(score(&h), before);
}

#[test]
fn tempos_are_dragged_up_down_and_sideways_in_one_step() {
    let mut h = with_chords();
    act(&mut h, Action::ToggleLane(Lane::Tempo));
    if !h.state().state.view.lanes.contains(&Lane::Tempo) {
        act(&mut h, Action::ToggleLane(Lane::Tempo));
    }
    let tempos = |h: &Harness<'static, App>| -> Vec<(Tick, f64)> {
        let tempos = h.state().state.project.score().tempos.clone();
        tempos.changes().iter().map(|c| (c.tick, (tempos.qpm_at(c.tick) * 10.0).round() / 10.0)).collect()
    };
    let steps = |h: &Harness<'static, App>| h.state().state.project.history().n_undo();
    let mark = cadenza::project::Mark::Tempo(100.0);
    act(&mut h, Action::Edit(Edit::Lane(cadenza::project::LaneEdit::Set { tick: 1920, mark })));
    let before = steps(&h);
    // A point goes up (four points are the hand's shaking, two a quarter note a minute), and stays in place.
    let pos = place(&h, "Tempo", 1920);
    drag(&mut h, pos, pos + vec2(2.0, -24.0), Modifiers::NONE);
    assert_eq!((tempos(&h), steps(&h)), (vec![(0, 120.0), (1920, 110.0)], before + 1));
    let (pos, to) = (place(&h, "Tempo", 1920), place(&h, "Tempo", 2880));
    drag(&mut h, pos, to + vec2(0.0, 3.0), Modifiers::NONE);
    assert_eq!((tempos(&h), steps(&h)), (vec![(0, 120.0), (2880, 110.0)], before + 2), "sideways is no other tempo");
    let (pos, to) = (place(&h, "Tempo", 2880), place(&h, "Tempo", 3840));
    drag(&mut h, pos, to + vec2(0.0, 44.0), Modifiers::NONE);
    assert_eq!((tempos(&h), steps(&h)), (vec![(0, 120.0), (3840, 90.0)], before + 3), "both at once");
    let pos = place(&h, "Tempo", 3840);
    drag(&mut h, pos, pos - vec2(0.0, 14.0), Modifiers::ALT);
    assert_eq!(tempos(&h), [(0, 120.0), (3840, 90.5)], "Alt: by tenths");
    // Beside the points the line itself is dragged; before the first change that is the tempo of the start.
    let pos = place(&h, "Tempo", 960);
    drag(&mut h, pos, pos + vec2(30.0, -24.0), Modifiers::NONE);
    assert_eq!(tempos(&h), [(0, 130.0), (3840, 90.5)]);
    // Escape gives a drag up.
    let pos = place(&h, "Tempo", 960);
    let button = |pos, pressed| {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        Event::PointerButton { pos, button, pressed, modifiers }
    };
    for event in [Event::PointerMoved(pos), button(pos, true), Event::PointerMoved(pos - vec2(0.0, 40.0))] {
        h.event(event);
        h.step();
    }
    h.get_by_label_contains("♩ 148");
    key(&mut h, Modifiers::NONE, K::Escape);
    h.event(button(pos - vec2(0.0, 40.0), false));
    h.run();
    assert_eq!((tempos(&h), steps(&h)), (vec![(0, 130.0), (3840, 90.5)], before + 5));
    for _ in 0..5 {
        key(&mut h, Modifiers::COMMAND, K::Z);
    }
    assert_eq!(tempos(&h), [(0, 120.0), (1920, 100.0)]);
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

//! Gestures and keys of the roll's table that the other files leave: held keys, grid, transport, limits.

use super::user::User;
use super::*;
use cadenza::gui::piano_roll::snap::Grid;

const SHIFT: Modifiers = Modifiers::SHIFT;
const NONE: Modifiers = Modifiers::NONE;

fn tune() -> User {
    User::new(with_tune())
}

fn quarter() -> User {
    let mut u = tune();
    act(&mut u.h, Action::SetGrid(Grid::Straight(4)));
    u
}

#[test]
fn shift_keeps_to_one_axis_control_copies_and_alt_leaves_the_grid() {
    let mut u = quarter();
    u.drag((240, 60), (1200, 61), SHIFT);
    assert_eq!(notes(&u.h)[1], Note::new(960, 480, 60, 80), "further across than up: only across");
    u.key(Modifiers::COMMAND, K::Z);
    u.drag((240, 60), (260, 67), SHIFT);
    assert_eq!(notes(&u.h)[0], Note::new(0, 480, 67, 80), "further up than across: only up");
    u.key(Modifiers::COMMAND, K::Z);
    u.drag((240, 60), (2160, 67), Modifiers::COMMAND);
    assert_eq!((u.starts(), n_notes(&u.h)), (vec![0, 480, 960, 1440, 1920], 5), "the note stays, a copy goes");
    assert_eq!(h_label(&u), Some("Copy notes"));
    u.key(Modifiers::COMMAND, K::Z);
    u.drag((240, 60), (353, 60), Modifiers::ALT);
    let start = notes(&u.h).iter().map(|n| n.start).find(|s| s % 480 != 0).expect("off the grid");
    assert!((start - 113).abs() < 8, "{start}");
}

fn h_label(u: &User) -> Option<&'static str> {
    u.h.state().state.project.history().undo_label()
}

#[test]
fn the_pencil_draws_the_last_length_deletes_and_selects_with_held_keys() {
    let mut u = quarter();
    act(&mut u.h, Action::Do(Command::PencilTool));
    u.drag_end((1920, 65), 2880);
    u.click((3840 + 20, 70));
    assert_eq!(notes(&u.h)[4], Note::new(3840, 1440, 70, 90), "as long as the note that was last resized");
    u.right_click((4000, 70));
    assert_eq!((n_notes(&u.h), h_label(&u)), (4, Some("Delete notes")));
    u.drag((30, 69), (900, 58), SHIFT);
    assert_eq!((u.h.state().state.view.selection.len(), n_notes(&u.h)), (2, 4), "Shift draws a box, not a note");
    u.drag((500, 69), (1300, 58), Modifiers::COMMAND);
    assert_eq!(u.h.state().state.view.selection.len(), 2, "one out, one in");
}

#[test]
fn a_click_with_held_keys_adds_and_toggles() {
    let mut u = tune();
    let selected = |u: &User| u.h.state().state.view.selection.len();
    u.click((240, 60));
    let pos = u.pos((720, 62));
    u.press(pos, pos, PointerButton::Primary, SHIFT);
    assert_eq!(selected(&u), 2);
    u.press(pos, pos, PointerButton::Primary, Modifiers::COMMAND);
    assert_eq!(selected(&u), 1);
    let pos = u.pos((1200, 64));
    u.press(pos, pos, PointerButton::Primary, Modifiers::COMMAND);
    assert_eq!(selected(&u), 2);
}

#[test]
fn two_clicks_on_a_key_select_its_pitch() {
    let mut u = tune();
    act(&mut u.h, Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(2400, 240, 62, 80)] }));
    act(&mut u.h, Action::Select(vec![]));
    let pos = Pos2::new(u.h.state().roll.transform().expect("drawn").rect.left() - 12.0, u.pos((0, 62)).y);
    u.h.event(Event::PointerMoved(pos));
    u.h.step();
    for pressed in [true, false, true, false] {
        u.h.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: NONE });
        u.h.step();
    }
    u.h.run();
    let state = &u.h.state().state;
    let chosen: Vec<u8> =
        notes(&u.h).iter().filter(|n| state.view.selection.contains(&n.id)).map(|n| n.pitch).collect();
    assert_eq!(chosen, [62, 62]);
}

#[test]
fn at_the_ends_of_the_range_all_move_or_none() {
    let mut u = tune();
    act(&mut u.h, Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(2400, 240, 125, 80)] }));
    u.key(Modifiers::COMMAND, K::A);
    let before = u.pitches();
    u.key(SHIFT, K::ArrowUp);
    assert_eq!(u.pitches(), before);
    assert!(u.says().starts_with("Nothing moved"), "{}", u.says());
    u.key(NONE, K::ArrowLeft);
    assert_eq!(u.starts()[0], 0, "time stops at the start");
}

#[test]
fn the_wheel_goes_across_with_shift_and_the_middle_button_pans() {
    let mut u = tune();
    let pos = u.pos((960, 62));
    u.h.event(Event::PointerMoved(pos));
    u.h.step();
    let before = u.h.state().roll.viewport;
    let wheel = Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, -60.0),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers: SHIFT,
    };
    u.h.event_modifiers(wheel, SHIFT);
    u.h.run_steps(40);
    u.h.run();
    let across = u.h.state().roll.viewport;
    assert!(across.left > before.left && across.top == before.top, "{before:?} {across:?}");
    let from = u.pos((960, 62));
    u.press(from, from + vec2(30.0, 25.0), PointerButton::Middle, NONE);
    let panned = u.h.state().roll.viewport;
    assert!(panned.left < across.left && panned.top > across.top, "{across:?} {panned:?}");
}

#[test]
fn velocity_by_wheel_keys_and_ramp() {
    let mut u = tune();
    u.key(Modifiers::COMMAND, K::A);
    u.key(NONE, K::Plus);
    assert!(notes(&u.h).iter().all(|n| n.velocity == 86));
    u.key(NONE, K::Minus);
    let pos = u.pos((2600, 70));
    u.h.event(Event::PointerMoved(pos));
    u.h.step();
    let wheel = Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: vec2(0.0, 1.0),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers: Modifiers::ALT,
    };
    u.h.event_modifiers(wheel, Modifiers::ALT);
    u.h.run_steps(40);
    u.h.run();
    assert!(notes(&u.h).iter().all(|n| n.velocity > 80), "{:?}", notes(&u.h));
    act(&mut u.h, Action::Select(vec![]));
    // From beside the stems, over all of them.
    u.lane((1640, 120.0), (-60, 20.0));
    let ramp: Vec<u8> = notes(&u.h).iter().map(|n| n.velocity).collect();
    assert!(ramp.is_sorted() && ramp[0] < 40 && ramp[3] > 100, "{ramp:?}");
    assert_eq!(h_label(&u), Some("Set velocity"));
}

#[test]
fn the_grid_has_every_step_and_off() {
    let mut u = tune();
    for (grid, start) in [(Grid::Triplet(8), 160), (Grid::Dotted(8), 360), (Grid::Straight(64), 30), (Grid::Off, 1)] {
        act(&mut u.h, Action::SetGrid(grid));
        u.click((240, 60));
        u.key(NONE, K::ArrowRight);
        assert_eq!(u.starts()[0], start, "{grid:?}");
        u.key(Modifiers::COMMAND, K::Z);
    }
    u.h.get_by_label("Grid: Off").click();
    u.h.run();
    u.h.get_by_label("1/8 triplet").click();
    u.h.run();
    assert_eq!(u.h.state().state.view.grid, Grid::Triplet(8));
}

#[test]
fn the_head_goes_by_bars_and_to_both_ends() {
    let mut u = tune();
    act(&mut u.h, Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(7680, 480, 60, 80)] }));
    act(&mut u.h, Action::Select(vec![]));
    let head = |u: &User| u.h.state().state.session.playhead;
    for (key, tick) in [
        (K::PageDown, 1920),
        (K::PageDown, 3840),
        (K::PageUp, 1920),
        (K::End, 8160),
        (K::PageUp, 7680),
        (K::Home, 0),
        (K::PageUp, 0),
    ] {
        u.key(NONE, key);
        assert_eq!(head(&u), tick, "{key:?}");
    }
    u.click((720, 62));
    u.key(Modifiers::COMMAND, K::L);
    let session = &u.h.state().state.session;
    assert_eq!((session.loop_range, session.looping), (Some((480, 960)), true));
    u.key(NONE, K::M);
    assert_eq!(u.h.state().state.view.muted, [true]);
    u.key(NONE, K::S);
    assert_eq!(u.h.state().state.view.soloed, [true]);
    u.key(NONE, K::F);
    assert!(!u.h.state().state.view.follow);
    u.key(Modifiers::COMMAND, K::Period);
    assert_eq!(u.says(), "All notes off");
}

#[test]
fn the_sheet_shows_every_command_with_a_key_and_every_gesture() {
    let mut h = window();
    key(&mut h, NONE, K::F1);
    for row in cadenza::gui::piano_roll::held::TABLE {
        let t = h.state().state.text();
        let how = row.how_text(t, &h.ctx);
        assert!(h.query_all_by_label(&how).next().is_some(), "{how}");
    }
    for row in cadenza::gui::shortcuts::TABLE.iter().filter(|r| !r.keys.is_empty()) {
        let name = (row.name)(h.state().state.text());
        let starred = format!("{name} *");
        let shown = h.query_all_by_label(name).chain(h.query_all_by_label(&starred));
        assert!(shown.count() > 0, "{name}");
    }
}

#[test]
fn a_question_mark_opens_the_sheet_but_not_in_a_field() {
    let mut h = window();
    let open = |h: &Harness<'static, App>| h.state().state.view.show_shortcuts;
    key(&mut h, SHIFT, K::Questionmark);
    assert!(open(&h));
    key(&mut h, NONE, K::Escape);
    key(&mut h, NONE, K::F1);
    assert!(open(&h));
    key(&mut h, NONE, K::Escape);
    assert!(!open(&h));
    key(&mut h, SHIFT, K::M);
    h.event(Event::Text("?".into()));
    key(&mut h, SHIFT, K::Questionmark);
    assert!(!open(&h), "it belongs to the text of the marker");
}

#[test]
fn shift_tab_goes_back_and_a_ghost_is_taken_in_hand_by_a_click() {
    let mut u = tune();
    act(&mut u.h, Action::Do(Command::AddVoice));
    act(&mut u.h, Action::Edit(Edit::AddNotes { voice: 1, notes: vec![Note::new(2400, 480, 70, 80)] }));
    act(&mut u.h, Action::SetVoice(0));
    u.click((1200, 64));
    u.key(SHIFT, K::Tab);
    let chosen = |u: &User| u.h.state().state.view.selection.iter().copied().collect::<Vec<_>>();
    assert_eq!(chosen(&u), [notes(&u.h)[1].id]);
    u.click((2600, 70));
    let ghost = u.h.state().state.project.score().voices[1].notes[0].id;
    assert_eq!((u.h.state().state.view.voice, chosen(&u)), (1, vec![ghost]));
}

#[test]
fn the_sound_is_muted_and_turned_down_at_the_foot() {
    let mut u = tune();
    u.h.get_by_label_contains("Mute the sound").click();
    u.h.run();
    assert!(u.h.state().state.session.muted);
    act(&mut u.h, Action::SetVolume(0.3));
    let session = &u.h.state().state.session;
    assert!(!session.muted && session.volume == 0.3, "a new volume is heard");
}

#[test]
fn a_drag_that_comes_in_one_repaint_is_a_drag_from_where_it_began() {
    let mut u = quarter();
    act(&mut u.h, Action::Do(Command::PencilTool));
    let in_one = |u: &mut User, from: Pos2, to: Pos2, modifiers: Modifiers| {
        u.h.event(Event::PointerMoved(from));
        u.h.step();
        let button = |pos, pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers };
        u.h.input_mut().events.extend([button(from, true), Event::PointerMoved(to), button(to, false)]);
        u.h.step();
        u.h.run_steps(40);
        u.h.run();
    };
    let (from, to) = (u.pos((20, 69)), u.pos((900, 58)));
    in_one(&mut u, from, to, SHIFT);
    assert_eq!((u.h.state().state.view.selection.len(), n_notes(&u.h)), (2, 4), "a box, and no note");
    let (from, to) = (u.pos((720, 62)), u.pos((1680, 67)));
    in_one(&mut u, from, to, NONE);
    assert!(notes(&u.h).contains(&Note::new(1440, 480, 67, 80)), "{:?}", notes(&u.h));
}

#[test]
fn a_menu_has_the_keys_while_it_is_open() {
    let mut u = tune();
    u.key(Modifiers::COMMAND, K::A);
    u.button("Edit");
    u.h.get_by_label_contains("Select nothing");
    let before = u.pitches();
    u.key(NONE, K::ArrowUp);
    assert_eq!(u.pitches(), before, "the notes stay where they are");
    u.key(NONE, K::Escape);
    assert!(u.h.query_by_label_contains("Select nothing").is_none(), "Escape closes the menu");
    assert_eq!(u.h.state().state.view.selection.len(), 4, "and does no more");
}

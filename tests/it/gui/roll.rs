//! The piano roll by mouse and keys.

use super::*;

#[test]
fn the_pencil_draws_undo_and_redo_bring_back() {
    let mut h = window();
    act(&mut h, Action::Do(Command::PencilTool));
    let pos = at(&h, 960, 67) + vec2(4.0, 0.0);
    click(&mut h, pos, Modifiers::NONE);
    assert_eq!(notes(&h), [Note::new(960, 480, 67, 90)]);
    let (from, to) = (at(&h, 1920, 60) + vec2(2.0, 0.0), at(&h, 2880, 60));
    drag(&mut h, from, to, Modifiers::NONE);
    assert_eq!(notes(&h)[1], Note::new(1920, 960, 60, 90));
    key(&mut h, Modifiers::COMMAND, K::Z);
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!(n_notes(&h), 0);
    key(&mut h, Modifiers::COMMAND | Modifiers::SHIFT, K::Z);
    assert_eq!(n_notes(&h), 1);
    key(&mut h, Modifiers::COMMAND, K::Y);
    assert_eq!(n_notes(&h), 2);
    h.get_by_label_contains("Piano roll, 2 notes, ");
}

#[test]
fn a_double_click_adds_a_note_and_a_drag_moves_it_in_one_step() {
    let mut h = window();
    act(&mut h, Action::Do(Command::SelectTool));
    let pos = at(&h, 480, 64) + vec2(3.0, 0.0);
    h.event(Event::PointerMoved(pos));
    h.step();
    for _click in 0..2 {
        for pressed in [true, false] {
            let modifiers = Modifiers::NONE;
            h.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers });
        }
        h.step();
    }
    h.run();
    assert_eq!(notes(&h), [Note::new(480, 480, 64, 90)]);
    h.run_steps(40);
    let (from, to) = (at(&h, 720, 64), at(&h, 1680, 67));
    drag(&mut h, from, to, Modifiers::NONE);
    assert_eq!(notes(&h), [Note::new(1440, 480, 67, 90)]);
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!(notes(&h), [Note::new(480, 480, 64, 90)]);
}

#[test]
fn edges_resize_and_escape_cancels() {
    let mut h = with_tune();
    let end = at(&h, 4 * 480, 65) - vec2(2.0, 0.0);
    let to = at(&h, 6 * 480, 65) - vec2(2.0, 0.0);
    drag(&mut h, end, to, Modifiers::NONE);
    assert_eq!(notes(&h)[3], Note::new(1440, 1440, 65, 80));
    let start = at(&h, 1440, 65) + vec2(2.0, 0.0);
    let to = at(&h, 1920, 65) + vec2(2.0, 0.0);
    drag(&mut h, start, to, Modifiers::NONE);
    assert_eq!(notes(&h)[3], Note::new(1920, 960, 65, 80));

    let before = notes(&h);
    let body = at(&h, 2400, 65);
    h.event(Event::PointerMoved(body));
    let modifiers = Modifiers::NONE;
    h.event(Event::PointerButton { pos: body, button: PointerButton::Primary, pressed: true, modifiers });
    h.step();
    h.event(Event::PointerMoved(body + vec2(90.0, 40.0)));
    h.step();
    key(&mut h, Modifiers::NONE, K::Escape);
    let pos = body + vec2(90.0, 40.0);
    h.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed: false, modifiers });
    h.run();
    assert_eq!(notes(&h), before);
}

#[test]
fn a_box_selects_and_modifiers_add_and_toggle() {
    let mut h = with_tune();
    let (from, to) = (at(&h, 20, 69), at(&h, 900, 58));
    drag(&mut h, from, to, Modifiers::NONE);
    assert_eq!(h.state().state.view.selection.len(), 2);
    let (from, to) = (at(&h, 1000, 69), at(&h, 1300, 58));
    drag(&mut h, from, to, Modifiers::SHIFT);
    assert_eq!(h.state().state.view.selection.len(), 3);
    let (from, to) = (at(&h, 20, 69), at(&h, 1900, 58));
    drag(&mut h, from, to, Modifiers::COMMAND);
    assert_eq!(h.state().state.view.selection.len(), 1);
    h.get_by_label_contains("Piano roll, 4 notes, 1 selected");
}

#[test]
fn keys_move_transpose_lengthen_and_delete() {
    let mut h = with_tune();
    act(&mut h, Action::Do(Command::PencilTool));
    act(&mut h, Action::Do(Command::SelectTool));
    key(&mut h, Modifiers::COMMAND, K::A);
    assert_eq!(h.state().state.view.selection.len(), 4);
    let pitches = |h: &Harness<'static, App>| notes(h).iter().map(|n| n.pitch).collect::<Vec<_>>();
    key(&mut h, Modifiers::NONE, K::ArrowUp);
    assert_eq!(pitches(&h), [61, 63, 65, 66]);
    key(&mut h, Modifiers::SHIFT, K::ArrowDown);
    assert_eq!(pitches(&h), [49, 51, 53, 54]);
    key(&mut h, Modifiers::COMMAND, K::ArrowUp);
    key(&mut h, Modifiers::NONE, K::ArrowDown);
    act(&mut h, Action::Edit(Edit::SetKey(Some(Key::new(0, Mode::Major)))));
    key(&mut h, Modifiers::ALT, K::ArrowUp);
    assert_eq!(pitches(&h), [62, 64, 65, 67]);
    let grid = h.state().roll.grid_ticks(&h.state().state);
    key(&mut h, Modifiers::NONE, K::ArrowRight);
    assert_eq!(notes(&h)[0].start, grid);
    key(&mut h, Modifiers::SHIFT, K::ArrowLeft);
    assert_eq!(notes(&h)[3].duration, 480 - grid);
    key(&mut h, Modifiers::NONE, K::Delete);
    assert_eq!(n_notes(&h), 0);
}

#[test]
fn space_plays_only_where_it_has_no_other_meaning() {
    let mut h = with_tune();
    h.key_press(K::Space);
    h.step();
    assert!(h.state().state.session.player.is_playing());
    h.key_press(K::Space);
    h.step();
    assert!(!h.state().state.session.player.is_playing());
    h.get_by_label("Train").focus();
    h.run();
    h.key_press(K::Space);
    h.run();
    assert!(!h.state().state.session.player.is_playing());
    assert_eq!(h.state().state.view.page, Page::Train, "Space pressed the button that has the focus");
}

#[test]
fn tab_walks_the_notes_in_the_roll_and_the_controls_outside_it() {
    let mut h = with_tune();
    let focused = |h: &Harness<'static, App>| h.ctx.memory(|m| m.focused());
    let empty = at(&h, 100, 70);
    click(&mut h, empty, Modifiers::NONE);
    let roll = focused(&h);
    assert!(roll.is_some(), "a click gives the roll the keyboard");
    key(&mut h, Modifiers::NONE, K::Tab);
    key(&mut h, Modifiers::NONE, K::Tab);
    let chosen: Vec<_> = h.state().state.view.selection.iter().copied().collect();
    assert_eq!(chosen, [notes(&h)[1].id]);
    key(&mut h, Modifiers::NONE, K::Escape);
    assert!(h.state().state.view.selection.is_empty());
    key(&mut h, Modifiers::NONE, K::Escape);
    assert_eq!(focused(&h), None, "the keyboard is free again");
    key(&mut h, Modifiers::NONE, K::Tab);
    assert!(focused(&h).is_some() && focused(&h) != roll && h.state().state.view.selection.is_empty());
}

#[test]
fn the_wheel_scrolls_and_zooms_at_the_pointer() {
    let mut h = with_tune();
    let pos = at(&h, 960, 62);
    let wheel = |modifiers| Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, 50.0),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers,
    };
    h.event(Event::PointerMoved(pos));
    h.step();
    let before = h.state().roll.viewport;
    let roll = |h: &mut Harness<'static, App>, modifiers| {
        h.event_modifiers(wheel(modifiers), modifiers);
        h.run();
        h.run_steps(30);
    };
    roll(&mut h, Modifiers::NONE);
    assert!(h.state().roll.viewport.top > before.top, "the wheel goes up");
    roll(&mut h, Modifiers::COMMAND);
    let zoomed = h.state().roll.viewport;
    assert!(zoomed.px_per_tick > before.px_per_tick && zoomed.row == before.row, "Ctrl zooms time");
    assert!((at(&h, 960, 62).x - pos.x).abs() < 2.0, "what is under the pointer stays");
    roll(&mut h, Modifiers::COMMAND | Modifiers::SHIFT);
    assert!(h.state().roll.viewport.row > before.row, "Ctrl+Shift zooms pitch");
}

#[test]
fn the_ruler_places_the_head_and_drags_a_loop() {
    let mut h = with_tune();
    let canvas = h.state().roll.transform().expect("drawn").rect;
    let x = at(&h, 960, 60).x;
    click(&mut h, Pos2::new(x, canvas.top() - 6.0), Modifiers::NONE);
    assert_eq!(h.state().state.session.playhead, 960);
    let to = at(&h, 2880, 60).x;
    drag(&mut h, Pos2::new(x, canvas.top() - 26.0), Pos2::new(to, canvas.top() - 26.0), Modifiers::NONE);
    assert_eq!(h.state().state.session.loop_range, Some((960, 2880)));
    assert!(h.state().state.session.looping);
    key(&mut h, Modifiers::NONE, K::L);
    assert!(!h.state().state.session.looping);
}

#[test]
fn velocity_stems_are_dragged() {
    let mut h = with_tune();
    let canvas = h.state().roll.transform().expect("drawn").rect;
    let x = at(&h, 480, 60).x + 1.0;
    let from = Pos2::new(x, canvas.bottom() + 30.0);
    drag(&mut h, from, Pos2::new(x, canvas.bottom() - 40.0), Modifiers::NONE);
    assert!(notes(&h)[1].velocity > 80 && notes(&h)[0].velocity == 80, "{:?}", notes(&h));
}

#[test]
fn a_hundred_thousand_notes_are_drawn_and_selected() {
    let mut h = window();
    let notes = (0..100_000).map(|i| Note::new(i * 60, 55, 30 + (i * 7 % 70) as u8, 80)).collect();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    act(&mut h, Action::Do(Command::ZoomFit));
    for _ in 0..24 {
        act(&mut h, Action::Do(Command::ZoomOut));
    }
    key(&mut h, Modifiers::COMMAND, K::A);
    assert_eq!(h.state().state.view.selection.len(), 100_000);
    key(&mut h, Modifiers::NONE, K::ArrowUp);
    h.get_by_label_contains("Piano roll, 100000 notes, 100000 selected");
}

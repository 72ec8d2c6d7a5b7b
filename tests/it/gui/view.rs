//! What is seen of the piece: zooming, folding, the map, following, scales; and that nothing is drawn for nothing.

use super::*;
use cadenza::gui::piano_roll::Transform;
use cadenza::music::{Scale, ScaleKind};
use cadenza::project::VoiceChange;

fn transform(h: &Harness<'static, App>) -> Transform {
    h.state().roll.transform().expect("the roll was drawn")
}

/// A window whose piece has a quarter note in each of so many beats.
fn with_beats(n: i64) -> Harness<'static, App> {
    let mut h = window();
    let notes = (0..n).map(|i| Note::new(480 * i, 480, 60 + (i % 12) as u8, 80)).collect();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    act(&mut h, Action::Select(vec![]));
    h
}

fn wheel(h: &mut Harness<'static, App>, delta: eframe::egui::Vec2) {
    let (unit, phase, source) = (MouseWheelUnit::Point, TouchPhase::Move, MouseWheelSource::Unknown);
    let pos = transform(h).rect.center();
    h.event(Event::PointerMoved(pos));
    h.step();
    h.event(Event::MouseWheel { unit, delta, phase, source, modifiers: Modifiers::NONE });
    h.run_steps(30);
}

#[test]
fn the_view_fits_the_piece_and_the_selection() {
    let mut h = with_beats(400);
    act(&mut h, Action::Do(Command::ZoomFit));
    let t = transform(&h);
    assert!(t.x(0.0) >= t.rect.left() && t.x(400.0 * 480.0) <= t.rect.right(), "all of it is seen");
    let ids: Vec<_> = notes(&h)[100..104].iter().map(|n| n.id).collect();
    act(&mut h, Action::Select(ids));
    key(&mut h, Modifiers::SHIFT, K::Z);
    let t = transform(&h);
    let (from, to) = t.ticks();
    assert!(from < 48_000.0 && to > 49_920.0 && to - from < 4.0 * 480.0 * 1.2, "{from}–{to}");
    let pitches = t.pitches();
    assert!(pitches.0 <= 64 && pitches.1 >= 67, "{pitches:?}");
    act(&mut h, Action::Select(vec![]));
    key(&mut h, Modifiers::SHIFT, K::Z);
    h.get_by_label("Select some notes first");
}

#[test]
fn folded_rows_are_those_in_use_and_the_pencil_writes_on_them() {
    let mut h = window();
    let notes_there = [(0, 48), (480, 60), (960, 79)].map(|(t, p)| Note::new(t, 480, p, 80)).to_vec();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes: notes_there }));
    let apart = at(&h, 0, 48).y - at(&h, 0, 79).y;
    key(&mut h, Modifiers::SHIFT, K::F);
    let t = transform(&h);
    let folded = at(&h, 0, 48).y - at(&h, 0, 79).y;
    assert!((folded - 2.0 * t.view.row).abs() < 0.5 && folded < apart, "three rows in all");
    act(&mut h, Action::Do(Command::PencilTool));
    let pos = at(&h, 1920, 79) + vec2(3.0, 0.0);
    click(&mut h, pos, Modifiers::NONE);
    assert_eq!(notes(&h)[3], Note::new(1920, 480, 79, 90));
    // A row further is the next pitch in use, however far.
    act(&mut h, Action::Do(Command::SelectTool));
    let (from, to) = (at(&h, 240, 48), at(&h, 240, 60));
    drag(&mut h, from, to, Modifiers::NONE);
    assert_eq!(notes(&h)[0].pitch, 60);
    h.get_by_label_contains("Fold to used pitches").click();
    h.run();
    assert!(!h.state().state.view.fold);
}

#[test]
fn the_map_shows_the_piece_and_moves_the_view() {
    let mut h = with_beats(400);
    let map = h.get_by_label("Map of the piece").rect();
    let pos = Pos2::new(map.left() + map.width() * 0.75, map.center().y);
    click(&mut h, pos, Modifiers::NONE);
    let (from, to) = transform(&h).ticks();
    let middle = (from + to) / 2.0;
    assert!((middle - 300.0 * 480.0).abs() < 480.0, "{middle}");
    drag(&mut h, pos, pos - vec2(map.width() * 0.25, 0.0), Modifiers::NONE);
    let (from, to) = transform(&h).ticks();
    assert!(((from + to) / 2.0 - 200.0 * 480.0).abs() < 960.0, "{from}–{to}");
    key(&mut h, Modifiers::SHIFT, K::O);
    assert!(h.query_by_label("Map of the piece").is_none());
    h.get_by_label("Scroll through the piece");
}

#[test]
fn the_view_follows_by_page_until_the_user_scrolls() {
    let mut h = with_beats(400);
    let far = transform(&h).ticks().1 as i64 + 9_600;
    act_step(&mut h, Action::Seek(far));
    h.key_press(K::Space);
    h.step();
    h.step();
    let (from, to) = transform(&h).ticks();
    assert!(from < far as f64 && (far as f64) < to, "the page was turned");
    wheel(&mut h, vec2(2_000.0, 0.0));
    let away = transform(&h).ticks();
    assert!(away.1 < far as f64, "the user looks elsewhere");
    h.run_steps(10);
    assert_eq!(transform(&h).ticks(), away, "and is left there");
    h.key_press(K::Space);
    h.step();
    h.key_press(K::Space);
    h.run_steps(2);
    assert!(transform(&h).ticks().1 > far as f64, "the next start follows again");
    h.key_press(K::Space);
    h.run();
}

/// As `act`, for what sets something moving.
fn act_step(h: &mut Harness<'static, App>, action: Action) {
    h.state_mut().apply(action);
    h.step();
}

#[test]
fn root_and_scale_are_chosen_in_plain_sight_and_steps_follow_them() {
    let mut h = with_beats(1);
    let shown = |h: &Harness<'static, App>| h.state().roll.scale(&h.state().state);
    act(&mut h, Action::Edit(Edit::SetKey(Some(Key::new(2, Mode::Minor)))));
    assert_eq!(shown(&h), Some(Scale::new(2, ScaleKind::Minor)), "of the key");
    h.get_by_label_contains("Root of the scale").click();
    h.run();
    h.get_by_label("A").click();
    h.run();
    h.get_by_label_contains("Scale: Minor").click();
    h.run();
    h.get_by_label("Minor pentatonic").click();
    h.run();
    assert_eq!(shown(&h), Some(Scale::new(9, ScaleKind::MinorPentatonic)));
    key(&mut h, Modifiers::COMMAND, K::A);
    key(&mut h, Modifiers::ALT, K::ArrowUp);
    assert_eq!(notes(&h)[0].pitch, 62);
    key(&mut h, Modifiers::ALT, K::ArrowUp);
    assert_eq!(notes(&h)[0].pitch, 64);
    act(&mut h, Action::SetScale(None));
    assert_eq!(shown(&h), Some(Scale::new(2, ScaleKind::Minor)));
}

#[test]
fn drums_have_a_list_of_names_for_a_keyboard() {
    let mut h = with_beats(4);
    let keys = |h: &Harness<'static, App>| h.get_by_label("Keyboard").rect().width();
    let narrow = keys(&h);
    let change = VoiceChange { role: Some(Role::Drums), ..VoiceChange::default() };
    act(&mut h, Action::Edit(Edit::SetVoice { voice: 0, change }));
    assert!(keys(&h) > narrow + 40.0, "room for names");
    h.check_accessibility();
}

#[test]
fn a_ramp_is_drawn_over_velocities() {
    let mut h = with_tune();
    let lane = h.get_by_label("Velocity lane").rect();
    let (from, to) = (at(&h, 0, 60).x - 6.0, at(&h, 1920, 60).x - 30.0);
    let (low, high) = (Pos2::new(from, lane.bottom() - 12.0), Pos2::new(to, lane.top() + 10.0));
    drag(&mut h, low, high, Modifiers::NONE);
    let velocities: Vec<u8> = notes(&h).iter().map(|n| n.velocity).collect();
    assert!(velocities.is_sorted_by(|a, b| a < b), "{velocities:?}");
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert!(notes(&h).iter().all(|n| n.velocity == 80), "one step");
}

#[test]
fn nothing_is_drawn_while_nothing_moves() {
    let mut h = with_beats(2_000);
    h.run_steps(120);
    assert!(!h.ctx.has_requested_repaint(), "{:?}", h.ctx.repaint_causes());
}

#[test]
fn many_notes_are_drawn_at_every_zoom_with_a_selection() {
    let mut h = with_beats(20_000);
    act(&mut h, Action::Do(Command::ZoomFit));
    let ids: Vec<_> = notes(&h).iter().step_by(3).map(|n| n.id).collect();
    let n_chosen = ids.len();
    act(&mut h, Action::Select(ids));
    let mut widest = transform(&h).view.px_per_tick;
    for _ in 0..20 {
        act(&mut h, Action::Do(Command::ZoomIn));
        let zoom = transform(&h).view.px_per_tick;
        assert!(zoom > widest);
        widest = zoom;
    }
    act(&mut h, Action::Do(Command::ZoomFit));
    key(&mut h, Modifiers::NONE, K::ArrowUp);
    let moved = notes(&h).iter().enumerate().filter(|(i, n)| n.pitch == 61 + (i % 12) as u8).count();
    assert_eq!(moved, n_chosen);
    h.get_by_label_contains(&format!("Piano roll, 20000 notes, {n_chosen} selected"));
}

//! The list of voices.

use super::*;

#[test]
fn voices_are_muted_soloed_renamed_and_taken_in_hand() {
    let mut h = with_tune();
    act(&mut h, Action::Do(Command::AddVoice));
    assert_eq!((h.state().state.project.score().voices.len(), h.state().state.view.voice), (2, 1));
    in_sight(&mut h);
    h.get_by_label("Mute Melody").click();
    h.run();
    assert_eq!(h.state().state.view.silent(2), [true, false]);
    h.get_by_label("Solo Melody").click();
    h.run();
    assert_eq!(h.state().state.view.silent(2), [true, true]);
    h.get_by_label("Voice Melody").click();
    h.run();
    assert_eq!(h.state().state.view.voice, 0);
    h.get_by_label("Remove voice").scroll_to_me();
    h.run();
    h.get_by_label("Remove voice").click();
    h.run();
    assert_eq!(h.state().state.project.score().voices.len(), 1);
}

/// A window with the tune and a second, empty voice in hand.
fn with_two() -> Harness<'static, App> {
    let mut h = with_tune();
    act(&mut h, Action::Do(Command::AddVoice));
    in_sight(&mut h);
    h
}

/// Scrolls to the voices, which a small window has below the generator.
fn in_sight(h: &mut Harness<'static, App>) {
    h.get_by_label("Mute Melody").scroll_to_me();
    h.run();
}

fn voice(h: &Harness<'static, App>, i: usize) -> Voice {
    h.state().state.project.score().voices[i].clone()
}

#[test]
fn colours_are_chosen_from_the_swatch() {
    let mut h = with_two();
    h.get_by_label("Colour of Melody").click();
    h.run();
    h.get_by_label("Pink").click();
    h.run();
    assert_eq!((voice(&h, 0).color, h.state().state.hue(0)), (Some(3), 3));
    h.check_accessibility();
    h.get_by_label("Colour of Melody").click();
    h.run();
    h.get_by_label("By place").click();
    h.run();
    assert_eq!((voice(&h, 0).color, h.state().state.hue(0)), (None, 0));
}

#[test]
fn a_locked_voice_is_changed_by_nobody_and_it_is_said() {
    let mut h = with_two();
    h.get_by_label("Lock Melody").click();
    h.run();
    assert!(voice(&h, 0).locked);
    act(&mut h, Action::SetVoice(0));
    key(&mut h, Modifiers::COMMAND, K::A);
    key(&mut h, Modifiers::NONE, K::ArrowUp);
    key(&mut h, Modifiers::NONE, K::Delete);
    assert_eq!(notes(&h)[0].pitch, 60);
    assert_eq!(n_notes(&h), 4);
    h.get_by_label_contains("the voice Melody is locked");
    key(&mut h, Modifiers::SHIFT, K::L);
    key(&mut h, Modifiers::NONE, K::ArrowUp);
    assert_eq!(notes(&h)[0].pitch, 61);
}

#[test]
fn volume_and_pan_are_set_by_their_rails_in_one_step() {
    let mut h = with_tune();
    // The piece's own volume is at the foot, the voice's at the left.
    let rail = |h: &Harness<'static, App>, name: &str| {
        let rects = h.get_all_by_label(name).map(|n| n.rect());
        let here = rects.filter(|r| r.right() < 300.0);
        here.max_by(|a, b| a.width().total_cmp(&b.width())).expect("a rail in the list")
    };
    let before = h.state().state.project.history().n_undo();
    h.get_by_label_contains("Voice down in the list").scroll_to_me();
    h.run();
    for (name, share) in [("Volume", 0.25), ("Pan", 0.1)] {
        let rect = rail(&h, name);
        let y = rect.center().y;
        let (from, to) = (Pos2::new(rect.left() + 40.0, y), Pos2::new(rect.left() + rect.width() * share, y));
        drag(&mut h, from, to, Modifiers::NONE);
    }
    let v = voice(&h, 0);
    assert!(v.volume() < 90 && v.pan() < 50, "{} {}", v.volume(), v.pan());
    assert_eq!(h.state().state.project.history().n_undo(), before + 2, "one step each");
    key(&mut h, Modifiers::COMMAND, K::Z);
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!((voice(&h, 0).volume(), voice(&h, 0).pan()), (100, 64));
}

#[test]
fn voices_are_put_in_another_order_and_keep_their_mute() {
    let mut h = with_two();
    h.get_by_label("Mute Melody").click();
    h.run();
    h.get_by_label_contains("Voice down in the list").scroll_to_me();
    h.run();
    h.get_by_label_contains("Voice up in the list").click();
    h.run();
    assert_eq!((voice(&h, 1).name.as_str(), h.state().state.view.voice), ("Melody", 0));
    assert_eq!(h.state().state.view.muted, [false, true]);
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!((voice(&h, 0).name.as_str(), h.state().state.view.muted.clone()), ("Melody", vec![true, false]));
    h.get_by_label_contains("Voice down in the list").click();
    h.run();
    assert_eq!(voice(&h, 1).name, "Melody");
}

#[test]
fn voices_are_dragged_to_another_place_in_one_step() {
    let mut h = with_two();
    act(&mut h, Action::Do(Command::AddVoice));
    act(&mut h, Action::SetVoice(0));
    let names = |h: &Harness<'static, App>| -> Vec<String> {
        h.state().state.project.score().voices.iter().map(|v| v.name.clone()).collect()
    };
    assert_eq!(names(&h), ["Melody", "Voice 2", "Voice 3"]);
    let middle = |h: &Harness<'static, App>, name: &str| h.get_by_label(&format!("Voice {name}")).rect().center();
    let before = h.state().state.project.history().n_undo();
    h.get_by_label("Voice Voice 3").scroll_to_me();
    h.run();
    let (from, to) = (middle(&h, "Voice 3"), middle(&h, "Melody") - vec2(0.0, 10.0));
    drag(&mut h, from, to, Modifiers::NONE);
    assert_eq!(names(&h), ["Voice 3", "Melody", "Voice 2"]);
    let history = h.state().state.project.history();
    assert_eq!((history.n_undo(), history.undo_label()), (before + 1, Some("Move voice")));
    assert_eq!(h.state().state.view.voice, 1, "the voice in hand stays in hand");
    let (from, to) = (middle(&h, "Voice 3"), middle(&h, "Voice 2") + vec2(0.0, 10.0));
    drag(&mut h, from, to, Modifiers::NONE);
    assert_eq!((names(&h), h.state().state.view.voice), (vec!["Melody".into(), "Voice 2".into(), "Voice 3".into()], 0));
    // A little way is a click; Escape gives the drag up.
    let from = middle(&h, "Voice 2");
    drag(&mut h, from, from + vec2(0.0, 2.0), Modifiers::NONE);
    assert_eq!(h.state().state.view.voice, 1);
    let (from, to) = (middle(&h, "Voice 2"), middle(&h, "Melody") - vec2(0.0, 10.0));
    let button = |pos, pressed| {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        Event::PointerButton { pos, button, pressed, modifiers }
    };
    for event in [Event::PointerMoved(from), button(from, true), Event::PointerMoved(to)] {
        h.event(event);
        h.step();
    }
    key(&mut h, Modifiers::NONE, K::Escape);
    h.event(button(to, false));
    h.run();
    assert_eq!(names(&h), ["Melody", "Voice 2", "Voice 3"]);
}

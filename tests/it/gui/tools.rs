//! Tools on a selection: at once by key and menu, or in a box that shows what it would do.

use super::user::User;
use super::*;
use cadenza::gui::piano_roll::snap::Grid;
use eframe::egui::accesskit::Role as Named;

const CTRL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::SHIFT;
const ALT: Modifiers = Modifiers::ALT;
const NONE: Modifiers = Modifiers::NONE;

fn with(notes: &[(i64, i64, u8)]) -> User {
    let mut h = window();
    let notes = notes.iter().map(|(s, d, p)| Note::new(*s, *d, *p, 80)).collect();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    act(&mut h, Action::Edit(Edit::SetKey(Some(Key::new(0, Mode::Major)))));
    act(&mut h, Action::Do(Command::SelectTool));
    act(&mut h, Action::Do(Command::ZoomFit));
    act(&mut h, Action::SetGrid(Grid::Straight(16)));
    let mut u = User::new(h);
    u.key(CTRL, K::A);
    u
}

fn shape(u: &User) -> Vec<(i64, i64, u8)> {
    notes(&u.h).iter().map(|n| (n.start, n.duration, n.pitch)).collect()
}

fn label(u: &User) -> Option<&'static str> {
    u.h.state().state.project.history().undo_label()
}

#[test]
fn quantise_is_set_once_and_done_again_by_its_key() {
    let mut u = with(&[(10, 100, 60), (130, 100, 62), (262, 100, 64)]);
    u.key(SHIFT, K::Q);
    u.h.check_accessibility();
    assert_eq!(shape(&u)[0].0, 0, "the box shows at once what it would do");
    assert_eq!(label(&u), Some("Set key"), "but it is no step yet");
    u.button("Ends");
    assert_eq!(shape(&u), [(0, 120, 60), (120, 120, 62), (240, 120, 64)]);
    u.key(NONE, K::Escape);
    assert_eq!(shape(&u), [(10, 100, 60), (130, 100, 62), (262, 100, 64)], "cancelled");
    assert_eq!(u.h.state().state.view.selection.len(), 3);
    u.key(SHIFT, K::Q);
    u.button("Ends");
    u.button("Apply");
    assert_eq!((shape(&u)[2], label(&u)), ((240, 120, 64), Some("Quantise")));
    u.key(CTRL, K::Z);
    assert_eq!(shape(&u)[2], (262, 100, 64), "one undo takes all of it back");
    u.key(NONE, K::Q);
    assert_eq!(shape(&u)[2], (240, 120, 64), "Q does what was set last: ends too");
}

#[test]
fn the_box_has_its_own_grid_and_swing() {
    let mut u = with(&[(0, 100, 60), (130, 100, 62), (240, 100, 64), (370, 100, 65)]);
    u.key(SHIFT, K::Q);
    u.h.get_by_role_and_label(Named::ComboBox, "Grid").click();
    u.h.run();
    u.h.get_by_label("1/8").click();
    u.h.run();
    assert_eq!(u.starts(), [0, 240, 240, 480]);
    let tool = u.h.state().state.view.tool_box.as_ref().expect("open").tool;
    let cadenza::music::tools::NoteTool::Quantise(q) = tool else { panic!("{tool:?}") };
    act(
        &mut u.h,
        Action::TryTool(cadenza::music::tools::NoteTool::Quantise(cadenza::music::tools::Quantise {
            swing: 2.0 / 3.0,
            ..q
        })),
    );
    assert_eq!(u.starts(), [0, 0, 320, 320]);
    u.key(NONE, K::Enter);
    assert_eq!(label(&u), Some("Quantise"));
    assert!(u.h.state().state.view.tool_box.is_none());
}

#[test]
fn tools_without_settings_work_at_once() {
    let phrase = [(0, 100, 60), (240, 300, 64), (480, 240, 67)];
    for (modifiers, key, name, expected) in [
        (ALT, K::L, "Legato", [(0, 240, 60), (240, 240, 64), (480, 240, 67)]),
        (ALT, K::O, "Delete overlaps", [(0, 100, 60), (240, 240, 64), (480, 240, 67)]),
        (SHIFT, K::R, "Reverse", [(0, 240, 67), (180, 300, 64), (620, 100, 60)]),
    ] {
        let mut u = with(&phrase);
        u.key(modifiers, key);
        assert_eq!((shape(&u), label(&u)), (expected.to_vec(), Some(name)));
        u.key(CTRL, K::Z);
        assert_eq!(shape(&u), phrase);
    }
    let mut u = with(&[(0, 240, 60), (240, 240, 60), (480, 240, 62)]);
    u.key(CTRL, K::J);
    assert_eq!(shape(&u), [(0, 480, 60), (480, 240, 62)]);
    act(&mut u.h, Action::Seek(120));
    u.key(CTRL | SHIFT, K::K);
    assert_eq!(shape(&u), [(0, 120, 60), (120, 360, 60), (480, 240, 62)]);
    assert_eq!(label(&u), Some("Split notes"));
}

#[test]
fn tools_with_settings_open_a_box_and_enter_applies() {
    let phrase = [(0, 480, 60), (480, 480, 64), (960, 480, 67)];
    for (modifiers, key, name, expected) in [
        (SHIFT, K::S, "Staccato", vec![(0, 240, 60), (480, 240, 64), (960, 240, 67)]),
        (SHIFT, K::I, "Invert", vec![(0, 480, 67), (480, 480, 64), (960, 480, 60)]),
        (SHIFT, K::X, "Stretch", vec![(0, 960, 60), (960, 960, 64), (1920, 960, 67)]),
        (ALT, K::T, "Transpose in the scale", vec![(0, 480, 62), (480, 480, 65), (960, 480, 69)]),
        (
            ALT,
            K::H,
            "Harmonise",
            vec![(0, 480, 60), (0, 480, 64), (480, 480, 64), (480, 480, 67), (960, 480, 67), (960, 480, 71)],
        ),
        (
            CTRL,
            K::K,
            "Split notes",
            vec![(0, 240, 60), (240, 240, 60), (480, 240, 64), (720, 240, 64), (960, 240, 67), (1200, 240, 67)],
        ),
    ] {
        let mut u = with(&phrase);
        u.key(modifiers, key);
        u.h.check_accessibility();
        assert_eq!(shape(&u), expected, "{name} before it is applied");
        u.key(NONE, K::Enter);
        assert_eq!((shape(&u), label(&u)), (expected, Some(name)));
        u.key(CTRL, K::Z);
        assert_eq!(shape(&u), phrase, "{name} undone");
    }
}

#[test]
fn humanise_arpeggiate_and_velocity_by_their_boxes() {
    let mut u = with(&[(0, 480, 60), (0, 480, 64), (0, 480, 67), (480, 480, 62)]);
    u.key(SHIFT, K::A);
    u.button("Down");
    u.button("Apply");
    assert_eq!(shape(&u)[..4], [(0, 120, 67), (120, 120, 64), (240, 120, 60), (360, 120, 67)]);
    u.key(SHIFT, K::H);
    let first = shape(&u);
    u.button("Draw again");
    assert_ne!(shape(&u), first);
    u.key(NONE, K::Escape);
    u.key(SHIFT, K::V);
    u.button("Set all");
    u.button("Apply");
    assert!(notes(&u.h).iter().all(|n| n.velocity == 90));
    u.key(SHIFT, K::V);
    u.button("Ramp");
    u.button("Apply");
    let ramp: Vec<u8> = notes(&u.h).iter().map(|n| n.velocity).collect();
    assert_eq!((ramp.first(), ramp.last()), (Some(&50), Some(&110)));
    u.key(SHIFT, K::V);
    assert_eq!(notes(&u.h).last().map(|n| n.velocity), Some(110), "what was set last is there again");
}

#[test]
fn a_box_gives_way_to_other_work_and_a_refusal_is_said() {
    let mut u = with(&[(0, 480, 60), (480, 480, 127)]);
    u.key(ALT, K::T);
    u.h.get_by_label_contains("Nothing moved: a note would leave");
    assert_eq!(shape(&u), [(0, 480, 60), (480, 480, 127)]);
    u.key(NONE, K::Enter);
    assert_eq!(label(&u), Some("Set key"), "nothing was changed, so there is no step");
    u.key(SHIFT, K::S);
    assert_eq!(shape(&u)[0].1, 240);
    u.key(CTRL, K::Z);
    assert_eq!(shape(&u)[0].1, 480, "undo takes back what is only shown");
    assert_eq!(label(&u), Some("Set key"));
    u.key(SHIFT, K::S);
    // The two lie too far apart to be seen at once, but for a roll that is folded.
    u.key(NONE, K::Escape);
    act(&mut u.h, Action::Do(Command::Fold));
    u.key(SHIFT, K::S);
    u.drag((120, 60), (600, 60), NONE);
    assert_eq!(label(&u), Some("Move notes"), "a drag on the roll keeps what was shown");
    assert!(u.h.state().state.view.tool_box.is_none());
    u.key(CTRL, K::Z);
    assert_eq!(label(&u), Some("Staccato"));
}

#[test]
fn without_a_selection_a_tool_takes_the_voice_and_without_notes_it_says_so() {
    let mut u = with(&[(0, 480, 60), (480, 480, 64)]);
    act(&mut u.h, Action::Select(vec![]));
    u.key(SHIFT, K::S);
    u.h.get_by_label("All 2 notes of the voice");
    u.key(NONE, K::Escape);
    assert!(u.h.state().state.view.selection.is_empty());
    u.key(CTRL, K::A);
    u.key(NONE, K::Delete);
    u.key(ALT, K::L);
    assert_eq!(u.says(), "There are no notes to work on");
}

#[test]
fn the_menu_has_the_same_tools() {
    let mut u = with(&[(0, 100, 60), (480, 480, 64)]);
    u.button("Tools");
    u.button("Legato");
    assert_eq!(shape(&u)[0], (0, 480, 60));
    u.right_click((720, 64));
    u.h.get_by_label_contains("Loop the selection");
}

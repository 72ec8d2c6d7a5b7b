//! The list of steps, and undo as the window shows it.

use super::user::User;
use super::*;

const CTRL: Modifiers = Modifiers::COMMAND;

#[test]
fn the_list_names_every_step_and_a_click_goes_there() {
    let mut u = User::new(with_tune());
    u.key(CTRL, K::A);
    u.key(Modifiers::NONE, K::ArrowUp);
    u.key(Modifiers::NONE, K::Delete);
    u.key(CTRL, K::H);
    u.h.check_accessibility();
    for name in ["As it was opened", "1  Add notes", "2  Transpose", "3  Delete notes"] {
        u.h.get_by_label(name);
    }
    u.button("1  Add notes");
    assert_eq!(u.pitches(), [60, 62, 64, 65]);
    u.h.get_by_label("3  Delete notes");
    u.button("As it was opened");
    assert_eq!(n_notes(&u.h), 0);
    u.button("2  Transpose");
    assert_eq!(u.pitches(), [61, 63, 65, 66]);
    assert!(u.says().starts_with("Redone"), "{}", u.says());
    u.key(CTRL, K::H);
    assert!(u.h.query_by_label("As it was opened").is_none());
}

#[test]
fn a_drag_is_one_step_and_a_new_step_ends_what_was_undone() {
    let mut u = User::new(with_tune());
    let steps = |u: &User| {
        let history = u.h.state().state.project.history();
        (history.n_undo(), history.n_redo())
    };
    assert_eq!(steps(&u), (1, 0));
    u.drag((240, 60), (2640, 72), Modifiers::NONE);
    assert_eq!(steps(&u), (2, 0));
    u.key(CTRL, K::Z);
    assert_eq!(steps(&u), (1, 1));
    u.key(CTRL, K::A);
    assert_eq!(steps(&u), (1, 1), "a selection is no step");
    u.key(Modifiers::NONE, K::ArrowDown);
    assert_eq!(steps(&u), (2, 0));
}

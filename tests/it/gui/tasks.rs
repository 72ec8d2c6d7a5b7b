//! Ten common tasks, done through the window and counted, beside what two other editors take by their own
//! code and documentation. The page docs/roll-tasks.md is made here (`UPDATE_EXPECT=1` writes it anew).

use super::user::User;
use super::*;
use cadenza::gui::piano_roll::snap::Grid;
use expect_test::expect_file;
use std::fmt::Write;

const CTRL: Modifiers = Modifiers::COMMAND;
const NONE: Modifiers = Modifiers::NONE;

/// A way in another editor: how many presses, and which. `None` where there is no way but note by note.
struct Way(Option<u32>, &'static str);

struct Task {
    name: &'static str,
    ours: &'static str,
    /// Does it and checks that it is done.
    run: fn(&mut User),
    signal: Way,
    helio: Way,
}

/// The pencil is in hand, as where one has just written; the phrase is C D E F in quarter notes.
fn phrase() -> User {
    let mut h = with_tune();
    act(&mut h, Action::Edit(Edit::SetKey(Some(Key::new(0, Mode::Major)))));
    act(&mut h, Action::SetGrid(Grid::Straight(16)));
    act(&mut h, Action::Do(Command::PencilTool));
    User::new(h)
}

/// A box round all four notes: held Shift makes the pencil select.
fn select_phrase(u: &mut User) {
    u.drag((30, 68), (1900, 58), Modifiers::SHIFT);
    assert_eq!(u.h.state().state.view.selection.len(), 4);
}

const TASKS: [Task; 10] = [
    Task {
        name: "Write a melody of eight notes into an empty piece",
        ours: "8 clicks, the pencil is in hand",
        run: |u| {
            *u = User::new(window());
            for (i, pitch) in [67, 69, 71, 72, 74, 72, 71, 69].into_iter().enumerate() {
                u.click((480 * i as i64 + 30, pitch));
            }
            assert_eq!(n_notes(&u.h), 8);
        },
        signal: Way(Some(8), "8 clicks, pencil"),
        helio: Way(Some(9), "`2` pen, 8 clicks"),
    },
    Task {
        name: "Put a wrong note right",
        ours: "drag it",
        run: |u| {
            u.drag((1200, 64), (1200, 63), NONE);
            assert_eq!(u.pitches(), [60, 62, 63, 65]);
        },
        signal: Way(Some(1), "drag it"),
        helio: Way(Some(1), "drag it"),
    },
    Task {
        name: "Double a bar",
        ours: "Shift+drag a box, Ctrl+D",
        run: |u| {
            select_phrase(u);
            u.key(CTRL, K::D);
            assert_eq!((n_notes(&u.h), u.starts()[4]), (8, 1920));
        },
        signal: Way(Some(2), "Ctrl+drag a box, Ctrl+D"),
        helio: Way(Some(2), "drag a box, Shift+drag a copy"),
    },
    Task {
        name: "Transpose a phrase by a step of the scale",
        ours: "Shift+drag a box, Alt+↑",
        run: |u| {
            select_phrase(u);
            u.key(Modifiers::ALT, K::ArrowUp);
            assert_eq!(u.pitches(), [62, 64, 65, 67]);
        },
        signal: Way(None, "semitones only"),
        helio: Way(Some(2), "drag a box, Alt+↑"),
    },
    Task {
        name: "Quantise a phrase",
        ours: "Shift+drag a box, Q",
        run: |u| {
            act(&mut u.h, Action::Do(Command::SelectAll));
            let ids = ids(u);
            act(&mut u.h, Action::Edit(Edit::MoveNotes { ids, ticks: 17, semitones: 0 }));
            act(&mut u.h, Action::Select(vec![]));
            select_phrase(u);
            u.key(NONE, K::Q);
            assert_eq!(u.starts(), [0, 480, 960, 1440]);
        },
        signal: Way(Some(2), "Ctrl+drag a box, Q"),
        helio: Way(Some(2), "drag a box, Ctrl+5"),
    },
    Task {
        name: "A crescendo over a phrase",
        ours: "drag over the velocity lane",
        run: |u| {
            u.lane((1640, 120.0), (-60, 20.0));
            let velocities: Vec<u8> = notes(&u.h).iter().map(|n| n.velocity).collect();
            assert!(velocities.is_sorted() && velocities[0] < 40 && velocities[3] > 100, "{velocities:?}");
        },
        signal: Way(Some(1), "drag over the velocity pane"),
        helio: Way(Some(3), "`V` panel, `2` pen, drag"),
    },
    Task {
        name: "Copy a phrase to a later bar",
        ours: "Shift+drag a box, Ctrl+drag",
        run: |u| {
            select_phrase(u);
            u.drag((240, 60), (3840 + 240, 60), CTRL);
            assert_eq!((n_notes(&u.h), u.starts()[4]), (8, 3840));
        },
        signal: Way(Some(4), "Ctrl+drag a box, Ctrl+C, click the ruler, Ctrl+V"),
        helio: Way(Some(2), "drag a box, Shift+drag"),
    },
    Task {
        name: "Make a note longer",
        ours: "drag its edge",
        run: |u| {
            u.drag_end((1920, 65), 2880);
            assert_eq!(notes(&u.h)[3].duration, 1440);
        },
        signal: Way(Some(1), "drag its edge"),
        helio: Way(Some(1), "drag its edge"),
    },
    Task {
        name: "Delete four notes",
        ours: "Shift+drag a box, Delete",
        run: |u| {
            select_phrase(u);
            u.key(NONE, K::Delete);
            assert_eq!(n_notes(&u.h), 0);
        },
        signal: Way(Some(2), "Ctrl+drag a box, Delete"),
        helio: Way(Some(2), "drag a box, Delete"),
    },
    Task {
        name: "Hear a phrase over and over",
        ours: "drag the ruler's upper half, Space",
        run: |u| {
            u.ruler(0, 1920, true);
            u.keys += 1;
            u.h.key_press(K::Space);
            u.h.step();
            let session = &u.h.state().state.session;
            assert!(session.looping && session.player.is_playing());
            assert_eq!(session.loop_range, Some((0, 1920)));
        },
        signal: Way(Some(3), "Ctrl+click and Alt+click the ruler, Space"),
        helio: Way(Some(3), "drag a box, F11, Enter"),
    },
];

fn ids(u: &User) -> Vec<cadenza::music::NoteId> {
    notes(&u.h).iter().map(|n| n.id).collect()
}

const HEAD: &str = "\
# Ten tasks on the roll, counted

One press of the pointer (a drag too) and one press of a key count one each, whatever is held meanwhile. Ours
are counted by `tests/it/gui/tasks.rs`, which does each through the window, checks the outcome and makes this
page. The others are counted by hand from what they say of themselves:

- **signal** (github.com/ryohey/signal at 559249a): `hooks/usePianoNotesKeyboardShortcut`, `usePianoRollKeyboardShortcut`,
  `components/PianoRoll/MouseHandler`, `CanvasPianoRuler`, `ControlPane/VelocityControl`.
- **helio** (github.com/helio-fm/helio-sequencer at 644c541): `Resources/hotkeySchemes.json`, `Docs/getting-started.md`,
  `Docs/tips-and-tricks.md`, `Docs/refactoring.md`.

| task | ours | signal | helio |
|---|---|---|---|
";

#[test]
fn ten_tasks_take_no_more_than_elsewhere() {
    let mut page = HEAD.to_owned();
    for task in &TASKS {
        let mut user = phrase();
        (task.run)(&mut user);
        let ours = user.count();
        for (name, Way(theirs, _)) in [("signal", &task.signal), ("helio", &task.helio)] {
            assert!(theirs.is_none_or(|n| ours <= n), "{}: {ours} here, {theirs:?} in {name}", task.name);
        }
        let way = |Way(n, how): &Way| n.map_or_else(|| format!("– ({how})"), |n| format!("{n} ({how})"));
        let (signal, helio) = (way(&task.signal), way(&task.helio));
        writeln!(page, "| {} | {ours} ({}) | {signal} | {helio} |", task.name, task.ours).unwrap();
    }
    expect_file!["../../../docs/roll-tasks.md"].assert_eq(&page);
}

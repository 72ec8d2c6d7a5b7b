//! A session of forty steps as a person would do them, from an empty piece to a file of MIDI.
//!
//! The file is kept in tests/data/roll; `UPDATE_EXPECT=1` writes it anew after a change that is meant.

use super::user::User;
use super::*;
use cadenza::music::text;
use expect_test::expect;
use std::path::Path;

const CTRL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::SHIFT;
const NONE: Modifiers = Modifiers::NONE;
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/roll/session.mid");

/// Eight quarter notes with the pencil, one of them put right, the last made longer.
fn write_a_melody(u: &mut User) {
    u.button("Grid: Adaptive");
    u.button("1/8");
    for (i, pitch) in [67, 69, 71, 72, 74, 71, 69, 66].into_iter().enumerate() {
        u.click((480 * i as i64 + 30, pitch));
    }
    u.drag((3600, 66), (3600, 67), NONE);
    u.drag_end((3840, 67), 4320);
    u.key(CTRL, K::Z);
    u.key(CTRL, K::Y);
}

/// The phrase twice, the second time higher and ornamented.
fn vary_it(u: &mut User) {
    u.key(CTRL, K::A);
    u.key(CTRL, K::D);
    act(&mut u.h, Action::Edit(Edit::SetKey(Some(Key::new(7, Mode::Major)))));
    u.key(Modifiers::ALT, K::ArrowUp);
    u.key(Modifiers::ALT, K::ArrowUp);
    u.key(NONE, K::Escape);
    u.key(NONE, K::Z);
    u.drag((5700, 80), (7600, 65), SHIFT);
    u.key(CTRL, K::K);
    u.key(NONE, K::Enter);
    u.key(SHIFT, K::S);
    u.key(NONE, K::Escape);
    u.key(Modifiers::ALT, K::L);
}

/// By the select tool and the keys.
fn polish(u: &mut User) {
    u.key(NONE, K::Num1);
    u.click((2000, 74));
    u.key(SHIFT, K::ArrowLeft);
    u.key(NONE, K::Tab);
    u.key(NONE, K::ArrowUp);
    u.key(NONE, K::ArrowDown);
    u.key(SHIFT, K::ArrowDown);
    u.key(SHIFT, K::ArrowUp);
    u.key(NONE, K::Plus);
    u.drag((20, 73), (1900, 66), NONE);
    let text = u.copy();
    u.key(NONE, K::End);
    u.paste(&text);
    u.key(SHIFT, K::R);
    u.key(Modifiers::ALT, K::H);
    u.button("third below");
    u.button("Apply");
    u.key(SHIFT, K::V);
    u.button("Ramp");
    u.key(NONE, K::Enter);
    u.key(NONE, K::Escape);
}

#[test]
fn forty_steps_end_in_the_file_that_is_kept() {
    let mut u = User::new(window());
    write_a_melody(&mut u);
    vary_it(&mut u);
    polish(&mut u);
    assert!(u.count() >= 40, "{} clicks and {} keys", u.clicks, u.keys);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("session.mid");
    export(&mut u.h, Form::Midi, Part::All, &path);
    expect![[r#"
        Melody
        0 480 G4 90
        480 480 A4 90
        960 480 B4 90
        1440 480 C5 90
        1920 240 D5 90
        2400 480 B4 96
        2880 480 A4 90
        3360 960 G4 90
        5760 240 B4 90
        6000 240 B4 90
        6240 240 C5 90
        6480 240 C5 90
        6720 240 D5 90
        6960 240 D5 90
        7200 240 E5 90
        7440 240 E5 90
        7680 480 F♯5 90
        8160 480 D5 90
        8640 480 C5 90
        9120 960 B4 90
        10080 480 A4 50
        10080 480 C5 50
        10560 480 G4 70
        10560 480 B4 70
        11040 480 F♯4 90
        11040 480 A4 90
        11520 480 E4 110
        11520 480 G4 110
    "#]]
    .assert_eq(&text::print(u.h.state().state.project.score()).replace(" | ", "\n"));
    let made = std::fs::read(&path).unwrap();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::create_dir_all(Path::new(GOLDEN).parent().unwrap()).unwrap();
        std::fs::write(GOLDEN, &made).unwrap();
    }
    assert!(std::fs::read(GOLDEN).unwrap() == made, "the bytes are no longer those of {GOLDEN}");
    let (back, warnings) = cadenza::midi::read(&made).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(back.voices[0].notes, notes(&u.h));
}

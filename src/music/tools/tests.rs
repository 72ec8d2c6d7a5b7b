//! Each tool by example, and laws that all keep.

use super::*;
use crate::music::{Key, MeterMap, Mode, Score, text};
use proptest::prelude::*;

fn apply_to(score: &Score, tool: NoteTool) -> Result<Score, OutOfRange> {
    let mut out = score.clone();
    let notes = &score.voices[0].notes;
    let place = Place::of(notes.iter().copied(), score.ppq, &score.meters).expect("there are notes");
    out.voices[0].notes = tool.apply(notes, &place)?;
    out.voices[0].sort();
    Ok(out)
}

fn check(tool: NoteTool, before: &str, after: &str) {
    let score = text::parse(&format!("x | {before}")).expect("valid");
    let done = apply_to(&score, tool).expect("in range");
    assert_eq!(text::print(&done).trim(), format!("x | {after}"), "{tool:?}");
}

fn c_major() -> PitchSet {
    PitchSet::new(Key::new(0, Mode::Major).pitch_classes())
}

#[test]
fn quantising_pulls_starts_and_ends_as_far_as_it_is_told() {
    let q = Quantise::straight(12);
    check(NoteTool::Quantise(q), "5 20 C4 | 22 27 D4", "0 20 C4 | 24 27 D4");
    check(NoteTool::Quantise(Quantise { ends: true, ..q }), "5 20 C4 | 22 27 D4", "0 24 C4 | 24 24 D4");
    check(NoteTool::Quantise(Quantise { strength: 0.5, ..q }), "4 20 C4 | 20 27 D4", "2 20 C4 | 22 27 D4");
    check(NoteTool::Quantise(Quantise { starts: false, ends: true, ..q }), "5 20 C4", "5 19 C4");
    // Half way to the next line, and a note that would have no length left.
    check(NoteTool::Quantise(Quantise { ends: true, ..q }), "6 3 C4", "12 12 C4");
}

#[test]
fn swing_delays_every_second_line_of_the_bar() {
    let q = Quantise { swing: 2.0 / 3.0, ..Quantise::straight(12) };
    check(NoteTool::Quantise(q), "0 6 C4 | 12 6 D4 | 24 6 E4 | 37 6 F4", "0 6 C4 | 16 6 D4 | 24 6 E4 | 40 6 F4");
}

#[test]
fn the_grid_counts_from_the_bar_and_a_bar_line_is_part_of_it() {
    let mut score = text::parse("x | 33 4 C4 | 41 4 D4").expect("valid");
    let meter = |n, d| crate::music::Meter { numerator: n, denominator: d };
    // A pickup of 30 ticks, then 3/4: lines of 20 fall on 30, 50 …, and the bar line at 30 ends the pickup.
    score.meters = MeterMap::constant(meter(4, 4));
    score.meters.set(30, meter(3, 4));
    let done = apply_to(&score, NoteTool::Quantise(Quantise::straight(20))).expect("in range");
    assert_eq!(text::print(&done).trim(), "x | 30 4 C4 | 50 4 D4");
}

#[test]
fn humanising_stays_near_and_is_the_same_for_the_same_seed() {
    let score = text::parse("x | 10 20 C4 | 34 20 D4 | 58 20 E4 | 82 20 F4").expect("valid");
    let tool = |seed| NoteTool::Humanise { ticks: 5, velocity: 10, seed };
    let (a, b) = (apply_to(&score, tool(1)), apply_to(&score, tool(2)));
    assert_eq!(a, apply_to(&score, tool(1)));
    assert_ne!(a, b);
    for (before, after) in score.voices[0].notes.iter().zip(&a.expect("in range").voices[0].notes) {
        assert!((before.start - after.start).abs() <= 5 && before.duration == after.duration);
        assert!(before.velocity.abs_diff(after.velocity) <= 10);
    }
}

#[test]
fn legato_staccato_and_overlaps() {
    let chords = "0 10 C4 | 0 30 E4 | 24 30 D4";
    check(NoteTool::Legato, chords, "0 24 C4 | 0 24 E4 | 24 30 D4");
    check(NoteTool::Staccato { share: 0.5 }, chords, "0 5 C4 | 0 15 E4 | 24 15 D4");
    check(NoteTool::DeleteOverlaps, chords, "0 10 C4 | 0 24 E4 | 24 30 D4");
}

#[test]
fn upside_down_and_back_to_front() {
    check(NoteTool::Invert { scale: None }, "0 24 C4 | 24 24 D4 | 48 24 G4", "0 24 G4 | 24 24 F4 | 48 24 C4");
    let scale = Some(c_major());
    check(NoteTool::Invert { scale }, "0 24 C4 | 24 24 E4 | 48 24 F♯4", "0 24 F4 | 24 24 D4 | 48 24 C♯4");
    check(NoteTool::Reverse, "0 24 C4 | 24 48 D4 | 72 12 E4", "0 12 E4 | 12 48 D4 | 60 24 C4");
    check(NoteTool::Stretch { factor: 2.0 }, "12 12 C4 | 24 6 D4", "12 24 C4 | 36 12 D4");
}

#[test]
fn steps_of_the_scale() {
    let scale = c_major();
    let up = |steps| NoteTool::Transpose { steps, scale };
    check(up(1), "0 24 C4 | 24 24 E4 | 48 24 B4", "0 24 D4 | 24 24 F4 | 48 24 C5");
    check(up(-2), "0 24 C4 | 24 24 E4", "0 24 A3 | 24 24 C4");
    // From outside the scale, the first step leads to the next note of it.
    check(up(1), "0 24 C♯4", "0 24 D4");
    check(up(-1), "0 24 C♯4", "0 24 C4");
    let high = text::parse("x | 0 24 C4 | 24 24 G9").expect("valid");
    assert_eq!(apply_to(&high, up(1)), Err(OutOfRange));
    let thirds = NoteTool::Harmonise { steps: 2, scale };
    check(thirds, "0 24 C4 | 0 24 E4 | 24 24 D4", "0 24 C4 | 0 24 E4 | 0 24 G4 | 24 24 D4 | 24 24 F4");
}

#[test]
fn splitting_and_joining() {
    check(NoteTool::Split { parts: 3 }, "0 24 C4 | 24 2 D4", "0 8 C4 | 8 8 C4 | 16 8 C4 | 24 1 D4 | 25 1 D4");
    check(NoteTool::SplitAt(10), "0 24 C4 | 10 14 D4", "0 10 C4 | 10 14 C4 | 10 14 D4");
    check(NoteTool::Join, "0 8 C4 | 8 8 C4 | 16 8 D4 | 24 8 C4", "0 16 C4 | 16 8 D4 | 24 8 C4");
    check(NoteTool::Join, "0 8 C4 | 0 8 E4 | 24 8 C4 | 24 8 E4", "0 32 C4 | 0 32 E4");
}

#[test]
fn velocities() {
    let notes = "0 24 C4 40 | 24 24 D4 100 | 48 24 E4 60";
    check(NoteTool::Loudness(Loudness::Scale(1.5)), notes, "0 24 C4 60 | 24 24 D4 127 | 48 24 E4 90");
    check(NoteTool::Loudness(Loudness::Set(64)), notes, "0 24 C4 64 | 24 24 D4 64 | 48 24 E4 64");
    check(NoteTool::Loudness(Loudness::Ramp(20, 120)), notes, "0 24 C4 20 | 24 24 D4 70 | 48 24 E4 120");
}

#[test]
fn arpeggios_fill_the_time_of_the_chord() {
    let chord = "0 48 C4 | 0 48 E4 | 0 48 G4 | 48 24 D4";
    let arpeggio = |order| NoteTool::Arpeggiate { step: 12, order };
    check(arpeggio(Order::Up), chord, "0 12 C4 | 12 12 E4 | 24 12 G4 | 36 12 C4 | 48 24 D4");
    check(arpeggio(Order::Down), chord, "0 12 G4 | 12 12 E4 | 24 12 C4 | 36 12 G4 | 48 24 D4");
    check(arpeggio(Order::UpDown), chord, "0 12 C4 | 12 12 E4 | 24 12 G4 | 36 12 E4 | 48 24 D4");
}

/// Any tool with any settings, sensible or not.
pub fn any_tool() -> impl Strategy<Value = NoteTool> {
    let scale = || any::<[bool; 12]>().prop_map(PitchSet::new);
    let order = prop_oneof![Just(Order::Up), Just(Order::Down), Just(Order::UpDown)];
    prop_oneof![
        (-2i64..200, -0.5f32..1.5, 0f32..1.0, any::<bool>(), any::<bool>()).prop_map(
            |(grid, strength, swing, starts, ends)| NoteTool::Quantise(Quantise {
                grid,
                strength,
                swing,
                starts,
                ends
            })
        ),
        (-5i64..99, 0u8..=127, any::<u64>()).prop_map(|(ticks, velocity, seed)| NoteTool::Humanise {
            ticks,
            velocity,
            seed
        }),
        Just(NoteTool::Legato),
        (0f32..3.0).prop_map(|share| NoteTool::Staccato { share }),
        proptest::option::of(scale()).prop_map(|scale| NoteTool::Invert { scale }),
        Just(NoteTool::Reverse),
        (0f64..5.0).prop_map(|factor| NoteTool::Stretch { factor }),
        (-30i8..30, scale()).prop_map(|(steps, scale)| NoteTool::Transpose { steps, scale }),
        (-9i8..9, scale()).prop_map(|(steps, scale)| NoteTool::Harmonise { steps, scale }),
        (0u8..9).prop_map(|parts| NoteTool::Split { parts }),
        (-10i64..2000).prop_map(NoteTool::SplitAt),
        Just(NoteTool::Join),
        (0f32..4.0).prop_map(|f| NoteTool::Loudness(Loudness::Scale(f))),
        (0u8..=255, 0u8..=255).prop_map(|(a, b)| NoteTool::Loudness(Loudness::Ramp(a, b))),
        Just(NoteTool::DeleteOverlaps),
        (-1i64..99, order).prop_map(|(step, order)| NoteTool::Arpeggiate { step, order }),
    ]
}

proptest! {
    #[test]
    fn notes_stay_notes_and_identities_are_used_once(
        notes in proptest::collection::vec((0i64..1500, 1i64..300, 0u8..128, 1u8..128), 1..40),
        tool in any_tool(),
    ) {
        let mut score = Score::new(24);
        let notes = notes.into_iter().map(|(s, d, p, v)| Note::new(s, d, p, v)).collect();
        score.push_voice(crate::music::Voice { notes, ..Default::default() });
        if let Ok(done) = apply_to(&score, tool) {
            let mut seen = std::collections::HashSet::new();
            for n in &done.voices[0].notes {
                prop_assert!(n.start >= 0 && n.duration >= 1 && n.pitch < 128 && (1..128).contains(&n.velocity), "{n:?}");
                prop_assert!(n.id.0 == 0 || seen.insert(n.id), "{:?} twice", n.id);
                prop_assert!(n.id.0 == 0 || score.voices[0].notes.iter().any(|o| o.id == n.id));
            }
        }
    }

    #[test]
    fn scales_go_up_and_come_back(classes in any::<[bool; 12]>(), pitch in 20u8..108, steps in -6i8..6) {
        let scale = PitchSet::new(classes);
        if scale.holds(pitch) && let Ok(there) = scale.moved(pitch, steps) {
            prop_assert!(scale.holds(there));
            prop_assert_eq!(scale.moved(there, -steps), Ok(pitch));
        }
        let twice = |tool| apply_to(&text::parse("x | 0 24 C4 | 24 48 E4 | 72 12 A4").expect("valid"), tool);
        let back = apply_to(&twice(NoteTool::Reverse).expect("in range"), NoteTool::Reverse).expect("in range");
        let back = text::print(&back);
        prop_assert_eq!(back.trim(), "x | 0 24 C4 | 24 48 E4 | 72 12 A4");
    }
}

//! What is written is read back as the same notes.

use super::*;
use crate::music::{KeyChange, Meter, Note, Tick, Voice, VoiceEvent};
use crate::notation::abc::{PPQ, read};
use proptest::prelude::*;

/// Start, duration and pitch of every note, voice by voice; voices without a note do not count.
fn notes(score: &Score) -> Vec<Vec<(Tick, Tick, u8)>> {
    let of = |v: &Voice| {
        let mut notes: Vec<_> = v.notes.iter().map(|n| (n.start, n.duration, n.pitch)).collect();
        notes.sort_unstable();
        notes
    };
    score.voices.iter().map(of).filter(|n| !n.is_empty()).collect()
}

#[track_caller]
fn round_trip(score: &Score) -> (String, Vec<Loss>) {
    let (text, losses) = write(score);
    let (tunes, warnings) = read(&text);
    let told: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{told:?}\n{text}");
    let back = tunes.first().map(|t| notes(&t.score)).unwrap_or_default();
    assert_eq!(back, notes(score), "\n{text}");
    (text, losses)
}

fn score(meter: &str, key: Option<&str>, voices: &[&[(Tick, Tick, u8)]]) -> Score {
    let mut score = Score::new(PPQ);
    let (top, bottom) = meter.split_once('/').expect("a meter");
    let meter = Meter::new(top.parse().expect("a number"), bottom.parse().expect("a number"));
    score.meters.set(0, meter.expect("a meter"));
    score.keys.extend(key.map(|k| KeyChange { tick: 0, key: Key::parse(k).expect("a key") }));
    for (i, notes) in voices.iter().enumerate() {
        let mut voice = Voice::new(if i == 0 { "Melody" } else { "Second" }, Role::Other, 40);
        voice.notes = notes.iter().map(|(s, d, p)| Note::new(*s * 120, *d * 120, *p, 80)).collect();
        score.push_voice(voice);
    }
    score
}

#[test]
fn a_tune_is_written_as_one_would_write_it() {
    let tune =
        score("3/4", Some("G major"), &[&[(0, 4, 67), (4, 2, 66), (6, 2, 65), (8, 3, 74), (11, 1, 72), (12, 20, 71)]]);
    let (text, losses) = round_trip(&tune);
    let expected = "X:1\nM:3/4\nL:1/8\nK:G\n%%MIDI program 40\nG2 F=F d3/2c/| B6-| B4 z2|]\n";
    assert_eq!((text.as_str(), losses), (expected, vec![]));
}

#[test]
fn chords_overlaps_triplets_and_voices() {
    let mut s = score(
        "4/4",
        Some("F minor"),
        &[&[(0, 4, 60), (0, 4, 63), (0, 8, 48), (4, 4, 61), (8, 5, 60)], &[(0, 16, 36), (16, 8, 37)]],
    );
    for i in 0..3 {
        s.insert(0, Note::new(16 * 120 + i * 160, 160, 65 + i as u8, 80));
    }
    let (text, losses) = round_trip(&s);
    assert!(text.contains(" & ") && text.contains("(3") && text.contains("V:2 name=\"Second\""), "{text}");
    assert_eq!(losses, []);
}

#[test]
fn what_is_lost_is_told() {
    let mut s = score("4/4", None, &[&[(0, 4, 60), (4, 4, 62)]]);
    s.insert(0, Note::new(1000, 333, 64, 90));
    s.voices[0].events.push(VoiceEvent { tick: 0, kind: VoiceEventKind::PitchBend(5) });
    s.voices[0].events.push(VoiceEvent { tick: 0, kind: VoiceEventKind::Lyric("la".into()) });
    s.voices[0].events.push(VoiceEvent { tick: 7, kind: VoiceEventKind::Lyric("lost".into()) });
    s.tempos.set(3, 400_000);
    let (text, losses) = write(&s);
    assert!(text.contains("\nw:la\n"), "{text}");
    let codes = [
        Loss::Rounded { n_notes: 1 },
        Loss::ChangesMoved { n: 1 },
        Loss::Messages { n: 1 },
        Loss::Words { n: 1 },
        Loss::Velocities,
    ];
    assert_eq!(losses, codes);
    assert!(losses.iter().all(|l| l.to_string().ends_with('.')));
    assert_eq!(write(&Score::new(480)).1, [Loss::Empty]);
}

#[test]
fn changes_of_key_meter_and_tempo_stand_where_they_were() {
    let mut s = score("2/4", Some("Eb"), &[&[(0, 8, 63), (8, 8, 66), (16, 12, 70)], &[(0, 28, 40)]]);
    s.meters.set(16 * 120, Meter { numerator: 3, denominator: 4 });
    s.keys.push(KeyChange { tick: 8 * 120, key: Key::parse("E").expect("a key") });
    s.tempos.set(0, micros_from_qpm(93.0));
    s.tempos.set(16 * 120, micros_from_qpm(61.5));
    s.title = "50 % of “Ä”".to_owned();
    let (text, losses) = round_trip(&s);
    let (tunes, _) = read(&text);
    let back = &tunes[0].score;
    assert_eq!((&back.title, &back.keys, &back.tempos, &back.meters), (&s.title, &s.keys, &s.tempos, &s.meters));
    assert_eq!(losses, []);
}

#[test]
fn our_starter_tunes_come_back() {
    for tune in crate::notation::starter::tunes() {
        let (_, losses) = round_trip(&tune.score);
        assert!(losses.iter().all(|l| matches!(l, Loss::Velocities)), "{}: {losses:?}", tune.title);
    }
}

/// Times in twenty-fourths of a quarter: sixteenths, and triplets of eighths and sixteenths.
fn any_voice() -> impl Strategy<Value = Vec<(Tick, Tick, u8)>> {
    let straight = (0..120i64, 1..40i64, 0..128u8).prop_map(|(s, d, p)| (s * 6, d * 6, p));
    let triplet = (0..60i64, 1..9i64, 30..90u8).prop_map(|(s, d, p)| (s * 24 + 8, d * 8, p));
    prop_oneof![prop::collection::vec(straight, 1..30), prop::collection::vec(triplet, 1..12)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_what_was_written_gives_the_same_notes(
        voices in prop::collection::vec(any_voice(), 1..4),
        meter in prop::sample::select(vec!["4/4", "3/4", "6/8", "2/2", "5/8", "7/16", "12/8", "7/32"]),
        fifths in -6i8..=6, minor: bool, keyed: bool,
    ) {
        let mut s = score(meter, None, &[]);
        let mode = if minor { Mode::Minor } else { Mode::Major };
        s.keys.extend(keyed.then(|| KeyChange { tick: 0, key: Key::from_fifths(fifths, mode) }));
        for notes in voices {
            let mut voice = Voice::new("", Role::Other, 0);
            voice.notes = notes.iter().map(|(s, d, p)| Note::new(s * 20, d * 20, *p, 80)).collect();
            s.push_voice(voice);
        }
        round_trip(&s);
    }

    #[test]
    fn no_score_makes_it_panic_and_what_it_writes_is_read(
        notes in prop::collection::vec((0..20_000i64, 1..3000i64, 0..128u8), 0..40),
        ppq in 1u32..2000, meters in prop::collection::vec((0..9000i64, 1..255u8, 0..7u32), 0..4),
    ) {
        let mut s = Score::new(ppq);
        for (tick, n, power) in meters {
            s.meters.set(tick, Meter { numerator: n, denominator: 1 << power });
        }
        let mut voice = Voice::new("a", Role::Drums, 0);
        voice.notes = notes.iter().map(|(s, d, p)| Note::new(*s, *d, *p, 80)).collect();
        let n = voice.notes.len();
        s.push_voice(voice);
        let (text, losses) = write(&s);
        let dense = losses.iter().any(|l| matches!(l, Loss::TooDense { .. } | Loss::TooLong { .. }));
        let back: usize = read(&text).0.iter().map(|t| t.score.n_notes()).sum();
        prop_assert!(dense || back == n, "{back} of {n}\n{text}");
    }
}

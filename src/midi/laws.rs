//! What must hold of reading and writing for any score and for any bytes.

use super::{Warning, read, write};
use crate::music::*;
use proptest::prelude::*;

fn kind() -> impl Strategy<Value = VoiceEventKind> {
    prop_oneof![
        (0..128u8).prop_map(VoiceEventKind::Program),
        (0..128u8, 0..128u8).prop_map(|(number, value)| VoiceEventKind::Controller { number, value }),
        (-8192..8192i16).prop_map(VoiceEventKind::PitchBend),
        (0..128u8).prop_map(VoiceEventKind::ChannelPressure),
        (0..128u8, 0..128u8).prop_map(|(pitch, pressure)| VoiceEventKind::KeyPressure { pitch, pressure }),
        "[ -~à-ž歌♭]{0,8}".prop_map(VoiceEventKind::Lyric),
    ]
}

const LAST: Tick = 4000;

fn voice() -> impl Strategy<Value = Voice> {
    let notes = prop::collection::vec((0..LAST, 1..LAST, 0..128u8, 1..128u8), 0..40);
    let events = prop::collection::vec((0..2 * LAST, kind()), 0..8);
    let role = prop::sample::select(Role::ALL.to_vec());
    let look = (prop::option::of(any::<u8>()), any::<bool>());
    ("[ -~à-ž歌♭]{0,12}", role, 0..128u8, notes, events, look).prop_map(|(name, role, program, notes, events, look)| {
        let mut voice = Voice::new(name, role, program);
        (voice.color, voice.locked) = look;
        voice.notes = notes.into_iter().map(|(s, d, p, v)| Note::new(s, d, p, v)).collect();
        voice.events = events.into_iter().map(|(tick, kind)| VoiceEvent { tick, kind }).collect();
        voice.sort();
        voice.notes = without_nested(voice.notes);
        voice
    })
}

/// MIDI cannot say which of two ends belongs to which note of a pitch: the inner one is left out.
fn without_nested(notes: Vec<Note>) -> Vec<Note> {
    let mut latest = [0; 128];
    notes
        .into_iter()
        .filter(|n| {
            let fits = n.end() >= latest[usize::from(n.pitch)];
            latest[usize::from(n.pitch)] = latest[usize::from(n.pitch)].max(n.end());
            fits
        })
        .collect()
}

fn score() -> impl Strategy<Value = Score> {
    let tempos = prop::collection::vec((0..2 * LAST, 1..0x100_0000u32), 0..5);
    let meters = prop::collection::vec((0..2 * LAST, 1..=255u8, 0..=6u32), 0..5);
    let keys = prop::collection::btree_map(0..2 * LAST, (0..12u8, any::<bool>()), 0..4);
    let markers = prop::collection::btree_map(0..2 * LAST, "[ -~à-ž歌♭]{1,8}", 0..4);
    let chord = (0..12u8, 0..20usize, 0..12u8).prop_map(|(r, q, b)| Chord::new(r, chord::QUALITIES[q].quality).over(b));
    let chords = prop::collection::vec((0..2 * LAST, prop::option::of(chord)), 0..5);
    let voices = prop::collection::vec(voice(), 0..20);
    ("[ -~à-ž歌♭]{0,12}", 1..=32_767u32, tempos, meters, (keys, markers, chords), voices, 0..5000i64).prop_map(
        |(title, ppq, tempos, meters, (keys, markers, chords), voices, rest)| {
            let mut score = Score::new(ppq);
            score.title = title;
            for (tick, micros) in tempos {
                score.tempos.set(tick, micros);
            }
            for (tick, numerator, power) in meters {
                score.meters.set(tick, Meter::new(numerator, 1 << power).expect("a meter"));
            }
            for (tick, (tonic, minor)) in keys {
                let mode = if minor { Mode::Minor } else { Mode::Major };
                score.keys.push(KeyChange { tick, key: Key::new(tonic, mode) });
            }
            for (tick, text) in markers {
                score.set_marker(tick, text);
            }
            for (tick, chord) in chords {
                score.chords.set(tick, chord);
            }
            for voice in voices {
                score.push_voice(voice);
            }
            score.end = score.end.max(2 * LAST) + rest;
            score
        },
    )
}

/// As one track of a type 0 file, with running status: what other programs write.
fn small_file() -> Vec<u8> {
    let mut score = text::parse("melody | 0 24 c4 | 24 24 d4 | 48 48 e4\nbass | 0 96 c2").expect("valid");
    score.title = "small".into();
    score.tempos.set(0, 400_000);
    score.meters.set(0, Meter::COMMON);
    score.voices[0].events.push(VoiceEvent { tick: 24, kind: VoiceEventKind::Lyric("la".into()) });
    write(&score).0
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back_equal(score in score()) {
        let (bytes, warnings) = write(&score);
        prop_assert!(warnings.iter().all(|w| matches!(w, Warning::SharedChannels { .. })), "{warnings:?}");
        let (back, warnings) = read(&bytes).expect("our own file");
        prop_assert_eq!(&warnings, &[]);
        prop_assert_eq!(back, score);
    }

    #[test]
    fn another_reader_understands_what_is_written(score in score()) {
        let (bytes, _) = write(&score);
        let smf = midly::Smf::parse(&bytes).expect("strictly valid");
        let n_on = smf.tracks.iter().flatten().filter(|e| matches!(
            e.kind, midly::TrackEventKind::Midi { message: midly::MidiMessage::NoteOn { .. }, .. }
        )).count();
        prop_assert_eq!((smf.tracks.len(), n_on), (score.voices.len() + 1, score.n_notes()));
    }

    #[test]
    fn no_bytes_make_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..300), head in any::<bool>()) {
        if head {
            bytes = [b"MThd\0\0\0\x06\0\x01\0\x02\0\x60MTrk\0\0\0\x40\0\x90", &bytes[..]].concat();
        }
        if let Ok((score, _)) = read(&bytes) {
            prop_assert!(score.n_notes() <= bytes.len());
        }
    }

    #[test]
    fn flipped_bytes_never_panic_and_what_is_read_can_be_written(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut bytes = small_file();
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok((score, warnings)) = read(&bytes) {
            let sentences: Vec<String> = warnings.iter().map(Warning::to_string).collect();
            prop_assert!(sentences.iter().all(|s| s.ends_with('.')), "{sentences:?}");
            for voice in &score.voices {
                prop_assert!(voice.notes.is_sorted_by_key(|n| n.order()));
                prop_assert!(voice.notes.iter().all(|n| n.start >= 0 && n.duration > 0 && n.end() <= score.end));
            }
            write(&score);
        }
    }
}

#[test]
fn every_prefix_keeps_what_it_holds() {
    let whole = small_file();
    let mut most = 0;
    for n in 0..whole.len() {
        match read(&whole[..n]) {
            Ok((score, warnings)) => {
                assert!(!warnings.is_empty(), "a cut at {n} went unnoticed");
                assert!(score.n_notes() >= most, "a longer prefix lost notes at {n}");
                most = score.n_notes();
            }
            Err(e) => assert!(n < 22 + 4, "{n} bytes: {e}"),
        }
    }
    assert_eq!(most, 4);
}

//! Files as they are met in the wild, written out byte by byte: what becomes of each is golden.

use super::{ReadError, read};
use crate::music::{Score, VoiceEventKind, text};
use expect_test::{Expect, expect};

const END: &[u8] = &[0, 0xff, 0x2f, 0];

fn file(format: u8, division: [u8; 2], tracks: &[&[u8]]) -> Vec<u8> {
    let mut out = [b"MThd\0\0\0\x06\0", &[format, 0, tracks.len() as u8][..], &division].concat();
    for track in tracks {
        out.extend(b"MTrk");
        out.extend((track.len() as u32).to_be_bytes());
        out.extend(*track);
    }
    out
}

fn describe(score: &Score) -> String {
    let voices: Vec<String> = score
        .voices
        .iter()
        .map(|v| format!("{:?}, program {}, {} events\n", v.role, v.program, v.events.len()))
        .collect();
    let (title, ppq, end) = (&score.title, score.ppq, score.end);
    let start = format!("{title:?} ppq {ppq} end {end} micros {}", score.tempos.micros_at(0));
    format!("{start}\n{}{}", text::print(score), voices.concat())
}

#[track_caller]
fn check(bytes: &[u8], expected: Expect) {
    let (score, warnings) = read(bytes).expect("readable");
    let warnings: Vec<String> = warnings.iter().map(|w| format!("{w}\n")).collect();
    expected.assert_eq(&format!("{}{}", describe(&score), warnings.concat()));
}

/// A quarter C on channel 1, one on channel 2, a drum, then an E by running status.
fn mixed() -> Vec<u8> {
    let notes: &[u8] = &[
        0, 0xff, 3, 4, b'T', 0xe9, b's', b't', 0, 0xc0, 73, 0, 0xc1, 33, 0, 0x90, 60, 90, 0, 0x91, 36, 70, 0, 0x99, 38,
        100, 24, 38, 0, 0, 0x91, 36, 0, 0, 0x90, 60, 0, 0, 64, 80, 24, 64, 0,
    ];
    [notes, END].concat()
}

#[test]
fn type_0_is_split_by_channel() {
    check(
        &file(0, [0, 24], &[&mixed()]),
        expect![[r#"
        "Tést" ppq 24 end 48 micros 500000
        Flute | 0 24 C4 90 | 24 24 E4
        Electric Bass (finger) | 0 24 C2 70
        Drums | 0 24 D2 100
        Melody, program 73, 0 events
        Bass, program 33, 0 events
        Drums, program 0, 0 events
        Names and words are not UTF-8 and were read as windows-1252; letters may be wrong.
    "#]],
    );
}

#[test]
fn a_riff_file_and_one_with_bytes_before_its_header_are_found() {
    let plain = file(0, [0, 24], &[&mixed()]);
    let riff = [b"RIFF\0\0\0\0RMIDdata", &(plain.len() as u32).to_le_bytes()[..], &plain, b"LISTMTrk"].concat();
    assert_eq!(read(&riff), read(&plain));
    let (score, warnings) = read(&[&[7; 128][..], &plain].concat()).expect("readable");
    assert_eq!(
        (score.n_notes(), warnings[0].to_string().as_str()),
        (4, "The MIDI data begins only after 128 other bytes.")
    );
}

#[test]
fn type_2_patterns_follow_each_other() {
    let pattern = [&[0, 0x90, 60, 90, 24, 60, 0][..], END].concat();
    check(
        &file(2, [0, 24], &[&pattern, &pattern]),
        expect![[r#"
        "" ppq 24 end 48 micros 500000
        Channel 1 | 0 24 C4 90 | 24 24 C4 90
        Melody, program 0, 0 events
        A type 2 file: its 2 patterns were put one after another.
    "#]],
    );
}

#[test]
fn frame_time_gets_a_tempo_that_keeps_seconds() {
    // 25 frames a second, 40 ticks each: 1000 ticks are a second.
    let track = [&[0, 0x90, 60, 90, 0x87, 0x68, 60, 0][..], END].concat();
    let bytes = file(1, [256u16.wrapping_sub(25) as u8, 40], &[&track]);
    check(
        &bytes,
        expect![[r#"
        "" ppq 500 end 1000 micros 500000
        Channel 1 | 0 1000 C4 90
        Melody, program 0, 0 events
        The file counts time in frames (25 a second, 40 ticks each), not in quarter notes; a fixed tempo was assumed.
    "#]],
    );
    let (score, _) = read(&bytes).expect("readable");
    assert_eq!(score.seconds(), 1.0);
    let (drop_frame, _) = read(&file(1, [256u16.wrapping_sub(29) as u8, 40], &[&track])).expect("readable");
    assert!((drop_frame.seconds() - 1000.0 * 1.001 / 1200.0).abs() < 1e-9);
}

#[test]
fn lengths_that_are_too_short_or_too_long_lose_nothing() {
    let track = [&[0, 0x90, 60, 90, 24, 60, 0, 0, 62, 90, 24, 62, 0][..], END].concat();
    let good = file(1, [0, 24], &[&track, &track]);
    let (score, _) = read(&good).expect("readable");
    for length in [0u8, 5, 16, 18, 19, 200] {
        let mut bytes = good.clone();
        bytes[21] = length;
        let (back, warnings) = read(&bytes).expect("readable");
        assert_eq!(back, score, "length {length}");
        assert!(warnings.iter().any(|w| w.to_string().starts_with("Wrong length")), "length {length}: {warnings:?}");
    }
}

#[test]
fn hanging_empty_and_impossible_things_are_told() {
    let track: &[u8] = &[
        0, 0xff, 0x58, 4, 4, 9, 24, 8, 0, 0xff, 0x51, 3, 0, 0, 0, 0, 0xff, 0x59, 2, 9, 0, 0, 0xf0, 1, 0xf7, 0, 0xff, 6,
        1, b'm', 0, 0x90, 60, 90, 0, 60, 0, 0, 62, 90, 24, 0xff, 0x2f, 0,
    ];
    check(
        &file(1, [0, 24], &[track]),
        expect![[r#"
            "" ppq 24 end 24 micros 500000
            Channel 1 | 0 24 D4 90
            Melody, program 0, 0 events
            Never released, and so ended with the track: 1 note (the first at tick 0).
            Left out, because without any length: 1 note (the first at tick 0).
            Left out, because impossible: 1 tempo (the first at tick 0).
            Left out, because impossible: 1 meter (the first at tick 0).
            Left out, because impossible: 1 key (the first at tick 0).
            Not kept, because a score has no place for them: 1 system-exclusive message.
        "#]],
    );
}

#[test]
fn a_first_track_may_set_up_the_instruments_of_the_others_and_sing() {
    let setup = [&[0, 0xff, 3, 1, b'S', 0, 0xc0, 40, 0, 0xb0, 7, 100, 0, 0xc5, 1, 12, 0xff, 5, 2, b'l', b'a'][..], END]
        .concat();
    let notes = [&[0, 0xff, 3, 4, b'L', b'e', b'a', b'd', 0, 0x90, 60, 90, 24, 60, 0][..], END].concat();
    let bytes = file(1, [0, 24], &[&setup, &notes]);
    check(
        &bytes,
        expect![[r#"
            "S" ppq 24 end 24 micros 500000
            Lead | 0 24 C4 90
            Melody, program 40, 2 events
            Left out, because no note is on their channel: 1 message.
        "#]],
    );
    let (score, _) = read(&bytes).expect("readable");
    assert_eq!(score.voices[0].events[0].kind, VoiceEventKind::Controller { number: 7, value: 100 });
}

#[test]
fn what_is_no_midi_file_says_why() {
    let error = |bytes: &[u8]| read(bytes).expect_err("no MIDI").to_string();
    expect![[r#"
        the file is empty
        not a MIDI file: no header from byte 0 on; it looks like an MP3 file
        not a MIDI file: no header from byte 0 on; it looks like a text file
        not a MIDI file: no header from byte 0 on; it looks like nothing but zero bytes
        the MIDI header is cut off at byte 10
        the file has a MIDI header but no track after byte 14"#]]
    .assert_eq(
        &[
            error(b""),
            error(b"ID3\x04 a song"),
            error(b"just a letter to somebody"),
            error(&[0; 64]),
            error(b"MThd\0\0\0\x06\0\x01"),
            error(b"MThd\0\0\0\x06\0\x01\0\x01\0\x60 and nothing more"),
        ]
        .join("\n"),
    );
    assert_eq!(read(&[]), Err(ReadError::Empty));
}

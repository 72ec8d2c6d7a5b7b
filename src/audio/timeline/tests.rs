//! What a compiled score promises: order, channels, frames that agree with the tempo map, beats, chasing.

use super::*;
use crate::music::{Meter, Note, VoiceEvent, text, time::micros_from_qpm};
use proptest::prelude::*;

fn compile(line: &str) -> Timeline {
    Timeline::compile(&text::parse(line).unwrap(), 48_000, &[])
}

#[test]
fn a_note_of_a_repeated_pitch_ends_before_the_next_begins() {
    // 24 ticks a quarter at 120: a tick is 1000 frames.
    let events = compile("melody | 0 48 c4 100 | 24 24 c4").events().to_vec();
    let at = |frame, message| Event { frame, channel: 0, message };
    assert_eq!(
        events,
        [
            at(0, Message::Program(0)),
            at(0, Message::NoteOn { pitch: 60, velocity: 100 }),
            at(24_000, Message::NoteOff { pitch: 60 }),
            at(24_000, Message::NoteOn { pitch: 60, velocity: 80 }),
            at(48_000, Message::NoteOff { pitch: 60 }),
        ]
    );
}

#[test]
fn drums_have_their_channel_and_muting_moves_nobody() {
    let score = text::parse("melody | 0 24 c4\ndrums | 0 24 c2\nbass | 0 24 c3").unwrap();
    let channels = |on: &[bool]| -> Vec<u8> {
        let notes = Timeline::compile(&score, 48_000, on);
        let mut all: Vec<u8> = notes.events().iter().map(|e| e.channel).collect();
        all.dedup();
        all.sort_unstable();
        all.dedup();
        all
    };
    assert_eq!(channels(&[]), [0, 1, 9]);
    assert_eq!(channels(&[false, true, true]), [1, 9]);
}

#[test]
fn forty_voices_share_fifteen_channels_and_each_note_has_its_program() {
    let mut score = Score::new(24);
    for i in 0..40u8 {
        let mut voice = Voice::new("v", Role::Other, i * 3);
        voice.notes.push(Note::new(Tick::from(i) * 10, 5, 60, 80));
        voice.events.push(VoiceEvent { tick: 0, kind: VoiceEventKind::Controller { number: 7, value: 90 } });
        score.push_voice(voice);
    }
    let timeline = Timeline::compile(&score, 44_100, &[]);
    let mut program = [None; 16];
    let mut programs = Vec::new();
    for e in timeline.events() {
        match e.message {
            Message::Program(p) => program[usize::from(e.channel)] = Some(p),
            Message::NoteOn { .. } => programs.push(program[usize::from(e.channel)].unwrap()),
            _ => assert_ne!(e.channel, DRUM_CHANNEL),
        }
    }
    assert_eq!(programs, (0..40u8).map(|i| i * 3).collect::<Vec<_>>());
}

proptest! {
    #[test]
    fn frames_agree_with_the_tempo_map_and_go_back_to_ticks(
        changes in proptest::collection::vec((0i64..5000, 20.0f64..400.0), 0..8), tick in 0i64..9000, ppq in 1u32..2000
    ) {
        let mut score = Score::new(ppq);
        for (at, qpm) in changes {
            score.tempos.set(at, micros_from_qpm(qpm));
        }
        let timeline = Timeline::compile(&score, 48_000, &[]);
        let frame = timeline.frame_from_real_tick(tick as f64);
        prop_assert!((frame - score.tempos.secs_from_tick(tick, ppq) * 48_000.0).abs() < 1e-3 * (1.0 + frame * 1e-6));
        prop_assert!((timeline.tick_from_frame(frame) - tick as f64).abs() < 1e-6);
    }

    #[test]
    fn every_note_on_has_its_off_and_events_are_sorted(
        notes in proptest::collection::vec((0i64..400, 1i64..100, 58u8..63), 0..60)
    ) {
        let mut score = Score::new(24);
        let mut voice = Voice::new("v", Role::Melody, 5);
        voice.notes = notes.iter().map(|&(s, d, p)| Note::new(s, d, p, 80)).collect();
        score.push_voice(voice);
        let timeline = Timeline::compile(&score, 48_000, &[]);
        prop_assert!(timeline.events().is_sorted_by_key(|e| e.frame));
        let mut sounding = 0u128;
        for e in timeline.events() {
            match e.message {
                Message::NoteOn { pitch, .. } => {
                    prop_assert_eq!(sounding & (1 << pitch), 0);
                    sounding |= 1 << pitch;
                }
                Message::NoteOff { pitch } => {
                    prop_assert_ne!(sounding & (1 << pitch), 0);
                    sounding &= !(1 << pitch);
                }
                _ => {}
            }
        }
        prop_assert_eq!(sounding, 0);
    }
}

#[test]
fn beats_follow_the_meters_and_go_on_after_the_end() {
    let mut score = text::parse("melody | 0 96 c4").unwrap();
    score.meters.set(0, Meter { numerator: 3, denominator: 4 });
    score.meters.set(72, Meter { numerator: 6, denominator: 8 });
    let timeline = Timeline::compile(&score, 48_000, &[]);
    let mut beats = Vec::new();
    let mut tick = 0.0;
    while beats.len() < 7 {
        let beat = timeline.beat_from(tick);
        beats.push((beat.tick, beat.opens_bar));
        tick = beat.tick as f64 + 0.5;
    }
    assert_eq!(beats, [(0, true), (24, false), (48, false), (72, true), (108, false), (144, true), (180, false)]);
    assert_eq!(timeline.beats_at(108), (2, 36_000.0, 1));
}

#[test]
fn chasing_gives_the_last_of_each_and_every_step_of_a_parameter() {
    let mut score = text::parse("melody | 0 24 c4 | 960 24 c4").unwrap();
    let controller = |tick, number, value| VoiceEvent { tick, kind: VoiceEventKind::Controller { number, value } };
    score.voices[0].events = vec![
        controller(0, 7, 50),
        controller(1, 101, 0),
        controller(1, 100, 0),
        controller(1, 6, 12),
        controller(2, 7, 60),
        controller(3, 64, 127),
        controller(999, 7, 70),
    ];
    let timeline = Timeline::compile(&score, 48_000, &[]);
    let mut said = Vec::new();
    timeline.chase(timeline.index_at(timeline.frame_from_tick(960)), |_, m| said.push(m));
    let controller = |number, value| Message::Controller { number, value };
    let expected = [(101, 0), (100, 0), (6, 12), (7, 60), (64, 127)].map(|(n, v)| controller(n, v));
    assert_eq!(said.iter().filter(|m| **m != Message::Program(0)).copied().collect::<Vec<_>>(), expected);
}

#[test]
fn held_notes_are_known_anywhere_in_a_long_piece() {
    let mut score = Score::new(24);
    let mut voice = Voice::new("v", Role::Melody, 5);
    voice.notes = (0..6000).map(|i| Note::new(i * 7, 30, (40 + i * 5 % 30) as u8, 80)).collect();
    score.push_voice(voice);
    let timeline = Timeline::compile(&score, 48_000, &[]);
    let mut held = [0u128; 16];
    for (i, e) in timeline.events().iter().enumerate() {
        if i % 501 == 0 {
            assert_eq!(timeline.held_before(i), held, "before event {i}");
        }
        mark(&mut held, e);
    }
    assert_eq!(timeline.held_before(timeline.events().len()), [0; 16]);
}

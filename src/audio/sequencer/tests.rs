//! What the sequencer promises: equal samples whatever the block, punctual onsets, nothing left hanging.

use super::*;
use crate::music::{Note, Role, Score, Voice, VoiceEvent, VoiceEventKind, text, time::micros_from_qpm};

const RATE: u32 = 48_000;

fn sequencer(score: &Score) -> Sequencer {
    let sounds = Sounds::new(&SoundFont::built_in(), RATE).unwrap();
    Sequencer::new(Box::new(sounds), Arc::new(Timeline::compile(score, RATE, &[])))
}

fn busy_score() -> Score {
    let mut score = text::parse(
        "melody | 0 12 c5 | 12 12 e5 | 24 12 g5 100 | 36 60 c6 110
         chords | 0 48 c4 | 0 48 e4 | 0 48 g4 | 48 48 f4 | 48 48 a4
         drums | 0 6 c2 | 12 6 f#2 | 24 6 d2 | 36 6 f#2",
    )
    .unwrap();
    score.tempos.set(30, micros_from_qpm(171.0));
    score.voices[1].program = 48;
    score.voices[1].events = vec![VoiceEvent { tick: 20, kind: VoiceEventKind::Controller { number: 7, value: 60 } }];
    score
}

fn rendered(s: &mut Sequencer, frames: usize, block: usize) -> Vec<f32> {
    let mut out = Vec::new();
    let (mut left, mut right) = (vec![0.0; block], vec![0.0; block]);
    while out.len() < frames * 2 {
        let n = block.min(frames - out.len() / 2);
        s.render(&mut left[..n], &mut right[..n]);
        out.extend(left[..n].iter().zip(&right[..n]).flat_map(|(l, r)| [*l, *r]));
    }
    out
}

#[test]
fn the_size_of_a_block_changes_no_sample() {
    let whole = |block| {
        let mut s = sequencer(&busy_score());
        s.set_loop(Some((24, 72)));
        s.play(7);
        rendered(&mut s, 100_000, block)
    };
    let reference = whole(64);
    assert!(reference.iter().any(|x| x.abs() > 0.02));
    for block in [1, 333, 4096] {
        assert!(whole(block) == reference, "blocks of {block} differ");
    }
}

#[test]
fn onsets_lie_within_a_millisecond_of_the_score_over_tempo_changes() {
    // Claves in silence: 1,000 hits, the tempo changing every 50.
    let mut score = Score::new(96);
    let mut voice = Voice::new("drums", Role::Drums, 0);
    let mut tick = 0;
    for i in 0..1000i64 {
        if i % 50 == 0 {
            score.tempos.set(tick, micros_from_qpm(70.0 + (i % 7) as f64 * 23.7));
        }
        voice.notes.push(Note::new(tick, 20, 37, 127));
        tick += 37 + i % 5;
    }
    voice.events.push(VoiceEvent { tick: 0, kind: VoiceEventKind::Controller { number: 91, value: 0 } });
    score.push_voice(voice);
    let timeline = Timeline::compile(&score, RATE, &[]);
    let expected: Vec<u64> = score.voices[0].notes.iter().map(|n| timeline.frame_from_tick(n.start)).collect();
    let mut s = sequencer(&score);
    s.play(0);
    let sound = rendered(&mut s, timeline.end() as usize, 512);
    for frame in expected {
        let at = frame as usize * 2;
        let loud =
            |from: usize, to: usize| sound[from.min(sound.len())..to.min(sound.len())].iter().any(|x| x.abs() > 0.001);
        let first = sound[at..].iter().position(|x| x.abs() > 0.001).map(|i| i / 2);
        assert!(loud(at, at + 96), "nothing within a millisecond after {frame}: {first:?}");
        assert!(!loud(at.saturating_sub(480), at.saturating_sub(96)), "something before {frame}");
    }
}

#[test]
fn rests_are_silent_and_playing_ends_with_the_piece() {
    let score = text::parse("melody | 0 6 c4 | 192 6 c4").unwrap();
    let mut s = sequencer(&score);
    s.play(0);
    let sound = rendered(&mut s, 48_000 * 5, 512);
    let peak = |from: usize, to: usize| sound[from * 96..to * 96].iter().fold(0.0f32, |p, x| p.max(x.abs()));
    assert!(peak(0, 200) > 0.02 && peak(4000, 4200) > 0.02);
    assert!(peak(3000, 3999) < 1e-3, "{}", peak(3000, 3999));
    assert!(!s.is_playing());
    assert_eq!(s.position(), 198.0);
}

#[test]
fn seeking_brings_programs_and_controllers_along() {
    let mut score = Score::new(24);
    let mut voice = Voice::new("v", Role::Melody, 0);
    voice.notes = vec![Note::new(0, 24, 60, 80), Note::new(960, 24, 60, 80)];
    voice.events = vec![
        VoiceEvent { tick: 10, kind: VoiceEventKind::Program(73) },
        VoiceEvent { tick: 20, kind: VoiceEventKind::Controller { number: 7, value: 40 } },
        VoiceEvent { tick: 20, kind: VoiceEventKind::PitchBend(4096) },
    ];
    score.push_voice(voice);
    // Played through: everything of the first note has died away by the second.
    let mut through = sequencer(&score);
    through.play(0);
    let frame = through.timeline.frame_from_tick(960) as usize;
    let through = rendered(&mut through, frame + 9600, 512).split_off(frame * 2);
    let mut sought = sequencer(&score);
    sought.play(960);
    let sought = rendered(&mut sought, 9600, 512);
    let largest = through.iter().zip(&sought).map(|(a, b)| (a - b).abs()).fold(0.0f32, f32::max);
    assert!(sought.iter().any(|x| x.abs() > 5e-3));
    assert!(largest < 1e-3, "differs by {largest}");
}

#[test]
fn an_edit_while_playing_leaves_no_note_hanging() {
    let long = text::parse("melody | 0 9600 c4\nchords | 0 9600 e4").unwrap();
    let mut s = sequencer(&long);
    s.play(0);
    rendered(&mut s, 4800, 480);
    assert_eq!(s.held.iter().map(|h| h.count_ones()).sum::<u32>(), 2);
    let mut without = long.clone();
    without.voices[0].notes.clear();
    let before = s.position();
    s.swap_timeline(Arc::new(Timeline::compile(&without, RATE, &[])));
    assert_eq!(s.held, {
        let mut h = [0u128; 16];
        h[1] = 1 << 64;
        h
    });
    assert!((s.position() - before).abs() < 0.01);
    // Another tempo: the same place in the score, not the same second.
    without.tempos.set(0, micros_from_qpm(30.0));
    s.swap_timeline(Arc::new(Timeline::compile(&without, RATE, &[])));
    assert!((s.position() - before).abs() < 0.01);
}

#[test]
fn a_loop_goes_round_without_drift_or_click() {
    let score = text::parse("melody | 0 24 a4 | 24 24 a4 | 48 24 a4 | 72 24 a4").unwrap();
    let mut s = sequencer(&score);
    s.set_loop(Some((0, 48)));
    s.play(0);
    // Two quarters at 120 are a second: after 10 s it is where it was.
    rendered(&mut s, 480_000, 441);
    assert!(s.is_playing());
    assert!((s.position() % 48.0).min(48.0 - s.position() % 48.0) < 0.05, "{}", s.position());
}

#[test]
fn auditioned_notes_sound_and_end_while_nothing_plays() {
    let mut s = sequencer(&Score::default());
    assert!(s.is_asleep());
    s.audition(73, false, 72, 100, 200);
    assert!(rendered(&mut s, 9600, 512).iter().any(|x| x.abs() > 0.01));
    rendered(&mut s, 48_000 * 4, 512);
    assert!(s.is_asleep());
}

#[test]
fn the_metronome_clicks_on_every_beat_and_counts_in() {
    let mut score = Score::new(24);
    score.push_voice(Voice::new("empty", Role::Melody, 0));
    let mut s = sequencer(&score);
    s.set_metronome(true);
    s.play(Start { from: 0, lead_bars: 1, endless: true });
    assert_eq!(s.position(), -96.0);
    let sound = rendered(&mut s, 48_000 * 4, 512);
    assert!(s.is_playing() && (s.position() - 96.0).abs() < 0.05, "{}", s.position());
    // Half a second a beat: where it is loud it has just begun.
    let loud: Vec<usize> = (0..400).filter(|i| sound[i * 960..][..960].iter().any(|x| x.abs() > 0.05)).collect();
    let begun: Vec<usize> = loud.iter().copied().filter(|i| *i == 0 || !loud.contains(&(i - 1))).collect();
    assert_eq!(begun, [0, 50, 100, 150, 200, 250, 300, 350]);
    let peak = |i: usize| sound[i * 960..][..960].iter().fold(0.0f32, |p, x| p.max(x.abs()));
    for i in begun {
        assert_eq!(peak(i) > 0.25, i % 200 == 0, "beat at {i}: {}", peak(i));
    }
}

#[test]
fn a_midi_port_is_told_every_note_the_clock_and_where_the_loop_goes() {
    let score = text::parse("melody | 0 24 c4 | 24 24 d4").unwrap();
    let mut s = sequencer(&score);
    let (ring, mut port) = rtrb::RingBuffer::new(1024);
    assert!(s.set_out(OutSettings { ring: Some(Box::new(ring)), clock: true, local: false }).is_none());
    s.set_loop(Some((24, 48)));
    s.play(0);
    let sound = rendered(&mut s, 48_000 + 12_000, 512);
    assert!(sound.iter().all(|x| x.abs() < 1e-4), "it sounds at the port alone");
    let told: Vec<Timed> = std::iter::from_fn(|| port.pop().ok()).collect();
    let find = |message| told.iter().filter(|t| t.message == message).map(|t| t.at).collect::<Vec<_>>();
    assert_eq!(find(OutMessage::Start), [0]);
    assert_eq!(find(OutMessage::SongPosition(4)), [48_000]);
    assert_eq!(find(OutMessage::Continue), [48_000]);
    let clocks = find(OutMessage::Clock);
    assert_eq!(clocks.len(), 60, "24 a quarter, two and a half quarters");
    assert!(clocks.windows(2).all(|w| (992..=1008).contains(&(w[1] - w[0]))), "{clocks:?}");
    let notes = |on| {
        let pitch = |t: &Timed| match t.message {
            OutMessage::Channel(0, Message::NoteOn { pitch, .. }) if on => Some((t.at, pitch)),
            OutMessage::Channel(0, Message::NoteOff { pitch }) if !on => Some((t.at, pitch)),
            _ => None,
        };
        told.iter().filter_map(pitch).collect::<Vec<_>>()
    };
    assert_eq!(notes(true), [(0, 60), (24_000, 62), (48_000, 62)]);
    // What ends exactly where the loop begins is told so again, which does no harm.
    assert_eq!(notes(false)[..2], [(24_000, 60), (48_000, 62)]);
}

#[test]
fn a_port_that_fell_behind_is_told_to_end_everything() {
    let score = busy_score();
    let mut s = sequencer(&score);
    let (ring, mut port) = rtrb::RingBuffer::new(4);
    s.set_out(OutSettings { ring: Some(Box::new(ring)), clock: false, local: true });
    s.play(0);
    rendered(&mut s, 24_000, 512);
    while port.pop().is_ok() {}
    rendered(&mut s, 24_000, 512);
    assert_eq!(port.pop().map(|t| t.message), Ok(OutMessage::AllOff));
}

#[test]
fn notes_played_by_hand_sound_until_they_are_let_go() {
    let mut s = sequencer(&Score::default());
    s.set_instrument(19, false);
    s.by_hand(Message::NoteOn { pitch: 60, velocity: 100 });
    let loud = |s: &mut Sequencer| rendered(s, 4800, 512).iter().any(|x| x.abs() > 0.01);
    rendered(&mut s, 48_000 * 3, 512);
    assert!(loud(&mut s), "an organ sounds as long as the key is down");
    s.set_instrument(0, true);
    s.by_hand(Message::NoteOff { pitch: 60 });
    rendered(&mut s, 48_000 * 4, 512);
    assert!(!loud(&mut s) && s.is_asleep(), "let go, also after another instrument was chosen");
}

/// The largest step from one sample to the next that a cut may make: a click is several times this.
const SMOOTH: f32 = 0.03;

#[test]
fn nothing_clicks_where_a_loop_goes_round() {
    let mut score = Score::new(24);
    let mut voice = Voice::new("organ", Role::Other, 19);
    voice.notes = vec![Note::new(0, 480, 45, 100), Note::new(0, 480, 52, 100)];
    score.push_voice(voice);
    let mut s = sequencer(&score);
    s.set_loop(Some((0, 37)));
    s.play(0);
    let sound = rendered(&mut s, 48_000 * 4, 512);
    let left: Vec<f32> = sound.iter().step_by(2).copied().collect();
    let step = left.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0f32, f32::max);
    assert!(step < SMOOTH, "a step of {step}");
    // Nor is there a gap: it sounds all through.
    assert!(left.chunks(4800).all(|c| c.iter().any(|x| x.abs() > 0.02)));
}

#[test]
fn sixty_dense_songs_never_clip_and_hold_no_nan() {
    for seed in 0..60u64 {
        let mut score = Score::new(24);
        for v in 0..12u64 {
            let mix = |i: u64| (i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15 ^ seed << 17 ^ v << 9) >> 33;
            let role = if v == 11 { Role::Drums } else { Role::Other };
            let mut voice = Voice::new("v", role, (mix(999) % 128) as u8);
            let note = |i: u64| Note::new((i * 4) as Tick, 36, (30 + mix(i) % 60) as u8, (90 + mix(i + 7) % 38) as u8);
            voice.notes = (0..24).map(note).collect();
            score.push_voice(voice);
        }
        let mut s = sequencer(&score);
        s.play(0);
        let sound = rendered(&mut s, 48_000 * 2, 1024);
        let peak = sound.iter().fold(0.0f32, |p, x| if x.is_finite() { p.max(x.abs()) } else { f32::NAN });
        assert!(peak > 0.1 && peak < 0.9, "song {seed}: {peak}");
    }
}

#[test]
fn playing_waits_on_a_bar_line_for_what_is_still_being_written() {
    // A bar a second (48 ticks, 24 a quarter at 120); the second bar comes later.
    let mut s = sequencer(&text::parse("melody | 0 48 c4").unwrap());
    s.hold_at(Some(48));
    s.play(0);
    rendered(&mut s, 48_000 * 5 / 2, 512);
    assert!(s.is_playing() && s.held == [0; 16]);
    assert_eq!(s.song_frame(), 48_000.0, "on the line, and not a block further");
    let longer = text::parse("melody | 0 48 c4 | 48 48 e4").unwrap();
    s.swap_timeline(Arc::new(Timeline::compile(&longer, RATE, &[])));
    rendered(&mut s, 480, 480);
    assert!(s.held == [0; 16], "it is there, and not yet to be heard");
    s.hold_at(Some(96));
    rendered(&mut s, 24_000, 512);
    assert!(s.held.contains(&(1 << 64)), "{:?}", s.held);
    assert!((s.position() - 72.0).abs() < 0.1, "{}", s.position());
    rendered(&mut s, 96_000, 512);
    assert!(s.is_playing() && (s.position() - 96.0).abs() < 0.1);
    s.hold_at(None);
    rendered(&mut s, 4_800, 480);
    assert!(!s.is_playing(), "whole: it ends as other pieces do");
}

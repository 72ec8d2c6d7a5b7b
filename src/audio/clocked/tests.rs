//! Ten minutes of a restless user on a card that is only a clock: every buffer is watched for
//! allocations, every sample looked at.

use super::*;
use crate::audio::SoundFont;
use crate::audio::bank::BUILT_IN;
use crate::audio::core::Command;
use crate::audio::devices::SoundSettings;
use crate::audio::engine::{Order, open};
use crate::audio::sequencer::{OutSettings, Sounds, Start};
use crate::audio::shared::Fault;
use crate::audio::timeline::{Message, Timeline};
use crate::music::{Note, Role, Score, Tick, Voice, VoiceEvent, VoiceEventKind, time::micros_from_qpm};
use assert_no_alloc::violation_count;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const RATE: u32 = 48_000;
const FRAMES: u32 = 256;

/// A song of four voices with pedals, bends and changes of tempo.
fn song(rng: &mut ChaCha8Rng) -> Score {
    let mut score = Score::new(24);
    for role in [Role::Melody, Role::Chords, Role::Bass, Role::Drums] {
        let mut voice = Voice::new("v", role, rng.random_range(0..128));
        voice.notes = (0..200)
            .map(|i| Note::new(i * 12, rng.random_range(2..40), rng.random_range(36..84), rng.random_range(20..128)))
            .collect();
        let mut event = |kind| voice.events.push(VoiceEvent { tick: rng.random_range(0..2400), kind });
        for value in [127, 0, 127, 0] {
            event(VoiceEventKind::Controller { number: 64, value });
            event(VoiceEventKind::Controller { number: 7, value: 60 + value / 3 });
            event(VoiceEventKind::PitchBend(i16::from(value) * 8));
        }
        score.push_voice(voice);
    }
    for i in 0..8 {
        score.tempos.set(i * 300, micros_from_qpm(rng.random_range(50.0..220.0)));
    }
    score
}

#[test]
fn ten_minutes_of_a_restless_user_allocate_nothing_on_the_audio_thread() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let fonts = [SoundFont::built_in(), SoundFont::from_bytes(BUILT_IN).unwrap()];
    let clock = Clocked::new(&["Desk"], RATE, FRAMES);
    let order = Order {
        host: clock.host_maker(),
        settings: SoundSettings { buffer_frames: Some(FRAMES), ..SoundSettings::default() },
        font: fonts[0].clone(),
        score: Arc::new(song(&mut rng)),
        voices_on: Vec::new(),
        keep_time: false,
        waker: Arc::new(|| {}),
    };
    let opened = open(&order).unwrap();
    assert_eq!((opened.sample_rate, opened.buffer_frames), (RATE, Some(FRAMES)));
    let mut remote = opened.remote;
    let mut by_hand = remote.by_hand.take().unwrap();
    let mut port = None;
    let before = violation_count();
    let (mut loud, mut commands) = (0u32, 0u32);
    let buffers = 10 * 60 * RATE / FRAMES;
    for _ in 0..buffers {
        // About nine things a second.
        if rng.random_range(0..20) == 0 {
            let tick: Tick = rng.random_range(0..2600);
            let flag: bool = rng.random();
            let pitch = rng.random_range(0..128);
            let command = match rng.random_range(0..22) {
                0..=3 => {
                    Command::Play(Start { from: tick, lead_bars: u8::from(rng.random_range(0..6) == 0), endless: flag })
                }
                4..=6 => Command::Seek(tick),
                7..=9 => {
                    let score = song(&mut rng);
                    Command::Load(Arc::new(Timeline::compile(&score, RATE, &[true, flag, true, !flag])))
                }
                10 => Command::Loop(flag.then_some((tick, tick + 96))),
                11 => Command::Volume(rng.random_range(0.2..1.0)),
                12 => Command::Metronome(flag),
                13 if rng.random_range(0..4) == 0 => {
                    Command::Sounds(Box::new(Sounds::new(&fonts[usize::from(flag)], RATE).unwrap()))
                }
                14 => Command::Audition { program: pitch, drums: flag, pitch, velocity: 90, millis: 200 },
                15 => Command::Instrument { program: pitch, drums: flag },
                16 => Command::ByHand(Message::NoteOn { pitch, velocity: 80 }),
                17 => Command::Adjust { channel: pitch % 16, number: 7, value: pitch },
                18 if rng.random_range(0..3) == 0 => Command::Panic,
                19 if flag => Command::Stop,
                20 => {
                    let (ring, listener) = rtrb::RingBuffer::new(512);
                    port = Some(listener);
                    Command::Out(OutSettings { ring: flag.then(|| Box::new(ring)), clock: true, local: true })
                }
                _ => Command::ByHand(Message::NoteOff { pitch }),
            };
            commands += u32::from(remote.send(command));
            let _ = by_hand.push(Message::NoteOn { pitch: pitch ^ 1, velocity: 70 });
            let _ = by_hand.push(Message::NoteOff { pitch: pitch ^ 1 });
        }
        let sound = clock.step(0).unwrap();
        assert_eq!(sound.len(), 2 * FRAMES as usize);
        assert!(sound.iter().all(|x| x.abs() < 0.9), "a sample out of bounds, or none at all");
        loud += u32::from(sound.iter().any(|x| x.abs() > 0.01));
        while port.as_mut().is_some_and(|p| p.pop().is_ok()) {}
    }
    assert_eq!(violation_count(), before, "the audio thread allocated or freed");
    assert_eq!(remote.shared.fault(), Fault::None);
    assert_eq!(remote.shared.dry.load(Ordering::Relaxed), 0);
    assert!(commands > 4000 && loud > buffers / 3, "{commands} commands, {loud} of {buffers} buffers sounded");
}

#[test]
fn the_watch_itself_sees_an_allocation() {
    let clock = Clocked::new(&["Desk"], RATE, FRAMES);
    let host = (clock.host_maker())().unwrap();
    let device = host.default_output_device().unwrap();
    let config = device.default_output_config().unwrap().config();
    let greedy = |out: &mut [f32], _: &OutputCallbackInfo| out[0] = std::hint::black_box(vec![1.0f32; 100])[7];
    let _stream = device.build_output_stream(config, greedy, |_| {}, None).unwrap();
    let before = violation_count();
    clock.step(0).unwrap();
    assert!(violation_count() > before);
}

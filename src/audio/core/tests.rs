//! What the audio thread promises: nothing allocated, nothing clicks, nothing missed, whatever is asked of it.

use super::super::synth::SoundFont;
use super::*;
use crate::music::{Note, Role, Score, Voice};

const RATE: u32 = 48_000;

fn song() -> Score {
    let mut score = Score::new(24);
    for (v, program) in [0u8, 48, 33, 73].into_iter().enumerate() {
        let mut voice = Voice::new("v", Role::Other, program);
        let pitch = |i: i64| (48 + 5 * v as i64 + (i * 7) % 12) as u8;
        voice.notes = (0..400).map(|i| Note::new(i * 12, 20, pitch(i), 90)).collect();
        score.push_voice(voice);
    }
    score
}

fn sounds() -> Box<Sounds> {
    Box::new(Sounds::new(&SoundFont::built_in(), RATE).unwrap())
}

fn timeline(score: &Score) -> Arc<Timeline> {
    Arc::new(Timeline::compile(score, RATE, &[]))
}

#[test]
fn stopping_seeking_and_panic_fade_instead_of_clicking() {
    let mut score = Score::new(24);
    let mut voice = Voice::new("organ", Role::Other, 19);
    voice.notes = vec![Note::new(0, 9600, 45, 110), Note::new(0, 9600, 52, 110)];
    score.push_voice(voice);
    for cut in [Command::Stop, Command::Panic, Command::Seek(4800), Command::Play(0.into()), Command::Sounds(sounds())]
    {
        let (mut core, mut remote) = connect(sounds(), timeline(&score), RATE);
        remote.send(Command::Play(0.into()));
        let (mut left, mut right) = (vec![0.0; 48_000], vec![0.0; 48_000]);
        core.render(&mut left, &mut right);
        let step = |x: &[f32]| x.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0f32, f32::max);
        let usual = step(&left[24_000..]);
        let name = format!("{cut:?}").chars().take(12).collect::<String>();
        let last = left[47_999];
        remote.send(cut);
        core.render(&mut left[..4800], &mut right[..4800]);
        let largest = step(&left[..4800]).max((left[0] - last).abs());
        assert!(remote.is_caught_up());
        assert!(largest < 1.5 * usual + 0.003, "{name}: a step of {largest}, usually {usual}");
    }
}

#[test]
fn says_where_it_is_and_when_it_has_caught_up() {
    let (mut core, mut remote) = connect(sounds(), timeline(&song()), RATE);
    let (mut left, mut right) = (vec![0.0; 24_000], vec![0.0; 24_000]);
    remote.send(Command::Play(48.into()));
    assert!(!remote.is_caught_up());
    core.render(&mut left, &mut right);
    assert!(remote.is_caught_up() && remote.shared.playing());
    assert!((remote.shared.position() - 72.0).abs() < 0.1, "{}", remote.shared.position());
    remote.send(Command::Stop);
    core.render(&mut left, &mut right);
    assert!(!remote.shared.playing());
}

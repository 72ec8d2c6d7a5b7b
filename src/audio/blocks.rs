//! How long the audio thread takes for a buffer, against the time it has: the figures of `cadenza bench`.

use super::core::{Command, connect};
use super::engine::Filler;
use super::sequencer::Sounds;
use super::synth::{SoundFont, SoundFontError};
use super::timeline::Timeline;
use crate::music::{Note, Role, Score, Tick, Voice};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Notes that sound at once: eight voices of eight.
const VOICES: i64 = 8;
const NOTES: i64 = 8;

/// Sixty-four notes at any time, each two seconds long and one begun every 32nd of a second.
fn dense(seconds: u32) -> Score {
    let mut score = Score::new(480);
    for (v, program) in (0..VOICES).zip([0u8, 16, 24, 32, 48, 56, 73, 88]) {
        let mut voice = Voice::new("", Role::Other, program);
        let rounds = i64::from(seconds.div_ceil(2));
        let note = |i: i64| {
            let start: Tick = i / NOTES * 1920 + i % NOTES * 240 + v * 30;
            Note::new(start, 1920, (40 + v * 4 + i % NOTES * 3) as u8, 90)
        };
        voice.notes = (0..rounds * NOTES).map(note).collect();
        score.push_voice(voice);
    }
    score
}

/// The time that each buffer of `frames` takes while 64 notes sound, for `seconds` of music.
///
/// # Errors
/// Where the synthesiser cannot run at `rate`.
pub fn block_times(font: &SoundFont, rate: u32, frames: usize, seconds: u32) -> Result<Vec<Duration>, SoundFontError> {
    let timeline = Arc::new(Timeline::compile(&dense(seconds), rate, &[]));
    let (core, mut remote) = connect(Box::new(Sounds::new(font, rate)?), timeline, rate);
    let mut filler = Filler::new(core, Arc::clone(&remote.shared));
    let mut buffer = vec![0.0f32; 2 * frames];
    remote.send(Command::Play(0.into()));
    let n = seconds as usize * rate as usize / frames;
    let timed = |_| {
        let begun = Instant::now();
        filler.fill(&mut buffer, 2, Duration::ZERO);
        begun.elapsed()
    };
    Ok((0..n).map(timed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_four_notes_sound_at_once() {
        let timeline = Timeline::compile(&dense(8), 48_000, &[]);
        let held = timeline.held_before(timeline.index_at(4 * 48_000));
        let n: u32 = held.iter().map(|h| h.count_ones()).sum();
        assert!((60..=64).contains(&n), "{n}");
        assert_eq!(block_times(&SoundFont::built_in(), 48_000, 480, 1).unwrap().len(), 100);
    }
}

//! Music made by chance for the tests of this module: the same for the same seed.

use crate::music::{Note, Role, Score, Tick, Voice};

/// Numbers of a small xorshift generator.
pub fn draws(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut x = (seed + 1).wrapping_mul(0xD134_2543_DE82_EF95) | 1;
    move |n| {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x % n
    }
}

/// One voice of `n` notes, mostly by step, 24 ticks a quarter.
pub fn random_score(seed: u64, n: usize) -> Score {
    let mut draw = draws(seed);
    let mut score = Score::new(24);
    let mut voice = Voice::new("", Role::Melody, 0);
    let (mut at, mut pitch) = (0, 67i16);
    for _ in 0..n {
        let gap: Tick = [12, 24, 24, 48][draw(4) as usize];
        pitch = (pitch + [-5, -4, -2, -2, -1, 0, 1, 2, 2, 3, 7][draw(11) as usize]).clamp(55, 84);
        voice.notes.push(Note::new(at, gap, pitch as u8, 80));
        at += gap;
    }
    score.push_voice(voice);
    score
}

/// One note in `one_in` is another: dropped, split in two, or moved by a tone.
pub fn varied(score: &Score, one_in: u64) -> Score {
    let mut draw = draws(77);
    let mut out = score.clone();
    let notes = std::mem::take(&mut out.voices[0].notes);
    for note in notes {
        match if draw(one_in) == 0 { draw(3) } else { 9 } {
            0 => {}
            1 => {
                let half = note.duration / 2;
                out.voices[0].notes.push(Note { duration: half, ..note });
                out.voices[0].notes.push(Note { start: note.start + half, duration: half, ..note });
            }
            2 => out.voices[0].notes.push(Note { pitch: note.pitch + 2, ..note }),
            _ => out.voices[0].notes.push(note),
        }
    }
    out
}

//! One line of music as transposition- and tempo-invariant tokens.
//!
//! A line is the top note at each onset. A token stands between two neighbouring notes: the interval
//! in semitones, and how the gap between them compares with the gap before, in half octaves of time
//! (equal, ×1.4, ×2 …), so that small unevenness of a performance does not tell two lines apart.
//! Rests and the lengths of notes do not count: only when notes begin.

use crate::music::{Note, Role, Score, Tick};

/// A note of a line: when it begins and how high it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineNote {
    pub start: Tick,
    pub pitch: u8,
}

/// What stands between two neighbouring notes: see [`tokens`].
pub type Token = u16;

/// Marks the end of a line among the tokens of many; no token equals it.
pub const END: Token = Token::MAX;

const WIDEST_INTERVAL: i16 = 48;
const WIDEST_RATIO: i16 = 7;
const RATIOS: i16 = 2 * WIDEST_RATIO + 1;

/// The line of some notes, which come sorted by start: at each onset the highest note. Notes closer
/// than a sixteenth of a quarter count as one onset (a hand does not strike a chord exactly at once).
pub fn line_of<'a>(notes: impl Iterator<Item = &'a Note>, ppq: u32) -> Vec<LineNote> {
    let together = Tick::from(ppq) / 16;
    let mut line: Vec<LineNote> = Vec::new();
    for n in notes {
        match line.last_mut() {
            Some(last) if n.start - last.start <= together => last.pitch = last.pitch.max(n.pitch),
            _ => line.push(LineNote { start: n.start, pitch: n.pitch }),
        }
    }
    line
}

/// The line that a listener follows: that of the melody voices where some are named so, else of
/// everything that has a pitch.
pub fn top_line(score: &Score) -> Vec<LineNote> {
    let of = |wanted: &dyn Fn(Role) -> bool| {
        let mut notes: Vec<&Note> =
            score.voices.iter().filter(|v| wanted(v.role)).flat_map(|v| v.notes.iter()).collect();
        notes.sort_by_key(|n| n.order());
        line_of(notes.into_iter(), score.ppq)
    };
    let melody = of(&|role| role == Role::Melody);
    if melody.is_empty() { of(&|role| role != Role::Drums) } else { melody }
}

/// One token for each pair of neighbours. The first has nothing before it to compare its gap with:
/// its ratio counts as 1.
pub fn tokens(line: &[LineNote]) -> Vec<Token> {
    let mut before = None;
    line.windows(2)
        .map(|pair| {
            let gap = (pair[1].start - pair[0].start).max(1);
            let class = before.map_or(0, |b| ratio_class(gap, b));
            before = Some(gap);
            let interval = i16::from(pair[1].pitch) - i16::from(pair[0].pitch);
            let interval = interval.clamp(-WIDEST_INTERVAL, WIDEST_INTERVAL) + WIDEST_INTERVAL;
            (interval * RATIOS + class + WIDEST_RATIO) as Token
        })
        .collect()
}

/// Whether two tokens have the same interval, whatever their rhythm.
pub fn same_interval(a: Token, b: Token) -> bool {
    a != END && b != END && a / RATIOS as Token == b / RATIOS as Token
}

/// How `gap` compares with the one before it, in half octaves: 0 equal, 2 twice as long, −2 half.
fn ratio_class(gap: Tick, before: Tick) -> i16 {
    let half_octaves = (2.0 * (gap as f64 / before as f64).log2()).round();
    (half_octaves as i16).clamp(-WIDEST_RATIO, WIDEST_RATIO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{text, transform};

    #[test]
    fn a_line_is_the_top_of_each_chord() {
        let score = text::parse("x | 0 24 c4 | 0 24 e4 | 0 24 g4 | 24 24 d4 | 25 24 b4").expect("valid");
        let line = top_line(&score);
        assert_eq!(line, [LineNote { start: 0, pitch: 67 }, LineNote { start: 24, pitch: 71 }]);
    }

    #[test]
    fn a_named_melody_is_the_line_even_below_other_voices() {
        let score = text::parse("melody | 0 24 c4 | 24 24 d4\ninner | 0 24 c6 | 12 24 d6").expect("valid");
        assert_eq!(top_line(&score).iter().map(|n| n.pitch).collect::<Vec<_>>(), [60, 62]);
    }

    #[test]
    fn tokens_know_neither_key_nor_tempo_but_rhythm_and_tune() {
        let score = text::parse("x | 0 24 c4 | 24 12 d4 | 36 12 e4 | 48 24 c4").expect("valid");
        let of = |s: &Score| tokens(&top_line(s));
        assert_eq!(of(&score).len(), 3);
        assert_eq!(of(&transform::transposed(&score, 5).expect("fits")), of(&score));
        let mut slow = score.clone();
        for n in &mut slow.voices[0].notes {
            n.start *= 3;
        }
        assert_eq!(of(&slow), of(&score));
        let even = text::parse("x | 0 24 c4 | 24 24 d4 | 48 24 e4 | 72 24 c4").expect("valid");
        assert_ne!(of(&even), of(&score));
        assert!(same_interval(of(&even)[1], of(&score)[1]));
    }

    #[test]
    fn extremes_stay_inside_the_vocabulary() {
        let line: Vec<LineNote> =
            [(0, 0), (1, 127), (1_000_000_000, 0)].map(|(start, pitch)| LineNote { start, pitch }).to_vec();
        assert!(tokens(&line).iter().all(|t| *t < END));
    }
}

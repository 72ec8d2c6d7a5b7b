//! What a piece is looked up by: short runs of its lines and chords, whatever the key and the tempo.
//!
//! Three kinds of term: runs of three to six tokens of (interval, rhythm) of a [`line`]; runs of four
//! and six intervals alone, where a note struck again counts once, so that an ornament or a note
//! split in two spoils little; pairs of neighbouring chords with the step of their bass. The melody
//! counts in full, other voices for less. Ranks nothing: see [`super::similar`].

use super::line::{self, LineNote, Token};
use crate::music::{Note, Role, Score, Tick};
use std::collections::HashMap;

/// How much a run counts that stands in another voice than the melody.
const OTHER_VOICES: f32 = 0.35;

/// So many voices beside the melody are looked at: those with the most notes.
const MOST_VOICES: usize = 6;

/// What kind of term it is, in the two lowest bits.
pub const KIND_BITS: u32 = 3;
const LINE: u32 = 0;
const INTERVALS: u32 = 1;
const CHORDS: u32 = 2;

/// How much each kind tells.
pub const KIND_WEIGHTS: [f32; 4] = [1.0, 0.8, 0.4, 0.0];

/// The terms of a piece, each with how often it stands there (in other voices it counts for less).
pub fn of(score: &Score) -> HashMap<u32, f32> {
    let mut terms = HashMap::new();
    let melody = line::top_line(score);
    add_line(&mut terms, &melody, 1.0);
    let mut voices: Vec<_> = score.voices.iter().filter(|v| v.role != Role::Drums).collect();
    voices.sort_by_key(|v| std::cmp::Reverse(v.notes.len()));
    for voice in voices.into_iter().take(MOST_VOICES) {
        let line = line::line_of(voice.notes.iter(), score.ppq);
        if line != melody {
            add_line(&mut terms, &line, OTHER_VOICES);
        }
    }
    add_chords(&mut terms, score);
    terms
}

fn add_line(terms: &mut HashMap<u32, f32>, line: &[LineNote], weight: f32) {
    let tokens = line::tokens(line);
    for n in 3..=6 {
        for run in tokens.windows(n) {
            *terms.entry(term(LINE, run)).or_default() += weight;
        }
    }
    let moves = line.windows(2).map(|w| i16::from(w[1].pitch) - i16::from(w[0].pitch)).filter(|i| *i != 0);
    let moves: Vec<Token> = moves.map(|i| (i + 128) as Token).collect();
    for n in [4, 6] {
        for run in moves.windows(n) {
            *terms.entry(term(INTERVALS, run)).or_default() += weight;
        }
    }
}

/// A chord is the set of pitch classes above the lowest note of those that begin together.
fn add_chords(terms: &mut HashMap<u32, f32>, score: &Score) {
    let pitched = score.voices.iter().filter(|v| v.role != Role::Drums);
    let mut notes: Vec<&Note> = pitched.flat_map(|v| v.notes.iter()).collect();
    notes.sort_unstable_by_key(|n| n.order());
    let together = Tick::from(score.ppq) / 16;
    let mut chords: Vec<(u8, Token)> = Vec::new();
    for struck in notes.chunk_by(|a, b| b.start - a.start <= together) {
        let bass = struck.iter().map(|n| n.pitch).min().unwrap_or(0);
        let set = struck.iter().fold(0, |set, n| set | 1 << ((n.pitch - bass) % 12));
        // A single note says nothing of harmony, the same chord once more nothing new.
        if set != 1 && chords.last() != Some(&(bass % 12, set)) {
            chords.push((bass % 12, set));
        }
    }
    for pair in chords.windows(2) {
        let step = Token::from((pair[1].0 + 12 - pair[0].0) % 12);
        *terms.entry(term(CHORDS, &[pair[0].1, step, pair[1].1])).or_default() += 1.0;
    }
}

/// A hash with the kind in its lowest bits: the same on every machine and in every version.
fn term(kind: u32, run: &[Token]) -> u32 {
    let seed = 0xcbf2_9ce4_8422_2325 ^ (run.len() as u64) << 40;
    let mixed = run.iter().fold(seed, |h, t| (h ^ u64::from(*t)).wrapping_mul(0x100_0000_01b3));
    let stirred = (mixed ^ (mixed >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((stirred >> 32) as u32 & !KIND_BITS) | kind
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{text, transform};

    fn song() -> Score {
        let melody =
            "melody | 0 24 c4 | 24 24 d4 | 48 24 e4 | 72 48 c5 | 120 24 a4 | 144 48 g4 | 192 24 e4 | 216 24 f4";
        text::parse(&format!("{melody}\nchords | 0 96 c3 | 0 96 e3 | 96 96 d3 | 96 96 f3")).expect("valid")
    }

    #[test]
    fn terms_know_neither_key_nor_tempo() {
        let mut moved = transform::transposed(&song(), 5).expect("fits");
        for note in moved.voices.iter_mut().flat_map(|v| &mut v.notes) {
            (note.start, note.duration) = (note.start * 2, note.duration * 2);
        }
        assert_eq!(of(&moved), of(&song()));
        assert!(of(&Score::new(480)).is_empty());
    }

    #[test]
    fn every_kind_is_there_and_the_melody_counts_most() {
        let terms = of(&song());
        for kind in [LINE, INTERVALS, CHORDS] {
            assert!(terms.keys().any(|t| t & KIND_BITS == kind), "{kind}");
        }
        let melody = line::tokens(&line::top_line(&song()));
        // In the melody, and nowhere else.
        assert_eq!(terms.get(&term(LINE, &melody[..3])), Some(&1.0));
    }

    #[test]
    fn a_note_struck_twice_leaves_the_intervals_alone() {
        let mut split = song();
        let long = split.voices[0].notes[3];
        split.voices[0].notes[3].duration = 24;
        split.insert(0, Note::new(long.start + 24, 24, long.pitch, 80));
        let intervals = |score: &Score| {
            let mut terms: Vec<u32> = of(score).into_keys().filter(|t| t & KIND_BITS == INTERVALS).collect();
            terms.sort_unstable();
            terms
        };
        assert_eq!(intervals(&split), intervals(&song()));
    }
}

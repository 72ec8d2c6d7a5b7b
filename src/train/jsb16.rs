//! The chorale protocol: likelihood by tokens of a grid of sixteenths and four voices, as it is published
//! for models that say one such token after another (S, A, T, B, held notes repeated).
//!
//! Our model says notes. All it says of a piece, END among it, is divided by the piece's tokens: one for each
//! voice and sixteenth, rests among them. Only pieces that can be told exactly count: four voices of one note
//! at a time, everything on the grid.

use super::data::Sequence;
use super::evaluate::EventTerms;
use crate::encoding::vocabulary::DURATIONS;
use crate::encoding::{Event, Field};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Steps of a sixteenth and of a quarter.
const SIXTEENTH: u32 = 6;
const BEAT: u32 = 24;

/// Notes of the highest voice that make an opening.
const OPENING: usize = 8;

/// What stands on a grid of sixteenths: a pitch for each of four voices, `None` where it rests.
type Grid = [Vec<Option<u16>>; 4];

/// Nats per token, natural logarithm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Tokens {
    pub pieces: usize,
    pub tokens: usize,
    /// All nats over all tokens.
    pub all: f64,
    /// Nats of notes that begin on a quarter, over the tokens there.
    pub on_beat: f64,
    /// All nats over the tokens that differ from the one before in their voice.
    pub changes: f64,
    /// Share of tokens that only repeat.
    pub repeats: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Jsb16 {
    pub whole: Tokens,
    /// Pieces whose highest voice begins like that of no training piece (the first eight notes, pitch and
    /// length); `None` where the training pieces are not at hand.
    pub clean: Option<Tokens>,
    /// Pieces that do not go on the grid and do not count.
    pub left_out: usize,
}

/// Measures pieces by the terms of their events.
pub fn measure(pieces: &[Sequence], terms: &[EventTerms], training: Option<&[Sequence]>) -> Jsb16 {
    let mut by_piece: BTreeMap<usize, Vec<&EventTerms>> = BTreeMap::new();
    terms.iter().for_each(|t| by_piece.entry(t.sequence).or_default().push(t));
    let known: Option<BTreeSet<_>> = training.map(|all| all.iter().filter_map(opening).collect());
    let (mut whole, mut clean, mut left_out) = (Sums::default(), Sums::default(), 0);
    for (i, piece) in pieces.iter().enumerate() {
        let Some(grid) = grid_of(&piece.events) else {
            left_out += 1;
            continue;
        };
        let terms = by_piece.get(&i).map_or(&[][..], Vec::as_slice);
        whole.add(piece, &grid, terms);
        if let (Some(known), Some(own)) = (&known, opening(piece))
            && !known.contains(&own)
        {
            clean.add(piece, &grid, terms);
        }
    }
    Jsb16 { whole: whole.per_token(), clean: known.map(|_| clean.per_token()), left_out }
}

/// The piece as tokens; `None` where they would not be the piece.
fn grid_of(events: &[Event]) -> Option<Grid> {
    let notes = || events.iter().filter(|e| !e.is_end());
    let slots: BTreeSet<u16> = notes().map(|e| e.fields[Field::Voice as usize]).collect();
    let length = |e: &Event| u32::from(DURATIONS[usize::from(e.fields[Field::Duration as usize])]);
    let end = notes().map(|e| e.onset + length(e)).max()?;
    if slots.len() != 4 || notes().any(|e| e.onset % SIXTEENTH != 0 || length(e) % SIXTEENTH != 0) {
        return None;
    }
    let mut grid: Grid = std::array::from_fn(|_| vec![None; (end / SIXTEENTH) as usize]);
    for e in notes() {
        let voice = slots.iter().position(|s| *s == e.fields[Field::Voice as usize])?;
        let (from, to) = (e.onset / SIXTEENTH, (e.onset + length(e)) / SIXTEENTH);
        for cell in &mut grid[voice][from as usize..to as usize] {
            if cell.replace(e.fields[Field::Pitch as usize]).is_some() {
                return None; // two notes of a voice at once
            }
        }
    }
    Some(grid)
}

/// Pitch (in the piece's own key) and length of the first notes of the first voice; `None` for a shorter one.
fn opening(piece: &Sequence) -> Option<Vec<(i16, u16)>> {
    let voice = piece.events.iter().filter(|e| !e.is_end()).map(|e| e.fields[Field::Voice as usize]).min()?;
    let lift = i16::from(piece.lift.unwrap_or(0));
    let of_voice = piece.events.iter().filter(|e| !e.is_end() && e.fields[Field::Voice as usize] == voice);
    let notes = of_voice.map(|e| (e.fields[Field::Pitch as usize] as i16 - lift, e.fields[Field::Duration as usize]));
    let first: Vec<_> = notes.take(OPENING).collect();
    (first.len() == OPENING).then_some(first)
}

#[derive(Default)]
struct Sums {
    pieces: usize,
    tokens: usize,
    beats: usize,
    changes: usize,
    nats: f64,
    on_beat: f64,
}

impl Sums {
    fn add(&mut self, piece: &Sequence, grid: &Grid, terms: &[&EventTerms]) {
        self.pieces += 1;
        self.tokens += 4 * grid[0].len();
        self.beats += 4 * grid[0].len().div_ceil((BEAT / SIXTEENTH) as usize);
        let changes = |voice: &Vec<Option<u16>>| 1 + voice.windows(2).filter(|w| w[0] != w[1]).count();
        self.changes += grid.iter().map(changes).sum::<usize>();
        // The key was read from the whole piece where it was moved to the common tonic.
        self.nats += if piece.lift.is_some() { 12f64.ln() } else { 0.0 };
        for t in terms {
            let event = &piece.events[t.event];
            let counted = if event.is_end() { 1 } else { t.nats.len().min(Field::Velocity as usize) };
            let nats: f64 = t.nats[..counted].iter().map(|n| f64::from(*n)).sum();
            self.nats += nats;
            if !event.is_end() && event.onset.is_multiple_of(BEAT) {
                self.on_beat += nats;
            }
        }
    }

    fn per_token(&self) -> Tokens {
        let over = |nats: f64, n: usize| nats / n.max(1) as f64;
        Tokens {
            pieces: self.pieces,
            tokens: self.tokens,
            all: over(self.nats, self.tokens),
            on_beat: over(self.on_beat, self.beats),
            changes: over(self.nats, self.changes),
            repeats: 1.0 - over(self.changes as f64, self.tokens),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;
    use crate::train::data::sequence_of;

    fn chorale(melody: &str) -> Sequence {
        let below = |role: &str, pitch: &str| format!("{role} | 0 48 {pitch} | 48 48 {pitch}");
        let text = format!(
            "melody {melody}\n{}\n{}\n{}",
            below("inner", "e4"),
            below("inner", "c4"),
            "bass | 0 24 c3 | 48 48 g2"
        );
        sequence_of(&text::parse(&text).expect("valid"), None)
    }

    fn terms(piece: usize, s: &Sequence) -> Vec<EventTerms> {
        let one = |event| EventTerms { nats: vec![0.5; 5], ..EventTerms::blank(piece, event, 5) };
        (0..s.events.len()).map(one).collect()
    }

    #[test]
    fn tokens_are_voices_times_sixteenths_and_every_nat_is_among_them() {
        let s = chorale("| 0 6 c5 | 6 18 d5 | 24 72 c5");
        let found = measure(std::slice::from_ref(&s), &terms(0, &s), None);
        let t = found.whole;
        assert_eq!((t.pieces, t.tokens, found.left_out, found.clean), (1, 64, 0, None));
        // 9 notes of five fields, and END.
        assert!((t.all * 64.0 - (9.0 * 2.5 + 0.5)).abs() < 1e-9);
        // All but one begin on one of the four quarters.
        assert!((t.on_beat * 16.0 - 8.0 * 2.5).abs() < 1e-9);
        // Changes: 3 of the melody, 1 and 1 of voices that only hold, 3 of the bass with its rest.
        assert!((t.changes * 8.0 - 23.0).abs() < 1e-9 && (t.repeats - 56.0 / 64.0).abs() < 1e-9);
    }

    #[test]
    fn pieces_off_the_grid_do_not_count_and_known_openings_are_apart() {
        let off = chorale("| 0 8 c5 | 8 88 d5");
        let line: String = (0..8).map(|i| format!(" | {} 12 c5", i * 12)).collect();
        let (long, other) = (chorale(&line), chorale(&line.replacen("c5", "d5", 1)));
        let pieces = [off, long.clone(), other];
        let all: Vec<EventTerms> = pieces.iter().enumerate().flat_map(|(i, s)| terms(i, s)).collect();
        let found = measure(&pieces, &all, Some(&[long]));
        assert_eq!((found.whole.pieces, found.left_out, found.clean.map(|c| c.pieces)), (2, 1, Some(1)));
    }
}

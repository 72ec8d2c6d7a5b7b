//! What a set of pieces is made of, in numbers for pictures.

use super::library::Piece;
use crate::music::{Key, Meter, Role, transform};
use std::collections::BTreeMap;

/// Steps a quarter note in which durations are counted.
pub const STEPS_A_QUARTER: u32 = 24;

/// Durations longer than four bars of 4/4 count as that.
const LONGEST_STEPS: u32 = 16 * STEPS_A_QUARTER;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    pub pieces: usize,
    pub notes: u64,
    pub bars: i64,
    pub seconds: f64,
    /// Notes of each pitch class, C first; drums do not count here nor below.
    pub pitch_classes: [u64; 12],
    /// Lowest and highest pitch.
    pub range: Option<(u8, u8)>,
    /// Notes by their length in steps of [`STEPS_A_QUARTER`], rounded, at least 1.
    pub durations: BTreeMap<u32, u64>,
    /// Pieces by estimated key and by first meter, the most frequent first.
    pub keys: Vec<(Key, usize)>,
    pub meters: Vec<(Meter, usize)>,
    /// Notes by how many sound when they begin, themselves among them: 1 first, the last and more last.
    pub polyphony: [u64; 8],
}

impl Statistics {
    pub fn of<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> Self {
        let mut all = Self::default();
        for piece in pieces {
            all.add(piece);
        }
        all.keys.sort_by_key(|(key, n)| (std::cmp::Reverse(*n), key.tonic, key.fifths()));
        all.meters.sort_by_key(|(meter, n)| (std::cmp::Reverse(*n), meter.denominator, meter.numerator));
        all
    }

    fn add(&mut self, piece: &Piece) {
        let score = &piece.score();
        self.pieces += 1;
        self.notes += score.n_notes() as u64;
        self.bars += score.n_bars();
        self.seconds += score.seconds();
        if let Some((key, _)) = piece.key {
            count(&mut self.keys, key);
        }
        count(&mut self.meters, score.first_meter());
        let pitched = score.notes().filter(|(v, _)| score.voices[*v].role != Role::Drums);
        let mut notes: Vec<_> = pitched.map(|(_, n)| *n).collect();
        notes.sort_by_key(|n| n.start);
        let mut sounding: Vec<i64> = Vec::new();
        for note in &notes {
            self.pitch_classes[usize::from(note.pitch % 12)] += 1;
            let (low, high) = self.range.unwrap_or((note.pitch, note.pitch));
            self.range = Some((low.min(note.pitch), high.max(note.pitch)));
            let steps = transform::rescaled(note.duration, score.ppq, STEPS_A_QUARTER);
            let steps = steps.clamp(1, i64::from(LONGEST_STEPS)) as u32;
            *self.durations.entry(steps).or_default() += 1;
        }
        // Notes that begin together see each other, whatever their order in the list.
        for chord in notes.chunk_by(|a, b| a.start == b.start) {
            sounding.retain(|end| *end > chord[0].start);
            sounding.extend(chord.iter().map(|n| n.end()));
            self.polyphony[(sounding.len() - 1).min(7)] += chord.len() as u64;
        }
    }
}

fn count<T: PartialEq>(list: &mut Vec<(T, usize)>, item: T) {
    match list.iter_mut().find(|(known, _)| *known == item) {
        Some((_, n)) => *n += 1,
        None => list.push((item, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::packed::{Packed, Summary};
    use crate::music::text;

    #[test]
    fn a_small_piece_is_counted_by_hand() {
        let score = text::parse("melody | 0 24 c4 | 24 72 d4\nbass | 0 96 c3\ndrums | 0 12 c2").expect("valid");
        let piece = Piece {
            title: String::new(),
            style: String::new(),
            path: Default::default(),
            row: 0,
            key: Key::estimate(&score),
            packed: Packed::of(&score),
            summary: Summary::of(&score),
            family: 0,
            hash: [0; 32],
            keys: Vec::new(),
            timing: Default::default(),
            tune: 0,
        };
        let s = Statistics::of([&piece, &piece]);
        assert_eq!((s.pieces, s.notes, s.bars, s.seconds), (2, 8, 2, 4.0));
        assert_eq!((s.pitch_classes[0], s.pitch_classes[2]), (4, 2));
        assert_eq!(s.range, Some((48, 62)));
        assert_eq!(s.durations, BTreeMap::from([(24, 2), (72, 2), (96, 2)]));
        assert_eq!(s.meters, [(Meter::COMMON, 2)]);
        assert_eq!(s.polyphony, [0, 6, 0, 0, 0, 0, 0, 0]);
        assert_eq!(s.keys.len(), 1);
    }
}

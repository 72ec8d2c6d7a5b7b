//! What a set of pieces is made of, in numbers for pictures; a bar of a picture filters the pieces.
//!
//! Each piece is counted once ([`Figures`], some hundred bytes); a picture of any choice of pieces is
//! then a sum over them ([`Statistics`]), quick enough to follow every click. Draws nothing.

use super::bins::{self, MOST_BARS, Picture};
use super::library::{NotesLost, Piece};
use crate::music::{Key, Role, Score, measures, transform};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts of one picture, bar by bar.
type Counts = [u32; MOST_BARS];

/// One piece in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    pub notes: u32,
    pub bars: u32,
    pub seconds: f64,
    /// Lowest and highest pitch; drums do not count here nor in any picture.
    pub range: Option<(u8, u8)>,
    pub measures: Measures,
    counts: [Counts; Picture::ALL.len()],
}

/// Means of [`crate::music::measures`]; `None` where no piece has the figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measures {
    pub pitch_class_entropy: Option<f64>,
    pub scale_consistency: Option<f64>,
    pub groove_consistency: Option<f64>,
    pub polyphony_rate: Option<f64>,
}

impl Figures {
    pub fn of(score: &Score, key: Option<Key>) -> Self {
        let mut figures = Self {
            notes: score.n_notes().try_into().unwrap_or(u32::MAX),
            bars: score.n_bars().clamp(0, i64::from(u32::MAX)) as u32,
            seconds: score.seconds(),
            range: None,
            measures: Measures {
                pitch_class_entropy: measures::pitch_class_entropy(score),
                scale_consistency: measures::scale_consistency(score),
                groove_consistency: measures::groove_consistency(score),
                polyphony_rate: measures::polyphony_rate(score),
            },
            counts: Default::default(),
        };
        let pitched = score.voices.iter().filter(|v| v.role != Role::Drums);
        let mut notes: Vec<_> = pitched.flat_map(|v| v.notes.iter()).collect();
        notes.sort_unstable_by_key(|n| n.start);
        for note in &notes {
            let (low, high) = figures.range.unwrap_or((note.pitch, note.pitch));
            figures.range = Some((low.min(note.pitch), high.max(note.pitch)));
            figures.count(Picture::PitchClasses, usize::from(note.pitch % 12), 1);
            let steps = transform::rescaled(note.duration, score.ppq, bins::STEPS_A_QUARTER);
            figures.count(Picture::Durations, bins::duration(steps), 1);
        }
        // Notes that begin together see each other, whatever their order in the list.
        let mut sounding: Vec<i64> = Vec::new();
        for chord in notes.chunk_by(|a, b| a.start == b.start) {
            sounding.retain(|end| *end > chord[0].start);
            sounding.extend(chord.iter().map(|n| n.end()));
            figures.count(Picture::Polyphony, bins::polyphony(sounding.len()), chord.len() as u32);
        }
        if let Some((low, high)) = figures.range {
            figures.count(Picture::Ranges, bins::range(low, high), 1);
        }
        figures.count(Picture::Meters, bins::meter(score.first_meter()), 1);
        figures.set_key(key);
        figures
    }

    /// All pieces, counted in parallel.
    ///
    /// # Errors
    /// At the first piece whose notes cannot be had.
    pub fn of_all(pieces: &[Piece]) -> Result<Vec<Self>, NotesLost> {
        pieces.par_iter().map(|p| Ok(Self::of(&*p.score()?, p.key.map(|k| k.0)))).collect()
    }

    /// Moves the piece to another bar of the picture of keys: the user knows better.
    pub fn set_key(&mut self, key: Option<Key>) {
        self.counts[Picture::Keys as usize] = [0; MOST_BARS];
        self.count(Picture::Keys, bins::key(key), 1);
    }

    /// Whether the piece is among those that make up a bar of a picture.
    pub fn falls_in(&self, picture: Picture, bar: usize) -> bool {
        self.counts[picture as usize].get(bar).is_some_and(|n| *n > 0)
    }

    fn count(&mut self, picture: Picture, bar: usize, n: u32) {
        let count = &mut self.counts[picture as usize][bar];
        *count = count.saturating_add(n);
    }
}

/// Sums over pieces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    pub pieces: usize,
    pub notes: u64,
    pub bars: u64,
    pub seconds: f64,
    pub range: Option<(u8, u8)>,
    /// Each piece counts alike, whatever its length.
    pub measures: Measures,
    counts: [[u64; MOST_BARS]; Picture::ALL.len()],
}

impl Statistics {
    pub fn of<'a>(pieces: impl IntoIterator<Item = &'a Figures>) -> Self {
        let mut all = Self::default();
        let mut means = [(0.0, 0.0); 4];
        for piece in pieces {
            all.pieces += 1;
            all.notes += u64::from(piece.notes);
            all.bars += u64::from(piece.bars);
            all.seconds += piece.seconds;
            if let Some((low, high)) = piece.range {
                let (l, h) = all.range.unwrap_or((low, high));
                all.range = Some((low.min(l), high.max(h)));
            }
            for (sum, n) in all.counts.iter_mut().flatten().zip(piece.counts.iter().flatten()) {
                *sum += u64::from(*n);
            }
            let m = &piece.measures;
            let figures = [m.pitch_class_entropy, m.scale_consistency, m.groove_consistency, m.polyphony_rate];
            for (mean, figure) in means.iter_mut().zip(figures) {
                *mean = figure.map_or(*mean, |f| (mean.0 + f, mean.1 + 1.0));
            }
        }
        let [entropy, scale, groove, polyphony] = means.map(|(sum, n)| (n > 0.0).then(|| sum / n));
        all.measures = Measures {
            pitch_class_entropy: entropy,
            scale_consistency: scale,
            groove_consistency: groove,
            polyphony_rate: polyphony,
        };
        all
    }

    /// By style, which is a piece's first folder; `figures` are [`Figures::of_all`] of `pieces`.
    pub fn by_style(pieces: &[Piece], figures: &[Figures]) -> BTreeMap<String, Self> {
        let mut styles: BTreeMap<&str, Vec<&Figures>> = BTreeMap::new();
        for (piece, figures) in pieces.iter().zip(figures) {
            styles.entry(&piece.style).or_default().push(figures);
        }
        styles.into_iter().map(|(style, of)| (style.to_owned(), Self::of(of))).collect()
    }

    /// The bars of a picture, in their order: notes or pieces, as [`Picture::counts`] says.
    pub fn bars(&self, picture: Picture) -> &[u64] {
        &self.counts[picture as usize][..picture.n_bars()]
    }

    /// Labels and counts of the bars that hold anything: what a report lists.
    pub fn filled(&self, picture: Picture) -> BTreeMap<String, u64> {
        let filled = self.bars(picture).iter().enumerate().filter(|(_, n)| **n > 0);
        filled.map(|(bar, n)| (picture.label(bar), *n)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    fn figures() -> Figures {
        let score = text::parse("melody | 0 24 c4 | 24 72 d4\nbass | 0 96 c3\ndrums | 0 12 c2").expect("valid");
        Figures::of(&score, Key::parse("D minor"))
    }

    #[test]
    fn a_small_piece_is_counted_by_hand() {
        let one = figures();
        let s = Statistics::of([&one, &one]);
        assert_eq!((s.pieces, s.notes, s.bars, s.seconds, s.range), (2, 8, 2, 4.0, Some((48, 62))));
        let filled = |picture| s.filled(picture).into_iter().collect::<Vec<_>>();
        let of = |bars: &[(&str, u64)]| bars.iter().map(|(l, n)| (l.to_string(), *n)).collect::<Vec<_>>();
        assert_eq!(filled(Picture::PitchClasses), of(&[("C", 4), ("D", 2)]));
        assert_eq!(filled(Picture::Ranges), of(&[("13–18", 2)]));
        assert_eq!(filled(Picture::Durations), of(&[("1/1", 2), ("1/2.", 2), ("1/4", 2)]));
        assert_eq!(filled(Picture::Keys), of(&[("D minor", 2)]));
        assert_eq!(filled(Picture::Meters), of(&[("4/4", 2)]));
        assert_eq!(filled(Picture::Polyphony), of(&[("2", 6)]));
        assert_eq!(s.measures, one.measures);
    }

    #[test]
    fn a_bar_filters_the_pieces_that_it_is_made_of() {
        let mut one = figures();
        let in_bar = |of: &Figures, picture, label: &str| {
            (0..Picture::n_bars(picture)).any(|bar| of.falls_in(picture, bar) && picture.label(bar) == label)
        };
        assert!(in_bar(&one, Picture::PitchClasses, "D") && !in_bar(&one, Picture::PitchClasses, "E"));
        assert!(in_bar(&one, Picture::Keys, "D minor"));
        one.set_key(None);
        assert!(in_bar(&one, Picture::Keys, "not known") && !in_bar(&one, Picture::Keys, "D minor"));
        assert!(!one.falls_in(Picture::Meters, 999));
    }

    #[test]
    fn nothing_is_nothing() {
        let none = Statistics::of([]);
        assert_eq!(none, Statistics::default());
        let empty = Statistics::of([&Figures::of(&Score::new(480), None)]);
        assert_eq!((empty.pieces, empty.range, empty.measures), (1, None, Measures::default()));
    }
}

//! What a set of pieces is made of, in numbers for pictures; a bar of a picture filters the pieces.
//!
//! Each piece is counted once, when it is judged ([`Figures`], some tens of bytes in the cache); a picture
//! of any choice of pieces is then a sum over them ([`Statistics`]), quick enough to follow every click.
//! Draws nothing.

use super::bins::{self, MOST_BARS, Picture};
use super::bytes::{Put, Take};
use super::library::Piece;
use crate::music::{Role, Score, measures, transform};
use serde::Serialize;
use std::collections::BTreeMap;

/// A picture of all pieces: what is in its bars.
type Bars<T> = [[T; MOST_BARS]; Picture::ALL.len()];

/// What the notes of one piece come to, beyond its [`super::Summary`] and its key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Lowest and highest pitch; drums do not count here nor in any picture.
    pub range: Option<(u8, u8)>,
    pub measures: Measures,
    /// The bars that hold notes, of the pictures that count notes: picture, bar, how many.
    notes: Box<[(u8, u8, u32)]>,
}

/// Means of [`crate::music::measures`]; `None` where no piece has the figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Measures {
    pub pitch_class_entropy: Option<f64>,
    pub scale_consistency: Option<f64>,
    pub groove_consistency: Option<f64>,
    pub polyphony_rate: Option<f64>,
}

impl Measures {
    fn of(score: &Score) -> Self {
        Self {
            pitch_class_entropy: measures::pitch_class_entropy(score),
            scale_consistency: measures::scale_consistency(score),
            groove_consistency: measures::groove_consistency(score),
            polyphony_rate: measures::polyphony_rate(score),
        }
    }

    fn all(&self) -> [Option<f64>; 4] {
        [self.pitch_class_entropy, self.scale_consistency, self.groove_consistency, self.polyphony_rate]
    }

    fn from_all(
        [pitch_class_entropy, scale_consistency, groove_consistency, polyphony_rate]: [Option<f64>; 4],
    ) -> Self {
        Self { pitch_class_entropy, scale_consistency, groove_consistency, polyphony_rate }
    }
}

impl Figures {
    pub fn of(score: &Score) -> Self {
        let pitched = score.voices.iter().filter(|v| v.role != Role::Drums);
        let mut notes: Vec<_> = pitched.flat_map(|v| v.notes.iter()).collect();
        notes.sort_unstable_by_key(|n| n.start);
        let mut range: Option<(u8, u8)> = None;
        let mut counts = Bars::<u32>::default();
        let mut count = |picture: Picture, bar: usize, n: u32| counts[picture as usize][bar] += n;
        for note in &notes {
            let (low, high) = range.unwrap_or((note.pitch, note.pitch));
            range = Some((low.min(note.pitch), high.max(note.pitch)));
            count(Picture::PitchClasses, usize::from(note.pitch % 12), 1);
            let steps = transform::rescaled(note.duration, score.ppq, bins::STEPS_A_QUARTER);
            count(Picture::Durations, bins::duration(steps), 1);
        }
        // Notes that begin together see each other, whatever their order in the list.
        let mut sounding: Vec<i64> = Vec::new();
        for chord in notes.chunk_by(|a, b| a.start == b.start) {
            sounding.retain(|end| *end > chord[0].start);
            sounding.extend(chord.iter().map(|n| n.end()));
            count(Picture::Polyphony, bins::polyphony(sounding.len()), chord.len() as u32);
        }
        let bars =
            (0..).zip(&counts).flat_map(|(picture, bars)| (0..).zip(bars).map(move |(bar, n)| (picture, bar, *n)));
        Self { range, measures: Measures::of(score), notes: bars.filter(|(_, _, n)| *n > 0).collect() }
    }

    /// As the cache keeps them.
    pub fn put(&self, put: &mut Put) {
        put.byte(u8::from(self.range.is_some()));
        self.range.iter().flat_map(|(low, high)| [low, high]).for_each(|pitch| put.byte(*pitch));
        for measure in self.measures.all() {
            put.byte(u8::from(measure.is_some()));
            measure.iter().for_each(|x| put.float(*x));
        }
        put.number(self.notes.len() as u64);
        for (picture, bar, n) in &self.notes {
            put.byte(*picture);
            put.byte(*bar);
            put.number(u64::from(*n));
        }
    }

    /// What [`Figures::put`] has written.
    pub fn taken(take: &mut Take<'_>) -> Option<Self> {
        let range = if take.byte()? == 1 { Some((take.byte()?, take.byte()?)) } else { None };
        let mut measures = [None; 4];
        for measure in &mut measures {
            *measure = if take.byte()? == 1 { Some(take.float()?) } else { None };
        }
        let n = take.count()?;
        let bar = |take: &mut Take<'_>| {
            let (picture, bar) = (take.byte()?, take.byte()?);
            let known = usize::from(picture) < Picture::ALL.len() && usize::from(bar) < MOST_BARS;
            Some((picture, bar, u32::try_from(take.number()?).ok()?)).filter(|_| known)
        };
        let notes = (0..n).map(|_| bar(take)).collect::<Option<_>>()?;
        Some(Self { range, measures: Measures::from_all(measures), notes })
    }
}

/// The bar of each picture of pieces that a piece falls in.
fn bars_of(piece: &Piece) -> impl Iterator<Item = (Picture, usize)> {
    let range = piece.figures.range.map(|(low, high)| (Picture::Ranges, bins::range(low, high)));
    let key = (Picture::Keys, bins::key(piece.key.map(|k| k.0)));
    range.into_iter().chain([key, (Picture::Meters, bins::meter(piece.summary.meter))])
}

/// Whether a piece is among those that make up a bar of a picture.
pub fn falls_in(piece: &Piece, picture: Picture, bar: usize) -> bool {
    bars_of(piece).any(|falls| falls == (picture, bar))
        || piece.figures.notes.iter().any(|(p, b, _)| (usize::from(*p), usize::from(*b)) == (picture as usize, bar))
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
    counts: Bars<u64>,
}

impl Statistics {
    pub fn of<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> Self {
        let mut all = Self::default();
        let mut means = [(0.0, 0.0); 4];
        for piece in pieces {
            let Piece { summary, figures, .. } = piece;
            all.pieces += 1;
            all.notes += u64::from(summary.notes);
            all.bars += u64::from(summary.bars);
            all.seconds += summary.seconds;
            if let Some((low, high)) = figures.range {
                let (l, h) = all.range.unwrap_or((low, high));
                all.range = Some((low.min(l), high.max(h)));
            }
            for (picture, bar, n) in &figures.notes {
                all.counts[usize::from(*picture)][usize::from(*bar)] += u64::from(*n);
            }
            for (picture, bar) in bars_of(piece) {
                all.counts[picture as usize][bar] += 1;
            }
            for (mean, figure) in means.iter_mut().zip(figures.measures.all()) {
                *mean = figure.map_or(*mean, |f| (mean.0 + f, mean.1 + 1.0));
            }
        }
        all.measures = Measures::from_all(means.map(|(sum, n)| (n > 0.0).then(|| sum / n)));
        all
    }

    /// By style, which is a piece's first folder.
    pub fn by_style(pieces: &[Piece]) -> BTreeMap<String, Self> {
        let mut styles: BTreeMap<&str, Vec<&Piece>> = BTreeMap::new();
        for piece in pieces {
            styles.entry(&piece.style).or_default().push(piece);
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
    use crate::music::{Key, text};

    fn piece() -> Piece {
        let score = text::parse("melody | 0 24 c4 | 24 72 d4\nbass | 0 96 c3\ndrums | 0 12 c2").expect("valid");
        Piece { key: Key::parse("D minor").map(|key| (key, 1.0)), ..Piece::made_of(&score) }
    }

    #[test]
    fn a_small_piece_is_counted_by_hand() {
        let one = piece();
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
        assert_eq!(s.measures, one.figures.measures);
    }

    #[test]
    fn a_bar_filters_the_pieces_that_it_is_made_of() {
        let mut one = piece();
        let in_bar = |of: &Piece, picture, label: &str| {
            (0..Picture::n_bars(picture)).any(|bar| falls_in(of, picture, bar) && picture.label(bar) == label)
        };
        assert!(in_bar(&one, Picture::PitchClasses, "D") && !in_bar(&one, Picture::PitchClasses, "E"));
        assert!(in_bar(&one, Picture::Polyphony, "2") && in_bar(&one, Picture::Ranges, "13–18"));
        assert!(in_bar(&one, Picture::Keys, "D minor"));
        one.key = None;
        assert!(in_bar(&one, Picture::Keys, "not known") && !in_bar(&one, Picture::Keys, "D minor"));
        assert!(!falls_in(&one, Picture::Meters, 999));
    }

    #[test]
    fn nothing_is_nothing() {
        let none = Statistics::of([]);
        assert_eq!(none, Statistics::default());
        let empty = Statistics::of([&Piece::made_of(&Score::new(480))]);
        assert_eq!((empty.pieces, empty.range, empty.measures), (1, None, Measures::default()));
    }

    #[test]
    fn figures_come_back_from_bytes_and_damage_is_nothing() {
        for figures in [piece().figures, Figures::default()] {
            let mut put = Put::default();
            figures.put(&mut put);
            assert!(put.0.len() < 100, "{} bytes", put.0.len());
            assert_eq!(Figures::taken(&mut Take(&put.0)), Some(figures));
            for cut in 0..put.0.len() {
                assert_eq!(Figures::taken(&mut Take(&put.0[..cut])), None);
            }
        }
        // One bar of a seventh picture.
        assert_eq!(Figures::taken(&mut Take(&[0, 0, 0, 0, 0, 1, 6, 0, 1])), None);
    }
}

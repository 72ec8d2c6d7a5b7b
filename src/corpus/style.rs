//! Two sets of pieces compared by style: what is written against what was learned from.
//!
//! The figures are those of [`crate::music::measures`] and of MGEval (Yang & Lerch, "On the evaluation
//! of generative models in music", 2020), on one common grid. They say whether pieces are alike in the
//! gross, never whether they are good.

use super::overlap::{overlap, within_and_across};
use crate::index::line::top_line;
use crate::music::transform::{rescaled, slice};
use crate::music::{Key, Mode, Role, Score, measures};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Steps a quarter on which figures are taken, whatever the ticks of a score.
const STEPS: u32 = 24;

/// Pieces of a set that are compared pair by pair, at most: evenly spread over it.
pub const MOST_PIECES: usize = 150;

/// A figure of a piece: one number, or several that are compared together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    PitchClassEntropy,
    ScaleConsistency,
    GrooveConsistency,
    Polyphony,
    PolyphonyRate,
    PitchRange,
    PitchesUsed,
    /// Mean distance between neighbouring notes of the line that a listener follows, in semitones.
    MelodicInterval,
    /// Mean distance between neighbouring onsets of that line, in quarter notes.
    OnsetDistance,
    NotesPerBar,
    /// Share of the bars that an earlier bar has already said, in whatever key.
    RepeatedBars,
    /// Shares of the twelve pitch classes, counted from the tonic that the notes tell.
    PitchClasses,
    /// Shares of note lengths.
    NoteLengths,
    /// Shares of the steps from pitch class to pitch class.
    PitchSteps,
}

impl Feature {
    pub const ALL: [Feature; 14] = [
        Self::PitchClassEntropy,
        Self::ScaleConsistency,
        Self::GrooveConsistency,
        Self::Polyphony,
        Self::PolyphonyRate,
        Self::PitchRange,
        Self::PitchesUsed,
        Self::MelodicInterval,
        Self::OnsetDistance,
        Self::NotesPerBar,
        Self::RepeatedBars,
        Self::PitchClasses,
        Self::NoteLengths,
        Self::PitchSteps,
    ];

    /// As reports name it; it never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::PitchClassEntropy => "pitch_class_entropy",
            Self::ScaleConsistency => "scale_consistency",
            Self::GrooveConsistency => "groove_consistency",
            Self::Polyphony => "polyphony",
            Self::PolyphonyRate => "polyphony_rate",
            Self::PitchRange => "pitch_range",
            Self::PitchesUsed => "pitches_used",
            Self::MelodicInterval => "melodic_interval",
            Self::OnsetDistance => "onset_distance",
            Self::NotesPerBar => "notes_per_bar",
            Self::RepeatedBars => "repeated_bars",
            Self::PitchClasses => "pitch_classes",
            Self::NoteLengths => "note_lengths",
            Self::PitchSteps => "pitch_steps",
        }
    }

    /// What it is for a piece; `None` where the piece has too few notes for it.
    pub fn of(self, score: &Score) -> Option<Vec<f64>> {
        let one = |value: Option<f64>| value.map(|v| vec![v]);
        match self {
            Self::PitchClassEntropy => one(measures::pitch_class_entropy(score)),
            Self::ScaleConsistency => one(measures::scale_consistency(score)),
            Self::GrooveConsistency => one(measures::groove_consistency(score)),
            Self::Polyphony => one(measures::polyphony(score)),
            Self::PolyphonyRate => one(measures::polyphony_rate(score)),
            Self::PitchRange => one(pitches(score).max().zip(pitches(score).min()).map(|(h, l)| f64::from(h - l))),
            Self::PitchesUsed => {
                let used: HashSet<u8> = pitches(score).collect();
                one((!used.is_empty()).then_some(used.len() as f64))
            }
            Self::MelodicInterval => {
                let line = top_line(score);
                one(mean(line.windows(2).map(|w| f64::from(w[0].pitch.abs_diff(w[1].pitch)))))
            }
            Self::OnsetDistance => {
                let line = top_line(score);
                one(mean(line.windows(2).map(|w| (w[1].start - w[0].start) as f64 / f64::from(score.ppq))))
            }
            Self::NotesPerBar => {
                let bars = score.meters.n_bars(score.last_note_end(), score.ppq);
                one((bars > 0).then(|| score.n_notes() as f64 / bars as f64))
            }
            Self::RepeatedBars => one(repeated_bars(score)),
            Self::PitchClasses => {
                let counts = measures::pitch_classes(score).map(|n| n as f64);
                let tonic = Key::estimate(score).map_or(0, |(key, _)| common_tonic(key));
                shares((0..12).map(|i| counts[(i + tonic) % 12]).collect())
            }
            Self::NoteLengths => shares(lengths(score)),
            Self::PitchSteps => {
                let mut steps = vec![0.0; 12];
                for w in top_line(score).windows(2) {
                    steps[usize::from((12 + w[1].pitch % 12 - w[0].pitch % 12) % 12)] += 1.0;
                }
                shares(steps)
            }
        }
    }
}

/// The tonic of a key's major scale: relative keys are counted from one note.
fn common_tonic(key: Key) -> usize {
    usize::from(if key.mode == Mode::Major { key.tonic } else { (key.tonic + 3) % 12 })
}

fn pitches(score: &Score) -> impl Iterator<Item = u8> {
    let pitched = score.voices.iter().filter(|v| v.role != Role::Drums);
    pitched.flat_map(|v| v.notes.iter().map(|n| n.pitch))
}

/// Notes of each length: from under a triplet's sixteenth to over a whole note, each half an octave wide.
fn lengths(score: &Score) -> Vec<f64> {
    let mut counts = vec![0.0; 14];
    for (_, n) in score.notes() {
        let steps = rescaled(n.duration, score.ppq, STEPS).max(1) as f64;
        counts[((2.0 * steps.log2()).round() as usize).min(13)] += 1.0;
    }
    counts
}

fn repeated_bars(score: &Score) -> Option<f64> {
    let mut bars: std::collections::BTreeMap<i64, Vec<(i64, i64, i64)>> = Default::default();
    for (_, n) in score.notes() {
        let at = score.meters.position(n.start, score.ppq);
        let step = |tick| rescaled(tick, score.ppq, STEPS);
        bars.entry(at.bar).or_default().push((step(at.offset), i64::from(n.pitch), step(n.duration)));
    }
    let mut said = HashSet::new();
    let total = bars.len();
    let repeated = bars.into_values().filter(|bar| {
        let mut bar = bar.clone();
        bar.sort_unstable();
        let first = bar.first().map_or(0, |n| n.1);
        bar.iter_mut().for_each(|n| n.1 -= first);
        !said.insert(bar)
    });
    let repeated = repeated.count();
    (total >= 2).then(|| repeated as f64 / total as f64)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0usize), |(sum, n), v| (sum + v, n + 1));
    (n > 0).then(|| sum / n as f64)
}

fn shares(counts: Vec<f64>) -> Option<Vec<f64>> {
    let sum: f64 = counts.iter().sum();
    (sum > 0.0).then(|| counts.into_iter().map(|n| n / sum).collect())
}

/// The first bars of a piece: figures of a short take and of a long piece do not compare.
pub fn first_bars(score: &Score, bars: i64) -> Score {
    slice(score, 0, score.meters.bar_start(bars.max(1), score.ppq).min(score.end.max(score.last_note_end())))
}

/// Mean and standard deviation over the pieces that have the figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    pub pieces: usize,
    pub mean: f64,
    pub deviation: f64,
}

impl Spread {
    /// `None` of nothing.
    pub fn of(values: &[f64]) -> Option<Self> {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let square = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
        let deviation = if values.len() > 1 { (square / (n - 1.0)).sqrt() } else { 0.0 };
        (!values.is_empty()).then_some(Self { pieces: values.len(), mean, deviation })
    }
}

/// One figure in three sets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StyleRow {
    pub feature: String,
    /// `None` where the set is empty, or the figure is no single number.
    pub takes: Option<Spread>,
    pub held_out: Option<Spread>,
    pub corpus: Option<Spread>,
    /// How much takes differ from pieces as those differ from each other: 1 the same, 0 not at all.
    pub overlap_held_out: Option<f64>,
    pub overlap_corpus: Option<f64>,
    /// The same of held-out pieces against the corpus: what pieces by people come to.
    pub overlap_people: Option<f64>,
}

/// Every feature of three sets, compared.
pub fn compare(takes: &[Score], held_out: &[Score], corpus: &[Score]) -> Vec<StyleRow> {
    let row = |feature: &Feature| {
        let of = |set: &[Score]| -> Vec<Vec<f64>> { spread(set).filter_map(|s| feature.of(s)).collect() };
        let (takes, held_out, corpus) = (of(takes), of(held_out), of(corpus));
        let spread_of = |set: &[Vec<f64>]| {
            let single: Vec<f64> = set.iter().filter(|v| v.len() == 1).map(|v| v[0]).collect();
            Spread::of(&single)
        };
        let against = |set: &[Vec<f64>], people: &[Vec<f64>]| {
            let (within, across) = within_and_across(people, set);
            overlap(&within, &across)
        };
        StyleRow {
            feature: feature.name().to_owned(),
            takes: spread_of(&takes),
            held_out: spread_of(&held_out),
            corpus: spread_of(&corpus),
            overlap_held_out: against(&takes, &held_out),
            overlap_corpus: against(&takes, &corpus),
            overlap_people: against(&held_out, &corpus),
        }
    };
    Feature::ALL.par_iter().map(row).collect()
}

/// At most [`MOST_PIECES`], evenly spread over the set.
fn spread(set: &[Score]) -> impl Iterator<Item = &Score> {
    let n = set.len().min(MOST_PIECES);
    (0..n).map(move |i| &set[i * set.len() / n.max(1)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Note, Voice, text};

    fn score(notation: &str) -> Score {
        text::parse(notation).expect("valid")
    }

    #[test]
    fn the_figures_of_a_small_piece_are_those_counted_by_hand() {
        // Two bars alike a tone apart, and a third of its own.
        let piece = score(
            "melody | 0 48 c4 | 48 48 e4 | 96 48 d4 | 144 48 f#4 | 192 96 g4\nbass | 0 96 c3 | 96 96 d3 | 192 96 g2",
        );
        let one = |f: Feature| f.of(&piece).expect("has it")[0];
        assert_eq!(one(Feature::PitchRange), 24.0);
        assert_eq!(one(Feature::PitchesUsed), 8.0);
        assert_eq!(one(Feature::MelodicInterval), (4.0 + 2.0 + 4.0 + 1.0) / 4.0);
        assert_eq!(one(Feature::OnsetDistance), 2.0);
        assert!((one(Feature::NotesPerBar) - 8.0 / 3.0).abs() < 1e-12);
        assert!((one(Feature::RepeatedBars) - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(one(Feature::Polyphony), 2.0);
        let lengths = Feature::NoteLengths.of(&piece).expect("has notes");
        assert_eq!((lengths[11], lengths[13]), (0.5, 0.5), "{lengths:?}");
        let steps = Feature::PitchSteps.of(&piece).expect("has steps");
        assert_eq!((steps[4], steps[10], steps[1]), (0.5, 0.25, 0.25));
        assert!(Feature::ALL.iter().all(|f| f.of(&Score::new(24)).is_none()));
    }

    #[test]
    fn pitch_classes_are_counted_from_the_tonic() {
        let scale = "melody | 0 24 c4 | 24 24 d4 | 48 24 e4 | 72 24 f4 | 96 24 g4 | 120 24 a4 | 144 24 b4 | 168 48 c5";
        let in_c = score(scale);
        let in_e = crate::music::transform::transposed(&in_c, 4).expect("in range");
        assert_eq!(Feature::PitchClasses.of(&in_c), Feature::PitchClasses.of(&in_e));
    }

    #[test]
    fn like_sets_overlap_and_unlike_ones_do_not() {
        let piece = |wide: i64, i: i64| {
            let mut voice = Voice::new("", Role::Melody, 0);
            let pitch = |n: i64| (50 + (n * (i + 3) * wide) % (6 * wide)) as u8;
            voice.notes.extend((0..16).map(|n| Note::new(n * 24, 12, pitch(n), 80)));
            let mut score = Score::new(24);
            score.push_voice(voice);
            score
        };
        let set = |wide: i64| (0..12).map(|i| piece(wide, i)).collect::<Vec<_>>();
        let rows = compare(&set(1), &set(1), &set(10));
        let row = |name: &str| rows.iter().find(|r| r.feature == name).expect("there");
        let range = row("pitch_range");
        assert!(range.overlap_held_out > Some(0.6), "{range:?}");
        assert!(range.overlap_corpus < range.overlap_held_out, "{range:?}");
        assert_eq!(range.takes.map(|s| s.pieces), Some(12));
        assert!(row("pitch_classes").takes.is_none() && row("pitch_classes").overlap_held_out.is_some());
        let none = compare(&[], &set(1), &set(1));
        assert!(none.iter().all(|r| r.takes.is_none() && r.overlap_held_out.is_none() && r.overlap_people.is_some()));
    }

    #[test]
    fn pieces_are_cut_to_whole_bars() {
        let long = score("melody | 0 24 c4 | 96 24 d4 | 192 24 e4 | 288 24 f4");
        assert_eq!(first_bars(&long, 2).n_notes(), 2);
        assert_eq!(first_bars(&long, 99).n_notes(), 4);
    }
}

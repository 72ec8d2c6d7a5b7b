//! Figures of style that others publish too: how a piece uses pitches and time, one number each.
//!
//! Defined as MusPy does (Dong et al., "MusPy", ISMIR 2020), at its 24 steps a quarter, so that the
//! figures can be compared with those in papers. Says nothing of whether music is good.

use super::score::{Role, Score};
use super::time::Tick;
use super::transform::rescaled;
use super::{Key, Note};
use std::collections::{BTreeMap, BTreeSet};

/// Steps a quarter note on which time is counted here.
const STEPS: u32 = 24;

/// A time step with more pitches than this counts as polyphonic.
const FEW_PITCHES: i32 = 2;

/// Notes of each pitch class, C first, without drums.
pub fn pitch_classes(score: &Score) -> [u64; 12] {
    let mut counts = [0; 12];
    for note in pitched(score) {
        counts[usize::from(note.pitch % 12)] += 1;
    }
    counts
}

/// Entropy of the pitch classes in bits: 0 for one note over and over, 3.58 for all twelve alike.
pub fn pitch_class_entropy(score: &Score) -> Option<f64> {
    let counts = pitch_classes(score);
    let all = counts.iter().sum::<u64>() as f64;
    let shares = counts.iter().filter(|n| **n > 0).map(|n| *n as f64 / all);
    // One pitch class alone would give −0.
    (all > 0.0).then(|| shares.map(|p| -p * p.log2()).sum::<f64>() + 0.0)
}

/// The largest share of the notes that one major or natural minor scale holds.
pub fn scale_consistency(score: &Score) -> Option<f64> {
    let counts = pitch_classes(score);
    let all: u64 = counts.iter().sum();
    let inside = |key: Key| counts.iter().zip(key.pitch_classes()).filter(|c| c.1).map(|c| c.0).sum::<u64>();
    let most = Key::all().map(inside).max().unwrap_or(0);
    (all > 0).then(|| most as f64 / all as f64)
}

/// How alike the onsets of neighbouring bars are, drums included: 1 where every bar has the same
/// rhythm. Bars are those of the first meter throughout; as in MusPy, one that begins where the piece
/// ends counts as an empty bar. `None` below two bars.
pub fn groove_consistency(score: &Score) -> Option<f64> {
    let bar = score.first_meter().bar_ticks(STEPS);
    let last = score.notes().map(|(_, n)| span(score, n).1).max()?;
    let n_bars = last / bar + 1;
    let mut onsets: BTreeMap<Tick, BTreeSet<Tick>> = BTreeMap::new();
    for (_, note) in score.notes() {
        let start = span(score, note).0;
        onsets.entry(start / bar).or_default().insert(start % bar);
    }
    // An onset that the bar before or after lacks differs once for each such neighbour.
    let has = |bar: Tick, onset: &Tick| onsets.get(&bar).is_some_and(|b| b.contains(onset));
    let lonely = |at: Tick, onset: &Tick| {
        let before = at > 0 && !has(at - 1, onset);
        let after = at + 1 < n_bars && !has(at + 1, onset);
        u64::from(before) + u64::from(after)
    };
    let differ: u64 = onsets.iter().flat_map(|(at, bar)| bar.iter().map(|onset| lonely(*at, onset))).sum();
    (n_bars >= 2).then(|| 1.0 - differ as f64 / (bar as f64 * (n_bars - 1) as f64))
}

/// The share of time in which three pitches and more sound, drums not counted among them.
pub fn polyphony_rate(score: &Score) -> Option<f64> {
    let end = score.notes().map(|(_, n)| span(score, n).1).max()?;
    let many = stretches(score).into_iter().filter(|(_, sounding)| *sounding > FEW_PITCHES).map(|(long, _)| long);
    Some(many.sum::<Tick>() as f64 / end as f64)
}

/// How many pitches sound at once on the average, where any does; drums not counted.
pub fn polyphony(score: &Score) -> Option<f64> {
    let stretches = stretches(score);
    let sounding = stretches.iter().filter(|(_, n)| *n > 0);
    let (pitches, time) = sounding.fold((0, 0), |(p, t), (long, n)| (p + long * Tick::from(*n), t + long));
    (time > 0).then(|| pitches as f64 / time as f64)
}

/// Stretches of time and how many pitches sound in each; one pitch in two voices is one pitch.
fn stretches(score: &Score) -> Vec<(Tick, i32)> {
    let mut spans: Vec<(u8, Tick, Tick)> =
        pitched(score).map(|n| (n.pitch, span(score, n).0, span(score, n).1)).collect();
    spans.sort_unstable();
    let mut changes: Vec<(Tick, i32)> = Vec::new();
    let mut open: Option<(u8, Tick)> = None;
    for (pitch, from, to) in spans {
        let from = match open {
            Some((same, until)) if same == pitch => from.max(until),
            _ => from,
        };
        if to > from {
            changes.extend([(from, 1), (to, -1)]);
            open = Some((pitch, to));
        }
    }
    changes.sort_unstable();
    let (mut sounding, mut at) = (0, 0);
    let mut out = Vec::with_capacity(changes.len());
    for (tick, change) in changes {
        if tick > at {
            out.push((tick - at, sounding));
        }
        (sounding, at) = (sounding + change, tick);
    }
    out
}

fn pitched(score: &Score) -> impl Iterator<Item = &Note> {
    score.voices.iter().filter(|v| v.role != Role::Drums).flat_map(|v| v.notes.iter())
}

/// Start and end in steps; a note is at least one step long.
fn span(score: &Score, note: &Note) -> (Tick, Tick) {
    let start = rescaled(note.start, score.ppq, STEPS);
    (start, rescaled(note.end(), score.ppq, STEPS).max(start + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    /// Scores drawn by chance and what MusPy 0.5.0 says of them, one a line:
    /// entropy, scale consistency, groove consistency, polyphony rate, score.
    const GOLDEN: &str = include_str!("../../tests/data/measures/muspy.tsv");

    #[test]
    fn the_figures_are_those_of_muspy() {
        let mut n = 0;
        for line in GOLDEN.lines().filter(|l| !l.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let score = text::parse(&fields[4].replace(';', "\n")).expect("valid");
            let ours =
                [pitch_class_entropy, scale_consistency, groove_consistency, polyphony_rate].map(|of| of(&score));
            for (ours, theirs) in ours.into_iter().zip(fields) {
                let theirs: f64 = theirs.parse().expect("a number");
                assert!(
                    (ours.unwrap_or(f64::NAN) - theirs).abs() < 1e-9 || theirs.is_nan() && ours.is_none(),
                    "{line}"
                );
            }
            n += 1;
        }
        assert_eq!(n, 20);
    }

    #[test]
    fn nothing_has_no_figures() {
        let empty = Score::new(480);
        let of = [pitch_class_entropy, scale_consistency, groove_consistency, polyphony_rate].map(|of| of(&empty));
        assert_eq!(of, [None; 4]);
        let drums = text::parse("drums | 0 24 c2 | 24 24 d2").expect("valid");
        assert_eq!((pitch_class_entropy(&drums), polyphony_rate(&drums)), (None, Some(0.0)));
        assert_eq!(polyphony(&drums), None);
    }

    #[test]
    fn pitches_at_once_are_counted_where_any_sounds() {
        // Two for half a bar, one for a quarter, none for a quarter, then three and one doubled.
        let score = text::parse("a | 0 72 c4 | 96 24 c4 | 96 24 e4\nb | 0 48 e4 | 96 24 g4 | 96 24 g4").expect("valid");
        assert_eq!(polyphony(&score), Some((48.0 * 2.0 + 24.0 + 24.0 * 3.0) / 96.0));
        assert_eq!(polyphony_rate(&score), Some(0.2));
    }

    #[test]
    fn finer_ticks_change_nothing() {
        let coarse = text::parse("x | 0 24 c4 | 24 24 e4 | 24 48 g4 | 24 96 c5 | 96 30 d4").expect("valid");
        let mut fine = coarse.clone();
        fine.ppq = 480;
        for n in &mut fine.voices[0].notes {
            (n.start, n.duration) = (n.start * 20, n.duration * 20);
        }
        for of in [pitch_class_entropy, scale_consistency, groove_consistency, polyphony_rate] {
            assert_eq!(of(&coarse), of(&fine));
        }
    }
}

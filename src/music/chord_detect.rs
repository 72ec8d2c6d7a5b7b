//! Which chords the notes of a bar sound like, by fitting chord templates to the pitch classes of its
//! beats. A guess to be shown as one; what the piece itself says is its chord track.
//!
//! Templates and segments after B. Pardo and W. Birmingham, "Algorithms for Chordal Analysis",
//! Computer Music Journal 26 (2002); the weights are ours.

use super::chord::{Chord, QUALITIES, Quality};
use super::chord_track::{ChordChange, ChordTrack};
use super::note::Note;
use super::score::{Role, Score};
use super::time::{BarPosition, Tick};

/// Finer than this, a bar is not looked at.
const MOST_PARTS: Tick = 12;

/// What a further chord in a bar costs, in shares of the bar that must fit better.
const CHANGE: f64 = 0.14;
/// What a sounding pitch class outside of the chord costs, by its share.
const STRANGER: f64 = 1.3;
/// What a silent tone of the chord costs.
const MISSING: f64 = 0.12;
/// Below this share a pitch class counts as silent.
const SILENT: f64 = 0.03;
/// Below this fit no chord is named.
const LEAST: f64 = 0.35;

/// The pitch classes of a stretch of time.
#[derive(Clone, Copy, Debug, Default)]
struct Heard {
    weight: [f64; 12],
    /// How long each pitch class is the lowest of all, by the lowest note that begins a part.
    bass: [f64; 12],
}

/// The chords of one bar, from the pitched notes that sound in it: where each begins, `None` where
/// nothing is like a chord. The first entry stands at the bar's start.
pub fn of_bar<'a>(notes: impl Iterator<Item = &'a Note>, bar: &BarPosition, ppq: u32) -> Vec<ChordChange> {
    let beat = bar.meter.beat_ticks(ppq).max(1);
    let n = ((bar.bar_len + beat - 1) / beat).clamp(1, 1 << 20);
    // Beats are put together where a bar has very many.
    let part = beat * ((n + MOST_PARTS - 1) / MOST_PARTS);
    let n = ((bar.bar_len + part - 1) / part).max(1) as usize;
    let parts = heard(notes, bar.bar_start, bar.bar_len, part, n);
    let at = |i: usize| bar.bar_start + i as Tick * part;
    best_split(&parts).into_iter().map(|(i, chord)| ChordChange { tick: at(i), chord }).collect()
}

/// The chords of the whole piece; a chord that goes on over a bar line is said once.
pub fn of_score(score: &Score) -> ChordTrack {
    let pitched = score.voices.iter().filter(|v| v.role != Role::Drums);
    let mut notes: Vec<&Note> = pitched.flat_map(|v| &v.notes).collect();
    notes.sort_by_key(|n| n.start);
    let mut changes: Vec<ChordChange> = Vec::new();
    let mut sounding: Vec<&Note> = Vec::new();
    let (mut next, mut tick) = (0, 0);
    while tick < score.end {
        let bar = score.meters.position(tick, score.ppq);
        let end = bar.bar_start + bar.bar_len.max(1);
        sounding.retain(|n| n.end() > tick);
        while next < notes.len() && notes[next].start < end {
            sounding.push(notes[next]);
            next += 1;
        }
        for change in of_bar(sounding.iter().copied(), &bar, score.ppq) {
            if changes.last().map_or(change.chord.is_some(), |last| last.chord != change.chord) {
                changes.push(change);
            }
        }
        tick = end;
    }
    changes.into_iter().collect()
}

fn heard<'a>(notes: impl Iterator<Item = &'a Note>, from: Tick, len: Tick, part: Tick, n: usize) -> Vec<Heard> {
    let mut parts = vec![Heard::default(); n];
    let mut lowest: Vec<Option<u8>> = vec![None; n];
    for note in notes {
        let (start, end) = ((note.start - from).max(0), (note.end() - from).min(len));
        if start >= end {
            continue;
        }
        let class = usize::from(note.pitch % 12);
        for i in (start / part) as usize..=(((end - 1) / part) as usize).min(n - 1) {
            let (a, b) = (i as Tick * part, (i as Tick + 1) * part);
            let overlap = end.min(b) - start.max(a);
            parts[i].weight[class] += overlap as f64 / part as f64;
            // Only what sounds for a good part of it is its bass.
            if overlap * 3 >= part && lowest[i].is_none_or(|p| note.pitch < p) {
                lowest[i] = Some(note.pitch);
            }
        }
    }
    for (part, lowest) in parts.iter_mut().zip(lowest) {
        if let Some(pitch) = lowest {
            part.bass[usize::from(pitch % 12)] = 1.0;
        }
    }
    parts
}

/// Where to divide the parts so that each stretch is best like one chord.
fn best_split(parts: &[Heard]) -> Vec<(usize, Option<Chord>)> {
    let n = parts.len();
    // The best way up to each part: its worth, where its last stretch begins, and the chord of it.
    let mut best: Vec<(f64, usize, Option<Chord>)> = vec![(0.0, 0, None)];
    for end in 1..=n {
        let mut stretch = Heard::default();
        let mut found = (f64::NEG_INFINITY, 0, None);
        for begin in (0..end).rev() {
            for pc in 0..12 {
                stretch.weight[pc] += parts[begin].weight[pc];
                stretch.bass[pc] += parts[begin].bass[pc];
            }
            let (fit, chord) = likeliest(&stretch);
            let share = (end - begin) as f64 / n as f64;
            let price = if begin > 0 { CHANGE } else { 0.0 };
            let worth = best[begin].0 + fit * share - price;
            if worth > found.0 {
                found = (worth, begin, chord);
            }
        }
        best.push(found);
    }
    let mut split = Vec::new();
    let mut at = n;
    while at > 0 {
        let (_, begin, chord) = best[at];
        split.push((begin, chord));
        at = begin;
    }
    split.reverse();
    split.dedup_by_key(|s| s.1);
    split
}

/// The chord that a stretch is most like, and how much; no chord has a fit of 0.
fn likeliest(heard: &Heard) -> (f64, Option<Chord>) {
    let all: f64 = heard.weight.iter().sum();
    if all <= 0.0 {
        return (0.0, None);
    }
    let share: [f64; 12] = std::array::from_fn(|pc| heard.weight[pc] / all);
    let n_heard = share.iter().filter(|s| **s >= SILENT).count();
    if n_heard < 2 {
        return (0.0, None);
    }
    let bass_all = heard.bass.iter().sum::<f64>().max(1.0);
    let mut found = (LEAST, None);
    for row in &QUALITIES {
        if row.steps.len() > n_heard + 1 {
            continue;
        }
        for root in 0..12u8 {
            let pc = |step: &u8| usize::from((root + step) % 12);
            let inside: f64 = row.steps.iter().map(|s| share[pc(s)]).sum();
            let missing = row.steps.iter().filter(|s| share[pc(s)] < SILENT).count();
            // Without its third, or its root, it is hardly that chord.
            let root_lost = if share[usize::from(root)] < SILENT { 0.25 } else { 0.0 };
            let fit = inside - STRANGER * (1.0 - inside) - MISSING * missing as f64 - root_lost - rarity(row.quality)
                + 0.18 * heard.bass[usize::from(root)] / bass_all
                + 0.10 * share[usize::from(root)];
            if fit > found.0 + 1e-9 {
                found = (fit, Some(Chord::new(root, row.quality)));
            }
        }
    }
    let (fit, chord) = found;
    let bass = (0..12u8).max_by(|a, b| heard.bass[usize::from(*a)].total_cmp(&heard.bass[usize::from(*b)]));
    let over = |chord: Chord| match bass.filter(|b| heard.bass[usize::from(*b)] > 0.5 * bass_all) {
        Some(bass) if chord.pitch_classes()[usize::from(bass)] => chord.over(bass),
        _ => chord,
    };
    (if chord.is_some() { fit } else { 0.0 }, chord.map(over))
}

/// What a quality costs for being rarely meant where a simpler one would do.
fn rarity(quality: Quality) -> f64 {
    match quality {
        Quality::Major | Quality::Minor => 0.0,
        Quality::Seventh | Quality::MinorSeventh | Quality::MajorSeventh => 0.04,
        Quality::Diminished | Quality::Sus4 => 0.06,
        Quality::Power => 0.16,
        Quality::HalfDiminished | Quality::DiminishedSeventh | Quality::Augmented => 0.08,
        Quality::Sixth | Quality::MinorSixth | Quality::Sus2 => 0.13,
        // A ninth is most often a passing note, or two triads in one bar.
        Quality::AddNinth | Quality::Ninth | Quality::MajorNinth | Quality::MinorNinth => 0.22,
        _ => 0.14,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    fn check(voices: &str, expected: &[(Tick, &str)]) {
        let score = text::parse(voices).expect("valid");
        let track = of_score(&score);
        let seen: Vec<(Tick, String)> = track
            .changes()
            .iter()
            .map(|c| (c.tick, c.chord.map_or_else(|| "–".to_owned(), |c| c.to_string())))
            .collect();
        let expected: Vec<(Tick, String)> = expected.iter().map(|(t, c)| (*t, (*c).to_owned())).collect();
        assert_eq!(seen, expected, "{voices}");
    }

    /// One chord of whole notes a bar.
    fn whole(chords: &[&[&str]]) -> String {
        let notes = chords.iter().enumerate().flat_map(|(i, c)| c.iter().map(move |n| format!("{} 96 {n}", i * 96)));
        format!("x | {}", notes.collect::<Vec<_>>().join(" | "))
    }

    #[test]
    fn plain_chords_are_named() {
        let chords: [&[&str]; 5] = [
            &["c3", "e4", "g4", "c5"],
            &["a2", "e4", "a4", "c5"],
            &["d3", "f4", "a4", "c5"],
            &["g2", "f4", "b4", "d5"],
            &["c3", "e4", "g4"],
        ];
        check(&whole(&chords), &[(0, "C"), (96, "Am"), (192, "Dm7"), (288, "G7"), (384, "C")]);
        check(&whole(&[&["b2", "d4", "f4", "ab4"], &["e3", "c4", "g4"]]), &[(0, "B°7"), (96, "C/E")]);
    }

    #[test]
    fn a_chord_is_heard_in_arpeggios_under_passing_notes() {
        let tune = "melody | 0 24 e5 | 24 12 f5 | 36 12 g5 | 48 48 g5\nchords | 0 96 c3 | 0 24 g3 | 24 24 e4 | 48 24 c4 | 72 24 g3";
        check(tune, &[(0, "C")]);
    }

    #[test]
    fn a_bar_may_hold_two() {
        let two = "x | 0 48 c3 | 0 48 e4 | 0 48 g4 | 48 48 f3 | 48 48 a4 | 48 48 c5 | 48 48 f4";
        check(two, &[(0, "C"), (48, "F")]);
    }

    #[test]
    fn drums_and_single_notes_are_no_chords() {
        check("drums | 0 96 c2 | 0 96 e2 | 0 96 g2", &[]);
        check("melody | 0 96 c4 | 96 96 d4", &[]);
        assert!(of_score(&Score::new(480)).is_empty());
    }

    #[test]
    fn two_triads_in_a_bar_are_no_ninth_chord() {
        // F and B flat by half bars under a tune with passing notes: together they would spell Bbmaj9.
        let two = "melody | 0 24 c5 | 24 12 a4 | 36 12 g4 | 48 24 f4 | 72 12 d5 | 84 12 c5\n\
                   chords | 0 48 f3 | 0 48 a3 | 0 48 c4 | 48 48 bb2 | 48 48 d4 | 48 48 f4";
        check(two, &[(0, "F"), (48, "B♭")]);
        // Three beats and one.
        let late = "x | 0 72 f2 | 0 72 a3 | 0 72 c4 | 72 24 bb2 | 72 24 d4 | 72 24 f4";
        check(late, &[(0, "F"), (72, "B♭")]);
        // One that is meant, all of it sounding at once, is named.
        check(&whole(&[&["c3", "e4", "g4", "b4", "d5"]]), &[(0, "Cmaj9")]);
    }
}

//! Where a piece modulates: the likeliest way through the 24 keys, bar by bar, where each change has a
//! price (D. Temperley, "The Cognition of Basic Musical Structures", 2001, chapter 7; here with
//! likelihoods and a Viterbi search).
//!
//! Profiles: J. Albrecht and D. Shanahan, "The use of large corpora to train a new type of key-finding
//! algorithm", Music Perception 31 (2013).

use super::key::{Key, Mode};
use super::score::{Role, Score};
use super::time::Tick;
use serde::{Deserialize, Serialize};

/// Shares of the pitch classes in pieces of a key, from the tonic up.
const MAJOR: [f64; 12] = [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081];
const MINOR: [f64; 12] = [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052];

/// What a bar tells counts as so many notes drawn from a profile: the notes of a bar hang together.
const NOTES_A_BAR: f64 = 4.0;

/// The price of a change of key, in nats: several bars must speak for it.
const CHANGE: f64 = 9.0;

/// A key from `from` on, until the next span or the end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeySpan {
    pub from: Tick,
    pub key: Key,
    /// As of [`Key::estimate`], over the span; 1 where the user said it.
    pub confidence: f64,
}

impl KeySpan {
    /// The keys of a piece in order: one where it does not modulate, and then the one of
    /// [`Key::estimate`]; none where no pitched note sounds.
    pub fn of(score: &Score) -> Vec<KeySpan> {
        let Some((key, confidence)) = Key::estimate(score) else { return Vec::new() };
        let bars = bars(score);
        let path = likeliest(&bars);
        let mut spans: Vec<KeySpan> = Vec::new();
        let mut first = 0;
        for changed in (1..path.len()).filter(|i| path[*i] != path[i - 1]).chain([path.len()]) {
            let weight = std::array::from_fn(|pc| bars[first..changed].iter().map(|b| b.weight[pc]).sum());
            let confidence = path[first].confidence(&weight);
            let from = if first == 0 { 0 } else { bars[first].start };
            spans.push(KeySpan { from, key: path[first], confidence });
            first = changed;
        }
        if spans.len() == 1 { vec![KeySpan { from: 0, key, confidence }] } else { spans }
    }
}

/// How long each pitch class sounds in a bar.
struct Bar {
    start: Tick,
    weight: [f64; 12],
}

/// The bars in which something sounds. A note counts in the bar where it begins.
fn bars(score: &Score) -> Vec<Bar> {
    let pitched = score.voices.iter().filter(|v| v.role != Role::Drums);
    let mut notes: Vec<_> = pitched.flat_map(|v| &v.notes).collect();
    notes.sort_by_key(|n| n.start);
    let mut bars: Vec<Bar> = Vec::new();
    let mut end = 0;
    for note in notes {
        if bars.is_empty() || note.start >= end {
            let at = score.meters.position(note.start, score.ppq);
            end = at.bar_start + at.bar_len;
            bars.push(Bar { start: at.bar_start, weight: [0.0; 12] });
        }
        if let Some(bar) = bars.last_mut() {
            bar.weight[usize::from(note.pitch % 12)] += note.duration.min(Tick::from(score.ppq) * 4) as f64;
        }
    }
    bars
}

fn likeliest(bars: &[Bar]) -> Vec<Key> {
    let keys: Vec<Key> = Key::all().collect();
    let told = |bar: &Bar, key: Key| -> f64 {
        let profile = if key.mode == Mode::Major { &MAJOR } else { &MINOR };
        let sum = bar.weight.iter().sum::<f64>().max(1.0);
        let share = |pc: usize| bar.weight[(pc + usize::from(key.tonic)) % 12] / sum;
        (0..12).map(|pc| share(pc) * profile[pc].ln()).sum::<f64>() * NOTES_A_BAR
    };
    let mut best = vec![0.0_f64; keys.len()];
    let mut came_from: Vec<Vec<usize>> = Vec::with_capacity(bars.len());
    for (i, bar) in bars.iter().enumerate() {
        let top = (0..keys.len()).max_by(|a, b| best[*a].total_cmp(&best[*b])).unwrap_or_default();
        let changed = best[top] - CHANGE;
        let from = |k: usize| if i > 0 && changed > best[k] { top } else { k };
        came_from.push((0..keys.len()).map(from).collect());
        best =
            (0..keys.len()).map(|k| best[k].max(if i > 0 { changed } else { best[k] }) + told(bar, keys[k])).collect();
    }
    let mut at = (0..keys.len()).max_by(|a, b| best[*a].total_cmp(&best[*b])).unwrap_or_default();
    let mut path = Vec::with_capacity(bars.len());
    for from in came_from.iter().rev() {
        path.push(keys[at]);
        at = from[at];
    }
    path.reverse();
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    /// Four chords of a key, a bar each, over and over.
    fn cadence(tonic: u8, bars: usize, from: usize) -> String {
        let chords = [[0, 4, 7], [5, 9, 0], [7, 11, 2], [0, 4, 7]];
        let names = ["c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b"];
        let mut notes = Vec::new();
        for bar in 0..bars {
            for step in chords[bar % 4] {
                let start = (from + bar) * 96;
                notes.push(format!("{start} 96 {}4", names[usize::from(tonic + step) % 12]));
            }
        }
        notes.join(" | ")
    }

    #[test]
    fn a_piece_in_one_key_has_one_span_and_one_that_modulates_has_its_bar() {
        let plain = text::parse(&format!("x | {}", cadence(7, 16, 0))).expect("valid");
        let spans = KeySpan::of(&plain);
        assert_eq!(spans.len(), 1);
        assert_eq!(Some((spans[0].key, spans[0].confidence)), Key::estimate(&plain));

        let moving = [cadence(0, 12, 0), cadence(4, 12, 12), cadence(0, 8, 24)].join(" | ");
        let moving = text::parse(&format!("x | {moving}")).expect("valid");
        let spans = KeySpan::of(&moving);
        let seen: Vec<_> = spans.iter().map(|s| (s.from / 96, s.key.to_string())).collect();
        assert_eq!(seen, [(0, "C major".to_owned()), (12, "E major".to_owned()), (24, "C major".to_owned())]);
        assert!(spans.iter().all(|s| s.confidence > 0.1), "{spans:?}");
    }

    #[test]
    fn one_strange_bar_is_no_modulation_and_silence_has_no_key() {
        let strange = [cadence(0, 8, 0), cadence(6, 1, 8), cadence(0, 7, 9)].join(" | ");
        assert_eq!(KeySpan::of(&text::parse(&format!("x | {strange}")).expect("valid")).len(), 1);
        assert_eq!(KeySpan::of(&text::parse("drums | 0 24 c2").expect("valid")), []);
    }
}

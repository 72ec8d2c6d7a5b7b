//! The bars of one voice as lines of text, with the changes of meter, key and tempo on the way, and words.

use super::bar::{self, Segment, Sink};
use super::grid::{Bar, QUARTER};
use super::layers::Chord;
use super::spell::Spelling;
use super::{Tally, key_text, tempo_text};
use crate::music::{Key, Score, Tick, Voice, VoiceEventKind};
use std::collections::BTreeMap;

const BARS_A_LINE: usize = 4;

/// Keys by the bar they begin with, and tempos by step. The first voice writes the tempos.
pub struct Changes {
    keys: BTreeMap<usize, Key>,
    tempos: Vec<(Tick, String)>,
    n_written: usize,
}

impl Changes {
    pub fn of(score: &Score, bars: &[Bar], tally: &mut Tally) -> Self {
        let mut keys = BTreeMap::new();
        for change in &score.keys {
            let at = bars.partition_point(|b| b.from <= change.tick).max(1) - 1;
            let here = bars.get(at).map_or(0, |b| b.from);
            let after = bars.get(at + 1).map_or(Tick::MAX, |b| b.from);
            let nearer_next = change.tick - here > after.saturating_sub(change.tick);
            tally.moved += usize::from(change.tick != here);
            keys.insert(at + usize::from(nearer_next), change.key);
        }
        let mut tempos = Vec::new();
        for change in score.tempos.changes() {
            let at = bars.partition_point(|b| b.from <= change.tick).max(1) - 1;
            let text = tempo_text(change.micros_per_quarter);
            let Some((text, bar)) = text.zip(bars.get(at)) else {
                tally.tempos += 1;
                continue;
            };
            let parts = (change.tick - bar.from) * QUARTER;
            let step = bar.start + parts / Tick::from(score.ppq);
            tally.moved += usize::from(parts % Tick::from(score.ppq) != 0);
            tempos.push((step, text));
        }
        Self { keys, tempos, n_written: 0 }
    }

    pub fn first_key(&self) -> Option<Key> {
        self.keys.get(&0).copied()
    }

    pub fn first_tempo(&self) -> Option<&str> {
        self.tempos.first().filter(|t| t.0 == 0).map(|t| t.1.as_str())
    }
}

/// The tempos that are due, and the words under the notes, while a line of text is written.
struct Signs<'a> {
    tempos: Option<&'a mut Changes>,
    n_moved: usize,
    bar_start: Tick,
    lyrics: BTreeMap<Tick, &'a str>,
    words: Vec<String>,
}

impl Sink for Signs<'_> {
    fn before(&mut self, step: Tick, out: &mut String) {
        let Some(changes) = &mut self.tempos else { return };
        let now = self.bar_start + step;
        let due = changes.tempos.partition_point(|t| t.0 <= now);
        // Of several only the last can be heard.
        if due > changes.n_written {
            let (wanted, text) = &changes.tempos[due - 1];
            self.n_moved += (due - changes.n_written - 1) + usize::from(*wanted != now);
            *out += &format!("[Q:{text}]");
            changes.n_written = due;
        }
    }

    fn note(&mut self, chord: &Chord, begins: bool) {
        let words = if begins { self.lyrics.remove(&chord.tick).map(syllable) } else { None };
        self.words.push(words.filter(|w| !w.is_empty()).unwrap_or_else(|| "*".to_owned()));
    }
}

/// A syllable without the signs that place the others.
fn syllable(text: &str) -> String {
    let word = text.trim().trim_start_matches(['/', '\\']);
    let kept: String = word.chars().filter(|c| !matches!(c, '_' | '*' | '|' | '%' | '\\') && !c.is_control()).collect();
    let goes_on = kept.len() > 1 && kept.ends_with('-');
    let inner = kept.trim_end_matches('-').replace('-', "\\-");
    let joined: Vec<&str> = inner.split_whitespace().collect();
    format!("{}{}", joined.join("~"), if goes_on { "-" } else { "" })
}

/// The lines of text of a voice.
pub fn write(
    voice: &Voice,
    layers: &[Vec<Chord>],
    bars: &[Bar],
    changes: &mut Changes,
    leads: bool,
    tally: &mut Tally,
) -> String {
    let mut out = String::new();
    let lyrics: Vec<(Tick, &str)> = voice
        .events
        .iter()
        .filter_map(|e| if let VoiceEventKind::Lyric(text) = &e.kind { Some((e.tick, text.as_str())) } else { None })
        .collect();
    let n_words = lyrics.len();
    let lyrics: BTreeMap<Tick, &str> = lyrics.into_iter().collect();
    let n_places = lyrics.len();
    let (keys, mut meter) = (changes.keys.clone(), bars.first().map(|b| b.meter));
    // The header has the tempo of the first note.
    changes.n_written = usize::from(changes.first_tempo().is_some());
    let n_tempos = changes.tempos.len();
    let mut signs = Signs { tempos: leads.then_some(changes), n_moved: 0, bar_start: 0, lyrics, words: Vec::new() };
    let mut spelling = Spelling::default();
    if let Some(key) = keys.get(&0) {
        spelling.set_key(key.fifths());
    }
    for (i, b) in bars.iter().enumerate() {
        if meter != Some(b.meter) {
            out += &format!("[M:{}]", b.meter);
            meter = Some(b.meter);
        }
        if let Some(key) = keys.get(&i).filter(|_| i > 0) {
            out += &format!("[K:{}]", key_text(Some(*key)));
            spelling.set_key(key.fifths());
        }
        signs.bar_start = b.start;
        let lines: Vec<Vec<Segment<'_>>> = layers.iter().map(|l| bar::segments(l, b.start, b.length)).collect();
        let sounds = |line: &Vec<Segment<'_>>| line.iter().any(|s| s.chord.is_some());
        let n_lines = lines.iter().rposition(sounds).map_or(0, |n| n + 1);
        let held: Vec<u8> = lines
            .iter()
            .flatten()
            .filter(|s| !s.begins)
            .filter_map(|s| s.chord)
            .flat_map(|c| c.pitches.clone())
            .collect();
        spelling.bar(&held);
        let beat = b.meter.beat_ticks(QUARTER as u32);
        let mut text = String::new();
        if n_lines == 0 {
            signs.before(0, &mut text);
            text.push('Z');
        }
        for (k, line) in lines[..n_lines].iter().enumerate() {
            if k > 0 {
                text += " & ";
                spelling.line();
            }
            let written = bar::write(line, b.length, beat, &mut spelling, &mut signs);
            text += &written;
        }
        out += &text;
        let last = i + 1 == bars.len();
        out += if last { "|]" } else { "|" };
        let full_line = (i + 1) % BARS_A_LINE == 0;
        if last || full_line {
            out.push('\n');
            out += &words_line(&mut signs.words);
        } else {
            out.push(' ');
        }
    }
    tally.moved += signs.n_moved;
    tally.words += n_words - (n_places - signs.lyrics.len());
    tally.tempos += signs.tempos.map_or(0, |c| n_tempos - c.n_written);
    out
}

/// `w:` and the syllables, if there is any.
fn words_line(words: &mut Vec<String>) -> String {
    let n = words.iter().rposition(|w| w != "*").map_or(0, |n| n + 1);
    words.truncate(n);
    let text = std::mem::take(words).join(" ");
    if text.is_empty() { text } else { format!("w:{text}\n") }
}

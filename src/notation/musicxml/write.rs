//! A score to MusicXML 4.0 partwise: a part for each voice, measures by the meter map.
//!
//! Notes are cut at bar lines and into values that can be written, and tied together again. How it looks
//! is left to the program that opens it.

use super::layers::{self, Chord};
use super::lengths::{Value, values};
use super::parts::{OUR_FIELD, role_word};
use super::warning::{Problem, Problems, Warning};
use crate::music::{Key, Mode, Note, Role, Score, Tick, Voice, VoiceEventKind};
use std::fmt::Write as _;

/// More bars than any piece has; what lies beyond is left out.
const MOST_BARS: usize = 100_000;

/// Middle C: a voice that lies mostly below it gets the bass clef.
const MIDDLE_C: u8 = 60;

/// The text of a `.musicxml` file, and what it does not hold.
pub fn write(score: &Score) -> (String, Vec<Warning>) {
    let mut writer = Writer { score, bars: bars(score), out: String::new(), problems: Problems::default() };
    writer.head();
    if score.voices.is_empty() {
        writer.part(0, &Voice::default());
    }
    for (i, voice) in score.voices.iter().enumerate() {
        writer.part(i, voice);
    }
    writer.out += "</score-partwise>\n";
    let changes = score.tempos.changes().iter().map(|c| c.tick).chain(score.keys.iter().map(|k| k.tick));
    let changes = changes.chain(score.meters.changes().iter().map(|c| c.tick));
    let end = writer.bars.last().map_or(0, |b| b.1);
    let n_marks = score.markers.len() + score.chords.changes().iter().filter(|c| c.chord.is_some()).count();
    (0..n_marks).for_each(|_| writer.problems.add(Problem::Marks, ""));
    changes.filter(|t| *t >= end).for_each(|_| writer.problems.add(Problem::AfterEnd, ""));
    (writer.out, writer.problems.into_warnings())
}

/// First and last tick of every bar; an empty piece has one.
fn bars(score: &Score) -> Vec<(Tick, Tick)> {
    let (mut bars, mut at) = (Vec::new(), 0);
    while (at < score.end || bars.is_empty()) && bars.len() < MOST_BARS {
        let place = score.meters.position(at, score.ppq);
        let next = place.bar_start + place.bar_len;
        bars.push((at, if score.end > at { next.min(score.end) } else { next }));
        at = next;
    }
    bars
}

struct Writer<'s> {
    score: &'s Score,
    bars: Vec<(Tick, Tick)>,
    out: String,
    problems: Problems,
}

macro_rules! line {
    ($writer:expr, $($arg:tt)*) => {{
        // Writing to a String does not fail.
        let _ = writeln!($writer.out, $($arg)*);
    }};
}

impl Writer<'_> {
    fn head(&mut self) {
        line!(self, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        line!(
            self,
            "<!DOCTYPE score-partwise PUBLIC \"-//Recordare//DTD MusicXML 4.0 Partwise//EN\" \"http://www.musicxml.org/dtds/partwise.dtd\">"
        );
        line!(self, "<score-partwise version=\"4.0\">");
        line!(self, "<work><work-title>{}</work-title></work>", escaped(&self.score.title));
        let roles: Vec<String> = self.score.voices.iter().map(|v| role_word(v.role)).collect();
        line!(
            self,
            "<identification><encoding><software>Cadenza</software></encoding><miscellaneous><miscellaneous-field name=\"{OUR_FIELD}\">{}</miscellaneous-field></miscellaneous></identification>",
            roles.join(" ")
        );
        line!(self, "<part-list>");
        for (i, voice) in self.score.voices.iter().enumerate() {
            self.part_head(i, voice);
        }
        if self.score.voices.is_empty() {
            line!(self, "<score-part id=\"P1\"><part-name></part-name></score-part>");
        }
        line!(self, "</part-list>");
    }

    fn part_head(&mut self, i: usize, voice: &Voice) {
        let id = i + 1;
        line!(self, "<score-part id=\"P{id}\"><part-name>{}</part-name>", escaped(&voice.name));
        let drums = voice.role == Role::Drums;
        let mut keys: Vec<u8> = if drums { voice.notes.iter().map(|n| n.pitch).collect() } else { vec![0] };
        keys.sort_unstable();
        keys.dedup();
        for key in &keys {
            let name = if drums { format!("Drum {key}") } else { voice.name.clone() };
            line!(
                self,
                "<score-instrument id=\"P{id}-I{key}\"><instrument-name>{}</instrument-name></score-instrument>",
                escaped(&name)
            );
        }
        // Channel 10 is that of the drums.
        let channel = if drums { 10 } else { [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16][i % 15] };
        for key in &keys {
            let unpitched = if drums { format!("<midi-unpitched>{}</midi-unpitched>", key + 1) } else { String::new() };
            line!(
                self,
                "<midi-instrument id=\"P{id}-I{key}\"><midi-channel>{channel}</midi-channel><midi-program>{}</midi-program>{unpitched}</midi-instrument>",
                voice.program + 1
            );
        }
        line!(self, "</score-part>");
    }

    fn part(&mut self, part: usize, voice: &Voice) {
        let layers = layers::of(&voice.notes);
        let mut next = vec![0; layers.len()];
        line!(self, "<part id=\"P{}\">", part + 1);
        for bar in 0..self.bars.len() {
            let (from, to) = self.bars[bar];
            let place = self.score.meters.position(from, self.score.ppq);
            let implicit = if to - from < place.meter.bar_ticks(self.score.ppq) { " implicit=\"yes\"" } else { "" };
            line!(self, "<measure number=\"{}\"{implicit}>", bar + 1);
            self.attributes(bar, part, voice);
            for (i, layer) in layers.iter().enumerate() {
                while layer.get(next[i]).is_some_and(|c| c.end <= from) {
                    next[i] += 1;
                }
                let here: Vec<&Chord> = layer[next[i]..].iter().take_while(|c| c.start < to).collect();
                if i > 0 && here.is_empty() {
                    continue;
                }
                if i > 0 {
                    line!(self, "<backup><duration>{}</duration></backup>", to - from);
                }
                self.layer(i, &here, (from, to), part, voice);
            }
            if layers.is_empty() {
                self.layer(0, &[], (from, to), part, voice);
            }
            line!(self, "</measure>");
        }
        line!(self, "</part>");
        self.count_losses(voice);
    }

    fn count_losses(&mut self, voice: &Voice) {
        let end = self.bars.last().map_or(0, |b| b.1);
        voice.notes.iter().filter(|n| n.end() > end).for_each(|_| self.problems.add(Problem::TooManyBars, ""));
        let mut last = None;
        for event in &voice.events {
            match &event.kind {
                VoiceEventKind::Lyric(_) => {
                    let sung = voice.notes.binary_search_by_key(&event.tick, |n| n.start).is_ok();
                    if !sung || last == Some(event.tick) {
                        self.problems.add(Problem::Lyrics, "");
                    }
                    last = Some(event.tick);
                }
                _ => self.problems.add(Problem::Messages, ""),
            }
        }
    }

    /// What changes in this bar. Tempo stands in the first part, keys in all.
    fn attributes(&mut self, bar: usize, part: usize, voice: &Voice) {
        let ((from, to), score) = (self.bars[bar], self.score);
        let key_at = |t: Tick| score.keys.iter().rev().find(|k| k.tick == t).map(|k| key_text(k.key));
        let meter = score.meters.changes().iter().find(|c| c.tick == from).map(|c| c.meter);
        // Other programs want a time signature where the score has none.
        let meter = meter.or((bar == 0).then(|| score.first_meter()));
        let time = meter
            .map(|m| format!("<time><beats>{}</beats><beat-type>{}</beat-type></time>", m.numerator, m.denominator));
        let clef = if voice.role == Role::Drums {
            "<clef><sign>percussion</sign></clef>"
        } else if median(voice) < MIDDLE_C {
            "<clef><sign>F</sign><line>4</line></clef>"
        } else {
            "<clef><sign>G</sign><line>2</line></clef>"
        };
        let first = if bar == 0 { format!("<divisions>{}</divisions>", score.ppq) } else { String::new() };
        let all =
            first + &key_at(from).unwrap_or_default() + &time.unwrap_or_default() + if bar == 0 { clef } else { "" };
        if !all.is_empty() {
            line!(self, "<attributes>{all}</attributes>");
        }
        for key in score.keys.iter().filter(|k| k.tick > from && k.tick < to) {
            let (into, text) = (key.tick - from, key_text(key.key));
            line!(
                self,
                "<forward><duration>{into}</duration></forward><attributes>{text}</attributes><backup><duration>{into}</duration></backup>"
            );
        }
        let tempos = score.tempos.changes().iter().filter(|c| part == 0 && c.tick >= from && c.tick < to);
        for change in tempos {
            let qpm = 60e6 / f64::from(change.micros_per_quarter);
            let shown = (qpm * 100.0).round() / 100.0;
            line!(
                self,
                "<direction placement=\"above\"><direction-type><metronome><beat-unit>quarter</beat-unit><per-minute>{shown}</per-minute></metronome></direction-type><offset sound=\"yes\">{}</offset><sound tempo=\"{qpm}\"/></direction>",
                change.tick - from
            );
        }
    }

    fn layer(&mut self, layer: usize, chords: &[&Chord], (from, to): (Tick, Tick), part: usize, voice: &Voice) {
        let mut at = from;
        for chord in chords {
            self.rest(layer, chord.start.max(from) - at);
            let mut now = chord.start.max(from);
            for value in values(chord.end.min(to) - now, self.score.ppq) {
                for (k, note) in chord.notes.iter().enumerate() {
                    let lyric = (k == 0 && chord.sings && now == chord.start).then(|| lyric(voice, now)).flatten();
                    self.note(note, now, value, k > 0, layer, part, voice, lyric);
                }
                now += value.ticks;
            }
            at = now;
        }
        if chords.is_empty() && layer == 0 {
            line!(self, "<note><rest measure=\"yes\"/><duration>{}</duration><voice>1</voice></note>", to - from);
        } else {
            self.rest(layer, to - at);
        }
    }

    fn rest(&mut self, layer: usize, ticks: Tick) {
        if layer > 0 && ticks > 0 {
            line!(self, "<forward><duration>{ticks}</duration></forward>");
            return;
        }
        for value in values(ticks, self.score.ppq) {
            line!(self, "<note><rest/><duration>{}</duration><voice>1</voice>{}</note>", value.ticks, shape(value));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one sign of a note, with all that it depends on")]
    fn note(
        &mut self,
        note: &Note,
        at: Tick,
        value: Value,
        in_chord: bool,
        layer: usize,
        part: usize,
        voice: &Voice,
        lyric: Option<&str>,
    ) {
        let drums = voice.role == Role::Drums;
        let key = self.score.keys.iter().rev().find(|k| k.tick <= at).map_or(0, |k| k.key.fifths());
        let (step, alter, octave) = spelled(note.pitch, key);
        let chord = if in_chord { "<chord/>" } else { "" };
        let pitch = if drums {
            format!(
                "<unpitched><display-step>{step}</display-step><display-octave>{octave}</display-octave></unpitched>"
            )
        } else {
            let alter = if alter == 0 { String::new() } else { format!("<alter>{alter}</alter>") };
            format!("<pitch><step>{step}</step>{alter}<octave>{octave}</octave></pitch>")
        };
        let instrument =
            if drums { format!("<instrument id=\"P{}-I{}\"/>", part + 1, note.pitch) } else { String::new() };
        let (back, on) = (at > note.start, at + value.ticks < note.end());
        let ties = |name: &str| {
            let stop = if back { format!("<{name} type=\"stop\"/>") } else { String::new() };
            stop + &if on { format!("<{name} type=\"start\"/>") } else { String::new() }
        };
        let notations = if back || on { format!("<notations>{}</notations>", ties("tied")) } else { String::new() };
        let lyric = lyric.map_or(String::new(), |t| {
            format!("<lyric number=\"1\"><syllabic>single</syllabic><text>{}</text></lyric>", escaped(t))
        });
        let loudness = (f64::from(note.velocity) * 10_000.0 / 90.0).round() / 100.0;
        line!(
            self,
            "<note dynamics=\"{loudness}\">{chord}{pitch}<duration>{}</duration>{}{instrument}<voice>{}</voice>{}{notations}{lyric}</note>",
            value.ticks,
            ties("tie"),
            layer + 1,
            shape(value)
        );
    }
}

fn shape(value: Value) -> String {
    let word = value.word.map_or(String::new(), |w| format!("<type>{w}</type>"));
    let triplet = "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes></time-modification>";
    word + if value.dotted { "<dot/>" } else { "" } + if value.triplet { triplet } else { "" }
}

fn lyric(voice: &Voice, at: Tick) -> Option<&str> {
    let from = voice.events.partition_point(|e| e.tick < at);
    voice.events[from..].iter().take_while(|e| e.tick == at).find_map(|e| match &e.kind {
        VoiceEventKind::Lyric(text) => Some(text.as_str()),
        _ => None,
    })
}

fn key_text(key: Key) -> String {
    let mode = if key.mode == Mode::Major { "major" } else { "minor" };
    format!("<key><fifths>{}</fifths><mode>{mode}</mode></key>", key.fifths())
}

/// Step, alteration and octave, spelled by the key: the nearest on the line of fifths.
fn spelled(pitch: u8, key: i8) -> (char, i32, i32) {
    let (pitch, key) = (i32::from(pitch), i32::from(key));
    // C = 0, G = 1 …; from five fifths below the key's tonic to six above.
    let lowest = key - 5;
    let fifth = lowest + (pitch * 7 - lowest).rem_euclid(12);
    let alter = (fifth + 1).div_euclid(7);
    let step = ['F', 'C', 'G', 'D', 'A', 'E', 'B'][(fifth + 1).rem_euclid(7) as usize];
    (step, alter, (pitch - alter).div_euclid(12) - 1)
}

fn median(voice: &Voice) -> u8 {
    let mut pitches: Vec<u8> = voice.notes.iter().map(|n| n.pitch).collect();
    pitches.sort_unstable();
    pitches.get(pitches.len() / 2).copied().unwrap_or(MIDDLE_C)
}

/// Text as XML may hold it; characters that it may not hold are left out.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

//! One measure of one part: a cursor goes through its notes, backups and forwards.

use super::Error;
use super::sheet::{self, Line, Sheet, Sound};
use super::warning::{Problem, Problems};
use crate::music::{Key, Meter, Mode};
use roxmltree::Node;
use std::collections::HashMap;

/// Longest measure that is believed, in quarter notes.
pub const LONGEST_BAR: f64 = 1024.0;

/// MIDI's velocity for `dynamics="100"`.
const FORTE: f64 = 90.0;

/// The snare of General MIDI.
const SNARE: u8 = 38;

pub fn children<'a>(node: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(move |n| n.tag_name().name() == name)
}

pub fn child<'a>(node: Node<'a, 'a>, name: &'static str) -> Option<Node<'a, 'a>> {
    node.children().find(|n| n.tag_name().name() == name)
}

/// The text of a child, without the space around it; `None` where it is empty.
pub fn text<'a>(node: Node<'a, 'a>, name: &str) -> Option<&'a str> {
    let child = node.children().find(|n| n.tag_name().name() == name)?;
    child.text().map(str::trim).filter(|t| !t.is_empty())
}

pub fn number(node: Node, name: &str) -> Option<f64> {
    text(node, name)?.parse().ok().filter(|n: &f64| n.is_finite())
}

pub fn step_semitones(step: &str) -> Option<i32> {
    Some(match step {
        "C" => 0,
        "D" => 2,
        "E" => 4,
        "F" => 5,
        "G" => 7,
        "A" => 9,
        "B" => 11,
        _ => return None,
    })
}

/// Reads the measures of a part one after another.
pub struct Reader<'s, 'p> {
    part: usize,
    sheet: &'s mut Sheet,
    problems: &'p mut Problems,
    divisions: f64,
    /// Semitones from written to sounding by staff; staff 0 is any other.
    transpose: HashMap<u32, i32>,
    lines: HashMap<Line, usize>,
    /// Keys and chord symbols are those of the first part that has any.
    gives_keys: bool,
    gives_chords: bool,
    bar: usize,
    cursor: f64,
    chord_start: f64,
}

impl<'s, 'p> Reader<'s, 'p> {
    pub fn new(part: usize, sheet: &'s mut Sheet, problems: &'p mut Problems) -> Self {
        let gives_keys = sheet.bars.iter().all(|b| b.keys.is_empty());
        let gives_chords = sheet.bars.iter().all(|b| b.chords.is_empty());
        Self {
            part,
            sheet,
            problems,
            divisions: 1.0,
            transpose: HashMap::new(),
            lines: HashMap::new(),
            gives_keys,
            gives_chords,
            bar: 0,
            cursor: 0.0,
            chord_start: 0.0,
        }
    }

    pub fn measure(&mut self, bar: usize, node: Node, number: &str) -> Result<(), Error> {
        (self.bar, self.cursor, self.chord_start) = (bar, 0.0, 0.0);
        if self.sheet.bars[bar].number.is_empty() {
            number.clone_into(&mut self.sheet.bars[bar].number);
        }
        for item in node.children().filter(Node::is_element) {
            match item.tag_name().name() {
                "note" => self.note(item),
                "backup" => self.cursor = (self.cursor - self.length(item)).max(0.0),
                "forward" => {
                    let length = self.length(item);
                    self.advance(length);
                }
                "attributes" => self.attributes(item),
                "direction" => self.direction(item),
                "sound" => self.sound(item, self.cursor),
                "harmony" => self.harmony(item),
                "barline" => self.barline(item),
                _ => {}
            }
            if self.cursor > LONGEST_BAR {
                return Err(Error::LongMeasure(number.to_owned()));
            }
        }
        Ok(())
    }

    fn complain(&mut self, problem: Problem) {
        self.problems.add(problem, &self.sheet.bars[self.bar].number);
    }

    fn advance(&mut self, by: f64) {
        self.cursor += by;
        let bar = &mut self.sheet.bars[self.bar];
        bar.length = bar.length.max(self.cursor);
    }

    /// `<duration>` in quarter notes.
    fn length(&mut self, node: Node) -> f64 {
        match number(node, "duration") {
            Some(n) if n >= 0.0 => n / self.divisions,
            _ => {
                self.complain(Problem::BadNumber);
                0.0
            }
        }
    }

    fn note(&mut self, node: Node) {
        if child(node, "grace").is_some() {
            return self.complain(Problem::GraceNotes);
        }
        let length = if child(node, "duration").is_some() { self.length(node) } else { 0.0 };
        let in_chord = child(node, "chord").is_some();
        if !in_chord {
            self.chord_start = self.cursor;
            self.advance(length);
        }
        if child(node, "rest").is_some() {
            return;
        }
        if child(node, "cue").is_some() {
            return self.complain(Problem::CueNotes);
        }
        if length <= 0.0 {
            return self.complain(Problem::NoLength);
        }
        let staff = number(node, "staff").unwrap_or(1.0) as u32;
        let Some((pitch, drums)) = self.pitch(node, staff) else { return };
        let line = Line { part: self.part, voice: text(node, "voice").unwrap_or("1").to_owned(), staff, drums };
        let line = *self.lines.entry(line).or_insert_with_key(|line| {
            self.sheet.lines.push(line.clone());
            self.sheet.lines.len() - 1
        });
        let tie = |kind: &str| children(node, "tie").any(|t| t.attribute("type") == Some(kind));
        let velocity = node.attribute("dynamics").and_then(|d| d.trim().parse().ok()).map(velocity);
        let lyrics = if in_chord { Vec::new() } else { children(node, "lyric").filter_map(lyric).collect() };
        let ornaments = children(node, "notations").any(|n| child(n, "ornaments").is_some());
        let (tied_on, tied_back) = (tie("start"), tie("stop"));
        let start = self.chord_start;
        let bar = &mut self.sheet.bars[self.bar];
        bar.notes.push(Sound { line, start, length, pitch, velocity, tied_on, tied_back, lyrics });
        if ornaments {
            self.complain(Problem::Ornaments);
        }
    }

    /// MIDI's pitch, and whether it is a drum.
    fn pitch(&mut self, node: Node, staff: u32) -> Option<(u8, bool)> {
        let part = &self.sheet.parts[self.part];
        let instrument = child(node, "instrument").and_then(|i| i.attribute("id"));
        let key = instrument.and_then(|id| part.drum_keys.get(id)).copied();
        let Some(pitch) = child(node, "pitch") else {
            if key.is_none() {
                self.complain(Problem::DrumsWithoutKey);
            }
            return Some((key.unwrap_or(SNARE), true));
        };
        if let (true, Some(key)) = (part.drums, key) {
            return Some((key, true));
        }
        let drums = part.drums;
        let written = text(pitch, "step").and_then(step_semitones).zip(number(pitch, "octave"));
        let alter = number(pitch, "alter").unwrap_or(0.0);
        if alter.fract() != 0.0 {
            self.complain(Problem::Microtones);
        }
        let transpose = self.transpose.get(&staff).or(self.transpose.get(&0)).copied().unwrap_or(0);
        let sounding = written.map(|(step, octave)| {
            (octave + 1.0) * 12.0 + f64::from(step) + alter.round() + if drums { 0.0 } else { f64::from(transpose) }
        });
        match sounding.filter(|p| (0.0..128.0).contains(p)) {
            Some(pitch) => Some((pitch as u8, drums)),
            None => {
                self.complain(Problem::OutOfRange);
                None
            }
        }
    }

    fn attributes(&mut self, node: Node) {
        if let Some(divisions) = number(node, "divisions").filter(|d| *d > 0.0) {
            self.divisions = divisions;
            let whole = divisions.round() as u32;
            if !self.sheet.divisions.contains(&whole) {
                self.sheet.divisions.push(whole);
            }
        }
        for transpose in children(node, "transpose") {
            let staff = transpose.attribute("number").and_then(|n| n.parse().ok()).unwrap_or(0);
            let mut semitones = number(transpose, "chromatic").unwrap_or(0.0);
            semitones += 12.0 * number(transpose, "octave-change").unwrap_or(0.0);
            semitones -= if child(transpose, "double").is_some() { 12.0 } else { 0.0 };
            self.transpose.insert(staff, semitones.clamp(-127.0, 127.0) as i32);
        }
        if let Some(key) = child(node, "key").filter(|_| self.gives_keys).and_then(|k| self.key(k)) {
            let at = self.cursor;
            self.sheet.bars[self.bar].keys.push((at, key));
        }
        if let Some(time) = child(node, "time").filter(|t| child(*t, "senza-misura").is_none()) {
            match meter(time) {
                Some(meter) if self.sheet.bars[self.bar].time.is_none() => self.sheet.bars[self.bar].time = Some(meter),
                Some(_) => {}
                None => self.complain(Problem::BadMeter),
            }
        }
    }

    /// A signature without a mode counts as major.
    fn key(&self, node: Node) -> Option<Key> {
        let fifths = number(node, "fifths")?.clamp(-11.0, 11.0) as i8;
        let minor = matches!(text(node, "mode"), Some("minor" | "aeolian" | "dorian" | "phrygian"));
        let mode = if minor { Mode::Minor } else { Mode::Major };
        // Of the church modes the tonic is what counts, as for ABC: D dorian is D minor.
        let steps = match text(node, "mode") {
            Some("dorian") => 5,
            Some("phrygian") => 7,
            Some("lydian") => 5,
            Some("mixolydian") => 7,
            _ => 0,
        };
        let transpose = self.transpose.values().next().copied().unwrap_or(0);
        let key = Key::from_fifths(fifths, mode);
        Some(Key::new((i32::from(key.tonic) + steps + transpose).rem_euclid(12) as u8, mode))
    }

    fn direction(&mut self, node: Node) {
        let offset = child(node, "offset").filter(|o| o.attribute("sound") == Some("yes"));
        let offset = offset.and_then(|o| o.text()?.trim().parse::<f64>().ok()).unwrap_or(0.0) / self.divisions;
        let at = (self.cursor + offset).clamp(0.0, LONGEST_BAR);
        let kinds = || children(node, "direction-type");
        let sound = child(node, "sound");
        let says = |name: &str| sound.is_some_and(|s| s.attribute(name).is_some());
        if !says("tempo")
            && let Some(tempo) = kinds().filter_map(|k| child(k, "metronome")).find_map(metronome)
        {
            self.tempo(at, tempo);
        }
        if !says("dynamics")
            && let Some(mark) = kinds().filter_map(|k| child(k, "dynamics")).find_map(mark)
        {
            let part = self.part;
            self.sheet.bars[self.bar].loudness.push((part, at, mark));
        }
        if let Some(sound) = sound {
            self.sound(sound, at);
        }
        for kind in kinds() {
            self.sheet.bars[self.bar].marks.written(kind);
        }
    }

    fn tempo(&mut self, at: f64, tempo: f64) {
        let tempos = &mut self.sheet.bars[self.bar].tempos;
        if !tempos.iter().any(|t| (t.0 - at).abs() < 1e-9) {
            tempos.push((at, tempo));
        }
    }

    fn sound(&mut self, node: Node, at: f64) {
        let value =
            |name: &str| node.attribute(name).and_then(|v| v.trim().parse::<f64>().ok()).filter(|v| v.is_finite());
        let yes = |name: &str| node.attribute(name) == Some("yes");
        let label = |name: &str| node.attribute(name).map(str::to_owned);
        if let Some(tempo) = value("tempo").filter(|t| *t > 0.0) {
            self.tempo(at, tempo);
        }
        let (part, bar) = (self.part, &mut self.sheet.bars[self.bar]);
        bar.loudness.extend(value("dynamics").map(|d| (part, at, velocity(d))));
        let marks = &mut bar.marks;
        marks.da_capo |= yes("dacapo");
        marks.fine |= node.attribute("fine").is_some();
        for (mark, name) in [
            (&mut marks.dal_segno, "dalsegno"),
            (&mut marks.segno, "segno"),
            (&mut marks.to_coda, "tocoda"),
            (&mut marks.coda, "coda"),
        ] {
            if mark.is_none() {
                *mark = label(name);
            }
        }
    }

    fn harmony(&mut self, node: Node) {
        if !self.gives_chords {
            return;
        }
        let at = (self.cursor + number(node, "offset").unwrap_or(0.0) / self.divisions).clamp(0.0, LONGEST_BAR);
        match sheet::chord(node) {
            Some(chord) => self.sheet.bars[self.bar].chords.push((at, chord)),
            None => self.complain(Problem::ChordSymbols),
        }
    }

    fn barline(&mut self, node: Node) {
        let marks = &mut self.sheet.bars[self.bar].marks;
        if let Some(repeat) = child(node, "repeat") {
            let times = repeat.attribute("times").and_then(|t| t.parse().ok()).unwrap_or(2);
            match repeat.attribute("direction") {
                Some("forward") => marks.starts_repeat = true,
                Some("backward") => marks.ends_repeat = marks.ends_repeat.max(Some(times)),
                _ => {}
            }
        }
        if let Some(ending) = child(node, "ending") {
            let numbers = ending.attribute("number").unwrap_or_default();
            let numbers: Vec<u8> =
                numbers.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
            match ending.attribute("type") {
                Some("start") if !numbers.is_empty() => marks.starts_ending = Some(numbers),
                Some("stop" | "discontinue") => marks.stops_ending = true,
                _ => {}
            }
        }
    }
}

fn velocity(dynamics: f64) -> u8 {
    (dynamics * FORTE / 100.0).round().clamp(1.0, 127.0) as u8
}

/// "3+2/8", and several such one after another, make one bar.
fn meter(time: Node) -> Option<Meter> {
    let (mut numerator, mut denominator) = (0, 1);
    for (beats, kind) in children(time, "beats").zip(children(time, "beat-type")) {
        let beats = beats.text()?.split('+').map(|b| b.trim().parse::<u32>().ok()).sum::<Option<u32>>()?;
        let kind: u32 = kind.text()?.trim().parse().ok().filter(|k: &u32| k.is_power_of_two() && *k <= 64)?;
        let common = denominator.max(kind);
        numerator = numerator * (common / denominator) + beats.min(255) * (common / kind);
        denominator = common;
    }
    Meter::new(u8::try_from(numerator).ok()?, u8::try_from(denominator).ok()?)
}

/// Quarter notes a minute.
fn metronome(node: Node) -> Option<f64> {
    let quarters = match text(node, "beat-unit")? {
        "whole" => 4.0,
        "half" => 2.0,
        "quarter" => 1.0,
        "eighth" => 0.5,
        "16th" => 0.25,
        _ => return None,
    };
    let dots = children(node, "beat-unit-dot").take(4).count() as i32;
    let per_minute = number(node, "per-minute").filter(|t| *t > 0.0)?;
    Some(per_minute * quarters * (2.0 - 0.5_f64.powi(dots)))
}

/// The usual velocities of marks of loudness; accents of single notes are none.
fn mark(dynamics: Node) -> Option<u8> {
    dynamics.children().find_map(|n| {
        Some(match n.tag_name().name() {
            "ppp" | "pppp" | "ppppp" | "pppppp" => 16,
            "pp" => 33,
            "p" => 49,
            "mp" => 64,
            "mf" => 80,
            "f" => 96,
            "ff" => 112,
            "fff" | "ffff" | "fffff" | "ffffff" => 126,
            _ => return None,
        })
    })
}

/// Verse and syllable; one that goes on ends in a hyphen.
fn lyric(node: Node) -> Option<(u8, String)> {
    let words: Vec<&str> = children(node, "text").filter_map(|t| t.text()).collect();
    let goes_on = matches!(text(node, "syllabic"), Some("begin" | "middle"));
    let verse = node.attribute("number").and_then(|n| n.parse().ok()).unwrap_or(1);
    let text = words.join(" ") + if goes_on { "-" } else { "" };
    (!text.is_empty()).then_some((verse, text))
}

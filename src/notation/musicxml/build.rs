//! Measures in the order of play to a score: ticks, ties, bar lines, loudness, words and chords.

use super::Error;
use super::measure::LONGEST_BAR;
use super::sheet::{Bar, Sheet, Sound};
use super::warning::{Problem, Problems};
use crate::music::time::micros_from_qpm;
use crate::music::{KeyChange, Meter, Note, Role, Score, Tick, Voice, VoiceEvent, VoiceEventKind};
use crate::notation::abc::chords::{ChordSymbol, Voicing};
use std::collections::HashMap;

const USUAL_VELOCITY: u8 = 80;

/// A nylon-string guitar plays the chord symbols, as in ABC.
const CHORDS_PROGRAM: u8 = 24;
const BASS_VELOCITY: u8 = 66;
const CHORD_VELOCITY: u8 = 58;

/// Longest piece, as for MIDI files.
const LONGEST: Tick = 1 << 28;

/// Ticks a quarter that are tried in turn; the last is for files that fit no grid.
const GRIDS: [u32; 4] = [480, 960, 3360, 10_080];

/// Plays the measures in the order given, each with its verse.
pub fn score(sheet: &Sheet, order: &[(usize, u8)], problems: &mut Problems) -> Result<Score, Error> {
    let ppq = grid(sheet, problems);
    let mut builder = Builder::new(sheet, ppq);
    let mut end = 0;
    for &(bar, verse) in order {
        builder.bar(&sheet.bars[bar], verse);
        end = builder.now;
        if end > LONGEST {
            return Err(Error::TooLong);
        }
    }
    Ok(builder.finish(end))
}

/// The ticks a quarter in which everything falls on a tick, if there are such.
fn grid(sheet: &Sheet, problems: &mut Problems) -> u32 {
    let ours = sheet.divisions.first().copied().filter(|d| sheet.ours && (1..=32_767).contains(d));
    let common = sheet
        .divisions
        .iter()
        .try_fold(1u32, |a, b| lcm(a, *b))
        .map(|l| if l < 480 { l * 480u32.div_ceil(l) } else { l });
    let rest = GRIDS.into_iter().chain(common.filter(|l| *l <= 32_767));
    let off = |n: &Sound, ppq: u32| {
        let is_off = |q: f64| (q * f64::from(ppq) - (q * f64::from(ppq)).round()).abs() > 1e-4;
        is_off(n.start) || is_off(n.length)
    };
    let exact = |ppq: &u32| sheet.bars.iter().all(|b| b.notes.iter().all(|n| !off(n, *ppq)));
    ours.into_iter().chain(rest).find(exact).unwrap_or_else(|| {
        let ppq = GRIDS[3];
        for bar in &sheet.bars {
            bar.notes.iter().filter(|n| off(n, ppq)).for_each(|_| problems.add(Problem::Rounded, &bar.number));
        }
        ppq
    })
}

fn lcm(a: u32, b: u32) -> Option<u32> {
    let (mut x, mut y) = (a, b.max(1));
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x).checked_mul(b.max(1)).filter(|l| *l <= 32_767)
}

/// End, voice and index of a note.
type Held = (Tick, usize, usize);

struct Builder<'s> {
    sheet: &'s Sheet,
    score: Score,
    voices: Vec<Voice>,
    now: Tick,
    n_played: usize,
    /// Where the meter in force began to count.
    counted_from: Tick,
    bar_starts: Vec<Tick>,
    chords: Vec<(Tick, Option<usize>)>,
    symbols: Vec<ChordSymbol>,
    /// Notes that a tie holds on, by part and pitch.
    held: HashMap<(usize, u8), Vec<Held>>,
}

impl<'s> Builder<'s> {
    fn new(sheet: &'s Sheet, ppq: u32) -> Self {
        let mut score = Score::new(ppq);
        score.title.clone_from(&sheet.title);
        Self {
            sheet,
            score,
            voices: voices(sheet),
            now: 0,
            n_played: 0,
            counted_from: 0,
            bar_starts: Vec::new(),
            chords: Vec::new(),
            symbols: Vec::new(),
            held: HashMap::new(),
        }
    }

    fn tick(&self, quarters: f64) -> Tick {
        (quarters.min(2.0 * LONGEST_BAR) * f64::from(self.score.ppq)).round() as Tick
    }

    fn bar(&mut self, bar: &Bar, verse: u8) {
        let meter = bar.meter.unwrap_or(Meter::COMMON);
        let nominal = meter.bar_ticks(self.score.ppq);
        let length = if bar.length > 0.0 { self.tick(bar.length) } else { nominal };
        let first = self.n_played == 0;
        if first && !self.sheet.ours && length < nominal && self.sheet.bars.len() > 1 {
            // A pickup: silence before it fills the bar.
            self.now = nominal - length;
        }
        self.bar_line(bar, meter, length, first);
        self.n_played += 1;
        let now = self.now;
        // What holds from the beginning holds in the silence before a pickup too.
        let at = |quarters: Tick| if first && quarters == 0 { 0 } else { now + quarters };
        for (from, key) in &bar.keys {
            let tick = at(self.tick(*from));
            if self.score.keys.last().is_none_or(|k| k.key != *key) || self.sheet.ours {
                let same = self.score.keys.last().is_some_and(|k| k.key == *key);
                self.score.keys.retain(|k| k.tick != tick);
                if !same || *from > 0.0 {
                    self.score.keys.push(KeyChange { tick, key: *key });
                }
            }
        }
        for (from, tempo) in &bar.tempos {
            let (tick, micros) = (at(self.tick(*from)), micros_from_qpm(*tempo));
            if self.score.tempos.changes().last().is_none_or(|c| c.micros_per_quarter != micros) {
                self.score.tempos.set(tick, micros);
            }
        }
        for (from, chord) in &bar.chords {
            let symbol = chord.as_ref().map(|chord| {
                self.symbols.push(chord.clone());
                self.symbols.len() - 1
            });
            self.chords.push((now + self.tick(*from), symbol));
        }
        let mut notes: Vec<&Sound> = bar.notes.iter().collect();
        if !self.sheet.ours {
            // In time's order, not the file's: a tie may lead into a voice that is written before. In files of
            // ours it stays in its layer.
            notes.sort_by(|a, b| a.start.total_cmp(&b.start));
        }
        notes.into_iter().for_each(|note| self.note(bar, note, verse));
        self.now += length;
    }

    /// Keeps the bar lines of the score where those of the sheet are. A measure cut in two by a repeat
    /// sign, whose halves make a whole bar, is one bar.
    fn bar_line(&mut self, bar: &Bar, meter: Meter, length: Tick, first: bool) {
        let before = self.score.meters.changes().last().map(|c| c.meter);
        let full = before.unwrap_or(meter).bar_ticks(self.score.ppq);
        let into = (self.now - self.counted_from) % full;
        let changes = before != Some(meter) && (before.is_some() || bar.meter.is_some());
        let cut = into != 0 && into + length != full;
        if first {
            self.bar_starts.push(0);
            if bar.meter.is_some() {
                self.score.meters.set(0, meter);
            }
        } else {
            if into == 0 || cut || changes {
                self.bar_starts.push(self.now);
            }
            if changes || cut || (self.sheet.ours && bar.time.is_some()) {
                self.score.meters.set(self.now, meter);
                self.counted_from = self.now;
            }
        }
    }

    fn note(&mut self, bar: &Bar, sound: &Sound, verse: u8) {
        let part = self.sheet.lines[sound.line].part;
        let start = self.now + self.tick(sound.start);
        let end = (self.now + self.tick(sound.start + sound.length)).max(start + 1);
        let held = self.held.entry((part, sound.pitch)).or_default();
        // Other voices of the part are still to go on from the bar line.
        held.retain(|h| h.0 >= self.now);
        let continued = sound.tied_back.then(|| {
            let same_voice = held.iter().position(|h| h.0 == start && h.1 == sound.line);
            same_voice.or_else(|| held.iter().position(|h| h.0 == start))
        });
        let (voice, index) = match continued.flatten() {
            Some(i) => {
                let (_, voice, index) = held.remove(i);
                let note = &mut self.voices[voice].notes[index];
                note.duration = end - note.start;
                (voice, index)
            }
            None => {
                let loudness =
                    bar.loudness.iter().rev().find(|l| l.0 == part && l.1 <= sound.start + 1e-9).map(|l| l.2);
                let velocity = sound.velocity.or(loudness).unwrap_or(USUAL_VELOCITY);
                self.voices[sound.line].notes.push(Note::new(start, end - start, sound.pitch, velocity));
                (sound.line, self.voices[sound.line].notes.len() - 1)
            }
        };
        if sound.tied_on {
            self.held.entry((part, sound.pitch)).or_default().push((end, voice, index));
        }
        let text = sound.lyrics.iter().find(|l| l.0 == verse).or(sound.lyrics.first()).map(|l| l.1.clone());
        let event = |text| VoiceEvent { tick: start, kind: VoiceEventKind::Lyric(text) };
        self.voices[sound.line].events.extend(text.map(event));
    }

    fn finish(mut self, end: Tick) -> Score {
        let chords = self.chord_voice(end);
        for voice in std::mem::take(&mut self.voices).into_iter().chain(chords) {
            self.score.push_voice(voice);
        }
        self.score.end = self.score.end.max(end);
        self.score
    }

    /// Each chord from its symbol to the next, struck anew at every bar line.
    fn chord_voice(&mut self, end: Tick) -> Option<Voice> {
        let mut voice = Voice::new("Chords", Role::Chords, CHORDS_PROGRAM);
        let mut voicing = Voicing::default();
        for (i, (from, symbol)) in self.chords.iter().enumerate() {
            let to = self.chords.get(i + 1).map_or(end, |next| next.0);
            let Some(symbol) = symbol.filter(|_| *from < to) else { continue };
            let pitches = voicing.place(&self.symbols[symbol]);
            let inner = self.bar_starts.partition_point(|b| b <= from)..self.bar_starts.partition_point(|b| *b < to);
            let mut cuts = vec![*from];
            cuts.extend(self.bar_starts.get(inner).unwrap_or_default());
            cuts.push(to);
            for span in cuts.windows(2) {
                for (k, pitch) in pitches.iter().enumerate() {
                    let velocity = if k == 0 { BASS_VELOCITY } else { CHORD_VELOCITY };
                    voice.notes.push(Note::new(span[0], span[1] - span[0], *pitch, velocity));
                }
            }
        }
        (!voice.notes.is_empty()).then_some(voice)
    }
}

/// The voices, empty as yet, in the order of `sheet.lines`; named by part, and numbered where it has several.
fn voices(sheet: &Sheet) -> Vec<Voice> {
    let of_line = |(i, line): (usize, &super::sheet::Line)| {
        let part = &sheet.parts[line.part];
        let n = sheet.lines.iter().filter(|l| l.part == line.part).count();
        let number = sheet.lines[..=i].iter().filter(|l| l.part == line.part).count();
        let name = if n > 1 { format!("{} {number}", part.name).trim().to_owned() } else { part.name.clone() };
        let role = part.role.unwrap_or(if line.drums { Role::Drums } else { Role::Other });
        Voice::new(name, role, part.program)
    };
    sheet.lines.iter().enumerate().map(of_line).collect()
}

//! Bars in the order of play to a score: time, ties, chords, and whether bars add up.

use super::body::{Bar, Item, WHOLE};
use super::chords::{self, Symbol, Voicing};
use super::header::Header;
use super::{PPQ, Problem, Problems};
use crate::music::time::micros_from_qpm;
use crate::music::{KeyChange, Meter, Note, Role, Score, Tick, Voice};

/// General MIDI programs: a flute for the tune, a nylon-string guitar for the chords.
const MELODY_PROGRAM: u8 = 73;
const CHORDS_PROGRAM: u8 = 24;
const BASS_VELOCITY: u8 = 66;
const CHORD_VELOCITY: u8 = 58;

/// Plays the bars at the indices `order`.
pub fn score(header: &Header, bars: &[Bar], order: &[usize], problems: &mut Problems) -> Score {
    let mut b = Builder::new(header);
    if let Some(&first) = order.first() {
        b.pad(bars[first].length());
    }
    for &i in order {
        b.bar(&bars[i], problems);
    }
    b.finish(header, problems)
}

struct Builder {
    score: Score,
    melody: Voice,
    /// Chord symbols as they come: time in parts of a whole note, `None` for silence.
    chords: Vec<(Tick, Option<chords::ChordSymbol>)>,
    /// Where bars begin, in ticks.
    bar_starts: Vec<Tick>,
    meter: Option<Meter>,
    /// Parts of a whole note since the start.
    now: Tick,
    bar_start: Tick,
    pickup: Tick,
    n_bars: usize,
    /// Indices of notes held over.
    held: Vec<usize>,
    line: usize,
}

impl Builder {
    fn new(header: &Header) -> Self {
        let mut score = Score::new(PPQ);
        score.title = header.title();
        if let Some(meter) = header.meter {
            score.meters.set(0, meter);
        }
        if let Some(tempo) = header.tempo {
            score.tempos.set(0, micros_from_qpm(tempo.quarters_per_minute));
        }
        score.keys.extend(header.signature.key.map(|key| KeyChange { tick: 0, key }));
        Self {
            score,
            melody: Voice::new("Melody", Role::Melody, MELODY_PROGRAM),
            chords: Vec::new(),
            bar_starts: Vec::new(),
            meter: header.meter,
            now: 0,
            bar_start: 0,
            pickup: 0,
            n_bars: 0,
            held: Vec::new(),
            line: 0,
        }
    }

    /// A first bar that is too short is a pickup: silence before it fills the bar.
    fn pad(&mut self, first: Tick) {
        let Some(bar) = self.meter.map(bar_parts) else { return };
        if first < bar {
            (self.pickup, self.now) = (first, bar - first);
        }
    }

    fn bar(&mut self, bar: &Bar, problems: &mut Problems) {
        if self.now == self.bar_start || self.bar_starts.is_empty() {
            self.bar_starts.push(ticks(self.bar_start));
        }
        self.line = bar.line;
        for item in &bar.items {
            self.item(item, bar.line, problems);
        }
        // A bar may be cut in two by a repeat sign or a double bar; elsewhere it has to be full.
        let cut_off = bar.ends_section;
        self.close(!cut_off, problems);
    }

    /// Begins the next bar if this one is full, and tells if it should be.
    fn close(&mut self, must_be_full: bool, problems: &mut Problems) {
        let Some(wanted) = self.meter.map(bar_parts) else {
            self.bar_start = self.now;
            return;
        };
        let has = self.now - self.bar_start;
        if has == wanted {
            (self.bar_start, self.n_bars) = (self.now, self.n_bars + 1);
        } else if has > wanted || must_be_full {
            let sixteenths = |parts: Tick| format!("{}", (parts as f64 * 1600.0 / WHOLE as f64).round() / 100.0);
            let (has_sixteenths, wants_sixteenths) = (sixteenths(has), sixteenths(wanted));
            let bar = self.n_bars + 1;
            problems.push((self.line, Problem::WrongBar { bar, has_sixteenths, wants_sixteenths }));
            (self.bar_start, self.n_bars) = (self.now, self.n_bars + 1);
        }
    }

    fn item(&mut self, item: &Item, line: usize, problems: &mut Problems) {
        match item {
            Item::Sound { pitches, length, tied } => {
                self.sound(pitches, *length, *tied);
                self.now += length;
            }
            Item::Symbol(text) => match chords::parse(text) {
                Some(Symbol::Chord(chord)) => self.chords.push((self.now, Some(chord))),
                Some(Symbol::NoChord) => self.chords.push((self.now, None)),
                None => problems.push((line, Problem::BadChordSymbol(text.clone()))),
            },
            Item::Key(signature) => {
                let tick = ticks(self.now);
                self.score.keys.retain(|k| k.tick != tick);
                self.score.keys.extend(signature.key.map(|key| KeyChange { tick, key }));
            }
            Item::Meter(meter) => {
                self.meter = *meter;
                if let Some(meter) = meter {
                    self.score.meters.set(ticks(self.now), *meter);
                }
            }
            Item::Tempo(tempo) => {
                self.score.tempos.set(ticks(self.now), micros_from_qpm(tempo.quarters_per_minute));
            }
        }
    }

    fn sound(&mut self, pitches: &[u8], length: Tick, tied: bool) {
        let (start, end) = (ticks(self.now), ticks(self.now + length));
        let before = std::mem::take(&mut self.held);
        for &pitch in pitches {
            let continued = before.iter().copied().find(|i| self.melody.notes[*i].pitch == pitch);
            let index = match continued {
                Some(i) => {
                    self.melody.notes[i].duration = end - self.melody.notes[i].start;
                    i
                }
                None => {
                    self.melody.notes.push(Note::new(start, end - start, pitch, self.velocity()));
                    self.melody.notes.len() - 1
                }
            };
            if tied {
                self.held.push(index);
            }
        }
    }

    /// The bar's first note loudest, then those on a beat.
    fn velocity(&self) -> u8 {
        let into = ticks(self.now - self.bar_start);
        match self.meter.map(|m| m.beat_ticks(PPQ)) {
            _ if into == 0 => 92,
            Some(beat) if into % beat == 0 => 86,
            _ => 80,
        }
    }

    fn finish(mut self, header: &Header, problems: &mut Problems) -> Score {
        // The last bar may lack what the pickup has.
        let has = self.now - self.bar_start;
        let complement = self.meter.is_some_and(|m| has + self.pickup == bar_parts(m));
        if has > 0 && !complement {
            self.close(true, problems);
        }
        let end = ticks(self.now);
        let chords = self.chord_voice(end);
        self.score.push_voice(self.melody);
        if let Some(chords) = chords {
            self.score.push_voice(chords);
        }
        self.score.end = self.score.end.max(end);
        if header.meter.is_none() {
            // Free time is shown in 4/4 for want of a better one.
            self.score.meters.set(0, Meter::COMMON);
        }
        self.score
    }

    /// Each chord from its symbol to the next, struck anew at every bar line.
    fn chord_voice(&self, end: Tick) -> Option<Voice> {
        let mut voice = Voice::new("Chords", Role::Chords, CHORDS_PROGRAM);
        let mut voicing = Voicing::default();
        for (i, (at, chord)) in self.chords.iter().enumerate() {
            let Some(chord) = chord else { continue };
            let (from, to) = (ticks(*at), self.chords.get(i + 1).map_or(end, |next| ticks(next.0)));
            let pitches = voicing.place(chord);
            let inner = self.bar_starts.iter().copied().filter(|b| *b > from && *b < to);
            let mut cuts = vec![from];
            cuts.extend(inner);
            cuts.push(to);
            for span in cuts.windows(2).filter(|w| w[0] < w[1]) {
                for (k, pitch) in pitches.iter().enumerate() {
                    let velocity = if k == 0 { BASS_VELOCITY } else { CHORD_VELOCITY };
                    voice.notes.push(Note::new(span[0], span[1] - span[0], *pitch, velocity));
                }
            }
        }
        (!voice.notes.is_empty()).then_some(voice)
    }
}

fn bar_parts(meter: Meter) -> Tick {
    WHOLE * Tick::from(meter.numerator) / Tick::from(meter.denominator)
}

/// Parts of a whole note to ticks, to the nearest.
fn ticks(parts: Tick) -> Tick {
    let one = WHOLE / (4 * Tick::from(PPQ));
    (parts + one / 2).div_euclid(one)
}

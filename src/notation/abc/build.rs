//! The bars of each voice in the order of play to a score: time, ties, chords, and whether bars add up.

use super::body::{Bar, Item, WHOLE};
use super::chords::{self, Symbol, Voicing};
use super::header::Header;
use super::voices::About;
use super::{PPQ, Problem, Problems, unfold};
use crate::music::time::micros_from_qpm;
use crate::music::{KeyChange, Meter, Note, Role, Score, Tick, Voice, VoiceEvent, VoiceEventKind};

/// General MIDI programs: a flute for the tune, a nylon-string guitar for the chords.
const MELODY_PROGRAM: u8 = 73;
const CHORDS_PROGRAM: u8 = 24;
const BASS_VELOCITY: u8 = 66;
const CHORD_VELOCITY: u8 = 58;

/// The piece ends here at the latest: more ticks than MIDI can count are no tune.
const LATEST: Tick = (1 << 30) / (4 * PPQ as Tick) * WHOLE;
const MOST_NOTES: usize = 1_000_000;

/// Plays every voice. Meters and keys are those of the first; voices without a note are left out.
pub fn score(header: &Header, voices: &[(Vec<Bar>, About)], problems: &mut Problems) -> Score {
    let mut score = Score::new(PPQ);
    score.title = header.title();
    if let Some(meter) = header.meter {
        score.meters.set(0, meter);
    }
    if let Some(tempo) = header.tempo {
        score.tempos.set(0, micros_from_qpm(tempo.quarters_per_minute));
    }
    score.keys.extend(header.signature.key.map(|key| KeyChange { tick: 0, key }));
    let mut first_order = Vec::new();
    let mut chords: Option<Voice> = None;
    for (i, (bars, about)) in voices.iter().enumerate() {
        // Repeats and parts are often written in the first voice alone.
        let follows = i > 0 && unfold::is_plain(bars) && bars.len() == voices[0].0.len();
        let order =
            if follows { std::mem::take(&mut first_order) } else { unfold::order(bars, header.parts(), problems) };
        let mut b = Builder::new(header, &mut score, about, i);
        if let Some(&first) = order.first() {
            b.pad(bars[first].length());
        }
        for &bar in &order {
            if b.now > LATEST || b.voice.notes.len() > MOST_NOTES {
                problems.push((bars[bar].line, Problem::TooLong));
                break;
            }
            b.bar(&bars[bar], problems);
        }
        let (voice, symbols) = b.finish(problems);
        if !voice.notes.is_empty() {
            score.push_voice(voice);
        }
        chords = chords.or(symbols);
        if i == 0 || follows {
            first_order = order;
        }
    }
    if let Some(chords) = chords {
        score.push_voice(chords);
    }
    if header.meter.is_none() {
        // Free time is shown in 4/4 for want of a better one.
        score.meters.set(0, Meter::COMMON);
    }
    score
}

struct Builder<'s> {
    score: &'s mut Score,
    leads: bool,
    voice: Voice,
    /// Chord symbols as they come: time in parts of a whole note, `None` for silence.
    chords: Vec<(Tick, Option<chords::ChordSymbol>)>,
    /// Where bars begin, in ticks.
    bar_starts: Vec<Tick>,
    meter: Option<Meter>,
    /// Parts of a whole note since the start.
    now: Tick,
    bar_start: Tick,
    /// Where the written bar begins: a repeat sign may stand inside a bar.
    written_start: Tick,
    pickup: Tick,
    n_bars: usize,
    /// Which of the lines of the voice, from 0, and the indices of notes held over in each.
    layer: usize,
    held: Vec<Vec<usize>>,
    line: usize,
}

impl<'s> Builder<'s> {
    fn new(header: &Header, score: &'s mut Score, about: &About, index: usize) -> Self {
        let (name, role) = match index {
            _ if about.drums => ("Drums".to_owned(), Role::Drums),
            0 => ("Melody".to_owned(), Role::Melody),
            _ => (format!("Voice {}", index + 1), Role::Other),
        };
        let program = about.program.unwrap_or(if index == 0 { MELODY_PROGRAM } else { 0 });
        Self {
            score,
            leads: index == 0,
            voice: Voice::new(about.name.clone().unwrap_or(name), role, program),
            chords: Vec::new(),
            bar_starts: Vec::new(),
            meter: header.meter,
            now: 0,
            bar_start: 0,
            written_start: 0,
            pickup: 0,
            n_bars: 0,
            layer: 0,
            held: vec![Vec::new()],
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
        (self.written_start, self.layer) = (self.now, 0);
        let end = self.now + bar.length();
        for item in &bar.items {
            self.item(item, bar.line, problems);
        }
        if self.layer > 0 && self.now != end {
            problems.push((self.line, Problem::Overlay));
        }
        self.now = end;
        // A line that is not written in this bar holds nothing over.
        self.held.truncate(self.layer + 1);
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
        // An odd tuplet does not divide without rest.
        if ticks(has) == ticks(wanted) {
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
            Item::Sound { pitches, length, words } => {
                if let Some(words) = words {
                    let kind = VoiceEventKind::Lyric(words.clone());
                    self.voice.events.push(VoiceEvent { tick: ticks(self.now), kind });
                }
                self.sound(pitches, *length);
                self.now += length;
            }
            Item::Overlay => {
                self.now = self.written_start;
                self.layer += 1;
                if self.held.len() <= self.layer {
                    self.held.push(Vec::new());
                }
            }
            Item::Symbol(text) => match chords::parse(text) {
                Some(Symbol::Chord(chord)) => self.chords.push((self.now, Some(chord))),
                Some(Symbol::NoChord) => self.chords.push((self.now, None)),
                None => problems.push((line, Problem::BadChordSymbol(text.clone()))),
            },
            Item::Key(signature) if self.leads => {
                let tick = ticks(self.now);
                self.score.keys.retain(|k| k.tick != tick);
                self.score.keys.extend(signature.key.map(|key| KeyChange { tick, key }));
            }
            Item::Meter(meter) => {
                self.meter = *meter;
                if let Some(meter) = meter.filter(|_| self.leads) {
                    self.score.meters.set(ticks(self.now), meter);
                }
            }
            Item::Key(_) => {}
            Item::Tempo(tempo) => {
                self.score.tempos.set(ticks(self.now), micros_from_qpm(tempo.quarters_per_minute));
            }
        }
    }

    fn sound(&mut self, pitches: &[(u8, bool)], length: Tick) {
        let (start, end) = (ticks(self.now), ticks(self.now + length));
        let before = std::mem::take(&mut self.held[self.layer]);
        for &(pitch, tied) in pitches {
            let continued = before.iter().copied().find(|i| self.voice.notes[*i].pitch == pitch);
            let index = match continued {
                Some(i) => {
                    self.voice.notes[i].duration = end - self.voice.notes[i].start;
                    i
                }
                None => {
                    self.voice.notes.push(Note::new(start, end - start, pitch, self.velocity()));
                    self.voice.notes.len() - 1
                }
            };
            if tied {
                self.held[self.layer].push(index);
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

    /// The voice, and the chords of its symbols.
    fn finish(mut self, problems: &mut Problems) -> (Voice, Option<Voice>) {
        // The last bar may lack what the pickup has.
        let has = self.now - self.bar_start;
        let complement = self.meter.is_some_and(|m| has + self.pickup == bar_parts(m));
        if has > 0 && !complement {
            self.close(true, problems);
        }
        let end = ticks(self.now);
        self.score.end = self.score.end.max(end);
        let chords = self.chord_voice(end);
        (self.voice, chords)
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

//! The lines of one voice to bars: pitches resolved by key and accidentals, lengths by tuplets and broken
//! rhythm, words laid under notes. Bars stand as they are written; repeats and parts are only marked.

use super::header::{self, Header, Signature, Tempo};
use super::lexer::{self, BarLine, Factor, Token, WrittenNote};
use super::lyrics::{self, Syllable};
use super::voices::VoiceLines;
use super::{Problem, Problems};
use crate::music::{Meter, Tick};

/// Parts of a whole note in which lengths are counted: divides by 3, 5, 7, 9, 11, 13 and 2¹³ without rest.
pub const WHOLE: Tick = 1920 * 64 * 63 * 143;

/// Longest note, rest or bar rest, so that sums stay far from overflow.
const LONGEST: Tick = 64 * WHOLE;

#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// Pitches that sound together (none: a rest), each with whether it is held into the next, and for
    /// how long.
    Sound {
        pitches: Vec<(u8, bool)>,
        length: Tick,
        words: Option<String>,
    },
    /// Back to the beginning of the bar, for another line of the voice.
    Overlay,
    /// A chord symbol from here on.
    Symbol(String),
    Key(Signature),
    /// `None`: bars are free from here on.
    Meter(Option<Meter>),
    Tempo(Tempo),
}

/// What stands between two bar lines.
#[derive(Clone, Debug, Default)]
pub struct Bar {
    pub line: usize,
    pub items: Vec<Item>,
    pub starts_repeat: bool,
    pub ends_repeat: bool,
    pub ends_section: bool,
    /// An ending for these passes begins here.
    pub ending: Vec<u8>,
    /// A part of this name begins here.
    pub part: Option<String>,
}

impl Bar {
    /// Of its first line; the others are as long, or too long or short.
    pub fn length(&self) -> Tick {
        let first = self.items.iter().take_while(|i| **i != Item::Overlay);
        first.map(|i| if let Item::Sound { length, .. } = i { *length } else { 0 }).sum()
    }

    fn has_sound(&self) -> bool {
        self.items.iter().any(|i| matches!(i, Item::Sound { .. }))
    }
}

/// Reads the lines of one voice.
pub fn read(header: &Header, voice: &VoiceLines<'_>, problems: &mut Problems) -> Vec<Bar> {
    let mut reader = Reader {
        signature: header.signature,
        meter: header.meter,
        unit: header.unit_length(),
        shift: voice.about.shift,
        bars: Vec::new(),
        bar: Bar::default(),
        accidentals: [None; 7],
        tied: Vec::new(),
        tuplet: None,
        broken: None,
        sung: Vec::new(),
        has_words: false,
        n_graces: 0,
        n_marks: 0,
        n_verses: 0,
        line: voice.lines.first().map_or(0, |l| l.0),
        problems,
    };
    for &(number, line) in &voice.lines {
        reader.line = number;
        match header::field(line) {
            Some((letter, text)) => reader.field(letter, text),
            None => {
                let line = header::without_comment(line);
                if !line.trim().is_empty() {
                    (reader.sung, reader.has_words) = (Vec::new(), false);
                }
                lexer::tokens(line).into_iter().for_each(|token| reader.token(token));
            }
        }
    }
    reader.finish()
}

struct Reader<'p> {
    signature: Signature,
    meter: Option<Meter>,
    unit: (i64, i64),
    /// Semitones from what is written to what sounds.
    shift: i32,
    bars: Vec<Bar>,
    bar: Bar,
    /// Accidentals in force until the bar line, by step and in all octaves (the standard's default).
    accidentals: [Option<i8>; 7],
    /// Written pitches (step, octave) and accidentals of the last notes, which a tie may hold over.
    tied: Vec<(u8, i32, i8)>,
    /// Notes left, and the factor of their lengths.
    tuplet: Option<(i64, i64, i64)>,
    /// `>` or `<` waits for its second note.
    broken: Option<i32>,
    /// Bar and place in it of the notes of the last line, under which words are laid.
    sung: Vec<(usize, usize)>,
    has_words: bool,
    n_graces: usize,
    n_marks: usize,
    n_verses: usize,
    line: usize,
    problems: &'p mut Problems,
}

impl Reader<'_> {
    fn finish(mut self) -> Vec<Bar> {
        self.dangling();
        self.close_bar(&BarLine::default());
        for (n, problem) in [
            (self.n_graces, Problem::GraceNotes(self.n_graces)),
            (self.n_marks, Problem::Marks(self.n_marks)),
            (self.n_verses, Problem::Verses(self.n_verses)),
        ] {
            if n > 0 {
                self.problems.push((self.line, problem));
            }
        }
        self.bars
    }

    fn field(&mut self, letter: char, text: &str) {
        let text = text.trim();
        let understood = match letter {
            'K' => header::signature(text).map(|s| {
                self.signature = s;
                self.bar.items.push(Item::Key(s));
            }),
            'M' => header::meter(text).map(|m| {
                self.meter = m;
                self.bar.items.push(Item::Meter(m));
            }),
            'L' => header::fraction(text).map(|unit| self.unit = unit),
            'Q' => header::tempo(text, self.unit).map(|t| self.bar.items.extend(t.map(Item::Tempo))),
            'P' => {
                if self.bar.has_sound() {
                    self.close_bar(&BarLine::default());
                }
                self.bar.part = Some(text.to_owned());
                Some(())
            }
            'w' => {
                self.words(text);
                Some(())
            }
            'm' => {
                self.problems.push((self.line, Problem::Macro(text.to_owned())));
                Some(())
            }
            // Remarks: not music.
            _ => Some(()),
        };
        if understood.is_none() {
            self.problems.push((self.line, Problem::BadField { letter, text: text.to_owned() }));
        }
    }

    fn token(&mut self, token: Token) {
        if self.bar.items.is_empty() {
            self.bar.line = self.line;
        }
        match token {
            Token::Note(note) => {
                let pitches = self.pitches(&[note]);
                self.sound(pitches, note.length);
            }
            Token::Chord(notes, factor) => {
                let pitches = self.pitches(&notes);
                let first = notes[0].length;
                let length = Factor {
                    numerator: first.numerator * factor.numerator,
                    denominator: first.denominator * factor.denominator,
                };
                self.sound(pitches, length);
            }
            Token::Rest(length) => self.sound(Vec::new(), length),
            Token::BarRest(n) => self.bar_rest(n),
            Token::BarLine(line) => self.close_bar(&line),
            Token::Ending(passes) => {
                if self.bar.has_sound() {
                    self.close_bar(&BarLine::default());
                }
                self.bar.ending = passes;
            }
            Token::Tuplet { p, q, r } => self.start_tuplet(p, q, r),
            Token::Broken(n) => self.break_rhythm(n),
            Token::Tie => self.tie(),
            Token::Quoted(text) => {
                // Annotations begin with their place.
                if !text.starts_with(['^', '_', '<', '>', '@']) {
                    self.bar.items.push(Item::Symbol(text));
                }
            }
            Token::Field(letter, text) => self.field(letter, &text),
            Token::Overlay => {
                self.dangling();
                self.accidentals = [None; 7];
                self.tied.clear();
                self.bar.items.push(Item::Overlay);
            }
            Token::Grace => self.n_graces += 1,
            Token::Mark(word) if is_jump(&word) => self.problems.push((self.line, Problem::Jump(word))),
            Token::Mark(_) => self.n_marks += 1,
            Token::Unknown(c) => self.problems.push((self.line, Problem::UnknownSign(c))),
        }
    }

    fn pitches(&mut self, notes: &[WrittenNote]) -> Vec<(u8, bool)> {
        let held = std::mem::take(&mut self.tied);
        let mut pitches = Vec::new();
        for note in notes {
            let step = usize::from(note.step);
            if note.accidental.is_some() {
                self.accidentals[step] = note.accidental;
            }
            // A tie carries its accidental across the bar line.
            let tied = held.iter().find(|(s, o, _)| (*s, *o) == (note.step, note.octave)).map(|t| t.2);
            let accidental = note.accidental.or(tied).or(self.accidentals[step]).unwrap_or(self.signature.steps[step]);
            self.tied.push((note.step, note.octave, accidental));
            let natural = [0, 2, 4, 5, 7, 9, 11][step];
            match u8::try_from((note.octave + 1) * 12 + natural + i32::from(accidental) + self.shift) {
                Ok(pitch) if pitch < 128 => pitches.push((pitch, note.tied)),
                _ => self.problems.push((self.line, Problem::OutOfRange)),
            }
        }
        pitches.sort_unstable();
        pitches.dedup_by_key(|p| p.0);
        pitches
    }

    fn sound(&mut self, pitches: Vec<(u8, bool)>, factor: Factor) {
        if pitches.is_empty() {
            self.tied.clear();
        } else {
            self.sung.push((self.bars.len(), self.bar.items.len()));
        }
        let mut length = WHOLE * self.unit.0 / self.unit.1 * factor.numerator.min(9999) / factor.denominator.max(1);
        if let Some((left, num, den)) = self.tuplet {
            length = length * num / den;
            self.tuplet = (left > 1).then_some((left - 1, num, den));
        }
        if let Some(n) = self.broken.take() {
            // `>` shortens what follows, `<` lengthens it.
            length = if n > 0 { length >> n } else { 2 * length - (length >> -n) };
        }
        self.bar.items.push(Item::Sound { pitches, length: length.min(LONGEST), words: None });
    }

    /// Lays a line of words under the notes of the last line of music.
    fn words(&mut self, text: &str) {
        if std::mem::replace(&mut self.has_words, true) {
            self.n_verses += 1;
            return;
        }
        let sung = std::mem::take(&mut self.sung);
        let mut notes = sung.into_iter().peekable();
        let mut bar = notes.peek().map_or(0, |n| n.0);
        for syllable in lyrics::syllables(text) {
            match syllable {
                Syllable::Bar => {
                    bar += 1;
                    while notes.next_if(|n| n.0 < bar).is_some() {}
                }
                Syllable::Skip | Syllable::Sung(_) => {
                    let Some((b, i)) = notes.next() else { break };
                    bar = b;
                    let items = if b < self.bars.len() { &mut self.bars[b].items } else { &mut self.bar.items };
                    if let (Syllable::Sung(text), Some(Item::Sound { words, .. })) = (syllable, items.get_mut(i)) {
                        *words = Some(text);
                    }
                }
            }
        }
    }

    /// Length and pitches of the last note, chord or rest of this bar.
    fn last_sound(&mut self) -> Option<(&mut Tick, &mut Vec<(u8, bool)>)> {
        let line = self.bar.items.iter_mut().rev().take_while(|i| **i != Item::Overlay);
        line.filter_map(|i| if let Item::Sound { length, pitches, .. } = i { Some((length, pitches)) } else { None })
            .next()
    }

    fn break_rhythm(&mut self, n: i32) {
        match self.last_sound() {
            Some((length, _)) => {
                *length = if n > 0 { 2 * *length - (*length >> n) } else { *length >> -n };
                self.broken = Some(n);
            }
            None => self.problems.push((self.line, Problem::DanglingMark("a broken rhythm"))),
        }
    }

    fn tie(&mut self) {
        match self.last_sound() {
            Some((_, pitches)) => pitches.iter_mut().for_each(|p| p.1 = true),
            None => self.problems.push((self.line, Problem::DanglingMark("a tie"))),
        }
    }

    fn start_tuplet(&mut self, p: i64, q: i64, r: i64) {
        let compound = self.meter.is_some_and(Meter::is_compound);
        let q = match (q, p) {
            (0, 3 | 6) => 2,
            (0, 2 | 4 | 8) => 3,
            (0, _) => {
                if compound {
                    3
                } else {
                    2
                }
            }
            (q, _) => q,
        };
        self.tuplet = (r > 0).then_some((r, q, p));
    }

    fn bar_rest(&mut self, n: i64) {
        let meter = self.meter.unwrap_or(Meter::COMMON);
        let length = WHOLE * i64::from(meter.numerator) / i64::from(meter.denominator);
        for i in 0..n.clamp(1, 999) {
            if i > 0 {
                self.close_bar(&BarLine::default());
            }
            self.bar.items.push(Item::Sound { pitches: Vec::new(), length, words: None });
        }
    }

    fn dangling(&mut self) {
        if self.broken.take().is_some() {
            self.problems.push((self.line, Problem::DanglingMark("a broken rhythm")));
        }
        if self.tuplet.take().is_some() {
            self.problems.push((self.line, Problem::DanglingMark("a tuplet")));
        }
    }

    fn close_bar(&mut self, line: &BarLine) {
        self.accidentals = [None; 7];
        // Two bar lines with nothing between are one: `|` at a line's end and `|:` at the next.
        if self.bar.has_sound() {
            self.dangling();
            if self.last_sound().is_some_and(|(_, pitches)| !pitches.iter().any(|p| p.1)) {
                self.tied.clear();
            }
            let bar = std::mem::take(&mut self.bar);
            self.bars.push(bar);
        }
        self.bar.line = self.line;
        if let Some(last) = self.bars.last_mut() {
            last.ends_repeat |= line.ends_repeat;
            last.ends_section |= line.section || line.ends_repeat;
        }
        self.bar.starts_repeat |= line.starts_repeat;
    }
}

/// Words that send the player elsewhere in the tune.
fn is_jump(word: &str) -> bool {
    matches!(word, "D.C." | "D.S." | "dacapo" | "dacoda" | "coda" | "fine" | "segno" | "D.C.alfine" | "D.C.alcoda")
}

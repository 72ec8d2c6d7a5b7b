//! ABC notation: a book of tunes to scores.
//!
//! A tune becomes a voice for each of its own and, where it has chord symbols, a chords voice. Repeats
//! and parts are played out. Grace notes, ornaments, slurs, macros and all verses but the first are not
//! read, and a warning counts them. A pickup is padded with a rest, so that it stands at the end of bar 0
//! and every bar line of the tune is one of the score: any pickup can be padded, whereas a short first bar
//! needs a meter that is exactly as long.
//!
//! Reading order: [`lexer`] → [`header`] → [`voices`] → [`lyrics`] → [`body`] (bars) → [`unfold`] (repeats)
//! → [`chords`] → [`build`] (the score). Writing is by itself: [`write`](mod@write).
//!
//! Source: "The ABC music standard 2.1" (December 2011), abcnotation.com.

mod body;
mod build;
pub(super) mod chords;
mod header;
mod lexer;
mod lyrics;
#[cfg(test)]
mod tests;
mod unfold;
mod voices;
mod write;

use crate::music::Score;
use header::Header;
use std::borrow::Cow;

pub use write::{Loss, write};

/// Ticks a quarter of the scores that are read.
pub const PPQ: u32 = 480;

/// A tune of a book.
#[derive(Clone, Debug, PartialEq)]
pub struct Tune {
    pub score: Score,
    pub title: String,
    /// The header's fields in their order: letter and text (`T`, `C`, `O`, `S` …).
    pub fields: Vec<(char, String)>,
}

impl Tune {
    /// The first field of this letter.
    pub fn field(&self, letter: char) -> Option<&str> {
        self.fields.iter().find(|f| f.0 == letter).map(|f| f.1.as_str())
    }
}

/// Something of a tune that was not understood, or does not add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The tune's title, or its number where it has none.
    pub tune: String,
    /// Which of the tunes that were read it is; `None` where it has no notes and is not among them.
    pub of: Option<usize>,
    /// The line of the book, from 1.
    pub line: usize,
    pub problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    UnknownSign(char),
    BadField {
        letter: char,
        text: String,
    },
    BadChordSymbol(String),
    /// Bars are counted as they are played, from 1.
    WrongBar {
        bar: usize,
        has_sixteenths: String,
        wants_sixteenths: String,
    },
    OutOfRange,
    DanglingMark(&'static str),
    /// A line after `&` that is not as long as its bar.
    Overlay,
    GraceNotes(usize),
    /// Ornaments, dynamics, bowings …
    Marks(usize),
    /// Lines of words after the first.
    Verses(usize),
    /// A mark that sends the player elsewhere.
    Jump(String),
    Macro(String),
    NoKey,
    NoPart(char),
    TooLong,
    /// Music after the empty line that ends a tune.
    AfterEnd,
    Empty,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "“{}”, line {}: ", self.tune, self.line)?;
        match &self.problem {
            Problem::UnknownSign(c) => write!(f, "the sign {c:?} was not understood and left out."),
            Problem::BadField { letter, text } => write!(f, "the field {letter}:{text} was not understood."),
            Problem::BadChordSymbol(text) => write!(f, "the chord symbol {text:?} was not understood."),
            Problem::WrongBar { bar, has_sixteenths, wants_sixteenths } => {
                write!(f, "bar {bar} has {has_sixteenths} sixteenths and should have {wants_sixteenths}.")
            }
            Problem::OutOfRange => write!(f, "a note beyond MIDI's range was left out."),
            Problem::DanglingMark(what) => write!(f, "{what} without the notes it needs."),
            Problem::Overlay => write!(f, "a line after “&” is not as long as its bar."),
            Problem::GraceNotes(1) => write!(f, "1 group of grace notes was left out."),
            Problem::GraceNotes(n) => write!(f, "{n} groups of grace notes were left out."),
            Problem::Marks(1) => write!(f, "1 ornament or mark for the player was passed over."),
            Problem::Marks(n) => write!(f, "{n} ornaments and marks for the player were passed over."),
            Problem::Verses(_) => write!(f, "of the words only the first verse was kept."),
            Problem::Jump(mark) => write!(f, "the jump {mark:?} was not followed; the music goes straight on."),
            Problem::Macro(text) => write!(f, "the macro {text:?} was not applied."),
            Problem::NoKey => write!(f, "there is no K: field; the tune was read in C."),
            Problem::NoPart(name) => write!(f, "there is no part {name:?}, which P: asks for."),
            Problem::TooLong => write!(f, "it is longer than a piece can be; the rest was left out."),
            Problem::AfterEnd => {
                write!(f, "what follows was left out, because an empty line before it ends the tune.")
            }
            Problem::Empty => write!(f, "there are no notes."),
        }
    }
}

/// Reads every tune of a book. A tune begins at its `X:` field and ends at an empty line; fields before
/// the first go for all. A tune without notes is left out, with a warning. Never fails: what is not a
/// tune at all gives no tunes.
pub fn read(text: &str) -> (Vec<Tune>, Vec<Warning>) {
    let (mut tunes, mut warnings) = (Vec::new(), Vec::new());
    let mut book = Book::default();
    let text = with_plain_line_ends(text);
    for (i, line) in text.lines().enumerate() {
        let line = line.strip_prefix('\u{feff}').unwrap_or(line);
        if line.starts_with("X:") {
            tunes.extend(tune(&book, tunes.len(), &mut warnings));
            book.begin((i + 1, line));
        } else {
            book.line((i + 1, line));
        }
    }
    tunes.extend(tune(&book, tunes.len(), &mut warnings));
    (tunes, warnings)
}

/// Old Macintosh files end their lines with a carriage return alone.
fn with_plain_line_ends(text: &str) -> Cow<'_, str> {
    let alone = text.contains('\r') && !text.contains("\r\n");
    if alone { Cow::Owned(text.replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

/// The lines of the tune being read, and those that go for all tunes.
#[derive(Default)]
struct Book<'a> {
    common: Vec<(usize, &'a str)>,
    tune: Vec<(usize, &'a str)>,
    /// Its `K:` has been seen: an empty line ends it.
    has_key: bool,
    ended: bool,
    /// The first line of music after the end.
    lost: Option<usize>,
    in_text: bool,
}

impl<'a> Book<'a> {
    fn begin(&mut self, line: (usize, &'a str)) {
        let mut tune = vec![line];
        tune.extend(&self.common);
        *self = Self { common: std::mem::take(&mut self.common), tune, ..Self::default() };
    }

    fn line(&mut self, line: (usize, &'a str)) {
        let text = line.1;
        if self.in_text || text.starts_with("%%begin") {
            self.in_text = !text.starts_with("%%end");
        } else if text.trim().is_empty() {
            self.ended |= self.has_key || self.tune.is_empty();
        } else if self.ended {
            let is_music = !self.tune.is_empty() && text.contains('|') && !text.starts_with('%');
            self.lost = self.lost.or(is_music.then_some(line.0));
        } else if self.tune.is_empty() {
            let goes_for_all = header::field(text).is_some_and(|f| "ABCDFGHILMNORSUZ".contains(f.0));
            if goes_for_all || text.starts_with("%%MIDI") {
                self.common.push(line);
            }
        } else {
            self.has_key |= text.starts_with("K:");
            self.tune.push(line);
        }
    }
}

fn tune(book: &Book<'_>, number: usize, warnings: &mut Vec<Warning>) -> Option<Tune> {
    let first_line = book.tune.first()?.0;
    let mut problems = Vec::new();
    let (header, head, rest) = Header::read(&book.tune, &mut problems);
    let voices: Vec<_> = voices::split(head, rest)
        .into_iter()
        .map(|voice| (body::read(&header, &voice, &mut problems), voice.about))
        .collect();
    let score = build::score(&header, &voices, &mut problems);
    let empty = score.n_notes() == 0;
    if empty {
        problems.push((first_line, Problem::Empty));
    }
    problems.extend(book.lost.map(|line| (line, Problem::AfterEnd)));
    problems.sort_by_key(|p| p.0);
    let name = header.name();
    let of = (!empty).then_some(number);
    warnings.extend(problems.into_iter().map(|(line, problem)| Warning { tune: name.clone(), of, line, problem }));
    (!empty).then(|| Tune { title: score.title.clone(), score, fields: header.fields })
}

/// Problems with the line they are on, gathered while a tune is read.
type Problems = Vec<(usize, Problem)>;

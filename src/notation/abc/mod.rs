//! ABC notation: a book of tunes to scores.
//!
//! A tune becomes a melody voice and, where it has chord symbols, a chords voice. Repeats are played
//! out. One voice of a tune is read; grace notes, decorations, slurs and words are not. A pickup is
//! padded with a rest, so that it stands at the end of bar 0 and every bar line of the tune is one
//! of the score: any pickup can be padded, whereas a short first bar needs a meter that is exactly as
//! long.
//!
//! Reading order: [`lexer`] → [`header`] → [`body`] (bars) → [`unfold`] (repeats) → [`chords`] →
//! [`build`] (the score).
//!
//! Source: "The ABC music standard 2.1" (December 2011), abcnotation.com.

mod body;
mod build;
mod chords;
mod header;
mod lexer;
#[cfg(test)]
mod tests;
mod unfold;

use crate::music::Score;
use header::Header;

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
    GraceNotes(usize),
    OtherVoices,
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
            Problem::GraceNotes(1) => write!(f, "1 group of grace notes was left out."),
            Problem::GraceNotes(n) => write!(f, "{n} groups of grace notes were left out."),
            Problem::OtherVoices => write!(f, "only the first of its voices was read."),
            Problem::Empty => write!(f, "there are no notes."),
        }
    }
}

/// Reads every tune of a book. A tune begins at its `X:` field; a tune without notes is left out,
/// with a warning. Never fails: what is not a tune at all gives no tunes.
pub fn read(text: &str) -> (Vec<Tune>, Vec<Warning>) {
    let (mut tunes, mut warnings) = (Vec::new(), Vec::new());
    let mut lines = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let line = line.strip_prefix('\u{feff}').unwrap_or(line);
        if line.starts_with("X:") {
            tunes.extend(tune(&lines, &mut warnings));
            lines.clear();
            lines.push((i + 1, line));
        } else if !lines.is_empty() {
            lines.push((i + 1, line));
        }
    }
    tunes.extend(tune(&lines, &mut warnings));
    (tunes, warnings)
}

fn tune(lines: &[(usize, &str)], warnings: &mut Vec<Warning>) -> Option<Tune> {
    let first_line = lines.first()?.0;
    let mut problems = Vec::new();
    let (header, rest) = Header::read(lines, &mut problems);
    let bars = body::read(&header, rest, &mut problems);
    let order = unfold::order(&bars);
    let score = build::score(&header, &bars, &order, &mut problems);
    let empty = score.n_notes() == 0;
    if empty {
        problems.push((first_line, Problem::Empty));
    }
    problems.sort_by_key(|p| p.0);
    let name = header.name();
    warnings.extend(problems.into_iter().map(|(line, problem)| Warning { tune: name.clone(), line, problem }));
    (!empty).then(|| Tune { title: score.title.clone(), score, fields: header.fields })
}

/// Problems with the line they are on, gathered while a tune is read.
type Problems = Vec<(usize, Problem)>;

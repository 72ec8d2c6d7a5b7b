//! A line of tune body to tokens. Knows signs, not music: no key, no meter, no time.

/// A length as written: a factor of the unit length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor {
    pub numerator: i64,
    pub denominator: i64,
}

/// A note as written. `step` is 0–6 for C–B, `octave` 4 is the one from middle C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenNote {
    pub accidental: Option<i8>,
    pub step: u8,
    pub octave: i32,
    pub length: Factor,
    /// Inside a chord: this note alone is held into the next.
    pub tied: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BarLine {
    pub ends_repeat: bool,
    pub starts_repeat: bool,
    /// A double or final bar line.
    pub section: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    Note(WrittenNote),
    Chord(Vec<WrittenNote>, Factor),
    Rest(Factor),
    /// `Z3`: three bars.
    BarRest(i64),
    BarLine(BarLine),
    /// `[1`, `|2`, `[1,3`.
    Ending(Vec<u8>),
    /// `p` notes in the time of `q` (0: by the meter), for the next `r`.
    Tuplet {
        p: i64,
        q: i64,
        r: i64,
    },
    /// `>` (positive) or `<`, as many as there are.
    Broken(i32),
    Tie,
    /// Quoted text: a chord symbol or an annotation.
    Quoted(String),
    Field(char, String),
    /// `&`: back to the bar line, for another line of the same voice.
    Overlay,
    Grace,
    /// An ornament or a mark for the player: a sign, or the word between `!` and `!`.
    Mark(String),
    Unknown(char),
}

/// Tokens of one line, its comment already taken off.
pub fn tokens(line: &str) -> Vec<Token> {
    let chars: Vec<char> = line.chars().collect();
    let mut lexer = Lexer { chars: &chars, at: 0 };
    let mut out = Vec::new();
    while let Some(c) = lexer.peek(0) {
        lexer.token(c, &mut out);
    }
    out
}

struct Lexer<'a> {
    chars: &'a [char],
    at: usize,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek(0) == Some(c);
        self.at += usize::from(found);
        found
    }

    fn token(&mut self, c: char, out: &mut Vec<Token>) {
        match c {
            '|' | ':' => self.bar_line(out),
            '[' => self.bracket(out),
            'A'..='G' | 'a'..='g' | '^' | '_' | '=' => match self.note() {
                Some(note) => out.push(Token::Note(note)),
                None => {
                    out.push(Token::Unknown(c));
                    self.at += 1;
                }
            },
            'z' | 'x' => {
                self.at += 1;
                out.push(Token::Rest(self.factor()));
            }
            'Z' | 'X' => {
                self.at += 1;
                out.push(Token::BarRest(self.number().unwrap_or(1)));
            }
            '"' => out.push(Token::Quoted(self.until('"'))),
            '{' if self.has_more('}') => {
                self.until('}');
                out.push(Token::Grace);
            }
            // Old books end a line with a lone `!`.
            '!' | '+' if self.has_more(c) => out.push(Token::Mark(self.until(c))),
            '&' => {
                self.at += 1;
                out.push(Token::Overlay);
            }
            '(' if self.peek(1).is_some_and(|d| d.is_ascii_digit()) => self.tuplet(out),
            '>' | '<' => {
                let start = self.at;
                while self.eat(c) {}
                let n = (self.at - start).min(4) as i32;
                out.push(Token::Broken(if c == '>' { n } else { -n }));
            }
            '-' => {
                self.at += 1;
                out.push(Token::Tie);
            }
            'y' => {
                self.at += 1;
                self.factor();
            }
            // Slurs, space, breaks of lines and dotted bar lines or slurs.
            '(' | ')' | ' ' | '\t' | '`' | '\\' | '!' | '$' => self.at += 1,
            '.' if matches!(self.peek(1), Some('|' | '(' | ')' | '-')) => self.at += 1,
            // The signs that the standard gives to marks, or to `U:`.
            '.' | '~' | 'H'..='W' | 'h'..='w' => {
                self.at += 1;
                out.push(Token::Mark(c.to_string()));
            }
            _ => {
                self.at += 1;
                out.push(Token::Unknown(c));
            }
        }
    }

    /// Whether `close` comes after the sign here.
    fn has_more(&self, close: char) -> bool {
        self.chars[self.at + 1..].contains(&close)
    }

    /// What stands between this quote and the closing one, or the end of the line.
    fn until(&mut self, close: char) -> String {
        self.at += 1;
        let start = self.at;
        while self.peek(0).is_some_and(|c| c != close) {
            self.at += 1;
        }
        let text = self.chars[start..self.at].iter().collect();
        self.at += 1;
        text
    }

    fn bar_line(&mut self, out: &mut Vec<Token>) {
        let start = self.at;
        loop {
            let thick = self.peek(0) == Some('[') && self.peek(1) == Some('|');
            let closing = self.peek(0) == Some(']') && self.at > start;
            if !(thick || closing || matches!(self.peek(0), Some('|' | ':'))) {
                break;
            }
            self.at += 1;
        }
        let signs: String = self.chars[start..self.at].iter().collect();
        let only_colons = signs.chars().all(|c| c == ':');
        out.push(Token::BarLine(BarLine {
            ends_repeat: signs.starts_with(':'),
            starts_repeat: signs.ends_with(':') && (signs.len() > 1),
            section: signs.contains("||") || signs.contains(']') || signs.contains('['),
        }));
        if only_colons && signs.len() == 1 {
            out.pop();
            out.push(Token::Unknown(':'));
        }
        self.ending(out);
    }

    /// The numbers of an ending, if they follow.
    fn ending(&mut self, out: &mut Vec<Token>) {
        let mut passes: Vec<u8> = Vec::new();
        while self.peek(0).is_some_and(|c| c.is_ascii_digit()) {
            let first = self.number().unwrap_or(1).clamp(1, 9) as u8;
            let last = if self.eat('-') { self.number().unwrap_or(1).clamp(1, 9) as u8 } else { first };
            passes.extend(first..=last);
            if !(self.peek(0) == Some(',') && self.peek(1).is_some_and(|c| c.is_ascii_digit()) && self.eat(',')) {
                break;
            }
        }
        if !passes.is_empty() {
            out.push(Token::Ending(passes));
        }
    }

    fn bracket(&mut self, out: &mut Vec<Token>) {
        match (self.peek(1), self.peek(2)) {
            (Some('|'), _) => self.bar_line(out),
            (Some(d), _) if d.is_ascii_digit() => {
                self.at += 1;
                self.ending(out);
            }
            (Some(letter), Some(':')) if letter.is_ascii_alphabetic() => {
                self.at += 2;
                let text = self.until(']');
                out.push(Token::Field(letter, text));
            }
            _ => self.chord(out),
        }
    }

    fn chord(&mut self, out: &mut Vec<Token>) {
        self.at += 1;
        let mut notes = Vec::new();
        while let Some(c) = self.peek(0).filter(|c| *c != ']') {
            match self.note() {
                Some(note) => notes.push(WrittenNote { tied: self.eat('-'), ..note }),
                // A symbol or a mark may stand inside: it counts for the chord.
                None if matches!(c, '[' | '|' | ':' | '&' | 'x' | 'z' | 'X' | 'Z' | '<' | '>') => {
                    self.at += 1;
                    out.push(Token::Unknown(c));
                }
                None => self.token(c, out),
            }
        }
        self.at += 1;
        let factor = self.factor();
        if notes.is_empty() {
            out.push(Token::Unknown('['));
        } else {
            out.push(Token::Chord(notes, factor));
        }
    }

    /// `None`, and nothing consumed, where there is no note.
    fn note(&mut self) -> Option<WrittenNote> {
        let start = self.at;
        let mut accidental = None;
        while let Some(c @ ('^' | '_' | '=')) = self.peek(0) {
            let step = match c {
                '^' => 1,
                '_' => -1,
                _ => 0,
            };
            accidental = Some((accidental.unwrap_or(0) + step).clamp(-2, 2));
            self.at += 1;
        }
        let letter = self.peek(0).unwrap_or(' ');
        let Some(step) = "CDEFGAB".find(letter.to_ascii_uppercase()).filter(|_| letter.is_ascii_alphabetic()) else {
            self.at = start;
            return None;
        };
        self.at += 1;
        let mut octave = if letter.is_ascii_lowercase() { 5 } else { 4 };
        while let Some(c @ ('\'' | ',')) = self.peek(0) {
            octave += if c == ',' { -1 } else { 1 };
            self.at += 1;
        }
        Some(WrittenNote { accidental, step: step as u8, octave, length: self.factor(), tied: false })
    }

    fn number(&mut self) -> Option<i64> {
        let start = self.at;
        let mut value = 0;
        while let Some(digit) = self.peek(0).and_then(|c| c.to_digit(10)) {
            value = (value * 10 + i64::from(digit)).min(999);
            self.at += 1;
        }
        (self.at > start).then_some(value)
    }

    /// `3`, `3/2`, `/`, `//`, `/3`, or nothing.
    fn factor(&mut self) -> Factor {
        let numerator = self.number().unwrap_or(1);
        let mut denominator = 1;
        while self.eat('/') {
            denominator = (denominator * self.number().unwrap_or(2).max(1)).min(1024);
        }
        Factor { numerator, denominator }
    }

    fn tuplet(&mut self, out: &mut Vec<Token>) {
        self.at += 1;
        let p = self.number().unwrap_or(3).max(1);
        let (mut q, mut r) = (0, p);
        if self.eat(':') {
            q = self.number().unwrap_or(0);
            if self.eat(':') {
                r = self.number().unwrap_or(p);
            }
        }
        out.push(Token::Tuplet { p, q, r });
    }
}

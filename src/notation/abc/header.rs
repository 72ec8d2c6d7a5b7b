//! The fields of a tune: key, meter, unit length, tempo.

use super::{Problem, Problems};
use crate::music::{Key, Meter, Mode};

/// A key as a tune has it: accidentals of the seven steps C–B, and the nearest [`Key`].
///
/// Dorian and Phrygian count as minor on their tonic, Mixolydian and Lydian as major: the tonic is
/// kept and the signature is not, because the ear hears the tonic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    pub steps: [i8; 7],
    pub key: Option<Key>,
}

/// A tempo: so many of a note value (a fraction of a whole note) a minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tempo {
    pub quarters_per_minute: f64,
}

/// Quarter notes a minute that are believed: MIDI holds no slower ones.
pub const TEMPOS: std::ops::RangeInclusive<f64> = 3.6..=10_000.0;

#[derive(Clone, Debug)]
pub struct Header {
    pub fields: Vec<(char, String)>,
    pub signature: Signature,
    /// `None`: free, bars are not checked.
    pub meter: Option<Meter>,
    /// Numerator and denominator of a whole note; `None`: by the meter.
    pub unit: Option<(i64, i64)>,
    pub tempo: Option<Tempo>,
}

/// Lines with their numbers in the book.
pub type Lines<'a> = [(usize, &'a str)];

impl Header {
    /// Reads up to and with `K:`. Gives the lines of the header too, and those of the body that follow.
    pub fn read<'a, 'b>(lines: &'b Lines<'a>, problems: &mut Problems) -> (Self, &'b Lines<'a>, &'b Lines<'a>) {
        let mut header = Self {
            fields: Vec::new(),
            signature: Signature { steps: [0; 7], key: None },
            meter: Some(Meter::COMMON),
            unit: None,
            tempo: None,
        };
        let mut tempo_text = None;
        for (i, &(number, line)) in lines.iter().enumerate() {
            let Some((letter, text)) = field(line) else {
                if !without_comment(line).trim().is_empty() {
                    problems.push((number, Problem::NoKey));
                    header.finish_tempo(tempo_text, problems);
                    return (header, &lines[..i], &lines[i..]);
                }
                continue;
            };
            header.fields.push((letter, text.to_owned()));
            let bad = || (number, Problem::BadField { letter, text: text.to_owned() });
            match letter {
                'M' => match meter(text) {
                    Some(m) => header.meter = m,
                    None => problems.push(bad()),
                },
                'L' => match fraction(text) {
                    Some(unit) => header.unit = Some(unit),
                    None => problems.push(bad()),
                },
                'Q' => tempo_text = Some((number, text)),
                'K' => {
                    match signature(text) {
                        Some(s) => header.signature = s,
                        None => problems.push(bad()),
                    }
                    header.finish_tempo(tempo_text, problems);
                    return (header, &lines[..=i], &lines[i + 1..]);
                }
                'm' => problems.push((number, Problem::Macro(text.to_owned()))),
                '+' => problems.push(bad()),
                _ => {}
            }
        }
        (header, lines, &[])
    }

    /// Once the unit length is known, on which a tempo without a note value leans.
    fn finish_tempo(&mut self, text: Option<(usize, &str)>, problems: &mut Problems) {
        let Some((number, text)) = text else { return };
        match tempo(text, self.unit_length()) {
            Some(tempo) => self.tempo = tempo,
            None => problems.push((number, Problem::BadField { letter: 'Q', text: text.to_owned() })),
        }
    }

    /// The unit length, as a fraction of a whole note.
    pub fn unit_length(&self) -> (i64, i64) {
        self.unit.unwrap_or_else(|| default_unit(self.meter))
    }

    pub fn title(&self) -> String {
        self.fields.iter().find(|f| f.0 == 'T').map(|f| plain(&f.1)).unwrap_or_default()
    }

    /// The order of the tune's parts, such as "AAB".
    pub fn parts(&self) -> Option<&str> {
        self.fields.iter().find(|f| f.0 == 'P').map(|f| f.1.as_str())
    }

    /// For warnings.
    pub fn name(&self) -> String {
        let number = || self.fields.iter().find(|f| f.0 == 'X').map_or("?", |f| f.1.as_str());
        Some(self.title()).filter(|t| !t.is_empty()).unwrap_or_else(|| format!("tune {}", number()))
    }
}

/// A sixteenth in meters shorter than three quarters, else an eighth.
fn default_unit(meter: Option<Meter>) -> (i64, i64) {
    match meter {
        Some(m) if i32::from(m.numerator) * 4 < i32::from(m.denominator) * 3 => (1, 16),
        _ => (1, 8),
    }
}

/// `T:Title` as letter and text, without its comment.
pub fn field(line: &str) -> Option<(char, &str)> {
    let mut chars = line.chars();
    let letter = chars.next().filter(|c| c.is_ascii_alphabetic() || *c == '+')?;
    let text = chars.as_str().strip_prefix(':')?;
    // "C:|" and "A::" are music.
    (!text.starts_with(['|', ':'])).then(|| (letter, without_comment(text).trim()))
}

/// The line up to its first `%` that is not written `\%`.
pub fn without_comment(line: &str) -> &str {
    let comment = line.match_indices('%').find(|(at, _)| !line[..*at].ends_with('\\'));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// Letters with accents, as `\"u` and the like.
const ACCENTS: [(char, &str, &str); 6] = [
    ('"', "aeiouAEIOUy", "äëïöüÄËÏÖÜÿ"),
    ('\'', "aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ"),
    ('`', "aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
    ('^', "aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
    ('~', "anoANO", "ãñõÃÑÕ"),
    ('c', "cC", "çÇ"),
];

/// The text of a field without its escapes.
pub fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(sign) = chars.peek().copied().filter(|_| c == '\\') else {
            out.push(c);
            continue;
        };
        if matches!(sign, '%' | '\\' | '&') {
            out.push(sign);
            chars.next();
            continue;
        }
        let mut after = chars.clone();
        after.next();
        let letter = after.peek().and_then(|letter| {
            let (_, plain, marked) = ACCENTS.iter().find(|a| a.0 == sign)?;
            marked.chars().nth(plain.chars().position(|p| p == *letter)?)
        });
        match letter {
            Some(letter) => {
                out.push(letter);
                chars.nth(1);
            }
            None => out.push(c),
        }
    }
    out
}

/// `C`, `C|`, `6/8`, `2+3/8`; the inner `None` for `none`.
pub fn meter(text: &str) -> Option<Option<Meter>> {
    match text {
        "none" | "" => return Some(None),
        "C" => return Some(Some(Meter::COMMON)),
        "C|" => return Some(Meter::new(2, 2)),
        _ => {}
    }
    let (top, bottom) = text.split_once('/')?;
    let beats = top.trim_matches(['(', ')', ' ']).split('+').map(|n| n.trim().parse::<u8>().ok());
    let numerator = beats.sum::<Option<u8>>().filter(|_| top.len() < 8)?;
    Meter::new(numerator, bottom.trim().parse().ok()?).map(Some)
}

pub fn fraction(text: &str) -> Option<(i64, i64)> {
    let (top, bottom) = text.split_once('/').unwrap_or((text, "1"));
    let (top, bottom) = (top.trim().parse().ok()?, bottom.trim().parse().ok()?);
    ((1..=64).contains(&top) && (1..=1024).contains(&bottom)).then_some((top, bottom))
}

/// `120`, `1/4=120`, `"Lively" 3/8=100`, `C3=60` (three units); the inner `None` where there are only words.
pub fn tempo(text: &str, unit: (i64, i64)) -> Option<Option<Tempo>> {
    // Words stand in quotes, before or after.
    let plain: String = text.split('"').step_by(2).collect();
    let plain = plain.trim();
    if plain.is_empty() {
        return Some(None);
    }
    let unit = unit.0 as f64 / unit.1 as f64;
    let (value, beats) = match plain.split_once('=') {
        Some((note, beats)) => match note.trim().strip_prefix('C') {
            Some("") => (unit, beats),
            Some(units) => (unit * units.trim().parse::<f64>().ok()?, beats),
            None => {
                let parts: Option<Vec<(i64, i64)>> = note.split_whitespace().map(fraction).collect();
                (parts?.iter().map(|(n, d)| *n as f64 / *d as f64).sum(), beats)
            }
        },
        None => (unit, plain),
    };
    let per_minute: f64 = beats.trim().parse().ok()?;
    let quarters_per_minute = per_minute * value * 4.0;
    TEMPOS.contains(&quarters_per_minute).then_some(Some(Tempo { quarters_per_minute }))
}

/// The order in which sharps are added, as steps C–B = 0–6; flats come in the reverse order.
const SHARPS: [usize; 7] = [3, 0, 4, 1, 5, 2, 6];

/// `G`, `Am`, `D dorian`, `Bb mix`, `HP`, `none`, each with accidentals of its own (`D ^c =f`).
pub fn signature(text: &str) -> Option<Signature> {
    let is_key = |w: &&str| (!w.contains('=') || w.starts_with('=')) && !is_clef(w);
    let mut words = text.split_whitespace().filter(is_key).peekable();
    let first = words.next().unwrap_or("none");
    let mut signature = match first {
        "none" => Signature { steps: [0; 7], key: None },
        "HP" | "Hp" => Signature { steps: steps_from_fifths(2), key: Some(Key::new(9, Mode::Major)) },
        _ => {
            let split = first.char_indices().nth(1).map_or(first.len(), |(i, _)| i);
            let (tonic, mut mode_word) = match first[split..].chars().next() {
                Some('#' | 'b') => first.split_at(split + 1),
                _ => first.split_at(split),
            };
            if mode_word.is_empty() && words.peek().is_some_and(|w| mode_offset(w).is_some()) {
                mode_word = words.next().unwrap_or_default();
            }
            let (offset, mode) = mode_offset(mode_word)?;
            let key = Key::new(Key::parse(tonic)?.tonic, mode);
            // Spelled as written: F# major has six sharps and Gb major six flats.
            let tonic_step = "FCGDAEB".find(&tonic[..1].to_ascii_uppercase())? as i8 - 1;
            let sign = if tonic.ends_with('#') {
                7
            } else if tonic.len() > 1 {
                -7
            } else {
                0
            };
            let fifths = tonic_step + sign + offset;
            if !(-7..=7).contains(&fifths) {
                return None;
            }
            Signature { steps: steps_from_fifths(fifths), key: Some(key) }
        }
    };
    for word in words {
        // "exp": the accidentals that follow are all there are.
        if word == "exp" {
            signature.steps = [0; 7];
        }
        if let Some((accidental, step)) = own_accidental(word) {
            signature.steps[step] = accidental;
        }
    }
    Some(signature)
}

/// How the notes are drawn, not what they are; an octave mark is the business of [`super::voices`].
fn is_clef(word: &str) -> bool {
    let name = word.trim_end_matches(['+', '-', '8', '1', '2', '3', '4', '5']);
    matches!(name, "treble" | "bass" | "alto" | "tenor" | "perc")
}

/// Fifths from the major key on the same tonic, and whether its third is major.
fn mode_offset(word: &str) -> Option<(i8, Mode)> {
    if word == "M" {
        return Some((0, Mode::Major));
    }
    let lower = word.to_ascii_lowercase();
    let short: String = lower.chars().take(3).collect();
    Some(match short.as_str() {
        "" | "maj" | "ion" => (0, Mode::Major),
        "mix" => (-1, Mode::Major),
        "lyd" => (1, Mode::Major),
        "m" | "min" | "aeo" => (-3, Mode::Minor),
        "dor" => (-2, Mode::Minor),
        "phr" => (-4, Mode::Minor),
        "loc" => (-5, Mode::Minor),
        _ => return None,
    })
}

fn steps_from_fifths(fifths: i8) -> [i8; 7] {
    let mut steps = [0; 7];
    for i in 0..usize::from(fifths.unsigned_abs().min(7)) {
        let step = if fifths > 0 { SHARPS[i] } else { SHARPS[6 - i] };
        steps[step] = fifths.signum();
    }
    steps
}

fn own_accidental(word: &str) -> Option<(i8, usize)> {
    let letter = word.chars().last()?.to_ascii_uppercase();
    let step = "CDEFGAB".find(letter)?;
    let accidental = match word.get(..word.len().checked_sub(1)?)? {
        "^^" => 2,
        "^" => 1,
        "=" => 0,
        "_" => -1,
        "__" => -2,
        _ => return None,
    };
    Some((accidental, step))
}

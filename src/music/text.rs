//! A one-line-a-voice notation so that tests read like music. Not a file format.
//!
//! `melody | 0 24 c4 | 24 24 d4 90` is a voice of two notes: start, duration (24 ticks a quarter),
//! pitch, and a velocity where it is not 80.

use super::note::{Note, pitch_name};
use super::score::{Role, Score, Voice};

/// Ticks a quarter of scores written in this notation.
pub const PPQ: u32 = 24;

/// Reads the notation. The error says which part was not understood.
pub fn parse(text: &str) -> Result<Score, String> {
    let mut score = Score::new(PPQ);
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let mut parts = line.split('|').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let role = Role::ALL.into_iter().find(|r| format!("{r:?}").eq_ignore_ascii_case(name)).unwrap_or_default();
        let mut voice = Voice::new(name, role, 0);
        for part in parts {
            voice.notes.push(parse_note(part).ok_or_else(|| format!("not a note: {part:?}"))?);
        }
        score.push_voice(voice);
    }
    Ok(score)
}

fn parse_note(text: &str) -> Option<Note> {
    let mut words = text.split_whitespace();
    let start = words.next()?.parse().ok()?;
    let duration = words.next()?.parse().ok()?;
    let pitch = parse_pitch(words.next()?)?;
    let velocity = words.next().map_or(Some(80), |w| w.parse().ok())?;
    Some(Note::new(start, duration, pitch, velocity))
}

/// "c4", "F#3", "e♭5", "bb2": middle C is C4 = 60.
pub fn parse_pitch(text: &str) -> Option<u8> {
    let split = text.find(|c: char| c.is_ascii_digit() || c == '-')?;
    let tonic = super::Key::parse(&text[..split])?.tonic;
    let octave: i32 = text[split..].parse().ok()?;
    u8::try_from((octave + 1) * 12 + i32::from(tonic)).ok().filter(|p| *p < 128)
}

/// Writes the notation, the same for equal scores.
pub fn print(score: &Score) -> String {
    let mut out = String::new();
    for voice in &score.voices {
        out += &voice.name;
        for n in &voice.notes {
            out += &format!(" | {} {} {}", n.start, n.duration, pitch_name(n.pitch));
            if n.velocity != 80 {
                out += &format!(" {}", n.velocity);
            }
        }
        out += "\n";
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn text_notation() {
        let score = parse("melody | 24 24 d4 90 | 0 24 c4\nbass | 0 48 Bb2").expect("valid");
        expect![[r#"
            melody | 0 24 C4 | 24 24 D4 90
            bass | 0 48 B♭2
        "#]]
        .assert_eq(&print(&score));
        assert_eq!(parse(&print(&score)), Ok(score));
    }
}

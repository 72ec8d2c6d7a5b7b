//! Which lines of a tune belong to which of its voices, and what is said about each: `V:` fields,
//! `[V:…]` inside a line, and the `%%MIDI` lines that name an instrument.
//!
//! Knows no notes. A tune without `V:` is one voice.

use super::header;

/// A voice: what was said about it, and its lines in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoiceLines<'a> {
    pub id: String,
    pub about: About,
    pub lines: Vec<(usize, &'a str)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    pub name: Option<String>,
    /// General MIDI program, 0–127.
    pub program: Option<u8>,
    pub drums: bool,
    /// Semitones between what is written and what sounds.
    pub shift: i32,
}

/// The voices of a tune in the order in which they are named, from the lines of its header and of its
/// body. At least one.
pub fn split<'a>(head: &[(usize, &'a str)], body: &[(usize, &'a str)]) -> Vec<VoiceLines<'a>> {
    let mut voices: Vec<VoiceLines<'a>> = Vec::new();
    // What is said before any voice is named goes for all of them.
    let (mut common, mut at) = (About::default(), None);
    for &(_, line) in head {
        match header::field(line) {
            Some(('V', text)) => at = Some(find(&mut voices, text, &common)),
            Some(('K', text)) => common.shift(text),
            _ => at.map_or(&mut common, |i: usize| &mut voices[i].about).midi(line),
        }
    }
    for voice in &mut voices {
        voice.about.shift += common.shift;
    }
    // The body begins in the first voice, unless it says otherwise.
    let mut at = 0;
    for &(number, line) in body {
        if let Some(('V', text)) = header::field(line) {
            at = find(&mut voices, text, &common);
            continue;
        }
        let mut rest = line;
        while let Some((before, text, after)) = inline_voice(rest) {
            push(&mut voices, at, (number, before), &common);
            (at, rest) = (find(&mut voices, text, &common), after);
        }
        push(&mut voices, at, (number, rest), &common);
    }
    if voices.is_empty() {
        voices.push(VoiceLines { about: common, ..VoiceLines::default() });
    }
    voices
}

fn push<'a>(voices: &mut Vec<VoiceLines<'a>>, at: usize, line: (usize, &'a str), common: &About) {
    if line.1.trim().is_empty() {
        return;
    }
    if voices.is_empty() {
        voices.push(VoiceLines { about: common.clone(), ..VoiceLines::default() });
    }
    voices[at].about.midi(line.1);
    voices[at].lines.push(line);
}

/// `A|[V:2]B` as "A|", "2" and "B".
fn inline_voice(line: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = header::without_comment(line).split_once("[V:")?;
    let (text, after) = rest.split_once(']')?;
    Some((before, text, after))
}

/// The index of the voice that a `V:` field names, a new one perhaps.
fn find(voices: &mut Vec<VoiceLines<'_>>, text: &str, common: &About) -> usize {
    let (id, properties) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
    // `*` is all voices: what follows goes to the first.
    let known = voices.iter().position(|v| v.id == id || id == "*");
    let index = known.unwrap_or_else(|| {
        voices.push(VoiceLines { id: id.to_owned(), about: common.clone(), ..VoiceLines::default() });
        voices.len() - 1
    });
    voices[index].about.properties(properties);
    index
}

impl About {
    /// `name="Violin I" clef=treble-8 octave=1`.
    fn properties(&mut self, text: &str) {
        self.shift(text);
        for key in ["name=", "nm="] {
            if let Some((_, value)) = text.split_once(key) {
                let value = match value.strip_prefix('"') {
                    Some(quoted) => quoted.split('"').next(),
                    None => value.split_whitespace().next(),
                };
                self.name = value.filter(|v| !v.is_empty()).map(header::plain);
                return;
            }
        }
    }

    /// Takes `octave=`, `transpose=` and an octave mark on a clef out of a field's text.
    fn shift(&mut self, text: &str) {
        let (mut shift, mut said) = (0, false);
        for word in text.split_whitespace() {
            let number = |prefix: &str| word.strip_prefix(prefix).and_then(|n| n.parse::<i32>().ok());
            let marked = if word.ends_with("+8") {
                Some(12)
            } else if word.ends_with("-8") {
                Some(-12)
            } else {
                None
            };
            let by = number("octave=").map(|n| n.clamp(-9, 9) * 12);
            if let Some(by) = by.or(number("transpose=").map(|n| n.clamp(-60, 60))).or(marked) {
                (shift, said) = (shift + by, true);
            }
        }
        if said {
            self.shift = shift;
        }
    }

    /// `%%MIDI program 40`, `%%MIDI program 2 40` (with a channel), `%%MIDI channel 10`.
    fn midi(&mut self, line: &str) {
        let text = line.strip_prefix("%%").or_else(|| line.strip_prefix("I:")).map(str::trim_start);
        let Some(text) = text.and_then(|t| t.strip_prefix("MIDI")) else { return };
        let mut words = header::without_comment(text).split_whitespace();
        let what = words.next().unwrap_or_default();
        let Some(value) = words.filter_map(|w| w.parse::<i32>().ok()).next_back() else { return };
        match what {
            "program" => self.program = u8::try_from(value).ok().filter(|p| *p < 128).or(self.program),
            "channel" => self.drums = value == 10,
            "transpose" => self.shift = value.clamp(-60, 60),
            _ => {}
        }
    }
}

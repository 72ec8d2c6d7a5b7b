//! Notes as text on the clipboard, so that they can be pasted into another window or a mail.

use crate::music::note::pitch_name;
use crate::music::text::parse_pitch;
use crate::music::{Note, Tick, transform};

const HEAD: &str = "cadenza notes";

/// Notes with the first at tick 0.
pub fn to_text(notes: &[Note], ppq: u32) -> String {
    let first = notes.iter().map(|n| n.start).min().unwrap_or(0);
    let mut out = format!("{HEAD}, {ppq} ticks a quarter\n");
    for n in notes {
        out += &format!("{} {} {} {}\n", n.start - first, n.duration, pitch_name(n.pitch), n.velocity);
    }
    out
}

/// The notes in `text`, in ticks of `ppq`; `None` where it holds something else.
pub fn from_text(text: &str, ppq: u32) -> Option<Vec<Note>> {
    let mut lines = text.lines();
    let from_ppq: u32 = lines.next()?.strip_prefix(HEAD)?.split_whitespace().find_map(|w| w.parse().ok())?;
    if !(1..=32_767).contains(&from_ppq) {
        return None;
    }
    let scaled = |tick: Tick| transform::rescaled(tick, from_ppq, ppq);
    let note = |line: &str| {
        let mut words = line.split_whitespace();
        let start: Tick = words.next()?.parse().ok().filter(|t| (0..1 << 40).contains(t))?;
        let duration: Tick = words.next()?.parse().ok().filter(|t| (1..1 << 40).contains(t))?;
        let pitch = parse_pitch(words.next()?)?;
        let velocity: u8 = words.next()?.parse().ok()?;
        Some(Note::new(scaled(start), scaled(start + duration) - scaled(start), pitch, velocity))
    };
    lines.filter(|l| !l.trim().is_empty()).map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_survive_the_clipboard_and_a_change_of_resolution() {
        let notes = [Note::new(960, 480, 61, 70), Note::new(1440, 240, 10, 127)];
        let text = to_text(&notes, 480);
        assert_eq!(from_text(&text, 480), Some(vec![Note::new(0, 480, 61, 70), Note::new(480, 240, 10, 127)]));
        assert_eq!(from_text(&text, 24), Some(vec![Note::new(0, 24, 61, 70), Note::new(24, 12, 10, 127)]));
        for other in ["", "hello", "cadenza notes\n", "cadenza notes, 480 ticks\n1 x"] {
            assert_eq!(from_text(other, 480), None, "{other:?}");
        }
    }
}

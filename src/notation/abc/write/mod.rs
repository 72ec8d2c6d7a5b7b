//! A score as an ABC tune.
//!
//! Every voice is a `V:` with its instrument; lines that overlap in a voice are parted with `&`. Times are
//! moved to the nearest that notation has. What ABC has no place for is counted in a [`Loss`] each.
//!
//! Reading order: [`grid`] (ticks to bars and steps) → [`layers`] (lines without overlaps) → [`spell`] →
//! [`bar`] → [`voice`] → here (the header, and the voices one after another).

mod bar;
mod grid;
mod layers;
mod spell;
#[cfg(test)]
mod tests;
mod voice;

use super::header::TEMPOS;
use crate::music::time::micros_from_qpm;
use crate::music::{Key, Mode, Role, Score, VoiceEventKind};
use std::fmt;

/// Bars at most, as many as the reader plays.
const MOST_BARS: usize = 100_000;

/// Something of a score that the text does not hold, or not exactly. `Display` is a full sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// How loud the notes are.
    Velocities,
    /// Notes moved to the nearest time that notation has, at most a 256th off.
    Rounded {
        n_notes: usize,
    },
    /// Bars that no meter is as long as.
    BarsRounded {
        n_bars: usize,
    },
    /// Changes of key or tempo moved to the nearest place that can hold them.
    ChangesMoved {
        n: usize,
    },
    Tempos {
        n: usize,
    },
    Programs {
        n: usize,
    },
    Messages {
        n: usize,
    },
    /// Words that are not under the beginning of a note.
    Words {
        n: usize,
    },
    TooDense {
        n_notes: usize,
    },
    TooLong {
        n_notes: usize,
    },
    /// Markers, and chords of the chord track.
    Marks {
        n: usize,
    },
    Empty,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        match self {
            Self::Velocities => write!(f, "ABC does not say how loud each note is; that was left out."),
            Self::Rounded { n_notes } => write!(
                f,
                "Moved to the nearest time that ABC notation has, at most a 256th note away: {}.",
                n(*n_notes, "note")
            ),
            Self::BarsRounded { n_bars } => {
                write!(f, "Made as long as the nearest meter says: {}.", n(*n_bars, "bar"))
            }
            Self::ChangesMoved { n: count } => {
                write!(f, "Moved to the next note or bar line: {} of key or tempo.", n(*count, "change"))
            }
            Self::Tempos { n: count } => {
                write!(f, "Left out, because too slow, too fast or after the last note: {}.", n(*count, "tempo"))
            }
            Self::Programs { n: count } => {
                write!(f, "Left out, because a voice has one instrument: {} of instrument.", n(*count, "change"))
            }
            Self::Messages { n: count } => {
                write!(f, "ABC has no place for pedals, bends and the like: {} left out.", n(*count, "message"))
            }
            Self::Words { n: count } => {
                write!(f, "Left out, because no note begins with them: {} of words.", n(*count, "syllable"))
            }
            Self::TooDense { n_notes } => {
                write!(f, "Left out, because too many notes sound at once: {}.", n(*n_notes, "note"))
            }
            Self::TooLong { n_notes } => {
                write!(f, "Left out, because after bar {MOST_BARS}: {}.", n(*n_notes, "note"))
            }
            Self::Marks { n: count } => {
                write!(
                    f,
                    "Left out, because ABC tunes are written without them: {} and chords of the chord track.",
                    n(*count, "marker")
                )
            }
            Self::Empty => write!(f, "There is no note in the piece."),
        }
    }
}

/// Writes a tune, and tells what was lost. Never fails.
pub fn write(score: &Score) -> (String, Vec<Loss>) {
    let bars = grid::bars(score, MOST_BARS);
    let end = score.last_note_end().max(score.end);
    let last = bars.last().map_or(0, |b| if bars.len() < MOST_BARS { end } else { b.from });
    let mut tally = Tally {
        bars_rounded: bars.iter().filter(|b| b.rounded).count(),
        n_late: score.notes().filter(|(_, n)| n.start >= last).count(),
        ..Tally::default()
    };
    let mut timeline = voice::Changes::of(score, &bars, &mut tally);
    let mut out = header(score, &bars, &timeline);
    let several = score.voices.len() > 1;
    for (i, v) in score.voices.iter().enumerate() {
        if several || !matches!(v.name.as_str(), "" | "Melody") {
            out += &format!("V:{} name=\"{}\"\n", i + 1, quoted(&v.name));
        }
        out += &match v.role {
            Role::Drums => "%%MIDI channel 10\n".to_owned(),
            _ => format!("%%MIDI program {}\n", v.program),
        };
        let notes: Vec<_> = v.notes.iter().filter(|n| n.start < last).copied().collect();
        let (placed, n_moved) = grid::place(&notes, &bars, score.ppq);
        tally.rounded += n_moved;
        let (lines, n_dense) = layers::layers(&placed);
        tally.dense += n_dense;
        out += &voice::write(v, &lines, &bars, &mut timeline, i == 0, &mut tally);
    }
    (out, tally.losses(score))
}

/// What is lost, as it is counted.
#[derive(Default)]
struct Tally {
    rounded: usize,
    bars_rounded: usize,
    moved: usize,
    tempos: usize,
    words: usize,
    dense: usize,
    n_late: usize,
}

impl Tally {
    fn losses(&self, score: &Score) -> Vec<Loss> {
        let mut velocities = score.notes().map(|(_, n)| n.velocity);
        let first = velocities.next();
        let dynamic = velocities.any(|v| Some(v) != first);
        let count = |wanted: fn(&VoiceEventKind) -> bool| {
            score.voices.iter().flat_map(|v| &v.events).filter(|e| wanted(&e.kind)).count()
        };
        let n_programs = count(|k| matches!(k, VoiceEventKind::Program(_)));
        let n_messages = count(|k| !matches!(k, VoiceEventKind::Program(_) | VoiceEventKind::Lyric(_)));
        let n_marks = score.markers.len() + score.chords.changes().iter().filter(|c| c.chord.is_some()).count();
        let all = [
            (usize::from(first.is_none()), Loss::Empty),
            (self.rounded, Loss::Rounded { n_notes: self.rounded }),
            (self.bars_rounded, Loss::BarsRounded { n_bars: self.bars_rounded }),
            (self.dense, Loss::TooDense { n_notes: self.dense }),
            (self.n_late, Loss::TooLong { n_notes: self.n_late }),
            (self.moved, Loss::ChangesMoved { n: self.moved }),
            (self.tempos, Loss::Tempos { n: self.tempos }),
            (n_programs, Loss::Programs { n: n_programs }),
            (n_messages, Loss::Messages { n: n_messages }),
            (self.words, Loss::Words { n: self.words }),
            (n_marks, Loss::Marks { n: n_marks }),
            (usize::from(dynamic), Loss::Velocities),
        ];
        all.into_iter().filter(|(n, _)| *n > 0).map(|(_, loss)| loss).collect()
    }
}

fn header(score: &Score, bars: &[grid::Bar], changes: &voice::Changes) -> String {
    let mut out = "X:1\n".to_owned();
    let title = escaped(&score.title);
    if !title.is_empty() {
        out += &format!("T:{title}\n");
    }
    out += &format!("M:{}\nL:1/8\n", bars.first().map_or(score.first_meter(), |b| b.meter));
    if let Some(tempo) = changes.first_tempo() {
        out += &format!("Q:{tempo}\n");
    }
    out + &format!("K:{}\n", key_text(changes.first_key()))
}

/// `Eb`, `F#m`, `none`.
fn key_text(key: Option<Key>) -> String {
    const MAJOR: [&str; 13] = ["Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#"];
    const MINOR: [&str; 13] = ["Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m"];
    let Some(key) = key else { return "none".to_owned() };
    let names = if key.mode == Mode::Major { MAJOR } else { MINOR };
    names.get((i16::from(key.fifths()) + 6) as usize).copied().unwrap_or("none").to_owned()
}

/// `1/4=120`, with as many decimals as the tempo needs. `None` where no reader would believe it.
fn tempo_text(micros_per_quarter: u32) -> Option<String> {
    let qpm = 60e6 / f64::from(micros_per_quarter);
    let exact = |text: &String| text.parse().is_ok_and(|t: f64| micros_from_qpm(t) == micros_per_quarter);
    let text = (0..9).map(|digits| format!("{qpm:.digits$}")).find(exact).unwrap_or_else(|| qpm.to_string());
    TEMPOS.contains(&qpm).then(|| format!("1/4={text}"))
}

/// Text of a field: one line, with the signs escaped that mean something else there.
fn escaped(text: &str) -> String {
    let one_line = text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|w| !w.is_empty());
    one_line.collect::<Vec<_>>().join(" ").replace('\\', "\\\\").replace('%', "\\%")
}

fn quoted(text: &str) -> String {
    escaped(&text.replace('"', "'"))
}

//! What of a piece could not be read or written as it was, one sentence a kind, with the first measure.

/// Problems of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub problem: Problem,
    /// How often.
    pub n: usize,
    /// The number of the measure where it first occurs; empty where that says nothing.
    pub measure: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    GraceNotes,
    CueNotes,
    Ornaments,
    NoLength,
    OutOfRange,
    Microtones,
    DrumsWithoutKey,
    BadNumber,
    BadMeter,
    ChordSymbols,
    LostJump,
    Rounded,
    Encoding(&'static str),
    /// Writing: controllers, bends, pressure, later programs.
    Messages,
    /// Writing: a lyric where no note begins, or a second one.
    Lyrics,
    /// Writing: tempo, meter or key after the end of the piece.
    AfterEnd,
    /// Writing: markers, and chords of the chord track.
    Marks,
    /// Writing: more bars than are written.
    TooManyBars,
}

impl Warning {
    /// Whether notes were changed so that they could be read.
    pub fn touches_notes(&self) -> bool {
        use Problem::*;
        matches!(self.problem, NoLength | OutOfRange | Microtones | DrumsWithoutKey | Rounded)
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (what, one, many) = match self.problem {
            Problem::GraceNotes => ("Left out, because without a time of their own", "grace note", "grace notes"),
            Problem::CueNotes => ("Left out, because only a hint to the player", "cue note", "cue notes"),
            Problem::Ornaments => {
                ("Not played, because written as signs", "trill or other ornament", "trills and other ornaments")
            }
            Problem::NoLength => ("Left out, because without any length", "note", "notes"),
            Problem::OutOfRange => ("Left out, because beyond MIDI's range", "note", "notes"),
            Problem::Microtones => ("Moved to the nearest semitone", "note", "notes"),
            Problem::DrumsWithoutKey => {
                ("Given to the snare, because the file does not say which drum", "note", "notes")
            }
            Problem::BadNumber => ("Passed over, because not understood", "time or length", "times or lengths"),
            Problem::BadMeter => ("Passed over, because not understood", "time signature", "time signatures"),
            Problem::ChordSymbols => ("Not understood and left out", "chord symbol", "chord symbols"),
            Problem::LostJump => ("Not played out, because its goal is missing", "jump", "jumps"),
            Problem::Rounded => ("Moved to the nearest tick", "note", "notes"),
            Problem::Encoding(name) => {
                return write!(f, "The text is not what it says it is and was read as {name}; titles may look wrong.");
            }
            Problem::Messages => (
                "Not written, because MusicXML has no place for them",
                "controller, bend or program",
                "controllers, bends and programs",
            ),
            Problem::Lyrics => ("Not written, because no note begins there or has words already", "lyric", "lyrics"),
            Problem::AfterEnd => (
                "Not written, because after the end",
                "change of tempo, meter or key",
                "changes of tempo, meter or key",
            ),
            Problem::Marks => {
                ("Not written", "marker or chord of the chord track", "markers and chords of the chord track")
            }
            Problem::TooManyBars => ("Not written, because beyond the last measure that is", "note", "notes"),
        };
        let first = match (self.n, self.measure.as_str()) {
            (_, "") => String::new(),
            (1, measure) => format!(" (in measure {measure})"),
            (_, measure) => format!(" (the first in measure {measure})"),
        };
        write!(f, "{what}: {} {}{first}.", self.n, if self.n == 1 { one } else { many })
    }
}

/// Warnings while they are gathered.
#[derive(Default)]
pub struct Problems(Vec<Warning>);

impl Problems {
    pub fn add(&mut self, problem: Problem, measure: &str) {
        match self.0.iter_mut().find(|w| w.problem == problem) {
            Some(warning) => warning.n += 1,
            None => self.0.push(Warning { problem, n: 1, measure: measure.to_owned() }),
        }
    }

    pub fn into_warnings(self) -> Vec<Warning> {
        self.0
    }
}

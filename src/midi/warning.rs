//! What was repaired or left out while reading or writing, one sentence each.
//!
//! Warnings of a kind are counted together, so that a broken file has a handful and not thousands.

use crate::music::Tick;

/// Something the caller should know. `Display` is a full sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The header was found only after other bytes.
    LeadingBytes { n_bytes: usize },
    /// The header names a format other than 0, 1 and 2; the tracks were taken to sound together.
    UnknownFormat { format: u16 },
    /// Patterns of a type 2 file were put one after another.
    PatternsJoined { n_patterns: usize },
    /// The division was zero; 480 ticks a quarter were assumed.
    NoDivision,
    /// The file counts time in frames; its ticks were given a fixed tempo.
    FrameTime { frames_per_second: u8, ticks_per_frame: u8 },
    /// The header promises more tracks than there are.
    MissingTracks { declared: u16, found: usize },
    /// A track's length field was wrong; its events were read to its real end.
    WrongLength { n_tracks: usize, first_byte: usize },
    /// The file ends inside a track.
    Truncated { track: usize, byte: usize },
    /// A track without an end-of-track message.
    NoEndOfTrack { n_tracks: usize },
    /// A track was given up in the middle.
    BrokenTrack { track: usize, byte: usize, reason: &'static str },
    /// Notes never released were ended where their track ends.
    Unended { n_notes: usize, first_tick: Tick },
    /// Notes that end where they start were left out.
    ZeroLength { n_notes: usize, first_tick: Tick },
    /// Notes of one pitch overlapped in a channel; each release ended the one that began first.
    Overlapping { n_notes: usize, first_tick: Tick },
    /// Tempo, meter or key messages with impossible values were left out.
    Impossible { what: &'static str, n: usize, first_tick: Tick },
    /// Names or words are not UTF-8; how they are encoded was guessed.
    GuessedText { encoding: &'static str },
    /// Messages that a score has no place for were left out.
    NotKept { n_texts: usize, n_exclusive: usize, n_other: usize },
    /// Controllers and the like on channels without a note were left out.
    NoVoice { n_messages: usize },
    /// The file goes on long after its last note; the piece was ended there.
    SilentTail { quarters: Tick },
    /// Writing: more voices than channels, so that some share one.
    SharedChannels { n_voices: usize },
    /// Writing: notes inside a longer one of the same pitch, whose ends MIDI cannot tell apart.
    Nested { n_notes: usize, first_tick: Tick },
    /// Writing: values outside of what MIDI can hold were moved to the nearest that it can.
    Clamped { n: usize },
    /// Writing: notes or messages after the end of the piece; it will read back longer.
    AfterEnd { n: usize },
    /// Writing: notes or messages beyond [`crate::midi::MAX_TICK`] were left out.
    TooLate { n: usize },
    /// Writing: more voices than a file has tracks for; the rest were left out.
    TooManyVoices { n_left_out: usize },
}

impl Warning {
    /// Whether the notes, or when they sound, may differ from what was meant. The others tell of
    /// a lost text or an untidy file.
    pub fn touches_notes(&self) -> bool {
        !matches!(
            self,
            Self::LeadingBytes { .. }
                | Self::NoEndOfTrack { .. }
                | Self::WrongLength { .. }
                | Self::GuessedText { .. }
                | Self::NotKept { .. }
                | Self::NoVoice { .. }
                | Self::SilentTail { .. }
                | Self::SharedChannels { .. }
        )
    }
}

fn n(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LeadingBytes { n_bytes } => write!(f, "The MIDI data begins only after {n_bytes} other bytes."),
            Self::UnknownFormat { format } => {
                write!(f, "The file says it is of type {format}, which does not exist; its tracks were read as type 1.")
            }
            Self::PatternsJoined { n_patterns } => {
                write!(f, "A type 2 file: its {n_patterns} patterns were put one after another.")
            }
            Self::NoDivision => write!(f, "The file does not say how long a tick is; 480 a quarter note were assumed."),
            Self::FrameTime { frames_per_second, ticks_per_frame } => write!(
                f,
                "The file counts time in frames ({frames_per_second} a second, {ticks_per_frame} ticks each), not in \
                 quarter notes; a fixed tempo was assumed."
            ),
            Self::MissingTracks { declared, found } => {
                write!(f, "The file promises {declared} tracks and holds {found}.")
            }
            Self::WrongLength { n_tracks, first_byte } => write!(
                f,
                "Wrong length in {} (the first at byte {first_byte}); read to the real end.",
                n(*n_tracks, "track")
            ),
            Self::Truncated { track, byte } => {
                write!(f, "The file is cut off in track {} at byte {byte}; what came before was kept.", track + 1)
            }
            Self::NoEndOfTrack { n_tracks } => write!(f, "No end-of-track message in {}.", n(*n_tracks, "track")),
            Self::BrokenTrack { track, byte, reason } => write!(
                f,
                "Track {} makes no sense from byte {byte} on ({reason}); what came before was kept.",
                track + 1
            ),
            Self::Unended { n_notes, first_tick } => write!(
                f,
                "Never released, and so ended with the track: {} (the first at tick {first_tick}).",
                n(*n_notes, "note")
            ),
            Self::ZeroLength { n_notes, first_tick } => write!(
                f,
                "Left out, because without any length: {} (the first at tick {first_tick}).",
                n(*n_notes, "note")
            ),
            Self::Overlapping { n_notes, first_tick } => write!(
                f,
                "Held over the next note of the same pitch: {} (the first at tick {first_tick}); each release was \
                 taken for the earlier note.",
                n(*n_notes, "note")
            ),
            Self::Impossible { what, n: count, first_tick } => {
                write!(f, "Left out, because impossible: {} (the first at tick {first_tick}).", n(*count, what))
            }
            Self::GuessedText { encoding } => {
                write!(f, "Names and words are not UTF-8 and were read as {encoding}; letters may be wrong.")
            }
            Self::NotKept { n_texts, n_exclusive, n_other } => {
                let parts = [(n_texts, "text"), (n_exclusive, "system-exclusive message"), (n_other, "other message")];
                let parts: Vec<String> =
                    parts.into_iter().filter(|(count, _)| **count > 0).map(|(count, what)| n(*count, what)).collect();
                write!(f, "Not kept, because a score has no place for them: {}.", parts.join(", "))
            }
            Self::NoVoice { n_messages } => {
                write!(f, "Left out, because no note is on their channel: {}.", n(*n_messages, "message"))
            }
            Self::SilentTail { quarters } => {
                write!(f, "{quarters} quarter notes of silence after the last note were left out.")
            }
            Self::SharedChannels { n_voices } => write!(
                f,
                "MIDI has 15 channels for pitched voices; on the channel of another, and perhaps with its \
                 instrument: {}.",
                n(*n_voices, "voice")
            ),
            Self::Nested { n_notes, first_tick } => write!(
                f,
                "Inside a longer note of the same pitch: {} (the first at tick {first_tick}); MIDI cannot say whose \
                 end is whose, so that the lengths will read back exchanged.",
                n(*n_notes, "note")
            ),
            Self::Clamped { n: count } => {
                write!(f, "Moved to the nearest that MIDI can hold: {}.", n(*count, "value"))
            }
            Self::AfterEnd { n: count } => {
                write!(f, "After the end of the piece, which will read back longer: {}.", n(*count, "message"))
            }
            Self::TooLate { n: count } => {
                write!(f, "Left out, because too late for a MIDI file: {}.", n(*count, "message"))
            }
            Self::TooManyVoices { n_left_out } => {
                write!(f, "Left out, because a MIDI file has room for 65534: {}.", n(*n_left_out, "voice"))
            }
        }
    }
}

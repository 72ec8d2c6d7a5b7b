//! Why a file was left out, or what was mended in it: a short stable code and one clear sentence.
//!
//! Codes are a contract with reports and scripts: new ones may come, old ones keep their meaning.

use super::choices::Remedy;
use crate::midi::Warning;
use crate::notation::{abc, musicxml};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

/// Fewer notes than this are no piece to learn from.
pub const FEWEST_NOTES: usize = 8;

/// Larger files are not opened. The largest MIDI files that people keep have a few megabytes.
pub const LARGEST_FILE_BYTES: u64 = 64 << 20;

/// No more is unpacked of one archive.
pub const LARGEST_ARCHIVE_BYTES: u64 = 4 << 30;

/// Archives with more files are refused.
pub const MOST_MEMBERS: u64 = 200_000;

/// Why nothing of a file is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeftOut {
    EmptyFile,
    /// Neither its name nor its first bytes are those of music that we know.
    NotMusic,
    /// The reader's own reason.
    Unreadable {
        reason: String,
    },
    /// The operating system would not give us the file.
    NoAccess {
        reason: String,
    },
    NotFound,
    TooLarge {
        bytes: u64,
    },
    NoNotes,
    DrumsOnly {
        n_notes: usize,
    },
    TooShort {
        n_notes: usize,
    },
    /// The user said so.
    ByChoice,
    /// A link whose target is missing.
    BrokenLink,
    /// A link to a folder that is read anyway, or that holds the link itself.
    LinkLoop,
    /// A pipe, a socket, a device.
    SpecialFile,
    /// A file of an archive that only a password opens.
    Encrypted,
    ArchiveInArchive,
    EmptyArchive,
    /// What a system adds to archives of its own: icons, copies of names.
    SystemFiles {
        n_files: usize,
    },
    TooManyMembers {
        n_files: u64,
    },
    /// So many bytes of the archive were unpacked before this file that no more are.
    ArchiveTooLarge,
    /// It would unpack to so many times its size that it must be meant to do harm.
    Bomb {
        times: u64,
    },
}

impl LeftOut {
    /// What can be done about it with one click.
    pub fn remedies(&self) -> &'static [Remedy] {
        match self {
            Self::TooShort { n_notes: 1.. } => &[Remedy::UseShort],
            Self::DrumsOnly { .. } => &[Remedy::UseDrums],
            _ => &[],
        }
    }

    /// A short code that never changes its meaning.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyFile => "empty-file",
            Self::NotMusic => "not-music",
            Self::Unreadable { .. } => "unreadable",
            Self::NoAccess { .. } => "no-access",
            Self::NotFound => "not-found",
            Self::TooLarge { .. } => "too-large",
            Self::NoNotes => "no-notes",
            Self::DrumsOnly { .. } => "drums-only",
            Self::TooShort { .. } => "too-short",
            Self::ByChoice => "by-choice",
            Self::BrokenLink => "broken-link",
            Self::LinkLoop => "link-loop",
            Self::SpecialFile => "special-file",
            Self::Encrypted => "encrypted",
            Self::ArchiveInArchive => "archive-in-archive",
            Self::EmptyArchive => "empty-archive",
            Self::SystemFiles { .. } => "system-files",
            Self::TooManyMembers { .. } => "too-many-members",
            Self::ArchiveTooLarge => "archive-too-large",
            Self::Bomb { .. } => "bomb",
        }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyFile => write!(f, "The file is empty."),
            Self::NotMusic => write!(f, "It is not a music file."),
            Self::Unreadable { reason } => write!(f, "It cannot be read: {reason}."),
            Self::NoAccess { reason } => write!(f, "It cannot be opened: {reason}."),
            Self::NotFound => write!(f, "There is no such file or folder."),
            Self::TooLarge { bytes } => {
                let limit = LARGEST_FILE_BYTES >> 20;
                write!(f, "It is larger than a piece of music can be: {} MiB, the limit is {limit}.", bytes >> 20)
            }
            Self::NoNotes => write!(f, "There is no note in it."),
            Self::DrumsOnly { n_notes } => write!(f, "It has drums only ({n_notes} notes), no note with a pitch."),
            Self::TooShort { n_notes } => {
                let notes = if *n_notes == 1 { "note" } else { "notes" };
                write!(f, "It is too short: {n_notes} {notes}, at least {FEWEST_NOTES} are needed.")
            }
            Self::ByChoice => write!(f, "You left it out."),
            Self::BrokenLink => write!(f, "It is a link to something that is not there."),
            Self::LinkLoop => write!(f, "It is a link to itself, or to a folder that is read anyway."),
            Self::SpecialFile => write!(f, "It is a pipe, a socket or a device, not a file."),
            Self::Encrypted => write!(f, "It is locked with a password."),
            Self::ArchiveInArchive => write!(f, "It is an archive inside an archive: unpack the outer one first."),
            Self::EmptyArchive => write!(f, "There is no file in the archive."),
            Self::SystemFiles { n_files } => {
                let files = if *n_files == 1 { "file" } else { "files" };
                write!(f, "It is no music: {n_files} {files} that macOS adds to archives.")
            }
            Self::TooManyMembers { n_files } => {
                write!(f, "The archive holds {n_files} files, the limit is {MOST_MEMBERS}: unpack it to a folder.")
            }
            Self::ArchiveTooLarge => {
                let limit = LARGEST_ARCHIVE_BYTES >> 30;
                write!(
                    f,
                    "The archive unpacks to more than {limit} GiB, and this file comes after: unpack it to a folder."
                )
            }
            Self::Bomb { times } => {
                write!(f, "It would unpack to {times} times its size, as no music does.")
            }
        }
    }
}

/// A short code of a repair.
pub type Code = &'static str;

/// Performed notes were moved onto beats.
pub const TIMING_ALIGNED: Code = "timing-aligned";

/// Every code that [`LeftOut::code`] gives.
pub const LEFT_OUT_CODES: [Code; 20] = [
    "empty-file",
    "not-music",
    "unreadable",
    "no-access",
    "not-found",
    "too-large",
    "no-notes",
    "drums-only",
    "too-short",
    "by-choice",
    "broken-link",
    "link-loop",
    "special-file",
    "encrypted",
    "archive-in-archive",
    "empty-archive",
    "system-files",
    "too-many-members",
    "archive-too-large",
    "bomb",
];

/// Every code that a repair can have: one that is kept in the cache is looked up here again.
pub const REPAIR_CODES: [Code; 11] = [
    "hung-notes-closed",
    "zero-lengths-dropped",
    "overlaps-resolved",
    "truncated",
    "broken-track",
    "impossible-values-dropped",
    "tempo-assumed",
    "patterns-joined",
    "mended",
    "unknown-signs-dropped",
    TIMING_ALIGNED,
];

fn known_code<'de, D: Deserializer<'de>>(from: D) -> Result<Code, D::Error> {
    let code = String::deserialize(from)?;
    REPAIR_CODES.into_iter().find(|c| *c == code).ok_or_else(|| de::Error::custom("a repair of another version"))
}

/// Something that was mended so that a file could be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// A short code that never changes its meaning.
    #[serde(deserialize_with = "known_code")]
    pub code: Code,
    /// One sentence with the count and the place.
    pub sentence: String,
}

impl Repair {
    /// The repair that a reader's warning tells of, or `None` where the notes are as they were meant.
    pub fn from_midi(warning: &Warning) -> Option<Self> {
        if !warning.touches_notes() {
            return None;
        }
        let code = match warning {
            Warning::Unended { .. } => "hung-notes-closed",
            Warning::ZeroLength { .. } => "zero-lengths-dropped",
            Warning::Overlapping { .. } => "overlaps-resolved",
            Warning::Truncated { .. } | Warning::MissingTracks { .. } => "truncated",
            Warning::BrokenTrack { .. } => "broken-track",
            Warning::Impossible { .. } => "impossible-values-dropped",
            Warning::NoDivision | Warning::FrameTime { .. } => "tempo-assumed",
            Warning::PatternsJoined { .. } => "patterns-joined",
            _ => "mended",
        };
        Some(Self { code, sentence: warning.to_string() })
    }

    /// What was wrong, as the rest of another sentence; without what became of it.
    pub fn clause(&self) -> String {
        let wrong = self.sentence.split(';').next().unwrap_or_default();
        let mut chars = wrong.trim_end_matches('.').chars();
        chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
    }

    /// What can be done instead, with one click.
    pub fn remedies(&self) -> &'static [Remedy] {
        if self.code == TIMING_ALIGNED { &[Remedy::LeaveTiming] } else { &[] }
    }

    /// As [`Repair::from_midi`], for ABC: notes or signs that were left out of a tune.
    pub fn from_abc(warning: &abc::Warning) -> Option<Self> {
        let code = match warning.problem {
            abc::Problem::UnknownSign(_) => "unknown-signs-dropped",
            abc::Problem::OutOfRange => "impossible-values-dropped",
            _ => return None,
        };
        Some(Self { code, sentence: warning.to_string() })
    }

    /// For MusicXML, of a warning that touches the notes.
    pub fn from_musicxml(warning: &musicxml::Warning) -> Self {
        let code = match warning.problem {
            musicxml::Problem::NoLength => "zero-lengths-dropped",
            musicxml::Problem::OutOfRange => "impossible-values-dropped",
            _ => "mended",
        };
        Self { code, sentence: warning.to_string() }
    }
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_one_sentence_and_has_a_code_of_its_own() {
        let all = [
            LeftOut::EmptyFile,
            LeftOut::NotMusic,
            LeftOut::Unreadable { reason: "no header".into() },
            LeftOut::NoAccess { reason: "permission denied".into() },
            LeftOut::NotFound,
            LeftOut::TooLarge { bytes: 1 << 30 },
            LeftOut::NoNotes,
            LeftOut::DrumsOnly { n_notes: 3 },
            LeftOut::TooShort { n_notes: 1 },
            LeftOut::ByChoice,
            LeftOut::BrokenLink,
            LeftOut::LinkLoop,
            LeftOut::SpecialFile,
            LeftOut::Encrypted,
            LeftOut::ArchiveInArchive,
            LeftOut::EmptyArchive,
            LeftOut::SystemFiles { n_files: 1 },
            LeftOut::TooManyMembers { n_files: 1 << 20 },
            LeftOut::ArchiveTooLarge,
            LeftOut::Bomb { times: 1000 },
        ];
        assert!(all.iter().map(LeftOut::code).eq(LEFT_OUT_CODES));
        let codes: std::collections::BTreeSet<_> = LEFT_OUT_CODES.into_iter().chain(REPAIR_CODES).collect();
        assert_eq!(codes.len(), LEFT_OUT_CODES.len() + REPAIR_CODES.len());
        for reason in &all {
            let text = reason.to_string();
            assert!(text.ends_with('.') && text.matches(". ").count() == 0, "{text}");
        }
    }

    #[test]
    fn an_untidy_file_is_not_a_repaired_one() {
        assert_eq!(Repair::from_midi(&Warning::NoEndOfTrack { n_tracks: 1 }), None);
        let hung = Repair::from_midi(&Warning::Unended { n_notes: 2, first_tick: 7 }).expect("touches notes");
        assert_eq!(hung.code, "hung-notes-closed");
        assert!(hung.sentence.contains("tick 7"));
    }
}

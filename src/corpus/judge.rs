//! One file's bytes become pieces, or the reason why not.
//!
//! Looks at the content before the name: a MIDI file without an ending is read, a picture called
//! `.mid` is refused with what it looks like.

use super::import::ImportOptions;
use super::library::FileState;
use super::packed::{Packed, Summary};
use super::reason::{FEWEST_NOTES, LARGEST_FILE_BYTES, LeftOut, Repair};
use super::{melody, roles};
use crate::midi;
use crate::music::{Key, Role, Score, charset};
use crate::notation::abc;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What one file came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Judged {
    pub state: FileState,
    pub pieces: Vec<JudgedPiece>,
    pub warnings: Vec<String>,
    /// In the cache it is what the verdict is found by.
    #[serde(skip)]
    pub hash: [u8; 32],
}

/// A piece with what can be known of it alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JudgedPiece {
    pub title: String,
    /// The cache keeps it by itself.
    #[serde(skip)]
    pub packed: Packed,
    pub summary: Summary,
    pub key: Option<(Key, f64)>,
}

impl Judged {
    pub fn left_out(why: LeftOut) -> Self {
        Self { state: FileState::LeftOut(why), pieces: Vec::new(), warnings: Vec::new(), hash: [0; 32] }
    }
}

/// Whether a file of this name that begins so may be music.
pub fn may_be_music(path: &Path, first_bytes: &[u8]) -> bool {
    Format::of_name(path).is_some() || looks_like_midi(first_bytes)
}

/// How many bytes [`may_be_music`] wants to see.
pub const FIRST_BYTES: u64 = 12;

/// The bytes of a file that may be music; others are refused by their first few.
///
/// # Errors
/// The reason why there is nothing to judge.
pub fn read_file(path: &Path) -> Result<Vec<u8>, LeftOut> {
    let no_access = |e: io::Error| LeftOut::NoAccess { reason: system_reason(&e) };
    let mut file = File::open(path).map_err(no_access)?;
    let length = file.metadata().map_err(no_access)?.len();
    if length == 0 {
        return Err(LeftOut::EmptyFile);
    }
    let mut bytes = Vec::new();
    if Format::of_name(path).is_none() {
        file.by_ref().take(FIRST_BYTES).read_to_end(&mut bytes).map_err(no_access)?;
        if !may_be_music(path, &bytes) {
            return Err(LeftOut::NotMusic);
        }
    }
    if length > LARGEST_FILE_BYTES {
        return Err(LeftOut::TooLarge { bytes: length });
    }
    // Limited once more: the file may grow while it is read.
    file.take(LARGEST_FILE_BYTES).read_to_end(&mut bytes).map_err(no_access)?;
    Ok(bytes)
}

/// The system's own words without the number behind them.
pub fn system_reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Midi,
    Abc,
    NotYet(&'static str),
}

impl Format {
    fn of_name(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "mid" | "midi" | "smf" | "kar" | "rmi" => Some(Self::Midi),
            "abc" => Some(Self::Abc),
            "mxl" => Some(Self::NotYet("Compressed MusicXML")),
            "musicxml" | "xml" => Some(Self::NotYet("MusicXML")),
            _ => None,
        }
    }
}

fn looks_like_midi(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MThd") || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"RMID"))
}

/// Judges the whole content of a file; `path` gives the format where the content does not, and a
/// title where the piece has none.
pub fn judge(bytes: &[u8], path: &Path, options: &ImportOptions) -> Judged {
    if bytes.is_empty() {
        return Judged::left_out(LeftOut::EmptyFile);
    }
    let format = if looks_like_midi(bytes) { Some(Format::Midi) } else { Format::of_name(path) };
    let judged = match format {
        None => Judged::left_out(LeftOut::NotMusic),
        Some(Format::NotYet(format)) => Judged::left_out(LeftOut::NotReadYet { format }),
        Some(Format::Midi) => judge_midi(bytes, path, options),
        Some(Format::Abc) => judge_abc(bytes, path, options),
    };
    Judged { hash: *blake3::hash(bytes).as_bytes(), ..judged }
}

fn judge_midi(bytes: &[u8], path: &Path, options: &ImportOptions) -> Judged {
    let (score, found) = match midi::read(bytes) {
        Ok(read) => read,
        Err(e) => return Judged::left_out(LeftOut::Unreadable { reason: e.to_string() }),
    };
    let repairs: Vec<Repair> = found.iter().filter_map(Repair::from_midi).collect();
    let mut warnings: Vec<String> = found.iter().filter(|w| !w.touches_notes()).map(|w| w.to_string()).collect();
    match piece(score, path, options) {
        Ok(piece) => {
            let state = if repairs.is_empty() { FileState::Used } else { FileState::Repaired(repairs) };
            Judged { state, pieces: vec![piece], warnings, hash: [0; 32] }
        }
        Err(why) => {
            // What was wrong with the file may be the very reason that nothing is left of it.
            warnings.splice(0..0, repairs.into_iter().map(|r| r.sentence));
            Judged { warnings, ..Judged::left_out(why) }
        }
    }
}

/// A tune book: the tunes that can be used are pieces, the others are warnings.
fn judge_abc(bytes: &[u8], path: &Path, options: &ImportOptions) -> Judged {
    let (text, mut warnings) = text_of(bytes);
    let (tunes, found) = abc::read(&text);
    let mut pieces = Vec::new();
    // "no tune" is the reason only where nothing better is known.
    let mut last = LeftOut::Unreadable { reason: "there is no tune in it: none begins with X:".to_owned() };
    for tune in tunes {
        let title = tune.title.clone();
        match piece(tune.score, path, options) {
            Ok(piece) => pieces.push(piece),
            Err(why) => {
                warnings.push(format!("“{title}” is left out. {why}"));
                last = why;
            }
        }
    }
    let (mended, told): (Vec<_>, Vec<_>) = found.iter().partition(|w| Repair::from_abc(w).is_some());
    warnings.extend(told.iter().map(|w| w.to_string()));
    let repairs: Vec<Repair> = mended.into_iter().filter_map(Repair::from_abc).collect();
    let state = match (pieces.is_empty(), repairs.is_empty()) {
        (true, _) => FileState::LeftOut(last),
        (false, true) => FileState::Used,
        (false, false) => FileState::Repaired(repairs),
    };
    Judged { state, pieces, warnings, hash: [0; 32] }
}

/// The text of a file, and a sentence where its encoding had to be guessed.
pub fn text_of(bytes: &[u8]) -> (String, Vec<String>) {
    let (text, encoding) = charset::decode(bytes);
    let told = encoding.map(|name| format!("The text is not UTF-8 and was read as {name}; letters may be wrong."));
    (text, told.into_iter().collect())
}

/// Whether a score is worth learning from, and what can be known of it alone.
fn piece(mut score: Score, path: &Path, options: &ImportOptions) -> Result<JudgedPiece, LeftOut> {
    let n_drums: usize = score.voices.iter().filter(|v| v.role == Role::Drums).map(|v| v.notes.len()).sum();
    let n_pitched = score.n_notes() - n_drums;
    if n_pitched == 0 {
        return Err(if n_drums > 0 { LeftOut::DrumsOnly { n_notes: n_drums } } else { LeftOut::NoNotes });
    }
    roles::refine(&mut score);
    if options.melody_only {
        score = melody::extract(&score);
    }
    let n_notes = if options.melody_only { score.n_notes() } else { n_pitched };
    if n_notes < FEWEST_NOTES {
        return Err(LeftOut::TooShort { n_notes });
    }
    let title = match score.title.trim() {
        "" => super::cache::stem(path),
        title => title.to_owned(),
    };
    let (packed, summary) = (Packed::of(&score), Summary::of(&score));
    Ok(JudgedPiece { title, packed, summary, key: Key::estimate(&score) })
}

//! What an import comes to: a row for every file, the pieces in them, and sums over both.

use super::choices::Remedy;
use super::packed::{Packed, Summary};
use super::reason::{LeftOut, Repair};
use super::statistics::Figures;
use super::timing::Timing;
use crate::music::{Key, KeySpan, Score};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// What names a piece wherever its file lies: the file's content, and the number of the tune in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PieceId {
    pub hash: [u8; 32],
    pub tune: u32,
}

/// One piece of music, ready to be learned from.
#[derive(Clone, Debug)]
pub struct Piece {
    pub title: String,
    /// The first folder below the imported one, or "" where the file lies directly in it.
    pub style: String,
    pub path: PathBuf,
    /// The row of its file in [`Library::rows`].
    pub row: usize,
    /// Asked for by [`Piece::score`].
    pub packed: Packed,
    /// What can be said of the score without unpacking it.
    pub summary: Summary,
    /// For the pictures of many pieces.
    pub figures: Figures,
    /// The key that its notes tell, with the confidence of [`Key::estimate`]; or the user's word, which
    /// counts as 1.
    pub key: Option<(Key, f64)>,
    /// Its keys in order: one where it does not modulate, none where no pitched note sounds.
    pub keys: Vec<KeySpan>,
    pub timing: Timing,
    /// Near-copies share a family. Numbered from 0 within a library.
    pub family: u32,
    /// BLAKE3 of the whole file.
    pub hash: [u8; 32],
    /// Its number in the file, from 0; tunes that are left out count.
    pub tune: u32,
}

impl Piece {
    /// A piece of no file.
    #[cfg(test)]
    pub fn made_of(score: &Score) -> Self {
        Self {
            title: String::new(),
            style: String::new(),
            path: PathBuf::new(),
            row: 0,
            packed: Packed::of(score),
            summary: Summary::of(score),
            figures: Figures::of(score),
            key: None,
            keys: Vec::new(),
            timing: Timing::default(),
            family: 0,
            hash: [0; 32],
            tune: 0,
        }
    }

    pub fn id(&self) -> PieceId {
        PieceId { hash: self.hash, tune: self.tune }
    }

    /// The score, read from the cache and unpacked each time: take `summary` where that will do.
    ///
    /// # Errors
    /// Where the cache cannot be read any more.
    pub fn score(&self) -> Result<Arc<Score>, NotesLost> {
        let lost = |e| NotesLost { path: self.path.clone(), reason: super::judge::system_reason(&e) };
        self.packed.score().map_err(lost)
    }
}

/// The notes of a piece are in the cache no more. Its file may still be there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its notes could not be read from the cache ({reason}), which is made anew when the folder is read again: {}", path.display())]
pub struct NotesLost {
    pub path: PathBuf,
    pub reason: String,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileState {
    Used,
    /// Used after mending; never empty.
    Repaired(Vec<Repair>),
    LeftOut(LeftOut),
}

impl FileState {
    /// "used", "repaired" or "left out".
    pub fn word(&self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Repaired(_) => "repaired",
            Self::LeftOut(_) => "left out",
        }
    }

    /// A short code that never changes its meaning: why left out, or the first repair. "" where the
    /// file is used as it is.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Used => "",
            Self::Repaired(repairs) => repairs.first().map_or("", |r| r.code),
            Self::LeftOut(why) => why.code(),
        }
    }

    /// Ways to use the file, or to use it differently, as far as the state alone tells; all of them are
    /// in [`FileRow::remedies`].
    pub fn remedies(&self) -> &'static [Remedy] {
        match self {
            Self::Used => &[],
            Self::Repaired(repairs) => repairs.iter().map(Repair::remedies).find(|r| !r.is_empty()).unwrap_or_default(),
            Self::LeftOut(why) => why.remedies(),
        }
    }

    pub fn is_left_out(&self) -> bool {
        matches!(self, Self::LeftOut(_))
    }
}

impl fmt::Display for FileState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Used => write!(f, "Used as it is."),
            Self::Repaired(repairs) => {
                write!(f, "Repaired.")?;
                repairs.iter().try_for_each(|r| write!(f, " {r}"))
            }
            Self::LeftOut(why) => write!(f, "Left out. {why}"),
        }
    }
}

/// A file that was found, and its fate.
#[derive(Clone, Debug)]
pub struct FileRow {
    /// Of a file in an archive: the archive's path, then the name in it.
    pub path: PathBuf,
    /// The archive that holds it.
    pub archive: Option<PathBuf>,
    pub style: String,
    pub state: FileState,
    /// BLAKE3 of the content, by which choices are kept; zeros where it was not read.
    pub hash: [u8; 32],
    /// What can be done with one click, this file alone or all files like it.
    pub remedies: Vec<Remedy>,
    /// What was chosen and has changed what is used.
    pub applied: Vec<Remedy>,
    /// Indices into [`Library::pieces`]; a tune book holds many, a file left out none.
    pub pieces: Vec<usize>,
    /// One sentence each for what was lost without harm to the notes, or what of the file is not used.
    pub warnings: Vec<String>,
}

impl FileRow {
    /// What became of it, and what of that was chosen.
    pub fn sentence(&self) -> String {
        let chosen = self.applied.iter().map(|r| r.chosen()).collect::<Vec<_>>().join(", ");
        match &self.state {
            state if chosen.is_empty() => state.to_string(),
            FileState::Used => format!("Used, as you chose: {chosen}."),
            state => format!("{state} As you chose: {chosen}."),
        }
    }
}

/// How many files met which fate. The three add up to the number of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub used: usize,
    pub repaired: usize,
    pub left_out: usize,
}

/// Everything that an import found.
#[derive(Clone, Debug, Default)]
pub struct Library {
    /// One a file, in the order of paths, whatever the number of threads.
    pub rows: Vec<FileRow>,
    /// In the order of rows.
    pub pieces: Vec<Piece>,
    pub families: usize,
    /// How long the import took.
    pub seconds: f64,
    /// It was stopped before the end: `rows` holds what was finished, of `files_found` files.
    pub cancelled: bool,
    pub files_found: usize,
    /// What the cache gave; `None` where every file was to be read afresh.
    pub cache: Option<CacheUse>,
}

/// What a cache was good for in one import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CacheUse {
    /// Files that were not even opened, because they are as they were.
    pub hits: usize,
    /// Files that were read.
    pub read: usize,
    /// How large the cache is now.
    pub bytes: u64,
    /// Why it was not used, or not kept up: one sentence.
    pub problem: Option<String>,
}

impl Library {
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            match row.state {
                FileState::Used => counts.used += 1,
                FileState::Repaired(_) => counts.repaired += 1,
                FileState::LeftOut(_) => counts.left_out += 1,
            }
        }
        counts
    }

    /// Files left out, by the code of their reason.
    pub fn reasons(&self) -> BTreeMap<&'static str, usize> {
        let mut reasons = BTreeMap::new();
        for row in self.rows.iter().filter(|r| r.state.is_left_out()) {
            *reasons.entry(row.state.reason()).or_default() += 1;
        }
        reasons
    }

    /// Files with each kind of repair; one file may have several.
    pub fn repairs(&self) -> BTreeMap<&'static str, usize> {
        let mut kinds = BTreeMap::new();
        for row in &self.rows {
            let FileState::Repaired(repairs) = &row.state else { continue };
            let codes: std::collections::BTreeSet<_> = repairs.iter().map(|r| r.code).collect();
            for code in codes {
                *kinds.entry(code).or_default() += 1;
            }
        }
        kinds
    }

    pub fn n_notes(&self) -> usize {
        self.pieces.iter().map(|p| p.summary.notes as usize).sum()
    }
}

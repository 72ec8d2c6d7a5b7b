//! `data.json`, the data card: which pieces a run learned from and which it was judged by, by the hashes
//! of their files, for people and for other programs. The pieces themselves are in the data file.

use super::data::{DataSet, Sequence};
use super::run::RunError;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The version that this program writes.
const VERSION: u32 = 1;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DataCard {
    pub version: u32,
    pub name: String,
    /// The folders that were read.
    pub folders: Vec<PathBuf>,
    /// Files found in them, of use or not; 0 where that is not known.
    #[serde(default)]
    pub files: usize,
    pub train_pieces: usize,
    pub valid_pieces: usize,
    pub train_notes: usize,
    pub valid_notes: usize,
    /// Those trained on, then those held out.
    pub pieces: Vec<PieceCard>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PieceCard {
    pub path: PathBuf,
    pub title: String,
    /// BLAKE3 of the file, in hexadecimal.
    pub hash: String,
    /// The folder below the one that was read.
    pub style: String,
    pub family: Option<u32>,
    /// Held out: never trained on.
    pub valid: bool,
    pub notes: usize,
}

impl DataCard {
    pub fn of(data: &DataSet) -> Self {
        let card = |s: &Sequence, valid| PieceCard {
            path: s.path.clone(),
            title: s.title.clone(),
            hash: s.hash.clone(),
            style: s.folder.clone(),
            family: s.family,
            valid,
            notes: s.n_notes(),
        };
        let train = data.train.iter().map(|s| card(s, false));
        Self {
            version: VERSION,
            name: data.card.name.clone(),
            folders: data.origin.folders.clone(),
            files: data.origin.files,
            train_pieces: data.train.len(),
            valid_pieces: data.valid.len(),
            train_notes: data.n_train_notes(),
            valid_notes: data.n_valid_notes(),
            pieces: train.chain(data.valid.iter().map(|s| card(s, true))).collect(),
        }
    }

    /// Reads a card.
    ///
    /// # Errors
    /// Missing (runs of earlier versions have none), or not understood.
    pub fn load(path: &Path) -> Result<Self, RunError> {
        let text = std::fs::read(path).map_err(|reason| RunError::Read { reason, path: path.to_owned() })?;
        serde_json::from_slice(&text).map_err(|e| RunError::Format {
            what: "data card",
            reason: e.to_string(),
            path: path.to_owned(),
        })
    }
}

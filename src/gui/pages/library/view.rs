//! The values the Library page draws, and what it asks for.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct LibraryView {
    pub folders: Vec<Folder>,
    /// Shared, so that the table knows by the pointer when it must sort again.
    pub rows: Arc<Vec<Row>>,
    pub progress: Option<LibraryProgress>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Folder {
    pub name: String,
    pub path: PathBuf,
    pub n_pieces: usize,
}

/// One piece. Numbers are 0 and texts empty where a file could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub title: String,
    pub style: String,
    pub bars: u32,
    pub notes: u32,
    pub voices: u32,
    pub key: String,
    pub meter: String,
    /// Quarter notes a minute.
    pub tempo: u32,
    pub state: RowState,
    pub path: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowState {
    Used,
    /// Used, after this was done to it.
    Repaired(String),
    /// Not used, for this reason.
    LeftOut(String),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct LibraryProgress {
    pub done: usize,
    pub total: usize,
    /// The file being read.
    pub current: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LibraryRequest {
    AddFolder(PathBuf),
    /// Files and folders that were dropped on the window.
    Add(Vec<PathBuf>),
    AddStarter,
    RemoveFolder(usize),
    Cancel,
    ExportReport(PathBuf),
}

impl RowState {
    /// 0 used, 1 repaired, 2 left out.
    pub fn kind(&self) -> usize {
        match self {
            RowState::Used => 0,
            RowState::Repaired(_) => 1,
            RowState::LeftOut(_) => 2,
        }
    }

    /// What was repaired, or why it was left out.
    pub fn reason(&self) -> &str {
        match self {
            RowState::Used => "",
            RowState::Repaired(reason) | RowState::LeftOut(reason) => reason,
        }
    }
}

impl LibraryView {
    /// How many pieces are in each state, by reason; indexed by [`RowState::kind`].
    pub fn counts(&self) -> [BTreeMap<String, usize>; 3] {
        let mut counts: [BTreeMap<String, usize>; 3] = Default::default();
        for row in self.rows.iter() {
            *counts[row.state.kind()].entry(row.state.reason().to_owned()).or_default() += 1;
        }
        counts
    }
}

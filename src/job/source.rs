//! Where the pieces of a training come from: folders that are read first, or a library in memory.

use crate::corpus::{self, ImportOptions, Library, NotesLost, Piece, Split};
use crate::train::DataSet;
use crate::train::data::Origin;
use anyhow::bail;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Clone, Debug)]
pub enum Source {
    /// Folders to read; those of `valid`, where given, are held out instead of a part of the first.
    Folders { train: Vec<PathBuf>, valid: Vec<PathBuf>, options: ImportOptions },
    /// A library that is read already, and which of its pieces to take.
    Library { library: Arc<Library>, pieces: Vec<usize> },
}

/// Pieces that are read, and split.
pub(super) struct Pieces {
    pub pieces: Vec<Piece>,
    pub split: Split,
    origin: Origin,
}

impl Pieces {
    pub fn data_set(&self, name: &str, common_tonic: bool) -> Result<DataSet, NotesLost> {
        let data = DataSet::from_split(name, &self.pieces, &self.split, common_tonic)?;
        Ok(DataSet { origin: self.origin.clone(), ..data })
    }
}

/// Reads and encodes.
pub(super) fn data_set(
    name: &str,
    source: Source,
    common_tonic: bool,
    says: &dyn Fn(String),
    cancel: &AtomicBool,
) -> anyhow::Result<DataSet> {
    Ok(read(source, says, cancel)?.data_set(name, common_tonic)?)
}

/// Reads, and says what came of it.
pub(super) fn read(source: Source, says: &dyn Fn(String), cancel: &AtomicBool) -> anyhow::Result<Pieces> {
    let (train, valid, options) = match source {
        Source::Library { library, pieces } => {
            let pieces: Vec<Piece> = pieces.iter().map(|i| library.pieces[*i].clone()).collect();
            let split = corpus::split(&pieces, 10);
            return Ok(Pieces { pieces, split, origin: Origin::default() });
        }
        Source::Folders { train, valid, options } => (train, valid, options),
    };
    // Read together, so that near-copies are found across the two.
    let folders: Vec<PathBuf> = train.iter().chain(&valid).cloned().collect();
    let library = corpus::import(&folders, &options, &|_| {}, cancel);
    if cancel.load(Ordering::SeqCst) {
        return Err(super::Cancelled.into());
    }
    let (files, c) = (library.rows.len(), library.counts());
    if let Some(problem) = library.cache.as_ref().and_then(|c| c.problem.clone()) {
        says(problem);
    }
    says(format!("{files} files read: {} used, {} repaired, {} left out", c.used, c.repaired, c.left_out));
    if library.pieces.is_empty() {
        bail!("nothing to train on: none of {files} files could be used (cadenza import says why)");
    }
    let origin = Origin { folders, files: library.files_found };
    let pieces = library.pieces;
    if valid.is_empty() {
        let split = corpus::split(&pieces, 10);
        return Ok(Pieces { pieces, split, origin });
    }
    let held = |p: &Piece| valid.iter().any(|v| p.path.starts_with(v));
    let held_families: BTreeSet<u32> = pieces.iter().filter(|p| held(p)).map(|p| p.family).collect();
    let mut split = Split::default();
    let mut copies = 0;
    for (i, piece) in pieces.iter().enumerate() {
        if held(piece) {
            split.valid.push(i);
        } else if held_families.contains(&piece.family) {
            copies += 1;
        } else {
            split.train.push(i);
        }
    }
    if copies > 0 {
        says(format!("{copies} pieces have a near-copy among those held out: they are not trained on"));
    }
    Ok(Pieces { pieces, split, origin })
}

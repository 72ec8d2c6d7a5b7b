//! A whole import: scan, judge every file in parallel, group near-copies.
//!
//! The result is the same whatever the number of threads. Looks at `cancel` at every file; what was
//! finished by then is kept.

use super::judge::{Judged, judge_file};
use super::library::{FileRow, Library, Piece};
use super::scan::{Found, scan};
use crate::index::Families;
use rayon::prelude::*;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// What the user may choose about an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Keep one line of each piece, by [`super::melody::extract`].
    pub melody_only: bool,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Looking through folders; so many files found.
    Scanning { found: usize },
    /// Files read and judged, of how many.
    Reading { done: usize, total: usize },
    /// Looking for near-copies among so many pieces.
    Comparing { pieces: usize },
}

/// Imports folders and files. `progress` is called from several threads, once a file and oftener
/// than anybody wants to see it: thin it out.
pub fn import(
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: &(dyn Fn(Progress) + Sync),
    cancel: &AtomicBool,
) -> Library {
    let begun = Instant::now();
    let found = scan(paths, &|found| progress(Progress::Scanning { found }), cancel);
    let total = found.len();
    let done = AtomicUsize::new(0);
    let judged: Vec<Option<Judged>> = found
        .par_iter()
        .map(|file| {
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            let judged = match &file.refused {
                Some(why) => Judged::left_out(why.clone()),
                None => judge_file(&file.path, options),
            };
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress(Progress::Reading { done, total });
            Some(judged)
        })
        .collect();
    let mut library = Library { files_found: total, cancelled: cancel.load(Ordering::Relaxed), ..Library::default() };
    let mut prints = Vec::new();
    for (file, judged) in found.into_iter().zip(judged) {
        if let Some(judged) = judged {
            add(&mut library, &mut prints, file, judged);
        }
    }
    progress(Progress::Comparing { pieces: library.pieces.len() });
    let families = Families::of(&prints);
    library.families = families.count;
    for (piece, family) in library.pieces.iter_mut().zip(families.of_piece) {
        piece.family = family;
    }
    library.seconds = begun.elapsed().as_secs_f64();
    library
}

fn add(library: &mut Library, prints: &mut Vec<crate::index::ngrams::Fingerprint>, file: Found, judged: Judged) {
    let first = library.pieces.len();
    let row = library.rows.len();
    for piece in judged.pieces {
        prints.push(piece.fingerprint);
        library.pieces.push(Piece {
            title: piece.title,
            style: file.style.clone(),
            path: file.path.clone(),
            row,
            score: piece.score,
            key: piece.key,
            family: 0,
            hash: judged.hash,
        });
    }
    library.rows.push(FileRow {
        path: file.path,
        style: file.style,
        state: judged.state,
        pieces: (first..library.pieces.len()).collect(),
        warnings: judged.warnings,
    });
}

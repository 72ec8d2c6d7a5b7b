//! The import of folders as a job. Cancelled, it still ends with what was read by then.

use super::{Control, Job, Waker};
use crate::corpus::{self, ImportOptions, Library, Progress};
use std::path::PathBuf;

/// Starts an import. On cancel it is done early: [`Library::cancelled`] tells.
pub fn spawn_import(paths: Vec<PathBuf>, options: ImportOptions, waker: Waker) -> Job<Progress, Library> {
    Job::spawn("import", waker, move |control: &Control<Progress>| {
        // No pause: it would hold the threads of the pool that everybody computes on.
        let progress = |p: Progress| control.send_thinned("progress", p);
        Ok(corpus::import(&paths, &options, &progress, control.cancel_flag()))
    })
}

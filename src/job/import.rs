//! The import of folders as a job. Cancelled, it still ends with what was read by then.

use super::{Control, Job, Waker};
use crate::corpus::{self, ImportOptions, Library, Progress};
use std::path::PathBuf;

/// Where the window and the command line keep what they have read of a library; `None` where the system
/// does not say where such things go.
pub fn cache_folder() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.cache_dir().join("cadenza").join("library"))
}

/// Starts an import. On cancel it is done early: [`Library::cancelled`] tells.
pub fn spawn_import(paths: Vec<PathBuf>, options: ImportOptions, waker: Waker) -> Job<Progress, Library> {
    Job::spawn("import", waker, move |control: &Control<Progress>| {
        // No pause: it would hold the threads of the pool that everybody computes on.
        let progress = |p: Progress| control.send_thinned("progress", p);
        Ok(corpus::import(&paths, &options, &progress, control.cancel_flag()))
    })
}

//! How a training is kept, apart from what it computes.

use crate::files::disk::{Disk, FileSystem};
use std::sync::Arc;
use std::time::Duration;

/// See [`Keeping::before`].
pub type Before = Box<dyn Fn(u64, usize) -> f64 + Send>;

pub struct Keeping {
    /// Time between two states on disk; `None` for as often as takes 2 % of the time at most.
    pub save_every: Option<Duration>,
    pub disk: Arc<dyn Disk>,
    /// A seam for tests of faults: called before a part of a batch is computed, with the number of the
    /// batch and the rows of the part. The loss is multiplied by what it gives; when it panics, it is the
    /// device that panics.
    pub before: Option<Before>,
}

impl Default for Keeping {
    fn default() -> Self {
        Self { save_every: None, disk: Arc::new(FileSystem), before: None }
    }
}

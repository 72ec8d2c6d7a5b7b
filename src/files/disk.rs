//! The way to the disk of whoever must live on when a write fails: a seam at which tests can be a disk
//! that is full, read-only or slow, without filling one.

use super::write_atomic;
use std::fmt::Debug;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

/// What keeps files.
pub trait Disk: Debug + Send + Sync {
    /// As [`write_atomic`].
    ///
    /// # Errors
    /// Whatever the disk says; the file is then as it was.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Adds bytes to the end of a file, making it where there is none.
    ///
    /// # Errors
    /// Whatever the disk says; what was written of it is taken back where that can be done.
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
}

/// The file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileSystem;

impl Disk for FileSystem {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        write_atomic(path, bytes)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        let before = file.metadata()?.len();
        file.write_all(bytes).inspect_err(|_| drop(file.set_len(before)))
    }
}

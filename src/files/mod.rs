//! Writing files so that nothing is ever half-written: temporary name, sync, rename.
//!
//! [`bundle`] is a folder as one file, [`container`] a file format for binary parts; [`store`] keeps byte
//! strings by key, [`path`] paths that are no text; [`disk`] is the seam for tests of what happens when a write
//! fails. Anybody may use this module, as they may `music`.

pub mod bundle;
pub mod container;
pub mod disk;
pub mod path;
pub mod store;

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Writes `bytes` to `path` atomically: whoever looks sees the old content or the new, never a part.
///
/// # Errors
/// Whatever the file system says; `path` is then unchanged.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_atomic_with(path, |file| file.write_all(bytes))
}

/// As [`write_atomic`], with the content written by `fill`.
///
/// # Errors
/// Whatever `fill` or the file system says; `path` is then unchanged.
pub fn write_atomic_with(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut temp = tempfile::Builder::new().prefix(".cadenza-").tempfile_in(folder)?;
    fill(temp.as_file_mut())?;
    temp.as_file().sync_all()?;
    make_readable(temp.as_file())?;
    temp.persist(path).map_err(|e| e.error)?;
    // The rename itself is durable once the folder is synced; not every system lets one open a folder.
    if let Ok(dir) = File::open(folder) {
        let _ = dir.sync_all();
    }
    Ok(())
}

/// A folder for the moment, gone when dropped.
///
/// # Errors
/// Whatever the file system says.
pub fn temporary_folder() -> io::Result<tempfile::TempDir> {
    tempfile::tempdir()
}

/// Temporary files are private (0600) by default; what we write for the user is theirs to share.
#[cfg(unix)]
fn make_readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}
#[cfg(not(unix))]
fn make_readable(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_no_litter() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("a.txt");
        write_atomic(&path, b"old").expect("writes");
        let failed = write_atomic_with(&path, |f| {
            f.write_all(b"half")?;
            Err(io::Error::other("disk full"))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&path).expect("reads"), b"old");
        assert_eq!(std::fs::read_dir(dir.path()).expect("lists").count(), 1);
    }
}

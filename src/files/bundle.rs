//! A folder as one file: a zip archive of plain files side by side.

use super::write_atomic;
use std::io::{self, Cursor, Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The archive of files with these names. The same files give the same bytes: no times are kept.
///
/// # Errors
/// What the archive cannot hold.
pub fn pack(files: &[(&str, Vec<u8>)]) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        zip.start_file(*name, options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Makes `folder` of an archive that [`pack`] made. It is there whole or not at all: the files are written
/// beside it first, and `finish` adds to them there.
///
/// # Errors
/// A damaged archive, a name that leads out of the folder, or what `finish` or the file system says.
pub fn unpack(archive: &[u8], folder: &Path, finish: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let parent = folder.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    let beside = tempfile::Builder::new().prefix(".cadenza-").tempdir_in(parent)?;
    let mut zip = ZipArchive::new(Cursor::new(archive))?;
    for i in 0..zip.len() {
        let mut file = zip.by_index(i)?;
        let name = file.enclosed_name().ok_or_else(|| io::Error::other("a file that lies elsewhere"))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        write_atomic(&beside.path().join(name), &bytes)?;
    }
    finish(beside.path())?;
    match std::fs::rename(beside.path(), folder) {
        // Somebody else was as quick: what is there is the same.
        Err(_) if folder.is_dir() => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_comes_back_as_it_was_packed_and_a_damaged_archive_leaves_nothing() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let files = [("a", b"one".to_vec()), ("b.txt", vec![7; 10_000])];
        let archive = pack(&files).expect("packs");
        assert_eq!(archive, pack(&files).expect("packs"), "the same bytes");
        assert!(archive.len() < 1_000, "packed");
        let folder = dir.path().join("x").join("folder");
        unpack(&archive, &folder, |beside| std::fs::write(beside.join("c"), b"more")).expect("unpacks");
        unpack(&archive, &folder, |_| Ok(())).expect("unpacks again");
        assert_eq!(std::fs::read(folder.join("c")).expect("a file"), b"more");
        for (name, bytes) in &files {
            assert_eq!(&std::fs::read(folder.join(name)).expect("a file"), bytes);
        }
        let damaged = dir.path().join("x").join("damaged");
        unpack(&archive[..archive.len() / 2], &damaged, |_| Ok(())).expect_err("cut short");
        unpack(&archive, &damaged, |_| Err(io::Error::other("no"))).expect_err("not finished");
        assert!(!damaged.exists());
        assert_eq!(std::fs::read_dir(dir.path().join("x")).expect("lists").count(), 1, "no litter");
    }
}

//! The starter tunes as MIDI files: a folder to import with nothing to download.

use crate::{files, midi, notation::starter};
use std::io;
use std::path::Path;

/// A starter tune as a file: `style/title.mid` (with `/` on every system) and its bytes.
pub fn compiled() -> Vec<(String, Vec<u8>)> {
    let tunes = starter::tunes_by_style();
    let file = |(style, tune): &(&str, crate::notation::abc::Tune)| {
        (format!("{style}/{}.mid", starter::slug(&tune.title)), midi::write(&tune.score).0)
    };
    tunes.iter().map(file).collect()
}

/// Writes every starter tune below `folder`, one folder a style, and says how many there are.
/// Existing files of those names are replaced.
///
/// # Errors
/// Whatever the file system says at the first file that cannot be written.
pub fn write_all(folder: &Path) -> io::Result<usize> {
    let files = compiled();
    for (name, bytes) in &files {
        let path = name.split('/').fold(folder.to_path_buf(), |path, part| path.join(part));
        files::write_atomic(&path, bytes)?;
    }
    Ok(files.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn committed() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/starter/midi")
    }

    /// After a change of a book, `CADENZA_BLESS=1 cargo test starter` writes the files anew.
    #[test]
    fn the_committed_midi_files_are_what_the_books_compile_to() {
        if std::env::var_os("CADENZA_BLESS").is_some() {
            write_all(&committed()).expect("writes");
        }
        let files = compiled();
        for (name, bytes) in &files {
            let there = std::fs::read(committed().join(name)).expect("a committed file for every tune");
            assert!(there == *bytes, "{name} is out of date");
        }
        let n_there = walk(&committed());
        assert_eq!(n_there, files.len(), "files of tunes that are no longer there");
    }

    fn walk(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path());
        entries.map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum()
    }

    #[test]
    fn a_compiled_tune_reads_back_as_it_was_written() {
        for (tune, (name, bytes)) in starter::tunes().iter().zip(compiled()) {
            let (score, warnings) = midi::read(&bytes).expect("our own file");
            assert!(warnings.is_empty(), "{name}: {warnings:?}");
            assert_eq!(score, tune.score, "{name}");
        }
    }

    #[test]
    fn writing_all_makes_a_folder_a_style() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let n = write_all(folder.path()).expect("writes");
        assert_eq!((n, walk(folder.path())), (compiled().len(), n));
        assert!(folder.path().join("irish").is_dir());
    }
}

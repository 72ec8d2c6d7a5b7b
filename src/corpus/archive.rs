//! The files in a ZIP archive, unpacked a few at a time.
//!
//! Believes no size that an archive states: what is unpacked is bounded for each file, for the archive,
//! and in proportion to the packed bytes. Writes nothing to disk, opens no archive inside an archive.

use super::judge::{FIRST_BYTES, may_be_music, system_reason};
use super::reason::{LARGEST_ARCHIVE_BYTES, LARGEST_FILE_BYTES, LeftOut, MOST_MEMBERS};
use crate::music::charset::Charset;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use zip::ZipArchive;
use zip::result::ZipError;

/// A file of an archive, or what several that are no music are told by.
pub struct Member {
    /// As a path with `/`, without anything that leads out of the archive.
    pub name: String,
    pub bytes: Result<Vec<u8>, LeftOut>,
}

/// So many files or bytes are unpacked before they are handed on.
const BATCH_MEMBERS: usize = 256;
const BATCH_BYTES: usize = 16 << 20;

/// More times its packed size is no music: MIDI packs to a third, MusicXML to a twentieth.
const HIGHEST_RATIO: u64 = 250;
/// Small files may pack to nothing.
const ALWAYS_FINE: u64 = 1 << 20;

/// Folders that only macOS has a use for.
const SYSTEM_FOLDER: &str = "__MACOSX";

/// Whether a file of this name is an archive.
pub fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"))
}

/// Unpacks an archive and hands its files on in batches, in its own order, until `take` breaks off.
///
/// # Errors
/// Why nothing of it can be read.
pub fn unpack(path: &Path, take: &mut dyn FnMut(Vec<Member>) -> ControlFlow<()>) -> Result<(), LeftOut> {
    let file = BufReader::new(File::open(path).map_err(no_access)?);
    let length = file.get_ref().metadata().map_err(no_access)?.len();
    unpack_from(file, length, take)
}

fn no_access(e: io::Error) -> LeftOut {
    LeftOut::NoAccess { reason: system_reason(&e) }
}

/// As [`unpack`], of an archive that is open, or in memory.
///
/// # Errors
/// Why nothing of it can be read.
pub fn unpack_from(
    mut file: impl Read + Seek,
    length: u64,
    take: &mut dyn FnMut(Vec<Member>) -> ControlFlow<()>,
) -> Result<(), LeftOut> {
    if length == 0 {
        return Err(LeftOut::EmptyFile);
    }
    let n_stated = stated_members(&mut file, length).map_err(no_access)?;
    if n_stated > MOST_MEMBERS {
        return Err(LeftOut::TooManyMembers { n_files: n_stated });
    }
    let mut archive = ZipArchive::new(file).map_err(|e| LeftOut::Unreadable { reason: reason(&e) })?;
    let names = names(&archive);
    let (mut batch, mut batch_bytes, mut unpacked, mut n_system, mut n_told) = (Vec::new(), 0, 0, 0, 0);
    for (i, name) in names.into_iter().enumerate() {
        if archive.by_index_data(i).is_ok_and(|entry| entry.is_dir()) {
            continue;
        }
        n_told += 1;
        if name.split('/').next() == Some(SYSTEM_FOLDER) {
            n_system += 1;
            continue;
        }
        let bytes = member(&mut archive, i, &name, LARGEST_ARCHIVE_BYTES - unpacked);
        let n = bytes.as_ref().map_or(0, Vec::len);
        unpacked += n as u64;
        batch_bytes += n;
        batch.push(Member { name, bytes });
        if batch.len() >= BATCH_MEMBERS || batch_bytes >= BATCH_BYTES {
            batch_bytes = 0;
            if take(std::mem::take(&mut batch)).is_break() {
                return Ok(());
            }
        }
    }
    if n_system > 0 {
        batch.push(Member { name: SYSTEM_FOLDER.to_owned(), bytes: Err(LeftOut::SystemFiles { n_files: n_system }) });
    }
    if n_told == 0 {
        return Err(LeftOut::EmptyArchive);
    }
    if !batch.is_empty() {
        let _ = take(batch);
    }
    Ok(())
}

/// How many files the end of an archive says that there are; 0 where that end is not found. It is looked
/// at before anything is made for each of them.
fn stated_members(file: &mut (impl Read + Seek), length: u64) -> io::Result<u64> {
    // The end record is followed by a comment of at most 65,535 bytes; that of large archives stands before.
    let from = length.saturating_sub(65_535 + 22 + 76);
    file.seek(SeekFrom::Start(from))?;
    let mut end = Vec::new();
    file.take(length - from).read_to_end(&mut end)?;
    file.seek(SeekFrom::Start(0))?;
    let number = |mark: &[u8], at: usize, n: usize| {
        let starts = end.windows(4).enumerate().filter(|(_, w)| *w == mark).map(|(i, _)| i);
        let numbers = starts.filter_map(|i| end.get(i + at..i + at + n));
        numbers.map(|b| b.iter().rev().fold(0u64, |sum, b| sum << 8 | u64::from(*b))).max().unwrap_or(0)
    };
    let small = number(b"PK\x05\x06", 10, 2);
    Ok(small.max(number(b"PK\x06\x06", 32, 8)))
}

/// All names, whose encoding is guessed from all of them where it is not UTF-8; with `/` between folders and no way out of the archive.
fn names<R: Read + Seek>(archive: &ZipArchive<R>) -> Vec<String> {
    let raw: Vec<&[u8]> = archive.file_names_raw().collect();
    let charset = Charset::of(raw.iter().copied());
    let clean = |name: String| {
        let parts = name.split(['/', '\\']).filter(|p| !matches!(*p, "" | "." | ".."));
        let name = parts.collect::<Vec<_>>().join("/");
        if name.is_empty() { "file".to_owned() } else { name }
    };
    raw.into_iter().map(|name| clean(charset.decode(name))).collect()
}

/// One file of an archive; `room` is how many bytes may still be unpacked.
fn member<R: Read + Seek>(archive: &mut ZipArchive<R>, i: usize, name: &str, room: u64) -> Result<Vec<u8>, LeftOut> {
    let unreadable = |e: &ZipError| LeftOut::Unreadable { reason: reason(e) };
    let entry = archive.by_index_data(i).map_err(|e| unreadable(&e))?;
    let (packed, stated, encrypted) = (entry.compressed_size(), entry.size(), entry.encrypted());
    if is_archive(Path::new(name)) {
        return Err(LeftOut::ArchiveInArchive);
    }
    if encrypted {
        return Err(LeftOut::Encrypted);
    }
    let mut file = archive.by_index(i).map_err(|e| unreadable(&e))?;
    let broken = |e: io::Error| LeftOut::Unreadable { reason: system_reason(&e) };
    let mut bytes = Vec::new();
    file.by_ref().take(FIRST_BYTES).read_to_end(&mut bytes).map_err(broken)?;
    if !may_be_music(Path::new(name), &bytes) {
        return Err(LeftOut::NotMusic);
    }
    let fine = packed.saturating_mul(HIGHEST_RATIO).max(ALWAYS_FINE);
    let bomb = |n: u64| LeftOut::Bomb { times: n / packed.max(1) };
    if stated > LARGEST_FILE_BYTES {
        return Err(LeftOut::TooLarge { bytes: stated });
    }
    if stated > fine {
        return Err(bomb(stated));
    }
    if stated > room {
        return Err(LeftOut::ArchiveTooLarge);
    }
    // What it states may be a lie: no more than may be is unpacked, and one byte to know that there is more.
    let limit = fine.min(LARGEST_FILE_BYTES).min(room);
    file.take((limit + 1).saturating_sub(bytes.len() as u64)).read_to_end(&mut bytes).map_err(broken)?;
    match bytes.len() as u64 {
        n if n <= limit => Ok(bytes),
        n if n > fine => Err(bomb(n)),
        n if n > room => Err(LeftOut::ArchiveTooLarge),
        n => Err(LeftOut::TooLarge { bytes: n }),
    }
}

/// What is wrong with an archive, as the rest of a sentence.
fn reason(error: &ZipError) -> String {
    match error {
        ZipError::Io(e) => system_reason(e),
        ZipError::InvalidArchive(what) => format!("the archive is damaged ({what})"),
        ZipError::UnsupportedArchive(what) => format!("it is packed in a way that is not read ({what})"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;

//! Byte strings by key in one growing file, for what can be made again but is dear to make.
//!
//! A record has a head, which is at hand once the store is open, and a body, which stays in the file until
//! somebody asks for it ([`Kept`]). Records are appended, each with a checksum; an index beside the file says
//! where they are and has all heads. It is believed while the file is as it was then: after a kill, or where
//! somebody else changed the file, the file is read through and what is torn or damaged is cut off. One process
//! at a time. What has not been used for the longest goes when the store is too large. Deliberately no
//! database: no transactions, no ranges, and nothing that a damaged file could make panic.

mod index;
mod kept;

use super::write_atomic;
use index::{Entry, Index};
pub use kept::{Body, Kept, checksum};
use kept::{Data, changed};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Names a record. Its bits are taken to be random, as those of a hash are.
pub type Name = [u8; 32];

const MAGIC: &[u8; 16] = b"cadenza store 3\n";
/// Magic, and a number that no other data file of this folder has had.
const HEADER: u64 = 24;
/// Checksum of what follows, lengths of head and body, name.
const RECORD: usize = 8 + 4 + 4 + 32;
/// Appended bytes wait until there are so many of them.
const BUFFER: usize = 1 << 20;
/// Larger records are not kept.
const LARGEST: usize = 1 << 30;
/// Overwritten records are not worth tidying up while they are fewer bytes than this.
const FEW_BYTES: u64 = 32 << 20;
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("another Cadenza is using it")]
    Locked,
    #[error("{0}")]
    Io(#[from] io::Error),
}

#[derive(Debug)]
struct Tail {
    /// Not yet in the file.
    buffer: Vec<u8>,
    /// How long the file is without `buffer`.
    end: u64,
    added: Index,
}

/// An open store; others must wait until it is closed or dropped.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    /// Held for its lock.
    _lock: File,
    data: Arc<Data>,
    id: u64,
    index: Index,
    tail: Mutex<Tail>,
    today: u32,
    /// The index on disk knows the same records, and the same days.
    index_fits: bool,
    days_fit: AtomicBool,
}

impl Store {
    /// Opens the store in `folder`, making it where there is none. What is not understood or damaged is
    /// thrown away: it can be made again.
    ///
    /// # Errors
    /// Where another process has it, or the system refuses.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked),
            Err(TryLockError::Error(e)) => return Err(e.into()),
        }
        let path = folder.join("data");
        let mut data = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        let id = match header_of(&mut data) {
            Some(id) => id,
            None => {
                let id = fresh_id();
                data.set_len(0)?;
                data.seek(SeekFrom::Start(0))?;
                data.write_all(&header(id))?;
                id
            }
        };
        let about = data.metadata()?;
        let (length, index_path) = (about.len(), folder.join("index"));
        let known = std::fs::read(&index_path).ok();
        let known = known.and_then(|bytes| Index::from_bytes(bytes, [id, length, changed(&about)]));
        let index_fits = known.is_some();
        let (index, end) = match known {
            Some(index) => (index, length),
            None => read_through(&mut data)?,
        };
        if end < length {
            data.set_len(end)?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            _lock: lock,
            data: Arc::new(Data::new(data, index_path)),
            id,
            index,
            tail: Mutex::new(Tail { buffer: Vec::new(), end, added: Index::default() }),
            today: today(),
            index_fits,
            days_fit: AtomicBool::new(true),
        })
    }

    /// What was kept under a name before this store was opened.
    pub fn get(&self, name: &Name) -> Option<(&[u8], Body<'_>)> {
        let entry = self.index.get(name)?;
        let head = self.index.head(entry)?;
        self.used(entry);
        let at = entry.at + (RECORD + head.len()) as u64;
        Some((head, Body { data: &self.data, at, len: entry.body }))
    }

    /// Somebody asked for it today.
    fn used(&self, entry: &Entry) {
        if entry.day.load(Ordering::Relaxed) != self.today {
            entry.day.store(self.today, Ordering::Relaxed);
            self.days_fit.store(false, Ordering::Relaxed);
        }
    }

    /// Keeps a head and a body under a name, in the place of those that were there.
    ///
    /// # Errors
    /// Whatever the system says, a full disk for one.
    pub fn put(&self, name: &Name, head: &[u8], body: &[u8]) -> io::Result<()> {
        if head.len() + body.len() > LARGEST {
            return Ok(());
        }
        let mut tail = self.tail();
        let from = tail.buffer.len();
        let at = tail.end + from as u64;
        tail.buffer.extend_from_slice(&[0; 8]);
        tail.buffer.extend_from_slice(&(head.len() as u32).to_le_bytes());
        tail.buffer.extend_from_slice(&(body.len() as u32).to_le_bytes());
        [name, head, body].into_iter().for_each(|part| tail.buffer.extend_from_slice(part));
        let sum = checksum(&tail.buffer[from + 8..]);
        tail.buffer[from..from + 8].copy_from_slice(&sum.to_le_bytes());
        tail.added.insert(*name, at, head, body.len() as u32, self.today);
        if tail.buffer.len() >= BUFFER { self.flush(&mut tail) } else { Ok(()) }
    }

    /// Writes what waits.
    fn flush(&self, tail: &mut Tail) -> io::Result<()> {
        self.data.write_at(&tail.buffer, tail.end)?;
        tail.end += tail.buffer.len() as u64;
        tail.buffer.clear();
        Ok(())
    }

    /// Writes everything that waits and the index; forgets the records longest unused where all of them
    /// take more than `limit` bytes. Says how many bytes there are now.
    ///
    /// # Errors
    /// Whatever the system says. What was kept before is still there.
    pub fn close(mut self, limit: u64) -> io::Result<u64> {
        let mut tail =
            std::mem::replace(&mut self.tail, Mutex::new(Tail { buffer: Vec::new(), end: 0, added: Index::default() }))
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner);
        self.flush(&mut tail)?;
        self.index_fits &= tail.added.is_empty();
        self.index.extend(&tail.added);
        let live: u64 = self.index.iter().map(size).sum();
        let dead = tail.end.saturating_sub(HEADER + live);
        if live > limit || dead > live.max(FEW_BYTES) {
            if live > limit {
                self.forget(live, limit / 4 * 3);
            }
            tail.end = self.rewrite()?;
            self.index_fits = false;
        }
        if !self.index_fits || !self.days_fit.load(Ordering::Relaxed) {
            self.data.sync()?;
            let changed = changed(&std::fs::metadata(self.folder.join("data"))?);
            let bytes = self.index.to_bytes([self.id, tail.end, changed]);
            write_atomic(&self.folder.join("index"), &bytes)?;
        }
        Ok(tail.end)
    }

    /// Takes the records longest unused out of the index until the others fit.
    fn forget(&mut self, mut live: u64, limit: u64) {
        let by_day = |e: &Entry| (e.day.load(Ordering::Relaxed), e.at, e.name, size(e));
        let mut by_day: Vec<(u32, u64, Name, u64)> = self.index.iter().map(by_day).collect();
        by_day.sort_unstable();
        for (_, _, name, size) in by_day {
            if live <= limit {
                break;
            }
            self.index.remove(&name);
            live -= size;
        }
    }

    /// A new data file with the records of the index alone, in their old order.
    fn rewrite(&mut self) -> io::Result<u64> {
        self.id = fresh_id();
        let (mut end, mut index) = (HEADER, Index::default());
        let path = self.folder.join("data");
        super::write_atomic_with(&path, |file| {
            let mut out = io::BufWriter::with_capacity(BUFFER, file);
            out.write_all(&header(self.id))?;
            let mut record = Vec::new();
            for entry in self.index.iter() {
                record.resize(size(entry) as usize, 0);
                self.data.read_at(&mut record, entry.at)?;
                out.write_all(&record)?;
                let head = self.index.head(entry).unwrap_or_default();
                index.insert(entry.name, end, head, entry.body, entry.day.load(Ordering::Relaxed));
                end += record.len() as u64;
            }
            out.flush()
        })?;
        self.data = Arc::new(Data::new(File::open(path)?, self.folder.join("index")));
        self.index = index;
        Ok(end)
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many bytes a record takes.
fn size(entry: &Entry) -> u64 {
    RECORD as u64 + u64::from(entry.head) + u64::from(entry.body)
}

/// All records, and the byte after the last that is whole.
fn read_through(data: &mut File) -> io::Result<(Index, u64)> {
    let (mut index, mut at) = (Index::default(), HEADER);
    data.seek(SeekFrom::Start(at))?;
    let mut file = io::BufReader::with_capacity(BUFFER, data);
    let mut record = Vec::new();
    loop {
        record.clear();
        file.by_ref().take(RECORD as u64).read_to_end(&mut record)?;
        let Some((sum, head, body, name)) = beginning(&record) else { return Ok((index, at)) };
        if head + body > LARGEST {
            return Ok((index, at));
        }
        file.by_ref().take((head + body) as u64).read_to_end(&mut record)?;
        if record.len() != RECORD + head + body || sum != checksum(&record[8..]) {
            return Ok((index, at));
        }
        index.insert(name, at, &record[RECORD..RECORD + head], body as u32, today());
        at += record.len() as u64;
    }
}

/// Checksum, lengths of head and body, name.
fn beginning(record: &[u8]) -> Option<(u64, usize, usize, Name)> {
    let (sum, rest) = record.split_first_chunk()?;
    let (head, rest) = rest.split_first_chunk()?;
    let (body, rest) = rest.split_first_chunk()?;
    let [head, body] = [head, body].map(|len| u32::from_le_bytes(*len) as usize);
    Some((u64::from_le_bytes(*sum), head, body, *rest.first_chunk()?))
}

fn header(id: u64) -> [u8; HEADER as usize] {
    let mut out = [0; HEADER as usize];
    out[..16].copy_from_slice(MAGIC);
    out[16..].copy_from_slice(&id.to_le_bytes());
    out
}

fn header_of(data: &mut File) -> Option<u64> {
    let mut bytes = [0; HEADER as usize];
    data.read_exact(&mut bytes).ok()?;
    let id = bytes.strip_prefix(MAGIC)?.try_into().ok()?;
    Some(u64::from_le_bytes(id))
}

fn since_1970() -> std::time::Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn fresh_id() -> u64 {
    since_1970().as_nanos() as u64 ^ u64::from(std::process::id()).rotate_left(48)
}

fn today() -> u32 {
    (since_1970().as_secs() / 86_400) as u32
}

#[cfg(test)]
mod tests;

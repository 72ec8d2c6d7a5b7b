//! Byte strings by key in one growing file, for what can be made again but is dear to make.
//!
//! Records are appended, each with a checksum; an index beside them says where they are. A process that
//! is killed loses at most its last records: what is torn is cut off, an index that is behind is caught
//! up. One process at a time. What has not been used for the longest goes when the store is too large.
//! Deliberately no database: no transactions, no ranges, and nothing that a damaged file could make panic.

mod index;

use super::{shared::Shared, write_atomic};
use index::{Entry, Index};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Names a record. Its bits are taken to be random, as those of a hash are.
pub type Name = [u8; 32];

const MAGIC: &[u8; 16] = b"cadenza store 2\n";
/// Magic, and a number that no other data file of this folder has had.
const HEADER: u64 = 24;
/// Length of the body, name, checksum.
const RECORD: u64 = 4 + 32 + 8;
/// Appended bytes wait until there are so many of them.
const BUFFER: usize = 1 << 20;
/// Larger bodies are not kept.
const LARGEST: usize = 1 << 30;
/// Overwritten records are not worth tidying up while they are fewer bytes than this.
const FEW_BYTES: u64 = 32 << 20;
/// Among records that are read at once, so many bytes that nobody wants are read along rather than passed
/// over: that is what asking the system once more costs.
const GAP: u64 = 8 << 10;
/// So many bytes at once, or one record.
const RUN: u64 = 512 << 10;

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
    data: File,
    id: u64,
    index: Index,
    tail: Mutex<Tail>,
    /// To read records into: as many as there are threads that read at once.
    buffers: Mutex<Vec<Vec<u8>>>,
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
        let length = data.metadata()?.len();
        let known = std::fs::read(folder.join("index")).ok().and_then(|bytes| Index::from_bytes(&bytes, id, length));
        let (mut index, covered) = known.unwrap_or_else(|| (Index::default(), HEADER));
        let end = catch_up(&mut data, covered, &mut index)?;
        if end < length {
            data.set_len(end)?;
        }
        let tail = Mutex::new(Tail { buffer: Vec::new(), end, added: Index::default() });
        let index_fits = covered == length;
        Ok(Self {
            folder: folder.to_owned(),
            _lock: lock,
            data,
            id,
            index,
            tail,
            buffers: Mutex::default(),
            today: today(),
            index_fits,
            days_fit: AtomicBool::new(true),
        })
    }

    /// Shows the bytes kept under a name before this store was opened. Damaged ones count as none.
    pub fn read<T>(&self, name: &Name, with: impl FnOnce(&[u8]) -> T) -> Option<T> {
        let entry = self.index.get(name)?;
        if let Some(body) = self.index.body(entry) {
            self.used(entry);
            return Some(with(body));
        }
        let mut record = vec![0; RECORD as usize + entry.len as usize];
        self.read_at(&mut record, entry.at).ok()?;
        let body = body_of(&record, name)?;
        self.used(entry);
        Some(with(body))
    }

    /// What [`read`](Self::read) would show under each of many names, in one block: far faster where they
    /// were kept about the same time.
    pub fn read_all(&self, names: &[Name]) -> Vec<Option<Shared>> {
        let entries = names.iter().enumerate().filter_map(|(i, name)| Some((i, self.index.get(name)?)));
        let mut wanted: Vec<(usize, &Entry)> = entries.collect();
        wanted.sort_unstable_by_key(|(_, e)| e.at);
        let mut block = Vec::with_capacity(wanted.iter().map(|(_, e)| e.len as usize).sum());
        let mut places = Vec::with_capacity(wanted.len());
        let mut buffer = self.buffers().pop().unwrap_or_default();
        let end_of = |e: &Entry| e.at + RECORD + u64::from(e.len);
        let mut rest = &wanted[..];
        while let Some((_, first)) = rest.first() {
            let mut end = end_of(first);
            let goes_on = |(_, e): &&(usize, &Entry)| {
                let joins = e.at <= end + GAP && end_of(e) <= first.at + RUN;
                if joins {
                    end = end.max(end_of(e));
                }
                joins
            };
            let n = 1 + rest[1..].iter().take_while(goes_on).count();
            let (run, others) = rest.split_at(n);
            rest = others;
            let length = (end - first.at) as usize;
            if buffer.len() < length {
                buffer.resize(length, 0);
            }
            if self.read_at(&mut buffer[..length], first.at).is_err() {
                continue;
            }
            for (i, entry) in run {
                let record = &buffer[(entry.at - first.at) as usize..(end_of(entry) - first.at) as usize];
                let Some(body) = body_of(record, &names[*i]) else { continue };
                places.push((*i, block.len()..block.len() + body.len()));
                block.extend_from_slice(body);
                self.used(entry);
            }
        }
        buffer.truncate(RUN as usize);
        self.buffers().push(buffer);
        let mut found = vec![None; names.len()];
        let (whose, places): (Vec<usize>, Vec<_>) = places.into_iter().unzip();
        whose.into_iter().zip(Shared::parts(block, places)).for_each(|(i, part)| found[i] = Some(part));
        found
    }

    /// Somebody asked for it today.
    fn used(&self, entry: &Entry) {
        if entry.day.load(Ordering::Relaxed) != self.today {
            entry.day.store(self.today, Ordering::Relaxed);
            self.days_fit.store(false, Ordering::Relaxed);
        }
    }

    /// Keeps bytes under a name, in the place of those that were there.
    ///
    /// # Errors
    /// Whatever the system says, a full disk for one.
    pub fn put(&self, name: &Name, body: &[u8]) -> io::Result<()> {
        if body.len() > LARGEST {
            return Ok(());
        }
        let mut tail = self.tail();
        let at = tail.end + tail.buffer.len() as u64;
        tail.buffer.extend_from_slice(&(body.len() as u32).to_le_bytes());
        tail.buffer.extend_from_slice(name);
        tail.buffer.extend_from_slice(&checksum(name, body));
        tail.buffer.extend_from_slice(body);
        tail.added.insert(*name, at, body, self.today);
        if tail.buffer.len() >= BUFFER { self.flush(&mut tail) } else { Ok(()) }
    }

    /// Writes what waits.
    fn flush(&self, tail: &mut Tail) -> io::Result<()> {
        let mut data = &self.data;
        data.seek(SeekFrom::Start(tail.end))?;
        data.write_all(&tail.buffer)?;
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
        self.index.extend(std::mem::take(&mut tail.added));
        let size = |e: &Entry| RECORD + u64::from(e.len);
        let live: u64 = self.index.iter().map(|(_, e)| size(e)).sum();
        let dead = tail.end.saturating_sub(HEADER + live);
        if live > limit || dead > live.max(FEW_BYTES) {
            if live > limit {
                self.forget(live, limit / 4 * 3);
            }
            tail.end = self.rewrite()?;
            self.index_fits = false;
        }
        if !self.index_fits || !self.days_fit.load(Ordering::Relaxed) {
            self.data.sync_data()?;
            let bytes = self.index.to_bytes(self.id, tail.end);
            write_atomic(&self.folder.join("index"), &bytes)?;
        }
        Ok(tail.end)
    }

    /// Takes the records longest unused out of the index until the others fit.
    fn forget(&mut self, mut live: u64, limit: u64) {
        let mut by_day: Vec<(u32, u64, Name)> =
            self.index.iter().map(|(name, e)| (e.day.load(Ordering::Relaxed), e.at, *name)).collect();
        by_day.sort_unstable();
        for (_, _, name) in by_day {
            if live <= limit {
                break;
            }
            if let Some(entry) = self.index.remove(&name) {
                live -= RECORD + u64::from(entry.len);
            }
        }
    }

    /// A new data file with the records of the index alone, in their old order.
    fn rewrite(&mut self) -> io::Result<u64> {
        let mut entries: Vec<&mut Entry> = self.index.values_mut().collect();
        entries.sort_unstable_by_key(|e| e.at);
        self.id = fresh_id();
        let (mut end, mut places) = (HEADER, Vec::with_capacity(entries.len()));
        let old = &self.data;
        super::write_atomic_with(&self.folder.join("data"), |file| {
            let mut out = io::BufWriter::with_capacity(BUFFER, file);
            out.write_all(&header(self.id))?;
            let mut record = Vec::new();
            for entry in &entries {
                record.resize(RECORD as usize + entry.len as usize, 0);
                read_at(old, &mut record, entry.at)?;
                out.write_all(&record)?;
                places.push(end);
                end += record.len() as u64;
            }
            out.flush()
        })?;
        for (entry, at) in entries.into_iter().zip(places) {
            entry.at = at;
        }
        self.data = File::open(self.folder.join("data"))?;
        Ok(end)
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        #[cfg(not(unix))]
        let _one_at_a_time = self.tail();
        read_at(&self.data, buffer, at)
    }

    fn buffers(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the place in the file is shared, nobody else may move it meanwhile.
fn read_at(mut file: &File, buffer: &mut [u8], at: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        let _ = &mut file;
        std::os::unix::fs::FileExt::read_exact_at(file, buffer, at)
    }
    #[cfg(not(unix))]
    {
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(buffer)
    }
}

/// Reads the records from byte `at` on; gives the byte after the last that is whole.
fn catch_up(data: &mut File, mut at: u64, index: &mut Index) -> io::Result<u64> {
    data.seek(SeekFrom::Start(at))?;
    let mut file = io::BufReader::with_capacity(BUFFER, data);
    let mut record = Vec::new();
    loop {
        record.clear();
        file.by_ref().take(RECORD).read_to_end(&mut record)?;
        let Some((len, name)) = head_of(&record).filter(|(len, _)| *len as usize <= LARGEST) else { return Ok(at) };
        file.by_ref().take(u64::from(len)).read_to_end(&mut record)?;
        let Some(body) = body_of(&record, &name) else { return Ok(at) };
        index.insert(name, at, body, today());
        at += record.len() as u64;
    }
}

fn head_of(record: &[u8]) -> Option<(u32, Name)> {
    let (len, rest) = record.split_first_chunk()?;
    let name = rest.get(..32)?.try_into().ok()?;
    (record.len() as u64 >= RECORD).then_some((u32::from_le_bytes(*len), name))
}

/// The body, where the record is whole and has this name.
fn body_of<'a>(record: &'a [u8], name: &Name) -> Option<&'a [u8]> {
    let (len, found) = head_of(record)?;
    let body = record.get(RECORD as usize..)?;
    let sum = record.get(36..44)?;
    (found == *name && body.len() == len as usize && sum == checksum(name, body)).then_some(body)
}

/// Against damage, not against malice: 32 bytes at a time are stirred into four sums that do not wait for each
/// other, so that looking at every record costs little.
fn checksum(name: &Name, body: &[u8]) -> [u8; 8] {
    let stir = |sum: u64, bytes: u64| {
        let sum = (sum ^ bytes).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        sum ^ (sum >> 32)
    };
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    let mut sums = [body.len() as u64, 1, 2, 3];
    let (fours, rest) = body.as_chunks::<32>();
    for four in std::iter::once(name).chain(fours) {
        for (sum, bytes) in sums.iter_mut().zip(four.as_chunks().0) {
            *sum = stir(*sum, word(bytes));
        }
    }
    let (words, rest) = rest.as_chunks();
    let mut sum = sums.into_iter().chain(words.iter().map(word)).fold(0, stir);
    sum = rest.iter().fold(sum, |sum, byte| stir(sum, u64::from(*byte)));
    stir(sum, 0).to_le_bytes()
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

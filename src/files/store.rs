//! Byte strings by key in one growing file, for what can be made again but is dear to make.
//!
//! Records are appended, each with a checksum; an index beside them says where they are. A process that
//! is killed loses at most its last records: what is torn is cut off, an index that is behind is caught
//! up. One process at a time. What has not been used for the longest goes when the store is too large.
//! Deliberately no database: no transactions, no ranges, and nothing that a damaged file could make panic.

use super::write_atomic;
use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::hash::{BuildHasherDefault, Hasher};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Names a record. Its bits are taken to be random, as those of a hash are.
pub type Name = [u8; 32];

const MAGIC: &[u8; 16] = b"cadenza store 1\n";
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

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("another Cadenza is using it")]
    Locked,
    #[error("{0}")]
    Io(#[from] io::Error),
}

#[derive(Debug)]
struct Entry {
    at: u64,
    len: u32,
    /// When it was last asked for, in days.
    day: AtomicU32,
}

#[derive(Debug)]
struct Tail {
    /// Not yet in the file.
    buffer: Vec<u8>,
    /// How long the file is without `buffer`.
    end: u64,
    added: Index,
}

type Index = HashMap<Name, Entry, BuildHasherDefault<FirstBytes>>;

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
        let known = std::fs::read(folder.join("index")).ok().and_then(|bytes| index_of(&bytes, id, length));
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
        // Many small records are read one after the other.
        let mut record = self.buffers().pop().unwrap_or_default();
        let length = RECORD as usize + entry.len as usize;
        if record.len() < length {
            record.resize(length, 0);
        }
        let whole = self.read_at(&mut record[..length], entry.at).ok().and_then(|()| body_of(&record[..length], name));
        let seen = whole.map(|body| with(&record[length - body..length]));
        record.truncate(BUFFER);
        self.buffers().push(record);
        if seen.is_some() && entry.day.load(Ordering::Relaxed) != self.today {
            entry.day.store(self.today, Ordering::Relaxed);
            self.days_fit.store(false, Ordering::Relaxed);
        }
        seen
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
        tail.added.insert(*name, Entry { at, len: body.len() as u32, day: AtomicU32::new(self.today) });
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
        let live: u64 = self.index.values().map(size).sum();
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
            let bytes = self.index_bytes(tail.end);
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

    fn index_bytes(&self, end: u64) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&self.id.to_le_bytes());
        out.extend_from_slice(&end.to_le_bytes());
        for (name, entry) in &self.index {
            out.extend_from_slice(name);
            out.extend_from_slice(&entry.at.to_le_bytes());
            out.extend_from_slice(&entry.len.to_le_bytes());
            out.extend_from_slice(&entry.day.load(Ordering::Relaxed).to_le_bytes());
        }
        let sum = blake3::hash(&out);
        out.extend_from_slice(sum.as_bytes());
        out
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
        if body_of(&record, &name).is_none_or(|n| n != len as usize) {
            return Ok(at);
        }
        index.insert(name, Entry { at, len, day: AtomicU32::new(today()) });
        at += record.len() as u64;
    }
}

fn head_of(record: &[u8]) -> Option<(u32, Name)> {
    let (len, rest) = record.split_first_chunk()?;
    let name = rest.get(..32)?.try_into().ok()?;
    (record.len() as u64 >= RECORD).then_some((u32::from_le_bytes(*len), name))
}

/// How long the body is, where the record is whole and has this name.
fn body_of(record: &[u8], name: &Name) -> Option<usize> {
    let (len, found) = head_of(record)?;
    let body = record.get(RECORD as usize..)?;
    let sum = record.get(36..44)?;
    (found == *name && body.len() == len as usize && sum == checksum(name, body)).then_some(body.len())
}

/// Against damage, not against malice: eight bytes at a time are stirred into the sum, so that looking at
/// every record costs little.
fn checksum(name: &Name, body: &[u8]) -> [u8; 8] {
    let stir = |sum: u64, bytes: u64| {
        let sum = (sum ^ bytes).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        sum ^ (sum >> 32)
    };
    let mut sum = body.len() as u64;
    for part in [&name[..], body] {
        let (words, rest) = part.as_chunks::<8>();
        sum = words.iter().fold(sum, |sum, word| stir(sum, u64::from_le_bytes(*word)));
        sum = rest.iter().fold(sum, |sum, byte| stir(sum, u64::from(*byte)));
    }
    stir(sum, 0).to_le_bytes()
}

/// The entries of an index, and how much of the data file it covers, where it belongs to that file.
fn index_of(bytes: &[u8], id: u64, data_length: u64) -> Option<(Index, u64)> {
    let (bytes, sum) = bytes.split_last_chunk::<32>()?;
    if blake3::hash(bytes) != *sum {
        return None;
    }
    let (its_id, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
    let (covered, rest) = rest.split_first_chunk()?;
    let covered = u64::from_le_bytes(*covered);
    if u64::from_le_bytes(*its_id) != id || covered > data_length {
        return None;
    }
    let entry = |e: &[u8; 48]| -> Option<(Name, Entry)> {
        let (name, rest) = e.split_first_chunk::<32>()?;
        let (at, rest) = rest.split_first_chunk()?;
        let (len, day) = rest.split_first_chunk()?;
        let day = AtomicU32::new(u32::from_le_bytes(day.try_into().ok()?));
        Some((*name, Entry { at: u64::from_le_bytes(*at), len: u32::from_le_bytes(*len), day }))
    };
    let (entries, odd) = rest.as_chunks::<48>();
    odd.is_empty().then_some(())?;
    Some((entries.iter().map(entry).collect::<Option<_>>()?, covered))
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

/// Names are hashes already.
#[derive(Default)]
pub struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        let first = bytes.first_chunk().map_or(0, |b| u64::from_le_bytes(*b));
        self.0 ^= first;
    }
    // The length of the array, the same for all.
    fn write_usize(&mut self, _: usize) {}
}

#[cfg(test)]
mod tests;

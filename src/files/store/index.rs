//! Which records a store has, where they lie, and what is in those of few bytes.
//!
//! It is read whole whenever a store is opened, so that a small record costs no look at the data file.

use super::{HEADER, MAGIC, Name};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};

/// Bodies that are no longer are kept here too.
const SMALL: usize = 128;
/// An entry in the file, without its body: name, place, length, day.
const ENTRY: usize = 32 + 8 + 4 + 4;

#[derive(Debug)]
pub struct Entry {
    pub at: u64,
    pub len: u32,
    /// When it was last asked for, in days.
    pub day: AtomicU32,
    /// Where its body begins in `Index::small`, where it is there.
    small: Option<u32>,
}

#[derive(Debug, Default)]
pub struct Index {
    entries: HashMap<Name, Entry, BuildHasherDefault<FirstBytes>>,
    small: Vec<u8>,
}

impl Index {
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn get(&self, name: &Name) -> Option<&Entry> {
        self.entries.get(name)
    }

    /// The body, where it is a small one.
    pub fn body(&self, entry: &Entry) -> Option<&[u8]> {
        let from = entry.small? as usize;
        self.small.get(from..from + entry.len as usize)
    }

    pub fn insert(&mut self, name: Name, at: u64, body: &[u8], day: u32) {
        let small = u32::try_from(self.small.len()).ok().filter(|_| body.len() <= SMALL);
        if small.is_some() {
            self.small.extend_from_slice(body);
        }
        self.entries.insert(name, Entry { at, len: body.len() as u32, day: AtomicU32::new(day), small });
    }

    pub fn remove(&mut self, name: &Name) -> Option<Entry> {
        self.entries.remove(name)
    }

    /// Takes over all entries of another one, in the place of those that are here.
    pub fn extend(&mut self, other: Self) {
        for (name, entry) in &other.entries {
            let day = entry.day.load(Ordering::Relaxed);
            match other.body(entry) {
                Some(body) => self.insert(*name, entry.at, body, day),
                None => {
                    let entry = Entry { day: AtomicU32::new(day), small: None, ..*entry };
                    self.entries.insert(*name, entry);
                }
            }
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Entry)> {
        self.entries.iter()
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.entries.values_mut()
    }

    /// As a file, for the data file `id`, of which it covers `end` bytes.
    pub fn to_bytes(&self, id: u64, end: u64) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&id.to_le_bytes());
        out.extend_from_slice(&end.to_le_bytes());
        out.extend_from_slice(&(self.entries.len() as u64).to_le_bytes());
        let mut bodies = Vec::new();
        for (name, entry) in &self.entries {
            out.extend_from_slice(name);
            out.extend_from_slice(&entry.at.to_le_bytes());
            out.extend_from_slice(&entry.len.to_le_bytes());
            out.extend_from_slice(&entry.day.load(Ordering::Relaxed).to_le_bytes());
            bodies.extend_from_slice(self.body(entry).unwrap_or_default());
        }
        out.extend_from_slice(&bodies);
        let sum = blake3::hash(&out);
        out.extend_from_slice(sum.as_bytes());
        out
    }

    /// What [`Index::to_bytes`] gave, and how much of the data file it covers, where it belongs to that file.
    pub fn from_bytes(bytes: &[u8], id: u64, data_length: u64) -> Option<(Self, u64)> {
        let (bytes, sum) = bytes.split_last_chunk::<32>()?;
        if blake3::hash(bytes) != *sum {
            return None;
        }
        let (its_id, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
        let (covered, rest) = rest.split_first_chunk()?;
        let (n, rest) = rest.split_first_chunk()?;
        let covered = u64::from_le_bytes(*covered);
        if u64::from_le_bytes(*its_id) != id || covered > data_length || covered < HEADER {
            return None;
        }
        let n = usize::try_from(u64::from_le_bytes(*n)).ok()?;
        let (entries, bodies) = rest.split_at_checked(n.checked_mul(ENTRY)?)?;
        let mut index = Self { entries: HashMap::default(), small: bodies.to_vec() };
        index.entries.reserve(n);
        let mut small = 0;
        for entry in entries.as_chunks::<ENTRY>().0 {
            let (name, rest) = entry.split_first_chunk::<32>()?;
            let (at, rest) = rest.split_first_chunk()?;
            let (len, day) = rest.split_first_chunk()?;
            let len = u32::from_le_bytes(*len);
            let mut entry = Entry {
                at: u64::from_le_bytes(*at),
                len,
                day: AtomicU32::new(u32::from_le_bytes(day.try_into().ok()?)),
                small: None,
            };
            if len as usize <= SMALL {
                entry.small = Some(u32::try_from(small).ok()?);
                small += len as usize;
            }
            index.entries.insert(*name, entry);
        }
        (small == bodies.len()).then_some((index, covered))
    }
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

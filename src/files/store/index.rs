//! Which records a store has, where they lie, and the head of each.
//!
//! It is read whole whenever a store is opened, so that a head costs no look at the data file.

use super::{MAGIC, Name};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};

/// An entry in the file, without its head: name, place, lengths of head and body, day.
const ENTRY: usize = 32 + 8 + 4 + 4 + 4;

#[derive(Debug)]
pub struct Entry {
    pub name: Name,
    pub at: u64,
    /// How long head and body are.
    pub head: u32,
    pub body: u32,
    /// When it was last asked for, in days.
    pub day: AtomicU32,
    /// Where its head begins in `Index::heads`.
    from: usize,
}

/// What is asked for one after the other was mostly kept one after the other: entries and heads lie in the
/// order of the data file, and the table of names is small enough to stay near the processor.
#[derive(Debug, Default)]
pub struct Index {
    /// Which of `entries` a name has, by its first bytes: names are random.
    places: HashMap<u64, u32, BuildHasherDefault<Itself>>,
    /// Those that no place leads to are out of date.
    entries: Vec<Entry>,
    heads: Vec<u8>,
}

fn key(name: &Name) -> u64 {
    name.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

impl Index {
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub fn get(&self, name: &Name) -> Option<&Entry> {
        let place = *self.places.get(&key(name))?;
        self.entries.get(place as usize).filter(|entry| entry.name == *name)
    }

    pub fn head(&self, entry: &Entry) -> Option<&[u8]> {
        self.heads.get(entry.from..entry.from + entry.head as usize)
    }

    pub fn insert(&mut self, name: Name, at: u64, head: &[u8], body: u32, day: u32) {
        let from = self.heads.len();
        self.heads.extend_from_slice(head);
        self.push(Entry { name, at, head: head.len() as u32, body, day: AtomicU32::new(day), from });
    }

    fn push(&mut self, entry: Entry) {
        self.places.insert(key(&entry.name), self.entries.len() as u32);
        self.entries.push(entry);
    }

    pub fn remove(&mut self, name: &Name) {
        self.places.remove(&key(name));
    }

    /// Takes over all entries of another one, in the place of those that are here.
    pub fn extend(&mut self, other: &Self) {
        for entry in other.iter() {
            let head = other.head(entry).unwrap_or_default();
            self.insert(entry.name, entry.at, head, entry.body, entry.day.load(Ordering::Relaxed));
        }
    }

    /// In the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        let holds = |(i, entry): &(usize, &Entry)| self.places.get(&key(&entry.name)) == Some(&(*i as u32));
        self.entries.iter().enumerate().filter(holds).map(|(_, entry)| entry)
    }

    /// As a file, for the data file of this number, length and time of change.
    pub fn to_bytes(&self, of: [u64; 3]) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        of.into_iter().chain([self.places.len() as u64]).for_each(|n| out.extend_from_slice(&n.to_le_bytes()));
        let mut heads = Vec::new();
        for entry in self.iter() {
            out.extend_from_slice(&entry.name);
            out.extend_from_slice(&entry.at.to_le_bytes());
            for n in [entry.head, entry.body, entry.day.load(Ordering::Relaxed)] {
                out.extend_from_slice(&n.to_le_bytes());
            }
            heads.extend_from_slice(self.head(entry).unwrap_or_default());
        }
        out.extend_from_slice(&heads);
        let sum = blake3::hash(&out);
        out.extend_from_slice(sum.as_bytes());
        out
    }

    /// What [`Index::to_bytes`] gave, where the data file is still that one.
    pub fn from_bytes(bytes: Vec<u8>, of: [u64; 3]) -> Option<Self> {
        let (content, sum) = bytes.split_last_chunk::<32>()?;
        if blake3::hash(content) != *sum {
            return None;
        }
        let (numbers, rest) = content.strip_prefix(MAGIC)?.split_at_checked(4 * 8)?;
        let mut numbers = numbers.as_chunks().0.iter().map(|n| u64::from_le_bytes(*n));
        if of.into_iter().any(|n| numbers.next() != Some(n)) {
            return None;
        }
        let n = usize::try_from(numbers.next()?).ok()?;
        let (entries, heads) = rest.split_at_checked(n.checked_mul(ENTRY)?)?;
        let mut index = Self::default();
        index.places.reserve(n);
        index.entries.reserve_exact(n);
        let (mut from, end) = (content.len() - heads.len(), content.len());
        for entry in entries.as_chunks::<ENTRY>().0 {
            let (name, rest) = entry.split_first_chunk::<32>()?;
            let (at, rest) = rest.split_first_chunk()?;
            let [head, body, day] = rest.as_chunks().0 else { return None };
            let [head, body, day] = [head, body, day].map(|n| u32::from_le_bytes(*n));
            let at = u64::from_le_bytes(*at);
            index.push(Entry { name: *name, at, head, body, day: AtomicU32::new(day), from });
            from += head as usize;
        }
        // The heads stay where they were read.
        index.heads = bytes;
        (from == end).then_some(index)
    }
}

/// The keys are hashes already.
#[derive(Default)]
pub struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.0 = self.0.rotate_left(8) ^ u64::from(*b));
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

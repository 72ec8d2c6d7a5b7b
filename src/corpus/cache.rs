//! What was read once is not read again: judged files by their content, and which content a path has.
//!
//! An entry of a path holds while size and time of change are the same, so that an unchanged file is not
//! even opened. An entry of a content holds for one build of this program and for the options that matter
//! to it. A cache that cannot be used is a sentence, never an error: everything in it can be read anew.

use super::bytes::{Put, Take};
use super::import::ImportOptions;
use super::judge::Judged;
use super::library::CacheUse;
use super::reason::LeftOut;
use super::verdict;
use crate::files::store::{Name, Store, StoreError, checksum};
use crate::music::charset;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A larger cache forgets what was not used for the longest.
const LARGEST_BYTES: u64 = 2 << 30;

/// Counts up when what is kept, or how, changes its meaning.
const VERSION: u32 = 6;

/// A file that was changed so shortly before it was read may change again within one tick of its clock.
const SETTLED: Duration = Duration::from_secs(2);

/// By what an unchanged file is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    size: u64,
    changed: u64,
    settled: bool,
}

impl Stamp {
    /// `None` where the system does not say.
    pub fn of(path: &Path) -> Option<Self> {
        let about = std::fs::metadata(path).ok()?;
        let changed = about.modified().ok()?;
        let settled = SystemTime::now().duration_since(changed).is_ok_and(|age| age >= SETTLED);
        let changed = changed.duration_since(UNIX_EPOCH).ok()?.as_nanos() as u64;
        Some(Self { size: about.len(), changed, settled })
    }
}

/// One file, or one of the files in an archive: the hash of its content, or why it was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub member: Option<String>,
    pub hash: Result<[u8; 32], LeftOut>,
}

/// An open cache, for the time of one import.
pub struct Cache {
    store: Store,
    /// Names of entries begin with it: this build of the program.
    program: [u8; 32],
    problem: Mutex<Option<String>>,
    hits: AtomicUsize,
    read: AtomicUsize,
}

impl Cache {
    /// # Errors
    /// One sentence why the cache cannot be used now.
    pub fn open(folder: &Path) -> Result<Self, String> {
        let refused = |e: StoreError| match e {
            StoreError::Locked => "The cache is not used, because another Cadenza is using it.".to_owned(),
            StoreError::Io(e) => {
                format!("The cache is not used ({}): {}", super::judge::system_reason(&e), folder.display())
            }
        };
        let store = Store::open(folder).map_err(refused)?;
        Ok(Self { store, program: program(), problem: Mutex::default(), hits: 0.into(), read: 0.into() })
    }

    /// What is in a file, or in an archive, where it is known and the file unchanged.
    pub fn contents(&self, path: &Path, stamp: Stamp) -> Option<Vec<Content>> {
        let taken = |bytes: &[u8]| {
            let take = &mut Take(bytes);
            if (take.number()?, take.number()?) != (stamp.size, stamp.changed) {
                return None;
            }
            let n = take.count()?;
            (0..n).map(|_| taken_content(take)).collect()
        };
        taken(self.store.get(&self.path_name(path))?.0)
    }

    pub fn keep_contents(&self, path: &Path, stamp: Stamp, contents: &[Content]) {
        if !stamp.settled {
            return;
        }
        let mut put = Put::default();
        put.number(stamp.size);
        put.number(stamp.changed);
        put.number(contents.len() as u64);
        if contents.iter().try_for_each(|c| put_content(&mut put, c)).is_some() {
            self.keep(&self.path_name(path), &put.0, &[]);
        }
    }

    /// What became of a content under these options; `path` gives its name and its kind.
    pub fn judged(&self, hash: &[u8; 32], path: &Path, options: &ImportOptions) -> Option<Judged> {
        let (verdict, scores) = self.store.get(&self.judged_name(hash, path, options))?;
        Some(Judged { hash: *hash, ..verdict::taken(verdict, scores, &stem(path))? })
    }

    pub fn keep_judged(&self, path: &Path, options: &ImportOptions, judged: &Judged) {
        if let Some([verdict, scores]) = verdict::put(judged, &stem(path)) {
            self.keep(&self.judged_name(&judged.hash, path, options), &verdict, &scores);
        }
    }

    /// Numbers that were worked out from all of `what`, such as families.
    pub fn numbers(&self, what: &[u8; 32]) -> Option<Vec<u32>> {
        let (about, numbers) = self.store.get(&self.name("numbers", &[what]))?;
        let about = &mut Take(about);
        let numbers = numbers.part(0, usize::try_from(about.number()?).ok()?, about.number()?)?.read().ok()?;
        let take = &mut Take(&numbers);
        let n = take.count()?;
        (0..n).map(|_| u32::try_from(take.number()?).ok()).collect()
    }

    pub fn keep_numbers(&self, what: &[u8; 32], numbers: &[u32]) {
        let (mut put, mut about) = (Put::default(), Put::default());
        put.number(numbers.len() as u64);
        numbers.iter().for_each(|n| put.number(u64::from(*n)));
        // There may be many: they do not belong in the head.
        about.number(put.0.len() as u64);
        about.number(checksum(&put.0));
        self.keep(&self.name("numbers", &[what]), &about.0, &put.0);
    }

    /// Counts files that were not opened.
    pub fn count_hits(&self, n: usize) {
        self.hits.fetch_add(n, Ordering::Relaxed);
    }

    /// Counts files that were read.
    pub fn count_read(&self, n: usize) {
        self.read.fetch_add(n, Ordering::Relaxed);
    }

    /// How many files were not opened, so far.
    pub fn hits(&self) -> usize {
        self.hits.load(Ordering::Relaxed)
    }

    /// Writes what is not yet written, and lets others use the cache.
    pub fn close(self) -> CacheUse {
        let (hits, read) = (self.hits(), self.read.into_inner());
        let mut problem = self.problem.into_inner().unwrap_or_else(PoisonError::into_inner);
        let bytes = self.store.close(LARGEST_BYTES).unwrap_or_else(|e| {
            problem.get_or_insert_with(|| not_kept(&e));
            0
        });
        CacheUse { hits, read, bytes, problem }
    }

    fn keep(&self, name: &Name, head: &[u8], body: &[u8]) {
        let mut problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        // A disk that is full stays so: asked once.
        if problem.is_none() {
            *problem = self.store.put(name, head, body).err().map(|e| not_kept(&e));
        }
    }

    fn path_name(&self, path: &Path) -> Name {
        self.name("path", &[path.as_os_str().as_encoded_bytes()])
    }

    /// What the judge's verdict depends on besides the content: the kind that the name tells, and options.
    fn judged_name(&self, hash: &[u8; 32], path: &Path, options: &ImportOptions) -> Name {
        let kind = path.extension().unwrap_or_default().to_ascii_lowercase();
        self.name("judged", &[hash, kind.as_encoded_bytes(), &options.that_matter(hash)])
    }

    fn name(&self, what: &str, parts: &[&[u8]]) -> Name {
        let mut hasher = blake3::Hasher::new_keyed(&self.program);
        hasher.update(what.as_bytes());
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
        *hasher.finalize().as_bytes()
    }
}

fn not_kept(error: &std::io::Error) -> String {
    format!("What was read is not all kept in the cache ({}).", super::judge::system_reason(error))
}

/// Tells one build from another: what judges may have changed between them.
fn program() -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes()).update(&VERSION.to_le_bytes());
    let stamp = std::env::current_exe().ok().and_then(|path| Stamp::of(&path));
    if let Some(stamp) = stamp {
        hasher.update(&stamp.size.to_le_bytes()).update(&stamp.changed.to_le_bytes());
    }
    *hasher.finalize().as_bytes()
}

fn put_content(put: &mut Put, content: &Content) -> Option<()> {
    put.text(content.member.as_deref().unwrap_or_default());
    match &content.hash {
        Ok(hash) => put.bytes(hash),
        Err(why) => {
            put.bytes(&[]);
            let mut text = Vec::new();
            ciborium::into_writer(why, &mut text).ok()?;
            put.bytes(&text);
        }
    }
    Some(())
}

fn taken_content(take: &mut Take<'_>) -> Option<Content> {
    let member = Some(take.text()?).filter(|name| !name.is_empty());
    let hash = match take.bytes()? {
        [] => Err(ciborium::from_reader(take.bytes()?).ok()?),
        hash => Ok(hash.try_into().ok()?),
    };
    Some(Content { member, hash })
}

/// The title of a piece that has none.
pub fn stem(path: &Path) -> String {
    path.file_stem().map(charset::of_name).unwrap_or_default()
}

#[cfg(test)]
mod tests;

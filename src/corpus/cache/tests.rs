//! Imports with a cache: what is read again, what is not, and that the result is the same.

use crate::corpus::{CacheUse, ImportOptions, Library, Packed, Progress, import};
use crate::files::store::Store;
use crate::midi;
use crate::notation::starter;
use std::fs::{File, FileTimes};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

struct Home {
    _dir: tempfile::TempDir,
    music: PathBuf,
    cache: PathBuf,
}

/// An hour ago: a file changed just now may change again within one tick of its clock.
fn age(path: &Path) {
    let then = SystemTime::now() - Duration::from_secs(3600);
    let file = File::options().write(true).open(path).expect("opens");
    file.set_times(FileTimes::new().set_modified(then)).expect("sets the time");
}

impl Home {
    /// Twelve tunes, a book, and four files of no use.
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("temporary folder");
        let home = Self { music: dir.path().join("music"), cache: dir.path().join("cache"), _dir: dir };
        for (i, tune) in starter::tunes().into_iter().take(12).enumerate() {
            home.put(&format!("folk/{i}.mid"), &midi::write(&tune.score).0);
        }
        home.put("book.abc", b"X:1\nT:One\nK:C\nCDEF GABc|cBAG FEDC|\n\nX:2\nT:Stub\nK:C\nC|\n");
        home.put("words.txt", b"words");
        home.put("empty.mid", b"");
        home.put("broken.mid", b"MThd");
        home.put("short.abc", b"X:1\nK:C\nCDE|\n");
        home
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.music.join(name);
        std::fs::create_dir_all(path.parent().expect("has a parent")).expect("folder");
        std::fs::write(&path, bytes).expect("writes");
        age(&path);
    }

    fn options(&self) -> ImportOptions {
        ImportOptions { cache: Some(self.cache.clone()), ..ImportOptions::default() }
    }

    fn read(&self) -> (Library, CacheUse) {
        self.read_with(&self.options())
    }

    fn read_with(&self, options: &ImportOptions) -> (Library, CacheUse) {
        let library = import(std::slice::from_ref(&self.music), options, &|_| {}, &AtomicBool::new(false));
        let cache = library.cache.clone().unwrap_or_default();
        (library, cache)
    }
}

/// Everything but how long it took and where it came from.
fn told(library: &Library) -> String {
    let mut library = Library { seconds: 0.0, cache: None, ..library.clone() };
    let scores: Vec<_> = library.pieces.iter().map(|p| p.score().expect("is at hand")).collect();
    library.pieces.iter_mut().for_each(|p| p.packed = Packed::Here([].into()));
    format!("{library:?} {scores:?}")
}

#[test]
fn what_is_remembered_equals_what_was_read() {
    let home = Home::new();
    let afresh = home.read_with(&ImportOptions::default()).0;
    assert_eq!(afresh.cache, None);
    let (first, used) = home.read();
    assert_eq!((used.hits, used.read, used.problem), (0, 17, None));
    let (second, again) = home.read();
    assert_eq!((again.hits, again.read), (17, 0));
    assert!(again.bytes > 0 && again.bytes == used.bytes, "nothing is written twice");
    assert_eq!(told(&first), told(&afresh));
    assert_eq!(told(&second), told(&afresh));
}

#[test]
fn an_unchanged_file_is_not_opened_and_a_changed_one_is() {
    let home = Home::new();
    let first = home.read().0;
    // Other bytes, but as many, and the same time: nobody looks.
    let path = home.music.join("folk/0.mid");
    let mut bytes = std::fs::read(&path).expect("reads");
    let time = std::fs::metadata(&path).expect("is there").modified().expect("has a time");
    std::fs::write(&path, vec![0; bytes.len()]).expect("writes");
    let file = File::options().write(true).open(&path).expect("opens");
    file.set_times(FileTimes::new().set_modified(time)).expect("sets the time");
    let (second, used) = home.read();
    assert_eq!((used.hits, used.read), (17, 0));
    assert_eq!(told(&second), told(&first));
    // Longer, and of just now: looked at each time.
    bytes.extend_from_slice(b"MTrk\0\0\0\x04\0\xff\x2f\0");
    std::fs::write(&path, &bytes).expect("writes");
    for _ in 0..2 {
        let (_, used) = home.read();
        assert_eq!((used.hits, used.read), (16, 1));
    }
}

#[test]
fn a_moved_file_is_opened_but_judged_from_memory_under_its_new_name() {
    let home = Home::new();
    home.put("no title.abc", b"X:1\nK:C\nCDEF GABc|cBAG FEDC|CEGc|\n");
    home.read();
    std::fs::rename(home.music.join("no title.abc"), home.music.join("new.abc")).expect("renames");
    let (library, used) = home.read();
    assert_eq!((used.hits, used.read), (17, 1));
    assert!(library.pieces.iter().any(|p| p.title == "new"), "{:?}", library.pieces.iter().map(|p| &p.title));
    // The same bytes under a name of another kind are another thing.
    std::fs::rename(home.music.join("new.abc"), home.music.join("new.txt")).expect("renames");
    let row = home.read().0.rows.into_iter().find(|r| r.path.ends_with("new.txt")).expect("a row");
    assert_eq!(row.state.reason(), "not-music");
}

#[test]
fn other_options_have_entries_of_their_own() {
    let home = Home::new();
    let with_chords = told(&home.read().0);
    let melodies = ImportOptions { melody_only: true, ..home.options() };
    let (alone, used) = home.read_with(&melodies);
    assert!(used.read > 0);
    assert_ne!(told(&alone), with_chords);
    assert_eq!(told(&alone), told(&home.read_with(&ImportOptions { cache: None, ..melodies.clone() }).0));
    assert_eq!((told(&home.read().0), home.read().1.read), (with_chords, 0));
    assert_eq!(home.read_with(&melodies).1.read, 0);
}

#[test]
fn a_cache_that_is_in_use_or_cannot_be_made_is_a_sentence() {
    let home = Home::new();
    let expected = told(&home.read_with(&ImportOptions::default()).0);
    let held = Store::open(&home.cache).expect("opens");
    let (library, used) = home.read();
    assert_eq!(used.problem.as_deref(), Some("The cache is not used, because another Cadenza is using it."));
    assert_eq!((told(&library), used.hits, used.read), (expected.clone(), 0, 17));
    drop(held);
    let blocked = ImportOptions { cache: Some(home.music.join("words.txt")), ..ImportOptions::default() };
    let (library, used) = home.read_with(&blocked);
    let problem = used.problem.expect("a file is no folder");
    assert!(problem.starts_with("The cache is not used (") && problem.contains("words.txt"), "{problem}");
    assert_eq!(told(&library), expected);
}

#[test]
fn a_damaged_or_foreign_cache_is_read_anew() {
    let home = Home::new();
    let expected = told(&home.read().0);
    for name in ["data", "index"] {
        let path = home.cache.join(name);
        let mut bytes = std::fs::read(&path).expect("reads");
        for at in (40..bytes.len()).step_by(97) {
            bytes[at] ^= 0x55;
        }
        std::fs::write(&path, &bytes).expect("writes");
        assert_eq!(told(&home.read().0), expected, "{name}");
        std::fs::write(&path, b"SQLite format 3\0 and so on").expect("writes");
        assert_eq!(told(&home.read().0), expected, "{name}");
        assert_eq!(home.read().1.read, 0, "it is whole again");
    }
}

#[test]
fn notes_that_the_cache_has_lost_are_told_and_read_again_next_time() {
    let home = Home::new();
    let expected = told(&home.read().0);
    // Damage that no time of change tells of; so many bytes at the end are spared.
    let damage = |spared: usize| {
        let path = home.cache.join("data");
        let time = std::fs::metadata(&path).expect("is there").modified().expect("has a time");
        let mut bytes = std::fs::read(&path).expect("reads");
        let end = bytes.len() - spared;
        bytes[40..end].iter_mut().for_each(|b| *b ^= 0x55);
        std::fs::write(&path, bytes).expect("writes");
        File::options().write(true).open(&path).expect("opens").set_modified(time).expect("sets the time");
    };
    // The families come last.
    damage(80);
    let (library, used) = home.read();
    assert_eq!(used.hits, 17, "nobody asked for notes");
    let lost = library.pieces[0].score().expect_err("damaged").to_string();
    assert!(lost.contains("from the cache (it is damaged)") && lost.ends_with("book.abc"), "{lost}");
    let (library, used) = home.read();
    assert_eq!((told(&library), used.read, used.problem), (expected, 17, None));
    // Another file makes other families: the import itself is the first to ask.
    damage(0);
    home.put("another.abc", b"X:1\nK:C\nCDEF GABc|cBAG FEDC|CEGc|\n");
    let (library, used) = home.read();
    assert_eq!((used.hits, used.read), (0, 18));
    assert_eq!(used.problem.as_deref(), Some("The cache is not used (it is damaged). It is made anew next time."));
    assert_eq!(told(&library), told(&home.read_with(&ImportOptions::default()).0));
    let again = home.read().1;
    assert_eq!((again.read, again.problem), (18, None));
    assert_eq!(home.read().1.read, 0);
}

#[test]
fn what_was_read_before_a_cancel_is_remembered_and_the_import_can_be_stopped_while_it_remembers() {
    let home = Home::new();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let stopped_at = |n: usize| {
        let cancel = AtomicBool::new(false);
        let stop = |p: Progress| {
            if matches!(p, Progress::Reading { done, .. } if done == n) {
                cancel.store(true, Ordering::SeqCst);
            }
        };
        pool.install(|| import(std::slice::from_ref(&home.music), &home.options(), &stop, &cancel))
    };
    let part = stopped_at(5);
    assert_eq!((part.rows.len(), part.cancelled, part.files_found), (5, true, 17));
    let part = stopped_at(4);
    assert_eq!((part.rows.len(), part.cache.expect("used").hits), (4, 4));
    let (whole, used) = home.read();
    assert_eq!((whole.rows.len(), used.hits, used.read), (17, 5, 12));
}

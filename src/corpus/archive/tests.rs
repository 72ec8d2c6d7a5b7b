//! Archives made here: whole, odd, and meant to do harm.

use crate::corpus::{ImportOptions, Library, Progress, import};
use crate::midi;
use crate::notation::starter;
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn tune(i: usize) -> Vec<u8> {
    midi::write(&starter::tunes().swap_remove(i).score).0
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        if name.ends_with('/') {
            zip.add_directory(*name, SimpleFileOptions::default()).expect("adds");
            continue;
        }
        zip.start_file(*name, SimpleFileOptions::default()).expect("starts");
        zip.write_all(bytes).expect("writes");
    }
    zip.finish().expect("ends").into_inner()
}

fn read(path: &Path) -> Library {
    import(&[path.to_owned()], &ImportOptions::default(), &|_| {}, &AtomicBool::new(false))
}

/// Paths below `root` and what became of them.
fn fates(library: &Library, root: &Path) -> BTreeMap<String, String> {
    let name = |p: &Path| p.strip_prefix(root).unwrap_or(p).to_string_lossy().replace('\\', "/");
    let fate = |r: &crate::corpus::FileRow| format!("{} {}", r.state.word(), r.state.reason()).trim_end().to_owned();
    library.rows.iter().map(|r| (name(&r.path), fate(r))).collect()
}

fn expect(library: &Library, root: &Path, expected: &[(&str, &str)]) {
    let expected: BTreeMap<_, _> = expected.iter().map(|(n, f)| ((*n).to_owned(), (*f).to_owned())).collect();
    assert_eq!(fates(library, root), expected);
    let counts = library.counts();
    assert_eq!(
        (library.files_found, counts.used + counts.repaired + counts.left_out),
        (expected.len(), expected.len())
    );
}

#[test]
fn every_file_of_an_archive_is_a_row_with_its_own_fate() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let inner = archive(&[("x.mid", &tune(0))]);
    let zip = archive(&[
        ("jazz/", b""),
        ("jazz/a.mid", &tune(0)),
        ("jazz/deep/歌.mid", &tune(1)),
        ("book.abc", b"X:1\nT:One\nK:C\nCDEF GABc|cBAG FEDC|\n"),
        ("cover.jpg", b"\xff\xd8\xff\xe0 and so on"),
        ("no ending", &tune(2)),
        ("short.abc", b"X:1\nK:C\nCDE|\n"),
        ("empty.mid", b""),
        ("more.zip", &inner),
        ("../../outside.mid", &tune(3)),
        ("__MACOSX/jazz/._a.mid", b"\0\x05\x16\x07"),
        ("__MACOSX/._x", b"\0\x05\x16\x07"),
    ]);
    std::fs::write(dir.path().join("All.ZIP"), zip).expect("writes");
    std::fs::write(dir.path().join("plain.mid"), tune(4)).expect("writes");
    let library = read(dir.path());
    expect(
        &library,
        dir.path(),
        &[
            ("All.ZIP/jazz/a.mid", "used"),
            ("All.ZIP/jazz/deep/歌.mid", "used"),
            ("All.ZIP/book.abc", "used"),
            ("All.ZIP/cover.jpg", "left out not-music"),
            ("All.ZIP/no ending", "used"),
            ("All.ZIP/short.abc", "left out too-short"),
            ("All.ZIP/empty.mid", "left out empty-file"),
            ("All.ZIP/more.zip", "left out archive-in-archive"),
            ("All.ZIP/outside.mid", "used"),
            ("All.ZIP/__MACOSX", "left out system-files"),
            ("plain.mid", "used"),
        ],
    );
    let row = library.rows.iter().find(|r| r.path.ends_with("jazz/a.mid")).expect("a row");
    assert_eq!((row.archive.as_deref(), row.style.as_str()), (Some(&*dir.path().join("All.ZIP")), "All.ZIP"));
    // An archive that is imported by itself is the folder of its styles.
    let alone = read(&dir.path().join("All.ZIP"));
    assert_eq!(alone.rows.iter().find(|r| r.path.ends_with("jazz/a.mid")).expect("a row").style, "jazz");
    let system = library.rows.iter().find(|r| r.path.ends_with("__MACOSX")).expect("a row");
    assert_eq!(system.state.to_string(), "Left out. It is no music: 2 files that macOS adds to archives.");
}

#[test]
fn what_is_no_archive_or_empty_or_damaged_is_one_row() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let whole = archive(&[("a.mid", &tune(0)), ("b.mid", &tune(1))]);
    let put = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).expect("writes");
    put("cut.zip", &whole[..whole.len() - 30]);
    put("empty.zip", b"");
    put("nothing.zip", &archive(&[]));
    put("folders.zip", &archive(&[("a/", b""), ("b/", b"")]));
    put("words.zip", b"These are words.");
    // The packed bytes of one file are damaged, the rest is whole.
    let mut damaged = whole.clone();
    let at = whole.windows(5).position(|w| w == b"a.mid").expect("its name") + 40;
    damaged[at..at + 40].iter_mut().for_each(|b| *b ^= 0xff);
    put("damaged.zip", &damaged);
    expect(
        &read(dir.path()),
        dir.path(),
        &[
            ("cut.zip", "left out unreadable"),
            ("empty.zip", "left out empty-file"),
            ("nothing.zip", "left out empty-archive"),
            ("folders.zip", "left out empty-archive"),
            ("words.zip", "left out unreadable"),
            ("damaged.zip/a.mid", "left out unreadable"),
            ("damaged.zip/b.mid", "used"),
        ],
    );
}

/// Writes numbers over the fields of the central directory's only entry, or of its local header.
fn patched(mut zip: Vec<u8>, mark: &[u8], at: usize, value: &[u8]) -> Vec<u8> {
    let begin = zip.windows(4).rposition(|w| w == mark).expect("the record") + at;
    zip[begin..begin + value.len()].copy_from_slice(value);
    zip
}

const CENTRAL: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
const END: &[u8] = b"PK\x05\x06";

#[test]
fn locked_and_harmful_files_are_refused_with_their_reason() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let put = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).expect("writes");
    let mut zeros = b"MThd\0\0\0\x06\0\x01\0\x01\0\x60MTrk".to_vec();
    zeros.resize(8 << 20, 0);
    let bomb = archive(&[("x.mid", &zeros)]);
    assert!(bomb.len() < 20_000);
    put("bomb.zip", &bomb);
    // The same, with a size that is a lie.
    let small = 1000u32.to_le_bytes();
    put("liar.zip", &patched(patched(bomb.clone(), CENTRAL, 24, &small), LOCAL, 22, &small));
    let huge = (3u32 << 30).to_le_bytes();
    put("huge.zip", &patched(archive(&[("x.mid", &tune(0))]), CENTRAL, 24, &huge));
    let one = archive(&[("x.mid", &tune(0))]);
    put("locked.zip", &patched(patched(one.clone(), CENTRAL, 8, &[1, 0]), LOCAL, 6, &[1, 0]));
    put("odd.zip", &patched(patched(one.clone(), CENTRAL, 10, &[14, 0]), LOCAL, 8, &[14, 0]));
    let mut many = one.clone();
    let end = many.windows(4).rposition(|w| w == END).expect("the end");
    let mut large = b"PK\x06\x06".to_vec();
    large.resize(56, 0);
    large[32..40].copy_from_slice(&9_000_000u64.to_le_bytes());
    many.splice(end..end, large);
    put("many.zip", &many);
    let library = read(dir.path());
    expect(
        &library,
        dir.path(),
        &[
            ("bomb.zip/x.mid", "left out bomb"),
            ("liar.zip/x.mid", "left out unreadable"),
            ("huge.zip/x.mid", "left out too-large"),
            ("locked.zip/x.mid", "left out encrypted"),
            ("odd.zip/x.mid", "left out unreadable"),
            ("many.zip", "left out too-many-members"),
        ],
    );
    assert!(library.rows.iter().all(|r| r.state.to_string().ends_with('.')));
}

#[test]
fn an_unchanged_archive_is_remembered_whole_and_a_cancelled_one_is_not() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let folder = dir.path().join("music");
    std::fs::create_dir(&folder).expect("folder");
    let tunes: Vec<Vec<u8>> = (0..20).map(tune).collect();
    let names: Vec<String> = (0..20).map(|i| format!("{i}.mid")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(String::as_str).zip(tunes.iter().map(Vec::as_slice)).collect();
    let path = folder.join("twenty.zip");
    std::fs::write(&path, archive(&files)).expect("writes");
    let then = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    std::fs::File::options().write(true).open(&path).and_then(|f| f.set_modified(then)).expect("sets the time");
    let options = ImportOptions { cache: Some(dir.path().join("cache")), ..ImportOptions::default() };
    let run = |stop_at: usize| {
        let cancel = AtomicBool::new(false);
        let progress = |p: Progress| {
            if matches!(p, Progress::Reading { done, .. } if done >= stop_at) {
                cancel.store(true, Ordering::SeqCst);
            }
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        pool.install(|| import(std::slice::from_ref(&folder), &options, &progress, &cancel))
    };
    let part = run(5);
    assert_eq!((part.cancelled, part.rows.len(), part.files_found), (true, 5, 20));
    let whole = run(usize::MAX);
    let used = whole.cache.clone().expect("used");
    assert_eq!((whole.rows.len(), used.hits, used.read), (20, 0, 20));
    let again = run(usize::MAX);
    let used = again.cache.clone().expect("used");
    assert_eq!((used.hits, used.read, again.files_found), (20, 0, 20));
    assert_eq!(format!("{:?}", again.rows), format!("{:?}", whole.rows));
}

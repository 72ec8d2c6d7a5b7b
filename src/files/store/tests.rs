//! A store through its life: kept, overwritten, damaged, killed, too large, in use.

use super::*;
use proptest::prelude::*;
use std::process::{Command, Stdio};

/// Opens a store. While another test starts a child, the child holds our locks for a moment.
fn opened(folder: &Path) -> Store {
    for _ in 0..400 {
        match Store::open(folder) {
            Err(StoreError::Locked) => std::thread::sleep(std::time::Duration::from_millis(5)),
            other => return other.expect("opens"),
        }
    }
    panic!("the store stays locked");
}

fn name(n: u64) -> Name {
    *blake3::hash(&n.to_le_bytes()).as_bytes()
}

fn body(n: u64) -> Vec<u8> {
    (0..20 + n % 300).map(|i| (i * n) as u8).collect()
}

/// Keeps bytes: the first seven and the checksum of the others as the head, the others as the body.
fn keep(store: &Store, n: u64, bytes: &[u8]) {
    let (first, rest) = bytes.split_at(bytes.len().min(7));
    let head = [first, &checksum(rest).to_le_bytes()].concat();
    store.put(&name(n), &head, rest).expect("writes");
}

/// What [`keep`] kept; damaged bytes count as none.
fn get(store: &Store, n: u64) -> Option<Vec<u8>> {
    let (first, kept) = there(store, n)?;
    Some([first, kept.read().ok()?].concat())
}

fn there(store: &Store, n: u64) -> Option<(Vec<u8>, Kept)> {
    let (head, body) = store.get(&name(n))?;
    let (first, sum) = head.split_last_chunk()?;
    Some((first.to_vec(), body.part(0, body.len as usize, u64::from_le_bytes(*sum))?))
}

fn filled(folder: &Path, n: u64) -> Store {
    let store = opened(folder);
    for i in 0..n {
        keep(&store, i, &body(i));
    }
    store
}

#[test]
fn what_is_kept_is_there_when_it_is_opened_again_and_the_last_one_counts() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let store = filled(dir.path(), 500);
    keep(&store, 7, b"another");
    let length = store.close(1 << 30).expect("closes");
    assert_eq!(std::fs::metadata(dir.path().join("data")).expect("is there").len(), length);
    for _ in 0..2 {
        let store = opened(dir.path());
        assert_eq!(get(&store, 7).as_deref(), Some(&b"another"[..]));
        assert!((0..500).filter(|i| *i != 7).all(|i| get(&store, i) == Some(body(i))));
        assert_eq!(get(&store, 500), None);
        assert_eq!(store.close(1 << 30).expect("closes"), length, "nothing is written twice");
    }
    // Without its index it is read through.
    std::fs::remove_file(dir.path().join("index")).expect("removes");
    let store = opened(dir.path());
    assert_eq!(get(&store, 499), Some(body(499)));
    assert_eq!(get(&store, 7).as_deref(), Some(&b"another"[..]));
}

#[test]
fn only_one_may_have_it_at_a_time() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let first = opened(dir.path());
    assert!(matches!(Store::open(dir.path()), Err(StoreError::Locked)));
    drop(first);
    assert!(Store::open(dir.path()).is_ok());
}

#[test]
fn what_was_unused_for_the_longest_goes_first() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let mut store = filled(dir.path(), 1000);
    store.today -= 9;
    for i in 1000..1500 {
        keep(&store, i, &body(i));
    }
    let length = store.close(1 << 30).expect("closes");
    let limit = length * 4 / 5;
    let store = opened(dir.path());
    let shorter = store.close(limit).expect("closes");
    assert!(shorter <= limit, "{shorter} of {length}");
    let store = opened(dir.path());
    let kept = |range: std::ops::Range<u64>| range.filter(|i| get(&store, *i) == Some(body(*i))).count();
    assert_eq!(kept(1000..1500), 0, "older than the others, and a third of all");
    assert!(kept(0..1000) > 800);
}

#[test]
fn bytes_that_were_overwritten_many_times_are_tidied_away() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let store = opened(dir.path());
    let large = vec![5; 1 << 20];
    for _ in 0..40 {
        keep(&store, 1, &large);
    }
    assert!(store.close(1 << 30).expect("closes") < 2 << 20);
    assert_eq!(get(&opened(dir.path()), 1), Some(large));
}

/// The child of the next test: writes until it is killed.
#[test]
#[ignore = "run by a_killed_writer_leaves_whole_records"]
fn writes_for_ever() {
    let Some(folder) = std::env::var_os("CADENZA_STORE_OF_A_TEST") else { return };
    loop {
        let store = opened(Path::new(&folder));
        for i in 0.. {
            keep(&store, i, &body(i));
            if i % 20_000 == 19_999 {
                break;
            }
        }
        store.close(2 << 20).expect("closes");
    }
}

#[test]
fn a_killed_writer_leaves_whole_records() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let mut most = 0;
    for round in 0..12u64 {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "files::store::tests::writes_for_ever", "--ignored"])
            .env("CADENZA_STORE_OF_A_TEST", dir.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("starts");
        std::thread::sleep(std::time::Duration::from_millis(30 + 17 * round));
        child.kill().expect("is killed");
        child.wait().expect("ends");
        let store = opened(dir.path());
        let there: Vec<u64> = (0..20_000).filter(|i| get(&store, *i).is_some()).collect();
        assert!(there.iter().all(|i| get(&store, *i) == Some(body(*i))));
        most = most.max(there.len());
    }
    assert!(most > 1000, "only {most} records outlived a kill");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn damage_loses_records_but_never_gives_wrong_ones(
        file in prop::sample::select(vec!["data", "index"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let dir = tempfile::tempdir().expect("temporary folder");
        filled(dir.path(), 60).close(1 << 30).expect("closes");
        let path = dir.path().join(file);
        let mut bytes = std::fs::read(&path).expect("reads");
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        bytes.truncate(cut.map_or(bytes.len(), |c| c.index(bytes.len())));
        std::fs::write(&path, &bytes).expect("writes");
        for _ in 0..2 {
            let store = opened(dir.path());
            for i in 0..60 {
                prop_assert!(get(&store, i).is_none_or(|found| found == body(i)));
            }
            keep(&store, 99, b"new");
            store.close(1 << 30).expect("closes");
            let store = opened(dir.path());
            prop_assert_eq!(get(&store, 99), Some(b"new".to_vec()));
        }
    }
}

#[test]
fn bodies_are_read_when_the_store_is_closed_rewritten_or_another_s() {
    let dir = tempfile::tempdir().expect("temporary folder");
    filled(dir.path(), 300).close(1 << 30).expect("closes");
    let store = opened(dir.path());
    let kept: Vec<_> = (0..300).map(|n| there(&store, n).expect("is there")).collect();
    let all_there = || {
        kept.iter()
            .zip(0..)
            .all(|((first, rest), n)| rest.read().is_ok_and(|rest| [&first[..], &rest].concat() == body(n)))
    };
    assert!(all_there());
    store.close(1 << 30).expect("closes");
    assert!(all_there());
    // Half of it is forgotten, the rest moves to another file.
    let store = opened(dir.path());
    (300..600).for_each(|n| keep(&store, n, &body(n)));
    store.close(20_000).expect("closes");
    assert!(all_there());
    let store = opened(dir.path());
    assert!((0..600).any(|n| there(&store, n).is_none()));
    assert!((0..600).all(|n| get(&store, n).is_none_or(|found| found == body(n))));
}

#[test]
fn damage_that_shows_only_when_a_body_is_read_ends_with_the_next_opening() {
    let dir = tempfile::tempdir().expect("temporary folder");
    filled(dir.path(), 300).close(1 << 30).expect("closes");
    let path = dir.path().join("data");
    let time = std::fs::metadata(&path).expect("is there").modified().expect("has a time");
    let mut data = std::fs::read(&path).expect("reads");
    let part = &body(298)[20..];
    let at = data.windows(part.len()).position(|w| w == part).expect("is there");
    data[at] ^= 1;
    std::fs::write(&path, data).expect("writes");
    File::options().write(true).open(&path).expect("opens").set_modified(time).expect("sets the time");
    let store = opened(dir.path());
    let (_, kept) = there(&store, 298).expect("nobody looked at it");
    assert_eq!(kept.read().expect_err("damaged").kind(), io::ErrorKind::InvalidData);
    assert_eq!(get(&store, 297), Some(body(297)));
    store.close(1 << 30).expect("closes");
    let store = opened(dir.path());
    assert_eq!((get(&store, 297), get(&store, 298)), (Some(body(297)), None));
}

#[test]
fn parts_of_a_body_reach_no_further_than_it_does() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let store = opened(dir.path());
    store.put(&name(1), b"", b"0123456789").expect("writes");
    store.put(&name(2), b"only a head", b"").expect("writes");
    store.close(1 << 30).expect("closes");
    let store = opened(dir.path());
    let (head, body) = store.get(&name(1)).expect("is there");
    assert!(head.is_empty());
    let part = |from, bytes: &[u8]| body.part(from, bytes.len(), checksum(bytes)).map(|p| p.read().expect("reads"));
    assert_eq!(part(3, b"345"), Some(b"345".to_vec()));
    assert_eq!(part(10, b""), Some(Vec::new()));
    assert_eq!((part(8, b"89x"), part(usize::MAX, b"1")), (None, None));
    let (head, body) = store.get(&name(2)).expect("is there");
    assert_eq!((head, body.len), (&b"only a head"[..], 0));
}

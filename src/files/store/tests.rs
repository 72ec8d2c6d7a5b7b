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

fn get(store: &Store, n: u64) -> Option<Vec<u8>> {
    store.read(&name(n), <[u8]>::to_vec)
}

fn body(n: u64) -> Vec<u8> {
    (0..20 + n % 300).map(|i| (i * n) as u8).collect()
}

fn filled(folder: &Path, n: u64) -> Store {
    let store = opened(folder);
    for i in 0..n {
        store.put(&name(i), &body(i)).expect("writes");
    }
    store
}

#[test]
fn what_is_kept_is_there_when_it_is_opened_again_and_the_last_one_counts() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let store = filled(dir.path(), 500);
    store.put(&name(7), b"another").expect("writes");
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
        store.put(&name(i), &body(i)).expect("writes");
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
        store.put(&name(1), &large).expect("writes");
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
            store.put(&name(i), &body(i)).expect("writes");
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
            store.put(&name(99), b"new").expect("writes");
            store.close(1 << 30).expect("closes");
            let store = opened(dir.path());
            prop_assert_eq!(get(&store, 99), Some(b"new".to_vec()));
        }
    }
}

#[test]
fn many_are_read_at_once_as_each_would_be_alone() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let store = filled(dir.path(), 3000);
    // Larger than what is read at once, small enough for the index, and empty.
    let others = [(5000, vec![3; RUN as usize + 9]), (5001, vec![1]), (5002, Vec::new())];
    for (n, bytes) in &others {
        store.put(&name(*n), bytes).expect("writes");
    }
    store.close(1 << 30).expect("closes");
    let ask = [5000, 7, 2999, 7, 4000, 5002, 0, 1500, 5001, 600];
    let names = ask.map(name);
    let store = opened(dir.path());
    let all = store.read_all(&names);
    for (n, found) in ask.into_iter().zip(&all) {
        assert_eq!(found.as_deref().map(<[u8]>::to_vec), get(&store, n), "{n}");
    }
    assert_eq!(all.iter().flatten().count(), ask.len() - 1);
    assert_eq!(store.read_all(&[]), []);
    // A damaged record is none; those beside it are there.
    let mut data = std::fs::read(dir.path().join("data")).expect("reads");
    let long = body(298);
    let at = data.windows(long.len()).position(|w| w == long).expect("is there");
    data[at + 5] ^= 1;
    std::fs::write(dir.path().join("data"), data).expect("writes");
    let around = store.read_all(&[297, 298, 299].map(name));
    assert_eq!(around.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, true]);
}

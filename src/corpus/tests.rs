//! A folder of awkward files, end to end: each is a row with a reason, the rest is imported.

use super::*;
use crate::midi;
use crate::music::{Note, Role, Score, Tick, Voice};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

fn tune(role: Role, seed: u8, n: usize) -> Vec<u8> {
    let mut score = Score::new(480);
    let mut voice = Voice::new("v", role, 0);
    let pitch = |i: usize| 60 + ((i * 7 + i * i * usize::from(seed)) % 13) as u8;
    voice.notes = (0..n).map(|i| Note::new(i as Tick * 480, 480, pitch(i), 80)).collect();
    score.push_voice(voice);
    midi::write(&score).0
}

fn awkward() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("temporary folder");
    let put = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("has a parent")).expect("folder");
        std::fs::write(path, bytes).expect("file");
    };
    let good = tune(Role::Melody, 3, 40);
    put("good.mid", &good);
    put("folk/deep/copy.MIDI", &good);
    put("folk/另一首曲子.mid", &tune(Role::Melody, 5, 40));
    put("no ending", &tune(Role::Melody, 7, 40));
    put("truncated.mid", &good[..good.len() * 2 / 3]);
    put("empty.mid", b"");
    put("text.mid", b"These are words, not notes.");
    put("notes.txt", b"words");
    put(".DS_Store", b"\0\0\0\x01Bud1");
    put("drums.mid", &tune(Role::Drums, 3, 40));
    put("short.mid", &tune(Role::Melody, 3, 7));
    put("silent.mid", &tune(Role::Melody, 3, 0));
    put("header only.mid", &good[..14]);
    put("broken.mid", &[&good[..18], &[0, 0, 0, 9, 0, 0x3c, 0x50, 0, 0x3c, 0, 0, 0xff, 0x2f][..]].concat());
    put("song.mxl", b"PK\x03\x04");
    put(
        "book.abc",
        b"X:1\nT:One\nK:C\nCDEF GABc|cBAG FEDC|\n\nX:2\nT:Two\nK:D\nDFAd fdAF|D8|\n\nX:3\nT:Stub\nK:C\nC|\n",
    );
    put("latin.abc", b"X:1\nT:Caf\xe9\nK:C\nCEGc GECE|C2E2 G2c2|\n");
    put("prose.abc", b"The alphabet begins with abc.");
    dir
}

fn read(path: &Path) -> Library {
    import(&[path.to_owned()], &ImportOptions::default(), &|_| {}, &AtomicBool::new(false))
}

fn fates(library: &Library) -> BTreeMap<String, String> {
    let name = |p: &Path| p.file_name().expect("has a name").to_string_lossy().into_owned();
    let fate = |r: &FileRow| format!("{} {}", r.state.word(), r.state.reason()).trim_end().to_owned();
    library.rows.iter().map(|r| (name(&r.path), fate(r))).collect()
}

#[test]
fn every_file_has_a_fate_and_the_counts_add_up() {
    let dir = awkward();
    let library = read(dir.path());
    let expected = [
        (".DS_Store", "left out not-music"),
        ("book.abc", "used"),
        ("broken.mid", "left out unreadable"),
        ("copy.MIDI", "used"),
        ("drums.mid", "left out drums-only"),
        ("empty.mid", "left out empty-file"),
        ("good.mid", "used"),
        ("header only.mid", "left out unreadable"),
        ("latin.abc", "used"),
        ("no ending", "used"),
        ("notes.txt", "left out not-music"),
        ("prose.abc", "left out unreadable"),
        ("short.mid", "left out too-short"),
        ("silent.mid", "left out no-notes"),
        ("song.mxl", "left out unreadable"),
        ("text.mid", "left out unreadable"),
        ("truncated.mid", "repaired truncated"),
        ("另一首曲子.mid", "used"),
    ];
    let expected: BTreeMap<_, _> = expected.iter().map(|(n, f)| ((*n).to_owned(), (*f).to_owned())).collect();
    assert_eq!(fates(&library), expected);
    let counts = library.counts();
    assert_eq!((counts.used, counts.repaired, counts.left_out), (6, 1, 11));
    assert_eq!(library.rows.len(), counts.used + counts.repaired + counts.left_out);
    assert_eq!(library.reasons().values().sum::<usize>(), counts.left_out);
    for (i, row) in library.rows.iter().enumerate() {
        assert_eq!(row.state.is_left_out(), row.pieces.is_empty());
        assert!(row.pieces.iter().all(|p| library.pieces[*p].row == i));
    }
    let of = |name: &str| library.pieces.iter().find(|p| p.path.ends_with(name)).expect("imported");
    assert_eq!(of("good.mid").family, of("copy.MIDI").family);
    assert_eq!(of("good.mid").hash, of("copy.MIDI").hash);
    assert_ne!(of("good.mid").family, of("另一首曲子.mid").family);
    assert_eq!((of("copy.MIDI").style.as_str(), of("good.mid").style.as_str()), ("folk", ""));
    assert_eq!(of("另一首曲子.mid").title, "另一首曲子");
    assert_eq!(of("latin.abc").title, "Café");
    let broken = library.rows.iter().find(|r| r.path.ends_with("broken.mid")).expect("a row");
    assert!(broken.state.to_string().contains("track 1 makes no sense from byte"), "{}", broken.state);
    let book = library.rows.iter().find(|r| r.path.ends_with("book.abc")).expect("a row");
    assert_eq!(book.pieces.iter().map(|p| library.pieces[*p].title.as_str()).collect::<Vec<_>>(), ["One", "Two"]);
    assert_eq!(book.warnings, ["“Stub” is left out. It is too short: 1 note, at least 8 are needed."]);
}

#[test]
fn the_same_on_one_thread_and_on_many() {
    let dir = awkward();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let library = pool.install(|| read(dir.path()));
        let pieces: Vec<_> = library.pieces.iter().map(|p| (p.path.clone(), p.family, p.hash, p.score())).collect();
        (fates(&library), pieces, library.families)
    };
    assert_eq!(on(1), on(7));
}

#[test]
fn progress_reaches_the_end_and_cancel_keeps_what_is_finished() {
    let dir = awkward();
    let most = AtomicUsize::new(0);
    let progress = |p: Progress| {
        if let Progress::Reading { done, .. } = p {
            most.fetch_max(done, Ordering::SeqCst);
        }
    };
    let paths = [dir.path().to_owned()];
    let whole = import(&paths, &ImportOptions::default(), &progress, &AtomicBool::new(false));
    assert_eq!((most.into_inner(), whole.cancelled), (whole.rows.len(), false));

    let cancel = AtomicBool::new(false);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let stop_after_three = |p: Progress| {
        if matches!(p, Progress::Reading { done: 3, .. }) {
            cancel.store(true, Ordering::SeqCst);
        }
    };
    let part = pool.install(|| import(&paths, &ImportOptions::default(), &stop_after_three, &cancel));
    assert_eq!((part.rows.len(), part.files_found, part.cancelled), (3, whole.rows.len(), true));
}

#[test]
fn melody_only_keeps_one_line_of_each_piece() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let mut score = Score::new(480);
    let mut voice = Voice::new("", Role::Other, 0);
    for i in 0..16 {
        voice.notes.extend([48, 55, 72].map(|pitch| Note::new(i * 480, 480, pitch + (i % 5) as u8, 80)));
    }
    score.push_voice(voice);
    std::fs::write(dir.path().join("hymn.mid"), midi::write(&score).0).expect("file");
    let options = ImportOptions { melody_only: true, ..ImportOptions::default() };
    let seen = Mutex::new(Vec::new());
    let library = import(
        &[dir.path().to_owned()],
        &options,
        &|p| seen.lock().expect("not poisoned").push(p),
        &AtomicBool::new(false),
    );
    let line = library.pieces[0].score().expect("is at hand");
    assert_eq!((line.voices.len(), line.voices[0].role, line.n_notes()), (1, Role::Melody, 16));
    assert!(line.notes().all(|(_, n)| n.pitch >= 72));
    assert_eq!(seen.into_inner().expect("not poisoned").last(), Some(&Progress::Comparing { pieces: 1 }));
}

#[test]
fn a_path_that_is_not_there_is_a_row() {
    let library = read(&PathBuf::from("no such folder"));
    assert_eq!(fates(&library), BTreeMap::from([("no such folder".into(), "left out not-found".into())]));
}

#[cfg(unix)]
#[test]
fn what_may_not_be_opened_is_a_row() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = dir.path().join("secret.mid");
    std::fs::write(&path, tune(Role::Melody, 3, 40)).expect("file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("permissions");
    let root = std::fs::File::open(&path).is_ok();
    let fate = fates(&read(dir.path())).into_values().next().expect("one row");
    // Root may open everything.
    assert_eq!(fate, if root { "used" } else { "left out no-access" });
}

#[test]
fn remedies_and_choices_decide_for_all_files_and_for_one() {
    let dir = awkward();
    let with = |choices: Choices| {
        let options = ImportOptions { choices: choices.into(), ..ImportOptions::default() };
        import(&[dir.path().to_owned()], &options, &|_| {}, &AtomicBool::new(false))
    };
    let before = with(Choices::default());
    let row = |library: &Library, name: &str| library.rows.iter().position(|r| r.path.ends_with(name)).expect("a row");
    assert_eq!(before.rows[row(&before, "short.mid")].remedies, [Remedy::UseShort]);
    assert_eq!(before.rows[row(&before, "drums.mid")].remedies, [Remedy::UseDrums]);
    assert_eq!(before.rows[row(&before, "empty.mid")].remedies, []);

    let mut choices = Choices { remedies: [Remedy::UseShort, Remedy::UseDrums].into(), ..Choices::default() };
    choices.change(before.rows[row(&before, "no ending")].hash, |c| c.leave_out = true);
    choices.change(before.rows[row(&before, "good.mid")].hash, |c| {
        c.key.insert(0, crate::music::Key::parse("E minor").expect("a key"));
        c.roles.insert((0, 0), VoiceChoice::Role(Role::Bass));
    });
    let after = with(choices.clone());
    let fate = |name: &str| fates(&after)[name].clone();
    assert_eq!([fate("short.mid"), fate("drums.mid"), fate("no ending")], ["used", "used", "left out by-choice"]);
    // A copy has the same content, and so the same choices.
    for name in ["good.mid", "copy.MIDI"] {
        let piece = after.pieces.iter().find(|p| p.path.ends_with(name)).expect("used");
        assert_eq!(piece.key.map(|(key, sure)| (key.to_string(), sure)), Some(("E minor".to_owned(), 1.0)));
        assert_eq!(piece.score().expect("is at hand").voices[0].role, Role::Bass);
    }
    let stub = after.pieces.iter().filter(|p| p.path.ends_with("book.abc")).map(|p| p.tune);
    assert_eq!(stub.collect::<Vec<_>>(), [0, 1, 2]);

    choices.change(before.rows[row(&before, "good.mid")].hash, |c| {
        c.roles.insert((0, 0), VoiceChoice::LeaveOut);
    });
    assert_eq!(fates(&with(choices))["good.mid"], "left out no-notes");
}

#[test]
fn what_was_chosen_is_said_in_the_sentence() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let file = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).expect("file");
    file("short.abc", "X:1\nT:Short\nK:C\nCDE|\n");
    file("two.abc", "X:1\nT:Two\nM:4/4\nL:1/4\nK:C\nV:1\ncdef|gfed|\nV:2 clef=bass\nC,4|G,,4|\n");
    file("one.abc", "X:1\nT:One\nM:4/4\nL:1/4\nK:C\ncdef|gfed|\n");
    let choices = Choices { remedies: [Remedy::UseShort, Remedy::MelodyOnly].into(), ..Choices::default() };
    let options = ImportOptions { choices: choices.into(), ..ImportOptions::default() };
    let library = import(&[dir.path().to_owned()], &options, &|_| {}, &AtomicBool::new(false));
    let said: Vec<_> = library.rows.iter().map(FileRow::sentence).collect();
    let [one, short, two] = &said[..] else { panic!("{said:?}") };
    assert_eq!(one, "Used as it is.", "it had nothing but a melody");
    assert_eq!(short, "Used, as you chose: though it is short.");
    assert_eq!(two, "Used, as you chose: the melody only.");
}

#[test]
fn a_tune_that_is_left_out_mends_no_other() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let good = "X:1\nT:Good\nM:4/4\nL:1/4\nK:C\ncdef|gfed|\n";
    let file = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).expect("file");
    file("book.abc", &format!("{good}\nX:2\nT:Stub\nK:C\nC;D|\n\nX:3\nT:Bare\nK:C\n;\n"));
    file("single.abc", "X:1\nT:Stub\nK:C\nCD|\n");
    let library = read(dir.path());
    let [book, single] = &library.rows[..] else { panic!("{:?}", library.rows) };
    assert_eq!(book.state, FileState::Used, "{book:?}");
    let about = |name: &str| book.warnings.iter().filter(|w| w.starts_with(name)).count();
    assert_eq!((about("“Stub” is left out."), about("“Stub”, line")), (1, 1), "{:?}", book.warnings);
    assert!(single.state.is_left_out() && single.warnings.is_empty(), "the state says it: {single:?}");
}

#[test]
fn the_key_of_a_section_is_the_user_s_where_they_say_so() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let (home, away) = ("CEGc GECE|FAcf cAFA|GBdg dBGB|cGEC C4|", "EGBe BGEG|Acea ecAc|Bdfb fdBd|eBGE E4|");
    let tune = format!(
        "X:1\nT:Away\nM:4/4\nL:1/8\nK:C\n{}\n[K:E]{}\n[K:C]{}\n",
        home.repeat(3),
        away.repeat(3),
        home.repeat(3)
    );
    std::fs::write(dir.path().join("away.abc"), tune).expect("file");
    let told = |library: &Library| {
        let spans = library.pieces[0].keys.iter();
        spans.map(|s| (s.key.to_string(), s.confidence == 1.0)).collect::<Vec<_>>()
    };
    let before = read(dir.path());
    let name = |key: &str, told| (key.to_owned(), told);
    assert_eq!(told(&before), [name("C major", false), name("E major", false), name("C major", false)]);
    let mut choices = Choices::default();
    choices.change(before.pieces[0].hash, |c| {
        let key = crate::music::Key::parse("C# minor").expect("a key");
        c.sections.insert((0, before.pieces[0].keys[1].from), key);
    });
    let options = ImportOptions { choices: choices.into(), ..ImportOptions::default() };
    let after = import(&[dir.path().to_owned()], &options, &|_| {}, &AtomicBool::new(false));
    assert_eq!(told(&after), [name("C major", false), name("C♯ minor", true), name("C major", false)]);
    assert_eq!(after.pieces[0].key, before.pieces[0].key);
}

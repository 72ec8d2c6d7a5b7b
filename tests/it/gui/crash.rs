//! kill -9: what a killed window leaves is offered to the next one, takes and all, and a file that was
//! being saved is the old one or the new one.

use super::*;
use cadenza::project::{Project, file};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

/// Names the folder to the process that is going to be killed.
const FOLDER: &str = "CADENZA_TEST_CRASH_FOLDER";

fn child(test: &str, folder: &Path) -> Child {
    let this = std::env::current_exe().expect("tests are a program");
    let name = format!("gui::crash::{test}");
    let mut child = Process::new(this);
    child.args([&name, "--exact", "--ignored", "--test-threads=1"]).env(FOLDER, folder);
    child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts")
}

/// Waits for what the child does. The bound ends a test that hangs, it measures nothing.
fn wait_for(what: &str, child: &mut Child, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(120), "waited in vain for {what}");
        assert!(child.try_wait().expect("asks").is_none(), "the child ended before {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn take() -> Take {
    let mut score = Score::new(480);
    score.push_voice(Voice::new("Melody", Role::Melody, 0));
    score.insert(0, Note::new(0, 480, 72, 80));
    Take {
        id: 0,
        parent: None,
        name: "A take worth keeping".into(),
        score: Arc::new(score),
        settings: cadenza::generate::Settings::default(),
        model: "Folk".into(),
        from_tick: 0,
        remark: String::new(),
        receipts: Default::default(),
        originality: None,
    }
}

/// A window with work in it, which the test kills.
#[test]
#[ignore = "runs in a process of its own, to be killed"]
fn a_window_at_work() {
    let folder = std::env::var_os(FOLDER).expect("started by the test");
    let mut options = Options::for_test();
    options.folders.recovery = Some(folder.into());
    let mut h = build(options, false);
    let notes = vec![Note::new(0, 480, 60, 80), Note::new(480, 480, 62, 80)];
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    h.state().state.session.events.send(SessionEvent::TakeDone(Box::new(take())));
    until(&mut h, "the end, which is a kill", |_| false);
}

#[test]
fn a_killed_window_is_recovered_with_its_takes() {
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("1.cadenza");
    let mut child = child("a_window_at_work", dir.path());
    // No half a minute: a take is copied as soon as it is there.
    let is_there = || std::fs::read_to_string(&copy).is_ok_and(|t| t.contains("A take worth keeping"));
    wait_for("the copy with the take", &mut child, is_there);
    child.kill().unwrap();
    child.wait().unwrap();

    let mut options = Options::for_test();
    options.folders.recovery = Some(dir.path().to_owned());
    let mut h = build(options, false);
    h.get_by_label("Recover 1").click();
    h.run();
    assert_eq!(n_notes(&h), 2);
    let takes = h.state().state.project.takes();
    assert_eq!(takes.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["A take worth keeping"]);
    assert!(h.state().state.project.is_unsaved() && !copy.exists());
    drop(h);
    assert!(cadenza::project::recovery::orphans(dir.path()).is_empty(), "closed in good order, nothing is left");
}

fn alternatives() -> [Project; 2] {
    [60, 61].map(|pitch| {
        let mut score = Score::new(480);
        let notes = (0..20_000).map(|i| Note::new(i * 10, 10, pitch, 80)).collect();
        score.push_voice(Voice { notes, ..Voice::default() });
        Project::new(score)
    })
}

/// Saves over and over, until the test kills it.
#[test]
#[ignore = "runs in a process of its own, to be killed"]
fn saving_without_end() {
    let path = Path::new(&std::env::var_os(FOLDER).expect("started by the test")).join("a.cadenza");
    for project in alternatives().iter().cycle() {
        file::save(project, &path).unwrap();
    }
}

#[test]
fn a_file_is_never_half_written() {
    let alternatives = alternatives();
    for round in 0..4u64 {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.cadenza");
        let mut child = child("saving_without_end", dir.path());
        wait_for("the first save", &mut child, || path.exists());
        std::thread::sleep(Duration::from_millis(3 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let saved = file::load(&path).expect("whole, whenever the kill came");
        assert!(alternatives.iter().any(|p| p.score() == saved.score()));
    }
}

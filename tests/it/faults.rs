//! What can go wrong while a model is trained, one by one: training lives on where it can, says what it did,
//! and where it cannot live on, what was reached is there.

use crate::pipeline::{Watcher, starter, tiny, values_of};
use cadenza::files::disk::{Disk, FileSystem};
use cadenza::job::{Job, State, no_waker};
use cadenza::model::{Checkpoint, Compute};
use cadenza::train::run::ModelInfo;
use cadenza::train::{
    Ending, Keeping, Mishap, Recipe, Report, Run, RunError, TrainError, TrainEvent, resume, resume_with, train_with,
};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const STEPS: u64 = 24;

fn recipe() -> Recipe {
    Recipe { checks: 4, patience: 0, ..tiny(STEPS) }
}

/// Saves after every step.
fn every_step() -> Keeping {
    Keeping { save_every: Some(Duration::ZERO), ..Keeping::default() }
}

fn begin(dir: &Path, keeping: &Keeping, watcher: &mut Watcher) -> Result<Report, TrainError> {
    train_with(starter(), &recipe(), Compute::Cpu, None, dir, keeping, watcher).map(|o| o.report)
}

fn weights(path: PathBuf) -> Vec<u32> {
    let model = Checkpoint::<ModelInfo>::load(&path).expect("whole");
    values_of(&model.network(&Compute::Cpu.open().expect("there"), &path).expect("fits"))
}

fn last(dir: &Path) -> Vec<u32> {
    weights(Run::open(dir).expect("a run").last_path())
}

/// Nats per note at the best check, as the model's file has it: the file is whole.
fn best(dir: &Path) -> (u64, f64) {
    let progress = Run::open(dir).expect("a run").best().expect("intact").info.progress;
    (progress.best_step, progress.best_valid.expect("pieces are held out"))
}

fn undisturbed(dir: &Path) -> Vec<u32> {
    begin(dir, &Keeping::default(), &mut Watcher::until(u64::MAX)).expect("trains");
    last(dir)
}

fn mishaps(watcher: &Watcher) -> Vec<Mishap> {
    let told = watcher.events.iter().filter_map(|e| match e {
        TrainEvent::Mishap(mishap) => Some(mishap.clone()),
        _ => None,
    });
    told.collect()
}

/// A disk on which the writes from one number to another fail.
#[derive(Debug)]
struct Full {
    from: u64,
    to: u64,
    writes: AtomicU64,
    kind: io::ErrorKind,
}

impl Full {
    fn keeping(from: u64, to: u64, kind: io::ErrorKind) -> Keeping {
        Keeping { disk: Arc::new(Full { from, to, writes: AtomicU64::new(0), kind }), ..every_step() }
    }

    fn room(&self) -> io::Result<()> {
        let n = self.writes.fetch_add(1, Ordering::SeqCst);
        if (self.from..self.to).contains(&n) { Err(self.kind.into()) } else { Ok(()) }
    }
}

impl Disk for Full {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.room()?;
        FileSystem.write(path, bytes)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.room()?;
        FileSystem.append(path, bytes)
    }
}

/// Writes before the first step: data, card, metrics, recipe, baselines.
const AT_THE_BEGINNING: u64 = 5;

#[test]
fn a_full_disk_is_told_and_nothing_is_lost_once_there_is_room_again() {
    let home = tempfile::tempdir().expect("temporary folder");
    let (plain, dir) = (home.path().join("plain"), home.path().join("full"));
    let through = undisturbed(&plain);
    let mut watcher = Watcher::until(u64::MAX);
    let full = Full::keeping(AT_THE_BEGINNING + 9, AT_THE_BEGINNING + 21, io::ErrorKind::StorageFull);
    let report = begin(&dir, &full, &mut watcher).expect("lives on");
    assert_eq!(report.ending, Some(Ending::Complete));
    let told = mishaps(&watcher);
    assert!(matches!(told.as_slice(), [Mishap::CannotSave { .. }, Mishap::SavingAgain]), "{told:?}");
    let said = told[0].to_string();
    assert!(
        said.starts_with("cannot save (cannot write the run (no storage space)") && said.contains("goes on"),
        "{said}"
    );
    assert!(last(&dir) == through, "the weights differ");
    let rows = |dir: &Path| {
        let rows = Run::open(dir).and_then(|r| r.metrics()).expect("reads");
        rows.into_iter().map(|r| (r.step, r.valid, r.nats_per_note)).collect::<Vec<_>>()
    };
    assert_eq!(rows(&dir), rows(&plain));
    assert_eq!(best(&dir), best(&plain));
}

#[test]
fn a_disk_that_stays_full_ends_in_a_sentence_and_the_best_model_is_intact() {
    let home = tempfile::tempdir().expect("temporary folder");
    let dir = home.path().join("run");
    let full = Full::keeping(AT_THE_BEGINNING + 20, u64::MAX, io::ErrorKind::StorageFull);
    let said = begin(&dir, &full, &mut Watcher::until(u64::MAX)).expect_err("no room").to_string();
    assert!(said.starts_with("cannot write the run (no storage space): ") && said.contains("run"), "{said}");
    let (step, nats) = best(&dir);
    assert!(step < STEPS && nats > 0.0);
    // With room again the run goes on from what is there.
    let report = resume(&dir, &mut Watcher::until(u64::MAX)).expect("goes on").report;
    assert_eq!(report.steps, STEPS);
    assert!(last(&dir) == undisturbed(&home.path().join("plain")), "the weights differ");
}

#[test]
fn a_read_only_folder_is_refused_before_anything_is_trained() {
    let home = tempfile::tempdir().expect("temporary folder");
    let dir = home.path().join("run");
    let mut watcher = Watcher::until(u64::MAX);
    let keeping = Full::keeping(0, u64::MAX, io::ErrorKind::ReadOnlyFilesystem);
    let said = begin(&dir, &keeping, &mut watcher).expect_err("refused").to_string();
    assert!(said.starts_with("cannot write the run (read-only filesystem or storage medium): "), "{said}");
    assert!(!watcher.events.iter().any(|e| matches!(e, TrainEvent::Step(_))));
    assert!(Run::open(&dir).is_err(), "half a run is none");
    begin(&dir, &Keeping::default(), &mut Watcher::until(u64::MAX)).expect("the folder can be used later");
}

#[test]
fn a_batch_that_makes_the_loss_no_number_is_passed_over() {
    let home = tempfile::tempdir().expect("temporary folder");
    let poisoned =
        || Keeping { before: Some(Box::new(|batch, _| if batch == 14 { f64::NAN } else { 1.0 })), ..every_step() };
    let dir = home.path().join("run");
    let mut watcher = Watcher::until(u64::MAX);
    let report = begin(&dir, &poisoned(), &mut watcher).expect("lives on");
    let told = mishaps(&watcher);
    let [Mishap::Diverged { at: 15, back_to, rate, attempt: 1 }] = told.as_slice() else { panic!("{told:?}") };
    assert!([6, 12].contains(back_to) && *rate < 0.5, "{told:?}");
    assert!(told[0].to_string().contains("ran away at step 15: back to the state of step"), "{}", told[0]);
    assert_eq!((report.ending, report.steps, report.mishaps.len()), (Some(Ending::Complete), STEPS, 1));
    let rows = Run::open(&dir).and_then(|r| r.metrics()).expect("reads");
    assert!(rows.windows(2).all(|w| w[0].step <= w[1].step) && rows.iter().all(|r| r.nats_per_note.is_finite()));
    // Stopped before and after it, the same.
    for stops in [[9, 13], [14, 18]] {
        let again = home.path().join(format!("again {stops:?}"));
        begin(&again, &poisoned(), &mut Watcher::until(stops[0])).expect("stops");
        resume_with(&again, None, &poisoned(), &mut Watcher::until(stops[1])).expect("stops");
        resume_with(&again, None, &poisoned(), &mut Watcher::until(u64::MAX)).expect("ends");
        assert!(last(&again) == last(&dir), "stopped at {stops:?}: the weights differ");
    }
}

#[test]
fn a_training_that_runs_away_again_and_again_is_given_up_with_its_best_model() {
    let home = tempfile::tempdir().expect("temporary folder");
    let dir = home.path().join("run");
    let keeping =
        Keeping { before: Some(Box::new(|batch, _| if batch >= 14 { f64::NAN } else { 1.0 })), ..every_step() };
    let mut watcher = Watcher::until(u64::MAX);
    let failed = begin(&dir, &keeping, &mut watcher).expect_err("given up");
    assert!(matches!(failed, TrainError::Diverged { .. }), "{failed}");
    assert!(failed.to_string().contains("after 3 attempts with a lower learning rate"), "{failed}");
    assert_eq!(mishaps(&watcher).len(), 3);
    assert!(best(&dir).0 <= 12);
    let again = resume(&dir, &mut Watcher::until(u64::MAX)).expect("a run that is over gives its report").report;
    assert_eq!(again.ending, Some(Ending::Diverged));
}

#[test]
fn a_rate_that_is_too_high_is_lowered_until_it_learns() {
    let home = tempfile::tempdir().expect("temporary folder");
    let dir = home.path().join("run");
    let wild = Recipe { learning_rate: 10.0, clip: 1e9, dropout: 0.0, ..Recipe { checks: 40, ..tiny(120) } };
    let mut watcher = Watcher::until(u64::MAX);
    let outcome = train_with(starter(), &wild, Compute::Cpu, None, &dir, &Keeping::default(), &mut watcher);
    let told = mishaps(&watcher);
    assert!(matches!(told.first(), Some(Mishap::Diverged { attempt: 1, .. })), "{told:?}");
    assert!(best(&dir).1.is_finite());
    assert!(matches!(outcome, Ok(_) | Err(TrainError::Diverged { .. })), "{outcome:?}");
}

#[test]
fn a_run_whose_folder_is_removed_ends_in_a_sentence_and_is_not_made_anew() {
    let home = tempfile::tempdir().expect("temporary folder");
    let dir = home.path().join("run");
    let gone = dir.clone();
    let before = Box::new(move |batch, _| {
        if batch == 8 {
            std::fs::remove_dir_all(&gone).expect("removes");
        }
        1.0
    });
    let keeping = Keeping { before: Some(before), ..Keeping::default() };
    let failed = begin(&dir, &keeping, &mut Watcher::until(u64::MAX)).expect_err("gone");
    assert!(matches!(failed, TrainError::Run(RunError::Gone { .. })), "{failed}");
    assert!(failed.to_string().starts_with("the folder of the run is gone (removed, renamed,"), "{failed}");
    assert!(!dir.exists());
}

#[test]
fn a_job_that_panics_says_so_and_its_run_goes_on_as_if_nothing_had_been() {
    let home = tempfile::tempdir().expect("temporary folder");
    let dir = home.path().join("run");
    let out = dir.clone();
    let mut job: Job<(), Report> = Job::spawn("train", no_waker(), move |_| {
        let before = Box::new(|batch, _| if batch == 15 { panic!("seven is not six") } else { 1.0 });
        let keeping = Keeping { before: Some(before), ..every_step() };
        Ok(begin(&out, &keeping, &mut Watcher::until(u64::MAX))?)
    });
    while job.next_event().is_some() {}
    assert_eq!(job.into_state(), State::Failed("a fault in the program: seven is not six".to_owned()));
    assert!(!Run::open(&dir).expect("a run").is_busy(), "it is free again");
    assert!(best(&dir).0 >= 6);
    let mut watcher = Watcher::until(u64::MAX);
    resume(&dir, &mut watcher).expect("goes on");
    assert!(matches!(watcher.events[0], TrainEvent::Started { resumed_at: 15, .. }), "{:?}", watcher.events[0]);
    assert!(last(&dir) == undisturbed(&home.path().join("plain")), "the weights differ");
}

#[test]
fn a_device_without_memory_is_given_smaller_parts_of_the_same_batch() {
    let home = tempfile::tempdir().expect("temporary folder");
    let dir = home.path().join("run");
    let small = || {
        let before =
            Box::new(|batch, rows| if batch >= 7 && rows > 1 { panic!("wgpu error: Out of Memory") } else { 1.0 });
        Keeping { before: Some(before), ..every_step() }
    };
    let mut watcher = Watcher::until(u64::MAX);
    let report = begin(&dir, &small(), &mut watcher).expect("lives on");
    assert_eq!(mishaps(&watcher), [Mishap::OutOfMemory { rows: 1, parts: 2 }]);
    assert_eq!((report.steps, report.mishaps.len()), (STEPS, 1));
    // The parts are kept with the state: a resumed run is the same to the bit, and needs not fail again.
    let again = home.path().join("again");
    begin(&again, &small(), &mut Watcher::until(13)).expect("stops");
    let mut watcher = Watcher::until(u64::MAX);
    resume(&again, &mut watcher).expect("ends");
    assert!(mishaps(&watcher).is_empty() && last(&again) == last(&dir), "the weights differ");
    // Not even one row.
    let none = Keeping { before: Some(Box::new(|_, _| panic!("out of memory"))), ..Keeping::default() };
    let failed = begin(&home.path().join("none"), &none, &mut Watcher::until(u64::MAX)).expect_err("hopeless");
    assert!(failed.to_string().starts_with("the device has no memory for a single row"), "{failed}");
}

#[test]
fn a_run_is_trained_once_at_a_time() {
    let home = tempfile::tempdir().expect("temporary folder");
    let dir = home.path().join("run");
    let inner = dir.clone();
    let before = Box::new(move |batch, _| {
        if batch == 3 {
            let second = resume(&inner, &mut Watcher::until(u64::MAX)).expect_err("busy").to_string();
            assert!(second.starts_with("this run is being trained already"), "{second}");
        }
        1.0
    });
    let keeping = Keeping { before: Some(before), ..every_step() };
    begin(&dir, &keeping, &mut Watcher::until(6)).expect("stops");
    assert_eq!(resume(&dir, &mut Watcher::until(u64::MAX)).expect("free").report.steps, STEPS);
}

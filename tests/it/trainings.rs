//! Trainings as jobs: takes at the checks, several in a row, estimates, watching from elsewhere.

use crate::pipeline::{never, starter_pieces, tiny};
use cadenza::corpus::{self, ImportOptions, Library};
use cadenza::job::{
    Care, EstimateRequest, Job, QueueEvent, QueueRequest, Source, State, TrainRequest, runs, spawn_estimate,
    spawn_follow, spawn_queue, spawn_train, sweep,
};
use cadenza::midi;
use cadenza::model::{Arch, Compute};
use cadenza::train::{Budget, DataCard, Ending, Recipe, Report, Run, TakeAtCheck, TrainEvent};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn no_waker() -> cadenza::job::Waker {
    cadenza::job::no_waker()
}

fn quiet() -> Care {
    Care { awake: false, ..Care::default() }
}

fn source() -> Source {
    let pieces = starter_pieces();
    let library = Library { pieces, ..Library::default() };
    Source::Library { pieces: (0..library.pieces.len()).collect(), library: Arc::new(library) }
}

fn begun(out: PathBuf, recipe: Recipe, takes: bool) -> Job<TrainEvent, Report> {
    let (source, recipe, care) = (source(), Box::new(recipe), Care { takes, ..quiet() });
    spawn_train(TrainRequest::New { source, recipe, compute: Compute::Cpu, from: None, out, care }, no_waker())
}

fn ended<E: Send + 'static, T: Send + 'static>(mut job: Job<E, T>) -> (Vec<E>, State<T>) {
    let mut events = Vec::new();
    while let Some(event) = job.next_event() {
        events.push(event);
    }
    events.extend(job.poll());
    (events, job.into_state())
}

fn done<T: std::fmt::Debug>(state: State<T>) -> T {
    let State::Done(result) = state else { panic!("{state:?}") };
    result
}

#[test]
fn a_take_is_written_at_every_check_and_the_card_says_what_was_learned_from() {
    let home = tempfile::tempdir().expect("temporary folder");
    for arch in [Arch::Transformer, Arch::Ngram] {
        let dir = home.path().join(arch.to_string());
        let (events, state) = ended(begun(dir.clone(), Recipe { arch, ..tiny(4) }, true));
        let report = done(state);
        let takes: Vec<&TakeAtCheck> = events
            .iter()
            .filter_map(|e| match e {
                TrainEvent::Take(take) => Some(take),
                _ => None,
            })
            .collect();
        let steps: Vec<u64> = takes.iter().map(|t| t.step).collect();
        assert_eq!(steps, if arch == Arch::Ngram { vec![1] } else { vec![2, 4] });
        for take in &takes {
            let (score, _) = midi::read(&std::fs::read(&take.path).expect("a file")).expect("MIDI");
            assert!(score.n_notes() > 0 && score.n_notes() <= take.notes, "{} of {}", score.n_notes(), take.notes);
            assert!(take.best == (report.best_step >= take.step) || take.step < report.best_step);
        }
        let run = Run::open(&dir).expect("a run");
        let info = runs::info(&run);
        assert_eq!(info.takes, takes.iter().map(|t| t.path.clone()).collect::<Vec<_>>());
        let card = DataCard::load(&run.card_path()).expect("a card");
        assert_eq!(card.pieces.len(), card.train_pieces + card.valid_pieces);
        assert!(card.valid_pieces > 0 && card.pieces.iter().all(|p| p.hash.len() == 64 && p.notes > 0));
        assert!(card.pieces.iter().filter(|p| p.valid).count() == card.valid_pieces);
    }
}

#[test]
fn a_sweep_runs_through_and_goes_on_where_it_was_stopped() {
    let home = tempfile::tempdir().expect("temporary folder");
    let axes = [("seed".to_owned(), vec!["1".to_owned(), "2".to_owned()])];
    let mut runs = sweep(&tiny(3), &axes).expect("sound");
    // One that fails does not end the others.
    runs.insert(1, ("broken".to_owned(), Recipe { batch: 0, ..tiny(3) }));
    let request = QueueRequest {
        source: source(),
        runs,
        compute: Compute::Cpu,
        folder: home.path().to_owned(),
        care: Care { takes: false, ..quiet() },
    };
    let (events, state) = ended(spawn_queue(request.clone(), no_waker()));
    let rows = done(state);
    assert_eq!(rows.iter().map(|r| r.report.is_some()).collect::<Vec<_>>(), [true, false, true]);
    assert!(rows[1].error.as_ref().is_some_and(|e| e.contains("at least one row")), "{:?}", rows[1].error);
    assert_eq!(events.iter().filter(|e| matches!(e, QueueEvent::Begins { .. })).count(), 3);
    let last = events.iter().rfind(|e| matches!(e, QueueEvent::Train { event: TrainEvent::Step(_), .. }));
    assert!(matches!(last, Some(QueueEvent::Train { index: 2, .. })), "{last:?}");
    let listed = runs::list(home.path());
    assert_eq!(listed.len(), 2);
    // Once more: what is finished is taken as it is.
    let (events, state) = ended(spawn_queue(request, no_waker()));
    let again = done(state);
    assert!(!events.iter().any(|e| matches!(e, QueueEvent::Train { event: TrainEvent::Step(_), .. })));
    let ended = |rows: &[cadenza::job::QueueRow]| {
        rows.iter().map(|r| r.report.as_ref().map(|r| (r.steps, r.best_step))).collect::<Vec<_>>()
    };
    assert_eq!(ended(&again), ended(&rows));
}

#[test]
fn every_recipe_is_estimated_or_says_why_not() {
    let recipes = vec![
        ("steps".to_owned(), tiny(50)),
        ("minutes".to_owned(), Recipe { budget: Budget::Minutes(1.0), ..tiny(1) }),
        ("counted".to_owned(), Recipe { arch: Arch::Ngram, ..tiny(1) }),
        ("unsound".to_owned(), Recipe { batch: 0, ..tiny(1) }),
    ];
    let request = EstimateRequest { source: source(), recipes, compute: Compute::Cpu };
    let (events, state) = ended(spawn_estimate(request, no_waker()));
    let all = done(state);
    assert_eq!(events, all);
    let of = |name: &str| all.iter().find(|e| e.name == name).expect("told").outcome.clone();
    let steps = of("steps").expect("an estimate");
    assert_eq!(steps.steps, 50);
    assert!(steps.seconds >= 50.0 * steps.step_seconds, "{steps:?}");
    let minutes = of("minutes").expect("an estimate");
    assert!(minutes.seconds > 40.0 && minutes.seconds < 80.0, "{minutes:?}");
    assert_eq!(of("counted").map(|e| e.steps), Ok(1));
    assert!(of("unsound").is_err_and(|e| e.contains("not sound")));
}

#[test]
fn a_run_is_watched_from_elsewhere_and_asked_to_stop() {
    let home = tempfile::tempdir().expect("temporary folder");
    let dir = home.path().join("run");
    let mut job = begun(dir.clone(), Recipe { checks: 4000, patience: 0, ..tiny(4000) }, false);
    while !matches!(job.next_event().expect("it runs"), TrainEvent::Checked(_)) {}
    let mut follow = spawn_follow(dir.clone(), no_waker());
    assert!(matches!(follow.next_event(), Some(TrainEvent::Started { steps: 4000, .. })));
    while !matches!(follow.next_event().expect("it is told"), TrainEvent::Checked(c) if c.likelihood.nats_per_note() > 0.0)
    {
    }
    let run = Run::open(&dir).expect("a run");
    assert_eq!(runs::info(&run).standing, cadenza::job::RunStanding::Busy);
    run.ask_to_stop().expect("asks");
    let report = done(ended(job).1);
    assert_eq!(report.ending, Some(Ending::Stopped));
    let followed = done(ended(follow).1);
    assert_eq!((followed.steps, followed.ended), (report.steps, report.ended));
}

#[test]
fn a_corpus_that_has_changed_is_told_when_a_run_goes_on() {
    let home = tempfile::tempdir().expect("temporary folder");
    let tunes = home.path().join("tunes");
    std::fs::create_dir(&tunes).expect("made");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/starter/midi");
    let library = corpus::import(&[from], &ImportOptions::default(), &|_| {}, &never());
    for piece in &library.pieces[..12] {
        std::fs::copy(&piece.path, tunes.join(piece.path.file_name().expect("a file"))).expect("copies");
    }
    let dir = home.path().join("run");
    let source = Source::Folders { train: vec![tunes.clone()], valid: Vec::new(), options: ImportOptions::default() };
    let care = Care { takes: false, ..quiet() };
    let recipe = Box::new(Recipe { checks: 2000, patience: 0, ..tiny(2000) });
    let request =
        TrainRequest::New { source, recipe, compute: Compute::Cpu, from: None, out: dir.clone(), care: care.clone() };
    let mut job = spawn_train(request, no_waker());
    while !matches!(job.next_event().expect("it runs"), TrainEvent::Checked(_)) {}
    job.cancel();
    done(ended(job).1);
    let said = || {
        let mut job =
            spawn_train(TrainRequest::Resume { run: dir.clone(), compute: None, care: care.clone() }, no_waker());
        let first = job.next_event();
        job.cancel();
        done(ended(job).1);
        first
    };
    assert!(matches!(said(), Some(TrainEvent::Started { .. })), "nothing has changed");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&tunes).expect("lists").map(|e| e.expect("an entry").path()).collect();
    files.sort();
    std::fs::remove_file(&files[0]).expect("removes");
    std::fs::copy(&files[2], &files[1]).expect("copies");
    for i in 0..3 {
        std::fs::copy(&files[2], tunes.join(format!("new {i}.mid"))).expect("copies");
    }
    let Some(TrainEvent::Says(text)) = said() else { panic!("nothing is said") };
    assert!(text.contains("(files: 1 gone, 1 changed, 3 new)"), "{text}");
}

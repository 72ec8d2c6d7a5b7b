//! The whole road on the starter corpus: folder → pieces → a trained model → takes, with the promises
//! made on the way.

use cadenza::corpus::{self, ImportOptions, Piece};
use cadenza::generate::{Generator, Settings, Take};
use cadenza::midi;
use cadenza::model::{Arch, Checkpoint, Compute, Layers, Loss};
use cadenza::music::{Key, Score};
use cadenza::train::evaluate::{Likelihood, each_of};
use cadenza::train::run::ModelInfo;
use cadenza::train::{
    Budget, Command, DataSet, OptimiserKind, Recipe, Report, Run, TrainEvent, Watch, evaluate, resume, train,
};
use std::path::Path;
use std::sync::atomic::AtomicBool;

pub fn never() -> AtomicBool {
    AtomicBool::new(false)
}

pub fn starter_pieces() -> Vec<Piece> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/starter/midi");
    let library = corpus::import(&[folder], &ImportOptions::default(), &|_| {}, &never());
    assert!(library.pieces.len() >= 40, "{} pieces", library.pieces.len());
    assert_eq!(library.counts().left_out, 0);
    library.pieces
}

pub fn starter() -> DataSet {
    let pieces = starter_pieces();
    DataSet::from_split("starter", &pieces, &corpus::split(&pieces, 10), false).expect("at hand")
}

pub fn tiny(steps: u64) -> Recipe {
    Recipe {
        d_model: 32,
        n_layers: 1,
        n_heads: 2,
        window: 64,
        batch: 2,
        warmup: 2,
        checks: 2,
        budget: Budget::Steps(steps),
        ..Recipe::default()
    }
}

/// Stops once `until` steps are taken, and keeps what was told.
pub struct Watcher {
    until: u64,
    step: u64,
    pub events: Vec<TrainEvent>,
}

impl Watcher {
    pub fn until(until: u64) -> Self {
        Self { until, step: 0, events: Vec::new() }
    }
}

impl Watch for Watcher {
    fn event(&mut self, event: TrainEvent) {
        match &event {
            TrainEvent::Step(s) => self.step = s.step,
            TrainEvent::Started { resumed_at, .. } => self.step = *resumed_at,
            _ => {}
        }
        self.events.push(event);
    }

    fn command(&mut self) -> Command {
        if self.step >= self.until { Command::Stop } else { Command::Go }
    }
}

/// A small recipe of each kind of network.
pub fn tiny_of(arch: Arch, steps: u64) -> Recipe {
    let layers = Layers { input: 4, hidden: vec![24], ..Layers::default() };
    Recipe { arch, layers, ..tiny(steps) }
}

fn trained(dir: &Path, steps: u64) -> Report {
    train(starter(), &tiny(steps), Compute::Cpu, None, dir, &mut Watcher::until(u64::MAX)).expect("trains").report
}

#[test]
fn training_learns_and_the_figure_is_the_one_that_eval_gives() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let run = dir.path().join("run");
    let mut watcher = Watcher::until(u64::MAX);
    let report = train(starter(), &tiny(24), Compute::Cpu, None, &run, &mut watcher).expect("trains").report;
    assert_eq!((report.steps, report.planned_steps), (24, 24));
    let losses: Vec<f64> = watcher
        .events
        .iter()
        .filter_map(|e| if let TrainEvent::Step(s) = e { Some(s.nats_per_note) } else { None })
        .collect();
    assert!(losses[20..].iter().sum::<f64>() < 0.8 * losses[..4].iter().sum::<f64>(), "{losses:?}");
    let best = Run::open(&run).expect("a run").best().expect("a model");
    let device = Compute::Cpu.open().expect("always there");
    let model = best.network(&device, &run).expect("fits");
    let data = starter();
    let again = evaluate(&model, None, &best.config, &data.valid, &device, &never()).expect("not cancelled");
    let told = report.valid_nats_per_note.expect("pieces are held out");
    assert!((again.nats_per_note() - told).abs() < 1e-4, "{} against {told}", again.nats_per_note());
    assert!(report.baselines.unigram < report.baselines.uniform);
    let ModelInfo { card, .. } = best.info;
    assert_eq!(card.pieces, data.train.len());
}

#[test]
fn a_training_stopped_and_resumed_ends_with_the_same_weights_as_one_that_ran_through() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let mut recipes = vec![("gru", tiny_of(Arch::Gru, 9)), ("mlp", tiny_of(Arch::Mlp, 9))];
    recipes[1].1.loss = Loss::SquaredError;
    for optimiser in OptimiserKind::ALL {
        recipes.push(("transformer", Recipe { optimiser, label_smoothing: 0.1, ..tiny(9) }));
    }
    recipes.push(("with everything", Recipe { counts: true, infill: 0.5, tell: 0.5, ema: 0.9, ..tiny(9) }));
    for (i, (name, recipe)) in recipes.into_iter().enumerate() {
        let what = format!("{name}, {}", recipe.optimiser);
        let (through, broken) = (dir.path().join(format!("through {i}")), dir.path().join(format!("broken {i}")));
        let begin = |run: &Path, until| {
            train(starter(), &recipe, Compute::Cpu, None, run, &mut Watcher::until(until)).expect("runs");
        };
        begin(&through, u64::MAX);
        begin(&broken, 3);
        resume(&broken, &mut Watcher::until(7)).expect("goes on");
        let report = resume(&broken, &mut Watcher::until(u64::MAX)).expect("ends").report;
        assert_eq!(report.steps, 9);
        let weights = |run: &Path| {
            let last = Checkpoint::<ModelInfo>::load(&Run::open(run).expect("a run").last_path()).expect("reads");
            values_of(&last.network(&Compute::Cpu.open().expect("there"), run).expect("fits"))
        };
        assert!(weights(&through) == weights(&broken), "{what}: the weights differ");
        let again = resume(&broken, &mut Watcher::until(0)).expect("a finished run gives its report again").report;
        assert_eq!((again.steps, again.best_step, &again.ended), (report.steps, report.best_step, &report.ended));
    }
}

#[test]
fn every_kind_of_model_is_measured_keeps_its_rules_and_can_be_asked_again() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let data = starter();
    let mut recipes: Vec<_> = Arch::ALL.into_iter().map(|arch| (arch.to_string(), tiny_of(arch, 6))).collect();
    recipes.push(("both".to_owned(), Recipe { counts: true, ..tiny(6) }));
    for (arch, recipe) in recipes {
        let run = dir.path().join(&arch);
        let mut watcher = Watcher::until(u64::MAX);
        let report = train(data.clone(), &recipe, Compute::Cpu, None, &run, &mut watcher).expect("trains");
        let told = report.report.valid_nats_per_note.expect("pieces are held out");
        let opened = Run::open(&run).expect("a run");
        let best = opened.best().expect("a model");
        let device = Compute::Cpu.open().expect("always there");
        let model = best.predictor(&device, &run).expect("fits");
        let terms = each_of(&model, &best.config, &data.valid, &device, &never()).expect("not cancelled");
        let again = Likelihood::of(&data.valid, &terms, best.config.fields.len());
        assert!((again.nats_per_note() - told).abs() < 1e-4, "{arch}: {} against {told}", again.nats_per_note());
        let check = opened.metrics().expect("reads").into_iter().rfind(|r| r.valid).expect("a check");
        let n_fields = best.config.fields.len();
        assert_eq!((check.fields.len(), check.accuracy.len()), (n_fields, n_fields), "{arch}");
        assert!(check.accuracy.iter().all(|a| (0.0..=1.0).contains(a)), "{arch}: {:?}", check.accuracy);

        let settings = Settings { bars: 4, key: Key::parse("G major"), range: Some((48, 84)), ..Settings::default() };
        let first = take(&run, &settings, None);
        assert_eq!(first.score, take(&run, &settings, None).score, "{arch}");
        assert_eq!(first.score.n_bars(), 4, "{arch}");
        let scale = settings.key.expect("a key").pitch_classes();
        for note in first.notes.iter().filter(|n| n.relaxed.is_empty()) {
            assert!(scale[usize::from(note.pitch % 12)] && (48..=84).contains(&note.pitch), "{arch}: {note:?}");
        }
        assert!(first.notes.iter().all(|n| n.probability > 0.0 && n.probability <= 1.0), "{arch}");
    }
}

#[test]
fn counting_beats_knowing_frequencies_stops_when_told_and_is_the_line_of_the_networks() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let recipe = tiny_of(Arch::Ngram, 1);
    let run = |name: &str| dir.path().join(name);
    let report = train(starter(), &recipe, Compute::Cpu, None, &run("a"), &mut Watcher::until(u64::MAX));
    let report = report.expect("counts").report;
    let nats = report.valid_nats_per_note.expect("pieces are held out");
    assert!(nats < 0.6 * report.baselines.unigram && report.baselines.ngram == nats, "{report:?}");
    assert!(train(starter(), &recipe, Compute::Cpu, None, &run("b"), &mut Watcher::until(0)).is_err());
    let again = resume(&run("b"), &mut Watcher::until(u64::MAX)).expect("counts again").report;
    assert_eq!(again.valid_nats_per_note, Some(nats));
    let (a, b) = (run("a").join("best.cadenza-model"), run("b").join("best.cadenza-model"));
    let counts = |path: &Path| Checkpoint::<ModelInfo>::load(path).expect("reads").weights;
    assert!(counts(&a) == counts(&b), "the same seed and pieces, the same counts");
    // A damaged file is refused.
    let mut checkpoint = Checkpoint::<ModelInfo>::load(&a).expect("reads");
    checkpoint.weights.truncate(checkpoint.weights.len() / 2);
    checkpoint.save(&a).expect("writes");
    assert!(Generator::load(&a).is_err());
}

#[test]
fn a_textbook_network_learns_a_batch_by_heart() {
    let mut data = starter();
    data.train.truncate(1);
    data.valid = data.train.clone();
    let dir = tempfile::tempdir().expect("temporary folder");
    let recipe = Recipe {
        optimiser: OptimiserKind::Sgd,
        momentum: 0.9,
        learning_rate: 0.2,
        schedule: cadenza::train::Schedule::Constant,
        dropout: 0.0,
        transpose: false,
        patience: 0,
        ..tiny_of(Arch::Mlp, 400)
    };
    let run = dir.path().join("run");
    let report = train(data, &recipe, Compute::Cpu, None, &run, &mut Watcher::until(u64::MAX)).expect("learns").report;
    assert!(report.valid_nats_per_note.expect("measured") < 1.0, "{report:?}");
    let check = Run::open(&run).expect("a run").metrics().expect("reads").into_iter().rfind(|r| r.valid);
    assert!(check.expect("a check").accuracy[3] > 0.8, "pitches");
}

/// Every weight of a network, in order.
pub(crate) fn values_of(model: &cadenza::model::NoteModel) -> Vec<u32> {
    use burn::module::{Module, ModuleVisitor, Param};
    use burn::tensor::Tensor;
    struct Values(Vec<u32>);
    impl ModuleVisitor for Values {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let values: Vec<f32> = param.val().into_data().try_to_vec().expect("f32");
            self.0.extend(values.into_iter().map(f32::to_bits));
        }
    }
    let mut values = Values(Vec::new());
    model.visit(&mut values);
    values.0
}

#[test]
fn ndarray_trains_too() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let run = dir.path().join("run");
    let report =
        train(starter(), &tiny(3), Compute::NdArray, None, &run, &mut Watcher::until(u64::MAX)).expect("trains").report;
    assert_eq!(report.steps, 3);
    assert!(report.valid_nats_per_note.is_some_and(f64::is_finite));
}

pub fn take(run: &Path, settings: &Settings, primer: Option<&Score>) -> Take {
    let generator = Generator::load(&Run::open(run).expect("a run").best_path()).expect("a model");
    generator.take(settings, primer, &never(), &mut |_| {}).expect("sound settings")
}

#[test]
fn takes_can_be_made_again_obey_their_rules_and_end_where_they_were_asked_to() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let run = dir.path().join("run");
    trained(&run, 12);
    let key = Key::parse("D minor");
    let settings = Settings {
        bars: 6,
        seed: 7,
        key,
        range: Some((50, 86)),
        max_polyphony: Some(3),
        grid: Some(6),
        ..Settings::default()
    };
    let first = take(&run, &settings, None);
    assert_eq!(midi::write(&first.score), midi::write(&take(&run, &settings, None).score));
    assert_ne!(first.score, take(&run, &settings.for_take(1), None).score);
    let score = &first.score;
    assert!(!first.notes.is_empty());
    assert_eq!(score.n_bars(), 6);
    assert_eq!(score.end, score.meters.bar_start(6, score.ppq));
    if first.relaxations().is_empty() {
        let scale = key.expect("a key").pitch_classes();
        for (_, n) in score.notes() {
            assert!(scale[usize::from(n.pitch % 12)] && (50..=86).contains(&n.pitch), "{n:?}");
            assert_eq!(n.start % 120, 0, "on the grid of sixteenths");
        }
    }
    assert_eq!(score.n_notes(), first.notes.len(), "a receipt for every note");
    for receipt in &first.notes {
        assert!(receipt.probability > 0.0 && receipt.probability <= 1.0);
        assert!(receipt.fields.iter().all(|f| f.rank >= 1 && !f.alternatives.is_empty()));
    }
    let (back, _) = midi::read(&midi::write(score).0).expect("reads back");
    assert_eq!(back.n_notes(), score.n_notes());
}

#[test]
fn a_primer_is_kept_and_gone_on_from() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let run = dir.path().join("run");
    trained(&run, 4);
    let primer = starter_pieces().swap_remove(0).score().expect("at hand");
    let settings = Settings { bars: 4, ..Settings::default() };
    let made = take(&run, &settings, Some(&primer));
    let old = |score: &Score| -> usize { score.notes().filter(|(_, n)| n.start < made.from_tick).count() };
    assert_eq!(old(&made.score), primer.n_notes());
    assert_eq!(made.score.n_notes(), primer.n_notes() + made.notes.len());
    assert!(made.notes.iter().all(|n| n.start_tick >= made.from_tick));
    let bars = |tick| made.score.meters.position(tick, made.score.ppq).bar;
    assert_eq!(bars(made.score.end - 1) - bars(made.from_tick) + 1, 4);
}

#[test]
fn the_models_own_probabilities_in_a_receipt_are_those_that_eval_gives() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let run = dir.path().join("run");
    trained(&run, 8);
    assert!(receipts_that_agree_with_eval(&run) > 0);
    let counted = dir.path().join("counted");
    train(starter(), &tiny_of(Arch::Ngram, 1), Compute::Cpu, None, &counted, &mut Watcher::until(u64::MAX))
        .expect("counts");
    assert!(receipts_that_agree_with_eval(&counted) > 3);
}

/// How many notes were compared, in each of some takes up to the first that the take itself has changed since.
fn receipts_that_agree_with_eval(run: &Path) -> usize {
    // One note at a time, so that (nearly) none is shortened by the next of its pitch.
    let settings = |seed| Settings { seed, bars: 8, max_polyphony: Some(1), ..Settings::default() };
    (1..=8).map(|seed| agreeing_with_eval(run, &take(run, &settings(seed), None))).sum()
}

fn agreeing_with_eval(run: &Path, made: &Take) -> usize {
    let best = Run::open(run).expect("a run").best().expect("a model");
    let device = Compute::Cpu.open().expect("always there");
    let model = best.predictor(&device, run).expect("fits");
    let events = cadenza::encoding::encode(&made.score).events;
    let first_meter = cadenza::encoding::BarGrid::of(&made.score).bar(0).meter;
    let sequence = cadenza::train::Sequence {
        title: String::new(),
        path: Default::default(),
        hash: String::new(),
        events,
        first_meter,
        family: None,
        lift: None,
        style: None,
        folder: String::new(),
    };
    let terms = each_of(&model, &best.config, std::slice::from_ref(&sequence), &device, &never());
    let mut agreed = 0;
    for ((receipt, term), event) in made.notes.iter().zip(terms.expect("not cancelled")).zip(&sequence.events) {
        // A note shortened by a later one of its pitch has another duration than was drawn, and voices of one
        // role are numbered anew when a score is read: what follows was drawn after another past.
        let as_drawn = receipt.fields.iter().zip(&event.fields).take_while(|(f, value)| f.value == **value).count();
        for (field, nats) in receipt.fields.iter().zip(&term.nats).take(as_drawn) {
            let own = f64::from(field.probability);
            assert!((own.ln() + f64::from(*nats)).abs() < 1e-3, "note {agreed}, {}: {nats} {own}", field.field);
        }
        agreed += 1;
        if as_drawn < receipt.fields.len() {
            break;
        }
    }
    agreed
}

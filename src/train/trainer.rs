//! Begins trainings and goes on with them; the loop itself is [`super::course`].

use super::baselines::{Baselines, MOST};
use super::batches::events_per_epoch;
use super::beside::Counts;
use super::counted::count_run;
use super::course::Course;
use super::data::DataSet;
use super::error::TrainError;
use super::keeping::Keeping;
use super::optimiser::Optimiser;
use super::pace::{Pace, measure, steps_of};
use super::recipe::{Budget, Recipe};
use super::run::{ModelInfo, Plan, Progress, Report, Run, RunError, VERSION};
use super::step::Stepper;
use super::transfer;
use super::watch::{Command, TrainEvent, Watch};
use crate::model::checkpoint::weights_of;
use crate::model::{Arch, Checkpoint, Compute, ModelConfig, NoteModel};
use burn::tensor::Device;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How it ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub report: Report,
}

/// Trains from fresh weights, or from those of `from`, into the new folder `dir`.
///
/// # Errors
/// See [`TrainError`]; what was reached before an error is kept in the folder.
pub fn train(
    data: DataSet,
    recipe: &Recipe,
    compute: Compute,
    from: Option<&Checkpoint<ModelInfo>>,
    dir: &Path,
    watch: &mut dyn Watch,
) -> Result<Outcome, TrainError> {
    train_with(data, recipe, compute, from, dir, &Keeping::default(), watch)
}

/// As [`train`], kept as `keeping` says.
///
/// # Errors
/// The same.
pub fn train_with(
    data: DataSet,
    recipe: &Recipe,
    compute: Compute,
    from: Option<&Checkpoint<ModelInfo>>,
    dir: &Path,
    keeping: &Keeping,
    watch: &mut dyn Watch,
) -> Result<Outcome, TrainError> {
    recipe.check().map_err(TrainError::Recipe)?;
    if data.n_train_notes() == 0 {
        return Err(TrainError::NoData);
    }
    if Run::open(dir).is_ok() {
        return Err(RunError::Exists { path: dir.to_owned() }.into());
    }
    let create = |compute: Compute, steps| {
        let plan = Plan { version: VERSION, device: compute.to_string(), steps, recipe: recipe.clone() };
        Run::create(dir, &plan, &data, Arc::clone(&keeping.disk))
    };
    if recipe.arch == Arch::Ngram {
        if from.is_some() {
            return Err(TrainError::From("an n-gram model is counted afresh, from pieces alone".to_owned()));
        }
        let run = create(Compute::Cpu, 1)?;
        let _claim = run.claim()?;
        return count_run(&data, recipe, &run, watch);
    }
    let device = compute.open()?.autodiff();
    let config = recipe.config_for(&data);
    let model = match from {
        Some(from) => {
            let start = transfer::start(from, &config, &data.card, recipe.seed, &device);
            let (model, says) = start.map_err(TrainError::From)?;
            says.into_iter().for_each(|text| watch.event(TrainEvent::Says(text)));
            transfer::adapted(model, recipe)
        }
        None if recipe.adapters > 0 => {
            return Err(TrainError::From("adapters need a model to start from (--from)".to_owned()));
        }
        None => NoteModel::new(&config, recipe.seed, &device),
    };
    let begun = Instant::now();
    let (baselines, counts) = lines(&data, &config, recipe, watch)?;
    let stepper = Stepper { model, optimiser: Optimiser::new(recipe), config, device, counts };
    let pace = pace_for(&stepper, &data, recipe, watch)?;
    let steps = steps_of(recipe, &pace, events_per_epoch(&data.train), begun.elapsed().as_secs_f64());
    let run = create(compute, steps)?;
    let claim = run.claim()?;
    run.write_baselines(&baselines)?;
    if from.is_some() {
        let weights = weights_of(&stepper.model).map_err(TrainError::Weights)?;
        let info = ModelInfo { card: data.card.clone(), progress: Progress::default() };
        let config = stepper.config.clone();
        let first = Checkpoint { config, info, weights, counts: None, optimiser: None, half: false };
        run.write_model(&run.first_path(), &first)?;
    }
    let course = Course::new(data, recipe, stepper, run, claim, keeping, steps, baselines);
    course.run(Progress::default(), watch)
}

/// Goes on with a run that was stopped, paused, killed or unplugged, exactly where its last saved
/// state stands. A finished run gives its report again.
///
/// # Errors
/// See [`TrainError`].
pub fn resume(dir: &Path, watch: &mut dyn Watch) -> Result<Outcome, TrainError> {
    resume_with(dir, None, &Keeping::default(), watch)
}

/// As [`resume`], on another device where `compute` names one, kept as `keeping` says.
///
/// # Errors
/// The same.
pub fn resume_with(
    dir: &Path,
    compute: Option<Compute>,
    keeping: &Keeping,
    watch: &mut dyn Watch,
) -> Result<Outcome, TrainError> {
    let run = Run::open(dir)?.on(Arc::clone(&keeping.disk));
    let mut plan = run.plan()?;
    if let Some(report) = run.report()?.filter(Report::is_over) {
        return Ok(Outcome { report });
    }
    let claim = run.claim()?;
    // A question from before this sitting.
    run.was_asked_to_stop();
    run.remove_report()?;
    let data = DataSet::load(&run.data_path())?;
    if plan.recipe.arch == Arch::Ngram {
        return count_run(&data, &plan.recipe, &run, watch);
    }
    let planned: Compute = plan.device.parse()?;
    let compute = compute.unwrap_or(planned);
    let device = compute.open()?.autodiff();
    if compute != planned {
        watch.event(TrainEvent::Says(format!("begun on {planned}, goes on on {compute}")));
        plan.device = compute.to_string();
        run.write_plan(&plan)?;
    }
    let recipe = &plan.recipe;
    let config = recipe.config_for(&data);
    let (baselines, counts) = match run.baselines()? {
        Some(known) if !recipe.counts => (known, None),
        _ => lines(&data, &config, recipe, watch)?,
    };
    let (model, optimiser, progress) = if run.last_path().exists() {
        let last = Checkpoint::<ModelInfo>::load(&run.last_path()).map_err(|reason| match run.best() {
            Ok(_) => RunError::StateLost { reason, run: run.dir.clone() },
            Err(_) => reason.into(),
        })?;
        let model = transfer::restored(&last, recipe, &device).map_err(TrainError::Weights)?;
        let optimiser = restored(recipe, last.optimiser.as_deref(), &device, watch)?;
        (model, optimiser, last.info.progress)
    } else {
        watch.event(TrainEvent::Says("no state had been saved yet: starting again from the first step".to_owned()));
        (first_model(&run, recipe, &config, &device)?, Optimiser::new(recipe), Progress::default())
    };
    run.rewind_metrics(progress.step)?;
    let stepper = Stepper { model, optimiser, config, device, counts };
    Course::new(data, recipe, stepper, run, claim, keeping, plan.steps, baselines).run(progress, watch)
}

/// The weights that a run began with.
///
/// # Errors
/// A file of them that cannot be read.
pub fn first_model(run: &Run, recipe: &Recipe, config: &ModelConfig, device: &Device) -> Result<NoteModel, TrainError> {
    if run.first_path().exists() {
        let first = Checkpoint::<ModelInfo>::load(&run.first_path())?;
        return transfer::restored(&first, recipe, device).map_err(TrainError::Weights);
    }
    Ok(NoteModel::new(config, recipe.seed, device))
}

fn restored(
    recipe: &Recipe,
    state: Option<&[u8]>,
    device: &Device,
    watch: &mut dyn Watch,
) -> Result<Optimiser, TrainError> {
    let state = state.ok_or_else(|| TrainError::Weights("the optimiser's state is missing".to_owned()))?;
    if !Optimiser::can_go_on(recipe, state, device) {
        let text = "the optimiser begins afresh: its state is of another kind on the new device";
        watch.event(TrainEvent::Says(text.to_owned()));
        return Ok(Optimiser::new(recipe));
    }
    Optimiser::restore(recipe, state).map_err(TrainError::Weights)
}

/// The lines to beat, and the counts of one of them where the recipe has them speak with the network.
fn lines(
    data: &DataSet,
    config: &ModelConfig,
    recipe: &Recipe,
    watch: &mut dyn Watch,
) -> Result<(Baselines, Option<Counts>), TrainError> {
    if data.valid.is_empty() && !recipe.counts {
        return Ok((Baselines::default(), None));
    }
    if data.n_train_notes().max(data.n_valid_notes()) > MOST {
        let text = format!(
            "the n-gram model is counted on {} notes of {}, and its line measured on {} of {}",
            MOST.min(data.n_train_notes()),
            data.n_train_notes(),
            MOST.min(data.n_valid_notes()),
            data.n_valid_notes()
        );
        watch.event(TrainEvent::Says(text));
    }
    let n_fields = config.fields.len();
    let counts = Counts::of(&data.train, n_fields, |_| watch.command() != Command::Stop).ok_or(TrainError::Stopped)?;
    let baselines = Baselines::with(&counts.ngram, &data.train, &data.valid, n_fields);
    Ok((baselines, recipe.counts.then(|| counts.heard(&data.valid, n_fields))))
}

/// The pace of this device, where the budget asks for it.
fn pace_for(stepper: &Stepper, data: &DataSet, recipe: &Recipe, watch: &mut dyn Watch) -> Result<Pace, TrainError> {
    let longest = match recipe.budget {
        Budget::Steps(_) => return Ok(Pace::default()),
        Budget::Epochs(_) => Duration::ZERO,
        // The longer the training, the more a good measure is worth.
        Budget::Minutes(minutes) => Duration::from_secs_f64((minutes * 60.0 * 0.04).clamp(1.0, 10.0)),
    };
    watch.event(TrainEvent::Says("measuring the speed of this device".to_owned()));
    let pace = measure(stepper, data, recipe, longest, &mut || watch.command() != Command::Stop);
    pace.map_err(|f| TrainError::device(f, 0))?.ok_or(TrainError::Stopped)
}

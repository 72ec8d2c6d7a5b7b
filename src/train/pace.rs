//! How long things take on a device, measured, not guessed: what turns minutes into steps, and a recipe
//! into an estimate before anything is begun.

use super::baselines::{Baselines, MOST};
use super::batches::{Batches, events_per_epoch, windows};
use super::beside::{Beside, Counts, Voice, chunks};
use super::counting;
use super::data::{DataSet, Sequence};
use super::error::TrainError;
use super::evaluate::said_of;
use super::optimiser::Optimiser;
use super::recipe::{Budget, Recipe};
use super::step::{Fault, Stepper, guarded};
use crate::model::{Arch, Batch, Compute, Ngram, NoteModel};
use burn::module::Module;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Seconds on a device.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    pub step: f64,
    /// A whole validation check.
    pub check: f64,
    /// Events a step passes through for the first time in its epoch, on average.
    pub fresh: f64,
}

/// Steps that warm caches up and, on a GPU, compile kernels.
const WARM_UP: usize = 2;
const FEWEST: usize = 3;

/// Measures steps for about `longest`, and a part of a check, on copies that are thrown away. `None` where
/// `go_on` says no.
///
/// # Errors
/// A device that fails.
pub fn measure(
    stepper: &Stepper,
    data: &DataSet,
    recipe: &Recipe,
    longest: Duration,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Option<Pace>, Fault> {
    let mut copy = Stepper {
        model: stepper.model.clone(),
        optimiser: Optimiser::new(recipe),
        config: stepper.config.clone(),
        device: stepper.device.clone(),
        counts: stepper.counts.clone(),
    };
    let n_fields = copy.config.fields.len();
    let mut batches = Batches::new(
        Arc::new(data.train.clone()),
        recipe.batch,
        recipe.window,
        n_fields,
        recipe.seed,
        recipe.transpose,
    )
    .with(recipe.tasks(&copy.config));
    let (mut times, mut fresh) = (Vec::new(), 0);
    let begun = Instant::now();
    while times.len() < WARM_UP + FEWEST || begun.elapsed() < longest {
        if !go_on() {
            return Ok(None);
        }
        let (batch, new) = batches.next_batch();
        fresh += new;
        let start = Instant::now();
        copy.step(&batch, times.len() as u64, 1e-6, 1, recipe, None)?;
        times.push(start.elapsed().as_secs_f64());
    }
    let fresh = fresh as f64 / times.len() as f64;
    let sample = windows(&data.valid, 8, recipe.window, n_fields);
    let (mut checked, start) = (0, Instant::now());
    for batch in &sample {
        if !go_on() {
            return Ok(None);
        }
        guarded(copy.on_cpu(), || check_one(&copy, batch))?;
        checked += 1;
        if start.elapsed() * 2 > longest {
            break;
        }
    }
    let mut check = start.elapsed().as_secs_f64() * sample.len() as f64 / f64::from(checked.max(1));
    if let Some(Voice::Counts(ngram)) = copy.counts.as_ref().map(Counts::voice) {
        check += mixing(ngram, &data.valid, n_fields);
    }
    Ok(Some(Pace { step: typical(&mut times[WARM_UP..]), check, fresh }))
}

fn check_one(stepper: &Stepper, batch: &Batch) {
    let (model, device) = (stepper.optimiser.settled(&stepper.model), stepper.device.clone().inner());
    said_of(&model, &stepper.config, batch, None, &device);
}

/// Seconds that counts take to predict all of `valid`, from the first pieces.
fn mixing(ngram: &Ngram, valid: &[Sequence], n_fields: usize) -> f64 {
    let Some(first) = chunks(valid, true).into_iter().next() else { return 0.0 };
    let events = |pieces: &[Sequence]| pieces.iter().map(|s| s.events.len()).sum::<usize>().max(1) as f64;
    let start = Instant::now();
    Beside::new(Voice::Counts(ngram), 0, &valid[first.clone()], n_fields);
    start.elapsed().as_secs_f64() * events(valid) / events(&valid[first])
}

/// The mean without the slowest and quickest tenths: what many steps will come to, a hiccup apart.
fn typical(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    let kept = &times[times.len() / 10..times.len() - times.len() / 10];
    kept.iter().sum::<f64>() / kept.len().max(1) as f64
}

/// The number of steps that a budget comes to. `known` is the pace, where the budget is in minutes;
/// `already` are seconds of it that are gone.
pub fn steps_of(recipe: &Recipe, pace: &Pace, events_per_epoch: usize, already: f64) -> u64 {
    let steps = match recipe.budget {
        Budget::Steps(steps) => return steps,
        Budget::Epochs(epochs) => (epochs * events_per_epoch as f64 / pace.fresh.max(1.0)).ceil(),
        Budget::Minutes(minutes) => {
            let whole = minutes * 60.0;
            // Checks may take half of it; saving takes what the keeper allows itself.
            let left = 0.98 * whole - already - pace.check * recipe.checks as f64;
            (left.max(whole / 2.0) / pace.step.max(1e-6)).floor()
        }
    };
    steps.max(1.0) as u64
}

/// What a training would take.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Estimate {
    pub name: String,
    /// From the first look at the pieces to the report.
    pub seconds: f64,
    pub steps: u64,
    pub step_seconds: f64,
    pub check_seconds: f64,
    pub notes_per_sec: f64,
    pub parameters: usize,
    pub epochs: f64,
}

/// How much more there is than in the sample that is measured: notes to learn from, and held out.
#[derive(Clone, Copy, Debug)]
pub struct Whole {
    pub train_notes: usize,
    pub valid_notes: usize,
}

/// Estimates what training by `recipe` on this device takes, from `sample`, a part of the pieces.
/// `None` where `go_on` says no.
///
/// # Errors
/// A recipe that is not sound, a device that is not there or fails.
pub fn estimate(
    name: &str,
    sample: &DataSet,
    whole: Whole,
    recipe: &Recipe,
    compute: Compute,
    longest: Duration,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Option<Estimate>, TrainError> {
    recipe.check().map_err(TrainError::Recipe)?;
    if sample.n_train_notes() == 0 {
        return Err(TrainError::NoData);
    }
    let share = |all: usize, part: usize| all as f64 / part.max(1) as f64;
    let n_fields = recipe.config_for(sample).fields.len();
    let start = Instant::now();
    if recipe.arch == Arch::Ngram {
        let Some(model) = counting::count(&sample.train, n_fields, recipe.seed, MOST, |_| go_on()) else {
            return Ok(None);
        };
        let count = start.elapsed().as_secs_f64() * share(whole.train_notes, sample.n_train_notes());
        let start = Instant::now();
        counting::likelihood(&model, &sample.valid, n_fields);
        let check = start.elapsed().as_secs_f64() * share(whole.valid_notes, sample.n_valid_notes());
        let notes_per_sec = whole.train_notes as f64 / count.max(1e-9);
        return Ok(Some(Estimate {
            name: name.to_owned(),
            seconds: count + check,
            steps: 1,
            step_seconds: count,
            check_seconds: check,
            notes_per_sec,
            parameters: model.n_contexts(),
            epochs: 1.0,
        }));
    }
    let Some(counts) = Counts::of(&sample.train, n_fields, |_| go_on()) else { return Ok(None) };
    Baselines::with(&counts.ngram, &sample.train, &sample.valid, n_fields);
    let counts = recipe.counts.then(|| counts.heard(&sample.valid, n_fields));
    // The lines are counted on so many notes at most.
    let lines = start.elapsed().as_secs_f64() * share(whole.train_notes.min(MOST), sample.n_train_notes()).max(1.0);
    let device = compute.open()?.autodiff();
    let config = recipe.config_for(sample);
    let model = NoteModel::new(&config, recipe.seed, &device);
    let parameters = model.num_params();
    let stepper = Stepper { model, optimiser: Optimiser::new(recipe), config, device, counts };
    let begun = Instant::now();
    let pace = measure(&stepper, sample, recipe, longest, go_on).map_err(|f| TrainError::device(f, 0))?;
    let Some(mut pace) = pace else { return Ok(None) };
    pace.check *= share(whole.valid_notes, sample.n_valid_notes());
    if sample.valid.is_empty() {
        pace.check = 0.0;
    }
    let per_epoch = share(whole.train_notes, sample.n_train_notes()) * events_per_epoch(&sample.train) as f64;
    let measuring = if matches!(recipe.budget, Budget::Minutes(_)) { begun.elapsed().as_secs_f64() } else { 0.0 };
    let steps = steps_of(recipe, &pace, per_epoch as usize, lines + measuring);
    let checks = recipe.checks.min(steps) as f64;
    Ok(Some(Estimate {
        name: name.to_owned(),
        seconds: (lines + measuring + steps as f64 * pace.step + checks * pace.check) / 0.98,
        steps,
        step_seconds: pace.step,
        check_seconds: pace.check,
        notes_per_sec: pace.fresh / pace.step.max(1e-9),
        parameters,
        epochs: steps as f64 * pace.fresh / per_epoch.max(1.0),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::data::tests::scale;

    #[test]
    fn budgets_become_steps() {
        let pace = Pace { step: 0.1, check: 1.0, fresh: 50.0 };
        let of = |budget| {
            let recipe = Recipe { budget, checks: 8, ..Recipe::default() };
            steps_of(&recipe, &pace, 1000, 1.8)
        };
        assert_eq!(of(Budget::Steps(7)), 7);
        assert_eq!(of(Budget::Epochs(3.0)), 60);
        // 98 s of 100, less 1.8 s and 8 checks.
        assert!(of(Budget::Minutes(100.0 / 60.0)).abs_diff(882) <= 1);
        // Checks that take more than half are given half.
        assert!(of(Budget::Minutes(4.0 / 60.0)).abs_diff(20) <= 1);
    }

    #[test]
    fn an_estimate_scales_with_what_there_is() {
        let sample =
            DataSet { train: vec![scale(20, 0), scale(30, 2)], valid: vec![scale(8, 1)], ..DataSet::default() };
        let recipe = Recipe {
            d_model: 16,
            n_layers: 1,
            n_heads: 2,
            window: 32,
            batch: 2,
            budget: Budget::Epochs(2.0),
            ..Recipe::default()
        };
        let of = |times: usize| {
            let whole =
                Whole { train_notes: times * sample.n_train_notes(), valid_notes: times * sample.n_valid_notes() };
            let made = estimate("a", &sample, whole, &recipe, Compute::Cpu, Duration::ZERO, &mut || true);
            made.expect("sound").expect("not stopped")
        };
        let (one, ten) = (of(1), of(10));
        assert!(ten.steps >= 9 * one.steps && ten.steps <= 11 * one.steps, "{} {}", one.steps, ten.steps);
        assert!(one.parameters > 0 && one.seconds > 0.0 && (one.epochs - 2.0).abs() < 0.5, "{one:?}");
        let whole = Whole { train_notes: 1, valid_notes: 1 };
        let stopped = estimate("a", &sample, whole, &recipe, Compute::Cpu, Duration::ZERO, &mut || false);
        assert_eq!(stopped.expect("sound"), None);
    }
}

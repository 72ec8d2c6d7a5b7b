//! The loop: batches in, steps taken, checks made, everything kept. Looks at its orders once a step.

use super::baselines::{Baselines, MOST};
use super::batches::{Batches, events_per_epoch, windows};
use super::counted::count_run;
use super::data::DataSet;
use super::error::TrainError;
use super::evaluate::{Likelihood, evaluate};
use super::optimiser::Optimiser;
use super::recent::Recent;
use super::recipe::{Budget, Recipe};
use super::run::{MEMORISING, MetricsRow, ModelInfo, Plan, Progress, Report, Run};
use super::schedule::learning_rate;
use super::transfer;
use super::watch::{Check, Command, StepInfo, TrainEvent, Watch};
use crate::encoding::Field;
use crate::model::checkpoint::weights_of;
use crate::model::init::Dropout;
use crate::model::{Arch, Batch, Checkpoint, Compute, ModelConfig, NoteModel};
use burn::module::Module;
use burn::tensor::Device;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

/// How it ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub report: Report,
}

/// Longest time between two states on disk.
const SAVE_EVERY: Duration = Duration::from_secs(20);

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
    recipe.check().map_err(TrainError::Recipe)?;
    if data.n_train_notes() == 0 {
        return Err(TrainError::NoData);
    }
    if recipe.arch == Arch::Ngram {
        if from.is_some() {
            return Err(TrainError::From("an n-gram model is counted afresh, from pieces alone".to_owned()));
        }
        let plan = Plan { version: 1, device: Compute::Cpu.to_string(), steps: 1, recipe: recipe.clone() };
        let run = Run::create(dir, &plan)?;
        data.save(&run.data_path())?;
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
    let mut trainer = Trainer::new(data, recipe, config, model, device);
    let steps = trainer.steps_of_budget(watch)?;
    let plan = Plan { version: 1, device: compute.to_string(), steps, recipe: recipe.clone() };
    let run = Run::create(dir, &plan)?;
    trainer.data.save(&run.data_path())?;
    if from.is_some() {
        trainer.save(&run)?; // a run that is cut off before its first state would lose where it began
    }
    trainer.run(&run, steps, watch)
}

/// Goes on with a run that was stopped, paused, killed or unplugged, exactly where its last saved
/// state stands. A finished run gives its report again.
///
/// # Errors
/// See [`TrainError`].
pub fn resume(dir: &Path, watch: &mut dyn Watch) -> Result<Outcome, TrainError> {
    let run = Run::open(dir)?;
    let plan = run.plan()?;
    if let Some(report) = run.report()?.filter(Report::is_over) {
        return Ok(Outcome { report });
    }
    run.remove_report()?;
    let data = DataSet::load(&run.data_path())?;
    let recipe = &plan.recipe;
    if recipe.arch == Arch::Ngram {
        return count_run(&data, recipe, &run, watch);
    }
    let compute: Compute = plan.device.parse()?;
    let device = compute.open()?.autodiff();
    let config = recipe.config_for(&data);
    let fresh = !run.last_path().exists();
    if fresh {
        watch.event(TrainEvent::Says("no state had been saved yet: starting again from the first step".to_owned()));
        run.rewind_metrics(0)?;
        let model = NoteModel::new(&config, recipe.seed, &device);
        return Trainer::new(data, recipe, config, model, device).run(&run, plan.steps, watch);
    }
    let last = Checkpoint::<ModelInfo>::load(&run.last_path())?;
    let model = transfer::restored(&last, recipe, &device).map_err(TrainError::Weights)?;
    let mut trainer = Trainer::new(data, recipe, config, model, device);
    let state = last.optimiser.ok_or_else(|| TrainError::Weights("the optimiser's state is missing".to_owned()))?;
    trainer.optimiser = Optimiser::restore(recipe, &state).map_err(TrainError::Weights)?;
    trainer.progress = last.info.progress;
    run.rewind_metrics(trainer.progress.step)?;
    trainer.run(&run, plan.steps, watch)
}

struct Trainer<'a> {
    data: DataSet,
    recipe: &'a Recipe,
    config: ModelConfig,
    model: NoteModel,
    optimiser: Optimiser,
    device: Device,
    progress: Progress,
    saved_at: Instant,
    events_per_epoch: usize,
}

impl<'a> Trainer<'a> {
    fn new(data: DataSet, recipe: &'a Recipe, config: ModelConfig, model: NoteModel, device: Device) -> Self {
        Self {
            events_per_epoch: events_per_epoch(&data.train),
            data,
            recipe,
            config,
            model,
            optimiser: Optimiser::new(recipe),
            device,
            progress: Progress::default(),
            saved_at: Instant::now(),
        }
    }

    fn batches(&self) -> Batches {
        let r = self.recipe;
        let sequences = Arc::new(self.data.train.clone());
        Batches::new(sequences, r.batch, r.window, self.config.fields.len(), r.seed, r.transpose).with(r.tasks(&self.config))
    }

    fn events_per_epoch(&self) -> f64 {
        self.events_per_epoch.max(1) as f64
    }

    /// Turns the budget into steps. Minutes are measured: a few steps and a part of a check, on
    /// copies that are thrown away.
    fn steps_of_budget(&mut self, watch: &mut dyn Watch) -> Result<u64, TrainError> {
        let minutes = match self.recipe.budget {
            Budget::Steps(steps) => return Ok(steps),
            Budget::Epochs(epochs) => {
                let mut batches = self.batches();
                let mean = (0..20).map(|_| batches.next_batch().1).sum::<usize>() as f64 / 20.0;
                return Ok((epochs * self.events_per_epoch() / mean.max(1.0)).ceil().max(1.0) as u64);
            }
            Budget::Minutes(minutes) => minutes,
        };
        watch.event(TrainEvent::Says("measuring the speed of this device".to_owned()));
        let mut batches = self.batches();
        let (model, optimiser) = (self.model.clone(), Optimiser::new(self.recipe));
        let fresh_optimiser = std::mem::replace(&mut self.optimiser, optimiser);
        let mut times = Vec::new();
        let begun = Instant::now();
        while times.len() < 12 && (times.len() < 4 || begun.elapsed() < Duration::from_secs(4)) {
            if watch.command() == Command::Stop {
                return Err(TrainError::Stopped);
            }
            let (batch, _) = batches.next_batch();
            let start = Instant::now();
            self.step(&batch, 0, 1)?;
            times.push(start.elapsed().as_secs_f64());
        }
        let start = Instant::now();
        let sample = windows(&self.data.valid, 8, self.config.window, self.config.fields.len());
        let measured = sample.len().min(4);
        for batch in &sample[..measured] {
            let inner = self.device.clone().inner();
            let losses = self.model.valid().losses(batch, &self.config, &inner, &mut no_dropout());
            losses.sums().into_data();
        }
        let check = start.elapsed().as_secs_f64() * sample.len() as f64 / measured.max(1) as f64;
        (self.model, self.optimiser) = (model, fresh_optimiser);
        // The first step warms caches and, on a GPU, compiles kernels.
        times.remove(0);
        times.sort_by(f64::total_cmp);
        let step = times[times.len() / 2];
        let seconds = (minutes * 60.0 - check * self.recipe.checks as f64).max(minutes * 30.0);
        Ok((seconds / step.max(1e-6)).floor().max(1.0) as u64)
    }

    /// One step on a batch: nats per note by field.
    fn step(&mut self, batch: &Batch, step: u64, steps: u64) -> Result<(f64, Vec<f64>), TrainError> {
        let mut drop = Dropout::new(self.recipe.seed, step, self.recipe.dropout);
        let aim = self.recipe.objective();
        let (losses, loss) = self.model.objective(batch, &self.config, &self.device, &mut drop, aim);
        let (sums, counted) = (losses.sums(), batch.n_counted().max(1) as f64); // [fields]
        let loss = loss / counted;
        let sums: Vec<f32> = sums.into_data().try_to_vec().map_err(|e| TrainError::Weights(format!("{e:?}")))?;
        let fields: Vec<f64> = sums.iter().map(|s| f64::from(*s) / counted).collect();
        let nats = fields.iter().take(Field::Velocity as usize).sum::<f64>();
        if !nats.is_finite() {
            return Err(TrainError::Diverged { step });
        }
        let rate = learning_rate(self.recipe, step, steps);
        let model = self.model.clone();
        (self.model, _) = self.optimiser.step(model, &loss, rate);
        Ok((nats, fields))
    }

    fn run(mut self, run: &Run, steps: u64, watch: &mut dyn Watch) -> Result<Outcome, TrainError> {
        let most = self.data.n_train_notes().max(self.data.n_valid_notes());
        if most > MOST && !self.data.valid.is_empty() {
            let text = format!("the n-gram line is counted and measured on {MOST} notes of {most}");
            watch.event(TrainEvent::Says(text));
        }
        let baselines = Baselines::measure(&self.data.train, &self.data.valid, self.config.fields.len());
        watch.event(TrainEvent::Started {
            steps,
            parameters: self.model.num_params(),
            train_notes: self.data.n_train_notes(),
            valid_notes: self.data.n_valid_notes(),
            baselines,
            resumed_at: self.progress.step,
        });
        if self.data.valid.is_empty() {
            let text = "nothing is held out (fewer than three families of pieces): there is no validation, the number of steps is fixed";
            watch.event(TrainEvent::Says(text.to_owned()));
        }
        let check_every = (steps / self.recipe.checks).max(1);
        let row_every = (steps / 2000).max(1);
        let source = self.deal(steps);
        let mut recent = Recent::default();
        let mut ended = format!("all {steps} steps were taken");
        self.saved_at = Instant::now();
        while self.progress.step < steps {
            match watch.command() {
                Command::Go => {}
                Command::Stop => {
                    ended = format!("stopped by the user after step {}", self.progress.step);
                    break;
                }
                Command::Pause => {
                    self.save(run)?;
                    watch.event(TrainEvent::Paused);
                    while watch.command() == Command::Pause {
                        std::thread::sleep(Duration::from_millis(50));
                    }
                    continue;
                }
            }
            let Ok((batch, fresh)) = source.recv() else { return Err(TrainError::NoData) };
            let start = Instant::now();
            let (nats, fields) = self.step(&batch, self.progress.step, steps)?;
            let p = &mut self.progress;
            p.step += 1;
            p.notes_seen += fresh as u64;
            p.seconds += start.elapsed().as_secs_f64();
            recent.push(batch.n_counted(), start.elapsed().as_secs_f64(), nats, &fields);
            let rate = learning_rate(self.recipe, p.step - 1, steps);
            let epoch = self.progress.notes_seen as f64 / self.events_per_epoch();
            let p = &self.progress;
            watch.event(TrainEvent::Step(StepInfo {
                step: p.step,
                epoch,
                nats_per_note: nats,
                learning_rate: rate,
                notes_per_sec: recent.notes_per_sec(),
                seconds: p.seconds,
                seconds_left: (steps - p.step) as f64 * p.seconds / p.step as f64,
            }));
            if p.step.is_multiple_of(row_every) {
                let (nats_per_note, fields) = recent.take_means();
                run.append(&self.row(false, epoch, rate, nats_per_note, fields))?;
            }
            let due = p.step.is_multiple_of(check_every) || p.step == steps;
            if due && !self.check(run, epoch, rate, watch)? {
                ended = MEMORISING.to_owned();
                break;
            }
            if self.saved_at.elapsed() >= SAVE_EVERY {
                self.save(run)?;
            }
        }
        if self.progress.step == 0 {
            return Err(TrainError::Stopped);
        }
        if !run.best_path().exists() {
            // Stopped before the first check: what there is, is the best there is.
            let rate = learning_rate(self.recipe, self.progress.step, steps);
            self.check(run, self.progress.notes_seen as f64 / self.events_per_epoch(), rate, watch)?;
        }
        self.save(run)?;
        self.report(run, steps, baselines, ended)
    }

    /// A row of metrics, where the training stands.
    fn row(&self, valid: bool, epoch: f64, learning_rate: f64, nats_per_note: f64, fields: Vec<f64>) -> MetricsRow {
        let Progress { step, seconds, .. } = self.progress;
        MetricsRow { valid, step, epoch, seconds, learning_rate, nats_per_note, fields, accuracy: Vec::new() }
    }

    /// Batches from a thread of their own, beginning where the progress stands.
    fn deal(&self, steps: u64) -> Receiver<(Batch, usize)> {
        let (send, receive) = sync_channel(2);
        let mut batches = self.batches();
        let done = self.progress.step;
        std::thread::spawn(move || {
            for step in 0..steps {
                let next = batches.next_batch();
                if step >= done && send.send(next).is_err() {
                    break;
                }
            }
        });
        receive
    }

    /// Validates and keeps the best. `false` where it is time to stop.
    fn check(&mut self, run: &Run, epoch: f64, rate: f64, watch: &mut dyn Watch) -> Result<bool, TrainError> {
        let start = Instant::now();
        let likelihood = if self.data.valid.is_empty() {
            None
        } else {
            let inner = self.device.clone().inner();
            evaluate(&self.optimiser.settled(&self.model), &self.config, &self.data.valid, &inner, &AtomicBool::new(false))
        };
        let nats = likelihood.as_ref().map(Likelihood::nats_per_note);
        let p = &mut self.progress;
        p.seconds += start.elapsed().as_secs_f64();
        let best = nats.is_none_or(|n| p.best_valid.is_none_or(|b| n < b));
        if best {
            (p.best_step, p.best_valid, p.stale_checks) = (p.step, nats, 0);
            self.checkpoint(false)?.save(&run.best_path())?;
        } else {
            p.stale_checks += 1;
        }
        let p = &self.progress;
        if let Some(likelihood) = likelihood {
            let fields = likelihood.by_field().into_iter().map(|(_, n)| n).collect();
            let nats_per_note = likelihood.nats_per_note();
            let accuracy = likelihood.accuracy();
            run.append(&MetricsRow { accuracy, ..self.row(true, epoch, rate, nats_per_note, fields) })?;
            watch.event(TrainEvent::Checked(Check { step: p.step, epoch, seconds: p.seconds, likelihood, best }));
            if p.stale_checks >= 2 {
                watch.event(TrainEvent::Says(format!(
                    "validation has not improved for {} checks: the model is memorising; the best one (step {}) is kept",
                    p.stale_checks, p.best_step
                )));
            }
        }
        Ok(self.recipe.patience == 0 || p.stale_checks < self.recipe.patience)
    }

    fn checkpoint(&self, with_optimiser: bool) -> Result<Checkpoint<ModelInfo>, TrainError> {
        let mut card = self.data.card.clone();
        (card.step, card.valid_nats_per_note) = (self.progress.step, self.progress.best_valid);
        Ok(Checkpoint {
            config: self.config.clone(),
            info: ModelInfo { card, progress: self.progress.clone() },
            weights: if with_optimiser { weights_of(&self.model) } else { weights_of(&self.optimiser.settled(&self.model)) }
                .map_err(TrainError::Weights)?,
            optimiser: with_optimiser.then(|| self.optimiser.state()).transpose().map_err(TrainError::Weights)?,
        })
    }

    fn save(&mut self, run: &Run) -> Result<(), TrainError> {
        self.checkpoint(true)?.save(&run.last_path())?;
        self.saved_at = Instant::now();
        Ok(())
    }

    fn report(self, run: &Run, planned_steps: u64, baselines: Baselines, ended: String) -> Result<Outcome, TrainError> {
        let valid = run.metrics()?.into_iter().rfind(|r| r.valid && r.step == self.progress.best_step);
        let fields =
            valid.iter().flat_map(|r| self.config.fields.iter().zip(&r.fields)).map(|(f, n)| (f.name.clone(), *n));
        let p = &self.progress;
        let report = Report {
            run: run.dir.clone(),
            arch: self.config.arch.to_string(),
            parameters: self.model.num_params(),
            steps: p.step,
            planned_steps,
            epochs: p.notes_seen as f64 / self.events_per_epoch(),
            notes_per_sec: p.notes_seen as f64 / p.seconds.max(1e-9),
            seconds: p.seconds,
            best_step: p.best_step,
            valid_nats_per_note: p.best_valid,
            fields: fields.collect::<BTreeMap<_, _>>(),
            baselines,
            ended,
        };
        run.write_report(&report)?;
        Ok(Outcome { report })
    }
}

fn no_dropout() -> Dropout {
    Dropout::new(0, 0, 0.0)
}

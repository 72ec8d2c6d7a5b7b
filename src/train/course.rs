//! The course of a training: batches in, steps taken, checks made, everything kept. Looks at its orders
//! once a step, and deals with what goes wrong on the way.

use super::baselines::Baselines;
use super::batches::{Batches, events_per_epoch};
use super::beside::Counts;
use super::clock::Clock;
use super::data::{DataSet, Sequence};
use super::error::TrainError;
use super::evaluate::{Likelihood, evaluate};
use super::health::{ATTEMPTS, Health, SLOWER};
use super::keeper::Keeper;
use super::keeping::Keeping;
use super::optimiser::Optimiser;
use super::recent::Recent;
use super::recipe::Recipe;
use super::report::Ending;
use super::run::{Claim, MEMORISING, MetricsRow, ModelInfo, Progress, Report, Run};
use super::schedule::learning_rate;
use super::standing::{self, Point, standing};
use super::step::{Fault, Losses, Stepper, guarded};
use super::trainer::{Outcome, first_model};
use super::transfer;
use super::watch::{Check, Command, Mishap, StepInfo, TrainEvent, Watch};
use crate::model::checkpoint::weights_of;
use crate::model::{Batch, Checkpoint, NoteModel};
use burn::module::Module;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

pub struct Course<'a> {
    data: DataSet,
    /// Those of `data` that are trained on, shared with the thread that deals them.
    sequences: Arc<Vec<Sequence>>,
    notes: usize,
    recipe: &'a Recipe,
    stepper: Stepper,
    keeper: Keeper,
    keeping: &'a Keeping,
    _claim: Claim,
    steps: u64,
    baselines: Baselines,
    progress: Progress,
    epoch_events: f64,
    recent: Recent,
    clock: Clock,
    /// The checks so far.
    checks: Vec<Point>,
    /// Sum and number of the losses since the last check.
    since_check: (f64, u32),
}

impl<'a> Course<'a> {
    #[allow(clippy::too_many_arguments)] // Each is made elsewhere, and all are needed.
    pub fn new(
        mut data: DataSet,
        recipe: &'a Recipe,
        stepper: Stepper,
        run: Run,
        claim: Claim,
        keeping: &'a Keeping,
        steps: u64,
        baselines: Baselines,
    ) -> Self {
        let (notes, epoch_events) = (data.n_train_notes(), events_per_epoch(&data.train).max(1) as f64);
        Self {
            sequences: Arc::new(std::mem::take(&mut data.train)),
            data,
            notes,
            recipe,
            stepper,
            keeper: Keeper::new(run, keeping),
            keeping,
            _claim: claim,
            steps,
            baselines,
            progress: Progress::default(),
            epoch_events,
            recent: Recent::default(),
            clock: Clock::new(),
            checks: Vec::new(),
            since_check: (0.0, 0),
        }
    }

    /// Trains from where `progress` stands to the end.
    ///
    /// # Errors
    /// See [`TrainError`].
    pub fn run(mut self, progress: Progress, watch: &mut dyn Watch) -> Result<Outcome, TrainError> {
        self.progress = progress;
        self.checks = standing::points(&self.keeper.run.metrics()?);
        watch.event(TrainEvent::Started {
            steps: self.steps,
            parameters: self.stepper.model.num_params(),
            train_notes: self.notes,
            valid_notes: self.data.n_valid_notes(),
            baselines: self.baselines,
            resumed_at: self.progress.step,
        });
        if self.data.valid.is_empty() {
            let text = "nothing is held out (fewer than three families of pieces): there is no validation, the number of steps is fixed";
            watch.event(TrainEvent::Says(text.to_owned()));
        }
        let (ending, ended) = match self.steps_to_the_end(watch) {
            Ok(end) => end,
            Err(e @ TrainError::Diverged { .. }) => {
                // Going on would end the same way: the run is over, with what it has.
                self.report(Ending::Diverged, e.to_string())?;
                return Err(e);
            }
            Err(e) => return Err(e),
        };
        if self.progress.step == 0 {
            return Err(TrainError::Stopped);
        }
        if self.keeper.best()?.is_none() {
            // Stopped before the first check: what there is, is the best there is.
            self.check(watch)?;
        }
        let state = state_of(&self.stepper, &self.data, &self.progress);
        self.keeper.finish(|| state, watch)?;
        self.report(ending, ended)
    }

    fn steps_to_the_end(&mut self, watch: &mut dyn Watch) -> Result<(Ending, String), TrainError> {
        let check_every = (self.steps / self.recipe.checks).max(1);
        let row_every = (self.steps / 2000).max(1);
        let source = self.deal();
        self.clock.reset();
        while self.progress.step < self.steps {
            match self.order(watch) {
                Command::Go => {}
                Command::Stop => {
                    return Ok((Ending::Stopped, format!("stopped by the user after step {}", self.progress.step)));
                }
                Command::Pause => {
                    self.save(watch)?;
                    watch.event(TrainEvent::Paused);
                    while self.order(watch) == Command::Pause {
                        std::thread::sleep(Duration::from_millis(50));
                    }
                    self.clock.reset();
                    continue;
                }
            }
            let Ok((batch, fresh)) = source.recv() else { return Err(TrainError::NoData) };
            let rate = self.rate();
            let losses = self.step(&batch, rate, watch)?;
            if self.progress.health.ran_away(losses.nats, losses.norm) {
                self.progress.passed_over += 1;
                self.go_back(self.progress.step + 1, watch)?;
                continue;
            }
            let lap = self.clock.lap(self.recent.typical());
            if let Some(seconds) = lap.slept {
                self.mishap(Mishap::Slept { seconds }, watch);
            }
            let p = &mut self.progress;
            p.step += 1;
            p.notes_seen += fresh as u64;
            p.seconds += lap.seconds;
            let step = p.step;
            self.recent.push(batch.n_counted(), lap.seconds, losses.nats, &losses.fields);
            self.since_check = (self.since_check.0 + losses.nats, self.since_check.1 + 1);
            self.tell(&losses, rate, watch);
            if step.is_multiple_of(row_every) {
                let (nats_per_note, fields) = self.recent.take_means();
                let row = self.row(false, rate, nats_per_note, fields);
                self.keeper.append(&row, watch)?;
            }
            let due = step.is_multiple_of(check_every) || step == self.steps;
            match due.then(|| self.check(watch)).transpose()? {
                Some(Checked::RanAway) => self.go_back(step, watch)?,
                Some(Checked::Enough) => return Ok((Ending::Memorising, MEMORISING.to_owned())),
                Some(Checked::GoOn) | None => {}
            }
            if self.keeper.is_due() {
                self.save(watch)?;
            }
            if due {
                self.clock.reset();
            }
        }
        Ok((Ending::Complete, format!("all {} steps were taken", self.steps)))
    }

    /// What to do, asked of whoever watches and of a file that another process may have left.
    fn order(&mut self, watch: &mut dyn Watch) -> Command {
        match watch.command() {
            Command::Stop => Command::Stop,
            _ if self.clock.a_second_has_gone() && self.keeper.run.was_asked_to_stop() => Command::Stop,
            order => order,
        }
    }

    /// One step, in as many parts as the device has memory for.
    fn step(&mut self, batch: &Batch, rate: f64, watch: &mut dyn Watch) -> Result<Losses, TrainError> {
        loop {
            let (dealt, parts) = (self.progress.dealt(), self.progress.parts.max(1));
            let before = self.keeping.before.as_ref();
            match self.stepper.step(batch, dealt, rate, parts, self.recipe, before) {
                Ok(losses) => return Ok(losses),
                Err(Fault::OutOfMemory) if batch.n_rows.div_ceil(parts) > 1 => {
                    let rows = batch.n_rows.div_ceil(parts).div_ceil(2);
                    let parts = batch.n_rows.div_ceil(rows);
                    self.progress.parts = parts;
                    self.mishap(Mishap::OutOfMemory { rows, parts }, watch);
                }
                Err(fault) => return Err(TrainError::device(fault, self.progress.step)),
            }
        }
    }

    /// The learning rate of the next step: that of the schedule, lowered for each time that the training
    /// ran away and rising anew after it.
    fn rate(&self) -> f64 {
        let p = &self.progress;
        let rate = learning_rate(self.recipe, p.step, self.steps);
        if p.rescues == 0 {
            return rate;
        }
        let risen = (p.dealt() - p.rescued_at + 1) as f64 / self.recipe.warmup.max(1) as f64;
        rate * SLOWER.powi(p.rescues as i32) * risen.min(1.0)
    }

    /// Takes the training, which ran away in step `at`, back to its best check, or its beginning, with a
    /// lower learning rate. Batches go on from where they are, so that one that does harm is passed over.
    fn go_back(&mut self, at: u64, watch: &mut dyn Watch) -> Result<(), TrainError> {
        let attempt = self.progress.rescues + 1;
        if attempt > ATTEMPTS {
            return Err(TrainError::Diverged { step: at });
        }
        let dealt = self.progress.dealt();
        let (config, device) = (&self.stepper.config, &self.stepper.device);
        let (model, then) = match self.keeper.best()? {
            Some(best) => {
                let model = best.network(device, &self.keeper.run.best_path())?;
                (transfer::adapted(model, self.recipe), best.info.progress)
            }
            None => (first_model(&self.keeper.run, self.recipe, config, device)?, Progress::default()),
        };
        (self.stepper.model, self.stepper.optimiser) = (model, Optimiser::new(self.recipe));
        self.progress = Progress {
            step: then.step,
            notes_seen: then.notes_seen,
            stale_checks: 0,
            passed_over: dealt - then.step,
            rescues: attempt,
            rescued_at: dealt,
            health: Health::default(),
            ..self.progress.clone()
        };
        self.recent = Recent::default();
        self.since_check = (0.0, 0);
        let back_to = then.step;
        self.keeper.rewind(back_to, watch)?;
        self.checks = standing::points(&self.keeper.run.metrics()?);
        self.mishap(Mishap::Diverged { at, back_to, rate: SLOWER.powi(attempt as i32), attempt }, watch);
        self.save(watch)
    }

    fn mishap(&mut self, mishap: Mishap, watch: &mut dyn Watch) {
        self.progress.mishaps.push(mishap.to_string());
        watch.event(TrainEvent::Mishap(mishap));
    }

    fn tell(&mut self, losses: &Losses, learning_rate: f64, watch: &mut dyn Watch) {
        let p = &self.progress;
        watch.event(TrainEvent::Step(StepInfo {
            step: p.step,
            epoch: self.epoch(),
            nats_per_note: losses.nats,
            fields: losses.fields.clone(),
            learning_rate,
            notes_per_sec: self.recent.notes_per_sec(),
            seconds: p.seconds,
            seconds_left: (self.steps - p.step) as f64 * p.seconds / p.step as f64,
            memory: self.clock.memory(),
            saving: self.keeper.share(),
        }));
    }

    fn epoch(&self) -> f64 {
        self.progress.notes_seen as f64 / self.epoch_events
    }

    /// A row of metrics, where the training stands.
    fn row(&self, valid: bool, learning_rate: f64, nats_per_note: f64, fields: Vec<f64>) -> MetricsRow {
        let Progress { step, seconds, .. } = self.progress;
        let epoch = self.epoch();
        let accuracy = Vec::new();
        MetricsRow { valid, step, epoch, seconds, learning_rate, nats_per_note, fields, accuracy, network: None }
    }

    /// Batches from a thread of their own, beginning where the progress stands, without end.
    fn deal(&self) -> Receiver<(Batch, usize)> {
        let (send, receive) = sync_channel(2);
        let r = self.recipe;
        let (sequences, n_fields) = (Arc::clone(&self.sequences), self.stepper.config.fields.len());
        let tasks = r.tasks(&self.stepper.config);
        let mut batches = Batches::new(sequences, r.batch, r.window, n_fields, r.seed, r.transpose).with(tasks);
        let done = self.progress.dealt();
        std::thread::spawn(move || {
            (0..done).for_each(|_| drop(batches.next_batch()));
            while send.send(batches.next_batch()).is_ok() {}
        });
        receive
    }

    /// Validates and keeps the best.
    fn check(&mut self, watch: &mut dyn Watch) -> Result<Checked, TrainError> {
        let likelihood = if self.data.valid.is_empty() {
            None
        } else {
            let Stepper { model, optimiser, config, device, counts } = &self.stepper;
            let counts = counts.as_ref().map(Counts::voice);
            let (inner, never) = (device.clone().inner(), AtomicBool::new(false));
            let check = || evaluate(&optimiser.settled(model), counts, config, &self.data.valid, &inner, &never);
            guarded(self.stepper.on_cpu(), check).map_err(|f| TrainError::device(f, self.progress.step))?
        };
        let nats = likelihood.as_ref().map(Likelihood::nats_per_note);
        if nats.is_some_and(|n| !n.is_finite()) {
            return Ok(Checked::RanAway);
        }
        let rate = self.rate();
        let p = &mut self.progress;
        p.seconds += self.clock.lap(f64::INFINITY).seconds;
        let best = nats.is_none_or(|n| p.best_valid.is_none_or(|b| n < b));
        p.stale_checks += 1;
        if best {
            (p.best_step, p.best_valid, p.stale_checks) = (p.step, nats, 0);
        }
        let network = likelihood.as_ref().and_then(Likelihood::network_nats_per_note);
        let (sum, n) = std::mem::take(&mut self.since_check);
        let train_nats = (n > 0).then(|| sum / f64::from(n));
        self.checks.extend(nats.map(|valid| Point { valid, train: train_nats, network }));
        if standing::network_learns(&self.checks) {
            p.stale_checks = 0;
        }
        let settled = self.stepper.optimiser.settled(&self.stepper.model);
        let model = checkpoint_of(&settled, &self.stepper, &self.data, &self.progress)?;
        if best {
            self.keeper.keep_best(model.clone(), watch)?;
        }
        let (step, epoch, seconds) = (self.progress.step, self.epoch(), self.progress.seconds);
        watch.checked(step, best, model);
        if let (Some(likelihood), Some(nats_per_note)) = (likelihood, nats) {
            let fields = likelihood.by_field().into_iter().map(|(_, n)| n).collect();
            let accuracy = likelihood.accuracy();
            let row = MetricsRow { accuracy, network, ..self.row(true, rate, nats_per_note, fields) };
            self.keeper.append(&row, watch)?;
            let standing = standing(&self.checks);
            watch.event(TrainEvent::Checked(Check { step, epoch, seconds, likelihood, best, train_nats, standing }));
        }
        let enough = self.recipe.patience > 0 && self.progress.stale_checks >= self.recipe.patience;
        Ok(if enough { Checked::Enough } else { Checked::GoOn })
    }

    fn save(&mut self, watch: &mut dyn Watch) -> Result<(), TrainError> {
        let (stepper, data, progress) = (&self.stepper, &self.data, &self.progress);
        let outcome = self.keeper.save(|| state_of(stepper, data, progress), watch);
        self.clock.reset();
        outcome
    }

    fn report(&mut self, ending: Ending, ended: String) -> Result<Outcome, TrainError> {
        let run = &self.keeper.run;
        let valid = run.metrics()?.into_iter().rfind(|r| r.valid && r.step == self.progress.best_step);
        let names = self.stepper.config.fields.iter().map(|f| f.name.clone());
        let fields = valid.iter().flat_map(|r| names.clone().zip(r.fields.iter().copied()));
        let p = &self.progress;
        let report = Report {
            run: run.dir.clone(),
            arch: self.stepper.config.arch.to_string(),
            parameters: self.stepper.model.num_params(),
            steps: p.step,
            planned_steps: self.steps,
            epochs: self.epoch(),
            notes_per_sec: p.notes_seen as f64 / p.seconds.max(1e-9),
            seconds: p.seconds,
            best_step: p.best_step,
            valid_nats_per_note: p.best_valid,
            fields: fields.collect::<BTreeMap<_, _>>(),
            baselines: self.baselines,
            ended,
            ending: Some(ending),
            mishaps: p.mishaps.clone(),
            saving_share: self.keeper.share(),
            peak_memory: self.clock.peak_memory(),
        };
        run.write_report(&report)?;
        Ok(Outcome { report })
    }
}

/// What to do after a check.
enum Checked {
    GoOn,
    Enough,
    RanAway,
}

fn checkpoint_of(
    model: &NoteModel,
    stepper: &Stepper,
    data: &DataSet,
    progress: &Progress,
) -> Result<Checkpoint<ModelInfo>, TrainError> {
    let mut card = data.card.clone();
    (card.step, card.valid_nats_per_note) = (progress.step, progress.best_valid);
    Ok(Checkpoint {
        config: stepper.config.clone(),
        info: ModelInfo { card, progress: progress.clone() },
        weights: weights_of(model).map_err(TrainError::Weights)?,
        counts: stepper.counts.as_ref().map(|c| Arc::clone(&c.bytes)),
        optimiser: None,
        half: false,
    })
}

/// The same with everything that going on needs; counts are counted again.
fn state_of(stepper: &Stepper, data: &DataSet, progress: &Progress) -> Result<Checkpoint<ModelInfo>, TrainError> {
    let optimiser = Some(stepper.optimiser.state().map_err(TrainError::Weights)?);
    Ok(Checkpoint { optimiser, counts: None, ..checkpoint_of(&stepper.model, stepper, data, progress)? })
}

//! `cadenza train`: learn from folders, watch the loss, keep everything in a run folder.

use super::context::{Context, Usage};
use super::text::{count, duration, thousands};
use crate::corpus::{ImportOptions, Remedy};
use crate::encoding::Field;
use crate::job::{Source, TrainRequest, cache_folder, no_waker, spawn_train};
use crate::model::{Arch, Compute, Loss};
use crate::train::{Budget, OptimiserKind, Preset, Recipe, Report, Schedule, TrainEvent};
use clap::Args;
use indicatif::ProgressBar;
use std::path::PathBuf;

const EXAMPLE: &str = "\
Example:
  cadenza train ~/Music/folk --out runs/folk --preset balanced --minutes 10
  cadenza train --resume runs/folk";

/// Train a model on folders of music
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE, allow_negative_numbers = true)]
pub struct Arguments {
    /// Folders to learn from
    #[arg(value_name = "DIR", required_unless_present = "resume", conflicts_with = "resume")]
    folders: Vec<PathBuf>,
    /// The run folder to make [default: runs/ and the name of the first DIR]
    #[arg(long, value_name = "RUN")]
    out: Option<PathBuf>,
    /// Go on with a run exactly where it stands
    #[arg(long, value_name = "RUN", conflicts_with_all = [
        "steps", "minutes", "epochs", "recipe", "arch", "optimiser", "learning_rate", "momentum", "schedule",
        "label_smoothing", "loss", "layers", "input", "from", "valid", "out", "seed", "preset", "device", "melody_only",
        "remedies", "no_cache", "infill", "tell", "ema", "adapters",
    ])]
    resume: Option<PathBuf>,
    /// quick, balanced, best, lstm, gru, mlp or ngram
    #[arg(long, default_value = "balanced")]
    preset: String,
    /// A recipe of your own instead of a preset: the [recipe] of a TOML file, such as a run's recipe.toml
    #[arg(long, value_name = "FILE.toml")]
    recipe: Option<PathBuf>,
    /// The kind of model: transformer, lstm, gru, mlp (the textbook network) or ngram (counts, in seconds)
    #[arg(long)]
    arch: Option<Arch>,
    /// How weights are moved: adamw, adam, sgd, rmsprop or muon; brings its usual learning rate with it
    #[arg(long)]
    optimiser: Option<OptimiserKind>,
    /// The highest learning rate
    #[arg(long, value_name = "RATE")]
    learning_rate: Option<f64>,
    /// Of sgd: the share of the last step that is kept; 0 is plain gradient descent
    #[arg(long, value_name = "SHARE")]
    momentum: Option<f64>,
    /// How the learning rate falls: cosine, linear or constant
    #[arg(long)]
    schedule: Option<Schedule>,
    /// cross-entropy or squared-error
    #[arg(long, value_parser = ["cross-entropy", "squared-error"])]
    loss: Option<String>,
    /// Share of the loss that pulls every value alike, such as 0.1
    #[arg(long, value_name = "SHARE")]
    label_smoothing: Option<f64>,
    /// Share of windows that learn to fill, accompany and vary: 0.5 for a model that can, 0 for one that
    /// only writes on
    #[arg(long, value_name = "SHARE")]
    infill: Option<f64>,
    /// Share of windows that are told of style (first subfolder), density and bars left
    #[arg(long, value_name = "SHARE")]
    tell: Option<f64>,
    /// Keep the running mean of the weights, of which this share stays each step, such as 0.999
    #[arg(long, value_name = "DECAY")]
    ema: Option<f64>,
    /// With --from: train adapters of this rank instead of all weights, such as 8
    #[arg(long, value_name = "RANK", requires = "from")]
    adapters: Option<usize>,
    /// Of mlp: sizes of the hidden layers, such as 256,128
    #[arg(long, value_name = "SIZES", value_delimiter = ',')]
    layers: Option<Vec<usize>>,
    /// Of mlp: notes it sees at once
    #[arg(long, value_name = "NOTES")]
    input: Option<usize>,
    /// Start from the weights of another run or model file
    #[arg(long, value_name = "RUN")]
    from: Option<PathBuf>,
    /// Train for this long: measured for a moment, then a fixed number of steps
    #[arg(long, value_name = "M", conflicts_with_all = ["steps", "epochs"])]
    minutes: Option<f64>,
    #[arg(long, value_name = "N", conflicts_with = "epochs")]
    steps: Option<u64>,
    #[arg(long, value_name = "E")]
    epochs: Option<f64>,
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// cpu, ndarray, gpu or gpu:N
    #[arg(long, default_value = "cpu")]
    device: String,
    /// Hold out these pieces instead of a tenth of the others
    #[arg(long, value_name = "DIR")]
    valid: Vec<PathBuf>,
    /// Keep one melody line of each piece
    #[arg(long)]
    melody_only: bool,
    /// Use files that would be left out, or use them differently; several with commas
    #[arg(long = "use", value_name = "HOW", value_delimiter = ',', value_parser = super::import::remedies())]
    remedies: Vec<Remedy>,
    /// Read every file afresh, and keep nothing of it
    #[arg(long)]
    no_cache: bool,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

impl Arguments {
    fn recipe(&self) -> Result<Recipe, Usage> {
        let mut recipe = match &self.recipe {
            Some(path) => Recipe::load(path).map_err(Usage::new)?,
            None => Preset::named(&self.preset).map_err(Usage::new)?.recipe,
        };
        if let Some(arch) = self.arch {
            // Whoever names sizes, in a recipe or by a preset, gets them.
            let named = self.recipe.is_some() || self.preset != "balanced";
            // No other network can do infill.
            let infill = if arch == Arch::Transformer { recipe.infill } else { 0.0 };
            recipe = if named { Recipe { arch, infill, ..recipe } } else { recipe.for_arch(arch).map_err(Usage::new)? };
        }
        if let Some(optimiser) = self.optimiser {
            recipe.take_optimiser(optimiser);
        }
        recipe.learning_rate = self.learning_rate.unwrap_or(recipe.learning_rate);
        recipe.momentum = self.momentum.unwrap_or(recipe.momentum);
        recipe.schedule = self.schedule.unwrap_or(recipe.schedule);
        recipe.label_smoothing = self.label_smoothing.unwrap_or(recipe.label_smoothing);
        match self.loss.as_deref() {
            Some("squared-error") => recipe.loss = Loss::SquaredError,
            Some(_) => recipe.loss = Loss::CrossEntropy,
            None => {}
        }
        recipe.infill = self.infill.unwrap_or(recipe.infill);
        recipe.tell = self.tell.unwrap_or(recipe.tell);
        recipe.ema = self.ema.unwrap_or(recipe.ema);
        recipe.adapters = self.adapters.unwrap_or(recipe.adapters);
        recipe.layers.hidden = self.layers.clone().unwrap_or(recipe.layers.hidden);
        recipe.layers.input = self.input.unwrap_or(recipe.layers.input);
        if let Some(seed) = self.seed {
            recipe.seed = seed;
        }
        let budget =
            self.minutes.map(Budget::Minutes).or(self.steps.map(Budget::Steps)).or(self.epochs.map(Budget::Epochs));
        recipe.budget = budget.unwrap_or(recipe.budget);
        recipe.check().map_err(Usage::new)?;
        Ok(recipe)
    }

    fn request(&self) -> Result<TrainRequest, Usage> {
        if let Some(run) = &self.resume {
            Usage::must_exist([run.as_path()])?;
            return Ok(TrainRequest::Resume { run: run.clone() });
        }
        Usage::must_exist(self.folders.iter().chain(&self.valid).chain(&self.from).map(PathBuf::as_path))?;
        let compute: Compute = self.device.parse().map_err(|e: crate::model::DeviceError| Usage::new(e.to_string()))?;
        let name = self.folders.first().and_then(|f| f.file_name()).map_or_else(|| "run".into(), ToOwned::to_owned);
        Ok(TrainRequest::New {
            source: Source::Folders {
                train: self.folders.clone(),
                valid: self.valid.clone(),
                options: ImportOptions {
                    melody_only: self.melody_only,
                    choices: super::import::for_all_files(&self.remedies),
                    cache: cache_folder().filter(|_| !self.no_cache),
                },
            },
            recipe: Box::new(self.recipe()?),
            compute,
            from: self.from.clone(),
            out: self.out.clone().unwrap_or_else(|| PathBuf::from("runs").join(name)),
        })
    }
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    let job = spawn_train(arguments.request()?, no_waker());
    let report = context.watch(job, show)?;
    context.report(|| human(&report), &report)
}

/// Progress on a terminal; what matters as lines that stay.
fn show(bar: &ProgressBar, event: TrainEvent) {
    match event {
        TrainEvent::Says(text) => bar.println(text),
        TrainEvent::Started { steps, parameters, train_notes, valid_notes, baselines, resumed_at } => {
            bar.set_length(steps);
            bar.set_position(resumed_at);
            bar.println(format!(
                "{} weights, {} notes to learn from, {} held out, {steps} steps; to beat: unigram {:.2}, n-gram {:.2} nats/note",
                thousands(parameters),
                thousands(train_notes),
                thousands(valid_notes),
                baselines.unigram,
                baselines.ngram
            ));
        }
        TrainEvent::Step(s) => {
            bar.set_position(s.step);
            bar.set_message(format!(
                "epoch {:.1}, {:.2} nats/note, {:.0} notes/s",
                s.epoch, s.nats_per_note, s.notes_per_sec
            ));
        }
        TrainEvent::Checked(c) => {
            let star = if c.best { " ★" } else { "" };
            let right = c.likelihood.accuracy().get(Field::Pitch as usize).copied().unwrap_or(0.0);
            bar.println(format!(
                "step {}: validation {:.4} nats/note, {:.1} % of pitches right at first{star}",
                c.step,
                c.likelihood.nats_per_note(),
                100.0 * right
            ));
        }
        TrainEvent::Paused => bar.set_message("paused"),
    }
}

fn human(r: &Report) -> String {
    let mut out =
        format!("{} ({}) in {}: {}\n", r.run.display(), count(r.steps as usize, "step"), duration(r.seconds), r.ended);
    match r.valid_nats_per_note {
        Some(nats) => {
            out += &format!("best validation {nats:.4} nats per note at step {}\n", r.best_step);
            let b = r.baselines;
            out += &format!("to compare: n-gram {:.3}, unigram {:.3}, uniform {:.3}\n", b.ngram, b.unigram, b.uniform);
            let fields: Vec<String> = r.fields.iter().map(|(f, n)| format!("{f} {n:.3}")).collect();
            out += &format!("by field: {}\n", fields.join(", "));
        }
        None => out += "nothing was held out, so there is no validation figure\n",
    }
    let of = if r.arch == Arch::Ngram.to_string() { "contexts counted" } else { "weights" };
    out += &format!("{} {of}, {:.0} notes/s\n", thousands(r.parameters), r.notes_per_sec);
    out
}

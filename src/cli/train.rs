//! `cadenza train`: learn from folders, watch the loss, keep everything in a run folder.

use super::context::{Context, Usage, model_argument};
use super::curve::Curve;
use super::sweep;
use super::text::{count, duration, thousands};
use crate::corpus::{ImportOptions, Remedy};
use crate::job::{self, Care, ReportOptions, Source, TrainRequest, cache_folder, no_waker, spawn_train};
use crate::model::{Arch, Compute, DeviceError, Loss};
use crate::train::{Budget, Ending, OptimiserKind, Preset, Recipe, Report, ReportCard, Schedule};
use clap::Args;
use std::io::IsTerminal;
use std::path::{PathBuf, absolute};
use std::time::Duration;

const EXAMPLE: &str = "\
Example:
  cadenza train ~/Music/folk --out runs/folk --preset balanced --minutes 10
  cadenza train --resume runs/folk
  cadenza train ~/Music/folk --estimate
  cadenza train ~/Music/folk --out runs/sweep --minutes 3 --sweep seed=1,2,3 --sweep d_model=128,192";

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
        "label_smoothing", "counts", "loss", "layers", "input", "from", "valid", "out", "seed", "preset", "melody_only",
        "remedies", "no_cache", "sweep", "estimate", "infill", "tell", "ema", "adapters",
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
    /// Let an n-gram model of the same pieces predict with the network: yes or no. Counted in seconds
    #[arg(long, value_name = "YES|NO", value_parser = clap::builder::BoolishValueParser::new())]
    counts: Option<bool>,
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
    /// Start from the weights of another run, of a model file, or of a model that comes with the program
    #[arg(long, value_name = "RUN", value_parser = model_argument)]
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
    /// cpu, ndarray, gpu or gpu:N [default: cpu, or what the resumed run was begun on]
    #[arg(long)]
    device: Option<String>,
    /// Several trainings one after another, every combination of these values, such as seed=1,2,3; RUN is then
    /// the folder of their folders, KEY one of a recipe or preset
    #[arg(long, value_name = "KEY=VALUES", conflicts_with = "from")]
    pub sweep: Vec<String>,
    /// Say how long each preset would take on this device, and train nothing
    #[arg(long, conflicts_with_all = ["sweep", "from", "out", "recipe", "arch"])]
    pub estimate: bool,
    /// Save the state this often, not as often as takes 2 % of the time
    #[arg(long, value_name = "SECONDS")]
    save_every: Option<f64>,
    /// Write no takes at the checks
    #[arg(long)]
    no_takes: bool,
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
    /// Leave the report card out: takes, likelihood in detail, style, originality
    #[arg(long)]
    no_report: bool,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

impl Arguments {
    pub fn recipe(&self) -> Result<Recipe, Usage> {
        let mut recipe = match &self.recipe {
            Some(path) => Recipe::load(path).map_err(Usage::new)?,
            None => Preset::named(&self.preset).map_err(Usage::new)?.recipe,
        };
        if let Some(arch) = self.arch {
            // Whoever names sizes, in a recipe or by a preset, gets them.
            let named = self.recipe.is_some() || self.preset != "balanced";
            // No other network can do infill.
            let infill = if arch == Arch::Transformer { recipe.infill } else { 0.0 };
            recipe =
                if named { Recipe { arch, infill, ..recipe } } else { recipe.for_arch(arch).map_err(Usage::new)? };
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
        recipe.counts = self.counts.unwrap_or(recipe.counts);
        recipe.infill = self.infill.unwrap_or(recipe.infill);
        recipe.tell = self.tell.unwrap_or(recipe.tell);
        recipe.ema = self.ema.unwrap_or(recipe.ema);
        recipe.adapters = self.adapters.unwrap_or(recipe.adapters);
        recipe.layers.hidden = self.layers.clone().unwrap_or(recipe.layers.hidden);
        recipe.layers.input = self.input.unwrap_or(recipe.layers.input);
        if let Some(seed) = self.seed {
            recipe.seed = seed;
        }
        recipe.budget = self.budget().unwrap_or(recipe.budget);
        recipe.check().map_err(Usage::new)?;
        Ok(recipe)
    }

    /// The budget, where one was asked for.
    pub fn budget(&self) -> Option<Budget> {
        self.minutes.map(Budget::Minutes).or(self.steps.map(Budget::Steps)).or(self.epochs.map(Budget::Epochs))
    }

    pub fn compute(&self) -> Result<Option<Compute>, Usage> {
        let parse = |d: &String| d.parse().map_err(|e: DeviceError| Usage::new(e.to_string()));
        self.device.as_ref().map(parse).transpose()
    }

    pub fn care(&self) -> Result<Care, Usage> {
        let every = |s: f64| Duration::try_from_secs_f64(s).map_err(|_| Usage::new("--save-every must be positive"));
        Ok(Care {
            takes: !self.no_takes,
            // Whoever has sent the output elsewhere has a computer that cares for itself.
            awake: std::io::stderr().is_terminal(),
            save_every: self.save_every.map(every).transpose()?,
        })
    }

    pub fn source(&self) -> Result<Source, Usage> {
        Usage::must_exist(self.folders.iter().chain(&self.valid).map(PathBuf::as_path))?;
        // A run remembers where its files were, to say later what became of them: from wherever that is asked.
        let whole = |folders: &[PathBuf]| folders.iter().map(|f| absolute(f).unwrap_or_else(|_| f.clone())).collect();
        Ok(Source::Folders {
            train: whole(&self.folders),
            valid: whole(&self.valid),
            options: ImportOptions {
                melody_only: self.melody_only,
                choices: super::import::for_all_files(&self.remedies),
                cache: cache_folder().filter(|_| !self.no_cache),
            },
        })
    }

    /// Where the run goes, or with a sweep its runs.
    pub fn out(&self) -> PathBuf {
        let name = self.folders.first().and_then(|f| f.file_name()).map_or_else(|| "run".into(), ToOwned::to_owned);
        self.out.clone().unwrap_or_else(|| PathBuf::from("runs").join(name))
    }

    fn request(&self) -> Result<TrainRequest, Usage> {
        if let Some(run) = &self.resume {
            Usage::must_exist([run.as_path()])?;
            return Ok(TrainRequest::Resume { run: run.clone(), compute: self.compute()?, care: self.care()? });
        }
        Usage::must_exist(self.from.iter().map(PathBuf::as_path))?;
        Ok(TrainRequest::New {
            source: self.source()?,
            recipe: Box::new(self.recipe()?),
            compute: self.compute()?.unwrap_or_default(),
            from: self.from.clone(),
            out: self.out(),
            care: self.care()?,
        })
    }
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    if !arguments.sweep.is_empty() {
        return sweep::run(arguments, context);
    }
    if arguments.estimate {
        return sweep::estimate(arguments, context);
    }
    let mut curve = Curve::new();
    let job = spawn_train(arguments.request()?, no_waker());
    let report = context.watch(job, |bar, event| curve.show(bar, event))?;
    let page = if arguments.no_report { None } else { card(&report, context) };
    context.report(|| human(&report) + &page.unwrap_or_default(), &report)
}

/// Makes the report card of a training that has come to its end, and says where its page is. What goes
/// wrong with it spoils no training: it is said.
fn card(report: &Report, context: &Context) -> Option<String> {
    let stopped = report.ending.is_none_or(|ending| ending == Ending::Stopped);
    if stopped || ReportCard::load(&report.run).is_some() {
        return None;
    }
    let job = job::spawn_report(report.run.clone(), ReportOptions::default(), no_waker());
    let made = context.watch(job, |bar, says| bar.set_message(says));
    Some(match made {
        Ok(_) => format!("report: {}\n", ReportCard::page(&report.run).display()),
        Err(e) => format!("no report: {e:#}\n"),
    })
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
    r.mishaps.iter().for_each(|m| out += &format!("on the way: {m}\n"));
    let of = if r.arch == Arch::Ngram.to_string() { "contexts counted" } else { "weights" };
    let memory = r.peak_memory.map_or(String::new(), |m| format!(", at most {:.1} GB of memory", m as f64 / 1e9));
    out += &format!(
        "{} {of}, {:.0} notes/s, {:.1} % of the time for saving{memory}\n",
        thousands(r.parameters),
        r.notes_per_sec,
        100.0 * r.saving_share
    );
    out
}

//! `cadenza export`: a model for other programs.

use super::context::{Context, Usage, model_argument};
use super::text::thousands;
use crate::encoding::ModelCard;
use crate::encoding::vocabulary::DURATIONS;
use crate::files::write_atomic;
use crate::job::{bundled, model_file};
use crate::model::{Checkpoint, Compute, ModelConfig, export};
use crate::train::run::ModelInfo;
use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLE: &str = "\
Example:
  cadenza export runs/folk --out folk-weights
  cadenza export runs/folk --bundle --out folk.zip";

/// Write a network's weights as safetensors with a plain JSON configuration, for other programs
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// A run folder, a model file, or a model that comes with the program: folk or chorale
    #[arg(value_name = "RUN", value_parser = model_argument)]
    model: PathBuf,
    /// The folder for model.safetensors, config.json and example.json; with --bundle the archive
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// Write the finished run as one zip archive instead: model in half precision, training pieces, report.
    /// The models that come with the program are such archives
    #[arg(long)]
    bundle: bool,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

/// `config.json`; docs/model-exchange.md explains it.
#[derive(Serialize)]
struct Described<'a> {
    format: &'static str,
    version: u32,
    config: &'a ModelConfig,
    card: &'a ModelCard,
    /// Length of each value of the field "duration", in steps of a 24th of a quarter note.
    durations: &'a [u16],
}

#[derive(Serialize)]
struct Report {
    files: Vec<PathBuf>,
    parameters: usize,
    /// Whether the model speaks with counts, which are not among the files.
    without_counts: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    Usage::must_exist([arguments.model.as_path()])?;
    if arguments.bundle {
        return write_bundle(arguments, context);
    }
    let path = model_file(&arguments.model)?;
    let checkpoint = Checkpoint::<ModelInfo>::load(&path)?;
    if !checkpoint.config.arch.is_network() {
        bail!("an n-gram model has counts and no weights: there is nothing to export in {}", path.display());
    }
    let device = Compute::Cpu.open()?;
    let model = checkpoint.network(&device, &path)?;
    let described = Described {
        format: "cadenza network",
        version: 1,
        config: &checkpoint.config,
        card: &checkpoint.info.card,
        durations: &DURATIONS,
    };
    let example = export::example(&model, &checkpoint.config, &device);
    let weights = export::safetensors(&model).map_err(anyhow::Error::msg)?;
    let contents = [
        ("model.safetensors", weights),
        ("config.json", serde_json::to_vec_pretty(&described)?),
        ("example.json", serde_json::to_vec(&example)?),
    ];
    let files: Vec<PathBuf> = contents.iter().map(|(name, _)| arguments.out.join(name)).collect();
    if let Some(there) = files.iter().find(|f| f.exists() && !arguments.force) {
        bail!("a file is already there (--force replaces it): {}", there.display());
    }
    for (file, (_, bytes)) in files.iter().zip(&contents) {
        write_atomic(file, bytes).with_context(|| format!("could not write {}", file.display()))?;
    }
    let parameters = crate::model::values::values_of(&model).iter().map(|v| v.data.len()).sum();
    let report = Report { files, parameters, without_counts: checkpoint.counts.is_some() };
    context.report(
        || {
            let list: Vec<String> = report.files.iter().map(|f| f.display().to_string()).collect();
            let counts = "the n-gram counts that it predicts with are left out: this is the network alone\n";
            format!(
                "{} weights: {}\n{}docs/model-exchange.md says how to read them\n",
                thousands(report.parameters),
                list.join(", "),
                if report.without_counts { counts } else { "" }
            )
        },
        &report,
    )
}

fn write_bundle(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    let out = &arguments.out;
    if out.exists() && !arguments.force {
        bail!("a file is already there (--force replaces it): {}", out.display());
    }
    let archive = bundled::archive_of(&arguments.model)?;
    write_atomic(out, &archive).with_context(|| format!("could not write {}", out.display()))?;
    #[derive(Serialize)]
    struct Bundle {
        file: PathBuf,
        bytes: usize,
        blake3: String,
    }
    let bundle = Bundle { file: out.clone(), bytes: archive.len(), blake3: blake3::hash(&archive).to_string() };
    context.report(|| format!("{} bytes: {}\n", thousands(bundle.bytes), out.display()), &bundle)
}

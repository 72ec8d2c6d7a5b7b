//! `cadenza convert`: one file of music into another form.

use super::context::{Context, Usage};
use super::text::count;
use crate::music::Score;
use crate::{files, midi};
use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;
use std::path::{Path, PathBuf};

const EXAMPLE: &str = "\
Example:
  cadenza convert tune.rmi tune.mid";

/// Convert a file of music, and say what was lost on the way
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// A .mid, .midi, .kar or .rmi file
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The .mid file to write; replaced where it exists
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Report {
    file: PathBuf,
    notes: usize,
    voices: usize,
    warnings: Vec<String>,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    Usage::must_exist([arguments.input.as_path()])?;
    if !matches!(ending(&arguments.output).as_str(), "mid" | "midi") {
        let form = ending(&arguments.output);
        return Err(Usage::new(format!("only .mid files can be written today, not {form:?}")).into());
    }
    let (score, mut warnings) = read_score(&arguments.input)?;
    let (bytes, more) = midi::write(&score);
    warnings.extend(more.iter().map(ToString::to_string));
    files::write_atomic(&arguments.output, &bytes)
        .with_context(|| format!("could not write {}", arguments.output.display()))?;
    let figures =
        Report { file: arguments.output.clone(), notes: score.n_notes(), voices: score.voices.len(), warnings };
    let human = || {
        let mut out = format!(
            "{} in {} written to {}\n",
            count(figures.notes, "note"),
            count(figures.voices, "voice"),
            figures.file.display()
        );
        figures.warnings.iter().for_each(|w| out += &format!("  {w}\n"));
        out
    };
    context.report(human, &figures)
}

/// A score from a file of music, with what was noticed on the way.
pub fn read_score(path: &Path) -> anyhow::Result<(Score, Vec<String>)> {
    match ending(path).as_str() {
        "mid" | "midi" | "smf" | "kar" | "rmi" => {
            let bytes = std::fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
            let (score, warnings) = midi::read(&bytes).with_context(|| format!("could not read {}", path.display()))?;
            Ok((score, warnings.iter().map(ToString::to_string).collect()))
        }
        other => bail!("files of the form {other:?} are not read yet: {}", path.display()),
    }
}

/// The file's ending in small letters, without the dot.
fn ending(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

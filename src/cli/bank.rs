//! `cadenza bank`: synthesises the built-in sound bank anew, bit for bit.

use super::context::Context;
use crate::audio::bank;
use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLE: &str = "\
Example:
  cadenza bank assets/cadenza.sf2";

/// Write the built-in sound bank as a SoundFont
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    #[arg(value_name = "FILE.sf2")]
    output: PathBuf,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Report {
    file: PathBuf,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    let path = &arguments.output;
    bank::write_bank(path).with_context(|| format!("could not write {}", path.display()))?;
    let report = Report { file: path.clone() };
    context.report(|| format!("the built-in bank is written to {}\n", path.display()), &report)
}

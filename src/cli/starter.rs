//! `cadenza starter`: write the tunes that come with the program into a folder.

use super::context::Context;
use super::text::count;
use crate::corpus::starter;
use anyhow::Context as _;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

const EXAMPLE: &str = "\
Example:
  cadenza starter ~/Music/starter && cadenza import ~/Music/starter";

/// Write the starter corpus (traditional tunes, free to use) as MIDI files
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// The folder to write to; files of the same names are replaced
    #[arg(value_name = "OUT_DIR")]
    folder: PathBuf,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    let folder = &arguments.folder;
    let n = starter::write_all(folder).with_context(|| format!("could not write to {}", folder.display()))?;
    let human = || format!("{} written to {}\n", count(n, "tune"), folder.display());
    context.report(human, &json!({ "files": n, "folder": folder }))
}

//! `cadenza runs`: the trainings in a folder, compared.

use super::context::Context;
use super::text::duration;
use crate::train::{Report, Run};
use clap::Args;
use std::path::PathBuf;

const EXAMPLE: &str = "\
Example:
  cadenza runs runs";

/// Compare the runs in a folder
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    #[arg(value_name = "DIR", default_value = "runs")]
    folder: PathBuf,
    /// Print one JSON object a run instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(serde::Serialize)]
struct Listing {
    runs: Vec<Report>,
    /// Runs that have not come to an end, or whose report cannot be read.
    unfinished: Vec<String>,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    super::context::Usage::must_exist([arguments.folder.as_path()])?;
    let mut listing = Listing { runs: Vec::new(), unfinished: Vec::new() };
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&arguments.folder)?.flatten().map(|e| e.path()).collect();
    folders.sort();
    for run in folders.iter().filter_map(|f| Run::open(f).ok()) {
        match run.report() {
            Ok(Some(report)) => listing.runs.push(Report { run: run.dir.clone(), ..report }),
            Ok(None) => listing.unfinished.push(format!("{}: not ended; train --resume goes on", run.dir.display())),
            Err(e) => listing.unfinished.push(e.to_string()),
        }
    }
    listing.runs.sort_by(|a, b| {
        a.valid_nats_per_note.unwrap_or(f64::MAX).total_cmp(&b.valid_nats_per_note.unwrap_or(f64::MAX))
    });
    let human = || {
        let mut out = String::new();
        for r in &listing.runs {
            let nats = r.valid_nats_per_note.map_or("–".to_owned(), |n| format!("{n:.4}"));
            out += &format!(
                "{nats:>7} nats/note  {:<11} {:>6} steps  {:>12}  {}\n",
                r.arch,
                r.steps,
                duration(r.seconds),
                r.run.display()
            );
        }
        listing.unfinished.iter().for_each(|u| out += &format!("{u}\n"));
        if out.is_empty() { format!("no runs in {}\n", arguments.folder.display()) } else { out }
    };
    context.report(human, &listing)
}

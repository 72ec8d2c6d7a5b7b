//! `cadenza runs`: the trainings in a folder, compared, and what can be done with one besides training it.

use super::context::{Context, Usage};
use super::text::duration;
use crate::job::RunStanding;
use crate::job::runs::{delete, export_csv, list, recipe_of, rename};
use crate::train::Report;
use clap::Args;
use std::path::PathBuf;

const EXAMPLE: &str = "\
Example:
  cadenza runs runs
  cadenza runs runs --rename folk \"folk, first try\"
  cadenza runs runs --export folk folk.csv";

/// Compare the runs in a folder, rename them, throw them away
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    #[arg(value_name = "DIR", default_value = "runs")]
    folder: PathBuf,
    /// Give a run another name
    #[arg(long, num_args = 2, value_names = ["RUN", "NAME"], group = "deed")]
    rename: Option<Vec<String>>,
    /// Move a run to the system's trash
    #[arg(long, value_name = "RUN", group = "deed")]
    delete: Option<String>,
    /// Write the metrics of a run as a table
    #[arg(long, num_args = 2, value_names = ["RUN", "FILE.csv"], group = "deed")]
    export: Option<Vec<String>>,
    /// Write the recipe of a run, for `train --recipe`
    #[arg(long, num_args = 2, value_names = ["RUN", "FILE.toml"], group = "deed")]
    recipe: Option<Vec<String>>,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(serde::Serialize)]
struct Listing {
    runs: Vec<Report>,
    /// Runs that have not come to an end, or that cannot be read.
    unfinished: Vec<String>,
}

#[derive(serde::Serialize)]
struct Done {
    done: String,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    Usage::must_exist([arguments.folder.as_path()])?;
    let dir = |name: &str| arguments.folder.join(name);
    let done = match arguments {
        Arguments { rename: Some(names), .. } => {
            let to = rename(&dir(&names[0]), &names[1])?;
            format!("renamed: {}", to.display())
        }
        Arguments { delete: Some(name), .. } => {
            delete(&dir(name))?;
            format!("moved to the trash: {name}")
        }
        Arguments { export: Some(names), .. } => {
            export_csv(&dir(&names[0]), names[1].as_ref())?;
            format!("written: {}", names[1])
        }
        Arguments { recipe: Some(names), .. } => {
            let recipe = recipe_of(&dir(&names[0]))?;
            write_recipe(&recipe, &names[1])?;
            format!("written: {}", names[1])
        }
        _ => return show(arguments, context),
    };
    context.report(|| format!("{done}\n"), &Done { done: done.clone() })
}

fn write_recipe(recipe: &crate::train::Recipe, to: &str) -> anyhow::Result<()> {
    #[derive(serde::Serialize)]
    struct File<'a> {
        recipe: &'a crate::train::Recipe,
    }
    let text = toml::to_string_pretty(&File { recipe })?;
    Ok(crate::files::write_atomic(to.as_ref(), text.as_bytes())?)
}

fn show(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    let mut listing = Listing { runs: Vec::new(), unfinished: Vec::new() };
    let mut all = list(&arguments.folder);
    all.sort_by(|a, b| a.dir.cmp(&b.dir));
    for run in all {
        let about = run.about();
        match (run.standing, run.report) {
            (RunStanding::Finished | RunStanding::CanResume, Some(report)) => {
                listing.runs.push(Report { run: run.dir, ..report });
            }
            (RunStanding::CanResume, None) => {
                listing.unfinished.push(format!("{}: not ended; train --resume goes on", run.dir.display()));
            }
            _ => listing.unfinished.push(format!("{}: {about}", run.dir.display())),
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

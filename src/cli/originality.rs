//! `cadenza originality`: what of a piece stands in the pieces a model learned from, and whether people
//! copy as much.

use super::context::{Context, Usage, model_argument};
use super::convert::read_score;
use super::text::count;
use crate::job::{Among, CopiedPassage, Figures, Warm, no_waker, spawn_originality};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

const EXAMPLE: &str = "\
Example:
  cadenza originality takes/take-01.mid tune.abc --model runs/folk";

/// Tell how much of a piece is copied from what a model learned from
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// The pieces to look up
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The run whose training pieces are searched: its folder, or folk or chorale
    #[arg(long, value_name = "RUN", value_parser = model_argument)]
    model: PathBuf,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Report {
    files: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    #[serde(serialize_with = "crate::files::path::shown")]
    file: PathBuf,
    #[serde(flatten)]
    figures: Figures,
    warnings: Vec<String>,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    Usage::must_exist(arguments.files.iter().chain([&arguments.model]).map(PathBuf::as_path))?;
    let read = arguments.files.iter().map(|file| read_score(file));
    let (pieces, warnings): (Vec<_>, Vec<_>) = read.collect::<anyhow::Result<Vec<_>>>()?.into_iter().unzip();
    let pieces = pieces.into_iter().map(Arc::new).collect();
    let job = spawn_originality(arguments.model.clone(), pieces, &Warm::default(), no_waker());
    let found = context.watch(job, |_, ()| {})?;
    let rows = arguments.files.iter().cloned().zip(found).zip(warnings);
    let files = rows.map(|((file, figures), warnings)| Row { file, figures, warnings }).collect();
    let report = Report { files };
    context.report(|| report.files.iter().map(human).collect(), &report)
}

fn human(row: &Row) -> String {
    let f = &row.figures;
    let mut out = format!("{}: {}\n", row.file.display(), count(f.notes, "note"));
    match &f.longest_copy {
        Some(c) => {
            let notes = count(c.notes, "note");
            out += &format!("  longest copy: {notes} ({:.1} bars) of {}, bar {}\n", c.bars, c.source, c.bar);
        }
        None => out += "  longest copy: none\n",
    }
    if let Some(p) = &f.longest_passage {
        out += &format!("  longest passage: {}\n", passage(p));
    }
    out += "  found, by the length of a run in notes:";
    f.shares.iter().for_each(|(notes, share)| out += &format!(" {notes}: {:.0} %", 100.0 * share));
    out += "\n";
    f.sources.iter().for_each(|source| out += &format!("  source: {}\n", passage(source)));
    match (f.percentile, f.percentile_reason) {
        (Some(p), _) => {
            let Among { held_out, learned_from } = f.percentile_among.unwrap_or_default();
            let others = match learned_from {
                0 => count(held_out, "held-out piece"),
                n => {
                    format!("{} and {n} learned from, each looked up in the others", count(held_out, "held-out piece"))
                }
            };
            out += &format!("  percentile among pieces by people: {p:.0} (100 is the most original; {others})\n");
        }
        (None, Some(why)) => out += &format!("  {why}\n"),
        (None, None) => {}
    }
    row.warnings.iter().for_each(|w| out += &format!("  {w}\n"));
    out
}

fn passage(p: &CopiedPassage) -> String {
    let changed = if p.changed == 0 { String::new() } else { format!(" with {} changed", p.changed) };
    format!("{}{changed} of {}, bar {}", count(p.notes, "note"), p.source, p.bar)
}

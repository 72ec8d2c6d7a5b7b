//! `cadenza similar`: the pieces of some folders that are most like one, and what they share with it.

use super::context::{Context, Stopped, Usage, model_argument};
use super::text::count;
use crate::corpus::{ImportOptions, Library, Progress};
use crate::job::{self, Like, ShelfProgress};
use crate::model::Compute;
use anyhow::bail;
use clap::Args;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

const EXAMPLE: &str = "\
Example:
  cadenza similar tune.mid ~/Music/midi --top 5";

/// Find the pieces that are most like one, in whatever key and tempo
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// The piece to compare with
    file: PathBuf,
    /// Folders (searched to the bottom) or single files
    #[arg(required = true, value_name = "DIR")]
    paths: Vec<PathBuf>,
    /// Which tune, where the file holds several
    #[arg(long, default_value_t = 1, value_name = "N")]
    tune: usize,
    /// How many to show
    #[arg(long, default_value_t = 10, value_name = "N")]
    top: usize,
    /// A run folder, a model file, or folk or chorale, to listen as well
    #[arg(long, value_name = "RUN", value_parser = model_argument)]
    model: Option<PathBuf>,
    /// Where the model computes: cpu, ndarray, gpu or gpu:N
    #[arg(long, default_value = "cpu", requires = "model")]
    device: String,
    /// Read every file afresh
    #[arg(long)]
    no_cache: bool,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Report {
    #[serde(serialize_with = "crate::files::path::shown")]
    file: PathBuf,
    title: String,
    /// From 1.
    tune: usize,
    results: Vec<Row>,
    /// Pieces that were compared.
    pieces: usize,
    /// What it took to make them ready, once they were read, and to search them.
    index_seconds: f64,
    search_seconds: f64,
    index_bytes: usize,
}

#[derive(Serialize)]
struct Row {
    #[serde(serialize_with = "crate::files::path::shown")]
    file: PathBuf,
    title: String,
    tune: usize,
    score: f64,
    /// By the model: −1 to 1.
    heard: Option<f64>,
    runs: usize,
    longest_run: usize,
    why: String,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    Usage::must_exist(arguments.paths.iter().chain([&arguments.file]).chain(&arguments.model).map(PathBuf::as_path))?;
    let compute: Compute =
        arguments.device.parse().map_err(|e: crate::model::DeviceError| Usage::new(e.to_string()))?;
    let asked = read(std::slice::from_ref(&arguments.file), arguments, context)?;
    let Some(piece) = arguments.tune.checked_sub(1).and_then(|i| asked.pieces.get(i)) else {
        match asked.pieces.len() {
            0 => bail!("{}: {}", arguments.file.display(), fate(&asked)),
            n => {
                return Err(
                    Usage::new(format!("--tune {}: the file holds {}", arguments.tune, count(n, "tune"))).into()
                );
            }
        }
    };
    let library = Arc::new(read(&arguments.paths, arguments, context)?);
    if library.pieces.is_empty() {
        bail!("nothing to compare with: none of {} could be used", count(library.rows.len(), "file"));
    }
    let begun = Instant::now();
    let model = arguments.model.clone().map(|path| (path, compute));
    let job = job::spawn_shelf(Arc::clone(&library), model, job::no_waker());
    let shelf = context.watch(job, |bar, progress| {
        let (message, done, total) = match progress {
            ShelfProgress::Indexing { done, total } => ("Indexing", done, total),
            ShelfProgress::Listening { done, total } => ("Listening", done, total),
        };
        bar.set_message(message);
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    })?;
    let index_seconds = begun.elapsed().as_secs_f64();
    let itself = library
        .pieces
        .iter()
        .enumerate()
        .position(|(i, other)| same_file(&other.path, &piece.path) && tune(&library, i) == arguments.tune);
    let begun = Instant::now();
    let likes = shelf.like(&*piece.score()?, itself, arguments.top)?;
    let report = Report {
        file: piece.path.clone(),
        title: piece.title.clone(),
        tune: arguments.tune,
        results: likes.iter().map(|like| row(&library, like)).collect(),
        pieces: library.pieces.len(),
        index_seconds,
        search_seconds: begun.elapsed().as_secs_f64(),
        index_bytes: shelf.index_bytes(),
    };
    context.report(|| human(&report, &library), &report)
}

/// The pieces of some paths, as an import finds them.
fn read(paths: &[PathBuf], arguments: &Arguments, context: &Context) -> anyhow::Result<Library> {
    let options =
        ImportOptions { cache: job::cache_folder().filter(|_| !arguments.no_cache), ..ImportOptions::default() };
    let library = context.watch(job::spawn_import(paths.to_vec(), options, job::no_waker()), |bar, progress| {
        if let Progress::Reading { done, total, .. } = progress {
            bar.set_message("Reading");
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        }
    })?;
    if library.cancelled { Err(Stopped.into()) } else { Ok(library) }
}

/// Why a file gave no piece.
fn fate(library: &Library) -> String {
    library.rows.first().map_or_else(|| "no music was found there".to_owned(), |row| row.state.to_string())
}

/// Which tune of its file a piece is, from 1.
fn tune(library: &Library, piece: usize) -> usize {
    let of_file = &library.rows[library.pieces[piece].row].pieces;
    of_file.iter().position(|i| *i == piece).map_or(1, |i| i + 1)
}

fn same_file(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn row(library: &Library, like: &Like) -> Row {
    let piece = &library.pieces[like.piece];
    Row {
        file: piece.path.clone(),
        title: piece.title.clone(),
        tune: tune(library, like.piece),
        score: like.score,
        heard: like.heard,
        runs: like.shared.runs,
        longest_run: like.shared.longest,
        why: like.shared.to_string(),
    }
}

fn human(report: &Report, library: &Library) -> String {
    let mut out = format!("Most like “{}” among {}:\n", report.title, count(report.pieces, "piece"));
    if report.results.is_empty() {
        out += "None: no piece shares anything with it.\n";
    }
    for (n, row) in report.results.iter().enumerate() {
        let heard = row.heard.map_or_else(String::new, |h| format!(", heard {h:+.2}"));
        let of_several = library.rows.iter().any(|r| r.path == row.file && r.pieces.len() > 1);
        let tune = if of_several { format!(", tune {}", row.tune) } else { String::new() };
        out += &format!("{:>3}  {:.3}{heard}  {}\n", n + 1, row.score, row.title);
        out += &format!("     {}{tune}\n     {}\n", row.file.display(), row.why);
    }
    out
}

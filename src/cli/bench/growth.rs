//! `cadenza bench growth`: how cost grows with what it is asked for. Each point is measured by a process of its
//! own, so that its memory is its own too.

use super::{filled, made, step_seconds, writing};
use crate::cli::context::Context;
use crate::corpus::{ImportOptions, import};
use crate::generate::{Settings, Task};
use crate::index::SimilarIndex;
use crate::job::{Originality, Warm};
use crate::midi;
use crate::model::{Compute, NoteModel};
use crate::music::Score;
use crate::train::{Preset, memory_held, peak_memory};
use anyhow::Context as _;
use clap::Args;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Of growth: only points whose names begin so, such as train/window or import/files/1000
    #[arg(long, value_name = "NAME", default_value = "")]
    only: String,
    /// Of growth: points up to so many files, pieces or notes
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    most: usize,
    /// Measure in this process, not each point in one of its own
    #[arg(long, hide = true)]
    here: bool,
}

/// What is measured, by what it grows with, and where.
const POINTS: [(&str, &[usize]); 6] = [
    ("train/window", &[128, 256, 512, 1024, 2048]),
    ("train/d_model", &[64, 128, 192, 256, 384, 512]),
    ("generate/length", &[10_000]),
    ("import/files", &[100, 1_000, 10_000, 100_000]),
    ("originality/pieces", &[100, 1_000, 10_000, 100_000]),
    ("similar/pieces", &[100, 1_000, 10_000, 100_000]),
];

/// A figure at one place of what it grows with.
#[derive(Serialize, Deserialize)]
struct Point {
    name: String,
    /// So many of these.
    at: usize,
    of: String,
    /// The median.
    value: f64,
    min: f64,
    max: f64,
    unit: String,
    runs: usize,
}

#[derive(Default, Serialize, Deserialize)]
struct Report {
    points: Vec<Point>,
}

/// What all points of one measurement have in common.
struct Series<'a> {
    name: &'a str,
    of: &'a str,
    at: usize,
}

impl Series<'_> {
    fn point(&self, what: &str, unit: &str, mut values: Vec<f64>) -> Point {
        values.sort_by(f64::total_cmp);
        let at = |i: usize| values.get(i).copied().unwrap_or(0.0);
        let (name, of, unit) = (format!("{}/{what}", self.name), self.of.to_owned(), unit.to_owned());
        let (value, min, max) = (at(values.len() / 2), at(0), at(values.len().saturating_sub(1)));
        Point { name, at: self.at, of, value, min, max, unit, runs: values.len() }
    }

    /// What the process has come to hold since it held `before`.
    fn memory(&self, before: Option<u64>) -> Option<Point> {
        let (before, peak) = (before?, peak_memory()?);
        Some(self.point("memory", "MB", vec![peak.saturating_sub(before) as f64 / 1e6]))
    }
}

pub fn run(arguments: &Arguments, compute: Compute, runs: u32, context: &Context) -> anyhow::Result<()> {
    let named = |name: &str, at: usize| format!("{name}/{at}").starts_with(&arguments.only);
    let all = POINTS.iter().flat_map(|(name, places)| places.iter().map(move |at| (*name, *at)));
    let wanted = all.filter(|(name, at)| named(name, *at) && (name.starts_with("train/") || *at <= arguments.most));
    let mut report = Report::default();
    for (name, at) in wanted {
        let points =
            if arguments.here { measured(name, at, compute, runs)? } else { elsewhere(name, at, compute, runs)? };
        report.points.extend(points);
    }
    let line = |p: &Point| {
        format!("{:<28} {:>7} {:<12} {:>10.2} {} ({:.2} – {:.2})\n", p.name, p.at, p.of, p.value, p.unit, p.min, p.max)
    };
    context.report(|| report.points.iter().map(line).collect(), &report)
}

/// Has another process of this program measure a point.
fn elsewhere(name: &str, at: usize, compute: Compute, runs: u32) -> anyhow::Result<Vec<Point>> {
    let point = format!("{name}/{at}");
    // Nobody may be reading: then nobody needs to know.
    let _ = writeln!(std::io::stderr(), "{point}");
    let program = std::env::current_exe().context("where this program lies")?;
    let mut command = Command::new(program);
    // 1000 begins with 100 as well: only the smallest that is meant is not beyond it.
    command.args(["bench", "growth", "--here", "--json", "--only", &point, "--most", &at.to_string()]);
    command.args(["--device", &compute.to_string(), "--runs", &runs.to_string()]);
    let output = command.stderr(std::process::Stdio::inherit()).output().with_context(|| point.clone())?;
    anyhow::ensure!(output.status.success(), "{point} could not be measured");
    let report: Report = serde_json::from_slice(&output.stdout).with_context(|| point)?;
    Ok(report.points)
}

fn measured(name: &str, at: usize, compute: Compute, runs: u32) -> anyhow::Result<Vec<Point>> {
    match name {
        "train/window" => training(&Series { name, of: "notes", at }, ("window", at), compute, runs),
        "train/d_model" => training(&Series { name, of: "wide", at }, ("d_model", at), compute, runs),
        "generate/length" => generating(at),
        "import/files" => importing(&Series { name, of: "files", at }, runs.min(3)),
        "originality/pieces" => original(&Series { name, of: "pieces", at }, runs),
        _ => similar(&Series { name, of: "pieces", at }, runs),
    }
}

/// A training step of the balanced preset with one of its numbers changed, on notes that are made up.
fn training(
    series: &Series<'_>,
    (key, value): (&str, usize),
    compute: Compute,
    runs: u32,
) -> anyhow::Result<Vec<Point>> {
    let sound = anyhow::Error::msg;
    let recipe = Preset::named("balanced").map_err(sound)?.recipe.with(key, &value.to_string()).map_err(sound)?;
    let config = recipe.model_config(false);
    let batch = filled(&config, recipe.batch, recipe.window);
    let device = compute.open()?;
    let before = memory_held();
    let seconds = step_seconds(&config, &batch, &recipe, compute, runs)?;
    let memory = series.memory(before);
    let weights = NoteModel::new(&config, 1, &device).n_weights() as f64;
    let time = series.point("time", "ms/step", seconds.into_iter().map(|s| s * 1e3).collect());
    Ok([time, series.point("weights", "weights", vec![weights])].into_iter().chain(memory).collect())
}

/// One piece by the folk model, as long as that: milliseconds of each note, by the thousand. After 1,024 bars it is
/// gone on with what there is.
fn generating(notes: usize) -> anyhow::Result<Vec<Point>> {
    let folder = crate::files::temporary_folder()?;
    let generator = Warm::default().generator(&writing::folk(folder.path())?)?;
    let never = AtomicBool::new(false);
    let (mut written, mut times): (Option<Score>, Vec<f64>) = Default::default();
    while times.len() < notes {
        let task = if written.is_some() { Task::Continue } else { Task::New };
        let settings = Settings { task, bars: 1024, ..Settings::default() };
        let mut last: Option<Instant> = None;
        let take = generator.take(&settings, written.as_ref(), &never, &mut |_| {
            // The first of each part waits for what is there to be read.
            times.extend(last.replace(Instant::now()).map(|last| last.elapsed().as_secs_f64() * 1e3));
        })?;
        written = Some(take.score);
    }
    let thousand = |(i, times): (usize, &[f64])| {
        let series = Series { name: "generate/length", of: "notes", at: (i + 1) * 1000 };
        series.point("time", "ms/note", times.to_vec())
    };
    Ok(times[..notes].chunks_exact(1000).enumerate().map(thousand).collect())
}

/// Made files, in a hundred folders: imported for the first time and again, with a cache.
fn importing(series: &Series<'_>, runs: u32) -> anyhow::Result<Vec<Point>> {
    let folder = crate::files::temporary_folder()?;
    for i in 0..series.at.min(100) {
        std::fs::create_dir(folder.path().join(format!("{i}")))?;
    }
    let write = |i: usize| {
        let (bytes, _) = midi::write(&made(i as u64, 100 + i % 200));
        std::fs::write(folder.path().join(format!("{}/{i}.mid", i % 100)), bytes)
    };
    (0..series.at).into_par_iter().map(write).collect::<std::io::Result<Vec<_>>>()?;
    let never = AtomicBool::new(false);
    let (mut first, mut again, mut memory) = (Vec::new(), Vec::new(), None);
    for _ in 0..runs {
        let cache = crate::files::temporary_folder()?;
        let options = ImportOptions { cache: Some(cache.path().to_owned()), ..ImportOptions::default() };
        let read = || {
            let begun = Instant::now();
            let library = import(std::slice::from_ref(&folder.path().to_owned()), &options, &|_| {}, &never);
            anyhow::ensure!(library.pieces.len() == series.at, "{} of {} files", library.pieces.len(), series.at);
            Ok(begun.elapsed().as_secs_f64())
        };
        let before = memory_held();
        first.push(read()?);
        memory = memory.or_else(|| series.memory(before));
        again.push(read()?);
    }
    Ok([series.point("first", "s", first), series.point("again", "s", again)].into_iter().chain(memory).collect())
}

fn pieces(n: usize) -> Vec<Arc<Score>> {
    (0..n).into_par_iter().map(|i| Arc::new(made(i as u64, 300))).collect()
}

/// Takes that nobody has learned from, each of another length.
fn asked(runs: u32) -> impl Iterator<Item = Score> {
    (0..u64::from(runs)).map(|n| made(1_000_000 + n, 100 + 7 * n as usize % 150))
}

/// So many training pieces and a tenth as many others: what it takes to lay them out, and to look a take up.
fn original(series: &Series<'_>, runs: u32) -> anyhow::Result<Vec<Point>> {
    let mut pieces = pieces(series.at + series.at / 10);
    let held_out = pieces.split_off(series.at);
    let (begun, before) = (Instant::now(), memory_held());
    let families = vec![None; pieces.len()];
    let originality = Originality::new(&pieces, vec![String::new(); pieces.len()], &families, held_out);
    let laid_out = begun.elapsed().as_secs_f64();
    let look_up = |take: Score| {
        let begun = Instant::now();
        std::hint::black_box(originality.of(&take));
        begun.elapsed().as_secs_f64() * 1e3
    };
    let times = asked(runs).map(look_up).collect();
    let points = [series.point("layout", "s", vec![laid_out]), series.point("take", "ms", times)];
    Ok(points.into_iter().chain(series.memory(before)).collect())
}

/// So many pieces to be searched for what is like one of them.
fn similar(series: &Series<'_>, runs: u32) -> anyhow::Result<Vec<Point>> {
    let pieces = pieces(series.at);
    let (begun, before) = (Instant::now(), memory_held());
    let index = SimilarIndex::of(pieces.len(), |i| pieces.get(i).cloned());
    let laid_out = begun.elapsed().as_secs_f64();
    let search = |take: Score| {
        let begun = Instant::now();
        std::hint::black_box(index.rank(&take, 11));
        begun.elapsed().as_secs_f64() * 1e3
    };
    let times = asked(runs).map(search).collect();
    let points = [series.point("layout", "s", vec![laid_out]), series.point("search", "ms", times)];
    Ok(points.into_iter().chain(series.memory(before)).collect())
}

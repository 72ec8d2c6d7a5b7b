//! `cadenza import`: read folders as the Library page does, say what happened to every file.

use super::context::{Context, Stopped, Usage};
use super::text::{count, duration, thousands};
use crate::corpus::statistics::Measures;
use crate::corpus::{
    CacheUse, Choices, FileRow, ImportOptions, Library, Picture, Progress, Remedy, Statistics, report,
};
use crate::{files, job};
use anyhow::Context as _;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

const EXAMPLE: &str = "\
Example:
  cadenza import ~/Music/midi --report fates.csv";

/// Read folders of music and say what happened to every file
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// Folders (searched to the bottom) or single files
    #[arg(required = true, value_name = "DIR")]
    paths: Vec<PathBuf>,
    /// Write one line a file, with its fate and the reason, as CSV
    #[arg(long, value_name = "FILE.csv")]
    report: Option<PathBuf>,
    /// Keep one melody line of each piece
    #[arg(long)]
    melody_only: bool,
    /// Use files that would be left out, or use them differently; several with commas
    #[arg(long = "use", value_name = "HOW", value_delimiter = ',', value_parser = remedies())]
    remedies: Vec<Remedy>,
    /// Read every file afresh, and keep nothing of it
    #[arg(long)]
    no_cache: bool,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Report {
    files: usize,
    used: usize,
    repaired: usize,
    left_out: usize,
    pieces: usize,
    /// Files left out, by reason.
    reasons: BTreeMap<&'static str, usize>,
    /// Files repaired, by what was mended.
    repairs: BTreeMap<&'static str, usize>,
    notes: usize,
    families: usize,
    seconds: f64,
    /// `null` with --no-cache.
    cache: Option<CacheUse>,
    /// The most memory that this process has had, where the system says.
    peak_memory_bytes: Option<u64>,
    /// What the pieces are made of: of each style, and "" for those in no folder of their own.
    statistics: BTreeMap<String, StyleFigures>,
    /// Ctrl+C came first: the figures are of the files read by then.
    stopped: bool,
}

/// One style in numbers.
#[derive(Serialize)]
struct StyleFigures {
    pieces: usize,
    notes: u64,
    bars: u64,
    seconds: f64,
    lowest_and_highest: Option<(u8, u8)>,
    /// Means over the pieces.
    #[serde(flatten)]
    measures: Measures,
    /// By picture: what is in its bars.
    #[serde(flatten)]
    pictures: BTreeMap<&'static str, BTreeMap<String, u64>>,
}

impl StyleFigures {
    fn of(s: &Statistics) -> Self {
        Self {
            pieces: s.pieces,
            notes: s.notes,
            bars: s.bars,
            seconds: s.seconds,
            lowest_and_highest: s.range,
            measures: s.measures,
            pictures: Picture::ALL.map(|p| (p.name(), s.filled(p))).into(),
        }
    }
}

/// The codes of all remedies, for `--use`.
pub fn remedies() -> impl TypedValueParser<Value = Remedy> {
    PossibleValuesParser::new(Remedy::ALL.map(Remedy::code))
        .try_map(|code| Remedy::from_code(&code).ok_or_else(|| format!("there is no way {code}")))
}

pub fn for_all_files(remedies: &[Remedy]) -> Arc<Choices> {
    Arc::new(Choices { remedies: remedies.iter().copied().collect(), ..Choices::default() })
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    Usage::must_exist(arguments.paths.iter().map(PathBuf::as_path))?;
    let cache = job::cache_folder().filter(|_| !arguments.no_cache);
    let choices = for_all_files(&arguments.remedies);
    let options = ImportOptions { melody_only: arguments.melody_only, choices, cache };
    let job = job::spawn_import(arguments.paths.clone(), options, job::no_waker());
    let library = context.watch(job, |bar, progress| match progress {
        Progress::Scanning { found } => bar.set_message(format!("{} found", count(found, "file"))),
        Progress::Reading { done, cached, total } => {
            bar.set_message(match cached {
                0 => "Reading".to_owned(),
                cached => format!("Reading ({} known)", thousands(cached)),
            });
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        }
        Progress::Comparing { pieces } => bar.set_message(format!("Comparing {}", count(pieces, "piece"))),
    })?;
    if let Some(path) = &arguments.report {
        files::write_atomic(path, report::to_csv(&library).as_bytes())
            .with_context(|| format!("the report could not be written to {}", path.display()))?;
    }
    let (counts, styles) = (library.counts(), Statistics::by_style(&library.pieces));
    let figures = Report {
        files: library.rows.len(),
        used: counts.used,
        repaired: counts.repaired,
        left_out: counts.left_out,
        pieces: library.pieces.len(),
        reasons: library.reasons(),
        repairs: library.repairs(),
        notes: library.n_notes(),
        families: library.families,
        seconds: library.seconds,
        cache: library.cache.clone(),
        peak_memory_bytes: peak_memory(),
        statistics: styles.into_iter().map(|(style, of)| (style, StyleFigures::of(&of))).collect(),
        stopped: library.cancelled,
    };
    context.report(|| human(&library, &figures, arguments), &figures)?;
    if library.cancelled { Err(Stopped.into()) } else { Ok(()) }
}

fn human(library: &Library, figures: &Report, arguments: &Arguments) -> String {
    let mut out = format!(
        "{} in {}: {} used, {} repaired, {} left out\n",
        count(figures.files, "file"),
        duration(figures.seconds),
        thousands(figures.used),
        thousands(figures.repaired),
        thousands(figures.left_out),
    );
    // The sum of no numbers is −0.
    let playing = library.pieces.iter().fold(0.0, |sum, p| sum + p.summary.seconds);
    out += &format!(
        "{} in {}, {}, {} of music\n",
        count(figures.pieces, "piece"),
        count(figures.families, "family"),
        count(figures.notes, "note"),
        duration(playing)
    );
    out += &library.cache.as_ref().map(cache_line).unwrap_or_default();
    if library.cancelled {
        out += &format!("Stopped: {} of {} were read\n", figures.files, count(library.files_found, "file"));
    }
    let left_out = |row: &FileRow, code: &str| row.state.is_left_out() && row.state.reason() == code;
    out += &list("Left out", &figures.reasons, library, &left_out);
    let repaired = |row: &FileRow, code: &str| !row.state.is_left_out() && row.state.reason() == code;
    out += &list("Repaired", &figures.repairs, library, &repaired);
    match &arguments.report {
        Some(path) => out += &format!("\nEvery file and its fate: {}\n", path.display()),
        None if figures.left_out + figures.repaired > 0 => out += "\nEvery file and its fate: add --report FILE.csv\n",
        None => {}
    }
    out
}

fn cache_line(cache: &CacheUse) -> String {
    if let Some(problem) = &cache.problem {
        return format!("{problem}\n");
    }
    let megabytes = cache.bytes.div_ceil(1_000_000) as usize;
    format!(
        "{} read, {} known from before (cache: {} MB)\n",
        count(cache.read, "file"),
        thousands(cache.hits),
        thousands(megabytes)
    )
}

/// Linux tells; elsewhere it is not known.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// A heading, and for each code how many files it met, with an example.
fn list(
    heading: &str,
    codes: &BTreeMap<&'static str, usize>,
    library: &Library,
    is_of: &dyn Fn(&FileRow, &str) -> bool,
) -> String {
    let mut by_number: Vec<_> = codes.iter().collect();
    by_number.sort_by_key(|(code, n)| (std::cmp::Reverse(**n), **code));
    let mut out = if codes.is_empty() { String::new() } else { format!("\n{heading}\n") };
    for (code, n) in by_number {
        out += &format!("{:>9}  {code}\n", thousands(*n));
        if let Some(row) = library.rows.iter().find(|row| is_of(row, code)) {
            out += &format!("           such as {}: {}\n", row.path.display(), row.state);
        }
    }
    out
}

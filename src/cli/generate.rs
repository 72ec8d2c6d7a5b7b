//! `cadenza generate`: takes as .mid, with a receipt in JSON beside each.

use super::context::{Context, Usage};
use super::convert::read_score;
use super::text::{count, duration};
use crate::encoding::STEPS_PER_QUARTER;
use crate::files::write_atomic;
use crate::generate::{NoteReceipt, Settings};
use crate::job::{GenerateRequest, LongestCopy, TakeDone, no_waker, spawn_generate};
use crate::midi;
use crate::music::Key;
use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

const EXAMPLE: &str = "\
Example:
  cadenza generate --model runs/folk --out takes --bars 16 --takes 4 --seed 7 --key \"D minor\"";

/// Write new music with a trained model
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE, allow_negative_numbers = true)]
pub struct Arguments {
    /// A run folder or a model file
    #[arg(long, value_name = "RUN")]
    model: PathBuf,
    /// The folder for the takes
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What to do: new, or continue a primer [default: continue where a primer is given]
    #[arg(long, value_parser = ["new", "continue"])]
    task: Option<String>,
    /// A piece to go on from
    #[arg(long, value_name = "FILE.mid")]
    primer: Option<PathBuf>,
    /// Bars to write
    #[arg(long, default_value_t = 16)]
    bars: u32,
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1000))]
    takes: u64,
    /// The same seed, model and settings give the same takes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Under 1 careful, over 1 adventurous, 0 the likeliest always
    #[arg(long, default_value_t = Settings::default().temperature)]
    temperature: f32,
    #[arg(long, default_value_t = Settings::default().top_p)]
    top_p: f32,
    #[arg(long, default_value_t = Settings::default().top_k)]
    top_k: u32,
    #[arg(long, default_value_t = Settings::default().min_p)]
    min_p: f32,
    /// Only notes of this scale, such as "D minor"
    #[arg(long)]
    key: Option<String>,
    /// Only these MIDI pitches, such as 48-84
    #[arg(long, value_name = "LOW-HIGH")]
    range: Option<String>,
    /// At most this many notes at once
    #[arg(long, value_name = "P")]
    max_polyphony: Option<u32>,
    /// Onsets only on this grid, such as 1/16 or 1/12
    #[arg(long, value_name = "1/N")]
    grid: Option<String>,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

impl Arguments {
    fn settings(&self) -> Result<Settings, Usage> {
        let key =
            |k: &String| Key::parse(k).ok_or_else(|| Usage::new(format!("not a key: \"{k}\" (such as \"D minor\")")));
        let settings = Settings {
            bars: self.bars,
            seed: self.seed,
            temperature: self.temperature,
            top_p: self.top_p,
            top_k: self.top_k,
            min_p: self.min_p,
            key: self.key.as_ref().map(key).transpose()?,
            range: self.range.as_deref().map(parse_range).transpose()?,
            max_polyphony: self.max_polyphony,
            grid: self.grid.as_deref().map(parse_grid).transpose()?,
        };
        settings.check().map_err(Usage::new)?;
        Ok(settings)
    }
}

fn parse_range(text: &str) -> Result<(u8, u8), Usage> {
    let parts =
        text.split_once('-').and_then(|(low, high)| Some((low.trim().parse().ok()?, high.trim().parse().ok()?)));
    parts.ok_or_else(|| Usage::new(format!("not a range of MIDI pitches: \"{text}\" (such as 48-84)")))
}

fn parse_grid(text: &str) -> Result<u32, Usage> {
    let whole = 4 * STEPS_PER_QUARTER;
    let parts: Option<u32> = text.strip_prefix("1/").and_then(|n| n.parse().ok());
    parts
        .filter(|n| *n > 0 && whole.is_multiple_of(*n))
        .map(|n| whole / n)
        .ok_or_else(|| Usage::new(format!("not a grid: \"{text}\" (such as 1/8, 1/16 or 1/12)")))
}

#[derive(Serialize)]
struct Report {
    takes: Vec<TakeReport>,
    notes_per_sec: f64,
    stopped: bool,
}

#[derive(Serialize)]
struct TakeReport {
    #[serde(serialize_with = "crate::files::path::shown")]
    file: PathBuf,
    seed: u64,
    notes: usize,
    bars: u32,
    seconds: f64,
    mean_nats: f64,
    /// `null` where the training pieces are not at hand.
    longest_copy: Option<LongestCopy>,
    warnings: Vec<String>,
}

/// The JSON file beside a take.
#[derive(Serialize)]
struct Receipt<'a> {
    model: &'a str,
    settings: &'a Settings,
    from_tick: i64,
    mean_nats: f64,
    longest_copy: &'a Option<LongestCopy>,
    notes: &'a [NoteReceipt],
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    Usage::must_exist(arguments.primer.iter().chain([&arguments.model]).map(PathBuf::as_path))?;
    match (arguments.task.as_deref(), &arguments.primer) {
        (Some("continue"), None) => return Err(Usage::new("to continue, a --primer is needed").into()),
        (Some("new"), Some(_)) => {
            return Err(Usage::new("a new piece takes no --primer; leave --task away to go on from it").into());
        }
        _ => {}
    }
    let settings = arguments.settings()?;
    let name = |n: u64, ending: &str| arguments.out.join(format!("take-{:02}.{ending}", n + 1));
    if let Some(there) = (0..arguments.takes).map(|n| name(n, "mid")).find(|p| p.exists() && !arguments.force) {
        bail!("a take is already there (--force replaces it): {}", there.display());
    }
    let primer = arguments.primer.as_deref().map(read_score).transpose()?.map(|(score, _)| Arc::new(score));
    let request = GenerateRequest { model: arguments.model.clone(), settings, primer, takes: arguments.takes };
    let takes = context.watch(spawn_generate(request, no_waker()), |bar, _| bar.inc(1))?;
    let mut reports = Vec::new();
    for (n, take) in takes.iter().enumerate() {
        reports.push(write(take, name(n as u64, "mid"), &name(n as u64, "json"))?);
    }
    let (notes, seconds) = takes.iter().fold((0, 0.0f64), |(n, s), t| (n + t.take.notes.len(), s + t.take.seconds));
    let report = Report {
        takes: reports,
        notes_per_sec: notes as f64 / seconds.max(1e-9),
        stopped: takes.iter().any(|t| t.take.stopped),
    };
    context.report(|| human(&report), &report)
}

fn write(done: &TakeDone, file: PathBuf, receipt: &std::path::Path) -> anyhow::Result<TakeReport> {
    let TakeDone { take, longest_copy } = done;
    let (bytes, warnings) = midi::write(&take.score);
    write_atomic(&file, &bytes).with_context(|| format!("could not write {}", file.display()))?;
    let content = Receipt {
        model: &take.model,
        settings: &take.settings,
        from_tick: take.from_tick,
        mean_nats: take.mean_nats(),
        longest_copy,
        notes: &take.notes,
    };
    write_atomic(receipt, &serde_json::to_vec_pretty(&content)?)
        .with_context(|| format!("could not write {}", receipt.display()))?;
    let mut warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    warnings.extend(take.relaxations());
    Ok(TakeReport {
        file,
        seed: take.settings.seed,
        notes: take.notes.len(),
        bars: take.settings.bars,
        seconds: take.seconds,
        mean_nats: take.mean_nats(),
        longest_copy: longest_copy.clone(),
        warnings,
    })
}

fn human(r: &Report) -> String {
    let mut out = String::new();
    for t in &r.takes {
        out += &format!(
            "{}: {}, seed {}, {:.2} nats per note, made in {}\n",
            t.file.display(),
            count(t.notes, "note"),
            t.seed,
            t.mean_nats,
            duration(t.seconds)
        );
        if let Some(c) = &t.longest_copy {
            out += &format!("  longest copy: {} of {}, bar {}\n", count(c.notes, "note"), c.source, c.bar);
        }
        t.warnings.iter().for_each(|w| out += &format!("  {w}\n"));
    }
    if r.stopped {
        out += "stopped: the takes end at their last whole bar\n";
    }
    out + &format!("{:.0} notes/s\n", r.notes_per_sec)
}

//! `cadenza explain`: what a model says of every note of a piece.

use super::context::{Context, Usage, model_argument};
use super::text::count;
use crate::files::write_atomic;
use crate::generate::{Explanation, NoteReceipt};
use crate::job::{self, ExplainRequest, Warm, no_waker, spawn_explain};
use crate::music::Score;
use crate::music::note::pitch_name;
use crate::project::file;
use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

const EXAMPLE: &str = "\
Example:
  cadenza explain tune.mid --model runs/folk --out tune.csv
  cadenza explain tune.mid --model runs/folk --bars --json";

/// Notes that the report for people names: those that surprise the model most.
const SHOWN: usize = 10;

/// Say of every note how likely a model finds it, and what else it could have been
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// A MIDI, ABC, MusicXML or project file
    file: PathBuf,
    /// A run folder, a model file, or a model that comes with the program: folk or chorale
    #[arg(long, value_name = "RUN", value_parser = model_argument)]
    model: PathBuf,
    /// Which tune, where the file holds several
    #[arg(long, default_value_t = 1, value_name = "N")]
    tune: usize,
    /// Say too how much each earlier bar spoke for a note: how much less likely the note is, in nats, when the
    /// bar is taken out (of the 32 nearest; one reading of the piece a bar)
    #[arg(long)]
    bars: bool,
    /// Write one line a note
    #[arg(long, value_name = "FILE.csv")]
    out: Option<PathBuf>,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Report {
    #[serde(serialize_with = "crate::files::path::shown")]
    file: PathBuf,
    /// What was noticed while the file was read.
    warnings: Vec<String>,
    #[serde(flatten)]
    explanation: Explanation,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    Usage::must_exist([arguments.file.as_path(), arguments.model.as_path()])?;
    let (mut scores, warnings) = read(arguments)?;
    let n = scores.len();
    let Some(tune) = arguments.tune.checked_sub(1).filter(|i| *i < n) else {
        return Err(Usage::new(format!("--tune {}: the file holds {}", arguments.tune, count(n, "tune"))).into());
    };
    let score = Arc::new(scores.swap_remove(tune));
    let request = ExplainRequest { model: arguments.model.clone(), score, bars: arguments.bars };
    let explanation = context.watch(spawn_explain(request, &Warm::default(), no_waker()), |bar, (done, all)| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })?;
    if let Some(path) = &arguments.out {
        write_atomic(path, csv(&explanation.notes, arguments.bars).as_bytes())
            .with_context(|| format!("could not write {}", path.display()))?;
    }
    let report = Report { file: arguments.file.clone(), warnings, explanation };
    context.report(|| human(&report), &report)
}

fn read(arguments: &Arguments) -> anyhow::Result<(Vec<Score>, Vec<String>)> {
    if job::reading::ending(&arguments.file) == file::EXTENSION {
        let project = file::load(&arguments.file)?;
        return Ok((vec![(**project.score()).clone()], Vec::new()));
    }
    job::read_scores(&arguments.file)
}

fn csv(notes: &[NoteReceipt], bars: bool) -> String {
    let names: Vec<&str> = notes.first().map_or_else(Vec::new, |n| n.fields.iter().map(|f| f.field).collect());
    let mut out =
        format!("note,bar,start_tick,voice,midi_pitch,probability,nats,rank,{},alternatives", names.join(","));
    out += if bars { ",bars\n" } else { "\n" };
    for (i, n) in notes.iter().enumerate() {
        let voice = n.voice.replace('"', "\"\"");
        out += &format!(
            "{i},{},{},\"{voice}\",{},{:e},{:.7},{}",
            n.bar, n.start_tick, n.pitch, n.probability, n.nats, n.rank
        );
        n.fields.iter().for_each(|f| out += &format!(",{:.7}", f.nats));
        let others: Vec<String> = n.alternatives.iter().map(|a| format!("{}:{:.6}", a.value, a.probability)).collect();
        out += &format!(",{}", others.join(" "));
        if bars {
            let worth: Vec<String> = n.bars.iter().map(|b| format!("{}:{:.6}", b.bar, b.nats)).collect();
            out += &format!(",{}", worth.join(" "));
        }
        out.push('\n');
    }
    out
}

/// What the figure holds that the one of `generate` for the same notes does not.
fn what_counts(e: &Explanation) -> String {
    let tonic = if e.tonic_nats > 0.0 { format!(", and {:.2} for its tonic", e.tonic_nats) } else { String::new() };
    format!(
        "of all nats {:.2} are for where the piece ends{tonic}, as eval counts; generate says the mean of the notes \
         alone, as the model found them knowing what was asked of it (bars left, key, style), so its figure for the \
         same take is another",
        e.end_nats
    )
}

fn human(r: &Report) -> String {
    let e = &r.explanation;
    let mut out = format!(
        "{}: {}, {:.4} nats per note by {}\n",
        r.file.display(),
        count(e.notes.len(), "note"),
        e.nats_per_note,
        e.model
    );
    out += &format!("  {}\n", what_counts(e));
    r.warnings.iter().chain(&e.remarks).for_each(|line| out += &format!("  {line}\n"));
    let mut notes: Vec<&NoteReceipt> = e.notes.iter().collect();
    notes.sort_by(|a, b| b.nats.total_cmp(&a.nats));
    if !notes.is_empty() {
        out += "What surprises it most:\n";
    }
    for n in notes.into_iter().take(SHOWN) {
        let others: Vec<String> = n
            .alternatives
            .iter()
            .map(|a| format!("{} {:.0} %", pitch_name(a.value as u8), 100.0 * a.probability))
            .collect();
        out += &format!(
            "  bar {}, {}{}: {:.2} nats, pitch #{} (could be {})\n",
            n.bar,
            if n.voice.is_empty() { String::new() } else { format!("{} ", n.voice) },
            pitch_name(n.pitch),
            n.nats,
            n.rank,
            others.join(", ")
        );
        let most = n.bars.iter().max_by(|a, b| a.nats.total_cmp(&b.nats)).filter(|b| b.nats > 0.0);
        if let Some(most) = most {
            out += &format!("    bar {} spoke for it most: {:.2} nats\n", most.bar, most.nats);
        }
    }
    out
}

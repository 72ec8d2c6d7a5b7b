//! `cadenza eval`: the exact likelihood of pieces under a model.

use super::context::{Context, Usage, model_argument};
use super::text::count;
use crate::corpus::{self, ImportOptions};
use crate::encoding::{Field, STEPS_PER_QUARTER};
use crate::files::write_atomic;
use crate::job::model_file;
use crate::model::{Checkpoint, Compute};
use crate::train::data::sequence;
use crate::train::evaluate::{EventTerms, each_of};
use crate::train::jsb16::{self, Jsb16, Tokens};
use crate::train::regions::{self, Compared, Infilled};
use crate::train::run::ModelInfo;
use crate::train::{Baselines, DataSet, Likelihood, Run, Sequence};
use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

const EXAMPLE: &str = "\
Example:
  cadenza eval runs/folk ~/Music/held-out --per-note terms.csv";

/// Measure how well a model predicts pieces, note by note
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// A run folder, a model file, or a model that comes with the program: folk or chorale
    #[arg(value_name = "RUN", value_parser = model_argument)]
    model: PathBuf,
    /// Folders of pieces
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Write every term: one line a note and one for each piece's end
    #[arg(long, value_name = "FILE.csv")]
    per_note: Option<PathBuf>,
    /// Also measure by another protocol: jsb16, the chorales' tokens of four voices and sixteenths
    #[arg(long, value_parser = ["jsb16"])]
    protocol: Option<String>,
    /// cpu, ndarray, gpu or gpu:N
    #[arg(long, default_value = "cpu")]
    device: String,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Report {
    pieces: usize,
    notes: usize,
    nats_per_note: f64,
    fields: BTreeMap<&'static str, f64>,
    /// Share of notes whose value was the model's first choice, by field.
    accuracy: BTreeMap<&'static str, f64>,
    nats_per_beat: f64,
    /// Nats per note of the network by itself, where counts are mixed into what it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    network_alone: Option<f64>,
    /// Counted on the run's training pieces; `null` where only a model file was given.
    baselines: Option<Baselines>,
    /// Of a model that knows given notes: how much they help.
    #[serde(skip_serializing_if = "Option::is_none")]
    infill: Option<Infilled>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jsb16: Option<Jsb16>,
    left_out: usize,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    let paths = arguments.folders.iter().chain([&arguments.model]);
    Usage::must_exist(paths.map(PathBuf::as_path))?;
    let compute: Compute =
        arguments.device.parse().map_err(|e: crate::model::DeviceError| Usage::new(e.to_string()))?;
    let path = model_file(&arguments.model)?;
    let checkpoint = Checkpoint::<ModelInfo>::load(&path)?;
    let device = compute.open()?;
    let model = checkpoint.predictor(&device, &path)?;
    let library = corpus::import(&arguments.folders, &ImportOptions::default(), &|_| {}, &AtomicBool::new(false));
    if library.pieces.is_empty() {
        bail!("no piece to measure: none of {} files could be used", library.rows.len());
    }
    let common_tonic = checkpoint.info.card.common_tonic;
    let sequences = library.pieces.iter().map(|p| sequence(p, common_tonic));
    let sequences = sequences.collect::<Result<Vec<Sequence>, _>>()?;
    let terms = each_of(&model, &checkpoint.config, &sequences, &device, &AtomicBool::new(false))
        .context("the evaluation did not come to its end")?;
    if let Some(path) = &arguments.per_note {
        let csv = per_note_csv(&sequences, &terms, checkpoint.config.fields.len());
        write_atomic(path, csv.as_bytes()).with_context(|| format!("could not write {}", path.display()))?;
    }
    let mut report = measure(&sequences, &terms, checkpoint.config.fields.len());
    report.baselines = baselines(&arguments.model, &sequences, checkpoint.config.fields.len());
    if arguments.protocol.is_some() {
        let training = training_pieces(&arguments.model);
        report.jsb16 = Some(jsb16::measure(&sequences, &terms, training.as_deref()));
    }
    if let Some(network) = model.network() {
        report.infill = regions::measure(network, &checkpoint.config, &sequences, &device, &AtomicBool::new(false));
    }
    report.left_out = library.counts().left_out;
    context.report(|| human(&report), &report)
}

/// Fields that an event's terms count: END has only the first.
fn counted(sequence: &Sequence, event: usize, n_fields: usize) -> usize {
    if sequence.events[event].is_end() { 1 } else { n_fields }
}

fn measure(sequences: &[Sequence], terms: &[EventTerms], n_fields: usize) -> Report {
    let likelihood = Likelihood::of(sequences, terms, n_fields);
    let named = |values: Vec<f64>| Field::ALL.iter().map(|f| f.name()).zip(values).collect();
    let steps: u64 = sequences.iter().filter_map(|s| s.events.last()).map(|e| u64::from(e.onset)).sum();
    let beats = (steps as f64 / f64::from(STEPS_PER_QUARTER)).max(1.0);
    let nats_per_note = likelihood.nats_per_note();
    Report {
        pieces: sequences.len(),
        notes: likelihood.notes,
        nats_per_note,
        fields: likelihood.by_field().into_iter().collect(),
        accuracy: named(likelihood.accuracy()),
        nats_per_beat: nats_per_note * likelihood.notes as f64 / beats,
        network_alone: likelihood.network_nats_per_note(),
        baselines: None,
        infill: None,
        jsb16: None,
        left_out: 0,
    }
}

fn baselines(model: &Path, sequences: &[Sequence], n_fields: usize) -> Option<Baselines> {
    Some(Baselines::measure(&training_pieces(model)?, sequences, n_fields))
}

/// `None` where only a model file was given.
fn training_pieces(model: &Path) -> Option<Vec<Sequence>> {
    let run = Run::open(model).ok()?;
    Some(DataSet::load(&run.data_path()).ok()?.train)
}

fn per_note_csv(sequences: &[Sequence], terms: &[EventTerms], n_fields: usize) -> String {
    let names: Vec<&str> = Field::ALL.iter().take(n_fields).map(|f| f.name()).collect();
    let mut out = format!("file,piece,note,onset_steps,midi_pitch,nats,{}\n", names.join(","));
    for t in terms {
        let s = &sequences[t.sequence];
        let e = &s.events[t.event];
        let counted = counted(s, t.event, n_fields);
        let total: f64 = t.nats[..counted.min(Field::Velocity as usize)].iter().map(|n| f64::from(*n)).sum();
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let pitch = if e.is_end() { "end".to_owned() } else { e.fields[Field::Pitch as usize].to_string() };
        out += &format!(
            "{},{},{},{},{pitch},{total:.7}",
            quoted(&s.path.to_string_lossy()),
            quoted(&s.title),
            t.event,
            e.onset
        );
        for f in 0..n_fields {
            out += &if f < counted { format!(",{:.7}", t.nats[f]) } else { ",".to_owned() };
        }
        out.push('\n');
    }
    out
}

fn human(r: &Report) -> String {
    let mut out = format!(
        "{:.4} nats per note over {} in {}\n",
        r.nats_per_note,
        count(r.notes, "note"),
        count(r.pieces, "piece")
    );
    if r.left_out > 0 {
        out += &format!("{} left out (cadenza import says why)\n", count(r.left_out, "file"));
    }
    if let Some(alone) = r.network_alone {
        out += &format!("{alone:.4} nats per note by the network alone, without its counts\n");
    }
    out += &format!("{:.4} nats per quarter note\n", r.nats_per_beat);
    for (field, nats) in &r.fields {
        out += &format!(
            "  {field:<9} {nats:.4} nats, {:.1} % right at first{}\n",
            100.0 * r.accuracy[field],
            if *field == "velocity" { " (told apart, not in the sum)" } else { "" }
        );
    }
    if let Some(b) = &r.baselines {
        out += &format!("to compare: n-gram {:.3}, unigram {:.3}, uniform {:.3}\n", b.ngram, b.unigram, b.uniform);
    }
    if let Some(j) = &r.jsb16 {
        let line = |t: &Tokens, which: &str| {
            format!(
                "{which} ({}): {:.4} nats a token, {:.4} on the beat, {:.4} a change; {:.1} % of tokens repeat\n",
                count(t.pieces, "piece"),
                t.all,
                t.on_beat,
                t.changes,
                100.0 * t.repeats
            )
        };
        out += &line(&j.whole, "sixteenths of four voices");
        if let Some(clean) = &j.clean {
            out += &line(clean, "without openings that were trained on");
        }
        if j.left_out > 0 {
            out += &format!("{} not on the grid, not counted here\n", count(j.left_out, "piece"));
        }
    }
    if let Some(Infilled { bars, voices }) = r.infill {
        let line = |c: Compared, what: &str, with: &str, without: &str| {
            let (n, gain) = (count(c.notes, "note"), c.without - c.with);
            format!(
                "{what} ({n}): {:.4} nats per note given {with}, {:.4} {without}, a gain of {gain:.4}\n",
                c.with, c.without
            )
        };
        if bars.regions > 0 {
            out += &line(bars, "four bars", "both sides", "from the past alone");
        }
        if voices.regions > 0 {
            out += &line(voices, "a voice", "the others", "by itself");
        }
    }
    out
}

//! `cadenza bench`: the figures of the README's table, on this machine. Fixed names and units; shapes
//! as in the PyTorch twin, so that a ratio of the two means something.

mod growth;
mod writing;

use super::context::{Context, Usage};
use crate::audio::SoundFont;
use crate::audio::blocks::block_times;
use crate::audio::bounce::measure;
use crate::corpus::{ImportOptions, import, starter};
use crate::job::Originality;
use crate::midi;
use crate::model::init::Dropout;
use crate::model::{Arch, Batch, Compute, FieldSpec, Layers, ModelConfig, NoteModel};
use crate::music::lot::mixed;
use crate::music::{Note, Role, Score, Voice};
use crate::train::optimiser::Optimiser;
use crate::train::{Recipe, peak_memory};
use clap::Args;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const EXAMPLE: &str = "\
Example:
  cadenza bench train --json
  cadenza bench import --data ~/Music/midi
  cadenza bench growth --only train/window --json";

/// Measure this machine: training, generating and the wait for a first note, looking up what is copied, importing,
/// rendering, a block of sound, repainting the piano roll; how cost grows, and opening the window, where it is asked for
/// by name
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// Measure only this
    #[arg(value_parser = [
        "import", "train", "generate", "first-note", "originality", "render", "block", "roll", "growth", "start",
    ])]
    what: Option<String>,
    /// The folder to import [default: the starter tunes], and whose pieces takes are compared with [default: 1,000
    /// made ones]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// cpu, ndarray, gpu or gpu:N
    #[arg(long, default_value = "cpu")]
    device: String,
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(3..=1000))]
    runs: u32,
    #[command(flatten)]
    growth: growth::Arguments,
    /// When the process was begun, in microseconds since 1970: the window of a `start`, which is asked for so
    #[arg(long, hide = true)]
    since: Option<u64>,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Figure {
    name: &'static str,
    median: f64,
    min: f64,
    max: f64,
    /// What 95 and 99 of 100 stay below, where there are so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    p95: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p99: Option<f64>,
    unit: &'static str,
    runs: usize,
}

#[derive(Serialize)]
struct Report {
    benches: Vec<Figure>,
}

fn figure(name: &'static str, unit: &'static str, mut values: Vec<f64>) -> Figure {
    values.sort_by(f64::total_cmp);
    let (min, max) = (values.first().copied().unwrap_or(0.0), values.last().copied().unwrap_or(0.0));
    let at = |share: f64| values.get((values.len() as f64 * share) as usize).copied();
    let of_many = |share: f64| at(share).filter(|_| values.len() >= 100);
    let (p95, p99) = (of_many(0.95), of_many(0.99));
    Figure { name, median: at(0.5).unwrap_or(0.0), min, max, p95, p99, unit, runs: values.len() }
}

/// What a window with a piece of many notes costs.
pub struct RollMeasured {
    /// What was done, and the milliseconds of each repaint.
    pub repaints: Vec<(&'static str, Vec<f64>)>,
    /// Bytes that the process holds; `None` where the system does not say.
    pub memory: Option<u64>,
    /// Repaints asked for in a second in which nothing moves.
    pub idle: usize,
}

/// Repaints a window with so many notes, so many times for each thing done in it.
pub type MeasureRoll = fn(usize, usize) -> RollMeasured;

/// Asks a window for so many takes: milliseconds from the key to the first note of each, seen and heard.
pub type MeasureFirstNote = fn(usize) -> Result<(Vec<f64>, Vec<f64>), String>;

/// What a window did that was opened: milliseconds since its process began, and bytes.
#[derive(Default, Deserialize, Serialize)]
pub struct WindowStarted {
    /// Until the first repaint stood on the screen.
    pub drawn: Option<f64>,
    /// Until the models were known.
    pub ready: Option<f64>,
    /// What the process held some seconds later.
    pub memory: Option<u64>,
}

/// Opens the window, whose process began then, for some seconds.
pub type MeasureStart = fn(SystemTime) -> Result<WindowStarted, String>;

/// What only the window can measure.
#[derive(Clone, Copy)]
pub struct WindowMeasures {
    pub roll: MeasureRoll,
    pub first_note: MeasureFirstNote,
    pub start: MeasureStart,
}

pub fn run(arguments: &Arguments, window: WindowMeasures, context: &Context) -> anyhow::Result<()> {
    if let Some(since) = arguments.since {
        let began = UNIX_EPOCH + Duration::from_micros(since);
        let seen = (window.start)(began).map_err(|e| anyhow::anyhow!("{e}"))?;
        return context.report(String::new, &seen);
    }
    let wanted = |name: &str| arguments.what.as_deref().is_none_or(|w| w == name);
    let compute: Compute =
        arguments.device.parse().map_err(|e: crate::model::DeviceError| Usage::new(e.to_string()))?;
    if arguments.what.as_deref() == Some("growth") {
        // Takes minutes: only where it is asked for.
        return growth::run(&arguments.growth, compute, arguments.runs, context);
    }
    let mut benches = Vec::new();
    if wanted("import") {
        benches.extend(imports(arguments)?);
    }
    if wanted("train") {
        for (names, arch) in [
            (["train/transformer", "train/transformer/memory"], Arch::Transformer),
            (["train/lstm", "train/lstm/memory"], Arch::Lstm),
            (["train/gru", "train/gru/memory"], Arch::Gru),
        ] {
            benches.extend(training(names, arch, compute, arguments.runs)?);
        }
    }
    if wanted("generate") {
        benches.extend(writing::network(arguments.runs)?);
        benches.extend(writing::takes(arguments.runs, context)?);
    }
    if wanted("first-note") {
        let (seen, heard) = (window.first_note)(arguments.runs as usize).map_err(|e| anyhow::anyhow!("{e}"))?;
        benches.extend([figure("first-note/screen", "ms", seen), figure("first-note/sound", "ms", heard)]);
    }
    if wanted("originality") {
        benches.push(originality(arguments)?);
    }
    if wanted("render") {
        benches.push(rendering(arguments.runs)?);
    }
    if wanted("roll") {
        benches.extend(repaints(window.roll));
    }
    if wanted("block") {
        benches.extend(blocks(arguments.runs)?);
    }
    // It needs a display, and a few seconds a time.
    if arguments.what.as_deref() == Some("start") {
        benches.extend(starts(arguments.runs)?);
    }
    let report = Report { benches };
    let human = || {
        let line = |f: &Figure| {
            let most = f.p95.zip(f.p99).map(|(a, b)| format!(", 95 % below {a:.2}, 99 % below {b:.2}"));
            let range = format!("({:.2} – {:.2}{}, {} runs)", f.min, f.max, most.unwrap_or_default(), f.runs);
            format!("{:<24} {:>10.2} {:<14} {range}\n", f.name, f.median, f.unit)
        };
        report.benches.iter().map(line).collect()
    };
    context.report(human, &report)
}

/// The shapes of the twin: shift 64, voice 4, pitch 128, duration 64, phase 48, d 256.
fn twin(arch: Arch) -> (ModelConfig, Batch) {
    let field = |name: &str, size| FieldSpec { name: name.to_owned(), size, hidden: true };
    let (n_layers, rows, len) = if arch == Arch::Transformer { (4, 8, 256) } else { (2, 32, 128) };
    let config = ModelConfig {
        arch,
        fields: vec![field("shift", 64), field("voice", 4), field("pitch", 128), field("duration", 64)],
        place_after: 1,
        n_places: 48,
        beat: 12,
        n_meters: 1,
        d_model: 256,
        n_layers,
        n_heads: 4,
        time_share: 0.5,
        window: len,
        dropout: 0.1,
        layers: Layers::default(),
        groups: 0,
        conditions: Vec::new(),
    };
    let batch = filled(&config, rows, len);
    (config, batch)
}

/// Rows of notes, each field going through its values.
fn filled(config: &ModelConfig, rows: usize, len: usize) -> Batch {
    let mut batch = Batch::new(rows, len, config.fields.len());
    for i in 0..rows * len {
        for (f, spec) in config.fields.iter().enumerate() {
            batch.fields[f][i] = ((i * 7919 + f * 31) % (spec.size - 1)) as i32;
        }
        batch.place[i] = (i * 13 % 48) as i32;
        batch.time[i] = (i % len) as f32 * 0.5;
        batch.begins[i] = 0;
        batch.opens[i] = i % len == 0;
        batch.counts[i] = true;
    }
    batch
}

/// Notes a second of a whole training step, and the most memory that the process has held so far.
fn training(names: [&'static str; 2], arch: Arch, compute: Compute, runs: u32) -> anyhow::Result<Vec<Figure>> {
    let (config, batch) = twin(arch);
    let steps = step_seconds(&config, &batch, &Recipe::default(), compute, runs)?;
    let speeds = steps.into_iter().map(|seconds| batch.n_counted() as f64 / seconds).collect();
    let memory = peak_memory().map(|bytes| figure(names[1], "MB, process", vec![bytes as f64 / 1e6]));
    Ok([figure(names[0], "notes/s", speeds)].into_iter().chain(memory).collect())
}

/// Seconds of each of so many whole training steps, after two that are not counted.
fn step_seconds(
    config: &ModelConfig,
    batch: &Batch,
    recipe: &Recipe,
    compute: Compute,
    runs: u32,
) -> anyhow::Result<Vec<f64>> {
    let device = compute.open()?.autodiff();
    let mut model = NoteModel::new(config, 1, &device);
    let mut optimiser = Optimiser::new(recipe);
    let mut seconds = Vec::new();
    for step in 0..u64::from(runs) + 2 {
        let begun = Instant::now();
        let mut drop = Dropout::new(1, step, config.dropout);
        let loss = model.losses(batch, config, &device, &mut drop).sums().sum() / batch.n_counted() as f64;
        (model, _) = optimiser.step(model, &loss, 1e-3);
        device.sync().map_err(|e| anyhow::anyhow!("{e:?}"))?;
        seconds.push(begun.elapsed().as_secs_f64());
    }
    Ok(seconds.split_off(2))
}

fn imports(arguments: &Arguments) -> anyhow::Result<Vec<Figure>> {
    let starter_folder = crate::files::temporary_folder()?;
    let folder = match &arguments.data {
        Some(folder) => folder.clone(),
        None => {
            starter::write_all(starter_folder.path())?;
            starter_folder.path().to_owned()
        }
    };
    Usage::must_exist([folder.as_path()])?;
    let never = AtomicBool::new(false);
    let read = || import(std::slice::from_ref(&folder), &ImportOptions::default(), &|_| {}, &never);
    let library = read();
    let bytes: Vec<Vec<u8>> =
        library.rows.iter().filter_map(|r| std::fs::read(&r.path).ok()).filter(|b| b.starts_with(b"MThd")).collect();
    let speed = |count: usize, f: &dyn Fn()| {
        let begun = Instant::now();
        f();
        count as f64 / begun.elapsed().as_secs_f64().max(1e-9)
    };
    let parse = (0..arguments.runs)
        .map(|_| speed(bytes.len(), &|| bytes.iter().for_each(|b| drop(std::hint::black_box(midi::read(b))))));
    let parse = figure("import/parse", "files/s/thread", parse.collect());
    let whole = (0..arguments.runs).map(|_| speed(library.rows.len(), &|| drop(std::hint::black_box(read()))));
    Ok(vec![parse, figure("import/whole", "files/s", whole.collect())])
}

/// Milliseconds to look a take up: of 8 to 16 bars, as are made one after another, each of another length, so that
/// people have to be compared with anew.
fn originality(arguments: &Arguments) -> anyhow::Result<Figure> {
    const PIECES: usize = 1000;
    let mut pieces: Vec<Arc<Score>> = match &arguments.data {
        Some(folder) => {
            Usage::must_exist([folder.as_path()])?;
            let never = AtomicBool::new(false);
            let library = import(std::slice::from_ref(folder), &ImportOptions::default(), &|_| {}, &never);
            library.pieces.iter().map(|p| p.score()).take(PIECES + PIECES / 10).collect::<Result<_, _>>()?
        }
        None => (0..PIECES + PIECES / 10).map(|i| Arc::new(made(i as u64, 300))).collect(),
    };
    let held_out = pieces.split_off(pieces.len() * 10 / 11);
    let titles = vec![String::new(); pieces.len()];
    let families = vec![None; pieces.len()];
    let originality = Originality::new(&pieces, titles, &families, held_out);
    let times = (0..u64::from(arguments.runs)).map(|n| {
        let take = made(1_000_000 + n, 100 + 7 * n as usize % 150);
        let begun = Instant::now();
        std::hint::black_box(originality.of(&take));
        begun.elapsed().as_secs_f64() * 1e3
    });
    Ok(figure("originality/take", "ms", times.collect()))
}

/// A melody in small steps of a scale with two lengths of notes, the same for the same seed.
fn made(seed: u64, notes: usize) -> Score {
    const SCALE: [u8; 7] = [0, 2, 4, 5, 7, 9, 11];
    let (mut lot, mut step, mut at) = (mixed(seed), 14i64, 0);
    let mut voice = Voice::new("", Role::Melody, 0);
    for _ in 0..notes {
        lot = mixed(lot);
        step = (step + (lot % 7) as i64 - 3).clamp(5, 25);
        let duration = if lot / 7 % 3 == 0 { 24 } else { 12 };
        voice.notes.push(Note::new(at, duration, 36 + 12 * (step / 7) as u8 + SCALE[step as usize % 7], 80));
        at += duration;
    }
    let mut score = Score::new(24);
    score.push_voice(voice);
    score
}

fn rendering(runs: u32) -> anyhow::Result<Figure> {
    let tunes = starter::compiled();
    let mut songs: Vec<Score> =
        tunes.iter().filter_map(|(_, bytes)| midi::read(bytes).ok()).map(|(score, _)| score).collect();
    songs.sort_by_key(Score::n_notes);
    let song = songs.pop().unwrap_or_default();
    let font = SoundFont::built_in();
    let mut speeds = Vec::new();
    for _ in 0..runs {
        let report = measure(&song, 48_000, &font)?;
        speeds.push(report.seconds_of_audio / report.seconds.max(1e-9));
    }
    Ok(figure("render/song", "x real time", speeds))
}

/// The window with 100,000 notes, and with a million: layout and tessellation of a whole repaint.
fn repaints(measure: MeasureRoll) -> Vec<Figure> {
    const NAMES: [(&str, &str, &str); 3] = [
        ("scrolling", "roll/100k", "roll/1m"),
        ("zooming", "roll/100k/zooming", "roll/1m/zooming"),
        ("playing", "roll/100k/playing", "roll/1m/playing"),
    ];
    let name = |doing: &str, many: bool| {
        NAMES.iter().find(|n| n.0 == doing).map_or("roll/other", |n| if many { n.2 } else { n.1 })
    };
    let mut figures = Vec::new();
    for (many, notes, repaints) in [(false, 100_000, 600), (true, 1_000_000, 200)] {
        let measured = measure(notes, repaints);
        let times = measured.repaints.into_iter();
        figures.extend(times.map(|(doing, millis)| figure(name(doing, many), "ms/repaint", millis)));
        let (idle, memory) =
            if many { ("roll/1m/idle", "roll/1m/memory") } else { ("roll/100k/idle", "roll/100k/memory") };
        figures.push(figure(idle, "repaints/s", vec![measured.idle as f64]));
        figures.extend(measured.memory.map(|bytes| figure(memory, "MB, process", vec![bytes as f64 / 1e6])));
    }
    figures
}

/// Buffers of 256 frames with 64 notes sounding, as shares of the time there is for one, and how many
/// took longer: `runs` times ten seconds of music.
fn blocks(runs: u32) -> anyhow::Result<Vec<Figure>> {
    const FRAMES: usize = 256;
    const RATE: u32 = 48_000;
    let times = block_times(&SoundFont::built_in(), RATE, FRAMES, 10 * runs)?;
    let deadline = FRAMES as f64 / f64::from(RATE);
    let shares: Vec<f64> = times.iter().map(|t| t.as_secs_f64() / deadline * 100.0).collect();
    let missed = shares.iter().filter(|s| **s > 100.0).count();
    Ok(vec![figure("block/64 notes", "% of time", shares), figure("block/missed", "buffers", vec![missed as f64])])
}

/// Opens the window so many times after one that is not counted, each in a process of its own.
fn starts(runs: u32) -> anyhow::Result<Vec<Figure>> {
    let program = std::env::current_exe()?;
    let (mut drawn, mut ready, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..=runs {
        let since = SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros().to_string();
        let output = Command::new(&program)
            .args(["bench", "start", "--json", "--since", &since])
            .stderr(Stdio::inherit())
            .output()?;
        anyhow::ensure!(output.status.success(), "the window did not open: a display is needed");
        let seen: WindowStarted = serde_json::from_slice(&output.stdout)?;
        // The first one may have to unpack the models, and finds the disk cold.
        if n > 0 {
            drawn.extend(seen.drawn);
            ready.extend(seen.ready);
            memory.extend(seen.memory.map(|bytes| bytes as f64 / 1e6));
        }
    }
    let figures = [("start/drawn", "ms", drawn), ("start/ready", "ms", ready), ("start/memory", "MB, process", memory)];
    Ok(figures.into_iter().map(|(name, unit, values)| figure(name, unit, values)).collect())
}

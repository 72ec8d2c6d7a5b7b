//! `cadenza render`: a piece as sound in a file, the same as the speakers get.

use super::context::{Context, Usage};
use super::convert::read_score;
use super::text::duration;
use crate::audio::{Bounce, Container, Depth, Format, SoundFont};
use crate::job::{BounceRequest, no_waker, spawn_bounce};
use crate::music::{Score, Tick};
use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

const EXAMPLE: &str = "\
Example:
  cadenza render take-01.mid --out take-01.wav
  cadenza render song.mid --out song.flac --depth 24 --bars 5-12 --separate";

/// Render a piece to a WAV or FLAC file
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// A MIDI or ABC file
    #[arg(value_name = "FILE.mid")]
    input: PathBuf,
    /// FLAC where it ends in .flac, else WAV
    #[arg(long, value_name = "FILE.wav")]
    out: PathBuf,
    /// Bits a sample; float is what the speakers get, to the last bit (WAV only)
    #[arg(long, default_value = "16", value_parser = ["16", "24", "float"])]
    depth: String,
    /// Only these bars, counted from 1, both included; what sounds at their end rings on
    #[arg(long, value_name = "FROM-TO", value_parser = bars)]
    bars: Option<(i64, i64)>,
    /// Every voice in a file of its own, named after it
    #[arg(long)]
    separate: bool,
    /// A SoundFont instead of the built-in bank
    #[arg(long, value_name = "FILE.sf2")]
    soundfont: Option<PathBuf>,
    /// Samples a second
    #[arg(long, default_value_t = 48_000, value_parser = clap::value_parser!(u32).range(8_000..=192_000))]
    rate: u32,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Report {
    #[serde(serialize_with = "crate::files::path::shown")]
    file: PathBuf,
    files: Vec<PathBuf>,
    seconds_of_audio: f64,
    seconds: f64,
    peak_dbfs: f64,
    rms_dbfs: f64,
    warnings: Vec<String>,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    Usage::must_exist(arguments.soundfont.iter().chain([&arguments.input]).map(PathBuf::as_path))?;
    let (score, warnings) = read_score(&arguments.input)?;
    let what = Bounce {
        rate: arguments.rate,
        format: format(arguments)?,
        range: arguments.bars.map(|bars| ticks(&score, bars)).transpose()?,
        separate: arguments.separate,
        ..Bounce::default()
    };
    let font = arguments.soundfont.as_deref().map(load_font).transpose()?;
    let request = BounceRequest { score: Arc::new(score), what, font, out: arguments.out.clone() };
    let bounced = context.watch(spawn_bounce(request, no_waker()), |bar, share| {
        bar.set_length(1000);
        bar.set_position((share * 1000.0) as u64);
    })?;
    let report = Report {
        file: bounced.files.first().unwrap_or(&arguments.out).clone(),
        files: bounced.files,
        seconds_of_audio: bounced.seconds_of_audio,
        seconds: bounced.seconds,
        peak_dbfs: bounced.peak_dbfs,
        rms_dbfs: bounced.rms_dbfs,
        warnings,
    };
    let human = || {
        let mut out = format!(
            "{}: {} of sound in {}, peak {:.1} dBFS, {:.1} dBFS RMS\n",
            report.files.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(", "),
            duration(report.seconds_of_audio),
            duration(report.seconds),
            report.peak_dbfs,
            report.rms_dbfs
        );
        report.warnings.iter().for_each(|w| out += &format!("  {w}\n"));
        out
    };
    context.report(human, &report)
}

/// "5-12", or "7" alone.
fn bars(text: &str) -> Result<(i64, i64), String> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    match (from.trim().parse(), to.trim().parse()) {
        (Ok(from), Ok(to)) if 1 <= from && from <= to => Ok((from, to)),
        _ => Err("bars are written as 5-12, the first bar being 1".to_owned()),
    }
}

fn ticks(score: &Score, (from, to): (i64, i64)) -> anyhow::Result<(Tick, Tick)> {
    let n = score.n_bars();
    if from > n {
        return Err(Usage::new(format!("the piece has {n} bars, so none from bar {from} on")).into());
    }
    Ok((score.meters.bar_start(from - 1, score.ppq), score.meters.bar_start(to, score.ppq)))
}

fn format(arguments: &Arguments) -> anyhow::Result<Format> {
    let known = |e: &std::ffi::OsStr| e.eq_ignore_ascii_case("wav") || e.eq_ignore_ascii_case("flac");
    if arguments.out.extension().is_some_and(|e| !known(e)) {
        let out = arguments.out.display();
        return Err(Usage::new(format!("sound is written as .wav or .flac, not as {out}")).into());
    }
    let flac = arguments.out.extension().is_some_and(|e| e.eq_ignore_ascii_case("flac"));
    let container = if flac { Container::Flac } else { Container::Wav };
    let depth = match arguments.depth.as_str() {
        "16" => Depth::Sixteen,
        "24" => Depth::TwentyFour,
        _ if flac => return Err(Usage::new("FLAC holds whole numbers: --depth 16 or 24".to_owned()).into()),
        _ => Depth::Float,
    };
    Ok(Format { container, depth })
}

fn load_font(path: &std::path::Path) -> anyhow::Result<SoundFont> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    SoundFont::from_bytes(&bytes).with_context(|| path.display().to_string())
}

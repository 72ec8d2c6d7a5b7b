//! `cadenza render`: a piece as sound in a WAV file, the same as the speakers get.

use super::context::{Context, Usage};
use super::convert::read_score;
use super::text::duration;
use crate::job::{BounceRequest, no_waker, spawn_bounce};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

const EXAMPLE: &str = "\
Example:
  cadenza render take-01.mid --out take-01.wav";

/// Render a piece to a WAV file
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// A MIDI or ABC file
    #[arg(value_name = "FILE.mid")]
    input: PathBuf,
    #[arg(long, value_name = "FILE.wav")]
    out: PathBuf,
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
    seconds_of_audio: f64,
    seconds: f64,
    peak_dbfs: f64,
    rms_dbfs: f64,
    warnings: Vec<String>,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    Usage::must_exist(arguments.soundfont.iter().chain([&arguments.input]).map(PathBuf::as_path))?;
    let (score, warnings) = read_score(&arguments.input)?;
    let request = BounceRequest {
        score: Arc::new(score),
        silent: Vec::new(),
        rate: arguments.rate,
        soundfont: arguments.soundfont.clone(),
        out: arguments.out.clone(),
    };
    let bounced = context.watch(spawn_bounce(request, no_waker()), |bar, share| {
        bar.set_length(1000);
        bar.set_position((share * 1000.0) as u64);
    })?;
    let report = Report {
        file: arguments.out.clone(),
        seconds_of_audio: bounced.seconds_of_audio,
        seconds: bounced.seconds,
        peak_dbfs: bounced.peak_dbfs,
        rms_dbfs: bounced.rms_dbfs,
        warnings,
    };
    let human = || {
        let mut out = format!(
            "{}: {} of sound in {}, peak {:.1} dBFS, {:.1} dBFS RMS\n",
            report.file.display(),
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

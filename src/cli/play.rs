//! `cadenza play`: a piece through the speakers.

use super::context::{Context, Usage};
use super::convert::read_score;
use super::text::duration;
use crate::audio::Player;
use anyhow::bail;
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const EXAMPLE: &str = "\
Example:
  cadenza play take-01.mid";

/// Play a piece through the speakers
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// A MIDI or ABC file
    #[arg(value_name = "FILE")]
    input: PathBuf,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Report {
    seconds: f64,
    device: Option<String>,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    Usage::must_exist([arguments.input.as_path()])?;
    let (score, _) = read_score(&arguments.input)?;
    let mut player = Player::open();
    let status = player.status();
    if status.silent {
        bail!("{} (cadenza render writes a WAV file instead)", status.sentence);
    }
    let seconds = score.seconds();
    let voices = vec![true; score.voices.len()];
    player.load(Arc::new(score), &voices);
    player.play(0);
    while player.is_playing() {
        // A device that was unplugged gives way to the default.
        for news in player.poll() {
            let _ = writeln!(std::io::stderr(), "{news}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let report = Report { seconds, device: status.device };
    context.report(|| format!("played {}\n", duration(seconds)), &report)
}

//! `cadenza bank`: synthesises the built-in sound bank anew, bit for bit; measures it, or any SoundFont.

use super::context::{Context, Usage};
use crate::audio::SoundFont;
use crate::audio::bank::{self, check};
use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLE: &str = "\
Example:
  cadenza bank assets/cadenza.sf2
  cadenza bank --check
  cadenza bank --check --soundfont /usr/share/sounds/sf2/TimGM6mb.sf2 --json";

/// Write the built-in sound bank as a SoundFont, or measure a bank
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    #[arg(value_name = "FILE.sf2", required_unless_present = "check", conflicts_with = "check")]
    output: Option<PathBuf>,
    /// Measure every program and drum: pitch, level, attack, brightness, decay, release, width
    #[arg(long)]
    check: bool,
    /// Measure this SoundFont instead of the built-in bank
    #[arg(long, value_name = "FILE.sf2", requires = "check")]
    soundfont: Option<PathBuf>,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Written {
    file: PathBuf,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    let Some(path) = &arguments.output else {
        Usage::must_exist(arguments.soundfont.as_deref())?;
        let font = arguments.soundfont.as_deref().map_or_else(|| Ok(SoundFont::built_in()), SoundFont::open)?;
        let report = check::check(&font)?;
        return context.report(|| table(&report), &report);
    };
    bank::write_bank(path).with_context(|| format!("could not write {}", path.display()))?;
    let report = Written { file: path.clone() };
    context.report(|| format!("the built-in bank is written to {}\n", path.display()), &report)
}

fn table(report: &check::Report) -> String {
    let mut out = String::from(
        "program               key   cents  level dB  attack ms  centroid Hz  brighter  decay s  release ms  width dB\n",
    );
    for r in &report.programs {
        let number = |x: Option<f64>, digits: usize| x.map_or_else(|| "-".to_owned(), |x| format!("{x:.digits$}"));
        out += &format!(
            "{:>3} {:<17} {:>4} {:>7} {:>9.1} {:>10.0} {:>12.0} {:>9.2} {:>8} {:>11} {:>9.1}\n",
            r.program + 1,
            r.name,
            r.key,
            number(r.cents, 2),
            r.level_db,
            r.attack_ms,
            r.centroid_hz,
            r.brighter,
            number(r.decay_secs, 1),
            number(r.release_ms, 0),
            r.width_db,
        );
    }
    out += "drum key  level dB  centroid Hz  length ms\n";
    for r in &report.drums {
        out += &format!("{:>8} {:>9.1} {:>12.0} {:>10.0}\n", r.key, r.level_db, r.centroid_hz, r.length_ms);
    }
    out
}

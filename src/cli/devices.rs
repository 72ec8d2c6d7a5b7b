//! `cadenza devices`: what can compute and what can sound here.

use super::context::Context;
use crate::audio::find_devices;
use crate::model::Compute;
use clap::Args;
use serde::Serialize;
use std::process::Command;

const EXAMPLE: &str = "\
Example:
  cadenza devices --json";

/// List what can compute, what can sound, and the MIDI ports
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Device {
    name: String,
    label: String,
}

#[derive(Serialize)]
struct Report {
    compute: Vec<Device>,
    /// A sentence where there is no GPU.
    no_gpu: Option<String>,
    audio: Vec<Audio>,
    midi_out: Vec<String>,
    midi_in: Vec<String>,
}

#[derive(Serialize)]
struct Audio {
    name: String,
    id: String,
    default: bool,
    rates: Vec<u32>,
}

/// The folder for sockets. Where none is named, graphics drivers complain of it on stderr, once each, before
/// they find that they can do without.
const SOCKETS: &str = "XDG_RUNTIME_DIR";

/// The same in a process of its own, for which such a folder is named: what this one has been told cannot be
/// changed safely while it runs.
fn again_with_sockets() -> anyhow::Result<()> {
    let folder = crate::files::temporary_folder()?;
    let mut again = Command::new(std::env::current_exe()?);
    let status = again.args(std::env::args_os().skip(1)).env(SOCKETS, folder.path()).status()?;
    anyhow::ensure!(status.success(), "the devices could not be listed ({status})");
    Ok(())
}

pub fn run(_: &Arguments, context: &Context) -> anyhow::Result<()> {
    if cfg!(target_os = "linux") && std::env::var_os(SOCKETS).is_none() {
        return again_with_sockets();
    }
    let (devices, no_gpu) = Compute::list();
    let compute = devices.into_iter().map(|d| Device { name: d.compute.to_string(), label: d.label }).collect();
    let (audio, ports) = find_devices();
    let audio = audio.into_iter().map(|d| Audio {
        name: d.device.name,
        id: d.device.id,
        default: d.is_default,
        rates: d.rates,
    });
    let report = Report { compute, no_gpu, audio: audio.collect(), midi_out: ports.outputs, midi_in: ports.inputs };
    let human = || {
        let mut out: String = report.compute.iter().map(|d| format!("{:<9} {}\n", d.name, d.label)).collect();
        report.no_gpu.iter().for_each(|s| out += &format!("No GPU: {s}\n"));
        for d in &report.audio {
            let rates: Vec<String> = d.rates.iter().map(u32::to_string).collect();
            let default = if d.default { ", default" } else { "" };
            out += &format!("sound     {} ({} Hz{default})\n", d.name, rates.join(", "));
        }
        if report.audio.is_empty() {
            out += "No sound device was found.\n";
        }
        report.midi_out.iter().for_each(|p| out += &format!("midi out  {p}\n"));
        report.midi_in.iter().for_each(|p| out += &format!("midi in   {p}\n"));
        out
    };
    context.report(human, &report)
}

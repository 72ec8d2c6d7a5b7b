//! `cadenza devices`: what can compute here.

use super::context::Context;
use crate::model::Compute;
use clap::Args;
use serde::Serialize;

const EXAMPLE: &str = "\
Example:
  cadenza devices --json";

/// List what can compute
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
}

pub fn run(_: &Arguments, context: &Context) -> anyhow::Result<()> {
    let (devices, no_gpu) = Compute::list();
    let compute = devices.into_iter().map(|d| Device { name: d.compute.to_string(), label: d.label }).collect();
    let report = Report { compute, no_gpu };
    let human = || {
        let mut out: String = report.compute.iter().map(|d| format!("{:<9} {}\n", d.name, d.label)).collect();
        report.no_gpu.iter().for_each(|s| out += &format!("No GPU: {s}\n"));
        out
    };
    context.report(human, &report)
}

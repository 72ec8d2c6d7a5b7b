//! `cadenza train --sweep` and `--estimate`: several recipes, in one table.

use super::context::{Context, Stopped, Usage, say};
use super::curve::Curve;
use super::text::{count, duration, thousands};
use super::train::Arguments;
use crate::job::{
    EstimateRequest, Estimated, QueueEvent, QueueRequest, QueueRow, no_waker, spawn_estimate, spawn_queue, sweep,
};
use crate::train::{Preset, Recipe};
use serde::Serialize;

#[derive(Serialize)]
struct Table {
    /// The best first.
    runs: Vec<QueueRow>,
    planned: usize,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    let axes = arguments.sweep.iter().map(|a| axis(a)).collect::<Result<Vec<_>, _>>()?;
    let runs = sweep(&arguments.recipe()?, &axes).map_err(Usage::new)?;
    let planned = runs.len();
    let request = QueueRequest {
        source: arguments.source()?,
        runs,
        compute: arguments.compute()?.unwrap_or_default(),
        folder: arguments.out(),
        care: arguments.care()?,
    };
    let mut curve = Curve::new();
    let mut runs = context.watch(spawn_queue(request, no_waker()), |bar, event| match event {
        QueueEvent::Says(text) => say(bar, &text),
        QueueEvent::Begins { index, name, .. } => say(bar, &format!("{} of {planned}: {name}", index + 1)),
        QueueEvent::Train { event, .. } => curve.show(bar, event),
        QueueEvent::Ends { row, .. } => say(bar, row.error.as_deref().unwrap_or("done")),
    })?;
    let stopped = runs.len() < planned;
    let nats = |r: &QueueRow| r.report.as_ref().and_then(|r| r.valid_nats_per_note).unwrap_or(f64::INFINITY);
    runs.sort_by(|a, b| nats(a).total_cmp(&nats(b)));
    let table = Table { runs, planned };
    context.report(|| human(&table), &table)?;
    if stopped { Err(Stopped.into()) } else { Ok(()) }
}

/// "seed=1,2,3".
fn axis(text: &str) -> Result<(String, Vec<String>), Usage> {
    let parts = text.split_once('=').filter(|(key, values)| !key.trim().is_empty() && !values.trim().is_empty());
    let (key, values) = parts.ok_or_else(|| Usage::new(format!("not a sweep: \"{text}\" (such as seed=1,2,3)")))?;
    Ok((key.trim().to_owned(), values.split(',').map(|v| v.trim().to_owned()).collect()))
}

fn human(table: &Table) -> String {
    let mut out = String::new();
    for row in &table.runs {
        out += &match (&row.report, &row.error) {
            (Some(r), _) => format!(
                "{:>7}  {:>7} steps  {:>12}  {:>10} weights  {}\n",
                r.valid_nats_per_note.map_or("–".to_owned(), |n| format!("{n:.4}")),
                thousands(r.steps as usize),
                duration(r.seconds),
                thousands(r.parameters),
                row.name
            ),
            (None, error) => format!("{:>7}  {}: {}\n", "–", row.name, error.as_deref().unwrap_or_default()),
        };
    }
    let done =
        format!("{} of {}, nats per note held out, the best first\n", table.runs.len(), count(table.planned, "run"));
    done + &out
}

/// How long each preset would take.
pub fn estimate(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    let presets = Preset::all().map_err(Usage::new)?;
    let budget = arguments.budget();
    let recipes = presets.into_iter().map(|(id, p)| {
        let budget = budget.filter(|_| p.recipe.arch.is_network()).unwrap_or(p.recipe.budget);
        (id.to_owned(), Recipe { budget, ..p.recipe })
    });
    let compute = arguments.compute()?.unwrap_or_default();
    let request = EstimateRequest { source: arguments.source()?, recipes: recipes.collect(), compute };
    let estimates = context.watch(spawn_estimate(request, no_waker()), |bar, _| bar.inc(1))?;
    context.report(|| estimates.iter().map(line).collect(), &estimates)
}

fn line(estimated: &Estimated) -> String {
    match &estimated.outcome {
        Ok(e) => format!(
            "{:<9} {:>12}  {:>7} steps of {:.3} s, {:.1} epochs, {:.0} notes/s, {} weights\n",
            e.name,
            duration(e.seconds),
            thousands(e.steps as usize),
            e.step_seconds,
            e.epochs,
            e.notes_per_sec,
            thousands(e.parameters)
        ),
        Err(why) => format!("{:<9} {why}\n", estimated.name),
    }
}

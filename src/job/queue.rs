//! Several trainings one after another on the same pieces: a small sweep. One that fails does not end the
//! others, and asking again goes on where it was stopped.

use super::train::{Line, begin, go_on, order};
use super::{Care, Job, Source, Waker, source};
use crate::model::Compute;
use crate::train::{Command, Preset, Recipe, Report, Run, TrainEvent};
use std::path::PathBuf;

#[derive(Clone, Debug)]
pub struct QueueRequest {
    pub source: Source,
    /// Each with its name, which is that of its folder.
    pub runs: Vec<(String, Recipe)>,
    pub compute: Compute,
    /// Where the folders of the runs go.
    pub folder: PathBuf,
    pub care: Care,
}

#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)] // The large one comes once a run.
pub enum QueueEvent {
    /// A sentence for the user.
    Says(String),
    Begins {
        index: usize,
        name: String,
        dir: PathBuf,
    },
    Train {
        index: usize,
        event: TrainEvent,
    },
    Ends {
        index: usize,
        row: QueueRow,
    },
}

/// One run of a queue, in a table.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct QueueRow {
    pub name: String,
    pub dir: PathBuf,
    pub recipe: Recipe,
    pub report: Option<Report>,
    /// Why there is no report.
    pub error: Option<String>,
}

/// Starts the first; the others follow. Cancelled, the one that runs is kept, and the rest is not begun.
pub fn spawn_queue(request: QueueRequest, waker: Waker) -> Job<QueueEvent, Vec<QueueRow>> {
    Job::spawn("queue", waker, move |control| {
        let QueueRequest { source, runs, compute, folder, care } = request;
        let pieces = source::read(source, &|text| control.send(QueueEvent::Says(text)), control.cancel_flag())?;
        let mut rows = Vec::new();
        for (index, (name, recipe)) in runs.into_iter().enumerate() {
            if order(control) == Command::Stop {
                break;
            }
            let dir = folder.join(&name);
            control.send(QueueEvent::Begins { index, name: name.clone(), dir: dir.clone() });
            let tell = |event: TrainEvent| {
                let is_step = matches!(event, TrainEvent::Step(_));
                let event = QueueEvent::Train { index, event };
                if is_step { control.send_thinned("step", event) } else { control.send(event) }
            };
            let line = Line { tell: &tell, ask: &|| order(control), cancel: control.cancel_flag() };
            let outcome = match Run::open(&dir).and_then(|run| run.plan()) {
                Ok(plan) if plan.recipe == recipe => go_on(&dir, None, &care, &line),
                Ok(_) => Err(anyhow::anyhow!("a run with another recipe is there already: {}", dir.display())),
                Err(_) => pieces
                    .data_set(&name, recipe.common_tonic)
                    .map_err(anyhow::Error::from)
                    .and_then(|data| begin(data, &recipe, compute, None, &dir, &care, &line)),
            };
            let (report, error) = match outcome {
                Ok(report) => (Some(report), None),
                Err(e) => (None, Some(format!("{e:#}"))),
            };
            let row = QueueRow { name, dir, recipe, report, error };
            control.send(QueueEvent::Ends { index, row: row.clone() });
            rows.push(row);
        }
        Ok(rows)
    })
}

/// Every combination of the values along `axes`, each axis a key of a recipe or "preset", named by them.
///
/// # Errors
/// A key or value that a recipe does not have, or a combination that is not sound.
pub fn sweep(base: &Recipe, axes: &[(String, Vec<String>)]) -> Result<Vec<(String, Recipe)>, String> {
    let mut all = vec![(String::new(), base.clone())];
    // A preset is the whole recipe: whatever else is varied is varied on top of it.
    let (presets, others): (Vec<_>, Vec<_>) = axes.iter().partition(|(key, _)| key == "preset");
    for (key, values) in presets.into_iter().chain(others) {
        let mut next = Vec::new();
        for (name, recipe) in &all {
            for value in values {
                let varied = if key == "preset" {
                    Recipe { budget: recipe.budget, seed: recipe.seed, ..Preset::named(value)?.recipe }
                } else {
                    recipe.with(key, value)?
                };
                let gap = if name.is_empty() { "" } else { " " };
                next.push((format!("{name}{gap}{key}={value}"), varied));
            }
        }
        all = next;
    }
    for (name, recipe) in &all {
        recipe.check().map_err(|e| format!("{name}: {e}"))?;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Budget;

    fn axis(key: &str, values: &[&str]) -> (String, Vec<String>) {
        (key.to_owned(), values.iter().map(|v| (*v).to_owned()).collect())
    }

    #[test]
    fn a_sweep_is_the_grid_of_its_axes() {
        let base = Recipe { budget: Budget::Steps(5), ..Recipe::default() };
        let grid = sweep(&base, &[axis("seed", &["1", "2"]), axis("learning_rate", &["1e-3", "0.002", "1"])]);
        let grid = grid.expect("sound");
        assert_eq!(grid.len(), 6);
        assert_eq!(grid[4].0, "seed=2 learning_rate=0.002");
        assert_eq!((grid[4].1.seed, grid[4].1.learning_rate, grid[5].1.learning_rate), (2, 0.002, 1.0));
        let presets = sweep(&base, &[axis("d_model", &["64"]), axis("preset", &["quick", "lstm"])]).expect("sound");
        assert_eq!(presets[1].0, "preset=lstm d_model=64");
        assert_eq!((presets[1].1.d_model, presets[1].1.budget), (64, Budget::Steps(5)));
        for (key, value) in [("sede", "1"), ("seed", "x"), ("preset", "none"), ("batch", "0")] {
            let said = sweep(&base, &[axis(key, &[value])]).expect_err("unsound");
            assert!(!said.is_empty() && !said.contains('\n'), "{said}");
        }
    }
}

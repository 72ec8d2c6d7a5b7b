//! A training that outlives its window: it goes on in a process of its own, and a window can watch it again
//! by what it writes into the run's folder.

use super::{Cancelled, Job, Waker};
use crate::encoding::Field;
use crate::train::standing::{points, standing};
use crate::train::{Check, Likelihood, MetricsRow, Report, Run, RunError, StepInfo, TakeAtCheck, TrainEvent};
use anyhow::{Context as _, bail};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Between two looks at the folder.
const LOOK: Duration = Duration::from_millis(500);

/// Goes on with a run in a process of its own, which nobody has to wait for.
///
/// # Errors
/// A run that is not there, or a system that starts no process.
pub fn continue_in_background(run: &Path) -> anyhow::Result<()> {
    let dir = Run::open(run)?.dir;
    let program = std::env::current_exe().context("the program does not find itself")?;
    let mut command = Command::new(program);
    command.args(["train", "--resume"]).arg(&dir);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    detach(&mut command);
    command.spawn().context("no process could be started")?;
    Ok(())
}

/// What ends the window does not end it.
#[cfg(unix)]
fn detach(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}
#[cfg(windows)]
fn detach(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const DETACHED_PROCESS: u32 = 8;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
}
#[cfg(not(any(unix, windows)))]
fn detach(_: &mut Command) {}

/// Watches a run that another process trains: the same events, as far as the folder tells. Cancelled, it
/// looks away, and the training goes on; [`Run::ask_to_stop`] ends that.
pub fn spawn_follow(run: PathBuf, waker: Waker) -> Job<TrainEvent, Report> {
    Job::spawn("follow", waker, move |control| {
        let run = Run::open(&run)?;
        let plan = run.plan()?;
        let resumed_at = run.metrics()?.last().map_or(0, |r| r.step);
        let card = crate::train::DataCard::load(&run.card_path()).unwrap_or_default();
        control.send(TrainEvent::Started {
            steps: plan.steps,
            parameters: 0,
            train_notes: card.train_notes,
            valid_notes: card.valid_notes,
            baselines: run.baselines()?.unwrap_or_default(),
            resumed_at,
        });
        let mut seen = 0;
        let mut takes: HashSet<PathBuf> = HashSet::new();
        // A process that was just started needs a moment for its claim.
        let mut patience = 20;
        loop {
            if control.is_cancelled() {
                return Err(Cancelled.into());
            }
            let busy = run.is_busy();
            let rows = run.metrics().unwrap_or_default();
            // Taken back, or written anew: what was seen is no guide.
            seen = seen.min(rows.len());
            for i in seen..rows.len() {
                // All of them: a curve with gaps, smoothed over what is left, would be another curve.
                events(&rows, i, plan.steps).into_iter().for_each(|e| control.send(e));
            }
            seen = rows.len();
            for path in takes_of(&run) {
                if takes.insert(path.clone()) {
                    take_at_check(path, &rows).into_iter().for_each(|e| control.send(e));
                }
            }
            if let Some(report) = run.report()?.filter(|_| !busy) {
                return Ok(report);
            }
            patience = if busy { 4 } else { patience - 1 };
            if !run.dir.is_dir() {
                return Err(RunError::Gone { path: run.dir }.into());
            }
            if patience == 0 {
                bail!("nobody trains it any more; it can be resumed: {}", run.dir.display());
            }
            std::thread::sleep(LOOK);
        }
    })
}

/// The takes that lie in the folder, by name: in the order of their steps.
fn takes_of(run: &Run) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(run.takes_path()).into_iter().flatten().flatten().map(|e| e.path());
    let mut takes: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "mid")).collect();
    takes.sort();
    takes
}

/// A take, where its name tells of which check it is.
fn take_at_check(path: PathBuf, rows: &[MetricsRow]) -> Option<TrainEvent> {
    let step = path.file_stem()?.to_str()?.strip_prefix("step-")?.parse().ok()?;
    let checks = rows.iter().filter(|r| r.valid && r.step <= step);
    let best = checks.min_by(|a, b| a.nats_per_note.total_cmp(&b.nats_per_note)).is_some_and(|r| r.step == step);
    // How many notes and how long it took, the folder does not tell.
    Some(TrainEvent::Take(TakeAtCheck { step, path, notes: 0, seconds: 0.0, best }))
}

/// What a row says.
fn events(rows: &[MetricsRow], i: usize, steps: u64) -> Vec<TrainEvent> {
    let r = &rows[i];
    if r.valid {
        let earlier = rows[..i].iter().filter(|e| e.valid).map(|e| e.nats_per_note);
        let best = earlier.fold(f64::INFINITY, f64::min) > r.nats_per_note;
        let known = points(&rows[..=i]);
        // Per note is all that is known: one note stands for them.
        let tonic = r.nats_per_note - r.fields.iter().take(Field::Velocity as usize).sum::<f64>();
        let network = r.network.map(|nats| nats - tonic).into_iter().collect();
        let likelihood = Likelihood { notes: 1, sums: r.fields.clone(), hits: Vec::new(), ends: 0, tonic, network };
        return vec![TrainEvent::Checked(Check {
            step: r.step,
            epoch: r.epoch,
            seconds: r.seconds,
            likelihood,
            best,
            train_nats: known.last().and_then(|p| p.train),
            standing: standing(&known),
        })];
    }
    let per_step = r.seconds / r.step.max(1) as f64;
    vec![TrainEvent::Step(StepInfo {
        step: r.step,
        epoch: r.epoch,
        nats_per_note: r.nats_per_note,
        fields: r.fields.clone(),
        learning_rate: r.learning_rate,
        // Not told by the folder, as are the next two.
        notes_per_sec: 0.0,
        seconds: r.seconds,
        seconds_left: steps.saturating_sub(r.step) as f64 * per_step,
        memory: None,
        saving: 0.0,
    })]
}

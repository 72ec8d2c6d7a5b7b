//! Training as a job: pieces are read, split and encoded, then the trainer runs; a take is written at
//! every check. Cancelled, it ends as done with everything kept; "discard" is its owner deleting the folder.

use super::desktop::Awake;
use super::{Control, Job, Source, Waker, changed, source, takes};
use crate::model::{Checkpoint, Compute};
use crate::train::run::ModelInfo;
use crate::train::transfer;
use crate::train::{
    Command, DataSet, Keeping, Recipe, Report, Run, TrainError, TrainEvent, Watch, resume_with, train_with,
};
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

/// A training, as the window and the command line ask for it.
#[derive(Clone, Debug)]
pub enum TrainRequest {
    New {
        source: Source,
        recipe: Box<Recipe>,
        compute: Compute,
        from: Option<PathBuf>,
        out: PathBuf,
        care: Care,
    },
    /// On the device that it was begun on, where none is named.
    Resume {
        run: PathBuf,
        compute: Option<Compute>,
        care: Care,
    },
}

/// What goes on around a training and changes nothing of what it comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Care {
    /// A take is written at every check.
    pub takes: bool,
    /// The computer is asked not to fall asleep.
    pub awake: bool,
    /// Time between two states on disk; `None` for as often as takes 2 % of the time at most.
    pub save_every: Option<Duration>,
}

impl Default for Care {
    fn default() -> Self {
        Self { takes: true, awake: true, save_every: None }
    }
}

impl Care {
    fn keeping(&self) -> Keeping {
        Keeping { save_every: self.save_every, ..Keeping::default() }
    }
}

/// Starts a training or goes on with one.
pub fn spawn_train(request: TrainRequest, waker: Waker) -> Job<TrainEvent, Report> {
    Job::spawn("train", waker, move |control| {
        let tell = |event| send(control, event);
        let line = Line { tell: &tell, ask: &|| order(control), cancel: control.cancel_flag() };
        match request {
            TrainRequest::Resume { run, compute, care } => go_on(&run, compute, &care, &line),
            TrainRequest::New { source, recipe, compute, from, out, care } => {
                let from = from.map(|path| start_of(&path)).transpose()?;
                let mut recipe = *recipe;
                as_before(&mut recipe, from.as_ref(), &line);
                let name = name_of(&out);
                let says = |text: String| tell(TrainEvent::Says(text));
                let data = source::data_set(&name, source, recipe.common_tonic, &says, control.cancel_flag())?;
                begin(data, &recipe, compute, from.as_ref(), &out, &care, &line)
            }
        }
    })
}

/// How a training talks to its job, whatever the job's own events are.
pub(super) struct Line<'a> {
    pub tell: &'a (dyn Fn(TrainEvent) + Sync),
    pub ask: &'a (dyn Fn() -> Command + Sync),
    pub cancel: &'a AtomicBool,
}

/// Sends an event to the owner, steps ten a second.
pub(super) fn send(control: &Control<TrainEvent>, event: TrainEvent) {
    match event {
        TrainEvent::Step(_) => control.send_thinned("step", event),
        event => control.send(event),
    }
}

/// What the owner of a job wants of it.
pub(super) fn order<E>(control: &Control<E>) -> Command {
    if control.is_cancelled() {
        Command::Stop
    } else if control.is_paused() {
        Command::Pause
    } else {
        Command::Go
    }
}

/// Trains on data that are at hand.
pub(super) fn begin(
    data: DataSet,
    recipe: &Recipe,
    compute: Compute,
    from: Option<&Checkpoint<ModelInfo>>,
    out: &Path,
    care: &Care,
    line: &Line<'_>,
) -> anyhow::Result<Report> {
    watched(line, out, care, recipe.seed, |watch| {
        Ok(train_with(data, recipe, compute, from, out, &care.keeping(), watch)?.report)
    })
}

/// Goes on with a run, having said what of its corpus has changed since.
pub(super) fn go_on(dir: &Path, compute: Option<Compute>, care: &Care, line: &Line<'_>) -> anyhow::Result<Report> {
    let run = Run::open(dir)?;
    let seed = run.plan()?.recipe.seed;
    if !run.report().is_ok_and(|r| r.is_some_and(|r| r.is_over()))
        && let Some(changes) = changed::since(&run, line.cancel)
    {
        (line.tell)(TrainEvent::Says(changes));
    }
    watched(line, dir, care, seed, |watch| Ok(resume_with(dir, compute, &care.keeping(), watch)?.report))
}

/// Runs a training with a thread beside it that writes takes, on a computer that stays awake.
fn watched(
    line: &Line<'_>,
    dir: &Path,
    care: &Care,
    seed: u64,
    body: impl FnOnce(&mut dyn Watch) -> Result<Report, TrainError>,
) -> anyhow::Result<Report> {
    let awake = care.awake.then(|| Awake::while_alive("a model is being trained"));
    if let Some(Err(sentence)) = &awake {
        (line.tell)(TrainEvent::Says(sentence.clone()));
    }
    std::thread::scope(|scope| {
        // One take waits at most: a training that checks faster than takes are written waits for them.
        let (send, receive) = sync_channel(1);
        if care.takes {
            scope.spawn(move || takes::write_all(&receive, dir, seed, line.tell, line.cancel));
        }
        let mut watch = Watcher { line, takes: care.takes.then_some(send) };
        let outcome = body(&mut watch);
        drop(watch);
        Ok(outcome?)
    })
}

struct Watcher<'a> {
    line: &'a Line<'a>,
    takes: Option<SyncSender<takes::Checked>>,
}

impl Watch for Watcher<'_> {
    fn event(&mut self, event: TrainEvent) {
        (self.line.tell)(event);
    }

    fn command(&mut self) -> Command {
        (self.line.ask)()
    }

    fn checked(&mut self, step: u64, best: bool, model: Checkpoint<ModelInfo>) {
        if let Some(takes) = &self.takes {
            // Whoever wrote takes has said why it does so no more.
            let _ = takes.send(takes::Checked { step, best, model });
        }
    }
}

fn start_of(path: &Path) -> anyhow::Result<Checkpoint<ModelInfo>> {
    Ok(Checkpoint::load(&model_file(path)?)?)
}

/// A model that is started from has its own shape, and its own way with keys.
fn as_before(recipe: &mut Recipe, from: Option<&Checkpoint<ModelInfo>>, line: &Line<'_>) {
    let Some(from) = from else { return };
    let says = |text: String| (line.tell)(TrainEvent::Says(text));
    transfer::take_shape(recipe, &from.config).into_iter().for_each(says);
    let tonic = from.info.card.common_tonic;
    if tonic != recipe.common_tonic {
        recipe.common_tonic = tonic;
        let how = if tonic { "moved to a common tonic" } else { "left in their keys" };
        says(format!("pieces are {how}, as for the model that is started from"));
    }
}

/// What a run is called.
pub(super) fn name_of(out: &Path) -> String {
    out.file_name().map_or_else(|| "model".into(), |n| n.to_string_lossy().into_owned())
}

/// The model file that a path stands for: a file as it is, a run folder's best model.
///
/// # Errors
/// Where neither is there.
pub fn model_file(path: &Path) -> anyhow::Result<PathBuf> {
    if path.is_file() {
        return Ok(path.to_owned());
    }
    super::bundled::provide(path)?;
    let best = Run::open(path).with_context(|| "no model there")?.best_path();
    if !best.is_file() {
        bail!("this run has no model yet, it was stopped before its first check: {}", path.display());
    }
    Ok(best)
}

//! Training as a job: pieces are read, split and encoded, then the trainer runs.
//! Cancelled, it ends as done with everything kept; "discard" is its owner deleting the folder.

use super::{Control, Job, Waker};
use crate::corpus::{self, ImportOptions, Library, Piece};
use crate::model::{Checkpoint, Compute};
use crate::train::run::ModelInfo;
use crate::train::transfer;
use crate::train::{Command, DataSet, Recipe, Report, Run, TrainEvent, resume, train};
use anyhow::{Context as _, bail};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the pieces come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Folders to read; those of `valid`, where given, are held out instead of a part of the first.
    Folders { train: Vec<PathBuf>, valid: Vec<PathBuf>, options: ImportOptions },
    /// A library that is read already, and which of its pieces to take.
    Library { library: Arc<Library>, pieces: Vec<usize> },
}

/// A training, as the window and the command line ask for it.
#[derive(Clone, Debug)]
pub enum TrainRequest {
    New { source: Source, recipe: Box<Recipe>, compute: Compute, from: Option<PathBuf>, out: PathBuf },
    Resume { run: PathBuf },
}

/// Starts a training or goes on with one.
pub fn spawn_train(request: TrainRequest, waker: Waker) -> Job<TrainEvent, Report> {
    Job::spawn("train", waker, move |control| match request {
        TrainRequest::Resume { run } => Ok(resume(&run, &mut Watch(control))?.report),
        TrainRequest::New { source, recipe, compute, from, out } => {
            let name = out.file_name().map_or_else(|| "model".into(), |n| n.to_string_lossy().into_owned());
            let from =
                from.map(|path| model_file(&path).and_then(|f| Ok(Checkpoint::<ModelInfo>::load(&f)?))).transpose()?;
            let mut recipe = recipe;
            if let Some(tonic) = from.as_ref().map(|f| f.info.card.common_tonic).filter(|t| *t != recipe.common_tonic) {
                recipe.common_tonic = tonic;
                let how = if tonic { "moved to a common tonic" } else { "left in their keys" };
                control.send(TrainEvent::Says(format!("pieces are {how}, as for the model that is started from")));
            }
            if let Some(from) = &from {
                transfer::take_shape(&mut recipe, &from.config)
                    .into_iter()
                    .for_each(|says| control.send(TrainEvent::Says(says)));
            }
            let data = data_set(&name, source, recipe.common_tonic, control)?;
            Ok(train(data, &recipe, compute, from.as_ref(), &out, &mut Watch(control))?.report)
        }
    })
}

struct Watch<'a>(&'a Control<TrainEvent>);

impl crate::train::Watch for Watch<'_> {
    fn event(&mut self, event: TrainEvent) {
        match event {
            TrainEvent::Step(_) => self.0.send_thinned("step", event),
            event => self.0.send(event),
        }
    }

    fn command(&mut self) -> Command {
        if self.0.is_cancelled() {
            Command::Stop
        } else if self.0.is_paused() {
            Command::Pause
        } else {
            Command::Go
        }
    }
}

fn data_set(name: &str, source: Source, common_tonic: bool, control: &Control<TrainEvent>) -> anyhow::Result<DataSet> {
    let says = |text: String| control.send(TrainEvent::Says(text));
    match source {
        Source::Library { library, pieces } => {
            let pieces: Vec<Piece> = pieces.iter().map(|i| library.pieces[*i].clone()).collect();
            Ok(DataSet::from_split(name, &pieces, &corpus::split(&pieces, 10), common_tonic))
        }
        Source::Folders { train, valid, options } => {
            // Read together, so that near-copies are found across the two.
            let folders: Vec<PathBuf> = train.iter().chain(&valid).cloned().collect();
            let library = corpus::import(&folders, &options, &|_| {}, control.cancel_flag());
            control.checkpoint()?;
            let (files, c) = (library.rows.len(), library.counts());
            if let Some(problem) = library.cache.as_ref().and_then(|c| c.problem.clone()) {
                says(problem);
            }
            says(format!("{files} files read: {} used, {} repaired, {} left out", c.used, c.repaired, c.left_out));
            if library.pieces.is_empty() {
                bail!("nothing to train on: none of {files} files could be used (cadenza import says why)");
            }
            if valid.is_empty() {
                return Ok(DataSet::from_split(
                    name,
                    &library.pieces,
                    &corpus::split(&library.pieces, 10),
                    common_tonic,
                ));
            }
            let (held, learned): (Vec<&Piece>, Vec<&Piece>) =
                library.pieces.iter().partition(|p| valid.iter().any(|v| p.path.starts_with(v)));
            let held_families: BTreeSet<u32> = held.iter().map(|p| p.family).collect();
            let (copies, learned): (Vec<&Piece>, Vec<&Piece>) =
                learned.into_iter().partition(|p| held_families.contains(&p.family));
            if !copies.is_empty() {
                says(format!("{} pieces have a near-copy among those held out: they are not trained on", copies.len()));
            }
            Ok(DataSet::new(name, &learned, &held, common_tonic))
        }
    }
}

/// The model file that a path stands for: a file as it is, a run folder's best model.
///
/// # Errors
/// Where neither is there.
pub fn model_file(path: &Path) -> anyhow::Result<PathBuf> {
    if path.is_file() {
        return Ok(path.to_owned());
    }
    let best = Run::open(path).with_context(|| "no model there")?.best_path();
    if !best.is_file() {
        bail!("this run has no model yet, it was stopped before its first check: {}", path.display());
    }
    Ok(best)
}

//! A take at every check of a training, always from the same seed, so that one hears the model change.

use crate::files::write_atomic;
use crate::generate::{Generator, Settings};
use crate::midi;
use crate::model::Checkpoint;
use crate::train::run::ModelInfo;
use crate::train::{Run, TakeAtCheck, TrainEvent};
use anyhow::Context as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Receiver;

/// Length of a take.
const BARS: u32 = 8;

/// A model to hear.
pub(super) struct Checked {
    pub step: u64,
    pub best: bool,
    pub model: Checkpoint<ModelInfo>,
}

/// Writes a take of each model that comes, until none comes any more. What goes wrong is said once and
/// ends it: a training does not need takes.
pub(super) fn write_all(
    models: &Receiver<Checked>,
    dir: &Path,
    seed: u64,
    tell: &(dyn Fn(TrainEvent) + Sync),
    cancel: &AtomicBool,
) {
    for checked in models {
        let written = catch_unwind(AssertUnwindSafe(|| write(checked, dir, seed, cancel)));
        match written {
            Ok(Ok(Some(take))) => tell(TrainEvent::Take(take)),
            Ok(Ok(None)) => {}
            Ok(Err(e)) => return tell(TrainEvent::Says(format!("no takes are written at the checks any more: {e:#}"))),
            Err(_) => {
                let text = "no takes are written at the checks any more: a fault in the program";
                return tell(TrainEvent::Says(text.to_owned()));
            }
        }
    }
}

/// `None` where it was cancelled before the take was whole.
fn write(checked: Checked, dir: &Path, seed: u64, cancel: &AtomicBool) -> anyhow::Result<Option<TakeAtCheck>> {
    let Checked { step, best, model } = checked;
    let run = Run::open(dir)?;
    let path = run.takes_path().join(format!("step-{step:06}.mid"));
    let card = model.info.card.clone();
    let generator = Generator::of(&model, card, &path)?;
    let settings = Settings { bars: BARS, seed, ..Settings::default() };
    let take = generator.take(&settings, None, cancel, &mut |_| {})?;
    if take.stopped {
        return Ok(None);
    }
    let (bytes, _) = midi::write(&take.score);
    write_atomic(&path, &bytes).with_context(|| format!("could not write {}", path.display()))?;
    Ok(Some(TakeAtCheck { step, path, notes: take.notes.len(), seconds: take.seconds, best }))
}

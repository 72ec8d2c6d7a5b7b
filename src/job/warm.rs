//! What was used last, kept ready for the next time: a model, and the training pieces that its takes are
//! compared with. A click on Generate then pays for neither. A file that has changed is read again.

use super::bundled;
use super::originality::Originality;
use super::train::model_file;
use crate::generate::Generator;
use crate::train::{DataSet, Run};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Shared by all jobs of one owner; clones hold the same things.
#[derive(Clone, Default)]
pub struct Warm(Arc<Kept>);

#[derive(Default)]
struct Kept {
    generator: Slot<Arc<Generator>>,
    originality: Slot<Option<Arc<Originality>>>,
}

/// One thing, and the file it was made from. Whoever asks while it is being made waits for it.
struct Slot<T>(Mutex<Option<(FileStamp, T)>>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

/// A file as it was: path, length, time of change.
#[derive(Clone, PartialEq, Eq)]
struct FileStamp(PathBuf, u64, Option<SystemTime>);

impl Warm {
    /// The model of a run folder or a model file.
    ///
    /// # Errors
    /// No model there, or one that cannot be used.
    pub fn generator(&self, model: &Path) -> anyhow::Result<Arc<Generator>> {
        let file = model_file(model)?;
        self.0.generator.get(&file, || {
            let generator = with_meters(Generator::load(&file)?, model);
            // Takes and receipts name it so that it is found again.
            Ok(Arc::new(match bundled::called(model) {
                Some(name) => generator.called(&name),
                None => generator,
            }))
        })
    }

    /// The training pieces of a model, where its run folder still holds them.
    pub fn originality(&self, model: &Path) -> Option<Arc<Originality>> {
        bundled::provide(model).ok()?;
        let data = Run::open(model).ok()?.data_path();
        self.0.originality.get(&data, || Ok(Originality::of_run(model).map(Arc::new))).ok()?
    }
}

/// A model from before cards said meters is told them by the pieces of its run, where they are at hand.
fn with_meters(generator: Generator, model: &Path) -> Generator {
    if !generator.card().meters.is_empty() {
        return generator;
    }
    let data = Run::open(model).ok().and_then(|run| DataSet::load(&run.data_path()).ok());
    match data {
        Some(data) => generator.with_meters_of(data.train.iter().flat_map(|s| &s.events)),
        None => generator,
    }
}

impl<T: Clone> Slot<T> {
    fn get(&self, file: &Path, make: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        let about = std::fs::metadata(file).ok();
        let changed = about.as_ref().and_then(|m| m.modified().ok());
        let stamp = FileStamp(file.to_owned(), about.map_or(0, |m| m.len()), changed);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((of, thing)) if *of == stamp => Ok(thing.clone()),
            _ => {
                let thing = make()?;
                *kept = Some((stamp, thing.clone()));
                Ok(thing)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_made_once_until_its_file_changes() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let file = dir.path().join("model");
        std::fs::write(&file, b"one").expect("writes");
        let slot = Slot::default();
        let get = |n: u32| slot.get(&file, || Ok(n)).expect("is made");
        assert_eq!((get(1), get(2)), (1, 1));
        std::fs::write(&file, b"another").expect("writes");
        assert_eq!((get(3), get(4)), (3, 3));
        let failed = slot.get(&dir.path().join("other"), || anyhow::bail!("no"));
        assert!(failed.is_err() && get(5) == 3, "what is there stays");
    }
}

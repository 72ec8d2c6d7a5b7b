//! What became of a run's corpus since it began. The run goes on with the pieces as they were: it has its
//! own copy. But whoever resumes it should know.

use crate::corpus::scan::scan;
use crate::train::{DataCard, Run};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// A sentence, where something has changed; `None` too for runs that do not know their files.
pub(super) fn since(run: &Run, cancel: &AtomicBool) -> Option<String> {
    let card = DataCard::load(&run.card_path()).ok()?;
    let files: BTreeMap<&Path, &str> = card.pieces.iter().map(|p| (p.path.as_path(), p.hash.as_str())).collect();
    let files: Vec<(&Path, &str)> = files.into_iter().filter(|(path, _)| path.is_absolute() || path.exists()).collect();
    let fates: Vec<Fate> = files.par_iter().map(|(path, hash)| fate(path, hash, cancel)).collect();
    if cancel.load(Ordering::Relaxed) {
        return None;
    }
    let count = |fate| fates.iter().filter(|f| **f == fate).count();
    let (gone, other) = (count(Fate::Gone), count(Fate::Changed));
    let now = scan(&card.folders, &|_| {}, cancel).len();
    let new = if card.files > 0 { (now + gone).saturating_sub(card.files) } else { 0 };
    let mut parts = Vec::new();
    let mut say = |n: usize, what: &str| {
        if n > 0 {
            parts.push(format!("{n} {what}"));
        }
    };
    say(gone, "gone");
    say(other, "changed");
    say(new, "new");
    let what = parts.join(", ");
    (!what.is_empty()).then(|| {
        format!("the corpus is not what it was when this run began (files: {what}): the run goes on with the pieces it has kept")
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Same,
    Changed,
    Gone,
}

fn fate(path: &Path, hash: &str, cancel: &AtomicBool) -> Fate {
    if cancel.load(Ordering::Relaxed) {
        return Fate::Same;
    }
    match std::fs::read(path) {
        Ok(bytes) if blake3::hash(&bytes).to_hex().as_str() == hash => Fate::Same,
        Ok(_) => Fate::Changed,
        // A file in an archive: it is there as long as the archive is.
        Err(_) if path.ancestors().skip(1).any(Path::is_file) => Fate::Same,
        Err(_) => Fate::Gone,
    }
}

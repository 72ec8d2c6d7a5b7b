//! Any takes judged against any corpus, with the pieces that a run held out beside them.

use super::takes::{Judged, judge};
use super::{Job, Waker, Written, scores_of};
use crate::corpus::{self, ImportOptions};
use crate::job::Originality;
use crate::music::Score;
use crate::train::{DataSet, Run};
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which takes, and what to compare them with.
#[derive(Clone, Debug)]
pub struct TakesRequest {
    /// A run folder: what it learned from decides what is a copy, what it held out what is usual.
    pub run: PathBuf,
    /// A folder of MIDI files, or one.
    pub takes: PathBuf,
    pub corpus: Vec<PathBuf>,
    pub options: ImportOptions,
}

/// Judges takes; events say what it is at.
pub fn spawn_takes_report(request: TakesRequest, waker: Waker) -> Job<&'static str, Judged> {
    Job::spawn("report", waker, move |control| {
        let mut remarks = Vec::new();
        let takes = read_takes(&request.takes, &mut remarks)?;
        control.send("reading the corpus");
        let library = corpus::import(&request.corpus, &request.options, &|_| {}, control.cancel_flag());
        control.checkpoint()?;
        if library.pieces.is_empty() {
            bail!("nothing to compare with: none of {} files could be used", library.rows.len());
        }
        let left_out = library.counts().left_out;
        if left_out > 0 {
            remarks.push(format!("{left_out} files of the corpus are left out (cadenza import says why)."));
        }
        let pieces = library.pieces.iter().map(corpus::Piece::score).collect::<Result<Vec<Arc<Score>>, _>>()?;
        control.send("comparing");
        let data =
            Run::open(&request.run).map_err(anyhow::Error::from).and_then(|r| Ok(DataSet::load(&r.data_path())?));
        let mut judged = match data {
            Ok(data) => {
                let held_out = scores_of(&data.valid);
                judge(&takes, &Originality::of_data(&data), &held_out, &pieces)
            }
            // A model that was sent without its run.
            Err(e) => {
                remarks.push(format!(
                    "The pieces that the model learned from are not at hand ({e}): the corpus stands for them."
                ));
                let (titles, families): (Vec<_>, Vec<_>) =
                    library.pieces.iter().map(|p| (p.title.clone(), Some(p.family))).unzip();
                judge(&takes, &Originality::new(&pieces, titles, &families, Vec::new()), &[], &pieces)
            }
        };
        control.checkpoint()?;
        remarks.append(&mut judged.remarks);
        judged.remarks = remarks;
        Ok(judged)
    })
}

/// The MIDI files of a folder, in the order of their names. What cannot be read is a remark.
fn read_takes(path: &Path, remarks: &mut Vec<String>) -> anyhow::Result<Vec<Written>> {
    let is_midi =
        |p: &PathBuf| p.extension().is_some_and(|e| ["mid", "midi"].iter().any(|m| e.eq_ignore_ascii_case(m)));
    let mut files = if path.is_dir() {
        let entries = std::fs::read_dir(path).with_context(|| format!("could not read {}", path.display()))?;
        entries.flatten().map(|e| e.path()).filter(is_midi).collect()
    } else {
        vec![path.to_owned()]
    };
    files.sort();
    let mut takes = Vec::new();
    for file in files {
        let bytes = std::fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
        match crate::midi::read(&bytes) {
            Ok((score, _)) => takes.push(Written { file, score, ..Written::default() }),
            Err(e) => remarks.push(format!("This take could not be read ({e}): {}", file.display())),
        }
    }
    if takes.is_empty() {
        bail!("no take is there (.mid): {}", path.display());
    }
    Ok(takes)
}

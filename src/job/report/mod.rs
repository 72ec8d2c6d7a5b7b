//! The report card as a job: what the run's best model makes of pieces it has never seen, eight takes
//! by it, and both judged. Kept in the run's folder with a page that anybody can open.
//!
//! [`takes`] judges takes, [`against`] those of anybody, [`page`] and [`pictures`] draw the page. Nothing of training is
//! touched: a report can be made again at any time.

mod against;
mod page;
mod pictures;
mod takes;

use super::originality::score_of;
use super::{Cancelled, Job, Originality, Waker};
use crate::corpus::style;
use crate::files::write_atomic;
use crate::generate::{Generator, Settings};
use crate::model::Compute;
use crate::music::Score;
use crate::train::baselines::{MOST, enough};
use crate::train::counting::count;
use crate::train::evaluate::each_of;
use crate::train::report_card::{self, HeldOut, ReportCard, VERSION};
use crate::train::{DataSet, Run, Sequence};
pub use against::{TakesRequest, spawn_takes_report};
use anyhow::Context as _;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
pub use takes::{Judged, judge};

/// What a report is made with.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportOptions {
    pub takes: u64,
    pub bars: u32,
    /// Of the first take; the others count up.
    pub seed: u64,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self { takes: 8, bars: 16, seed: 1 }
    }
}

/// Makes the report of a run; events say what it is at.
pub fn spawn_report(run: PathBuf, options: ReportOptions, waker: Waker) -> Job<&'static str, ReportCard> {
    Job::spawn("report", waker, move |control| {
        make_report(&run, &options, &mut |says| control.send(says), control.cancel_flag())
    })
}

/// Makes the report of a run and keeps it there.
///
/// # Errors
/// A run without a model or data, a disk that is full; [`Cancelled`].
pub fn make_report(
    dir: &Path,
    options: &ReportOptions,
    says: &mut dyn FnMut(&'static str),
    cancel: &AtomicBool,
) -> anyhow::Result<ReportCard> {
    let go_on = || if cancel.load(Ordering::Relaxed) { Err(Cancelled) } else { Ok(()) };
    let run = Run::open(dir)?;
    let data = DataSet::load(&run.data_path())?;
    let name = dir.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let mut card = ReportCard {
        version: VERSION,
        name,
        training: run.report()?.unwrap_or_default(),
        train_pieces: data.train.len(),
        train_notes: data.n_train_notes(),
        style_bars: options.bars,
        ..ReportCard::default()
    };
    says("measuring held-out pieces");
    match held_out(&run, &data, cancel, &mut card.remarks)? {
        Some(measured) => card.held_out = Some(measured),
        None => card.remarks.push("Nothing was held out: there is no likelihood to report.".to_owned()),
    }
    go_on()?;
    says("writing takes");
    let written = write_takes(&run, options, cancel)?;
    go_on()?;
    says("comparing with the corpus");
    let (train, valid) = (scores_of(&data.train), scores_of(&data.valid));
    let judged = judge(&written, &Originality::of_data(&data), &valid, &train);
    go_on()?;
    card.remarks.extend(judged.remarks);
    (card.takes, card.originality, card.style) = (judged.takes, judged.originality, judged.style);
    for (row, take) in card.takes.iter_mut().zip(&written) {
        (row.seed, row.mean_nats) = (take.seed, take.mean_nats);
    }
    let rolls: Vec<&Score> = written.iter().map(|t| &t.score).collect();
    let page = page::html(&card, &run.metrics()?, &rolls);
    let path = ReportCard::page(dir);
    write_atomic(&path, page.as_bytes()).with_context(|| format!("could not write {}", path.display()))?;
    let path = ReportCard::path(dir);
    let numbers = serde_json::to_vec_pretty(&card)?;
    write_atomic(&path, &numbers).with_context(|| format!("could not write {}", path.display()))?;
    Ok(card)
}

fn scores_of(pieces: &[Sequence]) -> Vec<Arc<Score>> {
    pieces.par_iter().map(|s| Arc::new(score_of(s))).collect()
}

/// `None` where nothing is held out.
fn held_out(
    run: &Run,
    data: &DataSet,
    cancel: &AtomicBool,
    remarks: &mut Vec<String>,
) -> anyhow::Result<Option<HeldOut>> {
    let valid = enough(&data.valid);
    if valid.is_empty() {
        return Ok(None);
    }
    if valid.len() < data.valid.len() {
        let text = format!("Likelihood is measured on {} of {} held-out pieces.", valid.len(), data.valid.len());
        remarks.push(text);
    }
    if data.n_train_notes() > MOST {
        remarks.push(format!("The n-gram line is counted on {MOST} notes of {}.", data.n_train_notes()));
    }
    let best = run.best()?;
    let device = Compute::Cpu.open()?;
    let model = best.predictor(&device, &run.best_path())?;
    let n_fields = best.config.fields.len();
    let terms = each_of(&model, &best.config, valid, &device, cancel).ok_or(Cancelled)?;
    let ngram = count(&data.train, n_fields, 0, MOST, |_| !cancel.load(Ordering::Relaxed)).ok_or(Cancelled)?;
    let styles = styles(valid, remarks);
    Ok(Some(report_card::held_out::held_out(&data.train, valid, &styles, &terms, &ngram, n_fields)))
}

/// The style of each piece: the folder below the one that was added. Runs of earlier versions did not
/// note it: there it is the first folder in which the pieces differ.
fn styles(pieces: &[Sequence], remarks: &mut Vec<String>) -> Vec<String> {
    let mut styles: Vec<String> = pieces.iter().map(|s| s.folder.clone()).collect();
    if styles.iter().all(String::is_empty) {
        let parts = |s: &Sequence| -> Vec<String> {
            let parent = s.path.parent().into_iter().flat_map(Path::iter);
            parent.map(|part| part.to_string_lossy().into_owned()).collect()
        };
        let folders: Vec<Vec<String>> = pieces.iter().map(parts).collect();
        let first = folders.first().cloned().unwrap_or_default();
        let common =
            folders.iter().fold(first.len(), |n, f| first.iter().zip(f).take(n).take_while(|(a, b)| a == b).count());
        styles = folders.iter().map(|f| f.get(common).cloned().unwrap_or_default()).collect();
    }
    if styles.iter().all(|s| *s == styles[0]) {
        remarks.push("The pieces have one style alone (styles are folders below the one that was added).".to_owned());
    }
    styles
}

/// A take that is to be judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// Where it lies, as a report names it.
    pub file: PathBuf,
    pub score: Score,
    pub seed: Option<u64>,
    pub mean_nats: Option<f64>,
}

/// Takes by the best model, kept beside the card.
fn write_takes(run: &Run, options: &ReportOptions, cancel: &AtomicBool) -> anyhow::Result<Vec<Written>> {
    let folder = run.dir.join("report");
    std::fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let generator = Generator::load(&run.best_path())?;
    let settings = Settings { bars: options.bars, seed: options.seed, ..Settings::default() };
    let write = |n: u64| -> anyhow::Result<Written> {
        let settings = settings.for_take(n);
        let take = generator.take(&settings, None, cancel, &mut |_| {})?;
        let file = PathBuf::from("report").join(format!("take-{}.mid", n + 1));
        let path = run.dir.join(&file);
        let bytes = crate::midi::write(&take.score).0;
        write_atomic(&path, &bytes).with_context(|| format!("could not write {}", path.display()))?;
        let mean_nats = (!take.notes.is_empty()).then(|| take.mean_nats());
        Ok(Written { file, seed: Some(settings.seed), mean_nats, score: take.score })
    };
    (0..options.takes).into_par_iter().map(write).collect()
}

/// How many bars the takes have at the median: what other pieces are cut to.
fn usual_bars(takes: &[Written]) -> i64 {
    let mut bars: Vec<i64> = takes.iter().map(|t| takes::bars(&t.score)).collect();
    bars.sort_unstable();
    bars.get(bars.len() / 2).copied().unwrap_or(16).max(1)
}

/// Pieces cut to so many bars; those of nothing are gone.
fn cut(pieces: &[Arc<Score>], bars: i64) -> Vec<Score> {
    pieces.par_iter().map(|s| style::first_bars(s, bars)).filter(|s| s.n_notes() > 0).collect()
}

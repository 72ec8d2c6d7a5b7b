//! How much the notes around help: the likelihood of true bars given both sides against that of the past
//! alone, and of a voice given the others against the voice by itself. Exact, by the notes of the region
//! and its closing; velocity apart, as everywhere.

use super::batches::put;
use super::data::Sequence;
use super::tasks::{OpenWindow, Tasks, Told, bar_line, put_opened};
use crate::encoding::region::{bars_of, opened};
use crate::encoding::{Field, Part, Region};
use crate::model::batch::Inputs;
use crate::model::init::Dropout;
use crate::model::{Batch, ModelConfig, NoteModel, ops};
use burn::tensor::{Device, Tensor, activation};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bars of a region that is measured, and regions a piece at most.
const BARS: u32 = 4;
const REGIONS: usize = 4;

/// Regions of a kind that are measured at most, evenly over all pieces.
const MOST: usize = 128;

/// Rows computed together.
const ROWS: usize = 8;

/// Notes of the same regions under two conditions, in nats per note.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    pub regions: usize,
    pub notes: usize,
    /// Told less: the past alone; the voice by itself.
    pub without: f64,
    /// Told more: both sides; the other voices.
    pub with: f64,
}

/// What a model of given notes makes of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Infilled {
    /// Four bars of all voices, with both sides given, against left to right.
    pub bars: Compared,
    /// One voice throughout, with the others given, against with nothing given.
    pub voices: Compared,
}

/// What is measured of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// Left to right, what comes after being unknown.
    Plain,
    /// The notes outside the region given, or nothing.
    Open { given: bool },
}

/// A region of some stretch of a sequence.
struct Job<'a> {
    s: &'a Sequence,
    bars: &'a [u32],
    /// Notes (without END) that are looked at.
    stretch: Range<usize>,
    region: Region,
}

/// Measures regions of every piece; `None` where `cancel` was set, or the network knows no given notes.
pub fn measure(
    model: &NoteModel,
    config: &ModelConfig,
    sequences: &[Sequence],
    device: &Device,
    cancel: &AtomicBool,
) -> Option<Infilled> {
    if config.groups == 0 {
        return None;
    }
    let bars: Vec<Vec<u32>> = sequences.iter().map(|s| bars_of(&s.events)).collect();
    let all = || sequences.iter().zip(&bars).map(|(s, bars)| (s, bars.as_slice()));
    let some_bars: Vec<Job<'_>> = all().flat_map(|(s, bars)| of_bars(s, bars, config.window)).collect();
    let some_voices: Vec<Job<'_>> = all().flat_map(|(s, bars)| of_voices(s, bars, config.window)).collect();
    let (some_bars, some_voices) = (thinned(some_bars), thinned(some_voices));
    let nats = |jobs: &[Job<'_>], asked| likelihood(model, config, jobs, asked, device, cancel);
    let compared = |jobs: &[Job<'_>], without| {
        let (without, with) = (nats(jobs, without)?, nats(jobs, Asked::Open { given: true })?);
        let notes: usize = jobs.iter().map(|job| (0..job.stretch.len()).filter(|i| job.holds(*i)).count()).sum();
        let per_note = |sum: f64| sum / notes.max(1) as f64;
        Some(Compared { regions: jobs.len(), notes, without: per_note(without), with: per_note(with) })
    };
    Some(Infilled {
        bars: compared(&some_bars, Asked::Plain)?,
        voices: compared(&some_voices, Asked::Open { given: false })?,
    })
}

fn thinned(jobs: Vec<Job<'_>>) -> Vec<Job<'_>> {
    let step = jobs.len().div_ceil(MOST).max(1);
    jobs.into_iter().step_by(step).collect()
}

/// Stretches of four bars, evenly over a piece, each in the middle of as much as a window holds.
fn of_bars<'a>(s: &'a Sequence, bars: &'a [u32], window: usize) -> Vec<Job<'a>> {
    let n = s.n_notes();
    let Some(n_bars) = bars[..n].last().map(|b| b + 1).filter(|n| *n >= 3 * BARS) else { return Vec::new() };
    let places = REGIONS.min((n_bars / BARS) as usize - 2);
    let mut out = Vec::new();
    for i in 0..places {
        let from = (i as u32 + 1) * (n_bars - BARS) / (places as u32 + 1);
        let first = bars[..n].partition_point(|b| *b < from);
        let past = bars[..n].partition_point(|b| *b < from + BARS);
        // A region is told from a bar line, which a note must tell; and what is to come must be known.
        if first >= past || bars[first] != from || past >= n || past - first > window / 2 {
            continue;
        }
        let around = window - 1 - (past - first);
        let begin = first.saturating_sub(around / 2);
        let end = n.min(past + around - (first - begin));
        out.push(Job { s, bars, stretch: begin..end, region: Region { from, to: from + BARS, open: u32::MAX } });
    }
    out
}

/// Each voice of the first window of a piece of several.
fn of_voices<'a>(s: &'a Sequence, bars: &'a [u32], window: usize) -> Vec<Job<'a>> {
    let n = s.n_notes().min(window - 1);
    let slots = s.events[..n].iter().map(|e| e.fields[Field::Voice as usize].min(31));
    let present = slots.fold(0u32, |all, slot| all | 1 << slot);
    let Some(to) = bars[..n].last().map(|b| b + 1).filter(|_| present.count_ones() > 1) else { return Vec::new() };
    let voices = (0..32).map(|slot| 1u32 << slot).filter(|slot| present & slot > 0);
    voices.map(|open| Job { s, bars, stretch: 0..n, region: Region { from: bars[0], to, open } }).collect()
}

impl Job<'_> {
    /// Whether the i-th note of the stretch lies in the region.
    fn holds(&self, i: usize) -> bool {
        let at = self.stretch.start + i;
        self.region.holds(self.bars[at], self.s.events[at].fields[Field::Voice as usize])
    }
}

/// −ln p of the regions' notes and of nothing more in them, in all.
fn likelihood(
    model: &NoteModel,
    config: &ModelConfig,
    jobs: &[Job<'_>],
    asked: Asked,
    device: &Device,
    cancel: &AtomicBool,
) -> Option<f64> {
    let tasks = Tasks::plain(config);
    let n_fields = config.fields.len();
    let mut total = 0.0;
    for jobs in jobs.chunks(ROWS) {
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        // A position for each note, and one for END or what comes next.
        let len = jobs.iter().map(|job| job.stretch.len() + 1).max().unwrap_or(0);
        let mut batch = tasks.batch(jobs.len(), len, n_fields);
        let mut closings = Vec::new();
        for (row, job) in jobs.iter().enumerate() {
            match asked {
                Asked::Plain => closings.push(put_plain(&mut batch, row, job)),
                Asked::Open { given } => put_region(&mut batch, row, job, &tasks, given),
            }
        }
        total += nats(model, config, &batch, &closings, device);
    }
    Some(total)
}

fn put_region(batch: &mut Batch, row: usize, job: &Job<'_>, tasks: &Tasks, given: bool) {
    let (events, bars) = (&job.s.events[job.stretch.clone()], &job.bars[job.stretch.clone()]);
    let Some((start, meter)) = bar_line(events, bars, job.region.from) else { return };
    let part = |i: usize| match (job.holds(i), given) {
        (true, _) => Part::Target,
        (_, true) => Part::Given,
        (_, false) => Part::Hidden,
    };
    // All voices are those that the piece has.
    let present = events.iter().fold(0u32, |all, e| all | 1 << e.fields[Field::Voice as usize].min(31));
    let region = Region { open: job.region.open & present, ..job.region };
    let all = opened(events, bars, region, (start, meter), part);
    let window = OpenWindow { tasks, region, start, meter, origin: events[0].onset, lift: 0, told: Told::default() };
    put_opened(batch, row, 0, &all, &window);
}

/// The past and the region; where in the batch, and with how many bars, the next note leads past it.
fn put_plain(batch: &mut Batch, row: usize, job: &Job<'_>) -> (usize, usize) {
    let inside: Vec<usize> = job.stretch.clone().filter(|i| job.holds(i - job.stretch.start)).collect();
    let (first, past) = (inside[0], inside[inside.len() - 1] + 1);
    put(batch, row, 0, job.s, job.stretch.start..past + 1, 0, first..past);
    let left = job.region.to - job.bars[past - 1];
    (row * batch.len + past - job.stretch.start, left as usize)
}

/// The nats of what counts in a batch, and of the next note's leading on by so many bars at least.
fn nats(model: &NoteModel, config: &ModelConfig, batch: &Batch, closings: &[(usize, usize)], device: &Device) -> f64 {
    let inputs = Inputs::new(batch, config, device);
    let sums = model.chain(&inputs, config, &mut Dropout::new(0, 0, 0.0), |f, logits| {
        if f >= Field::Velocity as usize {
            return 0.0;
        }
        let counts = if f == 0 { &inputs.counts } else { &inputs.counts_note };
        let closing = if f == 0 { closing_nats(&logits, closings) } else { 0.0 };
        let each = ops::weighted_nll(logits, Arc::clone(&inputs.values[f]), Arc::clone(counts));
        let each: Vec<f32> = each.into_data().try_to_vec().expect("losses are f32");
        closing + each.iter().map(|n| f64::from(*n)).sum::<f64>()
    });
    sums.iter().sum()
}

/// −ln of the probability that the first field takes a value of at least so many bars (END is one).
fn closing_nats(logits: &Tensor<3>, closings: &[(usize, usize)]) -> f64 {
    if closings.is_empty() {
        return 0.0;
    }
    let size = logits.dims()[2];
    let p: Vec<f32> = activation::softmax(logits.clone(), 2).into_data().try_to_vec().expect("f32");
    let beyond = |&(at, left): &(usize, usize)| {
        let row = &p[at * size..(at + 1) * size];
        -f64::from(row[left.min(size - 1)..].iter().sum::<f32>().max(f32::MIN_POSITIVE)).ln()
    };
    closings.iter().map(beyond).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Recipe;
    use crate::train::data::tests::scale;
    use crate::train::evaluate::evaluate_each;

    fn network(window: usize) -> (ModelConfig, NoteModel, Device) {
        let recipe = Recipe { infill: 0.5, d_model: 16, n_layers: 1, n_heads: 2, window, ..Recipe::default() };
        let (config, device) = (recipe.model_config(false), Device::flex());
        let model = crate::model::values::awake(NoteModel::new(&config, 3, &device));
        (config, model, device)
    }

    #[test]
    fn left_to_right_the_notes_cost_what_the_evaluation_says() {
        let (config, model, device) = network(256);
        let s = scale(20, 0);
        let bars = bars_of(&s.events);
        let jobs = of_bars(&s, &bars, config.window);
        assert_eq!(jobs.len(), 3);
        let never = AtomicBool::new(false);
        let terms =
            evaluate_each(&model, None, &config, std::slice::from_ref(&s), &device, &never).expect("not cancelled");
        let expected: f64 = jobs
            .iter()
            .flat_map(|job| job.stretch.clone().filter(|i| job.holds(i - job.stretch.start)))
            .map(|i| terms[i].nats.iter().map(|n| f64::from(*n)).sum::<f64>())
            .sum();
        let whole = likelihood(&model, &config, &jobs, Asked::Plain, &device, &never).expect("not cancelled");
        // What is over is the closing: the next note leads on, by one bar or more.
        let over = whole - expected;
        assert!(over > 0.0 && over < 3.0 * (17f64).ln() + 3.0, "{whole} {expected}");
    }

    #[test]
    fn every_note_of_a_region_is_measured_and_what_is_given_matters() {
        let (config, model, device) = network(64);
        let never = AtomicBool::new(false);
        let pieces = [scale(20, 0), scale(14, 2)];
        let found = measure(&model, &config, &pieces, &device, &never).expect("knows given notes");
        assert!(found.bars.regions == 4 && found.bars.notes == 4 * 16, "{found:?}");
        assert_eq!(found.voices, Compared::default(), "pieces of one voice");
        let bars: Vec<Vec<u32>> = pieces.iter().map(|s| bars_of(&s.events)).collect();
        let jobs = of_bars(&pieces[0], &bars[0], config.window);
        let of = |asked| likelihood(&model, &config, &jobs, asked, &device, &never).expect("not cancelled");
        let (given, alone) = (of(Asked::Open { given: true }), of(Asked::Open { given: false }));
        assert!((given - alone).abs() > 1e-3 && given.is_finite());
        let plain = ModelConfig { groups: 0, ..config };
        assert_eq!(measure(&model, &plain, &pieces, &device, &never), None);
    }
}

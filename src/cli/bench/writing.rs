//! What a note costs: the network alone, and whole takes as a user asks for them.

use super::{Figure, figure, twin};
use crate::cli::context::Context;
use crate::generate::Settings;
use crate::job::{GenerateRequest, TakeDone, Warm, bundled, no_waker, spawn_generate};
use crate::model::{Arch, Compute, Inference, NoteModel, Previous};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// Takes that are written at once, and how long each is.
const TAKES: u64 = 4;
const BARS: u32 = 32;

/// Milliseconds a note of the network alone: 128 notes from an empty cache, fields drawn by the clock of the
/// chain alone (the likeliest of each), so that nothing else is measured. Of one sequence, as a mean of each take
/// and note by note, and of four in step.
pub fn network(runs: u32) -> anyhow::Result<Vec<Figure>> {
    let (config, _) = twin(Arch::Transformer);
    let model = Inference::new(&NoteModel::new(&config, 1, &Compute::Cpu.open()?), &config);
    let takes = |n: usize| (0..runs + 1).map(|_| sequences(&model, n)).skip(1).collect::<Vec<_>>();
    let means = |takes: &[Vec<f64>]| takes.iter().map(|t| t.iter().sum::<f64>() / t.len() as f64).collect();
    let (one, four) = (takes(1), takes(TAKES as usize));
    Ok(vec![
        figure("generate/note", "ms/note", means(&one)),
        figure("generate/note/each", "ms", one.into_iter().flatten().collect()),
        figure("generate/4", "ms/note", means(&four)),
    ])
}

/// Milliseconds of each of 128 notes, of so many sequences in step.
fn sequences(model: &Inference, n: usize) -> Vec<f64> {
    const NOTES: usize = 128;
    let n_fields = model.config().fields.len();
    let mut state = model.start(n);
    let note = |i: usize| {
        let begun = Instant::now();
        let fields = (i > 0).then(|| vec![1u16; n_fields]);
        let previous = Previous { fields, place: (i % 48) as u16, meter: 0, time: i as f32, told: Vec::new() };
        model.feed(&mut state, &vec![previous; n]);
        for f in 0..n_fields {
            let likeliest = |row: &Vec<f32>| {
                row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |best| best.0 as u16)
            };
            let best: Vec<u16> = model.logits(&state, f).iter().map(likeliest).collect();
            if f + 1 < n_fields {
                model.choose(&mut state, f, &best, &vec![(i % 48) as u16; n]);
            }
        }
        begun.elapsed().as_secs_f64() * 1e3
    };
    (0..NOTES).map(note).collect()
}

/// The folk model, unpacked below a folder.
pub fn folk(folder: &Path) -> anyhow::Result<PathBuf> {
    // The folder's name says that it is one of ours.
    let path = bundled::model_named(Path::new("folk"), Some(&folder.join("models")));
    bundled::provide(&path)?;
    Ok(path)
}

/// Whole takes of the folk model (network, counts, rules, receipts): milliseconds a note of one, of each note of
/// it, and how long four at once take as a multiple of one by itself.
pub fn takes(runs: u32, context: &Context) -> anyhow::Result<Vec<Figure>> {
    let folder = crate::files::temporary_folder()?;
    let (folk, warm) = (folk(folder.path())?, Warm::default());
    let generator = warm.generator(&folk)?;
    let never = AtomicBool::new(false);
    let (mut means, mut each) = (Vec::new(), Vec::new());
    for n in 0..u64::from(runs) {
        let settings = Settings { bars: BARS, seed: 1 + n % TAKES, ..Settings::default() };
        let (begun, mut times) = (Instant::now(), Vec::new());
        generator.take(&settings, None, &never, &mut |_| times.push(begun.elapsed().as_secs_f64() * 1e3))?;
        means.push(begun.elapsed().as_secs_f64() * 1e3 / times.len().max(1) as f64);
        each.extend(times.windows(2).map(|pair| pair[1] - pair[0]));
    }
    let seconds = |seed: u64, takes: u64| -> anyhow::Result<f64> {
        let settings = Settings { bars: BARS, seed, ..Settings::default() };
        let (model, primer, kept, not_closer_than) = (folk.clone(), None, None, None);
        let request = GenerateRequest { model, settings, primer, kept, takes, not_closer_than };
        let begun = Instant::now();
        let _: Vec<TakeDone> = context.watch(spawn_generate(request, &warm, no_waker()), |_, _| {})?;
        Ok(begun.elapsed().as_secs_f64())
    };
    // The first lays out what takes are compared with.
    seconds(1, 1)?;
    let ratio = |_| {
        let alone = (1..=TAKES).map(|seed| seconds(seed, 1)).sum::<anyhow::Result<f64>>()? / TAKES as f64;
        Ok(seconds(1, TAKES)? / alone)
    };
    let ratios = (0..runs).map(ratio).collect::<anyhow::Result<Vec<f64>>>()?;
    Ok(vec![
        figure("generate/take", "ms/note", means),
        figure("generate/take/each", "ms", each),
        figure("generate/4 takes", "x one take", ratios),
    ])
}

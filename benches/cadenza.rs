//! Criterion benches of the hot paths, on the starter tunes: for comparing one change with another.
//! Figures against peers and for the README come from `cadenza bench`.

use burn::tensor::Device;
use cadenza::audio::SoundFont;
use cadenza::audio::bounce::measure;
use cadenza::corpus::starter;
use cadenza::encoding::{BarGrid, encode};
use cadenza::midi;
use cadenza::model::init::Dropout;
use cadenza::model::{Inference, NoteModel, Previous};
use cadenza::music::Score;
use cadenza::train::batches::Batches;
use cadenza::train::optimiser::Optimiser;
use cadenza::train::{Recipe, Sequence};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

fn scores() -> Vec<Score> {
    starter::compiled().iter().map(|(_, bytes)| midi::read(bytes).expect("our own files").0).collect()
}

fn import(c: &mut Criterion) {
    let files = starter::compiled();
    c.bench_function("read the starter tunes", |b| {
        b.iter(|| files.iter().for_each(|(_, f)| drop(black_box(midi::read(f)))))
    });
    let scores = scores();
    c.bench_function("encode the starter tunes", |b| b.iter(|| scores.iter().for_each(|s| drop(black_box(encode(s))))));
}

fn train(c: &mut Criterion) {
    let sequence = |s: &Score| Sequence {
        title: String::new(),
        path: Default::default(),
        hash: String::new(),
        events: encode(s).events,
        first_meter: BarGrid::of(s).bar(0).meter,
        family: None,
        lift: None,
        style: None,
        folder: String::new(),
    };
    let sequences: Vec<Sequence> = scores().iter().map(sequence).collect();
    let recipe = Recipe::default();
    let config = recipe.model_config(false);
    let mut batches = Batches::new(Arc::new(sequences), recipe.batch, recipe.window, config.fields.len(), 1, true);
    let device = Device::flex().autodiff();
    let mut model = Some(NoteModel::new(&config, 1, &device));
    let mut optimiser = Optimiser::new(&recipe);
    c.bench_function("a training step of the balanced preset", |b| {
        b.iter(|| {
            let (batch, _) = batches.next_batch();
            let old = model.take().expect("put back below");
            let loss =
                old.losses(&batch, &config, &device, &mut Dropout::new(1, 1, recipe.dropout)).sums().sum() / 2048.0;
            model = Some(optimiser.step(old, &loss, 1e-4).0);
        });
    });
}

fn generate(c: &mut Criterion) {
    let config = Recipe::default().model_config(false);
    let device = Device::flex();
    let model = Inference::new(&NoteModel::new(&config, 1, &device), &config);
    c.bench_function("feed one note to the balanced preset", |b| {
        b.iter(|| {
            let mut state = model.start(1);
            let previous = Previous { fields: None, place: 0, meter: 1, time: 0.0, told: Vec::new() };
            model.feed(&mut state, &[previous]);
            black_box(model.logits(&state, 0))
        });
    });
}

fn render(c: &mut Criterion) {
    let song = scores().swap_remove(0);
    let font = SoundFont::built_in();
    c.bench_function("render a starter tune", |b| b.iter(|| black_box(measure(&song, 48_000, &font))));
}

fn roll(c: &mut Criterion) {
    // The mean while scrolling; the median and the 99th of 100 are those of `cadenza bench roll`.
    c.bench_function("a repaint of the window with 100,000 notes", |b| {
        b.iter_custom(|n| {
            let millis = &cadenza::gui::measure::roll(100_000, 120).repaints[0].millis;
            Duration::from_secs_f64(millis.iter().sum::<f64>() / millis.len() as f64 / 1e3 * n as f64)
        })
    });
}

criterion_group! {
    name = all;
    config = Criterion::default().sample_size(10);
    targets = import, train, generate, render, roll
}
criterion_main!(all);

//! What the Train page is shown in tests: runs, curves, takes, a report card.

use cadenza::corpus::style::compare;
use cadenza::gui::pages::train::{
    Detail, Estimate, Happening, Knob, Preset, RunRow, RunState, RunView, Sample, Standing, TakeView, TrainNews,
};
use cadenza::music::{Note, Role, Score, Voice};
use cadenza::train::ReportCard;
use cadenza::train::report_card::{Bin, Copied, HeldOut, Line, Originality, Part, Reliability, TakeRow, VERSION};
use std::path::PathBuf;
use std::sync::Arc;

pub fn sample(step: u32) -> Sample {
    let nats = 1.0 + 6.0 / f64::from(step).sqrt();
    Sample {
        step: f64::from(step),
        epoch: f64::from(step) / 1000.0,
        minutes: f64::from(step) / 600.0,
        nats,
        fields: [0.1 * nats, 0.2 * nats, 0.05 * nats, 0.4 * nats, 0.25 * nats, 0.0],
        rate: 2e-3,
        network: 0.0,
    }
}

pub fn tune() -> Arc<Score> {
    let mut score = Score::new(24);
    score.push_voice(Voice::new("Melody", Role::Melody, 0));
    for i in 0..32 {
        score.insert(0, Note::new(i * 24, 24, 60 + (i % 8) as u8, 80));
    }
    Arc::new(score)
}

pub fn take(step: u64, best: bool) -> TakeView {
    let path = PathBuf::from(format!("/runs/x/takes/step-{step:06}.mid"));
    TakeView { step: Some(step), path, score: tune(), best, nats: Some(1.5) }
}

pub fn run_view(state: RunState, now: Happening) -> RunView {
    let train: Vec<Sample> = (1..3000).map(sample).collect();
    RunView {
        name: "Balanced 1".into(),
        valid: Arc::new(train.iter().step_by(200).map(|s| Sample { nats: s.nats + 0.1, ..*s }).collect()),
        best: train.last().copied(),
        train: Arc::new(train.into_iter().collect()),
        baselines: vec![("n-gram".into(), 2.4), ("unigram".into(), 3.9), ("uniform".into(), 22.0)],
        step: 2999,
        steps: 6000,
        epoch: 2.4,
        epochs: 8.0,
        elapsed_secs: 312.0,
        eta_secs: Some(220.0),
        notes_per_sec: 9100.0,
        learning_rate: 3e-4,
        memory: Some(812_000_000),
        parameters: 1_915_000,
        now,
        log: vec![(1200, Happening::Slept { secs: 600.0 })],
        takes: Arc::new(vec![take(200, false), take(400, true)]),
        state,
        elsewhere: false,
    }
}

pub fn running(state: RunState) -> TrainNews {
    TrainNews::Run(Some(Box::new(run_view(state, Happening::Learning))))
}

pub fn row(name: &str, nats: f64, seed: &str) -> RunRow {
    RunRow {
        name: name.into(),
        dir: PathBuf::from("/runs").join(name),
        has_model: true,
        nats: Some(nats),
        ngram: Some(3.02),
        arch: "transformer".into(),
        parameters: 1_915_000,
        steps: 1000,
        planned_steps: 1000,
        best_step: 900,
        seconds: 312.0,
        notes_per_sec: 9100.0,
        age_secs: Some(7300.0),
        recipe: vec![("seed".into(), seed.into()), ("d_model".into(), "192".into())],
        ..RunRow::default()
    }
}

pub fn card(name: &str) -> ReportCard {
    let line = |name: &str, n: f64| Line {
        name: name.into(),
        nats_per_note: n,
        fields: [0.1, 0.2, 0.05, 0.4, 0.25].map(|share| share * n).to_vec(),
    };
    let part = |name: &str| Part { name: name.into(), pieces: 30, notes: 900, nats_per_note: 1.1, ngram: 2.9 };
    let bin = |i: usize| Bin { choices: 50 * i as u64, confidence: i as f64 / 10.0 - 0.05, right: i as f64 / 10.5 };
    let bins: Vec<Bin> = (1..=10).map(bin).collect();
    let take = |i: u64| TakeRow {
        file: format!("report/take-{i}.mid").into(),
        seed: Some(i),
        notes: 120,
        bars: 16,
        mean_nats: Some(1.4),
        copy: Some(Copied { notes: 9, bars: 1.5, source: "The Reel".into(), bar: 4 }),
        found: 0.2,
        percentile: Some(60.0),
    };
    let tunes: Vec<Score> = (0..4).map(|_| Score::clone(&tune())).collect();
    ReportCard {
        version: VERSION,
        name: name.into(),
        train_pieces: 820,
        train_notes: 200_000,
        held_out: Some(HeldOut {
            pieces: 108,
            notes: 20_000,
            fields: ["bar", "step", "voice", "pitch", "duration"].map(String::from).to_vec(),
            lines: vec![line("model", 1.177), line("n-gram", 3.02), line("unigram", 7.57), line("uniform", 22.1)],
            accuracy: vec![0.9, 0.8, 0.99, 0.6, 0.85],
            styles: vec![part("jigs"), part("reels")],
            lengths: vec![part("10–90"), part("91–400")],
            reliability: vec![Reliability { name: "all".into(), bins, error: 0.031 }],
        }),
        takes: (1..=8).map(take).collect(),
        style: compare(&tunes, &tunes, &tunes),
        style_bars: 16,
        originality: Originality {
            takes: vec![4, 5, 9],
            held_out: vec![3, 4, 4, 6, 8, 12],
            takes_found: Some(0.3),
            held_out_found: Some(0.35),
            percentile: Some(57.0),
        },
        remarks: vec!["Nothing is left out.".into()],
        ..ReportCard::default()
    }
}

pub fn detail(name: &str, with_card: bool) -> Arc<Detail> {
    let train: Vec<Sample> = (1..1000).map(sample).collect();
    let report_take =
        |i: u64| TakeView { step: None, path: format!("/runs/x/report/take-{i}.mid").into(), ..take(0, false) };
    Arc::new(Detail {
        valid: Arc::new(train.iter().step_by(100).copied().collect()),
        best: train.last().copied(),
        train: Arc::new(train.into_iter().collect()),
        baselines: vec![("n-gram".into(), 3.02)],
        takes: Arc::new(vec![take(100, true)]),
        card: with_card.then(|| Arc::new(card(name))),
        card_takes: Arc::new(if with_card { (1..=8).map(report_take).collect() } else { Vec::new() }),
    })
}

pub fn page() -> TrainNews {
    let preset = |id: &str, name: &str, estimate| Preset {
        id: id.into(),
        name: name.into(),
        description: "Good.".into(),
        estimate,
        ..Preset::default()
    };
    let known = Estimate::Known { seconds: 560.0, steps: 1726, notes_per_sec: 9100.0, parameters: 1_915_000 };
    let knob = Knob {
        key: "lr".into(),
        name: "Learning rate".into(),
        help: "How far a step goes".into(),
        default: 3e-4,
        min: 1e-5,
        max: 1e-2,
        logarithmic: true,
        ..Knob::default()
    };
    TrainNews::Page {
        presets: vec![
            preset("quick", "Quick", Estimate::Measuring),
            preset("balanced", "Balanced", known),
            preset("best", "Best", Estimate::Failed("no memory".into())),
        ],
        devices: vec!["CPU".into()],
        knobs: vec![knob],
        n_pieces: 820,
    }
}

pub fn rows() -> TrainNews {
    let torn = Standing::Unreadable("its recipe is not understood".into());
    TrainNews::Runs(vec![
        row("Balanced 1", 1.177, "1"),
        row("Quick 1", 1.9, "1"),
        row("Quick 2", 1.8, "2"),
        RunRow { standing: Standing::CanResume, ..row("Best 1", 1.5, "1") },
        RunRow { standing: torn, ..row("Torn", 0.0, "") },
    ])
}

//! The Train page as a user meets it: choose, watch, hear, stop, compare, read the report, close.

use super::*;
use cadenza::corpus::style::compare;
use cadenza::gui::pages::train::{
    Detail, Duplicate, Estimate, Happening, Knob, Preset, QueueRow, QueueState, RunRow, RunState, RunView, Sample,
    Standing, Start, TakeView, TrainNews, TrainRequest,
};
use cadenza::train::report_card::{Bin, Copied, HeldOut, Line, Originality, Part, Reliability, TakeRow, VERSION};
use cadenza::train::{Ending, ReportCard};
use std::path::PathBuf;

fn send(h: &Harness<'static, App>, news: TrainNews) {
    h.state().state.session.events.send(SessionEvent::Train(Box::new(news)));
}

fn show(h: &mut Harness<'static, App>, news: TrainNews) {
    send(h, news);
    h.run();
}

/// The training requests since the last look.
fn asked_for(asked: &Asked) -> Vec<TrainRequest> {
    let all = std::mem::take(&mut *asked.0.lock().expect("no test panics while asking"));
    let train = all.into_iter().filter_map(|r| if let Request::Train(request) = r { Some(request) } else { None });
    train.collect()
}

fn sample(step: u32) -> Sample {
    let nats = 1.0 + 6.0 / f64::from(step).sqrt();
    Sample {
        step: f64::from(step),
        epoch: f64::from(step) / 1000.0,
        minutes: f64::from(step) / 600.0,
        nats,
        fields: [0.1 * nats, 0.2 * nats, 0.05 * nats, 0.4 * nats, 0.25 * nats, 0.0],
        rate: 2e-3,
    }
}

fn tune() -> Arc<Score> {
    let mut score = Score::new(24);
    score.push_voice(Voice::new("Melody", Role::Melody, 0));
    for i in 0..32 {
        score.insert(0, Note::new(i * 24, 24, 60 + (i % 8) as u8, 80));
    }
    Arc::new(score)
}

fn take(step: u64, best: bool) -> TakeView {
    let path = PathBuf::from(format!("/runs/x/takes/step-{step:06}.mid"));
    TakeView { step: Some(step), path, score: tune(), best, nats: Some(1.5) }
}

fn run_view(state: RunState, now: Happening) -> RunView {
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

fn running(state: RunState) -> TrainNews {
    TrainNews::Run(Some(Box::new(run_view(state, Happening::Learning))))
}

fn row(name: &str, nats: f64, seed: &str) -> RunRow {
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

fn card(name: &str) -> ReportCard {
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

fn detail(name: &str, with_card: bool) -> Arc<Detail> {
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

fn page() -> TrainNews {
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

fn rows() -> TrainNews {
    let torn = Standing::Unreadable("its recipe is not understood".into());
    TrainNews::Runs(vec![
        row("Balanced 1", 1.177, "1"),
        row("Quick 1", 1.9, "1"),
        row("Quick 2", 1.8, "2"),
        RunRow { standing: Standing::CanResume, ..row("Best 1", 1.5, "1") },
        RunRow { standing: torn, ..row("Torn", 0.0, "") },
    ])
}

/// Something of everything, for tests that draw every page.
pub fn send_all(h: &Harness<'static, App>) {
    for news in [page(), rows(), running(RunState::Paused)] {
        send(h, news);
    }
    send(h, TrainNews::Detail("Quick 1".into(), detail("Quick 1", true)));
}

/// The Train page with presets, runs, and their curves read.
fn at_page(asked: &Asked) -> Harness<'static, App> {
    let mut h = window_asking(asked);
    act(&mut h, Action::Show(Page::Train));
    send(&h, page());
    send(&h, rows());
    for name in ["Balanced 1", "Quick 1", "Quick 2"] {
        send(&h, TrainNews::Detail(name.into(), detail(name, name == "Balanced 1")));
    }
    h.run();
    h
}

fn press(h: &mut Harness<'static, App>, label: &str) {
    h.get_by_label(label).click();
    h.run();
}

#[test]
fn training_is_started_watched_and_stopped() {
    let asked = Asked::default();
    let mut h = at_page(&asked);
    h.check_accessibility();
    h.get_by_label("≈ 9 m 20 s");
    let first = asked_for(&asked);
    assert!(first.contains(&TrainRequest::Measure(0)), "the presets are measured by themselves: {first:?}");
    assert!(first.contains(&TrainRequest::Look("Quick 1".into())), "the newest runs are drawn: {first:?}");
    let buttons: Vec<_> = h.get_all_by_label("Train").collect();
    buttons.last().expect("the button below the tab").click();
    h.run();
    let Some(TrainRequest::Start(settings)) = asked_for(&asked).pop() else { panic!("nothing was started") };
    assert_eq!((settings.preset, settings.device, settings.start), (1, 0, Start::Scratch));
    show(&mut h, running(RunState::Running));
    h.check_accessibility();
    h.get_by_label_contains("3 m 40 s left");
    h.get_by_label_contains("812 MB");
    for words in ["Epoch 3 of 8", "Step 2,999 of 6,000"] {
        assert_eq!(h.get_all_by_label(words).count(), 2, "the words and the bar they name: {words}");
    }
    press(&mut h, "Pause");
    assert_eq!(asked_for(&asked), [TrainRequest::Pause]);
    show(&mut h, running(RunState::Paused));
    press(&mut h, "Resume");
    press(&mut h, "Stop and keep");
    assert_eq!(asked_for(&asked), [TrainRequest::Resume, TrainRequest::StopAndKeep]);
    press(&mut h, "Discard");
    h.get_by_label_contains("goes to the trash");
    press(&mut h, "Cancel");
    assert_eq!(asked_for(&asked), [], "it asks before it discards");
    press(&mut h, "Discard");
    press(&mut h, "Move to the trash");
    assert_eq!(asked_for(&asked), [TrainRequest::Discard]);
    let ended = Happening::Ended { how: Ending::Memorising, nats: Some(1.177), best_step: 1500 };
    show(&mut h, TrainNews::Run(Some(Box::new(run_view(RunState::Finished, ended)))));
    h.get_by_label("Stopped early: validation had stopped falling. Best: 1.177 nats per note at step 1,500");
    press(&mut h, "Show the report");
    h.get_by_label("Against everything simpler");
}

#[test]
fn what_happens_is_said_in_words_and_kept() {
    let asked = Asked::default();
    let mut h = at_page(&asked);
    let memorising = Happening::Memorising { best_step: 1200 };
    show(&mut h, TrainNews::Run(Some(Box::new(run_view(RunState::Running, memorising)))));
    h.get_by_label_contains("it is memorising. The best model (step 1,200) is kept.");
    press(&mut h, "What happened (1)");
    h.get_by_label("The machine slept for 10 m 00 s; training goes on");
    let settings = Settings { language: Language::Chinese, ..Settings::default() };
    let mut h = build(Options { backend: Box::new(asked.clone()), ..Options::for_test() }, true);
    act(&mut h, Action::SetSettings(Box::new(settings)));
    act(&mut h, Action::Show(Page::Train));
    show(&mut h, TrainNews::Run(Some(Box::new(run_view(RunState::Running, Happening::Plateau)))));
    h.get_by_label("平台期：最近几次检查变化很小");
}

#[test]
fn the_curves_have_axes_tabs_and_a_legend() {
    let mut h = at_page(&Asked::default());
    show(&mut h, running(RunState::Running));
    h.get_by_label("Loss over steps");
    h.get_by_label("↑ above: unigram 3.90, uniform 22.00");
    for words in ["training", "validation", "Quick 1"] {
        assert!(h.query_all_by_label(words).next().is_some(), "{words}");
    }
    press(&mut h, "Log axis");
    press(&mut h, "Across: Steps");
    press(&mut h, "Minutes");
    h.get_by_label("Across: Minutes");
    press(&mut h, "By field");
    h.get_by_label("Loss by field");
    h.get_by_label_contains("pitch 0.");
    press(&mut h, "Learning rate");
    h.check_accessibility();
    let plot = h.get_by_label("Learning rate over the training").rect();
    drag(&mut h, plot.center(), plot.center() + vec2(40.0, 20.0), Modifiers::NONE);
    press(&mut h, "Fit");
    assert!(h.query_by_label("Fit").is_none(), "all of it is shown again");
}

#[test]
fn a_take_of_every_check_is_heard_and_opened() {
    let dir = tempfile::tempdir().unwrap();
    let mut h = at_page(&Asked::default());
    let path = dir.path().join("step-000200.mid");
    std::fs::write(&path, cadenza::midi::write(&tune()).0).unwrap();
    let mut view = run_view(RunState::Running, Happening::Learning);
    view.takes = Arc::new(vec![TakeView { path: path.clone(), ..take(200, false) }, take(400, true)]);
    send(&h, TrainNews::Run(Some(Box::new(view))));
    h.run();
    press(&mut h, "Takes");
    h.check_accessibility();
    h.get_by_label("Hear step 200").click();
    h.step();
    assert!(h.state().state.session.plays(&Playing::File(path.clone())));
    h.get_by_label("Hear step 400").click();
    h.step();
    assert!(
        !h.state().state.session.plays(&Playing::File(path.clone())) && h.state().state.session.player.is_playing()
    );
    h.step();
    h.get_by_label("Stop step 400").click();
    h.run();
    assert!(!h.state().state.session.player.is_playing());
    press(&mut h, "Open step 200 in Compose");
    assert_eq!((h.state().state.view.page, n_notes(&h)), (Page::Compose, 32));
}

#[test]
fn runs_are_looked_at_renamed_copied_and_removed() {
    let asked = Asked::default();
    let mut h = at_page(&asked);
    asked_for(&asked);
    h.get_by_label_contains("cannot be read: its recipe is not understood");
    press(&mut h, "Look at Quick 1");
    press(&mut h, "Use: Quick 2");
    press(&mut h, "Resume: Best 1");
    let name = |n: &str| n.to_owned();
    assert_eq!(
        asked_for(&asked),
        [
            TrainRequest::Look(name("Quick 1")),
            TrainRequest::UseRun(name("Quick 2")),
            TrainRequest::ResumeRun(name("Best 1"))
        ]
    );
    press(&mut h, "Show Best 1 in the plot");
    assert_eq!(asked_for(&asked), [TrainRequest::Look(name("Best 1"))]);
    let choose = |h: &mut Harness<'static, App>, item: &str| {
        press(h, "More for Quick 1");
        press(h, item);
    };
    choose(&mut h, "Rename…");
    h.get_by_label("New name").focus();
    h.run();
    h.get_by_label("New name").type_text(" again");
    h.run();
    h.check_accessibility();
    press(&mut h, "Save");
    let Some(TrainRequest::Rename(old, new)) = asked_for(&asked).pop() else { panic!("not renamed") };
    assert!(old == "Quick 1" && new.contains("again") && new.contains("Quick 1"), "{new}");
    for (item, request) in [
        ("Duplicate the recipe", TrainRequest::Duplicate(name("Quick 1"))),
        ("Make the report", TrainRequest::Report(name("Quick 1"))),
        ("Show on disk", TrainRequest::RevealRun(name("Quick 1"))),
        ("Move to the trash", TrainRequest::Delete(name("Quick 1"))),
    ] {
        choose(&mut h, item);
        assert_eq!(asked_for(&asked), [request]);
    }
    let copy = Duplicate { serial: 1, name: "Quick 1".into(), preset: 2, knobs: [("lr".into(), 1e-3)].into() };
    show(&mut h, TrainNews::Duplicate(copy));
    h.get_by_label("Preset: Best");
    h.get_by_label_contains("The recipe of Quick 1");
}

#[test]
fn three_runs_are_compared_in_one_table() {
    let mut h = at_page(&Asked::default());
    press(&mut h, "Compare");
    h.check_accessibility();
    for words in ["1.1770", "1.9000", "-1.843", "seed 2"] {
        assert!(h.query_all_by_label(words).next().is_some(), "{words}");
    }
    assert!(h.query_by_label("Torn").is_none(), "what cannot be read cannot be compared");
    press(&mut h, "Takes");
    press(&mut h, "Look at Quick 2");
    h.get_by_label("Loss over steps");
}

#[test]
fn the_report_card_stands_on_one_page() {
    let asked = Asked::default();
    let mut h = at_page(&asked);
    asked_for(&asked);
    h.set_size(vec2(1400.0, 2600.0));
    h.run();
    press(&mut h, "Report: Balanced 1");
    h.check_accessibility();
    for words in ["1.177", "+1.843", "3.1 %", "57", "jigs", "Does it know what it knows?", "Pitch-class entropy"] {
        assert!(h.query_all_by_label(words).next().is_some(), "{words}");
    }
    h.get_by_label_contains("n-gram 3.020: bar 0.302");
    h.get_by_label("Hear take 1").click();
    h.step();
    assert!(h.state().state.session.player.is_playing());
    h.step();
    h.get_by_label("Stop take 1").click();
    h.run();
    press(&mut h, "Make it again");
    press(&mut h, "Report: Quick 1");
    press(&mut h, "Make the report");
    let reports: Vec<_> = asked_for(&asked).into_iter().filter(|r| matches!(r, TrainRequest::Report(_))).collect();
    assert_eq!(reports, [TrainRequest::Report("Balanced 1".into()), TrainRequest::Report("Quick 1".into())]);
}

#[test]
fn several_runs_are_queued() {
    let asked = Asked::default();
    let mut h = at_page(&asked);
    press(&mut h, "Several…");
    h.check_accessibility();
    for label in ["Vary the preset: Quick", "Vary the preset: Balanced", "Vary the width: 64", "Vary the width: 128"] {
        press(&mut h, label);
    }
    h.get_by_label("One run for every combination: 4");
    asked_for(&asked);
    press(&mut h, "Train all 4");
    let Some(TrainRequest::Queue(_, sweep)) = asked_for(&asked).pop() else { panic!("nothing was queued") };
    assert_eq!((sweep.presets, sweep.widths), (vec![0, 1], vec![64, 128]));
    let queued = |name: &str, state, nats| QueueRow { name: name.into(), state, nats };
    send(&h, running(RunState::Running));
    show(
        &mut h,
        TrainNews::Queue(vec![
            queued("Sweep 1 seed=1", QueueState::Done, Some(1.25)),
            queued("Sweep 1 seed=2", QueueState::Running, None),
            queued("Sweep 1 seed=3", QueueState::Failed("no memory".into()), None),
        ]),
    );
    h.check_accessibility();
    h.get_by_label("1.250 · done");
    h.get_by_label("no memory");
}

#[test]
fn closing_while_a_training_runs_asks_and_waits_until_it_is_saved() {
    let asked = Asked::default();
    let mut h = at_page(&asked);
    show(&mut h, running(RunState::Running));
    asked_for(&asked);
    act(&mut h, Action::Do(Command::Quit));
    h.check_accessibility();
    h.get_by_label_contains("“Balanced 1” is at step 2,999 of 6,000");
    press(&mut h, "Cancel");
    assert!(asked_for(&asked).is_empty() && h.state().state.view.question.is_none());
    act(&mut h, Action::Do(Command::Quit));
    press(&mut h, "Go on in the background");
    assert_eq!(asked_for(&asked), [TrainRequest::GoOnWithout]);
    assert!(h.state().state.view.closing && !closes(&h), "it waits until the training is saved");
    h.state().state.session.events.send(SessionEvent::StayOpen);
    h.run();
    assert!(!h.state().state.view.closing, "what went wrong keeps the window");
    act(&mut h, Action::Do(Command::Quit));
    press(&mut h, "Stop, keep and close");
    assert_eq!(asked_for(&asked), [TrainRequest::StopAndKeep]);
    send(&h, TrainNews::Run(None));
    h.step();
    assert!(closes(&h), "once it is saved the window closes");
}

#[test]
fn a_training_in_another_process_needs_no_window() {
    let asked = Asked::default();
    let mut h = at_page(&asked);
    let view = RunView { elsewhere: true, ..run_view(RunState::Running, Happening::Learning) };
    show(&mut h, TrainNews::Run(Some(Box::new(view))));
    h.get_by_label("in the background");
    assert!(h.query_by_label("Pause").is_none() && h.query_by_label("Discard").is_none());
    act(&mut h, Action::Do(Command::Quit));
    assert!(h.state().state.view.question.is_none(), "nothing would be lost");
}

/// Whether the window has asked to be closed in the last repaint.
fn closes(h: &Harness<'static, App>) -> bool {
    let close = |c: &eframe::egui::ViewportCommand| matches!(c, eframe::egui::ViewportCommand::Close);
    h.output().viewport_output.values().any(|v| v.commands.iter().any(close))
}

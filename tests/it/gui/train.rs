//! The Train page as a user meets it: choose, watch, hear, stop, compare, read the report, close.

use super::train_views::{detail, page, rows, run_view, running, take, tune};
use super::*;
use cadenza::gui::pages::train::{
    Duplicate, Happening, QueueRow, QueueState, RunState, RunView, Start, TakeView, TrainNews, TrainRequest,
};
use cadenza::train::Ending;

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

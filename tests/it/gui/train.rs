//! The Train page, watched by a script.

use super::*;
use cadenza::gui::pages::train::{Knob, Preset, RunState, RunSummary, RunView, TrainView};

pub fn run_view(state: RunState) -> RunView {
    let train: Vec<[f64; 2]> = (1..3000).map(|i| [f64::from(i), 2.0 + 3.0 / f64::from(i).sqrt()]).collect();
    RunView {
        name: "Balanced 1".into(),
        valid: Arc::new(train.iter().step_by(200).map(|p| [p[0], p[1] + 0.1]).collect()),
        best: Some([2800.0, 2.1]),
        train: Arc::new(train),
        baselines: vec![("unigram".into(), 3.9), ("n-gram".into(), 2.4)],
        step: 2999,
        steps: 6000,
        epoch: 2.4,
        epochs: 8.0,
        elapsed_secs: 312.0,
        eta_secs: Some(220.0),
        notes_per_sec: 9100.0,
        learning_rate: 3e-4,
        sentence: "The validation loss is still falling".into(),
        state,
    }
}

#[test]
fn training_is_started_watched_and_stopped() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    act(&mut h, Action::Show(Page::Train));
    let preset =
        |name: &str, minutes| Preset { name: name.into(), description: "Good.".into(), minutes, ..Preset::default() };
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
    let summary = RunSummary {
        name: "Quick 1".into(),
        about: "today".into(),
        valid: Arc::new(vec![[1.0, 3.0], [9.0, 2.0]]),
        can_resume: true,
    };
    let view = TrainView {
        presets: vec![preset("Quick", Some(3.0)), preset("Best", None)],
        devices: vec!["CPU".into()],
        earlier: vec!["Quick 1".into()],
        knobs: vec![knob],
        n_pieces: 820,
        running: None,
        runs: vec![summary],
    };
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Train(Box::new(view)));
    h.run();
    h.check_accessibility();
    let buttons: Vec<_> = h.get_all_by_label("Train").collect();
    buttons.last().expect("the button below the tab").click();
    h.run();
    let request = asked.0.lock().unwrap().pop();
    assert!(matches!(request, Some(Request::Train(cadenza::gui::pages::train::TrainRequest::Start(_)))), "{request:?}");
    events.send(SessionEvent::Run(Some(Box::new(run_view(RunState::Running)))));
    h.run();
    h.get_by_label_contains("3 m 40 s left");
    for label in ["Pause", "Stop and keep", "Discard"] {
        h.get_by_label(label).click();
        h.run();
        assert!(matches!(asked.0.lock().unwrap().pop(), Some(Request::Train(_))));
    }
    events.send(SessionEvent::Run(Some(Box::new(run_view(RunState::Finished)))));
    h.run();
}

//! The road a user goes, through the window with its real jobs: starter tunes → train a few steps →
//! generate → keep → edit → undo → export. And the same road as the command line goes it.

use cadenza::gui::export::{Export, Form, Part};
use cadenza::gui::pages::train::{RunState, Start, TrainRequest, TrainSettings};
use cadenza::gui::settings::{Language, Settings};
use cadenza::gui::{Action, App, Command, Jobs, Options, Page};
use cadenza::midi;
use eframe::egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::Path;
use std::time::{Duration, Instant};

fn window(data: &Path) -> Harness<'static, App> {
    let options =
        Options { backend: Box::new(Jobs::new(data.to_owned(), Some(data.join("cache")))), ..Options::for_test() };
    let builder = Harness::builder().with_size(vec2(1280.0, 800.0)).with_max_steps(400).with_step_dt(1.0 / 60.0);
    let mut harness = builder.allow_missing_glyphs().build_eframe(|cc| {
        let mut app = App::new(&cc.egui_ctx, options);
        let english = Settings { language: Language::English, ..Settings::default() };
        app.apply(Action::SetSettings(Box::new(english)));
        app
    });
    harness.step();
    harness
}

/// Repaints until it is so. The bound is there to end a test that hangs, not to measure anything.
fn until(h: &mut Harness<'static, App>, what: &str, is_so: impl Fn(&App) -> bool) {
    let begun = Instant::now();
    while !is_so(h.state()) {
        assert!(begun.elapsed() < Duration::from_secs(300), "still waiting: {what}");
        std::thread::sleep(Duration::from_millis(5));
        h.step();
    }
}

fn act(h: &mut Harness<'static, App>, action: Action) {
    h.state_mut().apply(action);
    h.step();
}

#[test]
fn the_whole_road_through_the_window() {
    let home = tempfile::tempdir().expect("temporary folder");
    let mut h = window(&home.path().join("data"));

    act(&mut h, Action::Show(Page::Library));
    h.get_by_label("Add the starter tunes").click();
    until(&mut h, "import", |app| app.state.session.train.n_pieces >= 40);
    assert!(h.state().state.session.library.shelf.rows.len() >= 40);

    act(&mut h, Action::Show(Page::Train));
    let knobs = [("steps", 3.0), ("d_model", 32.0), ("n_layers", 1.0)].map(|(k, v)| (k.to_owned(), v)).to_vec();
    let settings = TrainSettings { preset: 0, device: 0, start: Start::Scratch, knobs };
    act(&mut h, Action::Train(TrainRequest::Start(settings)));
    let over = |app: &App| app.state.session.train.running.as_ref().is_some_and(|r| r.state.is_over());
    until(&mut h, "training", over);
    let run = h.state().state.session.train.running.clone().expect("a run");
    assert_eq!((run.state, run.step), (RunState::Finished, 3), "{:?}", run.now);
    assert!(!run.train.is_empty() && run.best.is_some() && run.baselines.len() == 3);
    // Before those that come with the program.
    until(&mut h, "the list of models", |app| app.state.session.models.first().is_some_and(|m| m == "Quick 1"));
    act(&mut h, Action::Train(TrainRequest::UseRun("Quick 1".into())));
    until(&mut h, "the model", |app| app.state.view.generator.model == "Quick 1");

    act(&mut h, Action::Show(Page::Compose));
    h.get_by_label("Generate").click();
    until(&mut h, "generating", |app| app.state.session.generating);
    until(&mut h, "a take", |app| !app.state.project.takes().is_empty() && !app.state.session.generating);
    h.run();
    // On an empty roll the first take is kept at once.
    let kept = h.state().state.project.score().n_notes();
    assert!(kept > 0);

    h.state_mut().apply(Action::Do(Command::SelectAll));
    h.run();
    h.key_press_modifiers(Modifiers::NONE, Key::Delete);
    h.run();
    assert!(h.state().state.project.score().n_notes() < kept, "the notes of the voice in hand are gone");
    h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    h.run();
    assert_eq!(h.state().state.project.score().n_notes(), kept);

    let out = home.path().join("piece.mid");
    act(&mut h, Action::Export(Export { form: Form::Midi, part: Part::All, path: out.clone() }));
    let (score, _) = midi::read(&std::fs::read(&out).expect("a file")).expect("reads back");
    assert_eq!(score.n_notes(), kept);
}

#[test]
fn the_whole_road_on_the_command_line() {
    let home = tempfile::tempdir().expect("temporary folder");
    let cadenza = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cadenza"));
        command.env("XDG_CACHE_HOME", home.path().join("cache"));
        let output = command.current_dir(home.path()).args(arguments).output().expect("starts");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("one JSON object")
    };
    let recipe = "[recipe]\nd_model = 32\nn_layers = 1\nn_heads = 2\nwindow = 64\nbatch = 2\nchecks = 2\n";
    std::fs::write(home.path().join("tiny.toml"), recipe).expect("writes");
    cadenza(&["starter", "tunes", "--json"]);
    let trained = cadenza(&["train", "tunes", "--out", "run", "--recipe", "tiny.toml", "--steps", "4", "--json"]);
    assert_eq!(trained["steps"], 4);
    for key in [
        "run",
        "arch",
        "parameters",
        "notes_per_sec",
        "seconds",
        "best_step",
        "valid_nats_per_note",
        "fields",
        "baselines",
    ] {
        assert!(!trained[key].is_null(), "{key} is missing: {trained}");
    }
    assert_eq!(cadenza(&["train", "--resume", "run", "--json"])["steps"], 4, "a finished run reports again");

    let eval = cadenza(&["eval", "run", "tunes", "--per-note", "terms.csv", "--json"]);
    let terms = std::fs::read_to_string(home.path().join("terms.csv")).expect("a file");
    let n = |key: &str| eval[key].as_u64().expect("a number") as usize;
    assert_eq!(terms.lines().count(), 1 + n("notes") + n("pieces"), "a line a note and one an end");
    let sum: f64 = terms.lines().skip(1).map(total).sum();
    let nats = eval["nats_per_note"].as_f64().expect("a number");
    assert!((sum / n("notes") as f64 - nats).abs() < 1e-4);

    let make = |out: &str| {
        cadenza(&["generate", "--model", "run", "--out", out, "--bars", "4", "--takes", "2", "--seed", "7", "--json"])
    };
    let takes = make("a");
    make("b");
    for name in ["take-01.mid", "take-02.mid"] {
        let bytes = |out: &str| std::fs::read(home.path().join(out).join(name)).expect("a take");
        assert!(bytes("a") == bytes("b"), "{name}: the same seed gives the same bytes");
    }
    assert!(takes["takes"][0]["notes"].as_u64().is_some_and(|n| n >= 2), "{takes}");
    let wav = cadenza(&["render", "a/take-01.mid", "--out", "take.wav", "--json"]);
    assert!(wav["seconds_of_audio"].as_f64().is_some_and(|s| s > 1.0), "{wav}");
    assert!(wav["peak_dbfs"].as_f64().is_some_and(|p| p > -60.0 && p < 0.0), "{wav}");
    assert_eq!(cadenza(&["runs", ".", "--json"])["runs"].as_array().map(Vec::len), Some(1));
}

/// The total of a line of `--per-note`: the number after the quoted names, the note, onset and pitch.
fn total(line: &str) -> f64 {
    let after_names = line.rsplit_once('"').map_or(line, |(_, rest)| rest);
    after_names.split(',').nth(4).and_then(|n| n.parse().ok()).expect("a number")
}

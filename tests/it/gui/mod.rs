//! The window, driven without a screen: every page, the roll by mouse and keys, files, languages.

mod fonts;
mod library;

use cadenza::gui::pages::train::{Knob, Preset, RunState, RunSummary, RunView, TrainView};
use cadenza::gui::session::{JobView, Preview, Severity};
use cadenza::gui::settings::{Language, Settings, Theme};
use cadenza::gui::state::Tool;
use cadenza::gui::{Action, Answer, App, Backend, Command, EventSender, Options, Page, Request, SessionEvent};
use cadenza::music::{Key, Mode, Note, Role, Score, Voice};
use cadenza::project::{Edit, Take};
use eframe::egui::{
    Event, Key as K, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, TouchPhase, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::sync::{Arc, Mutex};

/// Remembers what the window asked for.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<Request>>>);

impl Backend for Asked {
    fn request(&mut self, request: Request, _: &EventSender) {
        self.0.lock().expect("no test panics while asking").push(request);
    }
}

fn window() -> Harness<'static, App> {
    window_asking(&Asked::default())
}

fn window_asking(asked: &Asked) -> Harness<'static, App> {
    let options = Options { backend: Box::new(asked.clone()), ..Options::for_test() };
    build(options, false)
}

fn build(options: Options, tofu: bool) -> Harness<'static, App> {
    let mut builder = Harness::builder().with_size(vec2(1280.0, 800.0)).with_max_steps(200).with_step_dt(1.0 / 60.0);
    if tofu {
        // No test may depend on the fonts that a machine has.
        builder = builder.allow_missing_glyphs();
    }
    let mut harness = builder.build_eframe(|cc| {
        let mut app = App::new(&cc.egui_ctx, options);
        if !tofu {
            let english = Settings { language: Language::English, ..Settings::default() };
            app.apply(Action::SetSettings(Box::new(english)));
        }
        app
    });
    harness.run();
    harness
}

fn act(h: &mut Harness<'static, App>, action: Action) {
    h.state_mut().apply(action);
    h.run();
}

fn n_notes(h: &Harness<'static, App>) -> usize {
    h.state().state.project.score().n_notes()
}

fn notes(h: &Harness<'static, App>) -> Vec<Note> {
    h.state().state.project.score().voices[0].notes.clone()
}

/// Where a tick and the middle of a pitch's row are on the screen.
fn at(h: &Harness<'static, App>, tick: i64, pitch: u8) -> Pos2 {
    h.state().roll.transform().expect("the roll was drawn").point(tick, pitch)
}

fn click(h: &mut Harness<'static, App>, pos: Pos2, modifiers: Modifiers) {
    drag(h, pos, pos, modifiers);
}

fn drag(h: &mut Harness<'static, App>, from: Pos2, to: Pos2, modifiers: Modifiers) {
    let button = |pos, pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers };
    h.event(Event::PointerMoved(from));
    h.step();
    h.event_modifiers(button(from, true), modifiers);
    h.step();
    if from != to {
        let half = from + (to - from) * 0.5;
        h.event_modifiers(Event::PointerMoved(half), modifiers);
        h.step();
        h.event_modifiers(Event::PointerMoved(to), modifiers);
        h.step();
    }
    h.event_modifiers(button(to, false), modifiers);
    h.step();
    // Far enough in time that the next click is not the second of two.
    h.run_steps(40);
    h.run();
}

fn key(h: &mut Harness<'static, App>, modifiers: Modifiers, key: K) {
    h.key_press_modifiers(modifiers, key);
    h.run();
}

/// A window whose piece has quarter notes C4 D4 E4 F4 from the start.
fn with_tune() -> Harness<'static, App> {
    let mut h = window();
    let notes = [60, 62, 64, 65].iter().enumerate().map(|(i, p)| Note::new(480 * i as i64, 480, *p, 80)).collect();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    act(&mut h, Action::Select(vec![]));
    act(&mut h, Action::Do(Command::ZoomFit));
    h
}

#[test]
fn every_page_opens_by_its_tab_and_every_control_is_named() {
    let mut h = build(Options::for_test(), true);
    let english = Settings { language: Language::English, ..Settings::default() };
    act(&mut h, Action::SetSettings(Box::new(english)));
    for name in ["Library", "Train", "Compose"] {
        h.get_by_label(name).click();
        h.run();
        h.check_accessibility();
    }
    h.get_by_label_contains("Settings").click();
    h.run();
    assert_eq!(h.state().state.view.page, Page::Settings);
    h.check_accessibility();
}

#[test]
fn the_pencil_draws_undo_and_redo_bring_back() {
    let mut h = window();
    act(&mut h, Action::Do(Command::PencilTool));
    let pos = at(&h, 960, 67) + vec2(4.0, 0.0);
    click(&mut h, pos, Modifiers::NONE);
    assert_eq!(notes(&h), [Note::new(960, 480, 67, 90)]);
    let (from, to) = (at(&h, 1920, 60) + vec2(2.0, 0.0), at(&h, 2880, 60));
    drag(&mut h, from, to, Modifiers::NONE);
    assert_eq!(notes(&h)[1], Note::new(1920, 960, 60, 90));
    key(&mut h, Modifiers::COMMAND, K::Z);
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!(n_notes(&h), 0);
    key(&mut h, Modifiers::COMMAND | Modifiers::SHIFT, K::Z);
    assert_eq!(n_notes(&h), 1);
    key(&mut h, Modifiers::COMMAND, K::Y);
    assert_eq!(n_notes(&h), 2);
    h.get_by_label_contains("Piano roll, 2 notes, ");
}

#[test]
fn a_double_click_adds_a_note_and_a_drag_moves_it_in_one_step() {
    let mut h = window();
    let pos = at(&h, 480, 64) + vec2(3.0, 0.0);
    h.event(Event::PointerMoved(pos));
    h.step();
    for _click in 0..2 {
        for pressed in [true, false] {
            let modifiers = Modifiers::NONE;
            h.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers });
        }
        h.step();
    }
    h.run();
    assert_eq!(notes(&h), [Note::new(480, 480, 64, 90)]);
    h.run_steps(40);
    let (from, to) = (at(&h, 720, 64), at(&h, 1680, 67));
    drag(&mut h, from, to, Modifiers::NONE);
    assert_eq!(notes(&h), [Note::new(1440, 480, 67, 90)]);
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!(notes(&h), [Note::new(480, 480, 64, 90)]);
}

#[test]
fn edges_resize_and_escape_cancels() {
    let mut h = with_tune();
    let end = at(&h, 4 * 480, 65) - vec2(2.0, 0.0);
    let to = at(&h, 6 * 480, 65) - vec2(2.0, 0.0);
    drag(&mut h, end, to, Modifiers::NONE);
    assert_eq!(notes(&h)[3], Note::new(1440, 1440, 65, 80));
    let start = at(&h, 1440, 65) + vec2(2.0, 0.0);
    let to = at(&h, 1920, 65) + vec2(2.0, 0.0);
    drag(&mut h, start, to, Modifiers::NONE);
    assert_eq!(notes(&h)[3], Note::new(1920, 960, 65, 80));

    let before = notes(&h);
    let body = at(&h, 2400, 65);
    h.event(Event::PointerMoved(body));
    let modifiers = Modifiers::NONE;
    h.event(Event::PointerButton { pos: body, button: PointerButton::Primary, pressed: true, modifiers });
    h.step();
    h.event(Event::PointerMoved(body + vec2(90.0, 40.0)));
    h.step();
    key(&mut h, Modifiers::NONE, K::Escape);
    let pos = body + vec2(90.0, 40.0);
    h.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed: false, modifiers });
    h.run();
    assert_eq!(notes(&h), before);
}

#[test]
fn a_box_selects_and_modifiers_add_and_toggle() {
    let mut h = with_tune();
    let (from, to) = (at(&h, 20, 69), at(&h, 900, 58));
    drag(&mut h, from, to, Modifiers::NONE);
    assert_eq!(h.state().state.view.selection.len(), 2);
    let (from, to) = (at(&h, 1000, 69), at(&h, 1300, 58));
    drag(&mut h, from, to, Modifiers::SHIFT);
    assert_eq!(h.state().state.view.selection.len(), 3);
    let (from, to) = (at(&h, 20, 69), at(&h, 1900, 58));
    drag(&mut h, from, to, Modifiers::COMMAND);
    assert_eq!(h.state().state.view.selection.len(), 1);
    h.get_by_label_contains("Piano roll, 4 notes, 1 selected");
}

#[test]
fn keys_move_transpose_lengthen_and_delete() {
    let mut h = with_tune();
    act(&mut h, Action::Do(Command::PencilTool));
    act(&mut h, Action::Do(Command::SelectTool));
    key(&mut h, Modifiers::COMMAND, K::A);
    assert_eq!(h.state().state.view.selection.len(), 4);
    let pitches = |h: &Harness<'static, App>| notes(h).iter().map(|n| n.pitch).collect::<Vec<_>>();
    key(&mut h, Modifiers::NONE, K::ArrowUp);
    assert_eq!(pitches(&h), [61, 63, 65, 66]);
    key(&mut h, Modifiers::SHIFT, K::ArrowDown);
    assert_eq!(pitches(&h), [49, 51, 53, 54]);
    key(&mut h, Modifiers::COMMAND, K::ArrowUp);
    key(&mut h, Modifiers::NONE, K::ArrowDown);
    act(&mut h, Action::Edit(Edit::SetKey(Some(Key::new(0, Mode::Major)))));
    key(&mut h, Modifiers::ALT, K::ArrowUp);
    assert_eq!(pitches(&h), [62, 64, 65, 67]);
    let grid = h.state().roll.grid_ticks(&h.state().state);
    key(&mut h, Modifiers::NONE, K::ArrowRight);
    assert_eq!(notes(&h)[0].start, grid);
    key(&mut h, Modifiers::SHIFT, K::ArrowLeft);
    assert_eq!(notes(&h)[3].duration, 480 - grid);
    key(&mut h, Modifiers::NONE, K::Delete);
    assert_eq!(n_notes(&h), 0);
}

#[test]
fn copy_cut_paste_and_duplicate() {
    let mut h = with_tune();
    key(&mut h, Modifiers::COMMAND, K::A);
    h.event(Event::Copy);
    h.step();
    let text = copied_text(&h).expect("notes are copied as text");
    h.event(Event::Cut);
    h.run();
    assert_eq!(n_notes(&h), 0);
    act(&mut h, Action::Seek(960));
    h.event(Event::Paste(text));
    h.run();
    assert_eq!(
        notes(&h).iter().map(|n| (n.start, n.pitch)).collect::<Vec<_>>(),
        [(960, 60), (1440, 62), (1920, 64), (2400, 65)]
    );
    key(&mut h, Modifiers::COMMAND, K::D);
    assert_eq!(n_notes(&h), 8);
    assert_eq!(h.state().state.view.selection.len(), 4);
    h.event(Event::Paste("something else".into()));
    h.run();
    assert_eq!(n_notes(&h), 8);
}

fn copied_text(h: &Harness<'static, App>) -> Option<String> {
    h.output().platform_output.commands.iter().find_map(|c| match c {
        eframe::egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

#[test]
fn space_plays_only_where_it_has_no_other_meaning() {
    let mut h = with_tune();
    h.key_press(K::Space);
    h.step();
    assert!(h.state().state.session.player.is_playing());
    h.key_press(K::Space);
    h.step();
    assert!(!h.state().state.session.player.is_playing());
    h.get_by_label("Train").focus();
    h.run();
    h.key_press(K::Space);
    h.run();
    assert!(!h.state().state.session.player.is_playing());
    assert_eq!(h.state().state.view.page, Page::Train, "Space pressed the button that has the focus");
}

#[test]
fn tab_walks_the_notes_in_the_roll_and_the_controls_outside_it() {
    let mut h = with_tune();
    let focused = |h: &Harness<'static, App>| h.ctx.memory(|m| m.focused());
    let empty = at(&h, 100, 70);
    click(&mut h, empty, Modifiers::NONE);
    let roll = focused(&h);
    assert!(roll.is_some(), "a click gives the roll the keyboard");
    key(&mut h, Modifiers::NONE, K::Tab);
    key(&mut h, Modifiers::NONE, K::Tab);
    let chosen: Vec<_> = h.state().state.view.selection.iter().copied().collect();
    assert_eq!(chosen, [notes(&h)[1].id]);
    key(&mut h, Modifiers::NONE, K::Escape);
    assert!(h.state().state.view.selection.is_empty());
    key(&mut h, Modifiers::NONE, K::Escape);
    assert_eq!(focused(&h), None, "the keyboard is free again");
    key(&mut h, Modifiers::NONE, K::Tab);
    assert!(focused(&h).is_some() && focused(&h) != roll && h.state().state.view.selection.is_empty());
}

#[test]
fn the_wheel_scrolls_and_zooms_at_the_pointer() {
    let mut h = with_tune();
    let pos = at(&h, 960, 62);
    let wheel = |modifiers| Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, 50.0),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers,
    };
    h.event(Event::PointerMoved(pos));
    h.step();
    let before = h.state().roll.viewport;
    let roll = |h: &mut Harness<'static, App>, modifiers| {
        h.event_modifiers(wheel(modifiers), modifiers);
        h.run();
        h.run_steps(30);
    };
    roll(&mut h, Modifiers::NONE);
    assert!(h.state().roll.viewport.top > before.top, "the wheel goes up");
    roll(&mut h, Modifiers::COMMAND);
    let zoomed = h.state().roll.viewport;
    assert!(zoomed.px_per_tick > before.px_per_tick && zoomed.row == before.row, "Ctrl zooms time");
    assert!((at(&h, 960, 62).x - pos.x).abs() < 2.0, "what is under the pointer stays");
    roll(&mut h, Modifiers::COMMAND | Modifiers::SHIFT);
    assert!(h.state().roll.viewport.row > before.row, "Ctrl+Shift zooms pitch");
}

#[test]
fn the_ruler_places_the_head_and_drags_a_loop() {
    let mut h = with_tune();
    let canvas = h.state().roll.transform().expect("drawn").rect;
    let x = at(&h, 960, 60).x;
    click(&mut h, Pos2::new(x, canvas.top() - 6.0), Modifiers::NONE);
    assert_eq!(h.state().state.session.playhead, 960);
    let to = at(&h, 2880, 60).x;
    drag(&mut h, Pos2::new(x, canvas.top() - 26.0), Pos2::new(to, canvas.top() - 26.0), Modifiers::NONE);
    assert_eq!(h.state().state.session.loop_range, Some((960, 2880)));
    assert!(h.state().state.session.looping);
    key(&mut h, Modifiers::NONE, K::L);
    assert!(!h.state().state.session.looping);
}

#[test]
fn velocity_stems_are_dragged() {
    let mut h = with_tune();
    let canvas = h.state().roll.transform().expect("drawn").rect;
    let x = at(&h, 480, 60).x + 1.0;
    let from = Pos2::new(x, canvas.bottom() + 30.0);
    drag(&mut h, from, Pos2::new(x, canvas.bottom() - 40.0), Modifiers::NONE);
    assert!(notes(&h)[1].velocity > 80 && notes(&h)[0].velocity == 80, "{:?}", notes(&h));
}

#[test]
fn export_writes_midi_that_reads_back_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let mut h = with_tune();
    let path = dir.path().join("tune.mid");
    act(&mut h, Action::ExportMidi(path.clone()));
    let (score, warnings) = cadenza::midi::read(&std::fs::read(&path).unwrap()).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(score.voices[0].notes, notes(&h));
    std::fs::remove_file(&path).unwrap();
    key(&mut h, Modifiers::COMMAND, K::E);
    assert!(path.exists(), "Ctrl+E exports again to the same place");
    h.get_by_label_contains("Exported: ");
}

#[test]
fn saving_and_opening_a_project() {
    let dir = tempfile::tempdir().unwrap();
    let mut h = with_tune();
    assert!(h.state().document_name().ends_with('•'));
    act(&mut h, Action::Save(dir.path().join("tune")));
    let path = dir.path().join("tune.cadenza");
    assert_eq!(h.state().document_name(), "tune");
    let saved = h.state().state.project.score().clone();
    act(&mut h, Action::Do(Command::New));
    assert_eq!(n_notes(&h), 0);
    act(&mut h, Action::Open(path.clone()));
    assert_eq!(h.state().state.project.score(), &saved);
    act(&mut h, Action::Open(dir.path().join("none.mid")));
    assert_eq!(h.state().state.session.message.severity, Severity::Error);
    assert_eq!(h.state().state.project.score(), &saved, "a file that cannot be read changes nothing");
}

#[test]
fn work_is_not_lost_without_a_question() {
    let mut h = with_tune();
    act(&mut h, Action::Do(Command::New));
    assert_eq!(n_notes(&h), 4);
    h.get_by_label_contains("Save the changes?");
    h.get_by_label("Cancel").click();
    h.run();
    assert_eq!((n_notes(&h), h.state().state.view.question.is_none()), (4, true));
    act(&mut h, Action::Do(Command::New));
    h.get_by_label("Do not save").click();
    h.run();
    assert_eq!(n_notes(&h), 0);
}

#[test]
fn saving_answers_the_question() {
    let dir = tempfile::tempdir().unwrap();
    let mut h = with_tune();
    act(&mut h, Action::Do(Command::New));
    // What the dialog would answer.
    act(&mut h, Action::Save(dir.path().join("a.cadenza")));
    assert_eq!((n_notes(&h), dir.path().join("a.cadenza").exists()), (0, true));
    act(&mut h, Action::Answer(Answer::Cancel));
    assert!(h.state().state.view.question.is_none());
}

#[test]
fn what_a_crash_left_is_offered_and_recovered() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path()).unwrap();
    let mut lost = cadenza::project::Project::default();
    let notes = vec![Note::new(0, 480, 60, 80)];
    lost.apply(Edit::AddNotes { voice: 0, notes }).unwrap();
    cadenza::project::file::save(&lost, &dir.path().join("7.cadenza")).unwrap();
    let mut options = Options::for_test();
    options.folders.recovery = Some(dir.path().to_owned());
    let mut h = build(options, false);
    h.get_by_label("Recover 1").click();
    h.run();
    assert_eq!(n_notes(&h), 1);
    assert!(h.state().document_name().ends_with('•'), "recovered work is not saved yet");
    assert!(!dir.path().join("7.cadenza").exists());
}

#[test]
fn the_generator_is_asked_streams_and_gives_takes() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Models(vec!["Folk".into(), "Bach".into()]));
    h.run();
    h.get_by_label("Generate").click();
    h.run();
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Generate(request)) = request else { panic!("{request:?}") };
    assert_eq!((request.model.as_str(), request.from_tick, request.takes), ("Folk", 0, 1));
    assert_eq!(request.settings.seed, h.state().state.view.generator.settings.seed, "the seed is shown");

    let mut score = Score::new(24);
    score.push_voice(Voice::new("Melody", Role::Melody, 0));
    score.insert(0, Note::new(0, 24, 72, 80));
    let preview = Preview { score: Arc::new(score.clone()), from_tick: 0, take: 0, of: 1 };
    events.send(SessionEvent::Preview(preview));
    events.send(SessionEvent::Job(Some(JobView { name: "Generating".into(), progress: Some(0.5) })));
    h.run();
    h.check_accessibility();
    h.get_by_label_contains("Take 1 of 1");
    score.insert(0, Note::new(24, 24, 74, 80));
    events.send(SessionEvent::TakeDone(Box::new(Take {
        name: "Take 1".into(),
        score: Arc::new(score),
        settings: request.settings,
        model: request.model,
        from_tick: 0,
        remark: "Longest run copied: 3 notes".into(),
    })));
    events.send(SessionEvent::GenerateEnded(Ok(())));
    events.send(SessionEvent::Job(None));
    h.run();
    assert_eq!(n_notes(&h), 2, "on an empty roll the first take stays");
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!(n_notes(&h), 0, "one undo brings the old notes back");
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(0, 480, 60, 80)] }));
    h.get_by_label("Hear Take 1").click();
    h.step();
    assert!(h.state().state.session.player.is_playing());
    h.get_by_label("Hear Take 1").click();
    h.run();
    h.get_by_label("Keep Take 1").click();
    h.run();
    assert_eq!(notes(&h).iter().map(|n| (n.start, n.duration)).collect::<Vec<_>>(), [(0, 480), (480, 480)]);
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!(n_notes(&h), 1);
    h.get_by_label("Remove Take 1").click();
    h.run();
    assert!(h.state().state.project.takes().is_empty());
}

#[test]
fn continuing_the_piece_starts_at_the_next_bar() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    h.state().state.session.events.send(SessionEvent::Models(vec!["Folk".into()]));
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(0, 2000, 60, 80)] }));
    let mut generator = h.state().state.view.generator.clone();
    generator.primer = cadenza::gui::state::Primer::Piece;
    act(&mut h, Action::SetGenerator(Box::new(generator)));
    key(&mut h, Modifiers::COMMAND, K::G);
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Generate(request)) = request else { panic!("{request:?}") };
    assert_eq!(request.from_tick, 3840);
    assert_eq!(request.primer.map(|p| p.n_notes()), Some(1));
}

fn run_view(state: RunState) -> RunView {
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

#[test]
fn both_languages_and_both_themes_draw_every_page() {
    for (language, theme) in [(Language::Chinese, Theme::Dark), (Language::English, Theme::Light)] {
        let mut h = build(Options::for_test(), true);
        act(&mut h, Action::SetSettings(Box::new(Settings { language, theme, ..Settings::default() })));
        let events = h.state().state.session.events.clone();
        library::send_rows(&h, 5000);
        events.send(SessionEvent::Run(Some(Box::new(run_view(RunState::Paused)))));
        events.send(SessionEvent::Message(Severity::Warning, "A warning".into()));
        for page in [Page::Library, Page::Train, Page::Compose, Page::Settings] {
            act(&mut h, Action::Show(page));
        }
        key(&mut h, Modifiers::NONE, K::F1);
        assert!(h.state().state.view.show_shortcuts);
        key(&mut h, Modifiers::NONE, K::F1);
        let title = if language == Language::Chinese { "作曲" } else { "Compose" };
        h.get_by_label(title);
    }
}

#[test]
fn voices_are_muted_soloed_renamed_and_taken_in_hand() {
    let mut h = with_tune();
    act(&mut h, Action::Do(Command::AddVoice));
    assert_eq!((h.state().state.project.score().voices.len(), h.state().state.view.voice), (2, 1));
    h.get_by_label("Mute Melody").click();
    h.run();
    assert_eq!(h.state().state.view.silent(2), [true, false]);
    h.get_by_label("Solo Melody").click();
    h.run();
    assert_eq!(h.state().state.view.silent(2), [true, true]);
    h.get_by_label("Voice Melody").click();
    h.run();
    assert_eq!(h.state().state.view.voice, 0);
    h.get_by_label("Remove voice").click();
    h.run();
    assert_eq!(h.state().state.project.score().voices.len(), 1);
}

#[test]
fn a_hundred_thousand_notes_are_drawn_and_selected() {
    let mut h = window();
    let notes = (0..100_000).map(|i| Note::new(i * 60, 55, 30 + (i * 7 % 70) as u8, 80)).collect();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    act(&mut h, Action::Do(Command::ZoomFit));
    for _ in 0..24 {
        act(&mut h, Action::Do(Command::ZoomOut));
    }
    key(&mut h, Modifiers::COMMAND, K::A);
    assert_eq!(h.state().state.view.selection.len(), 100_000);
    key(&mut h, Modifiers::NONE, K::ArrowUp);
    h.get_by_label_contains("Piano roll, 100000 notes, 100000 selected");
}

#[test]
fn the_sheet_of_shortcuts_is_drawn_with_the_fonts_we_ship() {
    let mut h = window();
    key(&mut h, Modifiers::NONE, K::F1);
    h.get_by_label("Mouse on the roll");
    key(&mut h, Modifiers::NONE, K::Escape);
    assert!(!h.state().state.view.show_shortcuts);
}

#[test]
fn the_tool_is_shown_as_chosen() {
    let mut h = window();
    h.get_by_label_contains("Pencil tool").click();
    h.run();
    assert_eq!(h.state().state.view.tool, Tool::Pencil);
}

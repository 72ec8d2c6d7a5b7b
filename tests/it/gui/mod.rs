//! The window, driven without a screen: every page, the roll by mouse and keys, files, languages.

mod chrome;
mod clipboard;
mod coming;
mod crash;
mod exports;
mod files;
mod fonts;
mod generator;
mod gestures;
mod help;
mod history;
mod lanes;
mod library;
mod library_kept;
mod manual;
mod receipts;
mod roll;
mod script;
mod sound;
mod takes;
mod tasks;
mod tools;
mod train;
mod train_views;
mod user;
mod view;
mod voices;

use cadenza::gui::export::{Export, Form, Part};
use cadenza::gui::session::{JobView, Playing, Preview, Severity};
use cadenza::gui::settings::{Language, Settings, Theme};
use cadenza::gui::state::Tool;
use cadenza::gui::{Action, Answer, App, Backend, Command, EventSender, Options, Page, Request, SessionEvent};
use cadenza::job::{Among, CopiedPassage, Figures, LongestCopy, NoPercentile};
use cadenza::music::{Key, Mode, Note, Role, Score, Voice};
use cadenza::project::{Edit, Take, TakeOriginality};
use eframe::egui::{
    Event, Key as K, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, TouchPhase, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
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

/// Scrolls to what carries this name.
fn reach(h: &mut Harness<'static, App>, label: &str) {
    h.get_by_label(label).scroll_to_me();
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
    act(&mut h, Action::Do(Command::SelectTool));
    act(&mut h, Action::Do(Command::ZoomFit));
    h
}

fn export(h: &mut Harness<'static, App>, form: Form, part: Part, path: &std::path::Path) {
    act(h, Action::Export(Export { form, part, path: path.to_owned() }));
}

/// Repaints until it is so. The bound is there to end a test that hangs, not to measure anything.
fn until(h: &mut Harness<'static, App>, what: &str, is_so: impl Fn(&App) -> bool) {
    let begun = std::time::Instant::now();
    while !is_so(h.state()) {
        assert!(begun.elapsed().as_secs() < 120, "waited in vain until {what}");
        std::thread::sleep(std::time::Duration::from_millis(5));
        h.step();
    }
}

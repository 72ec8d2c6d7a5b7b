//! The owner of everything: project, session, settings, view, and what each page remembers.

use super::action::{Action, Actions};
use super::backend::Jobs;
use super::pages::{compose, library, settings as settings_page, train};
use super::piano_roll::{self, Roll};
use super::session::{Backend, EventSender, Request, Session, SessionEvent, Severity};
use super::settings::{Folders, Settings, Theme};
use super::shortcuts::{self, Command, Reach};
use super::state::{AfterQuestion, Page, Question, State, Tool, View};
use super::{chrome, guide, history, manual, overlays, text, theme, tools};
use crate::audio::Player;
use crate::audio::fonts::looks_like_font;
use crate::job::reading::{self, READABLE};
use crate::project::recovery::{self, Recovery};
use crate::project::{Lane, Project};
use eframe::egui::{self, Event, Key, Modifiers, ThemePreference};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What the window depends on.
pub struct Options {
    pub open: Option<PathBuf>,
    pub player: Player,
    pub backend: Box<dyn Backend>,
    pub folders: Folders,
}

impl Options {
    /// The real thing: the user's folders, sound device and jobs.
    pub fn of_user(open: Option<PathBuf>) -> Self {
        let folders = Folders::of_user();
        let backend: Box<dyn Backend> = match &folders.data {
            Some(data) => Box::new(Jobs::new(data.clone(), folders.cache.clone())),
            None => Box::new(NoBackend),
        };
        Self { open, player: Player::closed(), backend, folders }
    }

    /// Nothing of the user's is read or written, nothing sounds: for tests.
    pub fn for_test() -> Self {
        Self { open: None, player: Player::silent(), backend: Box::new(NoBackend), folders: Folders::default() }
    }
}

/// No jobs: says so instead of doing nothing.
struct NoBackend;

impl Backend for NoBackend {
    fn request(&mut self, _: Request, events: &EventSender) {
        let sentence = "This window was opened without anything to run jobs with";
        events.send(SessionEvent::Message(Severity::Warning, sentence.into()));
    }
}

/// What a pixel of a repaint takes where the processor draws (llvmpipe, measured at 1440 × 900).
const SECONDS_A_PIXEL: f32 = 9e-8;

pub struct App {
    pub state: State,
    pub roll: Roll,
    pub(super) table: library::Table,
    pub(super) form: train::Form,
    pub(super) actions: Actions,
    pub(super) folders: Folders,
    pub(super) recovery: Option<Recovery>,
    /// When the last copy was kept, and of which version; `None` where there is no copy.
    pub(super) last_copy: (Instant, Option<(u64, u64)>),
    pub(super) ctx: egui::Context,
    /// The question about unsaved work has been answered: the window may close.
    pub(super) may_close: bool,
    /// What the window's title says, so that it is set only when it changes.
    title: String,
}

impl App {
    pub fn new(ctx: &egui::Context, options: Options) -> Self {
        theme::install(ctx);
        let Options { open, player, backend, folders } = options;
        let mut session = Session::new(player, backend, ctx);
        let settings = match folders.settings.as_deref().map_or_else(|| Ok(Settings::default()), Settings::load) {
            Ok(settings) => settings,
            Err(sentence) => {
                session.say(Severity::Warning, sentence);
                Settings::default()
            }
        };
        session.volume = settings.volume;
        session.player.set_volume(settings.volume);
        let orphans = folders.recovery.as_deref().map(recovery::orphans).unwrap_or_default();
        let recovery = folders.recovery.as_deref().and_then(|folder| match Recovery::open(folder) {
            Ok(recovery) => Some(recovery),
            Err(e) => {
                let sentence = format!("No copy will be kept against a crash ({e}): {}", folder.display());
                session.say(Severity::Warning, sentence);
                None
            }
        });
        let project = Project::default();
        let roll = Roll::new(project.score());
        let view = View {
            orphans,
            tool: Tool::Pencil,
            ghosts: true,
            show_velocity: true,
            show_minimap: true,
            follow: true,
            lanes: vec![Lane::Chords],
            ..View::default()
        };
        let mut app = Self {
            state: State { project, session, settings, view, system_is_chinese: text::system_is_chinese() },
            roll,
            table: library::Table::default(),
            form: train::Form::default(),
            actions: Actions::default(),
            folders,
            recovery,
            last_copy: (Instant::now(), None),
            ctx: ctx.clone(),
            may_close: false,
            title: String::new(),
        };
        app.apply_theme();
        app.score_changed();
        let (settings, waker) = (&app.state.settings, app.state.session.events.waker());
        app.state.session.player.set_metronome(settings.record.metronome);
        app.state.session.player.set_up(&settings.sound, &settings.midi, waker);
        app.state.session.start();
        if let Some(font) = app.state.settings.soundfont.clone() {
            app.choose_font(Some(font));
        }
        if let Some(path) = open {
            app.apply(Action::Open(path));
        }
        app
    }

    pub(super) fn apply_theme(&self) {
        self.ctx.set_theme(match self.state.settings.theme {
            Theme::System => ThemePreference::System,
            Theme::Dark => ThemePreference::Dark,
            Theme::Light => ThemePreference::Light,
        });
    }

    /// Brings the sound in line with the settings.
    pub(super) fn apply_sound(&mut self) {
        let State { settings, session, .. } = &mut self.state;
        session.player.set_sound(&settings.sound);
        session.player.set_midi(&settings.midi);
        session.player.set_metronome(settings.record.metronome);
    }

    /// Hears what jobs and dialogs have sent.
    fn drain_events(&mut self) {
        while let Ok(event) = self.state.session.incoming.try_recv() {
            self.hear(event);
        }
    }

    /// Keys, the clipboard, dropped files: everything that is no widget.
    fn read_input(&mut self, ctx: &egui::Context) {
        let View { question, export, typed_path, about, popup_open, .. } = &self.state.view;
        let box_open = typed_path.is_some() || about.is_some();
        let asked = question.is_some() || export.asking || box_open || *popup_open;
        let compose = self.state.view.page == Page::Compose && !self.state.view.show_shortcuts;
        let focused = ctx.memory(|m| m.focused());
        let roll = compose && focused.is_none_or(|id| id == piano_roll::canvas_id());
        self.play_keys(ctx, roll && !asked && !ctx.text_edit_focused());
        // A field that is written in keeps it: it gives the keyboard back first.
        if !asked
            && !ctx.text_edit_focused()
            && let Some(close) = self.topmost_window(ctx)
            && ctx.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape))
        {
            self.apply(close);
        }
        if !asked {
            // An open tool has the plain keys: Enter applies, Escape cancels.
            let compose = compose && self.state.view.tool_box.is_none();
            let roll = compose && focused.is_none_or(|id| id == piano_roll::canvas_id());
            let roll_focused = compose && focused == Some(piano_roll::canvas_id());
            for command in shortcuts::pressed(ctx, Reach { compose, roll, roll_focused }) {
                self.actions.command(command);
            }
            if compose && !ctx.text_edit_focused() {
                self.read_clipboard_events(ctx);
            }
            if !ctx.text_edit_focused() && ctx.input(|i| i.key_pressed(egui::Key::Questionmark)) {
                self.actions.command(Command::Shortcuts);
            }
        }
        let dropped: Vec<PathBuf> = ctx.input(|i| i.raw.dropped_files.iter().map(|f| f.path().to_owned()).collect());
        self.receive_dropped(dropped);
    }

    /// What closes the window that lies over the others, where any floats and the roll is not in the middle of a drag.
    fn topmost_window(&self, ctx: &egui::Context) -> Option<Action> {
        let view = &self.state.view;
        if view.show_shortcuts || self.roll.drags() {
            return None;
        }
        // A picture of the manual that is looked at lies over everything.
        if let Some(page) = view.manual.as_ref().and_then(manual::Opened::closed) {
            return Some(Action::OpenManual(Some(page)));
        }
        let compose = view.page == Page::Compose;
        let open = [
            (manual::window_id(), view.manual.is_some(), Action::OpenManual(None)),
            (history::window_id(), compose && view.show_history, Action::Do(Command::History)),
            (compose::take_box_id(), compose && view.take_box.is_some(), Action::OpenTake(None)),
            (tools::window_id(), compose && view.tool_box.is_some(), Action::DropTool),
        ];
        let order: Vec<egui::Id> = ctx.memory(|m| m.layer_ids().map(|layer| layer.id).collect());
        let height = |id: egui::Id| order.iter().position(|other| *other == id);
        let top = open.into_iter().filter(|(_, is_open, _)| *is_open).max_by_key(|(id, ..)| height(*id))?;
        Some(top.2)
    }

    fn read_clipboard_events(&mut self, ctx: &egui::Context) {
        for event in ctx.input(|i| i.events.clone()) {
            match event {
                Event::Copy => self.actions.command(Command::Copy),
                Event::Cut => self.actions.command(Command::Cut),
                Event::Paste(text) => self.actions.push(Action::Paste(text)),
                _ => {}
            }
        }
    }

    /// A SoundFont sounds; on the Library page everything else that is dropped is learned from; a file of music
    /// dropped on Compose comes in at the head; the rest is opened.
    fn receive_dropped(&mut self, dropped: Vec<PathBuf>) {
        if dropped.is_empty() {
            return;
        }
        if let [font] = &dropped[..]
            && looks_like_font(font)
        {
            self.actions.push(Action::ChooseFont(Some(font.clone())));
            return;
        }
        let folder = dropped.len() > 1 || dropped[0].is_dir();
        if self.state.view.page == Page::Library || folder {
            self.actions.push(Action::Show(Page::Library));
            self.actions.push(Action::Library(library::LibraryRequest::Add(dropped)));
        } else if let Some(path) = dropped.into_iter().next() {
            let music = READABLE.contains(&reading::ending(&path).as_str());
            let import = self.state.view.page == Page::Compose && music;
            self.actions.push(if import { Action::Import(path) } else { Action::Open(path) });
        }
    }

    /// Work that would be lost holds the window open until the question is answered.
    fn guard_close(&mut self, ctx: &egui::Context) {
        if !ctx.input(|i| i.viewport().close_requested()) || self.may_close {
            return;
        }
        if self.state.project.is_unsaved() {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.state.view.question = Some(Question::Unsaved(AfterQuestion::Close));
        } else if self.trains_here() {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.state.view.question = Some(Question::Training);
        }
    }

    /// Whether a training would end with the window.
    pub(super) fn trains_here(&self) -> bool {
        self.state.session.train.active().is_some_and(|run| !run.elsewhere)
    }

    /// Learns what a repaint costs, so that long jobs do not pay for it.
    fn set_pace(&mut self, ctx: &egui::Context, frame: &eframe::Frame) {
        let Some(seconds) = frame.info().cpu_usage else { return };
        // Where there is no GPU the picture is made by threads that are not in that figure.
        let by_cpu = frame
            .wgpu_render_state()
            .is_some_and(|r| r.adapter.get_info().device_type == eframe::wgpu::DeviceType::Cpu);
        let pixels = ctx.content_rect().area() * ctx.pixels_per_point() * ctx.pixels_per_point();
        let hidden = if by_cpu { pixels * SECONDS_A_PIXEL } else { 0.0 };
        self.state.session.events.set_pace(Duration::from_secs_f32((seconds + hidden).clamp(0.0, 10.0)));
    }

    /// Closes the window once the training that held it open is saved.
    fn close_when_saved(&mut self, ctx: &egui::Context) {
        if self.state.view.closing && !self.trains_here() && !self.may_close {
            self.may_close = true;
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    fn set_title(&mut self, ctx: &egui::Context) {
        let title = format!("{} – Cadenza", self.document_name());
        if title != self.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// The file's name, or the piece's, with a mark while it is not saved.
    pub fn document_name(&self) -> String {
        chrome::document_name(&self.state)
    }

    fn apply_all(&mut self) {
        for action in self.actions.take() {
            self.apply(action);
            self.ctx.request_repaint();
        }
    }
}

impl App {
    /// What is done whether or not the window is seen.
    pub(super) fn before_paint(&mut self, ctx: &egui::Context) {
        self.state.session.poll();
        self.drain_events();
        self.hear_the_sound();
        self.close_when_saved(ctx);
        self.guard_close(ctx);
        self.follow_the_sound(ctx);
        self.keep_copy();
    }

    pub(super) fn paint(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        self.read_input(&ctx);
        self.apply_all();
        self.set_title(&ctx);
        let Self { state, roll, table, form, actions, .. } = self;
        chrome::top_bar_ui(ui, state, actions);
        guide::guide_ui(ui, state, actions);
        chrome::status_line_ui(ui, state, actions);
        let frame = egui::Frame::new().fill(theme::Tokens::of(ui).panel);
        if state.view.page == Page::Compose {
            compose::compose_ui(ui, state, roll, actions);
        } else {
            egui::CentralPanel::no_frame().frame(frame).show(ui, |ui| match state.view.page {
                Page::Library => library::library_ui(ui, state, table, actions),
                Page::Train => train::train_ui(ui, state, form, actions),
                Page::Settings => settings_page::settings_ui(ui, state, actions),
                Page::Compose => {}
            });
        }
        if state.view.page == Page::Compose {
            tools::tool_box_ui(&ctx, state, actions);
            compose::take_box_ui(&ctx, state, actions);
            history::history_ui(&ctx, state, actions);
        }
        manual::manual_ui(&ctx, state, actions);
        overlays::overlays_ui(&ctx, state, actions);
        // egui knows the menus of a repaint only once they are drawn; keys are read before that.
        self.state.view.popup_open = ctx.any_popup_open();
        // What came in may have closed it: seen in the next repaint, before the next key.
        if self.state.view.popup_open && ctx.input(|i| !i.events.is_empty()) {
            ctx.request_repaint();
        }
        self.apply_all();
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        self.set_pace(ctx, frame);
        self.before_paint(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.paint(ui);
    }

    fn on_exit(&mut self) {
        self.state.session.player.stop();
        self.keep_settings();
    }
}

impl App {
    /// Repaints while something moves, and only then.
    fn follow_the_sound(&mut self, ctx: &egui::Context) {
        let session = &mut self.state.session;
        if session.player.is_playing() {
            ctx.request_repaint_after(Duration::from_millis(16));
        } else if session.plays_other() {
            self.stop_take();
        }
    }
}

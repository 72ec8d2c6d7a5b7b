//! Files of the window: open, save, copies against a crash, and the question before a loss.

use super::action::{Action, Answer, Dialog};
use super::app::App;
use super::pages::train::TrainRequest;
use super::session::{Request, SessionEvent, Severity};
use super::settings::Settings;
use super::state::{AfterQuestion, Follow, Generator, Page, Primer, Question, Tool};
use super::text::{Text, fill, sentence};
use crate::generate;
use crate::job;
use crate::music::Score;
use crate::project::{Project, Receipts, file};
use eframe::egui::ViewportCommand;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

impl App {
    /// Does `then` at once where nothing would be lost, else asks first.
    pub(super) fn unless_unsaved(&mut self, then: AfterQuestion) {
        if self.state.project.is_unsaved() {
            self.state.view.question = Some(Question::Unsaved(then));
        } else {
            self.go_on(then);
        }
    }

    fn go_on(&mut self, then: AfterQuestion) {
        match then {
            AfterQuestion::New => self.show_project(Project::default(), None),
            AfterQuestion::Open(path) => self.open_now(path),
            AfterQuestion::OpenScore { score, as_primer } => {
                self.show_project(Project::new(Score::clone(&score)), None);
                if as_primer {
                    self.state.view.generator.primer = Primer::Piece;
                }
                let sentence = fill(self.state.text().opened, &[&score.title]);
                self.state.session.say(Severity::Success, sentence);
            }
            AfterQuestion::Close if self.trains_here() => self.state.view.question = Some(Question::Training),
            AfterQuestion::Close => {
                self.may_close = true;
                self.ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
    }

    pub(super) fn answer(&mut self, answer: Answer) {
        let then = match self.state.view.question.clone() {
            Some(Question::Unsaved(then)) => then,
            Some(Question::Training) => return self.answer_training(answer),
            None => return,
        };
        match answer {
            Answer::GoOnWithout | Answer::StopTraining => {}
            Answer::Cancel => self.state.view.question = None,
            Answer::DoNotSave => {
                self.state.view.question = None;
                self.go_on(then);
            }
            Answer::Save => match self.state.view.path.clone() {
                Some(path) => {
                    self.state.view.question = None;
                    if self.save(path) {
                        self.go_on(then);
                    }
                }
                // The question stays until the dialog has given a path, which answers it.
                None => self.apply(Action::OpenDialog(Dialog::SaveAs)),
            },
        }
    }

    /// What is to become of the training when the window closes.
    fn answer_training(&mut self, answer: Answer) {
        self.state.view.question = None;
        let request = match answer {
            Answer::GoOnWithout => TrainRequest::GoOnWithout,
            Answer::StopTraining => TrainRequest::StopAndKeep,
            Answer::Cancel | Answer::Save | Answer::DoNotSave => return,
        };
        self.state.view.closing = true;
        let sentence = self.state.text().tr.closing_wait;
        self.state.session.say(Severity::Info, sentence);
        self.state.session.request(Request::Train(request));
    }

    pub(super) fn open(&mut self, path: PathBuf) {
        self.unless_unsaved(AfterQuestion::Open(path));
    }

    /// A piece of the library as it is learned from, whatever file or archive it came out of.
    pub(super) fn open_piece(&mut self, piece: usize, as_primer: bool) {
        let Some(piece) = self.state.session.library.shelf.library.pieces.get(piece) else { return };
        let mut score = match piece.score() {
            Ok(score) => Score::clone(&score),
            Err(lost) => {
                let sentence = sentence(&lost.to_string(), self.state.text());
                return self.state.session.say(Severity::Error, sentence);
            }
        };
        score.title.clone_from(&piece.title);
        self.unless_unsaved(AfterQuestion::OpenScore { score: Arc::new(score), as_primer });
    }

    fn open_now(&mut self, path: PathBuf) {
        let is_project = path.extension().is_some_and(|e| e.eq_ignore_ascii_case(file::EXTENSION));
        let result = if is_project {
            file::load(&path).map(|p| (p, Vec::new(), 0)).map_err(|e| e.to_string())
        } else {
            import(&path, self.state.text())
        };
        match result {
            Ok((project, warnings, receipts)) => {
                self.show_project(project, is_project.then(|| path.clone()));
                self.state.settings.remember(&path);
                self.keep_settings();
                let t = self.state.text();
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let opened = match receipts {
                    0 => fill(t.opened, &[&name]),
                    n => fill(t.rc.opened_with, &[&name, &n.to_string()]),
                };
                match warnings.as_slice() {
                    [] => self.state.session.say(Severity::Success, opened),
                    [first, rest @ ..] => {
                        let more =
                            if rest.is_empty() { String::new() } else { fill(t.and_more, &[&rest.len().to_string()]) };
                        self.state.session.say(Severity::Warning, format!("{opened} {}{more}", sentence(first, t)));
                    }
                }
            }
            Err(sentence) => self.state.session.say(Severity::Error, sentence),
        }
    }

    /// Puts a project into the window.
    fn show_project(&mut self, project: Project, path: Option<PathBuf>) {
        self.state.view.tool_box = None;
        self.finish_recording();
        self.stop_take();
        self.state.session.player.stop();
        self.state.project = project;
        // What is said of the old piece is not for this one.
        let session = &mut self.state.session;
        (session.explaining, session.originality, session.unknown_meter) = (false, None, None);
        (session.nearest, session.weighed) = (None, None);
        self.state.view.take_box = None;
        self.state.view.explain &= !self.state.project.receipts().is_empty();
        self.take_up_settings();
        self.state.session.playhead = 0;
        self.state.session.loop_range = None;
        self.set_loop(None);
        let view = &mut self.state.view;
        (view.path, view.exported, view.voice) = (path, None, 0);
        (view.muted, view.soloed, view.selection) = (Vec::new(), Vec::new(), Arc::default());
        view.page = Page::Compose;
        // What is empty is there to be written, what is full to be changed.
        view.tool = if self.state.project.score().n_notes() == 0 { Tool::Pencil } else { Tool::Select };
        self.roll.fit = true;
        self.forget_copy();
        self.score_changed();
    }

    /// A project's takes hold what they were made with: the panel goes on from the last of them. A piece without
    /// takes leaves the panel as it is.
    fn take_up_settings(&mut self) {
        let Some(last) = self.state.project.takes().last().cloned() else { return };
        let models = &self.state.session.models;
        let generator = &mut self.state.view.generator;
        let model =
            if models.is_empty() || models.contains(&last.model) { last.model } else { generator.model.clone() };
        let chords: Vec<String> = last.settings.rules.chords.iter().map(ToString::to_string).collect();
        let goes_on = last.from_tick > 0 && !last.settings.task.opens();
        // Bars, voices and what followed the piece are taken from it when takes are asked for.
        let settings = generate::Settings { region: None, voices: Vec::new(), ..last.settings };
        let follow =
            Follow { chords: chords.join(" "), chord_track: settings.rules.chord_track.is_some(), ..Follow::default() };
        let primer = if goes_on { Primer::Piece } else { Primer::None };
        *generator = Generator { model, settings, follow, primer, ..generator.clone() };
    }

    /// Saves to `path`, with the ending of a project where it has none. Says whether it did.
    pub(super) fn save(&mut self, path: PathBuf) -> bool {
        self.keep_tool();
        let path = with_extension(path, file::EXTENSION);
        if let Err(e) = file::save(&self.state.project, &path) {
            self.state.session.say(Severity::Error, e.to_string());
            return false;
        }
        self.state.project.mark_saved();
        self.state.settings.remember(&path);
        let sentence = fill(self.state.text().saved, &[&path.display().to_string()]);
        self.state.view.path = Some(path);
        self.state.session.say(Severity::Success, sentence);
        self.keep_settings();
        self.forget_copy();
        if let Some(Question::Unsaved(then)) = self.state.view.question.take() {
            self.go_on(then);
        }
        true
    }

    pub(super) fn keep_settings(&mut self) {
        if let Some(path) = &self.folders.settings
            && let Err(sentence) = Settings::save(&self.state.settings, path)
        {
            self.state.session.say(Severity::Warning, sentence);
        }
    }

    /// Keeps a copy against a crash when it is time and something has changed since the last one.
    pub(super) fn keep_copy(&mut self) {
        let every = Duration::from_secs(u64::from(self.state.settings.autosave_secs));
        let Some(recovery) = self.recovery.as_ref().filter(|_| !every.is_zero() && self.state.project.is_unsaved())
        else {
            return;
        };
        let (when, what) = self.last_copy;
        let now = self.state.project.version();
        if what == Some(now) {
            return;
        }
        // A take may have cost minutes, and no undo brings it back: it is kept at once.
        let new_take = now.1 > 0 && what.is_none_or(|w| w.1 != now.1);
        if !new_take && when.elapsed() < every {
            self.ctx.request_repaint_after(every.saturating_sub(when.elapsed()));
            return;
        }
        self.last_copy = (Instant::now(), Some(now));
        let events = self.state.session.events.clone();
        recovery.keep(&self.state.project, move |result| {
            if let Err(e) = result {
                events.send(SessionEvent::Message(Severity::Warning, e.to_string()));
            }
        });
    }

    /// Removes the copy: what it held is in a file, or was given up on purpose.
    fn forget_copy(&mut self) {
        if let Some(recovery) = &self.recovery {
            recovery.clear();
        }
        self.last_copy.1 = None;
    }

    pub(super) fn recover(&mut self, i: usize) {
        let Some(orphan) = self.state.view.orphans.get(i).cloned() else { return };
        match orphan.load() {
            Ok(project) => {
                self.show_project(project, None);
                self.state.view.orphans.remove(i);
                // The copy goes only once this window has one of its own.
                if self.recovery.as_ref().is_some_and(|r| r.keep_now(&self.state.project)) {
                    self.last_copy = (Instant::now(), Some(self.state.project.version()));
                    orphan.discard();
                }
                let sentence = self.state.text().recovered;
                self.state.session.say(Severity::Success, sentence);
            }
            Err(e) => self.state.session.say(Severity::Error, e.to_string()),
        }
    }
}

/// A file of music as a project of its own, with what was noticed, and of how many notes there were receipts
/// beside it.
fn import(path: &Path, t: &Text) -> Result<(Project, Vec<String>, usize), String> {
    let (mut score, mut warnings) = job::read_score(path)?;
    if score.title.trim().is_empty() {
        score.title = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    }
    if score.voices.is_empty() {
        score.push_voice(crate::music::Voice::new("Melody", crate::music::Role::Melody, 0));
    }
    let mut project = Project::new(score);
    let n = match receipts_beside(path, project.score()) {
        Ok(receipts) => {
            let n = receipts.len();
            project.add_receipts(receipts);
            n
        }
        Err((file, why)) => {
            warnings.push(fill(t.rc.beside_wrong, &[&why, &file.display().to_string()]));
            0
        }
    };
    Ok((project, warnings, n))
}

/// The receipts that stand beside a take: none where there is no such file.
fn receipts_beside(path: &Path, score: &Score) -> Result<Receipts, (PathBuf, String)> {
    let file = path.with_extension("json");
    let read = match std::fs::read(&file) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Receipts::default()),
        Err(e) => Err(e.to_string()),
        Ok(text) => Receipts::from_beside(&text, score),
    };
    read.map(Option::unwrap_or_default).map_err(|why| (file, why))
}

pub(super) fn with_extension(path: PathBuf, extension: &str) -> PathBuf {
    if path.extension().is_some() { path } else { path.with_extension(extension) }
}

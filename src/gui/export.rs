//! What goes out: the piece, or what is selected of it, as a file for others.

use super::action::Action;
use super::app::App;
use super::export_sound::{ExportSound, range_of};
use super::picture::{self, Picture};
use super::session::{Request, SessionEvent, Severity};
use super::text::{fill, sentence};
use crate::audio::Bounce;
use crate::music::{Score, Tick, transform};
use crate::notation::{abc, musicxml};
use crate::{files, midi};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Midi,
    Wav,
    Abc,
    MusicXml,
    Svg,
    Png,
    /// Pages for a printer, as a document that every browser shows and prints.
    Html,
}

impl Form {
    pub const ALL: [Form; 7] = [Form::Midi, Form::Wav, Form::Abc, Form::MusicXml, Form::Svg, Form::Png, Form::Html];

    /// The name of the form and the endings of its files, the usual one first.
    pub fn about(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Form::Midi => ("MIDI", &["mid", "midi"]),
            Form::Wav => ("WAV", &["wav"]),
            Form::Abc => ("ABC", &["abc"]),
            Form::MusicXml => ("MusicXML", &["musicxml", "xml"]),
            Form::Svg => ("SVG", &["svg"]),
            Form::Png => ("PNG", &["png"]),
            Form::Html => ("HTML", &["html", "htm"]),
        }
    }

    fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_string_lossy().to_ascii_lowercase();
        Self::ALL.into_iter().find(|f| f.about().1.contains(&ending.as_str()))
    }
}

/// How much of the piece.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    #[default]
    All,
    /// What lies in the loop, cut off at its end.
    Loop,
    /// The selected notes, from the bar in which the first begins.
    Selection,
}

/// A file to write. Its ending says the form; `form` is for one without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub form: Form,
    pub part: Part,
    pub path: PathBuf,
}

impl App {
    pub(super) fn export(&mut self, export: Export) {
        let Export { form, part, path } = export;
        let form = Form::of(&path).unwrap_or(form);
        let path = super::documents::with_extension(path, form.about().1[0]);
        let picked = match part {
            Part::All => None,
            Part::Loop => match self.state.session.loop_range {
                Some((from, to)) => Some(Arc::new(transform::slice(self.state.project.score(), from, to))),
                None => {
                    let sentence = self.state.text().tools.no_loop;
                    self.state.session.say(Severity::Warning, sentence);
                    return;
                }
            },
            Part::Selection => match transform::picked(self.state.project.score(), &self.state.view.selection) {
                Some(score) => Some(Arc::new(score)),
                None => {
                    let sentence = self.state.text().tools.nothing_selected;
                    self.state.session.say(Severity::Warning, sentence);
                    return;
                }
            },
        };
        let is_all = picked.is_none();
        let score = picked.unwrap_or_else(|| Arc::clone(self.state.project.score()));
        // Everything that is lost on the way, a sentence each.
        let t = self.state.text();
        let said = |losses: Vec<String>| losses.iter().map(|l| sentence(l, t)).collect::<Vec<_>>().join(" ");
        let told = |losses: Vec<String>| (!losses.is_empty()).then(|| said(losses));
        match form {
            Form::Midi => {
                let (bytes, losses) = midi::write(&score);
                let written = self.write_export(&path, &bytes, told(losses.iter().map(ToString::to_string).collect()));
                if written && is_all {
                    self.state.view.exported = Some(path);
                }
            }
            Form::Abc => {
                let (text, losses) = abc::write(&score);
                let loss = told(losses.iter().map(ToString::to_string).collect());
                self.write_export(&path, text.as_bytes(), loss);
            }
            Form::MusicXml => {
                let (text, losses) = musicxml::write(&score);
                let loss = told(losses.iter().map(ToString::to_string).collect());
                self.write_export(&path, text.as_bytes(), loss);
            }
            Form::Wav => self.export_sound(score, is_all, None, path),
            Form::Svg => {
                let text = Picture::of(&self.state).svg();
                self.write_export(&path, text.as_bytes(), None);
            }
            Form::Png => self.export_png(path),
            Form::Html => {
                let text = picture::print::html(&self.state);
                self.write_export(&path, text.as_bytes(), None);
            }
        }
    }

    /// Writes the bytes, and says so with everything that was lost. Tells whether it could.
    fn write_export(&mut self, path: &Path, bytes: &[u8], loss: Option<String>) -> bool {
        let t = self.state.text();
        let name = path.display().to_string();
        let result = files::write_atomic(path, bytes);
        let (severity, sentence) = match (&result, loss) {
            (Ok(()), None) => (Severity::Success, fill(t.exported, &[&name])),
            (Ok(()), Some(loss)) => (Severity::Warning, format!("{loss} {}", fill(t.exported, &[&name]))),
            (Err(e), _) => (Severity::Error, fill(t.not_exported, &[&sentence(&e.to_string(), t), &name])),
        };
        self.state.session.say(severity, sentence);
        if result.is_ok() {
            self.state.view.last_export = Some(path.to_owned());
        }
        result.is_ok()
    }

    /// Writes the piece as pages, and shows them with what the system has for them: a browser, which prints.
    pub(super) fn print(&mut self) {
        let name = super::chrome::document_name(&self.state);
        let name: String = name.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')).collect();
        let path = std::env::temp_dir().join(format!("cadenza-{}.html", name.trim()));
        let text = picture::print::html(&self.state);
        if self.write_export(&path, text.as_bytes(), None) {
            self.apply(Action::OpenOutside(path));
        }
    }

    /// What was asked for in the window of [`super::export_sound`].
    pub(super) fn export_asked_sound(&mut self, path: PathBuf) {
        let ExportSound { part, format, .. } = self.state.view.export;
        let score = Arc::clone(self.state.project.score());
        let range = range_of(&self.state, part);
        let path = super::documents::with_extension(path, format.extension());
        self.export_sound(score, true, range, path);
    }

    fn export_sound(&mut self, score: Arc<Score>, is_all: bool, range: Option<(Tick, Tick)>, path: PathBuf) {
        let sentence = fill(self.state.text().exporting, &[&path.display().to_string()]);
        self.state.session.say(Severity::Info, sentence);
        // What was selected is meant to be heard, muted or not.
        let silent = if is_all { self.state.view.silent(score.voices.len()) } else { vec![false; score.voices.len()] };
        let ExportSound { rate, format, separate, .. } = self.state.view.export;
        let voices_on = silent.into_iter().map(|silent| !silent).collect();
        let what = Bounce { rate, format, range, voices_on, separate };
        let font = self.state.session.player.soundfont().clone();
        self.state.view.last_export = Some(path.clone());
        self.state.session.request(Request::ExportSound { score, what, font, path });
    }

    /// Millions of pixels: on a thread of its own.
    fn export_png(&mut self, path: PathBuf) {
        let t = self.state.text();
        let picture = Picture::of(&self.state);
        let name = path.display().to_string();
        self.state.session.say(Severity::Info, fill(t.exporting, &[&name]));
        self.state.view.last_export = Some(path.clone());
        let events = self.state.session.events.clone();
        std::thread::spawn(move || {
            let (severity, sentence) = match picture.png().map(|bytes| files::write_atomic(&path, &bytes)) {
                Some(Ok(())) => (Severity::Success, fill(t.exported, &[&name])),
                Some(Err(e)) => (Severity::Error, fill(t.not_exported, &[&sentence(&e.to_string(), t), &name])),
                None => (Severity::Error, fill(t.tools.too_large, &[&picture.n_bars().to_string()])),
            };
            events.send(SessionEvent::Message(severity, sentence));
        });
    }
}

//! What each command of the table does.

use super::about::About;
use super::action::{Action, Dialog};
use super::app::App;
use super::export::{Export, Form, Part};
use super::guide::Guide;
use super::manual;
use super::menu;
use super::pages::library::LibraryRequest;
use super::piano_roll::clipboard;
use super::session::{Request, Severity};
use super::shortcuts::Command;
use super::state::{AfterQuestion, Page, Tool};
use super::text::{edit_label, fill};
use crate::music::{Note, NoteId, Role, Tick, Voice};
use crate::project::{Edit, Lane};
use std::sync::Arc;

impl App {
    pub(super) fn command(&mut self, command: Command) {
        let dialog = |app: &mut App, d| app.apply(Action::OpenDialog(d));
        match command {
            Command::New => self.unless_unsaved(AfterQuestion::New),
            Command::Open => dialog(self, Dialog::Open),
            Command::Save => match self.state.view.path.clone() {
                Some(path) => {
                    self.save(path);
                }
                None => dialog(self, Dialog::SaveAs),
            },
            Command::SaveAs => dialog(self, Dialog::SaveAs),
            Command::Import => dialog(self, Dialog::Import),
            Command::ExportMidi => match self.state.view.exported.clone() {
                Some(path) => self.export(Export { form: Form::Midi, part: Part::All, path }),
                None => dialog(self, Dialog::Export(Form::Midi, Part::All)),
            },
            Command::ExportMidiAs => dialog(self, Dialog::Export(Form::Midi, Part::All)),
            Command::ExportWav => self.state.view.export.asking = true,
            Command::ExportAbc => dialog(self, Dialog::Export(Form::Abc, Part::All)),
            Command::ExportMusicXml => dialog(self, Dialog::Export(Form::MusicXml, Part::All)),
            Command::ExportPicture => dialog(self, Dialog::Export(Form::Svg, Part::All)),
            Command::ExportSelection => dialog(self, Dialog::Export(Form::Midi, Part::Selection)),
            Command::Print => self.print(),
            Command::Reveal => {
                if let Some(path) = self.state.view.last_export.clone() {
                    self.apply(Action::ShowFile(path));
                }
            }
            Command::Quit => self.unless_unsaved(AfterQuestion::Close),
            Command::Undo | Command::Redo => self.undo_or_redo(command == Command::Undo),
            Command::History => self.state.view.show_history = !self.state.view.show_history,
            Command::Cut => {
                self.copy();
                self.edit(Edit::DeleteNotes(self.selected()));
            }
            Command::Copy => self.copy(),
            // Its text comes with the event of the window system.
            Command::Paste => self.ctx.send_viewport_cmd(eframe::egui::ViewportCommand::RequestPaste),
            Command::Duplicate => self.duplicate(),
            Command::Delete => self.edit(Edit::DeleteNotes(self.selected())),
            Command::SelectAll => {
                let score = self.state.project.score();
                let notes = score.voices.get(self.state.view.voice).map_or(&[][..], |v| &v.notes);
                self.state.view.selection = Arc::new(notes.iter().map(|n| n.id).collect());
            }
            // Escape gives up a drag, then the selection.
            Command::SelectNone if self.roll.cancel_drag() => {}
            Command::SelectNone if self.state.view.selection.is_empty() => {
                // The third time, the keyboard leaves the roll, so that Tab reaches everything else.
                self.ctx.memory_mut(|m| m.surrender_focus(super::piano_roll::canvas_id()));
            }
            Command::SelectNone => self.state.view.selection = Arc::default(),
            Command::SelectNext => self.select_beside(1),
            Command::SelectPrevious => self.select_beside(-1),
            Command::Up => self.transpose(1),
            Command::Down => self.transpose(-1),
            Command::OctaveUp => self.transpose(12),
            Command::OctaveDown => self.transpose(-12),
            Command::StepUp => self.transpose_in_scale(1),
            Command::StepDown => self.transpose_in_scale(-1),
            Command::Earlier => self.shift(-1),
            Command::Later => self.shift(1),
            Command::Shorter => self.lengthen(-1),
            Command::Longer => self.lengthen(1),
            Command::Quantise
            | Command::QuantiseWith
            | Command::Humanise
            | Command::Legato
            | Command::Staccato
            | Command::DeleteOverlaps
            | Command::Split
            | Command::SplitAtHead
            | Command::Join
            | Command::Stretch
            | Command::Reverse
            | Command::Invert
            | Command::TransposeInScale
            | Command::Harmonise
            | Command::Arpeggiate
            | Command::SetVelocity => self.tool_command(command),
            Command::Louder => self.add_velocity(6),
            Command::Softer => self.add_velocity(-6),
            Command::PlayStop => self.play_or_stop(),
            Command::ToStart => self.seek(0),
            Command::ToEnd => self.seek(self.state.project.score().end),
            Command::BarBack => self.seek_bar(-1),
            Command::BarForward => self.seek_bar(1),
            Command::Loop => self.toggle_loop(),
            Command::LoopSelection => self.loop_selection(),
            Command::Follow => self.state.view.follow = !self.state.view.follow,
            Command::Panic => {
                self.state.session.player.panic();
                let sentence = self.state.text().all_notes_off;
                self.state.session.say(Severity::Info, sentence);
            }
            Command::MuteAll => {
                let session = &mut self.state.session;
                session.muted = !session.muted;
                session.player.set_volume(if session.muted { 0.0 } else { session.volume });
            }
            Command::Record => self.toggle_recording(),
            Command::Metronome => self.toggle_metronome(),
            Command::KeyboardPlays => {
                let view = &mut self.state.view;
                view.keyboard_plays = !view.keyboard_plays;
                if view.keyboard_plays {
                    let sentence = self.state.text().snd.keys_on;
                    self.state.session.say(Severity::Info, sentence);
                }
            }
            Command::SelectTool => self.state.view.tool = Tool::Select,
            Command::PencilTool => self.state.view.tool = Tool::Pencil,
            Command::ZoomIn => self.roll.zoom(1.4),
            Command::ZoomOut => self.roll.zoom(1.0 / 1.4),
            Command::ZoomFit => self.zoom_to_piece(),
            Command::ZoomSelection => self.zoom_to_selection(),
            Command::Fold => self.state.view.fold = !self.state.view.fold,
            Command::Minimap => self.state.view.show_minimap = !self.state.view.show_minimap,
            Command::MarkerHere => self.open_lane(Lane::Markers),
            Command::ChordHere => self.open_lane(Lane::Chords),
            Command::KeyHere => self.open_lane(Lane::Key),
            Command::MeterHere => self.open_lane(Lane::Meter),
            Command::TempoHere => self.open_lane(Lane::Tempo),
            Command::WriteChords => self.write_chords(),
            Command::Ghosts => self.state.view.ghosts = !self.state.view.ghosts,
            Command::VelocityLane => self.state.view.show_velocity = !self.state.view.show_velocity,
            Command::Explain => self.state.view.explain = !self.state.view.explain,
            Command::Mute => self.toggle(self.state.view.voice, |v| &mut v.muted),
            Command::Solo => self.toggle(self.state.view.voice, |v| &mut v.soloed),
            Command::AddVoice => self.add_voice(),
            Command::RemoveVoice => self.edit(Edit::RemoveVoice(self.state.view.voice)),
            Command::VoiceUp => self.step_voice(-1),
            Command::VoiceDown => self.step_voice(1),
            Command::LockVoice => self.lock_voice(),
            Command::Generate => self.generate(),
            Command::Originality => self.ask_originality(),
            Command::StopGenerating => self.state.session.request(Request::StopGenerating),
            Command::ShowLibrary => self.state.view.page = Page::Library,
            Command::ShowTrain => self.state.view.page = Page::Train,
            Command::ShowCompose => self.state.view.page = Page::Compose,
            Command::ShowSettings => self.show_page(Page::Settings),
            Command::About => self.state.view.about = Some(About::default()),
            Command::FirstSteps => {
                let shown = !self.state.settings.guide.shown;
                // Those who have been through it want to see it from its beginning.
                let done = if self.state.settings.guide.step().is_none() {
                    [false; 5]
                } else {
                    self.state.settings.guide.done
                };
                self.apply(Action::Guide(Guide { shown, done }));
            }
            Command::Manual => {
                let view = &mut self.state.view;
                view.manual = if view.manual.is_none() { Some(manual::Opened::default()) } else { None };
            }
            Command::Shortcuts => self.state.view.show_shortcuts = !self.state.view.show_shortcuts,
        }
    }

    fn selected(&self) -> Vec<NoteId> {
        self.state.view.selection.iter().copied().collect()
    }

    fn selected_notes(&self) -> Vec<Note> {
        let selection = &self.state.view.selection;
        self.state.project.score().notes().map(|(_, n)| *n).filter(|n| selection.contains(&n.id)).collect()
    }

    /// Of the page that is shown: nothing is taken back unseen.
    fn undo_or_redo(&mut self, undo: bool) {
        if self.state.view.page == Page::Compose {
            self.undo_or_redo_edit(undo)
        } else {
            self.undo_or_redo_choice(undo)
        }
    }

    fn undo_or_redo_choice(&mut self, undo: bool) {
        let t = self.state.text();
        let sentence = match menu::step_label(&self.state, undo) {
            Some(what) => {
                let request = if undo { LibraryRequest::Undo } else { LibraryRequest::Redo };
                self.apply(Action::Library(request));
                fill(if undo { t.undone } else { t.redone }, &[&what])
            }
            None => (if undo { t.nothing_to_undo } else { t.nothing_to_redo }).to_owned(),
        };
        self.state.session.say(Severity::Info, sentence);
    }

    fn undo_or_redo_edit(&mut self, undo: bool) {
        // What a tool only shows is taken back by closing its box.
        if self.drop_tool() {
            return;
        }
        self.finish_recording();
        let label = if undo { self.state.project.undo() } else { self.state.project.redo() };
        let t = self.state.text();
        let sentence = match label {
            Some(label) => fill(if undo { t.undone } else { t.redone }, &[edit_label(t, label)]),
            None => (if undo { t.nothing_to_undo } else { t.nothing_to_redo }).to_owned(),
        };
        self.state.session.say(Severity::Info, sentence);
        if label.is_some() {
            self.score_changed();
        }
    }

    fn copy(&mut self) {
        let notes = self.selected_notes();
        if !notes.is_empty() {
            self.ctx.copy_text(clipboard::to_text(&notes, self.state.project.score().ppq));
            let sentence = fill(self.state.text().copied, &[&notes.len().to_string()]);
            self.state.session.say(Severity::Info, sentence);
        }
    }

    /// Copies right after the selection, on the grid of bars or beats it fills.
    fn duplicate(&mut self) {
        let notes = self.selected_notes();
        let (Some(from), Some(to)) = (notes.iter().map(|n| n.start).min(), notes.iter().map(|n| n.end()).max()) else {
            return;
        };
        let score = self.state.project.score();
        let at = score.meters.position(from, score.ppq);
        let beat = at.meter.beat_ticks(score.ppq);
        let bar = at.meter.bar_ticks(score.ppq);
        // Up to the next beat, or bar where it is about as long as one.
        let step = if to - from > bar / 2 { bar } else { beat };
        let first = (from - at.bar_start).div_euclid(step) * step + at.bar_start;
        let ticks = ((to - first + step - 1) / step).max(1) * step;
        self.edit(Edit::CopyNotes { ids: self.selected(), ticks, semitones: 0 });
    }

    fn select_beside(&mut self, way: i64) {
        let Some(voice) = self.state.project.score().voices.get(self.state.view.voice) else { return };
        let n = voice.notes.len() as i64;
        if n == 0 {
            return;
        }
        let chosen = |i: &usize| self.state.view.selection.contains(&voice.notes[*i].id);
        let places = 0..voice.notes.len();
        let next = match way {
            1 => places.rev().find(chosen).map_or(self.first_after_head(voice), |i| i as i64 + 1),
            _ => places.into_iter().find(chosen).map_or(n - 1, |i| i as i64 - 1),
        };
        let note = voice.notes[next.clamp(0, n - 1) as usize];
        self.state.view.selection = Arc::new([note.id].into());
        self.apply(Action::Audition(self.state.view.voice, note.pitch, note.velocity));
    }

    fn first_after_head(&self, voice: &Voice) -> i64 {
        voice.notes.partition_point(|n| n.start < self.state.session.playhead) as i64
    }

    fn transpose(&mut self, semitones: i8) {
        self.edit(Edit::MoveNotes { ids: self.selected(), ticks: 0, semitones });
        self.hear_selection();
    }

    fn hear_selection(&mut self) {
        if let Some(note) = self.selected_notes().first().copied() {
            self.apply(Action::Audition(self.state.view.voice, note.pitch, note.velocity));
        }
    }

    /// To the next pitch of the scale; without a key, by a semitone.
    fn transpose_in_scale(&mut self, way: i16) {
        let Some(scale) = self.roll.scale(&self.state) else { return self.transpose(way as i8) };
        let moved = self.selected_notes().iter().map(|n| (n.id, scale.next(n.pitch, way).unwrap_or(255))).collect();
        self.edit(Edit::SetPitches(moved));
        self.hear_selection();
    }

    fn shift(&mut self, steps: Tick) {
        let ticks = steps * self.roll.grid_ticks(&self.state);
        self.edit(Edit::MoveNotes { ids: self.selected(), ticks, semitones: 0 });
    }

    fn lengthen(&mut self, steps: Tick) {
        let end = steps * self.roll.grid_ticks(&self.state);
        self.edit(Edit::ResizeNotes { ids: self.selected(), start: 0, end });
    }

    fn add_velocity(&mut self, by: i16) {
        let moved = |n: &Note| (n.id, (i16::from(n.velocity) + by).clamp(1, 127) as u8);
        let values = self.selected_notes().iter().map(moved).collect();
        self.edit(Edit::SetVelocity(values));
    }

    fn play_or_stop(&mut self) {
        self.roll.scrolled_away = false;
        self.finish_recording();
        if self.state.session.player.is_playing() {
            let taken = self.state.session.plays_other();
            self.stop_take();
            if !taken {
                self.state.session.player.stop();
            }
            // The head goes back to where it started, as in most sequencers.
            let head = self.state.session.playhead;
            self.state.session.player.seek(head);
            return;
        }
        self.stop_take();
        let session = &mut self.state.session;
        if session.playhead >= self.state.project.score().end {
            session.playhead = 0;
        }
        if let Some((from, to)) = session.loop_range.filter(|_| session.looping)
            && !(from..to).contains(&session.playhead)
        {
            session.playhead = from;
        }
        session.player.play(session.playhead);
    }

    fn seek_bar(&mut self, way: i64) {
        let score = self.state.project.score();
        let at = score.meters.position(self.state.session.position() as Tick, score.ppq);
        let back_to_start = way < 0 && at.offset > 0;
        let bar = if back_to_start { at.bar } else { at.bar + way };
        self.seek(score.meters.bar_start(bar.max(0), score.ppq));
    }

    fn toggle_loop(&mut self) {
        let score = self.state.project.score();
        let whole = (0, score.end.max(score.meters.bar_start(1, score.ppq)));
        let session = &self.state.session;
        let range = (!session.looping).then(|| session.loop_range.unwrap_or(whole));
        self.set_loop(range);
    }

    fn loop_selection(&mut self) {
        let notes = self.selected_notes();
        let from = notes.iter().map(|n| n.start).min();
        let to = notes.iter().map(|n| n.end()).max();
        if let (Some(from), Some(to)) = (from, to) {
            self.set_loop(Some((from, to)));
        }
    }

    fn add_voice(&mut self) {
        let n = self.state.project.score().voices.len();
        let name = fill(self.state.text().voice_n, &[&(n + 1).to_string()]);
        self.edit(Edit::AddVoice(Voice::new(name, Role::Other, 0)));
        self.apply(Action::SetVoice(n));
    }
}

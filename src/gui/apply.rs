//! Every action to its owner: the one place where the window's state changes.

use super::action::{Action, Dialog};
use super::app::App;
use super::dialogs;
use super::pages::compose::OriginalityView;
use super::session::{GenerateRequest, Playing, Request, SessionEvent, Severity};
use super::state::{Page, Primer, State, Tool};
use super::text::{edit_label, fill, sentence};
use super::typed_path::TypedPath;
use super::voice_flags;
use crate::generate::{self, Task};
use crate::music::{Meter, Note, NoteId, Role, Score, Tick, transform};
use crate::project::Edit;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

impl App {
    /// Does one action. Menus, keys, buttons, dialogs and tests all end here.
    pub fn apply(&mut self, action: Action) {
        self.state.settings.guide.follow(&action);
        match action {
            Action::Do(command) => self.command(command),
            Action::Show(page) => self.show_page(page),
            Action::Edit(edit) => self.edit(edit),
            Action::TryTool(tool) => self.try_tool(tool),
            Action::SetToolGrid(grid) => self.set_tool_grid(grid),
            Action::KeepTool => self.keep_tool(),
            Action::DropTool => {
                self.drop_tool();
            }
            Action::GoToStep(done) => self.go_to_step(done),
            Action::Select(ids) => self.state.view.selection = Arc::new(ids.into_iter().collect()),
            Action::SetVoice(voice) => self.set_voice(voice),
            Action::MoveVoice { from, to } => self.move_voice(from, to),
            Action::ToggleMute(i) => self.toggle(i, |view| &mut view.muted),
            Action::ToggleSolo(i) => self.toggle(i, |view| &mut view.soloed),
            Action::Audition(voice, pitch, velocity) => self.audition(voice, pitch, velocity),
            Action::Seek(tick) => self.seek(tick),
            Action::SetLoop(range) => self.set_loop(range),
            Action::SetVolume(volume) => self.set_volume(volume),
            Action::SetGrid(grid) => self.state.view.grid = grid,
            Action::SetScale(scale) => self.state.view.scale = scale,
            Action::ToggleLane(lane) => self.toggle_lane(lane),
            Action::Paste(text) => self.paste(&text),
            Action::SetGenerator(generator) => {
                let other = generator.model != self.state.view.generator.model;
                self.state.view.generator = *generator;
                if other {
                    self.ask_abilities();
                }
            }
            Action::Accompany(role) => self.accompany(role),
            Action::ExplainPiece => self.explain_piece(),
            Action::FindNearest(note) => self.find_nearest(note),
            Action::Weigh(note) => self.weigh(note),
            Action::PlayPassage(i) => self.play_passage(i),
            Action::Regenerate { note, pitch } => self.regenerate(note, pitch),
            Action::PlayComing => self.play_coming(),
            Action::HearComing(on) => self.state.view.hear_coming = on,
            Action::PlayTake(i) => self.play_take(i),
            Action::KeepTake(i) => self.keep_take(i),
            Action::RemoveTake(i) => {
                self.stop_take();
                self.state.project.remove_take(i);
                self.order_takes();
            }
            Action::RenameTake(i, name) => self.state.project.rename_take(i, &name),
            Action::OrderTakes(order) => {
                self.state.view.take_order = order;
                self.order_takes();
            }
            Action::OpenTake(of) => self.state.view.take_box = of,
            Action::BlendTakes { a, b, from_b } => self.blend_takes(a, b, &from_b),
            Action::BranchTake { take, bars } => self.branch_take(take, bars),
            Action::PlayPiece(i) => self.play_piece(i),
            Action::OpenPiece { piece, as_primer } => self.open_piece(piece, as_primer),
            Action::PlayFile(path, score) => self.play_file(path, score),
            Action::OpenOutside(path) => super::show_file::open(path, self.state.text(), &self.state.session.events),
            Action::ExportPlot(path) => self.form.picture = Some(super::documents::with_extension(path, "png")),
            Action::PlotWritten(path, result) => self.plot_written(&path, result),
            Action::ShowFile(path) => super::show_file::show(path, self.state.text(), &self.state.session.events),
            Action::OpenDialog(dialog) => self.open_dialog(dialog),
            Action::Open(path) => self.open(path),
            Action::Save(path) => {
                self.save(path);
            }
            Action::Export(export) => self.export(export),
            Action::Import(path) => self.import(path),
            Action::ExportWav(path) => self.export_asked_sound(path),
            Action::SetExport(export) => self.state.view.export = *export,
            Action::LookForDevices => self.state.session.player.look_for_devices(),
            Action::SetSettings(settings) => {
                self.state.settings = *settings;
                self.apply_theme();
                self.apply_sound();
                self.keep_settings();
            }
            Action::ChooseFont(path) => self.choose_font(path),
            Action::Library(request) => self.state.session.request(Request::Library(request)),
            Action::Train(request) => self.state.session.request(Request::Train(request)),
            Action::Guide(guide) => {
                self.state.settings.guide = guide;
                self.keep_settings();
            }
            Action::About(about) => self.state.view.about = about,
            Action::TypePath(typed) => self.state.view.typed_path = typed,
            Action::OpenManual(opened) => self.state.view.manual = opened,
            Action::Answer(answer) => self.answer(answer),
            Action::Recover(i) => self.recover(i),
            Action::DiscardRecovered(i) => {
                if i < self.state.view.orphans.len() {
                    self.state.view.orphans.remove(i).discard();
                }
            }
        }
    }

    /// What the chosen model can be asked is not known until the answer comes: nothing is hidden so long.
    fn ask_abilities(&mut self) {
        let model = self.state.view.generator.model.clone();
        self.state.session.abilities = None;
        if !model.is_empty() {
            self.state.session.request(Request::Abilities(model));
        }
    }

    /// What a job or a dialog has to say.
    pub(super) fn hear(&mut self, event: SessionEvent) {
        let session = &mut self.state.session;
        match event {
            SessionEvent::Models(models) => {
                let generator = &mut self.state.view.generator;
                if !models.contains(&generator.model) {
                    generator.model = models.first().cloned().unwrap_or_default();
                }
                let known = session.models == models;
                session.models = models;
                if !known {
                    self.ask_abilities();
                }
            }
            SessionEvent::Abilities(model, abilities) => session.abilities = Some((model, abilities)),
            SessionEvent::UseModel(name) => {
                self.state.view.generator.model = name;
                self.state.view.page = Page::Compose;
                self.ask_abilities();
            }
            SessionEvent::ComputeDevice(name) => session.compute_device = name,
            SessionEvent::Message(severity, text) => session.say(severity, text),
            SessionEvent::Job(job) => session.job = job,
            SessionEvent::UnknownMeter(unknown) => session.unknown_meter = Some(unknown),
            SessionEvent::Preview(preview) => self.preview_came(preview),
            SessionEvent::TakeDone(take) => self.take_done(*take),
            SessionEvent::GenerateEnded(result) => {
                (session.generating, session.preview, session.regenerating) = (false, None, None);
                if session.playing == Some(Playing::Coming) {
                    self.stop_take();
                }
                if let Err(sentence) = result {
                    self.state.session.say(Severity::Error, sentence);
                }
            }
            SessionEvent::Explained(score, result) => self.explained(&score, *result),
            SessionEvent::Originality(found) => {
                session.originality.iter_mut().for_each(|o| o.found = Some((*found).clone()));
            }
            SessionEvent::Nearest(note, found) => self.nearest_came(note, *found),
            SessionEvent::Weighed(note, found) => self.weighed_came(note, *found),
            SessionEvent::Library(news) => session.library.hear(*news),
            SessionEvent::Train(news) => session.train.hear(*news),
            SessionEvent::StayOpen => self.state.view.closing = false,
            SessionEvent::Fonts(found) => session.fonts.found = Some(found),
            SessionEvent::Font(path, read) => self.font_came(path, *read),
            SessionEvent::NoDialog(dialog, offered) => {
                let sentence = self.state.text().no_dialog;
                self.state.session.say(Severity::Warning, sentence);
                self.state.view.typed_path = Some(Box::new(TypedPath::new(dialog, &offered)));
            }
            SessionEvent::Action(action) => self.apply(*action),
        }
    }

    pub(super) fn edit(&mut self, edit: Edit) {
        self.keep_tool();
        // What is being played is kept before anything else changes.
        self.finish_recording();
        self.apply_edit(edit);
    }

    /// Tells whether it was allowed.
    pub(super) fn apply_edit(&mut self, edit: Edit) -> bool {
        self.applied(edit).is_some()
    }

    /// The new notes; `None` where it was not allowed.
    pub(super) fn applied(&mut self, edit: Edit) -> Option<Vec<NoteId>> {
        let keeps_selection = matches!(edit, Edit::ReplaceRange { .. } | Edit::Regenerate { .. });
        let label = edit.label();
        match self.state.project.apply(edit) {
            Ok(applied) => {
                if !applied.ids.is_empty() && !keeps_selection {
                    self.state.view.selection = Arc::new(applied.ids.iter().copied().collect());
                }
                if applied.changed {
                    let sentence = edit_label(self.state.text(), label);
                    self.state.session.say(Severity::Info, sentence);
                    self.score_changed();
                }
                Some(applied.ids)
            }
            Err(e) => {
                self.state.session.say(Severity::Warning, e.to_string());
                None
            }
        }
    }

    /// Brings everything that hangs on the score up to date.
    pub(super) fn score_changed(&mut self) {
        let State { project, view, session, .. } = &mut self.state;
        let score = project.score();
        self.roll.refresh(score);
        view.voice = view.voice.min(score.voices.len().saturating_sub(1));
        voice_flags::follow(view, score);
        if view.selection.iter().any(|id| !self.roll.has_note(*id)) {
            let kept = view.selection.iter().copied().filter(|id| self.roll.has_note(*id));
            view.selection = Arc::new(kept.collect());
        }
        if !session.plays_other() {
            let on: Vec<bool> = view.silent(score.voices.len()).iter().map(|silent| !silent).collect();
            session.player.load(Arc::clone(score), &on);
        }
        self.find_takes_in_piece();
        self.tune_the_hands();
    }

    fn set_voice(&mut self, voice: usize) {
        if voice < self.state.project.score().voices.len() && voice != self.state.view.voice {
            self.state.view.voice = voice;
            self.state.view.selection = Arc::default();
            self.tune_the_hands();
        }
    }

    pub(super) fn show_page(&mut self, page: Page) {
        if page == Page::Settings {
            self.state.session.player.look_for_devices();
        }
        self.state.view.page = page;
    }

    pub(super) fn toggle(&mut self, i: usize, list: fn(&mut super::state::View) -> &mut Vec<bool>) {
        if let Some(on) = list(&mut self.state.view).get_mut(i) {
            *on = !*on;
            self.score_changed();
        }
    }

    fn audition(&mut self, voice: usize, pitch: u8, velocity: u8) {
        let Some(v) = self.state.project.score().voices.get(voice) else { return };
        if self.state.settings.audition && !self.state.session.player.is_playing() {
            let drums = v.role == Role::Drums;
            self.state.session.player.audition(v.program, drums, pitch, velocity, 300);
        }
    }

    pub(super) fn seek(&mut self, tick: Tick) {
        let session = &mut self.state.session;
        session.playhead = tick.max(0);
        session.player.seek(session.playhead);
    }

    pub(super) fn set_loop(&mut self, range: Option<(Tick, Tick)>) {
        let session = &mut self.state.session;
        session.looping = range.is_some();
        session.loop_range = range.or(session.loop_range);
        session.player.set_loop(range);
    }

    pub(super) fn set_volume(&mut self, volume: f32) {
        let session = &mut self.state.session;
        (session.volume, session.muted) = (volume, false);
        session.player.set_volume(volume);
        self.state.settings.volume = volume;
    }

    fn open_dialog(&self, dialog: Dialog) {
        let name = super::chrome::document_name(&self.state);
        let name = name.trim_end_matches(" •").replace(['/', '\\', ':'], "-");
        let parent = |p: &PathBuf| p.parent().map(|p| p.to_owned());
        let folder = self.state.view.path.as_ref().or(self.state.settings.recent.first()).and_then(parent);
        let sound = self.state.view.export.format;
        dialogs::open(dialog, self.state.text(), name, folder, sound, self.state.session.events.clone());
    }

    fn paste(&mut self, text: &str) {
        let ppq = self.state.project.score().ppq;
        match super::piano_roll::clipboard::from_text(text, ppq) {
            Some(notes) if !notes.is_empty() => {
                let at = self.state.session.position() as Tick;
                let notes = notes.into_iter().map(|n| Note { start: n.start + at, ..n }).collect();
                self.edit(Edit::AddNotes { voice: self.state.view.voice, notes });
            }
            _ => {
                let sentence = self.state.text().nothing_to_paste;
                self.state.session.say(Severity::Info, sentence);
            }
        }
    }

    /// Asks for a voice of this role to what is there, with what else the panel says.
    fn accompany(&mut self, role: Role) {
        let before = self.state.view.generator.settings.clone();
        self.state.view.generator.settings.task = Task::Accompany;
        self.generate_voices(Some(vec![format!("{role:?}").to_lowercase()]));
        let seed = self.state.view.generator.settings.seed;
        self.state.view.generator.settings = generate::Settings { seed, ..before };
    }

    /// Asks for takes, with what the panel says.
    pub(super) fn generate(&mut self) {
        self.generate_voices(None);
    }

    /// As [`Self::generate`]; `voices` are written instead of those that the selection opens.
    fn generate_voices(&mut self, voices: Option<Vec<String>>) {
        let t = self.state.text();
        if self.state.session.generating {
            return;
        }
        if let Some(word) = super::pages::compose::misread_chord(&self.state.view.generator) {
            let sentence = fill(t.rules.chords_wrong_start, &[word]);
            return self.state.session.say(Severity::Warning, sentence);
        }
        let generator = &mut self.state.view.generator;
        if generator.new_seed_each_time {
            generator.settings.seed = super::pages::compose::new_seed();
        }
        let mut generator = generator.clone();
        let score = self.state.project.score();
        let settings = &mut generator.settings;
        let (primer, from_tick) = match generator.primer {
            _ if settings.task.opens() => {
                let open = super::pages::compose::open_part(settings.task, score, &self.state.view.selection);
                (settings.region, settings.voices) = (open.region, voices.unwrap_or(open.voices));
                (Some(Arc::clone(score)), open.from)
            }
            Primer::None => {
                // An empty piece may have been given another meter than the one it starts with.
                let given = score.meters.meter_at(0);
                let given = Some(given).filter(|m| score.n_notes() == 0 && *m != Meter::COMMON);
                settings.meter = settings.meter.or(given);
                (None, 0)
            }
            Primer::Piece if score.n_notes() == 0 => (None, 0),
            Primer::Piece => (Some(Arc::clone(score)), next_bar(score, score.last_note_end())),
            Primer::Selection => {
                let Some(chosen) = selected_part(score, &self.state.view.selection) else {
                    self.state.session.say(Severity::Warning, t.select_first);
                    return;
                };
                let from = next_bar(score, chosen.last_note_end());
                (Some(Arc::new(chosen)), from)
            }
        };
        super::pages::compose::follow(&mut generator, self.state.project.score(), &self.state.view.selection);
        self.state.session.generating = true;
        (self.state.session.preview, self.state.session.unknown_meter) = (None, None);
        self.state.session.parent = None;
        self.state.session.say(Severity::Info, t.generating);
        self.state.session.request(Request::Generate(Box::new(GenerateRequest {
            model: generator.model,
            settings: generator.settings,
            primer,
            kept: None,
            from_tick,
            takes: generator.takes,
            not_closer_than: generator.not_closer_than,
        })));
    }

    /// Asks how much of the selection is copied, of the whole piece where nothing is selected.
    pub(super) fn ask_originality(&mut self) {
        let score = self.state.project.score();
        let selected = selected_part(score, &self.state.view.selection);
        let of_selection = selected.is_some();
        let score = selected.map_or_else(|| Arc::clone(score), Arc::new);
        let model = self.state.view.generator.model.clone();
        let t = self.state.text();
        if self.state.session.models.is_empty() || score.n_notes() == 0 {
            let sentence = if score.n_notes() == 0 { t.orig.nothing } else { t.no_model_hint };
            return self.state.session.say(Severity::Warning, sentence);
        }
        let view = OriginalityView { model: model.clone(), of_selection, found: None };
        self.state.session.originality = Some(view);
        self.state.session.request(Request::Originality { model, score });
    }

    fn plot_written(&mut self, path: &std::path::Path, result: Result<(), String>) {
        let (t, name) = (self.state.text(), path.display().to_string());
        let (severity, sentence) = match result {
            Ok(()) => (Severity::Success, fill(t.tr.png_saved, &[&name])),
            Err(why) => (Severity::Error, fill(t.tr.png_failed, &[&why, &name])),
        };
        self.state.session.say(severity, sentence);
    }

    pub(super) fn keep_take(&mut self, i: usize) {
        let Some(take) = self.state.project.takes().get(i).cloned() else { return };
        self.stop_take();
        let score = self.state.project.score();
        let scaled = |tick| transform::rescaled(tick, take.score.ppq, score.ppq);
        let from = scaled(take.from_tick);
        // A new piece takes the place of all there is; a continuation of its own stretch only.
        let to = if take.from_tick == 0 { Tick::MAX } else { scaled(take.score.end) };
        let was_empty = score.n_notes() == 0;
        let part = take.new_part();
        let old: Vec<NoteId> = part.notes().map(|(_, n)| n.id).collect();
        self.keep_tool();
        self.finish_recording();
        let before = Arc::clone(self.state.project.score());
        let new = self.applied(Edit::ReplaceRange { from, to, with: Arc::new(part) }).unwrap_or_default();
        let pairs = old.into_iter().zip(new).collect();
        let receipts = take.receipts.carried(&take.score, self.state.project.score(), &pairs);
        self.state.project.add_receipts(receipts);
        self.state.project.follow_receipts(&before);
        if was_empty {
            self.roll.fit = true;
            self.state.view.tool = Tool::Select;
        } else {
            self.show_take(&take);
        }
        let sentence = fill(self.state.text().kept, &[&sentence(&take.name, self.state.text())]);
        self.state.session.say(Severity::Success, sentence);
        self.state.view.page = Page::Compose;
    }
}

/// The first bar line at or after `tick`.
fn next_bar(score: &Score, tick: Tick) -> Tick {
    let at = score.meters.position(tick, score.ppq);
    if at.offset == 0 { tick } else { at.bar_start + at.bar_len }
}

/// The score with the selected notes alone; `None` where nothing is selected.
pub(super) fn selected_part(score: &Score, selection: &HashSet<NoteId>) -> Option<Score> {
    let mut part = score.clone();
    for voice in &mut part.voices {
        voice.notes.retain(|n| selection.contains(&n.id));
        voice.events.clear();
    }
    part.end = part.last_note_end();
    (part.n_notes() > 0).then_some(part)
}

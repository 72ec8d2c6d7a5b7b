//! What to ask the generator for. Everything shown is what a take records.

use super::details::details_ui;
use super::rules::{conflicts_ui, misread_chord, rules_ui};
use crate::generate::{Abilities, Form, Style, Task, UnknownMeter};
use crate::gui::action::{Action, Actions};
use crate::gui::shortcuts::Command;
use crate::gui::state::{Generator, Page, Primer, State};
use crate::gui::text::{Text, fill, key_name};
use crate::gui::theme::Tokens;
use crate::gui::widgets::{
    Icon, fields, icon_button_sized, labelled, plain_button, primary_button, section, slider, subdued,
};
use crate::music::{Key, Meter, Note, NoteId, Role, Score, Tick};
use eframe::egui::{self, Button, ComboBox, DragValue, Id, ProgressBar, Response, Slider, TextEdit, Ui};
use std::collections::{BTreeSet, HashSet};

pub fn generator_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    section(ui, "generator", t.generator, true, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let mut g = state.view.generator.clone();
        model_ui(ui, state, &mut g, actions);
        task_ui(ui, state, &mut g);
        if !g.settings.task.opens() {
            primer_ui(ui, state, &mut g);
            labelled(ui, t.bars, |ui| ui.add(DragValue::new(&mut g.settings.bars).range(1..=256).speed(0.1)));
            meter_ui(ui, &mut g, t);
            form_ui(ui, &mut g, t);
        }
        key_ui(ui, &mut g, t);
        style_ui(ui, &mut g, t);
        labelled(ui, t.creativity, |ui| creativity_ui(ui, &mut g, t));
        seed_ui(ui, &mut g, t);
        labelled(ui, t.takes, |ui| {
            ui.spacing_mut().slider_width = (ui.available_width() - 44.0).max(60.0);
            slider(ui, Slider::new(&mut g.takes, 1..=4))
        });
        let mut hear = state.view.hear_coming;
        let response = labelled(ui, "", |ui| ui.checkbox(&mut hear, t.tk.hear_coming));
        if response.on_hover_text(t.tk.hear_coming_hint).changed() {
            actions.push(Action::HearComing(hear));
        }
        section(ui, "generator details", t.details, false, |ui| details_ui(ui, state, &mut g));
        section(ui, "generator rules", t.rules.title, false, |ui| rules_ui(ui, state, &mut g));
        conflicts_ui(ui, &g, t);
        section(ui, "melody assistant", t.tk.assistant, false, |ui| assistant_ui(ui, state, actions));
        if g != state.view.generator {
            actions.push(Action::SetGenerator(Box::new(g)));
        }
    });
}

pub(super) fn combo(ui: &mut Ui, id: &str, name: &str, shown: &str, add: impl FnOnce(&mut Ui)) -> Response {
    let width = ui.available_width();
    let combo = ComboBox::from_id_salt(id).selected_text(shown).width(width).height(420.0).truncate();
    combo.show_ui(ui, add).response.accessible_name(format!("{name}: {shown}"))
}

fn model_ui(ui: &mut Ui, state: &State, g: &mut Generator, actions: &mut Actions) {
    let t = state.text();
    let models = &state.session.models;
    let shown = if models.is_empty() { t.no_model.to_owned() } else { g.model.clone() };
    labelled(ui, t.model, |ui| {
        combo(ui, "model", t.model, &shown, |ui| {
            for model in models {
                let about = about_bundled(state, model);
                let shown = about.map_or_else(|| model.clone(), |_| format!("{model} · {}", t.comes_with));
                let row = ui.selectable_value(&mut g.model, model.clone(), shown);
                about.map(|about| row.on_hover_text(about));
            }
        })
    });
    if let Some(about) = about_bundled(state, &g.model) {
        subdued(ui, about);
    }
    if models.is_empty() {
        subdued(ui, t.no_model_hint);
        if plain_button(ui, t.hp.go_train).clicked() {
            actions.push(Action::Show(Page::Train));
        }
    }
}

/// What a model that comes with the program is; `None` of the user's own, which go before it.
fn about_bundled(state: &State, model: &str) -> Option<&'static str> {
    let t = state.text();
    let own = state.session.train.runs.iter().any(|r| r.name == model);
    match model {
        _ if own => None,
        "folk" => Some(t.about_folk),
        "chorale" => Some(t.about_chorale),
        _ => None,
    }
}

/// What the chosen model can be asked, where that is known yet.
pub(super) fn abilities(state: &State) -> Option<&Abilities> {
    let (of, abilities) = state.session.abilities.as_ref()?;
    (*of == state.view.generator.model).then_some(abilities)
}

fn task_name(task: Task, t: &Text) -> &'static str {
    match task {
        Task::New | Task::Continue => t.task_write,
        Task::Fill => t.task_fill,
        Task::Accompany => t.task_accompany,
        Task::Vary => t.task_vary,
        Task::Harmonise => t.task_harmonise,
    }
}

/// What to do, and in which part of the piece.
fn task_ui(ui: &mut Ui, state: &State, g: &mut Generator) {
    let t = state.text();
    labelled(ui, t.task, |ui| {
        // Its first word stands in the closed box; what it does has room in the list.
        let name = task_name(g.settings.task, t);
        combo(ui, "task", t.task, name.split([':', '：']).next().unwrap_or(name), |ui| {
            for task in [Task::New, Task::Fill, Task::Accompany, Task::Vary, Task::Harmonise] {
                let learned = !task.opens() || abilities(state).is_none_or(|a| a.fills);
                let row = Button::selectable(g.settings.task == task, task_name(task, t));
                if ui.add_enabled(learned, row).on_disabled_hover_text(t.tk.assist_learned).clicked() {
                    g.settings.task = task;
                }
            }
        })
    });
    if !g.settings.task.opens() {
        return;
    }
    if g.settings.task == Task::Vary {
        labelled(ui, t.far, |ui| {
            ui.spacing_mut().slider_width = (ui.available_width() - 52.0).max(60.0);
            slider(ui, Slider::new(&mut g.settings.far, 0.05..=1.0).fixed_decimals(2)).on_hover_text(t.far_hint)
        });
    }
    let score = state.project.score();
    let open = open_part(g.settings.task, score, &state.view.selection);
    subdued(
        ui,
        match open.region {
            Some((from, to)) => fill(t.open_bars, &[&from.to_string(), &to.to_string()]),
            None if score.n_notes() == 0 => t.open_nothing.to_owned(),
            None => t.open_all.to_owned(),
        },
    );
}

/// What the selection opens: the bars it spans and, where the task takes that from it, its voices.
pub struct OpenPart {
    pub region: Option<(u32, u32)>,
    pub voices: Vec<String>,
    pub from: Tick,
}

/// Bars of the selection, of the whole piece where nothing is selected. To fill and to vary, the voices
/// that are selected are written; to harmonise, they are kept.
pub fn open_part(task: Task, score: &Score, selection: &HashSet<NoteId>) -> OpenPart {
    let chosen: Vec<(usize, &Note)> = score.notes().filter(|(_, n)| selection.contains(&n.id)).collect();
    let bar = |tick| score.meters.position(tick, score.ppq).bar;
    let spans = chosen.iter().map(|(_, n)| (bar(n.start), bar(n.end().max(n.start + 1) - 1)));
    let span = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let voices: BTreeSet<usize> = chosen.iter().map(|(voice, _)| *voice).filter(|_| task != Task::Accompany).collect();
    let number = |bar: i64| u32::try_from(bar + 1).unwrap_or(1);
    OpenPart {
        region: span.map(|(from, to)| (number(from), number(to))),
        voices: voices.into_iter().map(|v| (v + 1).to_string()).collect(),
        from: span.map_or(0, |(from, _)| score.meters.bar_start(from, score.ppq)),
    }
}

fn primer_name(primer: Primer, t: &Text) -> &'static str {
    match primer {
        Primer::None => t.primer_none,
        Primer::Piece => t.primer_piece,
        Primer::Selection => t.primer_selection,
    }
}

fn primer_ui(ui: &mut Ui, state: &State, g: &mut Generator) {
    let t = state.text();
    labelled(ui, t.primer, |ui| {
        combo(ui, "primer", t.primer, primer_name(g.primer, t), |ui| {
            for primer in [Primer::None, Primer::Piece, Primer::Selection] {
                ui.selectable_value(&mut g.primer, primer, primer_name(primer, t));
            }
        })
    });
    if g.primer == Primer::Selection && state.view.selection.is_empty() {
        subdued(ui, t.select_first);
        return;
    }
    let score = state.project.score();
    match g.primer {
        Primer::None => {}
        Primer::Piece => drop(subdued(ui, taken(score, None, t))),
        Primer::Selection => drop(subdued(ui, taken(score, Some(&state.view.selection), t))),
    }
}

/// Meters that can be asked for, as beats and the note that is one.
const METERS: [(u8, u8); 10] = [(4, 4), (3, 4), (2, 4), (6, 8), (9, 8), (12, 8), (3, 8), (5, 4), (7, 8), (3, 2)];

fn meter_ui(ui: &mut Ui, g: &mut Generator, t: &Text) {
    let usual = if g.primer == Primer::None { t.tk.meter_usual } else { t.tk.meter_of_primer };
    let shown = g.settings.meter.map_or_else(|| usual.to_owned(), |m| m.to_string());
    let add = |ui: &mut Ui| {
        combo(ui, "generator meter", t.meter, &shown, |ui| {
            ui.selectable_value(&mut g.settings.meter, None, usual);
            for meter in METERS.iter().filter_map(|(n, m)| Meter::new(*n, *m)) {
                ui.selectable_value(&mut g.settings.meter, Some(meter), meter.to_string());
            }
        })
    };
    labelled(ui, t.meter, add);
}

/// Parts by letters; nothing typed is one part.
fn form_ui(ui: &mut Ui, g: &mut Generator, t: &Text) {
    let mut letters = g.settings.form.as_ref().map_or_else(String::new, |f| f.letters.clone());
    let before = letters.clone();
    let field = |ui: &mut Ui| ui.add(TextEdit::singleline(&mut letters).hint_text(t.tk.form_none).char_limit(32));
    labelled(ui, t.tk.form, field).on_hover_text(t.tk.form_hint);
    if letters != before {
        letters.retain(|c| c.is_ascii_alphabetic());
        let varied = g.settings.form.as_ref().is_some_and(|f| f.varied);
        let form = Form { letters: letters.to_ascii_uppercase(), varied };
        g.settings.form = Some(form).filter(|f| !f.letters.is_empty());
    }
    if let Some(form) = &mut g.settings.form {
        labelled(ui, "", |ui| ui.checkbox(&mut form.varied, t.tk.varied)).on_hover_text(t.tk.varied_hint);
    }
}

/// Whoever has a melody asks for what goes with it.
fn assistant_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = &state.text().tk;
    let ready = !state.session.models.is_empty() && !state.session.generating && state.project.score().n_notes() > 0;
    subdued(ui, t.assist_learned);
    for (role, name) in [(Role::Chords, t.assist_chords), (Role::Bass, t.assist_bass), (Role::Inner, t.assist_second)] {
        let button = ui.add_enabled_ui(ready, |ui| plain_button(ui, name)).inner;
        let button = button.on_hover_text(t.assist_hint).on_disabled_hover_text(state.text().open_nothing);
        if button.clicked() {
            actions.push(Action::Accompany(role));
        }
    }
}

/// What is taken to start from: its bars, notes and voices, and where what is new begins.
fn taken(score: &Score, selection: Option<&HashSet<NoteId>>, t: &Text) -> String {
    let mut span: Option<(Tick, Tick)> = None;
    let (mut n, mut voices) = (0usize, BTreeSet::new());
    for (voice, note) in score.notes().filter(|(_, n)| selection.is_none_or(|s| s.contains(&n.id))) {
        let (from, to) = span.unwrap_or((note.start, note.end()));
        span = Some((from.min(note.start), to.max(note.end())));
        voices.insert(voice);
        n += 1;
    }
    let Some((from, to)) = span else { return t.tk.primer_empty.to_owned() };
    let bar = |tick: Tick| score.meters.position(tick, score.ppq).bar + 1;
    let names: Vec<&str> = voices.iter().map(|v| score.voices[*v].name.as_str()).collect();
    let ends = score.meters.position(to, score.ppq);
    let new = if ends.offset == 0 { ends.bar + 1 } else { ends.bar + 2 };
    let numbers = [bar(from), bar(to - 1), n as i64, new].map(|n| n.to_string());
    fill(t.tk.primer_taken, &[&numbers[0], &numbers[1], &numbers[2], &names.join(", "), &numbers[3]])
}

fn key_ui(ui: &mut Ui, g: &mut Generator, t: &Text) {
    let shown = g.settings.key.map_or_else(|| t.key_any.to_owned(), |k| key_name(t, k));
    labelled(ui, t.key, |ui| {
        combo(ui, "generator key", t.key, &shown, |ui| {
            ui.selectable_value(&mut g.settings.key, None, t.key_any);
            for key in Key::all() {
                ui.selectable_value(&mut g.settings.key, Some(key), key_name(t, key));
            }
        })
    });
}

fn style_name(style: Option<Style>, t: &Text) -> (&'static str, &'static str) {
    let t = &t.tk;
    match style {
        Some(Style::Faithful) => (t.faithful, t.faithful_hint),
        Some(Style::Balanced) => (t.balanced, t.balanced_hint),
        Some(Style::Adventurous) => (t.adventurous, t.adventurous_hint),
        Some(Style::Wild) => (t.wild, t.wild_hint),
        None => (t.own_style, ""),
    }
}

/// Styles of drawing by name; what is moved by hand makes one's own.
fn style_ui(ui: &mut Ui, g: &mut Generator, t: &Text) {
    let now = Style::of(&g.settings);
    let (name, hint) = style_name(now, t);
    let response = labelled(ui, t.tk.sampling, |ui| {
        combo(ui, "sampling", t.tk.sampling, name, |ui| {
            for style in Style::ALL {
                let (name, hint) = style_name(Some(style), t);
                if ui.add(Button::selectable(now == Some(style), name)).on_hover_text(hint).clicked() {
                    style.put_into(&mut g.settings);
                }
            }
        })
    });
    if !hint.is_empty() {
        response.on_hover_text(hint);
    }
}

fn creativity_ui(ui: &mut Ui, g: &mut Generator, t: &Text) -> Response {
    ui.spacing_mut().slider_width = (ui.available_width() - 52.0).max(60.0);
    let rail = Slider::new(&mut g.settings.temperature, 0.2..=1.6).fixed_decimals(2);
    slider(ui, rail).on_hover_text(t.creativity_hint)
}

fn seed_ui(ui: &mut Ui, g: &mut Generator, t: &Text) {
    labelled(ui, t.seed, |ui| {
        let response = ui.add(DragValue::new(&mut g.settings.seed).speed(1.0)).on_hover_text(t.seed_hint);
        if icon_button_sized(ui, Icon::Dice, t.new_seed, false, 24.0).clicked() {
            g.settings.seed = new_seed();
        }
        response
    });
    labelled(ui, "", |ui| ui.checkbox(&mut g.new_seed_each_time, t.new_each_time));
}

/// A seed from the clock: small enough to be read out and typed in.
pub fn new_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    (now.as_nanos() as u64 ^ (now.as_secs() << 13)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44
}

/// The button that the page is for; while takes are written, how far they are and a button that ends it.
pub fn start_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    if let Some(UnknownMeter { model, meter, learned }) = &state.session.unknown_meter {
        let sentence = fill(t.tk.unknown_meter, &[model, &meter.to_string(), &learned.join(", ")]);
        ui.colored_label(Tokens::of(ui).warning, sentence);
    }
    if state.session.generating {
        let accent = Tokens::of(ui).accent;
        if let Some(p) = &state.session.preview {
            let notes = p.score.notes().filter(|(_, n)| n.start >= p.from_tick).count();
            subdued(ui, fill(t.writing_take, &[&(p.take + 1).to_string(), &p.of.to_string(), &notes.to_string()]));
        }
        if let Some(progress) = state.session.job.as_ref().and_then(|j| j.progress) {
            let bar = ProgressBar::new(progress).desired_height(6.0).fill(accent).desired_width(ui.available_width());
            ui.add(bar).accessible_name(t.generating);
        }
        let stop = fields(ui, |ui| plain_button(ui, Command::StopGenerating.name(t)));
        keep_keyboard(ui, state, &stop);
        if stop.clicked() {
            actions.command(Command::StopGenerating);
        }
        return;
    }
    let opens = state.view.generator.settings.task.opens();
    let nothing = opens && state.project.score().n_notes() == 0;
    let missing = !opens && state.view.generator.primer == Primer::Selection && state.view.selection.is_empty();
    let misread = misread_chord(&state.view.generator).map(|word| fill(t.rules.chords_wrong_start, &[word]));
    if let Some(sentence) = &misread {
        ui.colored_label(Tokens::of(ui).error, sentence);
    }
    let ready = !state.session.models.is_empty() && !missing && !nothing && misread.is_none();
    let width = ui.available_width();
    let response = ui.add_enabled_ui(ready, |ui| primary_button(ui, Command::Generate.name(t), width)).inner;
    keep_keyboard(ui, state, &response);
    let hint = if missing { t.select_first.to_owned() } else { Command::Generate.hint(t, ui.ctx()) };
    if response
        .on_hover_text(&hint)
        .on_disabled_hover_text(match (&misread, missing, nothing) {
            (Some(sentence), ..) => sentence,
            (_, true, _) => t.select_first,
            (.., true) => t.open_nothing,
            _ => t.no_model_hint,
        })
        .clicked()
    {
        actions.command(Command::Generate);
    }
}

/// Where one button takes the place of the other the keyboard stays, and from there Tab goes on to the take that
/// came of it.
fn keep_keyboard(ui: &Ui, state: &State, button: &Response) {
    let id = Id::unique("the keyboard is at the start");
    let generating = state.session.generating;
    let (was_generating, had_it) = ui.data(|d| d.get_temp(id)).unwrap_or((generating, false));
    let left_by_tab =
        had_it && !button.has_focus() && ui.input(|i| i.key_pressed(egui::Key::Tab) && i.modifiers.is_none());
    if had_it && was_generating != generating {
        button.request_focus();
    } else if left_by_tab && !state.project.takes().is_empty() {
        ui.data_mut(|d| d.insert_temp(super::takes::first_take(), true));
    }
    // Asked before: egui holds its lock while what is kept is written.
    let has_it = button.has_focus();
    ui.data_mut(|d| d.insert_temp(id, (generating, has_it)));
}

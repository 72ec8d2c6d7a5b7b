//! What to train: preset, start, device; everything else folded. Also what the page remembers.

use super::axis::Axis;
use super::view::{Estimate, Knob, Start, Sweep, TrainRequest, TrainSettings};
use super::{sweep, thousands};
use crate::gui::action::{Action, Actions};
use crate::gui::state::{Page, State};
use crate::gui::text::train::{choice as choice_word, knob as knob_words};
use crate::gui::text::{Text, fill, sentence};
use crate::gui::theme::{SPACE, Tokens};
use crate::gui::widgets::{chip, fields, plain_button, section, slider, subdued};
use crate::job::bundled;
use eframe::egui::{Align, ComboBox, Layout, Rect, RichText, Slider, Ui};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What the middle of the page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Curves,
    Fields,
    Rate,
    Report,
    Compare,
}

/// What stands beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    Takes,
    #[default]
    Runs,
    Queue,
}

/// What has been chosen so far, and how the page stands.
#[derive(Clone, Debug)]
pub struct Form {
    pub preset: usize,
    pub device: usize,
    pub start: Start,
    pub knobs: BTreeMap<String, f64>,
    /// Of which run the knobs were taken.
    pub duplicate_of: Option<String>,
    /// The last recipe that was taken over.
    pub duplicate: u64,
    pub sweep_open: bool,
    pub sweep: Sweep,
    /// Weight of the past in the smoothed curve, 0–0.99.
    pub smoothing: f64,
    pub log_axis: bool,
    pub axis: Axis,
    pub tab: Tab,
    pub side: Side,
    /// The plot shows all there is; off once it was moved or zoomed.
    pub fit: bool,
    /// The run that is looked at, where it is not the one that trains.
    pub shown: Option<String>,
    /// Runs drawn behind it.
    pub ticked: BTreeSet<String>,
    /// Runs known so far: new ones are ticked at first, as long as they are few.
    pub known: BTreeSet<String>,
    /// A run that is being given a new name.
    pub renaming: Option<(String, String)>,
    /// Discarding waits for an answer.
    pub discarding: bool,
    /// When it was last looked which runs there are, in the window's seconds.
    pub listed: f64,
    /// Where the plot was drawn, and where a picture of it is to go.
    pub plot_rect: Option<Rect>,
    pub picture: Option<PathBuf>,
    /// Estimates were asked for on this device, for so many pieces, after this run.
    pub measured: Option<(usize, usize, String)>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            preset: 1,
            device: 0,
            start: Start::Scratch,
            knobs: BTreeMap::new(),
            duplicate_of: None,
            duplicate: 0,
            sweep_open: false,
            sweep: Sweep::default(),
            smoothing: 0.6,
            log_axis: true,
            axis: Axis::default(),
            tab: Tab::default(),
            side: Side::default(),
            fit: true,
            shown: None,
            ticked: BTreeSet::new(),
            known: BTreeSet::new(),
            renaming: None,
            discarding: false,
            listed: 0.0,
            plot_rect: None,
            picture: None,
            measured: None,
        }
    }
}

impl Form {
    pub fn settings(&self) -> TrainSettings {
        TrainSettings {
            preset: self.preset,
            device: self.device,
            start: self.start.clone(),
            knobs: self.knobs.iter().map(|(k, v)| (k.clone(), *v)).collect(),
        }
    }
}

pub fn form_ui(ui: &mut Ui, state: &State, form: &mut Form, actions: &mut Actions) {
    let t = state.text();
    let view = &state.session.train;
    let ready = !view.presets.is_empty() && !view.devices.is_empty() && view.n_pieces > 0;
    // Again after a training, which may have kept some from being measured.
    let ended = view.running.as_ref().map_or(String::new(), |r| r.name.clone());
    let asked = (form.device, view.n_pieces, ended);
    if ready && view.active().is_none() && form.measured.as_ref() != Some(&asked) {
        form.measured = Some(asked);
        actions.push(Action::Train(TrainRequest::Measure(form.device)));
    }
    ui.horizontal(|ui| {
        ui.set_min_height(32.0);
        ui.label(RichText::new(t.train).heading().color(Tokens::of(ui).strong));
        ui.add_space(SPACE);
        fields(ui, |ui| {
            let preset = view.presets.get(form.preset).map_or(t.no_presets.to_owned(), |p| sentence(&p.name, t));
            choice(ui, t.preset, &preset, |ui| {
                for (i, p) in view.presets.iter().enumerate() {
                    let name = sentence(&p.name, t);
                    let label = estimate_text(state, &p.estimate).map_or(name.clone(), |e| format!("{name}  {e}"));
                    ui.selectable_value(&mut form.preset, i, label).on_hover_text(sentence(&p.description, t));
                }
            });
            let start = match &form.start {
                Start::Scratch => t.from_scratch,
                Start::Earlier(name) => name,
            };
            let mut chosen = form.start.clone();
            choice(ui, t.start_from, start, |ui| {
                ui.selectable_value(&mut chosen, Start::Scratch, t.from_scratch);
                for run in view.runs.iter().filter(|r| r.has_model) {
                    ui.selectable_value(&mut chosen, Start::Earlier(run.name.clone()), &run.name);
                }
                for name in bundled::ALL.iter().map(|b| b.name).filter(|n| view.runs.iter().all(|r| r.name != *n)) {
                    let shown = format!("{name} · {}", t.comes_with);
                    ui.selectable_value(&mut chosen, Start::Earlier(name.to_owned()), shown);
                }
            });
            form.start = chosen;
            let device = view.devices.get(form.device).map_or(t.no_devices.to_owned(), |d| sentence(d, t));
            choice(ui, t.device, &device, |ui| {
                for (i, d) in view.devices.iter().enumerate() {
                    ui.selectable_value(&mut form.device, i, sentence(d, t));
                }
            });
        });
        if let Some(preset) = view.presets.get(form.preset) {
            estimate_ui(ui, state, &preset.estimate);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if super::train_button(ui, state, ready) {
                (form.shown, form.tab, form.fit, form.side) = (None, Tab::Curves, true, Side::Takes);
                actions.push(Action::Train(TrainRequest::Start(form.settings())));
            }
            if chip(ui, t.tr.several, form.sweep_open).on_hover_text(t.tr.several_hint).clicked() {
                form.sweep_open = !form.sweep_open;
            }
        });
    });
    let description = view.presets.get(form.preset).map_or(String::new(), |p| sentence(&p.description, t));
    let pieces =
        if view.n_pieces == 0 { t.no_pieces.into() } else { fill(t.learns_from, &[&thousands(view.n_pieces as u64)]) };
    let copied = form.duplicate_of.as_ref().map_or(String::new(), |name| fill(t.tr.duplicated, &[name]));
    let all: Vec<&str> = [copied.as_str(), &description, &pieces].into_iter().filter(|s| !s.is_empty()).collect();
    ui.horizontal(|ui| {
        subdued(ui, all.join(" · "));
        if view.n_pieces == 0 && chip(ui, t.hp.go_library, false).clicked() {
            actions.push(Action::Show(Page::Library));
        }
    });
    if form.sweep_open {
        sweep::sweep_ui(ui, state, form, ready, actions);
    }
    if !view.knobs.is_empty() {
        section(ui, "advanced training", t.advanced, false, |ui| advanced_ui(ui, state, form));
    }
}

/// "≈ 9 m 20 s", or that it is being found out.
fn estimate_text(state: &State, estimate: &Estimate) -> Option<String> {
    let t = state.text();
    match estimate {
        Estimate::Unknown => None,
        Estimate::Measuring => Some(t.tr.measuring.to_owned()),
        Estimate::Known { seconds, .. } => Some(fill(t.tr.about_time, &[&super::duration(t, *seconds)])),
        Estimate::Failed(_) => Some("–".to_owned()),
    }
}

fn estimate_ui(ui: &mut Ui, state: &State, estimate: &Estimate) {
    let t = state.text();
    let Some(text) = estimate_text(state, estimate) else { return };
    let response = subdued(ui, text);
    match estimate {
        Estimate::Known { steps, notes_per_sec, parameters, .. } => {
            let speed = thousands(notes_per_sec.round() as u64);
            let (steps, parameters) = (thousands(*steps), thousands(*parameters as u64));
            response.on_hover_text(fill(t.tr.about_hint, &[&steps, &speed, &parameters]));
        }
        Estimate::Failed(why) => {
            response.on_hover_text(fill(t.tr.not_measured, &[&sentence(why, t)]));
        }
        Estimate::Unknown | Estimate::Measuring => {}
    }
}

fn choice(ui: &mut Ui, name: &'static str, shown: &str, add: impl FnOnce(&mut Ui)) {
    let response = ComboBox::from_id_salt(name).selected_text(shown).width(132.0).show_ui(ui, add).response;
    response.on_hover_text(name).accessible_name(format!("{name}: {shown}"));
}

fn advanced_ui(ui: &mut Ui, state: &State, form: &mut Form) {
    let view = &state.session.train;
    let preset = view.presets.get(form.preset).map(|p| &p.knobs);
    let stands = |form: &Form, key: &str, default: f64| {
        form.knobs.get(key).or_else(|| preset.and_then(|p| p.get(key))).copied().unwrap_or(default)
    };
    for knob in &view.knobs {
        let shown = |(key, at): &(String, f64)| stands(form, key, 0.0) == *at;
        if !knob.only_while.as_ref().is_none_or(shown) {
            continue;
        }
        let mut value = stands(form, &knob.key, knob.default);
        let t = state.text();
        let (name, help) = knob_words(t.is_chinese, &knob.key, &knob.name, &knob.help);
        let changed = match knob.options.is_empty() {
            true => rail(ui, knob, name, help, &mut value),
            false => options(ui, t, knob, name, help, &mut value),
        };
        if changed {
            form.knobs.insert(knob.key.clone(), value);
        }
    }
    if !form.knobs.is_empty() && plain_button(ui, state.text().reset).clicked() {
        form.knobs.clear();
        form.duplicate_of = None;
    }
}

fn rail(ui: &mut Ui, knob: &Knob, name: &str, help: &str, value: &mut f64) -> bool {
    ui.horizontal(|ui| {
        let mut rail = Slider::new(value, knob.min..=knob.max).logarithmic(knob.logarithmic).text(name);
        if knob.integer {
            rail = rail.integer();
        }
        slider(ui, rail).on_hover_text(help).changed()
    })
    .inner
}

fn options(ui: &mut Ui, t: &Text, knob: &Knob, name: &str, help: &str, value: &mut f64) -> bool {
    let before = *value;
    let shown = knob.options.get(*value as usize).map_or("", |o| choice_word(t.is_chinese, o));
    ui.horizontal(|ui| {
        let list = ComboBox::from_id_salt(&knob.key).selected_text(shown).width(132.0).show_ui(ui, |ui| {
            for (i, option) in knob.options.iter().enumerate() {
                ui.selectable_value(value, i as f64, choice_word(t.is_chinese, option));
            }
        });
        list.response.on_hover_text(help).accessible_name(format!("{name}: {shown}"));
        ui.label(name);
    });
    *value != before
}

//! What to train: preset, start, device; everything else folded.

use super::view::{Knob, Start, TrainRequest, TrainSettings};
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::fill;
use crate::gui::theme::{SPACE, Tokens};
use crate::gui::widgets::{fields, plain_button, section, slider, subdued};
use eframe::egui::{Align, ComboBox, Layout, RichText, Slider, Ui};
use std::collections::BTreeMap;

/// What has been chosen so far.
#[derive(Clone, Debug)]
pub struct Form {
    pub preset: usize,
    pub device: usize,
    pub start: Start,
    pub knobs: BTreeMap<String, f64>,
    /// Weight of the past in the smoothed curve, 0–0.99.
    pub smoothing: f64,
    pub log_axis: bool,
}

impl Default for Form {
    fn default() -> Self {
        Self { preset: 1, device: 0, start: Start::Scratch, knobs: BTreeMap::new(), smoothing: 0.6, log_axis: true }
    }
}

pub fn form_ui(ui: &mut Ui, state: &State, form: &mut Form, actions: &mut Actions) {
    let t = state.text();
    let view = &state.session.train;
    ui.horizontal(|ui| {
        ui.set_min_height(32.0);
        ui.label(RichText::new(t.train).heading().color(Tokens::of(ui).strong));
        ui.add_space(SPACE);
        fields(ui, |ui| {
            let preset = view.presets.get(form.preset).map_or(t.no_presets, |p| &p.name);
            choice(ui, t.preset, preset, |ui| {
                for (i, p) in view.presets.iter().enumerate() {
                    ui.selectable_value(&mut form.preset, i, &p.name).on_hover_text(&p.description);
                }
            });
            let start = match form.start {
                Start::Scratch => t.from_scratch,
                Start::Earlier(i) => view.earlier.get(i).map_or(t.from_scratch, |s| s),
            };
            choice(ui, t.start_from, start, |ui| {
                ui.selectable_value(&mut form.start, Start::Scratch, t.from_scratch);
                for (i, name) in view.earlier.iter().enumerate() {
                    ui.selectable_value(&mut form.start, Start::Earlier(i), name);
                }
            });
            let device = view.devices.get(form.device).map_or(t.no_devices, |d| d);
            choice(ui, t.device, device, |ui| {
                for (i, d) in view.devices.iter().enumerate() {
                    ui.selectable_value(&mut form.device, i, d);
                }
            });
        });
        if let Some(minutes) = view.presets.get(form.preset).and_then(|p| p.minutes) {
            subdued(ui, fill(t.about_minutes, &[&format!("{:.0}", minutes.max(1.0))]));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let ready = !view.presets.is_empty() && !view.devices.is_empty() && view.n_pieces > 0;
            if super::train_button(ui, state, ready) {
                actions.push(Action::Train(TrainRequest::Start(settings(form))));
            }
        });
    });
    let description = view.presets.get(form.preset).map_or("", |p| &p.description);
    let pieces =
        if view.n_pieces == 0 { t.no_pieces.into() } else { fill(t.learns_from, &[&view.n_pieces.to_string()]) };
    let both: Vec<&str> = [description, &pieces].into_iter().filter(|s| !s.is_empty()).collect();
    subdued(ui, both.join(" · "));
    if !view.knobs.is_empty() {
        section(ui, "advanced training", t.advanced, false, |ui| advanced_ui(ui, state, form));
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
        let changed = if knob.options.is_empty() { rail(ui, knob, &mut value) } else { options(ui, knob, &mut value) };
        if changed {
            form.knobs.insert(knob.key.clone(), value);
        }
    }
    if !form.knobs.is_empty() && plain_button(ui, state.text().reset).clicked() {
        form.knobs.clear();
    }
}

fn rail(ui: &mut Ui, knob: &Knob, value: &mut f64) -> bool {
    ui.horizontal(|ui| {
        let mut rail = Slider::new(value, knob.min..=knob.max).logarithmic(knob.logarithmic).text(&knob.name);
        if knob.integer {
            rail = rail.integer();
        }
        slider(ui, rail).on_hover_text(&knob.help).changed()
    })
    .inner
}

fn options(ui: &mut Ui, knob: &Knob, value: &mut f64) -> bool {
    let before = *value;
    let shown = knob.options.get(*value as usize).map_or("", |o| o);
    ui.horizontal(|ui| {
        let list = ComboBox::from_id_salt(&knob.key).selected_text(shown).width(132.0).show_ui(ui, |ui| {
            for (i, option) in knob.options.iter().enumerate() {
                ui.selectable_value(value, i as f64, option);
            }
        });
        list.response.on_hover_text(&knob.help).accessible_name(format!("{}: {shown}", knob.name));
        ui.label(&knob.name);
    });
    *value != before
}

fn settings(form: &Form) -> TrainSettings {
    TrainSettings {
        preset: form.preset,
        device: form.device,
        start: form.start,
        knobs: form.knobs.iter().map(|(k, v)| (k.clone(), *v)).collect(),
    }
}

//! Several runs one after another: what varies, how many that makes, and how the queue stands.

use super::form::{Form, Side, Tab};
use super::view::{Estimate, QueueState, TrainRequest};
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::{fill, sentence};
use crate::gui::theme::{ROW, Tokens};
use crate::gui::widgets::{card, chip, primary_button, slider, subdued};
use eframe::egui::{Label, RichText, ScrollArea, Sense, Slider, Ui, vec2};

const WIDTHS: [usize; 5] = [64, 128, 192, 256, 384];
const LAYERS: [usize; 5] = [1, 2, 4, 6, 8];
const MOST_SEEDS: usize = 5;

pub fn sweep_ui(ui: &mut Ui, state: &State, form: &mut Form, ready: bool, actions: &mut Actions) {
    let t = state.text();
    let view = &state.session.train;
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        row(ui, t.tr.sweep_presets, |ui| {
            for (i, preset) in view.presets.iter().enumerate() {
                toggle(ui, &sentence(&preset.name, t), t.tr.choose_preset, i, &mut form.sweep.presets);
            }
        });
        row(ui, t.tr.sweep_widths, |ui| {
            for width in WIDTHS {
                toggle(ui, &width.to_string(), t.tr.choose_width, width, &mut form.sweep.widths);
            }
        });
        row(ui, t.tr.sweep_layers, |ui| {
            for layers in LAYERS {
                toggle(ui, &layers.to_string(), t.tr.choose_layers, layers, &mut form.sweep.layers);
            }
        });
        row(ui, t.tr.sweep_seeds, |ui| {
            let mut seeds = form.sweep.seeds.max(1);
            let response = slider(ui, Slider::new(&mut seeds, 1..=MOST_SEEDS).integer());
            response.accessible_name(t.tr.sweep_seeds);
            form.sweep.seeds = seeds;
        });
        let n = form.sweep.n_runs();
        ui.horizontal(|ui| {
            subdued(ui, fill(t.tr.sweep_of, &[&n.to_string()]));
            if let Some(seconds) = whole_time(state, form) {
                subdued(ui, fill(t.tr.sweep_time, &[&super::duration(t, seconds)]));
            }
            let start = fill(t.tr.sweep_start, &[&n.to_string()]);
            if ui.add_enabled_ui(ready && n > 1, |ui| primary_button(ui, &start, 0.0)).inner.clicked() {
                (form.shown, form.tab, form.fit, form.side) = (None, Tab::Curves, true, Side::Queue);
                form.sweep_open = false;
                actions.push(Action::Train(TrainRequest::Queue(form.settings(), form.sweep.clone())));
            }
        });
    });
}

/// So many times what the preset takes: a budget of time is the same for all.
fn whole_time(state: &State, form: &Form) -> Option<f64> {
    match state.session.train.presets.get(form.preset).map(|p| &p.estimate) {
        Some(Estimate::Known { seconds, .. }) => Some(seconds * form.sweep.n_runs() as f64),
        _ => None,
    }
}

fn row(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal_wrapped(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(72.0, ROW), Sense::hover());
        let color = Tokens::of(ui).subdued;
        ui.put(rect, Label::new(RichText::new(name).color(color)).halign(eframe::egui::Align::LEFT));
        add(ui);
    });
}

/// A switch for one value of what varies.
fn toggle(ui: &mut Ui, label: &str, named: &str, value: usize, chosen: &mut Vec<usize>) {
    let on = chosen.contains(&value);
    if chip(ui, label, on).accessible_name(fill(named, &[label])).clicked() {
        if on {
            chosen.retain(|v| *v != value);
        } else {
            chosen.push(value);
            chosen.sort_unstable();
        }
    }
}

/// The runs of the queue and how each stands.
pub fn queue_ui(ui: &mut Ui, state: &State) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    let queue = &state.session.train.queue;
    if queue.is_empty() {
        subdued(ui, t.tr.queue_empty);
        return;
    }
    ScrollArea::vertical().id_salt("queue").auto_shrink(false).show(ui, |ui| {
        for item in queue {
            let (word, color) = match &item.state {
                QueueState::Waiting => (t.tr.waiting, tokens.subdued),
                QueueState::Running => (t.tr.running, tokens.accent),
                QueueState::Done => (t.tr.done, tokens.success),
                QueueState::NotBegun => (t.tr.not_begun, tokens.subdued),
                QueueState::Failed(why) => (why.as_str(), tokens.error),
            };
            ui.horizontal(|ui| {
                ui.set_min_height(ROW);
                let (dot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
                ui.painter().circle_filled(dot.center(), 4.0, color);
                ui.label(RichText::new(&item.name).color(tokens.strong));
            });
            let nats = item.nats.map_or(String::new(), |n| format!("{n:.3} · "));
            ui.horizontal(|ui| {
                ui.add_space(18.0);
                ui.add(Label::new(RichText::new(format!("{nats}{word}")).color(color).small()).wrap());
            });
        }
    });
}

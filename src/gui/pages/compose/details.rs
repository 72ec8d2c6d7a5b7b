//! How values are drawn, field by field, what the model is told, and how near a take may come: for those who ask.

use super::generator::{abilities, combo};
use crate::generate::Settings;
use crate::gui::state::{Generator, State};
use crate::gui::widgets::{labelled, slider};
use eframe::egui::{DragValue, Slider, Ui};

pub fn details_ui(ui: &mut Ui, state: &State, g: &mut Generator) {
    let t = state.text();
    let s = &mut g.settings;
    let slider_width = |ui: &mut Ui| ui.spacing_mut().slider_width = (ui.available_width() - 52.0).max(60.0);
    labelled(ui, t.temperature, |ui| {
        slider_width(ui);
        slider(ui, Slider::new(&mut s.temperature, 0.0..=2.0).fixed_decimals(2)).on_hover_text(t.temperature_hint)
    });
    labelled(ui, t.top_p, |ui| {
        slider_width(ui);
        slider(ui, Slider::new(&mut s.top_p, 0.05..=1.0).fixed_decimals(2)).on_hover_text(t.top_p_hint)
    });
    labelled(ui, t.min_p, |ui| {
        slider_width(ui);
        slider(ui, Slider::new(&mut s.min_p, 0.0..=0.5).fixed_decimals(2)).on_hover_text(t.min_p_hint)
    });
    labelled(ui, t.top_k, |ui| {
        ui.add(DragValue::new(&mut s.top_k).range(0..=512).speed(0.2)).on_hover_text(t.top_k_hint)
    });
    let f = &mut s.fields;
    for (name, hint, value) in [
        (t.tk.time_temperature, t.tk.time_temperature_hint, &mut f.time_temperature),
        (t.tk.pitch_temperature, t.tk.pitch_temperature_hint, &mut f.pitch_temperature),
    ] {
        labelled(ui, name, |ui| {
            slider_width(ui);
            slider(ui, Slider::new(value, 0.0..=2.0).fixed_decimals(2)).on_hover_text(hint)
        });
    }
    for (name, hint, value) in [
        (t.tk.time_top_p, t.tk.time_top_p_hint, &mut f.time_top_p),
        (t.tk.pitch_top_p, t.tk.pitch_top_p_hint, &mut f.pitch_top_p),
    ] {
        labelled(ui, name, |ui| {
            slider_width(ui);
            slider(ui, Slider::new(value, 0.05..=1.0).fixed_decimals(2)).on_hover_text(hint)
        });
    }
    told_ui(ui, state, s);
    let mut limited = g.not_closer_than.is_some();
    if ui.checkbox(&mut limited, t.orig.limit).on_hover_text(t.orig.limit_hint).changed() {
        g.not_closer_than = limited.then_some(16);
    }
    if let Some(n) = &mut g.not_closer_than {
        labelled(ui, t.orig.limit_notes, |ui| ui.add(DragValue::new(n).range(4..=128).speed(0.1)));
    }
}

/// What the model has learned to be told, and how much it is to heed it.
fn told_ui(ui: &mut Ui, state: &State, s: &mut Settings) {
    let (t, Some(can)) = (state.text(), abilities(state)) else { return };
    // What another model was told is said here too, so that it can be taken back.
    if !can.styles.is_empty() || s.style.is_some() {
        let shown = s.style.clone().unwrap_or_else(|| t.style_any.to_owned());
        let response = labelled(ui, t.style, |ui| {
            combo(ui, "style", t.style, &shown, |ui| {
                ui.selectable_value(&mut s.style, None, t.style_any);
                for style in &can.styles {
                    ui.selectable_value(&mut s.style, Some(style.clone()), style);
                }
            })
        });
        response.on_hover_text(t.style_hint);
    }
    if can.density || s.density.is_some() {
        let mut limited = s.density.is_some();
        if ui.checkbox(&mut limited, t.tell_density).on_hover_text(t.density_hint).changed() {
            s.density = limited.then_some(8.0);
        }
        if let Some(density) = &mut s.density {
            labelled(ui, t.density, |ui| ui.add(DragValue::new(density).range(0.5..=64.0).speed(0.1).max_decimals(1)));
        }
    }
    if s.style.is_some() || s.density.is_some() {
        labelled(ui, t.guidance, |ui| {
            ui.spacing_mut().slider_width = (ui.available_width() - 52.0).max(60.0);
            slider(ui, Slider::new(&mut s.guidance, 0.0..=4.0).fixed_decimals(2)).on_hover_text(t.guidance_hint)
        });
    }
}

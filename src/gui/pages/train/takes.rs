//! Takes of a run, each with a small roll and one click to hear it: you can hear it learn.

use super::view::TakeView;
use crate::gui::action::{Action, Actions};
use crate::gui::session::Playing;
use crate::gui::state::State;
use crate::gui::text::fill;
use crate::gui::theme::Tokens;
use crate::gui::widgets::{Icon, card, icon_button_sized, mini_roll, subdued};
use eframe::egui::{Align, Layout, RichText, ScrollArea, Sense, Ui, vec2};
use std::sync::Arc;

/// The newest first, beside the plot.
pub fn takes_ui(ui: &mut Ui, state: &State, takes: &[TakeView], actions: &mut Actions) {
    if takes.is_empty() {
        subdued(ui, state.text().tr.no_takes);
        return;
    }
    ScrollArea::vertical().id_salt("takes").auto_shrink(false).show(ui, |ui| {
        for take in takes.iter().rev() {
            take_ui(ui, state, take, &name(state, take), 46.0, actions);
        }
    });
}

/// "step 1,200", or "take 3" by the file's name.
pub fn name(state: &State, take: &TakeView) -> String {
    let t = state.text();
    match take.step {
        Some(step) => fill(t.tr.take_at, &[&super::thousands(step)]),
        None => {
            let stem = take.path.file_stem().map_or(String::new(), |s| s.to_string_lossy().into_owned());
            fill(t.tr.take_n, &[stem.trim_start_matches("take-")])
        }
    }
}

pub fn take_ui(ui: &mut Ui, state: &State, take: &TakeView, name: &str, height: f32, actions: &mut Actions) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    let plays = state.session.plays(&Playing::File(take.path.clone()));
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.horizontal(|ui| {
            let (icon, verb) = if plays { (Icon::Stop, t.tr.hush) } else { (Icon::Play, t.tr.hear) };
            if icon_button_sized(ui, icon, &fill(verb, &[name]), plays, 24.0).clicked() {
                actions.push(Action::PlayFile(take.path.clone(), Arc::clone(&take.score)));
            }
            ui.label(RichText::new(name).color(tokens.strong));
            if take.best {
                ui.label(RichText::new("★").color(tokens.success)).on_hover_text(t.legend_best);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let open = fill(t.tr.open_take, &[name]);
                if icon_button_sized(ui, Icon::Pencil, &open, false, 24.0).clicked() {
                    actions.push(Action::Open(take.path.clone()));
                }
                if let Some(nats) = take.nats {
                    subdued(ui, fill(t.tr.nats_short, &[&format!("{nats:.2}")]));
                }
            });
        });
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        mini_roll::paint(ui.painter(), rect, &take.score, 0, take.score.last_note_end().max(1), tokens);
    });
}

//! The takes as cards: a small picture, hear it, keep it, or throw it away.

use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::fill;
use crate::gui::theme::{RADIUS_PANEL, Tokens};
use crate::gui::widgets::{Icon, icon_button_sized, mini_roll, subdued};
use crate::project::Take;
use eframe::egui::{self, CornerRadius, Frame, Label, Margin, RichText, ScrollArea, Sense, Ui, vec2};

const WIDTH: f32 = 196.0;

pub fn takes_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let takes = state.project.takes();
    ScrollArea::horizontal().auto_shrink(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            if let Some(p) = state.session.preview.as_ref().filter(|_| state.session.generating) {
                card(ui, |ui| {
                    let name = fill(state.text().take_n, &[&(p.take + 1).to_string()]);
                    picture(ui, &p.score, p.from_tick);
                    subdued(ui, format!("{name} …"));
                });
            }
            for (i, take) in takes.iter().enumerate().rev() {
                card(ui, |ui| take_ui(ui, state, i, take, actions));
            }
        });
    });
}

fn card(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let fill = Tokens::of(ui).raised;
    let radius = CornerRadius::same(RADIUS_PANEL);
    Frame::new().fill(fill).corner_radius(radius).inner_margin(Margin::same(6)).show(ui, |ui| {
        ui.vertical(|ui| {
            ui.set_width(WIDTH);
            ui.set_height(100.0);
            ui.spacing_mut().item_spacing.y = 4.0;
            add(ui);
        });
    });
}

fn picture(ui: &mut Ui, score: &crate::music::Score, from: crate::music::Tick) {
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, 54.0), Sense::hover());
    mini_roll::paint(&ui.painter_at(rect), rect, score, from, score.end.max(from + 1), Tokens::of(ui));
}

fn take_ui(ui: &mut Ui, state: &State, i: usize, take: &Take, actions: &mut Actions) {
    let t = state.text();
    picture(ui, &take.score, take.from_tick);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let heard = state.session.playing_take == Some(i) && state.session.player.is_playing();
        let icon = if heard { Icon::Stop } else { Icon::Play };
        if icon_button_sized(ui, icon, &fill(t.hear_take, &[&take.name]), heard, 24.0).clicked() {
            actions.push(Action::PlayTake(i));
        }
        if icon_button_sized(ui, Icon::Check, &fill(t.keep_take, &[&take.name]), false, 24.0).clicked() {
            actions.push(Action::KeepTake(i));
        }
        if icon_button_sized(ui, Icon::Close, &fill(t.remove_take, &[&take.name]), false, 24.0).clicked() {
            actions.push(Action::RemoveTake(i));
        }
        let about = fill(
            t.take_about,
            &[&take.model, &take.settings.seed.to_string(), &format!("{:.2}", take.settings.temperature)],
        );
        let hover = if take.remark.is_empty() { about } else { format!("{about}\n{}", take.remark) };
        let strong = Tokens::of(ui).strong;
        ui.add(Label::new(RichText::new(&take.name).color(strong)).truncate().sense(egui::Sense::hover()))
            .on_hover_text(hover);
    });
    originality_line(ui, state, take);
}

/// How much of it is copied, where that is known.
fn originality_line(ui: &mut Ui, state: &State, take: &Take) {
    let (Some(o), t) = (&take.originality, &state.text().orig) else { return };
    let copied = o.copied.to_string();
    let line = match o.percentile {
        Some(p) => fill(t.take_line, &[&copied, &format!("{p:.0}")]),
        None => fill(t.take_line_alone, &[&copied]),
    };
    let response = ui.add(Label::new(RichText::new(line).small().color(Tokens::of(ui).subdued)).truncate());
    if o.copied > 0 {
        response.on_hover_text(fill(t.take_hint, &[&copied, &o.source, &o.bar.to_string()]));
    }
}

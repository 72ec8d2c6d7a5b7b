//! The takes as cards: a small picture, hear it, keep it, or throw it away.

use crate::gui::action::{Action, Actions};
use crate::gui::session::Playing;
use crate::gui::state::State;
use crate::gui::takes::{TakeBox, TakeOrder, can_rank_by, depth};
use crate::gui::text::takes::TakeWords;
use crate::gui::text::{fill, sentence};
use crate::gui::theme::{RADIUS_PANEL, Tokens};
use crate::gui::widgets::{Icon, icon_button_sized, mini_roll, subdued};
use crate::project::Take;
use eframe::egui::{
    self, Button, ComboBox, CornerRadius, Frame, Id, Label, Margin, RichText, ScrollArea, Sense, Ui, vec2,
};

const WIDTH: f32 = 212.0;

/// Under this the first card finds whether it is to take the keyboard.
pub fn first_take() -> Id {
    Id::unique("the first take takes the keyboard")
}

/// The takes with their places in the list, in the order that was chosen; such as came since come first.
fn shown(state: &State) -> Vec<(usize, &Take)> {
    let place = |take: &Take| state.view.takes_in_order.iter().position(|id| *id == take.id);
    let mut takes: Vec<_> = state.project.takes().iter().enumerate().rev().collect();
    takes.sort_by_key(|(_, take)| place(take).map_or(0, |p| p + 1));
    takes
}

fn order_name(order: TakeOrder, t: &TakeWords) -> &'static str {
    match order {
        TakeOrder::Newest => t.order_newest,
        TakeOrder::Family => t.order_family,
        TakeOrder::Likely => t.order_likely,
        TakeOrder::Original => t.order_original,
        TakeOrder::Close => t.order_close,
    }
}

/// The order of the takes, where there are some to be ordered.
fn order_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = &state.text().tk;
    let now = state.view.take_order;
    ui.vertical(|ui| {
        ui.set_width(92.0);
        subdued(ui, t.order);
        let shown = order_name(now, t);
        let combo = ComboBox::from_id_salt("order of takes").selected_text(shown).width(88.0).truncate();
        let response = combo.show_ui(ui, |ui| {
            for order in TakeOrder::ALL {
                let ready = order != TakeOrder::Close || can_rank_by(state);
                let choice = Button::selectable(order == now, order_name(order, t));
                let choice = ui.add_enabled(ready, choice).on_disabled_hover_text(t.select_figure);
                if choice.clicked() {
                    actions.push(Action::OrderTakes(order));
                }
            }
        });
        let name = format!("{}: {shown}", t.order);
        response.response.accessible_name(name).on_hover_text(t.order_hint);
    });
}

pub fn takes_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    ScrollArea::horizontal().auto_shrink(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            if state.project.takes().len() > 1 {
                order_ui(ui, state, actions);
            }
            if let Some(p) = state.session.preview.as_ref().filter(|_| state.session.generating) {
                card(ui, |ui| {
                    let name = fill(state.text().take_n, &[&(p.take + 1).to_string()]);
                    picture(ui, &p.score, p.from_tick);
                    ui.horizontal(|ui| {
                        let plays = state.session.plays(&Playing::Coming);
                        let icon = if plays { Icon::Stop } else { Icon::Play };
                        let label = fill(state.text().tk.play_coming, &[&name]);
                        if icon_button_sized(ui, icon, &label, plays, 24.0).clicked() {
                            actions.push(Action::PlayComing);
                        }
                        subdued(ui, format!("{name} …"));
                    });
                });
            }
            for (i, take) in shown(state) {
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
    let called = sentence(&take.name, t);
    picture(ui, &take.score, take.from_tick);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let heard = state.session.plays(&Playing::Take(i));
        let icon = if heard { Icon::Stop } else { Icon::Play };
        let hear = icon_button_sized(ui, icon, &fill(t.hear_take, &[&called]), heard, 24.0);
        if ui.data_mut(|d| d.remove_temp(first_take())) == Some(true) {
            hear.request_focus();
            hear.scroll_to_me(None);
        }
        if hear.clicked() {
            actions.push(Action::PlayTake(i));
        }
        let within = state.view.takes_in_piece.contains(&take.id);
        let keep = icon_button_sized(ui, Icon::Check, &fill(t.keep_take, &[&called]), within, 24.0);
        if keep.clicked() {
            actions.push(Action::KeepTake(i));
        }
        if icon_button_sized(ui, Icon::Close, &fill(t.remove_take, &[&called]), false, 24.0).clicked() {
            actions.push(Action::RemoveTake(i));
        }
        if icon_button_sized(ui, Icon::More, &fill(t.tk.more, &[&called]), false, 24.0).clicked() {
            actions.push(Action::OpenTake(Some(TakeBox::of(take))));
        }
        let about = fill(
            t.take_about,
            &[&take.model, &take.settings.seed.to_string(), &format!("{:.2}", take.settings.temperature)],
        );
        let parent = take.parent.and_then(|id| state.project.takes().iter().find(|t| t.id == id));
        let about = parent.map_or(about.clone(), |p| format!("{about}\n{}", fill(t.tk.from, &[&sentence(&p.name, t)])));
        let hover = if take.remark.is_empty() { about } else { format!("{about}\n{}", sentence(&take.remark, t)) };
        let strong = Tokens::of(ui).strong;
        // A branch for each step down the tree.
        let name = "› ".repeat(depth(state.project.takes(), take)) + &called;
        ui.add(Label::new(RichText::new(&name).color(strong)).truncate().sense(egui::Sense::hover()))
            .on_hover_text(hover);
    });
    ui.horizontal(|ui| {
        if state.view.takes_in_piece.contains(&take.id) {
            let mark = RichText::new(t.tk.in_piece).small().color(Tokens::of(ui).accent);
            ui.label(mark).on_hover_text(t.tk.in_piece_hint);
        }
        originality_line(ui, state, take);
    });
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

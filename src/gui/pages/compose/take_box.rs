//! The box of one take: its name, a blend with another, a branch.

use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::takes::{TakeBox, can_branch};
use crate::gui::text::{fill, sentence};
use crate::gui::widgets::{fields, labelled, plain_button, subdued};
use crate::project::{Take, can_blend};
use eframe::egui::{Align2, Button, ComboBox, Context, DragValue, Id, TextEdit, Ui, Window, vec2};

/// The id of its window.
pub fn take_box_id() -> Id {
    Id::unique("box of a take")
}

/// Shows it where it was asked for and its take is still there.
pub fn take_box_ui(ctx: &Context, state: &State, actions: &mut Actions) {
    let Some(before) = &state.view.take_box else { return };
    let takes = state.project.takes();
    let Some(place) = takes.iter().position(|t| t.id == before.take) else {
        return actions.push(Action::OpenTake(None));
    };
    let mut now = before.clone();
    let mut open = true;
    Window::new(fill(state.text().tk.more, &[&sentence(&takes[place].name, state.text())]))
        .id(take_box_id())
        .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -190.0))
        .collapsible(false)
        .resizable(false)
        .open(&mut open)
        .show(ctx, |ui| {
            ui.set_width(340.0);
            ui.spacing_mut().item_spacing.y = 6.0;
            name_ui(ui, state, place, &mut now, actions);
            blend_ui(ui, state, &takes[place], &mut now, actions);
            branch_ui(ui, state, &takes[place], &mut now, actions);
        });
    if !open {
        actions.push(Action::OpenTake(None));
    } else if now != *before {
        actions.push(Action::OpenTake(Some(now)));
    }
}

fn name_ui(ui: &mut Ui, state: &State, place: usize, now: &mut TakeBox, actions: &mut Actions) {
    let response = labelled(ui, state.text().tk.name, |ui| ui.add(TextEdit::singleline(&mut now.name)));
    if response.lost_focus() && !now.name.trim().is_empty() {
        actions.push(Action::RenameTake(place, now.name.trim().to_owned()));
    }
}

fn blend_ui(ui: &mut Ui, state: &State, take: &Take, now: &mut TakeBox, actions: &mut Actions) {
    let t = &state.text().tk;
    let others: Vec<&Take> = state.project.takes().iter().filter(|o| o.id != take.id && can_blend(take, o)).collect();
    if others.is_empty() {
        subdued(ui, t.blend_with_none);
        return;
    }
    let other = others.iter().find(|o| Some(o.id) == now.other);
    let called = |take: &Take| sentence(&take.name, state.text());
    let shown = other.map_or(t.blend_none.to_owned(), |o| called(o));
    labelled(ui, t.blend, |ui| {
        let combo = ComboBox::from_id_salt("blend with").selected_text(&shown).width(ui.available_width()).truncate();
        let response = combo.show_ui(ui, |ui| {
            for o in &others {
                ui.selectable_value(&mut now.other, Some(o.id), called(o));
            }
        });
        response.response.accessible_name(format!("{}: {shown}", t.blend))
    });
    let Some(other) = other else { return };
    now.from_other.resize(take.bars().len().max(other.bars().len()), false);
    subdued(ui, t.blend_hint);
    let first = take.score.meters.position(take.from_tick, take.score.ppq).bar + 1;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(2.0, 2.0);
        for (i, from_other) in now.from_other.iter_mut().enumerate() {
            let bar = (first + i as i64).to_string();
            let from = called(if *from_other { other } else { take });
            let name = fill(t.blend_bar, &[&bar, &from]);
            let button = Button::selectable(*from_other, bar.clone()).min_size(vec2(28.0, 24.0));
            let response = ui.add(button).accessible_name(&name).on_hover_text(&name);
            if response.clicked() {
                *from_other = !*from_other;
            }
        }
    });
    if fields(ui, |ui| plain_button(ui, t.blend_make)).clicked() {
        actions.push(Action::BlendTakes { a: take.id, b: other.id, from_b: now.from_other.clone() });
    }
}

fn branch_ui(ui: &mut Ui, state: &State, take: &Take, now: &mut TakeBox, actions: &mut Actions) {
    let t = &state.text().tk;
    if !can_branch(take) {
        subdued(ui, t.branch_not);
        return;
    }
    let most = take.bars().len() - 1;
    labelled(ui, t.branch, |ui| ui.add(DragValue::new(&mut now.keep_bars).range(1..=most).speed(0.05)))
        .on_hover_text(t.branch_hint);
    let ready = !state.session.generating;
    let button = ui.add_enabled_ui(ready, |ui| plain_button(ui, t.branch_make)).inner;
    if button.on_hover_text(t.branch_hint).clicked() {
        actions.push(Action::BranchTake { take: take.id, bars: now.keep_bars });
    }
}

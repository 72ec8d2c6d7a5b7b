//! The runs that are there: look at one, draw it behind another, use it, go on with it, and what else
//! can be done with a run.

use super::form::{Form, Tab};
use super::view::{RunRow, Standing, TrainRequest};
use crate::gui::action::{Action, Actions, Dialog};
use crate::gui::state::State;
use crate::gui::text::{fill, sentence};
use crate::gui::theme::{ROW, Tokens};
use crate::gui::widgets::{Icon, card, chip, focus_ring, icon_button_sized, plain_button, primary_button, subdued};
use eframe::egui::{
    Align, Button, Checkbox, Frame, Id, Layout, Margin, Modal, Popup, RichText, ScrollArea, TextEdit, Ui,
};

pub fn runs_ui(ui: &mut Ui, state: &State, form: &mut Form, actions: &mut Actions) {
    let t = state.text();
    if state.session.train.runs.is_empty() {
        subdued(ui, t.tr.no_runs);
        return;
    }
    ScrollArea::vertical().id_salt("runs").auto_shrink(false).show(ui, |ui| {
        for run in &state.session.train.runs {
            run_ui(ui, state, run, form, actions);
        }
    });
}

fn run_ui(ui: &mut Ui, state: &State, run: &RunRow, form: &mut Form, actions: &mut Actions) {
    let t = state.text();
    let shown = form.shown.as_deref() == Some(run.name.as_str());
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.horizontal(|ui| {
            let readable = !matches!(run.standing, Standing::Unreadable(_));
            tick_ui(ui, state, run, form, actions);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let more = icon_button_sized(ui, Icon::More, &fill(t.tr.more_of, &[&run.name]), false, 24.0);
                Popup::menu(&more).show(|ui| menu_ui(ui, state, run, form, actions));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let name = RichText::new(&run.name).color(Tokens::of(ui).strong);
                    let button = ui.add_enabled(readable, Button::selectable(shown, name).truncate());
                    focus_ring(ui, &button);
                    if button.accessible_name(fill(t.tr.look_at, &[&run.name])).clicked() {
                        look_at(run, form, actions);
                    }
                });
            });
        });
        subdued(ui, about(state, run));
        if let Standing::Unreadable(why) = &run.standing {
            ui.label(RichText::new(fill(t.tr.unreadable, &[&sentence(why, t)])).color(Tokens::of(ui).warning).small());
            return;
        }
        ui.horizontal(|ui| {
            let named = |verb: &str| format!("{verb}: {}", run.name);
            if run.has_model && chip(ui, t.use_model, false).accessible_name(named(t.use_model)).clicked() {
                actions.push(Action::Train(TrainRequest::UseRun(run.name.clone())));
            }
            let idle = state.session.train.active().is_none();
            if run.standing == Standing::CanResume
                && idle
                && chip(ui, t.resume, false).accessible_name(named(t.resume)).clicked()
            {
                (form.shown, form.tab, form.fit) = (None, Tab::Curves, true);
                actions.push(Action::Train(TrainRequest::ResumeRun(run.name.clone())));
            }
            if chip(ui, t.tr.tab_report, false).accessible_name(named(t.tr.tab_report)).clicked() {
                look_at(run, form, actions);
                form.tab = Tab::Report;
            }
        });
    });
}

/// Whether the run is drawn behind the one that is looked at.
pub fn tick_ui(ui: &mut Ui, state: &State, run: &RunRow, form: &mut Form, actions: &mut Actions) {
    let mut ticked = form.ticked.contains(&run.name);
    let readable = !matches!(run.standing, Standing::Unreadable(_));
    let name = fill(state.text().tr.in_plot, &[&run.name]);
    let response = ui.add_enabled(readable, Checkbox::without_text(&mut ticked));
    focus_ring(ui, &response);
    if response.on_hover_text(&name).accessible_name(name).clicked() {
        form.fit = true;
        if ticked {
            form.ticked.insert(run.name.clone());
            actions.push(Action::Train(TrainRequest::Look(run.name.clone())));
        } else {
            form.ticked.remove(&run.name);
        }
    }
}

pub fn look_at(run: &RunRow, form: &mut Form, actions: &mut Actions) {
    form.shown = Some(run.name.clone());
    form.fit = true;
    if form.tab == Tab::Compare {
        form.tab = Tab::Curves;
    }
    actions.push(Action::Train(TrainRequest::Look(run.name.clone())));
}

/// "1.177 nats · transformer · 5 m 00 s · 2 h ago".
fn about(state: &State, run: &RunRow) -> String {
    let t = state.text();
    let mut words = Vec::new();
    words.extend(run.nats.map(|n| fill(t.tr.nats_short, &[&format!("{n:.3}")])));
    if !run.arch.is_empty() {
        words.push(run.arch.clone());
    }
    match run.standing {
        Standing::CanResume => words.push(t.tr.can_resume.to_owned()),
        Standing::Busy => words.push(t.tr.busy.to_owned()),
        Standing::Finished if run.seconds > 0.0 => words.push(super::duration(t, run.seconds)),
        Standing::Finished | Standing::Unreadable(_) => {}
    }
    if !run.has_model {
        words.push(t.tr.no_model.to_owned());
    }
    words.extend(run.age_secs.map(|s| fill(t.tr.ago, &[&super::age(t, s)])));
    words.join(" · ")
}

fn menu_ui(ui: &mut Ui, state: &State, run: &RunRow, form: &mut Form, actions: &mut Actions) {
    let t = state.text();
    let mut ask = |request| actions.push(Action::Train(request));
    let name = || run.name.clone();
    let idle = run.standing != Standing::Busy;
    let item = |ui: &mut Ui, on: bool, words: &str| ui.add_enabled(on, Button::new(words)).clicked();
    if item(ui, run.has_model, t.tr.use_run) {
        ask(TrainRequest::UseRun(name()));
    }
    if item(ui, run.has_model && idle, t.tr.make_report) {
        ask(TrainRequest::Report(name()));
    }
    if item(ui, true, t.tr.duplicate) {
        ask(TrainRequest::Duplicate(name()));
    }
    if item(ui, idle, t.tr.rename) {
        form.renaming = Some((name(), name()));
    }
    if item(ui, true, t.show_on_disk) {
        ask(TrainRequest::RevealRun(name()));
    }
    if item(ui, idle, t.tr.delete) {
        form.ticked.remove(&run.name);
        form.shown.take_if(|shown| *shown == run.name);
        ask(TrainRequest::Delete(name()));
    }
    if item(ui, true, t.tr.save_csv) {
        actions.push(Action::OpenDialog(Dialog::ExportRun(name())));
    }
}

/// The small window in which a run gets a new name.
pub fn rename_ui(ui: &Ui, state: &State, form: &mut Form, actions: &mut Actions) {
    let t = state.text();
    let Some((old, mut new)) = form.renaming.clone() else { return };
    let frame = Frame::popup(&ui.ctx().global_style()).inner_margin(Margin::same(20));
    let mut done = false;
    let modal = Modal::new(Id::unique("rename run")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(320.0);
        ui.label(RichText::new(fill(t.tr.rename_title, &[&old])).size(16.0).color(Tokens::of(ui).strong));
        ui.add_space(8.0);
        let edit =
            ui.add(TextEdit::singleline(&mut new).desired_width(f32::INFINITY).min_size([0.0, ROW + 4.0].into()));
        let edit = edit.accessible_name(t.tr.new_name);
        let entered = edit.lost_focus() && ui.input(|i| i.key_pressed(eframe::egui::Key::Enter));
        if ui.memory(|m| m.focused().is_none()) && !entered {
            edit.request_focus();
        }
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            let given = new.trim();
            let fine = !given.is_empty() && given != old;
            if ui.add_enabled_ui(fine, |ui| primary_button(ui, t.save, 96.0)).inner.clicked() || entered && fine {
                actions.push(Action::Train(TrainRequest::Rename(old.clone(), given.to_owned())));
                if form.ticked.remove(&old) {
                    form.ticked.insert(given.to_owned());
                }
                if form.shown.as_deref() == Some(old.as_str()) {
                    form.shown = Some(given.to_owned());
                }
                done = true;
            }
            done |= plain_button(ui, t.cancel).clicked();
        });
    });
    form.renaming = (!done && !modal.should_close()).then_some((old, new));
}

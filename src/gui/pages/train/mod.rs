//! Watch the model learn: what to train, the loss as it falls, and words for what is happening.
//!
//! Draws plain view values; training itself is reached by requests.

mod form;
mod plot;
mod smooth;
mod view;

use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::fill;
use crate::gui::theme::{SPACE, Tokens};
use crate::gui::widgets::{card, chip, plain_button, primary_button, subdued};
use eframe::egui::{Align, Frame, Layout, Margin, ProgressBar, RichText, ScrollArea, Ui};
pub use form::Form;
pub use view::{Knob, Preset, RunState, RunSummary, RunView, Start, TrainRequest, TrainSettings, TrainView};

pub fn train_ui(ui: &mut Ui, state: &State, form: &mut Form, actions: &mut Actions) {
    Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| {
        let running = state.session.train.running.as_ref();
        if running.is_none_or(|r| r.state.is_over()) {
            form::form_ui(ui, state, form, actions);
            ui.add_space(SPACE);
        }
        if let Some(run) = running {
            if run.state.is_over() {
                head_of_finished(ui, state, run)
            } else {
                head_of_running(ui, state, run, actions)
            }
        }
        ui.add_space(SPACE / 2.0);
        let wide = ui.available_width() > 760.0;
        let list = if state.session.train.runs.is_empty() || !wide { 0.0 } else { 268.0 };
        ui.horizontal_top(|ui| {
            let width = ui.available_width() - list - if list > 0.0 { SPACE } else { 0.0 };
            let height = ui.available_height();
            ui.vertical(|ui| {
                ui.set_width(width);
                ui.set_height(height);
                plot::plot_ui(ui, state, form);
            });
            if list > 0.0 {
                ui.vertical(|ui| {
                    ui.set_width(list);
                    runs_ui(ui, state, actions);
                });
            }
        });
    });
}

fn head_of_running(ui: &mut Ui, state: &State, run: &RunView, actions: &mut Actions) {
    let t = state.text();
    let accent = Tokens::of(ui).accent;
    ui.horizontal(|ui| {
        ui.set_min_height(32.0);
        ui.label(RichText::new(&run.name).heading().color(Tokens::of(ui).strong));
        subdued(ui, state_word(run, t));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if plain_button(ui, t.discard).on_hover_text(t.discard_hint).clicked() {
                actions.push(Action::Train(TrainRequest::Discard));
            }
            if plain_button(ui, t.stop_and_keep).on_hover_text(t.stop_and_keep_hint).clicked() {
                actions.push(Action::Train(TrainRequest::StopAndKeep));
            }
            let paused = run.state == RunState::Paused;
            if plain_button(ui, if paused { t.resume } else { t.pause }).clicked() {
                actions.push(Action::Train(if paused { TrainRequest::Resume } else { TrainRequest::Pause }));
            }
        });
    });
    ui.label(&run.sentence);
    let epoch = run.epoch.fract() as f32;
    let whole = run.step as f32 / run.steps.max(1) as f32;
    for (name, share) in [
        (fill(t.epoch_of, &[&format!("{:.0}", run.epoch.floor() + 1.0), &format!("{:.0}", run.epochs)]), epoch),
        (fill(t.step_of, &[&thousands(run.step), &thousands(run.steps)]), whole),
    ] {
        ui.horizontal(|ui| {
            let width = 150.0;
            ui.allocate_ui_with_layout([width, 20.0].into(), Layout::left_to_right(Align::Center), |ui| {
                ui.set_width(width);
                subdued(ui, &name);
            });
            let bar = ProgressBar::new(share).desired_height(6.0).fill(accent).desired_width(ui.available_width());
            ui.add(bar).accessible_name(name);
        });
    }
    ui.horizontal(|ui| {
        let eta = run.eta_secs.map_or(String::new(), |s| format!(" • {}", fill(t.time_left, &[&duration(s)])));
        ui.label(format!("{}{eta}", duration(run.elapsed_secs)));
        subdued(ui, fill(t.notes_per_sec, &[&thousands(run.notes_per_sec.round() as u64)]));
        subdued(ui, fill(t.learning_rate_is, &[&format!("{:.1e}", run.learning_rate)]));
    });
}

fn head_of_finished(ui: &mut Ui, state: &State, run: &RunView) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(&run.name).strong());
        subdued(ui, state_word(run, state.text()));
        ui.label(&run.sentence);
    });
}

fn state_word(run: &RunView, t: &crate::gui::text::Text) -> &'static str {
    match run.state {
        RunState::Preparing => t.run_preparing,
        RunState::Running => t.run_running,
        RunState::Paused => t.run_paused,
        RunState::Stopping => t.run_stopping,
        RunState::Finished => t.run_finished,
        RunState::Failed => t.run_failed,
    }
}

fn runs_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    ui.horizontal(|ui| {
        ui.set_min_height(24.0);
        ui.label(RichText::new(t.runs).color(Tokens::of(ui).strong));
    });
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for (i, run) in state.session.train.runs.iter().enumerate() {
            card(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.label(RichText::new(&run.name).color(Tokens::of(ui).strong));
                subdued(ui, &run.about);
                ui.horizontal(|ui| {
                    let named = |verb: &str| format!("{verb}: {}", run.name);
                    if plain_button(ui, t.use_model).accessible_name(named(t.use_model)).clicked() {
                        actions.push(Action::Train(TrainRequest::UseRun(i)));
                    }
                    let idle = state.session.train.running.as_ref().is_none_or(|r| r.state.is_over());
                    let resume = |ui: &mut Ui| chip(ui, t.resume, false).accessible_name(named(t.resume)).clicked();
                    if run.can_resume && idle && resume(ui) {
                        actions.push(Action::Train(TrainRequest::ResumeRun(i)));
                    }
                    if chip(ui, t.show_on_disk, false).accessible_name(named(t.show_on_disk)).clicked() {
                        actions.push(Action::Train(TrainRequest::RevealRun(i)));
                    }
                });
            });
        }
    });
}

/// A button that starts; shared with the form.
fn train_button(ui: &mut Ui, state: &State, enabled: bool) -> bool {
    ui.add_enabled_ui(enabled, |ui| primary_button(ui, state.text().train_now, 96.0)).inner.clicked()
}

/// "1 h 02 m", "5 m 12 s", "40 s".
pub fn duration(secs: f64) -> String {
    let s = secs.max(0.0).round() as u64;
    match s {
        0..60 => format!("{s} s"),
        60..3600 => format!("{} m {:02} s", s / 60, s % 60),
        _ => format!("{} h {:02} m", s / 3600, s % 3600 / 60),
    }
}

/// "12,345".
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([-1.0, 59.4, 312.0, 3720.0].map(duration), ["0 s", "59 s", "5 m 12 s", "1 h 02 m"]);
    }
}

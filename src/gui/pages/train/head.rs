//! The head of a run that trains: its name, what is happening in words, how far it is, and what can
//! be done about it.

use super::form::{Form, Tab};
use super::view::{Happening, RunState, RunView, TrainRequest};
use super::{duration, thousands};
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::{Text, fill, sentence};
use crate::gui::theme::Tokens;
use crate::gui::widgets::{chip, plain_button, primary_button, section, subdued};
use crate::train::Ending;
use eframe::egui::{Align, Color32, Frame, Id, Label, Layout, Margin, Modal, ProgressBar, RichText, Ui};

pub fn running_ui(ui: &mut Ui, state: &State, run: &RunView, form: &mut Form, actions: &mut Actions) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    let mut ask = |request| actions.push(Action::Train(request));
    ui.horizontal(|ui| {
        ui.set_min_height(32.0);
        ui.label(RichText::new(&run.name).heading().color(tokens.strong));
        subdued(ui, state_word(run, t));
        if run.elsewhere {
            subdued(ui, t.tr.elsewhere).on_hover_text(t.tr.elsewhere_hint);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let begun = run.state != RunState::Stopping;
            ui.add_enabled_ui(begun, |ui| {
                if !run.elsewhere && plain_button(ui, t.discard).on_hover_text(t.discard_hint).clicked() {
                    form.discarding = true;
                }
                if plain_button(ui, t.stop_and_keep).on_hover_text(t.stop_and_keep_hint).clicked() {
                    ask(TrainRequest::StopAndKeep);
                }
                let paused = run.state == RunState::Paused;
                if !run.elsewhere && plain_button(ui, if paused { t.resume } else { t.pause }).clicked() {
                    ask(if paused { TrainRequest::Resume } else { TrainRequest::Pause });
                }
            });
        });
    });
    let (sentence, color) = said(&run.now, t, tokens);
    ui.add(Label::new(RichText::new(sentence).color(color)).wrap());
    if run.steps == 0 {
        // How long it will be is not known yet.
        return log_ui(ui, state, run);
    }
    let epoch = run.epoch.fract() as f32;
    let whole = run.step as f32 / run.steps.max(1) as f32;
    for (name, share) in [
        (fill(t.epoch_of, &[&format!("{:.0}", run.epoch.floor() + 1.0), &format!("{:.0}", run.epochs.ceil())]), epoch),
        (fill(t.step_of, &[&thousands(run.step), &thousands(run.steps)]), whole),
    ] {
        ui.horizontal(|ui| {
            let width = 150.0;
            ui.allocate_ui_with_layout([width, 20.0].into(), Layout::left_to_right(Align::Center), |ui| {
                ui.set_width(width);
                subdued(ui, &name);
            });
            let bar =
                ProgressBar::new(share).desired_height(6.0).fill(tokens.accent).desired_width(ui.available_width());
            ui.add(bar).accessible_name(name);
        });
    }
    ui.horizontal_wrapped(|ui| {
        let eta = run.eta_secs.map_or(String::new(), |s| format!(" • {}", fill(t.time_left, &[&duration(t, s)])));
        ui.label(format!("{}{eta}", duration(t, run.elapsed_secs)));
        // Of a training of another process it is not told.
        if run.notes_per_sec > 0.0 {
            subdued(ui, fill(t.notes_per_sec, &[&thousands(run.notes_per_sec.round() as u64)]));
        }
        subdued(ui, fill(t.learning_rate_is, &[&format!("{:.1e}", run.learning_rate)]));
        if let Some(bytes) = run.memory {
            subdued(ui, fill(t.tr.memory, &[&bytes_text(bytes)]));
        }
        if run.parameters > 0 {
            subdued(ui, fill(t.tr.parameters, &[&thousands(run.parameters as u64)]));
        }
    });
    log_ui(ui, state, run);
}

/// A run that has come to its end, above the form for the next one.
pub fn ended_ui(ui: &mut Ui, state: &State, run: &RunView, form: &mut Form, actions: &mut Actions) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(&run.name).strong());
        subdued(ui, state_word(run, t));
        let (sentence, color) = said(&run.now, t, tokens);
        ui.label(RichText::new(sentence).color(color));
        let has_card = state.session.train.details.get(&run.name).is_some_and(|d| d.card.is_some());
        if has_card && form.tab != Tab::Report && chip(ui, t.tr.show_report, false).clicked() {
            (form.shown, form.tab) = (None, Tab::Report);
        }
        let has_model = state.session.train.row(&run.name).is_some_and(|r| r.has_model);
        if has_model && chip(ui, t.tr.use_run, false).clicked() {
            actions.push(Action::Train(TrainRequest::UseRun(run.name.clone())));
        }
    });
    log_ui(ui, state, run);
}

/// What went wrong or was said on the way, folded.
fn log_ui(ui: &mut Ui, state: &State, run: &RunView) {
    let t = state.text();
    if run.log.is_empty() {
        return;
    }
    let tokens = Tokens::of(ui);
    let title = fill(t.tr.happened, &[&run.log.len().to_string()]);
    section(ui, "what happened", &title, false, |ui| {
        for (step, what) in run.log.iter().rev().take(12) {
            let (sentence, color) = said(what, t, tokens);
            ui.horizontal_wrapped(|ui| {
                subdued(ui, fill(t.tr.at_step, &[&thousands(*step)]));
                ui.label(RichText::new(sentence).color(color));
            });
        }
    });
}

/// What is happening, in words and in a colour.
pub fn said(now: &Happening, t: &Text, tokens: &Tokens) -> (String, Color32) {
    let nats = |n: &f64| format!("{n:.3}");
    let calm = tokens.text;
    match now {
        Happening::Said(text) => (sentence(text, t), calm),
        Happening::Preparing => (t.tr.preparing.to_owned(), calm),
        Happening::Begun => (t.tr.begun.to_owned(), calm),
        Happening::FirstCheck { nats: n } => (fill(t.tr.first_check, &[&nats(n)]), calm),
        Happening::Learning => (t.tr.learning.to_owned(), calm),
        Happening::NoBetter { best_step } => (fill(t.tr.no_better, &[&thousands(*best_step)]), calm),
        Happening::Best { nats: n } => (fill(t.tr.best_so_far, &[&nats(n)]), tokens.success),
        Happening::Plateau => (t.tr.plateau.to_owned(), tokens.info),
        Happening::Memorising { best_step } => (fill(t.tr.memorising, &[&thousands(*best_step)]), tokens.warning),
        Happening::Diverged { at, back_to, rate, attempt } => {
            let rate = format!("{:.0} %", 100.0 * rate);
            let values = [&thousands(*at), &thousands(*back_to), &rate, &attempt.to_string()];
            (fill(t.tr.diverged, &values.map(String::as_str)), tokens.warning)
        }
        Happening::OutOfMemory { rows, parts } => {
            (fill(t.tr.out_of_memory, &[&parts.to_string(), &rows.to_string()]), tokens.warning)
        }
        Happening::CannotSave { reason } => (fill(t.tr.cannot_save, &[&sentence(reason, t)]), tokens.error),
        Happening::SavingAgain => (t.tr.saving_again.to_owned(), tokens.success),
        Happening::Slept { secs } => (fill(t.tr.slept, &[&duration(t, *secs)]), tokens.info),
        Happening::Ended { how, nats: best, best_step } => {
            let (words, color) = match how {
                Ending::Complete => (t.tr.ended_complete, tokens.success),
                Ending::Stopped => (t.tr.ended_stopped, tokens.success),
                Ending::Memorising => (t.tr.ended_memorising, tokens.success),
                Ending::Diverged => (t.tr.ended_diverged, tokens.warning),
            };
            match best {
                Some(best) => (fill(t.tr.ended_best, &[words, &nats(best), &thousands(*best_step)]), color),
                None => (words.to_owned(), color),
            }
        }
        Happening::Reporting(at) => (fill(t.tr.reporting, &[at]), calm),
    }
}

fn state_word(run: &RunView, t: &Text) -> &'static str {
    match run.state {
        RunState::Preparing => t.run_preparing,
        RunState::Running => t.run_running,
        RunState::Paused => t.run_paused,
        RunState::Stopping => t.run_stopping,
        RunState::Finished => t.run_finished,
        RunState::Failed => t.run_failed,
    }
}

/// "812 MB", "1.4 GB".
fn bytes_text(bytes: u64) -> String {
    let mega = bytes as f64 / 1e6;
    if mega < 1000.0 { format!("{mega:.0} MB") } else { format!("{:.1} GB", mega / 1000.0) }
}

/// Discarding throws work away: it is asked for twice.
pub fn discard_ui(ui: &Ui, state: &State, form: &mut Form, actions: &mut Actions) {
    let t = state.text();
    let Some(run) = state.session.train.active().filter(|_| form.discarding) else {
        form.discarding = false;
        return;
    };
    let frame = Frame::popup(&ui.ctx().global_style()).inner_margin(Margin::same(20));
    let modal = Modal::new(Id::unique("discard")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(380.0);
        ui.label(RichText::new(t.tr.discard_title).size(16.0).color(Tokens::of(ui).strong));
        ui.add_space(4.0);
        ui.label(fill(t.tr.discard_text, &[&run.name]));
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            if primary_button(ui, t.cancel, 0.0).clicked() {
                form.discarding = false;
            }
            if plain_button(ui, t.tr.delete).clicked() {
                actions.push(Action::Train(TrainRequest::Discard));
                form.discarding = false;
            }
        });
    });
    form.discarding &= !modal.should_close();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::text::{EN, ZH};
    use crate::gui::theme::DARK;

    #[test]
    fn everything_that_can_happen_is_said_in_both_languages() {
        let all = [
            Happening::Preparing,
            Happening::Begun,
            Happening::FirstCheck { nats: 2.5 },
            Happening::Learning,
            Happening::Best { nats: 1.25 },
            Happening::Plateau,
            Happening::Memorising { best_step: 1200 },
            Happening::Diverged { at: 90, back_to: 60, rate: 0.5, attempt: 2 },
            Happening::OutOfMemory { rows: 4, parts: 2 },
            Happening::CannotSave { reason: "disk full".into() },
            Happening::SavingAgain,
            Happening::Slept { secs: 3600.0 },
            Happening::Ended { how: Ending::Memorising, nats: Some(1.5), best_step: 7 },
            Happening::Reporting("x".into()),
            Happening::NoBetter { best_step: 1200 },
        ];
        for what in &all {
            let (en, zh) = (said(what, &EN, &DARK).0, said(what, &ZH, &DARK).0);
            assert!(en != zh && !en.contains("{}") && !zh.contains("{}"), "{en} / {zh}");
        }
        assert_eq!(
            said(&all[6], &EN, &DARK).0,
            "Validation has stopped falling while training goes on: it is memorising. The best model (step 1,200) is kept."
        );
        assert_eq!(
            said(&all[7], &EN, &DARK).0,
            "Diverged at step 90: back to step 60 with 50 % of the learning rate (attempt 2 of 3)"
        );
    }

    #[test]
    fn bytes_read_well() {
        assert_eq!([812_000_000, 1_430_000_000].map(bytes_text), ["812 MB", "1.4 GB"]);
    }
}

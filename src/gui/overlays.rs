//! What stands in the middle of the window: the question about unsaved work, the offer to recover
//! what a crash left, the sheet of shortcuts.

use super::action::{Action, Actions, Answer};
use super::piano_roll::held;
use super::shortcuts::{Command, Scope, TABLE, keys_text};
use super::state::{Question, State};
use super::text::fill;
use super::theme::Tokens;
use super::widgets::{plain_button, primary_button, subdued};
use eframe::egui::{Context, Frame, Grid, Id, Margin, Modal, RichText, ScrollArea, Ui};

pub fn overlays_ui(ctx: &Context, state: &State, actions: &mut Actions) {
    match state.view.question {
        Some(Question::Unsaved(_)) => return question_ui(ctx, state, actions),
        Some(Question::Training) => return training_ui(ctx, state, actions),
        None => {}
    }
    if !state.view.orphans.is_empty() {
        recovery_ui(ctx, state, actions);
    } else if state.view.typed_path.is_some() {
        super::typed_path::typed_path_ui(ctx, state, actions);
    } else if state.view.export.asking {
        super::export_sound::export_sound_ui(ctx, state, actions);
    } else if state.view.about.is_some() {
        super::about::about_ui(ctx, state, actions);
    } else if state.view.show_shortcuts {
        shortcuts_ui(ctx, state, actions);
    }
}

fn title(ui: &mut Ui, text: &str) {
    let color = Tokens::of(ui).strong;
    ui.label(RichText::new(text).size(16.0).color(color));
    ui.add_space(4.0);
}

fn question_ui(ctx: &Context, state: &State, actions: &mut Actions) {
    let t = state.text();
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(20));
    let modal = Modal::new(Id::unique("unsaved")).frame(frame).show(ctx, |ui| {
        ui.set_width(380.0);
        title(ui, t.unsaved_title);
        ui.label(fill(t.unsaved_text, &[super::chrome::document_name(state).trim_end_matches(" •")]));
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            if primary_button(ui, t.save, 96.0).clicked() {
                actions.push(Action::Answer(Answer::Save));
            }
            if plain_button(ui, t.do_not_save).clicked() {
                actions.push(Action::Answer(Answer::DoNotSave));
            }
            if plain_button(ui, t.cancel).clicked() {
                actions.push(Action::Answer(Answer::Cancel));
            }
        });
    });
    if modal.should_close() {
        actions.push(Action::Answer(Answer::Cancel));
    }
}

fn training_ui(ctx: &Context, state: &State, actions: &mut Actions) {
    let t = state.text();
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(20));
    let modal = Modal::new(Id::unique("training runs")).frame(frame).show(ctx, |ui| {
        ui.set_width(440.0);
        title(ui, t.tr.closing_title);
        if let Some(run) = state.session.train.active() {
            let steps = [run.step, run.steps].map(super::pages::train::thousands);
            ui.label(fill(t.tr.closing_text, &[&run.name, &steps[0], &steps[1]]));
        }
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            if primary_button(ui, t.tr.go_on_without, 0.0).clicked() {
                actions.push(Action::Answer(Answer::GoOnWithout));
            }
            if plain_button(ui, t.tr.stop_keep_close).clicked() {
                actions.push(Action::Answer(Answer::StopTraining));
            }
            if plain_button(ui, t.cancel).clicked() {
                actions.push(Action::Answer(Answer::Cancel));
            }
        });
    });
    if modal.should_close() {
        actions.push(Action::Answer(Answer::Cancel));
    }
}

fn recovery_ui(ctx: &Context, state: &State, actions: &mut Actions) {
    let t = state.text();
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(20));
    Modal::new(Id::unique("recovery")).frame(frame).show(ctx, |ui| {
        ui.set_width(420.0);
        title(ui, t.recovery_title);
        ui.label(t.recovery_text);
        ui.add_space(8.0);
        for (i, orphan) in state.view.orphans.iter().enumerate() {
            ui.horizontal(|ui| {
                let when = orphan.copy.metadata().and_then(|m| m.modified()).ok().and_then(|m| m.elapsed().ok());
                let when = when.map_or(String::new(), |d| super::pages::train::duration(t, d.as_secs_f64()));
                ui.label(fill(t.copy_made, &[&(i + 1).to_string(), &when]));
                let named = |verb: &str| format!("{verb} {}", i + 1);
                if plain_button(ui, t.recover).accessible_name(named(t.recover)).clicked() {
                    actions.push(Action::Recover(i));
                }
                if plain_button(ui, t.discard).accessible_name(named(t.discard)).clicked() {
                    actions.push(Action::DiscardRecovered(i));
                }
            });
        }
    });
}

fn shortcuts_ui(ctx: &Context, state: &State, actions: &mut Actions) {
    let t = state.text();
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(20));
    let modal = Modal::new(Id::unique("shortcuts")).frame(frame).show(ctx, |ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        let height = (ctx.content_rect().height() - 160.0).clamp(200.0, 640.0);
        ui.set_width(720.0f32.min(ctx.content_rect().width() - 80.0));
        title(ui, t.cmd_shortcuts);
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            ui.columns(2, |columns| {
                let mut groups: Vec<&'static str> = TABLE.iter().map(|r| (r.group)(t)).collect();
                groups.dedup();
                // Split where the two columns come out about equally long.
                let half = TABLE.len() / 2;
                let mut before = 0;
                for group in groups {
                    let n = TABLE.iter().filter(|r| (r.group)(t) == group && !r.keys.is_empty()).count();
                    let column = &mut columns[usize::from(before >= half)];
                    group_ui(column, state, group);
                    before += n + 1;
                }
                mouse_ui(&mut columns[1], state);
            });
        });
        ui.add_space(8.0);
        if plain_button(ui, t.close).clicked() {
            ui.close();
        }
    });
    if modal.should_close() {
        actions.command(Command::Shortcuts);
    }
}

fn group_ui(ui: &mut Ui, state: &State, group: &'static str) {
    let t = state.text();
    let strong = Tokens::of(ui).strong;
    ui.add_space(6.0);
    ui.label(RichText::new(group).color(strong));
    Grid::new(group).num_columns(2).spacing([16.0, 3.0]).min_col_width(110.0).show(ui, |ui| {
        for row in TABLE.iter().filter(|r| (r.group)(t) == group && !r.keys.is_empty()) {
            let keys: Vec<String> = row.keys.iter().map(|k| keys_text(k, ui.ctx())).collect();
            ui.label(RichText::new(keys.join("  ")).color(strong));
            let name = (row.name)(t);
            ui.label(if matches!(row.scope, Scope::Roll | Scope::RollFocused) {
                format!("{name} *")
            } else {
                name.to_owned()
            });
            ui.end_row();
        }
    });
}

/// What the pointer does on the roll: not commands, but nobody guesses them.
fn mouse_ui(ui: &mut Ui, state: &State) {
    let t = state.text();
    let strong = Tokens::of(ui).strong;
    ui.add_space(6.0);
    ui.label(RichText::new(t.mouse).color(strong));
    Grid::new("mouse").num_columns(2).spacing([16.0, 3.0]).min_col_width(110.0).show(ui, |ui| {
        for row in held::TABLE {
            ui.label(RichText::new(row.how_text(t, ui.ctx())).color(strong));
            ui.label((row.what)(&t.tools));
            ui.end_row();
        }
    });
    ui.add_space(6.0);
    subdued(ui, t.star_note);
}

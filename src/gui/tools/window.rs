//! The box of a tool: what it works on, its settings, apply or cancel. It never covers the whole roll.

use super::{ToolBox, settings};
use crate::gui::action::{Action, Actions};
use crate::gui::piano_roll::canvas_id;
use crate::gui::shortcuts::Command;
use crate::gui::state::State;
use crate::gui::text::{edit_label, fill};
use crate::gui::theme::Tokens;
use crate::gui::widgets::{plain_button, primary_button, subdued};
use eframe::egui::{Align2, Context, Id, Key, Label, RichText, Ui, Window, vec2};

/// The id of its window.
pub fn window_id() -> Id {
    Id::unique("tool box")
}

/// Shows the box of the tool that is being set, if one is.
pub fn tool_box_ui(ctx: &Context, state: &State, actions: &mut Actions) {
    let Some(open) = &state.view.tool_box else { return };
    // A control that has the keyboard keeps these keys; the roll behind the box does not.
    if !state.view.popup_open && ctx.memory(|m| m.focused()).is_none_or(|id| id == canvas_id()) {
        let pressed = |key| ctx.input(|i| i.key_pressed(key));
        if pressed(Key::Enter) {
            actions.push(Action::KeepTool);
        } else if pressed(Key::Space) {
            actions.command(Command::PlayStop);
        }
    }
    let t = state.text();
    let title = edit_label(t, open.tool.label());
    Window::new(title)
        .id(window_id())
        .anchor(Align2::RIGHT_TOP, vec2(-18.0, 128.0))
        .collapsible(false)
        .resizable(false)
        .default_width(276.0)
        .show(ctx, |ui| {
            ui.set_width(276.0);
            ui.spacing_mut().item_spacing.y = 6.0;
            subdued(ui, about(open, state));
            settings::settings_ui(ui, open, state, actions);
            if let Some(sentence) = &open.refused {
                let color = Tokens::of(ui).warning;
                ui.add(Label::new(RichText::new(sentence).color(color)).wrap());
            }
            buttons_ui(ui, state, actions);
        });
}

fn buttons_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        if primary_button(ui, t.tools.apply, 110.0).clicked() {
            actions.push(Action::KeepTool);
        }
        if plain_button(ui, t.cancel).clicked() {
            actions.push(Action::DropTool);
        }
    });
}

fn about(open: &ToolBox, state: &State) -> String {
    let t = state.text();
    let n = open.ids.len().to_string();
    if open.whole_voice { fill(t.tools.on_voice, &[&n]) } else { fill(t.n_selected, &[&n]) }
}

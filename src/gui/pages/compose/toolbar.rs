//! Above the roll: tools, undo, grid, key, what is shown, zoom.

use crate::gui::action::Actions;
use crate::gui::piano_roll::Roll;
use crate::gui::piano_roll::snap::Grid;
use crate::gui::shortcuts::Command;
use crate::gui::state::{State, Tool};
use crate::gui::text::{edit_label, fill};
use crate::gui::widgets::{Icon, fields, icon_button, subdued};
use crate::music::Key;
use crate::project::Edit;
use eframe::egui::{Align, ComboBox, Layout, Ui};

pub fn toolbar_ui(ui: &mut Ui, state: &State, roll: &mut Roll, actions: &mut Actions) {
    let t = state.text();
    ui.spacing_mut().interact_size.y = 28.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 26.0;
        ui.spacing_mut().item_spacing.x = 4.0;
        let mut tool = |ui: &mut Ui, icon, command: Command, chosen| {
            let name = command.hint(t, ui.ctx());
            if icon_button(ui, icon, &name, chosen).clicked() {
                actions.command(command);
            }
        };
        tool(ui, Icon::Select, Command::SelectTool, state.view.tool == Tool::Select);
        tool(ui, Icon::Pencil, Command::PencilTool, state.view.tool == Tool::Pencil);
        ui.add_space(8.0);
        history_buttons(ui, state, actions);
        ui.add_space(8.0);
        let mut tool = |ui: &mut Ui, icon, command: Command, chosen| {
            let name = command.hint(t, ui.ctx());
            if icon_button(ui, icon, &name, chosen).clicked() {
                actions.command(command);
            }
        };
        tool(ui, Icon::Ghost, Command::Ghosts, state.view.ghosts);
        tool(ui, Icon::Velocity, Command::VelocityLane, state.view.show_velocity);
        tool(ui, Icon::ZoomFit, Command::ZoomFit, false);
        ui.add_space(8.0);
        grid_choice(ui, state, actions);
        key_choice(ui, state, roll, actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let n = state.view.selection.len();
            let words = if n == 0 {
                fill(t.n_notes, &[&state.project.score().n_notes().to_string()])
            } else {
                fill(t.n_selected, &[&n.to_string()])
            };
            if ui.available_width() > 70.0 {
                subdued(ui, words);
            }
        });
    });
}

fn history_buttons(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    let history = state.project.history();
    for (icon, command, label) in
        [(Icon::Undo, Command::Undo, history.undo_label()), (Icon::Redo, Command::Redo, history.redo_label())]
    {
        let hint = command.hint(t, ui.ctx());
        let name = label.map_or_else(|| hint.clone(), |l| format!("{hint}: {}", edit_label(t, l)));
        let response = ui.add_enabled_ui(label.is_some(), |ui| icon_button(ui, icon, &name, false)).inner;
        if response.clicked() {
            actions.command(command);
        }
        if command == Command::Undo {
            // A list of steps: the further down, the further back.
            response.context_menu(|ui| {
                for (i, label) in history.undo_labels().take(16).enumerate() {
                    if ui.button(edit_label(t, label)).clicked() {
                        (0..=i).for_each(|_| actions.command(Command::Undo));
                        ui.close();
                    }
                }
            });
        }
    }
}

fn grid_choice(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    let shown = state.view.grid.name(t);
    let response = fields(ui, |ui| {
        ComboBox::from_id_salt("grid").selected_text(&shown).width(104.0).height(420.0).show_ui(ui, |ui| {
            for grid in Grid::all() {
                if ui.selectable_label(grid == state.view.grid, grid.name(t)).clicked() {
                    actions.push(crate::gui::action::Action::SetGrid(grid));
                }
            }
        })
    });
    response.response.on_hover_text(t.grid_hint).accessible_name(format!("{}: {shown}", t.grid));
}

fn key_choice(ui: &mut Ui, state: &State, roll: &Roll, actions: &mut Actions) {
    let t = state.text();
    let name = roll.key.map_or_else(|| t.no_key.to_owned(), |k| k.to_string());
    let shown = if roll.key_is_guess && roll.key.is_some() { fill(t.key_guess, &[&name]) } else { name.clone() };
    let signed = state.project.score().keys.first().map(|k| k.key);
    let response = fields(ui, |ui| {
        ComboBox::from_id_salt("key").selected_text(&shown).width(124.0).height(420.0).show_ui(ui, |ui| {
            if ui.selectable_label(signed.is_none(), t.key_unset).clicked() {
                actions.edit(Edit::SetKey(None));
            }
            for key in Key::all() {
                if ui.selectable_label(signed == Some(key), key.to_string()).clicked() {
                    actions.edit(Edit::SetKey(Some(key)));
                }
            }
        })
    });
    response.response.on_hover_text(t.key_hint).accessible_name(format!("{}: {shown}", t.key));
}

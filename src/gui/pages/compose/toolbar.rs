//! Above the roll: tools, undo, what is shown, zoom, grid, scale.

use crate::gui::action::{Action, Actions};
use crate::gui::menu;
use crate::gui::piano_roll::snap::Grid;
use crate::gui::piano_roll::{Roll, lanes};
use crate::gui::shortcuts::Command;
use crate::gui::shortcuts::Command::{ChordHere, KeyHere, MarkerHere, MeterHere, TempoHere, WriteChords};
use crate::gui::state::{State, Tool};
use crate::gui::text::{edit_label, fill, pair};
use crate::gui::widgets::{Icon, fields, icon_button, subdued};
use crate::music::{Scale, ScaleKind};
use crate::project::Lane;
use eframe::egui::{Align, ComboBox, Layout, Popup, PopupCloseBehavior, Ui};

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
        tool(ui, Icon::Why, Command::Explain, state.view.explain);
        tool(ui, Icon::Fold, Command::Fold, state.view.fold);
        tool(ui, Icon::Map, Command::Minimap, state.view.show_minimap);
        lanes_menu(ui, state, actions);
        ui.add_space(8.0);
        let mut tool = |ui: &mut Ui, icon, command: Command| {
            if icon_button(ui, icon, &command.hint(t, ui.ctx()), false).clicked() {
                actions.command(command);
            }
        };
        tool(ui, Icon::ZoomFit, Command::ZoomFit);
        tool(ui, Icon::ZoomSelection, Command::ZoomSelection);
        ui.add_space(8.0);
        grid_choice(ui, state, actions);
        scale_choice(ui, state, roll, actions);
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
        let name = label.map_or_else(|| hint.clone(), |l| pair(t, &hint, edit_label(t, l)));
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
                    actions.push(Action::SetGrid(grid));
                }
            }
        })
    });
    response.response.on_hover_text(t.grid_hint).accessible_name(format!("{}: {shown}", t.grid));
}

/// Which strips stand over the ruler.
fn lanes_menu(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    let button = icon_button(ui, Icon::Lanes, t.over.lanes, false);
    Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_min_width(220.0);
        for lane in Lane::ALL {
            let mut shown = state.view.lanes.contains(&lane);
            if ui.checkbox(&mut shown, lanes::name(lane, t)).changed() {
                actions.push(Action::ToggleLane(lane));
            }
        }
        ui.separator();
        for command in [MarkerHere, ChordHere, KeyHere, MeterHere, TempoHere, WriteChords] {
            menu::item(ui, state, command, actions);
        }
    });
}

/// Root and scale for shading the rows; the first choice follows the key.
fn scale_choice(ui: &mut Ui, state: &State, roll: &Roll, actions: &mut Actions) {
    let t = state.text();
    let chosen = state.view.scale;
    let shown = roll.scale(state);
    let guess = chosen.is_none() && roll.key_is_guess && shown.is_some();
    let root_name = shown.map_or(t.over.no_scale, |s| t.over.roots[usize::from(s.root)]);
    let root_name = if guess { fill(t.key_guess, &[root_name]) } else { root_name.to_owned() };
    let kind = shown.map_or(ScaleKind::Major, |s| s.kind);
    let response = fields(ui, |ui| {
        ComboBox::from_id_salt("scale root").selected_text(&root_name).width(72.0).height(420.0).show_ui(ui, |ui| {
            if ui.selectable_label(chosen.is_none(), t.over.scale_of_key).clicked() {
                actions.push(Action::SetScale(None));
            }
            for root in 0..12u8 {
                let name = t.over.roots[usize::from(root)];
                if ui.selectable_label(chosen.is_some_and(|s| s.root == root), name).clicked() {
                    actions.push(Action::SetScale(Some(Scale::new(root, kind))));
                }
            }
        })
    });
    response.response.on_hover_text(t.over.scale_hint).accessible_name(format!("{}: {root_name}", t.over.root));
    let name = |kind: ScaleKind| ScaleKind::ALL.iter().position(|k| *k == kind).map_or("", |i| t.over.scales[i]);
    let response = fields(ui, |ui| {
        ComboBox::from_id_salt("scale kind").selected_text(name(kind)).width(124.0).height(420.0).show_ui(ui, |ui| {
            for other in ScaleKind::ALL {
                if ui.selectable_label(shown.is_some_and(|s| s.kind == other), name(other)).clicked() {
                    let root = shown.map_or(0, |s| s.root);
                    actions.push(Action::SetScale(Some(Scale::new(root, other))));
                }
            }
        })
    });
    response.response.on_hover_text(t.over.scale_hint).accessible_name(format!("{}: {}", t.over.scale, name(kind)));
}

//! What the model learns from: folders, every piece in them, and what became of each.
//!
//! Draws plain view values; scanning and judging are the corpus's business, reached by requests.

mod table;
mod view;

use crate::gui::action::{Action, Actions, Dialog};
use crate::gui::state::State;
use crate::gui::text::fill;
use crate::gui::theme::{ROW_TALL, SPACE, Tokens};
use crate::gui::widgets::{Icon, chip, icon_button, plain_button, primary_button, subdued};
use eframe::egui::{self, Align, Frame, Layout, Margin, ProgressBar, RichText, TextEdit, Ui, vec2};
use std::collections::BTreeMap;
pub use table::{Column, Table};
pub use view::{Folder, LibraryProgress, LibraryRequest, LibraryView, Row, RowState};

pub fn library_ui(ui: &mut Ui, state: &State, table: &mut Table, actions: &mut Actions) {
    let view = &state.session.library;
    if view.folders.is_empty() && view.rows.is_empty() && view.progress.is_none() {
        empty_ui(ui, state, actions);
        return;
    }
    Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| {
        head_ui(ui, state, actions);
        if let Some(progress) = &view.progress {
            progress_ui(ui, state, progress, actions);
        }
        folders_ui(ui, state, actions);
        ui.add_space(SPACE);
        filter_ui(ui, state, table);
        ui.add_space(SPACE / 2.0);
        table::table_ui(ui, state, table, actions);
    });
}

fn empty_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.30).max(24.0));
        ui.label(RichText::new(t.library_empty_title).heading().color(Tokens::of(ui).strong));
        ui.add_space(4.0);
        ui.allocate_ui(vec2(460.0, 0.0), |ui| subdued(ui, t.library_empty_text));
        ui.add_space(16.0);
        if primary_button(ui, t.add_folder, 200.0).clicked() {
            actions.push(Action::OpenDialog(Dialog::AddFolder));
        }
        ui.add_space(4.0);
        if plain_button(ui, t.add_starter).clicked() {
            actions.push(Action::Library(LibraryRequest::AddStarter));
        }
    });
}

fn head_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    let view = &state.session.library;
    ui.horizontal(|ui| {
        ui.set_min_height(ROW_TALL);
        ui.label(RichText::new(t.library).heading().color(Tokens::of(ui).strong));
        subdued(ui, fill(t.n_pieces, &[&view.rows.len().to_string()]));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if primary_button(ui, t.add_folder, 0.0).clicked() {
                actions.push(Action::OpenDialog(Dialog::AddFolder));
            }
            if plain_button(ui, t.add_starter).clicked() {
                actions.push(Action::Library(LibraryRequest::AddStarter));
            }
            if ui.add_enabled_ui(!view.rows.is_empty(), |ui| plain_button(ui, t.export_report)).inner.clicked() {
                actions.push(Action::OpenDialog(Dialog::ExportReport));
            }
        });
    });
}

fn progress_ui(ui: &mut Ui, state: &State, progress: &LibraryProgress, actions: &mut Actions) {
    let t = state.text();
    ui.horizontal(|ui| {
        ui.set_min_height(ROW_TALL);
        let share = progress.done as f32 / progress.total.max(1) as f32;
        let bar = ProgressBar::new(share).desired_width(280.0).desired_height(6.0).fill(Tokens::of(ui).accent);
        ui.add(bar).accessible_name(t.scanning);
        ui.label(fill(t.done_of_total, &[&progress.done.to_string(), &progress.total.to_string()]));
        if plain_button(ui, t.cancel).clicked() {
            actions.push(Action::Library(LibraryRequest::Cancel));
        }
        let color = Tokens::of(ui).subdued;
        ui.add(egui::Label::new(RichText::new(&progress.current).color(color)).truncate());
    });
}

fn folders_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    ui.horizontal_wrapped(|ui| {
        for (i, folder) in state.session.library.folders.iter().enumerate() {
            let tokens = Tokens::of(ui);
            Frame::new().fill(tokens.raised).corner_radius(4).inner_margin(Margin::symmetric(8, 2)).show(ui, |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let shown = ui.label(RichText::new(&folder.name).color(tokens.strong));
                shown.on_hover_text(folder.path.display().to_string());
                subdued(ui, folder.n_pieces.to_string());
                let name = fill(t.remove_folder, &[&folder.name]);
                if crate::gui::widgets::icon_button_sized(ui, Icon::Close, &name, false, 20.0).clicked() {
                    actions.push(Action::Library(LibraryRequest::RemoveFolder(i)));
                }
            });
        }
    });
}

fn filter_ui(ui: &mut Ui, state: &State, table: &mut Table) {
    let t = state.text();
    let counts = state.session.library.counts();
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(&mut table.filter).hint_text(t.filter_pieces).desired_width(240.0);
        ui.add(field.margin(Margin::symmetric(8, 4))).accessible_name(t.filter_pieces);
        if !table.filter.is_empty() && icon_button(ui, Icon::Close, t.clear_filter, false).clicked() {
            table.filter.clear();
        }
        ui.add_space(SPACE);
        let kinds = [t.state_used, t.state_repaired, t.state_left_out];
        for (kind, name) in kinds.into_iter().enumerate() {
            let reasons: &BTreeMap<String, usize> = &counts[kind];
            let n: usize = reasons.values().sum();
            let response = chip(ui, &format!("{name} {n}"), table.show[kind]);
            if response.clicked() {
                table.show[kind] = !table.show[kind];
            }
            if reasons.keys().any(|r| !r.is_empty()) {
                let lines: Vec<String> = reasons.iter().map(|(reason, n)| format!("{n}  {reason}")).collect();
                response.on_hover_text(lines.join("\n"));
            }
        }
    });
}

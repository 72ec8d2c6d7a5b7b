//! What can be done with all rows that are shown, wherever a filter says which: the remedies of a reason
//! stand in sight, everything else in a menu.

use super::bar::pill;
use super::filter::Remedies;
use super::table::{Table, thousands};
use super::view::LibraryRequest;
use crate::corpus::Remedy;
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::{fill, remedy_name, remedy_undone};
use crate::gui::widgets::fields;
use eframe::egui::Ui;
use std::sync::Arc;

pub fn bulk_ui(ui: &mut Ui, state: &State, table: &mut Table, actions: &mut Actions) {
    let t = &state.text().lib;
    let remedies = table.order.remedies(&state.session.library);
    // A reason was chosen: what helps against it is what one looks for.
    let reason = table.filter.fate.is_some_and(|fate| fate.reason.is_some());
    for (remedy, files) in remedies.iter().filter(|_| reason) {
        let (name, on) = named(state, *remedy, files);
        if pill(ui, &name, false).clicked() {
            push(actions, *remedy, files, on);
        }
    }
    fields(ui, |ui| {
        let menu = ui.menu_button(t.with_shown, |ui| menu_ui(ui, state, table, &remedies, actions));
        menu.response.on_hover_text(t.with_shown_hint);
    });
}

fn menu_ui(ui: &mut Ui, state: &State, table: &mut Table, remedies: &Remedies, actions: &mut Actions) {
    let (t, view) = (&state.text().lib, &state.session.library);
    for (name, on) in [(t.take_in, true), (t.leave_out, false)] {
        if ui.button(name).clicked() {
            let shown = table.rows(view);
            let pieces = shown.iter().map(|row| &view.shelf.rows[*row as usize]).filter(|row| row.piece.is_some());
            let hashes = pieces.map(|row| row.id.hash).collect();
            actions.push(Action::Library(LibraryRequest::Tick(Arc::new(hashes), on)));
            ui.close();
        }
    }
    if !remedies.is_empty() {
        ui.separator();
    }
    for (remedy, files) in remedies {
        let (name, on) = named(state, *remedy, files);
        if ui.button(name).clicked() {
            push(actions, *remedy, files, on);
            ui.close();
        }
    }
}

/// What the button says, and whether it asks for the remedy or takes it back.
fn named(state: &State, remedy: Remedy, files: &[[u8; 32]]) -> (String, bool) {
    let (t, choices) = (state.text(), &state.session.library.choices.files);
    let done = files.iter().all(|hash| choices.get(hash).is_some_and(|c| c.remedies.contains(&remedy)));
    let name = if done { remedy_undone(t, remedy) } else { remedy_name(t, remedy) };
    (fill(t.lib.remedy_of_n, &[name, &thousands(files.len() as u64)]), !done)
}

pub fn push(actions: &mut Actions, remedy: Remedy, files: &Arc<Vec<[u8; 32]>>, on: bool) {
    let files = Some(Arc::clone(files));
    actions.push(Action::Library(LibraryRequest::Remedy { remedy, files, on }));
}

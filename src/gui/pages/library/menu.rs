//! What can be done with a row, by right-click; the side panel has the same as buttons.

use super::view::LibraryRequest;
use crate::gui::action::{Action, Actions};
use crate::gui::session::Playing;
use crate::gui::state::State;
use eframe::egui::Ui;
use std::sync::Arc;

pub fn menu_ui(ui: &mut Ui, state: &State, row: usize, actions: &mut Actions) {
    let (t, view) = (&state.text().lib, &state.session.library);
    let row = &view.shelf.rows[row];
    if let Some(piece) = row.piece {
        let playing = state.session.plays(&Playing::Piece(row.id));
        let ticked = view.is_ticked(&row.id.hash);
        let tick = Action::Library(LibraryRequest::Tick(Arc::new(vec![row.id.hash]), !ticked));
        let entries = [
            (if playing { t.menu_stop } else { t.menu_play }, Action::PlayPiece(piece)),
            (t.find_similar, Action::Library(LibraryRequest::Similar(piece))),
            (t.open_in_compose, Action::OpenPiece { piece, as_primer: false }),
            (t.use_as_primer, Action::OpenPiece { piece, as_primer: true }),
            (if ticked { t.leave_out } else { t.take_in }, tick),
        ];
        for (name, action) in entries {
            if ui.button(name).clicked() {
                actions.push(action);
            }
        }
        ui.separator();
    }
    if ui.button(t.show_file).clicked() {
        actions.push(Action::ShowFile(row.path.clone()));
    }
    if ui.button(t.copy_path).clicked() {
        ui.ctx().copy_text(row.path.display().to_string());
    }
}

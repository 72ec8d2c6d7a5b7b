//! Other pieces than the one in hand: its near-copies, and those that are like it.

use super::piece::{heading, play_ui};
use super::table::Table;
use super::view::{LibraryRequest, Similar};
use crate::corpus::Piece;
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::{fill, sentence};
use crate::gui::theme::Tokens;
use crate::gui::widgets::{fields, plain_button, subdued};
use eframe::egui::{Align, Label, ProgressBar, RichText, Ui};

pub fn family_ui(ui: &mut Ui, state: &State, table: &mut Table, number: usize, actions: &mut Actions) {
    /// No more are listed; the table shows them all.
    const MOST: usize = 8;
    let (t, shelf) = (&state.text().lib, &state.session.library.shelf);
    let Some(row) = shelf.row_of(number).map(|row| &shelf.rows[row]).filter(|row| row.copies > 1) else { return };
    heading(ui, t.family);
    let family = row.family;
    let others = shelf.rows.iter().filter(|r| r.family == family && r.piece.is_some_and(|p| p != number));
    let others: Vec<usize> = others.filter_map(|r| r.piece).take(MOST).collect();
    for piece in others {
        other_ui(ui, state, table, piece, None, actions);
    }
}

pub fn similar_ui(ui: &mut Ui, state: &State, table: &mut Table, piece: &Piece, actions: &mut Actions) {
    let t = &state.text().lib;
    let Some(similar) = state.session.library.similar.as_ref().filter(|s| s.of == piece.id()) else { return };
    // What was asked for is brought into sight, once.
    let came = similar.hits.is_some();
    if came && !std::mem::replace(&mut table.similar_seen, came) {
        ui.scroll_to_cursor(Some(Align::TOP));
    }
    table.similar_seen = came;
    heading(ui, t.similar);
    ear_ui(ui, state, table, similar, actions);
    match &similar.hits {
        None => {
            subdued(ui, t.searching);
        }
        Some(hits) if hits.is_empty() => {
            subdued(ui, t.nothing_similar);
        }
        Some(hits) => {
            for hit in hits {
                let shared = sentence(&hit.shared, state.text());
                let told = match hit.heard {
                    Some(heard) => format!("{shared} {}", fill(t.heard_as, &[&format!("{heard:+.2}")])),
                    None => shared,
                };
                other_ui(ui, state, table, hit.piece, Some((hit.score, &told)), actions);
            }
        }
    }
}

/// Whose word it is, and the way to ask a model too.
fn ear_ui(ui: &mut Ui, state: &State, table: &Table, similar: &Similar, actions: &mut Actions) {
    let t = &state.text().lib;
    if let Some(share) = similar.listening {
        ui.horizontal(|ui| {
            let bar = ProgressBar::new(share).desired_width(160.0).desired_height(6.0).fill(Tokens::of(ui).accent);
            ui.add(bar).accessible_name(t.listening);
            subdued(ui, t.listening);
            if plain_button(ui, state.text().cancel).clicked() {
                actions.push(Action::Library(LibraryRequest::StopListening));
            }
        });
        return;
    }
    let chosen = &state.view.generator.model;
    let model = if chosen.is_empty() { state.session.models.first() } else { Some(chosen) };
    match (&similar.model, model) {
        (Some(heard), _) => {
            subdued(ui, fill(t.heard_by, &[heard]));
        }
        (None, Some(model)) => {
            let piece = table.selected.and_then(|row| state.session.library.shelf.rows.get(row)?.piece);
            let button = plain_button(ui, &fill(t.listen, &[model])).on_hover_text(t.listen_hint);
            if let (true, Some(piece)) = (button.clicked(), piece) {
                actions.push(Action::Library(LibraryRequest::Listen { piece, model: model.clone() }));
            }
        }
        (None, None) => {}
    }
}

/// Another piece, to be heard or gone to.
fn other_ui(
    ui: &mut Ui,
    state: &State,
    table: &mut Table,
    piece: usize,
    like: Option<(f64, &str)>,
    actions: &mut Actions,
) {
    let (t, shelf) = (&state.text().lib, &state.session.library.shelf);
    let Some(index) = shelf.row_of(piece) else { return };
    let row = &shelf.rows[index];
    ui.horizontal(|ui| {
        play_ui(ui, state, piece, &row.title, actions);
        if let Some((score, _)) = like {
            subdued(ui, format!("{:.0} %", score * 100.0));
        }
        let title = eframe::egui::Button::new(&row.title).frame(false).truncate();
        let response = fields(ui, |ui| ui.add(title)).on_hover_text(row.path.display().to_string());
        if response.accessible_name(fill(t.go_to, &[&row.title])).clicked() {
            table.choose(index);
        }
    });
    if let Some((_, told)) = like {
        ui.add(Label::new(RichText::new(told).color(Tokens::of(ui).subdued).small()).wrap());
    }
}

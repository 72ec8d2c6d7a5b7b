//! The piece in hand: what it is, what became of it, and what can be done about that.

use super::about::about_ui;
use super::fate::fate_ui;
use super::others::{family_ui, similar_ui};
use super::table::{Table, tick_box};
use super::view::LibraryRequest;
use super::voices::voices_ui;
use crate::corpus::{NotesLost, Piece};
use crate::gui::action::{Action, Actions};
use crate::gui::session::Playing;
use crate::gui::state::State;
use crate::gui::text::{fill, sentence};
use crate::gui::theme::Tokens;
use crate::gui::widgets::{Icon, icon_button, mini_roll, plain_button, subdued};
use crate::music::{Score, charset};
use eframe::egui::{Checkbox, Label, RichText, Sense, Ui, vec2};
use std::sync::Arc;

pub fn piece_ui(ui: &mut Ui, state: &State, table: &mut Table, actions: &mut Actions) {
    let (t, view) = (&state.text().lib, &state.session.library);
    let Some(index) = table.selected.filter(|row| *row < view.shelf.rows.len()) else {
        ui.add_space(8.0);
        ui.label(t.nothing_chosen);
        subdued(ui, t.nothing_chosen_hint);
        return;
    };
    let row = &view.shelf.rows[index];
    let strong = Tokens::of(ui).strong;
    ui.add(Label::new(RichText::new(&row.title).size(16.0).color(strong)).wrap());
    path_ui(ui, state, index, actions);
    let piece = row.piece.and_then(|i| Some((i, view.shelf.library.pieces.get(i)?)));
    let score = match piece.map(|(_, piece)| opened(table, state, index, piece)) {
        Some(Err(lost)) => {
            ui.label(RichText::new(sentence(&lost.to_string(), state.text())).color(Tokens::of(ui).error));
            None
        }
        Some(Ok(score)) => Some(score),
        None => None,
    };
    if let (Some((number, _)), Some(score)) = (piece, &score) {
        buttons_ui(ui, state, number, &row.title, actions);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 96.0), Sense::hover());
        mini_roll::paint(&ui.painter_at(rect), rect, score, 0, score.end.max(1), Tokens::of(ui));
        response.accessible_name(fill(t.choose_roll, &[&row.title]));
    }
    ui.add_space(8.0);
    fate_ui(ui, state, table, index, actions);
    if let (Some((number, piece)), Some(score)) = (piece, &score) {
        about_ui(ui, state, piece, score, actions);
        heading(ui, t.voices);
        voices_ui(ui, state, piece, score, actions);
        family_ui(ui, state, table, number, actions);
        similar_ui(ui, state, table, piece, actions);
    }
    let warnings = view.shelf.library.rows.get(row.file).map_or(&[][..], |file| &file.warnings);
    if !warnings.is_empty() {
        heading(ui, t.remarks);
        for warning in warnings {
            ui.label(sentence(warning, state.text()));
        }
    }
}

/// The score, unpacked once.
fn opened(table: &mut Table, state: &State, row: usize, piece: &Piece) -> Result<Arc<Score>, NotesLost> {
    let shelf = Arc::as_ptr(&state.session.library.shelf) as usize;
    match &table.open {
        Some((of, at, score)) if (*of, *at) == (shelf, row) => score.clone(),
        _ => table.open.insert((shelf, row, piece.score())).2.clone(),
    }
}

pub fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(10.0);
    let strong = Tokens::of(ui).strong;
    ui.label(RichText::new(text).color(strong));
}

fn path_ui(ui: &mut Ui, state: &State, index: usize, actions: &mut Actions) {
    let t = &state.text().lib;
    let path = &state.session.library.shelf.rows[index].path;
    let shown = charset::of_name(path.as_os_str());
    let color = Tokens::of(ui).subdued;
    ui.add(Label::new(RichText::new(&shown).color(color).small()).truncate()).on_hover_text(&shown);
    ui.horizontal(|ui| {
        if ui.small_button(t.show_file).clicked() {
            actions.push(Action::ShowFile(path.clone()));
        }
        if ui.small_button(t.copy_path).clicked() {
            ui.ctx().copy_text(shown);
        }
    });
}

fn buttons_ui(ui: &mut Ui, state: &State, piece: usize, title: &str, actions: &mut Actions) {
    let t = &state.text().lib;
    let view = &state.session.library;
    ui.horizontal_wrapped(|ui| {
        play_ui(ui, state, piece, title, actions);
        for (name, action) in [
            (t.open_in_compose, Action::OpenPiece { piece, as_primer: false }),
            (t.use_as_primer, Action::OpenPiece { piece, as_primer: true }),
            (t.find_similar, Action::Library(LibraryRequest::Similar(piece))),
        ] {
            if plain_button(ui, name).clicked() {
                actions.push(action);
            }
        }
        let hash = view.shelf.library.pieces[piece].hash;
        let mut ticked = view.is_ticked(&hash);
        if tick_box(ui, true, Checkbox::new(&mut ticked, t.tick_here)).clicked() {
            actions.push(Action::Library(LibraryRequest::Tick(Arc::new(vec![hash]), ticked)));
        }
    });
}

pub fn play_ui(ui: &mut Ui, state: &State, piece: usize, title: &str, actions: &mut Actions) {
    let t = &state.text().lib;
    let Some(of) = state.session.library.shelf.library.pieces.get(piece) else { return };
    let plays = state.session.plays(&Playing::Piece(of.id()));
    let (icon, name) = if plays { (Icon::Stop, t.stop) } else { (Icon::Play, t.play) };
    if icon_button(ui, icon, &fill(name, &[title]), plays).clicked() {
        actions.push(Action::PlayPiece(piece));
    }
}

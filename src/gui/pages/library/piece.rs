//! The piece in hand: what it is, what became of it, and what can be done about that.

use super::filter::{BY_YOU, state_of};
use super::shelf::RowState;
use super::table::{Table, clock, look, reason_name, thousands};
use super::view::LibraryRequest;
use super::voices::voices_ui;
use crate::corpus::{Piece, Timing};
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::fill;
use crate::gui::theme::Tokens;
use crate::gui::widgets::{Icon, fields, icon_button, labelled, mini_roll, plain_button, subdued};
use crate::music::{Key, Score};
use eframe::egui::{ComboBox, Label, Response, RichText, Sense, Ui, vec2};
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
    let score = piece.map(|(_, piece)| opened(table, state, index, piece));
    if let (Some((number, _)), Some(score)) = (piece, &score) {
        buttons_ui(ui, state, number, &row.title, actions);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 96.0), Sense::hover());
        mini_roll::paint(&ui.painter_at(rect), rect, score, 0, score.end.max(1), Tokens::of(ui));
        response.accessible_name(fill(t.choose_roll, &[&row.title]));
    }
    ui.add_space(8.0);
    fate_ui(ui, state, index, actions);
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
            ui.label(warning);
        }
    }
}

/// The score, unpacked once.
fn opened(table: &mut Table, state: &State, row: usize, piece: &Piece) -> Arc<Score> {
    let shelf = Arc::as_ptr(&state.session.library.shelf) as usize;
    if table.open.as_ref().is_none_or(|(of, at, _)| (*of, *at) != (shelf, row)) {
        table.open = Some((shelf, row, piece.score()));
    }
    table.open.as_ref().map(|(_, _, score)| Arc::clone(score)).unwrap_or_default()
}

fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(10.0);
    let strong = Tokens::of(ui).strong;
    ui.label(RichText::new(text).color(strong));
}

fn path_ui(ui: &mut Ui, state: &State, index: usize, actions: &mut Actions) {
    let t = &state.text().lib;
    let path = &state.session.library.shelf.rows[index].path;
    let shown = path.display().to_string();
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
        if ui.checkbox(&mut ticked, t.tick_here).clicked() {
            actions.push(Action::Library(LibraryRequest::Tick(Arc::new(vec![hash]), ticked)));
        }
    });
}

fn play_ui(ui: &mut Ui, state: &State, piece: usize, title: &str, actions: &mut Actions) {
    let t = &state.text().lib;
    let Some(of) = state.session.library.shelf.library.pieces.get(piece) else { return };
    let plays = state.session.plays_piece(of.id());
    let (icon, name) = if plays { (Icon::Stop, t.stop) } else { (Icon::Play, t.play) };
    if icon_button(ui, icon, &fill(name, &[title]), plays).clicked() {
        actions.push(Action::PlayPiece(piece));
    }
}

/// The state in a full sentence, and the ways to have it otherwise.
fn fate_ui(ui: &mut Ui, state: &State, index: usize, actions: &mut Actions) {
    let (t, view) = (state.text(), &state.session.library);
    let row = &view.shelf.rows[index];
    let fate = state_of(view, index);
    let (color, word) = look(ui, fate, t);
    ui.horizontal_wrapped(|ui| {
        let (dot, _) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
        ui.painter().circle_filled(dot.center(), 3.5, color);
        let reason = reason_name(fate.reason(), t);
        let text = if reason.is_empty() { word.to_owned() } else { format!("{word}: {reason}") };
        ui.label(RichText::new(text).color(Tokens::of(ui).strong));
    });
    let Some(file) = view.shelf.library.rows.get(row.file) else { return };
    if fate == RowState::LeftOut(BY_YOU) {
        ui.label(t.lib.by_you_sentence);
    } else {
        ui.label(file.state.to_string());
    }
    for remedy in &file.remedies {
        let of_kind = view.shelf.library.rows.iter();
        let n = of_kind.filter(|f| f.remedies.contains(remedy) && f.state.reason() == file.state.reason()).count();
        let own = view.choices.files.get(&row.id.hash).is_some_and(|c| c.remedies.contains(remedy));
        let all = view.choices.remedies.contains(remedy);
        ui.horizontal_wrapped(|ui| {
            let name = remedy.to_string();
            let request = |file, on| Action::Library(LibraryRequest::Remedy { remedy: *remedy, file, on });
            let said = if own { fill(t.lib.not_any_more, &[&name]) } else { name.clone() };
            if plain_button(ui, &said).clicked() {
                actions.push(request(Some(row.id.hash), !own));
            }
            let said = fill(t.lib.use_all, &[&thousands(n as u64)]);
            if n > 1 && !all {
                let full = fill(t.lib.use_all_name, &[&name, &n.to_string()]);
                if plain_button(ui, &said).accessible_name(full).clicked() {
                    actions.push(request(None, true));
                }
            }
        });
    }
    taken_ui(ui, state, index, actions);
}

/// Remedies in force: each can be taken back where it is seen.
fn taken_ui(ui: &mut Ui, state: &State, index: usize, actions: &mut Actions) {
    let (t, view) = (&state.text().lib, &state.session.library);
    let row = &view.shelf.rows[index];
    let offered = view.shelf.library.rows.get(row.file).map_or(&[][..], |file| &file.remedies);
    let own = view.choices.files.get(&row.id.hash).into_iter().flat_map(|c| c.remedies.iter());
    let own = own.filter(|r| !offered.contains(r)).map(|r| (*r, Some(row.id.hash)));
    for (remedy, file) in own.chain(view.choices.remedies.iter().map(|r| (*r, None))) {
        let what = if file.is_none() { format!("{remedy} ({})", t.for_all) } else { remedy.to_string() };
        if plain_button(ui, &fill(t.not_any_more, &[&what])).clicked() {
            actions.push(Action::Library(LibraryRequest::Remedy { remedy, file, on: false }));
        }
    }
}

fn about_ui(ui: &mut Ui, state: &State, piece: &Piece, score: &Score, actions: &mut Actions) {
    let t = state.text();
    heading(ui, t.lib.facts);
    labelled(ui, t.lib.col_key, |ui| key_ui(ui, state, piece, actions));
    let spans = piece.keys.iter().map(|span| {
        let bar = score.meters.position(span.from, score.ppq).bar + 1;
        fill(t.lib.bar_key, &[&bar.to_string(), &span.key.to_string()])
    });
    let spans: Vec<String> = spans.collect();
    let text = |text: String| move |ui: &mut Ui| -> Response { ui.add(Label::new(text).wrap()) };
    if spans.len() > 1 {
        labelled(ui, t.lib.modulates, text(spans.join(", ")));
    }
    labelled(ui, t.lib.col_meter, text(piece.summary.meter.to_string()));
    labelled(ui, t.lib.col_tempo, text(format!("♩ = {:.0}", piece.summary.qpm)));
    let length = fill(t.lib.length_bars, &[&clock(piece.summary.seconds), &piece.summary.bars.to_string()]);
    labelled(ui, t.lib.length, text(length));
    let timing = match piece.timing {
        Timing::Quantised => t.lib.timing_quantised,
        Timing::Aligned => t.lib.timing_aligned,
        Timing::Performed => t.lib.timing_performed,
    };
    labelled(ui, t.lib.timing, text(timing.to_owned()));
}

fn key_ui(ui: &mut Ui, state: &State, piece: &Piece, actions: &mut Actions) -> Response {
    let t = &state.text().lib;
    let chosen = state.session.library.choices.files.get(&piece.hash).and_then(|c| c.key.get(&piece.tune)).copied();
    let sure = match piece.key {
        _ if chosen.is_some() => t.key_chosen,
        Some((_, sure)) if sure >= 0.4 => t.key_sure,
        Some((_, sure)) if sure >= 0.2 => t.key_fairly_sure,
        _ => t.key_not_sure,
    };
    let now = piece.key.map_or(t.key_unknown.to_owned(), |(key, _)| format!("{key}, {sure}"));
    let set = |key: Option<Key>| Action::Library(LibraryRequest::SetKey { id: piece.id(), key });
    let combo = ComboBox::from_id_salt("piece key").selected_text(now).width(ui.available_width().min(200.0));
    combo
        .show_ui(ui, |ui| {
            if ui.selectable_label(chosen.is_none(), t.key_from_notes).clicked() {
                actions.push(set(None));
            }
            for key in Key::all() {
                if ui.selectable_label(chosen == Some(key), key.to_string()).clicked() {
                    actions.push(set(Some(key)));
                }
            }
        })
        .response
}

fn family_ui(ui: &mut Ui, state: &State, table: &mut Table, number: usize, actions: &mut Actions) {
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

fn similar_ui(ui: &mut Ui, state: &State, table: &mut Table, piece: &Piece, actions: &mut Actions) {
    let t = &state.text().lib;
    let Some(similar) = state.session.library.similar.as_ref().filter(|s| s.of == piece.id()) else { return };
    heading(ui, t.similar);
    match &similar.hits {
        None => {
            subdued(ui, t.searching);
        }
        Some(hits) if hits.is_empty() => {
            subdued(ui, t.nothing_similar);
        }
        Some(hits) => {
            for hit in hits {
                other_ui(ui, state, table, hit.piece, Some((hit.score, &hit.shared)), actions);
            }
        }
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
        let hover = like.map_or(row.path.display().to_string(), |(_, shared)| shared.to_owned());
        let response = fields(ui, |ui| ui.add(title)).on_hover_text(hover);
        if response.accessible_name(fill(t.go_to, &[&row.title])).clicked() {
            table.choose(index);
        }
    });
}

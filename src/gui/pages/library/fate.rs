//! What became of the file of the piece in hand, in a full sentence, and the ways to have it otherwise.

use super::bulk::push;
use super::filter::{BY_YOU, state_of};
use super::shelf::{Row, RowState};
use super::table::{Table, look, reason_name, thousands};
use super::view::{LibraryRequest, LibraryView};
use crate::corpus::{FileRow, FileState, Remedy, VoiceChoice};
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::{Text, fate_sentence, fill, pair, remedy_chosen, remedy_name, remedy_undone};
use crate::gui::theme::Tokens;
use crate::gui::widgets::plain_button;
use eframe::egui::{RichText, Sense, Ui, vec2};
use std::sync::Arc;

/// The state in a full sentence, and the ways to have it otherwise.
pub fn fate_ui(ui: &mut Ui, state: &State, table: &mut Table, index: usize, actions: &mut Actions) {
    let (t, view) = (state.text(), &state.session.library);
    let row = &view.shelf.rows[index];
    let fate = state_of(view, index);
    let (color, word) = look(ui, fate, t);
    ui.horizontal_wrapped(|ui| {
        let (dot, _) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
        ui.painter().circle_filled(dot.center(), 3.5, color);
        let reason = reason_name(fate.reason(), t);
        let text = if reason.is_empty() { word.to_owned() } else { pair(t, word, &reason) };
        ui.label(RichText::new(text).color(Tokens::of(ui).strong));
    });
    let Some(file) = view.shelf.library.rows.get(row.file) else { return };
    if fate == RowState::LeftOut(BY_YOU) {
        ui.label(t.lib.by_you_sentence);
    } else {
        ui.label(sentence_of(view, row, file, t));
    }
    let own = view.choices.files.get(&row.id.hash).map(|c| &c.remedies);
    let is_own = |remedy: &Remedy| own.is_some_and(|own| own.contains(remedy));
    let one = Arc::new(vec![row.id.hash]);
    // What all rows that are shown offer: the same is done to them with one click.
    table.rows(view);
    let of_shown = table.order.remedies(view);
    for remedy in file.remedies.iter().filter(|remedy| !is_own(remedy)) {
        ui.horizontal_wrapped(|ui| {
            let name = remedy_name(t, *remedy);
            if plain_button(ui, name).clicked() {
                push(actions, *remedy, &one, true);
            }
            let all = of_shown.iter().find(|(of, files)| of == remedy && files.len() > 1);
            if let Some((_, files)) = all.filter(|_| !view.choices.remedies.contains(remedy)) {
                let said = fill(t.lib.remedy_of_shown, &[name, &thousands(files.len() as u64)]);
                if plain_button(ui, &said).clicked() {
                    push(actions, *remedy, files, true);
                }
            }
        });
    }
    // What is in force can be taken back where it is seen.
    for remedy in own.into_iter().flatten() {
        if plain_button(ui, remedy_undone(t, *remedy)).clicked() {
            push(actions, *remedy, &one, false);
        }
    }
    for remedy in &view.choices.remedies {
        let said = format!("{} ({})", remedy_undone(t, *remedy), t.lib.for_all);
        if plain_button(ui, &said).clicked() {
            actions.push(Action::Library(LibraryRequest::Remedy { remedy: *remedy, files: None, on: false }));
        }
    }
}

/// What became of the file, and what of that the user chose.
fn sentence_of(view: &LibraryView, row: &Row, file: &FileRow, t: &Text) -> String {
    let mut chosen: Vec<String> = file.applied.iter().map(|remedy| remedy_chosen(t, *remedy).to_owned()).collect();
    let roles = view.choices.files.get(&row.id.hash).into_iter().flat_map(|c| &c.roles);
    let out = roles.filter(|((tune, _), choice)| *tune == row.id.tune && **choice == VoiceChoice::LeaveOut).count();
    match out {
        0 => {}
        1 => chosen.push(t.lib.chosen_without_voice.to_owned()),
        n => chosen.push(fill(t.lib.chosen_without_voices, &[&n.to_string()])),
    }
    let chosen = chosen.join(if t.is_chinese { "、" } else { ", " });
    match &file.state {
        state if chosen.is_empty() => fate_sentence(state, t),
        FileState::Used => fill(t.lib.used_as_chosen, &[&chosen]),
        state => fill(t.lib.also_as_chosen, &[&fate_sentence(state, t), &chosen]),
    }
}

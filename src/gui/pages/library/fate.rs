//! What became of the file of the piece in hand, in a full sentence, and the ways to have it otherwise.

use super::filter::{BY_YOU, state_of};
use super::shelf::RowState;
use super::table::{look, reason_name, thousands};
use super::view::LibraryRequest;
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::{fate_sentence, fill, pair, remedy_name};
use crate::gui::theme::Tokens;
use crate::gui::widgets::plain_button;
use eframe::egui::{RichText, Sense, Ui, vec2};
use std::sync::Arc;

/// The state in a full sentence, and the ways to have it otherwise.
pub fn fate_ui(ui: &mut Ui, state: &State, index: usize, actions: &mut Actions) {
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
        ui.label(fate_sentence(&file.state, t));
    }
    for remedy in &file.remedies {
        let of_kind = view.shelf.library.rows.iter();
        let n = of_kind.filter(|f| f.remedies.contains(remedy) && f.state.reason() == file.state.reason()).count();
        let own = view.choices.files.get(&row.id.hash).is_some_and(|c| c.remedies.contains(remedy));
        let all = view.choices.remedies.contains(remedy);
        ui.horizontal_wrapped(|ui| {
            let name = remedy_name(t, *remedy);
            let request = |files, on| Action::Library(LibraryRequest::Remedy { remedy: *remedy, files, on });
            let said = if own { fill(t.lib.not_any_more, &[name]) } else { name.to_owned() };
            if plain_button(ui, &said).clicked() {
                actions.push(request(Some(Arc::new(vec![row.id.hash])), !own));
            }
            let said = fill(t.lib.use_all, &[&thousands(n as u64)]);
            if n > 1 && !all {
                let full = fill(t.lib.use_all_name, &[name, &n.to_string()]);
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
    let (t, view) = (state.text(), &state.session.library);
    let row = &view.shelf.rows[index];
    let offered = view.shelf.library.rows.get(row.file).map_or(&[][..], |file| &file.remedies);
    let own = view.choices.files.get(&row.id.hash).into_iter().flat_map(|c| c.remedies.iter());
    let own = own.filter(|r| !offered.contains(r)).map(|r| (*r, Some(row.id.hash)));
    for (remedy, file) in own.chain(view.choices.remedies.iter().map(|r| (*r, None))) {
        let name = remedy_name(t, remedy);
        let what = if file.is_none() { format!("{name} ({})", t.lib.for_all) } else { name.to_owned() };
        if plain_button(ui, &fill(t.lib.not_any_more, &[&what])).clicked() {
            let files = file.map(|hash| Arc::new(vec![hash]));
            actions.push(Action::Library(LibraryRequest::Remedy { remedy, files, on: false }));
        }
    }
}

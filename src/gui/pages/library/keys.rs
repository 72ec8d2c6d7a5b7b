//! The keyboard on the Library page, while no control has it: arrows, Space, Enter, and typing.

use super::table::Table;
use super::view::LibraryRequest;
use crate::gui::action::{Action, Actions};
use crate::gui::state::{State, View};
use eframe::egui::{Event, Id, Key, Modifiers, Ui};
use std::sync::Arc;

/// Rows that Page Up and Page Down go.
const PAGE: usize = 20;

pub fn words_id() -> Id {
    Id::unique("library words")
}

pub fn read_keys(ui: &Ui, state: &State, table: &mut Table, rows: &Arc<Vec<u32>>, actions: &mut Actions) {
    let ctx = ui.ctx();
    let focused = ctx.memory(|m| m.focused());
    let View { question, show_shortcuts, popup_open, typed_path, about, .. } = &state.view;
    let busy = question.is_some() || *show_shortcuts || *popup_open || typed_path.is_some() || about.is_some();
    let pressed = |key| ctx.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    if focused == Some(words_id()) && pressed(Key::ArrowDown) {
        ctx.memory_mut(|m| m.surrender_focus(words_id()));
        if let Some(first) = rows.first() {
            table.choose(*first as usize);
        }
        return;
    }
    if busy || focused.is_some() {
        return;
    }
    let at = table.selected.and_then(|row| rows.iter().position(|r| *r as usize == row));
    let last = rows.len().saturating_sub(1);
    let moved = [
        (Key::ArrowDown, at.map_or(0, |i| i + 1)),
        (Key::ArrowUp, at.map_or(0, |i| i.saturating_sub(1))),
        (Key::PageDown, at.map_or(0, |i| i + PAGE)),
        (Key::PageUp, at.map_or(0, |i| i.saturating_sub(PAGE))),
        (Key::Home, 0),
        (Key::End, last),
    ];
    for (key, to) in moved {
        if pressed(key)
            && let Some(row) = rows.get(to.min(last))
        {
            table.choose(*row as usize);
        }
    }
    let view = &state.session.library;
    if let Some(row) = table.selected.and_then(|row| view.shelf.rows.get(row))
        && let Some(piece) = row.piece
    {
        if pressed(Key::Space) {
            let ticked = view.is_ticked(&row.id.hash);
            actions.push(Action::Library(LibraryRequest::Tick(Arc::new(vec![row.id.hash]), !ticked)));
        }
        if pressed(Key::Enter) {
            actions.push(Action::OpenPiece { piece, as_primer: false });
        }
    }
    // Typing searches. A question mark asks for help, and a space belongs to the row.
    let typed: String = ctx.input(|i| {
        let text = i.events.iter().filter_map(|e| if let Event::Text(text) = e { Some(text.as_str()) } else { None });
        text.filter(|text| !text.trim().is_empty() && *text != "?").collect()
    });
    if !typed.is_empty() {
        table.filter.words.push_str(&typed);
        ctx.memory_mut(|m| m.request_focus(words_id()));
    }
}

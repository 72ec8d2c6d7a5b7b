//! What the model learns from: folders, every piece in them, and what became of each.
//!
//! Draws plain view values; scanning and judging are the corpus's business, reached by requests.

mod about;
mod bar;
mod bulk;
mod fate;
mod filter;
mod keys;
mod menu;
mod others;
mod pictures;
mod piece;
mod search;
mod shelf;
mod table;
mod view;
mod voices;

use crate::gui::action::{Action, Actions, Dialog};
use crate::gui::state::State;
use crate::gui::text::sentence;
use crate::gui::theme::{SPACE, Tokens};
use crate::gui::widgets::{Icon, icon_button_sized, plain_button, primary_button, subdued};
use eframe::egui::{Align, CentralPanel, Frame, Label, Layout, Margin, Panel, RichText, ScrollArea, Ui, vec2};
pub use filter::{Fate, Filter};
pub use shelf::{Column, Row, RowState, Shelf};
pub use table::{Side, Table, thousands};
pub use view::{Folder, LibraryNews, LibraryProgress, LibraryRequest, LibraryView, Similar, SimilarPiece};

pub fn library_ui(ui: &mut Ui, state: &State, table: &mut Table, actions: &mut Actions) {
    let view = &state.session.library;
    if let Some(problem) = &view.problem {
        let frame = Frame::new().fill(Tokens::of(ui).raised).inner_margin(Margin::symmetric(16, 8));
        Panel::top("library problem").frame(frame).resizable(false).show(ui, |ui| {
            let said = RichText::new(sentence(problem, state.text())).color(Tokens::of(ui).warning);
            ui.add(Label::new(said).wrap());
        });
    }
    if view.folders.is_empty() && view.shelf.rows.is_empty() && view.progress.is_none() {
        empty_ui(ui, state, actions);
        return;
    }
    table.follow(&view.shelf);
    if table.side != Side::Hidden {
        let frame = Frame::new().fill(Tokens::of(ui).panel);
        Panel::right("library side").frame(frame).default_size(340.0).size_range(280.0..=520.0).show(ui, |ui| {
            side_ui(ui, state, table, actions);
        });
    }
    let frame = Frame::new().inner_margin(Margin { left: 16, right: 12, top: 12, bottom: 8 });
    CentralPanel::no_frame().frame(frame).show(ui, |ui| {
        bar::head_ui(ui, state, table, actions);
        if let Some(progress) = &view.progress {
            bar::progress_ui(ui, state, progress, actions);
        }
        bar::folders_ui(ui, state, table, actions);
        ui.add_space(SPACE / 2.0);
        let n_shown = table.rows(view).len();
        bar::filter_ui(ui, state, table, n_shown, actions);
        ui.add_space(SPACE / 2.0);
        let rows = table.rows(view);
        keys::read_keys(ui, state, table, &rows, actions);
        if rows.is_empty() && !view.shelf.rows.is_empty() {
            ui.add_space(24.0);
            ui.vertical_centered(|ui| subdued(ui, state.text().lib.nothing_shown));
            return;
        }
        table::table_ui(ui, state, table, &rows, actions);
    });
}

fn side_ui(ui: &mut Ui, state: &State, table: &mut Table, actions: &mut Actions) {
    let t = state.text();
    Frame::new().inner_margin(Margin { left: 14, right: 14, top: 12, bottom: 4 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            for (side, name) in [(Side::Pictures, t.lib.tab_pictures), (Side::Piece, t.lib.tab_piece)] {
                if ui.selectable_label(table.side == side, name).clicked() {
                    table.side = side;
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button_sized(ui, Icon::Close, t.close, false, 24.0).clicked() {
                    table.side = Side::Hidden;
                }
            });
        });
    });
    let salt = if table.side == Side::Piece { "piece" } else { "pictures" };
    ScrollArea::vertical().id_salt(salt).auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 14, right: 14, top: 4, bottom: 14 }).show(ui, |ui| match table.side {
            Side::Piece => piece::piece_ui(ui, state, table, actions),
            Side::Pictures | Side::Hidden => pictures::pictures_ui(ui, state, table),
        });
    });
}

fn empty_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = &state.text().lib;
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.30).max(24.0));
        ui.label(RichText::new(t.empty_title).heading().color(Tokens::of(ui).strong));
        ui.add_space(4.0);
        ui.allocate_ui(vec2(460.0, 0.0), |ui| subdued(ui, t.empty_text));
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

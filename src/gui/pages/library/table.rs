//! The table of pieces: only rows in sight are drawn.

use super::filter::{BY_YOU, Counts, Filter, Order, state_of};
use super::menu::menu_ui;
use super::shelf::{Column, RowState};
use super::view::LibraryRequest;
use crate::corpus::NotesLost;
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::{Text, fill, key_words, pair};
use crate::gui::theme::{ROW, Tokens};
use crate::gui::widgets::focus_ring;
use crate::music::Score;
use eframe::egui::{Align, Button, Checkbox, Color32, Label, Layout, Response, RichText, Sense, Stroke, Ui, vec2};
use egui_extras::{Column as Width, TableBuilder, TableRow};
use std::sync::Arc;

/// What the page remembers from repaint to repaint.
#[derive(Debug, Default)]
pub struct Table {
    pub filter: Filter,
    pub sort: Column,
    pub descending: bool,
    /// The row in hand.
    pub selected: Option<usize>,
    pub side: Side,
    /// Bring the row in hand into sight.
    pub reveal: bool,
    pub(super) order: Order,
    /// The selected piece, unpacked: of which shelf and row.
    pub(super) open: Option<(usize, usize, Result<Arc<Score>, NotesLost>)>,
    pub(super) sums: super::pictures::Sums,
    /// The pieces like the one in hand have come and were brought into sight.
    pub(super) similar_seen: bool,
    /// The shelf that `selected` counts in.
    pub(super) shelf: Arc<super::Shelf>,
}

/// What stands at the right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    Hidden,
    Piece,
    #[default]
    Pictures,
}

impl Table {
    /// The rows to show, in order.
    pub fn rows(&mut self, view: &super::LibraryView) -> Arc<Vec<u32>> {
        self.order.rows(view, &self.filter, self.sort, self.descending)
    }

    /// [`Table::rows`], and what they would be if no bar of a picture were chosen.
    pub(super) fn rows_and_all_bars(&mut self, view: &super::LibraryView) -> [Arc<Vec<u32>>; 2] {
        [self.rows(view), Arc::clone(self.order.all_bars())]
    }

    /// How many rows each state would leave, and has in the whole library.
    pub(super) fn counts(&mut self, view: &super::LibraryView) -> [&Counts; 2] {
        self.rows(view);
        self.order.counts(view)
    }

    pub(super) fn choose(&mut self, row: usize) {
        (self.selected, self.reveal) = (Some(row), true);
        if self.side == Side::Pictures {
            self.side = Side::Piece;
        }
    }

    /// Finds the row in hand again after the library was read anew.
    pub(super) fn follow(&mut self, shelf: &Arc<super::Shelf>) {
        if !Arc::ptr_eq(&self.shelf, shelf) {
            let before = self.selected.and_then(|row| self.shelf.rows.get(row));
            self.selected = before.and_then(|row| shelf.find(row.id, &row.path));
            self.shelf = Arc::clone(shelf);
            // Families are numbered anew.
            self.filter.family = None;
        }
    }
}

pub fn table_ui(ui: &mut Ui, state: &State, table: &mut Table, rows: &Arc<Vec<u32>>, actions: &mut Actions) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.style_mut().interaction.selectable_labels = false;
    ui.visuals_mut().widgets.noninteractive.bg_stroke.color = tokens.grid_fine;
    let width = ui.available_width();
    let columns = in_sight(width);
    // Widths begin anew where other columns are shown.
    let mut builder = TableBuilder::new(ui)
        .id_salt(("pieces", columns.len()))
        .striped(true)
        .resizable(true)
        .auto_shrink(false)
        .sense(Sense::click())
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Width::exact(24.0));
    for column in &columns {
        builder = builder.column(width_of(*column, width));
    }
    let place = |row: usize| rows.iter().position(|r| *r as usize == row);
    if std::mem::take(&mut table.reveal)
        && let Some(place) = table.selected.and_then(place)
    {
        builder = builder.scroll_to_row(place, None).animate_scrolling(false);
    }
    builder
        .header(ROW + 6.0, |mut header| {
            header.col(|ui| tick_all_ui(ui, state, rows, actions));
            for column in &columns {
                header.col(|ui| heading_ui(ui, *column, table, t));
            }
        })
        .body(|body| {
            body.rows(ROW + 4.0, rows.len(), |mut row| {
                let index = rows[row.index()] as usize;
                row_ui(&mut row, index, state, table, &columns, actions);
            });
        });
}

/// The columns that there is room for; what became of a piece is never among those left out.
fn in_sight(width: f32) -> Vec<Column> {
    let needs = |column: &Column| match column {
        Column::Voices => 1100.0,
        Column::Tempo => 1020.0,
        Column::Meter => 760.0,
        Column::Style => 680.0,
        Column::Notes => 600.0,
        _ => 0.0,
    };
    Column::ALL.into_iter().filter(|column| width >= needs(column)).collect()
}

/// As wide as what stands in it; the title takes what is left of the table's width.
fn width_of(column: Column, table: f32) -> Width {
    let fixed = |width: f32| Width::initial(width).at_least(44.0).clip(true);
    match column {
        Column::Title => Width::remainder().at_least(110.0).clip(true),
        Column::Style => fixed((table * 0.1).clamp(84.0, 160.0)),
        Column::Key => fixed((table * 0.08).clamp(92.0, 130.0)),
        Column::Notes | Column::Family => fixed(58.0),
        Column::Length | Column::Voices | Column::Meter | Column::Tempo => fixed(54.0),
        // In a window of 1280 points a repair has room for its words; of more room titles take no more than they need.
        Column::State => fixed((190.0 + (table - 912.0) * 0.4).clamp(140.0, 460.0)),
    }
}

/// Ticked where all shown are, half ticked where some are.
fn tick_all_ui(ui: &mut Ui, state: &State, rows: &Arc<Vec<u32>>, actions: &mut Actions) {
    let view = &state.session.library;
    let pieces = || rows.iter().map(|row| &view.shelf.rows[*row as usize]).filter(|row| row.piece.is_some());
    let n_out =
        if view.choices.files.is_empty() { 0 } else { pieces().filter(|r| !view.is_ticked(&r.id.hash)).count() };
    let any = pieces().next().is_some();
    let mut ticked = any && n_out == 0;
    // Counting the others can wait until somebody ticked one out.
    let some = n_out > 0 && pieces().any(|r| view.is_ticked(&r.id.hash));
    let name = state.text().lib.tick_shown;
    let response = tick_box(ui, any, Checkbox::without_text(&mut ticked).indeterminate(some));
    if response.on_hover_text(name).accessible_name(name).clicked() {
        let hashes = pieces().map(|row| row.id.hash).collect();
        actions.push(Action::Library(LibraryRequest::Tick(Arc::new(hashes), n_out > 0)));
    }
}

/// With an edge, so that an empty one is seen on any ground.
pub fn tick_box(ui: &mut Ui, enabled: bool, tick: Checkbox) -> Response {
    let edge = Stroke::new(1.0, Tokens::of(ui).subdued);
    let edged = |ui: &mut Ui| {
        ui.visuals_mut().widgets.inactive.bg_stroke = edge;
        ui.add_enabled(enabled, tick)
    };
    let response = ui.scope(edged).inner;
    focus_ring(ui, &response);
    response
}

fn heading_ui(ui: &mut Ui, column: Column, table: &mut Table, t: &Text) {
    let sorted = table.sort == column;
    let tokens = Tokens::of(ui);
    let arrow = match (sorted, table.descending) {
        (true, false) => " ↑",
        (true, true) => " ↓",
        (false, _) => "",
    };
    let color = if sorted { tokens.strong } else { tokens.subdued };
    let text = RichText::new(format!("{}{arrow}", name(column, t))).color(color);
    let response = aligned(ui, column, |ui| {
        ui.spacing_mut().button_padding.x = 0.0;
        ui.add(Button::new(text).frame(false).truncate())
    });
    let response = response.on_hover_text(t.lib.sort_by);
    focus_ring(ui, &response);
    if response.clicked() {
        if sorted {
            table.descending = !table.descending;
        } else {
            (table.sort, table.descending) = (column, column.is_number());
        }
    }
}

/// Numbers stand at the right of their column.
fn aligned<R>(ui: &mut Ui, column: Column, add: impl FnOnce(&mut Ui) -> R) -> R {
    if column.is_number() {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(6.0);
            add(ui)
        })
        .inner
    } else {
        add(ui)
    }
}

fn name(column: Column, t: &Text) -> &'static str {
    match column {
        Column::Title => t.lib.col_title,
        Column::Style => t.lib.col_style,
        Column::Length => t.lib.col_length,
        Column::Notes => t.lib.col_notes,
        Column::Voices => t.lib.col_voices,
        Column::Key => t.lib.col_key,
        Column::Meter => t.lib.col_meter,
        Column::Tempo => t.lib.col_tempo,
        Column::Family => t.lib.col_family,
        Column::State => t.lib.col_state,
    }
}

fn row_ui(
    row: &mut TableRow,
    index: usize,
    state: &State,
    table: &mut Table,
    columns: &[Column],
    actions: &mut Actions,
) {
    let (t, view) = (state.text(), &state.session.library);
    let piece = &view.shelf.rows[index];
    let ticked = view.is_ticked(&piece.id.hash);
    row.set_selected(table.selected == Some(index));
    row.col(|ui| {
        let mut on = ticked && piece.piece.is_some();
        let name = fill(t.lib.tick, &[&piece.title]);
        // A tick box for every row in sight: small enough not to be all that one sees.
        ui.spacing_mut().icon_width = 14.0;
        let response = tick_box(ui, piece.piece.is_some(), Checkbox::without_text(&mut on)).accessible_name(name);
        if response.clicked() {
            actions.push(Action::Library(LibraryRequest::Tick(Arc::new(vec![piece.id.hash]), on)));
        }
    });
    let mut family = false;
    for &column in columns {
        row.col(|ui| {
            let tokens = Tokens::of(ui);
            let color = match (column, ticked && piece.piece.is_some()) {
                (_, false) => tokens.subdued,
                (Column::Title, true) => tokens.strong,
                (_, true) => tokens.text,
            };
            let text = |text: String| Label::new(RichText::new(text).color(color)).truncate();
            let number = |n: u32| if n == 0 { "–".to_owned() } else { thousands(u64::from(n)) };
            match column {
                Column::Title => {
                    ui.add(text(piece.title.clone()));
                }
                Column::Style => {
                    ui.add(text(piece.style.clone()));
                }
                Column::Key => key_ui(ui, piece, color, state.text()),
                Column::Meter => {
                    ui.add(text(piece.meter.clone()));
                }
                Column::State => state_ui(ui, state_of(view, index), t),
                Column::Family if piece.copies > 1 => {
                    family |= aligned(ui, column, |ui| copies_ui(ui, piece.copies, t));
                }
                Column::Family => {}
                Column::Length if piece.seconds > 0.0 => {
                    aligned(ui, column, |ui| ui.add(text(clock(piece.seconds))));
                }
                Column::Length => {
                    aligned(ui, column, |ui| ui.add(text(number(0))));
                }
                Column::Notes => {
                    aligned(ui, column, |ui| ui.add(text(number(piece.notes))));
                }
                Column::Voices => {
                    aligned(ui, column, |ui| ui.add(text(number(piece.voices))));
                }
                Column::Tempo => {
                    aligned(ui, column, |ui| ui.add(text(number(piece.tempo))));
                }
            }
        });
    }
    if family {
        table.filter = Filter { family: Some(piece.family), ..Filter::default() };
        (table.selected, table.reveal) = (Some(index), true);
    }
    let response = row.response();
    if response.clicked() || response.secondary_clicked() {
        table.selected = Some(index);
        if table.side == Side::Pictures {
            table.side = Side::Piece;
        }
    }
    if response.double_clicked()
        && let Some(piece) = piece.piece
    {
        actions.push(Action::OpenPiece { piece, as_primer: false });
    }
    response.context_menu(|ui| menu_ui(ui, state, index, actions));
}

/// The key, fainter where it is not sure, with a mark where the piece modulates.
fn key_ui(ui: &mut Ui, piece: &super::Row, color: Color32, t: &Text) {
    let faint = if piece.confidence < 0.2 { Tokens::of(ui).subdued } else { color };
    let mark = if piece.modulates { " →" } else { "" };
    let key = key_words(t, &piece.key);
    let label = ui.add(Label::new(RichText::new(format!("{key}{mark}")).color(faint)).truncate());
    if !piece.key.is_empty() {
        label.on_hover_ui(|ui| {
            ui.label(format!("{key}, {}", super::about::how_sure(piece.confidence, t)));
            if piece.modulates {
                ui.label(t.lib.modulates);
            }
        });
    }
}

fn copies_ui(ui: &mut Ui, copies: u32, t: &Text) -> bool {
    let tokens = Tokens::of(ui);
    let text = RichText::new(format!("×{copies}")).color(tokens.text).small();
    let button = Button::new(text).fill(tokens.raised).corner_radius(8).small().min_size(vec2(28.0, 18.0));
    let name = fill(t.lib.copies, &[&copies.to_string()]);
    let response = ui.add(button).on_hover_text(&name).accessible_name(name);
    focus_ring(ui, &response);
    response.clicked()
}

/// A dot and a word; the whole sentence is in the side panel.
fn state_ui(ui: &mut Ui, state: RowState, t: &Text) {
    let (color, word) = look(ui, state, t);
    let (dot, _) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
    ui.painter().circle_filled(dot.center(), 3.5, color);
    let reason = reason_name(state.reason(), t);
    let text = if reason.is_empty() { word.to_owned() } else { pair(t, word, &reason) };
    ui.add(Label::new(&text).truncate());
}

/// The colour of a state and its word.
pub fn look(ui: &Ui, state: RowState, t: &Text) -> (Color32, &'static str) {
    let tokens = Tokens::of(ui);
    match state {
        RowState::Used => (tokens.success, t.lib.state_used),
        RowState::Repaired(_) => (tokens.info, t.lib.state_repaired),
        RowState::LeftOut(_) => (tokens.warning, t.lib.state_left_out),
    }
}

/// The word for a reason, the user's own among them.
pub fn reason_name(code: &str, t: &Text) -> String {
    if code == BY_YOU { t.lib.by_you.to_owned() } else { crate::gui::text::reason_name(code, t) }
}

/// Minutes and seconds.
pub fn clock(seconds: f64) -> String {
    let seconds = seconds.round().max(0.0) as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Hours and minutes, for sums.
pub fn hours(seconds: f64, t: &Text) -> String {
    let [h, min] = [t.tr.hours, t.tr.minutes];
    if seconds < 59.5 {
        // A zero is added, because the sum of no numbers is −0.
        return format!("{:.0} {}", seconds.max(0.0) + 0.0, t.tr.seconds);
    }
    let minutes = (seconds / 60.0).round() as u64;
    if minutes < 60 { format!("{minutes} {min}") } else { format!("{} {h} {:02} {min}", minutes / 60, minutes % 60) }
}

/// So many of something: one, or several.
pub fn plural(n: u64, [one, several]: [&str; 2]) -> String {
    if n == 1 { one.to_owned() } else { fill(several, &[&thousands(n)]) }
}

/// Pieces, notes and how long they take.
pub fn sums(pieces: u64, notes: u64, seconds: f64, t: &Text) -> String {
    let [pieces, notes] = [(pieces, [t.lib.one_piece, t.lib.n_pieces]), (notes, [t.lib.one_note, t.lib.n_notes])]
        .map(|(n, words)| plural(n, words));
    format!("{pieces} · {notes} · {}", hours(seconds, t))
}

/// 12345 as "12,345".
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::text::{EN, ZH};

    #[test]
    fn sums_are_told_as_people_do() {
        assert_eq!(sums(1, 1, 20.4, &EN), "1 piece · 1 note · 20 s");
        assert_eq!(sums(2000, 12345, 59.7, &EN), "2,000 pieces · 12,345 notes · 1 min");
        assert_eq!([0.0, -0.0, 7500.0].map(|s| hours(s, &EN)), ["0 s", "0 s", "2 h 05 min"]);
        assert_eq!(hours(7500.0, &ZH), "2 小时 05 分钟");
    }
}

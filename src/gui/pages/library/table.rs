//! The table of pieces: only rows in sight are drawn; sorting and filtering are done once a change.

use super::view::{Row, RowState};
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::Text;
use crate::gui::theme::{ROW, Tokens};
use crate::gui::widgets::focus_ring;
use eframe::egui::{self, Align, Button, Label, Layout, RichText, Ui};
use egui_extras::{Column as Width, TableBuilder, TableRow};
use std::cmp::Ordering;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    #[default]
    Title,
    Style,
    Bars,
    Notes,
    Voices,
    Key,
    Meter,
    Tempo,
    State,
}

impl Column {
    const ALL: [Column; 9] = [
        Column::Title,
        Column::Style,
        Column::Bars,
        Column::Notes,
        Column::Voices,
        Column::Key,
        Column::Meter,
        Column::Tempo,
        Column::State,
    ];

    fn name(self, t: &Text) -> &'static str {
        match self {
            Column::Title => t.col_title,
            Column::Style => t.col_style,
            Column::Bars => t.col_bars,
            Column::Notes => t.col_notes,
            Column::Voices => t.col_voices,
            Column::Key => t.col_key,
            Column::Meter => t.col_meter,
            Column::Tempo => t.col_tempo,
            Column::State => t.col_state,
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Column::Bars | Column::Notes | Column::Voices | Column::Tempo)
    }

    fn compare(self, a: &Row, b: &Row) -> Ordering {
        match self {
            Column::Title => a.title.to_lowercase().cmp(&b.title.to_lowercase()),
            Column::Style => a.style.cmp(&b.style),
            Column::Bars => a.bars.cmp(&b.bars),
            Column::Notes => a.notes.cmp(&b.notes),
            Column::Voices => a.voices.cmp(&b.voices),
            Column::Key => a.key.cmp(&b.key),
            Column::Meter => a.meter.cmp(&b.meter),
            Column::Tempo => a.tempo.cmp(&b.tempo),
            Column::State => a.state.cmp(&b.state),
        }
    }
}

/// What an order was made of: rows, filter, column, descending, states shown.
type MadeOf = (Arc<Vec<Row>>, String, Column, bool, [bool; 3]);

/// What is shown of the table, and in which order.
#[derive(Debug)]
pub struct Table {
    pub filter: String,
    pub sort: Column,
    pub descending: bool,
    /// Used, repaired, left out.
    pub show: [bool; 3],
    order: Vec<usize>,
    made_of: Option<MadeOf>,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            filter: String::new(),
            sort: Column::Title,
            descending: false,
            show: [true; 3],
            order: Vec::new(),
            made_of: None,
        }
    }
}

impl Table {
    /// Indices of the rows to show, in order; computed again only after a change.
    pub fn order(&mut self, rows: &Arc<Vec<Row>>) -> &[usize] {
        let fresh = self.made_of.as_ref().is_some_and(|(r, filter, sort, down, show)| {
            Arc::ptr_eq(r, rows)
                && *filter == self.filter
                && (*sort, *down, *show) == (self.sort, self.descending, self.show)
        });
        if !fresh {
            let words: Vec<String> = self.filter.to_lowercase().split_whitespace().map(str::to_owned).collect();
            let wanted = |row: &Row| {
                let text = format!("{} {} {} {}", row.title, row.style, row.key, row.meter).to_lowercase();
                self.show[row.state.kind()] && words.iter().all(|w| text.contains(w.as_str()))
            };
            let mut order: Vec<usize> = (0..rows.len()).filter(|i| wanted(&rows[*i])).collect();
            order.sort_by(|a, b| self.sort.compare(&rows[*a], &rows[*b]));
            if self.descending {
                order.reverse();
            }
            self.order = order;
            self.made_of = Some((Arc::clone(rows), self.filter.clone(), self.sort, self.descending, self.show));
        }
        &self.order
    }
}

pub fn table_ui(ui: &mut Ui, state: &State, table: &mut Table, actions: &mut Actions) {
    let t = state.text();
    let rows = &state.session.library.rows;
    let order = table.order(rows).to_vec();
    let number = || Width::initial(64.0).at_least(48.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.visuals_mut().widgets.noninteractive.bg_stroke.color = Tokens::of(ui).grid_fine;
    TableBuilder::new(ui)
        .striped(true)
        .resizable(true)
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Width::initial(260.0).at_least(120.0).clip(true))
        .column(Width::initial(110.0).at_least(60.0).clip(true))
        .columns(number(), 3)
        .column(Width::initial(84.0).at_least(60.0).clip(true))
        .columns(number(), 2)
        .column(Width::initial(220.0).at_least(120.0).clip(true))
        .column(Width::remainder().at_least(120.0))
        .header(ROW + 4.0, |mut header| {
            for column in Column::ALL {
                header.col(|ui| heading_ui(ui, column, table, t));
            }
            header.col(|_| {});
        })
        .body(|body| {
            body.rows(ROW + 2.0, order.len(), |mut row| {
                let piece = &rows[order[row.index()]];
                row_ui(&mut row, piece, t, actions);
            });
        });
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
    let text = RichText::new(format!("{}{arrow}", column.name(t))).color(color);
    let response = ui.add(Button::new(text).frame(false)).on_hover_text(t.sort_by);
    focus_ring(ui, &response);
    if response.clicked() {
        if sorted {
            table.descending = !table.descending;
        } else {
            (table.sort, table.descending) = (column, column.is_number());
        }
    }
}

fn row_ui(row: &mut TableRow, piece: &Row, t: &'static Text, actions: &mut Actions) {
    let number = |n: u32| if n == 0 { "–".to_owned() } else { n.to_string() };
    let cell = |ui: &mut Ui, text: &str| {
        ui.add(Label::new(text).truncate());
    };
    row.col(|ui| {
        let strong = Tokens::of(ui).strong;
        let label = ui.add(Label::new(RichText::new(&piece.title).color(strong)).truncate());
        label.on_hover_text(piece.path.display().to_string());
    });
    row.col(|ui| cell(ui, &piece.style));
    row.col(|ui| cell(ui, &number(piece.bars)));
    row.col(|ui| cell(ui, &number(piece.notes)));
    row.col(|ui| cell(ui, &number(piece.voices)));
    row.col(|ui| cell(ui, &piece.key));
    row.col(|ui| cell(ui, &piece.meter));
    row.col(|ui| cell(ui, &number(piece.tempo)));
    row.col(|ui| state_ui(ui, &piece.state, t));
    row.col(|ui| {
        let name = crate::gui::text::fill(t.open_piece, &[&piece.title]);
        let response = ui.add(Button::new(t.open_in_compose).small());
        focus_ring(ui, &response);
        let response = response.accessible_name(name);
        if response.clicked() {
            actions.push(Action::Open(piece.path.clone()));
        }
    });
}

fn state_ui(ui: &mut Ui, state: &RowState, t: &Text) {
    let tokens = Tokens::of(ui);
    let (color, word) = match state {
        RowState::Used => (tokens.success, t.state_used),
        RowState::Repaired(_) => (tokens.info, t.state_repaired),
        RowState::LeftOut(_) => (tokens.warning, t.state_left_out),
    };
    let (dot, _) = ui.allocate_exact_size(egui::vec2(8.0, 8.0), egui::Sense::hover());
    ui.painter().circle_filled(dot.center(), 3.5, color);
    let text = if state.reason().is_empty() { word.to_owned() } else { format!("{word}: {}", state.reason()) };
    ui.add(Label::new(&text).truncate()).on_hover_text(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(title: &str, notes: u32, state: RowState) -> Row {
        Row {
            title: title.into(),
            style: "reel".into(),
            bars: 8,
            notes,
            voices: 2,
            key: "D major".into(),
            meter: "4/4".into(),
            tempo: 120,
            state,
            path: title.into(),
        }
    }

    #[test]
    fn sorts_filters_and_hides() {
        let left_out = RowState::LeftOut("no notes".into());
        let rows = Arc::new(vec![row("b", 9, RowState::Used), row("A", 5, left_out), row("c", 7, RowState::Used)]);
        let mut table = Table::default();
        assert_eq!(table.order(&rows), [1, 0, 2]);
        (table.sort, table.descending) = (Column::Notes, true);
        assert_eq!(table.order(&rows), [0, 2, 1]);
        table.show[2] = false;
        assert_eq!(table.order(&rows), [0, 2]);
        table.filter = "REEL c".into();
        assert_eq!(table.order(&rows), [2]);
    }
}

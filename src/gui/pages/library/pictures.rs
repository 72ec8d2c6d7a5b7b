//! What the pieces are made of, as six small bar charts; a click on a bar filters the table.

use super::shelf::Shelf;
use super::table::Table;
use crate::corpus::{Picture, Statistics};
use crate::gui::state::State;
use crate::gui::text::{fill, library::Library};
use crate::gui::theme::{Tokens, mix};
use crate::gui::widgets::subdued;
use eframe::egui::{
    Align2, CornerRadius, CursorIcon, FontId, Rect, RichText, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};
use std::sync::Arc;

/// Of what stands under the bars, and over them.
const LABELS: f32 = 16.0;
const TITLE: f32 = 42.0;

/// The shelf, and its rows that are summed.
type Of = (Arc<Shelf>, Arc<Vec<u32>>);

/// The sums shown, and what they are sums of.
#[derive(Debug, Default)]
pub struct Sums {
    of: Option<Of>,
    statistics: Statistics,
}

impl Sums {
    /// Of the pieces in `rows`.
    fn update(&mut self, shelf: &Arc<Shelf>, rows: &Arc<Vec<u32>>) {
        let same = self.of.as_ref().is_some_and(|(s, r)| Arc::ptr_eq(s, shelf) && Arc::ptr_eq(r, rows));
        if !same {
            let pieces = rows.iter().filter_map(|row| shelf.rows[*row as usize].piece);
            self.statistics = Statistics::of(pieces.filter_map(|piece| shelf.library.pieces.get(piece)));
            self.of = Some((Arc::clone(shelf), Arc::clone(rows)));
        }
    }
}

pub fn pictures_ui(ui: &mut Ui, state: &State, table: &mut Table) {
    let t = &state.text().lib;
    let rows = table.all_bars(&state.session.library);
    table.sums.update(&state.session.library.shelf, &rows);
    let sums = &table.sums.statistics;
    let n = super::table::thousands(sums.pieces as u64);
    subdued(ui, fill(t.sums, &[&n, &super::table::thousands(sums.notes), &super::table::hours(sums.seconds)]));
    if sums.pieces == 0 {
        ui.add_space(8.0);
        subdued(ui, t.no_pieces_shown);
        return;
    }
    // All of them are in sight at once where the window allows it.
    let each = (ui.clip_rect().height() - TITLE) / Picture::ALL.len() as f32;
    let height = (each - LABELS - TITLE).clamp(36.0, 96.0);
    for picture in Picture::ALL {
        ui.add_space(10.0);
        let strong = Tokens::of(ui).strong;
        ui.label(RichText::new(title(picture, t)).color(strong));
        picture_ui(ui, picture, height, table, t);
    }
}

pub fn title(picture: Picture, t: &Library) -> &'static str {
    match picture {
        Picture::PitchClasses => t.pitch_classes,
        Picture::Ranges => t.ranges,
        Picture::Durations => t.durations,
        Picture::Keys => t.keys,
        Picture::Meters => t.meters,
        Picture::Polyphony => t.polyphony,
    }
}

fn picture_ui(ui: &mut Ui, picture: Picture, height: f32, table: &mut Table, t: &Library) {
    let tokens = Tokens::of(ui);
    let bars = table.sums.statistics.bars(picture).to_vec();
    let (most, sum) = (bars.iter().copied().max().unwrap_or(0).max(1), bars.iter().sum::<u64>().max(1));
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height + LABELS), Sense::hover());
    let foot = rect.top() + height;
    let width = rect.width() / bars.len().max(1) as f32;
    let painter = ui.painter().clone();
    painter.hline(rect.x_range(), foot, (1.0, tokens.line));
    // As many names as there is room for; a bar under the pointer says its own.
    let mut free_from = rect.left();
    for (bar, n) in bars.iter().enumerate() {
        let column = Rect::from_min_size(pos2(rect.left() + bar as f32 * width, rect.top()), vec2(width, height));
        let label = picture.label(bar);
        let share = format!("{:.1}", *n as f64 * 100.0 / sum as f64);
        let told = if picture.counts() == "notes" { t.bar_notes } else { t.bar_pieces };
        let told = fill(told, &[&label, &super::table::thousands(*n), &share]);
        let chosen = table.filter.bar == Some((picture, bar));
        let response = ui.interact(column, ui.scope_id().with((picture.name(), bar)), Sense::click());
        let name = format!("{}: {told}", title(picture, t));
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &name));
        let full = *n as f32 / most as f32 * (height - 4.0);
        let full = if *n == 0 { 0.0 } else { full.max(1.5) };
        let color = match (chosen, response.hovered() || response.has_focus()) {
            (true, _) => tokens.accent,
            (false, true) => mix(tokens.accent, tokens.strong, 0.3),
            (false, false) if table.filter.bar.is_some_and(|(p, _)| p == picture) => {
                mix(tokens.panel, tokens.accent, 0.35)
            }
            (false, false) => mix(tokens.panel, tokens.accent, 0.7),
        };
        let drawn = Rect::from_min_max(pos2(column.left() + 1.0, foot - full), pos2(column.right() - 1.0, foot));
        painter.rect_filled(drawn, CornerRadius { nw: 2, ne: 2, sw: 0, se: 0 }, color);
        let font = FontId::proportional(10.5);
        let galley = painter.layout_no_wrap(label, font, if chosen { tokens.strong } else { tokens.subdued });
        let left = column.center().x - galley.size().x / 2.0;
        if left >= free_from && left + galley.size().x <= rect.right() + 4.0 {
            free_from = left + galley.size().x + 5.0;
            let at = Align2::CENTER_TOP.anchor_size(pos2(column.center().x, foot + 3.0), galley.size());
            painter.galley(at.min, galley, tokens.subdued);
        }
        if response.clicked() {
            table.filter.bar = (!chosen).then_some((picture, bar));
        }
        response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(format!("{told}\n{}", t.bar_hint));
    }
}

//! What the pieces are made of, as six small bar charts; a click on a bar filters the table.

use super::shelf::Shelf;
use super::table::Table;
use crate::corpus::{Picture, Statistics};
use crate::gui::state::State;
use crate::gui::text::{Text, fill, key_words, library::Library};
use crate::gui::theme::{Tokens, mix};
use crate::gui::widgets::subdued;
use eframe::egui::{
    CornerRadius, CursorIcon, FontId, Rangef, Rect, RichText, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};
use std::sync::Arc;

/// Of what stands under the bars, and over them.
const LABELS: f32 = 16.0;
const TITLE: f32 = 42.0;

/// The shelf, and its rows that are summed.
type Of = (Arc<Shelf>, Arc<Vec<u32>>);

/// The sums shown: of the rows in the table; and of those that would be there if no bar were chosen, for the picture
/// that the bar is of.
#[derive(Debug, Default)]
pub struct Sums {
    shown: Sum,
    all_bars: Sum,
    whole: Sum,
}

#[derive(Debug, Default)]
struct Sum {
    of: Option<Of>,
    statistics: Statistics,
}

impl Sum {
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
    let (shelf, [rows, all_bars]) = (&state.session.library.shelf, table.rows_and_all_bars(&state.session.library));
    table.sums.shown.update(shelf, &rows);
    table.sums.all_bars.update(shelf, &all_bars);
    if !table.sums.whole.of.as_ref().is_some_and(|(of, _)| Arc::ptr_eq(of, shelf)) {
        table.sums.whole.update(shelf, &Arc::new((0..shelf.rows.len() as u32).collect()));
    }
    let sums = &table.sums.shown.statistics;
    subdued(ui, super::table::sums(sums.pieces as u64, sums.notes, sums.seconds, state.text()));
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
        picture_ui(ui, picture, height, table, state);
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

fn picture_ui(ui: &mut Ui, picture: Picture, height: f32, table: &mut Table, state: &State) {
    let t = &state.text().lib;
    let tokens = Tokens::of(ui);
    let of_bar = table.filter.bar.is_some_and(|(p, _)| p == picture);
    let sum = if of_bar { &table.sums.all_bars } else { &table.sums.shown };
    // Of the many meters only those that the library has.
    let is_there = |bar: &usize| picture != Picture::Meters || table.sums.whole.statistics.bars(picture)[*bar] > 0;
    let bars: Vec<(usize, u64)> = sum.statistics.bars(picture).iter().copied().enumerate().collect();
    let bars: Vec<(usize, u64)> = bars.into_iter().filter(|(bar, _)| is_there(bar)).collect();
    let counts = || bars.iter().map(|(_, n)| *n);
    let (most, sum) = (counts().max().unwrap_or(0).max(1), counts().sum::<u64>().max(1));
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height + LABELS), Sense::hover());
    let foot = rect.top() + height;
    let width = rect.width() / bars.len().max(1) as f32;
    let painter = ui.painter().clone();
    painter.hline(rect.x_range(), foot, (1.0, tokens.line));
    for (place, (bar, n)) in bars.iter().enumerate() {
        let bar = *bar;
        let column = Rect::from_min_size(pos2(rect.left() + place as f32 * width, rect.top()), vec2(width, height));
        let label = label(picture, bar, state.text());
        let share = format!("{:.1}", *n as f64 * 100.0 / sum as f64);
        let words = if picture.counts() == "notes" { [t.one_note, t.n_notes] } else { [t.one_piece, t.n_pieces] };
        let told = fill(t.bar_of, &[&label, &super::table::plural(*n, words), &share]);
        let chosen = table.filter.bar == Some((picture, bar));
        let response = ui.interact(column, ui.scope_id().with((picture.name(), bar)), Sense::click());
        let name = format!("{}: {told}", title(picture, t));
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &name));
        let full = *n as f32 / most as f32 * (height - 4.0);
        let full = if *n == 0 { 0.0 } else { full.max(1.5) };
        let color = match (chosen, response.hovered() || response.has_focus()) {
            (true, _) => tokens.accent,
            (false, true) => mix(tokens.accent, tokens.strong, 0.3),
            (false, false) if of_bar => mix(tokens.panel, tokens.accent, 0.35),
            (false, false) => mix(tokens.panel, tokens.accent, 0.7),
        };
        let drawn = Rect::from_min_max(pos2(column.left() + 1.0, foot - full), pos2(column.right() - 1.0, foot));
        painter.rect_filled(drawn, CornerRadius { nw: 2, ne: 2, sw: 0, se: 0 }, color);
        if response.clicked() {
            table.filter.bar = (!chosen).then_some((picture, bar));
        }
        response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(format!("{told}\n{}", t.bar_hint));
    }
    // As many names as there is room for, the chosen and the highest bars first; a bar under the pointer says its own.
    let mut order: Vec<usize> = (0..bars.len()).collect();
    let is_chosen = |place: usize| table.filter.bar == Some((picture, bars[place].0));
    order.sort_by_key(|place| (!is_chosen(*place), bars[*place].1 < most, *place));
    let mut taken: Vec<Rangef> = Vec::new();
    for place in order {
        let color = if is_chosen(place) { tokens.strong } else { tokens.subdued };
        let short = short_label(picture, bars[place].0, state.text());
        let galley = painter.layout_no_wrap(short, FontId::proportional(10.5), color);
        let half = galley.size().x / 2.0;
        let middle = rect.left() + (place as f32 + 0.5) * width;
        let middle = middle.clamp(rect.left() + half, (rect.right() - half).max(rect.left() + half));
        let span = Rangef::new(middle - half, middle + half);
        if taken.iter().all(|other| span.max + 5.0 <= other.min || other.max + 5.0 <= span.min) {
            taken.push(span);
            painter.galley(pos2(span.min, foot + 3.0), galley, color);
        }
    }
}

/// The name of a bar in the window's language.
pub fn label(picture: Picture, bar: usize, t: &Text) -> String {
    let name = picture.label(bar);
    match (picture, name.strip_suffix(" 3"), name.strip_suffix('.')) {
        (Picture::Durations, Some(value), _) => fill(t.lib.triplet, &[value]),
        (Picture::Durations, _, Some(value)) => fill(t.lib.dotted, &[value]),
        (Picture::Keys, ..) if bar + 1 == picture.n_bars() => t.lib.key_unknown.to_owned(),
        (Picture::Keys, ..) => key_words(t, &name),
        (Picture::Meters, ..) if bar + 1 == picture.n_bars() => t.lib.other_meters.to_owned(),
        _ => name,
    }
}

/// As a musician writes it where there is little room.
fn short_label(picture: Picture, bar: usize, t: &Text) -> String {
    match picture {
        Picture::Durations => picture.label(bar).replace(" 3", "T"),
        _ => label(picture, bar, t),
    }
}

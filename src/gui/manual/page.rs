//! Draws the blocks of a page.

use super::Opened;
use super::markdown::{Block, Span};
use crate::gui::action::{Action, Actions};
use crate::gui::theme::{RADIUS, Tokens};
use eframe::egui::{CornerRadius, Frame, Label, Layout, Margin, Response, RichText, ScrollArea, Ui, vec2};

pub fn block_ui(ui: &mut Ui, block: &Block, actions: &mut Actions) -> Response {
    match block {
        Block::Heading(rank, _) => heading_ui(ui, *rank, &block.words()),
        Block::Paragraph(spans) => flow_ui(ui, spans, actions),
        Block::Item(mark, spans) => {
            let row = ui.horizontal_top(|ui| {
                let width = if mark.ends_with('.') { 20.0 } else { 12.0 };
                ui.spacing_mut().item_spacing.x = 0.0;
                // In the middle of a row as high as the first row of the words, or it would stand above them.
                let size = vec2(width, ui.spacing().interact_size.y);
                ui.allocate_ui_with_layout(size, Layout::left_to_right(eframe::egui::Align::Center), |ui| {
                    ui.set_width(width);
                    ui.label(mark);
                });
                flow_ui(ui, spans, actions);
            });
            row.response
        }
        Block::Code(code) => code_ui(ui, code),
        Block::Table(rows) => table_ui(ui, rows, actions),
        // What it shows, in words; the page draws the picture itself.
        Block::Picture { words, .. } => ui.label(words),
    }
}

fn heading_ui(ui: &mut Ui, rank: u8, words: &str) -> Response {
    if rank > 1 {
        ui.add_space(10.0);
    }
    let size = match rank {
        1 => 20.0,
        2 => 16.0,
        _ => 14.0,
    };
    ui.label(RichText::new(words).size(size).color(Tokens::of(ui).strong))
}

/// Words that run on from line to line.
fn flow_ui(ui: &mut Ui, spans: &[Span], actions: &mut Actions) -> Response {
    let strong = Tokens::of(ui).strong;
    let flow = ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 3.0);
        ui.spacing_mut().interact_size.y = 0.0;
        for span in spans {
            let text = RichText::new(&span.text);
            let text = match span {
                Span { code: true, .. } => text.code().color(strong),
                Span { strong: true, .. } | Span { emphasis: true, .. } => text.color(strong),
                _ => text,
            };
            let Some(link) = &span.link else {
                ui.label(text);
                continue;
            };
            if ui.link(&span.text).clicked()
                && let Some(to) = Opened::by_link(link)
            {
                actions.push(Action::OpenManual(Some(to)));
            }
        }
    });
    flow.response
}

fn code_ui(ui: &mut Ui, code: &str) -> Response {
    let t = Tokens::of(ui);
    let ground = Frame::new().fill(t.canvas).corner_radius(CornerRadius::same(RADIUS)).inner_margin(Margin::same(10));
    let shown = ground.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ScrollArea::horizontal().id_salt(code).show(ui, |ui| {
            ui.add(Label::new(RichText::new(code).monospace().color(t.text)).extend());
        });
    });
    shown.response
}

/// Columns as wide as what stands in them asks for, the last one takes the rest.
fn table_ui(ui: &mut Ui, rows: &[Vec<Vec<Span>>], actions: &mut Actions) -> Response {
    let t = Tokens::of(ui);
    let n = rows.iter().map(Vec::len).max().unwrap_or(0);
    let letters =
        |cell: &[Span]| cell.iter().flat_map(|s| s.text.chars()).map(|c| 1 + usize::from(!c.is_ascii())).sum();
    let widest = |i: usize| rows.iter().filter_map(|r| r.get(i)).map(|c| letters(c)).max().unwrap_or(0);
    let widths: Vec<f32> = (0..n).map(|i| (widest(i) as f32 * 7.5 + 20.0).min(240.0)).collect();
    let whole = ui.available_width();
    let rows_ui = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 4.0);
        for (i, row) in rows.iter().enumerate() {
            ui.horizontal_top(|ui| {
                for (j, cell) in row.iter().enumerate() {
                    let before: f32 = widths[..j].iter().sum();
                    let width = if j + 1 == n { (whole - before).max(120.0) } else { widths[j] };
                    ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(eframe::egui::Align::Min), |ui| {
                        ui.set_width(width - 8.0);
                        if i == 0 {
                            ui.visuals_mut().override_text_color = Some(t.subdued);
                        }
                        flow_ui(ui, cell, actions);
                    });
                }
            });
            if i == 0 {
                ui.separator();
            }
        }
    };
    ui.vertical(rows_ui).response
}

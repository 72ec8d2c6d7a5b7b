//! The report card on one page: what the model predicts, whether it knows what it knows, what it
//! writes, what it copies and how it sounds. The same figures as the page in the run's folder.

use super::report_pictures::{copies_ui, lines_ui, reliability_ui};
use super::takes::take_ui;
use super::thousands;
use super::view::{Detail, TrainRequest};
use crate::corpus::style::Spread;
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::{fill, sentence};
use crate::gui::theme::{ROW, Tokens};
use crate::gui::widgets::{card, plain_button, subdued};
use crate::train::ReportCard;
use crate::train::report_card::{FOUND_NOTES, HeldOut, Part, TakeRow};
use eframe::egui::{Align, CornerRadius, Grid, Layout, Rect, RichText, ScrollArea, Sense, Ui, vec2};

pub fn report_ui(ui: &mut Ui, state: &State, name: &str, detail: Option<&Detail>, actions: &mut Actions) {
    let t = state.text();
    let row = state.session.train.row(name);
    let Some(report) = detail.and_then(|d| d.card.as_deref()) else {
        ui.add_space(24.0);
        ui.vertical_centered(|ui| {
            subdued(ui, t.tr.report_none);
            let can = row.is_some_and(|r| r.has_model) && state.session.train.active().is_none();
            if ui.add_enabled_ui(can, |ui| plain_button(ui, t.tr.make_report)).inner.clicked() {
                actions.push(Action::Train(TrainRequest::Report(name.to_owned())));
            }
        });
        return;
    };
    ScrollArea::vertical().id_salt("report").auto_shrink(false).show(ui, |ui| {
        ui.set_width(ui.available_width() - 6.0);
        ui.spacing_mut().item_spacing.y = 6.0;
        head_ui(ui, state, report, actions);
        let wide = ui.available_width() > 620.0;
        if let Some(h) = &report.held_out {
            two(ui, wide, |ui| held_out_ui(ui, state, h), |ui| know_ui(ui, state, h));
            two(
                ui,
                wide,
                |ui| parts_ui(ui, state, t.tr.rc_by_style, &h.styles),
                |ui| {
                    parts_ui(ui, state, t.tr.rc_by_length, &h.lengths);
                },
            );
        }
        takes_ui(ui, state, report, detail, wide, actions);
        copied_ui(ui, state, report);
        style_ui(ui, state, report);
        if !report.remarks.is_empty() {
            part(ui, t.tr.rc_remarks, |ui| {
                for remark in &report.remarks {
                    ui.label(sentence(remark, t));
                }
            });
        }
    });
}

/// A card with a title, as wide as there is room.
fn part(ui: &mut Ui, title: &str, add: impl FnOnce(&mut Ui)) {
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(title).size(15.0).color(Tokens::of(ui).strong));
        add(ui);
    });
}

/// Beside each other where there is room.
fn two(ui: &mut Ui, wide: bool, left: impl FnOnce(&mut Ui), right: impl FnOnce(&mut Ui)) {
    if wide {
        ui.columns(2, |columns| {
            left(&mut columns[0]);
            right(&mut columns[1]);
        });
    } else {
        left(ui);
        right(ui);
    }
}

fn head_ui(ui: &mut Ui, state: &State, report: &ReportCard, actions: &mut Actions) {
    let t = state.text();
    let strong = Tokens::of(ui).strong;
    let mut figures: Vec<(String, &str)> = Vec::new();
    if let Some(h) = &report.held_out {
        figures.extend(h.lines.first().map(|l| (format!("{:.3}", l.nats_per_note), t.tr.rc_nats)));
        figures.extend(report.saved_against("n-gram").map(|s| (format!("{s:+.3}"), t.tr.rc_saved)));
        figures.extend(h.reliability.first().map(|r| (format!("{:.1} %", 100.0 * r.error), t.tr.rc_error)));
    }
    figures.extend(report.originality.percentile.map(|p| (format!("{p:.0}"), t.tr.rc_percentile)));
    ui.horizontal(|ui| {
        for (figure, name) in figures {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.label(RichText::new(figure).size(26.0).color(strong));
                subdued(ui, name);
            });
            ui.add_space(18.0);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let row = state.session.train.row(&report.name);
            if let Some(row) = row
                && plain_button(ui, t.tr.open_page).clicked()
            {
                actions.push(Action::OpenOutside(ReportCard::page(&row.dir)));
            }
            let idle = state.session.train.active().is_none();
            if ui.add_enabled_ui(idle, |ui| plain_button(ui, t.tr.again)).inner.clicked() {
                actions.push(Action::Train(TrainRequest::Report(report.name.clone())));
            }
        });
    });
}

fn held_out_ui(ui: &mut Ui, state: &State, h: &HeldOut) {
    let t = state.text();
    part(ui, t.tr.rc_lines, |ui| {
        subdued(ui, fill(t.tr.rc_held_out, &[&thousands(h.pieces as u64)]));
        lines_ui(ui, state, &h.lines, &h.fields);
        ui.add_space(4.0);
        let tokens = Tokens::of(ui);
        Grid::new("fields of the report").num_columns(h.fields.len() + 1).spacing([12.0, 3.0]).show(ui, |ui| {
            ui.label("");
            for (f, field) in h.fields.iter().enumerate() {
                ui.label(RichText::new(t.tr.field(field)).color(tokens.voice(f)).small());
            }
            ui.end_row();
            for line in &h.lines {
                ui.label(RichText::new(t.tr.field(&line.name)).color(tokens.subdued).small());
                for nats in &line.fields {
                    ui.label(RichText::new(format!("{nats:.3}")).small());
                }
                ui.end_row();
            }
            ui.label(RichText::new(t.tr.rc_right).color(tokens.subdued).small());
            for share in &h.accuracy {
                ui.label(RichText::new(format!("{:.0} %", 100.0 * share)).small());
            }
            ui.end_row();
        });
    });
}

fn know_ui(ui: &mut Ui, state: &State, h: &HeldOut) {
    let t = state.text();
    part(ui, t.tr.rc_reliability, |ui| {
        subdued(ui, t.tr.rc_reliability_hint);
        if let Some(all) = h.reliability.first() {
            reliability_ui(ui, state, all);
        }
    });
}

fn parts_ui(ui: &mut Ui, state: &State, title: &str, parts: &[Part]) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    part(ui, title, |ui| {
        let most = parts.iter().map(|p| p.ngram.max(p.nats_per_note)).fold(1e-9, f64::max);
        Grid::new(title).num_columns(3).spacing([12.0, 3.0]).show(ui, |ui| {
            for p in parts {
                let name = if p.name.is_empty() { t.tr.rc_no_style } else { &p.name };
                let pieces = fill(t.tr.rc_pieces, &[&thousands(p.pieces as u64)]);
                ui.label(name).on_hover_text(&pieces);
                ui.label(RichText::new(format!("{:.3}", p.nats_per_note)).color(tokens.strong));
                let (rect, response) =
                    ui.allocate_exact_size(vec2(ui.available_width().max(80.0), 12.0), Sense::hover());
                let wide = |nats: f64| Rect::from_min_size(rect.min, vec2(rect.width() * (nats / most) as f32, 12.0));
                ui.painter().rect_filled(wide(p.ngram), CornerRadius::same(3), tokens.hover);
                ui.painter().rect_filled(wide(p.nats_per_note), CornerRadius::same(3), tokens.accent);
                response.on_hover_text(format!("{pieces}\n{} {:.3}", t.tr.ngram, p.ngram));
                ui.end_row();
            }
        });
    });
}

fn takes_ui(
    ui: &mut Ui,
    state: &State,
    report: &ReportCard,
    detail: Option<&Detail>,
    wide: bool,
    actions: &mut Actions,
) {
    let t = state.text();
    let takes = detail.map_or(&[][..], |d| d.card_takes.as_slice());
    if takes.is_empty() {
        return;
    }
    ui.add_space(4.0);
    ui.label(RichText::new(t.tr.rc_takes).size(15.0).color(Tokens::of(ui).strong));
    let n = if wide { 2 } else { 1 };
    ui.columns(n, |columns| {
        for (i, take) in takes.iter().enumerate() {
            let ui = &mut columns[i % n];
            let name = fill(t.tr.take_n, &[&(i + 1).to_string()]);
            take_ui(ui, state, take, &name, 56.0, actions);
            if let Some(row) = report.takes.get(i) {
                ui.label(RichText::new(about_take(state, row)).color(Tokens::of(ui).subdued).small());
            }
        }
    });
}

fn about_take(state: &State, row: &TakeRow) -> String {
    let t = state.text();
    match &row.copy {
        Some(c) => {
            let values = [row.notes.to_string(), c.notes.to_string(), c.source.clone(), c.bar.to_string()];
            fill(t.tr.rc_take, &values.each_ref().map(String::as_str))
        }
        None => fill(t.tr.rc_take_new, &[&row.notes.to_string()]),
    }
}

fn copied_ui(ui: &mut Ui, state: &State, report: &ReportCard) {
    let t = state.text();
    let o = &report.originality;
    if o.takes.is_empty() {
        return;
    }
    part(ui, t.tr.rc_copies, |ui| {
        subdued(ui, t.tr.rc_copies_hint);
        copies_ui(ui, state, o);
        if let (Some(takes), Some(people)) = (o.takes_found, o.held_out_found) {
            let percent = |share: f64| format!("{:.0}", 100.0 * share);
            ui.label(fill(t.tr.rc_found, &[&FOUND_NOTES.to_string(), &percent(takes), &percent(people)]));
        }
    });
}

fn style_ui(ui: &mut Ui, state: &State, report: &ReportCard) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    if report.style.is_empty() {
        return;
    }
    let spread = |s: Option<Spread>| s.map_or("–".to_owned(), |s| format!("{:.2} ± {:.2}", s.mean, s.deviation));
    part(ui, t.tr.rc_style, |ui| {
        subdued(ui, fill(t.tr.rc_style_hint, &[&report.style_bars.to_string()]));
        Grid::new("style").num_columns(6).spacing([18.0, 2.0]).striped(true).min_row_height(ROW - 4.0).show(ui, |ui| {
            let heads = [
                t.tr.rc_figure,
                t.tr.rc_col_takes,
                t.tr.rc_col_held_out,
                t.tr.rc_col_training,
                t.tr.rc_col_overlap,
                t.tr.rc_col_people,
            ];
            for head in heads {
                ui.label(RichText::new(head).color(tokens.subdued).small());
            }
            ui.end_row();
            for row in &report.style {
                ui.label(t.tr.feature(&row.feature));
                ui.label(RichText::new(spread(row.takes)).color(tokens.strong));
                ui.label(spread(row.held_out));
                ui.label(spread(row.corpus));
                overlap_ui(ui, row.overlap_held_out);
                overlap_ui(ui, row.overlap_people);
                ui.end_row();
            }
        });
    });
}

/// A number between 0 and 1 with its bar.
fn overlap_ui(ui: &mut Ui, overlap: Option<f64>) {
    let tokens = Tokens::of(ui);
    let Some(overlap) = overlap else {
        ui.label("–");
        return;
    };
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(56.0, 7.0), Sense::hover());
        ui.painter().rect_filled(rect, CornerRadius::same(3), tokens.hover);
        let full = Rect::from_min_size(rect.min, vec2(rect.width() * overlap.clamp(0.0, 1.0) as f32, rect.height()));
        ui.painter().rect_filled(full, CornerRadius::same(3), tokens.accent);
        ui.label(format!("{overlap:.2}"));
    });
}

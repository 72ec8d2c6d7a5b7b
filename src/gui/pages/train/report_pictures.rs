//! The pictures of the report card: stacked bars, the reliability curve, the passages copied.

use crate::gui::state::State;
use crate::gui::text::fill;
use crate::gui::theme::{Tokens, mix};
use crate::train::report_card::{Line, Originality, Reliability};
use eframe::egui::{
    Align2, CornerRadius, FontId, Pos2, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};

fn small() -> FontId {
    FontId::proportional(11.0)
}

/// A row of stacked bars for each line: what each field costs.
pub fn lines_ui(ui: &mut Ui, state: &State, lines: &[Line], fields: &[String]) {
    const ROW: f32 = 24.0;
    const LABEL: f32 = 64.0;
    const VALUE: f32 = 52.0;
    let t = state.text();
    let tokens = Tokens::of(ui);
    let most = lines.iter().map(|l| l.nats_per_note).fold(1e-9, f64::max);
    let width = ui.available_width();
    for line in lines {
        let (rect, response) = ui.allocate_exact_size(vec2(width, ROW - 4.0), Sense::hover());
        let name = t.tr.field(&line.name);
        let told = |(f, nats): (&String, &f64)| format!("{} {nats:.3}", t.tr.field(f));
        let told: Vec<String> = fields.iter().zip(&line.fields).map(told).collect();
        let all = format!("{name} {:.3}: {}", line.nats_per_note, told.join(", "));
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &all));
        let painter = ui.painter();
        painter.text(rect.left_center(), Align2::LEFT_CENTER, name, FontId::proportional(12.5), tokens.text);
        let scale = (width - LABEL - VALUE) / most as f32;
        let mut x = rect.left() + LABEL;
        for (f, nats) in line.fields.iter().enumerate().take(5) {
            let wide = (*nats as f32 * scale).max(0.0);
            let bar = Rect::from_min_size(pos2(x, rect.top() + 2.0), vec2(wide, rect.height() - 4.0));
            painter.rect_filled(bar, CornerRadius::same(1), tokens.voice(f));
            x += wide;
        }
        let value = format!("{:.3}", line.nats_per_note);
        painter.text(
            pos2(x + 6.0, rect.center().y),
            Align2::LEFT_CENTER,
            value,
            FontId::proportional(12.5),
            tokens.strong,
        );
        response.on_hover_text(all);
    }
}

/// How often the first choice was right against how sure the model was.
pub fn reliability_ui(ui: &mut Ui, state: &State, of: &Reliability) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    let side = ui.available_width().min(230.0);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), side), Sense::hover());
    let square = Rect::from_min_size(rect.min + vec2(38.0, 8.0), vec2(side - 30.0, side - 30.0));
    let at =
        |x: f64, y: f64| pos2(square.left() + x as f32 * square.width(), square.bottom() - y as f32 * square.height());
    let painter = ui.painter();
    for mark in [0.0, 0.25, 0.5, 0.75, 1.0] {
        painter.line_segment([at(0.0, mark), at(1.0, mark)], Stroke::new(1.0, tokens.line));
        let text = format!("{:.0} %", 100.0 * mark);
        painter.text(at(0.0, mark) - vec2(6.0, 0.0), Align2::RIGHT_CENTER, &text, small(), tokens.subdued);
        painter.text(at(mark, 0.0) + vec2(0.0, 4.0), Align2::CENTER_TOP, &text, small(), tokens.subdued);
    }
    painter.extend(Shape::dashed_line(&[at(0.0, 0.0), at(1.0, 1.0)], Stroke::new(1.0, tokens.subdued), 5.0, 4.0));
    let total = of.bins.iter().map(|b| b.choices).sum::<u64>().max(1) as f64;
    let seen: Vec<_> = of.bins.iter().filter(|b| b.choices > 0).collect();
    let path: Vec<Pos2> = seen.iter().map(|b| at(b.confidence, b.right)).collect();
    painter.add(Shape::line(path, Stroke::new(1.8, tokens.accent)));
    let mut told = Vec::new();
    let pointer = response.hover_pos();
    let mut under = None;
    for b in &seen {
        let place = at(b.confidence, b.right);
        let radius = 2.5 + 8.0 * (b.choices as f64 / total).sqrt() as f32;
        painter.circle_filled(place, radius, mix(tokens.panel, tokens.accent, 0.85));
        let percent = |share: f64| format!("{:.0}", 100.0 * share);
        let words = fill(t.tr.rc_bin, &[&super::thousands(b.choices), &percent(b.confidence), &percent(b.right)]);
        if pointer.is_some_and(|p| p.distance(place) <= radius + 4.0) {
            under = Some(words.clone());
        }
        told.push(words);
    }
    response
        .widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{} {}", t.tr.rc_reliability, told.join("; "))));
    if let Some(words) = under {
        response.on_hover_text(words);
    }
}

/// Longest copies in notes: held-out pieces as bars, takes as triangles.
pub fn copies_ui(ui: &mut Ui, state: &State, o: &Originality) {
    const HEIGHT: f32 = 120.0;
    const FOOT: f32 = 30.0;
    let t = state.text();
    let tokens = Tokens::of(ui);
    let most = o.held_out.iter().chain(&o.takes).copied().max().unwrap_or(0) + 1;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let base = rect.bottom() - FOOT;
    let wide = (rect.width() - 16.0) / most as f32;
    let x = |notes: usize| rect.left() + 8.0 + notes as f32 * wide;
    let mut counts = vec![0usize; most + 1];
    o.held_out.iter().for_each(|n| counts[*n] += 1);
    let tallest = counts.iter().copied().max().unwrap_or(1).max(1) as f32;
    let painter = ui.painter();
    for (notes, n) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
        let tall = *n as f32 / tallest * (base - rect.top() - 6.0);
        let bar = Rect::from_min_max(pos2(x(notes), base - tall), pos2(x(notes) + (wide - 1.0).max(1.0), base));
        painter.rect_filled(bar, CornerRadius { nw: 2, ne: 2, sw: 0, se: 0 }, mix(tokens.panel, tokens.warning, 0.6));
    }
    painter.hline(rect.x_range(), base, Stroke::new(1.0, tokens.line));
    for notes in &o.takes {
        let tip = pos2(x(*notes) + wide / 2.0, base + 2.0);
        let foot = [tip, tip + vec2(4.5, 9.0), tip + vec2(-4.5, 9.0)];
        painter.add(Shape::convex_polygon(foot.to_vec(), tokens.accent, Stroke::NONE));
    }
    for share in 0..=4 {
        let notes = (most - 1) * share / 4;
        painter.text(
            pos2(x(notes) + wide / 2.0, base + 13.0),
            Align2::CENTER_TOP,
            notes.to_string(),
            small(),
            tokens.subdued,
        );
    }
    let told = format!("{}: {:?} / {:?}", t.tr.rc_copies, o.takes, o.held_out);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &told));
    let under = response.hover_pos().map(|p| ((p.x - rect.left() - 8.0) / wide).max(0.0) as usize);
    if let Some(notes) = under.filter(|n| counts.get(*n).is_some_and(|c| *c > 0)) {
        response.on_hover_text(fill(t.tr.rc_copies_bar, &[&counts[notes].to_string(), &notes.to_string()]));
    }
}

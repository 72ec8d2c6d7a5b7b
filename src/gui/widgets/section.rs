//! Headings that fold, cards, and rows of a label with its control.

use crate::gui::theme::{RADIUS_PANEL, ROW, Tokens, mix};
use eframe::egui::{self, CollapsingHeader, CornerRadius, Frame, Layout, Margin, Response, RichText, Ui, vec2};

/// A heading that folds what is under it.
pub fn section<R>(ui: &mut Ui, id: &str, title: &str, open: bool, add: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    let t = Tokens::of(ui);
    CollapsingHeader::new(RichText::new(title).color(t.strong))
        .id_salt(id)
        .default_open(open)
        .show_unindented(ui, |ui| {
            ui.add_space(2.0);
            add(ui)
        })
        .body_returned
}

/// A raised ground with round corners.
pub fn card<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> egui::InnerResponse<R> {
    let t = Tokens::of(ui);
    let radius = CornerRadius::same(RADIUS_PANEL);
    Frame::new().fill(mix(t.panel, t.raised, 0.6)).corner_radius(radius).inner_margin(Margin::same(12)).show(ui, add)
}

/// Words of the second rank.
pub fn subdued(ui: &mut Ui, text: impl Into<String>) -> Response {
    let color = Tokens::of(ui).subdued;
    ui.label(RichText::new(text).color(color))
}

/// A label on the left and the control it names on the right, in columns that line up.
pub fn labelled(ui: &mut Ui, label: &str, add: impl FnOnce(&mut Ui) -> Response) -> Response {
    ui.horizontal(|ui| {
        let name = name_ui(ui, label);
        let response = super::fields(ui, add);
        // A control that carries its own words keeps them as its name.
        if label.is_empty() { response } else { response.labelled_by(name.id) }
    })
    .inner
}

/// As [`labelled`], for several controls that carry their own words.
pub fn labelled_group(ui: &mut Ui, label: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        name_ui(ui, label);
        super::fields(ui, add);
    });
}

fn name_ui(ui: &mut Ui, label: &str) -> Response {
    const LABEL: f32 = 84.0;
    let color = Tokens::of(ui).subdued;
    let (rect, _) = ui.allocate_exact_size(vec2(LABEL, ROW), egui::Sense::hover());
    let layout = Layout::left_to_right(egui::Align::Center);
    let mut column = ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(layout));
    column.add(egui::Label::new(RichText::new(label).color(color)).truncate())
}

//! The buttons of the house: an icon with a name, a filled one for what a page is for, a plain one.

use super::icon::Icon;
use crate::gui::theme::{RADIUS, ROW, ROW_TALL, Tokens, mix};
use eframe::egui::{
    self, Button, CornerRadius, Direction, Layout, Response, RichText, Sense, Ui, WidgetInfo, accesskit::Role, vec2,
};

/// An icon that can be pressed. `name` is its tooltip and what a screen reader says.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str, chosen: bool) -> Response {
    icon_button_sized(ui, icon, name, chosen, ROW + 4.0)
}

pub fn icon_button_sized(ui: &mut Ui, icon: Icon, name: &str, chosen: bool, size: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(size, size), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, chosen, name));
    let t = Tokens::of(ui);
    if ui.is_rect_visible(rect) {
        let hovered = response.hovered() && enabled;
        let fill = match (chosen, hovered) {
            (true, _) => t.accent_soft,
            (false, true) => t.hover,
            (false, false) => egui::Color32::TRANSPARENT,
        };
        ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), fill);
        let color = if chosen || hovered { t.strong } else { t.text };
        let color = if enabled { color } else { color.gamma_multiply(0.4) };
        icon.paint(ui.painter(), rect, color);
        focus_ring(ui, &response);
    }
    response.on_hover_text(name)
}

/// A frame round what has the keyboard's focus.
pub fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
        let t = Tokens::of(ui);
        let stroke = egui::Stroke::new(1.5, t.accent);
        ui.painter().rect_stroke(response.rect, CornerRadius::same(RADIUS), stroke, egui::StrokeKind::Inside);
    }
}

/// What the page is for: filled with the accent colour.
pub fn primary_button(ui: &mut Ui, text: &str, width: f32) -> Response {
    let t = Tokens::of(ui);
    // Where it cannot be pressed it must not shine.
    let (ink, fill) = if ui.is_enabled() { (t.on_accent, t.accent) } else { (t.text, t.hover) };
    let label = RichText::new(text).color(ink).strong();
    let button = Button::new(label).fill(fill).corner_radius(CornerRadius::same(RADIUS));
    // Text in the middle of a button that is wider than it.
    let layout = Layout::centered_and_justified(Direction::LeftToRight);
    let response = if width > 0.0 {
        ui.allocate_ui_with_layout(vec2(width, ROW_TALL), layout, |ui| ui.add(button)).inner
    } else {
        ui.add(button.min_size(vec2(0.0, ROW_TALL)))
    };
    focus_ring(ui, &response);
    response
}

/// A button among others: quiet, but seen to be one. In a line that wraps, a whole one goes to the next line.
pub fn plain_button(ui: &mut Ui, text: &str) -> Response {
    /// Longer texts are broken.
    const ONE_LINE: usize = 48;
    let t = Tokens::of(ui);
    let fill = mix(t.raised, t.hover, 0.4);
    let mode = if text.chars().count() <= ONE_LINE { egui::TextWrapMode::Extend } else { egui::TextWrapMode::Wrap };
    // A scope of its own would keep it from going to the next line.
    let before = std::mem::replace(&mut ui.visuals_mut().widgets.inactive.weak_bg_fill, fill);
    let response = ui.add(Button::new(text).wrap_mode(mode).min_size(vec2(0.0, ROW + 4.0)));
    ui.visuals_mut().widgets.inactive.weak_bg_fill = before;
    focus_ring(ui, &response);
    response
}

/// Gives combo boxes and number fields drawn by `add` a ground of their own.
pub fn fields<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let fill = Tokens::of(ui).raised;
    ui.scope(|ui| {
        ui.visuals_mut().widgets.inactive.weak_bg_fill = fill;
        add(ui)
    })
    .inner
}

/// A small switch with words on it: filters, mute, solo.
pub fn chip(ui: &mut Ui, text: &str, chosen: bool) -> Response {
    let t = Tokens::of(ui);
    let label = RichText::new(text).color(if chosen { t.strong } else { t.text });
    let button = Button::selectable(chosen, label).corner_radius(CornerRadius::same(12));
    let response = fields(ui, |ui| ui.add(button.min_size(vec2(0.0, ROW))));
    focus_ring(ui, &response);
    response
}

/// A slider with a handle no larger than it need be.
pub fn slider(ui: &mut Ui, slider: egui::Slider<'_>) -> Response {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 16.0;
        ui.spacing_mut().button_padding.y = 0.0;
        let t = Tokens::of(ui);
        let widgets = &mut ui.visuals_mut().widgets;
        for state in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
            state.fg_stroke.color = t.accent;
        }
        // The number beside the rail is read, not pressed on.
        widgets.inactive.weak_bg_fill = egui::Color32::TRANSPARENT;
        ui.visuals_mut().override_text_color = Some(t.text);
        ui.visuals_mut().selection.bg_fill = t.accent;
        ui.add(slider)
    })
    .inner
}

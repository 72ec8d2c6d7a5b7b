//! A voice's colour: pressed, it offers the others.

use crate::gui::action::Actions;
use crate::gui::state::State;
use crate::gui::text::fill;
use crate::gui::theme::{N_HUES, Tokens};
use crate::gui::widgets::focus_ring;
use crate::project::{Edit, VoiceChange};
use eframe::egui::{
    Color32, CornerRadius, Popup, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit, vec2,
};

pub fn swatch_ui(ui: &mut Ui, rect: Rect, state: &State, i: usize, name: &str, silent: bool, actions: &mut Actions) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    let response = ui.interact(rect, ui.scope_id().with(("colour", i)), Sense::click());
    let label = fill(t.over.colour_of, &[name]);
    response.widget_info(|| WidgetInfo::labeled(accesskit::Role::Button, true, &label));
    let square = Rect::from_center_size(rect.center(), vec2(12.0, 12.0));
    let color = if silent { tokens.subdued } else { tokens.voice(state.hue(i)) };
    ui.painter().rect_filled(square, CornerRadius::same(3), color);
    if response.hovered() {
        ui.painter().rect_stroke(
            square.expand(2.0),
            CornerRadius::same(4),
            Stroke::new(1.0, tokens.strong),
            StrokeKind::Inside,
        );
    }
    focus_ring(ui, &response);
    let response = response.on_hover_text(label);
    let chosen = state.project.score().voices.get(i).and_then(|v| v.color);
    Popup::menu(&response).show(|ui| {
        let mut choose = |color: Option<u8>| {
            let change = VoiceChange { color: Some(color), ..VoiceChange::default() };
            actions.edit(Edit::SetVoice { voice: i, change });
        };
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for hue in 0..N_HUES {
                let name = t.over.colours[usize::from(hue)];
                if choice(ui, tokens.voice(usize::from(hue)), name, chosen == Some(hue)).clicked() {
                    choose(Some(hue));
                    ui.close();
                }
            }
        });
        if ui.selectable_label(chosen.is_none(), t.over.colour_own).clicked() {
            choose(None);
            ui.close();
        }
    });
}

fn choice(ui: &mut Ui, color: Color32, name: &str, chosen: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(22.0, 22.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(accesskit::Role::Button, true, chosen, name));
    ui.painter().rect_filled(rect.shrink(3.0), CornerRadius::same(4), color);
    if chosen || response.hovered() {
        let stroke = Stroke::new(1.5, Tokens::of(ui).strong);
        ui.painter().rect_stroke(rect, CornerRadius::same(5), stroke, StrokeKind::Inside);
    }
    focus_ring(ui, &response);
    response.on_hover_text(name)
}

//! One voice in the list: pressed, it is taken in hand; dragged, it goes elsewhere; its switches stand at the right.

use super::{colour, instrument, voice_name};
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::{fill, role_name};
use crate::gui::theme::{RADIUS, Tokens};
use crate::gui::widgets::{Icon, focus_ring};
use crate::music::Voice;
use crate::project::{Edit, VoiceChange};
use eframe::egui::{
    Align, Align2, Color32, CornerRadius, FontId, Layout, Rect, Response, Sense, Ui, UiBuilder, WidgetInfo, accesskit,
    pos2, vec2,
};

const HEIGHT: f32 = 36.0;
/// What the switches take at the right, and the colour at the left.
const SWITCHES: f32 = 76.0;
const SWATCH: f32 = 26.0;

pub fn row_ui(ui: &mut Ui, state: &State, i: usize, voice: &Voice, actions: &mut Actions) -> Response {
    let t = state.text();
    let tokens = Tokens::of(ui);
    let name = voice_name(voice, i, t);
    let chosen = i == state.view.voice;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::selected(accesskit::Role::Button, true, chosen, fill(t.voice_row, &[&name])));
    let ground = match (chosen, response.hovered()) {
        (true, _) => tokens.accent_soft,
        (false, true) => tokens.hover,
        _ => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), ground);
    focus_ring(ui, &response);
    let silent = state.view.silent(state.project.score().voices.len())[i];
    words(ui, rect, &name, instrument(voice, t), voice.notes.len(), silent);
    if response.clicked() {
        actions.push(Action::SetVoice(i));
    }
    let response = response.on_hover_text(fill(t.voice_hint, &[&name, role_name(t, voice.role), instrument(voice, t)]));

    let left = Rect::from_min_size(rect.min, vec2(SWATCH, HEIGHT));
    colour::swatch_ui(ui, left, state, i, &name, silent, actions);
    let get = |list: &[bool]| list.get(i).copied().unwrap_or(false);
    let right = Rect::from_min_max(pos2(rect.right() - SWITCHES, rect.top()), rect.max);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(right).layout(Layout::right_to_left(Align::Center)));
    ui.spacing_mut().item_spacing.x = 2.0;
    ui.add_space(3.0);
    if switch(&mut ui, Sign::Letter("S"), &fill(t.solo_voice, &[&name]), get(&state.view.soloed), tokens.warning)
        .clicked()
    {
        actions.push(Action::ToggleSolo(i));
    }
    if switch(&mut ui, Sign::Letter("M"), &fill(t.mute_voice, &[&name]), get(&state.view.muted), tokens.error).clicked()
    {
        actions.push(Action::ToggleMute(i));
    }
    let sign = Sign::Icon(if voice.locked { Icon::Lock } else { Icon::Unlock });
    let lock = switch(&mut ui, sign, &fill(t.over.lock_voice, &[&name]), voice.locked, tokens.info);
    if lock.on_hover_text(t.over.locked_hint).clicked() {
        let change = VoiceChange { locked: Some(!voice.locked), ..VoiceChange::default() };
        actions.edit(Edit::SetVoice { voice: i, change });
    }
    response
}

/// The name, and under it the instrument and how many notes there are.
fn words(ui: &Ui, rect: Rect, name: &str, instrument: &str, n_notes: usize, silent: bool) {
    let tokens = Tokens::of(ui);
    let clip = Rect::from_min_max(rect.min + vec2(SWATCH, 0.0), pos2(rect.right() - SWITCHES, rect.bottom()));
    let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
    let strong = if silent { tokens.subdued } else { tokens.strong };
    painter.text(clip.left_top() + vec2(0.0, 11.0), Align2::LEFT_CENTER, name, FontId::proportional(13.5), strong);
    let under = format!("{instrument} · {n_notes}");
    painter.text(
        clip.left_top() + vec2(0.0, 26.0),
        Align2::LEFT_CENTER,
        under,
        FontId::proportional(11.0),
        tokens.subdued,
    );
}

enum Sign {
    Letter(&'static str),
    Icon(Icon),
}

/// A square switch with a letter or an icon on it.
fn switch(ui: &mut Ui, sign: Sign, name: &str, chosen: bool, color: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(22.0, 22.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(accesskit::Role::Button, true, chosen, name));
    let tokens = Tokens::of(ui);
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), if chosen { color } else { tokens.hover });
    }
    let ink = if chosen { tokens.panel } else { tokens.subdued };
    match sign {
        Sign::Letter(letter) => {
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, letter, FontId::proportional(11.5), ink);
        }
        Sign::Icon(icon) => icon.paint(ui.painter(), rect, ink),
    }
    focus_ring(ui, &response);
    response.on_hover_text(name)
}

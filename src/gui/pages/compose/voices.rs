//! The list of voices: which is in hand, its instrument, mute and solo.

use crate::gui::action::{Action, Actions};
use crate::gui::shortcuts::Command;
use crate::gui::state::State;
use crate::gui::text::{Text, fill, role_name};
use crate::gui::theme::{RADIUS, Tokens};
use crate::gui::widgets::{Icon, fields, focus_ring, icon_button_sized, section};
use crate::midi::general_midi;
use crate::music::{Role, Voice};
use crate::project::{Edit, VoiceChange};
use eframe::egui::{
    self, Align, Align2, ComboBox, CornerRadius, FontId, Layout, Response, RichText, Sense, TextEdit, Ui, WidgetInfo,
    accesskit, vec2,
};

pub fn voices_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    section(ui, "voices", t.voices, true, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (i, voice) in state.project.score().voices.iter().enumerate() {
            row_ui(ui, state, i, voice, actions);
            if i == state.view.voice {
                details_ui(ui, state, i, voice, actions);
            }
        }
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            let add = Command::AddVoice.name(t);
            if icon_button_sized(ui, Icon::Plus, add, false, 26.0).clicked() {
                actions.command(Command::AddVoice);
            }
            let remove = Command::RemoveVoice.name(t);
            let enabled = state.project.score().voices.len() > 1;
            if ui.add_enabled_ui(enabled, |ui| icon_button_sized(ui, Icon::Trash, remove, false, 26.0)).inner.clicked()
            {
                actions.command(Command::RemoveVoice);
            }
        });
    });
}

/// A name for every voice, where the file gave none too.
fn voice_name(voice: &Voice, i: usize, t: &Text) -> String {
    if voice.name.trim().is_empty() { fill(t.voice_n, &[&(i + 1).to_string()]) } else { voice.name.clone() }
}

fn row_ui(ui: &mut Ui, state: &State, i: usize, voice: &Voice, actions: &mut Actions) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    let name = voice_name(voice, i, t);
    let chosen = i == state.view.voice;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(accesskit::Role::Button, true, chosen, fill(t.voice_row, &[&name])));
    let fill_color = match (chosen, response.hovered()) {
        (true, _) => tokens.accent_soft,
        (false, true) => tokens.hover,
        _ => egui::Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), fill_color);
    focus_ring(ui, &response);
    let silent = state.view.silent(state.project.score().voices.len())[i];
    let swatch = egui::Rect::from_center_size(egui::pos2(rect.left() + 13.0, rect.center().y), vec2(10.0, 10.0));
    let color = if silent { tokens.subdued } else { tokens.voice(i) };
    ui.painter().rect_filled(swatch, CornerRadius::same(3), color);
    let text_color = if silent { tokens.subdued } else { tokens.strong };
    let room = rect.width() - 26.0 - 92.0;
    let galley = ui.painter().layout_no_wrap(name.clone(), FontId::proportional(13.5), text_color);
    let clip = egui::Rect::from_min_size(egui::pos2(rect.left() + 26.0, rect.top()), vec2(room, rect.height()));
    let y = rect.center().y - galley.size().y / 2.0;
    ui.painter().with_clip_rect(clip.intersect(ui.clip_rect())).galley(egui::pos2(clip.left(), y), galley, text_color);
    let count = voice.notes.len().to_string();
    let at = egui::pos2(rect.right() - 60.0, rect.center().y);
    ui.painter().text(at, Align2::RIGHT_CENTER, count, FontId::proportional(11.0), tokens.subdued);
    if response.clicked() {
        actions.push(Action::SetVoice(i));
    }
    response.on_hover_text(fill(t.voice_hint, &[&name, role_name(t, voice.role), instrument(voice, t)]));
    let get = |list: &[bool]| list.get(i).copied().unwrap_or(false);
    let buttons = egui::Rect::from_min_max(egui::pos2(rect.right() - 54.0, rect.top()), rect.max);
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(buttons).layout(Layout::right_to_left(Align::Center)));
    ui.spacing_mut().item_spacing.x = 2.0;
    ui.add_space(3.0);
    if letter(&mut ui, "S", &fill(t.solo_voice, &[&name]), get(&state.view.soloed), tokens.warning).clicked() {
        actions.push(Action::ToggleSolo(i));
    }
    if letter(&mut ui, "M", &fill(t.mute_voice, &[&name]), get(&state.view.muted), tokens.error).clicked() {
        actions.push(Action::ToggleMute(i));
    }
}

/// A square switch with a letter on it.
fn letter(ui: &mut Ui, letter: &str, name: &str, chosen: bool, color: egui::Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(22.0, 22.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(accesskit::Role::Button, true, chosen, name));
    let tokens = Tokens::of(ui);
    if chosen || response.hovered() {
        let fill = if chosen { color } else { tokens.hover };
        ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), fill);
    }
    let text = if chosen { tokens.panel } else { tokens.subdued };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, letter, FontId::proportional(11.5), text);
    focus_ring(ui, &response);
    response.on_hover_text(name)
}

fn instrument(voice: &Voice, t: &Text) -> &'static str {
    if voice.role == Role::Drums { t.drum_kit } else { general_midi::program_name(voice.program) }
}

/// Under the voice in hand: name, role, instrument.
fn details_ui(ui: &mut Ui, state: &State, i: usize, voice: &Voice, actions: &mut Actions) {
    let t = state.text();
    let mut change = |change: VoiceChange| actions.edit(Edit::SetVoice { voice: i, change });
    egui::Frame::new().inner_margin(egui::Margin { left: 26, right: 0, top: 4, bottom: 6 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let width = ui.available_width();
        // Typed into a copy; one edit when the field is left.
        let id = ui.scope_id().with(("voice name", i));
        let mut name: String = ui.data(|d| d.get_temp(id)).unwrap_or_else(|| voice.name.clone());
        let field = TextEdit::singleline(&mut name).desired_width(width).hint_text(t.voice_name);
        let response = ui.add(field).accessible_name(t.voice_name);
        if response.has_focus() {
            ui.data_mut(|d| d.insert_temp(id, name.clone()));
        }
        if response.lost_focus() {
            ui.data_mut(|d| d.remove::<String>(id));
            if name != voice.name {
                change(VoiceChange { name: Some(name), ..VoiceChange::default() });
            }
        }
        fields(ui, |ui| {
            let shown = instrument(voice, t);
            let combo =
                ComboBox::from_id_salt(("instrument", i)).selected_text(shown).width(width).height(360.0).truncate();
            let response = combo.show_ui(ui, |ui| {
                ui.set_min_width(220.0);
                if let Some(program) = programs_ui(ui, voice) {
                    change(VoiceChange { program: Some(program), ..VoiceChange::default() });
                }
            });
            response.response.accessible_name(format!("{}: {shown}", t.instrument));
            let shown = role_name(t, voice.role);
            let combo = ComboBox::from_id_salt(("role", i)).selected_text(shown).width(width);
            let response = combo.show_ui(ui, |ui| {
                for role in Role::ALL {
                    if ui.selectable_label(role == voice.role, role_name(t, role)).clicked() {
                        change(VoiceChange { role: Some(role), ..VoiceChange::default() });
                    }
                }
            });
            response.response.accessible_name(format!("{}: {shown}", t.role));
        });
    });
}

fn programs_ui(ui: &mut Ui, voice: &Voice) -> Option<u8> {
    let mut chosen = None;
    for program in 0..128u8 {
        if program % 8 == 0 {
            let color = Tokens::of(ui).subdued;
            ui.label(RichText::new(general_midi::family_name(program)).small().color(color));
        }
        let name = format!("{:>3}  {}", program + 1, general_midi::program_name(program));
        if ui.selectable_label(program == voice.program, name).clicked() {
            chosen = Some(program);
        }
    }
    chosen
}

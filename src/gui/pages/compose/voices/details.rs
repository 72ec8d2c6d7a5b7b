//! Under the voice in hand: name, instrument, role, volume, pan.

use super::instrument;
use crate::gui::action::Actions;
use crate::gui::state::State;
use crate::gui::text::{Text, fill, instruments, role_name};
use crate::gui::theme::Tokens;
use crate::gui::widgets::{fields, labelled, slider};
use crate::music::{Role, Voice, mix};
use crate::project::{Edit, VoiceChange};
use eframe::egui::{ComboBox, Frame, Margin, Response, RichText, Slider, TextEdit, Ui};

pub fn details_ui(ui: &mut Ui, state: &State, i: usize, voice: &Voice, actions: &mut Actions) {
    let t = state.text();
    let mut change = |change: VoiceChange| actions.edit(Edit::SetVoice { voice: i, change });
    Frame::new().inner_margin(Margin { left: 26, right: 0, top: 4, bottom: 6 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        if let Some(name) = name_ui(ui, i, voice, t) {
            change(VoiceChange { name: Some(name), ..VoiceChange::default() });
        }
        fields(ui, |ui| {
            if let Some(program) = instrument_ui(ui, i, voice, t) {
                change(VoiceChange { program: Some(program), ..VoiceChange::default() });
            }
            if let Some(role) = role_ui(ui, i, voice, t) {
                change(VoiceChange { role: Some(role), ..VoiceChange::default() });
            }
        });
        let moves = voice.controller_moves(mix::VOLUME);
        if let Some(volume) = rail_ui(ui, ("volume", i), t.volume, voice.volume(), moves, |v| v.to_string(), t) {
            change(VoiceChange { volume: Some(volume), ..VoiceChange::default() });
        }
        let moves = voice.controller_moves(mix::PAN);
        if let Some(pan) = rail_ui(ui, ("pan", i), t.over.pan, voice.pan(), moves, |v| pan_words(v, t), t) {
            change(VoiceChange { pan: Some(pan), ..VoiceChange::default() });
        }
    });
}

/// "Middle", "20 left".
fn pan_words(pan: u8, t: &Text) -> String {
    match pan.cmp(&mix::DEFAULT_PAN) {
        std::cmp::Ordering::Less => fill(t.over.pan_left, &[&(64 - pan).to_string()]),
        std::cmp::Ordering::Equal => t.over.pan_middle.to_owned(),
        std::cmp::Ordering::Greater => fill(t.over.pan_right, &[&(pan - 64).to_string()]),
    }
}

/// A controller from 0 to 127. The rail shows what is dragged; one edit when it is let go.
fn rail_ui(
    ui: &mut Ui,
    id: (&str, usize),
    name: &str,
    now: u8,
    moves: bool,
    words: impl Fn(u8) -> String,
    t: &Text,
) -> Option<u8> {
    let id = ui.scope_id().with(id);
    let mut value: u8 = ui.data(|d| d.get_temp(id)).unwrap_or(now);
    let mut response: Option<Response> = None;
    labelled(ui, name, |ui| {
        ui.spacing_mut().slider_width = (ui.available_width() - 84.0).max(50.0);
        let shown = |v: f64, _: std::ops::RangeInclusive<usize>| words(v as u8);
        let rail = slider(ui, Slider::new(&mut value, 0..=127).custom_formatter(shown));
        let rail = if moves { rail.on_hover_text(t.over.mix_moves) } else { rail };
        response = Some(rail.clone());
        rail
    });
    let response = response?;
    if response.is_pointer_button_down_on() || response.dragged() {
        ui.data_mut(|d| d.insert_temp(id, value));
        return None;
    }
    ui.data_mut(|d| d.remove::<u8>(id));
    (value != now).then_some(value)
}

/// Typed into a copy; one edit when the field is left.
fn name_ui(ui: &mut Ui, i: usize, voice: &Voice, t: &Text) -> Option<String> {
    let id = ui.scope_id().with(("voice name", i));
    let mut name: String = ui.data(|d| d.get_temp(id)).unwrap_or_else(|| voice.name.clone());
    let field = TextEdit::singleline(&mut name).desired_width(ui.available_width()).hint_text(t.voice_name);
    let response = ui.add(field).accessible_name(t.voice_name);
    if response.has_focus() {
        ui.data_mut(|d| d.insert_temp(id, name.clone()));
    }
    if !response.lost_focus() {
        return None;
    }
    ui.data_mut(|d| d.remove::<String>(id));
    (name != voice.name).then_some(name)
}

fn instrument_ui(ui: &mut Ui, i: usize, voice: &Voice, t: &Text) -> Option<u8> {
    let shown = instrument(voice, t);
    let width = ui.available_width();
    let combo = ComboBox::from_id_salt(("instrument", i)).selected_text(shown).width(width).height(360.0).truncate();
    let response = combo.show_ui(ui, |ui| {
        ui.set_min_width(220.0);
        programs_ui(ui, voice, t)
    });
    response.response.accessible_name(format!("{}: {shown}", t.instrument));
    response.inner.flatten()
}

fn programs_ui(ui: &mut Ui, voice: &Voice, t: &Text) -> Option<u8> {
    let mut chosen = None;
    for program in 0..128u8 {
        if program % 8 == 0 {
            let color = Tokens::of(ui).subdued;
            ui.label(RichText::new(instruments::family(t, program)).small().color(color));
        }
        let name = format!("{:>3}  {}", program + 1, instruments::program(t, program));
        if ui.selectable_label(program == voice.program, name).clicked() {
            chosen = Some(program);
        }
    }
    chosen
}

fn role_ui(ui: &mut Ui, i: usize, voice: &Voice, t: &Text) -> Option<Role> {
    let shown = role_name(t, voice.role);
    let mut chosen = None;
    let combo = ComboBox::from_id_salt(("role", i)).selected_text(shown).width(ui.available_width());
    let response = combo.show_ui(ui, |ui| {
        for role in Role::ALL {
            if ui.selectable_label(role == voice.role, role_name(t, role)).clicked() {
                chosen = Some(role);
            }
        }
    });
    response.response.accessible_name(format!("{}: {shown}", t.role));
    chosen
}

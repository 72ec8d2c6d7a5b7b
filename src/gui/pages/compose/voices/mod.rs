//! The list of voices: which is in hand, and of each its colour, instrument, lock, mute and solo.

mod colour;
mod details;
mod order;
mod row;

use crate::gui::action::Actions;
use crate::gui::shortcuts::Command;
use crate::gui::state::State;
use crate::gui::text::{self, Text, fill, instruments};
use crate::gui::widgets::{Icon, icon_button_sized, section};
use crate::music::{Role, Voice};
use eframe::egui::Ui;

pub fn voices_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    section(ui, "voices", t.voices, true, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let voices = &state.project.score().voices;
        let mut rows = Vec::with_capacity(voices.len());
        for (i, voice) in voices.iter().enumerate() {
            rows.push(row::row_ui(ui, state, i, voice, actions));
            if i == state.view.voice {
                details::details_ui(ui, state, i, voice, actions);
            }
        }
        order::order_ui(ui, &rows, actions);
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let mut button = |icon, command: Command, enabled: bool| {
                let name = command.hint(t, ui.ctx());
                if ui.add_enabled_ui(enabled, |ui| icon_button_sized(ui, icon, &name, false, 26.0)).inner.clicked() {
                    actions.command(command);
                }
            };
            let place = state.view.voice;
            button(Icon::Plus, Command::AddVoice, true);
            button(Icon::Trash, Command::RemoveVoice, voices.len() > 1);
            button(Icon::Up, Command::VoiceUp, place > 0);
            button(Icon::Down, Command::VoiceDown, place + 1 < voices.len());
        });
    });
}

/// A name for every voice, where the file gave none too.
fn voice_name(voice: &Voice, i: usize, t: &Text) -> String {
    if voice.name.trim().is_empty() {
        fill(t.voice_n, &[&(i + 1).to_string()])
    } else {
        text::voice_name(t, &voice.name)
    }
}

fn instrument(voice: &Voice, t: &Text) -> &'static str {
    if voice.role == Role::Drums { t.drum_kit } else { instruments::program(t, voice.program) }
}

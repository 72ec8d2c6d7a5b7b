//! Of the transport bar: record, metronome, the computer's keyboard, and how one likes to record.

use crate::gui::action::{Action, Actions};
use crate::gui::shortcuts::Command;
use crate::gui::state::State;
use crate::gui::text::{Text, fill};
use crate::gui::theme::Tokens;
use crate::gui::widgets::{Icon, chip, icon_button_sized, labelled, labelled_group};
use eframe::egui::{self, CornerRadius, DragValue, Popup, PopupCloseBehavior, Sense, Ui, WidgetInfo, accesskit, vec2};

pub fn record_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    let recording = state.session.recording.is_some();
    let mut button = |ui: &mut Ui, icon, command: Command, chosen| {
        let response = icon_button_sized(ui, icon, &command.hint(t, ui.ctx()), chosen, 28.0);
        if response.clicked() {
            actions.command(command);
        }
        response
    };
    let record = button(ui, Icon::Record, Command::Record, recording);
    if recording {
        let red = Tokens::of(ui).error;
        ui.painter().circle_filled(record.rect.center(), 5.0, red);
    }
    button(ui, Icon::Metronome, Command::Metronome, state.settings.record.metronome);
    let plays = state.view.keyboard_plays;
    let keyboard = button(ui, Icon::Piano, Command::KeyboardPlays, plays);
    if plays {
        let octave = fill(t.snd.octave, &[&state.view.piano.octave().to_string()]);
        keyboard.on_hover_text(format!("{}\n{octave}", t.snd.keys_on));
    }
    let more = icon_button_sized(ui, Icon::More, t.snd.record_menu, false, 28.0);
    Popup::menu(&more)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| options_ui(ui, state, t, actions));
}

fn options_ui(ui: &mut Ui, state: &State, t: &Text, actions: &mut Actions) {
    let mut settings = state.settings.clone();
    let s = &mut settings.record;
    ui.set_min_width(300.0);
    ui.spacing_mut().item_spacing.y = 6.0;
    labelled_group(ui, t.snd.count_in, |ui| {
        choose(ui, &mut s.count_in, &[(0, t.snd.no_count_in, ""), (1, t.snd.one_bar, ""), (2, t.snd.two_bars, "")]);
    });
    labelled_group(ui, t.snd.record_mode, |ui| {
        let modes = [(false, t.snd.overdub, t.snd.overdub_hint), (true, t.snd.replace, t.snd.replace_hint)];
        choose(ui, &mut s.replace, &modes);
    });
    labelled(ui, t.snd.offset, |ui| {
        let field = DragValue::new(&mut s.offset_millis).range(-500..=500).suffix(" ms");
        ui.add(field).on_hover_text(t.snd.offset_hint)
    });
    if settings != state.settings {
        actions.push(Action::SetSettings(Box::new(settings)));
    }
}

fn choose<V: Copy + PartialEq>(ui: &mut Ui, value: &mut V, options: &[(V, &str, &str)]) {
    for (option, name, hint) in options {
        let mut response = chip(ui, name, *value == *option);
        if !hint.is_empty() {
            response = response.on_hover_text(*hint);
        }
        if response.clicked() {
            *value = *option;
        }
    }
}

/// Two bars, left above right: green, then amber, red where the limiter works.
pub fn level_ui(ui: &mut Ui, state: &State) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(56.0, 12.0), Sense::hover());
    let sides = state.session.level.sides;
    let loudest = sides[0].max(sides[1]);
    let name = match loudest {
        0.0 => t.snd.silence.to_owned(),
        x => fill(t.snd.level_is, &[&format!("{:.0}", 20.0 * x.log10())]),
    };
    response.widget_info(|| WidgetInfo::labeled(accesskit::Role::Meter, true, &name));
    for (i, level) in sides.into_iter().enumerate() {
        let top = rect.top() + 7.0 * i as f32;
        let ground = egui::Rect::from_min_size(egui::pos2(rect.left(), top), vec2(rect.width(), 5.0));
        ui.painter().rect_filled(ground, CornerRadius::same(2), tokens.hover);
        // From −48 dB on, by decibels as ears do.
        let share = ((20.0 * level.max(1e-6).log10() + 48.0) / 48.0).clamp(0.0, 1.0);
        let color = match level {
            x if x > 0.85 => tokens.error,
            x if x > 0.5 => tokens.warning,
            _ => tokens.success,
        };
        let lit = egui::Rect::from_min_size(ground.min, vec2(ground.width() * share, 5.0));
        ui.painter().rect_filled(lit, CornerRadius::same(2), color);
    }
    response.on_hover_text(name);
}

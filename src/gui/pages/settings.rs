//! What a user chooses for good: language, theme, sound, copies kept against a crash.

mod devices;
mod fonts;

pub use fonts::{FontsView, font_name};

use crate::gui::action::{Action, Actions};
use crate::gui::settings::{Language, Theme};
use crate::gui::shortcuts::Command;
use crate::gui::state::State;
use crate::gui::text::sentence;
use crate::gui::theme::Tokens;
use crate::gui::widgets::{chip, labelled, plain_button, subdued};
use eframe::egui::{DragValue, Frame, Margin, RichText, ScrollArea, Ui};

pub fn settings_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    let mut s = state.settings.clone();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin::same(24)).show(ui, |ui| {
            ui.set_max_width(620.0);
            ui.label(RichText::new(t.settings).heading().color(Tokens::of(ui).strong));
            ui.add_space(12.0);
            heading(ui, t.appearance);
            labelled(ui, t.language, |ui| {
                let options = [
                    (Language::System, t.follow_system),
                    (Language::English, "English"),
                    (Language::Chinese, "简体中文"),
                ];
                choose(ui, &mut s.language, &options)
            });
            // The Chinese name is drawn only where a font for it exists; else this says what to install.
            if !has_cjk(ui) {
                let color = Tokens::of(ui).warning;
                ui.label(RichText::new(t.no_cjk_font).color(color));
            }
            labelled(ui, t.theme, |ui| {
                let options =
                    [(Theme::System, t.follow_system), (Theme::Dark, t.theme_dark), (Theme::Light, t.theme_light)];
                choose(ui, &mut s.theme, &options)
            });
            subdued(ui, t.zoom_hint);
            ui.add_space(16.0);
            heading(ui, t.sound);
            let status = state.session.player.status();
            ui.label(sentence(&status.sentence, t));
            devices::devices_ui(ui, state, &mut s, actions);
            ui.add_space(8.0);
            fonts::fonts_ui(ui, state, actions);
            ui.checkbox(&mut s.audition, t.hear_notes);
            ui.add_space(16.0);
            heading(ui, t.snd.midi);
            devices::ports_ui(ui, state, &mut s);
            ui.add_space(16.0);
            heading(ui, t.safety);
            labelled(ui, t.autosave, |ui| {
                let field = DragValue::new(&mut s.autosave_secs).range(0..=600).suffix(format!(" {}", t.tr.seconds));
                ui.add(field).on_hover_text(t.autosave_hint)
            });
            subdued(ui, t.autosave_hint);
            ui.add_space(16.0);
            heading(ui, t.about);
            ui.label(format!("Cadenza {}. {}", env!("CARGO_PKG_VERSION"), t.about_text));
            ui.label(t.hp.privacy);
            ui.horizontal(|ui| {
                for command in [Command::Shortcuts, Command::Manual, Command::About] {
                    if plain_button(ui, command.name(t)).clicked() {
                        actions.command(command);
                    }
                }
            });
        });
    });
    if s != state.settings {
        actions.push(Action::SetSettings(Box::new(s)));
    }
}

fn heading(ui: &mut Ui, text: &str) {
    let color = Tokens::of(ui).strong;
    ui.label(RichText::new(text).size(14.5).color(color));
}

fn choose<V: Copy + PartialEq>(ui: &mut Ui, value: &mut V, options: &[(V, &str)]) -> eframe::egui::Response {
    let mut last = None;
    for (option, name) in options {
        let response = chip(ui, name, *value == *option);
        if response.clicked() {
            *value = *option;
        }
        last = Some(response);
    }
    last.expect("there is always something to choose from")
}

/// Whether Chinese can be drawn: egui asks the system for a font on demand.
pub fn has_cjk(ui: &Ui) -> bool {
    let font = eframe::egui::FontId::proportional(13.0);
    ui.ctx().fonts_mut(|f| f.has_glyphs(&font, "简体中文"))
}

//! The choice of what everything sounds with: the built-in bank, a SoundFont that was found, any other.

use crate::audio::fonts::{FontFile, usual_places};
use crate::gui::action::{Action, Actions, Dialog};
use crate::gui::state::State;
use crate::gui::text::fill;
use crate::gui::theme::Tokens;
use crate::gui::widgets::{labelled, subdued};
use eframe::egui::{ComboBox, Response, RichText, Ui};
use std::path::{Path, PathBuf};

/// What the window knows of SoundFonts.
#[derive(Clone, Debug, Default)]
pub struct FontsView {
    /// None until the usual places have been looked through.
    pub found: Option<Vec<FontFile>>,
    /// What sounds now; none is the built-in bank.
    pub current: Option<PathBuf>,
    /// The name of what is being read.
    pub reading: Option<String>,
    /// Why the font chosen last does not sound.
    pub trouble: Option<String>,
}

/// The name by which a font is offered.
pub fn font_name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

pub fn fonts_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = &state.text().fonts;
    let view = &state.session.fonts;
    labelled(ui, t.soundfont, |ui| choose_ui(ui, state, actions));
    match (&view.reading, &view.trouble) {
        (Some(name), _) => {
            subdued(ui, fill(t.reading, &[name]));
        }
        (None, Some(trouble)) => {
            ui.label(RichText::new(trouble).color(Tokens::of(ui).warning));
        }
        (None, None) => {}
    }
    let font = state.session.player.soundfont();
    subdued(ui, fill(t.playing_with, &[font.name(), &font.n_presets().to_string()]));
    if view.found.as_ref().is_some_and(Vec::is_empty) {
        let places: Vec<String> = usual_places().iter().map(|p| p.display().to_string()).collect();
        subdued(ui, t.none_found).on_hover_text(places.join("\n"));
    }
}

fn choose_ui(ui: &mut Ui, state: &State, actions: &mut Actions) -> Response {
    let t = &state.text().fonts;
    let view = &state.session.fonts;
    let now = view.current.as_deref().map_or_else(|| t.built_in.to_owned(), font_name);
    let combo = ComboBox::from_id_salt("soundfont").selected_text(now).width(240.0).truncate();
    let shown = combo.show_ui(ui, |ui| {
        if ui.selectable_label(view.current.is_none(), t.built_in).clicked() {
            actions.push(Action::ChooseFont(None));
        }
        let found = view.found.iter().flatten();
        for font in found {
            let chosen = view.current.as_ref() == Some(&font.path);
            let size = fill(t.megabytes, &[&format!("{:.1}", font.bytes as f64 / 1e6)]);
            let response = ui.selectable_label(chosen, format!("{}   {size}", font.name()));
            if response.on_hover_text(font.path.display().to_string()).clicked() {
                actions.push(Action::ChooseFont(Some(font.path.clone())));
            }
        }
        // One from elsewhere stays in the list while it sounds.
        if let Some(other) = view.current.as_ref().filter(|c| !view.found.iter().flatten().any(|f| f.path == **c)) {
            let _ = ui.selectable_label(true, font_name(other)).on_hover_text(other.display().to_string());
        }
    });
    if ui.button(t.other).clicked() {
        actions.push(Action::OpenDialog(Dialog::ChooseFont));
    }
    shown.response
}

//! The voices of the piece in hand, each with what it does in the music.

use super::table::plural;
use super::view::LibraryRequest;
use crate::corpus::{Piece, VoiceChoice};
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::{fill, role_name};
use crate::gui::theme::{ROW, Tokens};
use crate::gui::widgets::fields;
use crate::music::{Role, Score};
use eframe::egui::{Align, ComboBox, Label, Layout, RichText, Sense, Ui, vec2};

pub fn voices_ui(ui: &mut Ui, state: &State, piece: &Piece, score: &Score, actions: &mut Actions) {
    let t = state.text();
    let decided = state.session.library.choices.files.get(&piece.hash);
    for (i, voice) in score.voices.iter().enumerate() {
        let number = i as u32;
        let chosen = decided.and_then(|c| c.roles.get(&(piece.tune, number))).copied();
        let name = match voice.name.trim() {
            "" => fill(t.voice_n, &[&(i + 1).to_string()]),
            name => name.to_owned(),
        };
        ui.horizontal(|ui| {
            ui.set_min_height(ROW + 4.0);
            let (dot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
            ui.painter().circle_filled(dot.center(), 4.0, Tokens::of(ui).note(i, 100));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                role_ui(ui, state, piece, number, (&name, voice.role, chosen), actions);
                let n = plural(voice.notes.len() as u64, [t.lib.one_note, t.lib.n_notes]);
                ui.label(RichText::new(n).color(Tokens::of(ui).subdued).small());
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(&name).truncate());
                });
            });
        });
    }
}

fn role_ui(
    ui: &mut Ui,
    state: &State,
    piece: &Piece,
    voice: u32,
    (name, role, chosen): (&str, Role, Option<VoiceChoice>),
    actions: &mut Actions,
) {
    let t = state.text();
    let now = match chosen {
        Some(VoiceChoice::LeaveOut) => t.lib.role_leave_out,
        Some(VoiceChoice::Role(role)) => role_name(t, role),
        None => role_name(t, role),
    };
    let set = |choice| Action::Library(LibraryRequest::SetRole { id: piece.id(), voice, choice });
    fields(ui, |ui| {
        let combo = ComboBox::from_id_salt(("role", voice)).selected_text(now).width(104.0);
        let response = combo.show_ui(ui, |ui| {
            let guess = fill(t.lib.role_guessed, &[role_name(t, role)]);
            if ui.selectable_label(chosen.is_none(), guess).clicked() {
                actions.push(set(None));
            }
            let roles = Role::ALL.map(|role| (VoiceChoice::Role(role), role_name(t, role)));
            for (choice, name) in roles.into_iter().chain([(VoiceChoice::LeaveOut, t.lib.role_leave_out)]) {
                if ui.selectable_label(chosen == Some(choice), name).clicked() {
                    actions.push(set(Some(choice)));
                }
            }
        });
        response.response.accessible_name(fill(t.lib.role_of, &[name]));
    });
}

//! Menus, made from the table of shortcuts.

use super::action::{Action, Actions};
use super::shortcuts::Command;
use super::state::{Page, State};
use super::text::{edit_label, pair, sentence};
use eframe::egui::{Button, Ui, ViewportCommand};

/// One command as a menu entry, with its key at the right.
pub fn item(ui: &mut Ui, state: &State, command: Command, actions: &mut Actions) {
    let t = state.text();
    let (mut name, mut enabled) = (command.name(t).to_owned(), true);
    // What is done to notes is done where they are seen.
    let compose = state.view.page == Page::Compose;
    match command {
        Command::Undo | Command::Redo => {
            let label = step_label(state, command == Command::Undo);
            enabled = label.is_some();
            if let Some(label) = label {
                name = pair(t, &name, &label);
            }
        }
        Command::Cut | Command::Copy | Command::Delete | Command::Duplicate => {
            enabled = compose && !state.view.selection.is_empty();
        }
        Command::Paste | Command::SelectAll | Command::SelectNone | Command::History => enabled = compose,
        Command::ExportSelection => enabled = !state.view.selection.is_empty(),
        Command::Reveal => enabled = state.view.last_export.is_some(),
        _ => {}
    }
    let keys = command.keys_text(ui.ctx());
    let response = ui.add_enabled(enabled, Button::new(&name).shortcut_text(keys)).accessible_name(&name);
    if response.clicked() {
        match command {
            // The window system gives the clipboard's text only when asked.
            Command::Paste => ui.ctx().send_viewport_cmd(ViewportCommand::RequestPaste),
            _ => actions.command(command),
        }
        ui.close();
    }
}

/// What Undo or Redo would do on the page that is shown, in words.
pub fn step_label(state: &State, undo: bool) -> Option<String> {
    let (t, history, library) = (state.text(), state.project.history(), &state.session.library);
    match state.view.page {
        Page::Compose => {
            let label = if undo { history.undo_label() } else { history.redo_label() };
            label.map(|label| edit_label(t, label).to_owned())
        }
        Page::Library => (if undo { &library.undo } else { &library.redo }).as_ref().map(|what| sentence(what, t)),
        Page::Train | Page::Settings => None,
    }
}

pub fn file_menu(ui: &mut Ui, state: &State, actions: &mut Actions) {
    use Command::{ExportAbc, ExportMidi, ExportMidiAs, ExportMusicXml, ExportPicture, ExportSelection, ExportWav};
    use Command::{Import, New, Open, Print, Quit, Reveal, Save, SaveAs};
    let t = state.text();
    ui.set_min_width(220.0);
    item(ui, state, New, actions);
    item(ui, state, Open, actions);
    let recent = &state.settings.recent;
    ui.add_enabled_ui(!recent.is_empty(), |ui| {
        ui.menu_button(t.open_recent, |ui| {
            for path in recent {
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                if ui.button(name).on_hover_text(path.display().to_string()).clicked() {
                    actions.push(Action::Open(path.clone()));
                    ui.close();
                }
            }
        });
    });
    ui.separator();
    for command in [Save, SaveAs] {
        item(ui, state, command, actions);
    }
    ui.separator();
    for command in [Import, ExportMidi, ExportMidiAs] {
        item(ui, state, command, actions);
    }
    ui.menu_button(t.export, |ui| {
        ui.set_min_width(200.0);
        for command in [ExportAbc, ExportMusicXml, ExportWav, ExportPicture, ExportSelection] {
            item(ui, state, command, actions);
        }
    });
    item(ui, state, Reveal, actions);
    ui.separator();
    item(ui, state, Print, actions);
    ui.separator();
    item(ui, state, Quit, actions);
}

pub fn edit_menu(ui: &mut Ui, state: &State, actions: &mut Actions) {
    use Command::{Copy, Cut, Delete, Duplicate, History, Paste, Redo, SelectAll, SelectNone, Undo};
    let groups = [&[Undo, Redo, History][..], &[Cut, Copy, Paste, Duplicate, Delete], &[SelectAll, SelectNone]];
    groups_ui(ui, state, &groups, actions);
}

/// What is done to the selected notes; the same stand in the menu of a right click.
pub fn tools_menu(ui: &mut Ui, state: &State, actions: &mut Actions) {
    use Command::{
        Arpeggiate, DeleteOverlaps, Harmonise, Humanise, Invert, Join, Legato, Originality, Quantise, QuantiseWith,
        Reverse, SetVelocity, Split, SplitAtHead, Staccato, Stretch, TransposeInScale,
    };
    let groups = [
        &[Quantise, QuantiseWith, Humanise][..],
        &[Legato, Staccato, DeleteOverlaps, Stretch],
        &[Split, SplitAtHead, Join],
        &[TransposeInScale, Invert, Reverse, Harmonise, Arpeggiate],
        &[SetVelocity],
        &[Originality],
    ];
    groups_ui(ui, state, &groups, actions);
}

/// What leads on: how things are done.
pub fn help_menu(ui: &mut Ui, state: &State, actions: &mut Actions) {
    groups_ui(ui, state, &[&[Command::Manual, Command::FirstSteps, Command::Shortcuts], &[Command::About]], actions);
}

fn groups_ui(ui: &mut Ui, state: &State, groups: &[&[Command]], actions: &mut Actions) {
    ui.set_min_width(230.0);
    for (i, group) in groups.iter().enumerate() {
        if i > 0 {
            ui.separator();
        }
        for command in *group {
            item(ui, state, *command, actions);
        }
    }
}

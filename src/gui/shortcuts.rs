//! One table of what can be done without an object: its name, its keys, where the keys count.
//!
//! Menus, the sheet of shortcuts and the handlers read the same rows.

use super::text::{Text, fill};
use eframe::egui::{Context, Key, KeyboardShortcut as Keys, Modifiers};

macro_rules! commands {
    ($($group:ident { $($command:ident, $name:ident, $scope:ident, [$($keys:expr),*];)* })*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Command { $($($command,)*)* }

        /// Every command, in the order of the sheet.
        pub const TABLE: &[Row] = &[$($(
            Row {
                command: Command::$command,
                group: |t| t.$group,
                name: |t| t.$name,
                scope: Scope::$scope,
                keys: &[$($keys),*],
            },
        )*)*];
    };
}

/// One row of the table.
pub struct Row {
    pub command: Command,
    pub group: fn(&Text) -> &'static str,
    pub name: fn(&Text) -> &'static str,
    pub scope: Scope,
    pub keys: &'static [Keys],
}

/// Where the keys of a command count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    Window,
    /// On the Compose page, while no text is being written.
    Compose,
    /// While the roll has the keyboard's focus, or nothing has: Space, arrows and letters keep their
    /// usual meaning everywhere else.
    Roll,
    /// While the roll has the focus: elsewhere Tab goes from control to control.
    RollFocused,
}

const fn key(k: Key) -> Keys {
    Keys::new(Modifiers::NONE, k)
}
const fn ctrl(k: Key) -> Keys {
    Keys::new(Modifiers::COMMAND, k)
}
const fn shift(k: Key) -> Keys {
    Keys::new(Modifiers::SHIFT, k)
}
const fn alt(k: Key) -> Keys {
    Keys::new(Modifiers::ALT, k)
}
const fn ctrl_shift(k: Key) -> Keys {
    Keys::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), k)
}

commands! {
    group_file {
        New, cmd_new, Window, [ctrl(Key::N)];
        Open, cmd_open, Window, [ctrl(Key::O)];
        Save, cmd_save, Window, [ctrl(Key::S)];
        SaveAs, cmd_save_as, Window, [ctrl_shift(Key::S)];
        Import, cmd_import, Window, [ctrl(Key::I)];
        ExportMidi, cmd_export_midi, Window, [ctrl(Key::E)];
        ExportMidiAs, cmd_export_midi_as, Window, [ctrl_shift(Key::E)];
        ExportWav, cmd_export_wav, Window, [];
        ExportAbc, cmd_export_abc, Window, [];
        ExportMusicXml, cmd_export_musicxml, Window, [];
        ExportPicture, cmd_export_picture, Window, [];
        ExportSelection, cmd_export_selection, Window, [];
        Print, cmd_print, Window, [ctrl(Key::P)];
        Reveal, cmd_reveal, Window, [];
        Quit, cmd_quit, Window, [ctrl(Key::Q)];
    }
    group_edit {
        Undo, cmd_undo, Window, [ctrl(Key::Z)];
        Redo, cmd_redo, Window, [ctrl_shift(Key::Z), ctrl(Key::Y)];
        History, cmd_history, Compose, [ctrl(Key::H)];
        Cut, cmd_cut, Compose, [ctrl(Key::X)];
        Copy, cmd_copy, Compose, [ctrl(Key::C)];
        Paste, cmd_paste, Compose, [ctrl(Key::V)];
        Duplicate, cmd_duplicate, Compose, [ctrl(Key::D)];
        Delete, cmd_delete, Roll, [key(Key::Delete), key(Key::Backspace)];
        SelectAll, cmd_select_all, Compose, [ctrl(Key::A)];
        SelectNone, cmd_select_none, Roll, [key(Key::Escape)];
        SelectNext, cmd_select_next, RollFocused, [key(Key::Tab)];
        SelectPrevious, cmd_select_previous, RollFocused, [shift(Key::Tab)];
    }
    group_notes {
        Up, cmd_up, Roll, [key(Key::ArrowUp)];
        Down, cmd_down, Roll, [key(Key::ArrowDown)];
        OctaveUp, cmd_octave_up, Roll, [shift(Key::ArrowUp), ctrl(Key::ArrowUp)];
        OctaveDown, cmd_octave_down, Roll, [shift(Key::ArrowDown), ctrl(Key::ArrowDown)];
        StepUp, cmd_step_up, Roll, [alt(Key::ArrowUp)];
        StepDown, cmd_step_down, Roll, [alt(Key::ArrowDown)];
        Earlier, cmd_earlier, Roll, [key(Key::ArrowLeft)];
        Later, cmd_later, Roll, [key(Key::ArrowRight)];
        Shorter, cmd_shorter, Roll, [shift(Key::ArrowLeft)];
        Longer, cmd_longer, Roll, [shift(Key::ArrowRight)];
        Quantise, cmd_quantise, Roll, [key(Key::Q)];
        Louder, cmd_louder, Roll, [key(Key::Plus), key(Key::Equals)];
        Softer, cmd_softer, Roll, [key(Key::Minus)];
    }
    group_tools {
        QuantiseWith, cmd_quantise_with, Roll, [shift(Key::Q)];
        Humanise, cmd_humanise, Roll, [shift(Key::H)];
        Legato, cmd_legato, Roll, [alt(Key::L)];
        Staccato, cmd_staccato, Roll, [shift(Key::S)];
        DeleteOverlaps, cmd_delete_overlaps, Roll, [alt(Key::O)];
        Split, cmd_split, Compose, [ctrl(Key::K)];
        SplitAtHead, cmd_split_at_head, Compose, [ctrl_shift(Key::K)];
        Join, cmd_join, Compose, [ctrl(Key::J)];
        Stretch, cmd_stretch, Roll, [shift(Key::X)];
        Reverse, cmd_reverse, Roll, [shift(Key::R)];
        Invert, cmd_invert, Roll, [shift(Key::I)];
        TransposeInScale, cmd_transpose_in_scale, Roll, [alt(Key::T)];
        Harmonise, cmd_harmonise, Roll, [alt(Key::H)];
        Arpeggiate, cmd_arpeggiate, Roll, [shift(Key::A)];
        SetVelocity, cmd_set_velocity, Roll, [shift(Key::V)];
    }
    group_transport {
        PlayStop, cmd_play_stop, Roll, [key(Key::Space)];
        ToStart, cmd_to_start, Roll, [key(Key::Home)];
        ToEnd, cmd_to_end, Roll, [key(Key::End)];
        BarBack, cmd_bar_back, Roll, [key(Key::PageUp)];
        BarForward, cmd_bar_forward, Roll, [key(Key::PageDown)];
        Loop, cmd_loop, Roll, [key(Key::L)];
        LoopSelection, cmd_loop_selection, Compose, [ctrl(Key::L)];
        Follow, cmd_follow, Roll, [key(Key::F)];
        Panic, cmd_panic, Compose, [ctrl(Key::Period)];
        MuteAll, cmd_mute_all, Compose, [];
        Record, cmd_record, Roll, [key(Key::R)];
        Metronome, cmd_metronome, Roll, [key(Key::K)];
        KeyboardPlays, cmd_keyboard_plays, Compose, [];
    }
    group_roll {
        SelectTool, cmd_select_tool, Roll, [key(Key::Num1)];
        PencilTool, cmd_pencil_tool, Roll, [key(Key::Num2), key(Key::P)];
        ZoomIn, cmd_zoom_in, Roll, [key(Key::CloseBracket)];
        ZoomOut, cmd_zoom_out, Roll, [key(Key::OpenBracket)];
        ZoomFit, cmd_zoom_fit, Roll, [key(Key::Z)];
        ZoomSelection, cmd_zoom_selection, Roll, [shift(Key::Z)];
        Fold, cmd_fold, Roll, [shift(Key::F)];
        Minimap, cmd_minimap, Roll, [shift(Key::O)];
        Ghosts, cmd_ghosts, Roll, [key(Key::G)];
        VelocityLane, cmd_velocity_lane, Roll, [key(Key::V)];
        Explain, cmd_explain, Roll, [key(Key::E)];
    }
    group_over {
        MarkerHere, cmd_marker_here, Roll, [shift(Key::M)];
        ChordHere, cmd_chord_here, Roll, [shift(Key::C)];
        KeyHere, cmd_key_here, Roll, [shift(Key::K)];
        MeterHere, cmd_meter_here, Roll, [shift(Key::B)];
        TempoHere, cmd_tempo_here, Roll, [shift(Key::T)];
        WriteChords, cmd_write_chords, Compose, [];
    }
    group_voices {
        Mute, cmd_mute, Roll, [key(Key::M)];
        Solo, cmd_solo, Roll, [key(Key::S)];
        AddVoice, cmd_add_voice, Compose, [];
        RemoveVoice, cmd_remove_voice, Compose, [];
        VoiceUp, cmd_voice_up, Roll, [shift(Key::PageUp)];
        VoiceDown, cmd_voice_down, Roll, [shift(Key::PageDown)];
        LockVoice, cmd_lock_voice, Roll, [shift(Key::L)];
    }
    group_generator {
        Generate, cmd_generate, Compose, [ctrl(Key::G)];
        StopGenerating, cmd_stop_generating, Compose, [];
        Originality, cmd_originality, Compose, [];
    }
    group_window {
        ShowLibrary, cmd_library, Window, [ctrl(Key::Num1)];
        ShowTrain, cmd_train, Window, [ctrl(Key::Num2)];
        ShowCompose, cmd_compose, Window, [ctrl(Key::Num3)];
        ShowSettings, cmd_settings, Window, [ctrl(Key::Comma)];
        Shortcuts, cmd_shortcuts, Window, [key(Key::F1)];
        FirstSteps, cmd_first_steps, Window, [];
        About, cmd_about, Window, [];
        Manual, cmd_manual, Window, [shift(Key::F1)];
    }
}

impl Command {
    pub fn row(self) -> &'static Row {
        TABLE.iter().find(|r| r.command == self).expect("the table is made with the commands")
    }

    pub fn name(self, t: &Text) -> &'static str {
        (self.row().name)(t)
    }

    /// "Ctrl+Z", in the way of the system; empty where there is no key.
    pub fn keys_text(self, ctx: &Context) -> String {
        self.row().keys.first().map_or_else(String::new, |k| keys_text(k, ctx))
    }

    /// The name with its key: what a tooltip says.
    pub fn hint(self, t: &Text, ctx: &Context) -> String {
        let keys = self.keys_text(ctx);
        if keys.is_empty() { self.name(t).into() } else { fill(t.hp.with_keys, &[self.name(t), &keys]) }
    }
}

/// "Ctrl+Shift+Z", "Ctrl+.", in the way of the system.
pub fn keys_text(keys: &Keys, ctx: &Context) -> String {
    let modifiers = ctx.format_modifiers(keys.modifiers);
    let key = match keys.logical_key {
        // egui's own arrows are in no font of ours.
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::Space | Key::Tab | Key::Delete | Key::Backspace | Key::Escape => keys.logical_key.name(),
        other => other.symbol_or_name(),
    };
    if modifiers.is_empty() || modifiers.ends_with('+') { modifiers + key } else { format!("{modifiers}+{key}") }
}

/// Which scopes count now.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    pub compose: bool,
    pub roll: bool,
    pub roll_focused: bool,
}

/// Takes the commands whose keys were pressed out of the input, in the order of the table.
pub fn pressed(ctx: &Context, reach: Reach) -> Vec<Command> {
    let writing = ctx.text_edit_focused();
    let counts = |scope: Scope| match scope {
        Scope::Window => true,
        Scope::Compose => reach.compose && !writing,
        Scope::Roll => reach.roll && !writing,
        Scope::RollFocused => reach.roll_focused,
    };
    // egui lets Ctrl+Z match Ctrl+Shift+Z: keys with more modifiers are asked first.
    let mut rows: Vec<(&Row, &Keys)> =
        TABLE.iter().filter(|r| counts(r.scope)).flat_map(|r| r.keys.iter().map(move |k| (r, k))).collect();
    rows.sort_by_key(|(_, k)| std::cmp::Reverse(u8::from(k.modifiers.shift) + u8::from(k.modifiers.alt)));
    let mut found = Vec::new();
    for (row, keys) in rows {
        // A field that is being written in keeps its own undo, and its plain keys.
        if writing && (matches!(row.command, Command::Undo | Command::Redo)) {
            continue;
        }
        let n = ctx.input_mut(|i| i.count_and_consume_key(keys.modifiers, keys.logical_key));
        found.extend(std::iter::repeat_n(row.command, n));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn no_two_commands_share_a_key() {
        let mut seen: HashMap<Keys, Command> = HashMap::new();
        for row in TABLE {
            for keys in row.keys {
                if let Some(other) = seen.insert(*keys, row.command) {
                    panic!("{:?} and {other:?} share {keys:?}", row.command);
                }
            }
        }
    }

    #[test]
    fn plain_keys_belong_to_the_roll() {
        for row in TABLE.iter().filter(|r| !matches!(r.scope, Scope::Roll | Scope::RollFocused)) {
            for keys in row.keys {
                assert!(keys.modifiers.command || keys.logical_key == Key::F1, "{:?}", row.command);
            }
        }
    }
}

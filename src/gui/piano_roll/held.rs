//! What the pointer does on the roll, and which keys are held with it: one table, read by the gestures
//! and by the sheet of shortcuts.

use crate::gui::text::{Text, tools::Tools};
use eframe::egui::{Context, Modifiers};

/// What a held key makes of a gesture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// A drag goes along one axis only; a click or a box adds to what is selected.
    AxisOrAdd,
    /// A drag leaves the notes and moves copies; a click or a box turns over what is selected.
    CopyOrToggle,
    /// Nothing snaps to the grid.
    OffGrid,
}

impl Held {
    pub const fn keys(self) -> Modifiers {
        match self {
            Held::AxisOrAdd => Modifiers::SHIFT,
            Held::CopyOrToggle => Modifiers::COMMAND,
            Held::OffGrid => Modifiers::ALT,
        }
    }

    pub fn is_in(self, modifiers: Modifiers) -> bool {
        modifiers.contains(self.keys())
    }
}

/// One row of the sheet.
pub struct Row {
    pub keys: Modifiers,
    pub how: fn(&Tools) -> &'static str,
    pub what: fn(&Tools) -> &'static str,
}

const fn row(keys: Modifiers, how: fn(&Tools) -> &'static str, what: fn(&Tools) -> &'static str) -> Row {
    Row { keys, how, what }
}

const NONE: Modifiers = Modifiers::NONE;

/// Every gesture, in the order of the sheet.
pub const TABLE: &[Row] = &[
    row(NONE, |t| t.how_click, |t| t.what_add),
    row(NONE, |t| t.how_double_click, |t| t.what_add_select),
    row(NONE, |t| t.how_drag_note, |t| t.what_move),
    row(Held::CopyOrToggle.keys(), |t| t.how_drag_note, |t| t.what_copy),
    row(Held::AxisOrAdd.keys(), |t| t.how_drag_note, |t| t.what_axis),
    row(NONE, |t| t.how_drag_edge, |t| t.what_resize),
    row(Held::OffGrid.keys(), |t| t.how_drag, |t| t.what_off_grid),
    row(NONE, |t| t.how_drag_empty, |t| t.what_box),
    row(Held::AxisOrAdd.keys(), |t| t.how_drag_empty, |t| t.what_box_add),
    row(Held::CopyOrToggle.keys(), |t| t.how_drag_empty, |t| t.what_box_toggle),
    row(NONE, |t| t.how_double_click_key, |t| t.what_select_pitch),
    row(NONE, |t| t.how_right_click, |t| t.what_menu),
    row(NONE, |t| t.how_wheel, |t| t.what_scroll),
    row(Modifiers::SHIFT, |t| t.how_wheel, |t| t.what_across),
    row(Modifiers::COMMAND, |t| t.how_wheel, |t| t.what_zoom_time),
    row(Modifiers::COMMAND.plus(Modifiers::SHIFT), |t| t.how_wheel, |t| t.what_zoom_pitch),
    row(Modifiers::ALT, |t| t.how_wheel, |t| t.what_velocity),
    row(NONE, |t| t.how_middle_drag, |t| t.what_pan),
    row(NONE, |t| t.how_ruler_click, |t| t.what_head),
    row(NONE, |t| t.how_ruler_drag, |t| t.what_loop),
    row(NONE, |t| t.how_strip_click, |t| t.what_write),
    row(NONE, |t| t.how_strip_drag, |t| t.what_move_entry),
    row(NONE, |t| t.how_tempo_drag, |t| t.what_tempo),
    row(NONE, |t| t.how_map_drag, |t| t.what_see),
    row(NONE, |t| t.how_lane_drag, |t| t.what_stem),
    row(NONE, |t| t.how_lane_drag_empty, |t| t.what_ramp),
    row(NONE, |t| t.how_voice_drag, |t| t.what_order),
];

impl Row {
    /// "Ctrl+drag a note", in the way of the system.
    pub fn how_text(&self, t: &Text, ctx: &Context) -> String {
        let keys = ctx.format_modifiers(self.keys);
        let how = (self.how)(&t.tools);
        match (keys.is_empty(), keys.ends_with('+')) {
            (true, _) => how.to_owned(),
            (false, true) => format!("{keys}{how}"),
            (false, false) => format!("{keys}+{how}"),
        }
    }
}

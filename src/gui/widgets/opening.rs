//! A field that has the keyboard as soon as it is there, what stands in it chosen: typing takes its place.

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{Response, Ui};

/// How far the opening of a field has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Opening {
    #[default]
    New,
    /// The keyboard was asked for; what the field says is to be chosen once it has it.
    Asked,
    Done,
}

impl Opening {
    /// To be called with a field (of text, or of a number) each time it was drawn.
    pub fn take_keyboard(&mut self, ui: &Ui, field: &Response) {
        match self {
            Opening::New => {
                field.request_focus();
                *self = Opening::Asked;
            }
            // Not before the field was drawn with the keyboard: until then it keeps no selection.
            Opening::Asked if field.has_focus() => {
                if let Some(mut state) = TextEditState::load(ui.ctx(), field.id) {
                    // The end lies past any text: it is brought back to where the text ends.
                    let all = CCursorRange::two(CCursor::default(), CCursor::new(usize::from(u16::MAX)));
                    state.cursor.set_char_range(Some(all));
                    state.store(ui.ctx(), field.id);
                    ui.ctx().request_repaint();
                    *self = Opening::Done;
                }
            }
            Opening::Asked | Opening::Done => {}
        }
    }
}

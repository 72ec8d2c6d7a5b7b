//! The list of steps: what was done, in order, and what was taken back. A click goes there.

use super::action::{Action, Actions};
use super::app::App;
use super::shortcuts::Command;
use super::state::State;
use super::text::{edit_label, fill};
use super::theme::{ROW, Tokens};
use super::widgets::subdued;
use eframe::egui::{Align2, Button, Context, Id, RichText, ScrollArea, Ui, Window, vec2};

/// The id of its window.
pub fn window_id() -> Id {
    Id::unique("history")
}

/// Shows the list, where it was asked for.
pub fn history_ui(ctx: &Context, state: &State, actions: &mut Actions) {
    if !state.view.show_history {
        return;
    }
    let t = state.text();
    let mut open = true;
    Window::new(t.cmd_history)
        .id(window_id())
        .anchor(Align2::RIGHT_BOTTOM, vec2(-18.0, -190.0))
        .collapsible(false)
        .resizable(false)
        .default_width(236.0)
        .open(&mut open)
        .show(ctx, |ui| {
            ui.set_width(236.0);
            list_ui(ui, state, actions);
        });
    if !open {
        actions.command(Command::History);
    }
}

fn list_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    let history = state.project.history();
    let (done, all) = (history.n_undo(), history.n_undo() + history.n_redo());
    if history.n_let_go() > 0 {
        subdued(ui, fill(t.tools.history_let_go, &[&history.n_let_go().to_string()]));
    }
    ui.spacing_mut().item_spacing.y = 1.0;
    // Row 0 is the piece before all steps; row i stands for what it was after step i.
    let scroll = ScrollArea::vertical().max_height(ROW * 11.0).auto_shrink([false, true]).stick_to_bottom(true);
    scroll.show_rows(ui, ROW, all + 1, |ui, rows| {
        for row in rows {
            let step = row.checked_sub(1).and_then(|i| history.label(i));
            let name = step.map_or(t.tools.history_start, |label| edit_label(t, label));
            let numbered = if row == 0 { name.to_owned() } else { format!("{row}  {name}") };
            let tokens = Tokens::of(ui);
            let color = if row > done { tokens.subdued } else { tokens.strong };
            let button = Button::selectable(row == done, RichText::new(&numbered).color(color));
            if ui.add(button.min_size(vec2(ui.available_width(), ROW))).clicked() {
                actions.push(Action::GoToStep(row));
            }
        }
    });
}

impl App {
    /// Takes steps back, or does them again, until `done` of those that are kept are done.
    pub(super) fn go_to_step(&mut self, done: usize) {
        self.drop_tool();
        let now = self.state.project.history().n_undo();
        let back = now.saturating_sub(done);
        let forth = done.saturating_sub(now);
        let mut last = None;
        for _ in 0..back {
            last = self.state.project.undo();
        }
        for _ in 0..forth {
            last = self.state.project.redo();
        }
        let Some(label) = last else { return };
        let t = self.state.text();
        let sentence = fill(if back > 0 { t.undone } else { t.redone }, &[edit_label(t, label)]);
        self.state.session.say(super::session::Severity::Info, sentence);
        self.score_changed();
    }
}

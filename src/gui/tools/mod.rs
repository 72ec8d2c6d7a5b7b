//! Tools on a selection: some work at once, some have settings and show in the piece what they would do.
//!
//! While the box of a tool is open, the piece is a trial of the project: seen and heard, but no step of the
//! history until it is applied. What was set is there again the next time.

mod settings;
mod window;

pub use window::{tool_box_ui, window_id};

use super::app::App;
use super::piano_roll::snap::Grid;
use super::session::Severity;
use super::shortcuts::Command;
use super::text::edit_label;
use crate::music::tools::{Loudness, NoteTool, Order, PitchSet, Quantise};
use crate::music::{NoteId, Tick};
use crate::project::Edit;
use std::mem::discriminant;
use std::sync::Arc;

/// A tool that is being set.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolBox {
    pub tool: NoteTool,
    /// The notes it works on; they may be gone from the piece while a trial is shown.
    pub ids: Vec<NoteId>,
    /// The scale of the piece, for what can keep to it or not.
    pub scale: PitchSet,
    /// The notes are all of the voice, because none was selected.
    pub whole_voice: bool,
    /// Why it cannot do what it is set to.
    pub refused: Option<String>,
}

/// What tools were last set to.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    tools: Vec<NoteTool>,
    /// The grid of quantise and arpeggiate; `None` is the roll's.
    pub grid: Option<Grid>,
}

impl Memory {
    /// `tool` with the settings it had last. Grid and scale are those of now.
    fn recall(&self, tool: NoteTool) -> NoteTool {
        let last = self.tools.iter().find(|t| discriminant(*t) == discriminant(&tool));
        match (last, tool) {
            (Some(NoteTool::Quantise(q)), NoteTool::Quantise(now)) => {
                NoteTool::Quantise(Quantise { grid: now.grid, ..*q })
            }
            (Some(NoteTool::Arpeggiate { order, .. }), NoteTool::Arpeggiate { step, .. }) => {
                NoteTool::Arpeggiate { step, order: *order }
            }
            (Some(NoteTool::Transpose { steps, .. }), NoteTool::Transpose { scale, .. }) => {
                NoteTool::Transpose { steps: *steps, scale }
            }
            (Some(NoteTool::Harmonise { steps, .. }), NoteTool::Harmonise { scale, .. }) => {
                NoteTool::Harmonise { steps: *steps, scale }
            }
            (Some(NoteTool::Invert { scale: None }), NoteTool::Invert { .. }) => NoteTool::Invert { scale: None },
            (Some(NoteTool::Invert { .. }), now) | (None, now) => now,
            (Some(last), _) => *last,
        }
    }

    fn remember(&mut self, tool: NoteTool) {
        self.tools.retain(|t| discriminant(t) != discriminant(&tool));
        self.tools.push(tool);
    }
}

/// Whether a tool has something to be set.
fn has_settings(tool: &NoteTool) -> bool {
    use NoteTool::{DeleteOverlaps, Join, Legato, Reverse, SplitAt};
    !matches!(tool, Legato | Reverse | Join | DeleteOverlaps | SplitAt(_))
}

impl App {
    /// The tool that a command stands for, set as it is before anybody sets it.
    fn tool_of(&self, command: Command) -> Option<NoteTool> {
        let scale = self.scale();
        let quarter = Tick::from(self.state.project.score().ppq);
        Some(match command {
            Command::Quantise | Command::QuantiseWith => NoteTool::Quantise(Quantise::straight(self.tool_grid())),
            Command::Humanise => NoteTool::Humanise { ticks: (quarter / 32).max(1), velocity: 8, seed: 1 },
            Command::Legato => NoteTool::Legato,
            Command::Staccato => NoteTool::Staccato { share: 0.5 },
            Command::Invert => NoteTool::Invert { scale: Some(scale) },
            Command::Reverse => NoteTool::Reverse,
            Command::Stretch => NoteTool::Stretch { factor: 2.0 },
            Command::TransposeInScale => NoteTool::Transpose { steps: 1, scale },
            Command::Harmonise => NoteTool::Harmonise { steps: 2, scale },
            Command::Split => NoteTool::Split { parts: 2 },
            Command::SplitAtHead => NoteTool::SplitAt(self.state.session.position() as Tick),
            Command::Join => NoteTool::Join,
            Command::SetVelocity => NoteTool::Loudness(Loudness::Scale(1.0)),
            Command::DeleteOverlaps => NoteTool::DeleteOverlaps,
            Command::Arpeggiate => NoteTool::Arpeggiate { step: self.tool_grid(), order: Order::Up },
            _ => return None,
        })
    }

    fn scale(&self) -> PitchSet {
        self.roll.scale(&self.state).map_or(PitchSet::CHROMATIC, |s| PitchSet::new(s.pitch_classes()))
    }

    /// The step of the grid that tools use.
    fn tool_grid(&self) -> Tick {
        let ppq = self.state.project.score().ppq;
        match self.state.view.tools.grid {
            Some(grid) => grid.ticks(ppq, self.roll.viewport.px_per_tick),
            None => self.roll.grid_ticks(&self.state),
        }
    }

    /// Does what a command of the tools says: at once, or by opening the tool's box.
    pub(super) fn tool_command(&mut self, command: Command) {
        self.keep_tool();
        let Some(tool) = self.tool_of(command) else { return };
        let tool = self.state.view.tools.recall(tool);
        let (ids, whole_voice) = self.tool_notes();
        if ids.is_empty() {
            let sentence = self.state.text().tools.no_notes;
            self.state.session.say(Severity::Info, sentence);
        } else if command == Command::Quantise || !has_settings(&tool) {
            self.edit(Edit::UseTool { ids, tool });
            if whole_voice {
                self.state.view.selection = Arc::default();
            }
        } else {
            self.state.view.tool_box = Some(ToolBox { tool, ids, scale: self.scale(), whole_voice, refused: None });
            self.try_tool(tool);
        }
    }

    /// What is selected, or else all of the voice in hand.
    fn tool_notes(&self) -> (Vec<NoteId>, bool) {
        let view = &self.state.view;
        if !view.selection.is_empty() {
            return (view.selection.iter().copied().collect(), false);
        }
        let voice = self.state.project.score().voices.get(view.voice);
        (voice.map_or(Vec::new(), |v| v.notes.iter().map(|n| n.id).collect()), true)
    }

    /// Shows the piece as the tool, set like this, would leave it.
    pub(super) fn try_tool(&mut self, tool: NoteTool) {
        let grid = self.tool_grid();
        let Some(open) = &mut self.state.view.tool_box else { return };
        let tool = match tool {
            NoteTool::Quantise(q) => NoteTool::Quantise(Quantise { grid, ..q }),
            NoteTool::Arpeggiate { order, .. } => NoteTool::Arpeggiate { step: grid, order },
            other => other,
        };
        open.tool = tool;
        let ids = open.ids.clone();
        let result = self.state.project.try_edit(Edit::UseTool { ids: ids.clone(), tool });
        let (shown, refused) = match result {
            Ok(applied) => (applied.ids, None),
            Err(e) => (ids, Some(e.to_string())),
        };
        if let Some(open) = &mut self.state.view.tool_box {
            open.refused = refused;
        }
        self.state.view.selection = Arc::new(shown.into_iter().collect());
        self.score_changed();
    }

    /// Makes a step of what the open box shows, and closes it.
    pub(super) fn keep_tool(&mut self) {
        let Some(open) = self.state.view.tool_box.take() else { return };
        self.state.view.tools.remember(open.tool);
        if open.whole_voice {
            self.state.view.selection = Arc::default();
        }
        let label = self.state.project.keep_trial();
        let t = self.state.text();
        let sentence = match (label, open.refused) {
            (Some(label), _) => edit_label(t, label).to_owned(),
            (None, Some(refused)) => refused,
            (None, None) => t.tools.nothing_changed.to_owned(),
        };
        self.state.session.say(Severity::Info, sentence);
    }

    /// Closes the open box and leaves the piece as it was. Says whether there was one.
    pub(super) fn drop_tool(&mut self) -> bool {
        let Some(open) = self.state.view.tool_box.take() else { return false };
        if self.state.project.drop_trial() {
            self.score_changed();
        }
        let selection = if open.whole_voice { Vec::new() } else { open.ids };
        self.state.view.selection = Arc::new(selection.into_iter().collect());
        true
    }

    /// Another grid for the open box.
    pub(super) fn set_tool_grid(&mut self, grid: Option<Grid>) {
        self.state.view.tools.grid = grid;
        if let Some(tool) = self.state.view.tool_box.as_ref().map(|b| b.tool) {
            self.try_tool(tool);
        }
    }
}

//! How much of the selection, or of the piece, stands in what a model learned from.

use crate::gui::action::Actions;
use crate::gui::shortcuts::Command;
use crate::gui::state::State;
use crate::gui::text::originality::Originality;
use crate::gui::text::{fill, sentence};
use crate::gui::theme::Tokens;
use crate::gui::widgets::{fields, plain_button, section, subdued};
use crate::job::{Among, Figures, NoPercentile};
use crate::train::report_card::FEWEST_PIECES;
use eframe::egui::Ui;

/// What was asked last, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct OriginalityView {
    pub model: String,
    pub of_selection: bool,
    /// `None` while it is looked up; a sentence where it cannot be known.
    pub found: Option<Result<Figures, String>>,
}

/// Stands there once [`Command::Originality`] was given.
pub fn originality_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = &state.text().orig;
    let Some(view) = &state.session.originality else { return };
    section(ui, "originality", t.title, true, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let button = fields(ui, |ui| plain_button(ui, t.check));
        if button.on_hover_text(Command::Originality.name(state.text())).clicked() {
            actions.command(Command::Originality);
        }
        match &view.found {
            None => {
                subdued(ui, fill(t.looking, &[&view.model]));
            }
            Some(Err(why)) => {
                ui.colored_label(Tokens::of(ui).error, sentence(why, state.text()));
            }
            Some(Ok(figures)) => figures_ui(ui, state, view, figures),
        }
    });
}

fn figures_ui(ui: &mut Ui, state: &State, view: &OriginalityView, f: &Figures) {
    let t = &state.text().orig;
    let of = if view.of_selection { t.of_selection } else { t.of_piece };
    subdued(ui, fill(of, &[&f.notes.to_string(), &view.model]));
    match &f.longest_copy {
        Some(c) => ui.label(fill(t.longest_copy, &[&c.notes.to_string(), &c.source, &c.bar.to_string()])),
        None => ui.label(t.none),
    };
    if let Some(p) = f.longest_passage.as_ref().filter(|p| p.changed > 0) {
        let (changed, notes, bar) = (p.changed.to_string(), p.notes.to_string(), p.bar.to_string());
        ui.label(fill(t.longest_passage, &[&changed, &notes, &p.source, &bar]));
    }
    let share = |n: usize| format!("{:.0}", 100.0 * f.shares.get(&n).copied().unwrap_or_default());
    ui.label(fill(t.shares, &[&share(4), &share(8), &share(12), &share(16)]));
    match (f.percentile, f.percentile_reason) {
        (Some(p), _) => {
            ui.label(fill(t.percentile, &[&format!("{p:.0}")]));
            subdued(ui, among(t, f));
        }
        (None, Some(NoPercentile::FewPieces { pieces, long_enough })) => {
            let counts = [pieces, long_enough, FEWEST_PIECES].map(|n| n.to_string());
            subdued(ui, fill(t.few_pieces, &[&counts[0], &counts[1], &counts[2]]));
        }
        (None, Some(NoPercentile::FewNotes)) => {
            subdued(ui, t.few_notes);
        }
        (None, None) => {}
    }
    if !f.sources.is_empty() {
        subdued(ui, t.sources);
    }
    for source in &f.sources {
        ui.label(fill(t.source, &[&source.source, &source.bar.to_string(), &source.notes.to_string()]));
    }
}

/// Whom the percentile compares with.
fn among(t: &Originality, f: &Figures) -> String {
    let Among { held_out, learned_from } = f.percentile_among.unwrap_or_default();
    let (held_out, learned_from) = (held_out.to_string(), learned_from.to_string());
    match learned_from.as_str() {
        "0" => fill(t.among_held_out, &[&held_out]),
        _ => fill(t.among_both, &[&held_out, &learned_from]),
    }
}

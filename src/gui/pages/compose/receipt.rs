//! Why the selected note is there: what the model thought of it, and what else it could have been.

use super::weight::weight_ui;
use crate::generate::rules::Rule;
use crate::gui::action::{Action, Actions};
use crate::gui::explain::most_surprise;
use crate::gui::regenerate::{can_go_on, take_of};
use crate::gui::session::Playing;
use crate::gui::state::State;
use crate::gui::text::receipt::{ReceiptWords, rule_name};
use crate::gui::text::{fill, instruments, sentence};
use crate::gui::theme::{ROW, Tokens};
use crate::gui::widgets::{Icon, icon_button_sized, plain_button, section, subdued};
use crate::job::Nearest;
use crate::music::note::pitch_name_in;
use crate::music::{Key, Note, Role};
use crate::project::{Edit, Receipt};
use eframe::egui::{Align, Id, Label, Layout, Rect, Sense, Ui, vec2};

/// While notes are explained, and wherever the one that is selected has a receipt.
pub fn is_shown(state: &State) -> bool {
    let receipts = state.project.receipts();
    let has = |note: &Note| receipts.of(note).is_some() || receipts.swapped(note).is_some();
    state.view.explain || selected_note(state).is_some_and(|(_, note)| has(note))
}

/// `key` is the one that the piece sounds like, where it says none.
pub fn receipt_ui(ui: &mut Ui, state: &State, key: Option<Key>, actions: &mut Actions) {
    let words = &state.text().rc;
    let selected = selected_note(state);
    let receipt = selected.and_then(|(_, note)| state.project.receipts().of(note));
    section(ui, "receipt", words.receipt, true, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        match (selected, receipt) {
            (Some((voice, note)), Some(receipt)) => note_ui(ui, state, key, voice, note, receipt, actions),
            (Some((voice, note)), None) => match state.project.receipts().swapped(note) {
                Some((was, receipt)) => {
                    subdued(ui, fill(words.swapped, &[&receipt.model, &pitch_name_in(was, key)]));
                    alternatives_ui(ui, state, key, voice, note, receipt, actions);
                }
                None => drop(subdued(ui, words.none_of_it)),
            },
            (None, _) => drop(subdued(ui, words.select_one)),
        }
        if state.view.explain {
            legend_ui(ui, words, most_surprise(state));
            explain_ui(ui, state, actions);
        }
    });
}

/// What the colours of the roll mean: from expected to surprising, and the grey of what no model has read.
fn legend_ui(ui: &mut Ui, words: &ReceiptWords, most: f64) {
    const STEPS: usize = 48;
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 10.0), Sense::hover());
    for i in 0..STEPS {
        let x = |i: usize| rect.left() + rect.width() * i as f32 / STEPS as f32;
        let slice = Rect::from_x_y_ranges(x(i)..=x(i + 1) + 0.5, rect.y_range());
        ui.painter().rect_filled(slice, 0, t.surprise((i as f64 + 0.5) / STEPS as f64));
    }
    response.on_hover_text(words.legend);
    ui.horizontal(|ui| {
        subdued(ui, words.legend_expected);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            subdued(ui, fill(words.legend_surprise, &[&format!("{most:.1}")]));
        });
    });
    ui.horizontal(|ui| {
        let (square, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
        ui.painter().rect_filled(square, 2, t.no_surprise());
        subdued(ui, words.legend_none);
    });
}

/// The voice and the note, where one alone is selected.
fn selected_note(state: &State) -> Option<(usize, &Note)> {
    let mut ids = state.view.selection.iter();
    let (Some(id), None) = (ids.next(), ids.next()) else { return None };
    state.project.score().notes().find(|(_, n)| n.id == *id)
}

fn note_ui(
    ui: &mut Ui,
    state: &State,
    key: Option<Key>,
    voice: usize,
    note: &Note,
    receipt: &Receipt,
    actions: &mut Actions,
) {
    let t = state.text();
    let words = &t.rc;
    let by = if receipt.drawn_with.is_some() { words.written_by } else { words.read_by };
    subdued(ui, fill(by, &[&receipt.model]));
    let likely = fill(words.likely, &[&percent(receipt.probability), &format!("{:.2}", receipt.nats)]);
    ui.label(likely).on_hover_text(words.likely_hint);
    ui.label(fill(words.rank, &[&receipt.rank.to_string()]));
    if let Some(p) = receipt.drawn_with {
        ui.label(fill(words.drawn_with, &[&percent(p)]));
    }
    subdued(ui, words.could_be).on_hover_text(words.could_be_hint);
    alternatives_ui(ui, state, key, voice, note, receipt, actions);
    for (rule, n) in &receipt.removed {
        let sentence = if *rule == Rule::StartOnBar { words.removed_places } else { words.removed };
        subdued(ui, fill(sentence, &[rule_name(t, *rule), &n.to_string()]));
    }
    for rule in &receipt.relaxed {
        subdued(ui, fill(words.relaxed, &[rule_name(t, *rule)]));
    }
    weight_ui(ui, state, note, receipt, actions);
    nearest_ui(ui, state, note, receipt, actions);
}

/// What the note could have been: heard under the pointer, swapped in by a click, and with the rest of its
/// take written anew by another.
fn alternatives_ui(
    ui: &mut Ui,
    state: &State,
    key: Option<Key>,
    voice: usize,
    note: &Note,
    receipt: &Receipt,
    actions: &mut Actions,
) {
    /// As high as the buttons with words, so that all stands on one line.
    const HIGH: f32 = ROW + 4.0;
    let key = state.project.score().key_at(note.start).or(key);
    let words = &state.text().rc;
    let drums = state.project.score().voices[voice].role == Role::Drums;
    let take = receipt.drawn_with.and_then(|_| take_of(&state.project, note.id)).map(|i| &state.project.takes()[i]);
    let mut under = None;
    for (pitch, p) in &receipt.alternatives {
        let drum = instruments::drum(state.text(), *pitch).filter(|_| drums);
        let name = drum.map_or_else(|| pitch_name_in(*pitch, key), str::to_owned);
        let p = percent(f64::from(*p));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let hear = icon_button_sized(ui, Icon::Play, &fill(words.hear, &[&name]), false, HIGH);
            if hear.clicked() {
                actions.push(Action::Audition(voice, *pitch, note.velocity));
            }
            if *pitch == note.pitch {
                ui.label(fill(words.this_note, &[&name, &p]));
                return;
            }
            let swap = plain_button(ui, &fill(words.swap_in, &[&name, &p]));
            if swap.hovered() {
                under = Some(*pitch);
            }
            if swap.clicked() {
                actions.edit(Edit::SetPitches(vec![(note.id, *pitch)]));
            }
            if receipt.drawn_with.is_some() {
                let ready = take.is_some_and(can_go_on) && !state.session.generating;
                let button = ui.add_enabled_ui(ready, |ui| {
                    icon_button_sized(ui, Icon::Again, &fill(words.regenerate, &[&name]), false, HIGH)
                });
                let why = if take.is_none() { words.take_gone } else { words.not_regenerated };
                let name = take.map_or("", |t| t.name.as_str());
                let button = button.inner.on_hover_text(fill(words.regenerate_hint, &[name]));
                if button.on_disabled_hover_text(why).clicked() {
                    actions.push(Action::Regenerate { note: note.id, pitch: *pitch });
                }
            }
        });
    }
    hear_once(ui, under.map(|pitch| (voice, pitch, note.velocity)), actions);
}

/// Sounds what lies under the pointer, once each time that it comes there.
fn hear_once(ui: &Ui, under: Option<(usize, u8, u8)>, actions: &mut Actions) {
    let id = Id::unique("alternative under the pointer");
    let before = ui.data(|d| d.get_temp::<Option<(usize, u8, u8)>>(id)).flatten();
    if before != under {
        ui.data_mut(|d| d.insert_temp(id, under));
        if let Some((voice, pitch, velocity)) = under {
            actions.push(Action::Audition(voice, pitch, velocity));
        }
    }
}

/// The passages that the model learned from which are nearest to the note's phrase.
fn nearest_ui(ui: &mut Ui, state: &State, note: &Note, receipt: &Receipt, actions: &mut Actions) {
    let words = &state.text().rc;
    let asked = state.session.nearest.as_ref().filter(|n| n.note == *note && n.note.id == note.id);
    let Some(view) = asked.filter(|n| n.model == receipt.model) else {
        return actions.push(Action::FindNearest(note.id));
    };
    let found = match &view.found {
        None => return drop(subdued(ui, fill(words.nearest_looking, &[&view.model]))),
        Some(Err(why)) => return drop(subdued(ui, sentence(why, state.text()))),
        Some(Ok(found)) if found.is_empty() => return drop(subdued(ui, fill(words.nearest_none, &[&view.model]))),
        Some(Ok(found)) => found,
    };
    subdued(ui, fill(words.nearest, &[&view.model]));
    for (i, Nearest { passage: p, .. }) in found.iter().enumerate() {
        let (bar, notes, changed) = (p.bar.to_string(), p.notes.to_string(), p.changed.to_string());
        ui.horizontal(|ui| {
            let plays = state.session.plays(&Playing::Passage(i));
            let icon = if plays { Icon::Stop } else { Icon::Play };
            let name = fill(words.hear_passage, &[&p.source, &bar]);
            if icon_button_sized(ui, icon, &name, plays, 24.0).clicked() {
                actions.push(Action::PlayPassage(i));
            }
            let line = if p.changed == 0 { words.passage } else { words.passage_changed };
            ui.add(Label::new(fill(line, &[&p.source, &bar, &notes, &changed])).truncate());
        });
    }
}

fn explain_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let words = &state.text().rc;
    if state.session.explaining {
        subdued(ui, words.reading);
        return;
    }
    let ready = !state.session.models.is_empty() && state.project.score().n_notes() > 0;
    let button = ui.add_enabled_ui(ready, |ui| plain_button(ui, words.explain_piece)).inner;
    let hint = fill(words.explain_hint, &[&state.view.generator.model]);
    if button.on_hover_text(hint).on_disabled_hover_text(state.text().no_model_hint).clicked() {
        actions.push(Action::ExplainPiece);
    }
}

/// "31 %"; of what is very unlikely, two figures that count.
fn percent(p: f64) -> String {
    match 100.0 * p {
        p if p >= 10.0 => format!("{p:.0} %"),
        p if p >= 0.1 => format!("{p:.1} %"),
        p => format!("{p:.1e} %"),
    }
}

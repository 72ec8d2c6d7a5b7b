//! What is known of the piece in hand: key and keys, meter, tempo, length, timing.

use super::piece::heading;
use super::table::clock;
use super::view::LibraryRequest;
use crate::corpus::{Piece, Timing};
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::{Text, fill, key_name};
use crate::gui::widgets::labelled;
use crate::music::{Key, Score, Tick};
use eframe::egui::{ComboBox, Label, Response, Ui};

pub fn about_ui(ui: &mut Ui, state: &State, piece: &Piece, score: &Score, actions: &mut Actions) {
    let t = state.text();
    heading(ui, t.lib.facts);
    labelled(ui, t.lib.col_key, |ui| key_ui(ui, state, piece, None, piece.key, actions));
    let text = |text: String| move |ui: &mut Ui| -> Response { ui.add(Label::new(text).wrap()) };
    // Where it modulates, each section has a key of its own.
    for span in piece.keys.iter().filter(|_| piece.keys.len() > 1) {
        let bar = score.meters.position(span.from, score.ppq).bar + 1;
        let (from, key) = (Some(span.from), Some((span.key, span.confidence)));
        labelled(ui, &fill(t.lib.from_bar, &[&bar.to_string()]), |ui| key_ui(ui, state, piece, from, key, actions));
    }
    labelled(ui, t.lib.col_meter, text(piece.summary.meter.to_string()));
    labelled(ui, t.lib.col_tempo, text(format!("♩ = {:.0}", piece.summary.qpm)));
    let length = fill(t.lib.length_bars, &[&clock(piece.summary.seconds), &piece.summary.bars.to_string()]);
    labelled(ui, t.lib.length, text(length));
    let timing = match piece.timing {
        Timing::Quantised => t.lib.timing_quantised,
        Timing::Aligned => t.lib.timing_aligned,
        Timing::Performed => t.lib.timing_performed,
    };
    labelled(ui, t.lib.timing, text(timing.to_owned()));
}

/// How sure a key is, in words.
pub fn how_sure(confidence: f64, t: &Text) -> &'static str {
    match confidence {
        0.4.. => t.lib.key_sure,
        0.2.. => t.lib.key_fairly_sure,
        _ => t.lib.key_not_sure,
    }
}

/// The key of the piece or of its section that begins at `section`, and the way to say otherwise.
fn key_ui(
    ui: &mut Ui,
    state: &State,
    piece: &Piece,
    section: Option<Tick>,
    key: Option<(Key, f64)>,
    actions: &mut Actions,
) -> Response {
    let t = &state.text().lib;
    let decided = state.session.library.choices.files.get(&piece.hash);
    let chosen = decided.and_then(|c| match section {
        None => c.key.get(&piece.tune).copied(),
        Some(from) => c.sections.get(&(piece.tune, from)).copied(),
    });
    let sure = match key {
        _ if chosen.is_some() => t.key_chosen,
        Some((_, confidence)) => how_sure(confidence, state.text()),
        None => t.key_not_sure,
    };
    let now = key.map_or(t.key_unknown.to_owned(), |(key, _)| fill(t.key_is, &[&key_name(state.text(), key), sure]));
    let set = |key: Option<Key>| Action::Library(LibraryRequest::SetKey { id: piece.id(), section, key });
    let width = ui.available_width().min(200.0);
    let combo = ComboBox::from_id_salt(("piece key", section)).selected_text(now).width(width);
    combo
        .show_ui(ui, |ui| {
            if ui.selectable_label(chosen.is_none(), t.key_from_notes).clicked() {
                actions.push(set(None));
            }
            for key in Key::all() {
                if ui.selectable_label(chosen == Some(key), key_name(state.text(), key)).clicked() {
                    actions.push(set(Some(key)));
                }
            }
        })
        .response
}

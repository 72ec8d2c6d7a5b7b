//! The small window in which an entry of a strip is written, changed or taken out.

use crate::gui::action::Actions;
use crate::gui::state::State;
use crate::gui::text::{fill, key_name};
use crate::gui::theme::Tokens;
use crate::gui::widgets::{Opening, chip, fields, plain_button, primary_button, subdued};
use crate::music::{Chord, Key, Meter, Mode, Quality, Score, Tick};
use crate::project::lanes::{QPM, mark_at};
use crate::project::{Edit, Lane, LaneEdit, Mark};
use eframe::egui::{DragValue, Id, Popup, PopupAnchor, PopupCloseBehavior, Pos2, RichText, TextEdit, Ui};

#[derive(Debug)]
pub struct Editor {
    pub lane: Lane,
    pub tick: Tick,
    /// Something stands at the tick already: it can be taken out.
    exists: bool,
    text: String,
    qpm: f64,
    meter: Meter,
    key: Option<Key>,
    /// The field takes the keyboard; it does not close in the repaint in which it was opened.
    opening: Opening,
}

impl Editor {
    pub fn new(score: &Score, lane: Lane, tick: Tick, key: Option<Key>) -> Self {
        let mark = mark_at(score, lane, tick);
        let text = match &mark {
            Some(Mark::Marker(text)) => text.clone(),
            Some(Mark::Chord(Some(chord))) => chord.spelled(key),
            _ => String::new(),
        };
        let (qpm, meter) = (score.tempos.qpm_at(tick), score.meters.meter_at(tick));
        let exists = mark.is_some_and(|m| m != Mark::Chord(None));
        Self { lane, tick, exists, text, qpm: (qpm * 100.0).round() / 100.0, meter, key, opening: Opening::New }
    }

    /// Writes a text for the user to take or to change.
    pub fn suggest(&mut self, text: String) {
        self.text = text;
    }
}

/// Draws the window; true when it is done with.
pub fn editor_ui(ui: &Ui, at: Pos2, editor: &mut Editor, state: &State, actions: &mut Actions) -> bool {
    let t = state.text();
    let mut open = true;
    let mut result = Outcome::None;
    let is_new = editor.opening == Opening::New;
    let id = Id::unique("lane editor");
    Popup::new(id, ui.ctx().clone(), PopupAnchor::Position(at), ui.layer_id())
        .open_bool(&mut open)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_min_width(180.0);
            ui.label(
                RichText::new(fill(t.over.at_bar, &[super::name(editor.lane, t), &place(state, editor.tick)]))
                    .color(Tokens::of(ui).strong),
            );
            result = match editor.lane {
                Lane::Tempo => tempo_ui(ui, editor, state),
                Lane::Meter => meter_ui(ui, editor, state),
                Lane::Key => key_ui(ui, editor, state),
                Lane::Markers => marker_ui(ui, editor, state),
                Lane::Chords => chord_ui(ui, editor, state),
            };
        });
    match result {
        // The click that opened it, the second of two maybe, lies outside of it.
        Outcome::None => return !open && !is_new,
        Outcome::Set(mark) => actions.edit(Edit::Lane(LaneEdit::Set { tick: editor.tick, mark })),
        Outcome::Remove => actions.edit(Edit::Lane(LaneEdit::Remove { lane: editor.lane, tick: editor.tick })),
    }
    true
}

enum Outcome {
    None,
    Set(Mark),
    Remove,
}

/// "5" or "5.3": the bar, and the beat where it is not the first.
fn place(state: &State, tick: Tick) -> String {
    let score = state.project.score();
    let at = score.meters.position(tick, score.ppq);
    let beat = at.offset / at.meter.beat_ticks(score.ppq).max(1);
    if at.offset == 0 { (at.bar + 1).to_string() } else { format!("{}.{}", at.bar + 1, beat + 1) }
}

/// The buttons at the foot: set what was written, where that is anything; take out what stands there.
fn foot_ui(ui: &mut Ui, state: &State, exists: bool, mark: Option<Mark>, entered: bool) -> Outcome {
    let t = state.text();
    let row = ui.horizontal(|ui| {
        let set = ui.add_enabled_ui(mark.is_some(), |ui| primary_button(ui, t.over.set, 64.0)).inner.clicked();
        (set, exists && plain_button(ui, t.over.take_out).clicked())
    });
    match (row.inner, mark) {
        ((_, true), _) => Outcome::Remove,
        ((set, _), Some(mark)) if set || entered => Outcome::Set(mark),
        _ => Outcome::None,
    }
}

fn enter(ui: &Ui) -> bool {
    ui.input(|i| i.key_pressed(eframe::egui::Key::Enter))
}

fn tempo_ui(ui: &mut Ui, editor: &mut Editor, state: &State) -> Outcome {
    let t = state.text();
    let field = DragValue::new(&mut editor.qpm).range(QPM).max_decimals(2).speed(0.5).prefix("♩ = ");
    let response = fields(ui, |ui| ui.add(field)).accessible_name(t.over.new_tempo);
    editor.opening.take_keyboard(ui, &response);
    let entered = response.lost_focus() && enter(ui);
    foot_ui(ui, state, editor.exists, Some(Mark::Tempo(editor.qpm)), entered)
}

fn meter_ui(ui: &mut Ui, editor: &mut Editor, state: &State) -> Outcome {
    let t = state.text();
    let mut entered = false;
    ui.horizontal(|ui| {
        let field = DragValue::new(&mut editor.meter.numerator).range(1..=64).speed(0.05);
        let response = fields(ui, |ui| ui.add(field)).accessible_name(t.over.beats);
        editor.opening.take_keyboard(ui, &response);
        entered = response.lost_focus() && enter(ui);
        subdued(ui, "/");
        for unit in [1, 2, 4, 8, 16, 32] {
            if chip(ui, &unit.to_string(), editor.meter.denominator == unit).clicked() {
                editor.meter.denominator = unit;
            }
        }
    });
    foot_ui(ui, state, editor.exists, Some(Mark::Meter(editor.meter)), entered)
}

/// The keys are buttons: the one that holds has the keyboard, arrows and Tab go on from it.
fn key_ui(ui: &mut Ui, editor: &mut Editor, state: &State) -> Outcome {
    let mut outcome = Outcome::None;
    let first = editor.key.unwrap_or(Key::new(0, Mode::Major));
    for mode in [Mode::Major, Mode::Minor] {
        // Round the circle of fifths, flats first.
        for half in [-5..=0, 1..=6] {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                for fifths in half {
                    let key = Key::from_fifths(fifths, mode);
                    let response = chip(ui, &key_name(state.text(), key), editor.key == Some(key));
                    if editor.opening == Opening::New && key == first {
                        response.request_focus();
                    }
                    if response.clicked() {
                        outcome = Outcome::Set(Mark::Key(key));
                    }
                }
            });
        }
        ui.add_space(2.0);
    }
    editor.opening = Opening::Done;
    if editor.exists && plain_button(ui, state.text().over.take_out).clicked() {
        outcome = Outcome::Remove;
    }
    outcome
}

fn marker_ui(ui: &mut Ui, editor: &mut Editor, state: &State) -> Outcome {
    let t = state.text();
    let field =
        TextEdit::singleline(&mut editor.text).desired_width(200.0).hint_text(t.over.marker_hint).char_limit(200);
    let response = ui.add(field).accessible_name(t.over.marker_text);
    editor.opening.take_keyboard(ui, &response);
    let text = editor.text.trim().to_owned();
    let entered = response.lost_focus() && enter(ui);
    let mark = (!text.is_empty()).then_some(Mark::Marker(text));
    foot_ui(ui, state, editor.exists, mark, entered)
}

fn chord_ui(ui: &mut Ui, editor: &mut Editor, state: &State) -> Outcome {
    let t = state.text();
    let field = TextEdit::singleline(&mut editor.text).desired_width(200.0).hint_text(t.over.chord_hint).char_limit(24);
    let response = ui.add(field).accessible_name(t.over.chord_text);
    editor.opening.take_keyboard(ui, &response);
    let chord = Chord::parse(&editor.text);
    if chord.is_none() && !editor.text.trim().is_empty() {
        ui.label(RichText::new(fill(t.over.no_such_chord, &[editor.text.trim()])).color(Tokens::of(ui).error));
    }
    let mut outcome = Outcome::None;
    if let Some(key) = editor.key {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for chord in triads(key) {
                if chip(ui, &chord.spelled(Some(key)), false).clicked() {
                    outcome = Outcome::Set(Mark::Chord(Some(chord)));
                }
            }
        });
    }
    let entered = response.lost_focus() && enter(ui);
    match foot_ui(ui, state, editor.exists, chord.map(|c| Mark::Chord(Some(c))), entered) {
        Outcome::None => outcome,
        done => done,
    }
}

/// The triads on the steps of a key.
fn triads(key: Key) -> Vec<Chord> {
    let scale = key.pitch_classes();
    let steps: Vec<u8> = (0..12).map(|i| (key.tonic + i) % 12).filter(|pc| scale[usize::from(*pc)]).collect();
    let above = |i: usize, n: usize| (steps[(i + n) % 7] + 12 - steps[i]) % 12;
    let quality = |i: usize| match (above(i, 2), above(i, 4)) {
        (4, 7) => Quality::Major,
        (3, 7) => Quality::Minor,
        (3, 6) => Quality::Diminished,
        _ => Quality::Augmented,
    };
    (0..steps.len()).map(|i| Chord::new(steps[i], quality(i))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_triads_of_a_key() {
        let names = |key: Key| triads(key).iter().map(|c| c.spelled(Some(key))).collect::<Vec<_>>().join(" ");
        assert_eq!(names(Key::new(0, Mode::Major)), "C Dm Em F G Am B°");
        assert_eq!(names(Key::new(0, Mode::Minor)), "Cm D° E♭ Fm Gm A♭ B♭");
    }
}

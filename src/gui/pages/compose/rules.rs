//! Rules that takes keep to, and what of them follows the piece at hand.

use super::generator::{combo, open_part};
use crate::generate::rules::{
    PitchGoal, RuleSet, ScaleRule, Template, VoiceRange, chord_track_of, conflicts, parse_chords,
};
use crate::generate::{MAX_SAME, Settings};
use crate::gui::state::{Generator, Primer, State};
use crate::gui::text::receipt::rule_name;
use crate::gui::text::{Text, fill, role_name};
use crate::gui::theme::Tokens;
use crate::gui::widgets::{Icon, chip, icon_button_sized, labelled, plain_button, slider, subdued};
use crate::music::note::pitch_name;
use crate::music::transform::{picked, slice};
use crate::music::{NoteId, Role, Scale, ScaleKind, Score};
use eframe::egui::{DragValue, Slider, TextEdit, Ui, emath::Numeric};
use std::collections::HashSet;
use std::ops::RangeInclusive;

pub fn rules_ui(ui: &mut Ui, state: &State, g: &mut Generator) {
    let t = state.text();
    subdued(ui, t.rules.about);
    if !g.settings.task.opens() && g.primer == Primer::None {
        ui.checkbox(&mut g.settings.start_on_bar, t.rules.start_on_bar).on_hover_text(t.rules.start_on_bar_hint);
    }
    if !g.settings.task.opens() && g.settings.rules.end_pitch.is_none() {
        ui.checkbox(&mut g.settings.end_home, t.rules.end_home).on_hover_text(t.rules.end_home_hint);
    }
    scale_ui(ui, &mut g.settings.rules, t);
    chords_ui(ui, state, g);
    range_ui(ui, &mut g.settings, t);
    ranges_ui(ui, &mut g.settings.rules, t);
    let (r, w) = (&mut g.settings.rules, &t.rules);
    if ticked(ui, w.limit_swing, &mut r.swing, 1.0).is_some() {
        labelled(ui, w.swing, |ui| {
            ui.spacing_mut().slider_width = (ui.available_width() - 52.0).max(60.0);
            let rail = Slider::new(r.swing.get_or_insert(1.0), 0.0..=1.0).fixed_decimals(2);
            slider(ui, rail).on_hover_text(w.swing_hint)
        });
    }
    number_ui(ui, (w.limit_leap, w.leap), &mut r.max_leap, 7, 0..=48);
    number_ui(ui, (t.limit_polyphony, t.at_once), &mut g.settings.max_polyphony, 4, 1..=16);
    number_ui(ui, (w.limit_same, w.same), &mut g.settings.max_same, MAX_SAME, 1..=64);
    let r = &mut g.settings.rules;
    number_ui(ui, (w.limit_rest, w.rest), &mut r.max_rest, 2.0, 0.0..=64.0);
    number_ui(ui, (w.limit_most, w.most), &mut r.max_notes_per_bar, 16, r.min_notes_per_bar.unwrap_or(1).max(1)..=200);
    number_ui(ui, (w.ask_least, w.least), &mut r.min_notes_per_bar, 1, 0..=r.max_notes_per_bar.unwrap_or(200));
    number_ui(ui, (w.limit_repeat, w.repeat), &mut r.no_repeat, 4, 2..=64);
    goal_ui(ui, "start pitch", w.start, &mut r.start_pitch, t);
    goal_ui(ui, "end pitch", w.end, &mut r.end_pitch, t);
    ui.checkbox(&mut g.follow.rhythm, w.keep_rhythm).on_hover_text(w.keep_hint);
    ui.checkbox(&mut g.follow.pitches, w.keep_pitches).on_hover_text(w.keep_hint);
}

/// Rules that leave nothing together, a sentence each.
pub fn conflicts_ui(ui: &mut Ui, g: &Generator, t: &Text) {
    let mut asked = g.settings.clone();
    asked.rules.chords = parse_chords(&g.follow.chords).unwrap_or_default();
    for (first, second) in conflicts(&asked) {
        let names = [first, second].map(|rule| rule_name(t, rule));
        ui.colored_label(Tokens::of(ui).warning, fill(t.rules.conflict, &names));
    }
}

/// A tick that turns a rule on, at `first`, and off.
fn ticked<'a, T>(ui: &mut Ui, name: &str, value: &'a mut Option<T>, first: T) -> Option<&'a mut T> {
    let mut on = value.is_some();
    if ui.checkbox(&mut on, name).changed() {
        *value = on.then_some(first);
    }
    value.as_mut()
}

fn number_ui<T: Numeric>(
    ui: &mut Ui,
    (tick, name): (&str, &str),
    value: &mut Option<T>,
    first: T,
    range: RangeInclusive<T>,
) {
    if let Some(value) = ticked(ui, tick, value, first) {
        labelled(ui, name, |ui| ui.add(DragValue::new(value).range(range).speed(0.05)));
    }
}

fn scale_ui(ui: &mut Ui, r: &mut RuleSet, t: &Text) {
    let kind_name = |kind: ScaleKind| ScaleKind::ALL.iter().position(|k| *k == kind).map_or("", |i| t.over.scales[i]);
    let shown = match &r.scale {
        None => t.rules.scale_any,
        Some(ScaleRule::Named(scale)) => kind_name(scale.kind),
        Some(ScaleRule::Classes(_)) => t.rules.scale_own,
    };
    let root = if let Some(ScaleRule::Named(scale)) = &r.scale { scale.root } else { 0 };
    labelled(ui, t.over.scale, |ui| {
        combo(ui, "rule scale", t.over.scale, shown, |ui| {
            ui.selectable_value(&mut r.scale, None, t.rules.scale_any);
            for kind in ScaleKind::ALL {
                ui.selectable_value(&mut r.scale, Some(ScaleRule::Named(Scale::new(root, kind))), kind_name(kind));
            }
            let own = matches!(r.scale, Some(ScaleRule::Classes(_)));
            if ui.selectable_label(own, t.rules.scale_own).clicked() && !own {
                r.scale = Some(ScaleRule::Classes(vec![0, 2, 4, 5, 7, 9, 11]));
            }
        })
    });
    match &mut r.scale {
        None => {}
        Some(ScaleRule::Named(scale)) => {
            labelled(ui, t.rules.root, |ui| {
                combo(ui, "rule root", t.rules.root, t.over.roots[usize::from(scale.root)], |ui| {
                    for root in 0..12u8 {
                        ui.selectable_value(&mut scale.root, root, t.over.roots[usize::from(root)]);
                    }
                })
            });
        }
        Some(ScaleRule::Classes(classes)) => {
            subdued(ui, t.rules.own_notes);
            ui.horizontal_wrapped(|ui| {
                for class in 0..12u8 {
                    let there = classes.contains(&class);
                    // The last one stays: a scale has a note.
                    if chip(ui, t.over.roots[usize::from(class)], there).clicked() && (!there || classes.len() > 1) {
                        if there { classes.retain(|c| *c != class) } else { classes.push(class) }
                    }
                }
            });
        }
    }
}

fn chords_ui(ui: &mut Ui, state: &State, g: &mut Generator) {
    let t = state.text();
    let hint = t.rules.chords_hint;
    labelled(ui, t.rules.chords, |ui| {
        ui.add(TextEdit::singleline(&mut g.follow.chords).hint_text("Am F C G")).on_hover_text(hint)
    });
    if let Some(wrong) = misread_chord(g) {
        ui.colored_label(Tokens::of(ui).error, fill(t.rules.chords_wrong, &[wrong]));
    }
    ui.checkbox(&mut g.follow.chord_track, t.rules.chord_track);
    if g.follow.chord_track && state.project.score().chords.is_empty() {
        subdued(ui, t.rules.chord_track_empty);
    }
    if g.follow.chord_track || !g.follow.chords.trim().is_empty() {
        ui.checkbox(&mut g.settings.rules.chords_off_beat, t.rules.chords_off_beat);
    }
}

/// Pitches of all voices.
fn range_ui(ui: &mut Ui, s: &mut Settings, t: &Text) {
    let Some((low, high)) = ticked(ui, t.pitch_range, &mut s.range, (48, 84)) else { return };
    let name = |v: f64, _: RangeInclusive<usize>| pitch_name(v as u8);
    let (lowest, highest) = (*low, *high);
    labelled(ui, t.lowest, |ui| ui.add(DragValue::new(low).range(0..=highest).speed(0.1).custom_formatter(name)));
    labelled(ui, t.highest, |ui| ui.add(DragValue::new(high).range(lowest..=127).speed(0.1).custom_formatter(name)));
}

fn ranges_ui(ui: &mut Ui, r: &mut RuleSet, t: &Text) {
    let mut gone = None;
    for (i, range) in r.voice_ranges.iter_mut().enumerate() {
        let role = |name: &str| Role::ALL.into_iter().find(|role| word(*role) == name);
        let shown = role(&range.voice).map_or(range.voice.clone(), |role| role_name(t, role).to_owned());
        labelled(ui, t.rules.voice, |ui| {
            if icon_button_sized(ui, Icon::Close, &fill(t.rules.remove_voice_range, &[&shown]), false, 24.0).clicked() {
                gone = Some(i);
            }
            combo(ui, &format!("rule voice {i}"), t.rules.voice, &shown, |ui| {
                for role in Role::ALL {
                    ui.selectable_value(&mut range.voice, word(role), role_name(t, role));
                }
            })
        });
        let name = |v: f64, _: RangeInclusive<usize>| pitch_name(v as u8);
        let (low, high) = (range.low, range.high);
        labelled(ui, t.rules.lowest, |ui| {
            ui.add(DragValue::new(&mut range.low).range(0..=high).speed(0.1).custom_formatter(name))
        });
        labelled(ui, t.rules.highest, |ui| {
            ui.add(DragValue::new(&mut range.high).range(low..=127).speed(0.1).custom_formatter(name))
        });
    }
    if let Some(i) = gone {
        r.voice_ranges.remove(i);
    }
    if plain_button(ui, t.rules.voice_range).clicked() {
        r.voice_ranges.push(VoiceRange { voice: word(Role::Melody), low: 48, high: 84 });
    }
}

/// The name by which a rule knows a role.
fn word(role: Role) -> String {
    format!("{role:?}").to_lowercase()
}

fn goal_ui(ui: &mut Ui, id: &str, name: &str, goal: &mut Option<PitchGoal>, t: &Text) {
    let shown = match goal {
        None => t.rules.any_pitch.to_owned(),
        Some(PitchGoal::Class(class)) => t.over.roots[usize::from(*class % 12)].to_owned(),
        Some(PitchGoal::Pitch(pitch)) => pitch_name(*pitch),
    };
    labelled(ui, name, |ui| {
        combo(ui, id, name, &shown, |ui| {
            ui.selectable_value(goal, None, t.rules.any_pitch);
            for class in 0..12u8 {
                ui.selectable_value(goal, Some(PitchGoal::Class(class)), t.over.roots[usize::from(class)]);
            }
        })
    });
}

/// The first word of the typed chords that is none: nothing is written while there is one, since the rule would
/// be left out without a word.
pub fn misread_chord(g: &Generator) -> Option<&str> {
    parse_chords(&g.follow.chords).err()
}

/// Puts into the rules what they take from the piece, as it is now, and the chords that were typed.
pub fn follow(g: &mut Generator, score: &Score, selection: &HashSet<NoteId>) {
    let rules = &mut g.settings.rules;
    rules.chords = parse_chords(&g.follow.chords).unwrap_or_default();
    rules.chord_track = g.follow.chord_track.then(|| chord_track_of(score)).flatten();
    let part = picked(score, selection).unwrap_or_else(|| {
        let from = open_part(g.settings.task, score, selection).from;
        slice(score, from, score.end)
    });
    let template = |on: bool| (on && part.n_notes() > 0).then(|| Template::of(&part));
    rules.rhythm_from = template(g.follow.rhythm);
    rules.pitches_from = template(g.follow.pitches);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Chord, text};

    #[test]
    fn what_follows_the_piece_is_taken_from_it() {
        let mut score = text::parse("melody | 0 24 c4 | 24 24 d4 | 48 48 e4").expect("valid");
        score.chords.set(0, Chord::parse("C"));
        let mut g = Generator::default();
        follow(&mut g, &score, &HashSet::new());
        assert_eq!(g.settings.rules, RuleSet::default());
        (g.follow.chord_track, g.follow.rhythm, g.follow.pitches) = (true, true, true);
        follow(&mut g, &score, &HashSet::new());
        let rules = &g.settings.rules;
        assert_eq!(rules.chord_track.as_ref().and_then(|t| t.at(50)), Chord::parse("C"));
        let rhythm: Vec<_> = rules.rhythm_from.iter().flat_map(|t| &t.notes).map(|n| (n.onset, n.duration)).collect();
        assert_eq!(rhythm, [(0, 24), (24, 24), (48, 48)]);
        assert_eq!(rules.pitches_from.as_ref().map(|t| t.notes.len()), Some(3));
        // The selection alone, where there is one.
        let second = HashSet::from([score.voices[0].notes[1].id]);
        follow(&mut g, &score, &second);
        assert_eq!(g.settings.rules.pitches_from.as_ref().map(|t| t.notes[0].pitch), Some(62));
    }
}

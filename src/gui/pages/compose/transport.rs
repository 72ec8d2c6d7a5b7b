//! Under the roll: play, stop, loop, follow; position, tempo, meter, key; volume, mute and "all notes off".

use super::record;
use crate::gui::action::{Action, Actions};
use crate::gui::piano_roll::Roll;
use crate::gui::shortcuts::Command;
use crate::gui::state::State;
use crate::gui::text::{fill, key_name};
use crate::gui::theme::Tokens;
use crate::gui::widgets::{Icon, fields, icon_button, icon_button_sized, slider, subdued};
use crate::music::{Key, Meter, Tick};
use crate::project::{Edit, Lane, LaneEdit, Mark};
use eframe::egui::{Align, ComboBox, DragValue, Layout, RichText, Slider, Ui};

pub fn transport_ui(ui: &mut Ui, state: &State, roll: &Roll, actions: &mut Actions) {
    let t = state.text();
    let playing = state.session.player.is_playing();
    ui.spacing_mut().interact_size.y = 32.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 26.0;
        ui.spacing_mut().item_spacing.x = 4.0;
        let mut button = |ui: &mut Ui, icon, command: Command, chosen, size| {
            let name = command.hint(t, ui.ctx());
            if icon_button_sized(ui, icon, &name, chosen, size).clicked() {
                actions.command(command);
            }
        };
        button(ui, Icon::ToStart, Command::ToStart, false, 28.0);
        let icon = if playing { Icon::Stop } else { Icon::Play };
        button(ui, icon, Command::PlayStop, playing, 32.0);
        button(ui, Icon::Loop, Command::Loop, state.session.looping, 28.0);
        button(ui, Icon::Follow, Command::Follow, state.view.follow, 28.0);
        record::record_ui(ui, state, actions);
        ui.add_space(8.0);
        position_ui(ui, state);
        ui.add_space(8.0);
        tempo_ui(ui, state, actions);
        meter_ui(ui, state, actions);
        key_ui(ui, state, roll, actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            if icon_button(ui, Icon::Panic, &Command::Panic.hint(t, ui.ctx()), false).clicked() {
                actions.command(Command::Panic);
            }
            let mut volume = state.session.volume;
            ui.spacing_mut().slider_width = 96.0;
            let rail = Slider::new(&mut volume, 0.0..=1.0).show_value(false);
            if slider(ui, rail).on_hover_text(t.volume).accessible_name(t.volume).changed() {
                actions.push(Action::SetVolume(volume));
            }
            let muted = state.session.muted;
            if icon_button(ui, Icon::Speaker, &Command::MuteAll.hint(t, ui.ctx()), muted).clicked() {
                actions.command(Command::MuteAll);
            }
            record::level_ui(ui, state);
        });
    });
}

/// "12.3.120" and minutes, wide enough that nothing jumps while it runs.
fn position_ui(ui: &mut Ui, state: &State) {
    let score = state.project.score();
    let tick = state.session.position().max(0.0);
    let at = score.meters.position(tick as Tick, score.ppq);
    let beat = at.meter.beat_ticks(score.ppq).max(1);
    let text = format!("{:>3}.{}.{:03}", at.bar + 1, at.offset / beat + 1, at.offset % beat);
    let secs = score.tempos.secs_from_tick(tick as Tick, score.ppq);
    let counted = state.session.recording.as_ref().and_then(|r| r.counts_in(state.session.player.position()));
    let (text, strong) = match counted {
        // Beats that are left until it begins.
        Some(ticks) => (format!("{:>9}", format!("−{}", (ticks / beat as f64).ceil())), Tokens::of(ui).error),
        None => (text, Tokens::of(ui).strong),
    };
    ui.label(RichText::new(text).monospace().size(15.0).color(strong));
    let time = format!("{}:{:04.1}", (secs / 60.0) as u64, secs % 60.0);
    let color = Tokens::of(ui).subdued;
    ui.label(RichText::new(time).monospace().color(color));
}

fn tempo_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    let score = state.project.score();
    let tick = state.session.position() as Tick;
    let here = score.tempos.changes().iter().rev().find(|c| c.tick <= tick).map_or(0, |c| c.tick);
    let shown = score.tempos.qpm_at(tick);
    // The field keeps what is typed until it is done; only then is there an edit, and one step.
    let id = ui.scope_id().with("tempo being set");
    let mut qpm: f64 = ui.data(|d| d.get_temp(id)).unwrap_or(shown);
    let field = DragValue::new(&mut qpm)
        .range(4.0..=999.0)
        .max_decimals(1)
        .speed(0.5)
        .prefix("♩ = ")
        .update_while_editing(false);
    let response = fields(ui, |ui| ui.add(field)).on_hover_text(t.tempo_hint).accessible_name(t.tempo);
    if response.dragged() {
        ui.data_mut(|d| d.insert_temp(id, qpm));
    } else {
        ui.data_mut(|d| d.remove::<f64>(id));
        if (qpm - shown).abs() > 0.05 {
            actions.edit(Edit::SetTempo { tick: here, qpm });
        }
    }
}

fn meter_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    let score = state.project.score();
    let tick = state.session.position() as Tick;
    let meter = score.meters.meter_at(tick);
    let here = score.meters.changes().iter().rev().find(|c| c.tick <= tick).map_or(0, |c| c.tick);
    const COMMON: [(u8, u8); 10] = [(2, 4), (3, 4), (4, 4), (5, 4), (6, 4), (2, 2), (3, 2), (6, 8), (9, 8), (12, 8)];
    let response = fields(ui, |ui| {
        ComboBox::from_id_salt("meter").selected_text(meter.to_string()).width(56.0).show_ui(ui, |ui| {
            for (numerator, denominator) in COMMON {
                let choice = Meter { numerator, denominator };
                if ui.selectable_label(choice == meter, choice.to_string()).clicked() {
                    actions.edit(Edit::SetMeter { tick: here, meter: choice });
                }
            }
        })
    });
    response.response.on_hover_text(t.meter_hint).accessible_name(format!("{}: {meter}", t.meter));
    if score.tempos.changes().len() > 1 {
        subdued(ui, t.tempo_changes);
    }
}

/// The key signature in force at the playhead; changing it changes it from where it began.
fn key_ui(ui: &mut Ui, state: &State, roll: &Roll, actions: &mut Actions) {
    let t = state.text();
    let score = state.project.score();
    let tick = state.session.position() as Tick;
    let here = score.keys.iter().rev().find(|c| c.tick <= tick);
    let signed = here.map(|c| c.key);
    let name = signed.or(roll.key).map_or_else(|| t.no_key.to_owned(), |k| key_name(t, k));
    let shown = if signed.is_none() && roll.key.is_some() { fill(t.key_guess, &[&name]) } else { name };
    let at = here.map_or(0, |c| c.tick);
    let response = fields(ui, |ui| {
        ComboBox::from_id_salt("key").selected_text(&shown).width(96.0).height(420.0).show_ui(ui, |ui| {
            if ui.selectable_label(signed.is_none(), t.key_unset).clicked() && signed.is_some() {
                actions.edit(Edit::Lane(LaneEdit::Remove { lane: Lane::Key, tick: at }));
            }
            for key in Key::all() {
                if ui.selectable_label(signed == Some(key), key_name(t, key)).clicked() {
                    actions.edit(Edit::Lane(LaneEdit::Set { tick: at, mark: Mark::Key(key) }));
                }
            }
        })
    });
    response.response.on_hover_text(t.over.key_signed_hint).accessible_name(format!("{}: {shown}", t.key));
}

//! Of the settings: the sound device with its rate and buffer, and the MIDI ports.

use crate::audio::{DeviceInfo, HAS_VIRTUAL, InputChoice, OutputChoice};
use crate::gui::action::{Action, Actions};
use crate::gui::settings::Settings;
use crate::gui::state::State;
use crate::gui::text::fill;
use crate::gui::theme::Tokens;
use crate::gui::widgets::{labelled, plain_button, subdued};
use eframe::egui::{ComboBox, Response, RichText, Ui};

const BUFFERS: [u32; 6] = [64, 128, 256, 512, 1024, 2048];
/// Offered where no device says what it can do.
const USUAL_RATES: [u32; 2] = [44_100, 48_000];
const WIDTH: f32 = 320.0;

pub fn devices_ui(ui: &mut Ui, state: &State, s: &mut Settings, actions: &mut Actions) {
    let t = state.text();
    let player = &state.session.player;
    let devices = player.devices();
    labelled(ui, t.snd.device, |ui| {
        let name = s.sound.device.as_ref().map_or(t.snd.system_default.to_owned(), |d| d.name.clone());
        combo(ui, "device", &name, |ui| {
            ui.selectable_value(&mut s.sound.device, None, t.snd.system_default);
            for d in devices {
                ui.selectable_value(&mut s.sound.device, Some(d.device.clone()), &d.device.name);
            }
        })
    });
    labelled(ui, t.snd.rate, |ui| {
        let name = s.sound.sample_rate.map_or(t.snd.device_default.to_owned(), |r| format!("{r} Hz"));
        combo(ui, "rate", &name, |ui| {
            ui.selectable_value(&mut s.sound.sample_rate, None, t.snd.device_default);
            for rate in rates(devices, s) {
                ui.selectable_value(&mut s.sound.sample_rate, Some(rate), format!("{rate} Hz"));
            }
        })
        .on_hover_text(t.snd.rate_hint)
    });
    labelled(ui, t.snd.buffer, |ui| {
        let rate = f64::from(player.status().sample_rate.max(1));
        let text = |n: u32| fill(t.snd.frames, &[&n.to_string(), &format!("{:.1}", f64::from(n) * 1000.0 / rate)]);
        let name = s.sound.buffer_frames.map_or(t.snd.device_default.to_owned(), text);
        combo(ui, "buffer", &name, |ui| {
            ui.selectable_value(&mut s.sound.buffer_frames, None, t.snd.device_default);
            for n in BUFFERS {
                ui.selectable_value(&mut s.sound.buffer_frames, Some(n), text(n));
            }
        })
        .on_hover_text(t.snd.buffer_hint)
    });
    if player.times_dry() > 0 {
        let color = Tokens::of(ui).warning;
        ui.label(RichText::new(fill(t.snd.times_dry, &[&player.times_dry().to_string()])).color(color));
    }
    if plain_button(ui, t.snd.look_again).on_hover_text(t.snd.looking_hint).clicked() {
        actions.push(Action::LookForDevices);
    }
}

pub fn ports_ui(ui: &mut Ui, state: &State, s: &mut Settings) {
    let t = state.text();
    let player = &state.session.player;
    let names = player.port_names();
    labelled(ui, t.snd.midi_in, |ui| {
        let shown = match &s.midi.input {
            InputChoice::Off => t.snd.port_off,
            InputChoice::All => t.snd.port_all,
            InputChoice::Port(name) => name.as_str(),
        }
        .to_owned();
        combo(ui, "midi in", &shown, |ui| {
            ui.selectable_value(&mut s.midi.input, InputChoice::Off, t.snd.port_off);
            ui.selectable_value(&mut s.midi.input, InputChoice::All, t.snd.port_all);
            for name in &names.inputs {
                ui.selectable_value(&mut s.midi.input, InputChoice::Port(name.clone()), name);
            }
        })
    });
    labelled(ui, t.snd.midi_out, |ui| {
        let shown = match &s.midi.output {
            OutputChoice::Off => t.snd.port_off,
            OutputChoice::Virtual => t.snd.port_virtual,
            OutputChoice::Port(name) => name.as_str(),
        }
        .to_owned();
        combo(ui, "midi out", &shown, |ui| {
            ui.selectable_value(&mut s.midi.output, OutputChoice::Off, t.snd.port_off);
            if HAS_VIRTUAL {
                ui.selectable_value(&mut s.midi.output, OutputChoice::Virtual, t.snd.port_virtual);
            }
            for name in &names.outputs {
                ui.selectable_value(&mut s.midi.output, OutputChoice::Port(name.clone()), name);
            }
        })
    });
    if s.midi.output != OutputChoice::Off {
        ui.checkbox(&mut s.midi.clock, t.snd.send_clock);
        ui.checkbox(&mut s.midi.local, t.snd.play_here_too);
    }
    let (n_inputs, output) = player.midi_status();
    if n_inputs > 0 {
        subdued(ui, fill(t.snd.keyboards_heard, &[&n_inputs.to_string()]));
    }
    if let Some(name) = output {
        subdued(ui, fill(t.snd.port_listens, &[name]));
    }
}

/// What the chosen device can take, else what any can.
fn rates(devices: &[DeviceInfo], s: &Settings) -> Vec<u32> {
    let chosen = devices.iter().find(|d| s.sound.device.as_ref().map_or(d.is_default, |c| *c == d.device));
    chosen.map_or(USUAL_RATES.to_vec(), |d| d.rates.clone())
}

fn combo(ui: &mut Ui, id: &str, shown: &str, add: impl FnOnce(&mut Ui)) -> Response {
    ComboBox::from_id_salt(id).selected_text(shown).width(WIDTH).truncate().show_ui(ui, add).response
}

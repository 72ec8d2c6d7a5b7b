//! The question before sound is exported: which part, how many files, in which format.

use super::action::{Action, Actions, Dialog};
use super::export::Part;
use super::state::State;
use super::text::Text;
use super::theme::Tokens;
use super::widgets::{chip, fields, labelled, labelled_group, plain_button, primary_button, subdued};
use crate::audio::Format;
use crate::music::Tick;
use eframe::egui::{ComboBox, Context, Frame, Id, Margin, Modal, RichText, Ui};

const RATES: [u32; 4] = [44_100, 48_000, 88_200, 96_000];

/// What was answered last; kept while the window lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportSound {
    pub asking: bool,
    pub part: Part,
    pub separate: bool,
    pub format: Format,
    pub rate: u32,
}

impl Default for ExportSound {
    fn default() -> Self {
        Self { asking: false, part: Part::All, separate: false, format: Format::default(), rate: 48_000 }
    }
}

/// The ticks of a part; `None` where there is none such.
pub fn range_of(state: &State, part: Part) -> Option<(Tick, Tick)> {
    match part {
        Part::All => None,
        Part::Loop => state.session.loop_range,
        Part::Selection => {
            let chosen = state.project.score().notes().map(|n| n.1);
            let chosen: Vec<_> = chosen.filter(|n| state.view.selection.contains(&n.id)).collect();
            let from = chosen.iter().map(|n| n.start).min()?;
            Some((from, chosen.iter().map(|n| n.end()).max()?))
        }
    }
}

pub fn export_sound_ui(ctx: &Context, state: &State, actions: &mut Actions) {
    let t = state.text();
    let mut ask = state.view.export.clone();
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(20));
    let modal = Modal::new(Id::unique("export sound")).frame(frame).show(ctx, |ui| {
        ui.set_width(400.0);
        let strong = Tokens::of(ui).strong;
        ui.label(RichText::new(t.snd.export_title).size(16.0).color(strong));
        ui.add_space(8.0);
        labelled_group(ui, t.snd.part, |ui| parts_ui(ui, state, t, &mut ask.part));
        labelled_group(ui, t.snd.files, |ui| {
            let one = chip(ui, t.snd.one_file, !ask.separate);
            let many = chip(ui, t.snd.file_a_voice, ask.separate);
            ask.separate = (ask.separate || many.clicked()) && !one.clicked();
        });
        labelled(ui, t.snd.format, |ui| {
            let combo = ComboBox::from_id_salt("format").selected_text(ask.format.to_string()).width(180.0);
            let chosen = combo.show_ui(ui, |ui| {
                for format in Format::ALL {
                    ui.selectable_value(&mut ask.format, format, format.to_string());
                }
            });
            chosen.response
        });
        labelled(ui, t.snd.rate, |ui| {
            let combo = ComboBox::from_id_salt("rate").selected_text(format!("{} Hz", ask.rate)).width(180.0);
            let chosen = combo.show_ui(ui, |ui| {
                for rate in RATES {
                    ui.selectable_value(&mut ask.rate, rate, format!("{rate} Hz"));
                }
            });
            chosen.response.on_hover_text(t.snd.rate_hint)
        });
        ui.add_space(4.0);
        subdued(ui, t.snd.export_note);
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            if primary_button(ui, t.snd.choose_file, 140.0).clicked() {
                ask.asking = false;
                actions.push(Action::OpenDialog(Dialog::ExportWav));
            }
            if fields(ui, |ui| plain_button(ui, t.cancel)).clicked() {
                ask.asking = false;
            }
        });
    });
    ask.asking &= !modal.should_close();
    if ask != state.view.export {
        actions.push(Action::SetExport(Box::new(ask)));
    }
}

/// Parts that there are none of cannot be chosen.
fn parts_ui(ui: &mut Ui, state: &State, t: &Text, part: &mut Part) {
    let names = [(Part::All, t.snd.part_whole), (Part::Loop, t.snd.part_loop), (Part::Selection, t.snd.part_selection)];
    for (option, name) in names {
        let there = option == Part::All || range_of(state, option).is_some();
        if !there && *part == option {
            *part = Part::All;
        }
        let response = ui.add_enabled_ui(there, |ui| chip(ui, name, *part == option)).inner;
        if response.clicked() {
            *part = option;
        }
    }
}

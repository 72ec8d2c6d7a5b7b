//! Make and edit music: the generator and the voices at the left, the roll, takes and transport.

mod generator;
mod originality;
mod receipt;
mod record;
mod rules;
mod take_box;
mod takes;
mod toolbar;
mod transport;
mod voices;
mod weight;

pub use generator::{new_seed, open_part};
pub use originality::OriginalityView;
pub use rules::follow;
pub use take_box::take_box_ui;

use crate::gui::action::Actions;
use crate::gui::piano_roll::{self, Roll};
use crate::gui::state::State;
use crate::gui::theme::Tokens;
use eframe::egui::{self, Frame, Margin, Panel, ScrollArea, Ui};

pub fn compose_ui(ui: &mut Ui, state: &State, roll: &mut Roll, actions: &mut Actions) {
    let t = Tokens::of(ui);
    let panel = Frame::new().fill(t.panel);
    Panel::left("compose side").frame(panel).default_size(288.0).size_range(248.0..=420.0).resizable(true).show(
        ui,
        |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                Frame::new().inner_margin(Margin { left: 14, right: 14, top: 10, bottom: 14 }).show(ui, |ui| {
                    generator::generator_ui(ui, state, actions);
                    receipt::receipt_ui(ui, state, actions);
                    ui.add_space(10.0);
                    if state.session.originality.is_some() {
                        originality::originality_ui(ui, state, actions);
                        ui.add_space(10.0);
                    }
                    voices::voices_ui(ui, state, actions);
                });
            });
        },
    );
    Panel::bottom("transport")
        .frame(panel.inner_margin(Margin::symmetric(8, 4)))
        .resizable(false)
        .show(ui, |ui| transport::transport_ui(ui, state, roll, actions));
    if !state.project.takes().is_empty() || state.session.generating {
        Panel::bottom("takes")
            .frame(panel.inner_margin(Margin::symmetric(8, 6)))
            .resizable(false)
            .exact_size(128.0)
            .show(ui, |ui| takes::takes_ui(ui, state, actions));
    }
    Panel::top("roll tools")
        .frame(panel.inner_margin(Margin::symmetric(8, 4)))
        .resizable(false)
        .show(ui, |ui| toolbar::toolbar_ui(ui, state, roll, actions));
    egui::CentralPanel::no_frame().frame(Frame::new().fill(t.canvas)).show(ui, |ui| {
        piano_roll::roll_ui(ui, state, roll, actions);
    });
}

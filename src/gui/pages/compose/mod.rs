//! Make and edit music: the generator and the voices at the left, the roll, takes and transport.

mod details;
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
pub use rules::{follow, misread_chord};
pub use take_box::{take_box_id, take_box_ui};

use crate::gui::action::Actions;
use crate::gui::piano_roll::{self, Roll};
use crate::gui::state::State;
use crate::gui::theme::Tokens;
use crate::music::Key;
use eframe::egui::{self, Frame, Id, Margin, Panel, ScrollArea, Ui, UiBuilder};

pub fn compose_ui(ui: &mut Ui, state: &State, roll: &mut Roll, actions: &mut Actions) {
    let t = Tokens::of(ui);
    let panel = Frame::new().fill(t.panel);
    Panel::left("compose side").frame(panel).default_size(288.0).size_range(248.0..=420.0).resizable(true).show(
        ui,
        |ui| {
            over_foot(ui, state, roll.key, actions);
        },
    );
    panels_beside(ui, state, roll, actions);
}

/// What is scrolled at the left.
fn side_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    Frame::new().inner_margin(Margin { left: 14, right: 14, top: 10, bottom: 14 }).show(ui, |ui| {
        generator::generator_ui(ui, state, actions);
        ui.add_space(10.0);
        if state.session.originality.is_some() {
            originality::originality_ui(ui, state, actions);
            ui.add_space(10.0);
        }
        voices::voices_ui(ui, state, actions);
    });
}

/// What stays in sight below it: the button that the page is for, and why a note is there.
fn foot_ui(ui: &mut Ui, state: &State, key: Option<Key>, actions: &mut Actions) {
    /// The share of the window's height that a long receipt may take.
    const RECEIPT: f32 = 0.45;
    let most = ui.ctx().content_rect().height() * RECEIPT;
    ui.separator();
    Frame::new().inner_margin(Margin { left: 14, right: 14, top: 0, bottom: 10 }).show(ui, |ui| {
        generator::start_ui(ui, state, actions);
        if receipt::is_shown(state) {
            let scroll = ScrollArea::vertical()
                .id_salt("receipt")
                .max_height(most)
                .min_scrolled_height(most)
                .auto_shrink([false, true]);
            scroll.show(ui, |ui| receipt::receipt_ui(ui, state, key, actions));
        }
    });
}

/// The side scrolled, in what its foot leaves. The foot is drawn after it, as Tab goes; its height is that of the
/// repaint before.
fn over_foot(ui: &mut Ui, state: &State, key: Option<Key>, actions: &mut Actions) {
    let id = Id::unique("height of the foot of the side");
    let whole = ui.available_rect_before_wrap();
    let known: f32 = ui.data(|d| d.get_temp(id)).unwrap_or(52.0);
    let seam = (whole.bottom() - known).max(whole.top() + 120.0);
    ui.scope_builder(UiBuilder::new().max_rect(whole.with_max_y(seam)), |ui| {
        let scroll = ScrollArea::vertical().id_salt("side").auto_shrink(false);
        scroll.show(ui, |ui| side_ui(ui, state, actions));
    });
    let foot =
        ui.scope_builder(UiBuilder::new().max_rect(whole.with_min_y(seam)), |ui| foot_ui(ui, state, key, actions));
    let needed = foot.response.rect.height();
    if (needed - known).abs() > 0.5 {
        ui.data_mut(|d| d.insert_temp(id, needed));
        ui.ctx().request_repaint();
    }
}

fn panels_beside(ui: &mut Ui, state: &State, roll: &mut Roll, actions: &mut Actions) {
    let panel = Frame::new().fill(Tokens::of(ui).panel);
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
    egui::CentralPanel::no_frame().frame(Frame::new().fill(Tokens::of(ui).canvas)).show(ui, |ui| {
        piano_roll::roll_ui(ui, state, roll, actions);
    });
}

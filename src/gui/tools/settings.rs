//! The settings of each tool. A change is tried at once.

use super::ToolBox;
use crate::gui::action::{Action, Actions};
use crate::gui::piano_roll::snap::Grid;
use crate::gui::state::State;
use crate::gui::text::Text;
use crate::gui::widgets::{labelled, plain_button, slider};
use crate::music::Tick;
use crate::music::tools::{Loudness, NoteTool, Order, PitchSet, Quantise};
use eframe::egui::{ComboBox, DragValue, Response, Slider, Ui};

pub fn settings_ui(ui: &mut Ui, open: &ToolBox, state: &State, actions: &mut Actions) {
    let t = state.text();
    let mut tool = open.tool;
    match &mut tool {
        NoteTool::Quantise(q) => {
            grid_ui(ui, state, actions);
            quantise_ui(ui, q, t);
        }
        NoteTool::Humanise { ticks, velocity, seed } => {
            let quarter = Tick::from(state.project.score().ppq);
            percent_of(ui, t.tools.time_spread, t.tools.time_spread_hint, ticks, quarter, 0.0..=25.0);
            labelled(ui, t.velocity, |ui| rail(ui, Slider::new(velocity, 0..=40)).on_hover_text(t.tools.velocity_hint));
            if plain_button(ui, t.tools.again).clicked() {
                *seed += 1;
            }
        }
        NoteTool::Staccato { share } => {
            percent(ui, t.tools.length, share, 0.05..=1.0);
        }
        NoteTool::Invert { scale } => invert_ui(ui, scale, open.scale, t),
        NoteTool::Stretch { factor } => stretch_ui(ui, factor, t),
        NoteTool::Transpose { steps, .. } => {
            labelled(ui, t.tools.steps, |ui| rail(ui, Slider::new(steps, -14..=14)));
        }
        NoteTool::Harmonise { steps, .. } => harmonise_ui(ui, steps, t),
        NoteTool::Split { parts } => {
            labelled(ui, t.tools.parts, |ui| rail(ui, Slider::new(parts, 2..=16)));
        }
        NoteTool::Loudness(loudness) => loudness_ui(ui, loudness, t),
        NoteTool::Arpeggiate { order, .. } => {
            grid_ui(ui, state, actions);
            order_ui(ui, order, t);
        }
        NoteTool::Legato | NoteTool::Reverse | NoteTool::Join | NoteTool::DeleteOverlaps | NoteTool::SplitAt(_) => {}
    }
    if tool != open.tool {
        actions.push(Action::TryTool(tool));
    }
}

fn rail(ui: &mut Ui, rail: Slider<'_>) -> Response {
    ui.spacing_mut().slider_width = (ui.available_width() - 56.0).max(60.0);
    slider(ui, rail)
}

/// A share of 1 as per cent.
fn percent(ui: &mut Ui, label: &str, share: &mut f32, range: std::ops::RangeInclusive<f32>) -> Response {
    let mut shown = (*share * 100.0).round();
    let range = range.start() * 100.0..=range.end() * 100.0;
    let response = labelled(ui, label, |ui| rail(ui, Slider::new(&mut shown, range).fixed_decimals(0).suffix(" %")));
    if response.changed() {
        *share = shown / 100.0;
    }
    response
}

/// Ticks as per cent of `whole`.
fn percent_of(
    ui: &mut Ui,
    label: &str,
    hint: &str,
    ticks: &mut Tick,
    whole: Tick,
    range: std::ops::RangeInclusive<f64>,
) {
    let mut shown = *ticks as f64 / whole as f64 * 100.0;
    let response = labelled(ui, label, |ui| {
        rail(ui, Slider::new(&mut shown, range).fixed_decimals(1).suffix(" %")).on_hover_text(hint)
    });
    if response.changed() {
        *ticks = (shown / 100.0 * whole as f64).round() as Tick;
    }
}

fn grid_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    let name = |grid: Option<Grid>| grid.map_or_else(|| t.tools.grid_of_roll.to_owned(), |g| g.name(t));
    let chosen = state.view.tools.grid;
    labelled(ui, t.grid, |ui| {
        let width = ui.available_width();
        let combo = ComboBox::from_id_salt("tool grid").selected_text(name(chosen)).width(width).height(420.0);
        let choices = [None].into_iter().chain(Grid::all().into_iter().filter(|g| *g != Grid::Off).map(Some));
        let shown = combo.show_ui(ui, |ui| {
            for grid in choices {
                if ui.selectable_label(grid == chosen, name(grid)).clicked() {
                    actions.push(Action::SetToolGrid(grid));
                }
            }
        });
        shown.response.accessible_name(format!("{}: {}", t.grid, name(chosen)))
    });
}

fn quantise_ui(ui: &mut Ui, q: &mut Quantise, t: &Text) {
    percent(ui, t.tools.strength, &mut q.strength, 0.0..=1.0).on_hover_text(t.tools.strength_hint);
    percent(ui, t.tools.swing, &mut q.swing, 0.5..=0.75).on_hover_text(t.tools.swing_hint);
    labelled(ui, "", |ui| ui.checkbox(&mut q.starts, t.tools.starts));
    labelled(ui, "", |ui| ui.checkbox(&mut q.ends, t.tools.ends));
}

fn invert_ui(ui: &mut Ui, scale: &mut Option<PitchSet>, of_now: PitchSet, t: &Text) {
    let mut inside = scale.is_some();
    if labelled(ui, "", |ui| ui.checkbox(&mut inside, t.tools.in_scale)).changed() {
        *scale = inside.then_some(of_now);
    }
}

fn stretch_ui(ui: &mut Ui, factor: &mut f64, t: &Text) {
    labelled(ui, t.tools.factor, |ui| {
        ui.add(DragValue::new(factor).range(0.05..=16.0).speed(0.01).max_decimals(3).prefix("× "))
    });
    ui.horizontal(|ui| {
        for (name, value) in [("½", 0.5), ("⅔", 2.0 / 3.0), ("1½", 1.5), ("2", 2.0), ("3", 3.0)] {
            if plain_button(ui, &format!("×{name}")).clicked() {
                *factor = value;
            }
        }
    });
}

fn harmonise_ui(ui: &mut Ui, steps: &mut i8, t: &Text) {
    let names = [
        (2, t.tools.third_above),
        (-2, t.tools.third_below),
        (4, t.tools.fifth_above),
        (5, t.tools.sixth_above),
        (-5, t.tools.sixth_below),
        (7, t.tools.octave_above),
    ];
    ui.horizontal_wrapped(|ui| {
        for (value, name) in names {
            if ui.selectable_label(*steps == value, name).clicked() {
                *steps = value;
            }
        }
    });
    labelled(ui, t.tools.steps, |ui| ui.add(DragValue::new(steps).range(-14..=14).speed(0.05)));
}

fn loudness_ui(ui: &mut Ui, loudness: &mut Loudness, t: &Text) {
    let now = *loudness;
    ui.horizontal(|ui| {
        let mut mode = |name: &str, chosen: bool, value: Loudness| {
            if ui.selectable_label(chosen, name).clicked() && !chosen {
                *loudness = value;
            }
        };
        mode(t.tools.scale_velocity, matches!(now, Loudness::Scale(_)), Loudness::Scale(1.0));
        mode(t.tools.set_velocity, matches!(now, Loudness::Set(_)), Loudness::Set(90));
        mode(t.tools.ramp_velocity, matches!(now, Loudness::Ramp(..)), Loudness::Ramp(50, 110));
    });
    match loudness {
        Loudness::Scale(factor) => {
            percent(ui, t.velocity, factor, 0.1..=2.0);
        }
        Loudness::Set(v) => {
            labelled(ui, t.velocity, |ui| rail(ui, Slider::new(v, 1..=127)));
        }
        Loudness::Ramp(from, to) => {
            labelled(ui, t.tools.from, |ui| rail(ui, Slider::new(from, 1..=127)));
            labelled(ui, t.tools.to, |ui| rail(ui, Slider::new(to, 1..=127)));
        }
    }
}

fn order_ui(ui: &mut Ui, order: &mut Order, t: &Text) {
    ui.horizontal(|ui| {
        for (value, name) in
            [(Order::Up, t.tools.order_up), (Order::Down, t.tools.order_down), (Order::UpDown, t.tools.order_up_down)]
        {
            ui.selectable_value(order, value, name);
        }
    });
}

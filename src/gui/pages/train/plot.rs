//! The loss over steps: raw faint, smoothed bold, checks as dots, the best marked, baselines level.

use super::form::Form;
use super::smooth::{averaged, smoothed, thinned};
use super::view::{Point, RunView};
use crate::gui::state::State;
use crate::gui::theme::{Tokens, mix};
use crate::gui::widgets::{chip, slider, subdued};
use eframe::egui::{Align, Layout, RichText, Slider, Ui};
use egui_plot::{GridInput, GridMark, HLine, Line, LineStyle, MarkerShape, Plot, PlotPoint, PlotPoints, Points, Text};

/// About how many stretches a curve is drawn with.
const BUCKETS: usize = 900;

pub fn plot_ui(ui: &mut Ui, state: &State, form: &mut Form) {
    let t = state.text();
    ui.horizontal(|ui| {
        ui.label(RichText::new(t.nats_per_note).color(Tokens::of(ui).strong));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if chip(ui, t.log_axis, form.log_axis).clicked() {
                form.log_axis = !form.log_axis;
            }
            slider(ui, Slider::new(&mut form.smoothing, 0.0..=0.99).fixed_decimals(2).text(t.smoothing));
        });
    });
    let run = state.session.train.running.as_ref();
    if run.is_none_or(|r| r.train.is_empty()) && state.session.train.runs.iter().all(|r| r.valid.is_empty()) {
        ui.centered_and_justified(|ui| subdued(ui, t.plot_empty));
        return;
    }
    let log = form.log_axis;
    let up = move |y: f64| if log { y.max(1e-6).log10() } else { y };
    let down = move |y: f64| if log { 10f64.powf(y) } else { y };
    let tokens = Tokens::of(ui);
    let (step_word, nats) = (t.step, t.nats_per_note);
    let plot = Plot::new(("loss", log))
        .height(ui.available_height().max(160.0))
        .allow_scroll(false)
        .allow_boxed_zoom(true)
        .show_background(false)
        .grid_color(tokens.line)
        .y_axis_formatter(move |mark, _| format!("{:.2}", down(mark.value)))
        .x_axis_formatter(|mark, _| super::thousands(mark.value.max(0.0) as u64))
        .label_formatter(move |at| {
            let p = match at {
                egui_plot::HoverPosition::NearDataPoint { position, .. } => position,
                egui_plot::HoverPosition::Elsewhere { position } => position,
            };
            Some(format!("{step_word} {}\n{:.3} {nats}", super::thousands(p.x.max(0.0) as u64), down(p.y)))
        });
    let plot = if log { plot.y_grid_spacer(log_marks) } else { plot };
    let smoothing = form.smoothing;
    let response = plot.show(ui, |plot| {
        for earlier in &state.session.train.runs {
            let points = series(&earlier.valid, up);
            plot.line(
                Line::new(earlier.name.clone(), points).color(mix(tokens.panel, tokens.subdued, 0.35)).width(1.0),
            );
        }
        if let Some(run) = run {
            curves(plot, run, smoothing, up, tokens);
        }
    });
    response.response.accessible_name(t.loss_plot);
}

/// Lines at numbers that read well: 1, 1.5, 2, 3, 5 and 7 of each power of ten, finer ones between.
fn log_marks(input: GridInput) -> Vec<GridMark> {
    const MAJOR: [f64; 6] = [1.0, 1.5, 2.0, 3.0, 5.0, 7.0];
    const MINOR: [f64; 9] = [1.2, 1.7, 2.2, 2.5, 3.5, 4.0, 4.5, 6.0, 8.0];
    let (low, high) = input.bounds;
    let decades = (low.floor() as i32).max(-6)..=(high.ceil() as i32).min(6);
    let mark = |step_size| move |(ten, m): (i32, f64)| GridMark { value: f64::from(ten) + m.log10(), step_size };
    let pairs = |list: &'static [f64]| decades.clone().flat_map(move |ten| list.iter().map(move |m| (ten, *m)));
    let (major, minor) = (pairs(&MAJOR).map(mark(0.15)), pairs(&MINOR).map(mark(0.04)));
    major.chain(minor).filter(|m| (low..=high).contains(&m.value)).collect()
}

fn series(points: &[Point], up: impl Fn(f64) -> f64) -> PlotPoints<'static> {
    thinned(points, BUCKETS).into_iter().map(|[x, y]| [x, up(y)]).collect()
}

fn curves<'a>(
    plot: &mut egui_plot::PlotUi<'a>,
    run: &RunView,
    smoothing: f64,
    up: impl Fn(f64) -> f64 + Copy,
    tokens: &Tokens,
) {
    for (name, loss) in &run.baselines {
        let line = HLine::new(name.clone(), up(*loss)).color(tokens.subdued).width(1.0);
        plot.hline(line.style(LineStyle::dashed_dense()));
        let place = PlotPoint::new(run.steps.max(1) as f64, up(*loss));
        let label = RichText::new(format!("{name} {loss:.2}")).color(tokens.subdued).size(11.5);
        plot.text(Text::new(name.clone(), place, label).anchor(eframe::egui::Align2::RIGHT_BOTTOM));
    }
    let faint = mix(tokens.panel, tokens.accent, 0.35);
    plot.line(Line::new("raw", series(&run.train, up)).color(faint).width(1.0).allow_hover(false));
    let smooth = smoothed(&run.train, smoothing);
    let smooth: PlotPoints = averaged(&smooth, BUCKETS / 3).into_iter().map(|[x, y]| [x, up(y)]).collect();
    plot.line(Line::new("training", smooth).color(tokens.accent).width(2.2));
    let valid: PlotPoints = run.valid.iter().map(|[x, y]| [*x, up(*y)]).collect();
    plot.points(Points::new("validation", valid).color(tokens.warning).radius(3.5).shape(MarkerShape::Circle));
    if let Some([x, y]) = run.best {
        let best = Points::new("best", vec![[x, up(y)]]).color(tokens.success).radius(8.0).shape(MarkerShape::Asterisk);
        plot.points(best);
        let label = RichText::new(format!("     {y:.3}")).color(tokens.success).size(11.5);
        plot.text(Text::new("best value", PlotPoint::new(x, up(y)), label).anchor(eframe::egui::Align2::LEFT_CENTER));
    }
}

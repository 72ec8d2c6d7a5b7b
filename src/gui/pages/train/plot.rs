//! The curves: raw faint, smoothed bold, checks as dots, the best starred, baselines level, other runs
//! behind. Two more views of the same run: what each field costs, and the learning rate.

use super::axis::{log_marks, range};
use super::curve::Curve;
use super::form::{Form, Tab};
use super::smooth::{averaged, smoothed, thinned};
use super::view::{Detail, FIELDS, RunView, Sample};
use crate::encoding::Field;
use crate::gui::state::State;
use crate::gui::text::fill;
use crate::gui::theme::{Tokens, mix};
use crate::gui::widgets::subdued;
use eframe::egui::{Align2, Color32, RichText, Sense, Stroke, Ui, Vec2b, vec2};
use egui_plot::{
    HLine, HoverPosition, Line, LineStyle, MarkerShape, Plot, PlotPoint, PlotPoints, PlotUi, Points, Text,
};

/// About how many stretches a curve is drawn with.
const BUCKETS: usize = 700;

/// The run that is looked at.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub name: &'a str,
    pub train: &'a Curve,
    pub valid: &'a [Sample],
    pub best: Option<Sample>,
    pub baselines: &'a [(String, f64)],
}

impl<'a> Subject<'a> {
    pub fn of_run(run: &'a RunView) -> Self {
        Self { name: &run.name, train: &run.train, valid: &run.valid, best: run.best, baselines: &run.baselines }
    }

    pub fn of_detail(name: &'a str, detail: &'a Detail) -> Self {
        Self { name, train: &detail.train, valid: &detail.valid, best: detail.best, baselines: &detail.baselines }
    }
}

/// Another run, drawn behind, and its colour.
pub struct Behind<'a> {
    pub of: Subject<'a>,
    pub color: Color32,
}

/// A curve to be drawn: points, colour, width, name.
struct Stroked {
    points: Vec<[f64; 2]>,
    color: Color32,
    width: f32,
    name: String,
    dots: bool,
}

/// Everything of one plot, in plain values before any log is taken.
#[derive(Default)]
struct Picture {
    lines: Vec<Stroked>,
    levels: Vec<(String, f64)>,
    best: Option<[f64; 2]>,
    range: Option<(f64, f64)>,
    right: f64,
}

pub fn plot_ui(ui: &mut Ui, state: &State, form: &mut Form, subject: Option<Subject<'_>>, behind: &[Behind<'_>]) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    let picture = match form.tab {
        Tab::Fields => fields(state, form, subject, tokens),
        Tab::Rate => rate(form, subject, tokens),
        Tab::Curves | Tab::Report | Tab::Compare => losses(state, form, subject, behind, tokens),
    };
    let Some((low, high)) = picture.range else {
        let text = if form.tab == Tab::Fields && subject.is_some() { t.tr.no_fields } else { t.plot_empty };
        ui.centered_and_justified(|ui| subdued(ui, text));
        form.plot_rect = None;
        return;
    };
    legend_ui(ui, state, &picture, high);
    let rate = form.tab == Tab::Rate;
    let log = form.log_axis;
    let up = move |y: f64| if log { y.max(1e-9).log10() } else { y };
    let down = move |y: f64| if log { 10f64.powf(y) } else { y };
    let written = move |y: f64| if rate { format!("{y:.1e}") } else { format!("{y:.3}") };
    let axis = form.axis;
    let (name, across, nats) = match form.tab {
        Tab::Fields => (t.tr.fields_plot, across(state, form), t.nats_per_note),
        Tab::Rate => (t.tr.rate_plot, across(state, form), ""),
        _ => (t.loss_plot, across(state, form), t.nats_per_note),
    };
    let plot = Plot::new(("loss", log, form.tab as u8, axis as u8))
        .height(ui.available_height().max(120.0))
        .auto_bounds(Vec2b::FALSE)
        .allow_scroll(false)
        .allow_double_click_reset(false)
        .allow_boxed_zoom(true)
        .show_background(false)
        .grid_color(tokens.line)
        .cursor_color(tokens.subdued)
        .y_axis_formatter(move |mark, _| {
            let y = down(mark.value);
            if rate { format!("{y:.0e}") } else { format!("{y:.2}") }
        })
        .x_axis_formatter(move |mark, _| axis.text(mark.value))
        .label_formatter(move |at| {
            let (name, p) = match at {
                HoverPosition::NearDataPoint { plot_name, position, .. } => (*plot_name, position),
                HoverPosition::Elsewhere { position } => ("", position),
            };
            let head = if name.is_empty() { String::new() } else { format!("{name}\n") };
            Some(format!("{head}{} {across}\n{} {nats}", axis.text(p.x), written(down(p.y))))
        });
    let plot = if log { plot.y_grid_spacer(log_marks) } else { plot };
    let (fit, right) = (form.fit, picture.right.max(1e-9));
    let response = plot.show(ui, |plot| {
        if fit {
            plot.set_plot_bounds_x(0.0..=right * 1.015);
            plot.set_plot_bounds_y(up(low)..=up(high));
        }
        draw(plot, &picture, up, tokens);
    });
    let r = response.response;
    form.plot_rect = Some(r.rect);
    let zoomed = r.hovered() && ui.input(|i| i.zoom_delta() != 1.0);
    if r.dragged() || zoomed {
        form.fit = false;
    }
    if r.double_clicked() {
        form.fit = true;
    }
    r.accessible_name(name);
}

fn across(state: &State, form: &Form) -> &'static str {
    let t = state.text();
    match form.axis {
        super::axis::Axis::Steps => t.tr.steps,
        super::axis::Axis::Epochs => t.tr.epochs,
        super::axis::Axis::Minutes => t.tr.minutes,
    }
}

/// What the colours mean; baselines that lie above what is shown are told in words.
fn legend_ui(ui: &mut Ui, state: &State, picture: &Picture, high: f64) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        for line in picture.lines.iter().filter(|l| !l.name.is_empty() && !l.points.is_empty()) {
            let (rect, _) = ui.allocate_exact_size(vec2(14.0, 12.0), Sense::hover());
            if line.dots {
                ui.painter().circle_filled(rect.center(), 3.5, line.color);
            } else {
                ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(line.width.max(1.5), line.color));
            }
            ui.label(RichText::new(&line.name).color(tokens.subdued).small());
            ui.add_space(7.0);
        }
        if picture.best.is_some() {
            ui.label(RichText::new(format!("★ {}", t.legend_best)).color(tokens.success).small());
            ui.add_space(7.0);
        }
        let above = picture.levels.iter().filter(|l| l.1 > high).map(|(name, y)| format!("{name} {y:.2}"));
        let above: Vec<String> = above.collect();
        if !above.is_empty() {
            ui.label(
                RichText::new(format!("↑ {}", fill(t.tr.above, &[&above.join(", ")]))).color(tokens.subdued).small(),
            );
        }
    });
}

fn draw(plot: &mut PlotUi<'_>, picture: &Picture, up: impl Fn(f64) -> f64 + Copy, tokens: &Tokens) {
    let bounds = plot.plot_bounds();
    for (name, y) in &picture.levels {
        let line = HLine::new(name.clone(), up(*y)).color(tokens.subdued).width(1.0).allow_hover(false);
        plot.hline(line.style(LineStyle::dashed_dense()));
        let place = PlotPoint::new(bounds.max()[0], up(*y));
        let label = RichText::new(format!("{name} {y:.2} ")).color(tokens.subdued).size(11.5);
        plot.text(Text::new("", place, label).anchor(Align2::RIGHT_BOTTOM).allow_hover(false));
    }
    for line in &picture.lines {
        let points: PlotPoints<'_> = line.points.iter().map(|[x, y]| [*x, up(*y)]).collect();
        if line.dots {
            plot.points(
                Points::new(line.name.clone(), points).color(line.color).radius(3.5).shape(MarkerShape::Circle),
            );
        } else {
            let hover = line.width > 1.0;
            plot.line(Line::new(line.name.clone(), points).color(line.color).width(line.width).allow_hover(hover));
        }
    }
    if let Some([x, y]) = picture.best {
        let star = RichText::new("★").color(tokens.success).size(17.0);
        plot.text(Text::new("", PlotPoint::new(x, up(y)), star).allow_hover(false));
        let left = bounds.min()[0] + 0.8 * (bounds.max()[0] - bounds.min()[0]);
        let (label, anchor) = match x > left {
            true => (format!("{y:.3}    "), Align2::RIGHT_CENTER),
            false => (format!("    {y:.3}"), Align2::LEFT_CENTER),
        };
        let label = RichText::new(label).color(tokens.success).size(12.0);
        plot.text(Text::new("", PlotPoint::new(x, up(y)), label).anchor(anchor).allow_hover(false));
    }
}

/// The training curve of a run, raw and smoothed.
fn training(form: &Form, train: &Curve, of: impl Fn(&Sample) -> f64) -> (Vec<[f64; 2]>, Vec<[f64; 2]>) {
    let raw: Vec<[f64; 2]> = train.samples().iter().map(|s| [form.axis.of(s), of(s)]).collect();
    let smooth = averaged(&smoothed(&raw, form.smoothing), BUCKETS / 2);
    (raw, smooth)
}

fn checks(form: &Form, valid: &[Sample], of: impl Fn(&Sample) -> f64) -> Vec<[f64; 2]> {
    valid.iter().map(|s| [form.axis.of(s), of(s)]).collect()
}

fn last_x(points: &[[f64; 2]]) -> f64 {
    points.last().map_or(0.0, |p| p[0])
}

fn losses(state: &State, form: &Form, subject: Option<Subject<'_>>, behind: &[Behind<'_>], tokens: &Tokens) -> Picture {
    let t = state.text();
    let mut picture = Picture::default();
    let (mut raw_values, mut must): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    for other in behind {
        let valid = checks(form, other.of.valid, |s| s.nats);
        must.extend(other.of.best.map(|b| b.nats));
        raw_values.extend(valid.iter().map(|p| p[1]));
        picture.right = picture.right.max(last_x(&valid));
        let points = valid;
        let width = if form.tab == Tab::Compare { 2.0 } else { 1.4 };
        picture.lines.push(Stroked { points, color: other.color, width, name: other.of.name.to_owned(), dots: false });
    }
    if let Some(run) = subject {
        let (raw, smooth) = training(form, run.train, |s| s.nats);
        let valid = checks(form, run.valid, |s| s.nats);
        raw_values.extend(raw.iter().map(|p| p[1]));
        must.extend(valid.iter().rev().take(valid.len().max(2) - 1).map(|p| p[1]));
        // Where it stands now is always seen.
        must.extend(smooth.last().map(|p| p[1]));
        picture.right = picture.right.max(last_x(&raw)).max(last_x(&valid));
        let faint = mix(tokens.panel, tokens.accent, 0.35);
        let raw = thinned(&raw, BUCKETS);
        picture.lines.push(Stroked { points: raw, color: faint, width: 1.0, name: String::new(), dots: false });
        let name = t.legend_train.to_owned();
        picture.lines.push(Stroked { points: smooth, color: tokens.accent, width: 2.2, name, dots: false });
        let alone: Vec<Sample> = run.valid.iter().copied().filter(|s| s.network > 0.0).collect();
        if !alone.is_empty() {
            let points = checks(form, &alone, |s| s.network);
            raw_values.extend(points.iter().map(|p| p[1]));
            let (name, color) = (t.legend_network.to_owned(), mix(tokens.panel, tokens.warning, 0.5));
            picture.lines.push(Stroked { points, color, width: 1.2, name, dots: false });
        }
        let name = t.legend_valid.to_owned();
        picture.lines.push(Stroked { points: valid, color: tokens.warning, width: 1.5, name, dots: true });
        picture.best = run.best.map(|b| [form.axis.of(&b), b.nats]);
        picture.levels = run.baselines.iter().map(|(name, y)| (t.tr.field(name).to_owned(), *y)).collect();
    }
    let levels: Vec<f64> = picture.levels.iter().map(|l| l.1).collect();
    picture.range = range(&raw_values, &must, &levels, form.log_axis);
    picture
}

fn fields(state: &State, form: &Form, subject: Option<Subject<'_>>, tokens: &Tokens) -> Picture {
    let t = state.text();
    let Some(run) = subject else { return Picture::default() };
    let mut picture = Picture::default();
    let (mut all, mut must) = (Vec::new(), Vec::new());
    for (f, field) in Field::ALL.into_iter().enumerate().take(FIELDS) {
        let told = |s: &Sample| s.fields[f] > 0.0;
        let valid: Vec<Sample> = run.valid.iter().copied().filter(told).collect();
        let train: Curve = run.train.samples().iter().copied().filter(told).collect();
        if valid.is_empty() && train.is_empty() {
            continue;
        }
        let color = tokens.voice(f);
        let (_, smooth) = training(form, &train, |s| s.fields[f]);
        let valid = checks(form, &valid, |s| s.fields[f]);
        all.extend(smooth.iter().map(|p| p[1]));
        must.extend(valid.iter().skip(1).map(|p| p[1]));
        picture.right = picture.right.max(last_x(&smooth)).max(last_x(&valid));
        let last = valid.last().or(smooth.last()).map_or(0.0, |p| p[1]);
        let name = format!("{} {last:.3}", t.tr.field(field.name()));
        let faint = mix(tokens.panel, color, 0.45);
        picture.lines.push(Stroked { points: smooth, color: faint, width: 1.0, name: String::new(), dots: false });
        picture.lines.push(Stroked { points: valid.clone(), color, width: 1.8, name, dots: false });
        picture.lines.push(Stroked { points: valid, color, width: 1.0, name: String::new(), dots: true });
    }
    picture.range = range(&all, &must, &[], form.log_axis);
    picture
}

fn rate(form: &Form, subject: Option<Subject<'_>>, tokens: &Tokens) -> Picture {
    let Some(run) = subject else { return Picture::default() };
    let points = checks(form, run.train.samples(), |s| s.rate);
    let values: Vec<f64> = points.iter().map(|p| p[1]).filter(|r| *r > 0.0).collect();
    let right = last_x(&points);
    let points = thinned(&points, BUCKETS);
    let lines = vec![Stroked { points, color: tokens.accent, width: 2.0, name: String::new(), dots: false }];
    Picture { lines, right, range: range(&[], &values, &[], form.log_axis), ..Picture::default() }
}

//! Watch the model learn: what to train, the curves as they fall, words for what is happening, takes
//! to hear, runs to compare, and the report card at the end.
//!
//! Draws plain view values; training itself is reached by requests.

mod axis;
mod compare;
mod curve;
mod form;
mod head;
mod picture;
mod plot;
mod report_card;
mod report_pictures;
mod runs;
mod smooth;
mod sweep;
mod takes;
mod view;

use crate::gui::action::{Action, Actions, Dialog};
use crate::gui::state::State;
use crate::gui::text::Text;
use crate::gui::theme::{SPACE, Tokens};
use crate::gui::widgets::{Icon, chip, icon_button_sized, primary_button, slider};
use axis::Axis;
pub use curve::Curve;
use eframe::egui::{Align, Button, ComboBox, Frame, Layout, Margin, Popup, Slider, Ui};
pub use form::Form;
use form::{Side, Tab};
use plot::{Behind, Subject};
pub use view::{
    Detail, Duplicate, Estimate, FIELDS, Happening, Knob, Preset, QueueRow, QueueState, RunRow, RunState, RunView,
    Sample, Standing, Start, Sweep, TakeView, TrainNews, TrainRequest, TrainSettings, TrainView,
};

/// Other runs that are drawn at first without being asked for.
const FIRST_TICKED: usize = 3;

pub fn train_ui(ui: &mut Ui, state: &State, form: &mut Form, actions: &mut Actions) {
    follow(state, form, actions);
    Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| {
        match state.session.train.active() {
            Some(run) => head::running_ui(ui, state, run, form, actions),
            None => {
                form::form_ui(ui, state, form, actions);
                if let Some(run) = &state.session.train.running {
                    head::ended_ui(ui, state, run, form, actions);
                }
            }
        }
        ui.add_space(SPACE / 2.0);
        let wide = ui.available_width() > 760.0;
        let beside = if wide { 288.0 } else { 0.0 };
        ui.horizontal_top(|ui| {
            let width = ui.available_width() - beside - if wide { SPACE * 1.5 } else { 0.0 };
            let height = ui.available_height();
            ui.vertical(|ui| {
                ui.set_width(width);
                ui.set_height(height);
                middle_ui(ui, state, form, actions);
            });
            if wide {
                ui.add_space(SPACE * 0.5);
                ui.vertical(|ui| {
                    ui.set_width(beside);
                    ui.set_height(height);
                    side_ui(ui, state, form, actions);
                });
            }
        });
    });
    list_again(ui, form, actions);
    runs::rename_ui(ui, state, form, actions);
    head::discard_ui(ui, state, form, actions);
    picture::take(ui, state, form);
}

/// Looks from time to time which runs there are, while the page is seen: another program may have made one.
fn list_again(ui: &Ui, form: &mut Form, actions: &mut Actions) {
    const EVERY: f64 = 10.0;
    let now = ui.input(|i| i.time);
    if now - form.listed > EVERY {
        form.listed = now;
        actions.push(Action::Train(TrainRequest::List));
    }
    ui.ctx().request_repaint_after_secs(EVERY as f32);
}

/// Notices what is new: runs to tick, a recipe to fill in.
fn follow(state: &State, form: &mut Form, actions: &mut Actions) {
    let view = &state.session.train;
    for run in view.runs.iter().take(FIRST_TICKED) {
        let readable = !matches!(run.standing, Standing::Unreadable(_));
        if readable && form.known.len() < FIRST_TICKED && form.known.insert(run.name.clone()) {
            form.ticked.insert(run.name.clone());
            actions.push(Action::Train(TrainRequest::Look(run.name.clone())));
        }
    }
    // What has just come to its end is drawn behind what comes next.
    if let Some(run) = view.running.as_ref().filter(|r| r.state.is_over() && view.row(&r.name).is_some())
        && form.known.insert(run.name.clone())
    {
        form.ticked.insert(run.name.clone());
        actions.push(Action::Train(TrainRequest::Look(run.name.clone())));
    }
    if form.shown.as_ref().is_some_and(|name| view.row(name).is_none()) && !view.runs.is_empty() {
        form.shown = None;
    }
    if let Some(copy) = &view.duplicate
        && form.duplicate != copy.serial
    {
        form.duplicate = copy.serial;
        (form.preset, form.knobs) = (copy.preset, copy.knobs.clone());
        form.duplicate_of = Some(copy.name.clone());
    }
}

/// The name of the run that is looked at: the one chosen, else the one that trains, else the newest.
fn shown<'a>(state: &'a State, form: &'a Form) -> Option<&'a str> {
    let view = &state.session.train;
    let running = view.running.as_ref().map(|r| r.name.as_str());
    form.shown.as_deref().or(running).or(view.runs.first().map(|r| r.name.as_str()))
}

fn subject<'a>(state: &'a State, name: &'a str) -> Option<Subject<'a>> {
    let view = &state.session.train;
    match &view.running {
        Some(run) if run.name == name => Some(Subject::of_run(run)),
        _ => view.details.get(name).map(|d| Subject::of_detail(name, d)),
    }
}

fn middle_ui(ui: &mut Ui, state: &State, form: &mut Form, actions: &mut Actions) {
    tabs_ui(ui, state, form, actions);
    let name = shown(state, form).map(str::to_owned);
    if form.tab == Tab::Report {
        let name = name.unwrap_or_default();
        let detail = state.session.train.details.get(&name).map(AsRef::as_ref);
        report_card::report_ui(ui, state, &name, detail, actions);
        return;
    }
    let tokens = Tokens::of(ui);
    let others = form.ticked.iter().filter(|n| Some(*n) != name.as_ref() || form.tab == Tab::Compare).enumerate();
    let others = others.filter_map(|(i, n)| {
        let strong = tokens.voice(i);
        let color = if form.tab == Tab::Compare { strong } else { crate::gui::theme::mix(tokens.panel, strong, 0.55) };
        Some(Behind { of: subject(state, state.session.train.row(n).map(|r| r.name.as_str())?)?, color })
    });
    let others: Vec<Behind<'_>> = others.collect();
    let of_name = name.as_deref().and_then(|n| subject(state, n));
    if form.tab == Tab::Compare {
        let height = ui.available_height();
        ui.allocate_ui([ui.available_width(), height * 0.58].into(), |ui| {
            ui.set_height(height * 0.58);
            plot::plot_ui(ui, state, form, None, &others);
        });
        ui.add_space(SPACE / 2.0);
        compare::compare_ui(ui, state, form, actions);
    } else {
        plot::plot_ui(ui, state, form, of_name, &others);
    }
}

fn tabs_ui(ui: &mut Ui, state: &State, form: &mut Form, actions: &mut Actions) {
    let t = state.text();
    let tabs = [
        (Tab::Curves, t.tr.tab_curves),
        (Tab::Fields, t.tr.tab_fields),
        (Tab::Rate, t.tr.tab_rate),
        (Tab::Report, t.tr.tab_report),
        (Tab::Compare, t.tr.tab_compare),
    ];
    ui.horizontal(|ui| {
        for (tab, name) in tabs {
            if ui.selectable_label(form.tab == tab, name).clicked() {
                (form.tab, form.fit) = (tab, true);
            }
        }
        if form.tab == Tab::Report {
            return;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let more = icon_button_sized(ui, Icon::More, t.tr.more, false, 24.0);
            let name = shown(state, form).map(str::to_owned);
            Popup::menu(&more).show(|ui| {
                if ui.add_enabled(form.plot_rect.is_some(), Button::new(t.tr.save_png)).clicked() {
                    actions.push(Action::OpenDialog(Dialog::ExportPlot));
                }
                let saved = name.as_ref().filter(|n| state.session.train.row(n).is_some());
                if ui.add_enabled(saved.is_some(), Button::new(t.tr.save_csv)).clicked()
                    && let Some(name) = saved
                {
                    actions.push(Action::OpenDialog(Dialog::ExportRun(name.clone())));
                }
            });
            if !form.fit && chip(ui, t.tr.fit, false).on_hover_text(t.tr.fit_hint).clicked() {
                form.fit = true;
            }
            if form.tab != Tab::Rate && chip(ui, t.log_axis, form.log_axis).clicked() {
                (form.log_axis, form.fit) = (!form.log_axis, true);
            }
            axis_ui(ui, state, form);
            if matches!(form.tab, Tab::Curves | Tab::Fields) {
                ui.spacing_mut().slider_width = 84.0;
                slider(ui, Slider::new(&mut form.smoothing, 0.0..=0.99).fixed_decimals(2).text(t.smoothing));
            }
        });
    });
}

fn axis_ui(ui: &mut Ui, state: &State, form: &mut Form) {
    let t = state.text();
    let word = |axis| match axis {
        Axis::Steps => t.tr.axis_step,
        Axis::Epochs => t.tr.axis_epoch,
        Axis::Minutes => t.tr.axis_minutes,
    };
    let shown = word(form.axis);
    let mut axis = form.axis;
    let list = ComboBox::from_id_salt("axis").selected_text(shown).width(78.0).show_ui(ui, |ui| {
        for one in Axis::ALL {
            ui.selectable_value(&mut axis, one, word(one));
        }
    });
    list.response.accessible_name(format!("{}: {shown}", t.tr.axis));
    if axis != form.axis {
        (form.axis, form.fit) = (axis, true);
    }
}

fn side_ui(ui: &mut Ui, state: &State, form: &mut Form, actions: &mut Actions) {
    let t = state.text();
    let view = &state.session.train;
    ui.horizontal(|ui| {
        for (side, name) in
            [(Side::Takes, t.tr.side_takes), (Side::Runs, t.tr.side_runs), (Side::Queue, t.tr.side_queue)]
        {
            if side == Side::Queue && view.queue.is_empty() {
                continue;
            }
            if ui.selectable_label(form.side == side, name).clicked() {
                form.side = side;
            }
        }
    });
    match form.side {
        Side::Takes => {
            let name = shown(state, form);
            let running = view.running.as_ref().filter(|r| Some(r.name.as_str()) == name).map(|r| &r.takes);
            let listed = name.and_then(|n| view.details.get(n)).map(|d| &d.takes);
            let takes = running.filter(|t| !t.is_empty()).or(listed).map_or(&[][..], |t| t.as_slice());
            takes::takes_ui(ui, state, takes, actions);
        }
        Side::Runs => runs::runs_ui(ui, state, form, actions),
        Side::Queue => sweep::queue_ui(ui, state),
    }
}

/// A button that starts; shared with the form.
fn train_button(ui: &mut Ui, state: &State, enabled: bool) -> bool {
    ui.add_enabled_ui(enabled, |ui| primary_button(ui, state.text().train_now, 96.0)).inner.clicked()
}

/// "1 h 02 m", "5 m 12 s", "40 s".
pub fn duration(t: &Text, secs: f64) -> String {
    let s = secs.max(0.0).round() as u64;
    let [h, m] = [t.tr.hours, t.tr.minutes_short];
    match s {
        0..60 => format!("{s} {}", t.tr.seconds),
        60..3600 => format!("{} {m} {:02} {}", s / 60, s % 60, t.tr.seconds),
        _ => format!("{} {h} {:02} {m}", s / 3600, s % 3600 / 60),
    }
}

/// "3 d", "2 h", "5 m", "40 s": how long ago something was.
pub fn age(t: &Text, secs: f64) -> String {
    let s = secs.max(0.0) as u64;
    match s {
        0..60 => format!("{s} {}", t.tr.seconds),
        60..3600 => format!("{} {}", s / 60, t.tr.minutes_short),
        3600..86_400 => format!("{} {}", s / 3600, t.tr.hours),
        _ => format!("{} {}", s / 86_400, t.tr.days),
    }
}

/// "12,345".
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::text::{EN, ZH};

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([-1.0, 59.4, 312.0, 3720.0].map(|s| duration(&EN, s)), ["0 s", "59 s", "5 m 12 s", "1 h 02 m"]);
        assert_eq!([5.0, 300.0, 7300.0, 200_000.0].map(|s| age(&EN, s)), ["5 s", "5 m", "2 h", "2 d"]);
        assert_eq!((duration(&ZH, 312.0), age(&ZH, 7300.0)), ("5 分 12 秒".into(), "2 小时".into()));
    }
}

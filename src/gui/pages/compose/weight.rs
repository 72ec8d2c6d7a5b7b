//! A bar chart of what each earlier bar was worth to the selected note.

use crate::generate::BarWeight;
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::text::{fill, sentence};
use crate::gui::theme::Tokens;
use crate::gui::widgets::{plain_button, subdued};
use crate::music::Note;
use crate::project::Receipt;
use eframe::egui::{FontId, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

const HEIGHT: f32 = 64.0;
/// Room below for the numbers of bars.
const FOOT: f32 = 12.0;
/// The scale never shows less than this, so that a bar of nothing looks like nothing.
const LEAST_NATS: f64 = 0.5;

/// A button, and once it was pressed the chart.
pub fn weight_ui(ui: &mut Ui, state: &State, note: &Note, receipt: &Receipt, actions: &mut Actions) {
    let words = &state.text().rc;
    let asked = state.session.weighed.as_ref().filter(|w| w.is_of(note) && w.model == receipt.model);
    let Some(view) = asked else {
        let hint = fill(words.weigh_hint, &[&receipt.model]);
        if plain_button(ui, words.weigh).on_hover_text(hint).clicked() {
            actions.push(Action::Weigh(note.id));
        }
        return;
    };
    match &view.found {
        None => drop(subdued(ui, fill(words.weighing, &[&view.model]))),
        Some(Err(why)) => drop(subdued(ui, sentence(why, state.text()))),
        Some(Ok(found)) => {
            subdued(ui, words.heat);
            if found.bars.is_empty() {
                subdued(ui, words.no_bars);
            } else {
                subdued(ui, words.bars);
                chart_ui(ui, state, &found.bars);
                legend_ui(ui, state);
            }
        }
    }
}

/// What the two colours of the bars mean.
fn legend_ui(ui: &mut Ui, state: &State) {
    let (words, t) = (&state.text().rc, Tokens::of(ui));
    ui.horizontal(|ui| {
        for (color, name) in [(t.accent, words.bars_for), (t.warning, words.bars_against)] {
            let (square, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
            ui.painter().rect_filled(square, 2, color);
            subdued(ui, name);
        }
    });
}

fn chart_ui(ui: &mut Ui, state: &State, bars: &[BarWeight]) {
    let words = &state.text().rc;
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let canvas = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - FOOT));
    let most = bars.iter().map(|b| b.nats).fold(LEAST_NATS, f64::max);
    let least = bars.iter().map(|b| b.nats).fold(0.0, f64::min);
    let y = |nats: f64| canvas.bottom() - canvas.height() * ((nats - least) / (most - least)) as f32;
    let width = canvas.width() / bars.len() as f32;
    let column = |i: usize| canvas.left() + width * i as f32..=canvas.left() + width * (i + 1) as f32 - 1.0;
    let under = response.hover_pos().map(|pos| ((pos.x - canvas.left()) / width) as usize);
    let painter = ui.painter();
    for (i, bar) in bars.iter().enumerate() {
        let (top, foot) = (y(bar.nats.max(0.0)), y(bar.nats.min(0.0)));
        let color = if bar.nats >= 0.0 { t.accent } else { t.warning };
        let color = if under == Some(i) { t.strong } else { color };
        painter.rect_filled(Rect::from_x_y_ranges(column(i), top..=foot), 1, color);
    }
    painter.hline(canvas.x_range(), y(0.0), Stroke::new(1.0, t.line));
    // As many numbers as have room.
    let every = (22.0 / width).ceil().max(1.0) as usize;
    for (i, bar) in bars.iter().enumerate().step_by(every) {
        let at = pos2(*column(i).start(), rect.bottom() - FOOT + 1.0);
        painter.text(at, eframe::egui::Align2::LEFT_TOP, bar.bar.to_string(), FontId::proportional(10.0), t.subdued);
    }
    let worth = |b: &BarWeight| fill(words.bar_worth, &[&b.bar.to_string(), &format!("{:+.2}", b.nats)]);
    if let Some(bar) = under.and_then(|i| bars.get(i)) {
        response.clone().on_hover_text(worth(bar));
    }
    let best = bars.iter().fold(bars[0], |best, b| if b.nats > best.nats { *b } else { best });
    let ends = [bars[0].bar, bars[bars.len() - 1].bar, best.bar].map(|n| n.to_string());
    let name = fill(words.bars_name, &[&ends[0], &ends[1], &ends[2], &format!("{:+.2}", best.nats)]);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
}

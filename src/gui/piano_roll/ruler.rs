//! Bars and beats above the roll. The lower half places the head, the upper half is dragged for a loop.

use super::hand::{Hand, press};
use super::transform::Transform;
use crate::gui::action::{Action, Actions};
use crate::gui::state::State;
use crate::gui::theme::{Tokens, mix};
use crate::music::Tick;
use eframe::egui::{Align2, CursorIcon, FontId, Rect, Sense, Stroke, Ui, WidgetInfo, accesskit::Role, pos2};

/// A drag on the ruler.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drag {
    Head,
    /// A loop from this tick to the pointer.
    Loop(Tick),
}

pub fn ruler_ui(ui: &mut Ui, rect: Rect, hand: &Hand, drag: &mut Option<Drag>, actions: &mut Actions) {
    let response = ui.interact(rect, ui.scope_id().with("ruler"), Sense::click_and_drag());
    let text = hand.state.text();
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, text.ruler));
    let upper = |y: f32| y < rect.center().y;
    let (pos, pressed, released) = ui.input(|i| {
        let p = &i.pointer;
        (p.interact_pos(), p.primary_pressed(), p.primary_released())
    });
    let mut shown_loop = hand.state.session.looping.then_some(hand.state.session.loop_range).flatten();
    if let Some(pos) = pos {
        let here = Hand { pos, ..*hand };
        let tick = here.snapped(here.tick()).max(0);
        if pressed && response.contains_pointer() {
            let origin = press(ui).map_or(pos, |p| p.0);
            let from = Hand { pos: origin, ..*hand };
            let from = from.snapped(from.tick()).max(0);
            *drag = Some(if upper(origin.y) { Drag::Loop(from) } else { Drag::Head });
        }
        match *drag {
            Some(Drag::Head) => actions.push(Action::Seek(tick)),
            Some(Drag::Loop(from)) if from != tick => {
                shown_loop = Some((from.min(tick), from.max(tick)));
                if released {
                    actions.push(Action::SetLoop(shown_loop));
                }
            }
            // A click on the upper half ends the loop.
            Some(Drag::Loop(_)) if released && hand.state.session.looping => actions.push(Action::SetLoop(None)),
            _ => {}
        }
    }
    if released {
        *drag = None;
    }
    if response.hovered() {
        let over = response.hover_pos().is_some_and(|p| upper(p.y));
        ui.ctx().set_cursor_icon(if over { CursorIcon::ResizeHorizontal } else { CursorIcon::PointingHand });
    }
    let hint = response.hover_pos().map(|p| if upper(p.y) { text.ruler_loop_hint } else { text.ruler_head_hint });
    paint(ui, rect, hand.t, hand.state, shown_loop);
    if let Some(hint) = hint {
        response.on_hover_text(hint);
    }
}

/// How many bars lie between two that have a number: 1, 2, 4 … so that numbers do not touch.
pub fn bars_between_numbers(bar_px: f64) -> i64 {
    let mut step = 1;
    while bar_px * (step as f64) < 44.0 && step < 1 << 20 {
        step *= 2;
    }
    step
}

fn paint(ui: &Ui, rect: Rect, t: Transform, state: &State, shown_loop: Option<(Tick, Tick)>) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0, tokens.panel);
    if let Some((from, to)) = shown_loop {
        let band = Rect::from_x_y_ranges(t.x(from as f64)..=t.x(to as f64), rect.top()..=rect.center().y);
        painter.rect_filled(band, 3, mix(tokens.panel, tokens.accent, 0.55));
    }
    let score = state.project.score();
    let (from, to) = t.ticks();
    let font = FontId::proportional(11.0);
    let mut at = score.meters.position(from.max(0.0) as Tick, score.ppq);
    let mut meter_before = None;
    while (at.bar_start as f64) < to {
        let step = bars_between_numbers(at.meter.bar_ticks(score.ppq) as f64 * t.view.px_per_tick);
        let x = t.x(at.bar_start as f64).round();
        let numbered = at.bar % step == 0;
        let top = if numbered { rect.center().y } else { rect.bottom() - 5.0 };
        painter.vline(x, top..=rect.bottom(), Stroke::new(1.0, tokens.grid_bar));
        if numbered {
            let label = painter.text(
                pos2(x + 8.0, rect.bottom() - 8.0),
                Align2::LEFT_CENTER,
                at.bar + 1,
                font.clone(),
                tokens.subdued,
            );
            let changed = score.meters.changes().iter().any(|c| c.tick == at.bar_start) || at.bar == 0;
            if changed && meter_before != Some(at.meter) {
                let place = pos2(label.right() + 6.0, rect.bottom() - 8.0);
                painter.text(place, Align2::LEFT_CENTER, at.meter, font.clone(), tokens.text);
                meter_before = Some(at.meter);
            }
        }
        // Far out, bars between two numbers are not worth a line each.
        let next = if numbered && step > 8 {
            score.meters.bar_start(at.bar + step, score.ppq)
        } else {
            at.bar_start + at.bar_len.max(1)
        };
        at = score.meters.position(next, score.ppq);
    }
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens.line));
}

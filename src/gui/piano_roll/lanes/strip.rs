//! One strip: its entries, where they are, and what the pointer and the keyboard do to them.

use super::drag::Drag;
use super::items::{Item, description, items};
use super::paint::{paint, right_of};
use super::{Lanes, name};
use crate::gui::action::{Action, Actions};
use crate::gui::piano_roll::hand::{Hand, press};
use crate::gui::piano_roll::held::Held;
use crate::gui::shortcuts::Command;
use crate::gui::state::State;
use crate::gui::text::fill;
use crate::gui::theme::Tokens;
use crate::music::{Key, Tick};
use crate::project::Lane;
use eframe::egui::{Align2, CursorIcon, FontId, Popup, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2};

/// The name of a lane, left of it. The one of the chords offers to write down what is heard.
pub fn label_ui(ui: &mut Ui, rect: Rect, lane: Lane, state: &State, actions: &mut Actions) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    ui.painter().rect_filled(rect, 0, tokens.panel);
    let response = ui.interact(rect, ui.scope_id().with(("lane label", lane)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, fill(t.over.lane_menu, &[name(lane, t)])));
    let color = if response.hovered() { tokens.strong } else { tokens.subdued };
    ui.painter().text(
        pos2(rect.right() - 6.0, rect.center().y),
        Align2::RIGHT_CENTER,
        name(lane, t),
        FontId::proportional(11.0),
        color,
    );
    Popup::menu(&response).show(|ui| {
        ui.set_min_width(180.0);
        if lane == Lane::Chords && ui.button(Command::WriteChords.name(t)).clicked() {
            actions.command(Command::WriteChords);
            ui.close();
        }
        if ui.button(fill(t.over.hide_lane, &[name(lane, t)])).clicked() {
            actions.push(Action::ToggleLane(lane));
            ui.close();
        }
    });
}

pub fn strip_ui(
    ui: &mut Ui,
    rect: Rect,
    lane: Lane,
    hand: &Hand,
    key: Option<Key>,
    lanes: &mut Lanes,
    actions: &mut Actions,
) {
    let t = hand.state.text();
    let response = ui.interact(rect, ui.scope_id().with(("lane", lane)), Sense::click_and_drag());
    let mut found = items(lane, hand, key, lanes, ui);
    respond(ui, &response, &found, lane, hand, key, lanes, actions);
    if lanes.drag.is_some_and(|d| d.lane == lane && d.moved()) {
        // What is shown is what the pointer makes of it now.
        found = items(lane, hand, key, lanes, ui);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, description(lane, &found, t)));
    paint(ui, rect, &response, &found, lane, hand, lanes.drag.filter(|d| d.lane == lane && d.moved()));
}

#[expect(clippy::too_many_arguments, reason = "what a strip needs to know stands in no one place")]
fn respond(
    ui: &Ui,
    response: &Response,
    items: &[Item],
    lane: Lane,
    hand: &Hand,
    key: Option<Key>,
    lanes: &mut Lanes,
    actions: &mut Actions,
) {
    let (pos, pressed, released) =
        ui.input(|i| (i.pointer.interact_pos(), i.pointer.primary_pressed(), i.pointer.primary_released()));
    let hit = |x: f32| {
        items.iter().rev().find(|i| !i.text.is_empty() && hand.t.x(i.tick as f64) - 3.0 <= x && x < right_of(i, hand))
    };
    if let Some(pos) = pos {
        let here = Hand { pos, ..*hand };
        if pressed && response.contains_pointer() {
            let origin = press(ui).map_or(pos, |p| p.0);
            let begin = |from: Tick, sideways: bool| Drag::begin(lane, from, origin, sideways, hand);
            let said = hit(origin.x).filter(|i| !i.heard);
            lanes.drag = match said.map(|i| i.tick) {
                Some(tick) if tick > 0 || lane == Lane::Markers => Some(begin(tick, true)),
                // Beside the entries the line of the tempo itself is in hand.
                None if lane == Lane::Tempo => Some(begin(in_force(&Hand { pos: origin, ..*hand }), false)),
                Some(0) if lane == Lane::Tempo => Some(begin(0, false)),
                _ => None,
            };
        }
        if let Some(drag) = lanes.drag.as_mut().filter(|d| d.lane == lane) {
            drag.update(&here);
            if released {
                let drag = *drag;
                lanes.drag = None;
                if drag.moved() {
                    drag.edit().into_iter().for_each(|edit| actions.edit(edit));
                    return;
                }
            }
        }
    }
    match &lanes.drag {
        Some(drag) if drag.lane == lane && drag.moved() => ui.ctx().set_cursor_icon(CursorIcon::Grabbing),
        _ if response.hovered() => ui.ctx().set_cursor_icon(CursorIcon::PointingHand),
        _ => {}
    }
    if response.clicked() {
        // Pressed by the keyboard, it writes at the playhead.
        let at = response.interact_pointer_pos();
        match at.and_then(|p| hit(p.x)) {
            Some(item) => {
                lanes.open(hand.state, lane, item.tick, key);
                if let Some(editor) = lanes.editor.as_mut().filter(|_| item.heard) {
                    editor.suggest(item.text.clone());
                }
            }
            None => {
                let head = hand.state.session.position() as Tick;
                let tick = at.map_or(head, |pos| place(lane, &Hand { pos, ..*hand }));
                lanes.open(hand.state, lane, tick, key);
            }
        }
    }
}

/// Since when the tempo holds that holds under the pointer.
fn in_force(here: &Hand) -> Tick {
    let changes = here.state.project.score().tempos.changes();
    let next = changes.partition_point(|c| (c.tick as f64) <= here.tick());
    next.checked_sub(1).map_or(0, |i| changes[i].tick)
}

/// Where a new entry goes: meters, keys and chords begin with a bar or a beat, unless Alt is held.
fn place(lane: Lane, here: &Hand) -> Tick {
    let score = here.state.project.score();
    let tick = here.tick().max(0.0) as Tick;
    let at = score.meters.position(tick, score.ppq);
    match lane {
        _ if here.holds(Held::OffGrid) => tick,
        Lane::Meter | Lane::Key => at.bar_start,
        Lane::Chords => at.bar_start + at.offset / at.meter.beat_ticks(score.ppq) * at.meter.beat_ticks(score.ppq),
        Lane::Markers | Lane::Tempo => here.snapped_floor(here.tick()),
    }
}

//! One strip: its entries, where they are, and what the pointer and the keyboard do to them.

use super::items::{Item, description, items};
use super::paint::{paint, right_of};
use super::{Lanes, name};
use crate::gui::action::{Action, Actions};
use crate::gui::piano_roll::hand::Hand;
use crate::gui::piano_roll::held::Held;
use crate::gui::shortcuts::Command;
use crate::gui::state::State;
use crate::gui::text::fill;
use crate::gui::theme::Tokens;
use crate::music::{Key, Tick};
use crate::project::{Edit, Lane, LaneEdit};
use eframe::egui::{Align2, CursorIcon, FontId, Popup, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2};

/// An entry that is being dragged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drag {
    pub lane: Lane,
    pub from: Tick,
    pub to: Tick,
    press_x: f32,
    pub moved: bool,
}

/// How far the pointer goes before a press counts as a drag, in points.
const DRAG: f32 = 4.0;

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
    let items = items(lane, hand, key, lanes, ui);
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, description(lane, &items, t)));
    respond(ui, &response, &items, lane, hand, key, lanes, actions);
    paint(ui, rect, &response, &items, lane, hand, lanes.drag.filter(|d| d.lane == lane && d.moved));
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
            let origin = ui.input(|i| i.pointer.press_origin()).unwrap_or(pos);
            // What stands at the start holds from there: it is changed, not moved.
            lanes.drag = hit(origin.x).filter(|i| !i.heard && (i.tick > 0 || lane == Lane::Markers)).map(|item| Drag {
                lane,
                from: item.tick,
                to: item.tick,
                press_x: origin.x,
                moved: false,
            });
        }
        if let Some(drag) = lanes.drag.as_mut().filter(|d| d.lane == lane) {
            drag.moved |= (pos.x - drag.press_x).abs() > DRAG;
            let grabbed = f64::from(drag.press_x - hand.t.x(drag.from as f64)) / hand.t.view.px_per_tick;
            drag.to = here.snapped(here.tick() - grabbed).max(0);
            if released {
                if drag.moved && drag.to != drag.from {
                    actions.edit(Edit::Lane(LaneEdit::Move { lane, from: drag.from, to: drag.to }));
                }
                let moved = drag.moved;
                lanes.drag = None;
                if moved {
                    return;
                }
            }
        }
    }
    if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
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

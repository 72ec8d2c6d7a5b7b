//! One strip: its entries, where they are, and what the pointer and the keyboard do to them.

use super::{Lanes, name};
use crate::gui::action::{Action, Actions};
use crate::gui::piano_roll::hand::Hand;
use crate::gui::shortcuts::Command;
use crate::gui::state::State;
use crate::gui::text::{Text, fill};
use crate::gui::theme::{RADIUS, Tokens, mix};
use crate::music::changes::Change;
use crate::music::{Chord, Key, Tick};
use crate::project::{Edit, Lane, LaneEdit};
use eframe::egui::{
    Align2, Color32, CornerRadius, CursorIcon, FontId, Mesh, Rect, Response, Sense, Shape, Stroke, Ui, WidgetInfo,
    accesskit::Role, pos2,
};
use std::ops::Range;

/// An entry that is being dragged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drag {
    lane: Lane,
    from: Tick,
    to: Tick,
    press_x: f32,
    moved: bool,
}

/// How far the pointer goes before a press counts as a drag, in points.
const DRAG: f32 = 4.0;
/// Narrower than this, an entry is a mere line.
const LEAST: f32 = 14.0;

/// An entry on the screen.
struct Item {
    tick: Tick,
    text: String,
    /// Heard in the notes, and not said by the piece.
    heard: bool,
    /// Where it ends: at the next one.
    until: f32,
}

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
    eframe::egui::Popup::menu(&response).show(|ui| {
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

/// What a screen reader says: "Chords lane: C, F, G7".
fn description(lane: Lane, items: &[Item], t: &Text) -> String {
    let texts: Vec<&str> = items.iter().map(|i| i.text.as_str()).filter(|text| !text.is_empty()).take(24).collect();
    fill(t.over.lane_name, &[name(lane, t), &texts.join(", ")])
}

/// The entries whose stretch touches the screen.
fn items(lane: Lane, hand: &Hand, key: Option<Key>, lanes: &mut Lanes, ui: &Ui) -> Vec<Item> {
    let score = hand.state.project.score();
    let (from, to) = hand.t.ticks();
    let (from, to) = (from as Tick, to.ceil() as Tick);
    let list: Vec<(Tick, String, bool)> = match lane {
        Lane::Tempo => {
            said(score.tempos.changes(), from, to, |c| format!("♩ {}", short(60e6 / f64::from(c.micros_per_quarter))))
        }
        Lane::Meter => said(score.meters.changes(), from, to, |c| c.meter.to_string()),
        Lane::Key => said(&score.keys, from, to, |c| c.key.to_string()),
        Lane::Markers => said(&score.markers, from, to, |m| m.text.clone()),
        Lane::Chords => chords(hand, key, from, to, lanes, ui),
    };
    let x = |tick: Tick| hand.t.x(tick as f64);
    let ends: Vec<f32> = list.iter().skip(1).map(|i| x(i.0)).chain([f32::MAX]).collect();
    list.into_iter().zip(ends).map(|((tick, text, heard), until)| Item { tick, text, heard, until }).collect()
}

/// "96", "61.5".
fn short(qpm: f64) -> String {
    let rounded = (qpm * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

/// The entries that hold somewhere in `from..to`, of a sorted list.
fn visible<T: Change>(list: &[T], from: Tick, to: Tick) -> Range<usize> {
    let first = list.partition_point(|c| c.tick() <= from).saturating_sub(1);
    first..list.partition_point(|c| c.tick() < to).max(first)
}

/// What the piece says in `from..to`.
fn said<T: Change>(list: &[T], from: Tick, to: Tick, text: impl Fn(&T) -> String) -> Vec<(Tick, String, bool)> {
    list[visible(list, from, to)].iter().map(|c| (c.tick(), text(c), false)).collect()
}

/// What the piece says, and what is heard where it says nothing.
fn chords(
    hand: &Hand,
    key: Option<Key>,
    from: Tick,
    to: Tick,
    lanes: &mut Lanes,
    ui: &Ui,
) -> Vec<(Tick, String, bool)> {
    let score = hand.state.project.score();
    let spelled = |chord: Option<Chord>| chord.map_or_else(String::new, |c| c.spelled(key));
    let mut list = said(score.chords.changes(), from, to, |c| spelled(c.chord));
    // Where bars are too narrow for a name, nobody need listen.
    let bar = score.meters.position(from.max(0), score.ppq);
    if bar.bar_len as f64 * hand.t.view.px_per_tick >= 22.0 {
        let (heard, complete) = lanes.detected.between(hand.index, from, to);
        if !complete {
            ui.ctx().request_repaint();
        }
        let mut before = None;
        for change in heard {
            let unsaid = score.chords.at(change.tick).is_none();
            if unsaid && before != Some(change.chord) {
                list.push((change.tick, spelled(change.chord), true));
            }
            before = unsaid.then_some(change.chord);
        }
        // Where the piece ends a chord, what is heard from there on is shown.
        list.sort_by_key(|i| (i.0, !i.2));
        list.dedup_by_key(|i| i.0);
    }
    list
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
        _ if here.modifiers.alt => tick,
        Lane::Meter | Lane::Key => at.bar_start,
        Lane::Chords => at.bar_start + at.offset / at.meter.beat_ticks(score.ppq) * at.meter.beat_ticks(score.ppq),
        Lane::Markers | Lane::Tempo => here.snapped_floor(here.tick()),
    }
}

fn right_of(item: &Item, hand: &Hand) -> f32 {
    let x = hand.t.x(item.tick as f64);
    let wide = 14.0 + 7.5 * item.text.chars().count() as f32;
    (x + wide).min(item.until.max(x + 4.0))
}

fn paint(ui: &Ui, rect: Rect, response: &Response, items: &[Item], lane: Lane, hand: &Hand, drag: Option<Drag>) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0, tokens.panel);
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens.line));
    if lane == Lane::Tempo {
        curve(ui, rect, hand, tokens);
    }
    let font = FontId::proportional(if lane == Lane::Chords { 12.5 } else { 11.5 });
    let mut drawn_to = f32::MIN;
    for item in items.iter().filter(|i| !i.text.is_empty()) {
        let dragged = drag.filter(|d| d.from == item.tick && !item.heard);
        let start = hand.t.x(dragged.map_or(item.tick, |d| d.to) as f64);
        // What began before the screen stays named at its edge.
        let x = start.max(rect.left());
        let until = if dragged.is_some() { f32::MAX } else { item.until };
        let room = until - x - 3.0;
        if !item.heard {
            painter.vline(start.round() + 0.5, rect.y_range(), Stroke::new(1.0, mix(tokens.line, tokens.accent, 0.7)));
        }
        if room < LEAST || x < drawn_to {
            continue;
        }
        let color = if item.heard { tokens.subdued } else { tokens.strong };
        let galley = painter.layout_no_wrap(item.text.clone(), font.clone(), color);
        let right = (x + galley.size().x + 10.0).min(until - 1.0);
        if right - x < 10.0 {
            continue;
        }
        let chip = Rect::from_min_max(pos2(x + 1.0, rect.top() + 2.0), pos2(right, rect.bottom() - 3.0));
        let hovered = response.hover_pos().is_some_and(|p| chip.contains(p));
        let ground = match (item.heard, hovered || dragged.is_some()) {
            (_, true) => tokens.hover,
            (false, false) => tokens.accent_soft,
            (true, false) => Color32::TRANSPARENT,
        };
        painter.rect_filled(chip, CornerRadius::same(RADIUS), ground);
        let clipped = painter.with_clip_rect(chip.intersect(painter.clip_rect()));
        clipped.galley(pos2(x + 5.0, chip.center().y - galley.size().y / 2.0), galley, color);
        drawn_to = right.min(until);
    }
    if response.has_focus() {
        painter.rect_stroke(rect.shrink(1.0), 2, Stroke::new(1.5, tokens.accent), eframe::egui::StrokeKind::Inside);
    }
}

/// The tempo as a line of steps, the fastest of the piece at the top.
fn curve(ui: &Ui, rect: Rect, hand: &Hand, tokens: &Tokens) {
    let changes = hand.state.project.score().tempos.changes();
    if changes.len() < 2 {
        return;
    }
    let (from, to) = hand.t.ticks();
    let seen = visible(changes, from as Tick, to.ceil() as Tick);
    let log = |i: usize| (1.0 / f64::from(changes[i].micros_per_quarter)).ln();
    let (low, high) = seen.clone().map(log).fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
    let y = |i: usize| {
        let share = if high - low < 1e-6 { 0.5 } else { (log(i) - low) / (high - low) };
        rect.bottom() - 4.0 - share as f32 * (rect.height() - 8.0)
    };
    let color = mix(tokens.panel, tokens.accent, 0.45);
    let mut mesh = Mesh::default();
    let mut last = f32::MIN;
    for i in seen.clone() {
        let x = hand.t.x(changes[i].tick as f64);
        let next = if i + 1 < changes.len() { hand.t.x(changes[i + 1].tick as f64) } else { rect.right() };
        // Steps within one point are one to the eye.
        if next - last < 1.0 && i + 1 < seen.end {
            continue;
        }
        mesh.add_colored_rect(
            Rect::from_min_max(pos2(x, y(i)), pos2(next, rect.bottom() - 1.0)),
            color.gamma_multiply(0.35),
        );
        mesh.add_colored_rect(Rect::from_min_max(pos2(x, y(i) - 0.75), pos2(next, y(i) + 0.75)), color);
        last = next;
    }
    ui.painter_at(rect).add(Shape::mesh(mesh));
}

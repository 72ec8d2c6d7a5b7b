//! The lane under the roll: a stem for each note's velocity, dragged alone, together, or as a ramp.

use super::hand::press;
use super::index::NoteIndex;
use super::lod::{self, Levels};
use super::transform::Transform;
use crate::gui::action::Actions;
use crate::gui::state::State;
use crate::gui::theme::{Tokens, mix};
use crate::music::{NoteId, Tick};
use crate::project::Edit;
use eframe::egui::{Mesh, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

/// A drag in the lane.
#[derive(Clone, Debug)]
pub enum Drag {
    /// These notes change by as much as the grabbed one.
    Stems { notes: Vec<(NoteId, u8)>, press_y: f32, delta: i16 },
    /// Notes between two points follow the line between them.
    Ramp { from: (f64, f32), values: Vec<(NoteId, u8)> },
}

/// How near the pointer must be to a stem, in points.
const NEAR: f32 = 5.0;

/// Draws the lane into `rect` and pushes one edit when a drag ends.
pub fn lane_ui(
    ui: &mut Ui,
    rect: Rect,
    t: Transform,
    state: &State,
    (index, levels): (&NoteIndex, &Levels),
    drag: &mut Option<Drag>,
    actions: &mut Actions,
) -> Response {
    let response = ui.interact(rect, ui.scope_id().with("velocity lane"), Sense::click_and_drag());
    let text = state.text();
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, text.velocity_lane));
    let pointer = ui.input(|i| i.pointer.interact_pos());
    let (pressed, released) = ui.input(|i| (i.pointer.primary_pressed(), i.pointer.primary_released()));
    if let Some(pos) = pointer {
        if pressed && response.contains_pointer() {
            let origin = press(ui).map_or(pos, |p| p.0);
            *drag = Some(begin(origin, rect, t, state, index));
        }
        if let Some(drag) = drag {
            update(drag, pos, rect, t, state, index);
        }
    }
    if released && let Some(done) = drag.take() {
        let values = values_of(&done);
        if !values.is_empty() {
            actions.edit(Edit::SetVelocity(values));
        }
    }
    let (from, to) = t.ticks();
    let far = index.range(state.view.voice, from as Tick, to as Tick + 1).len() > FEW && drag.is_none();
    match levels.get(index, state.view.voice, lod::bucket(t.view.px_per_tick), false).filter(|_| far) {
        Some(level) => paint_far(ui, rect, t, state, level),
        None => paint(ui, rect, t, state, index, drag.as_ref()),
    }
    response
}

fn velocity_at(y: f32, rect: Rect) -> u8 {
    let share = (rect.bottom() - 2.0 - y) / (rect.height() - 8.0);
    (share * 127.0).round().clamp(1.0, 127.0) as u8
}

fn y_of(velocity: u8, rect: Rect) -> f32 {
    rect.bottom() - 2.0 - f32::from(velocity) / 127.0 * (rect.height() - 8.0)
}

fn begin(pos: Pos2, rect: Rect, t: Transform, state: &State, index: &NoteIndex) -> Drag {
    let reach = f64::from(NEAR) / t.view.px_per_tick;
    let tick = t.tick(pos.x);
    let notes = index.sounding(state.view.voice, (tick - reach) as Tick, (tick + reach).ceil() as Tick);
    let near = notes.filter(|n| (t.x(n.start as f64) - pos.x).abs() <= NEAR);
    // Of several in a chord, the one whose head is nearest.
    let head = |v: u8| (y_of(v, rect) - pos.y).abs();
    let Some(note) = near.min_by(|a, b| head(a.velocity).total_cmp(&head(b.velocity))) else {
        return Drag::Ramp { from: (tick, pos.y), values: Vec::new() };
    };
    let selection = &state.view.selection;
    let notes = if selection.contains(&note.id) {
        selection.iter().filter_map(|id| index.get(*id)).map(|(_, n)| (n.id, n.velocity)).collect()
    } else {
        vec![(note.id, note.velocity)]
    };
    Drag::Stems { notes, press_y: y_of(note.velocity, rect), delta: 0 }
}

fn update(drag: &mut Drag, pos: Pos2, rect: Rect, t: Transform, state: &State, index: &NoteIndex) {
    match drag {
        Drag::Stems { press_y, delta, .. } => {
            *delta = i16::from(velocity_at(pos.y, rect)) - i16::from(velocity_at(*press_y, rect));
        }
        Drag::Ramp { from, values } => {
            let to = (t.tick(pos.x), pos.y);
            let (a, b) = if from.0 <= to.0 { (*from, to) } else { (to, *from) };
            let span = (b.0 - a.0).max(1.0);
            let notes = index.sounding(state.view.voice, a.0 as Tick, b.0.ceil() as Tick);
            *values = notes
                .filter(|n| n.start as f64 >= a.0 && (n.start as f64) <= b.0)
                .map(|n| {
                    let share = ((n.start as f64 - a.0) / span) as f32;
                    (n.id, velocity_at(a.1 + (b.1 - a.1) * share, rect))
                })
                .collect();
        }
    }
}

fn values_of(drag: &Drag) -> Vec<(NoteId, u8)> {
    match drag {
        Drag::Stems { delta: 0, .. } => Vec::new(),
        Drag::Stems { notes, delta, .. } => {
            let moved = |v: u8| (i16::from(v) + delta).clamp(1, 127) as u8;
            notes.iter().map(|(id, v)| (*id, moved(*v))).collect()
        }
        Drag::Ramp { values, .. } => values.clone(),
    }
}

/// Below so many notes every stem is drawn.
const FEW: usize = 2_000;

fn ground(ui: &Ui, rect: Rect, tokens: &Tokens) {
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0, tokens.row_dark);
    painter.hline(rect.x_range(), rect.top(), Stroke::new(1.0, tokens.line));
    painter.hline(rect.x_range(), y_of(64, rect).round(), Stroke::new(1.0, tokens.grid_fine));
}

/// From far away: in each column the loudest.
fn paint_far(ui: &Ui, rect: Rect, t: Transform, state: &State, level: &lod::Level) {
    let tokens = Tokens::of(ui);
    ground(ui, rect, tokens);
    let (from, to) = t.ticks();
    let hue = state.hue(state.view.voice);
    let palette: [_; 128] = std::array::from_fn(|velocity| tokens.note(hue, velocity as u8));
    let mut mesh = Mesh::default();
    for (tick, velocity) in level.stems(from as Tick, to as Tick + 1) {
        let (x, y) = (t.x(*tick as f64).round(), y_of(*velocity, rect));
        let stem = Rect::from_min_max(pos2(x, y), pos2(x + 1.5, rect.bottom()));
        mesh.add_colored_rect(stem, palette[usize::from((*velocity).min(127))]);
    }
    ui.painter_at(rect).add(Shape::mesh(mesh));
}

fn paint(ui: &Ui, rect: Rect, t: Transform, state: &State, index: &NoteIndex, drag: Option<&Drag>) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter_at(rect);
    ground(ui, rect, tokens);
    let changed: std::collections::HashMap<NoteId, u8> = drag.map(values_of).unwrap_or_default().into_iter().collect();
    let (from, to) = t.ticks();
    let voice = state.view.voice;
    let hue = state.hue(voice);
    let palette: [_; 128] = std::array::from_fn(|velocity| tokens.note(hue, velocity as u8));
    let mut mesh = Mesh::default();
    let (mut last_x, mut last_velocity) = (f32::MIN, 0);
    for n in index.sounding(voice, from as Tick - 1, to as Tick + 1).filter(|n| n.start as f64 >= from) {
        let x = t.x(n.start as f64).round();
        let velocity = if changed.is_empty() { n.velocity } else { changed.get(&n.id).copied().unwrap_or(n.velocity) };
        // Of stems in one column only the tallest is seen.
        if x == last_x && velocity <= last_velocity {
            continue;
        }
        let selected = state.view.selection.contains(&n.id);
        let color = palette[usize::from(velocity.min(127))];
        let color = if selected { mix(color, tokens.strong, 0.7) } else { color };
        let y = y_of(velocity, rect);
        mesh.add_colored_rect(Rect::from_min_max(pos2(x, y), pos2(x + 2.0, rect.bottom())), color);
        if x - last_x > 2.0 || selected {
            mesh.add_colored_rect(Rect::from_center_size(pos2(x + 1.0, y), vec2(6.0, 6.0)), color);
        }
        (last_x, last_velocity) = (x, velocity);
    }
    painter.add(Shape::mesh(mesh));
    if let Some(Drag::Ramp { from, .. }) = drag
        && let Some(pos) = ui.input(|i| i.pointer.interact_pos())
    {
        painter.line_segment([pos2(t.x(from.0), from.1), pos], Stroke::new(1.0, tokens.subdued));
    }
}

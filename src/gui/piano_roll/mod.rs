//! The piano roll: draws the score, and turns what the pointer does into edits.
//!
//! The document is only read here. What is the roll's own (what part is seen, the gesture in
//! progress) is in [`Roll`]; everything else goes out as actions.

mod box_select;
pub mod clipboard;
mod draw;
mod gesture;
mod hand;
pub mod held;
mod index;
mod keyboard;
pub mod lanes;
mod lod;
mod minimap;
mod move_notes;
mod notes;
mod paint;
mod places;
mod resize;
mod rows;
mod ruler;
mod scroll;
pub mod snap;
mod transform;
mod velocity;

use super::action::{Action, Actions};
use super::shortcuts::Command;
use super::state::{State, Tool};
use super::theme::Tokens;
use crate::music::{Key, Role, Scale, Score, Tick};
use crate::project::Lane;
use eframe::egui::{
    self, CursorIcon, EventFilter, PointerButton, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role as Named, pos2,
};
use gesture::{Gesture, Memory};
use hand::{Hand, Part};
use index::NoteIndex;
use lod::Levels;
use minimap::Minimap;
use places::Places;
use rows::Rows;
use std::sync::Arc;
pub use transform::{Transform, Viewport};

/// What is the roll's own.
#[derive(Debug)]
pub struct Roll {
    pub viewport: Viewport,
    index: NoteIndex,
    levels: Levels,
    lanes: lanes::Lanes,
    minimap: Minimap,
    gesture: Gesture,
    memory: Memory,
    velocity_drag: Option<velocity::Drag>,
    ruler_drag: Option<ruler::Drag>,
    /// The piece's key: its signature, else what it sounds like.
    pub key: Option<Key>,
    pub key_is_guess: bool,
    /// Show all of the piece at the next repaint.
    pub fit: bool,
    /// The user scrolled away while playing; the view follows again from the next start.
    pub scrolled_away: bool,
    /// Drawn for a picture: exactly the part that was asked for, and nothing that moves.
    still: bool,
    /// Where the canvas was last, so that commands can zoom about its middle.
    last: Option<Transform>,
}

impl Roll {
    pub fn new(score: &Arc<Score>) -> Self {
        let mut roll = Self {
            viewport: Viewport { left: 0.0, top: 84.0, px_per_tick: 0.1, row: 14.0 },
            index: NoteIndex::new(score),
            levels: Levels::default(),
            lanes: lanes::Lanes::default(),
            minimap: Minimap::default(),
            gesture: Gesture::None,
            memory: Memory::default(),
            velocity_drag: None,
            ruler_drag: None,
            key: None,
            key_is_guess: false,
            fit: true,
            scrolled_away: false,
            still: false,
            last: None,
        };
        roll.read_key(score);
        roll
    }

    /// Follows a change of the score.
    pub fn refresh(&mut self, score: &Arc<Score>) {
        if !self.index.is_of(score) {
            self.index = NoteIndex::new(score);
            self.read_key(score);
        }
    }

    fn read_key(&mut self, score: &Score) {
        let signed = score.keys.first().map(|k| k.key);
        self.key_is_guess = signed.is_none();
        // A few notes say little about a key.
        let guess = || (score.n_notes() >= 8).then(|| Key::estimate(score)).flatten().map(|k| k.0);
        self.key = signed.or_else(guess);
    }

    /// The scale that rows are shaded by: the one chosen, else that of the key at the playhead, else of
    /// the key that the piece sounds like.
    pub fn scale(&self, state: &State) -> Option<Scale> {
        let signed = state.project.score().key_at(state.session.position() as Tick);
        state.view.scale.or_else(|| signed.or(self.key).map(Scale::from))
    }

    /// Whether the score has this note still.
    pub fn has_note(&self, id: crate::music::NoteId) -> bool {
        self.index.get(id).is_some()
    }

    /// Opens the field for an entry of a strip at `tick`.
    pub fn open_lane(&mut self, state: &State, lane: Lane, tick: Tick) {
        self.lanes.open(state, lane, tick, state.project.score().key_at(tick).or(self.key));
    }

    /// Length of a step of the grid at the present zoom, in ticks.
    pub fn grid_ticks(&self, state: &State) -> Tick {
        state.view.grid.ticks(state.project.score().ppq, self.viewport.px_per_tick)
    }

    /// Whether a drag is in progress.
    pub fn drags(&self) -> bool {
        self.gesture.is_active() || self.velocity_drag.is_some() || self.ruler_drag.is_some()
    }

    /// Gives up the drag in progress, if there is one: nothing changes when the button is released.
    pub fn cancel_drag(&mut self) -> bool {
        let other = self.velocity_drag.take().is_some() | self.ruler_drag.take().is_some() | self.lanes.cancel();
        let active = self.gesture.is_active();
        if active {
            self.gesture = Gesture::Cancelled;
        }
        active || other
    }

    /// Shows the time from one tick to another on a canvas so wide, and pitches from `top` down: for pictures.
    pub fn still(&mut self, from: Tick, to: Tick, top: u8, row: f32, width: f32) {
        let px_per_tick = f64::from(width) / (to - from).max(1) as f64;
        self.viewport = Viewport { left: from as f64, top: f32::from(top) + 1.0, px_per_tick, row };
        (self.still, self.fit) = (true, false);
    }

    /// Zooms in time about the middle of the canvas.
    pub fn zoom(&mut self, factor: f64) {
        if let Some(t) = self.last {
            self.viewport = t.zoomed_time(t.rect.center().x, factor).view;
        }
    }

    /// Shows a stretch of time and pitch as large as it will go.
    pub fn zoom_to(&mut self, from: Tick, to: Tick, low: u8, high: u8) {
        if let Some(t) = self.last {
            self.viewport = t.fitted(from, to, low, high).view;
            self.scrolled_away = true;
        }
    }

    /// Shows a stretch of time and pitch where any of it is out of sight; of a long one the beginning.
    pub fn reveal(&mut self, score: &Score, from: Tick, to: Tick, low: u8, high: u8) {
        let Some(t) = self.last else { return };
        let to = to.min(score.meters.bar_start(score.meters.position(from, score.ppq).bar + 16, score.ppq));
        let ((left, right), (bottom, top)) = (t.ticks(), t.pitches());
        let seen = left <= from as f64 && to as f64 <= right && bottom <= low && high <= top;
        if !seen {
            self.viewport = t.fitted(from, to, low, high).view;
        }
    }

    /// Where the last painted canvas shows a tick and a pitch; for tests.
    pub fn transform(&self) -> Option<Transform> {
        self.last
    }
}

/// Draws the roll with its keyboard, ruler and velocity lane into all of `ui`.
pub fn roll_ui(ui: &mut Ui, state: &State, roll: &mut Roll, actions: &mut Actions) {
    let area = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(area);
    let places = Places::of(area, state);
    let canvas = places.canvas;
    if canvas.width() < 40.0 || canvas.height() < 40.0 {
        return;
    }
    roll.refresh(state.project.score());
    let end = content_end(state);
    // Folded or not is known from the last repaint: what was in the middle stays there.
    let rows = if state.view.fold { Rows::folded(roll.index.used(state.view.voice)) } else { Rows::all() };
    let before = roll.last.map_or_else(Rows::all, |t| t.rows);
    let mut t = Transform { rect: canvas, view: roll.viewport, rows: before }.with_rows(rows);
    if std::mem::take(&mut roll.fit) {
        t = fitted(t, state);
    }
    t = scroll::scrolled_by_input(ui, t, canvas, area, &mut roll.scrolled_away);
    if state.view.follow
        && state.session.player.is_playing()
        && !roll.scrolled_away
        && !roll.gesture.is_active()
        && !roll.still
    {
        t = scroll::following(t, state.session.position());
    }
    if !roll.still {
        t = t.clamped(end);
    }

    let response = canvas_ui(ui, t, state, roll, actions);
    // Panning moves the view within the same repaint, so that the notes stick to the pointer.
    if let Gesture::Pan(from) = &mut roll.gesture
        && let Some(pos) = ui.input(|i| i.pointer.interact_pos())
    {
        let way = *from - pos;
        *from = pos;
        t = t.scrolled(way.x, way.y).clamped(end);
        roll.scrolled_away = true;
    }
    notes::prepare(t, state, &roll.index, &mut roll.levels);
    paint_canvas(ui, t, state, roll, &response);
    keyboard::keyboard_ui(ui, places.keys, t, state, &roll.index, actions);
    let hand = hand_at(ui, t, state, &roll.index, places.ruler.center());
    ruler::ruler_ui(ui, places.ruler, &hand, &mut roll.ruler_drag, actions);
    ui.painter().rect_filled(places.corner, 0, Tokens::of(ui).panel);
    let key = state.project.score().key_at(t.view.left as Tick).or(roll.key);
    lanes::lanes_ui(ui, places.strips, places.keys.width(), &hand, key, &mut roll.lanes, actions);
    if let Some((lane, label)) = places.velocity {
        let notes = (&roll.index, &roll.levels);
        velocity::lane_ui(ui, lane, t, state, notes, &mut roll.velocity_drag, actions);
        lane_label(ui, label, state);
    }
    if !roll.still {
        let x = t.x(state.session.position());
        let foot = places.velocity.map_or(canvas.bottom(), |(lane, _)| lane.bottom());
        paint::head(&ui.painter_at(area), x, places.ruler, foot, Tokens::of(ui));
        t = match places.minimap {
            Some(rect) => {
                let moved = minimap::minimap_ui(ui, rect, t, end, state, &mut roll.minimap);
                roll.scrolled_away |= moved != t;
                moved
            }
            None => scroll::bar_ui(ui, t, canvas, end, state),
        }
        .clamped(end);
    }
    roll.viewport = t.view;
    roll.last = Some(t);
}

/// Where the notes lie in a roll that has all of `area`.
pub fn canvas_in(area: Rect, state: &State) -> Rect {
    Places::of(area, state).canvas
}

/// How far the music goes: to the piece's end, or to what is being written past it.
fn content_end(state: &State) -> Tick {
    let score = state.project.score();
    let preview = state.session.preview.as_ref().map_or(0, |p| p.score.end);
    let bars = score.meters.bar_start(8, score.ppq);
    score.end.max(preview).max(bars)
}

fn fitted(t: Transform, state: &State) -> Transform {
    let score = state.project.score();
    let pitches = || score.voices.iter().filter(|v| v.role != Role::Drums).flat_map(|v| &v.notes).map(|n| n.pitch);
    let (low, high) = (pitches().min().unwrap_or(57), pitches().max().unwrap_or(76));
    // At most sixteen bars, or notes get too thin to be grasped.
    let to = score.end.clamp(score.meters.bar_start(4, score.ppq), score.meters.bar_start(16, score.ppq));
    t.fitted(0, to, low, high)
}

fn hand_at<'a>(ui: &Ui, t: Transform, state: &'a State, index: &'a NoteIndex, pos: egui::Pos2) -> Hand<'a> {
    let modifiers = ui.input(|i| i.modifiers);
    let grid = state.view.grid.ticks(state.project.score().ppq, t.view.px_per_tick);
    Hand { state, index, t, pos, modifiers, grid }
}

/// The canvas as a widget: one node with a name, the keyboard's focus, and the gestures.
fn canvas_ui(ui: &mut Ui, t: Transform, state: &State, roll: &mut Roll, actions: &mut Actions) -> Response {
    let id = canvas_id();
    let response = ui.interact(t.rect, id, Sense::click_and_drag());
    let name = description(state);
    response.widget_info(|| WidgetInfo::labeled(Named::Canvas, true, &name));
    if response.has_focus() {
        let filter = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
        ui.memory_mut(|m| m.set_focus_lock_filter(id, filter));
    }
    let (pos, pressed, released, middle, double) = ui.input(|i| {
        let p = &i.pointer;
        let middle = p.button_pressed(PointerButton::Middle);
        let double = p.button_double_clicked(PointerButton::Primary);
        (p.interact_pos(), p.primary_pressed(), p.any_released(), middle, double)
    });
    let Some(pos) = pos else { return response };
    let hand = hand_at(ui, t, state, &roll.index, pos);
    let over = response.contains_pointer();
    // A gesture begins where the button went down, with what was held then.
    let (origin, held) = hand::press(ui).unwrap_or((pos, hand.modifiers));
    let hand = if released { Hand { modifiers: held, ..hand } } else { hand };
    if over && (pressed || middle) {
        response.request_focus();
        roll.gesture = if middle {
            Gesture::Pan(origin)
        } else {
            Gesture::begin(&Hand { pos: origin, modifiers: held, ..hand }, false, &roll.memory, actions)
        };
    }
    if over && double && state.view.tool == Tool::Select && hand.note().is_none() && hand.ghost().is_none() {
        // The second click of two, in an empty place: a note of the last length.
        roll.gesture = Gesture::begin(&hand, true, &roll.memory, actions);
    }
    roll.gesture.update(&hand, actions);
    if released && roll.gesture.is_active() {
        let mut memory = roll.memory.clone();
        std::mem::take(&mut roll.gesture).finish(&hand, &mut memory, actions);
        roll.memory = memory;
    }
    erase_or_menu(&response, &hand, state, actions);
    if over && ui.input(|i| i.modifiers.alt && i.smooth_scroll_delta().y != 0.0) {
        actions.command(if ui.input(|i| i.smooth_scroll_delta().y > 0.0) { Command::Louder } else { Command::Softer });
    }
    cursor(ui, &hand, over, roll, state);
    response
}

/// The roll's id, the same in every repaint: what the keyboard's focus is asked about.
pub fn canvas_id() -> egui::Id {
    egui::Id::unique("piano roll")
}

fn erase_or_menu(response: &Response, hand: &Hand, state: &State, actions: &mut Actions) {
    if state.view.tool == Tool::Pencil {
        if response.secondary_clicked()
            && let Some((note, _)) = hand.note()
        {
            actions.edit(crate::project::Edit::DeleteNotes(vec![note.id]));
        }
        return;
    }
    if response.secondary_clicked()
        && let Some((note, _)) = hand.note()
        && !hand.is_selected(note.id)
    {
        actions.push(Action::Select(vec![note.id]));
    }
    response.context_menu(|ui| {
        use Command::{Copy, Cut, Delete, Duplicate, LoopSelection, Paste, SelectAll};
        for command in [Cut, Copy, Paste, Duplicate, Delete, LoopSelection, SelectAll] {
            super::menu::item(ui, state, command, actions);
        }
        let t = state.text();
        ui.menu_button(t.tools.menu, |ui| super::menu::tools_menu(ui, state, actions));
    });
}

fn cursor(ui: &Ui, hand: &Hand, over: bool, roll: &Roll, state: &State) {
    let icon = match &roll.gesture {
        Gesture::Pan(_) => CursorIcon::Grabbing,
        Gesture::Resize(_) => CursorIcon::ResizeHorizontal,
        Gesture::Move(_) => CursorIcon::Move,
        Gesture::None if over => match hand.note() {
            Some((_, Part::Body)) => CursorIcon::Move,
            Some(_) => CursorIcon::ResizeHorizontal,
            None if state.view.tool == Tool::Pencil => CursorIcon::Crosshair,
            None => CursorIcon::Default,
        },
        _ => return,
    };
    ui.ctx().set_cursor_icon(icon);
}

fn paint_canvas(ui: &Ui, t: Transform, state: &State, roll: &Roll, response: &Response) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter_at(t.rect);
    let score = state.project.score();
    let scale = roll.scale(state).filter(|_| !keyboard::is_drums(state));
    paint::rows(&painter, t, scale, tokens);
    let drawn = paint::drawn_grid(state.view.grid, score.ppq, t.view.px_per_tick);
    paint::grid(&painter, t, score, drawn, tokens);
    if let Some((from, to)) = state.session.loop_range.filter(|_| state.session.looping) {
        let band = Rect::from_x_y_ranges(t.x(from as f64)..=t.x(to as f64), t.rect.y_range());
        painter.rect_filled(band, 0, tokens.accent.gamma_multiply(0.05));
    }
    let (index, levels, gesture) = (&roll.index, &roll.levels, &roll.gesture);
    if let Some((note, pitches)) = heat_of(state) {
        paint::heat(&painter, t, note, pitches, tokens);
    }
    let most_surprise = if state.view.explain { super::explain::most_surprise(state) } else { 1.0 };
    let key = roll.key;
    notes::notes(&notes::Canvas { painter: &painter, t, state, index, levels, gesture, key, most_surprise, tokens });
    if let Some(preview) = &state.session.preview {
        paint::generated(&painter, t, &preview.score, score.ppq, preview.from_tick, tokens);
    } else if let Some(take) = state.other_take_heard() {
        // What is heard is what is seen under the head; the piece stands behind it.
        paint::generated(&painter, t, &take.score, score.ppq, take.from_tick, tokens);
        let sentence = super::text::fill(state.text().tk.heard, &[&super::text::sentence(&take.name, state.text())]);
        let galley = painter.layout_no_wrap(sentence, egui::FontId::proportional(13.0), tokens.strong);
        let ground =
            Rect::from_min_size(t.rect.left_top() + egui::vec2(8.0, 6.0), galley.size() + egui::vec2(16.0, 8.0));
        painter.rect_filled(ground, super::theme::RADIUS, tokens.raised);
        painter.galley(ground.min + egui::vec2(8.0, 4.0), galley, tokens.strong);
    }
    paint::gesture(&painter, t, &roll.gesture, state.hue(state.view.voice), tokens);
    if score.n_notes() == 0 && state.session.preview.is_none() && !roll.gesture.is_active() && !roll.still {
        let words = state.text();
        let pencil = state.view.tool == Tool::Pencil;
        let hint = if pencil { words.roll_empty_pencil } else { words.roll_empty };
        let font = egui::FontId::proportional(15.0);
        painter.text(t.rect.center(), egui::Align2::CENTER_CENTER, hint, font, tokens.subdued);
    }
    if response.has_focus() && ui.input(|i| i.pointer.time_since_last_movement()) > 1.0 {
        let stroke = egui::Stroke::new(1.0, tokens.accent.gamma_multiply(0.6));
        painter.rect_stroke(t.rect, 0, stroke, egui::StrokeKind::Inside);
    }
}

/// The selected note and how likely each pitch was in its place, where that was asked and it is still so.
fn heat_of(state: &State) -> Option<(&crate::music::Note, &[f32])> {
    let view = state.session.weighed.as_ref()?;
    let selection = &state.view.selection;
    if selection.len() != 1 || !selection.contains(&view.note.id) {
        return None;
    }
    let (_, note) = state.project.score().notes().find(|(_, n)| n.id == view.note.id)?;
    let found = view.found.as_ref()?.as_ref().ok()?;
    view.is_of(note).then_some((&view.note, &found.pitches[..]))
}

fn lane_label(ui: &Ui, rect: Rect, state: &State) {
    let tokens = Tokens::of(ui);
    ui.painter().rect_filled(rect, 0, tokens.panel);
    ui.painter().hline(rect.x_range(), rect.top(), egui::Stroke::new(1.0, tokens.line));
    let font = egui::FontId::proportional(11.0);
    let galley = ui.painter().layout(state.text().velocity.into(), font, tokens.subdued, rect.width() - 8.0);
    ui.painter().galley(pos2(rect.right() - 4.0 - galley.size().x, rect.top() + 6.0), galley, tokens.subdued);
}

/// What a screen reader says: "Piano roll, 128 notes, 3 selected, bar 5".
pub fn description(state: &State) -> String {
    let score = state.project.score();
    let bar = score.meters.position(state.session.position() as Tick, score.ppq).bar + 1;
    super::text::fill(
        state.text().roll_description,
        &[&score.n_notes().to_string(), &state.view.selection.len().to_string(), &bar.to_string()],
    )
}

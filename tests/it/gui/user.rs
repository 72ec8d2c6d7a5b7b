//! A user who counts: each press of the pointer (a drag too) and each press of a key is one, whatever is
//! held meanwhile.

use super::*;

pub struct User {
    pub h: Harness<'static, App>,
    pub clicks: u32,
    pub keys: u32,
}

/// A place on the roll: a tick and a pitch.
pub type Place = (i64, u8);

impl User {
    pub fn new(h: Harness<'static, App>) -> Self {
        Self { h, clicks: 0, keys: 0 }
    }

    pub fn count(&self) -> u32 {
        self.clicks + self.keys
    }

    pub fn pos(&self, (tick, pitch): Place) -> Pos2 {
        at(&self.h, tick, pitch)
    }

    pub fn click(&mut self, at: Place) {
        let pos = self.pos(at);
        self.press(pos, pos, PointerButton::Primary, Modifiers::NONE);
    }

    pub fn right_click(&mut self, at: Place) {
        let pos = self.pos(at);
        self.press(pos, pos, PointerButton::Secondary, Modifiers::NONE);
    }

    pub fn drag(&mut self, from: Place, to: Place, modifiers: Modifiers) {
        let (from, to) = (self.pos(from), self.pos(to));
        self.press(from, to, PointerButton::Primary, modifiers);
    }

    /// Drags the right edge of a note that ends at `from` to another tick.
    pub fn drag_end(&mut self, from: Place, to: i64) {
        let inside = vec2(-2.0, 0.0);
        let (from, to) = (self.pos(from) + inside, self.pos((to, from.1)) + inside);
        self.press(from, to, PointerButton::Primary, Modifiers::NONE);
    }

    pub fn press(&mut self, from: Pos2, to: Pos2, button: PointerButton, modifiers: Modifiers) {
        self.clicks += 1;
        let event = |pos, pressed| Event::PointerButton { pos, button, pressed, modifiers };
        self.h.event(Event::PointerMoved(from));
        self.h.step();
        self.h.event_modifiers(event(from, true), modifiers);
        self.h.step();
        for share in [0.5, 1.0] {
            if from != to {
                self.h.event_modifiers(Event::PointerMoved(from + (to - from) * share), modifiers);
                self.h.step();
            }
        }
        self.h.event_modifiers(event(to, false), modifiers);
        self.h.step();
        // Far enough in time that the next click is not the second of two.
        self.h.run_steps(40);
        self.h.run();
    }

    pub fn key(&mut self, modifiers: Modifiers, key: K) {
        self.keys += 1;
        super::key(&mut self.h, modifiers, key);
    }

    /// Presses a button by its name.
    pub fn button(&mut self, label: &str) {
        self.clicks += 1;
        self.h.get_by_label(label).click();
        self.h.run();
    }

    /// Ctrl+C, which reaches a window as an event of the clipboard; gives what was copied.
    pub fn copy(&mut self) -> String {
        self.keys += 1;
        self.h.event(Event::Copy);
        self.h.step();
        clipboard::copied_text(&self.h).expect("something was copied")
    }

    pub fn paste(&mut self, text: &str) {
        self.keys += 1;
        self.h.event(Event::Paste(text.to_owned()));
        self.h.run();
    }

    pub fn cut(&mut self) -> String {
        self.keys += 1;
        self.h.event(Event::Cut);
        self.h.step();
        let text = clipboard::copied_text(&self.h).expect("something was cut");
        self.h.run();
        text
    }

    /// A click on the ruler: `upper` is its part for loops.
    pub fn ruler(&mut self, from: i64, to: i64, upper: bool) {
        let canvas = self.h.state().roll.transform().expect("drawn").rect;
        let y = canvas.top() - if upper { 26.0 } else { 6.0 };
        let (from, to) = (Pos2::new(self.pos((from, 60)).x, y), Pos2::new(self.pos((to, 60)).x, y));
        self.press(from, to, PointerButton::Primary, Modifiers::NONE);
    }

    /// A drag in the velocity lane, from one tick and velocity to another.
    pub fn lane(&mut self, from: (i64, f32), to: (i64, f32)) {
        let canvas = self.h.state().roll.transform().expect("drawn").rect;
        let place = |u: &Self, (tick, velocity): (i64, f32)| {
            let bottom = canvas.bottom() + 84.0;
            Pos2::new(u.pos((tick, 60)).x, bottom - 2.0 - velocity / 127.0 * 76.0)
        };
        let (from, to) = (place(self, from), place(self, to));
        self.press(from, to, PointerButton::Primary, Modifiers::NONE);
    }

    pub fn pitches(&self) -> Vec<u8> {
        notes(&self.h).iter().map(|n| n.pitch).collect()
    }

    pub fn starts(&self) -> Vec<i64> {
        notes(&self.h).iter().map(|n| n.start).collect()
    }

    pub fn says(&self) -> String {
        self.h.state().state.session.message.text.clone()
    }
}

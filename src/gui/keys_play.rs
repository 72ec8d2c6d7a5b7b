//! The computer's keyboard as a piano: physical keys, so that every layout has the same hands.

use super::app::App;
use crate::audio::timeline::Message;
use eframe::egui::{Context, Event, Key};

/// Semitones above the octave's C, from left to right: the row of A is white, the row above it black.
const KEYS: [(Key, u8); 17] = [
    (Key::A, 0),
    (Key::W, 1),
    (Key::S, 2),
    (Key::E, 3),
    (Key::D, 4),
    (Key::F, 5),
    (Key::T, 6),
    (Key::G, 7),
    (Key::Y, 8),
    (Key::H, 9),
    (Key::U, 10),
    (Key::J, 11),
    (Key::K, 12),
    (Key::O, 13),
    (Key::L, 14),
    (Key::P, 15),
    (Key::Semicolon, 16),
];
const VELOCITY: u8 = 90;
/// The octave of middle C.
const MIDDLE: u8 = 5;

/// Which keys are down, and where the hand lies.
#[derive(Clone, Debug)]
pub struct Piano {
    /// Keys that are down and the pitch that each began: the octave may have changed since.
    down: Vec<(Key, u8)>,
    octave: u8,
}

impl Default for Piano {
    fn default() -> Self {
        Self { down: Vec::new(), octave: MIDDLE }
    }
}

impl Piano {
    /// As musicians count: middle C opens octave 4.
    pub fn octave(&self) -> i32 {
        i32::from(self.octave) - 1
    }

    /// What a key does; `None` where it is no key of the piano.
    fn press(&mut self, key: Key, pressed: bool) -> Option<Option<Message>> {
        match key {
            Key::Z if pressed => self.octave = self.octave.saturating_sub(1),
            Key::X if pressed => self.octave = (self.octave + 1).min(9),
            Key::Z | Key::X => {}
            _ => {
                let above = KEYS.iter().find(|k| k.0 == key)?.1;
                let place = self.down.iter().position(|d| d.0 == key);
                return Some(match (pressed, place) {
                    (true, None) => {
                        let pitch = (12 * self.octave + above).min(127);
                        self.down.push((key, pitch));
                        Some(Message::NoteOn { pitch, velocity: VELOCITY })
                    }
                    (false, Some(i)) => Some(Message::NoteOff { pitch: self.down.swap_remove(i).1 }),
                    _ => None,
                });
            }
        }
        Some(None)
    }

    /// Lets go of every key.
    fn let_go(&mut self) -> Vec<Message> {
        self.down.drain(..).map(|(_, pitch)| Message::NoteOff { pitch }).collect()
    }
}

impl App {
    /// Takes the piano's keys out of the input and plays them. `reach`: no text is being written and
    /// nothing else has the keyboard.
    pub(super) fn play_keys(&mut self, ctx: &Context, reach: bool) {
        let piano = &mut self.state.view.piano;
        let focused = ctx.input(|i| i.viewport().focused.unwrap_or(true));
        if !self.state.view.keyboard_plays || !reach || !focused {
            let messages = piano.let_go();
            messages.into_iter().for_each(|m| self.state.session.player.play_by_hand(m));
            return;
        }
        let mut messages = Vec::new();
        ctx.input_mut(|input| {
            input.events.retain(|event| {
                let Event::Key { key, physical_key, pressed, repeat, modifiers } = event else { return true };
                // A key that is let go counts whatever else is held by then.
                if modifiers.any() && *pressed {
                    return true;
                }
                match piano.press(physical_key.unwrap_or(*key), *pressed && !*repeat) {
                    Some(message) if !*repeat => {
                        messages.extend(message);
                        false
                    }
                    taken => taken.is_none(),
                }
            });
        });
        messages.into_iter().for_each(|m| self.state.session.player.play_by_hand(m));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_play_and_let_go_of_what_they_began() {
        let mut piano = Piano::default();
        let on = |pitch| Some(Some(Message::NoteOn { pitch, velocity: VELOCITY }));
        assert_eq!(piano.press(Key::A, true), on(60));
        assert_eq!(piano.press(Key::A, true), Some(None), "a key that repeats is no new note");
        assert_eq!(piano.press(Key::X, true), Some(None));
        assert_eq!((piano.press(Key::W, true), piano.octave()), (on(73), 5));
        assert_eq!(piano.press(Key::A, false), Some(Some(Message::NoteOff { pitch: 60 })));
        assert_eq!(piano.press(Key::Q, true), None);
        assert_eq!(piano.let_go(), [Message::NoteOff { pitch: 73 }]);
        for _ in 0..9 {
            piano.press(Key::X, true);
        }
        assert_eq!(piano.press(Key::Semicolon, true), on(124));
    }
}

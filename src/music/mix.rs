//! How loud a voice is and where it sits between left and right: MIDI's controllers 7 and 10, as they
//! stand when its first note sounds. Kept as the messages they are, so that files hold them.

use super::score::{Voice, VoiceEvent, VoiceEventKind};
use super::time::Tick;

pub const VOLUME: u8 = 7;
pub const PAN: u8 = 10;
/// What holds where a voice says nothing: General MIDI's level, and the middle.
pub const DEFAULT_VOLUME: u8 = 100;
pub const DEFAULT_PAN: u8 = 64;

impl Voice {
    pub fn volume(&self) -> u8 {
        self.controller_at_start(VOLUME).unwrap_or(DEFAULT_VOLUME)
    }

    pub fn pan(&self) -> u8 {
        self.controller_at_start(PAN).unwrap_or(DEFAULT_PAN)
    }

    fn first_note(&self) -> Tick {
        self.notes.first().map_or(0, |n| n.start)
    }

    /// The value of a controller when the first note sounds, `None` where nothing has set it.
    pub fn controller_at_start(&self, number: u8) -> Option<u8> {
        let first = self.first_note();
        self.events.iter().take_while(|e| e.tick <= first).filter_map(|e| value_of(e, number)).last()
    }

    /// Whether a controller moves while the voice plays.
    pub fn controller_moves(&self, number: u8) -> bool {
        let first = self.first_note();
        self.events.iter().any(|e| e.tick > first && value_of(e, number).is_some())
    }

    /// Sets a controller from the start; later changes of it stay.
    pub fn set_controller_at_start(&mut self, number: u8, value: u8) {
        let first = self.first_note();
        self.events.retain(|e| e.tick > first || value_of(e, number).is_none());
        let kind = VoiceEventKind::Controller { number, value: value.min(127) };
        self.events.insert(0, VoiceEvent { tick: 0, kind });
    }
}

fn value_of(event: &VoiceEvent, wanted: u8) -> Option<u8> {
    match event.kind {
        VoiceEventKind::Controller { number, value } if number == wanted => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Note;

    #[test]
    fn what_counts_is_the_last_message_before_the_first_note() {
        let mut voice = Voice { notes: vec![Note::new(100, 10, 60, 80)], ..Voice::default() };
        assert_eq!((voice.volume(), voice.pan()), (100, 64));
        for (tick, value) in [(0, 10), (100, 20), (101, 30)] {
            voice.events.push(VoiceEvent { tick, kind: VoiceEventKind::Controller { number: VOLUME, value } });
        }
        assert_eq!((voice.volume(), voice.controller_moves(VOLUME)), (20, true));
        voice.set_controller_at_start(VOLUME, 90);
        voice.set_controller_at_start(PAN, 0);
        assert_eq!((voice.volume(), voice.pan(), voice.events.len()), (90, 0, 3));
        assert!(voice.controller_moves(VOLUME) && !voice.controller_moves(PAN));
    }
}

//! What a MIDI port is told: the messages of the score with the frame of the stream they belong to, and
//! MIDI's clock. Goes into a ring; [`crate::audio::ports`] sends it when its time comes.

use crate::audio::timeline::{Message, Timeline};
use crate::music::Tick;
use rtrb::Producer;

/// MIDI's clock ticks a quarter note.
const CLOCKS: u32 = 24;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutMessage {
    Channel(u8, Message),
    /// Ends every note of every channel.
    AllOff,
    Clock,
    Start,
    Continue,
    Stop,
    /// In sixteenths.
    SongPosition(u16),
}

/// A message and the frame of the stream, counted from where it was opened, at which it sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timed {
    pub at: u64,
    pub message: OutMessage,
}

/// Where a port listens, how it is to be told.
#[derive(Debug)]
pub struct OutSettings {
    pub ring: Option<Box<Producer<Timed>>>,
    pub clock: bool,
    /// The score sounds here too.
    pub local: bool,
}

pub struct Out {
    ring: Option<Box<Producer<Timed>>>,
    pub local: bool,
    clock: bool,
    /// Frames handed to the stream so far.
    at: u64,
    /// Number of the next clock tick from the start of the piece, and its frame.
    next: (u64, u64),
    /// The ring was full: something is missing, perhaps the end of a note.
    lost: bool,
}

impl Default for Out {
    fn default() -> Self {
        Self { ring: None, local: true, clock: false, at: 0, next: (0, 0), lost: false }
    }
}

impl Out {
    /// Listens from now on; returns what listened before, to be freed elsewhere.
    pub fn set(&mut self, settings: OutSettings) -> Option<Box<Producer<Timed>>> {
        self.all_off();
        (self.clock, self.local, self.lost) = (settings.clock, settings.local, false);
        std::mem::replace(&mut self.ring, settings.ring)
    }

    pub fn advance(&mut self, frames: usize) {
        self.at += frames as u64;
    }

    pub fn push(&mut self, message: OutMessage) {
        let Some(ring) = &mut self.ring else { return };
        if self.lost && ring.push(Timed { at: self.at, message: OutMessage::AllOff }).is_ok() {
            self.lost = false;
        }
        self.lost |= ring.push(Timed { at: self.at, message }).is_err();
    }

    pub fn all_off(&mut self) {
        self.push(OutMessage::AllOff);
    }

    pub fn start(&mut self, timeline: &Timeline, from: Tick) {
        match from {
            _ if !self.clock => {}
            ..=0 => self.push(OutMessage::Start),
            _ => {
                self.position(timeline, from as f64);
                self.push(OutMessage::Continue);
            }
        }
    }

    /// The loop has gone back to `frame`.
    pub fn jump(&mut self, timeline: &Timeline, frame: u64) {
        if self.clock {
            self.push(OutMessage::Stop);
            self.position(timeline, timeline.tick_from_frame(frame as f64));
            self.push(OutMessage::Continue);
        }
    }

    pub fn stop(&mut self) {
        if self.clock {
            self.push(OutMessage::Stop);
        }
    }

    fn position(&mut self, timeline: &Timeline, tick: f64) {
        let sixteenths = (tick * 4.0 / f64::from(timeline.ppq())).round();
        self.push(OutMessage::SongPosition(sixteenths.clamp(0.0, 16_383.0) as u16));
    }

    /// Looks for the next clock tick at or after `frame`.
    pub fn find_clock(&mut self, timeline: &Timeline, frame: u64) {
        let quarters = timeline.tick_from_frame(frame as f64) / f64::from(timeline.ppq());
        let number = (quarters * f64::from(CLOCKS) - 1e-6).ceil().max(0.0) as u64;
        self.next = (number, clock_frame(timeline, number));
    }

    /// Sends the clock ticks that fall before `horizon`.
    pub fn clock(&mut self, timeline: &Timeline, horizon: u64) {
        while self.clock && self.next.1 < horizon {
            self.push(OutMessage::Clock);
            let number = self.next.0 + 1;
            self.next = (number, clock_frame(timeline, number).max(self.next.1 + 1));
        }
    }
}

fn clock_frame(timeline: &Timeline, number: u64) -> u64 {
    let tick = number as f64 * f64::from(timeline.ppq()) / f64::from(CLOCKS);
    timeline.frame_from_real_tick(tick).round() as u64
}

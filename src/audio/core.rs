//! What runs on the audio thread: takes commands from a ring, renders, publishes where it stands.
//!
//! Allocates, frees, locks and prints nothing: what is replaced (timelines, fonts) goes back up a second
//! ring to be freed by the window's thread. Knows no device; [`Core::render`] is an ordinary function
//! that tests call.

use super::sequencer::{OutSettings, Sequencer, Sounds, Start, Timed};
use super::shared::{Anchor, Shared};
use super::timeline::{Message, Timeline};
use crate::music::Tick;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::time::Duration;

/// Commands that may wait; the window makes a handful a repaint.
const N_COMMANDS: usize = 256;
/// Notes played by hand that may wait: more than fingers play in a buffer.
const N_PLAYED: usize = 512;
/// Fade before a cut: long enough not to click, short enough not to be noticed.
const FADE_MS: u32 = 5;

#[derive(Debug)]
pub enum Command {
    Load(Arc<Timeline>),
    Play(Start),
    Stop,
    Seek(Tick),
    Loop(Option<(Tick, Tick)>),
    Hold(Option<Tick>),
    Volume(f32),
    Metronome(bool),
    Audition { program: u8, drums: bool, pitch: u8, velocity: u8, millis: u32 },
    Instrument { program: u8, drums: bool },
    ByHand(Message),
    Adjust { channel: u8, number: u8, value: u8 },
    Panic,
    Sounds(Box<Sounds>),
    Out(OutSettings),
}

impl Command {
    /// Whether it cuts sound off, so that a fade must come before it.
    fn cuts(&self, playing: bool) -> bool {
        match self {
            Command::Stop | Command::Play(_) | Command::Panic | Command::Sounds(_) => true,
            Command::Seek(_) => playing,
            _ => false,
        }
    }
}

/// What is sent back to be freed.
#[derive(Debug)]
pub enum Garbage {
    Timeline(#[expect(dead_code, reason = "only to be dropped")] Arc<Timeline>),
    Sounds(#[expect(dead_code, reason = "only to be dropped")] Box<Sounds>),
    Ring(#[expect(dead_code, reason = "only to be dropped")] Box<Producer<Timed>>),
}

/// The audio thread's side.
pub struct Core {
    sequencer: Sequencer,
    commands: Consumer<Command>,
    played: Consumer<Message>,
    garbage: Producer<Garbage>,
    shared: Arc<Shared>,
    /// Waits for its fade.
    waiting: Option<Command>,
    done: u32,
    /// Frames handed out.
    rendered: u64,
    volume: f32,
    volume_wanted: f32,
    volume_step: f32,
}

/// The window's side.
pub struct Remote {
    commands: Producer<Command>,
    garbage: Consumer<Garbage>,
    pub shared: Arc<Shared>,
    /// For whoever hears a MIDI keyboard: notes go past the window, straight to the audio thread.
    pub by_hand: Option<Producer<Message>>,
    sent: u32,
}

/// Both ends of a new connection.
pub fn connect(sounds: Box<Sounds>, timeline: Arc<Timeline>, sample_rate: u32) -> (Core, Remote) {
    let (to_core, commands) = RingBuffer::new(N_COMMANDS);
    // Each command leaves at most one thing behind, so that this ring cannot be full when it matters:
    // the remote empties it before it sends.
    let (garbage, from_core) = RingBuffer::new(2 * N_COMMANDS);
    let (by_hand, played) = RingBuffer::new(N_PLAYED);
    let shared = Arc::new(Shared::default());
    let core = Core {
        sequencer: Sequencer::new(sounds, timeline),
        commands,
        played,
        garbage,
        shared: shared.clone(),
        waiting: None,
        done: 0,
        rendered: 0,
        volume: 1.0,
        volume_wanted: 1.0,
        // Full scale in 20 ms.
        volume_step: 50.0 / sample_rate as f32,
    };
    (core, Remote { commands: to_core, garbage: from_core, shared, by_hand: Some(by_hand), sent: 0 })
}

impl Core {
    /// Says when (since the stream was opened) what is rendered next was asked for, and how much later
    /// it will be heard.
    pub fn mark(&self, at: Duration, latency: Duration) {
        self.shared.set_anchor(Anchor {
            at,
            latency,
            rendered: self.rendered,
            song_frame: self.sequencer.song_frame(),
            playing: self.sequencer.is_playing(),
        });
    }

    /// Fills both buffers, which must be of one length.
    pub fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let n = left.len().min(right.len());
        while let Ok(message) = self.played.pop() {
            self.sequencer.by_hand(message);
        }
        let mut wrote = 0;
        while wrote < n {
            self.take_commands();
            let rest = n - wrote;
            let span = if self.waiting.is_some() { rest.min(self.sequencer.frames_until_faded()) } else { rest };
            self.sequencer.render(&mut left[wrote..wrote + span], &mut right[wrote..wrote + span]);
            wrote += span;
        }
        let mut peaks = (0.0f32, 0.0f32);
        for (l, r) in left.iter_mut().zip(right) {
            self.volume += (self.volume_wanted - self.volume).clamp(-self.volume_step, self.volume_step);
            *l *= self.volume;
            *r *= self.volume;
            peaks = (peaks.0.max(l.abs()), peaks.1.max(r.abs()));
        }
        self.rendered += n as u64;
        self.shared.hear(peaks.0, peaks.1);
        self.shared.publish(self.sequencer.position(), self.sequencer.is_playing(), self.done);
    }

    /// Carries out what has come, in order, until one of them must wait for its fade.
    fn take_commands(&mut self) {
        loop {
            if self.waiting.is_some() && !self.sequencer.is_faded() {
                return;
            }
            let command = match self.waiting.take() {
                Some(command) => {
                    self.sequencer.end_fade();
                    command
                }
                None if self.garbage.is_full() => return,
                None => {
                    let Ok(command) = self.commands.pop() else { return };
                    if command.cuts(self.sequencer.is_playing()) && !self.sequencer.is_asleep() {
                        self.sequencer.fade_out(FADE_MS);
                        self.waiting = Some(command);
                        continue;
                    }
                    command
                }
            };
            self.carry_out(command);
            self.done = self.done.wrapping_add(1);
        }
    }

    fn carry_out(&mut self, command: Command) {
        let s = &mut self.sequencer;
        let mut left_over = None;
        match command {
            Command::Load(timeline) => left_over = Some(Garbage::Timeline(s.swap_timeline(timeline))),
            Command::Sounds(sounds) => left_over = Some(Garbage::Sounds(s.swap_sounds(sounds))),
            Command::Out(settings) => left_over = s.set_out(settings).map(Garbage::Ring),
            Command::Play(start) => s.play(start),
            Command::Stop => s.stop(),
            Command::Seek(tick) => s.seek(tick),
            Command::Loop(range) => s.set_loop(range),
            Command::Hold(tick) => s.hold_at(tick),
            Command::Metronome(on) => s.set_metronome(on),
            Command::Panic => s.all_off(),
            Command::Audition { program, drums, pitch, velocity, millis } => {
                s.audition(program, drums, pitch, velocity, millis);
            }
            Command::Instrument { program, drums } => s.set_instrument(program, drums),
            Command::ByHand(message) => s.by_hand(message),
            Command::Adjust { channel, number, value } => s.adjust(channel, number, value),
            Command::Volume(volume) => self.volume_wanted = volume.clamp(0.0, 1.0),
        }
        if let Some(left_over) = left_over {
            // There is room: looked at before the command was taken.
            let _ = self.garbage.push(left_over);
        }
    }
}

impl Remote {
    /// Sends a command; false where the audio thread has stopped taking any.
    pub fn send(&mut self, command: Command) -> bool {
        while self.garbage.pop().is_ok() {}
        let sent = self.commands.push(command).is_ok();
        self.sent = self.sent.wrapping_add(u32::from(sent));
        sent
    }

    /// Everything sent so far has been carried out.
    pub fn is_caught_up(&self) -> bool {
        self.shared.done() == self.sent
    }
}

#[cfg(test)]
mod tests;

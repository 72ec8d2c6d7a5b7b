//! Moving through the piece: starting, seeking, looping, stopping, and changing what is played while it
//! plays. Nothing is left hanging on any of these roads.

use super::{OutMessage, OutSettings, SLEEP_BLOCKS, Sequencer, Sounds, Start, Timed};
use crate::audio::synth::BLOCK;
use crate::audio::timeline::{Message, Timeline, mark};
use crate::music::Tick;
use rtrb::Producer;
use std::sync::Arc;

impl Sequencer {
    /// Starts: programs, controllers and bends are brought to where they stand there. Notes that began
    /// earlier are not taken up.
    pub fn play(&mut self, start: impl Into<Start>) {
        let start = start.into();
        self.silence();
        (self.playing, self.endless) = (true, start.endless);
        self.go_to(self.timeline.frame_from_tick(start.from));
        self.beats.lead(&self.timeline, start.from, start.lead_bars);
        self.out.start(&self.timeline, start.from);
    }

    /// Moves to `tick` without starting or stopping.
    pub fn seek(&mut self, tick: Tick) {
        if self.playing {
            self.play(Start { from: tick, lead_bars: 0, endless: self.endless });
        } else {
            self.go_to(self.timeline.frame_from_tick(tick));
        }
    }

    /// Stops where it is; nothing sounds on.
    pub fn stop(&mut self) {
        self.playing = false;
        self.silence();
        self.out.stop();
    }

    /// Ends every note, auditioned ones too, reverb and all. Playing goes on.
    pub fn all_off(&mut self) {
        self.silence();
        if self.playing {
            self.chase();
        }
    }

    /// From now on loops over this part, where there is one of at least a 50th of a second.
    pub fn set_loop(&mut self, range: Option<(Tick, Tick)>) {
        self.loop_ticks = range;
    }

    /// From now on waits at this tick for what is still being written; without one it waits no more.
    pub fn hold_at(&mut self, tick: Option<Tick>) {
        self.hold = tick;
        self.waits &= tick.is_some();
    }

    /// Ends at this frame from now on, or where the piece does.
    pub fn end_at(&mut self, frame: Option<u64>) {
        self.end_at = frame;
    }

    /// Plays `timeline` from now on, from the same tick; returns the old one to be freed elsewhere.
    /// Notes that the new one does not sound here end; the others sound on.
    pub fn swap_timeline(&mut self, timeline: Arc<Timeline>) -> Arc<Timeline> {
        let tick = self.timeline.tick_from_frame(self.frame as f64);
        let old = std::mem::replace(&mut self.timeline, timeline);
        self.frame = self.timeline.frame_from_real_tick(tick).round() as u64;
        self.next = self.timeline.index_at(self.frame);
        let kept = self.timeline.held_before(self.next);
        for channel in 0..16u8 {
            let gone = self.held[usize::from(channel)] & !kept[usize::from(channel)];
            self.release(channel, gone);
        }
        self.beats.find(&self.timeline, self.frame);
        self.out.find_clock(&self.timeline, self.frame);
        if self.playing {
            self.chase();
        }
        old
    }

    /// Sounds through another font from now on; returns the old one to be freed elsewhere.
    pub fn swap_sounds(&mut self, sounds: Box<Sounds>) -> Box<Sounds> {
        let old = std::mem::replace(&mut self.sounds, sounds);
        self.held = [0; 16];
        self.side.silence(&mut self.sounds.side);
        self.limiter.reset();
        self.wake();
        if self.playing {
            self.chase();
        }
        old
    }

    /// A controller of one channel, at once: what a slider does while it is dragged.
    pub fn adjust(&mut self, channel: u8, number: u8, value: u8) {
        self.send(channel.min(15), Message::Controller { number: number.min(127), value: value.min(127) });
    }

    /// Tells a MIDI port, or another, or none; returns the ring of the one before.
    pub fn set_out(&mut self, settings: OutSettings) -> Option<Box<Producer<Timed>>> {
        let before = self.out.set(settings);
        self.out.find_clock(&self.timeline, self.frame);
        if self.playing {
            self.chase();
        }
        before
    }

    fn go_to(&mut self, frame: u64) {
        self.frame = frame;
        self.next = self.timeline.index_at(frame);
        self.beats.find(&self.timeline, frame);
        self.out.find_clock(&self.timeline, frame);
        if self.playing {
            self.chase();
        }
    }

    /// Brings programs, controllers and bends to where they stand before the next event.
    fn chase(&mut self) {
        self.sounds.score.reset_channels();
        let (score, out) = (&mut self.sounds.score, &mut self.out);
        self.timeline.chase(self.next, |channel, message| {
            score.apply(channel, message);
            out.push(OutMessage::Channel(channel, message));
        });
    }

    fn silence(&mut self) {
        self.sounds.score.reset();
        self.side.silence(&mut self.sounds.side);
        self.limiter.reset();
        self.beats.silence();
        self.out.all_off();
        self.held = [0; 16];
        self.silent_blocks = SLEEP_BLOCKS;
    }

    fn release(&mut self, channel: u8, pitches: u128) {
        let mut left = pitches;
        while left != 0 {
            let pitch = left.trailing_zeros() as u8;
            left &= left - 1;
            self.send(channel, Message::NoteOff { pitch });
        }
        self.held[usize::from(channel)] &= !pitches;
    }

    /// Ends every sounding note of the score and lifts the pedals; releases ring out.
    pub(super) fn release_all(&mut self) {
        for channel in 0..16u8 {
            self.release(channel, self.held[usize::from(channel)]);
            self.send(channel, Message::Controller { number: 64, value: 0 });
        }
    }

    /// Sends what happens nearest to the start of this block, wraps at the loop's end, ends the piece.
    pub(super) fn send_events(&mut self) {
        let range = self.loop_frames();
        if let Some((start, end)) = range.filter(|r| self.frame >= r.1 && self.frame < r.1 + BLOCK as u64) {
            self.release_all();
            let over = self.frame - end;
            self.go_to(start);
            self.out.jump(&self.timeline, start);
            self.frame += over;
        }
        let hold = self.hold.map(|tick| self.timeline.frame_from_tick(tick));
        if let Some(line) = hold.filter(|line| self.frame >= *line) {
            if !std::mem::replace(&mut self.waits, true) {
                self.release_all();
            }
            // Blocks are longer than a frame: back onto the line itself.
            if self.frame < line + BLOCK as u64 {
                self.frame = line;
            }
            return;
        }
        self.waits = false;
        let horizon = self.frame + BLOCK as u64 / 2;
        let horizon = hold.map_or(horizon, |line| horizon.min(line));
        let horizon = range.filter(|r| self.frame < r.1).map_or(horizon, |r| horizon.min(r.1));
        let horizon = self.end_at.map_or(horizon, |end| horizon.min(end));
        self.out.clock(&self.timeline, horizon);
        while let Some(&e) = self.timeline.events().get(self.next).filter(|e| e.frame < horizon) {
            self.next += 1;
            mark(&mut self.held, &e);
            self.send(e.channel, e.message);
            self.wake();
        }
        if self.beats.click_until(&self.timeline, horizon) {
            self.wake();
        }
        let ended = match self.end_at {
            Some(end) => self.frame >= end,
            None => self.next == self.timeline.events().len() && self.frame >= self.timeline.end() && !self.endless,
        };
        // A loop that reaches past the end has its rest at the end too; and what is still written has no end.
        if ended && hold.is_none() && range.is_none_or(|r| self.frame >= r.1) {
            self.playing = false;
            self.release_all();
            self.out.stop();
        }
    }

    fn loop_frames(&self) -> Option<(u64, u64)> {
        let (from, to) = self.loop_ticks?;
        let frames = (self.timeline.frame_from_tick(from), self.timeline.frame_from_tick(to));
        (frames.1 >= frames.0 + u64::from(self.timeline.sample_rate() / 50).max(BLOCK as u64)).then_some(frames)
    }
}

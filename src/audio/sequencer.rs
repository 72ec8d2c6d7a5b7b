//! Plays a timeline through the synthesiser, pulled by whoever needs samples: the loudspeakers, the WAV
//! file and the tests all get theirs from [`Sequencer::render`].
//!
//! Sound is made in the synthesiser's blocks of [`BLOCK`] frames counted from where playing started, and
//! handed out in whatever sizes are asked for, so that the sizes change no sample. An event takes effect
//! at the nearest block start, at most half a block (0.17 ms at 48 kHz) from its frame.
//! Allocates and frees nothing once made; knows no device and no thread.

use super::limiter::Limiter;
use super::synth::{BLOCK, SoundFont, SoundFontError, Synth};
use super::timeline::{DRUM_CHANNEL, Event, Message, Timeline};
use crate::music::Tick;
use std::sync::Arc;

/// Below this level (−86 dBFS) a block counts as silence.
const SILENCE: f32 = 5e-5;
/// So many silent blocks in a row and the synthesiser is asleep (a release cannot hide in so many).
const SLEEP_BLOCKS: u32 = 64;
const N_AUDITIONS: usize = 16;

/// The synthesisers of one font: one for the score, one for auditioned notes, which must disturb
/// neither the score's programs nor be cut by its transport.
#[derive(Debug)]
pub struct Sounds {
    score: Synth,
    side: Synth,
    sample_rate: u32,
}

impl Sounds {
    /// # Errors
    /// Where the synthesiser cannot run at the rate.
    pub fn new(font: &SoundFont, sample_rate: u32) -> Result<Self, SoundFontError> {
        Ok(Self { score: Synth::new(font, sample_rate)?, side: Synth::new(font, sample_rate)?, sample_rate })
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Audition {
    channel: u8,
    pitch: u8,
    blocks_left: u32,
}

/// A gain that runs down to nothing over `steps` blocks.
#[derive(Clone, Copy, Debug)]
struct Fade {
    steps: u32,
    left: u32,
}

#[derive(Debug)]
pub struct Sequencer {
    sounds: Box<Sounds>,
    timeline: Arc<Timeline>,
    limiter: Limiter,
    playing: bool,
    /// First frame of the next block.
    frame: u64,
    /// First event not yet sent.
    next: usize,
    loop_ticks: Option<(Tick, Tick)>,
    /// Pitches that sound, a bit each, by channel.
    held: [u128; 16],
    auditions: [Audition; N_AUDITIONS],
    next_audition: usize,
    fade: Option<Fade>,
    silent_blocks: u32,
    /// As `silent_blocks`, of the synthesiser for auditions, which mostly sleeps.
    side_silent_blocks: u32,
    left: [f32; BLOCK],
    right: [f32; BLOCK],
    read: usize,
}

impl Sequencer {
    pub fn new(sounds: Box<Sounds>, timeline: Arc<Timeline>) -> Self {
        Self {
            limiter: Limiter::new(sounds.sample_rate),
            sounds,
            timeline,
            playing: false,
            frame: 0,
            next: 0,
            loop_ticks: None,
            held: [0; 16],
            auditions: [Audition::default(); N_AUDITIONS],
            next_audition: 0,
            fade: None,
            silent_blocks: SLEEP_BLOCKS,
            side_silent_blocks: SLEEP_BLOCKS,
            left: [0.0; BLOCK],
            right: [0.0; BLOCK],
            read: BLOCK,
        }
    }

    /// Fills both buffers, which must be of one length, with the next frames.
    pub fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let n = left.len().min(right.len());
        let mut wrote = 0;
        while wrote < n {
            if self.read == BLOCK {
                self.next_block();
                self.read = 0;
            }
            let span = (BLOCK - self.read).min(n - wrote);
            left[wrote..wrote + span].copy_from_slice(&self.left[self.read..self.read + span]);
            right[wrote..wrote + span].copy_from_slice(&self.right[self.read..self.read + span]);
            self.read += span;
            wrote += span;
        }
    }

    /// Starts at `tick`: programs, controllers and bends are brought to where they stand there.
    /// Notes that began earlier are not taken up.
    pub fn play(&mut self, tick: Tick) {
        self.silence();
        self.playing = true;
        self.go_to(self.timeline.frame_from_tick(tick));
    }

    /// Moves to `tick` without starting or stopping.
    pub fn seek(&mut self, tick: Tick) {
        if self.playing {
            self.play(tick);
        } else {
            self.go_to(self.timeline.frame_from_tick(tick));
        }
    }

    /// Stops where it is; nothing sounds on.
    pub fn stop(&mut self) {
        self.playing = false;
        self.silence();
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

    /// Plays `timeline` from now on, from the same tick; returns the old one to be freed elsewhere.
    /// Notes that the new one does not sound here end; the others sound on.
    pub fn swap_timeline(&mut self, timeline: Arc<Timeline>) -> Arc<Timeline> {
        let tick = self.timeline.tick_from_frame(self.frame as f64);
        let old = std::mem::replace(&mut self.timeline, timeline);
        self.frame = self.timeline.frame_from_real_tick(tick).round() as u64;
        self.next = self.timeline.index_at(self.frame);
        let mut kept = [0u128; 16];
        for e in &self.timeline.events()[..self.next] {
            mark(&mut kept, e);
        }
        for channel in 0..16u8 {
            let gone = self.held[usize::from(channel)] & !kept[usize::from(channel)];
            self.release(channel, gone);
        }
        if self.playing {
            self.chase();
        }
        old
    }

    /// Sounds through another font from now on; returns the old one to be freed elsewhere.
    pub fn swap_sounds(&mut self, sounds: Box<Sounds>) -> Box<Sounds> {
        let old = std::mem::replace(&mut self.sounds, sounds);
        self.held = [0; 16];
        self.auditions = Default::default();
        self.limiter.reset();
        self.wake();
        if self.playing {
            self.chase();
        }
        old
    }

    /// Sounds one note for `millis`, beside whatever plays.
    pub fn audition(&mut self, program: u8, drums: bool, pitch: u8, velocity: u8, millis: u32) {
        let slot = self.next_audition;
        self.next_audition = (slot + 1) % N_AUDITIONS;
        self.end_audition(slot);
        let (pitch, velocity) = (pitch.min(127), velocity.clamp(1, 127));
        // Each on a channel of its own, so that a change of instrument moves no note before it.
        let channel = if drums { DRUM_CHANNEL } else { (slot % 9) as u8 };
        let blocks = u64::from(millis) * u64::from(self.sounds.sample_rate) / 1000 / BLOCK as u64;
        for other in 0..N_AUDITIONS {
            if (self.auditions[other].channel, self.auditions[other].pitch) == (channel, pitch) {
                self.end_audition(other);
            }
        }
        self.auditions[slot] = Audition { channel, pitch, blocks_left: (blocks as u32).max(1) };
        if !drums {
            self.sounds.side.apply(channel, Message::Program(program.min(127)));
        }
        self.sounds.side.apply(channel, Message::NoteOn { pitch, velocity });
        self.side_silent_blocks = 0;
        self.wake();
    }

    /// Runs the sound down over `millis`; [`Sequencer::is_faded`] says when. Whatever ends the sound for
    /// good (stop, seek …) restores the gain.
    pub fn fade_out(&mut self, millis: u32) {
        let blocks = u64::from(millis) * u64::from(self.sounds.sample_rate) / 1000 / BLOCK as u64;
        let steps = (blocks as u32).max(1);
        self.fade = Some(Fade { steps, left: steps });
    }

    /// Nothing is left to hear, so that cutting off makes no click.
    pub fn is_faded(&self) -> bool {
        (self.is_asleep() || self.fade.is_some_and(|f| f.left == 0)) && self.read == BLOCK
    }

    /// Frames to render until [`Sequencer::is_faded`] holds.
    pub fn frames_until_faded(&self) -> usize {
        let blocks = if self.is_asleep() { 0 } else { self.fade.map_or(0, |f| f.left as usize) };
        BLOCK - self.read + blocks * BLOCK
    }

    /// Ends a fade: full gain again.
    pub fn end_fade(&mut self) {
        self.fade = None;
    }

    /// Nothing has sounded for a while.
    pub fn is_asleep(&self) -> bool {
        self.silent_blocks >= SLEEP_BLOCKS
    }

    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Where playing stands, in ticks of the score.
    pub fn position(&self) -> f64 {
        self.timeline.tick_from_frame(self.frame as f64).min(self.timeline.end_tick() as f64)
    }

    fn go_to(&mut self, frame: u64) {
        self.frame = frame;
        self.next = self.timeline.index_at(frame);
        if self.playing {
            self.chase();
        }
    }

    /// Brings programs, controllers and bends to where they stand before the next event.
    fn chase(&mut self) {
        self.sounds.score.reset_channels();
        for e in &self.timeline.events()[..self.next] {
            if !matches!(e.message, Message::NoteOn { .. } | Message::NoteOff { .. }) {
                self.sounds.score.apply(e.channel, e.message);
            }
        }
    }

    fn silence(&mut self) {
        self.sounds.score.reset();
        self.sounds.side.reset();
        self.limiter.reset();
        self.held = [0; 16];
        self.auditions = Default::default();
        self.silent_blocks = SLEEP_BLOCKS;
        self.side_silent_blocks = SLEEP_BLOCKS;
    }

    fn wake(&mut self) {
        self.silent_blocks = 0;
    }

    fn release(&mut self, channel: u8, pitches: u128) {
        let mut left = pitches;
        while left != 0 {
            let pitch = left.trailing_zeros() as u8;
            left &= left - 1;
            self.sounds.score.apply(channel, Message::NoteOff { pitch });
        }
        self.held[usize::from(channel)] &= !pitches;
    }

    /// Ends every sounding note of the score and lifts the pedals; releases ring out.
    fn release_all(&mut self) {
        for channel in 0..16u8 {
            self.release(channel, self.held[usize::from(channel)]);
            self.sounds.score.apply(channel, Message::Controller { number: 64, value: 0 });
        }
    }

    fn end_audition(&mut self, slot: usize) {
        let a = &mut self.auditions[slot];
        if a.blocks_left > 0 {
            a.blocks_left = 0;
            self.sounds.side.apply(a.channel, Message::NoteOff { pitch: a.pitch });
        }
    }

    fn next_block(&mut self) {
        for slot in 0..N_AUDITIONS {
            match self.auditions[slot].blocks_left {
                0 => {}
                1 => self.end_audition(slot),
                _ => self.auditions[slot].blocks_left -= 1,
            }
        }
        if self.playing {
            self.send_events();
        }
        if self.is_asleep() && self.held == [0; 16] {
            // The reverb's last echo is long gone: leave the processor to others.
            self.left = [0.0; BLOCK];
            self.right = [0.0; BLOCK];
        } else {
            self.sound_block();
        }
        if self.playing {
            self.frame += BLOCK as u64;
        }
    }

    /// Sends what happens nearest to the start of this block, wraps at the loop's end, ends the piece.
    fn send_events(&mut self) {
        let range = self.loop_frames();
        if let Some((start, end)) = range.filter(|r| self.frame >= r.1 && self.frame < r.1 + BLOCK as u64) {
            self.release_all();
            let over = self.frame - end;
            self.go_to(start);
            self.frame += over;
        }
        let horizon = self.frame + BLOCK as u64 / 2;
        let horizon = range.filter(|r| self.frame < r.1).map_or(horizon, |r| horizon.min(r.1));
        while let Some(&e) = self.timeline.events().get(self.next).filter(|e| e.frame < horizon) {
            self.next += 1;
            mark(&mut self.held, &e);
            self.sounds.score.apply(e.channel, e.message);
            self.wake();
        }
        let ended = self.next == self.timeline.events().len() && self.frame >= self.timeline.end();
        // A loop that reaches past the end has its rest at the end too.
        if ended && range.is_none_or(|r| self.frame >= r.1) {
            self.playing = false;
            self.release_all();
        }
    }

    fn loop_frames(&self) -> Option<(u64, u64)> {
        let (from, to) = self.loop_ticks?;
        let frames = (self.timeline.frame_from_tick(from), self.timeline.frame_from_tick(to));
        (frames.1 >= frames.0 + u64::from(self.timeline.sample_rate() / 50).max(BLOCK as u64)).then_some(frames)
    }

    fn sound_block(&mut self) {
        self.sounds.score.render(&mut self.left, &mut self.right);
        if self.side_silent_blocks < SLEEP_BLOCKS {
            let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
            self.sounds.side.render(&mut left, &mut right);
            let sounding = peak(&left, &right) > SILENCE || self.auditions.iter().any(|a| a.blocks_left > 0);
            self.side_silent_blocks = if sounding { 0 } else { self.side_silent_blocks + 1 };
            for i in 0..BLOCK {
                self.left[i] += left[i];
                self.right[i] += right[i];
            }
        }
        let sounding = peak(&self.left, &self.right) > SILENCE || self.side_silent_blocks == 0;
        self.silent_blocks = if sounding { 0 } else { self.silent_blocks.saturating_add(1) };
        self.limiter.process(&mut self.left, &mut self.right);
        if let Some(fade) = &mut self.fade {
            let gain = |left: u32| left as f32 / fade.steps as f32;
            let (from, to) = (gain(fade.left), gain(fade.left.saturating_sub(1)));
            for i in 0..BLOCK {
                let gain = from + (to - from) * (i + 1) as f32 / BLOCK as f32;
                self.left[i] *= gain;
                self.right[i] *= gain;
            }
            fade.left = fade.left.saturating_sub(1);
        }
    }
}

fn peak(left: &[f32; BLOCK], right: &[f32; BLOCK]) -> f32 {
    left.iter().chain(right).fold(0.0, |p, x| p.max(x.abs()))
}

fn mark(held: &mut [u128; 16], e: &Event) {
    let bits = &mut held[usize::from(e.channel)];
    match e.message {
        Message::NoteOn { pitch, .. } => *bits |= 1 << pitch,
        Message::NoteOff { pitch } => *bits &= !(1 << pitch),
        _ => {}
    }
}

#[cfg(test)]
mod tests;

//! Plays a timeline through the synthesiser, pulled by whoever needs samples: the loudspeakers, the WAV
//! file and the tests all get theirs from [`Sequencer::render`].
//!
//! Sound is made in the synthesiser's blocks of [`BLOCK`] frames counted from where playing started, and
//! handed out in whatever sizes are asked for, so that the sizes change no sample. An event takes effect
//! at the nearest block start, at most half a block (0.17 ms at 48 kHz) from its frame.
//! Allocates and frees nothing once made; knows no device and no thread. `transport` moves through the
//! piece, `side` plays single notes beside it, `beats` clicks and counts in, `out` tells a MIDI port.

mod beats;
mod out;
mod side;
mod transport;

pub use out::{OutMessage, OutSettings, Timed};

use super::limiter::Limiter;
use super::synth::{BLOCK, SoundFont, SoundFontError, Synth};
use super::timeline::{Message, Timeline};
use crate::music::Tick;
use beats::Beats;
use out::Out;
use side::Side;
use std::sync::Arc;

/// Below this level (−86 dBFS) a block counts as silence.
const SILENCE: f32 = 5e-5;
/// So many silent blocks in a row and the synthesiser is asleep (a release cannot hide in so many).
const SLEEP_BLOCKS: u32 = 64;

/// The synthesisers of one font: one for the score, one for notes beside it (auditioned, played by
/// hand), which must disturb neither the score's programs nor be cut by its transport.
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

/// A gain that runs down to nothing over `steps` blocks.
#[derive(Clone, Copy, Debug)]
struct Fade {
    steps: u32,
    left: u32,
}

/// How to start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Start {
    pub from: Tick,
    /// Bars counted in before the piece begins.
    pub lead_bars: u8,
    /// Goes on past the end of the piece: recording does.
    pub endless: bool,
}

impl From<Tick> for Start {
    fn from(from: Tick) -> Self {
        Self { from, ..Self::default() }
    }
}

pub struct Sequencer {
    sounds: Box<Sounds>,
    timeline: Arc<Timeline>,
    limiter: Limiter,
    playing: bool,
    endless: bool,
    /// The piece ends here instead of at its own end.
    end_at: Option<u64>,
    /// First frame of the next block.
    frame: u64,
    /// First event not yet sent.
    next: usize,
    loop_ticks: Option<(Tick, Tick)>,
    /// Playing waits here, and whether it does now.
    hold: Option<Tick>,
    waits: bool,
    /// Pitches that sound, a bit each, by channel.
    held: [u128; 16],
    side: Side,
    beats: Beats,
    out: Out,
    fade: Option<Fade>,
    silent_blocks: u32,
    left: [f32; BLOCK],
    right: [f32; BLOCK],
    read: usize,
}

impl Sequencer {
    pub fn new(sounds: Box<Sounds>, timeline: Arc<Timeline>) -> Self {
        Self {
            limiter: Limiter::new(sounds.sample_rate),
            beats: Beats::new(sounds.sample_rate),
            sounds,
            timeline,
            playing: false,
            endless: false,
            end_at: None,
            frame: 0,
            next: 0,
            loop_ticks: None,
            hold: None,
            waits: false,
            held: [0; 16],
            side: Side::default(),
            out: Out::default(),
            fade: None,
            silent_blocks: SLEEP_BLOCKS,
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

    /// Where playing stands, in ticks of the score; before the start while it counts in.
    pub fn position(&self) -> f64 {
        let tick = self.timeline.tick_from_frame(self.song_frame());
        if self.endless { tick } else { tick.min(self.timeline.end_tick() as f64) }
    }

    /// As [`Sequencer::position`], in frames of the timeline.
    pub fn song_frame(&self) -> f64 {
        self.frame as f64 - self.beats.lead_frames()
    }

    /// Clicks on every beat from now on, or no more.
    pub fn set_metronome(&mut self, on: bool) {
        self.beats.on = on;
    }

    fn wake(&mut self) {
        self.silent_blocks = 0;
    }

    /// To the synthesiser of the score and to the MIDI port, if there is one.
    fn send(&mut self, channel: u8, message: Message) {
        if self.out.local || !matches!(message, Message::NoteOn { .. }) {
            self.sounds.score.apply(channel, message);
        }
        self.out.push(OutMessage::Channel(channel, message));
    }

    fn next_block(&mut self) {
        self.side.step(&mut self.sounds.side);
        if self.playing {
            if self.beats.count_in(BLOCK) {
                self.wake();
            } else {
                self.send_events();
            }
        }
        if self.is_asleep() && self.held == [0; 16] {
            // The reverb's last echo is long gone: leave the processor to others.
            self.left = [0.0; BLOCK];
            self.right = [0.0; BLOCK];
        } else {
            self.sound_block();
        }
        if self.playing && !self.waits && !self.beats.finish_block(BLOCK) {
            self.frame += BLOCK as u64;
        }
        self.out.advance(BLOCK);
    }

    fn sound_block(&mut self) {
        self.sounds.score.render(&mut self.left, &mut self.right);
        if !self.side.is_asleep() {
            let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
            self.sounds.side.render(&mut left, &mut right);
            self.side.heard(peak(&left, &right) > SILENCE);
            add(&mut self.left, &left);
            add(&mut self.right, &right);
        }
        self.beats.render(&mut self.left, &mut self.right);
        let sounding = peak(&self.left, &self.right) > SILENCE || self.side.is_sounding();
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

fn add(to: &mut [f32; BLOCK], from: &[f32; BLOCK]) {
    to.iter_mut().zip(from).for_each(|(a, b)| *a += b);
}

#[cfg(test)]
mod tests;

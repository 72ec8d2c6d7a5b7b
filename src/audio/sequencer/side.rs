//! Notes beside the score, through a synthesiser of their own: auditioned for a moment, or played by
//! hand for as long as the key is down.

use super::{SLEEP_BLOCKS, Sequencer};
use crate::audio::synth::{BLOCK, Synth};
use crate::audio::timeline::{DRUM_CHANNEL, Message};

const N_AUDITIONS: usize = 16;
/// Where pitched notes played by hand sound; auditions use the channels below the drums.
const HAND_CHANNEL: u8 = 15;

#[derive(Clone, Copy, Debug, Default)]
struct Audition {
    channel: u8,
    pitch: u8,
    blocks_left: u32,
}

#[derive(Debug)]
pub struct Side {
    auditions: [Audition; N_AUDITIONS],
    next: usize,
    /// What is played by hand: a program, and whether it is drums.
    hand: (u8, bool),
    /// Pitches held by hand, a bit each: pitched, drums.
    held: [u128; 2],
    silent_blocks: u32,
}

impl Default for Side {
    fn default() -> Self {
        Self { auditions: Default::default(), next: 0, hand: (0, false), held: [0; 2], silent_blocks: SLEEP_BLOCKS }
    }
}

impl Side {
    pub fn is_asleep(&self) -> bool {
        self.silent_blocks >= SLEEP_BLOCKS
    }

    pub fn is_sounding(&self) -> bool {
        self.silent_blocks == 0
    }

    /// Hears whether the last block was more than silence.
    pub fn heard(&mut self, loud: bool) {
        let sounding = loud || self.held != [0; 2] || self.auditions.iter().any(|a| a.blocks_left > 0);
        self.silent_blocks = if sounding { 0 } else { self.silent_blocks + 1 };
    }

    /// Counts auditioned notes down by a block.
    pub fn step(&mut self, synth: &mut Synth) {
        for slot in 0..N_AUDITIONS {
            match self.auditions[slot].blocks_left {
                0 => {}
                1 => self.end(slot, synth),
                _ => self.auditions[slot].blocks_left -= 1,
            }
        }
    }

    pub fn silence(&mut self, synth: &mut Synth) {
        synth.reset();
        synth.apply(HAND_CHANNEL, Message::Program(self.hand.0));
        self.auditions = Default::default();
        self.held = [0; 2];
        self.silent_blocks = SLEEP_BLOCKS;
    }

    fn end(&mut self, slot: usize, synth: &mut Synth) {
        let a = &mut self.auditions[slot];
        if a.blocks_left > 0 {
            a.blocks_left = 0;
            synth.apply(a.channel, Message::NoteOff { pitch: a.pitch });
        }
    }
}

impl Sequencer {
    /// Sounds one note for `millis`, beside whatever plays.
    pub fn audition(&mut self, program: u8, drums: bool, pitch: u8, velocity: u8, millis: u32) {
        let (side, synth) = (&mut self.side, &mut self.sounds.side);
        let slot = side.next;
        side.next = (slot + 1) % N_AUDITIONS;
        side.end(slot, synth);
        let (pitch, velocity) = (pitch.min(127), velocity.clamp(1, 127));
        // Each on a channel of its own, so that a change of instrument moves no note before it.
        let channel = if drums { DRUM_CHANNEL } else { (slot % 9) as u8 };
        let blocks = u64::from(millis) * u64::from(self.sounds.sample_rate) / 1000 / BLOCK as u64;
        for other in 0..N_AUDITIONS {
            if (side.auditions[other].channel, side.auditions[other].pitch) == (channel, pitch) {
                side.end(other, synth);
            }
        }
        side.auditions[slot] = Audition { channel, pitch, blocks_left: (blocks as u32).max(1) };
        if !drums {
            synth.apply(channel, Message::Program(program.min(127)));
        }
        synth.apply(channel, Message::NoteOn { pitch, velocity });
        side.silent_blocks = 0;
        self.wake();
    }

    /// What notes played by hand sound like from the next one on.
    pub fn set_instrument(&mut self, program: u8, drums: bool) {
        self.side.hand = (program.min(127), drums);
        self.sounds.side.apply(HAND_CHANNEL, Message::Program(program.min(127)));
    }

    /// A message played by hand, at once.
    pub fn by_hand(&mut self, message: Message) {
        let (side, synth) = (&mut self.side, &mut self.sounds.side);
        let drums = side.hand.1;
        let channel = if drums { DRUM_CHANNEL } else { HAND_CHANNEL };
        match message {
            Message::NoteOn { pitch, velocity } => {
                let (pitch, velocity) = (pitch.min(127), velocity.clamp(1, 127));
                side.held[usize::from(drums)] |= 1 << pitch;
                synth.apply(channel, Message::NoteOn { pitch, velocity });
            }
            // The instrument may have changed while the key was down.
            Message::NoteOff { pitch } => {
                for (held, channel) in side.held.iter_mut().zip([HAND_CHANNEL, DRUM_CHANNEL]) {
                    if *held & (1 << pitch.min(127)) != 0 {
                        *held &= !(1 << pitch.min(127));
                        synth.apply(channel, Message::NoteOff { pitch: pitch.min(127) });
                    }
                }
            }
            // The program is the voice's own.
            Message::Program(_) => {}
            Message::Controller { .. } | Message::Bend(_) => synth.apply(channel, message),
        }
        side.silent_blocks = 0;
        self.wake();
    }
}

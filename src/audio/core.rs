//! What runs on the audio thread: takes commands from a ring, renders, publishes where it stands.
//!
//! Allocates, frees, locks and prints nothing: what is replaced (timelines, fonts) goes back up a second
//! ring to be freed by the window's thread. Knows no device; [`Core::render`] is an ordinary function
//! that tests call.

use super::sequencer::{Sequencer, Sounds};
use super::timeline::Timeline;
use crate::music::Tick;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};

/// Commands that may wait; the window makes a handful a repaint.
const N_COMMANDS: usize = 256;
/// Fades before a cut, long enough not to click, short enough not to be noticed.
const STOP_FADE_MS: u32 = 40;
const CUT_FADE_MS: u32 = 6;

#[derive(Debug)]
pub enum Command {
    Load(Arc<Timeline>),
    Play(Tick),
    Stop,
    Seek(Tick),
    Loop(Option<(Tick, Tick)>),
    Volume(f32),
    Audition { program: u8, drums: bool, pitch: u8, velocity: u8, millis: u32 },
    Panic,
    Sounds(Box<Sounds>),
}

impl Command {
    /// The fade before this may be carried out, where it cuts sound off.
    fn fade_ms(&self, playing: bool) -> Option<u32> {
        match self {
            Command::Stop => Some(STOP_FADE_MS),
            Command::Play(_) | Command::Panic | Command::Sounds(_) => Some(CUT_FADE_MS),
            Command::Seek(_) => playing.then_some(CUT_FADE_MS),
            _ => None,
        }
    }
}

/// What is sent back to be freed.
#[derive(Debug)]
pub enum Garbage {
    Timeline(#[expect(dead_code, reason = "only to be dropped")] Arc<Timeline>),
    Sounds(#[expect(dead_code, reason = "only to be dropped")] Box<Sounds>),
}

/// What went wrong on the audio thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    DeviceLost,
    DeviceFailed,
    SynthFailed,
}

/// What the audio thread says of itself.
#[derive(Debug, Default)]
pub struct Shared {
    /// Bits of an f64: ticks.
    position: AtomicU64,
    playing: AtomicBool,
    /// Number of commands carried out.
    done: AtomicU32,
    fault: AtomicU8,
    /// Times the device ran dry.
    pub dry: AtomicU32,
}

impl Shared {
    pub fn position(&self) -> f64 {
        f64::from_bits(self.position.load(Ordering::Relaxed))
    }

    pub fn playing(&self) -> bool {
        self.playing.load(Ordering::Relaxed)
    }

    /// Commands carried out; read this before the others, which are then at least as new.
    pub fn done(&self) -> u32 {
        self.done.load(Ordering::Acquire)
    }

    pub fn fault(&self) -> Fault {
        match self.fault.load(Ordering::Relaxed) {
            1 => Fault::DeviceLost,
            2 => Fault::DeviceFailed,
            3 => Fault::SynthFailed,
            _ => Fault::None,
        }
    }

    pub fn set_fault(&self, fault: Fault) {
        self.fault.store(fault as u8, Ordering::Relaxed);
    }
}

/// The audio thread's side.
pub struct Core {
    sequencer: Sequencer,
    commands: Consumer<Command>,
    garbage: Producer<Garbage>,
    shared: Arc<Shared>,
    /// Waits for its fade.
    waiting: Option<Command>,
    done: u32,
    volume: f32,
    volume_wanted: f32,
    volume_step: f32,
}

/// The window's side.
pub struct Remote {
    commands: Producer<Command>,
    garbage: Consumer<Garbage>,
    pub shared: Arc<Shared>,
    sent: u32,
}

/// Both ends of a new connection.
pub fn connect(sounds: Box<Sounds>, timeline: Arc<Timeline>, sample_rate: u32) -> (Core, Remote) {
    let (to_core, commands) = RingBuffer::new(N_COMMANDS);
    // Each command leaves at most one thing behind, so that this ring cannot be full when it matters:
    // the remote empties it before it sends.
    let (garbage, from_core) = RingBuffer::new(2 * N_COMMANDS);
    let shared = Arc::new(Shared::default());
    let core = Core {
        sequencer: Sequencer::new(sounds, timeline),
        commands,
        garbage,
        shared: shared.clone(),
        waiting: None,
        done: 0,
        volume: 1.0,
        volume_wanted: 1.0,
        // Full scale in 20 ms.
        volume_step: 50.0 / sample_rate as f32,
    };
    (core, Remote { commands: to_core, garbage: from_core, shared, sent: 0 })
}

impl Core {
    /// Fills both buffers, which must be of one length.
    pub fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let n = left.len().min(right.len());
        let mut wrote = 0;
        while wrote < n {
            self.take_commands();
            let rest = n - wrote;
            let span = if self.waiting.is_some() { rest.min(self.sequencer.frames_until_faded()) } else { rest };
            self.sequencer.render(&mut left[wrote..wrote + span], &mut right[wrote..wrote + span]);
            wrote += span;
        }
        for (l, r) in left.iter_mut().zip(right) {
            self.volume += (self.volume_wanted - self.volume).clamp(-self.volume_step, self.volume_step);
            *l *= self.volume;
            *r *= self.volume;
        }
        self.shared.position.store(self.sequencer.position().to_bits(), Ordering::Relaxed);
        self.shared.playing.store(self.sequencer.is_playing(), Ordering::Relaxed);
        self.shared.done.store(self.done, Ordering::Release);
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
                    if let Some(ms) =
                        command.fade_ms(self.sequencer.is_playing()).filter(|_| !self.sequencer.is_asleep())
                    {
                        self.sequencer.fade_out(ms);
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
        let left_over = match command {
            Command::Load(timeline) => Some(Garbage::Timeline(s.swap_timeline(timeline))),
            Command::Sounds(sounds) => Some(Garbage::Sounds(s.swap_sounds(sounds))),
            Command::Play(tick) => {
                s.play(tick);
                None
            }
            Command::Stop => {
                s.stop();
                None
            }
            Command::Seek(tick) => {
                s.seek(tick);
                None
            }
            Command::Loop(range) => {
                s.set_loop(range);
                None
            }
            Command::Panic => {
                s.all_off();
                None
            }
            Command::Audition { program, drums, pitch, velocity, millis } => {
                s.audition(program, drums, pitch, velocity, millis);
                None
            }
            Command::Volume(volume) => {
                self.volume_wanted = volume.clamp(0.0, 1.0);
                None
            }
        };
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
mod tests {
    use super::super::engine::Filler;
    use super::super::synth::SoundFont;
    use super::*;
    use crate::music::{Note, Role, Score, Voice};
    use assert_no_alloc::{assert_no_alloc, violation_count};

    const RATE: u32 = 48_000;

    fn song() -> Score {
        let mut score = Score::new(24);
        for (v, program) in [0u8, 48, 33, 73].into_iter().enumerate() {
            let mut voice = Voice::new("v", Role::Other, program);
            let pitch = |i: i64| (48 + 5 * v as i64 + (i * 7) % 12) as u8;
            voice.notes = (0..400).map(|i| Note::new(i * 12, 20, pitch(i), 90)).collect();
            score.push_voice(voice);
        }
        score
    }

    fn sounds() -> Box<Sounds> {
        Box::new(Sounds::new(&SoundFont::built_in(), RATE).unwrap())
    }

    fn timeline(score: &Score) -> Arc<Timeline> {
        Arc::new(Timeline::compile(score, RATE, &[]))
    }

    #[test]
    fn the_callback_allocates_and_frees_nothing() {
        let score = song();
        let (core, mut remote) = connect(sounds(), timeline(&score), RATE);
        let mut filler = Filler::new(core, remote.shared.clone());
        let mut buffer = vec![0i16; 2 * 777];
        let mut loud = 0;
        let before = violation_count();
        for step in 0..600u32 {
            // What a restless user does, the heavy things (fonts, timelines) among them.
            match step % 23 {
                0 => drop(remote.send(Command::Play(Tick::from(step) * 5))),
                3 => drop(remote.send(Command::Volume(0.3 + (step % 7) as f32 * 0.1))),
                5 => drop(remote.send(Command::Load(timeline(&score)))),
                8 => drop(remote.send(Command::Seek(Tick::from(step)))),
                10 => drop(remote.send(Command::Loop((step % 2 == 0).then_some((0, 480))))),
                13 if step % 5 == 0 => drop(remote.send(Command::Sounds(sounds()))),
                15 => drop(remote.send(Command::Audition {
                    program: step as u8 % 128,
                    drums: step % 4 == 0,
                    pitch: 60,
                    velocity: 90,
                    millis: 30,
                })),
                18 => drop(remote.send(Command::Panic)),
                20 => drop(remote.send(Command::Stop)),
                _ => {}
            }
            assert_no_alloc(|| filler.fill(&mut buffer, 2));
            loud += usize::from(buffer.iter().any(|x| x.unsigned_abs() > 300));
        }
        assert_eq!(violation_count(), before);
        assert!(loud > 200, "the test heard almost nothing: {loud}");
        assert_eq!(remote.shared.fault(), Fault::None);
    }

    #[test]
    fn stopping_seeking_and_panic_fade_instead_of_clicking() {
        let mut score = Score::new(24);
        let mut voice = Voice::new("organ", Role::Other, 19);
        voice.notes = vec![Note::new(0, 9600, 45, 110), Note::new(0, 9600, 52, 110)];
        score.push_voice(voice);
        for cut in [Command::Stop, Command::Panic, Command::Seek(4800), Command::Play(0), Command::Sounds(sounds())] {
            let (mut core, mut remote) = connect(sounds(), timeline(&score), RATE);
            remote.send(Command::Play(0));
            let (mut left, mut right) = (vec![0.0; 48_000], vec![0.0; 48_000]);
            core.render(&mut left, &mut right);
            let step = |x: &[f32]| x.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0f32, f32::max);
            let usual = step(&left[24_000..]);
            let name = format!("{cut:?}").chars().take(12).collect::<String>();
            let last = left[47_999];
            remote.send(cut);
            core.render(&mut left[..4800], &mut right[..4800]);
            let largest = step(&left[..4800]).max((left[0] - last).abs());
            assert!(remote.is_caught_up());
            assert!(largest < 1.5 * usual + 0.003, "{name}: a step of {largest}, usually {usual}");
        }
    }

    #[test]
    fn says_where_it_is_and_when_it_has_caught_up() {
        let (mut core, mut remote) = connect(sounds(), timeline(&song()), RATE);
        let (mut left, mut right) = (vec![0.0; 24_000], vec![0.0; 24_000]);
        remote.send(Command::Play(48));
        assert!(!remote.is_caught_up());
        core.render(&mut left, &mut right);
        assert!(remote.is_caught_up() && remote.shared.playing());
        assert!((remote.shared.position() - 72.0).abs() < 0.1, "{}", remote.shared.position());
        remote.send(Command::Stop);
        core.render(&mut left, &mut right);
        assert!(!remote.shared.playing());
    }
}

//! The handle the window holds: plays a score, and says where it is. Never blocks on the audio thread.
//!
//! Where there is no sound device it keeps time without sound and says so; everything else is the same.
//! Devices and ports are opened on threads of their own; [`Player::poll`] takes them over. Draws nothing
//! and owns no score: it is given one.

mod opening;

use super::clock::Clock;
use super::clocked::Clocked;
use super::core::{Command, Remote};
use super::devices::{DeviceInfo, HostMaker, SoundSettings};
use super::engine::{Stream, Waker};
use super::ports::{Hands, MidiSettings, Played, PortNames, Ports};
use super::sequencer::{Sounds, Start};
use super::shared::Fault;
use super::synth::{SoundFont, SoundFontError};
use super::timeline::{Message, Timeline};
use crate::music::{Score, Tick};
use opening::Opening;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

const SILENT_RATE: u32 = 48_000;

/// What the player plays through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlayerStatus {
    pub device: Option<String>,
    pub sample_rate: u32,
    /// To be shown as it is.
    pub sentence: String,
    pub silent: bool,
}

enum Output {
    Stream { _stream: Stream, remote: Remote },
    Silent(Clock),
}

pub struct Player {
    /// `None` where there is to be no sound.
    host: Option<HostMaker>,
    settings: SoundSettings,
    midi: MidiSettings,
    output: Output,
    status: PlayerStatus,
    opening: Opening,
    devices: Vec<DeviceInfo>,
    port_names: PortNames,
    ports: Ports,
    hands: Hands,
    played: Receiver<Played>,
    font: SoundFont,
    score: Arc<Score>,
    timeline: Arc<Timeline>,
    voices_on: Vec<bool>,
    range: Option<(Tick, Tick)>,
    hold: Option<Tick>,
    volume: f32,
    metronome: bool,
    endless: bool,
    instrument: (u8, bool),
    /// What was asked for last: counts until the audio thread has caught up.
    wanted: (bool, f64),
    waker: Waker,
}

impl Player {
    /// Plays through the default device, or silently where there is none; waits until it is open. Never
    /// fails; the status says.
    pub fn open() -> Player {
        let mut player = Player::on(Some(system_host()));
        player.reopen();
        player.wait();
        player
    }

    /// Will play through the system's devices once [`Player::set_up`] has said how.
    pub fn closed() -> Player {
        Player::on(Some(system_host()))
    }

    /// Keeps time and makes no sound; touches no device and no port.
    pub fn silent() -> Player {
        Player::on(None)
    }

    /// Plays on a card that is a clock, once [`Player::set_up`] was called: all is done as for a device, and nobody
    /// hears it. The card runs until what comes second is dropped.
    pub fn on_a_clock() -> (Player, Clocked) {
        let card = Clocked::new(&["clock"], SILENT_RATE, 256);
        card.run();
        (Player::on(Some(card.host_maker())), card)
    }

    pub(super) fn on(host: Option<HostMaker>) -> Player {
        let (to_window, played) = channel();
        let waker: Waker = Arc::new(|| {});
        let timeline: Arc<Timeline> = Arc::default();
        Player {
            host,
            settings: SoundSettings::default(),
            midi: MidiSettings::default(),
            output: Output::Silent(Clock::new(Arc::clone(&timeline))),
            status: silent_status("sound is switched off"),
            opening: Opening::default(),
            devices: Vec::new(),
            port_names: PortNames::default(),
            ports: Ports::default(),
            hands: Hands { to_sound: Arc::default(), to_window, waker: Arc::clone(&waker) },
            played,
            font: SoundFont::built_in(),
            score: Arc::default(),
            timeline,
            voices_on: Vec::new(),
            range: None,
            hold: None,
            volume: 1.0,
            metronome: false,
            endless: false,
            instrument: (0, false),
            wanted: (false, 0.0),
            waker,
        }
    }

    /// What it plays through, and what has gone wrong with it.
    pub fn status(&self) -> PlayerStatus {
        let mut status = self.status.clone();
        if self.fault() == Fault::SynthFailed {
            status.sentence = "The synthesiser failed on this SoundFont; choose another, then press Play.".into();
        }
        if self.opening.sound_is_opening() {
            status.sentence = "Opening the sound device…".into();
        }
        status
    }

    fn fault(&self) -> Fault {
        match &self.output {
            Output::Stream { remote, .. } => remote.shared.fault(),
            Output::Silent(_) => Fault::None,
        }
    }

    /// From now on plays this score, from where it stands, also while playing. Voice `i` sounds where
    /// `voices_on[i]` is true or missing. Compiling takes a millisecond or so for 10,000 notes.
    pub fn load(&mut self, score: Arc<Score>, voices_on: &[bool]) {
        self.score = score;
        self.voices_on = voices_on.to_vec();
        self.send_timeline();
    }

    fn send_timeline(&mut self) {
        self.timeline = Arc::new(Timeline::compile(&self.score, self.status.sample_rate, &self.voices_on));
        let timeline = Arc::clone(&self.timeline);
        match &mut self.output {
            Output::Stream { .. } => self.send(Command::Load(timeline)),
            Output::Silent(clock) => clock.load(timeline, Instant::now()),
        }
    }

    fn send(&mut self, command: Command) {
        if let Output::Stream { remote, .. } = &mut self.output
            && !remote.send(command)
        {
            remote.shared.set_fault(Fault::DeviceFailed);
        }
    }

    pub fn play(&mut self, start: impl Into<Start>) {
        let start = start.into();
        let nowhere = matches!(self.output, Output::Silent(_)) && !self.opening.sound_is_opening();
        if self.fault() != Fault::None || nowhere {
            self.reopen();
        }
        self.endless = start.endless;
        self.wanted = (true, start.from as f64);
        match &mut self.output {
            Output::Stream { .. } => self.send(Command::Play(start)),
            Output::Silent(clock) => clock.play(start, Instant::now()),
        }
    }

    /// Stops where it is.
    pub fn stop(&mut self) {
        self.wanted = (false, self.position());
        match &mut self.output {
            Output::Stream { .. } => self.send(Command::Stop),
            Output::Silent(clock) => clock.stop(Instant::now()),
        }
    }

    pub fn seek(&mut self, to: Tick) {
        self.wanted = (self.is_playing(), to as f64);
        match &mut self.output {
            Output::Stream { .. } => self.send(Command::Seek(to)),
            Output::Silent(clock) => clock.seek(to, Instant::now()),
        }
    }

    /// False once the end of the piece has been reached.
    pub fn is_playing(&self) -> bool {
        match &self.output {
            Output::Stream { remote, .. } if remote.shared.fault() == Fault::SynthFailed => false,
            Output::Stream { remote, .. } if remote.is_caught_up() => remote.shared.playing(),
            Output::Stream { .. } => self.wanted.0,
            Output::Silent(clock) => clock.is_playing(Instant::now()),
        }
    }

    /// Where it is, in ticks of the score, by the audio clock; before the start while it counts in.
    pub fn position(&self) -> f64 {
        match &self.output {
            Output::Stream { remote, .. } if remote.is_caught_up() => remote.shared.position(),
            Output::Stream { .. } => self.wanted.1,
            Output::Silent(clock) => clock.position(Instant::now()),
        }
    }

    /// What was heard at `when`, in ticks: earlier than what was rendered then, by as long as the sound
    /// takes to reach the ear. What is played by hand answers to this.
    pub fn heard(&self, when: Instant) -> f64 {
        match &self.output {
            Output::Stream { remote, .. } => {
                let t = &self.timeline;
                let looped =
                    self.range.map(|(a, b)| (t.frame_from_real_tick(a as f64), t.frame_from_real_tick(b as f64)));
                let at = remote.shared.since_opened(when);
                t.tick_from_frame(remote.shared.anchor().heard(at, t.sample_rate(), looped))
            }
            Output::Silent(clock) => clock.position(when),
        }
    }

    /// Plays this part over and over; a part shorter than a 50th of a second counts as none.
    pub fn set_loop(&mut self, range: Option<(Tick, Tick)>) {
        self.range = range;
        match &mut self.output {
            Output::Stream { .. } => self.send(Command::Loop(range)),
            Output::Silent(clock) => clock.set_loop(range, Instant::now()),
        }
    }

    /// Plays no further than this tick and waits there, for what is still being written; without one it
    /// goes on to the end.
    pub fn set_hold(&mut self, tick: Option<Tick>) {
        if self.hold == tick {
            return;
        }
        self.hold = tick;
        match &mut self.output {
            Output::Stream { .. } => self.send(Command::Hold(tick)),
            Output::Silent(clock) => clock.hold_at(tick, Instant::now()),
        }
    }

    /// 0–1, by amplitude; moves there within 20 ms.
    pub fn set_volume(&mut self, volume: f32) {
        self.volume = volume.clamp(0.0, 1.0);
        self.send(Command::Volume(self.volume));
    }

    /// Clicks on every beat while it plays.
    pub fn set_metronome(&mut self, on: bool) {
        self.metronome = on;
        self.send(Command::Metronome(on));
    }

    /// The largest samples of both sides since this was last asked; 1 is full scale.
    pub fn take_level(&self) -> [f32; 2] {
        match &self.output {
            Output::Stream { remote, .. } => remote.shared.take_level(),
            Output::Silent(_) => [0.0; 2],
        }
    }

    /// Times that the device ran dry since it was opened.
    pub fn times_dry(&self) -> u32 {
        match &self.output {
            Output::Stream { remote, .. } => remote.shared.dry.load(std::sync::atomic::Ordering::Relaxed),
            Output::Silent(_) => 0,
        }
    }

    /// Sounds one note beside whatever plays; it disturbs nothing.
    pub fn audition(&mut self, program: u8, drums: bool, pitch: u8, velocity: u8, millis: u32) {
        self.send(Command::Audition { program, drums, pitch, velocity, millis });
    }

    /// What notes played by hand sound like.
    pub fn set_instrument(&mut self, program: u8, drums: bool) {
        if self.instrument != (program, drums) {
            self.instrument = (program, drums);
            self.send(Command::Instrument { program, drums });
        }
    }

    /// A note of the computer's keyboard: heard at once, and handed back by [`Player::take_played`] as
    /// those of MIDI keyboards are.
    pub fn play_by_hand(&mut self, message: Message) {
        self.send(Command::ByHand(message));
        // The receiver lives as long as this does.
        let _ = self.hands.to_window.send(Played { at: Instant::now(), message });
    }

    /// What was played by hand since this was last asked.
    pub fn take_played(&mut self) -> Vec<Played> {
        self.played.try_iter().collect()
    }

    /// A controller of a voice, at once and without an edit: what a slider does while it is dragged. The
    /// next score that is loaded has the last word.
    pub fn adjust(&mut self, voice: usize, number: u8, value: u8) {
        if let Some(channel) = self.timeline.channel_of(voice) {
            self.send(Command::Adjust { channel, number, value });
        }
    }

    /// Ends every sounding note and its reverb, at once. Playing goes on.
    pub fn panic(&mut self) {
        self.send(Command::Panic);
    }

    /// Sounds through this font from now on, also while playing. Reading a large font takes a while:
    /// [`SoundFont::from_bytes`] on another thread and [`Player::use_soundfont`] keep the window alive.
    ///
    /// # Errors
    /// A sentence; the old font stays.
    pub fn set_soundfont(&mut self, bytes: Vec<u8>) -> Result<(), SoundFontError> {
        self.use_soundfont(SoundFont::from_bytes(&bytes)?)
    }

    /// As [`Player::set_soundfont`], with a font that is loaded already.
    ///
    /// # Errors
    /// Where the synthesiser cannot run at the device's rate.
    pub fn use_soundfont(&mut self, font: SoundFont) -> Result<(), SoundFontError> {
        if let Output::Stream { .. } = self.output {
            let sounds = Sounds::new(&font, self.status.sample_rate)?;
            self.send(Command::Sounds(Box::new(sounds)));
        }
        self.font = font;
        Ok(())
    }

    pub fn soundfont(&self) -> &SoundFont {
        &self.font
    }

    /// The devices that were found when [`Player::look_for_devices`] was last asked.
    pub fn devices(&self) -> &[DeviceInfo] {
        &self.devices
    }

    /// The ports that were found then.
    pub fn port_names(&self) -> &PortNames {
        &self.port_names
    }
}

pub(super) fn system_host() -> HostMaker {
    Arc::new(|| cpal::available_hosts().into_iter().find_map(|id| cpal::host_from_id(id).ok()))
}

fn silent_status(reason: &str) -> PlayerStatus {
    let sentence = format!("Playing without sound: {reason}.");
    PlayerStatus { device: None, sample_rate: SILENT_RATE, sentence, silent: true }
}

#[cfg(test)]
mod tests;

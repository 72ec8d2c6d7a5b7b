//! The handle the window holds: plays a score, and says where it is. Never blocks on the audio thread.
//!
//! Where there is no sound device it keeps time without sound and says so; everything else is the same.
//! Draws nothing and owns no score: it is given one.

use super::clock::Clock;
use super::core::{Command, Fault, Remote, connect};
use super::engine::{Speakers, Stream};
use super::sequencer::Sounds;
use super::synth::{SoundFont, SoundFontError};
use super::timeline::Timeline;
use crate::music::{Score, Tick};
use std::sync::Arc;
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
    Device { _stream: Stream, remote: Remote },
    Silent(Clock),
}

pub struct Player {
    output: Output,
    status: PlayerStatus,
    font: SoundFont,
    score: Arc<Score>,
    voices_on: Vec<bool>,
    range: Option<(Tick, Tick)>,
    volume: f32,
    /// What was asked for last: counts until the audio thread has caught up.
    wanted: (bool, f64),
}

impl Player {
    /// Plays through the default device, or silently where there is none. Never fails; the status says.
    pub fn open() -> Player {
        let mut player = Player::silent();
        player.reopen();
        player
    }

    /// Keeps time and makes no sound; touches no device.
    pub fn silent() -> Player {
        Player {
            output: Output::Silent(Clock::new(Arc::default())),
            status: silent_status("sound is switched off"),
            font: SoundFont::built_in(),
            score: Arc::default(),
            voices_on: Vec::new(),
            range: None,
            volume: 1.0,
            wanted: (false, 0.0),
        }
    }

    /// Tries the default device again, after one was plugged in or the old one went away. Stops playing.
    pub fn reopen(&mut self) {
        let place = self.position();
        // The old stream lets go of the device before it is opened again.
        self.output = Output::Silent(Clock::new(Arc::default()));
        self.status = match self.open_device() {
            Ok(status) => status,
            Err(reason) => silent_status(&reason),
        };
        self.wanted = (false, place);
        self.send_timeline();
        self.set_loop(self.range);
        self.set_volume(self.volume);
        self.seek(place as Tick);
    }

    fn open_device(&mut self) -> Result<PlayerStatus, String> {
        let speakers = Speakers::find()?;
        let sample_rate = speakers.sample_rate();
        let sounds = Box::new(Sounds::new(&self.font, sample_rate).map_err(|e| e.to_string())?);
        let (core, remote) = connect(sounds, Arc::new(self.timeline(sample_rate)), sample_rate);
        let shared = remote.shared.clone();
        let stream = speakers.start(move || (core, shared))?;
        self.output = Output::Device { _stream: stream, remote };
        let sentence = format!("Playing through {} at {sample_rate} Hz.", speakers.name);
        Ok(PlayerStatus { device: Some(speakers.name), sample_rate, sentence, silent: false })
    }

    /// What it plays through, and what has gone wrong with it.
    pub fn status(&self) -> PlayerStatus {
        let mut status = self.status.clone();
        match self.fault() {
            Fault::None => {}
            Fault::DeviceLost => status.sentence = "The sound device went away; Play tries the default device.".into(),
            Fault::DeviceFailed => {
                status.sentence = "The sound device reported an error; Play tries to open it again.".into();
            }
            Fault::SynthFailed => {
                status.sentence = "The synthesiser failed on this SoundFont; choose another, then press Play.".into();
            }
        }
        status
    }

    fn fault(&self) -> Fault {
        match &self.output {
            Output::Device { remote, .. } => remote.shared.fault(),
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

    fn timeline(&self, sample_rate: u32) -> Timeline {
        Timeline::compile(&self.score, sample_rate, &self.voices_on)
    }

    fn send_timeline(&mut self) {
        let timeline = Arc::new(self.timeline(self.status.sample_rate));
        match &mut self.output {
            Output::Device { .. } => self.send(Command::Load(timeline)),
            Output::Silent(clock) => clock.load(timeline, Instant::now()),
        }
    }

    fn send(&mut self, command: Command) {
        if let Output::Device { remote, .. } = &mut self.output
            && !remote.send(command)
        {
            remote.shared.set_fault(Fault::DeviceFailed);
        }
    }

    pub fn play(&mut self, from: Tick) {
        if self.fault() != Fault::None {
            self.reopen();
        }
        self.wanted = (true, from as f64);
        match &mut self.output {
            Output::Device { .. } => self.send(Command::Play(from)),
            Output::Silent(clock) => clock.play(from, Instant::now()),
        }
    }

    /// Stops where it is.
    pub fn stop(&mut self) {
        self.wanted = (false, self.position());
        match &mut self.output {
            Output::Device { .. } => self.send(Command::Stop),
            Output::Silent(clock) => clock.stop(Instant::now()),
        }
    }

    pub fn seek(&mut self, to: Tick) {
        self.wanted = (self.is_playing(), to as f64);
        match &mut self.output {
            Output::Device { .. } => self.send(Command::Seek(to)),
            Output::Silent(clock) => clock.seek(to, Instant::now()),
        }
    }

    /// False once the end of the piece has been reached.
    pub fn is_playing(&self) -> bool {
        match &self.output {
            Output::Device { remote, .. } if remote.shared.fault() != Fault::None => false,
            Output::Device { remote, .. } if remote.is_caught_up() => remote.shared.playing(),
            Output::Device { .. } => self.wanted.0,
            Output::Silent(clock) => clock.is_playing(Instant::now()),
        }
    }

    /// Where it is, in ticks of the score, by the audio clock.
    pub fn position(&self) -> f64 {
        match &self.output {
            Output::Device { remote, .. } if remote.is_caught_up() => remote.shared.position(),
            Output::Device { .. } => self.wanted.1,
            Output::Silent(clock) => clock.position(Instant::now()),
        }
    }

    /// Plays this part over and over; a part shorter than a 50th of a second counts as none.
    pub fn set_loop(&mut self, range: Option<(Tick, Tick)>) {
        self.range = range;
        match &mut self.output {
            Output::Device { .. } => self.send(Command::Loop(range)),
            Output::Silent(clock) => clock.set_loop(range, Instant::now()),
        }
    }

    /// 0–1, by amplitude; moves there within 20 ms.
    pub fn set_volume(&mut self, volume: f32) {
        self.volume = volume.clamp(0.0, 1.0);
        self.send(Command::Volume(self.volume));
    }

    /// Sounds one note beside whatever plays; it disturbs nothing.
    pub fn audition(&mut self, program: u8, drums: bool, pitch: u8, velocity: u8, millis: u32) {
        self.send(Command::Audition { program, drums, pitch, velocity, millis });
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
        if !self.status.silent {
            let sounds = Sounds::new(&font, self.status.sample_rate)?;
            self.send(Command::Sounds(Box::new(sounds)));
        }
        self.font = font;
        Ok(())
    }

    pub fn soundfont(&self) -> &SoundFont {
        &self.font
    }
}

fn silent_status(reason: &str) -> PlayerStatus {
    let sentence = format!("Playing without sound: {reason}.");
    PlayerStatus { device: None, sample_rate: SILENT_RATE, sentence, silent: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    #[test]
    fn without_a_device_it_keeps_its_place_and_says_so() {
        let mut player = Player::silent();
        assert!(player.status().silent && player.status().sentence.starts_with("Playing without sound"));
        player.load(Arc::new(text::parse("melody | 0 96000 c4").unwrap()), &[]);
        player.seek(480);
        assert!(!player.is_playing());
        assert_eq!(player.position(), 480.0);
        player.play(960);
        assert!(player.is_playing());
        assert!(player.position() >= 960.0);
        player.audition(0, false, 60, 90, 100);
        player.panic();
        player.set_volume(0.5);
        player.stop();
        assert!(!player.is_playing());
        assert!(player.set_soundfont(b"nonsense".to_vec()).is_err());
        player.set_soundfont(super::super::bank::BUILT_IN.to_vec()).unwrap();
    }
}

//! Opening devices and ports without keeping the window waiting, and what happens when one goes away.

use super::{Output, Player, PlayerStatus, silent_status};
use crate::audio::clock::Clock;
use crate::audio::core::Command;
use crate::audio::devices::{self, DeviceInfo, SoundSettings};
use crate::audio::engine::{self, Opened, Order, Waker};
use crate::audio::ports::{self, Link, MidiSettings, PortNames, Ports};
use crate::audio::sequencer::{OutSettings, Start};
use crate::audio::shared::Fault;
use crate::audio::timeline::Timeline;
use crate::music::Tick;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Messages that a MIDI port may be behind by: seconds of dense music.
const N_TIMED: usize = 8192;
/// A device that fails again within this time is left alone until Play is pressed.
const TRUST: Duration = Duration::from_secs(5);

/// What is on its way.
#[derive(Default)]
pub struct Opening {
    sound: Option<Receiver<Result<Opened, String>>>,
    ports: Option<Receiver<Ports>>,
    found: Option<Receiver<(Vec<DeviceInfo>, PortNames)>>,
    /// The device that went away, to be told of with what took its place.
    lost: Option<String>,
    failed_at: Option<Instant>,
}

impl Opening {
    pub fn sound_is_opening(&self) -> bool {
        self.sound.is_some()
    }
}

/// Does `work` on a thread of its own; the receiver gets what comes of it.
fn elsewhere<T: Send + 'static>(waker: &Waker, work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (sender, receiver) = channel();
    let waker = Arc::clone(waker);
    std::thread::spawn(move || {
        if sender.send(work()).is_ok() {
            waker();
        }
    });
    receiver
}

/// Takes what has come; a thread that died has brought nothing.
fn arrived<T>(slot: &mut Option<Receiver<T>>) -> Option<T> {
    match slot.as_ref()?.try_recv() {
        Ok(value) => {
            *slot = None;
            Some(value)
        }
        Err(TryRecvError::Empty) => None,
        Err(TryRecvError::Disconnected) => {
            *slot = None;
            None
        }
    }
}

impl Player {
    /// Opens the devices and ports that were chosen. `waker` is called whenever there is something to
    /// [`Player::poll`].
    pub fn set_up(&mut self, sound: &SoundSettings, midi: &MidiSettings, waker: Waker) {
        self.hands.waker = Arc::clone(&waker);
        self.waker = waker;
        self.settings = sound.clone();
        self.midi = midi.clone();
        self.reopen();
        self.open_ports();
    }

    /// Plays through another device, at another rate, in other buffers; playing goes on.
    pub fn set_sound(&mut self, sound: &SoundSettings) {
        if self.settings != *sound {
            self.settings = sound.clone();
            self.reopen();
        }
    }

    pub fn set_midi(&mut self, midi: &MidiSettings) {
        let before = std::mem::replace(&mut self.midi, midi.clone());
        if (&before.input, &before.output) != (&midi.input, &midi.output) {
            self.open_ports();
        } else if before != *midi {
            self.tell_output();
        }
    }

    /// Opens the chosen device again. Until it is open, time goes on without sound.
    pub fn reopen(&mut self) {
        let Some(host) = self.host.clone() else { return };
        let (place, playing, now) = (self.position(), self.is_playing(), Instant::now());
        let mut clock = Clock::new(Arc::clone(&self.timeline));
        clock.set_loop(self.range, now);
        clock.hold_at(self.hold, now);
        match playing {
            true => clock.play(Start { from: place as Tick, lead_bars: 0, endless: self.endless }, now),
            false => clock.seek(place as Tick, now),
        }
        let old = std::mem::replace(&mut self.output, Output::Silent(clock));
        self.listen(None);
        let order = Order {
            host,
            settings: self.settings.clone(),
            font: self.font.clone(),
            score: Arc::clone(&self.score),
            voices_on: self.voices_on.clone(),
            keep_time: self.ports.output.is_some(),
            waker: Arc::clone(&self.waker),
        };
        self.opening.sound = Some(elsewhere(&self.waker, move || {
            // The old stream lets go of the device before it is opened again.
            drop(old);
            engine::open(&order)
        }));
    }

    fn open_ports(&mut self) {
        if self.host.is_none() {
            return;
        }
        self.listen(None);
        let old = std::mem::take(&mut self.ports);
        let (midi, hands) = (self.midi.clone(), self.hands.clone());
        self.opening.ports = Some(elsewhere(&self.waker, move || {
            drop(old);
            ports::open(&midi, &hands)
        }));
    }

    /// Asks the system for its devices and ports; they come with a later [`Player::poll`].
    pub fn look_for_devices(&mut self) {
        let Some(host) = self.host.clone().filter(|_| self.opening.found.is_none()) else { return };
        self.opening.found = Some(elsewhere(&self.waker, move || (devices::list(&host), ports::list())));
    }

    /// Takes over what has been opened, and looks whether the device is still there. Returns what a user
    /// should hear of, as sentences.
    pub fn poll(&mut self) -> Vec<String> {
        let mut news = Vec::new();
        if let Some(opened) = arrived(&mut self.opening.sound) {
            self.take_over(opened, &mut news);
        }
        if let Some(ports) = arrived(&mut self.opening.ports) {
            news.extend(ports.remarks.iter().cloned());
            let wants_clock = ports.output.is_some() && self.status.silent;
            self.ports = ports;
            if wants_clock {
                self.reopen();
            } else {
                self.tell_output();
            }
        }
        if let Some((devices, names)) = arrived(&mut self.opening.found) {
            (self.devices, self.port_names) = (devices, names);
        }
        match self.fault() {
            Fault::DeviceLost => {
                self.opening.lost = Some(self.status.device.clone().unwrap_or_default());
                self.reopen();
            }
            Fault::DeviceFailed => self.device_failed(&mut news),
            Fault::None | Fault::SynthFailed => {}
        }
        news
    }

    /// Once it may be an accident; twice in a row it is left alone.
    fn device_failed(&mut self, news: &mut Vec<String>) {
        let again = self.opening.failed_at.is_some_and(|at| at.elapsed() < TRUST);
        self.opening.failed_at = Some(Instant::now());
        if again {
            let (place, now) = (self.position(), Instant::now());
            let mut clock = Clock::new(Arc::clone(&self.timeline));
            clock.seek(place as Tick, now);
            self.output = Output::Silent(clock);
            self.status = silent_status("the sound device fails; Play tries it again");
            news.push(self.status.sentence.clone());
        } else {
            news.push("The sound device reported an error and was opened again.".to_owned());
            self.reopen();
        }
    }

    fn take_over(&mut self, opened: Result<Opened, String>, news: &mut Vec<String>) {
        let (place, playing) = (self.position(), self.is_playing());
        let lost = self.opening.lost.take();
        match opened {
            Ok(opened) => {
                self.status = status_of(&opened);
                self.timeline = opened.timeline;
                let mut remote = opened.remote;
                *self.hands.to_sound.lock().unwrap_or_else(PoisonError::into_inner) = remote.by_hand.take();
                self.output = Output::Stream { _stream: opened.stream, remote };
                news.extend(opened.remarks.into_iter().filter(|_| !self.status.silent));
                self.brief(place, playing);
            }
            Err(reason) => {
                let before = std::mem::replace(&mut self.status, silent_status(&reason));
                // The clock counts in frames of its timeline: one of another rate would mislead it.
                if before.sample_rate != self.status.sample_rate {
                    self.send_timeline();
                }
            }
        }
        if let Some(name) = lost {
            news.push(format!("{name} went away. {}", self.status.sentence));
        }
    }

    /// Tells a new audio thread all it must know.
    fn brief(&mut self, place: f64, playing: bool) {
        // The score may have been changed while the device was being opened.
        self.timeline = Arc::new(Timeline::compile(&self.score, self.status.sample_rate, &self.voices_on));
        let (program, drums) = self.instrument;
        self.send(Command::Load(Arc::clone(&self.timeline)));
        self.send(Command::Loop(self.range));
        self.send(Command::Hold(self.hold));
        self.send(Command::Volume(self.volume));
        self.send(Command::Metronome(self.metronome));
        self.send(Command::Instrument { program, drums });
        self.tell_output();
        self.wanted = (playing, place);
        let from = place.max(0.0) as Tick;
        self.send(match playing {
            true => Command::Play(Start { from, lead_bars: 0, endless: self.endless }),
            false => Command::Seek(from),
        });
    }

    /// Connects the audio thread with the MIDI port that listens, or with none.
    fn tell_output(&mut self) {
        let Output::Stream { remote, .. } = &self.output else { return };
        let (clock, shared, sample_rate) = (self.midi.clock, Arc::clone(&remote.shared), self.status.sample_rate);
        let listens = self.ports.output.is_some();
        let (producer, ring) = rtrb::RingBuffer::new(N_TIMED);
        let ring_of_core = listens.then(|| Box::new(producer));
        let local = !listens || self.midi.local;
        self.send(Command::Out(OutSettings { ring: ring_of_core, clock, local }));
        self.listen(listens.then_some(Link { ring, shared, sample_rate }));
    }

    fn listen(&self, link: Option<Link>) {
        if let Some(output) = &self.ports.output {
            output.listen(link);
        }
    }

    /// Keyboards that are heard, and the port that listens.
    pub fn midi_status(&self) -> (usize, Option<&str>) {
        (self.ports.n_inputs(), self.ports.output_name.as_deref())
    }

    /// Waits until the device that is being opened is open; returns what [`Player::poll`] would.
    pub fn wait(&mut self) -> Vec<String> {
        let mut news = Vec::new();
        if let Some(opened) = self.opening.sound.take().and_then(|r| r.recv().ok()) {
            self.take_over(opened, &mut news);
        }
        news
    }
}

fn status_of(opened: &Opened) -> PlayerStatus {
    let rate = opened.sample_rate;
    let sentence = match (&opened.device, opened.buffer_frames) {
        (None, _) => format!("Playing without sound: {}.", opened.remarks.join(" ")),
        (Some(name), None) => format!("Playing through {name} at {rate} Hz."),
        (Some(name), Some(frames)) => format!("Playing through {name} at {rate} Hz, {frames} frames a buffer."),
    };
    PlayerStatus { device: opened.device.clone(), sample_rate: rate, sentence, silent: opened.device.is_none() }
}

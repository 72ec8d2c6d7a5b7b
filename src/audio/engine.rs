//! The loudspeakers: opens a device and lets [`Core`] fill its buffers. What to play is not its business.

use super::clocked::Clocked;
use super::core::{Core, Remote, connect};
use super::devices::{HostMaker, SoundSettings, Speakers, reason};
use super::sequencer::Sounds;
use super::shared::{Fault, Shared};
use super::synth::SoundFont;
use super::timeline::Timeline;
use crate::music::Score;
use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{FromSample, OutputCallbackInfo, SampleFormat, SizedSample, StreamConfig};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Frames rendered at a time, whatever the device asks for.
const SCRATCH_FRAMES: usize = 1024;
/// A stamp further away than this is a device's mistake.
const MAX_LATENCY: Duration = Duration::from_secs(2);
/// Rate and buffer of the clock that stands in for a device.
const CLOCK: (u32, u32) = (48_000, 256);

/// Keeps a device going until it is dropped.
pub struct Stream {
    _stream: cpal::Stream,
    /// The clock that stands in for a device.
    _clock: Option<Clocked>,
}

/// Wakes the window, where there is something to hear of the sound.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// What is to be opened, and what it shall play.
pub struct Order {
    pub host: HostMaker,
    pub settings: SoundSettings,
    pub font: SoundFont,
    pub score: Arc<Score>,
    pub voices_on: Vec<bool>,
    /// A MIDI port listens: without a device, a clock drives the same engine.
    pub keep_time: bool,
    pub waker: Waker,
}

/// An open device, playing silence.
pub struct Opened {
    pub stream: Stream,
    pub remote: Remote,
    pub timeline: Arc<Timeline>,
    /// `None` where a clock stands in for one.
    pub device: Option<String>,
    pub sample_rate: u32,
    pub buffer_frames: Option<u32>,
    /// What a user should know about it, as sentences.
    pub remarks: Vec<String>,
}

/// Opens what was ordered. Takes a while on some systems.
///
/// # Errors
/// Half a sentence that says why nothing can be played on.
pub fn open(order: &Order) -> Result<Opened, String> {
    match Speakers::find(&order.host, &order.settings).and_then(|speakers| open_speakers(order, &speakers)) {
        Err(why) if order.keep_time => {
            let clock = Clocked::new(&["clock"], CLOCK.0, CLOCK.1);
            let speakers = Speakers::find(&clock.host_maker(), &SoundSettings::default())?;
            let mut opened = open_speakers(order, &speakers)?;
            clock.run();
            opened.stream._clock = Some(clock);
            opened.device = None;
            opened.remarks = vec![why];
            Ok(opened)
        }
        opened => opened,
    }
}

fn open_speakers(order: &Order, speakers: &Speakers) -> Result<Opened, String> {
    let rate = speakers.sample_rate();
    let timeline = Arc::new(Timeline::compile(&order.score, rate, &order.voices_on));
    let mut refused = String::new();
    let mut remarks = speakers.remarks.clone();
    for config in speakers.configs() {
        let sounds = Box::new(Sounds::new(&order.font, rate).map_err(|e| e.to_string())?);
        let (core, remote) = connect(sounds, timeline.clone(), rate);
        let filler = Filler::new(core, remote.shared.clone());
        match start(speakers, config, filler, &remote.shared, &order.waker) {
            Ok(stream) => {
                let buffer_frames = stream.buffer_size().ok();
                return Ok(Opened {
                    stream: Stream { _stream: stream, _clock: None },
                    remote,
                    timeline,
                    device: Some(speakers.name.clone()),
                    sample_rate: rate,
                    buffer_frames,
                    remarks,
                });
            }
            Err(why) => {
                if let cpal::BufferSize::Fixed(n) = config.buffer_size
                    && order.settings.buffer_frames.is_some()
                {
                    remarks.push(format!("It refused a buffer of {n} frames."));
                }
                refused = why;
            }
        }
    }
    Err(refused)
}

fn start(
    speakers: &Speakers,
    config: StreamConfig,
    filler: Filler,
    shared: &Arc<Shared>,
    waker: &Waker,
) -> Result<cpal::Stream, String> {
    let build = Build { speakers, config, shared: shared.clone(), waker: waker.clone() };
    let stream = match speakers.format() {
        SampleFormat::I8 => build.with::<i8>(filler),
        SampleFormat::I16 => build.with::<i16>(filler),
        SampleFormat::I24 => build.with::<cpal::I24>(filler),
        SampleFormat::I32 => build.with::<i32>(filler),
        SampleFormat::I64 => build.with::<i64>(filler),
        SampleFormat::U8 => build.with::<u8>(filler),
        SampleFormat::U16 => build.with::<u16>(filler),
        SampleFormat::U32 => build.with::<u32>(filler),
        SampleFormat::U64 => build.with::<u64>(filler),
        SampleFormat::F32 => build.with::<f32>(filler),
        SampleFormat::F64 => build.with::<f64>(filler),
        other => return Err(format!("the sound device wants samples of a kind we cannot make ({other})")),
    };
    let stream = stream.map_err(|e| reason("could not be opened", &e))?;
    stream.play().map_err(|e| reason("could not be started", &e))?;
    Ok(stream)
}

struct Build<'a> {
    speakers: &'a Speakers,
    config: StreamConfig,
    shared: Arc<Shared>,
    waker: Waker,
}

impl Build<'_> {
    fn with<T: SizedSample + FromSample<f32>>(self, mut filler: Filler) -> Result<cpal::Stream, cpal::Error> {
        let channels = usize::from(self.config.channels);
        let (shared, waker) = (self.shared, self.waker);
        let on_error = move |e: cpal::Error| {
            match e.kind() {
                cpal::ErrorKind::Xrun => {
                    shared.dry.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                // The system moved us to another device, or would not give us priority: sound goes on.
                cpal::ErrorKind::DeviceChanged | cpal::ErrorKind::RealtimeDenied => return,
                cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::StreamInvalidated => {
                    shared.set_fault(Fault::DeviceLost);
                }
                _ => shared.set_fault(Fault::DeviceFailed),
            }
            // The stream is dead by now: nothing hurries any more.
            waker();
        };
        let fill = move |out: &mut [T], info: &OutputCallbackInfo| {
            let stamp = info.timestamp();
            let latency = stamp.playback.saturating_duration_since(stamp.callback);
            filler.fill(out, channels, if latency > MAX_LATENCY { Duration::ZERO } else { latency });
        };
        self.speakers.device.build_output_stream(self.config, fill, on_error, None)
    }
}

/// Turns a core's two channels into whatever interleaving the device has.
pub struct Filler {
    core: Core,
    shared: Arc<Shared>,
    left: Vec<f32>,
    right: Vec<f32>,
    broken: bool,
}

impl Filler {
    pub fn new(core: Core, shared: Arc<Shared>) -> Self {
        Self { core, shared, left: vec![0.0; SCRATCH_FRAMES], right: vec![0.0; SCRATCH_FRAMES], broken: false }
    }

    /// The body of the audio callback: interleaved frames of `channels` samples, heard after `latency`.
    /// One channel gets the mean of both sides, further channels than two get silence.
    pub fn fill<T: SizedSample + FromSample<f32>>(&mut self, out: &mut [T], channels: usize, latency: Duration) {
        let channels = channels.max(1);
        self.core.mark(self.shared.since_opened(Instant::now()), latency);
        for frames in out.chunks_mut(SCRATCH_FRAMES * channels) {
            let n = frames.len() / channels;
            let (left, right) = (&mut self.left[..n], &mut self.right[..n]);
            // A panic must not run into the system's C code; a font nobody foresaw may cause one.
            let core = &mut self.core;
            if !self.broken && catch_unwind(AssertUnwindSafe(|| core.render(left, right))).is_err() {
                self.broken = true;
                self.shared.set_fault(Fault::SynthFailed);
            }
            if self.broken {
                self.left.fill(0.0);
                self.right.fill(0.0);
            }
            for (i, frame) in frames.chunks_mut(channels).enumerate() {
                let (l, r) = self.left.get(i).zip(self.right.get(i)).map_or((0.0, 0.0), |(l, r)| (*l, *r));
                match frame {
                    [one] => *one = T::from_sample(0.5 * (l + r)),
                    [a, b, rest @ ..] => {
                        *a = T::from_sample(l);
                        *b = T::from_sample(r);
                        rest.fill(T::EQUILIBRIUM);
                    }
                    [] => {}
                }
            }
        }
    }
}

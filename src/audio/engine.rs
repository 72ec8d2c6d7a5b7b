//! The loudspeakers: opens the default device and lets [`Core`] fill its buffers. The only file that
//! knows cpal. What to play is not its business.

use super::core::{Core, Fault, Shared};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, FromSample, SampleFormat, SizedSample, StreamConfig, SupportedBufferSize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Frames a device buffer where the device lets us choose: 11 ms at 48 kHz.
const BUFFER_FRAMES: u32 = 512;
/// More than this a buffer and we leave the size to the device.
const MAX_BUFFER_FRAMES: u32 = 1024;
/// Frames rendered at a time, whatever the device asks for.
const SCRATCH_FRAMES: usize = 1024;

/// Keeps a device going until it is dropped.
pub struct Stream(#[expect(dead_code, reason = "only held")] cpal::Stream);

/// The default output device and what it asked for.
pub struct Speakers {
    device: cpal::Device,
    config: cpal::SupportedStreamConfig,
    pub name: String,
}

impl Speakers {
    /// # Errors
    /// A sentence that says why there is no device.
    pub fn find() -> Result<Self, String> {
        let device = cpal::default_host().default_output_device();
        let device = device.ok_or_else(|| "no sound device was found".to_owned())?;
        let config = device.default_output_config().map_err(|e| match e.kind() {
            cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::HostUnavailable => {
                "no sound device was found".to_owned()
            }
            _ => reason("does not answer", &e),
        })?;
        Ok(Self { name: device.to_string(), device, config })
    }

    pub fn sample_rate(&self) -> u32 {
        self.config.sample_rate()
    }

    /// Starts a stream that `core` fills until it is dropped.
    ///
    /// # Errors
    /// A sentence that says why the device cannot be played on.
    pub fn start(&self, make_core: impl FnOnce() -> (Core, Arc<Shared>)) -> Result<Stream, String> {
        let fixed = match *self.config.buffer_size() {
            SupportedBufferSize::Range { min, max } if min <= MAX_BUFFER_FRAMES && max >= min => {
                BufferSize::Fixed(BUFFER_FRAMES.clamp(min, max))
            }
            _ => BufferSize::Default,
        };
        let config = StreamConfig { buffer_size: fixed, ..self.config.config() };
        let (core, shared) = make_core();
        let stream = match self.config.sample_format() {
            SampleFormat::I8 => self.build::<i8>(config, core, shared),
            SampleFormat::I16 => self.build::<i16>(config, core, shared),
            SampleFormat::I24 => self.build::<cpal::I24>(config, core, shared),
            SampleFormat::I32 => self.build::<i32>(config, core, shared),
            SampleFormat::I64 => self.build::<i64>(config, core, shared),
            SampleFormat::U8 => self.build::<u8>(config, core, shared),
            SampleFormat::U16 => self.build::<u16>(config, core, shared),
            SampleFormat::U32 => self.build::<u32>(config, core, shared),
            SampleFormat::U64 => self.build::<u64>(config, core, shared),
            SampleFormat::F32 => self.build::<f32>(config, core, shared),
            SampleFormat::F64 => self.build::<f64>(config, core, shared),
            other => return Err(format!("the sound device wants samples of a kind we cannot make ({other})")),
        };
        let stream = stream.map_err(|e| reason("could not be opened", &e))?;
        stream.play().map_err(|e| reason("could not be started", &e))?;
        Ok(Stream(stream))
    }

    fn build<T: SizedSample + FromSample<f32>>(
        &self,
        config: StreamConfig,
        core: Core,
        shared: Arc<Shared>,
    ) -> Result<cpal::Stream, cpal::Error> {
        let mut filler = Filler::new(core, shared.clone());
        let channels = usize::from(config.channels);
        let on_error = move |e: cpal::Error| match e.kind() {
            cpal::ErrorKind::Xrun => {
                shared.dry.fetch_add(1, Ordering::Relaxed);
            }
            // The system moved us to another device, or would not give us priority: sound goes on.
            cpal::ErrorKind::DeviceChanged | cpal::ErrorKind::RealtimeDenied => {}
            cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::StreamInvalidated => {
                shared.set_fault(Fault::DeviceLost);
            }
            _ => shared.set_fault(Fault::DeviceFailed),
        };
        self.device.build_output_stream(config, move |out: &mut [T], _| filler.fill(out, channels), on_error, None)
    }
}

/// Half a sentence, without the full stop that the system's own may end in.
fn reason(what: &str, e: &cpal::Error) -> String {
    let said = e.to_string();
    format!("the sound device {what} ({})", said.trim_end_matches('.'))
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

    /// The body of the audio callback: interleaved frames of `channels` samples. One channel gets the
    /// mean of both sides, further channels than two get silence.
    pub fn fill<T: SizedSample + FromSample<f32>>(&mut self, out: &mut [T], channels: usize) {
        let channels = channels.max(1);
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

//! A sound card that is only a clock, behind cpal's own traits: it asks for a buffer when its time has
//! come and throws the sound away. It drives the engine where there is no device but a MIDI port
//! listens; tests step it by hand and pull its plug.

use cpal::platform::{CustomHost, CustomStream};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    Data, DeviceDescription, DeviceDescriptionBuilder, DeviceId, Error, ErrorKind, HostId, InputCallbackInfo,
    OutputCallbackInfo, OutputStreamTimestamp, SampleFormat, StreamConfig, StreamInstant, SupportedBufferSize,
    SupportedStreamConfig, SupportedStreamConfigRange,
};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const CHANNELS: u16 = 2;
const MAX_LATE: Duration = Duration::from_millis(500);

type Callback = Box<dyn FnMut(&mut Data, &OutputCallbackInfo) + Send>;
type OnError = Box<dyn FnMut(Error) + Send>;

/// What a stream of the card calls, and its buffer.
struct Running {
    stream: u64,
    callback: Callback,
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests pull the plug"))]
    on_error: OnError,
    buffer: Vec<f32>,
}

struct Card {
    name: String,
    rate: u32,
    default_frames: u32,
    plugged: AtomicBool,
    running: Mutex<Option<Running>>,
    streams: AtomicU64,
    /// Frames asked for.
    frames: AtomicU64,
}

/// The cards and the clock.
pub struct Clocked {
    cards: Vec<Arc<Card>>,
    stop: Arc<AtomicBool>,
}

impl Clocked {
    /// Cards of these names; the first that is plugged in is the default. Buffers are of `frames` frames
    /// where nobody asks for another size.
    pub fn new(names: &[&str], rate: u32, frames: u32) -> Self {
        let card = |name: &&str| {
            Arc::new(Card {
                name: (*name).to_owned(),
                rate,
                default_frames: frames,
                plugged: AtomicBool::new(true),
                running: Mutex::new(None),
                streams: AtomicU64::new(0),
                frames: AtomicU64::new(0),
            })
        };
        Self { cards: names.iter().map(card).collect(), stop: Arc::default() }
    }

    /// Hands out these cards as cpal's.
    pub fn host_maker(&self) -> super::devices::HostMaker {
        let cards = self.cards.clone();
        Arc::new(move || Some(cpal::Host::from(CustomHost::from_host(Cards(cards.clone())))))
    }

    /// Runs by the clock on the wall until this is dropped. A buffer that is a little late is made up
    /// for; after a long sleep (of a laptop, say) time goes on from there.
    pub fn run(&self) {
        for card in self.cards.iter().cloned() {
            let stop = Arc::clone(&self.stop);
            std::thread::spawn(move || {
                let mut begun = Instant::now();
                while !stop.load(Ordering::Relaxed) {
                    let asked = card.frames.load(Ordering::Relaxed) as f64 / f64::from(card.rate);
                    let due = begun + Duration::from_secs_f64(asked);
                    let late = due.elapsed();
                    if late > MAX_LATE {
                        begun += late;
                    }
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    if card.step().is_none() {
                        // Nobody listens: time passes all the same.
                        card.frames.fetch_add(u64::from(card.default_frames), Ordering::Relaxed);
                    }
                }
            });
        }
    }
}

#[cfg(test)]
impl Clocked {
    /// Asks a card's stream for one buffer; `None` where nothing plays on it.
    pub fn step(&self, card: usize) -> Option<Vec<f32>> {
        self.cards[card].step()
    }

    /// Pulls a card's plug.
    pub fn unplug(&self, card: usize) {
        self.cards[card].plugged.store(false, Ordering::Relaxed);
        if let Some(running) = self.cards[card].lock().as_mut() {
            (running.on_error)(Error::new(ErrorKind::DeviceNotAvailable));
        }
    }
}

impl Drop for Clocked {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Card {
    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn step(&self) -> Option<Vec<f32>> {
        let mut running = self.lock();
        let Running { callback, buffer, .. } = running.as_mut()?;
        let frames = buffer.len() as u64 / u64::from(CHANNELS);
        let nanos = |frames: u64| StreamInstant::from_nanos(frames * 1_000_000_000 / u64::from(self.rate));
        let before = self.frames.fetch_add(frames, Ordering::Relaxed);
        // A card plays one buffer while the next is made.
        let timestamp = OutputStreamTimestamp { callback: nanos(before), playback: nanos(before + frames) };
        let (start, len) = (buffer.as_mut_ptr().cast(), buffer.len());
        // SAFETY: `start` points at `len` samples of this format, which nobody else touches while the
        // lock is held.
        #[expect(unsafe_code, reason = "cpal's only way to hand a custom host's buffer over")]
        let mut data = unsafe { Data::from_parts(start, len, SampleFormat::F32) };
        let info = OutputCallbackInfo::new(timestamp);
        // Here the law of the audio thread is held: it allocates and frees nothing.
        #[cfg(test)]
        assert_no_alloc::assert_no_alloc(|| callback(&mut data, &info));
        #[cfg(not(test))]
        callback(&mut data, &info);
        Some(buffer.clone())
    }
}

struct Cards(Vec<Arc<Card>>);

impl HostTrait for Cards {
    type Devices = std::vec::IntoIter<Device>;
    type Device = Device;

    fn is_available() -> bool {
        true
    }

    fn devices(&self) -> Result<Self::Devices, Error> {
        let plugged = self.0.iter().filter(|c| c.plugged.load(Ordering::Relaxed));
        Ok(plugged.map(|c| Device(Arc::clone(c))).collect::<Vec<_>>().into_iter())
    }

    fn default_input_device(&self) -> Option<Device> {
        None
    }

    fn default_output_device(&self) -> Option<Device> {
        self.devices().ok()?.next()
    }
}

#[derive(Clone)]
struct Device(Arc<Card>);

impl DeviceTrait for Device {
    type SupportedInputConfigs = std::iter::Empty<SupportedStreamConfigRange>;
    type SupportedOutputConfigs = std::iter::Once<SupportedStreamConfigRange>;
    type Stream = CustomStream;

    fn description(&self) -> Result<DeviceDescription, Error> {
        Ok(DeviceDescriptionBuilder::new(&self.0.name).build())
    }

    fn id(&self) -> Result<DeviceId, Error> {
        Ok(DeviceId::new(HostId::Custom, &self.0.name))
    }

    fn supported_input_configs(&self) -> Result<Self::SupportedInputConfigs, Error> {
        Ok(std::iter::empty())
    }

    fn supported_output_configs(&self) -> Result<Self::SupportedOutputConfigs, Error> {
        let (rate, buffer) = (self.0.rate, SupportedBufferSize::Range { min: 1, max: 8192 });
        Ok(std::iter::once(SupportedStreamConfigRange::new(CHANNELS, rate, rate, buffer, SampleFormat::F32)))
    }

    fn default_input_config(&self) -> Result<SupportedStreamConfig, Error> {
        Err(Error::new(ErrorKind::UnsupportedOperation))
    }

    fn default_output_config(&self) -> Result<SupportedStreamConfig, Error> {
        let frames = self.0.default_frames;
        let buffer = SupportedBufferSize::Range { min: frames, max: 8192 };
        Ok(SupportedStreamConfig::new(CHANNELS, self.0.rate, buffer, SampleFormat::F32))
    }

    fn build_input_stream_raw<D, E>(
        &self,
        _: StreamConfig,
        _: SampleFormat,
        _: D,
        _: E,
        _: Option<Duration>,
    ) -> Result<CustomStream, Error>
    where
        D: FnMut(&Data, &InputCallbackInfo) + Send + 'static,
        E: FnMut(Error) + Send + 'static,
    {
        Err(Error::new(ErrorKind::UnsupportedOperation))
    }

    fn build_output_stream_raw<D, E>(
        &self,
        config: StreamConfig,
        _: SampleFormat,
        callback: D,
        on_error: E,
        _: Option<Duration>,
    ) -> Result<CustomStream, Error>
    where
        D: FnMut(&mut Data, &OutputCallbackInfo) + Send + 'static,
        E: FnMut(Error) + Send + 'static,
    {
        if !self.0.plugged.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::DeviceNotAvailable));
        }
        let frames = match config.buffer_size {
            cpal::BufferSize::Fixed(n) => n,
            cpal::BufferSize::Default => self.0.default_frames,
        };
        let stream = self.0.streams.fetch_add(1, Ordering::Relaxed);
        let buffer = vec![0.0; frames as usize * usize::from(CHANNELS)];
        *self.0.lock() = Some(Running { stream, callback: Box::new(callback), on_error: Box::new(on_error), buffer });
        Ok(CustomStream::from_stream(Stream { card: Arc::clone(&self.0), stream, frames }))
    }
}

struct Stream {
    card: Arc<Card>,
    stream: u64,
    frames: u32,
}

impl StreamTrait for Stream {
    fn play(&self) -> Result<(), Error> {
        Ok(())
    }

    fn pause(&self) -> Result<(), Error> {
        Err(Error::new(ErrorKind::UnsupportedOperation))
    }

    fn now(&self) -> StreamInstant {
        StreamInstant::from_nanos(self.card.frames.load(Ordering::Relaxed) * 1_000_000_000 / u64::from(self.card.rate))
    }

    fn buffer_size(&self) -> Result<u32, Error> {
        Ok(self.frames)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut running = self.card.lock();
        // A newer stream may have taken its place.
        if running.as_ref().is_some_and(|r| r.stream == self.stream) {
            *running = None;
        }
    }
}

impl PartialEq for Device {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Device {}

impl std::hash::Hash for Device {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.name.hash(state);
    }
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.name)
    }
}

impl std::fmt::Display for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.name)
    }
}

#[cfg(test)]
mod tests;

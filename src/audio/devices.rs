//! Which sound devices there are, and how the one that was chosen is to be opened.
//!
//! Opens nothing itself, save that some systems must open a device to know what it can do: call from a
//! thread that may wait.

use super::quiet::hush;
use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{BufferSize, SampleFormat, StreamConfig, SupportedBufferSize, SupportedStreamConfig};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Frames a device buffer where nobody chose: 11 ms at 48 kHz.
const BUFFER_FRAMES: u32 = 512;
/// A device whose smallest buffer is larger chooses for itself.
const MAX_BUFFER_FRAMES: u32 = 1024;
/// Rates worth offering.
const RATES: [u32; 6] = [44_100, 48_000, 88_200, 96_000, 176_400, 192_000];

/// What a user chose; `None` leaves it to the system and to us.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SoundSettings {
    pub device: Option<DeviceName>,
    pub sample_rate: Option<u32>,
    pub buffer_frames: Option<u32>,
}

/// What the system calls a device, and what it is called on screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceName {
    pub id: String,
    pub name: String,
}

/// A device that can play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    pub device: DeviceName,
    pub is_default: bool,
    /// Samples a second that it can take, of those worth offering.
    pub rates: Vec<u32>,
}

/// Makes the system's way to its devices, or a test's; `None` on a system without any.
pub type HostMaker = Arc<dyn Fn() -> Option<cpal::Host> + Send + Sync>;

/// Every device that can play, the default first.
pub fn list(host: &HostMaker) -> Vec<DeviceInfo> {
    hush();
    let Some(host) = host() else { return Vec::new() };
    let default = host.default_output_device().and_then(|d| id_of(&d));
    let mut found: Vec<DeviceInfo> = Vec::new();
    for device in host.output_devices().into_iter().flatten() {
        let Some(id) = id_of(&device) else { continue };
        let rates = rates_of(&device);
        // ALSA counts the void among its devices.
        if id == "alsa:null" || rates.is_empty() || found.iter().any(|d| d.device.id == id) {
            continue;
        }
        let is_default = default.as_ref() == Some(&id);
        found.push(DeviceInfo { device: DeviceName { id, name: device.to_string() }, is_default, rates });
    }
    // Two of one name are told apart by what the system calls them.
    let names: Vec<String> = found.iter().map(|d| d.device.name.clone()).collect();
    for d in &mut found {
        if names.iter().filter(|n| **n == d.device.name).count() > 1 {
            d.device.name = format!("{} ({})", d.device.name, d.device.id);
        }
    }
    found.sort_by_key(|d| !d.is_default);
    found
}

fn id_of(device: &cpal::Device) -> Option<String> {
    device.id().ok().map(|id| id.to_string())
}

fn rates_of(device: &cpal::Device) -> Vec<u32> {
    let Ok(ranges) = device.supported_output_configs() else { return Vec::new() };
    let ranges: Vec<_> = ranges.collect();
    RATES.into_iter().filter(|r| ranges.iter().any(|range| range.contains_rate(*r))).collect()
}

/// A device and how it is to be opened.
pub struct Speakers {
    pub device: cpal::Device,
    config: SupportedStreamConfig,
    buffer: Option<u32>,
    pub name: String,
    /// What was asked for and cannot be had, as sentences.
    pub remarks: Vec<String>,
}

impl Speakers {
    /// The device that was chosen, or else the default.
    ///
    /// # Errors
    /// Half a sentence that says why there is none.
    pub fn find(host: &HostMaker, settings: &SoundSettings) -> Result<Self, String> {
        hush();
        let none = || "no sound device was found".to_owned();
        let host = host().ok_or_else(none)?;
        let mut remarks = Vec::new();
        let chosen = settings.device.as_ref().and_then(|wanted| {
            let device = wanted.id.parse().ok().and_then(|id| host.device_by_id(&id));
            if device.is_none() {
                remarks.push(format!("{} is not there, so the system's default is used.", wanted.name));
            }
            device
        });
        let device = chosen.or_else(|| host.default_output_device()).ok_or_else(none)?;
        let config = device.default_output_config().map_err(|e| match e.kind() {
            cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::HostUnavailable => none(),
            _ => reason("does not answer", &e),
        })?;
        let name = device.to_string();
        let config = with_rate(&device, config, settings.sample_rate, &mut remarks);
        let buffer = buffer_frames(*config.buffer_size(), settings.buffer_frames, &mut remarks);
        Ok(Self { device, config, buffer, name, remarks })
    }

    pub fn sample_rate(&self) -> u32 {
        self.config.sample_rate()
    }

    pub fn format(&self) -> SampleFormat {
        self.config.sample_format()
    }

    /// Ways to open it, the best first.
    pub fn configs(&self) -> Vec<StreamConfig> {
        let fixed = self.buffer.map(|n| StreamConfig { buffer_size: BufferSize::Fixed(n), ..self.config.config() });
        fixed.into_iter().chain([self.config.config()]).collect()
    }
}

/// `config` at the rate that was asked for, where the device can take it.
fn with_rate(
    device: &cpal::Device,
    config: SupportedStreamConfig,
    wanted: Option<u32>,
    remarks: &mut Vec<String>,
) -> SupportedStreamConfig {
    let Some(rate) = wanted.filter(|r| *r != config.sample_rate()) else { return config };
    let ranges = device.supported_output_configs().into_iter().flatten();
    let fits = ranges.filter_map(|range| range.try_with_sample_rate(rate));
    let best = fits.min_by_key(|c| {
        let floats = [SampleFormat::F32, SampleFormat::I32, SampleFormat::I24, SampleFormat::I16];
        let format = floats.iter().position(|f| *f == c.sample_format()).unwrap_or(floats.len());
        (c.channels().abs_diff(config.channels()), c.sample_format() != config.sample_format(), format)
    });
    best.unwrap_or_else(|| {
        remarks.push(format!("It cannot play at {rate} Hz."));
        config
    })
}

fn buffer_frames(supported: SupportedBufferSize, wanted: Option<u32>, remarks: &mut Vec<String>) -> Option<u32> {
    match (supported, wanted) {
        (SupportedBufferSize::Range { min, max }, Some(wanted)) if min <= max => {
            let frames = wanted.clamp(min, max);
            if frames != wanted {
                remarks.push(format!("It takes buffers of {min} to {max} frames, so {frames} are used."));
            }
            Some(frames)
        }
        (SupportedBufferSize::Range { min, max }, None) if min <= MAX_BUFFER_FRAMES && max >= min => {
            Some(BUFFER_FRAMES.clamp(min, max))
        }
        (_, wanted) => wanted,
    }
}

/// Half a sentence, without the full stop that the system's own may end in.
pub fn reason(what: &str, e: &cpal::Error) -> String {
    let said = e.to_string();
    format!("the sound device {what} ({})", said.trim_end_matches('.'))
}

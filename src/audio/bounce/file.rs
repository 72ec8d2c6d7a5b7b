//! Sound files: WAV in 16 and 24 bits and 32-bit floats, FLAC in 16 and 24 bits.

use flac_codec::encode::{FlacSampleWriter, Options};
use hound::{SampleFormat, WavSpec, WavWriter};
use std::fs::File;
use std::io::{self, BufWriter};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Container {
    #[default]
    Wav,
    Flac,
}

/// How exactly samples are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    #[default]
    Sixteen,
    TwentyFour,
    /// What the loudspeakers get, to the last bit. FLAC has no such thing and gets 24 bits.
    Float,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Format {
    pub container: Container,
    pub depth: Depth,
}

impl Format {
    pub const ALL: [Format; 5] = [
        Format { container: Container::Wav, depth: Depth::Sixteen },
        Format { container: Container::Wav, depth: Depth::TwentyFour },
        Format { container: Container::Wav, depth: Depth::Float },
        Format { container: Container::Flac, depth: Depth::Sixteen },
        Format { container: Container::Flac, depth: Depth::TwentyFour },
    ];

    /// The end of a file's name.
    pub fn extension(self) -> &'static str {
        match self.container {
            Container::Wav => "wav",
            Container::Flac => "flac",
        }
    }

    /// Bits a sample, where samples are whole numbers.
    fn bits(self) -> Option<u32> {
        match (self.depth, self.container) {
            (Depth::Sixteen, _) => Some(16),
            (Depth::TwentyFour, _) | (Depth::Float, Container::Flac) => Some(24),
            (Depth::Float, Container::Wav) => None,
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = if self.container == Container::Wav { "WAV" } else { "FLAC" };
        match self.bits() {
            Some(bits) => write!(f, "{name}, {bits} bit"),
            None => write!(f, "{name}, 32 bit float"),
        }
    }
}

/// The whole number nearest to a sample, full scale being 1.
pub fn whole(x: f32, bits: u32) -> i32 {
    let full = f64::from(1u32 << (bits - 1));
    let exact = (f64::from(x) * (full - 1.0)).clamp(-full, full - 1.0);
    // Half away from zero, as `round` has it, which is a call of a function for each sample here.
    (exact + 0.5f64.copysign(exact)) as i32
}

pub enum Writer<'a> {
    Wav(WavWriter<BufWriter<&'a mut File>>, Option<u32>),
    Flac(Box<FlacSampleWriter<BufWriter<&'a mut File>>>, u32, Vec<i32>),
}

impl<'a> Writer<'a> {
    pub fn new(file: &'a mut File, format: Format, rate: u32) -> io::Result<Self> {
        let file = BufWriter::new(file);
        match (format.container, format.bits()) {
            (Container::Flac, bits) => {
                let bits = bits.unwrap_or(24);
                let writer = FlacSampleWriter::new(file, Options::default(), rate, bits, 2, None);
                Ok(Writer::Flac(Box::new(writer.map_err(io::Error::other)?), bits, Vec::new()))
            }
            (Container::Wav, bits) => {
                let sample_format = if bits.is_some() { SampleFormat::Int } else { SampleFormat::Float };
                let bits_per_sample = bits.unwrap_or(32) as u16;
                let spec = WavSpec { channels: 2, sample_rate: rate, bits_per_sample, sample_format };
                Ok(Writer::Wav(WavWriter::new(file, spec).map_err(io::Error::other)?, bits))
            }
        }
    }

    pub fn write(&mut self, left: &[f32], right: &[f32]) -> io::Result<()> {
        let mut samples = left.iter().zip(right).flat_map(|(l, r)| [*l, *r]);
        match self {
            Writer::Wav(wav, None) => samples.try_for_each(|x| wav.write_sample(x)).map_err(io::Error::other),
            Writer::Wav(wav, Some(bits)) => {
                samples.try_for_each(|x| wav.write_sample(whole(x, *bits))).map_err(io::Error::other)
            }
            Writer::Flac(flac, bits, scratch) => {
                scratch.clear();
                scratch.extend(samples.map(|x| whole(x, *bits)));
                flac.write(scratch).map_err(io::Error::other)
            }
        }
    }

    pub fn finish(self) -> io::Result<()> {
        match self {
            Writer::Wav(wav, _) => wav.finalize().map_err(io::Error::other),
            Writer::Flac(flac, ..) => flac.finalize().map_err(io::Error::other),
        }
    }
}

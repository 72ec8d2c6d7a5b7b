//! The synthesiser: SoundFonts and the rendering of blocks. The only file that knows rustysynth.
//!
//! It knows no score and no time: whoever calls says what happens now and asks for the next block.

use super::fontcheck;
use super::timeline::Message;
use rustysynth::{Synthesizer, SynthesizerSettings};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Frames a synthesiser block: messages take effect at its start, so this is the grain of time
/// (a third of a millisecond at 48 kHz). Envelopes and filters are computed once a block.
pub const BLOCK: usize = 16;
/// More notes than this at once and the faintest is taken over.
const N_VOICES: usize = 128;
/// What brings a font to a listening level: ours is made with more headroom for many notes than most.
const BUILT_IN_GAIN: f32 = 3.4;
const GAIN: f32 = 1.0;

/// Why a SoundFont cannot be used, as a sentence.
#[derive(Debug, thiserror::Error)]
pub enum SoundFontError {
    #[error("this SoundFont holds compressed samples (SF3); only uncompressed .sf2 fonts can be played")]
    Compressed,
    #[error("this is not a SoundFont: {0}")]
    NotASoundFont(String),
    #[error("this SoundFont is damaged: {0}")]
    Damaged(String),
    #[error("this SoundFont could not be read ({0})")]
    Unreadable(std::io::Error),
    #[error("the synthesiser cannot run at {0} Hz (16000 to 192000 are possible)")]
    SampleRate(u32),
}

/// A loaded font. Cheap to clone: the samples are shared.
#[derive(Clone, Debug)]
pub struct SoundFont {
    font: Arc<rustysynth::SoundFont>,
    gain: f32,
}

impl SoundFont {
    /// Reads an .sf2 file's bytes.
    ///
    /// # Errors
    /// A sentence for compressed fonts (SF3), other files and damaged fonts.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SoundFontError> {
        fontcheck::check(bytes)?;
        // The check above covers what is known to make rustysynth panic; a font that finds another way
        // must still end in a sentence.
        let loaded = std::panic::catch_unwind(|| rustysynth::SoundFont::new(&mut &bytes[..]));
        match loaded {
            Ok(Ok(font)) => Ok(Self { font: Arc::new(font), gain: GAIN }),
            Ok(Err(rustysynth::SoundFontError::UnsupportedSampleFormat)) => Err(SoundFontError::Compressed),
            Ok(Err(e)) => Err(SoundFontError::Damaged(e.to_string())),
            Err(_) => Err(SoundFontError::Damaged("its tables contradict each other".into())),
        }
    }

    /// Reads an .sf2 file.
    ///
    /// # Errors
    /// As [`SoundFont::from_bytes`], and where the file cannot be read.
    pub fn open(path: &Path) -> Result<Self, SoundFontError> {
        Self::from_bytes(&std::fs::read(path).map_err(SoundFontError::Unreadable)?)
    }

    /// The bank that comes with the program. Read once, however often it is asked for.
    pub fn built_in() -> Self {
        static BUILT_IN: OnceLock<SoundFont> = OnceLock::new();
        let read = || {
            let font = Self::from_bytes(super::bank::BUILT_IN).expect("tests load the built-in bank");
            Self { gain: BUILT_IN_GAIN, ..font }
        };
        BUILT_IN.get_or_init(read).clone()
    }

    pub fn name(&self) -> &str {
        self.font.get_info().get_bank_name()
    }

    pub fn n_presets(&self) -> usize {
        self.font.get_presets().len()
    }
}

/// Sixteen channels of one font. [`Synth::render`] and [`Synth::apply`] allocate nothing.
#[derive(Debug)]
pub struct Synth(Synthesizer);

impl Synth {
    /// # Errors
    /// Where the rate is one that the synthesiser cannot run at.
    pub fn new(font: &SoundFont, sample_rate: u32) -> Result<Self, SoundFontError> {
        let mut settings = SynthesizerSettings::new(i32::try_from(sample_rate).unwrap_or(i32::MAX));
        settings.block_size = BLOCK;
        settings.maximum_polyphony = N_VOICES;
        let mut synth = Synthesizer::new(&font.font, &settings).map_err(|_| SoundFontError::SampleRate(sample_rate))?;
        synth.set_master_volume(font.gain);
        Ok(Self(synth))
    }

    pub fn apply(&mut self, channel: u8, message: Message) {
        let channel = i32::from(channel);
        match message {
            Message::NoteOff { pitch } => self.0.note_off(channel, i32::from(pitch)),
            Message::NoteOn { pitch, velocity } => self.0.note_on(channel, i32::from(pitch), i32::from(velocity)),
            Message::Program(p) => self.0.process_midi_message(channel, 0xC0, i32::from(p), 0),
            Message::Controller { number, value } => {
                self.0.process_midi_message(channel, 0xB0, i32::from(number), i32::from(value));
            }
            Message::Bend(b) => self.0.process_midi_message(channel, 0xE0, i32::from(b & 127), i32::from(b >> 7)),
        }
    }

    /// The next [`BLOCK`] frames.
    pub fn render(&mut self, left: &mut [f32; BLOCK], right: &mut [f32; BLOCK]) {
        self.0.render(left, right);
    }

    /// Everything as it was at first: no sound, no reverb, controllers at their defaults.
    pub fn reset(&mut self) {
        self.0.reset();
    }

    /// Controllers, programs and bends at their defaults; what sounds goes on sounding.
    pub fn reset_channels(&mut self) {
        const DEFAULTS: [(u8, u8); 12] = [
            (121, 0), // modulation, expression, pedal, bend
            (0, 0),
            (7, 100),
            (10, 64),
            (39, 0),
            (42, 0),
            (91, 40),
            (93, 0),
            (101, 0), // bend range: two semitones, then leave the registered parameters
            (100, 0),
            (6, 2),
            (38, 0),
        ];
        for channel in 0..16 {
            for (number, value) in DEFAULTS {
                self.apply(channel, Message::Controller { number, value });
            }
            for (parameter, coarse) in [(1, 64), (2, 64)] {
                self.apply(channel, Message::Controller { number: 100, value: parameter });
                self.apply(channel, Message::Controller { number: 6, value: coarse });
            }
            self.apply(channel, Message::Controller { number: 101, value: 127 });
            self.apply(channel, Message::Controller { number: 100, value: 127 });
            self.apply(channel, Message::Program(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_soundfont_is_a_sentence() {
        let built_in = super::super::bank::BUILT_IN;
        for (bytes, expected) in [
            (&b""[..], "not a SoundFont"),
            (b"RIFF\x04\0\0\0WAVE", "not a SoundFont"),
            (b"RIFF\x04\0\0\0DLS ", "DLS"),
            (b"PK\x03\x04 and so on, long enough", "ZIP archive"),
            (&built_in[..40], "not a SoundFont"),
            (&built_in[..built_in.len() / 2], "damaged"),
        ] {
            let said = SoundFont::from_bytes(bytes).unwrap_err().to_string();
            assert!(said.contains(expected), "{said}");
        }
    }

    #[test]
    fn a_font_with_ogg_samples_is_named_as_such() {
        let built_in = super::super::bank::BUILT_IN;
        let find = |name: &[u8], from: usize| from + built_in[from..].windows(4).position(|w| w == name).unwrap();
        let mut bytes = built_in.to_vec();
        let at = find(b"smpl", 0) + 8;
        bytes[at..at + 4].copy_from_slice(b"OggS");
        assert!(matches!(SoundFont::from_bytes(&bytes), Err(SoundFontError::Compressed)));
        // Where the first sample does not tell, the samples' kinds do.
        let mut bytes = built_in.to_vec();
        let second = find(b"shdr", find(b"pdta", 0)) + 8 + 46;
        bytes[second + 44] |= 0x10;
        assert!(matches!(SoundFont::from_bytes(&bytes), Err(SoundFontError::Compressed)));
    }

    #[test]
    fn damaged_tables_never_panic() {
        // Every byte of a few stretches of the tables turned over, one at a time.
        let built_in = super::super::bank::BUILT_IN;
        let tables = built_in.windows(4).position(|w| w == b"pdta").unwrap();
        let mut bytes = built_in.to_vec();
        for at in (tables..bytes.len()).step_by(997).chain(tables..tables + 64) {
            bytes[at] ^= 0xFF;
            let _ = SoundFont::from_bytes(&bytes);
            bytes[at] ^= 0xFF;
        }
    }

    #[test]
    fn the_sample_rate_is_checked() {
        assert!(Synth::new(&SoundFont::built_in(), 8000).is_err());
    }

    /// Fonts that Debian packages install: timgm6mb-soundfont, fluid-soundfont-gm.
    #[test]
    fn debians_fonts_load_and_play() {
        for name in ["TimGM6mb.sf2", "FluidR3_GM.sf2"] {
            let path = Path::new("/usr/share/sounds/sf2").join(name);
            if !path.exists() {
                eprintln!("skipped: {} is not installed", path.display());
                continue;
            }
            let font = SoundFont::open(&path).unwrap();
            assert!(font.n_presets() >= 128, "{name}: {} presets", font.n_presets());
            let mut synth = Synth::new(&font, 48_000).unwrap();
            for (channel, program) in [(0, 0), (1, 40), (2, 73), (9, 0)] {
                synth.apply(channel, Message::Program(program));
                synth.apply(channel, Message::NoteOn { pitch: 48, velocity: 100 });
                let mut power = 0.0;
                for _ in 0..1500 {
                    let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
                    synth.render(&mut left, &mut right);
                    power += left.iter().chain(&right).map(|x| x * x).sum::<f32>();
                }
                assert!(power.is_finite() && power > 1.0, "{name}, program {program}: {power}");
                synth.reset();
            }
        }
    }
}

//! The synthesiser: SoundFonts and the rendering of blocks. rustysynth reads the file; the sound is made here.
//!
//! It knows no score and no time: whoever calls says what happens now and asks for the next block. Reading
//! order: `patch` (what a note needs of a font) → `channel` → `envelope` → `voice` → `effects` → this file.

mod channel;
mod effects;
mod envelope;
mod patch;
mod voice;

use super::fontcheck;
use super::timeline::{DRUM_CHANNEL, Message};
use channel::Channel;
use effects::{Chorus, Reverb};
use patch::Patch;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use voice::{Mix, Voice};

/// Frames a synthesiser block: messages take effect at its start, so this is the grain of time
/// (a third of a millisecond at 48 kHz). Envelopes and filters are computed once a block.
pub const BLOCK: usize = 16;
/// More notes than this at once and the faintest is taken over.
const N_VOICES: usize = 128;
const RATES: RangeInclusive<u32> = 16_000..=192_000;
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
    /// Presets by bank and program, sorted.
    presets: Arc<[((i32, i32), usize)]>,
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
            Ok(Ok(font)) => Self::new(font),
            Ok(Err(rustysynth::SoundFontError::UnsupportedSampleFormat)) => Err(SoundFontError::Compressed),
            Ok(Err(e)) => Err(SoundFontError::Damaged(e.to_string())),
            Err(_) => Err(SoundFontError::Damaged("its tables contradict each other".into())),
        }
    }

    fn new(font: rustysynth::SoundFont) -> Result<Self, SoundFontError> {
        let number = |p: &rustysynth::Preset| (p.get_bank_number(), p.get_patch_number());
        // Of two with one number the later one counts.
        let mut presets: Vec<_> = font.get_presets().iter().enumerate().map(|(i, p)| (number(p), i)).rev().collect();
        presets.sort_by_key(|p| p.0);
        presets.dedup_by_key(|p| p.0);
        if presets.is_empty() {
            return Err(SoundFontError::Damaged("it has no presets".into()));
        }
        Ok(Self { font: Arc::new(font), presets: presets.into(), gain: GAIN })
    }

    /// The preset of a bank and program, or the nearest that General MIDI has: the program of the first bank,
    /// the standard kit, and at last the first preset of all.
    fn preset(&self, bank: i32, program: i32) -> usize {
        let find = |number| self.presets.binary_search_by_key(&number, |p| p.0).ok();
        let standard = if bank < 128 { (0, program) } else { (128, 0) };
        let found = find((bank, program)).or_else(|| find(standard)).unwrap_or(0);
        self.presets[found].1
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
pub struct Synth {
    font: SoundFont,
    rate: f32,
    channels: [Channel; 16],
    /// Those that sound come first.
    voices: Vec<Voice>,
    n_active: usize,
    reverb: Reverb,
    chorus: Chorus,
}

impl Synth {
    /// # Errors
    /// Where the rate is one that the synthesiser cannot run at.
    pub fn new(font: &SoundFont, sample_rate: u32) -> Result<Self, SoundFontError> {
        if !RATES.contains(&sample_rate) {
            return Err(SoundFontError::SampleRate(sample_rate));
        }
        Ok(Self {
            font: font.clone(),
            rate: sample_rate as f32,
            channels: std::array::from_fn(|c| Channel::new(c == usize::from(DRUM_CHANNEL))),
            voices: vec![Voice::default(); N_VOICES],
            n_active: 0,
            reverb: Reverb::new(sample_rate.into()),
            chorus: Chorus::new(sample_rate.into()),
        })
    }

    /// What happens now. Channels from 16 on do not exist.
    pub fn apply(&mut self, channel: u8, message: Message) {
        let Some(c) = self.channels.get_mut(usize::from(channel)) else { return };
        match message {
            Message::NoteOff { pitch } => self.note_off(channel, pitch),
            Message::NoteOn { pitch, velocity: 0 } => self.note_off(channel, pitch),
            Message::NoteOn { pitch, velocity } => self.note_on(channel, pitch, velocity),
            Message::Program(p) => c.program = p.into(),
            Message::Controller { number: 120, .. } => self.of_channel(channel).for_each(Voice::kill),
            Message::Controller { number: 123, .. } => self.of_channel(channel).for_each(Voice::end),
            Message::Controller { number, value } => c.control(number, value),
            Message::Bend(b) => c.set_bend(b),
        }
    }

    fn of_channel(&mut self, channel: u8) -> impl Iterator<Item = &mut Voice> {
        self.voices[..self.n_active].iter_mut().filter(move |v| v.channel == channel)
    }

    fn note_off(&mut self, channel: u8, pitch: u8) {
        self.of_channel(channel).filter(|v| v.key == pitch).for_each(Voice::end);
    }

    fn note_on(&mut self, channel: u8, pitch: u8, velocity: u8) {
        let (bank, program) = (self.channels[usize::from(channel)].bank(), self.channels[usize::from(channel)].program);
        let shared = Arc::clone(&self.font.font);
        let (key, hardness) = (i32::from(pitch), i32::from(velocity));
        let preset = &shared.get_presets()[self.font.preset(bank, program)];
        for p in preset.get_regions().iter().filter(|p| p.contains(key, hardness)) {
            let instrument = &shared.get_instruments()[p.get_instrument_id()];
            for z in instrument.get_regions().iter().filter(|z| z.contains(key, hardness)) {
                if let Some(patch) = Patch::of(&shared, p, z, pitch, velocity) {
                    let slot = self.free_voice(channel, patch.exclusive);
                    self.voices[slot] = Voice::new(patch, channel, pitch, self.rate);
                }
            }
        }
    }

    /// Whose place a new voice takes: one of its own class, a free one, or the faintest.
    fn free_voice(&mut self, channel: u8, exclusive: i32) -> usize {
        let active = &self.voices[..self.n_active];
        if exclusive != 0
            && let Some(same) = active.iter().position(|v| v.exclusive() == exclusive && v.channel == channel)
        {
            return same;
        }
        if self.n_active < N_VOICES {
            self.n_active += 1;
            return self.n_active - 1;
        }
        let older_first = |v: &Voice| std::cmp::Reverse(v.blocks);
        let faintest = active.iter().enumerate().min_by(|(_, a), (_, b)| {
            a.priority().total_cmp(&b.priority()).then_with(|| older_first(a).cmp(&older_first(b)))
        });
        faintest.map_or(0, |(slot, _)| slot)
    }

    /// The next block of all voices, before reverb, chorus and the font's gain.
    fn mix(&mut self) -> Mix {
        let mut mix = Mix::default();
        let data = self.font.font.get_wave_data();
        let mut i = 0;
        while i < self.n_active {
            let voice = &mut self.voices[i];
            if voice.render(data, &self.channels[usize::from(voice.channel)].heard, &mut mix) {
                i += 1;
            } else {
                self.n_active -= 1;
                self.voices.swap(i, self.n_active);
            }
        }
        mix
    }

    /// The next [`BLOCK`] frames.
    pub fn render(&mut self, left: &mut [f32; BLOCK], right: &mut [f32; BLOCK]) {
        let mix = self.mix();
        let wet = self.reverb.process(&mix.reverb);
        let swung = self.chorus.process(mix.to_chorus.then_some(&mix.chorus)).unwrap_or_default();
        for i in 0..BLOCK {
            left[i] = self.font.gain * (mix.left[i] + swung[0][i] + wet[0][i]);
            right[i] = self.font.gain * (mix.right[i] + swung[1][i] + wet[1][i]);
        }
    }

    /// The same without the bus: what an instrument is by itself, whatever it sends to reverb and chorus.
    pub fn render_dry(&mut self, left: &mut [f32; BLOCK], right: &mut [f32; BLOCK]) {
        let mix = self.mix();
        *left = mix.left.map(|x| self.font.gain * x);
        *right = mix.right.map(|x| self.font.gain * x);
    }

    /// Everything as it was at first: no sound, no reverb, controllers at their defaults.
    pub fn reset(&mut self) {
        self.n_active = 0;
        self.channels.iter_mut().for_each(Channel::reset);
        self.reverb.mute();
        self.chorus.mute();
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
mod tests;

//! How an instrument of the bank is played: which tones sound together, with what envelope, brightness,
//! vibrato and place in the room. What each program is stands in `programs`.

use super::font::generator as g;
use super::sound::absolute_cents;
use super::tones::Tone;

/// One of the tones that sound together.
#[derive(Clone, Copy)]
pub struct Part {
    pub tone: &'static Tone,
    pub cents: i16,
    /// −500 (left) to 500.
    pub pan: i16,
    pub gain_db: f64,
    /// Begins half a loop in, so that two of one tone are two groups of players.
    pub late: bool,
}

#[derive(Clone)]
pub struct Recipe {
    pub name: &'static str,
    pub parts: Vec<Part>,
    /// Seconds; for struck things 0: the blow is in the sample.
    pub attack: f64,
    /// Seconds to silence (−60 dB) where the sound would not decay by itself or should faster.
    pub decay: Option<f64>,
    /// Seconds from note-off to −60 dB at middle C, and the octaves up that halve it (0: none).
    pub release: (f64, f64),
    /// Keys from here on ring on after their release: they have no damper.
    pub undamped: u8,
    /// Low-pass of the softest notes at middle C in Hz; it opens with velocity. None: loud and soft are
    /// equally bright.
    pub soft_hz: Option<f64>,
    /// The same for what a `sweep` starts from; it opens half as far.
    pub sweep_hz: Option<f64>,
    /// Hundredths of the width of the keyboard that low and high keys lie apart.
    pub spread: i16,
    /// On every zone.
    pub common: Vec<(u16, i16)>,
}

fn part(tone: &'static Tone) -> Part {
    Part { tone, cents: 0, pan: 0, gain_db: 0.0, late: false }
}

/// Struck and plucked: the blow is in the sample, soft notes are darker.
pub fn struck(name: &'static str, tone: &'static Tone, release: f64, soft_hz: f64) -> Recipe {
    Recipe {
        name,
        parts: vec![part(tone)],
        attack: 0.0,
        decay: None,
        release: (release, 0.0),
        undamped: 128,
        soft_hz: Some(soft_hz),
        sweep_hz: None,
        spread: 0,
        common: Vec::new(),
    }
}

/// Held as long as the key.
pub fn held(name: &'static str, tone: &'static Tone, attack: f64, release: f64, soft_hz: f64) -> Recipe {
    Recipe { attack, ..struck(name, tone, release, soft_hz) }
}

impl Recipe {
    /// A second group of the same players: the two stand left and right, a little apart in pitch.
    pub fn wide(mut self, pan: i16, cents: i16) -> Self {
        let first = self.parts[0];
        self.parts[0] = Part { pan: -pan, cents: -cents, gain_db: first.gain_db - 3.0, ..first };
        self.parts.push(Part { pan, cents, gain_db: first.gain_db - 3.0, late: true, ..first });
        self
    }

    /// Another tone with it: cents, pan, dB.
    pub fn and(mut self, tone: &'static Tone, cents: i16, pan: i16, gain_db: f64) -> Self {
        self.parts.push(Part { cents, pan, gain_db, ..part(tone) });
        self
    }

    pub fn decay(self, secs: f64) -> Self {
        Self { decay: Some(secs), ..self }
    }

    /// Releases halve every so many octaves up; keys from `undamped` on have no damper.
    pub fn dampers(self, octaves: f64, undamped: u8) -> Self {
        Self { release: (self.release.0, octaves), undamped, ..self }
    }

    pub fn hard(self) -> Self {
        Self { soft_hz: None, ..self }
    }

    pub fn spread(self, spread: i16) -> Self {
        Self { spread, ..self }
    }

    /// Per cent of reverb and chorus on top of the channel's.
    pub fn sends(self, reverb: i16, chorus: i16) -> Self {
        self.with(&[(g::REVERB, reverb * 10), (g::CHORUS, chorus * 10)])
    }

    /// Hz, cents, seconds until it sets in.
    pub fn vibrato(self, hz: f64, cents: i16, delay: f64) -> Self {
        let delay = super::sound::timecents(delay);
        self.with(&[(g::VIB_LFO_TO_PITCH, cents), (g::FREQ_VIB_LFO, absolute_cents(hz)), (g::DELAY_VIB_LFO, delay)])
    }

    /// Hz, dB up and down, seconds until it sets in.
    pub fn tremolo(self, hz: f64, db: f64, delay: f64) -> Self {
        let delay = super::sound::timecents(delay);
        let depth = (db * 10.0).round() as i16;
        self.with(&[(g::MOD_LFO_TO_VOLUME, depth), (g::FREQ_MOD_LFO, absolute_cents(hz)), (g::DELAY_MOD_LFO, delay)])
    }

    /// A low-pass that opens (or, with a decay, closes) by `cents` within `secs`.
    pub fn sweep(self, from_hz: f64, cents: i16, attack: f64, decay: Option<(f64, i16)>) -> Self {
        let mut list = vec![(g::MOD_ENV_TO_FILTER, cents), (g::ATTACK_MOD_ENV, super::sound::timecents(attack))];
        if let Some((secs, lost)) = decay {
            list.extend([(g::DECAY_MOD_ENV, super::sound::timecents(secs)), (g::SUSTAIN_MOD_ENV, lost)]);
        }
        Self { sweep_hz: Some(from_hz), ..self.hard().with(&list) }
    }

    /// A low-pass that stands still.
    pub fn dark(self, hz: f64) -> Self {
        self.hard().with(&[(g::FILTER_CUTOFF, absolute_cents(hz))])
    }

    /// The same pitch on every key.
    pub fn unpitched(self) -> Self {
        self.hard().with(&[(g::SCALE_TUNING, 0)])
    }

    pub fn with(mut self, generators: &[(u16, i16)]) -> Self {
        for new in generators {
            self.common.retain(|old| old.0 != new.0);
            self.common.push(*new);
        }
        self
    }
}

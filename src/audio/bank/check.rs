//! The bank, or any font, measured as it is heard: pitch, level, brightness, onset, decay and release of
//! every program, level and decay of every drum. `cadenza bank --check` prints it, the tests judge it.

use super::{level, math, measure, programs};
use crate::audio::synth::{BLOCK, SoundFont, SoundFontError, Synth};
use crate::audio::timeline::{DRUM_CHANNEL, Message};
use rayon::prelude::*;
use serde::Serialize;

const RATE: u32 = 48_000;
/// Held so long, and heard so much longer.
const HELD_SECS: f64 = 2.4;
const AFTER_SECS: f64 = 1.0;
/// What is under this at note-off has no release to speak of.
const QUIET_DB: f64 = -75.0;
/// First and last key of GM2's kit.
pub const DRUM_KEYS: std::ops::RangeInclusive<u8> = 27..=87;

/// One program at one key, struck at velocity 100 unless it says otherwise, dry.
#[derive(Clone, Debug, Serialize)]
pub struct ProgramRow {
    pub program: u8,
    pub name: &'static str,
    pub key: u8,
    /// Off pitch; none for what has no pitch.
    pub cents: Option<f64>,
    /// Loudness of the loudest fifth of a second (BS.1770 weighting), dB of full scale.
    pub level_db: f64,
    pub attack_ms: f64,
    pub centroid_hz: f64,
    /// Centroid at velocity 120 over that at 36.
    pub brighter: f64,
    /// Seconds to −60 dB while held; none where it stays.
    pub decay_secs: Option<f64>,
    /// Milliseconds from note-off to −40 dB; none where the note had died away before.
    pub release_ms: Option<f64>,
    pub width_db: f64,
    pub peak_db: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct DrumRow {
    pub key: u8,
    pub level_db: f64,
    pub centroid_hz: f64,
    /// Milliseconds from the stroke to −40 dB.
    pub length_ms: f64,
}

/// What there is to say of a font.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub programs: Vec<ProgramRow>,
    pub drums: Vec<DrumRow>,
}

/// Both sides of one dry note, held for `held` seconds of `secs`.
pub struct Heard {
    pub left: Vec<f64>,
    pub right: Vec<f64>,
}

impl Heard {
    fn both(&self) -> Vec<f64> {
        self.left.iter().zip(&self.right).map(|(l, r)| 0.5 * (l + r)).collect()
    }
}

/// One dry note of `program` (none: of the drum kit).
///
/// # Errors
/// Where the font cannot be played.
pub fn note(
    font: &SoundFont,
    program: Option<u8>,
    key: u8,
    velocity: u8,
    (held, secs): (f64, f64),
) -> Result<Heard, SoundFontError> {
    let mut synth = Synth::new(font, RATE)?;
    let channel = if program.is_some() { 0 } else { DRUM_CHANNEL };
    if let Some(program) = program {
        synth.apply(channel, Message::Program(program));
    }
    synth.apply(channel, Message::NoteOn { pitch: key, velocity });
    let blocks = |secs: f64| (secs * f64::from(RATE)) as usize / BLOCK;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for i in 0..blocks(secs) {
        if i == blocks(held) {
            synth.apply(channel, Message::NoteOff { pitch: key });
        }
        let (mut l, mut r) = ([0.0; BLOCK], [0.0; BLOCK]);
        synth.render_dry(&mut l, &mut r);
        left.extend(l.map(f64::from));
        right.extend(r.map(f64::from));
    }
    Ok(Heard { left, right })
}

/// Loudness of both ears together.
fn level_db(heard: &Heard) -> f64 {
    let [l, r] = [&heard.left, &heard.right].map(|x| level::loudest(x, f64::from(RATE)));
    10.0 * (0.5 * (l * l + r * r)).max(1e-20).log10()
}

/// Keys where an instrument is at home: the middle of its range and a fifth or so to both sides.
pub fn home_keys(program: u8) -> [u8; 3] {
    let recipe = &programs::programs()[usize::from(program.min(127))];
    let (low, high, _) = recipe.parts[0].tone.keys;
    let middle = (low + high) / 2;
    let reach = ((high - low) / 3).min(9);
    [middle - reach, middle, middle + reach]
}

/// Whether a program has a pitch to be measured.
pub fn is_pitched(program: u8) -> bool {
    !matches!(program, 115..=127)
}

/// # Errors
/// Where the font cannot be played.
pub fn program_row(font: &SoundFont, program: u8, key: u8) -> Result<ProgramRow, SoundFontError> {
    let rate = f64::from(RATE);
    let heard = note(font, Some(program), key, 100, (HELD_SECS, HELD_SECS + AFTER_SECS))?;
    let [soft, loud] = [36, 120].map(|v| note(font, Some(program), key, v, (0.5, 0.5)));
    let both = heard.both();
    let off = (HELD_SECS / 0.005) as usize;
    let envelope = measure::envelope(&both, rate);
    let bright = |h: Heard| measure::centroid(&h.both(), rate);
    let hz = math::hz_from_key(f64::from(key));
    let decay_secs = measure::t60(&envelope[..off]);
    // What rings on by itself need not be harmonic; what is driven is.
    let sustains = decay_secs.is_none();
    let held = 2400..(HELD_SECS * rate) as usize;
    let ears = [&heard.left[held.clone()], &heard.right[held]];
    let peak = heard.left.iter().chain(&heard.right).fold(0.0f64, |p, x| p.max(x.abs()));
    Ok(ProgramRow {
        program,
        name: programs::programs()[usize::from(program.min(127))].name,
        key,
        cents: is_pitched(program).then(|| measure::cents_off(ears, rate, hz, if sustains { 4 } else { 1 })),
        level_db: level_db(&heard),
        attack_ms: measure::attack_ms(&envelope),
        centroid_hz: measure::centroid(&both, rate),
        brighter: bright(loud?) / bright(soft?),
        decay_secs,
        release_ms: (envelope[off - 1] > QUIET_DB).then(|| measure::release_ms(&envelope, off)),
        width_db: measure::width_db(&heard.left, &heard.right),
        peak_db: 20.0 * peak.max(1e-9).log10(),
    })
}

/// # Errors
/// Where the font cannot be played.
pub fn drum_row(font: &SoundFont, key: u8) -> Result<DrumRow, SoundFontError> {
    let heard = note(font, None, key, 100, (0.3, 3.0))?;
    let both = heard.both();
    Ok(DrumRow {
        key,
        level_db: level_db(&heard),
        centroid_hz: measure::centroid(&both, f64::from(RATE)),
        length_ms: measure::release_ms(&measure::envelope(&both, f64::from(RATE)), 20) + 100.0,
    })
}

/// Every program at its home keys and every drum. Takes some seconds.
///
/// # Errors
/// Where the font cannot be played.
pub fn check(font: &SoundFont) -> Result<Report, SoundFontError> {
    let keys: Vec<(u8, u8)> = (0..128).flat_map(|p| home_keys(p).map(|key| (p, key))).collect();
    let drums: Vec<u8> = DRUM_KEYS.collect();
    Ok(Report {
        programs: keys.par_iter().map(|&(p, key)| program_row(font, p, key)).collect::<Result<_, _>>()?,
        drums: drums.par_iter().map(|&key| drum_row(font, key)).collect::<Result<_, _>>()?,
    })
}

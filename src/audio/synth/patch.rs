//! What one note needs of a SoundFont's zones, in seconds, hertz and gains. Makes no sound.
//!
//! A preset's zone adds to the instrument's zone that it names: where rustysynth gives seconds and hertz of
//! the one and factors of the other, the sum of cents is their product.

use rustysynth::{InstrumentRegion, LoopMode, PresetRegion, SoundFont};

/// An envelope: seconds, and the level that is held.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stages {
    pub delay: f32,
    pub attack: f32,
    pub hold: f32,
    pub decay: f32,
    pub sustain: f32,
    pub release: f32,
}

/// A slow triangle: seconds until it sets in, turns a second.
#[derive(Clone, Copy, Debug, Default)]
pub struct Swing {
    pub delay: f32,
    pub hz: f32,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Patch {
    /// First sample and the one after the last.
    pub start: usize,
    pub end: usize,
    pub looped: Option<(usize, usize)>,
    /// The loop ends with the key.
    pub until_off: bool,
    /// Samples a second at which it sounds at `root`.
    pub rate: f32,
    pub root: f32,
    /// Semitones, and semitones a key.
    pub tune: f32,
    pub scale: f32,
    pub gain: f32,
    pub cutoff_hz: f32,
    /// Gain of the filter's peak.
    pub resonance: f32,
    /// Semitones that each of these moves the pitch by at its most.
    pub vibrato_to_pitch: f32,
    pub lfo_to_pitch: f32,
    pub envelope_to_pitch: f32,
    /// Cents of the filter's corner.
    pub lfo_to_cutoff: f32,
    pub envelope_to_cutoff: f32,
    /// dB.
    pub lfo_to_volume: f32,
    /// −50 (left) to 50.
    pub pan: f32,
    pub reverb: f32,
    pub chorus: f32,
    pub vibrato: Swing,
    pub lfo: Swing,
    pub volume: Stages,
    pub modulation: Stages,
    /// Notes of one class cut each other off; 0 is none.
    pub exclusive: i32,
}

pub fn gain_from_db(db: f32) -> f32 {
    10f32.powf(0.05 * db)
}

/// How a time scales with the key: cents a key, from middle C.
fn by_key(cents: i32, key: u8) -> f32 {
    ((cents * (60 - i32::from(key))) as f32 / 1200.0).exp2()
}

impl Patch {
    /// None where the zone's sample lies outside of the data: a damaged font stays silent there.
    pub fn of(font: &SoundFont, p: &PresetRegion, z: &InstrumentRegion, key: u8, velocity: u8) -> Option<Self> {
        let n = font.get_wave_data().len();
        let at = |i: i32| usize::try_from(i).ok();
        let (start, end) = (at(z.get_sample_start())?, at(z.get_sample_end())?.min(n));
        if start >= end {
            return None;
        }
        let mode = z.get_sample_modes();
        let looped = match (at(z.get_sample_start_loop()), at(z.get_sample_end_loop())) {
            (Some(from), Some(to)) if mode != LoopMode::NoLoop && from < to && to <= n && start < to => {
                Some((from, to))
            }
            _ => None,
        };
        let rate = font.get_sample_headers().get(z.get_sample_id())?.get_sample_rate() as f32;
        // Attenuations count four tenths, as the EMU chips had it; some fonts ask for more than full level.
        let attenuation = 0.4 * (z.get_initial_attenuation() + p.get_initial_attenuation());
        let peak_db = (z.get_initial_filter_q() + p.get_initial_filter_q()).clamp(0.0, 96.0);
        let db = 40.0 * (f32::from(velocity) / 127.0).log10() - attenuation - 0.5 * peak_db;
        let cents = |a: i32, b: i32| 0.01 * (a + b) as f32;
        Some(Self {
            start,
            end,
            looped,
            until_off: mode == LoopMode::LoopUntilNoteOff,
            rate,
            root: z.get_root_key() as f32,
            tune: (z.get_coarse_tune() + p.get_coarse_tune()) as f32 + cents(z.get_fine_tune(), p.get_fine_tune()),
            scale: cents(z.get_scale_tuning(), p.get_scale_tuning()),
            gain: gain_from_db(db.min(0.0)),
            cutoff_hz: z.get_initial_filter_cutoff_frequency() * p.get_initial_filter_cutoff_frequency(),
            resonance: gain_from_db(peak_db),
            vibrato_to_pitch: cents(z.get_vibrato_lfo_to_pitch(), p.get_vibrato_lfo_to_pitch()),
            lfo_to_pitch: cents(z.get_modulation_lfo_to_pitch(), p.get_modulation_lfo_to_pitch()),
            envelope_to_pitch: cents(z.get_modulation_envelope_to_pitch(), p.get_modulation_envelope_to_pitch()),
            lfo_to_cutoff: (z.get_modulation_lfo_to_filter_cutoff_frequency()
                + p.get_modulation_lfo_to_filter_cutoff_frequency()) as f32,
            envelope_to_cutoff: (z.get_modulation_envelope_to_filter_cutoff_frequency()
                + p.get_modulation_envelope_to_filter_cutoff_frequency()) as f32,
            lfo_to_volume: z.get_modulation_lfo_to_volume() + p.get_modulation_lfo_to_volume(),
            pan: (z.get_pan() + p.get_pan()).clamp(-50.0, 50.0),
            reverb: 0.01 * (z.get_reverb_effects_send() + p.get_reverb_effects_send()),
            chorus: 0.01 * (z.get_chorus_effects_send() + p.get_chorus_effects_send()),
            vibrato: Swing {
                delay: z.get_delay_vibrato_lfo() * p.get_delay_vibrato_lfo(),
                hz: z.get_frequency_vibrato_lfo() * p.get_frequency_vibrato_lfo(),
            },
            lfo: Swing {
                delay: z.get_delay_modulation_lfo() * p.get_delay_modulation_lfo(),
                hz: z.get_frequency_modulation_lfo() * p.get_frequency_modulation_lfo(),
            },
            volume: volume_stages(p, z, key),
            modulation: modulation_stages(p, z, key, velocity),
            exclusive: z.get_exclusive_class(),
        })
    }
}

fn volume_stages(p: &PresetRegion, z: &InstrumentRegion, key: u8) -> Stages {
    let hold = z.get_key_number_to_volume_envelope_hold() + p.get_key_number_to_volume_envelope_hold();
    let decay = z.get_key_number_to_volume_envelope_decay() + p.get_key_number_to_volume_envelope_decay();
    Stages {
        delay: z.get_delay_volume_envelope() * p.get_delay_volume_envelope(),
        attack: z.get_attack_volume_envelope() * p.get_attack_volume_envelope(),
        hold: z.get_hold_volume_envelope() * p.get_hold_volume_envelope() * by_key(hold, key),
        decay: z.get_decay_volume_envelope() * p.get_decay_volume_envelope() * by_key(decay, key),
        sustain: gain_from_db(-z.get_sustain_volume_envelope() - p.get_sustain_volume_envelope()).min(1.0),
        // Shorter is a click.
        release: (z.get_release_volume_envelope() * p.get_release_volume_envelope()).max(0.01),
    }
}

fn modulation_stages(p: &PresetRegion, z: &InstrumentRegion, key: u8, velocity: u8) -> Stages {
    let hold = z.get_key_number_to_modulation_envelope_hold() + p.get_key_number_to_modulation_envelope_hold();
    let decay = z.get_key_number_to_modulation_envelope_decay() + p.get_key_number_to_modulation_envelope_decay();
    // Hard notes open faster.
    let harder = (145.0 - f32::from(velocity)) / 144.0;
    let lost = z.get_sustain_modulation_envelope() + p.get_sustain_modulation_envelope();
    Stages {
        delay: z.get_delay_modulation_envelope() * p.get_delay_modulation_envelope(),
        attack: z.get_attack_modulation_envelope() * p.get_attack_modulation_envelope() * harder,
        hold: z.get_hold_modulation_envelope() * p.get_hold_modulation_envelope() * by_key(hold, key),
        decay: z.get_decay_modulation_envelope() * p.get_decay_modulation_envelope() * by_key(decay, key),
        sustain: (1.0 - lost / 100.0).clamp(0.0, 1.0),
        release: z.get_release_modulation_envelope() * p.get_release_modulation_envelope(),
    }
}

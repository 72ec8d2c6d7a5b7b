//! The built-in SoundFont, synthesised by our own code: [`build`] gives the same bytes on every machine.
//!
//! Reading order: [`math`] → [`sound`] → `struck`, `sustained`, `drums` → `recipes`, `kit` → [`font`].
//! The bank is committed as `assets/cadenza.sf2`; [`write_bank`] makes it anew.

mod drums;
mod font;
mod kit;
mod math;
mod recipes;
mod sound;
mod struck;
mod sustained;

use crate::files;
use font::{Font, Instrument, Preset, Sample, Zone, generator as g};
use math::{exp, gain_from_db, hz_from_key, pow};
use recipes::{Recipe, Tone, recipe_of_program};
use sound::{Sound, cutoff_cents, timecents};
use std::path::Path;

/// The committed bank; a test holds it equal to [`build`].
pub static BUILT_IN: &[u8] = include_bytes!("../../../assets/cadenza.sf2");

/// Mean level of the first 0.4 s of every instrument's samples, full scale being 1.
const LEVEL: f64 = 0.12;
const LEVEL_SECS: f64 = 0.4;
/// No sample comes nearer to full scale than this.
const PEAK: f64 = 0.97;
/// The synthesiser counts decay and release to −80 dB, we to −60.
const TO_80_DB: f64 = 9.226 / 6.908;
/// Velocities of soft, middling and loud notes.
const LAYERS: [(u8, u8); 3] = [(1, 52), (53, 84), (85, 127)];
/// Longer than any drum.
const LONG_SECS: f64 = 20.0;

/// The bank as the bytes of an .sf2 file: the same bytes wherever it runs.
pub fn build() -> Vec<u8> {
    let mut font = Font { name: "Cadenza".into(), ..Font::default() };
    let mut made: Vec<(*const Tone, Vec<Made>)> = Vec::new();
    for recipe in recipes::recipes() {
        let key = std::ptr::from_ref(recipe.tone);
        let at = made.iter().position(|m| m.0 == key).unwrap_or_else(|| {
            let samples = make_tone(recipe.name, recipe.tone, &mut font);
            made.push((key, samples));
            made.len() - 1
        });
        let zones = zones(&recipe, &made[at].1);
        font.instruments.push(Instrument { name: recipe.name.into(), zones });
    }
    for program in 0..128u8 {
        let instrument = recipe_of_program(program);
        let name = format!("{} {}", program + 1, font.instruments[instrument].name);
        font.presets.push(Preset { name, bank: 0, program: program.into(), instrument, generators: Vec::new() });
    }
    let instrument = font.instruments.len();
    let zones = drum_zones(&mut font);
    font.instruments.push(Instrument { name: "Drum Kit".into(), zones });
    font.presets.push(Preset { name: "Drum Kit".into(), bank: 128, program: 0, instrument, generators: Vec::new() });
    font.to_bytes()
}

/// Builds the bank and writes it to `path`.
///
/// # Errors
/// Whatever the file system says.
pub fn write_bank(path: &Path) -> std::io::Result<()> {
    files::write_atomic(path, &build())
}

/// A sample in the font and what its zones must know of it.
struct Made {
    sample: usize,
    keys: (u8, u8),
    root: u8,
    t60: Option<f64>,
}

fn make_tone(name: &str, tone: &Tone, font: &mut Font) -> Vec<Made> {
    let (low, high, step) = tone.keys;
    let roots: Vec<u8> = (low..=high).step_by(usize::from(step)).collect();
    let last = roots.len() - 1;
    let mut out = Vec::new();
    for (i, &root) in roots.iter().enumerate() {
        let sound = (tone.make)(root);
        let t60 = sound.t60;
        let below = if i == 0 { 0 } else { root - (step - 1) / 2 };
        let above = if i == last { 127 } else { root + step / 2 };
        let sample = push_sample(font, format!("{name} {root}"), root, sound, 0.0);
        out.push(Made { sample, keys: (below, above), root, t60 });
    }
    out
}

/// Levels a sound and adds it to the font.
fn push_sample(font: &mut Font, name: String, root: u8, sound: Sound, gain_db: f64) -> usize {
    let n = (LEVEL_SECS * f64::from(sound.rate)) as usize;
    let fade = sound.t60.map_or(1.0, |t60| exp(-6.908 / (t60 * f64::from(sound.rate))));
    let (mut power, mut envelope) = (0.0, 1.0);
    for i in 0..n {
        let x = match (sound.data.get(i), sound.looped) {
            (Some(x), _) => *x,
            (None, Some((from, to))) => sound.data[from + (i - from) % (to - from)],
            (None, None) => 0.0,
        };
        power += (x * envelope) * (x * envelope);
        envelope *= fade;
    }
    let peak = sound.data.iter().fold(1e-9, |p: f64, x| p.max(x.abs()));
    let rms = pow((power / n as f64).max(1e-18), 0.5);
    let scale = (LEVEL * gain_from_db(gain_db) / rms).min(PEAK / peak);
    let mut data: Vec<i16> = sound.data.iter().map(|x| (x * scale * 32_767.0).round() as i16).collect();
    if let Some((from, to)) = sound.looped {
        // What follows the loop's end repeats its start, for synthesisers that interpolate widely.
        for i in 0..8 {
            data.push(data[from + i % (to - from)]);
        }
    }
    font.samples.push(Sample { name, data, looped: sound.looped, rate: sound.rate, root });
    font.samples.len() - 1
}

fn zones(recipe: &Recipe, made: &[Made]) -> Vec<Zone> {
    let mut out = Vec::new();
    for m in made {
        let hz = hz_from_key(f64::from(m.root));
        for (layer, velocities) in LAYERS.into_iter().enumerate() {
            let cutoff = recipe.soft_hz.filter(|_| layer < 2).map(|soft| {
                let scaled = soft * pow(hz / 261.63, 0.4) * if layer == 0 { 1.0 } else { 2.2 };
                cutoff_cents(scaled.max(2.5 * hz))
            });
            if recipe.soft_hz.is_none() && layer > 0 {
                continue;
            }
            let velocities = if recipe.soft_hz.is_none() { (1, 127) } else { velocities };
            let mut generators = vec![(g::SAMPLE_MODES, 1), (g::ROOT_KEY, i16::from(m.root))];
            if recipe.attack > 0.0 {
                generators.push((g::ATTACK, timecents(recipe.attack)));
            }
            let t60 = match (m.t60, recipe.decay) {
                (Some(a), Some(b)) => Some(a.min(b * pow(261.63 / hz, 0.3))),
                (a, b) => a.or(b),
            };
            if let Some(t60) = t60 {
                generators.extend([(g::DECAY, timecents(t60 * TO_80_DB)), (g::SUSTAIN, 1000)]);
            }
            generators.push((g::RELEASE, timecents(recipe.release * TO_80_DB)));
            if let Some(cents) = cutoff {
                generators.push((g::FILTER_CUTOFF, cents));
            }
            if let Some((rate, depth, delay)) = recipe.vibrato {
                generators.push((g::VIB_LFO_TO_PITCH, depth));
                generators.push((g::FREQ_VIB_LFO, (1200.0 * math::log2(rate / 8.175_799)).round() as i16));
                generators.push((g::DELAY_VIB_LFO, timecents(delay)));
            }
            if recipe.sends.0 > 0 {
                generators.push((g::REVERB, recipe.sends.0 * 10));
            }
            if recipe.sends.1 > 0 {
                generators.push((g::CHORUS, recipe.sends.1 * 10));
            }
            // Low keys a little to the left, as at a keyboard.
            generators.push((g::PAN, (i16::from(m.root) - 62) * 2));
            for extra in recipe.extra {
                generators.retain(|x| x.0 != extra.0);
                generators.push(*extra);
            }
            if recipe.gain_db < 0.0 {
                // The synthesiser takes four tenths of an attenuation, as the EMU chips did.
                generators.push((g::ATTENUATION, (-recipe.gain_db * 25.0).round() as i16));
            }
            out.push(Zone { keys: m.keys, velocities, sample: m.sample, generators });
        }
    }
    out
}

fn drum_zones(font: &mut Font) -> Vec<Zone> {
    let mut out = Vec::new();
    for drum in kit::kit() {
        let sample = push_sample(font, drum.name.into(), 60, (drum.make)(), drum.gain_db);
        for &(key, semitones, pan) in drum.keys {
            let mut generators = vec![
                (g::SAMPLE_MODES, 0),
                (g::ROOT_KEY, i16::from(key)),
                (g::COARSE_TUNE, semitones),
                (g::PAN, pan),
                // A drum rings out, however short its note.
                (g::RELEASE, timecents(LONG_SECS)),
            ];
            if drum.exclusive != 0 {
                generators.push((g::EXCLUSIVE_CLASS, drum.exclusive));
            }
            out.push(Zone { keys: (key, key), velocities: (1, 127), sample, generators });
        }
    }
    out.sort_by_key(|z| z.keys);
    out
}

#[cfg(test)]
mod tests;

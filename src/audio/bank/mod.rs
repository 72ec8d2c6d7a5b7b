//! The built-in SoundFont, synthesised by our own code: [`build`] gives the same bytes on every machine.
//!
//! Reading order: [`math`] → [`sound`] → ways of making one (`strike`, `sustain`, `shaped`, `canvas`) →
//! the families (`keys`, `plucked`, `bars`, `organs`, `bowed`, `brass`, `winds`, `synths`, `drums`,
//! `cymbals`, `effects`) → `tones`, `recipes`, `programs`, `kit` → [`font`]. [`check`] measures the result.
//! The bank is committed as `assets/cadenza.sf2`; [`write_bank`] makes it anew.

mod bars;
mod bowed;
mod brass;
mod canvas;
pub mod check;
mod cymbals;
mod drums;
mod effects;
mod font;
mod keys;
mod kit;
mod level;
mod math;
mod measure;
mod organs;
mod plucked;
mod programs;
mod recipes;
mod shaped;
mod sound;
mod strike;
mod strings;
mod sustain;
mod synths;
mod tones;
mod trims;
mod winds;
mod zones;

use crate::files;
use font::{Font, Instrument, Preset, Sample};
use math::{exp, gain_from_db};
use rayon::prelude::*;
use sound::Sound;
use std::path::Path;
use tones::Tone;

/// The committed bank; a test holds it equal to [`build`].
pub static BUILT_IN: &[u8] = include_bytes!("../../../assets/cadenza.sf2");

/// Loudness of every sample (see `level`), full scale being 1.
const LEVEL: f64 = 0.115;
/// So much of a sample is looked at for it.
const LEVEL_SECS: f64 = 1.0;
/// No sample comes nearer to full scale than this.
const PEAK: f64 = 0.97;

/// The bank as the bytes of an .sf2 file: the same bytes wherever it runs.
pub fn build() -> Vec<u8> {
    let mut font = Font { name: "Cadenza".into(), ..Font::default() };
    let recipes = programs::programs();
    let mut tones: Vec<&'static Tone> = Vec::new();
    for part in recipes.iter().flat_map(|r| &r.parts) {
        if !tones.iter().any(|t| std::ptr::eq(*t, part.tone)) {
            tones.push(part.tone);
        }
    }
    let sounds: Vec<Vec<(u8, Sound)>> =
        tones.par_iter().map(|t| t.roots().map(|k| (k, (t.make)(k))).collect()).collect();
    let made: Vec<Vec<Made>> = tones.iter().zip(sounds).map(|(t, s)| keep(t, s, &mut font)).collect();
    for (program, recipe) in recipes.iter().enumerate() {
        let made_of =
            |tone| &made[tones.iter().position(|t| std::ptr::eq(*t, tone)).expect("every part was collected")];
        let zones =
            recipe.parts.iter().flat_map(|p| zones::of_part(recipe, p, made_of(p.tone), trims::TRIM_DB[program]));
        let zones = zones.collect();
        font.instruments.push(Instrument { name: recipe.name.into(), common: zones::common(recipe), zones });
        let name = format!("{} {}", program + 1, recipe.name);
        let program = program as u16;
        font.presets.push(Preset { name, bank: 0, program, instrument: program.into(), generators: Vec::new() });
    }
    let instrument = font.instruments.len();
    let (common, zones) = zones::of_kit(&mut font);
    font.instruments.push(Instrument { name: "Drum Kit".into(), common, zones });
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
    looped: Option<(usize, usize)>,
}

/// Adds a tone's sounds to the font; between two roots the border lies halfway.
fn keep(tone: &Tone, sounds: Vec<(u8, Sound)>, font: &mut Font) -> Vec<Made> {
    let (_, _, step) = tone.keys;
    let last = sounds.len() - 1;
    let mut out = Vec::new();
    for (i, (root, sound)) in sounds.into_iter().enumerate() {
        let (t60, looped) = (sound.t60, sound.looped);
        let below = if i == 0 { 0 } else { root - (step - 1) / 2 };
        let above = if i == last { 127 } else { root + step / 2 };
        let sample = push_sample(font, format!("{} {root}", tone.name), root, sound, 0.0);
        out.push(Made { sample, keys: (below, above), root, t60, looped });
    }
    out
}

/// Levels a sound and adds it to the font.
fn push_sample(font: &mut Font, name: String, root: u8, sound: Sound, gain_db: f64) -> usize {
    let rate = f64::from(sound.rate);
    let fade = sound.t60.map_or(1.0, |t60| exp(-6.908 / (t60 * rate)));
    let mut envelope = 1.0;
    let heard = |i: usize| {
        let x = match (sound.data.get(i), sound.looped) {
            (Some(x), _) => *x,
            (None, Some((from, to))) => sound.data[from + (i - from) % (to - from)],
            (None, None) => 0.0,
        };
        let y = x * envelope;
        envelope *= fade;
        y
    };
    let start: Vec<f64> = (0..(LEVEL_SECS * rate) as usize).map(heard).collect();
    let peak = sound.data.iter().fold(1e-9, |p: f64, x| p.max(x.abs()));
    let scale = (LEVEL * gain_from_db(gain_db) / level::loudest(&start, rate).max(1e-9)).min(PEAK / peak);
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

#[cfg(test)]
mod tests;

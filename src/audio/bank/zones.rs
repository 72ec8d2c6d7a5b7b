//! Recipes and the drum kit as zones of a SoundFont: who plays which sample at which key and velocity.

use super::font::{Font, Zone, generator as g};
use super::math::{exp2, hz_from_key, pow};
use super::recipes::{Part, Recipe};
use super::sound::{absolute_cents, timecents};
use super::{Made, kit, push_sample};

/// The synthesiser counts decay and release to −80 dB, we to −60.
const TO_80_DB: f64 = 9.226 / 6.908;
/// Velocities of a layer and how far its low-pass is open; the loudest has none.
const LAYERS: [((u8, u8), Option<f64>); 4] =
    [((1, 44), Some(1.0)), ((45, 74), Some(1.9)), ((75, 104), Some(4.0)), ((105, 127), None)];
/// The kit against the instruments.
const KIT_DB: f64 = -1.5;
/// Longer than any drum.
const LONG_SECS: f64 = 20.0;

/// What all zones of an instrument have.
pub fn common(recipe: &Recipe) -> Vec<(u16, i16)> {
    let mut out = recipe.common.clone();
    if recipe.attack > 0.0 {
        out.push((g::ATTACK, timecents(recipe.attack)));
    }
    out.push((g::RELEASE, timecents(recipe.release.0 * TO_80_DB)));
    out
}

pub fn of_part(recipe: &Recipe, part: &Part, made: &[Made], trim_db: f64) -> Vec<Zone> {
    let mut out = Vec::new();
    for m in made {
        let hz = hz_from_key(f64::from(m.root));
        let mut same = vec![(g::PAN, (part.pan + (i16::from(m.root) - 62) * recipe.spread / 20).clamp(-500, 500))];
        if let Some((from, to)) = m.looped {
            same.push((g::SAMPLE_MODES, 1));
            if part.late && from == 0 {
                let start = (to / 2) as i32;
                same.extend([(g::START_COARSE, (start / 32_768) as i16), (g::START, (start % 32_768) as i16)]);
            }
        }
        let t60 = match (m.t60, recipe.decay) {
            (Some(a), Some(b)) => Some(a.min(b * pow(261.63 / hz, 0.3))),
            (a, b) => a.or(b),
        };
        if let Some(t60) = t60 {
            same.extend([(g::DECAY, timecents(t60 * TO_80_DB)), (g::SUSTAIN, 1000)]);
        }
        let (release, octaves) = recipe.release;
        if m.root >= recipe.undamped {
            same.push((g::RELEASE, timecents(t60.unwrap_or(1.0).max(release) * TO_80_DB)));
        } else if octaves > 0.0 {
            let shorter = release * exp2(-(f64::from(m.root) - 60.0) / 12.0 / octaves);
            same.push((g::RELEASE, timecents(shorter * TO_80_DB)));
        }
        if part.cents != 0 {
            let coarse = part.cents / 100;
            same.extend([(g::COARSE_TUNE, coarse), (g::FINE_TUNE, part.cents - 100 * coarse)]);
        }
        let attenuation = attenuation(part.gain_db + trim_db);
        if attenuation > 0 {
            same.push((g::ATTENUATION, attenuation));
        }
        let by_pitch = pow(hz / 261.63, 0.4);
        let cutoff = |open: Option<f64>| match (recipe.soft_hz, recipe.sweep_hz) {
            (Some(soft), _) => open.map(|open| (soft * open * by_pitch).max(2.0 * hz)),
            (None, Some(from)) => Some(from * by_pitch * pow(open.unwrap_or(6.0) / 2.5, 0.5)),
            (None, None) => None,
        };
        if recipe.soft_hz.is_none() && recipe.sweep_hz.is_none() {
            out.push(zone(m, (1, 127), same));
            continue;
        }
        for (velocities, open) in LAYERS {
            let mut generators = same.clone();
            generators.extend(cutoff(open).map(|hz| (g::FILTER_CUTOFF, absolute_cents(hz))));
            out.push(zone(m, velocities, generators));
        }
    }
    out
}

/// The synthesiser takes four tenths of an attenuation, as the EMU chips did.
fn attenuation(gain_db: f64) -> i16 {
    (-gain_db * 25.0).round() as i16
}

fn zone(m: &Made, velocities: (u8, u8), generators: Vec<(u16, i16)>) -> Zone {
    Zone { keys: m.keys, velocities, sample: m.sample, generators }
}

/// What all zones of the drum kit have, and the zones.
pub fn of_kit(font: &mut Font) -> (Vec<(u16, i16)>, Vec<Zone>) {
    let mut out = Vec::new();
    for drum in kit::kit() {
        let sample = push_sample(font, drum.name.into(), 60, (drum.make)(), drum.gain_db);
        for &(key, cents, pan) in drum.keys {
            let coarse = cents / 100;
            let mut same = vec![(g::ROOT_KEY, i16::from(key)), (g::PAN, pan)];
            if cents != 0 {
                same.extend([(g::COARSE_TUNE, coarse), (g::FINE_TUNE, cents - 100 * coarse)]);
            }
            if drum.exclusive != 0 {
                same.push((g::EXCLUSIVE_CLASS, drum.exclusive));
            }
            for ((low, high), open) in LAYERS {
                let mut generators = same.clone();
                if let Some(open) = open {
                    generators.push((g::FILTER_CUTOFF, absolute_cents(drum.soft_hz * open)));
                }
                out.push(Zone { keys: (key, key), velocities: (low, high), sample, generators });
            }
        }
    }
    out.sort_by_key(|z| z.keys);
    // A drum rings out, however short its note.
    (vec![(g::RELEASE, timecents(LONG_SECS)), (g::ATTENUATION, attenuation(KIT_DB))], out)
}

//! The bank's sustained tones: organs, reeds, bowed strings, winds, brass, voices, leads and pads. Each
//! is a function from key to [`Sound`]; attack, vibrato and release are the recipes' business.

use super::math::{exp, hz_from_key, pow};
use super::sound::{Knock, Sound, Sustained, formants};

const STILL: Sustained = Sustained {
    harmonic: |_, _| 0.0,
    sub: 0.0,
    spread_cents: 0.0,
    twin: false,
    noise_db: -100.0,
    noise_hz: (500.0, 6000.0),
    loop_secs: 0.1,
    chiff: None,
};

fn make(key: u8, rate: f64, tone: &Sustained) -> Sound {
    tone.render(hz_from_key(f64::from(key)), rate, 300 + u64::from(key))
}

/// k to the power of −slope, low-passed at `hz` with a slope of 12 dB an octave.
fn falling(k: usize, f: f64, slope: f64, corner: f64) -> f64 {
    pow(k as f64, -slope) / (1.0 + (f / corner) * (f / corner))
}

pub fn drawbar_organ(key: u8) -> Sound {
    let harmonic = |k: usize, _: f64| match k {
        1 => 1.0,
        2 => 0.7,
        3 => 0.55,
        4 => 0.35,
        6 => 0.15,
        8 => 0.22,
        _ => 0.0,
    };
    let chiff = Knock { amp: 0.05, hz: 3000.0, t60: 0.012 };
    make(key, 22_050.0, &Sustained { harmonic, sub: 0.5, chiff: Some(chiff), ..STILL })
}

pub fn church_organ(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| {
        let rank = match k {
            1 => 1.0,
            2 => 0.8,
            3 => 0.3,
            4 => 0.55,
            6 => 0.2,
            8 => 0.35,
            12 => 0.12,
            16 => 0.12,
            _ => 0.05 / k as f64,
        };
        rank / (1.0 + (f / 5000.0) * (f / 5000.0))
    };
    let tone = Sustained { harmonic, sub: 0.4, spread_cents: 3.5, loop_secs: 0.22, noise_db: -42.0, ..STILL };
    make(key, 20_000.0, &tone)
}

pub fn accordion(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| falling(k, f, 0.55, 3200.0) * if k.is_multiple_of(2) { 0.75 } else { 1.0 };
    make(key, 20_000.0, &Sustained { harmonic, twin: true, loop_secs: 0.25, noise_db: -44.0, ..STILL })
}

pub fn harmonica(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| {
        falling(k, f, 0.5, 3800.0) * (0.3 + formants(f, &[(900.0, 500.0, 0.7), (2600.0, 700.0, 0.8)]))
    };
    make(key, 20_000.0, &Sustained { harmonic, noise_db: -36.0, loop_secs: 0.1, ..STILL })
}

/// A bowed string through a wooden body.
fn bowed(k: usize, f: f64) -> f64 {
    let body =
        [(280.0, 60.0, 0.9), (460.0, 90.0, 1.0), (700.0, 180.0, 0.7), (1200.0, 350.0, 0.6), (2700.0, 900.0, 0.9)];
    falling(k, f, 0.9, 5200.0) * (0.35 + formants(f, &body))
}

pub fn violin(key: u8) -> Sound {
    let chiff = Knock { amp: 0.10, hz: 2500.0, t60: 0.06 };
    let tone = Sustained { harmonic: bowed, noise_db: -34.0, loop_secs: 0.1, chiff: Some(chiff), ..STILL };
    make(key, 22_050.0, &tone)
}

pub fn strings(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| bowed(k, f) / (1.0 + (f / 4200.0) * (f / 4200.0));
    make(key, 20_000.0, &Sustained { harmonic, spread_cents: 9.0, noise_db: -40.0, loop_secs: 0.5, ..STILL })
}

/// "Ah": the glottis through three resonances of a mouth.
pub fn choir(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| {
        let mouth = [(620.0, 110.0, 1.0), (1080.0, 130.0, 0.5), (2650.0, 250.0, 0.16), (3300.0, 300.0, 0.10)];
        falling(k, f, 0.75, 4500.0) * (0.06 + formants(f, &mouth)) + if k == 1 { 0.12 } else { 0.0 }
    };
    make(key, 16_000.0, &Sustained { harmonic, spread_cents: 9.0, noise_db: -38.0, loop_secs: 0.42, ..STILL })
}

/// "Oo": darker, for voices that hum.
pub fn hum(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| {
        falling(k, f, 1.1, 2500.0) * (0.1 + formants(f, &[(360.0, 90.0, 1.0), (800.0, 110.0, 0.3)]))
            + if k == 1 { 0.2 } else { 0.0 }
    };
    make(key, 12_000.0, &Sustained { harmonic, spread_cents: 10.0, noise_db: -40.0, loop_secs: 0.35, ..STILL })
}

/// Amplitudes of a brass bell: rising to `corner`, falling steeply above.
fn bell(k: usize, f: f64, corner: f64) -> f64 {
    let x = f / corner;
    (0.35 + x) / (1.0 + x * x * x) / pow(k as f64, 0.35)
}

pub fn trumpet(key: u8) -> Sound {
    let chiff = Knock { amp: 0.04, hz: 2500.0, t60: 0.03 };
    let harmonic = |k: usize, f: f64| bell(k, f, 1500.0);
    make(key, 22_050.0, &Sustained { harmonic, noise_db: -46.0, loop_secs: 0.08, chiff: Some(chiff), ..STILL })
}

pub fn trombone(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| bell(k, f, 650.0);
    make(key, 16_000.0, &Sustained { harmonic, noise_db: -46.0, loop_secs: 0.08, ..STILL })
}

pub fn horn(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| bell(k, f, 420.0) * exp(-f / 2200.0);
    make(key, 12_000.0, &Sustained { harmonic, noise_db: -44.0, loop_secs: 0.08, ..STILL })
}

pub fn brass_section(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| bell(k, f, 1100.0);
    make(key, 20_000.0, &Sustained { harmonic, spread_cents: 7.0, noise_db: -44.0, loop_secs: 0.2, ..STILL })
}

pub fn saxophone(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| {
        falling(k, f, 0.6, 2600.0)
            * (0.35 + formants(f, &[(650.0, 250.0, 0.8), (1400.0, 400.0, 0.5), (2800.0, 600.0, 0.3)]))
    };
    let chiff = Knock { amp: 0.08, hz: 2000.0, t60: 0.04 };
    make(key, 20_000.0, &Sustained { harmonic, noise_db: -32.0, loop_secs: 0.1, chiff: Some(chiff), ..STILL })
}

pub fn oboe(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| {
        falling(k, f, 0.45, 4200.0) * (0.12 + formants(f, &[(1150.0, 330.0, 1.0), (2900.0, 600.0, 0.5)]))
            + if k == 1 { 0.15 } else { 0.0 }
    };
    make(key, 20_000.0, &Sustained { harmonic, noise_db: -40.0, loop_secs: 0.08, ..STILL })
}

pub fn bassoon(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| {
        falling(k, f, 0.5, 2200.0) * (0.15 + formants(f, &[(470.0, 160.0, 1.0), (1150.0, 300.0, 0.35)]))
    };
    make(key, 14_000.0, &Sustained { harmonic, noise_db: -40.0, loop_secs: 0.08, ..STILL })
}

pub fn clarinet(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| {
        let even = if k.is_multiple_of(2) { 0.10 + 0.5 * (f / (f + 2500.0)) } else { 1.0 };
        even * falling(k, f, 0.85, 3200.0)
    };
    let chiff = Knock { amp: 0.04, hz: 1800.0, t60: 0.03 };
    make(key, 20_000.0, &Sustained { harmonic, noise_db: -38.0, loop_secs: 0.1, chiff: Some(chiff), ..STILL })
}

pub fn flute(key: u8) -> Sound {
    let harmonic = |k: usize, _: f64| match k {
        1 => 1.0,
        2 => 0.32,
        3 => 0.16,
        4 => 0.05,
        5 => 0.03,
        6 => 0.012,
        _ => 0.0,
    };
    let chiff = Knock { amp: 0.16, hz: 3500.0, t60: 0.07 };
    let tone = Sustained { harmonic, noise_db: -28.0, noise_hz: (700.0, 7000.0), loop_secs: 0.13, ..STILL };
    make(key, 22_050.0, &Sustained { chiff: Some(chiff), ..tone })
}

/// Recorder, ocarina, pan pipes, whistle: nearly a sine, with breath.
pub fn pipe(key: u8) -> Sound {
    let harmonic = |k: usize, _: f64| match k {
        1 => 1.0,
        2 => 0.06,
        3 => 0.12,
        5 => 0.03,
        _ => 0.0,
    };
    let chiff = Knock { amp: 0.22, hz: 4000.0, t60: 0.05 };
    let tone = Sustained { harmonic, noise_db: -26.0, noise_hz: (800.0, 7000.0), loop_secs: 0.13, ..STILL };
    make(key, 22_050.0, &Sustained { chiff: Some(chiff), ..tone })
}

pub fn bagpipe(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| {
        falling(k, f, 0.25, 4500.0) * (0.2 + formants(f, &[(1300.0, 500.0, 0.8), (2500.0, 700.0, 0.6)]))
    };
    make(key, 22_050.0, &Sustained { harmonic, noise_db: -40.0, loop_secs: 0.08, ..STILL })
}

pub fn square_lead(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| if k.is_multiple_of(2) { 0.0 } else { falling(k, f, 1.0, 6000.0) };
    make(key, 24_000.0, &Sustained { harmonic, loop_secs: 0.06, ..STILL })
}

pub fn saw_lead(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| falling(k, f, 1.0, 6000.0);
    make(key, 22_050.0, &Sustained { harmonic, twin: true, loop_secs: 0.25, ..STILL })
}

pub fn synth_bass(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| falling(k, f, 0.95, 3500.0);
    make(key, 16_000.0, &Sustained { harmonic, sub: 0.4, loop_secs: 0.12, ..STILL })
}

pub fn pad(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| falling(k, f, 1.05, 2200.0);
    make(key, 14_000.0, &Sustained { harmonic, sub: 0.25, spread_cents: 10.0, loop_secs: 0.5, ..STILL })
}

/// An overdriven guitar: its sustain is the amplifier's.
pub fn distorted_guitar(key: u8) -> Sound {
    let harmonic = |k: usize, f: f64| {
        let odd = if k.is_multiple_of(2) { 0.7 } else { 1.0 };
        odd * falling(k, f, 0.55, 2600.0) * (0.5 + formants(f, &[(600.0, 300.0, 0.6), (2200.0, 700.0, 0.8)]))
    };
    let chiff = Knock { amp: 0.2, hz: 3000.0, t60: 0.03 };
    make(key, 20_000.0, &Sustained { harmonic, noise_db: -40.0, loop_secs: 0.1, chiff: Some(chiff), ..STILL })
}

/// Wind, surf and applause: no pitch at all.
pub fn noise(key: u8) -> Sound {
    let harmonic = |k: usize, _: f64| if k == 1 { 0.02 } else { 0.0 };
    let tone = Sustained { harmonic, noise_db: 30.0, noise_hz: (60.0, 9000.0), loop_secs: 0.6, ..STILL };
    make(key, 20_000.0, &tone)
}

/// A sine, for birds and telephones.
pub fn sine(key: u8) -> Sound {
    make(key, 26_000.0, &Sustained { harmonic: |k, _| if k == 1 { 1.0 } else { 0.0 }, ..STILL })
}

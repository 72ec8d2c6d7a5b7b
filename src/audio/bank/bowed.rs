//! Bowed strings, alone and many, and voices, which are made the same way: a buzzing source behind a body
//! whose resonances stand still while the pitch swings through them. Each is a function from key to [`Sound`].

use super::math::{exp, gain_from_db, log2, sin_turns};
use super::organs::falling;
use super::sound::{Sound, formants};
use super::sustain::{STILL, Sustained};

/// The small ups and downs of a wooden body, `db` high: many resonances, never two alike.
fn wood(f: f64, db: f64, seed: f64) -> f64 {
    let x = log2(f.max(20.0));
    let ripple =
        sin_turns(2.3 * x + seed) + 0.8 * sin_turns(4.1 * x + 2.7 * seed) + 0.7 * sin_turns(7.9 * x + 0.3 + seed);
    gain_from_db(db * ripple / 1.7)
}

/// A violin's body: air, two corpus modes, the hollow around 1.2 kHz, the bridge's hill.
fn violin_body(k: f64, f: f64) -> f64 {
    let peaks =
        [(277.0, 35.0, 0.9), (455.0, 45.0, 0.9), (545.0, 55.0, 1.0), (880.0, 160.0, 0.45), (2500.0, 700.0, 0.95)];
    falling(k, f, 0.8, 4800.0) * (0.5 + formants(f, &peaks)) * wood(f, 3.0, 0.1)
}

fn cello_body(k: f64, f: f64) -> f64 {
    let peaks = [(98.0, 18.0, 0.9), (188.0, 28.0, 1.0), (225.0, 30.0, 0.7), (400.0, 110.0, 0.5), (1500.0, 500.0, 0.6)];
    falling(k, f, 0.9, 2700.0) * (0.3 + formants(f, &peaks)) * wood(f, 3.0, 0.45)
}

pub fn violin(key: u8) -> Sound {
    Sustained {
        key,
        rate: 26_000.0,
        harmonic: &violin_body,
        vibrato: Some((5.7, 15.0, 0.34)),
        wander: (2.0, 0.9),
        rise: (0.05, 0.05),
        scoop_cents: 9.0,
        breath: &[(2800.0, 4500.0, -36.0), (6500.0, 4000.0, -44.0)],
        chiff: 4.0,
        body: 0.36,
        loop_secs: 0.53,
        ..STILL
    }
    .render()
}

/// Cello, and the double bass below it.
pub fn cello(key: u8) -> Sound {
    Sustained {
        key,
        rate: 20_000.0,
        harmonic: &cello_body,
        vibrato: Some((5.1, 13.0, 0.36)),
        wander: (2.0, 0.9),
        rise: (0.07, 0.07),
        scoop_cents: 8.0,
        breath: &[(1400.0, 2500.0, -36.0), (4200.0, 3000.0, -46.0)],
        chiff: 4.0,
        body: 0.38,
        loop_secs: 0.78,
        ..STILL
    }
    .render()
}

/// A section, each player with a vibrato of their own. Low desks are cellos, high ones violins.
pub fn strings(key: u8) -> Sound {
    let high = ((f64::from(key) - 48.0) / 24.0).clamp(0.0, 1.0);
    let body = |k: f64, f: f64| (1.0 - high) * cello_body(k, f) + high * violin_body(k, f) / (1.0 + f / 6000.0);
    // Many bodies, no two alike: their resonances even out.
    let harmonic =
        |k: f64, f: f64| (body(k, 0.93 * f) + body(k, 0.98 * f) + body(k, 1.03 * f) + body(k, 1.09 * f)) / 4.0;
    section(key, &harmonic, 7, 9.0, 22_050.0)
}

fn section(key: u8, harmonic: &dyn Fn(f64, f64) -> f64, players: usize, spread_cents: f64, rate: f64) -> Sound {
    Sustained {
        key,
        rate,
        harmonic,
        players,
        spread_cents,
        vibrato: Some((5.3, 11.0, 0.0)),
        wander: (3.0, 1.2),
        breath: &[(2500.0, 4000.0, -40.0)],
        loop_secs: 1.15,
        ..STILL
    }
    .render()
}

/// Sawtooths of a string machine through its phasing.
pub fn synth_strings(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| falling(k, f, 0.95, 3400.0) * f / (f + 160.0);
    Sustained {
        key,
        rate: 22_050.0,
        harmonic: &harmonic,
        players: 5,
        spread_cents: 7.0,
        vibrato: Some((0.8, 4.0, 0.0)),
        loop_secs: 1.05,
        ..STILL
    }
    .render()
}

/// Where a mouth's resonances lie: from a bass to a soprano.
fn mouth(key: u8, low: &[(f64, f64, f64)], high: &[(f64, f64, f64)]) -> Vec<(f64, f64, f64)> {
    let up = ((f64::from(key) - 50.0) / 22.0).clamp(0.0, 1.0);
    let between = |(a, b): (&(f64, f64, f64), &(f64, f64, f64))| {
        (a.0 + (b.0 - a.0) * up, a.1 + (b.1 - a.1) * up, a.2 + (b.2 - a.2) * up)
    };
    low.iter().zip(high).map(between).collect()
}

/// "Ah".
pub fn choir(key: u8) -> Sound {
    let low =
        [(620.0, 80.0, 1.0), (1050.0, 90.0, 0.55), (2450.0, 150.0, 0.22), (2850.0, 180.0, 0.16), (3300.0, 220.0, 0.07)];
    let high = [
        (820.0, 100.0, 1.0),
        (1180.0, 110.0, 0.55),
        (2850.0, 190.0, 0.20),
        (3800.0, 240.0, 0.10),
        (4800.0, 350.0, 0.05),
    ];
    sung(key, &mouth(key, &low, &high), 0.8, 0.05)
}

/// "Oo".
pub fn hum(key: u8) -> Sound {
    let low = [(340.0, 70.0, 1.0), (650.0, 80.0, 0.32), (2350.0, 160.0, 0.035), (2800.0, 200.0, 0.02)];
    let high = [(400.0, 90.0, 1.0), (780.0, 100.0, 0.28), (2750.0, 200.0, 0.03), (3600.0, 260.0, 0.015)];
    sung(key, &mouth(key, &low, &high), 1.15, 0.07)
}

fn sung(key: u8, resonances: &[(f64, f64, f64)], slope: f64, floor: f64) -> Sound {
    let harmonic = |k: f64, f: f64| {
        // A singer tunes the first resonance up to a high fundamental.
        let open = if k < 1.5 { 0.18 } else { 0.0 };
        falling(k, f, slope, 5000.0) * (floor + formants(f, resonances)) + open
    };
    Sustained {
        key,
        rate: 20_000.0,
        harmonic: &harmonic,
        players: 5,
        spread_cents: 11.0,
        vibrato: Some((5.0, 17.0, 0.0)),
        wander: (5.0, 1.0),
        breath: &[(2400.0, 3000.0, -38.0)],
        loop_secs: 1.1,
        ..STILL
    }
    .render()
}

/// A voice made of circuits: one "doo", soft, with the formants of neither sex.
pub fn synth_voice(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| {
        falling(k, f, 0.9, 3200.0)
            * (0.1 + formants(f, &[(480.0, 130.0, 1.0), (1150.0, 200.0, 0.35), (2600.0, 400.0, 0.1)]))
    };
    Sustained {
        key,
        rate: 22_050.0,
        harmonic: &harmonic,
        players: 3,
        spread_cents: 6.0,
        vibrato: Some((5.0, 8.0, 0.0)),
        wander: (2.0, 0.5),
        breath: &[(3000.0, 3500.0, -34.0)],
        loop_secs: 0.8,
        ..STILL
    }
    .render()
}

/// Everybody at once, short: what an orchestra hit is looped from.
pub fn tutti(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| (0.5 + exp(-f / 1500.0)) * falling(k, f, 0.6, 3000.0) * wood(f, 2.0, 0.7);
    Sustained {
        key,
        rate: 24_000.0,
        harmonic: &harmonic,
        players: 5,
        spread_cents: 10.0,
        vibrato: Some((5.0, 6.0, 0.0)),
        wander: (3.0, 1.0),
        breath: &[(3000.0, 6000.0, -24.0), (200.0, 200.0, -26.0)],
        chiff: 9.0,
        rise: (0.008, 0.012),
        scoop_cents: 25.0,
        sub: 0.6,
        body: 0.15,
        loop_secs: 0.6,
    }
    .render()
}

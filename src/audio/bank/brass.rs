//! Brass: what a bell lets out of a lip's pulses. Low partials first, the high ones a moment later, which
//! is how the ear knows it (J.-C. Risset, 1966). Each is a function from key to [`Sound`].

use super::math::exp;
use super::sound::{Sound, formants};
use super::sustain::{STILL, Sustained};

/// Amplitudes rise to `corner` and fall above it, the steeper the softer the bore.
fn bell(f: f64, corner: f64, steep: f64) -> f64 {
    let x = f / corner;
    (0.3 + 0.9 * x) / (1.0 + super::math::pow(x, steep))
}

struct Brass<'a> {
    key: u8,
    rate: f64,
    harmonic: &'a dyn Fn(f64, f64) -> f64,
    rise: (f64, f64),
    scoop_cents: f64,
}

impl Brass<'_> {
    fn solo(&self) -> Sound {
        Sustained {
            key: self.key,
            rate: self.rate,
            harmonic: self.harmonic,
            wander: (1.8, 0.7),
            rise: self.rise,
            scoop_cents: self.scoop_cents,
            breath: &[(2200.0, 3000.0, -46.0)],
            chiff: 6.0,
            body: 0.14,
            loop_secs: 0.4,
            ..STILL
        }
        .render()
    }
}

pub fn trumpet(key: u8) -> Sound {
    let harmonic =
        |_: f64, f: f64| bell(f, 1350.0, 2.7) * (1.0 + formants(f, &[(1200.0, 400.0, 0.3), (2400.0, 500.0, 0.25)]));
    Brass { key, rate: 26_000.0, harmonic: &harmonic, rise: (0.022, 0.035), scoop_cents: 22.0 }.solo()
}

/// Metal in the bell: the low partials gone, a nasal band around 2 kHz left.
pub fn muted_trumpet(key: u8) -> Sound {
    let harmonic = |_: f64, f: f64| {
        0.05 + f / (f + 900.0) * formants(f, &[(1050.0, 300.0, 0.4), (2100.0, 500.0, 1.0), (3500.0, 700.0, 0.5)])
            / (1.0 + f / 4000.0)
    };
    Brass { key, rate: 26_000.0, harmonic: &harmonic, rise: (0.02, 0.03), scoop_cents: 18.0 }.solo()
}

pub fn trombone(key: u8) -> Sound {
    let harmonic =
        |_: f64, f: f64| bell(f, 620.0, 2.6) * (1.0 + formants(f, &[(560.0, 180.0, 0.35), (1500.0, 400.0, 0.25)]));
    Brass { key, rate: 20_000.0, harmonic: &harmonic, rise: (0.03, 0.045), scoop_cents: 20.0 }.solo()
}

pub fn tuba(key: u8) -> Sound {
    let harmonic = |_: f64, f: f64| bell(f, 260.0, 2.5) * (1.0 + formants(f, &[(240.0, 90.0, 0.4)])) * exp(-f / 2500.0);
    Brass { key, rate: 14_000.0, harmonic: &harmonic, rise: (0.045, 0.05), scoop_cents: 18.0 }.solo()
}

/// A horn, its bell half closed by a hand and turned away.
pub fn horn(key: u8) -> Sound {
    let harmonic =
        |_: f64, f: f64| bell(f, 430.0, 2.5) * (1.0 + formants(f, &[(400.0, 130.0, 0.5)])) * exp(-f / 2600.0);
    Brass { key, rate: 18_000.0, harmonic: &harmonic, rise: (0.04, 0.06), scoop_cents: 22.0 }.solo()
}

/// Trumpets over trombones, not quite together.
pub fn brass_section(key: u8) -> Sound {
    let up = ((f64::from(key) - 45.0) / 24.0).clamp(0.0, 1.0);
    let harmonic = move |_: f64, f: f64| bell(f, 650.0 + 650.0 * up, 2.6);
    Sustained {
        key,
        rate: 24_000.0,
        harmonic: &harmonic,
        players: 5,
        spread_cents: 6.0,
        wander: (3.0, 0.9),
        rise: (0.025, 0.045),
        scoop_cents: 22.0,
        breath: &[(2500.0, 3000.0, -44.0)],
        chiff: 5.0,
        body: 0.15,
        loop_secs: 0.75,
        ..STILL
    }
    .render()
}

//! The drum kit's metal: plates, bells, jingles. Thin plates are many modes whose energy climbs: the high
//! ones wake a few milliseconds after the blow and die first.

use super::canvas::Canvas;
use super::sound::Sound;

const RATE: f64 = 34_000.0;

fn canvas(secs: f64, seed: u64) -> Canvas {
    Canvas::new(secs, RATE, seed)
}

/// Two plates nearly closed.
pub fn closed_hat() -> Sound {
    canvas(0.13, 6)
        .metal(0.55, 90, 3600.0, 17_000.0, 0.085, 0.0)
        .noise(2.4, 9500.0, 17_500.0, 0.0, 0.075)
        .noise(0.7, 2500.0, 9000.0, 0.0, 0.01)
        .done()
}

pub fn open_hat() -> Sound {
    canvas(1.1, 6)
        .metal(0.8, 110, 3000.0, 16_500.0, 1.0, 0.003)
        .noise(1.5, 8000.0, 17_500.0, 0.0, 0.9)
        .noise(0.7, 2500.0, 9000.0, 0.0, 0.01)
        .done()
}

/// Closed by the foot.
pub fn pedal_hat() -> Sound {
    canvas(0.11, 7).metal(0.4, 70, 2600.0, 15_000.0, 0.07, 0.002).swell(1.6, 7000.0, 16_500.0, 0.0, 0.006, 0.055).done()
}

/// `low` Hz and up, ringing `t60` seconds.
fn crash(low: f64, t60: f64, secs: f64, seed: u64) -> Sound {
    canvas(secs, seed)
        .metal(1.0, 150, low, 15_500.0, t60, 0.012)
        .swell(1.3, 4500.0, 16_500.0, 0.0, 0.006, 0.5 * t60)
        .noise(0.8, 1500.0, 9000.0, 0.0, 0.05)
        .done()
}

pub fn crash_cymbal() -> Sound {
    crash(380.0, 2.6, 1.8, 9)
}

pub fn splash() -> Sound {
    crash(720.0, 0.75, 0.75, 62)
}

/// An upturned rim: rough and short.
pub fn china() -> Sound {
    canvas(1.1, 63).metal(1.1, 70, 330.0, 9500.0, 1.1, 0.004).swell(1.8, 1800.0, 9000.0, 0.0, 0.008, 0.7).done()
}

pub fn ride() -> Sound {
    canvas(1.5, 10)
        .metal(0.55, 110, 450.0, 13_500.0, 2.2, 0.02)
        .metal(0.5, 10, 1450.0, 8700.0, 0.5, 0.0)
        .swell(0.9, 7000.0, 16_500.0, 0.0, 0.01, 0.9)
        .noise(1.1, 3500.0, 13_000.0, 0.0, 0.012)
        .done()
}

pub fn ride_bell() -> Sound {
    canvas(1.3, 11)
        .tone(0.6, 812.0, 1.4)
        .tone(0.5, 1624.0, 1.2)
        .tone(0.45, 2395.0, 1.0)
        .tone(0.35, 3620.0, 0.7)
        .tone(0.2, 5210.0, 0.5)
        .metal(0.3, 50, 1500.0, 12_000.0, 1.0, 0.01)
        .noise(0.8, 3000.0, 12_000.0, 0.0, 0.012)
        .done()
}

pub fn cowbell() -> Sound {
    canvas(0.35, 12)
        .tone(0.7, 587.0, 0.3)
        .tone(0.7, 845.0, 0.32)
        .tone(0.4, 1480.0, 0.2)
        .tone(0.4, 2130.0, 0.18)
        .tone(0.35, 3310.0, 0.13)
        .tone(0.25, 5240.0, 0.09)
        .noise(1.1, 1500.0, 9000.0, 0.0, 0.01)
        .done()
}

/// Jingles on a hoop: they hit twice.
pub fn tambourine() -> Sound {
    canvas(0.32, 13)
        .metal(0.7, 60, 4200.0, 16_000.0, 0.3, 0.0)
        .noise(1.0, 5500.0, 16_000.0, 0.0, 0.07)
        .noise(0.8, 5500.0, 16_000.0, 0.03, 0.16)
        .noise(0.35, 300.0, 1500.0, 0.0, 0.03)
        .done()
}

/// A rod that rattles in a jaw.
pub fn vibraslap() -> Sound {
    let mut out = canvas(0.75, 65).tone(0.25, 720.0, 0.4);
    let mut at = 0.0;
    for i in 0..34 {
        let strength = 1.3 * (1.0 - i as f64 / 38.0);
        out = out.noise(strength, 2200.0, 6500.0, at, 0.016);
        at += 0.0215 + 0.0002 * i as f64;
    }
    out.done()
}

/// Sleigh bells, at key 83.
pub fn jingle_bell() -> Sound {
    canvas(0.5, 66)
        .metal(0.9, 44, 4200.0, 13_500.0, 0.55, 0.0)
        .noise(0.6, 5000.0, 15_000.0, 0.0, 0.05)
        .noise(0.6, 5000.0, 15_000.0, 0.055, 0.06)
        .done()
}

/// A bar tree swept from the top, at key 84.
pub fn bell_tree() -> Sound {
    let mut out = canvas(1.0, 67);
    for i in 0..22 {
        let hz = 9500.0 - 270.0 * f64::from(i);
        let bar = Canvas::new(0.8, RATE, 70 + i as u64).tone(0.5, hz, 0.7).tone(0.2, 2.756 * hz.min(6000.0), 0.3);
        out = out.put(&bar, 0.6, 0.032 * f64::from(i));
    }
    out.done()
}

/// The agogô's higher bell, at key 67.
pub fn agogo() -> Sound {
    canvas(0.5, 19)
        .tone(0.8, 958.0, 0.42)
        .tone(0.6, 2510.0, 0.3)
        .tone(0.5, 3870.0, 0.22)
        .tone(0.35, 5600.0, 0.16)
        .tone(0.25, 8100.0, 0.1)
        .noise(0.9, 2000.0, 9000.0, 0.0, 0.008)
        .done()
}

pub fn open_triangle() -> Sound {
    triangle(1.7, 1.2, 21)
}

pub fn mute_triangle() -> Sound {
    triangle(0.16, 0.2, 68)
}

fn triangle(t60: f64, secs: f64, seed: u64) -> Sound {
    canvas(secs, seed)
        .tone(0.6, 3080.0, t60)
        .tone(0.25, 3110.0, t60)
        .tone(0.5, 5210.0, 0.9 * t60)
        .tone(0.45, 7820.0, 0.7 * t60)
        .tone(0.3, 9940.0, 0.5 * t60)
        .tone(0.25, 13_100.0, 0.35 * t60)
        .tone(0.12, 1120.0, 0.4 * t60)
        .done()
}

/// A bar struck in a metronome, at key 34.
pub fn bell_tick() -> Sound {
    canvas(0.35, 69).tone(0.9, 2093.0, 0.3).tone(0.4, 5770.0, 0.16).tone(0.2, 9400.0, 0.08).done()
}

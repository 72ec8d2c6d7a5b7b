//! The drum kit's skins, wood and hands, made once each without a pitch to keep. Metal is `cymbals`' and
//! which key plays which is `kit`'s business.

use super::canvas::Canvas;
use super::sound::Sound;

const RATE: f64 = 32_000.0;

fn canvas(secs: f64, seed: u64) -> Canvas {
    Canvas::new(secs, RATE, seed)
}

/// A felt beater on a damped skin of 22 inches.
pub fn kick() -> Sound {
    canvas(0.45, 1)
        .skin(1.0, 165.0, 52.0, 0.020, 0.42)
        .skin(0.30, 250.0, 96.0, 0.012, 0.14)
        .skin(0.22, 1900.0, 1100.0, 0.004, 0.02)
        .noise(1.7, 900.0, 6500.0, 0.0, 0.02)
        .noise(0.55, 80.0, 900.0, 0.0, 0.07)
        .done()
}

/// An older, softer one.
pub fn kick_soft() -> Sound {
    canvas(0.5, 31)
        .skin(1.0, 120.0, 46.0, 0.028, 0.5)
        .skin(0.25, 190.0, 84.0, 0.016, 0.16)
        .noise(0.9, 200.0, 3000.0, 0.0, 0.03)
        .done()
}

/// The skin's first modes (T. Rossing, 1992) and wires that answer a few milliseconds later.
pub fn snare() -> Sound {
    canvas(0.4, 2)
        .skin(0.60, 240.0, 184.0, 0.010, 0.15)
        .skin(0.32, 345.0, 331.0, 0.01, 0.10)
        .tone(0.14, 278.0, 0.12)
        .tone(0.12, 403.0, 0.09)
        .tone(0.10, 512.0, 0.07)
        .swell(1.6, 1200.0, 7500.0, 0.0, 0.004, 0.24)
        .noise(1.1, 350.0, 3000.0, 0.0, 0.1)
        .noise(0.9, 2500.0, 9000.0, 0.0, 0.015)
        .done()
}

pub fn electric_snare() -> Sound {
    canvas(0.35, 3)
        .skin(0.75, 330.0, 178.0, 0.016, 0.2)
        .skin(0.35, 480.0, 286.0, 0.012, 0.12)
        .noise(1.5, 700.0, 6500.0, 0.0, 0.25)
        .done()
}

/// The stick's shaft on the rim.
pub fn rim() -> Sound {
    canvas(0.1, 4)
        .tone(0.7, 1690.0, 0.045)
        .tone(0.45, 2450.0, 0.03)
        .tone(0.5, 480.0, 0.05)
        .tone(0.3, 4600.0, 0.02)
        .noise(1.5, 1500.0, 11_000.0, 0.0, 0.014)
        .done()
}

/// Four pairs of hands and the room.
pub fn clap() -> Sound {
    canvas(0.35, 5)
        .noise(1.4, 900.0, 3600.0, 0.0, 0.022)
        .noise(1.4, 900.0, 3600.0, 0.0105, 0.022)
        .noise(1.5, 850.0, 3400.0, 0.0225, 0.028)
        .noise(1.7, 800.0, 3600.0, 0.034, 0.10)
        .noise(0.5, 700.0, 4200.0, 0.034, 0.32)
        .done()
}

/// A tom of fundamental `hz`: the pitch falls a little as the skin comes to rest.
fn tom(hz: f64, seed: u64) -> Sound {
    canvas(0.35 + 50.0 / hz, seed)
        .skin(1.0, 1.5 * hz, hz, 0.035, 0.3 + 40.0 / hz)
        .skin(0.30, 2.1 * hz, 1.594 * hz, 0.02, 0.25)
        .skin(0.14, 2.6 * hz, 2.14 * hz, 0.02, 0.16)
        .noise(1.4, 1100.0, 6500.0, 0.0, 0.018)
        .noise(0.7, 150.0, 1400.0, 0.0, 0.09)
        .done()
}

pub fn floor_tom() -> Sound {
    tom(82.0, 8)
}

pub fn middle_tom() -> Sound {
    tom(118.0, 41)
}

pub fn high_tom() -> Sound {
    tom(172.0, 42)
}

/// A bongo, at key 60.
pub fn bongo() -> Sound {
    canvas(0.28, 14)
        .skin(1.0, 440.0, 402.0, 0.008, 0.2)
        .skin(0.45, 720.0, 690.0, 0.006, 0.09)
        .skin(0.2, 1010.0, 980.0, 0.006, 0.05)
        .noise(1.6, 1500.0, 8000.0, 0.0, 0.014)
        .done()
}

/// A conga's open tone, at key 63.
pub fn conga() -> Sound {
    canvas(0.45, 43)
        .skin(1.0, 232.0, 214.0, 0.012, 0.4)
        .skin(0.35, 350.0, 338.0, 0.01, 0.15)
        .skin(0.22, 540.0, 522.0, 0.01, 0.09)
        .noise(1.1, 900.0, 5500.0, 0.0, 0.014)
        .done()
}

/// The same under the palm, at key 62.
pub fn muted_conga() -> Sound {
    canvas(0.16, 44)
        .skin(0.8, 280.0, 258.0, 0.01, 0.08)
        .skin(0.5, 620.0, 590.0, 0.008, 0.05)
        .noise(1.5, 900.0, 6000.0, 0.0, 0.022)
        .done()
}

/// A timbale: a metal shell with a tight skin, at key 65.
pub fn timbale() -> Sound {
    canvas(0.45, 45)
        .skin(1.0, 345.0, 318.0, 0.01, 0.3)
        .skin(0.5, 520.0, 507.0, 0.01, 0.28)
        .tone(0.25, 905.0, 0.3)
        .tone(0.18, 1480.0, 0.24)
        .tone(0.12, 2310.0, 0.16)
        .noise(1.5, 1800.0, 10_000.0, 0.0, 0.014)
        .done()
}

/// A surdo, at key 87; under the hand at 86.
pub fn surdo() -> Sound {
    canvas(0.7, 46)
        .skin(1.0, 86.0, 68.0, 0.03, 0.65)
        .skin(0.3, 130.0, 108.0, 0.02, 0.3)
        .noise(0.8, 120.0, 1800.0, 0.0, 0.04)
        .done()
}

pub fn muted_surdo() -> Sound {
    canvas(0.25, 47)
        .skin(1.0, 100.0, 76.0, 0.02, 0.16)
        .skin(0.3, 170.0, 130.0, 0.02, 0.1)
        .noise(0.6, 100.0, 1200.0, 0.0, 0.04)
        .done()
}

/// The cuíca's sung skin: rubbed, rising or held back.
pub fn open_cuica() -> Sound {
    cuica(420.0, 700.0, 20)
}

pub fn mute_cuica() -> Sound {
    cuica(520.0, 400.0, 48)
}

fn cuica(from: f64, to: f64, seed: u64) -> Sound {
    let hum = canvas(0.3, seed).skin(0.8, from, to, 0.06, 0.7).skin(0.4, 2.0 * from, 2.0 * to, 0.06, 0.6);
    hum.skin(0.25, 3.0 * from, 3.0 * to, 0.06, 0.5).noise(0.25, 700.0, 3500.0, 0.0, 0.3).done()
}

/// Beads in a gourd: away, and back.
pub fn cabasa() -> Sound {
    canvas(0.14, 49).swell(1.0, 3500.0, 12_000.0, 0.0, 0.02, 0.14).swell(0.8, 4500.0, 13_000.0, 0.04, 0.01, 0.08).done()
}

pub fn maraca() -> Sound {
    canvas(0.09, 15).swell(1.0, 5000.0, 13_000.0, 0.0, 0.012, 0.07).done()
}

pub fn shaker() -> Sound {
    canvas(0.18, 50).swell(0.6, 4200.0, 11_000.0, 0.0, 0.05, 0.3).swell(0.8, 5000.0, 12_500.0, 0.075, 0.015, 0.1).done()
}

/// A stick over `n` notches, `gap` seconds apart, a little faster towards the end.
fn scrape(n: usize, gap: f64, secs: f64, seed: u64) -> Sound {
    let mut at = 0.0;
    let mut out = canvas(secs, seed);
    for i in 0..n {
        let strength = 0.6 + 0.6 * i as f64 / n as f64;
        out = out.noise(strength, 1900.0, 7500.0, at, 0.014).noise(0.4 * strength, 600.0, 1400.0, at, 0.02);
        at += gap * (1.0 - 0.35 * i as f64 / n as f64);
    }
    out.done()
}

pub fn short_guiro() -> Sound {
    scrape(8, 0.013, 0.13, 51)
}

pub fn long_guiro() -> Sound {
    scrape(20, 0.026, 0.48, 16)
}

/// Two hard sticks of rosewood, at key 75.
pub fn claves() -> Sound {
    canvas(0.13, 18).tone(1.0, 2480.0, 0.11).tone(0.15, 4900.0, 0.04).noise(0.25, 2000.0, 8000.0, 0.0, 0.006).done()
}

/// A hollow block, at key 76.
pub fn wood_block() -> Sound {
    canvas(0.12, 52)
        .tone(0.9, 905.0, 0.085)
        .tone(0.6, 1370.0, 0.05)
        .tone(0.4, 2410.0, 0.035)
        .tone(0.25, 3900.0, 0.02)
        .noise(0.9, 1500.0, 9000.0, 0.0, 0.008)
        .done()
}

/// Two strips of wood, at key 85.
pub fn castanets() -> Sound {
    canvas(0.1, 53)
        .tone(0.8, 1890.0, 0.035)
        .tone(0.6, 2850.0, 0.03)
        .noise(0.9, 1500.0, 8000.0, 0.0, 0.012)
        .noise(0.7, 1500.0, 8000.0, 0.022, 0.014)
        .done()
}

/// Two sticks in the air, at key 31.
pub fn sticks() -> Sound {
    canvas(0.09, 54)
        .tone(0.9, 1540.0, 0.05)
        .tone(0.6, 2120.0, 0.04)
        .tone(0.3, 3980.0, 0.02)
        .noise(0.3, 1500.0, 7000.0, 0.0, 0.008)
        .done()
}

/// A square wave's tick, at key 33.
pub fn click() -> Sound {
    canvas(0.05, 55).tone(1.0, 1760.0, 0.03).tone(0.33, 5280.0, 0.02).done()
}

/// A laser of the eighties, at key 27.
pub fn high_q() -> Sound {
    canvas(0.14, 56).skin(1.0, 3600.0, 380.0, 0.018, 0.12).done()
}

/// An open hand's slap, at key 28.
pub fn slap() -> Sound {
    canvas(0.16, 57).skin(0.6, 520.0, 300.0, 0.01, 0.09).noise(1.6, 1200.0, 7000.0, 0.0, 0.05).done()
}

/// A record pushed and pulled, at keys 29 and 30.
pub fn scratch_push() -> Sound {
    canvas(0.16, 58).skin(0.5, 280.0, 1150.0, 0.06, 0.5).swell(1.0, 900.0, 4200.0, 0.0, 0.03, 0.2).done()
}

pub fn scratch_pull() -> Sound {
    canvas(0.16, 59).skin(0.5, 1250.0, 260.0, 0.05, 0.4).swell(1.0, 700.0, 3400.0, 0.0, 0.02, 0.18).done()
}

/// A pea whistle: short at key 71, long at 72.
pub fn short_whistle() -> Sound {
    whistle(0.22, 0.05, 17)
}

pub fn long_whistle() -> Sound {
    whistle(0.55, 0.35, 60)
}

fn whistle(secs: f64, held: f64, seed: u64) -> Sound {
    // Two pitches that beat as the pea runs round.
    let trill =
        canvas(secs, seed).skin(0.7, 2250.0, 2330.0, 0.02, held * 12.0).skin(0.6, 2290.0, 2366.0, 0.02, held * 12.0);
    trill.skin(0.12, 4500.0, 4660.0, 0.02, held * 12.0).noise(0.3, 2200.0, 6000.0, 0.0, held * 8.0).done()
}

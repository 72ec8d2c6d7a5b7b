//! What General MIDI has besides instruments: surf, birds, a telephone. Each is a function from key to
//! [`Sound`], most of them deaf to it.

use super::canvas::Canvas;
use super::math::{Noise, exp, sin_turns};
use super::shaped::{Place, Shaped};
use super::sound::Sound;
use super::sustain::periodic_noise;

const RATE: f64 = 20_000.0;

fn looped(data: Vec<f64>) -> Sound {
    Sound { looped: Some((0, data.len())), data, rate: RATE as u32, t60: None }
}

/// Noise in bands (Hz, width, gain), `secs` long, without a seam.
fn bands(secs: f64, list: &[(f64, f64, f64)], seed: u64) -> Vec<f64> {
    let n = (secs * RATE) as usize;
    let mut noise = Noise::new(seed);
    let mut out = vec![0.0; n];
    for &(hz, width, gain) in list {
        let band = periodic_noise(n, hz / RATE, width / RATE, &mut noise);
        out.iter_mut().zip(&band).for_each(|(x, y)| *x += gain * y);
    }
    out
}

/// Wind and water, all of it.
pub fn surf(_: u8) -> Sound {
    looped(bands(1.2, &[(300.0, 500.0, 1.0), (1200.0, 2000.0, 0.7), (4500.0, 5000.0, 0.5)], 31))
}

/// Rotor blades: noise in eleven thumps a second.
pub fn rotor(_: u8) -> Sound {
    let mut data = bands(0.9, &[(110.0, 120.0, 1.6), (420.0, 500.0, 0.8), (1800.0, 2500.0, 0.25)], 32);
    let n = data.len() as f64;
    for (i, x) in data.iter_mut().enumerate() {
        let turn = (10.0 * i as f64 / n).fract();
        *x *= 0.12 + exp(-7.0 * turn) * (turn * 60.0).min(1.0);
    }
    looped(data)
}

/// Some hundreds of hands.
pub fn applause(_: u8) -> Sound {
    let n = (1.8 * RATE) as usize;
    let mut out = vec![0.0; n];
    let mut noise = Noise::new(33);
    for _ in 0..350 {
        let (at, strength) = ((noise.unit() * n as f64) as usize, 0.2 + noise.unit() * noise.unit());
        // Hands differ: cupped or flat.
        let (smooth, rough) = (0.25 + 0.5 * noise.unit(), 0.04 + 0.08 * noise.unit());
        let (mut top, mut bottom) = (0.0, 0.0);
        for i in 0..500 {
            top += (noise.signed() - top) * smooth;
            bottom += (top - bottom) * rough;
            out[(at + i) % n] += strength * (top - bottom) * exp(-(i as f64) / 90.0);
        }
    }
    looped(out)
}

/// The last of a cymbal first.
pub fn reverse_cymbal(_: u8) -> Sound {
    let mut canvas =
        Canvas::new(0.95, RATE, 34).metal(1.0, 90, 420.0, 9300.0, 2.4, 0.0).noise(1.2, 3500.0, 9500.0, 0.0, 1.4);
    canvas.data.reverse();
    canvas.done()
}

/// A finger along a wound string.
pub fn fret_noise(_: u8) -> Sound {
    let mut squeak = Canvas::new(0.2, RATE, 35).swell(0.5, 1500.0, 6000.0, 0.0, 0.05, 0.4);
    squeak = squeak.skin(0.25, 1300.0, 2300.0, 0.08, 0.8).skin(0.15, 2600.0, 4600.0, 0.08, 0.7);
    squeak.noise(0.8, 800.0, 5000.0, 0.15, 0.03).done()
}

pub fn breath_noise(_: u8) -> Sound {
    Canvas::new(0.6, RATE, 36)
        .swell(1.0, 900.0, 5500.0, 0.0, 0.12, 0.9)
        .swell(0.5, 3000.0, 9000.0, 0.0, 0.08, 0.6)
        .done()
}

/// A phrase of chirps.
pub fn bird(_: u8) -> Sound {
    let mut out = Canvas::new(1.3, 24_000.0, 37);
    for (i, &(at, from, to, t60)) in [
        (0.0, 3300.0, 4700.0, 0.16),
        (0.17, 4600.0, 3500.0, 0.14),
        (0.33, 3600.0, 5200.0, 0.16),
        (0.7, 4900.0, 3900.0, 0.12),
        (0.82, 4900.0, 3900.0, 0.12),
        (0.94, 4900.0, 3700.0, 0.25),
    ]
    .iter()
    .enumerate()
    {
        let chirp = Canvas::new(0.3, 24_000.0, 38 + i as u64).skin(1.0, from, to, 0.035, t60).skin(
            0.12,
            2.0 * from,
            2.0 * to,
            0.035,
            t60,
        );
        let mut chirp = chirp;
        let rise = 300.0;
        for (k, x) in chirp.data.iter_mut().enumerate() {
            *x *= (k as f64 / rise).min(1.0);
        }
        out = out.put(&chirp, 1.0, at);
    }
    out.done()
}

/// Two bells and a clapper, twenty-two strokes a second.
pub fn telephone(key: u8) -> Sound {
    let strokes = 11.0;
    let wave = move |p: Place| {
        let stroke = (strokes * p.loops + 100.0 * strokes).fract();
        let ring = 0.45 + 0.55 * exp(-5.0 * stroke) * (stroke * 30.0).min(1.0);
        // Multiples of the fundamental and so many cycles a loop more: whole in the loop.
        let bell = |n: f64, more: f64, amp: f64| amp * sin_turns(n * p.turns + more * p.loops);
        ring * (bell(1.0, 0.0, 1.0)
            + bell(1.0, 131.0, 0.8)
            + bell(2.0, 262.0, 0.4)
            + bell(3.0, 131.0, 0.3)
            + bell(5.0, -131.0, 0.15))
    };
    Shaped {
        key,
        rate: RATE,
        wave: &wave,
        t60: None,
        oversampled: 1,
        cut_hz: 0.0,
        onset: 0.0,
        body: 0.0,
        loop_secs: 0.5,
    }
    .render()
}

pub fn gunshot(_: u8) -> Sound {
    Canvas::new(0.9, RATE, 39)
        .noise(3.0, 300.0, 9000.0, 0.0, 0.09)
        .noise(1.2, 100.0, 2500.0, 0.01, 0.5)
        .noise(0.8, 60.0, 700.0, 0.03, 1.1)
        .skin(1.0, 160.0, 48.0, 0.03, 0.3)
        .done()
}

//! Circuits: overdriven guitars, leads, basses and pads. Each is a function from key to [`Sound`].

use super::math::{exp, hz_from_key, pow, sin_turns};
use super::organs::falling;
use super::shaped::{Place, Shaped};
use super::sound::{Sound, formants};
use super::sustain::{STILL, Sustained};

/// A string into a valve: the sum of its partials, bent, through a loudspeaker that ends at 5 kHz.
fn driven(key: u8, drive: f64, lean: f64, cut_hz: f64) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let n = (7000.0 / hz).clamp(4.0, 40.0) as usize;
    let wave = move |p: Place| {
        let mut x = 0.0;
        for k in 1..=n {
            let number = k as f64;
            let place = sin_turns(0.5 * number * 0.17);
            let gone = exp(-p.secs * (0.25 + 0.16 * number));
            let soft = pow(number, -0.7) / (1.0 + (number * hz / 4000.0) * (number * hz / 4000.0));
            x += place * soft * gone * sin_turns(number * p.turns) * (1.0 + 0.25 * sin_turns(p.loops + 0.37 * number));
        }
        let pick = exp(-p.secs / 0.006);
        let y = drive * (1.0 + 0.8 * pick) * x + lean;
        // A valve's knee, softer on one side.
        let bent = if y > 0.0 { y / (1.0 + y.abs()) } else { 1.15 * y / (1.0 + 1.25 * y.abs()) };
        bent - lean / (1.0 + lean)
    };
    Shaped {
        key,
        rate: 24_000.0,
        wave: &wave,
        t60: None,
        oversampled: 4,
        cut_hz,
        onset: 0.002,
        body: 0.3,
        loop_secs: 0.42,
    }
    .render()
}

pub fn overdriven_guitar(key: u8) -> Sound {
    driven(key, 7.0, 0.25, 5000.0)
}

pub fn distorted_guitar(key: u8) -> Sound {
    driven(key, 30.0, 0.12, 5600.0)
}

pub fn square_lead(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| if (k as u32).is_multiple_of(2) { 0.04 / k } else { falling(k, f, 1.0, 6500.0) };
    Sustained { key, rate: 26_000.0, harmonic: &harmonic, players: 2, spread_cents: 2.0, loop_secs: 0.4, ..STILL }
        .render()
}

/// Three sawtooths.
pub fn saw_lead(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| falling(k, f, 1.0, 6500.0);
    Sustained { key, rate: 26_000.0, harmonic: &harmonic, players: 3, spread_cents: 7.0, loop_secs: 0.6, ..STILL }
        .render()
}

/// A steam organ: pipes blown too hard.
pub fn calliope(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| falling(k, f, 1.3, 5000.0);
    Sustained {
        key,
        rate: 26_000.0,
        harmonic: &harmonic,
        players: 2,
        spread_cents: 5.0,
        wander: (3.0, 0.8),
        rise: (0.03, 0.0),
        scoop_cents: 45.0,
        breath: &[(3500.0, 4000.0, -33.0)],
        chiff: 4.0,
        body: 0.12,
        loop_secs: 0.5,
        ..STILL
    }
    .render()
}

/// A hollow pulse and a breath of air over it.
pub fn chiff_lead(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| falling(k, f, 0.85, 3000.0) * sin_turns(0.5 * k * 0.28).abs();
    Sustained {
        key,
        harmonic: &harmonic,
        rise: (0.012, 0.02),
        breath: &[(4500.0, 5000.0, -42.0)],
        chiff: 30.0,
        body: 0.15,
        loop_secs: 0.5,
        ..STILL
    }
    .render()
}

/// A saw and its octave below.
pub fn synth_bass(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| falling(k, f, 0.95, 4500.0);
    Sustained { key, rate: 22_050.0, harmonic: &harmonic, sub: 0.5, loop_secs: 0.2, ..STILL }.render()
}

/// A hollow pulse, hard.
pub fn pulse_bass(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| falling(k, f, 0.8, 3800.0) * sin_turns(0.5 * k * 0.36).abs();
    Sustained { key, rate: 22_050.0, harmonic: &harmonic, players: 2, spread_cents: 4.0, loop_secs: 0.6, ..STILL }
        .render()
}

/// Soft sawtooths, five of them, that drift.
pub fn warm_pad(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| falling(k, f, 1.05, 1700.0);
    pad(key, &harmonic, 5, 9.0, 0.3)
}

/// Brighter: for brass and poly synths, sweeps and stacks.
pub fn poly_pad(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| falling(k, f, 0.9, 4200.0);
    pad(key, &harmonic, 5, 8.0, 0.0)
}

/// Harmonics that come and go on their own: glass under a bow.
pub fn glass_pad(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| match k as u32 {
        1 => 1.0,
        2 => 0.35,
        3 => 0.28,
        4 => 0.12,
        5 => 0.16,
        7 => 0.08,
        9 => 0.04,
        _ => 0.008,
    } / (1.0 + f / 7000.0);
    Sustained {
        key,
        rate: 22_050.0,
        harmonic: &harmonic,
        players: 3,
        spread_cents: 5.0,
        wander: (2.0, 4.5),
        breath: &[(5200.0, 3500.0, -40.0)],
        loop_secs: 1.0,
        ..STILL
    }
    .render()
}

/// Every other harmonic and a shimmer of high ones: metal.
pub fn metal_pad(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| {
        let odd = if k as u32 % 2 == 1 { 1.0 } else { 0.25 };
        odd * falling(k, f, 0.8, 5500.0) * (0.5 + formants(f, &[(1700.0, 350.0, 1.0), (3600.0, 600.0, 0.8)]))
    };
    Sustained {
        key,
        rate: 22_050.0,
        harmonic: &harmonic,
        players: 3,
        spread_cents: 7.0,
        wander: (2.0, 4.0),
        loop_secs: 1.0,
        ..STILL
    }
    .render()
}

fn pad(key: u8, harmonic: &dyn Fn(f64, f64) -> f64, players: usize, spread_cents: f64, sub: f64) -> Sound {
    Sustained { key, rate: 20_000.0, harmonic, players, spread_cents, wander: (2.0, 1.2), sub, loop_secs: 1.0, ..STILL }
        .render()
}

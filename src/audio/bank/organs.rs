//! Organs of pipes, wheels and free reeds. Each is a function from key to [`Sound`].

use super::math::{exp, hz_from_key, pow, sin_turns};
use super::shaped::{Place, Shaped};
use super::sound::{Sound, formants};
use super::sustain::{STILL, Sustained};

/// k to the power of −slope, low-passed at `corner` with a slope of 12 dB an octave.
pub fn falling(k: f64, f: f64, slope: f64, corner: f64) -> f64 {
    pow(k, -slope) / (1.0 + (f / corner) * (f / corner))
}

/// What a drawbar organ's wheels give: amplitude by half harmonics (1 is the 16-foot, 2 the 8-foot).
fn wheels(bars: &[(f64, f64)], turns: f64) -> f64 {
    bars.iter().map(|&(half, amp)| amp * sin_turns(0.5 * half * turns)).sum()
}

/// Wheels through a turning horn: its pitch and strength swing a whole number of times in the loop.
fn leslie(key: u8, bars: &[(f64, f64)], turning_hz: f64, depth: f64, drive: f64) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let secs = (4.0 / turning_hz).min(0.78);
    let swings = (turning_hz * secs).round();
    // Above the wheels' end the highest bars fold back an octave, as on the instrument.
    let top = 5900.0 / hz;
    let folded: Vec<(f64, f64)> =
        bars.iter().map(|&(half, amp)| if 0.5 * half > top { (0.5 * half, 0.6 * amp) } else { (half, amp) }).collect();
    let wave = move |p: Place| {
        let swing = sin_turns(swings * p.loops);
        let turns = p.turns + depth * swing * (0.3 + hz / 900.0).min(1.0);
        let click = 0.25 * exp(-p.secs / 0.002) * (sin_turns(7.0 * p.turns) + sin_turns(11.0 * p.turns));
        let x = (wheels(&folded, turns) + click) * (1.0 + 0.16 * sin_turns(swings * p.loops + 0.2));
        if drive > 0.0 { drive * x / (1.0 + (drive * x).abs()) } else { x }
    };
    // Half harmonics need two cycles: the 16-foot bar sounds in whole cycles only over an even number.
    let even = Shaped {
        key: key.saturating_sub(12),
        rate: 22_050.0,
        wave: &|p| wave(Place { turns: 2.0 * p.turns, ..p }),
        t60: None,
        oversampled: 2,
        cut_hz: 7500.0,
        onset: 0.002,
        body: 0.06,
        loop_secs: secs,
    };
    even.render()
}

pub fn drawbar_organ(key: u8) -> Sound {
    leslie(
        key,
        &[(1.0, 0.7), (2.0, 1.0), (3.0, 0.55), (4.0, 0.5), (6.0, 0.25), (8.0, 0.3), (16.0, 0.1)],
        0.9,
        0.05,
        0.0,
    )
}

/// Full bars, the horn turning fast, the amplifier hot.
pub fn rock_organ(key: u8) -> Sound {
    let bars = [
        (1.0, 0.8),
        (2.0, 1.0),
        (3.0, 0.8),
        (4.0, 0.7),
        (6.0, 0.45),
        (8.0, 0.5),
        (10.0, 0.3),
        (12.0, 0.3),
        (16.0, 0.35),
    ];
    leslie(key, &bars, 6.4, 0.06, 0.8)
}

/// A soft registration with a second harmonic that is struck and dies.
pub fn percussive_organ(key: u8) -> Sound {
    let wave = |p: Place| {
        let struck = exp(-p.secs / 0.13);
        let click = 0.2 * exp(-p.secs / 0.002) * sin_turns(9.0 * p.turns);
        sin_turns(p.turns)
            + 0.45 * sin_turns(2.0 * p.turns)
            + 0.22 * sin_turns(3.0 * p.turns)
            + struck * (1.0 * sin_turns(2.0 * p.turns + 0.1) + 0.8 * sin_turns(3.0 * p.turns))
            + click
    };
    Shaped {
        key,
        rate: 22_050.0,
        wave: &wave,
        t60: None,
        oversampled: 1,
        cut_hz: 0.0,
        onset: 0.002,
        body: 0.55,
        loop_secs: 0.05,
    }
    .render()
}

/// Principals at 8, 4, 2⅔ and 2 feet, a soft 16-foot, each a hair off, in a large room's air.
pub fn church_organ(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| {
        let rank = match k as u32 {
            1 => 1.0,
            2 => 0.75,
            3 => 0.36,
            4 => 0.5,
            5 => 0.1,
            6 => 0.24,
            8 => 0.3,
            12 => 0.12,
            16 => 0.10,
            _ => 0.25 / k,
        };
        rank / (1.0 + (f / 4300.0) * (f / 4300.0))
    };
    Sustained {
        key,
        rate: 22_050.0,
        harmonic: &harmonic,
        players: 3,
        spread_cents: 3.2,
        wander: (0.6, 0.5),
        rise: (0.045, 0.02),
        sub: 0.8,
        breath: &[(2600.0, 3000.0, -40.0)],
        chiff: 5.0,
        body: 0.12,
        loop_secs: 0.7,
        ..STILL
    }
    .render()
}

/// Brass tongues in a wooden box.
pub fn reed_organ(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| {
        falling(k, f, 0.75, 2600.0) * (0.5 + formants(f, &[(520.0, 220.0, 0.7), (1500.0, 500.0, 0.4)]))
    };
    free_reed(key, &harmonic, 2, 1.6, (0.05, 0.03))
}

/// Two reeds a voice, one of them sharp: the musette's beat.
pub fn accordion(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| {
        let even = if (k as u32).is_multiple_of(2) { 0.75 } else { 1.0 };
        even * falling(k, f, 0.5, 3000.0) * (0.45 + formants(f, &[(700.0, 350.0, 0.6), (1900.0, 600.0, 0.45)]))
    };
    // Beats of some 3 Hz wherever the note lies.
    let hz = hz_from_key(f64::from(key));
    free_reed(key, &harmonic, 2, (1200.0 * 1.5 / hz * std::f64::consts::LOG2_E).min(12.0), (0.035, 0.02))
}

/// A bandoneon: reeds in octaves, tuned dry.
pub fn bandoneon(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| {
        let octave = if (k as u32).is_multiple_of(2) { 1.1 } else { 0.8 };
        octave * falling(k, f, 0.5, 2300.0) * (0.4 + formants(f, &[(900.0, 300.0, 0.8), (2300.0, 500.0, 0.4)]))
    };
    free_reed(key, &harmonic, 2, 1.0, (0.03, 0.02))
}

fn free_reed(key: u8, harmonic: &dyn Fn(f64, f64) -> f64, players: usize, cents: f64, rise: (f64, f64)) -> Sound {
    Sustained {
        key,
        harmonic,
        players,
        spread_cents: cents,
        wander: (1.0, 0.7),
        rise,
        breath: &[(3000.0, 3000.0, -44.0)],
        chiff: 4.0,
        body: 0.08,
        loop_secs: 0.42,
        ..STILL
    }
    .render()
}

/// A reed between lips and two hands that open and close.
pub fn harmonica(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| {
        falling(k, f, 0.35, 3600.0) * (0.25 + formants(f, &[(850.0, 350.0, 0.8), (2400.0, 600.0, 0.7)]))
    };
    Sustained {
        key,
        harmonic: &harmonic,
        wander: (2.5, 1.2),
        vibrato: Some((5.2, 5.0, 0.25)),
        rise: (0.03, 0.025),
        scoop_cents: 18.0,
        breath: &[(3200.0, 3500.0, -36.0)],
        chiff: 3.0,
        body: 0.2,
        loop_secs: 0.58,
        ..STILL
    }
    .render()
}

/// A chanter: a narrow reed that knows no soft.
pub fn bagpipe(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| {
        falling(k, f, 0.25, 2500.0) * (0.25 + formants(f, &[(1250.0, 450.0, 0.9), (2600.0, 600.0, 0.4)]))
    };
    Sustained {
        key,
        harmonic: &harmonic,
        players: 2,
        spread_cents: 2.0,
        wander: (1.5, 0.6),
        rise: (0.02, 0.01),
        breath: &[(3500.0, 3000.0, -46.0)],
        body: 0.06,
        loop_secs: 0.5,
        ..STILL
    }
    .render()
}

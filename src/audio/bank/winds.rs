//! Reeds and flutes. Each is a function from key to [`Sound`].

use super::math::{exp, hz_from_key, pow};
use super::organs::falling;
use super::sound::{Sound, formants};
use super::sustain::{Band, STILL, Sustained};

struct Blown<'a> {
    rate: f64,
    rise: (f64, f64),
    scoop_cents: f64,
    breath: &'a [Band],
    chiff: f64,
    wander: (f64, f64),
    loop_secs: f64,
}

const REED: Blown<'static> = Blown {
    rate: 22_050.0,
    rise: (0.03, 0.025),
    scoop_cents: 10.0,
    breath: &[],
    chiff: 4.0,
    wander: (1.5, 0.8),
    loop_secs: 0.4,
};

fn blown(key: u8, b: &Blown, harmonic: &dyn Fn(f64, f64) -> f64) -> Sound {
    Sustained {
        key,
        rate: b.rate,
        harmonic,
        wander: b.wander,
        rise: b.rise,
        scoop_cents: b.scoop_cents,
        breath: b.breath,
        chiff: b.chiff,
        body: 0.13,
        loop_secs: b.loop_secs,
        ..STILL
    }
    .render()
}

/// A cone with a single reed: every harmonic, a throat around 700 Hz, edge above.
fn saxophone(key: u8, size: f64) -> Sound {
    let throat = [
        (680.0 / size, 260.0 / size, 0.9),
        (1350.0 / size, 380.0 / size, 0.5),
        (2700.0, 700.0, 0.32),
        (4000.0, 900.0, 0.12),
    ];
    let harmonic = |k: f64, f: f64| falling(k, f, 0.5, 3300.0 / size) * (0.25 + formants(f, &throat));
    let breath = [(2200.0, 2500.0, -35.0), (5000.0, 4000.0, -44.0)];
    blown(key, &Blown { breath: &breath, scoop_cents: 25.0, rise: (0.028, 0.03), rate: 24_000.0, ..REED }, &harmonic)
}

/// Soprano and alto.
pub fn high_sax(key: u8) -> Sound {
    saxophone(key, 0.88)
}

/// Tenor and baritone.
pub fn low_sax(key: u8) -> Sound {
    saxophone(key, 1.22)
}

/// A narrow cone, two reeds: a weak fundamental, formants near 1.1 and 2.9 kHz.
pub fn oboe(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| {
        let low = if k < 1.5 { 0.2 } else { 0.1 };
        falling(k, f, 0.4, 3000.0) * (low + formants(f, &[(1120.0, 300.0, 1.0), (2850.0, 450.0, 0.3)]))
    };
    blown(key, &Blown { breath: &[(3500.0, 3500.0, -44.0)], rate: 24_000.0, rise: (0.025, 0.02), ..REED }, &harmonic)
}

/// An oboe a fifth lower with a pear for a bell.
pub fn english_horn(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| {
        let low = if k < 1.5 { 0.25 } else { 0.1 };
        falling(k, f, 0.5, 2200.0) * (low + formants(f, &[(930.0, 230.0, 1.0), (2300.0, 400.0, 0.2)]))
    };
    blown(key, &Blown { breath: &[(2800.0, 3000.0, -44.0)], rise: (0.035, 0.025), ..REED }, &harmonic)
}

pub fn bassoon(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| {
        falling(k, f, 0.5, 1500.0)
            * (0.14 + formants(f, &[(470.0, 120.0, 1.0), (1150.0, 260.0, 0.32), (2000.0, 400.0, 0.12)]))
    };
    blown(key, &Blown { rate: 18_000.0, breath: &[(1500.0, 2000.0, -42.0)], rise: (0.03, 0.03), ..REED }, &harmonic)
}

/// A cylinder stopped at the reed: odd harmonics below the cut-off of its holes, all above it.
pub fn clarinet(key: u8) -> Sound {
    let hz = hz_from_key(f64::from(key));
    // Overblown, above the break, the even ones come sooner.
    let register = if hz > 440.0 { 0.25 } else { 0.05 };
    let harmonic = |k: f64, f: f64| {
        let even = if (k as u32).is_multiple_of(2) { register + 0.75 * f * f / (f * f + 2200.0 * 2200.0) } else { 1.0 };
        even * falling(k, f, 0.65, 2100.0) * (1.0 + formants(f, &[(1500.0, 500.0, 0.3)]))
    };
    let wander = (1.0, 0.5);
    blown(
        key,
        &Blown { breath: &[(2000.0, 2500.0, -42.0)], wander, rise: (0.035, 0.02), scoop_cents: 6.0, ..REED },
        &harmonic,
    )
}

/// Low, a flute is rich in its octave; high, it is nearly a sine. Breath always.
pub fn flute(key: u8) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let rich = (330.0 / hz).min(1.3);
    let harmonic = |k: f64, f: f64| {
        let amp = match k as u32 {
            1 => 1.0,
            2 => 0.8 * pow(rich, 0.9),
            3 => 0.38 * rich,
            4 => 0.3 * rich * rich,
            n => 0.28 * rich * rich * pow(0.5, f64::from(n - 4)),
        };
        amp / (1.0 + (f / 6000.0) * (f / 6000.0))
    };
    let breath = [(hz * 2.0, hz * 1.5, -33.0), (3300.0, 3500.0, -36.0), (7500.0, 5000.0, -46.0)];
    let b = Blown {
        breath: &breath,
        chiff: 6.0,
        rise: (0.055, 0.0),
        scoop_cents: 14.0,
        rate: 24_000.0,
        wander: (2.5, 1.6),
        ..REED
    };
    blown(key, &b, &harmonic)
}

/// Recorder and ocarina: a fipple, hardly an even harmonic, an edge of air when it speaks.
pub fn recorder(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| {
        let amp = match k as u32 {
            1 => 1.0,
            2 => 0.09,
            3 => 0.22,
            4 => 0.03,
            5 => 0.05,
            _ => 0.012,
        };
        amp / (1.0 + f / 9000.0)
    };
    let breath = [(2500.0, 3000.0, -42.0)];
    let b = Blown {
        breath: &breath,
        chiff: 9.0,
        rise: (0.03, 0.0),
        scoop_cents: -12.0,
        rate: 24_000.0,
        wander: (1.5, 0.7),
        ..REED
    };
    blown(key, &b, &harmonic)
}

/// Air over an open end: pan pipes, bottle, shakuhachi. A stopped pipe's odd harmonics in much breath.
pub fn pan_flute(key: u8) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let harmonic = |k: f64, f: f64| {
        let amp = match k as u32 {
            1 => 1.0,
            2 => 0.04,
            3 => 0.20,
            5 => 0.05,
            _ => 0.008,
        };
        amp / (1.0 + f / 8000.0)
    };
    let breath = [(hz, hz * 0.25, -20.0), (hz * 3.0, hz * 0.6, -27.0), (4200.0, 5000.0, -31.0)];
    let b = Blown {
        breath: &breath,
        chiff: 9.0,
        rise: (0.05, 0.0),
        scoop_cents: 30.0,
        wander: (3.0, 1.5),
        loop_secs: 0.7,
        ..REED
    };
    blown(key, &b, &harmonic)
}

/// Lips: a sine in a little wind.
pub fn whistle(key: u8) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let harmonic = |k: f64, _: f64| if k < 1.5 { 1.0 } else { 0.012 * exp(2.0 - k) };
    let breath = [(hz, hz * 0.15, -27.0), (5200.0, 4000.0, -40.0)];
    let b = Blown { breath: &breath, chiff: 4.0, rise: (0.05, 0.0), scoop_cents: 40.0, wander: (4.0, 0.8), ..REED };
    blown(key, &b, &harmonic)
}

/// A shawm: oboe's cousin outdoors.
pub fn shawm(key: u8) -> Sound {
    let harmonic = |k: f64, f: f64| {
        falling(k, f, 0.1, 3600.0) * (0.2 + formants(f, &[(1000.0, 400.0, 0.9), (2300.0, 600.0, 0.8)]))
    };
    blown(key, &Blown { breath: &[(3500.0, 3500.0, -42.0)], scoop_cents: 35.0, rate: 24_000.0, ..REED }, &harmonic)
}

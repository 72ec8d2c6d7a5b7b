//! Bars, bells, tongues, skins and other things that ring at a pitch. Each is a function from key to [`Sound`].
//!
//! Mode ratios: Fletcher and Rossing, chapters 18 to 21.

use super::math::hz_from_key;
use super::sound::Sound;
use super::strike::{Knock, Mode, Struck};
use super::strings::by_pitch;

struct Ringing<'a> {
    rate: f64,
    t60: f64,
    body: f64,
    loop_secs: f64,
    knock: (f64, f64, f64),
    thumps: &'a [(f64, f64, f64)],
    /// (ratio, amplitude, share of the fundamental's ring)
    table: &'a [(f64, f64, f64)],
}

fn ringing(key: u8, r: &Ringing) -> Sound {
    let (amp, hz, t60) = r.knock;
    let mode = |&(ratio, amp, share): &(f64, f64, f64)| Mode::new(ratio, amp, (r.t60 * share).max(0.015));
    Struck {
        hz: hz_from_key(f64::from(key)),
        rate: r.rate,
        modes: r.table.iter().map(mode).collect(),
        thumps: r.thumps,
        knock: Some(Knock { amp, hz, t60 }),
        onset: 0.0007,
        body: r.body,
        loop_secs: r.loop_secs,
        seed: 200 + u64::from(key),
    }
    .render()
}

fn ring(key: u8, at_c4: f64, octaves: f64, most: f64) -> f64 {
    by_pitch(hz_from_key(f64::from(key)), at_c4, octaves).min(most)
}

const PLAIN: Ringing<'static> = Ringing {
    rate: 26_000.0,
    t60: 1.0,
    body: 0.3,
    loop_secs: 0.06,
    knock: (0.05, 3000.0, 0.015),
    thumps: &[],
    table: &[],
};

/// Felt on steel plates over wooden boxes.
pub fn celesta(key: u8) -> Sound {
    let table = [
        (1.0, 1.0, 1.0),
        (1.002, 0.2, 0.9),
        (2.756, 0.13, 0.3),
        (4.0, 0.18, 0.26),
        (5.4, 0.09, 0.16),
        (8.9, 0.05, 0.08),
    ];
    let wood = [(180.0, 0.02, 0.05), (420.0, 0.02, 0.04)];
    let r =
        Ringing { t60: ring(key, 4.5, 1.4, 4.0), knock: (0.06, 4500.0, 0.012), thumps: &wood, table: &table, ..PLAIN };
    ringing(key, &r)
}

/// Brass on free steel bars.
pub fn glockenspiel(key: u8) -> Sound {
    let table = [(1.0, 1.0, 1.0), (2.756, 0.6, 0.5), (5.404, 0.42, 0.28), (8.933, 0.26, 0.16), (13.3, 0.14, 0.09)];
    ringing(
        key,
        &Ringing {
            rate: 32_000.0,
            t60: ring(key, 8.0, 1.4, 5.0),
            knock: (0.14, 11_000.0, 0.01),
            table: &table,
            ..PLAIN
        },
    )
}

/// A comb's teeth: hardly any overtones, and the pin that plucks.
pub fn music_box(key: u8) -> Sound {
    let table = [(1.0, 1.0, 1.0), (2.0, 0.06, 0.6), (6.27, 0.34, 0.22), (9.6, 0.12, 0.1), (17.5, 0.12, 0.04)];
    let wood = [(520.0, 0.05, 0.04), (830.0, 0.04, 0.03)];
    let r = Ringing {
        rate: 30_000.0,
        t60: ring(key, 4.0, 1.6, 3.2),
        knock: (0.14, 9000.0, 0.008),
        thumps: &wood,
        table: &table,
        ..PLAIN
    };
    ringing(key, &r)
}

/// Tuned aluminium over pipes; soft yarn.
pub fn vibraphone(key: u8) -> Sound {
    let table = [(1.0, 1.0, 1.0), (4.0, 0.17, 0.28), (10.2, 0.05, 0.05), (17.6, 0.015, 0.02)];
    ringing(
        key,
        &Ringing {
            rate: 24_000.0,
            t60: ring(key, 7.0, 1.6, 9.0),
            knock: (0.05, 2600.0, 0.016),
            table: &table,
            ..PLAIN
        },
    )
}

/// Rosewood over pipes.
pub fn marimba(key: u8) -> Sound {
    let table = [(1.0, 1.0, 1.0), (3.98, 0.26, 0.22), (9.9, 0.10, 0.07), (17.0, 0.04, 0.04)];
    let wood = [(230.0, 0.05, 0.05), (610.0, 0.04, 0.03)];
    let r =
        Ringing { t60: ring(key, 1.25, 1.3, 2.6), knock: (0.10, 2200.0, 0.014), thumps: &wood, table: &table, ..PLAIN };
    ringing(key, &r)
}

/// Hard wood, hard sticks, tuned to the twelfth.
pub fn xylophone(key: u8) -> Sound {
    let table = [(1.0, 1.0, 1.0), (3.0, 0.6, 0.5), (6.2, 0.38, 0.26), (10.4, 0.24, 0.13), (15.1, 0.14, 0.08)];
    let wood = [(480.0, 0.05, 0.04), (1150.0, 0.05, 0.03)];
    let r = Ringing {
        rate: 32_000.0,
        t60: ring(key, 1.1, 1.5, 1.2),
        knock: (0.22, 8000.0, 0.009),
        thumps: &wood,
        table: &table,
        ..PLAIN
    };
    ringing(key, &r)
}

/// The bell's strike note lies an octave under its strongest partial, which is where the ear puts it.
pub fn tubular_bell(key: u8) -> Sound {
    let table = [
        (1.0, 0.35, 1.0),
        (2.0, 1.0, 0.9),
        (2.006, 0.25, 0.85),
        (3.0, 0.6, 0.65),
        (4.17, 0.5, 0.42),
        (4.19, 0.2, 0.4),
        (5.45, 0.32, 0.28),
        (6.82, 0.22, 0.18),
        (8.26, 0.14, 0.12),
        (9.8, 0.08, 0.08),
    ];
    let r = Ringing {
        rate: 22_050.0,
        t60: ring(key, 11.0, 1.6, 12.0),
        body: 0.7,
        loop_secs: 0.35,
        knock: (0.10, 6000.0, 0.014),
        table: &table,
        ..PLAIN
    };
    ringing(key, &r)
}

/// A small bell, struck: tinkling.
pub fn tinkle_bell(key: u8) -> Sound {
    let table =
        [(1.0, 1.0, 1.0), (1.004, 0.3, 0.8), (2.42, 0.5, 0.6), (3.91, 0.4, 0.4), (5.7, 0.3, 0.25), (7.8, 0.15, 0.15)];
    let r = Ringing {
        rate: 32_000.0,
        t60: ring(key, 5.0, 1.5, 3.5),
        loop_secs: 0.3,
        knock: (0.08, 8000.0, 0.008),
        table: &table,
        ..PLAIN
    };
    ringing(key, &r)
}

pub fn kalimba(key: u8) -> Sound {
    let table = [(1.0, 1.0, 1.0), (2.0, 0.05, 0.5), (5.85, 0.36, 0.14), (11.6, 0.14, 0.06)];
    let wood = [(260.0, 0.10, 0.06), (440.0, 0.08, 0.05), (720.0, 0.05, 0.04)];
    let r =
        Ringing { t60: ring(key, 2.2, 1.6, 3.0), knock: (0.16, 4500.0, 0.012), thumps: &wood, table: &table, ..PLAIN };
    ringing(key, &r)
}

/// A pan: octave and twelfth answer each other.
pub fn steel_drum(key: u8) -> Sound {
    let table = [
        (1.0, 1.0, 0.8),
        (1.997, 0.7, 1.0),
        (2.004, 0.3, 0.7),
        (3.01, 0.28, 0.5),
        (4.03, 0.34, 0.42),
        (5.1, 0.14, 0.25),
        (6.2, 0.18, 0.22),
        (8.1, 0.14, 0.16),
        (10.3, 0.08, 0.1),
    ];
    let r =
        Ringing { t60: ring(key, 1.9, 1.7, 2.6), loop_secs: 0.2, knock: (0.09, 4500.0, 0.012), table: &table, ..PLAIN };
    ringing(key, &r)
}

/// A kettle: the air in it makes the skin's round modes nearly 2 : 3 : 4 : 5.
pub fn timpani(key: u8) -> Sound {
    let table = [
        (1.0, 1.0, 1.0),
        (1.504, 0.75, 0.8),
        (1.742, 0.25, 0.3),
        (2.0, 0.5, 0.6),
        (2.245, 0.16, 0.25),
        (2.494, 0.3, 0.42),
        (2.98, 0.18, 0.3),
        (3.46, 0.1, 0.2),
        (0.85, 0.5, 0.06),
    ];
    let r = Ringing {
        rate: 16_000.0,
        t60: ring(key, 2.6, 2.5, 6.0),
        body: 0.8,
        loop_secs: 0.25,
        knock: (0.10, 600.0, 0.05),
        table: &table,
        ..PLAIN
    };
    ringing(key, &r)
}

/// A taiko: a barrel of air under thick skin.
pub fn taiko(key: u8) -> Sound {
    let table =
        [(1.0, 1.0, 1.0), (1.59, 0.5, 0.5), (2.14, 0.3, 0.35), (2.3, 0.25, 0.3), (2.65, 0.16, 0.25), (3.5, 0.1, 0.15)];
    let r = Ringing {
        rate: 18_000.0,
        t60: ring(key, 1.0, 2.5, 2.0),
        body: 0.45,
        knock: (0.4, 2200.0, 0.03),
        table: &table,
        ..PLAIN
    };
    ringing(key, &r)
}

/// A tom tuned to a pitch.
pub fn melodic_tom(key: u8) -> Sound {
    let table = [(1.0, 1.0, 1.0), (1.594, 0.4, 0.45), (2.136, 0.22, 0.3), (2.65, 0.12, 0.2)];
    let r =
        Ringing { rate: 20_000.0, t60: ring(key, 0.55, 2.2, 1.1), knock: (0.55, 5000.0, 0.02), table: &table, ..PLAIN };
    ringing(key, &r)
}

pub fn agogo(key: u8) -> Sound {
    let table =
        [(1.0, 1.0, 1.0), (2.72, 0.7, 0.7), (4.15, 0.55, 0.5), (5.9, 0.4, 0.35), (8.3, 0.25, 0.2), (10.9, 0.16, 0.15)];
    let r = Ringing {
        rate: 30_000.0,
        t60: ring(key, 0.9, 2.0, 0.6),
        body: 0.2,
        knock: (0.2, 10_000.0, 0.008),
        table: &table,
        ..PLAIN
    };
    ringing(key, &r)
}

pub fn wood_block(key: u8) -> Sound {
    let table = [(1.0, 1.0, 1.0), (1.47, 0.6, 0.7), (2.61, 0.5, 0.5), (4.1, 0.35, 0.35), (6.3, 0.2, 0.25)];
    let r = Ringing { rate: 28_000.0, t60: 0.14, body: 0.12, knock: (0.35, 8000.0, 0.006), table: &table, ..PLAIN };
    ringing(key, &r)
}

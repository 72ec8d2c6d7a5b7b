//! Plucked strings: guitars, basses, harp, pizzicato, and the long-necked lutes and zithers of the east.
//! Each is a function from key to [`Sound`].

use super::math::{exp, hz_from_key, sin_turns};
use super::sound::{Sound, formants};
use super::strike::{Knock, Mode, Struck};
use super::strings::{Strung, by_pitch};

/// What a guitar's wood answers: air, top, back.
const GUITAR: &[(f64, f64, f64)] =
    &[(98.0, 0.10, 0.16), (196.0, 0.09, 0.11), (254.0, 0.05, 0.09), (390.0, 0.04, 0.07), (560.0, 0.025, 0.05)];
const SMALL: &[(f64, f64, f64)] = &[(290.0, 0.08, 0.07), (470.0, 0.07, 0.06), (690.0, 0.05, 0.05)];

struct Plucked<'a> {
    rate: f64,
    body: f64,
    loop_secs: f64,
    onset: f64,
    knock: Knock,
    thumps: &'a [(f64, f64, f64)],
}

impl Plucked<'_> {
    fn render(&self, key: u8, string: &Strung) -> Sound {
        let hz = hz_from_key(f64::from(key));
        self.modes(key, string.modes(hz, (0.44 * self.rate).min(10_500.0), 100 + u64::from(key)))
    }

    fn modes(&self, key: u8, modes: Vec<Mode>) -> Sound {
        Struck {
            hz: hz_from_key(f64::from(key)),
            rate: self.rate,
            modes,
            thumps: self.thumps,
            knock: Some(self.knock),
            onset: self.onset,
            body: self.body,
            loop_secs: self.loop_secs,
            seed: 100 + u64::from(key),
        }
        .render()
    }
}

const fn plucked(rate: f64, body: f64, knock: (f64, f64, f64)) -> Plucked<'static> {
    let (amp, hz, t60) = knock;
    Plucked { rate, body, loop_secs: 0.15, onset: 0.0008, knock: Knock { amp, hz, t60 }, thumps: &[] }
}

fn ring(key: u8, at_c4: f64, octaves: f64, most: f64) -> f64 {
    by_pitch(hz_from_key(f64::from(key)), at_c4, octaves).min(most)
}

/// Flesh on nylon, over wood.
pub fn nylon_guitar(key: u8) -> Sound {
    let string = Strung {
        at: 0.23,
        slope: 0.7,
        t60: ring(key, 4.2, 1.9, 7.5),
        damping: 0.08,
        loss: 0.14,
        stiffness: 0.00003,
        soft_hz: 3600.0,
        after: (0.4, 0.4),
        uneven_db: 4.5,
    };
    Plucked { thumps: GUITAR, onset: 0.0014, ..plucked(22_050.0, 0.6, (0.09, 2400.0, 0.022)) }.render(key, &string)
}

/// A pick on bronze, over wood.
pub fn steel_guitar(key: u8) -> Sound {
    let string = Strung {
        at: 0.16,
        slope: 0.5,
        t60: ring(key, 6.5, 1.9, 12.0),
        damping: 0.045,
        loss: 0.05,
        stiffness: 0.00008,
        soft_hz: 7000.0,
        after: (0.45, 0.5),
        uneven_db: 4.0,
    };
    Plucked { thumps: GUITAR, ..plucked(26_000.0, 0.6, (0.12, 6000.0, 0.016)) }.render(key, &string)
}

/// A solid body: its pick-up, a quarter along, hears the string alone.
pub fn electric_guitar(key: u8) -> Sound {
    let string = Strung {
        at: 0.18,
        slope: 0.62,
        t60: ring(key, 7.5, 2.4, 13.0),
        damping: 0.05,
        loss: 0.05,
        stiffness: 0.00006,
        soft_hz: 4600.0,
        after: (0.55, 0.35),
        uneven_db: 0.0,
    };
    let hz = hz_from_key(f64::from(key));
    let mut modes = string.modes(hz, 9500.0, u64::from(key));
    // The pick-up's own resonance.
    modes.iter_mut().for_each(|m| m.amp *= 0.75 + formants(m.ratio * hz, &[(2700.0, 800.0, 1.6)]));
    plucked(24_000.0, 0.5, (0.07, 4500.0, 0.012)).modes(key, modes)
}

/// The same with a hollow body, the tone turned down.
pub fn jazz_guitar(key: u8) -> Sound {
    let string = Strung {
        at: 0.27,
        slope: 0.85,
        t60: ring(key, 5.0, 2.2, 9.0),
        damping: 0.09,
        loss: 0.14,
        stiffness: 0.00006,
        soft_hz: 2500.0,
        after: (0.45, 0.3),
        uneven_db: 1.0,
    };
    let wood = [(110.0, 0.05, 0.1), (220.0, 0.04, 0.08)];
    Plucked { thumps: &wood, onset: 0.0012, ..plucked(20_000.0, 0.5, (0.07, 2200.0, 0.018)) }.render(key, &string)
}

/// The side of the hand on the bridge.
pub fn muted_guitar(key: u8) -> Sound {
    let string = Strung {
        at: 0.14,
        slope: 0.55,
        t60: ring(key, 0.45, 2.5, 0.7),
        damping: 0.10,
        loss: 0.9,
        stiffness: 0.00006,
        soft_hz: 2300.0,
        after: (0.3, 0.0),
        uneven_db: 0.0,
    };
    Plucked { loop_secs: 0.06, ..plucked(20_000.0, 0.3, (0.14, 3500.0, 0.015)) }.render(key, &string)
}

/// A finger that only touches the middle of the string.
pub fn harmonics(key: u8) -> Sound {
    let t60 = ring(key, 5.0, 2.2, 7.0);
    let mode = |n: f64, amp, share| Mode::new(n, amp, t60 * share);
    let modes = vec![
        mode(1.0, 1.0, 1.0),
        mode(2.0, 0.4, 0.7),
        mode(3.0, 0.22, 0.5),
        mode(4.0, 0.12, 0.4),
        mode(5.0, 0.08, 0.3),
        mode(6.0, 0.05, 0.25),
    ];
    plucked(24_000.0, 0.4, (0.10, 5500.0, 0.012)).modes(key, modes)
}

fn low_string(key: u8, slope: f64, soft_hz: f64, at: f64, t60: f64) -> Strung {
    Strung {
        at,
        slope,
        t60: ring(key, t60, 3.0, 2.2 * t60),
        damping: 0.11,
        loss: 0.35,
        stiffness: 0.00007,
        soft_hz,
        after: (0.5, 0.3),
        uneven_db: 0.0,
    }
}

/// A double bass: gut and air, gone within two seconds.
pub fn upright_bass(key: u8) -> Sound {
    let wood = [(62.0, 0.07, 0.2), (103.0, 0.12, 0.16), (165.0, 0.07, 0.12), (240.0, 0.05, 0.1)];
    let string = Strung { uneven_db: 3.0, loss: 0.8, ..low_string(key, 0.75, 750.0, 0.3, 1.6) };
    Plucked { thumps: &wood, onset: 0.003, ..plucked(16_000.0, 0.5, (0.07, 800.0, 0.04)) }.render(key, &string)
}

/// Two fingers over the pick-up.
pub fn finger_bass(key: u8) -> Sound {
    let string = low_string(key, 0.7, 1200.0, 0.22, 2.6);
    Plucked { onset: 0.002, ..plucked(18_000.0, 0.5, (0.05, 1100.0, 0.025)) }.render(key, &string)
}

pub fn picked_bass(key: u8) -> Sound {
    let string = Strung { damping: 0.07, loss: 0.2, ..low_string(key, 0.45, 3200.0, 0.12, 2.8) };
    plucked(22_050.0, 0.5, (0.08, 3000.0, 0.012)).render(key, &string)
}

/// A thumb that throws the string against the frets.
pub fn slap_bass(key: u8) -> Sound {
    let string = Strung { damping: 0.06, loss: 0.12, ..low_string(key, 0.3, 5000.0, 0.08, 2.6) };
    let wood = [(86.0, 0.12, 0.06), (1850.0, 0.06, 0.02), (3100.0, 0.05, 0.014)];
    Plucked { thumps: &wood, onset: 0.0005, ..plucked(22_050.0, 0.5, (0.4, 7000.0, 0.012)) }.render(key, &string)
}

/// No frets: the tone blooms after the finger has left.
pub fn fretless_bass(key: u8) -> Sound {
    let string = low_string(key, 0.8, 900.0, 0.3, 3.2);
    let hz = hz_from_key(f64::from(key));
    let mut modes = string.modes(hz, 6000.0, u64::from(key));
    // The "mwah": partials between 400 and 900 Hz swell against the finger's board.
    for m in &mut modes {
        let f = m.ratio * hz;
        if f > 350.0 && f < 1100.0 {
            m.amp *= 1.7;
            m.t60 *= 1.4;
        }
    }
    Plucked { onset: 0.012, ..plucked(18_000.0, 0.5, (0.03, 700.0, 0.03)) }.modes(key, modes)
}

pub fn harp(key: u8) -> Sound {
    let string = Strung {
        at: 0.36,
        slope: 0.9,
        t60: ring(key, 4.2, 1.7, 9.0),
        damping: 0.12,
        loss: 0.14,
        stiffness: 0.00003,
        soft_hz: 3800.0,
        after: (0.5, 0.4),
        uneven_db: 2.0,
    };
    let wood = [(145.0, 0.05, 0.12), (230.0, 0.05, 0.1), (410.0, 0.03, 0.07)];
    Plucked { thumps: &wood, onset: 0.001, ..plucked(20_000.0, 0.5, (0.05, 2800.0, 0.016)) }.render(key, &string)
}

/// Fingers of a whole section.
pub fn pizzicato(key: u8) -> Sound {
    let string = Strung {
        at: 0.24,
        slope: 0.72,
        t60: ring(key, 1.15, 2.0, 2.2),
        damping: 0.22,
        loss: 0.7,
        stiffness: 0.00003,
        soft_hz: 2600.0,
        after: (0.35, 1.5),
        uneven_db: 3.5,
    };
    Plucked { thumps: SMALL, loop_secs: 0.08, onset: 0.0015, ..plucked(20_000.0, 0.3, (0.12, 2200.0, 0.02)) }
        .render(key, &string)
}

/// Skin instead of wood, and a pick: bright and short.
pub fn banjo(key: u8) -> Sound {
    let string = Strung {
        at: 0.09,
        slope: 0.3,
        t60: ring(key, 1.3, 2.2, 2.2),
        damping: 0.05,
        loss: 0.22,
        stiffness: 0.00006,
        soft_hz: 4500.0,
        after: (0.3, 0.5),
        uneven_db: 3.0,
    };
    let skin = [(310.0, 0.14, 0.05), (590.0, 0.12, 0.04), (880.0, 0.08, 0.03)];
    Plucked { thumps: &skin, loop_secs: 0.08, onset: 0.0005, ..plucked(24_000.0, 0.35, (0.12, 5000.0, 0.012)) }
        .render(key, &string)
}

/// Silk over wood, an ivory pick.
pub fn koto(key: u8) -> Sound {
    let string = Strung {
        at: 0.07,
        slope: 0.55,
        t60: ring(key, 3.2, 2.0, 5.0),
        damping: 0.07,
        loss: 0.14,
        stiffness: 0.00003,
        soft_hz: 5500.0,
        after: (0.45, 0.6),
        uneven_db: 2.5,
    };
    Plucked { thumps: SMALL, onset: 0.0006, ..plucked(22_050.0, 0.5, (0.16, 5500.0, 0.014)) }.render(key, &string)
}

/// A wide bridge on which the string buzzes: what it takes from the low partials it gives to the high
/// ones, later and later; and strings beside it that hum along.
pub fn sitar(key: u8) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let t60 = ring(key, 4.5, 2.2, 7.0);
    let mut modes = Vec::new();
    for k in 1..=40 {
        let n = f64::from(k);
        let f = n * hz;
        if f > 10_000.0 {
            break;
        }
        let hump = exp(-(f - 2300.0) * (f - 2300.0) / (2.0 * 1300.0 * 1300.0));
        let amp = 0.32 / n + 0.2 * hump;
        let slow = t60 / (1.0 + 0.03 * n + 0.05 * (f / 1000.0) * (f / 1000.0));
        let phase = sin_turns(0.37 * n * n);
        modes.push(Mode { ratio: n, amp, t60: slow, phase });
        // Taken away at first, so that the buzz swells within a fifth of a second.
        if k > 3 {
            modes.push(Mode { ratio: n, amp: -0.75 * amp, t60: 0.35 + 0.012 * n, phase });
        }
    }
    for (ratio, amp) in [(1.498, 0.03), (2.0015, 0.04), (2.997, 0.025), (4.004, 0.025)] {
        modes.push(Mode { ratio, amp, t60, phase: 0.0 });
    }
    Plucked { thumps: SMALL, loop_secs: 0.2, ..plucked(24_000.0, 0.6, (0.16, 6500.0, 0.012)) }.modes(key, modes)
}

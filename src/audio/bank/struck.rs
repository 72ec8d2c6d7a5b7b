//! The bank's struck and plucked things: piano, electric piano, strings that are plucked, bars, bells,
//! skins. Each is a function from key to [`Sound`]; how they are played is the recipes' business.
//!
//! Strings are given by their modes, the exact solution of which a plucked-string delay line (Karplus
//! and Strong 1983) is the approximation: it can be tuned and looped exactly. Stiffness and decay of
//! piano strings after N. Fletcher and T. Rossing, "The Physics of Musical Instruments", chapters 2, 12.

use super::math::{exp, exp2, hz_from_key, log2, pow, sin_turns};
use super::sound::{Knock, Mode, Sound, Struck};

fn f64_from(k: usize) -> f64 {
    k as f64
}

/// Modes of a string of fundamental `hz`: excited at `at` of its length, amplitudes falling as
/// k^−`slope`, the fundamental ringing `t60` seconds, partials faster by `damping` each and by
/// `loss` at 1 kHz (growing with the square of frequency).
struct Strung {
    at: f64,
    slope: f64,
    t60: f64,
    damping: f64,
    loss: f64,
    stiffness: f64,
    /// A soft exciter's low-pass, Hz.
    soft_hz: f64,
}

impl Strung {
    fn modes(&self, hz: f64, top_hz: f64) -> Vec<Mode> {
        let mut out = Vec::new();
        for k in 1..=64 {
            let n = f64_from(k);
            let ratio = n * pow((1.0 + self.stiffness * n * n) / (1.0 + self.stiffness), 0.5);
            let f = ratio * hz;
            if f > top_hz {
                break;
            }
            let place = sin_turns(0.5 * n * self.at).abs().max(0.12);
            let soft = 1.0 / (1.0 + (f / self.soft_hz) * (f / self.soft_hz));
            let khz = f / 1000.0;
            let t60 = 1.0 / ((1.0 + self.damping * (n - 1.0)) / self.t60 + self.loss * khz * khz);
            out.push(Mode { ratio, amp: place * soft * pow(n, -self.slope), t60 });
        }
        out
    }
}

/// Seconds that scale with pitch: `at_c4`, halved every `octaves` octaves up.
fn by_pitch(hz: f64, at_c4: f64, octaves: f64) -> f64 {
    at_c4 * exp2(-log2(hz / 261.63) / octaves)
}

pub fn piano(key: u8) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let k = f64::from(key);
    let t60 = by_pitch(hz, 9.0, 1.7).min(20.0);
    let string = Strung {
        at: 0.125,
        slope: 0.55,
        t60,
        damping: 0.16,
        loss: 0.10,
        stiffness: 0.00032 * exp(0.075 * (k - 60.0)),
        soft_hz: 900.0 + 1.6 * hz,
    };
    let rate: f64 = if key < 45 {
        18_000.0
    } else if key < 66 {
        22_050.0
    } else {
        28_000.0
    };
    let mut modes = Vec::new();
    for m in string.modes(hz, (0.44 * rate).min(9000.0)) {
        let f = m.ratio * hz;
        // The sound board hardly radiates the lowest partials.
        let amp = m.amp * f * f / (f * f + 75.0 * 75.0);
        // A blow in two stages: the strings together, fast, then against each other, slow.
        modes.push(Mode { amp: 0.8 * amp, t60: m.t60 * 0.28, ..m });
        modes.push(Mode { amp: 0.2 * amp, ..m });
    }
    let knock = Knock { amp: 0.05 + 0.002 * (k - 60.0).max(0.0), hz: 1800.0, t60: 0.05 };
    let body = (0.74 - 0.007 * (k - 36.0)).clamp(0.28, 0.74);
    Struck { modes, knock: Some(knock), onset: 0.0012, body, loop_secs: 0.16 }.render(hz, rate, u64::from(key))
}

pub fn electric_piano(key: u8) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let t60 = by_pitch(hz, 7.0, 2.0).min(14.0);
    let soft = 1.0 / (1.0 + hz / 900.0);
    let mode = |ratio, amp, t60| Mode { ratio, amp, t60 };
    let modes = vec![
        mode(1.0, 1.0, t60),
        mode(2.0, 0.34 * soft + 0.06, t60 * 0.6),
        mode(3.0, 0.16 * soft, t60 * 0.45),
        mode(4.0, 0.09 * soft, t60 * 0.3),
        mode(5.0, 0.05 * soft, t60 * 0.25),
        // The tine's own overtones: the chime of the attack.
        mode(6.27, 0.10 * soft, 0.5),
        mode(14.1, 0.045 * soft, 0.22),
    ];
    let knock = Knock { amp: 0.03, hz: 1500.0, t60: 0.03 };
    Struck { modes, knock: Some(knock), onset: 0.0015, body: 0.25, loop_secs: 0.1 }.render(hz, 18_000.0, 7)
}

fn plucked(key: u8, rate: f64, body: f64, knock: Knock, string: impl Fn(f64) -> Strung) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let modes = string(hz).modes(hz, (0.44 * rate).min(10_000.0));
    Struck { modes, knock: Some(knock), onset: 0.0008, body, loop_secs: 0.1 }.render(hz, rate, 100 + u64::from(key))
}

pub fn harpsichord(key: u8) -> Sound {
    let knock = Knock { amp: 0.10, hz: 5000.0, t60: 0.015 };
    plucked(key, 22_050.0, 0.26, knock, |hz| Strung {
        at: 0.11,
        slope: 0.45,
        t60: by_pitch(hz, 5.0, 2.2).min(9.0),
        damping: 0.05,
        loss: 0.05,
        stiffness: 0.00004,
        soft_hz: 6500.0,
    })
}

pub fn nylon_guitar(key: u8) -> Sound {
    let knock = Knock { amp: 0.07, hz: 1400.0, t60: 0.03 };
    plucked(key, 20_000.0, 0.34, knock, |hz| Strung {
        at: 0.28,
        slope: 0.95,
        t60: by_pitch(hz, 3.6, 2.5).min(6.0),
        damping: 0.22,
        loss: 0.35,
        stiffness: 0.00003,
        soft_hz: 2600.0,
    })
}

pub fn steel_guitar(key: u8) -> Sound {
    let knock = Knock { amp: 0.09, hz: 4000.0, t60: 0.02 };
    plucked(key, 22_050.0, 0.33, knock, |hz| Strung {
        at: 0.17,
        slope: 0.72,
        t60: by_pitch(hz, 5.5, 2.5).min(9.0),
        damping: 0.12,
        loss: 0.16,
        stiffness: 0.00007,
        soft_hz: 4800.0,
    })
}

pub fn electric_guitar(key: u8) -> Sound {
    let knock = Knock { amp: 0.04, hz: 3000.0, t60: 0.015 };
    plucked(key, 18_000.0, 0.28, knock, |hz| Strung {
        at: 0.22,
        slope: 0.85,
        t60: by_pitch(hz, 6.5, 3.0).min(10.0),
        damping: 0.12,
        loss: 0.12,
        stiffness: 0.00005,
        soft_hz: 3000.0,
    })
}

/// A plucked bass, acoustic or electric by the recipe's filter.
pub fn bass(key: u8) -> Sound {
    let knock = Knock { amp: 0.05, hz: 1200.0, t60: 0.025 };
    plucked(key, 12_000.0, 0.28, knock, |hz| Strung {
        at: 0.24,
        slope: 0.75,
        t60: by_pitch(hz, 2.6, 3.0).min(6.0),
        damping: 0.16,
        loss: 0.3,
        stiffness: 0.00005,
        soft_hz: 1600.0,
    })
}

pub fn harp(key: u8) -> Sound {
    let knock = Knock { amp: 0.04, hz: 1800.0, t60: 0.02 };
    plucked(key, 18_000.0, 0.25, knock, |hz| Strung {
        at: 0.42,
        slope: 1.15,
        t60: by_pitch(hz, 4.5, 2.2).min(8.0),
        damping: 0.2,
        loss: 0.2,
        stiffness: 0.00002,
        soft_hz: 4000.0,
    })
}

/// Koto, banjo, shamisen and sitar: near the bridge, bright.
pub fn bright_pluck(key: u8) -> Sound {
    let knock = Knock { amp: 0.12, hz: 3500.0, t60: 0.02 };
    plucked(key, 20_000.0, 0.22, knock, |hz| Strung {
        at: 0.09,
        slope: 0.5,
        t60: by_pitch(hz, 2.4, 2.5).min(5.0),
        damping: 0.09,
        loss: 0.2,
        stiffness: 0.00006,
        soft_hz: 4500.0,
    })
}

pub fn pizzicato(key: u8) -> Sound {
    let knock = Knock { amp: 0.08, hz: 900.0, t60: 0.03 };
    plucked(key, 16_000.0, 0.17, knock, |hz| Strung {
        at: 0.3,
        slope: 0.9,
        t60: by_pitch(hz, 0.9, 2.5).min(1.6),
        damping: 0.35,
        loss: 0.8,
        stiffness: 0.00003,
        soft_hz: 2200.0,
    })
}

/// A bar, bell or skin by its modes: (ratio, amplitude, share of the fundamental's ring).
fn ringing(key: u8, rate: f64, t60: f64, body: f64, knock: Knock, table: &[(f64, f64, f64)]) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let modes = table.iter().map(|&(ratio, amp, share)| Mode { ratio, amp, t60: (t60 * share).max(0.02) }).collect();
    Struck { modes, knock: Some(knock), onset: 0.0007, body, loop_secs: 0.06 }.render(hz, rate, 200 + u64::from(key))
}

pub fn celesta(key: u8) -> Sound {
    let t60 = by_pitch(hz_from_key(f64::from(key)), 3.2, 1.6).min(4.0);
    let knock = Knock { amp: 0.04, hz: 3000.0, t60: 0.015 };
    let table = [(1.0, 1.0, 1.0), (2.0, 0.12, 0.7), (3.98, 0.22, 0.3), (6.9, 0.06, 0.15), (10.1, 0.03, 0.08)];
    ringing(key, 26_000.0, t60, 0.2, knock, &table)
}

/// Glockenspiel, music box and other small steel: free bars.
pub fn glockenspiel(key: u8) -> Sound {
    let t60 = by_pitch(hz_from_key(f64::from(key)), 5.0, 1.8).min(5.0);
    let knock = Knock { amp: 0.06, hz: 6000.0, t60: 0.012 };
    let table = [(1.0, 1.0, 1.0), (2.756, 0.35, 0.45), (5.404, 0.2, 0.2), (8.933, 0.09, 0.1)];
    ringing(key, 30_000.0, t60, 0.2, knock, &table)
}

pub fn vibraphone(key: u8) -> Sound {
    let t60 = by_pitch(hz_from_key(f64::from(key)), 6.0, 1.8).min(8.0);
    let knock = Knock { amp: 0.04, hz: 1800.0, t60: 0.02 };
    ringing(key, 18_000.0, t60, 0.2, knock, &[(1.0, 1.0, 1.0), (3.98, 0.16, 0.3), (10.0, 0.05, 0.06)])
}

pub fn marimba(key: u8) -> Sound {
    let t60 = by_pitch(hz_from_key(f64::from(key)), 1.1, 1.5).min(2.2);
    let knock = Knock { amp: 0.08, hz: 1400.0, t60: 0.02 };
    ringing(key, 20_000.0, t60, 0.2, knock, &[(1.0, 1.0, 1.0), (3.93, 0.22, 0.25), (9.2, 0.08, 0.1)])
}

pub fn xylophone(key: u8) -> Sound {
    let t60 = by_pitch(hz_from_key(f64::from(key)), 0.8, 1.6).min(1.2);
    let knock = Knock { amp: 0.12, hz: 4000.0, t60: 0.012 };
    ringing(key, 30_000.0, t60, 0.15, knock, &[(1.0, 1.0, 1.0), (3.0, 0.35, 0.5), (6.1, 0.15, 0.2), (9.9, 0.07, 0.1)])
}

/// The bell's strike note lies an octave under its strongest partial, which is where the ear puts it.
pub fn tubular_bell(key: u8) -> Sound {
    let t60 = by_pitch(hz_from_key(f64::from(key)), 9.0, 1.8).min(12.0);
    let knock = Knock { amp: 0.06, hz: 2500.0, t60: 0.02 };
    let table = [
        (1.0, 0.5, 1.0),
        (2.0, 1.0, 0.9),
        (3.0, 0.55, 0.7),
        (4.16, 0.45, 0.5),
        (5.43, 0.3, 0.35),
        (6.79, 0.2, 0.25),
        (8.21, 0.12, 0.15),
    ];
    ringing(key, 18_000.0, t60, 0.25, knock, &table)
}

pub fn kalimba(key: u8) -> Sound {
    let t60 = by_pitch(hz_from_key(f64::from(key)), 1.8, 1.8).min(3.0);
    let knock = Knock { amp: 0.09, hz: 1600.0, t60: 0.02 };
    ringing(key, 22_050.0, t60, 0.15, knock, &[(1.0, 1.0, 1.0), (2.0, 0.08, 0.5), (5.9, 0.2, 0.12), (12.0, 0.05, 0.05)])
}

pub fn steel_drum(key: u8) -> Sound {
    let t60 = by_pitch(hz_from_key(f64::from(key)), 1.8, 2.0).min(2.5);
    let knock = Knock { amp: 0.05, hz: 2000.0, t60: 0.02 };
    let table = [(1.0, 1.0, 0.8), (2.0, 0.6, 1.0), (3.01, 0.25, 0.6), (4.03, 0.3, 0.5), (5.1, 0.12, 0.3)];
    ringing(key, 20_000.0, t60, 0.25, knock, &table)
}

pub fn timpani(key: u8) -> Sound {
    let t60 = by_pitch(hz_from_key(f64::from(key)), 0.9, 2.0).min(3.0);
    let knock = Knock { amp: 0.12, hz: 500.0, t60: 0.05 };
    let table = [(1.0, 1.0, 1.0), (1.5, 0.6, 0.9), (1.99, 0.35, 0.7), (2.44, 0.25, 0.6), (2.9, 0.12, 0.4)];
    ringing(key, 10_000.0, t60, 0.28, knock, &table)
}

/// Tom, taiko and synth drum: a skin whose pitch is felt more than heard.
pub fn skin(key: u8) -> Sound {
    let t60 = by_pitch(hz_from_key(f64::from(key)), 0.35, 2.0).min(1.2);
    let knock = Knock { amp: 0.3, hz: 900.0, t60: 0.04 };
    ringing(key, 12_000.0, t60, 0.3, knock, &[(1.0, 1.0, 1.0), (1.59, 0.45, 0.5), (2.14, 0.25, 0.4), (2.65, 0.12, 0.3)])
}

/// Wood block and agogô: short and hard.
pub fn block(key: u8) -> Sound {
    let knock = Knock { amp: 0.2, hz: 4000.0, t60: 0.01 };
    ringing(key, 26_000.0, 0.16, 0.1, knock, &[(1.0, 1.0, 1.0), (1.48, 0.5, 0.7), (2.6, 0.3, 0.4)])
}

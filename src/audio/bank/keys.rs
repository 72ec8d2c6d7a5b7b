//! Keyboards with hammers, tines and quills: grand piano, electric pianos, harpsichord, clavinet. Each
//! is a function from key to [`Sound`]; how they are played is the recipes' business.

use super::math::{Noise, exp, hz_from_key, sin_turns};
use super::shaped::{Place, Shaped};
use super::sound::Sound;
use super::strike::{Knock, Mode, Struck};
use super::strings::{Strung, by_pitch};

/// A grand. One sample for both ears: two would cost every note a second voice; the keyboard's width
/// comes from where each key stands, the room's from the reverb.
pub fn piano(key: u8) -> Sound {
    let m = f64::from(key);
    let hz = hz_from_key(m);
    let string = Strung {
        at: 0.122,
        slope: 1.2,
        t60: by_pitch(hz, 10.0, 1.5).clamp(0.7, 22.0),
        damping: 0.055,
        loss: 0.026,
        // F. Rigaud, B. David, L. Daudet, JASA 133 (2013): wound strings and plain ones.
        stiffness: exp(0.0926 * m - 13.64) + exp(-0.0847 * m - 5.82),
        soft_hz: 6000.0 + 1.2 * hz,
        after: (0.0, 0.0),
        uneven_db: 0.0,
    };
    let rate: f64 = if key < 50 {
        20_000.0
    } else if key < 74 {
        24_000.0
    } else {
        28_000.0
    };
    let mut wood = Noise::new(17 * u64::from(key));
    let mut modes = Vec::new();
    for pair in string.modes(hz, (0.44 * rate).min(10_500.0), 1).chunks(2) {
        let (m, f) = (pair[1], pair[1].ratio * hz);
        // The sound board hardly radiates the lowest partials, and no two alike.
        let share = exp(0.35 * wood.signed() * if m.ratio < 1.5 { 0.3 } else { 1.0 });
        let amp = pair[0].amp * share * f * f / (f * f + 48.0 * 48.0);
        let phase = wood.unit();
        // A blow in two stages: the strings together, fast, then against each other, slow (G. Weinreich,
        // JASA 62, 1977); three strings that are not quite one.
        let off = 0.00018 * (1.0 + 0.5 * wood.signed());
        modes.push(Mode { amp: 0.72 * amp, t60: 0.33 * m.t60, phase, ..m });
        modes.push(Mode { amp: 0.18 * amp, t60: m.t60, phase, ..m });
        modes.push(Mode { amp: 0.10 * amp, t60: m.t60, phase: phase + 0.1, ratio: m.ratio * (1.0 + off) });
    }
    let knock = Knock { amp: 0.05 + 0.0022 * (m - 50.0).max(0.0), hz: 1700.0 + 18.0 * m, t60: 0.04 };
    let thumps =
        [(81.0, 0.05, 0.14), (124.0, 0.06, 0.12), (187.0, 0.05, 0.1), (266.0, 0.035, 0.08), (431.0, 0.02, 0.06)];
    Struck {
        hz,
        rate,
        modes,
        thumps: &thumps,
        knock: Some(knock),
        onset: 0.0035 - 0.000028 * m,
        body: (2.1 - 0.0195 * (m - 21.0)).max(0.45),
        loop_secs: 0.25,
        seed: u64::from(key),
    }
    .render()
}

/// A tine beside its magnet: the pick-up bends a strong swing, so that a note barks and then sings.
pub fn tine_piano(key: u8) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let t60 = by_pitch(hz, 8.0, 1.8).min(16.0);
    let swing = 1.35 / (1.0 + hz / 2200.0);
    let wave = move |p: Place| {
        let gone = exp(-6.908 * p.secs / t60);
        let x = swing * (0.35 * gone + 0.65 * gone * exp(-p.secs / 0.55)) * sin_turns(p.turns);
        let near = x + 0.38;
        let chime = 0.07 * exp(-p.secs / 0.07) * sin_turns(6.27 * p.turns)
            + 0.05 * exp(-p.secs / 0.035) * sin_turns(17.55 * p.turns);
        near / (1.0 + 1.6 * near * near) - 0.38 / (1.0 + 1.6 * 0.38 * 0.38) + chime
    };
    electric(key, t60, 9000.0, if key < 60 { 0.85 } else { 0.6 }, &wave)
}

/// Frequency modulation after J. Chowning (1973): a bell on top of a soft body.
pub fn fm_piano(key: u8) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let t60 = by_pitch(hz, 7.0, 2.0).min(12.0);
    let bright = 1.0 / (1.0 + hz / 1500.0);
    let wave = move |p: Place| {
        let gone = exp(-6.908 * p.secs / t60);
        let body = sin_turns(p.turns + 0.16 * bright * exp(-p.secs / 0.8) * sin_turns(p.turns));
        let bell = sin_turns(p.turns + 0.13 * bright * exp(-p.secs / 0.22) * sin_turns(14.0 * p.turns));
        gone * (0.7 * body + 0.5 * bell)
    };
    electric(key, t60, 9500.0, 0.75, &wave)
}

/// An electric piano: a function of phase that dies away.
fn electric(key: u8, t60: f64, cut_hz: f64, body: f64, wave: &dyn Fn(Place) -> f64) -> Sound {
    let t60 = Some(t60);
    Shaped { key, rate: 24_000.0, wave, t60, oversampled: 2, cut_hz, onset: 0.001, body, loop_secs: 0.1 }.render()
}

/// Two choirs of strings, one an octave up, plucked by quills near the end.
pub fn harpsichord(key: u8) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let string = |t60: f64| Strung {
        at: 0.11,
        slope: 0.4,
        t60,
        damping: 0.045,
        loss: 0.05,
        stiffness: 0.00004,
        soft_hz: 6500.0,
        after: (0.4, 0.3),
        uneven_db: 2.5,
    };
    let mut modes = string(by_pitch(hz, 5.5, 1.8).min(10.0)).modes(hz, 11_000.0, u64::from(key));
    let upper = string(by_pitch(2.0 * hz, 5.5, 1.8).min(9.0)).modes(2.0 * hz, 11_000.0, 500 + u64::from(key));
    modes.extend(upper.into_iter().map(|m| Mode { ratio: 2.001 * m.ratio, amp: 0.4 * m.amp, ..m }));
    Struck {
        hz,
        rate: 24_000.0,
        modes,
        thumps: &[(140.0, 0.03, 0.07), (310.0, 0.03, 0.05)],
        knock: Some(Knock { amp: 0.12, hz: 5000.0, t60: 0.012 }),
        onset: 0.0006,
        body: if key < 60 { 0.7 } else { 0.5 },
        loop_secs: 0.15,
        seed: u64::from(key),
    }
    .render()
}

/// A string under a hammer of rubber, heard by a pick-up near its end.
pub fn clavinet(key: u8) -> Sound {
    let hz = hz_from_key(f64::from(key));
    let string = Strung {
        at: 0.065,
        slope: 0.25,
        t60: by_pitch(hz, 3.6, 2.2).min(6.0),
        damping: 0.1,
        loss: 0.12,
        stiffness: 0.00009,
        soft_hz: 4200.0,
        after: (0.5, 0.2),
        uneven_db: 0.0,
    };
    Struck {
        hz,
        rate: 24_000.0,
        modes: string.modes(hz, 10_000.0, u64::from(key)),
        thumps: &[],
        knock: Some(Knock { amp: 0.08, hz: 3000.0, t60: 0.012 }),
        onset: 0.0008,
        body: 0.45,
        loop_secs: 0.12,
        seed: u64::from(key),
    }
    .render()
}

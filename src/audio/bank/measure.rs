//! What can be measured of a note: pitch, brightness, onset, decay, width. Plain functions of samples.

use std::f64::consts::TAU;

/// Power-weighted mean, in cents, of what both ears hear within 40 cents of `hz`; and of so many of its
/// harmonics, each by its strength.
pub fn cents_off(ears: [&[f64]; 2], rate: f64, hz: f64, harmonics: u32) -> f64 {
    let (mut all, mut total) = (0.0, 0.0);
    for k in 1..=harmonics {
        let (mut weight, mut sum) = (1e-30, 0.0);
        for cents in (-40..=40).step_by(2) {
            let step = f64::from(k) * hz * (f64::from(cents) / 1200.0).exp2() / rate;
            let p: f64 = ears.iter().map(|x| power_at(x, step)).sum();
            weight += p;
            sum += p * f64::from(cents);
        }
        all += weight.sqrt();
        total += weight.sqrt() * sum / weight;
    }
    total / all
}

fn power_at(x: &[f64], step: f64) -> f64 {
    // A Hann window, in whose main lobe a line of fixed pitch is symmetrical.
    let (c, s) = ((TAU * step).cos(), (TAU * step).sin());
    let (wc, ws) = ((TAU / x.len() as f64).cos(), (TAU / x.len() as f64).sin());
    let (mut re, mut im, mut vr, mut vi, mut wr, mut wi) = (0.0, 0.0, 1.0, 0.0, 1.0, 0.0);
    for v in x {
        let y = v * (0.5 - 0.5 * wr);
        re += y * vr;
        im += y * vi;
        (vr, vi) = (vr * c - vi * s, vr * s + vi * c);
        (wr, wi) = (wr * wc - wi * ws, wr * ws + wi * wc);
    }
    re * re + im * im
}

/// The spectrum's centre of gravity, Hz.
pub fn centroid(x: &[f64], rate: f64) -> f64 {
    let spectrum = magnitudes(x);
    let total: f64 = spectrum.iter().sum();
    let moment: f64 = spectrum.iter().enumerate().map(|(i, m)| i as f64 * m).sum();
    moment / total.max(1e-30) * rate / (2.0 * spectrum.len() as f64)
}

/// Magnitudes of the first 16,384 samples, from 0 to half the rate.
fn magnitudes(x: &[f64]) -> Vec<f64> {
    let n = 16_384usize;
    let mut points: Vec<(f64, f64)> = (0..n)
        .map(|i| (x.get(i).copied().unwrap_or(0.0) * (0.5 - 0.5 * (TAU * i as f64 / n as f64).cos()), 0.0))
        .collect();
    fft(&mut points);
    points[..n / 2].iter().map(|(re, im)| (re * re + im * im).sqrt()).collect()
}

/// In place, for lengths that are powers of two.
fn fft(x: &mut [(f64, f64)]) {
    let n = x.len();
    if n < 2 {
        return;
    }
    let mut even: Vec<_> = x.iter().step_by(2).copied().collect();
    let mut odd: Vec<_> = x.iter().skip(1).step_by(2).copied().collect();
    fft(&mut even);
    fft(&mut odd);
    let (low, high) = x.split_at_mut(n / 2);
    for (k, ((l, h), (e, o))) in low.iter_mut().zip(high).zip(even.iter().zip(&odd)).enumerate() {
        let (s, c) = (-TAU * k as f64 / n as f64).sin_cos();
        let t = (o.0 * c - o.1 * s, o.0 * s + o.1 * c);
        *l = (e.0 + t.0, e.1 + t.1);
        *h = (e.0 - t.0, e.1 - t.1);
    }
}

/// Levels in dB of stretches of 5 ms.
pub fn envelope(x: &[f64], rate: f64) -> Vec<f64> {
    let n = (0.005 * rate) as usize;
    let db = |part: &[f64]| 10.0 * (part.iter().map(|v| v * v).sum::<f64>() / n as f64 + 1e-14).log10();
    x.chunks_exact(n).map(db).collect()
}

/// Milliseconds until the level is within 3 dB of the most in the first half second.
pub fn attack_ms(envelope: &[f64]) -> f64 {
    let start = &envelope[..envelope.len().min(100)];
    let most = start.iter().copied().fold(f64::MIN, f64::max);
    start.iter().position(|l| *l > most - 3.0).unwrap_or(0) as f64 * 5.0
}

/// Seconds to −60 dB, by the slope over the second and third fifths of a held note; none where it hardly falls.
pub fn t60(envelope: &[f64]) -> Option<f64> {
    let (from, mut to) = (envelope.len() / 10, envelope.len() * 7 / 10);
    // What has gone under is not looked at.
    while to > from + 4 && envelope[to] < envelope[from] - 50.0 {
        to -= 1;
    }
    let n = (to - from) as f64;
    let mean_x = (from + to - 1) as f64 / 2.0;
    let mean_y = envelope[from..to].iter().sum::<f64>() / n;
    let dot: f64 = (from..to).map(|i| (i as f64 - mean_x) * (envelope[i] - mean_y)).sum();
    let norm: f64 = (from..to).map(|i| (i as f64 - mean_x) * (i as f64 - mean_x)).sum();
    let per_sec = dot / norm / 0.005;
    (per_sec < -3.0).then(|| -60.0 / per_sec)
}

/// Milliseconds after `off` until 40 dB under the level there.
pub fn release_ms(envelope: &[f64], off: usize) -> f64 {
    let held = envelope[off.saturating_sub(20)..off].iter().copied().fold(f64::MIN, f64::max);
    let gone = envelope[off..].iter().rposition(|l| *l > held - 40.0).map_or(0, |i| i + 1);
    gone as f64 * 5.0
}

/// What the two sides differ by against what they share, dB.
pub fn width_db(left: &[f64], right: &[f64]) -> f64 {
    let both: f64 = left.iter().zip(right).map(|(l, r)| (l + r) * (l + r)).sum();
    let apart: f64 = left.iter().zip(right).map(|(l, r)| (l - r) * (l - r)).sum();
    10.0 * (apart / both.max(1e-20)).max(1e-6).log10()
}

//! How loud a sound is to the ear: the loudest fifth of a second, weighted as ITU-R BS.1770 does.

use super::math::{cos_turns, sin_turns};

const SPAN_SECS: f64 = 0.2;

/// RMS of the loudest fifth of a second of `x`, full scale being 1.
pub fn loudest(x: &[f64], rate: f64) -> f64 {
    let heard = weighted(x, rate);
    let n = ((SPAN_SECS * rate) as usize).clamp(1, heard.len().max(1));
    let mut power: f64 = heard.iter().take(n).map(|v| v * v).sum();
    let mut most = power;
    for i in n..heard.len() {
        power += heard[i] * heard[i] - heard[i - n] * heard[i - n];
        most = most.max(power);
    }
    (most.max(0.0) / n as f64).sqrt()
}

/// The two filters of BS.1770, their coefficients worked out for any rate.
fn weighted(x: &[f64], rate: f64) -> Vec<f64> {
    let tan = |hz: f64| sin_turns(0.5 * hz / rate) / cos_turns(0.5 * hz / rate);
    let (k, q) = (tan(1_681.974_450_955_533), 0.707_175_236_955_419_6);
    // +4 dB of the head, and what the shelf's middle has of it.
    let (high, band) = (1.584_864_701_130_855, 1.258_720_930_232_562);
    let a0 = 1.0 + k / q + k * k;
    let shelf = [
        (high + band * k / q + k * k) / a0,
        2.0 * (k * k - high) / a0,
        (high - band * k / q + k * k) / a0,
        2.0 * (k * k - 1.0) / a0,
        (1.0 - k / q + k * k) / a0,
    ];
    let (k, q) = (tan(38.135_470_876_024_44), 0.500_327_037_323_877_3);
    let a0 = 1.0 + k / q + k * k;
    let low_cut = [1.0, -2.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0];
    filter(&filter(x, shelf), low_cut)
}

fn filter(x: &[f64], [b0, b1, b2, a1, a2]: [f64; 5]) -> Vec<f64> {
    let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
    let one = |&x0: &f64| {
        let y = b0 * x0 + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
        (x2, x1, y2, y1) = (x1, x0, y1, y);
        y
    };
    x.iter().map(one).collect()
}

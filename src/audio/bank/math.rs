//! Sine, exponential, logarithm and noise made of nothing but addition, multiplication and division,
//! which IEEE 754 fixes to the last bit: the system's own functions differ between systems, and the
//! bank must not.

use std::f64::consts::{LN_2, LOG2_E, TAU};

/// Sine of a phase in turns.
pub fn sin_turns(turns: f64) -> f64 {
    let t = turns - (turns + 0.5).floor(); // −0.5…0.5
    // Fold to a quarter turn, where the series converges fast.
    let t = if t > 0.25 {
        0.5 - t
    } else if t < -0.25 {
        -0.5 - t
    } else {
        t
    };
    let x = t * TAU;
    let x2 = x * x;
    let mut term = x;
    let mut sum = x;
    for i in 1..12 {
        let n = f64::from(2 * i) * f64::from(2 * i + 1);
        term = -term * x2 / n;
        sum += term;
    }
    sum
}

pub fn cos_turns(turns: f64) -> f64 {
    sin_turns(turns + 0.25)
}

/// 2 to the power of `x`, for −1000 < x < 1000.
pub fn exp2(x: f64) -> f64 {
    let whole = x.floor();
    let y = (x - whole) * LN_2;
    let mut term = 1.0;
    let mut sum = 1.0;
    for i in 1..20 {
        term = term * y / f64::from(i);
        sum += term;
    }
    sum * f64::from_bits(((1023 + whole as i64) as u64) << 52)
}

pub fn exp(x: f64) -> f64 {
    exp2(x * LOG2_E)
}

/// Base-2 logarithm of a positive number.
pub fn log2(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i64 - 1023;
    let mantissa = f64::from_bits((bits & 0x000F_FFFF_FFFF_FFFF) | (1023 << 52));
    // ln m = 2 artanh((m − 1) / (m + 1))
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let (mut power, mut sum) = (z, z);
    for i in 1..24 {
        power *= z * z;
        sum += power / f64::from(2 * i + 1);
    }
    exponent as f64 + 2.0 * sum * LOG2_E
}

/// `base` (positive) to the power of `x`.
pub fn pow(base: f64, x: f64) -> f64 {
    exp2(log2(base) * x)
}

pub fn gain_from_db(db: f64) -> f64 {
    exp2(db / 6.020_599_913_279_624)
}

/// Equal temperament, A4 (69) = 440 Hz.
pub fn hz_from_key(key: f64) -> f64 {
    440.0 * exp2((key - 69.0) / 12.0)
}

/// Marsaglia's xorshift: the same numbers everywhere.
#[derive(Clone, Debug)]
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        let mut noise = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..8 {
            noise.unit();
        }
        noise
    }

    /// Uniform in 0…1.
    pub fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in −1…1.
    pub fn signed(&mut self) -> f64 {
        2.0 * self.unit() - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_systems_functions() {
        for i in -400..400 {
            let x = f64::from(i) * 0.0371;
            assert!((sin_turns(x) - (x * TAU).sin()).abs() < 1e-12);
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-12);
            if x > 0.0 {
                assert!((log2(x) - x.log2()).abs() < 1e-12);
                assert!((pow(x, 0.3) / x.powf(0.3) - 1.0).abs() < 1e-12);
            }
        }
    }
}

//! Numbers that look like chance and follow from others: no state, no clock.

/// A number from 0 to 2⁶⁴ that follows from `seed` (SplitMix64, Steele et al. 2014).
pub fn mixed(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// The `n`-th number of the row (from 0) that begins with [`mixed`] of `seed`.
pub fn nth(seed: u64, n: u64) -> u64 {
    mixed(seed.wrapping_add(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
}

/// The upper 53 bits of a number as one in 0…1, 1 apart.
pub fn unit(lot: u64) -> f64 {
    (lot >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_the_reference() {
        // The first three of seed 1234567, as the reference implementation prints them.
        let row: Vec<u64> = (0..3).map(|n| nth(1_234_567, n)).collect();
        assert_eq!(row, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
        assert!((0..1000).map(|n| unit(nth(7, n))).all(|x| (0.0..1.0).contains(&x)));
    }
}

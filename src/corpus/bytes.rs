//! Numbers and texts as few bytes, and back: what the cache is written in.
//!
//! Small numbers take one byte. Reading never panics: whatever does not fit is `None`.

/// Bytes that grow.
#[derive(Debug, Default)]
pub struct Put(pub Vec<u8>);

impl Put {
    pub fn byte(&mut self, b: u8) {
        self.0.push(b);
    }

    /// Seven bits a byte, the low ones first; the high bit says that more follow.
    pub fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.0.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.0.push(n as u8);
    }

    /// Small whether positive or negative.
    pub fn signed(&mut self, n: i64) {
        self.number((n.wrapping_shl(1) ^ (n >> 63)) as u64);
    }

    pub fn float(&mut self, x: f64) {
        self.0.extend_from_slice(&x.to_le_bytes());
    }

    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }
}

/// Bytes that are used up from the front.
#[derive(Clone, Copy, Debug)]
pub struct Take<'a>(pub &'a [u8]);

impl<'a> Take<'a> {
    pub fn byte(&mut self) -> Option<u8> {
        self.0.split_off_first().copied()
    }

    pub fn number(&mut self) -> Option<u64> {
        let mut n = 0;
        for shift in (0..64).step_by(7) {
            let b = self.byte()?;
            n |= u64::from(b & 0x7f) << shift;
            if b < 0x80 {
                return Some(n);
            }
        }
        None
    }

    /// A number of things each of which takes a byte at least: no more than there are bytes.
    pub fn count(&mut self) -> Option<usize> {
        let n = usize::try_from(self.number()?).ok()?;
        (n <= self.0.len()).then_some(n)
    }

    pub fn signed(&mut self) -> Option<i64> {
        let n = self.number()?;
        Some((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    pub fn float(&mut self) -> Option<f64> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(f64::from_le_bytes(*bytes))
    }

    pub fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let n = self.count()?;
        self.0.split_off(..n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_put_is_taken(n in any::<u64>(), i in any::<i64>(), text in ".{0,20}") {
            let mut put = Put::default();
            put.number(n);
            put.text(&text);
            put.signed(i);
            put.float(i as f64);
            put.byte(7);
            let mut take = Take(&put.0);
            prop_assert_eq!((take.number(), take.text(), take.signed()), (Some(n), Some(text), Some(i)));
            prop_assert_eq!((take.float(), take.byte()), (Some(i as f64), Some(7)));
            prop_assert!(take.0.is_empty() && take.byte().is_none() && take.float().is_none());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..30)) {
            let mut take = Take(&bytes);
            while take.number().and(take.text()).and(take.signed()).is_some() {}
        }
    }

    #[test]
    fn small_numbers_take_one_byte() {
        let mut put = Put::default();
        [0, 1, -1, 63, -64].into_iter().for_each(|n| put.signed(n));
        put.number(127);
        assert_eq!(put.0.len(), 6);
    }
}

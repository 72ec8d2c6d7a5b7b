//! Part of a block of bytes that many have a part of: one allocation for hundreds of small things.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Bytes that do not change. Cheap to clone; the whole block lives as long as any part of it.
#[derive(Clone, Default)]
pub struct Shared {
    block: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Shared {
    /// The parts of a block that lie in `ranges`, in the same order.
    ///
    /// # Panics
    /// Where a range reaches beyond the block.
    pub fn parts(block: Vec<u8>, ranges: impl IntoIterator<Item = Range<usize>>) -> impl Iterator<Item = Self> {
        let block = Arc::new(block);
        ranges.into_iter().map(move |range| {
            assert!(range.start <= range.end && range.end <= block.len(), "{range:?} of {}", block.len());
            Self { block: block.clone(), range }
        })
    }

    /// Some of these bytes, counted from their first.
    ///
    /// # Panics
    /// Where the range reaches beyond them.
    pub fn part(&self, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= self.len(), "{range:?} of {}", self.len());
        let from = self.range.start;
        Self { block: self.block.clone(), range: from + range.start..from + range.end }
    }
}

impl Deref for Shared {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.block[self.range.clone()]
    }
}

impl From<Vec<u8>> for Shared {
    fn from(mut bytes: Vec<u8>) -> Self {
        bytes.shrink_to_fit();
        Self { range: 0..bytes.len(), block: Arc::new(bytes) }
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Shared {}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &**self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_equal_where_their_bytes_are() {
        let parts: Vec<Shared> = Shared::parts((0..10).collect(), [0..4, 4..4, 6..10]).collect();
        assert_eq!((&*parts[0], &*parts[1], &*parts[2]), (&[0, 1, 2, 3][..], &[][..], &[6, 7, 8, 9][..]));
        assert_eq!(parts[2].part(1..3), Shared::from(vec![7, 8]));
        assert_eq!(Shared::default(), parts[1]);
        assert_eq!(format!("{:?}", parts[2].part(3..4)), "[9]");
    }
}

//! Which pitches have a row: all 128, or, folded, those that are used.

/// The rows from the lowest up. Every pitch has a place among them; only shown ones have a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    n: u8,
    pitch_of: [u8; 128],
    row_of: [u8; 128],
}

impl Rows {
    /// A row for every pitch.
    pub fn all() -> Self {
        let every = std::array::from_fn(|i| i as u8);
        Self { n: 128, pitch_of: every, row_of: every }
    }

    /// Rows for the pitches whose bit is set; all where none is.
    pub fn folded(used: u128) -> Self {
        if used == 0 {
            return Self::all();
        }
        let mut rows = Self { n: 0, pitch_of: [0; 128], row_of: [0; 128] };
        for pitch in 0..128u8 {
            if used >> pitch & 1 == 1 {
                rows.pitch_of[usize::from(rows.n)] = pitch;
                rows.n += 1;
            }
            // A pitch without a row lies with the next used one below it.
            rows.row_of[usize::from(pitch)] = rows.n.saturating_sub(1);
        }
        rows
    }

    pub fn len(&self) -> u8 {
        self.n
    }

    /// The row of a pitch, or where it would lie.
    pub fn row(&self, pitch: u8) -> u8 {
        self.row_of[usize::from(pitch.min(127))]
    }

    /// The pitch of a row; rows above the highest count as the highest.
    pub fn pitch(&self, row: u8) -> u8 {
        self.pitch_of[usize::from(row.min(self.n - 1))]
    }

    pub fn shows(&self, pitch: u8) -> bool {
        self.pitch(self.row(pitch)) == pitch
    }
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.pitch_of[..usize::from(self.n)]).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_pitches_are_inverse() {
        let kit = Rows::folded(1 << 36 | 1 << 38 | 1 << 42);
        assert_eq!((kit.len(), kit.row(36), kit.row(42), kit.row(40), kit.row(3)), (3, 0, 2, 1, 0));
        assert_eq!((kit.pitch(0), kit.pitch(2), kit.pitch(9)), (36, 42, 42));
        assert!(kit.shows(38) && !kit.shows(40));
        assert_eq!(Rows::folded(0), Rows::all());
        for pitch in 0..128 {
            assert!(Rows::all().shows(pitch) && Rows::all().row(pitch) == pitch);
        }
    }
}

//! Which pieces are learned from and which are held out to check what was learned.
//!
//! Whole families go to one side, so that no near-copy of a training piece is a check. The choice
//! depends on the pieces' content alone: the same folder gives the same split everywhere.

use super::library::Piece;
use std::collections::BTreeMap;

/// Indices of pieces, each side in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    pub train: Vec<usize>,
    pub valid: Vec<usize>,
}

/// Fewer families than this cannot spare one.
const FEWEST_FAMILIES: usize = 3;

/// Holds out about one piece in `one_in`, from each style its part, at least one family. Below
/// three families everything is learned from and nothing held out.
pub fn split(pieces: &[Piece], one_in: u32) -> Split {
    let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (i, piece) in pieces.iter().enumerate() {
        members.entry(piece.family).or_default().push(i);
    }
    let mut styles: BTreeMap<&str, Vec<Family>> = BTreeMap::new();
    for pieces_of in members.values() {
        // A family lies in the style of its first piece; its lot is drawn from its smallest hash.
        let lot = pieces_of.iter().map(|&i| lot(&pieces[i])).min().unwrap_or_default();
        styles.entry(&pieces[pieces_of[0]].style).or_default().push(Family { lot, pieces: pieces_of });
    }
    let mut held: Vec<usize> = Vec::new();
    let mut quota = 0.0;
    if members.len() >= FEWEST_FAMILIES {
        for families in styles.values_mut() {
            families.sort_by_key(|f| (f.lot, f.pieces[0]));
            let n: usize = families.iter().map(|f| f.pieces.len()).sum();
            // What rounding leaves over in one style goes to the next.
            quota += n as f64 / f64::from(one_in.max(2));
            for family in families.iter() {
                if (held.len() + family.pieces.len()) as f64 <= quota.round() {
                    held.extend(family.pieces);
                }
            }
        }
        if held.is_empty() {
            let smallest = styles.values().flatten().min_by_key(|f| (f.pieces.len(), f.lot, f.pieces[0]));
            held.extend(smallest.iter().flat_map(|f| f.pieces));
        }
    }
    held.sort_unstable();
    let train = (0..pieces.len()).filter(|i| held.binary_search(i).is_err()).collect();
    Split { train, valid: held }
}

struct Family<'a> {
    lot: u64,
    pieces: &'a [usize],
}

fn lot(piece: &Piece) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|i| piece.hash[i]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Summary;
    use crate::music::Score;
    use proptest::prelude::*;

    fn piece(family: u32, style: &str) -> Piece {
        Piece {
            title: String::new(),
            style: style.to_owned(),
            path: Default::default(),
            row: 0,
            packed: Default::default(),
            summary: Summary::of(&Score::default()),
            key: None,
            family,
            hash: *blake3::hash(&family.to_le_bytes()).as_bytes(),
            keys: Vec::new(),
            timing: Default::default(),
            tune: 0,
        }
    }

    #[test]
    fn a_tenth_of_each_style_is_held_out() {
        let pieces: Vec<_> = (0..300).map(|i| piece(i, if i < 200 { "a" } else { "b" })).collect();
        let split = split(&pieces, 10);
        assert_eq!(split.valid.iter().filter(|i| **i < 200).count(), 20);
        assert_eq!(split.valid.len(), 30);
    }

    #[test]
    fn few_families_spare_one_and_very_few_none() {
        let three: Vec<_> = [0, 0, 1, 2, 2].map(|f| piece(f, "")).to_vec();
        assert_eq!(split(&three, 10).valid, [2]);
        let two: Vec<_> = [0, 1, 1].map(|f| piece(f, "")).to_vec();
        assert_eq!(split(&two, 10), Split { train: vec![0, 1, 2], valid: vec![] });
        assert_eq!(split(&[], 10), Split::default());
    }

    proptest! {
        #[test]
        fn no_family_stands_on_both_sides(families in prop::collection::vec((0u32..30, 0u8..4), 0..120)) {
            let pieces: Vec<_> = families.iter().map(|(f, s)| piece(*f, &s.to_string())).collect();
            let split = split(&pieces, 10);
            let mut all: Vec<_> = split.train.iter().chain(&split.valid).copied().collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..pieces.len()).collect::<Vec<_>>());
            for v in &split.valid {
                prop_assert!(split.train.iter().all(|t| pieces[*t].family != pieces[*v].family));
            }
            let distinct: std::collections::BTreeSet<_> = families.iter().map(|f| f.0).collect();
            prop_assert_eq!(split.valid.is_empty(), distinct.len() < 3);
        }
    }
}

//! Which pieces are learned from and which are held out to check what was learned.
//!
//! Whole families go to one side, so that no near-copy of a training piece is a check. The choice
//! depends on the pieces' content alone: the same folder gives the same split everywhere, under
//! every seed, so that two trainings can be compared. A piece more or less moves one other family of
//! its style at most.

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

/// Holds out one family in `one_in` from each style that has as many; smaller styles give theirs
/// together. At least one family in all; below three families everything is learned from.
pub fn split(pieces: &[Piece], one_in: u32) -> Split {
    let one_in = one_in.max(2) as usize;
    let families = families(pieces);
    let mut styles: BTreeMap<&str, Vec<&Family>> = BTreeMap::new();
    for family in &families {
        // A family lies in the style of its first piece.
        styles.entry(&pieces[family.pieces[0]].style).or_default().push(family);
    }
    let (mut strata, mut small): (Vec<Vec<&Family>>, Vec<&Family>) = (Vec::new(), Vec::new());
    for style in styles.into_values() {
        if style.len() < one_in { small.extend(style) } else { strata.push(style) }
    }
    strata.push(small);
    let mut held: Vec<usize> = Vec::new();
    if families.len() >= FEWEST_FAMILIES {
        for mut stratum in strata {
            let n_held = (stratum.len() + one_in / 2) / one_in;
            let n: usize = stratum.iter().map(|f| f.pieces.len()).sum();
            // A family that is a good part of all would leave little to learn from.
            stratum.retain(|f| f.pieces.len() == 1 || f.pieces.len() * one_in <= 2 * n);
            stratum.sort_by_key(|f| f.lot);
            held.extend(stratum.iter().take(n_held).flat_map(|f| &f.pieces));
        }
        if held.is_empty() {
            let smallest = families.iter().min_by_key(|f| (f.pieces.len(), f.lot));
            held.extend(smallest.iter().flat_map(|f| &f.pieces));
        }
    }
    held.sort_unstable();
    let train = (0..pieces.len()).filter(|i| held.binary_search(i).is_err()).collect();
    Split { train, valid: held }
}

struct Family {
    /// The smallest of its pieces' lots; a copy of a piece draws the same lot again.
    lot: [u8; 32],
    pieces: Vec<usize>,
}

/// The families in the order of their first pieces.
fn families(pieces: &[Piece]) -> Vec<Family> {
    let mut families: BTreeMap<u32, Family> = BTreeMap::new();
    let mut tune = 0u32;
    for (i, piece) in pieces.iter().enumerate() {
        // The tunes of one book have the book's hash in common: their number in it tells them apart.
        tune = if i > 0 && pieces[i - 1].row == piece.row { tune + 1 } else { 0 };
        let mut hash = blake3::Hasher::new();
        let lot = *hash.update(&piece.hash).update(&tune.to_le_bytes()).finalize().as_bytes();
        let family = families.entry(piece.family).or_insert(Family { lot, pieces: Vec::new() });
        family.lot = family.lot.min(lot);
        family.pieces.push(i);
    }
    families.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Score;
    use proptest::prelude::*;

    /// A file of its own, the only one of its content.
    fn piece(family: u32, style: &str) -> Piece {
        Piece {
            style: style.to_owned(),
            row: family as usize,
            family,
            hash: *blake3::hash(&family.to_le_bytes()).as_bytes(),
            ..Piece::made_of(&Score::default())
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
        assert_eq!(split(&three, 10).valid, [2], "the smallest family");
        let two: Vec<_> = [0, 1, 1].map(|f| piece(f, "")).to_vec();
        assert_eq!(split(&two, 10), Split { train: vec![0, 1, 2], valid: vec![] });
        assert_eq!(split(&[], 10), Split::default());
    }

    #[test]
    fn tunes_of_one_book_draw_lots_of_their_own() {
        let mut book: Vec<_> = (0..200).map(|i| piece(i, "")).collect();
        for tune in &mut book {
            (tune.row, tune.hash) = (5, [1; 32]);
        }
        let held = split(&book, 10).valid;
        assert!(held.len() == 20 && held[19] - held[0] > 60, "from all over the book: {held:?}");
    }

    #[test]
    fn many_small_styles_give_their_part_together() {
        let pieces: Vec<_> = (0..120).map(|i| piece(i, &(i / 4).to_string())).collect();
        assert_eq!(split(&pieces, 10).valid.len(), 12);
    }

    #[test]
    fn a_family_that_is_half_of_all_is_learned_from() {
        let pieces: Vec<_> = (0..60).map(|i| piece(if i < 30 { 0 } else { i }, "")).collect();
        assert!(split(&pieces, 10).valid.iter().all(|i| *i >= 30));
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

        #[test]
        fn a_new_piece_moves_one_other_family_at_most(n in 3u32..80, new in 100u32..10_000) {
            let mut pieces: Vec<_> = (0..n).map(|i| piece(i, "")).collect();
            let before = split(&pieces, 10).valid;
            pieces.push(piece(new, ""));
            let after = split(&pieces, 10).valid;
            let moved = (0..n as usize).filter(|i| before.contains(i) != after.contains(i)).count();
            prop_assert!(moved <= 1, "{} moved", moved);
        }
    }
}

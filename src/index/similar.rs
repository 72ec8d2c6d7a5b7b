//! Find similar: the pieces that share the most telling terms with a piece, best first.
//!
//! Term frequency and inverse document frequency with cosine (Salton & Buckley, "Term-weighting
//! approaches in automatic text retrieval", 1988) over an inverted index: one sorted row of numbers,
//! eight bytes a term of a piece. A long piece keeps a fair sample of its terms, so that memory is
//! bounded: 100,000 pieces take 480 MB at the very most. [`super::shared`] says what two pieces share.

use super::terms::{self, KIND_BITS, KIND_WEIGHTS};
use crate::music::Score;
use rayon::prelude::*;
use std::borrow::Borrow;

/// Terms kept of a piece.
const MOST_TERMS: usize = 600;

/// A weight of 1 as it is stored, in a byte.
const WEIGHT_STEPS: f32 = 32.0;

/// The terms of many pieces, to be asked which of them are like a piece.
#[derive(Debug, Default)]
pub struct SimilarIndex {
    /// Term (32 bits), piece (24), weight (8), sorted.
    postings: Vec<u64>,
    /// By piece: what turns a sum of products into a cosine.
    scale: Vec<f32>,
}

/// A piece like the one asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    pub piece: usize,
    /// 1 for the same music, 0 for nothing in common.
    pub score: f64,
}

impl SimilarIndex {
    /// More pieces than this cannot be told apart; later ones are never found.
    pub const MOST_PIECES: usize = 1 << 24;

    /// Indexes pieces 0 to `n` − 1, in parallel. `score` gives each of them, or `None` where it is to
    /// be left out (as all are, once somebody wants to stop).
    pub fn of<S: Borrow<Score>>(n: usize, score: impl Fn(usize) -> Option<S> + Sync) -> Self {
        let n = n.min(Self::MOST_PIECES);
        let of_piece = |piece: usize| {
            let terms = score(piece).map(|s| terms::of(s.borrow())).unwrap_or_default();
            let kept_share = MOST_TERMS as f32 / terms.len().max(MOST_TERMS) as f32;
            let posting = |(term, weight): (u32, f32)| {
                let weight = (weight.ln_1p() * WEIGHT_STEPS).round().clamp(1.0, 255.0);
                u64::from(term) << 32 | (piece as u64) << 8 | weight as u64
            };
            let mut postings: Vec<u64> = terms.into_iter().map(posting).collect();
            // Terms are hashes: the smallest of them are a sample by chance, the same in every piece.
            if postings.len() > MOST_TERMS {
                postings.select_nth_unstable(MOST_TERMS);
                postings.truncate(MOST_TERMS);
            }
            (kept_share, postings)
        };
        let (mut shares, mut postings) = (Vec::with_capacity(n), Vec::new());
        // In lots, so that not all pieces lie in memory twice.
        for lot in (0..n).collect::<Vec<_>>().chunks(4096) {
            for (share, of) in lot.par_iter().map(|piece| of_piece(*piece)).collect::<Vec<_>>() {
                shares.push(share);
                postings.extend(of);
            }
        }
        postings.par_sort_unstable();
        postings.shrink_to_fit();
        let mut index = Self { postings, scale: vec![0.0; n] };
        let mut squares = vec![0.0f32; n];
        for same in index.postings.chunk_by(|a, b| a >> 32 == b >> 32) {
            let telling = index.telling((same[0] >> 32) as u32, same.len());
            for posting in same {
                let (piece, weight) = unpacked(*posting);
                squares[piece] += (weight * telling) * (weight * telling);
            }
        }
        for ((scale, squares), share) in index.scale.iter_mut().zip(squares).zip(shares) {
            *scale = if squares > 0.0 { 1.0 / (squares * share).sqrt() } else { 0.0 };
        }
        index
    }

    pub fn n_pieces(&self) -> usize {
        self.scale.len()
    }

    /// How much memory it takes.
    pub fn bytes(&self) -> usize {
        self.postings.len() * size_of::<u64>() + self.scale.len() * size_of::<f32>()
    }

    /// The `top` most similar pieces, best first; equals in the order of pieces. Pieces that share
    /// nothing are no hits.
    pub fn rank(&self, score: &Score, top: usize) -> Vec<Hit> {
        let mut sums = vec![0.0f32; self.n_pieces()];
        let mut squares = 0.0f32;
        let mut terms: Vec<(u32, f32)> = terms::of(score).into_iter().collect();
        // Sums of floats depend on the order, a hash map's order on chance.
        terms.sort_unstable_by_key(|t| t.0);
        for (term, weight) in terms {
            let first = self.postings.partition_point(|p| (p >> 32) < u64::from(term));
            let n = self.postings[first..].partition_point(|p| (p >> 32) <= u64::from(term));
            let telling = self.telling(term, n);
            let weight = weight.ln_1p() * telling;
            squares += weight * weight;
            for posting in &self.postings[first..first + n] {
                let (piece, theirs) = unpacked(*posting);
                sums[piece] += weight * theirs * telling;
            }
        }
        let norm = squares.sqrt().max(f32::MIN_POSITIVE);
        let found = sums.iter().zip(&self.scale).enumerate().filter(|(_, (sum, _))| **sum > 0.0);
        let mut hits: Vec<Hit> =
            found.map(|(piece, (sum, scale))| Hit { piece, score: f64::from(sum * scale / norm).min(1.0) }).collect();
        let better = |a: &Hit, b: &Hit| b.score.total_cmp(&a.score).then(a.piece.cmp(&b.piece));
        if hits.len() > top {
            hits.select_nth_unstable_by(top, better);
            hits.truncate(top);
        }
        hits.sort_unstable_by(better);
        hits
    }

    /// How much a term tells that `n` pieces have.
    fn telling(&self, term: u32, n: usize) -> f32 {
        let idf = (1.0 + self.n_pieces() as f32 / (n as f32 + 1.0)).ln();
        idf * KIND_WEIGHTS[(term & KIND_BITS) as usize]
    }
}

fn unpacked(posting: u64) -> (usize, f32) {
    ((posting >> 8) as usize & (SimilarIndex::MOST_PIECES - 1), (posting & 0xff) as f32 / WEIGHT_STEPS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::tests::{random_score, varied};
    use crate::music::transform;

    #[test]
    fn the_original_of_a_varied_copy_comes_first() {
        let shelf: Vec<Score> = (0..200).map(|seed| random_score(seed, 80)).collect();
        let index = SimilarIndex::of(shelf.len(), |i| Some(&shelf[i]));
        for piece in [0, 57, 199] {
            let copy = varied(&transform::transposed(&shelf[piece], -3).expect("fits"), 10);
            let hits = index.rank(&copy, 5);
            assert_eq!(hits[0].piece, piece, "{hits:?}");
            assert!(hits[0].score < 0.999 && hits.get(1).is_none_or(|h| h.score < hits[0].score / 2.0), "{hits:?}");
            let same = index.rank(&shelf[piece], 1)[0];
            assert!(same.piece == piece && (same.score - 1.0).abs() < 0.02, "{same:?}");
        }
    }

    #[test]
    fn long_pieces_are_sampled_and_found_all_the_same() {
        let shelf: Vec<Score> = (0..20).map(|seed| random_score(seed, 3000)).collect();
        let index = SimilarIndex::of(shelf.len(), |i| Some(&shelf[i]));
        assert!(index.bytes() <= 20 * (MOST_TERMS * 8 + 4));
        let hits = index.rank(&varied(&shelf[7], 10), 3);
        assert_eq!(hits[0].piece, 7, "{hits:?}");
    }

    #[test]
    fn nothing_is_like_nothing() {
        let shelf = [random_score(1, 50), Score::new(480)];
        let index = SimilarIndex::of(2, |i| Some(&shelf[i]));
        assert_eq!(index.rank(&Score::new(480), 5), []);
        assert_eq!(index.rank(&shelf[0], 0), []);
        let none = SimilarIndex::of(0, |_| None::<Score>);
        assert_eq!(none.rank(&shelf[0], 5), []);
        // Left out, the others keep their numbers.
        let some = SimilarIndex::of(2, |i| (i == 1).then(|| random_score(1, 50)));
        assert_eq!(some.rank(&shelf[0], 5).iter().map(|h| h.piece).collect::<Vec<_>>(), [1]);
    }
}

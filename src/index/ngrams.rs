//! Families: pieces that share so much of their tune that they are copies or near-copies.
//!
//! Each piece gives two sets of runs of its top line: of (interval, rhythm), and of intervals alone,
//! longer ones, where a note struck again counts once. Two pieces whose smaller set lies to
//! [`SHARE`] in the other belong together, and so do pieces with one and the same line. One pass a
//! set over an inverted index whose postings are capped: time grows with the number of notes, not
//! with its square, and memory with what pieces have in common.
//!
//! Deliberately about tunes: chorales on one hymn are a family, however they are harmonised, and a
//! tune that lies below an accompaniment is compared only where its voice is known as the melody.

use super::line::{self, LineNote, Token};
use crate::music::{Role, Score};
use rayon::prelude::*;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

/// Tokens of (interval, rhythm) in a run: nine notes.
pub const LENGTH: usize = 8;

/// Intervals in a run without rhythm, which tells less: thirteen notes.
pub const INTERVALS: usize = 12;

/// Fewer different intervals than these make a scale, a trill or a broken chord.
const FEWEST_INTERVALS: u32 = 4;

/// Pieces are of one family when this share of the smaller one's runs stands in the other.
pub const SHARE: f64 = 0.4;

/// Fewer runs in common than this prove nothing.
const FEWEST_SHARED: u32 = 6;

/// A run that more pieces have than this is a commonplace: later pieces are compared only with the
/// first ones that had it.
const POSTINGS: usize = 64;

/// Which pieces belong together. Families are numbered from 0 in the order of their first piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Families {
    pub of_piece: Vec<u32>,
    pub count: usize,
}

/// The distinct runs of a piece's top line, hashed and sorted, and a hash of the whole line.
#[derive(Clone, Debug, Default)]
pub struct Fingerprint {
    with_rhythm: Vec<u64>,
    intervals: Vec<u64>,
    whole: u64,
}

impl Fingerprint {
    pub fn of(score: &Score) -> Self {
        let line = line::top_line(score);
        let tokens = line::tokens(&line);
        // A run of one repeated token is a scale, a drone or a trill: it tells no tune from another.
        let telling = tokens.windows(LENGTH).filter(|run| run.iter().any(|t| *t != run[1]));
        let with_rhythm = distinct(telling.map(hash));
        let moves = moves(&line);
        let telling = moves.windows(INTERVALS).filter(|run| n_different(run) >= FEWEST_INTERVALS);
        let intervals = distinct(telling.map(hash));
        // Under a line that tells nothing, such as a drone, it is the other voices that do.
        let whole = if with_rhythm.is_empty() { hash_of_voices(score, &tokens) } else { hash(&tokens) };
        Self { with_rhythm, intervals, whole }
    }
}

/// The intervals of a line but for repeated notes.
fn moves(line: &[LineNote]) -> Vec<Token> {
    let intervals = line.windows(2).map(|w| i16::from(w[1].pitch) - i16::from(w[0].pitch));
    intervals.filter(|i| *i != 0).map(|i| (i + 128) as Token).collect()
}

fn hash_of_voices(score: &Score, top: &[Token]) -> u64 {
    let pitched = score.voices.iter().filter(|v| v.role != Role::Drums);
    let lines = pitched.map(|v| line::tokens(&line::line_of(v.notes.iter(), score.ppq)));
    let all: Vec<Token> = top.iter().copied().chain(lines.flat_map(|l| std::iter::once(line::END).chain(l))).collect();
    hash(&all)
}

/// How many different intervals there are among these.
fn n_different(moves: &[Token]) -> u32 {
    let mut seen = [0u64; 4];
    moves.iter().for_each(|m| seen[usize::from(*m >> 6 & 3)] |= 1 << (m & 63));
    seen.iter().map(|s| s.count_ones()).sum()
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}

impl Families {
    /// Groups pieces, which are given by their fingerprints in a fixed order.
    pub fn of(pieces: &[Fingerprint]) -> Self {
        let mut groups = Groups::new(pieces.len());
        let mut same: HashMap<u64, u32, Plain> = HashMap::default();
        let mut is_twin = vec![false; pieces.len()];
        for (i, piece) in pieces.iter().enumerate() {
            match same.entry(piece.whole) {
                Entry::Occupied(first) => {
                    groups.join(i as u32, *first.get());
                    is_twin[i] = true;
                }
                Entry::Vacant(place) => {
                    place.insert(i as u32);
                }
            }
        }
        groups.join_by(pieces, &is_twin, |p| &p.with_rhythm);
        groups.join_by(pieces, &is_twin, |p| &p.intervals);
        groups.numbered()
    }
}

/// Which of its sets of runs a piece is compared by.
type RunsOf = fn(&Fingerprint) -> &[u64];

/// That a piece has a run which others before it have too: the first ones stand from `begin` on.
struct Place {
    piece: u32,
    begin: u32,
    n_before: u8,
}

/// For each run that several pieces have, the first of them, [`POSTINGS`] at most; and the places of all
/// after the very first. Runs are sorted a part at a time: most have one holder, and nothing is kept of these.
fn holders(pieces: &[Fingerprint], is_twin: &[bool], runs_of: RunsOf) -> (Vec<u32>, Vec<Place>) {
    /// As many as sort well, and all of which a thread can hold.
    const RUNS: usize = 4 << 20;
    /// Fewer parts would leave threads idle.
    const PARTS: usize = 16;
    let n_runs: usize = pieces.iter().map(|piece| runs_of(piece).len()).sum();
    let n_parts = (n_runs / RUNS).max(PARTS) as u64;
    let of_part = |part: u64| {
        let width = u64::MAX / n_parts + 1;
        let mut runs: Vec<(u64, u32)> = Vec::new();
        for (i, piece) in pieces.iter().enumerate().filter(|(i, _)| !is_twin[*i]) {
            let of_piece = runs_of(piece);
            // Runs are hashes, evenly spread: a part begins about where it would among numbers in a row.
            let mut from = (of_piece.len() as u64 * part / n_parts) as usize;
            while from > 0 && of_piece[from - 1] >= part * width {
                from -= 1;
            }
            while from < of_piece.len() && of_piece[from] < part * width {
                from += 1;
            }
            let ours = of_piece[from..].iter().take_while(|run| **run / width == part);
            runs.extend(ours.map(|run| (*run, i as u32)));
        }
        runs.sort_unstable();
        let (mut holders, mut places) = (Vec::new(), Vec::new());
        for list in runs.chunk_by(|a, b| a.0 == b.0).filter(|list| list.len() > 1) {
            let begin = holders.len() as u32;
            holders.extend(list.iter().take(POSTINGS).map(|(_, piece)| *piece));
            let later = list.iter().enumerate().skip(1);
            places.extend(later.map(|(n, (_, piece))| Place { piece: *piece, begin, n_before: n.min(POSTINGS) as u8 }));
        }
        (holders, places)
    };
    let parts: Vec<(Vec<u32>, Vec<Place>)> = (0..n_parts).into_par_iter().map(of_part).collect();
    let (mut all, mut all_places) = (Vec::new(), Vec::new());
    for (holders, places) in parts {
        let moved = all.len() as u32;
        all.extend(holders);
        all_places.extend(places.into_iter().map(|p| Place { begin: p.begin + moved, ..p }));
    }
    (all, all_places)
}

/// Union-find; the smallest member stands for its group, so that the result knows no order of joining.
struct Groups(Vec<u32>);

impl Groups {
    fn new(n: usize) -> Self {
        Self((0..n as u32).collect())
    }

    fn find(&mut self, mut i: u32) -> u32 {
        while self.0[i as usize] != i {
            self.0[i as usize] = self.0[self.0[i as usize] as usize];
            i = self.0[i as usize];
        }
        i
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a.max(b) as usize] = a.min(b);
    }

    /// Joins pieces that share enough of their runs.
    fn join_by(&mut self, pieces: &[Fingerprint], is_twin: &[bool], runs_of: RunsOf) {
        let mut shared: HashMap<u32, u32, Plain> = HashMap::default();
        let (holders, mut places) = holders(pieces, is_twin, runs_of);
        places.sort_unstable_by_key(|p| p.piece);
        for of_one in places.chunk_by(|a, b| a.piece == b.piece) {
            shared.clear();
            for place in of_one {
                let begin = place.begin as usize;
                for &other in &holders[begin..begin + usize::from(place.n_before)] {
                    *shared.entry(other).or_default() += 1;
                }
            }
            let i = of_one[0].piece;
            for (&other, &n) in &shared {
                let [a, b] = [i, other].map(|piece| runs_of(&pieces[piece as usize]).len());
                if n >= FEWEST_SHARED && f64::from(n) >= SHARE * a.min(b) as f64 {
                    self.join(i, other);
                }
            }
        }
    }

    fn numbered(mut self) -> Families {
        let mut families = Families::default();
        for i in 0..self.0.len() as u32 {
            let first = self.find(i);
            let number = if first == i { families.count as u32 } else { families.of_piece[first as usize] };
            families.count += usize::from(first == i);
            families.of_piece.push(number);
        }
        families
    }
}

/// FNV-1a with a last stir: the same on every machine and in every version.
fn hash(tokens: &[Token]) -> u64 {
    let mixed = tokens.iter().fold(0xcbf2_9ce4_8422_2325u64, |h, t| (h ^ u64::from(*t)).wrapping_mul(0x100_0000_01b3));
    (mixed ^ (mixed >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Keys here are hashes or small numbers already: one multiplication is enough.
#[derive(Default)]
struct PlainHasher(u64);

type Plain = BuildHasherDefault<PlainHasher>;

impl Hasher for PlainHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.write_u64(u64::from(*b));
        }
    }
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0 ^ n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 ^= self.0 >> 29;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Note, Role, Tick, Voice};

    fn tune(seed: u64, n: usize) -> Vec<(Tick, u8)> {
        let mut x = seed.wrapping_mul(0xD134_2543_DE82_EF95) | 1;
        let mut draw = |n: u64| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            x % n
        };
        (0..n).map(|_| ([12, 24][draw(2) as usize], 60 + draw(12) as u8)).collect()
    }

    fn print_of(notes: &[(Tick, u8)]) -> Fingerprint {
        let mut score = Score::new(24);
        let mut voice = Voice::new("", Role::Melody, 0);
        let mut at = 0;
        for &(gap, pitch) in notes {
            voice.notes.push(Note::new(at, gap, pitch, 80));
            at += gap;
        }
        score.push_voice(voice);
        Fingerprint::of(&score)
    }

    #[test]
    fn copies_in_other_keys_and_tempos_and_with_an_ornament_are_one_family() {
        let a = tune(1, 64);
        let moved: Vec<_> = a.iter().map(|&(gap, pitch)| (gap * 2, pitch - 5)).collect();
        let mut ornamented = a.clone();
        ornamented[30].1 += 2;
        let prints: Vec<_> = [&a, &tune(2, 64), &moved, &tune(3, 64), &ornamented].map(|t| print_of(t)).to_vec();
        assert_eq!(Families::of(&prints), Families { of_piece: vec![0, 1, 0, 2, 0], count: 3 });
    }

    #[test]
    fn short_equal_tunes_are_one_family_and_short_unequal_ones_are_not() {
        let (a, b) = (tune(1, 9), tune(2, 9));
        let prints = [print_of(&a), print_of(&b), print_of(&a)];
        assert_eq!(Families::of(&prints).of_piece, [0, 1, 0]);
    }

    #[test]
    fn a_thousand_scales_are_not_a_family() {
        let scales: Vec<_> = (1..1000u64)
            .map(|seed| {
                let mut notes: Vec<(Tick, u8)> = (0..12).map(|i| (12, 40 + i)).collect();
                notes.extend(tune(seed, 40));
                print_of(&notes)
            })
            .collect();
        assert_eq!(Families::of(&scales).count, 999);
    }

    /// The definition, with one map of all runs.
    fn one_by_one(pieces: &[Fingerprint]) -> Families {
        let mut groups = Groups::new(pieces.len());
        for runs_of in [(|p| &p.with_rhythm) as RunsOf, |p| &p.intervals] {
            let (mut same, mut holders) = (HashMap::new(), HashMap::<u64, Vec<u32>>::new());
            for (i, piece) in pieces.iter().enumerate() {
                if let Some(&twin) = same.get(&piece.whole) {
                    groups.join(i as u32, twin);
                    continue;
                }
                same.insert(piece.whole, i as u32);
                let mut shared: HashMap<u32, u32> = HashMap::new();
                for run in runs_of(piece) {
                    let list = holders.entry(*run).or_default();
                    list.iter().for_each(|other| *shared.entry(*other).or_default() += 1);
                    if list.len() < POSTINGS {
                        list.push(i as u32);
                    }
                }
                for (other, n) in shared {
                    let smaller = runs_of(piece).len().min(runs_of(&pieces[other as usize]).len());
                    if n >= FEWEST_SHARED && f64::from(n) >= SHARE * smaller as f64 {
                        groups.join(i as u32, other);
                    }
                }
            }
        }
        groups.numbered()
    }

    #[test]
    fn families_are_as_defined_when_much_is_shared() {
        let mut x = 7u64;
        let mut draw = |n: u64| {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (x >> 33) % n
        };
        for _ in 0..20 {
            let base: Vec<_> = (0..40).map(|i| tune(1000 + i, 60)).collect();
            let pieces: Vec<_> = (0..300)
                .map(|_| {
                    let (a, cut) = (draw(40) as usize, draw(50) as usize);
                    // A bridge between two tunes now and then.
                    let b = if draw(20) == 0 { draw(40) as usize } else { a };
                    let mut notes: Vec<_> = base[a][..cut].to_vec();
                    notes.extend(&base[b][cut..]);
                    notes.extend(tune(draw(500), draw(90) as usize));
                    print_of(&notes)
                })
                .collect();
            let families = Families::of(&pieces);
            assert_eq!(families, one_by_one(&pieces));
            assert!(families.count > 1, "something is told apart");
        }
    }

    #[test]
    fn more_near_copies_than_the_postings_hold_are_still_one_family() {
        let base = tune(5, 80);
        let variants: Vec<_> = (0..200usize)
            .map(|i| {
                let mut notes = base.clone();
                notes[10 + i % 60].1 += 1 + (i / 60) as u8;
                print_of(&notes)
            })
            .collect();
        assert_eq!(Families::of(&variants).count, 1);
    }

    #[test]
    fn other_note_lengths_and_split_notes_leave_a_copy_in_the_family() {
        let a = tune(5, 80);
        let even: Vec<_> = a.iter().map(|&(_, pitch)| (24, pitch)).collect();
        let split: Vec<_> = a.iter().flat_map(|&(gap, pitch)| [(gap / 2, pitch), (gap / 2, pitch)]).collect();
        let prints: Vec<_> = [&a, &even, &split, &tune(6, 80)].map(|t| print_of(t)).to_vec();
        assert_eq!(Families::of(&prints).of_piece, [0, 0, 0, 1]);
    }

    #[test]
    fn drones_over_unlike_voices_are_not_a_family() {
        let drone = |seed: u64| {
            let mut score = Score::new(24);
            score.push_voice(Voice::new("", Role::Other, 0));
            score.push_voice(Voice::new("", Role::Other, 0));
            for (i, (_, pitch)) in tune(seed, 40).into_iter().enumerate() {
                score.insert(0, Note::new(i as Tick * 24, 24, 90, 80));
                score.insert(1, Note::new(i as Tick * 24, 24, pitch - 12, 80));
            }
            Fingerprint::of(&score)
        };
        assert_eq!(Families::of(&[drone(1), drone(2), drone(1)]).of_piece, [0, 1, 0]);
    }
}

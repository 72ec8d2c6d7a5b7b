//! The longest passage that a take shares with a corpus, and how much of it is found there at all.
//!
//! Every voice of every piece is laid out in one row of tokens; a sorted list of all its suffixes
//! answers "where does this go on longest" by two neighbours of a binary search. Exact for passages
//! of up to [`SORTED_DEPTH`] notes; a longer one is found with at least that length. [`Found`] holds
//! that answer for every note of a take, from which [`super::chain`] goes on over small changes.

use super::line::{self, END, LineNote, Token};
use crate::music::{Role, Score, Tick};
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

/// How many tokens deep suffixes are compared when they are sorted: bounds the cost of pieces that
/// repeat one figure for hours.
pub const SORTED_DEPTH: usize = 256;

/// Passages of a corpus, ready to be asked. Memory: about 15 bytes a note.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) tokens: Vec<Token>,
    /// The note that each token begins with; the last of a line stands where its [`END`] does.
    pub(super) starts: Vec<u32>,
    pub(super) pitches: Vec<u8>,
    pub(super) suffixes: Vec<u32>,
    lines: Vec<Line>,
}

/// One voice of one piece in the row of tokens.
#[derive(Debug)]
struct Line {
    piece: u32,
    first_token: u32,
    notes: Vec<i32>,
}

/// A passage of a take that stands in the corpus too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Length of the passage in notes, and in bars of the take.
    pub notes: usize,
    pub bars: f64,
    /// Where it comes from: the piece as numbered when the index was built, and the bar (from 0).
    pub piece: usize,
    pub bar: i64,
    /// Where it stands in the take.
    pub voice: usize,
    pub start: Tick,
    pub end: Tick,
}

impl Index {
    /// Reads every pitched voice. The pieces keep their numbers.
    pub fn build(pieces: &[Arc<Score>]) -> Self {
        let mut index = Self::default();
        for (piece, score) in pieces.iter().enumerate() {
            for voice in score.voices.iter().filter(|v| v.role != Role::Drums) {
                let notes = line::line_of(voice.notes.iter(), score.ppq);
                if notes.len() < 2 {
                    continue;
                }
                let bars = notes.iter().map(|n| score.meters.position(n.start, score.ppq).bar);
                let first_token = index.tokens.len() as u32;
                let notes_bars = bars.map(|b| b.min(i64::from(i32::MAX)) as i32).collect();
                index.lines.push(Line { piece: piece as u32, first_token, notes: notes_bars });
                index.starts.extend(notes.iter().map(|n| u32::try_from(n.start).unwrap_or(u32::MAX)));
                index.pitches.extend(notes.iter().map(|n| n.pitch));
                index.tokens.extend(line::tokens(&notes));
                index.tokens.push(END);
            }
        }
        let tokens = &index.tokens;
        index.suffixes = (0..tokens.len() as u32).filter(|&at| tokens[at as usize] != END).collect();
        index.suffixes.sort_unstable_by(|&a, &b| {
            compare(&tokens[a as usize..], &tokens[b as usize..], SORTED_DEPTH).then(a.cmp(&b))
        });
        index
    }

    /// Looks up every note of `take`, in whatever key and at whatever tempo.
    pub fn find<'a>(&'a self, take: &'a Score) -> Found<'a> {
        self.find_where(take, |_| true)
    }

    /// Looks up every note of `take` among the places of the corpus for which `counts` holds.
    fn find_where<'a>(&'a self, take: &'a Score, counts: impl Fn(usize) -> bool) -> Found<'a> {
        let voices = pitched_lines(take).map(|(voice, notes)| {
            let tokens = line::tokens(&notes);
            let longest = (0..tokens.len()).map(|at| self.longest_from(&tokens[at..], &counts)).collect();
            FoundVoice { voice, notes, tokens, longest }
        });
        Found { index: self, take, voices: voices.collect() }
    }

    /// As [`Found::longest`], of a take that is asked nothing else.
    pub fn longest_match(&self, take: &Score) -> Option<Match> {
        self.find(take).longest()
    }

    /// As [`Index::longest_match`], among the pieces for which `counts` holds. Those left out cost time
    /// where they agree with the take; few should be.
    pub fn longest_match_among(&self, take: &Score, counts: impl Fn(usize) -> bool) -> Option<Match> {
        self.find_where(take, |place| counts(self.source(place).0)).longest()
    }

    /// As [`Found::share`], of a take that is asked nothing else.
    pub fn share_found(&self, take: &Score, notes: usize) -> f64 {
        self.find(take).share(notes)
    }

    /// The longest common prefix of `query` with any suffix that counts, and where that suffix begins.
    fn longest_from(&self, query: &[Token], counts: impl Fn(usize) -> bool) -> Longest {
        let sorted = self
            .suffixes
            .partition_point(|&s| compare(&self.tokens[s as usize..], query, SORTED_DEPTH) == Ordering::Less);
        let counted = |s: &&u32| counts(**s as usize);
        let above = self.suffixes[..sorted].iter().rev().find(counted);
        let below = self.suffixes[sorted..].iter().find(counted);
        let near = above.into_iter().chain(below);
        let lengths = near.map(|&s| (common(&self.tokens[s as usize..], query), s as usize));
        let (tokens, place) = lengths.reduce(|a, b| if b.0 > a.0 { b } else { a }).unwrap_or_default();
        Longest { tokens, place, sorted }
    }

    fn line_at(&self, place: usize) -> usize {
        self.lines.partition_point(|l| l.first_token as usize <= place) - 1
    }

    /// The piece and the bar (from 0) of a note of the corpus.
    pub(super) fn source(&self, place: usize) -> (usize, i64) {
        let line = &self.lines[self.line_at(place)];
        (line.piece as usize, i64::from(line.notes[place - line.first_token as usize]))
    }

    /// The notes of the corpus that stand in one line with this one.
    pub(super) fn line_around(&self, place: usize) -> Range<usize> {
        let line = &self.lines[self.line_at(place)];
        let first = line.first_token as usize;
        first..first + line.notes.len()
    }

    fn describe(&self, take: &Score, voice: usize, notes: &[LineNote], place: usize) -> Match {
        let (piece, bar) = self.source(place);
        let (start, end) = (notes[0].start, notes[notes.len() - 1].start);
        Match { notes: notes.len(), bars: bars_between(take, start, end), piece, bar, voice, start, end }
    }
}

/// Bars from one tick of a score to another, by the meter at the first.
pub(super) fn bars_between(score: &Score, start: Tick, end: Tick) -> f64 {
    (end - start) as f64 / score.meters.position(start, score.ppq).meter.bar_ticks(score.ppq) as f64
}

/// A take looked up note by note.
#[derive(Debug)]
pub struct Found<'a> {
    pub(super) index: &'a Index,
    pub(super) take: &'a Score,
    pub(super) voices: Vec<FoundVoice>,
}

/// One pitched voice of a take, and how far the corpus goes on from each of its tokens.
#[derive(Debug)]
pub(super) struct FoundVoice {
    pub voice: usize,
    pub notes: Vec<LineNote>,
    pub tokens: Vec<Token>,
    pub longest: Vec<Longest>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Longest {
    /// How many tokens agree, and where they stand in the corpus.
    pub tokens: usize,
    pub place: usize,
    /// Where among the sorted suffixes the take's own would stand.
    pub sorted: usize,
}

impl Found<'_> {
    /// The longest passage of any one voice that the corpus holds. Of equally long ones the first.
    /// `None` where not even two notes agree.
    pub fn longest(&self) -> Option<Match> {
        let corpus = &self.index.tokens;
        let mut best: Option<Match> = None;
        for FoundVoice { voice, notes, tokens, longest } in &self.voices {
            for (at, found) in longest.iter().enumerate().filter(|(_, found)| found.tokens > 0) {
                let (mut length, mut place, mut first) = (found.tokens, found.place, at);
                // A copy begins where the rhythm before it differs: the token there has the right
                // interval and the wrong ratio. The note still belongs to the copy.
                if at > 0 && place > 0 && line::same_interval(tokens[at - 1], corpus[place - 1]) {
                    (length, place, first) = (length + 1, place - 1, at - 1);
                }
                if best.is_none_or(|b| length + 1 > b.notes) {
                    best = Some(self.index.describe(self.take, *voice, &notes[first..=first + length], place));
                }
            }
        }
        best
    }

    /// Which share of the take's runs of `notes` notes stands in the corpus. 0 where it has none.
    pub fn share(&self, notes: usize) -> f64 {
        let n = notes.saturating_sub(1).max(1);
        let (mut found, mut asked) = (0usize, 0usize);
        for voice in &self.voices {
            let runs = (voice.tokens.len() + 1).saturating_sub(n);
            asked += runs;
            found += voice.longest[..runs].iter().filter(|l| l.tokens >= n).count();
        }
        if asked == 0 { 0.0 } else { found as f64 / asked as f64 }
    }
}

fn pitched_lines(score: &Score) -> impl Iterator<Item = (usize, Vec<LineNote>)> {
    let pitched = score.voices.iter().enumerate().filter(|(_, v)| v.role != Role::Drums);
    pitched.map(|(i, v)| (i, line::line_of(v.notes.iter(), score.ppq)))
}

/// Order of two runs of tokens, each up to its end mark; `depth` tokens at most.
fn compare(a: &[Token], b: &[Token], depth: usize) -> Ordering {
    for i in 0..depth {
        let (x, y) = (a.get(i).copied().unwrap_or(END), b.get(i).copied().unwrap_or(END));
        match x.cmp(&y) {
            Ordering::Equal if x == END => return Ordering::Equal,
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
    Ordering::Equal
}

/// How many tokens two runs have in common from their start.
pub(super) fn common(a: &[Token], b: &[Token]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x == y && **x != END).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Note, Voice};
    use proptest::prelude::*;

    fn piece(notes: &[(Tick, u8)]) -> Arc<Score> {
        let mut score = Score::new(24);
        let mut voice = Voice::new("", Role::Melody, 0);
        let mut at = 0;
        for &(gap, pitch) in notes {
            voice.notes.push(Note::new(at, gap, pitch, 80));
            at += gap;
        }
        score.push_voice(voice);
        Arc::new(score)
    }

    /// Notes of a small xorshift generator: the same for the same seed.
    fn random_notes(seed: u64, n: usize) -> Vec<(Tick, u8)> {
        let mut x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut draw = |n: u64| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            x % n
        };
        (0..n).map(|_| ([6, 12, 24, 48][draw(4) as usize], 50 + draw(24) as u8)).collect()
    }

    #[test]
    fn a_planted_transposed_and_slowed_copy_is_found() {
        let corpus: Vec<_> = (0..20).map(|i| piece(&random_notes(i + 1, 100))).collect();
        let index = Index::build(&corpus);
        let source = random_notes(8, 100);
        let mut take = random_notes(99, 50);
        let copied: Vec<_> = source[40..60].iter().map(|&(gap, pitch)| (gap * 2, pitch + 3)).collect();
        take.splice(20..20, copied);
        let found = index.longest_match(&piece(&take)).expect("a match");
        assert_eq!(found.piece, 7);
        assert!((19..=21).contains(&found.notes), "{found:?}");
        let from = corpus[7].voices[0].notes[40].start;
        assert!((found.bar - corpus[7].meters.position(from, 24).bar).abs() <= 1, "{found:?}");
        assert!(index.share_found(&piece(&take), 5) < 0.5);
        assert_eq!(index.share_found(&corpus[3], 8), 1.0);
    }

    #[test]
    fn a_piece_left_out_is_as_if_it_were_not_there() {
        let corpus: Vec<_> = (0..20).map(|i| piece(&random_notes(i + 1, 100))).collect();
        let without: Vec<_> = corpus.iter().enumerate().filter(|(i, _)| *i != 7).map(|(_, p)| Arc::clone(p)).collect();
        let (index, smaller) = (Index::build(&corpus), Index::build(&without));
        assert_eq!(index.longest_match(&corpus[7]).map(|m| (m.notes, m.piece)), Some((100, 7)));
        for (i, piece) in corpus.iter().enumerate() {
            let beside = index.longest_match_among(piece, |p| p != 7).map(|m| m.notes);
            assert_eq!(beside, smaller.longest_match(piece).map(|m| m.notes), "{i}");
        }
        assert_eq!(index.longest_match_among(&corpus[7], |_| false), None);
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        let index = Index::build(&[]);
        assert_eq!(index.longest_match(&piece(&random_notes(1, 9))), None);
        let index = Index::build(&[piece(&random_notes(1, 9))]);
        assert_eq!(index.longest_match(&Score::new(24)), None);
        assert_eq!(index.share_found(&Score::new(24), 4), 0.0);
    }

    #[test]
    fn an_endless_figure_stays_cheap() {
        let same: Vec<_> = (0..20_000).map(|_| (12, 60)).collect();
        let index = Index::build(&[piece(&same)]);
        let found = index.longest_match(&piece(&same[..300])).expect("a match");
        assert!(found.notes > SORTED_DEPTH, "{found:?}");
    }

    proptest! {
        /// Against the plain definition, by trying every pair of places.
        #[test]
        fn the_longest_match_is_the_longest(a in 0u64..50, b in 50u64..100) {
            let narrow = |seed| -> Vec<(Tick, u8)> {
                random_notes(seed, 60).into_iter().map(|(_, p)| (12, 60 + p % 3)).collect()
            };
            let (corpus, take) = (piece(&narrow(a)), piece(&narrow(b)));
            let row = |s: &Score| line::tokens(&line::line_of(s.voices[0].notes.iter(), 24));
            let (x, y) = (row(&corpus), row(&take));
            let longest = (0..x.len()).flat_map(|i| (0..y.len()).map(move |j| (i, j)));
            let longest = longest.map(|(i, j)| common(&x[i..], &y[j..])).max().unwrap_or(0);
            let found = Index::build(&[corpus]).longest_match(&take).map_or(0, |m| m.notes - 1);
            prop_assert!(found >= longest && found <= longest + 1, "{} and {}", found, longest);
        }
    }
}

//! What two pieces share, for people: how many runs of melody, and where the longest stands.

use super::line::{self, Token};
use crate::music::Score;

/// Runs of fewer notes than this any two tunes share.
const FEWEST_NOTES: usize = 5;

/// Of a longer line only the first notes are compared: time grows with the square.
const MOST_NOTES: usize = 4000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// Runs of the first piece's melody that stand in the second's too, none within another.
    pub runs: usize,
    /// Notes of the longest, and the bar of each piece in which it begins, from 0.
    pub longest: usize,
    pub bar: i64,
    pub their_bar: i64,
}

impl Shared {
    pub fn of(mine: &Score, theirs: &Score) -> Self {
        let [my_line, their_line] = [mine, theirs].map(|s| {
            let mut line = line::top_line(s);
            line.truncate(MOST_NOTES);
            line
        });
        let [a, b] = [&my_line, &their_line].map(|l| line::tokens(l));
        let best = longest_from_each(&a, &b);
        let mut shared = Self::default();
        let mut at = 0;
        while at < best.len() {
            let (tokens, there) = best[at];
            if tokens + 1 < FEWEST_NOTES {
                at += 1;
                continue;
            }
            shared.runs += 1;
            if tokens + 1 > shared.longest {
                shared.longest = tokens + 1;
                shared.bar = mine.meters.position(my_line[at].start, mine.ppq).bar;
                shared.their_bar = theirs.meters.position(their_line[there].start, theirs.ppq).bar;
            }
            at += tokens;
        }
        shared
    }
}

impl std::fmt::Display for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (bar, their_bar) = (self.bar + 1, self.their_bar + 1);
        match self.runs {
            0 => write!(f, "Shares no run of {FEWEST_NOTES} notes of melody, only shorter turns or chords."),
            1 => {
                write!(f, "Shares one run of melody: {} notes from bar {bar}, there in bar {their_bar}.", self.longest)
            }
            n => write!(
                f,
                "Shares {n} runs of melody, the longest of {} notes from bar {bar}, there in bar {their_bar}.",
                self.longest
            ),
        }
    }
}

/// For each place of `a`, how many tokens from there on stand in `b`, and where.
fn longest_from_each(a: &[Token], b: &[Token]) -> Vec<(usize, usize)> {
    let mut best = vec![(0, 0); a.len()];
    // below[j]: tokens that agree from a[i + 1] and b[j] on.
    let mut below = vec![0; b.len() + 1];
    for i in (0..a.len()).rev() {
        let mut row = vec![0; b.len() + 1];
        for j in 0..b.len() {
            if a[i] == b[j] {
                row[j] = below[j + 1] + 1;
                if row[j] > best[i].0 {
                    best[i] = (row[j], j);
                }
            }
        }
        below = row;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::tests::random_score;
    use crate::music::transform;

    #[test]
    fn a_planted_passage_is_the_longest() {
        let theirs = random_score(1, 60);
        let mut mine = random_score(2, 60);
        let (from, at) = (theirs.voices[0].notes[20].start, mine.voices[0].notes[29].end());
        mine.voices[0].notes.truncate(30);
        let copied = transform::slice(&theirs, from, theirs.voices[0].notes[44].start);
        for mut note in transform::transposed(&copied, 2).expect("fits").voices[0].notes.clone() {
            note.start += at;
            mine.insert(0, note);
        }
        let shared = Shared::of(&mine, &theirs);
        assert!((23..=25).contains(&shared.longest), "{shared:?}");
        let bar = mine.meters.position(at, mine.ppq).bar;
        assert!((shared.bar - bar).abs() <= 1, "{shared:?} {bar}");
        assert!(shared.to_string().contains("notes from bar"), "{shared}");
    }

    #[test]
    fn sharing_all_and_nothing() {
        let piece = random_score(3, 40);
        let all = Shared::of(&piece, &piece);
        assert_eq!((all.runs, all.longest, all.bar, all.their_bar), (1, 40, 0, 0));
        assert_eq!(all.to_string(), "Shares one run of melody: 40 notes from bar 1, there in bar 1.");
        let none = Shared::of(&piece, &Score::new(480));
        assert_eq!(none, Shared::default());
        assert!(none.to_string().starts_with("Shares no run"));
    }
}

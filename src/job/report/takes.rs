//! Takes judged: what of them is copied, and whether their style is that of the corpus.

use super::{Written, cut, usual_bars};
use crate::corpus::style::{StyleRow, compare};
use crate::index::Index;
use crate::music::Score;
use crate::train::report_card::{Copied, FEWEST_PIECES, FOUND_NOTES, Originality, TakeRow, percentile};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was found of some takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    pub takes: Vec<TakeRow>,
    pub originality: Originality,
    pub style: Vec<StyleRow>,
    pub remarks: Vec<String>,
}

/// Bars up to the last note.
pub fn bars(score: &Score) -> i64 {
    score.meters.n_bars(score.last_note_end(), score.ppq)
}

/// Judges takes against pieces that were learned from, called `titles`, and others that were not.
pub fn judge(takes: &[Written], train: &[Arc<Score>], titles: &[&str], held_out: &[Arc<Score>]) -> Judged {
    judge_with_corpus(takes, train, titles, held_out, train)
}

/// As [`judge`], with style compared with another corpus than the one learned from.
pub fn judge_with_corpus(
    takes: &[Written],
    train: &[Arc<Score>],
    titles: &[&str],
    held_out: &[Arc<Score>],
    corpus: &[Arc<Score>],
) -> Judged {
    let index = Index::build(train);
    let copied = |score: &Score| index.longest_match(score).map_or(0, |m| m.notes);
    // What people copy grows with the length: held-out pieces are cut to that of the take.
    let mut of_people: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for take in takes {
        of_people.entry(bars(&take.score)).or_default();
    }
    for (bars, longest) in &mut of_people {
        *longest = cut(held_out, *bars).par_iter().map(copied).collect();
        longest.sort_unstable();
    }
    let row = |take: &Written| {
        let found = index.longest_match(&take.score);
        let copy = found.map(|m| Copied {
            notes: m.notes,
            bars: m.bars,
            source: titles.get(m.piece).map_or_else(String::new, |t| (*t).to_owned()),
            bar: m.bar + 1,
        });
        let bars = bars(&take.score);
        TakeRow {
            file: take.file.clone(),
            seed: take.seed,
            notes: take.score.n_notes(),
            bars,
            mean_nats: take.mean_nats,
            percentile: percentile(found.map_or(0, |m| m.notes), of_people.get(&bars).map_or(&[][..], Vec::as_slice)),
            copy,
            found: index.share_found(&take.score, FOUND_NOTES),
        }
    };
    let rows: Vec<TakeRow> = takes.par_iter().map(row).collect();
    let usual = usual_bars(takes);
    let (held_cut, corpus_cut) = (cut(held_out, usual), cut(corpus, usual));
    let mean = |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    let mut longest: Vec<usize> = rows.iter().map(|r| r.copy.as_ref().map_or(0, |c| c.notes)).collect();
    longest.sort_unstable();
    let originality = Originality {
        takes: longest,
        held_out: of_people.get(&usual).cloned().unwrap_or_default(),
        takes_found: mean(rows.iter().map(|r| r.found).collect()),
        held_out_found: mean(held_cut.par_iter().map(|s| index.share_found(s, FOUND_NOTES)).collect()),
        percentile: mean(rows.iter().filter_map(|r| r.percentile).collect()),
    };
    let written: Vec<Score> = takes.iter().map(|t| t.score.clone()).collect();
    let mut remarks = Vec::new();
    if held_out.len() < FEWEST_PIECES {
        let n = held_out.len();
        remarks.push(format!("No percentile of originality: it takes {FEWEST_PIECES} held-out pieces, there are {n}."));
    }
    let empty = takes.iter().filter(|t| t.score.n_notes() == 0).count();
    if empty > 0 {
        remarks.push(format!("{empty} of {} takes are empty.", takes.len()));
    }
    Judged { takes: rows, originality, style: compare(&written, &held_cut, &corpus_cut), remarks }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Note, Role, Voice};

    /// A tune of a small generator: the same for the same seed.
    fn tune(seed: u64, bars: i64) -> Score {
        let mut x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut draw = |n: u64| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            x % n
        };
        let mut voice = Voice::new("", Role::Melody, 0);
        let mut at = 0;
        while at < bars * 96 {
            let long = [6, 12, 24][draw(3) as usize];
            voice.notes.push(Note::new(at, long, 55 + draw(20) as u8, 80));
            at += long;
        }
        let mut score = Score::new(24);
        score.push_voice(voice);
        score
    }

    fn written(score: Score) -> Written {
        Written { score, ..Written::default() }
    }

    #[test]
    fn a_copy_is_told_from_what_is_new() {
        let train: Vec<_> = (0..20).map(|i| Arc::new(tune(i, 24))).collect();
        let titles: Vec<String> = (0..20).map(|i| format!("tune {i}")).collect();
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let people: Vec<_> = (100..140).map(|i| Arc::new(tune(i, 24))).collect();
        let copy = crate::corpus::style::first_bars(&train[7], 8);
        let n = copy.n_notes();
        let judged = judge(&[written(copy), written(tune(999, 8))], &train, &titles, &people);
        let (stolen, new) = (&judged.takes[0], &judged.takes[1]);
        let source = stolen.copy.as_ref().expect("found");
        assert_eq!((source.notes, source.source.as_str(), source.bar), (n, "tune 7", 1));
        assert_eq!((stolen.percentile, stolen.found, stolen.bars), (Some(0.0), 1.0, 8));
        assert!(new.percentile > Some(5.0) && new.found < 0.1, "{new:?}");
        assert_eq!(judged.originality.held_out.len(), 40);
        assert_eq!(judged.originality.takes.last(), Some(&n));
        assert!(judged.remarks.is_empty(), "{:?}", judged.remarks);
        assert_eq!(judged.style.len(), crate::corpus::style::Feature::ALL.len());
    }

    #[test]
    fn few_held_out_pieces_give_no_percentile_and_say_so() {
        let train: Vec<_> = (0..3).map(|i| Arc::new(tune(i, 8))).collect();
        let judged = judge(&[written(tune(9, 8)), written(Score::new(24))], &train, &["a", "b", "c"], &train[..1]);
        assert!(judged.takes.iter().all(|t| t.percentile.is_none()) && judged.originality.percentile.is_none());
        assert_eq!(judged.remarks.len(), 2, "{:?}", judged.remarks);
        assert!(judged.remarks[0].contains("there are 1"));
        let nothing = judge(&[], &[], &[], &[]);
        assert!(nothing.takes.is_empty() && nothing.originality.takes_found.is_none());
    }
}

//! Takes judged: what of them is copied, and whether their style is that of the corpus.

use super::{Written, cut, usual_bars};
use crate::corpus::style::{StyleRow, compare};
use crate::job::{NoPercentile, Originality as Lookup};
use crate::music::Score;
use crate::train::report_card::{Copied, FOUND_NOTES, Originality, TakeRow};
use rayon::prelude::*;
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

/// Judges takes against what a model learned from, held-out pieces, and the corpus whose style is compared.
pub fn judge(takes: &[Written], known: &Lookup, held_out: &[Arc<Score>], corpus: &[Arc<Score>]) -> Judged {
    let row = |take: &Written| {
        let found = known.of(&take.score);
        let row = TakeRow {
            file: take.file.clone(),
            seed: take.seed,
            notes: take.score.n_notes(),
            bars: bars(&take.score),
            mean_nats: take.mean_nats,
            percentile: found.percentile,
            copy: found.longest_copy.map(|c| Copied { notes: c.notes, bars: c.bars, source: c.source, bar: c.bar }),
            found: known.share_found(&take.score, FOUND_NOTES),
        };
        (row, found.percentile_reason)
    };
    let (rows, reasons): (Vec<TakeRow>, Vec<Option<NoPercentile>>) = takes.par_iter().map(row).unzip();
    let usual = usual_bars(takes);
    let (held_cut, corpus_cut) = (cut(held_out, usual), cut(corpus, usual));
    let mean = |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    // What people copy grows with the length: held-out pieces are cut to that of the takes.
    let ascending = |mut lengths: Vec<usize>| {
        lengths.sort_unstable();
        lengths
    };
    let originality = Originality {
        takes: ascending(rows.iter().map(|r| r.copy.as_ref().map_or(0, |c| c.notes)).collect()),
        held_out: ascending(held_cut.par_iter().map(|s| known.copied(s)).collect()),
        takes_found: mean(rows.iter().map(|r| r.found).collect()),
        held_out_found: mean(held_cut.par_iter().map(|s| known.share_found(s, FOUND_NOTES)).collect()),
        percentile: mean(rows.iter().filter_map(|r| r.percentile).collect()),
    };
    let written: Vec<Score> = takes.iter().map(|t| t.score.clone()).collect();
    let mut remarks = Vec::new();
    remarks.extend(reasons.into_iter().flatten().next().map(|why| why.to_string()));
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
        let titles = (0..20).map(|i| format!("tune {i}")).collect();
        let people: Vec<_> = (100..140).map(|i| Arc::new(tune(i, 24))).collect();
        let copy = crate::corpus::style::first_bars(&train[7], 8);
        let n = copy.n_notes();
        let known = Lookup::new(&train, titles, &[None; 20], people.clone());
        let judged = judge(&[written(copy), written(tune(999, 8))], &known, &people, &train);
        let (stolen, new) = (&judged.takes[0], &judged.takes[1]);
        let source = stolen.copy.as_ref().expect("found");
        assert_eq!((source.notes, source.source.as_str(), source.bar), (n, "tune 7", 1));
        assert_eq!((stolen.found, stolen.bars), (1.0, 8));
        assert!(stolen.percentile.is_some_and(|p| p < 100.0 / 41.0), "{:?}", stolen.percentile);
        assert!(new.percentile > Some(5.0) && new.found < 0.1, "{new:?}");
        assert_eq!(judged.originality.held_out.len(), 40);
        assert_eq!(judged.originality.takes.last(), Some(&n));
        assert!(judged.remarks.is_empty(), "{:?}", judged.remarks);
        assert_eq!(judged.style.len(), crate::corpus::style::Feature::ALL.len());
    }

    #[test]
    fn few_pieces_give_no_percentile_and_say_so() {
        let train: Vec<_> = (0..3).map(|i| Arc::new(tune(i, 8))).collect();
        let known = Lookup::new(&train, vec![String::new(); 3], &[None; 3], train[..1].to_vec());
        let judged = judge(&[written(tune(9, 8)), written(Score::new(24))], &known, &train[..1], &train);
        assert!(judged.takes.iter().all(|t| t.percentile.is_none()) && judged.originality.percentile.is_none());
        assert_eq!(judged.remarks.len(), 2, "{:?}", judged.remarks);
        assert!(judged.remarks[0].contains("30 pieces by people"));
        let nothing = judge(&[], &Lookup::new(&[], Vec::new(), &[], Vec::new()), &[], &[]);
        assert!(nothing.takes.is_empty() && nothing.originality.takes_found.is_none());
    }
}

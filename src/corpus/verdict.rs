//! What the judge said of a file as few bytes, and back: what the cache keeps under a content.
//!
//! Most files are used as they are, and a library of 100,000 reads as many verdicts before it can be
//! shown: pieces are written number by number, only what is rare goes through serde, and scores are apart.

use super::bytes::{Put, Take};
use super::judge::{Judged, JudgedPiece};
use super::library::FileState;
use super::packed::{Packed, Summary};
use super::statistics::Figures;
use super::timing::Timing;
use crate::files::store::{Body, checksum};
use crate::music::{Key, KeySpan, Meter, Mode};

const TIMINGS: [Timing; 3] = [Timing::Quantised, Timing::Aligned, Timing::Performed];

/// The verdict, without its hash, and the scores of its pieces one after the other. A title that is `stem`, the
/// file's name, is left out: a copy may have another. `None` where it cannot be written.
pub fn put(judged: &Judged, stem: &str) -> Option<[Vec<u8>; 2]> {
    let Judged { state, warnings, remedies, applied, pieces, hash: _ } = judged;
    let (mut put, mut scores) = (Put::default(), Vec::new());
    let mut rare = Vec::new();
    if *state != FileState::Used || !warnings.is_empty() || !remedies.is_empty() || !applied.is_empty() {
        ciborium::into_writer(&(state, warnings, remedies, applied), &mut rare).ok()?;
    }
    put.bytes(&rare);
    put.number(pieces.len() as u64);
    pieces.iter().try_for_each(|p| put_piece(&mut put, &mut scores, p, stem))?;
    Some([put.0, scores])
}

/// What [`put`] has written; the scores stay where they are.
pub fn taken(verdict: &[u8], scores: Body<'_>, stem: &str) -> Option<Judged> {
    let take = &mut Take(verdict);
    let (state, warnings, remedies, applied) = match take.bytes()? {
        [] => (FileState::Used, Vec::new(), Vec::new(), Vec::new()),
        rare => ciborium::from_reader(rare).ok()?,
    };
    let n = take.count()?;
    let mut from = 0;
    let pieces = (0..n).map(|_| taken_piece(take, scores, &mut from, stem)).collect::<Option<_>>()?;
    Some(Judged { state, warnings, remedies, applied, pieces, hash: [0; 32] })
}

fn put_piece(put: &mut Put, scores: &mut Vec<u8>, piece: &JudgedPiece, stem: &str) -> Option<()> {
    let JudgedPiece { title, packed, summary, figures, key, keys, timing, tune } = piece;
    let Packed::Here(score) = packed else { return None };
    put.text(if title == stem { "" } else { title });
    let Summary { notes, voices, bars, seconds, meter, qpm } = summary;
    [notes, voices, bars].into_iter().for_each(|n| put.number(u64::from(*n)));
    [seconds, qpm].into_iter().for_each(|x| put.float(*x));
    [meter.numerator, meter.denominator].into_iter().for_each(|n| put.byte(n));
    figures.put(put);
    put.byte(u8::from(key.is_some()));
    key.iter().for_each(|(key, confidence)| put_key(put, *key, *confidence));
    put.number(keys.len() as u64);
    for span in keys {
        put.signed(span.from);
        put_key(put, span.key, span.confidence);
    }
    put.byte(TIMINGS.iter().position(|t| t == timing).unwrap_or_default() as u8);
    put.number(u64::from(*tune));
    put.number(score.len() as u64);
    put.number(checksum(score));
    scores.extend_from_slice(score);
    Some(())
}

fn taken_piece(take: &mut Take<'_>, scores: Body<'_>, from: &mut usize, stem: &str) -> Option<JudgedPiece> {
    let title = Some(take.text()?).filter(|t| !t.is_empty()).unwrap_or_else(|| stem.to_owned());
    let mut number = || u32::try_from(take.number()?).ok();
    let (notes, voices, bars) = (number()?, number()?, number()?);
    let (seconds, qpm) = (take.float()?, take.float()?);
    let meter = Meter::new(take.byte()?, take.byte()?)?;
    let summary = Summary { notes, voices, bars, seconds, meter, qpm };
    let figures = Figures::taken(take)?;
    let key = if take.byte()? == 1 { Some(taken_key(take)?) } else { None };
    let n = take.count()?;
    let span = |take: &mut Take<'_>| {
        let from = take.signed()?;
        let (key, confidence) = taken_key(take)?;
        Some(KeySpan { from, key, confidence })
    };
    let keys = (0..n).map(|_| span(take)).collect::<Option<_>>()?;
    let timing = *TIMINGS.get(usize::from(take.byte()?))?;
    let tune = u32::try_from(take.number()?).ok()?;
    let len = usize::try_from(take.number()?).ok()?;
    let packed = Packed::Kept(scores.part(*from, len, take.number()?)?);
    *from += len;
    Some(JudgedPiece { title, packed, summary, figures, key, keys, timing, tune })
}

fn put_key(put: &mut Put, key: Key, confidence: f64) {
    put.byte(key.tonic << 1 | u8::from(key.mode == Mode::Minor));
    put.float(confidence);
}

fn taken_key(take: &mut Take<'_>) -> Option<(Key, f64)> {
    let key = take.byte()?;
    let mode = if key & 1 == 1 { Mode::Minor } else { Mode::Major };
    Some((Key::new(key >> 1, mode), take.float()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::import::ImportOptions;
    use crate::corpus::judge::judge;
    use crate::files::store::Store;
    use std::path::Path;

    #[test]
    fn a_verdict_comes_back_whatever_it_is() {
        let tunes =
            b"X:1\nT:One\nK:C\nCDEF GABc|cBAG FEDC|\n\nX:2\nT:Stub\nK:C\nC|\n\nX:3\nK:Am\nABcd efga|agfe dcBA|\n";
        let all = [&tunes[..], b"MThd", b"X:1\nK:C\nCDE|\n", b"words"];
        let judged = all.map(|bytes| judge(bytes, Path::new("book.abc"), &ImportOptions::default()));
        let dir = tempfile::tempdir().expect("temporary folder");
        let name = |n: usize| [n as u8; 32];
        let store = Store::open(dir.path()).expect("opens");
        for (n, judged) in judged.iter().enumerate() {
            let [verdict, scores] = put(judged, "book").expect("can be written");
            store.put(&name(n), &verdict, &scores).expect("writes");
        }
        store.close(1 << 30).expect("closes");
        let store = Store::open(dir.path()).expect("opens");
        for (n, judged) in judged.into_iter().enumerate() {
            let (verdict, scores) = store.get(&name(n)).expect("is there");
            let back = taken(verdict, scores, "book").expect("can be read");
            let score = |p: &JudgedPiece| p.packed.score().expect("unpacks");
            let notes = |judged: &Judged| judged.pieces.iter().map(score).collect::<Vec<_>>();
            assert_eq!(notes(&back), notes(&judged));
            let bare = |mut judged: Judged| {
                judged.pieces.iter_mut().for_each(|p| p.packed = Packed::Here([].into()));
                format!("{:?}", Judged { hash: [0; 32], ..judged })
            };
            assert_eq!(bare(back), bare(judged));
            for cut in 0..verdict.len() {
                assert!(taken(&verdict[..cut], scores, "book").is_none());
            }
        }
    }
}

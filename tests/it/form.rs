//! Forms told by letters, by an n-gram model of the starter tunes.

use crate::pipeline::{Watcher, starter_pieces, tiny_of};
use cadenza::corpus;
use cadenza::generate::{Form, Generator, Settings, Take};
use cadenza::model::{Arch, Compute};
use cadenza::music::{Role, Score};
use cadenza::train::{DataSet, Run, train};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

/// Notes that begin in a stretch of bars (from 0), as seen from its bar line.
fn part(score: &Score, from: i64, to: i64) -> Vec<(i64, u8)> {
    let line = |bar| score.meters.bar_start(bar, score.ppq);
    let (from, to) = (line(from), line(to));
    let within = score.notes().filter(|(_, n)| from <= n.start && n.start < to);
    let mut part: Vec<(i64, u8)> = within.map(|(_, n)| (n.start - from, n.pitch)).collect();
    part.sort_unstable();
    part
}

/// Top notes of the melody's onsets in a stretch of bars.
fn melody(score: &Score, from: i64, to: i64) -> Vec<i16> {
    let mut only = score.clone();
    only.voices.retain(|v| v.role == Role::Melody && !v.notes.is_empty());
    let mut top = BTreeMap::new();
    for (start, pitch) in part(if only.voices.is_empty() { score } else { &only }, from, to) {
        top.entry(start).and_modify(|p: &mut i16| *p = (*p).max(i16::from(pitch))).or_insert(i16::from(pitch));
    }
    top.into_values().collect()
}

/// Notes of the longest run that stands in both, in any key.
fn longest_run(a: &[i16], b: &[i16]) -> usize {
    let same = |i: usize, j: usize| {
        let pairs = a[i..].iter().zip(&b[j..]);
        pairs.take_while(|(x, y)| **x - a[i] == **y - b[j]).count()
    };
    let runs = (0..a.len()).flat_map(|i| (0..b.len()).map(move |j| (i, j))).map(|(i, j)| same(i, j));
    runs.max().filter(|n| *n > 1).unwrap_or(0)
}

#[test]
fn letters_that_come_again_are_the_same_or_begin_the_same() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let run = dir.path().join("run");
    let (pieces, recipe) = (starter_pieces(), tiny_of(Arch::Ngram, 1));
    let data =
        DataSet::from_split("starter", &pieces, &corpus::split(&pieces, 10), recipe.common_tonic).expect("at hand");
    train(data, &recipe, Compute::Cpu, None, &run, &mut Watcher::until(u64::MAX)).expect("trains");
    let generator = Generator::load(&Run::open(&run).expect("a run").best_path()).expect("a model");
    let make = |letters: &str, varied, seed, primer: Option<&Score>| -> Take {
        let form = Some(Form { letters: letters.to_owned(), varied });
        let settings = Settings { bars: 4, seed, form, ..Settings::default() };
        generator.take(&settings, primer, &AtomicBool::new(false), &mut |_| {}).expect("sound settings")
    };
    let plain = Settings { bars: 4, seed: 5, ..Settings::default() };
    let first = generator.take(&plain, None, &AtomicBool::new(false), &mut |_| {}).expect("sound settings");
    let (mut ends_anew, mut unlike, mut again) = (0, 0, 0);
    for seed in 5..10 {
        let whole = make("AABA", false, seed, None);
        let s = &whole.score;
        assert_eq!(s.meters.position(whole.to_tick, s.ppq).bar, 16, "four parts of four bars");
        let a = part(s, 0, 4);
        assert!(!a.is_empty() && part(s, 8, 12) != a, "seed {seed}: B is new");
        let [b] = whole.letters.as_slice() else { panic!("{:?}", whole.letters) };
        assert_eq!((b.letter, b.like), ('B', 'A'));
        assert_eq!(b.shared, longest_run(&melody(s, 0, 4), &melody(s, 8, 12)), "seed {seed}");
        unlike += usize::from(b.is_unlike());
        again += usize::from(b.tries > 1);
        assert_eq!((&part(s, 4, 8), &part(s, 12, 16)), (&a, &a), "seed {seed}");
        assert_eq!(whole.settings.form.as_ref().map(|f| f.letters.as_str()), Some("AABA"));
        if seed == 5 {
            assert_eq!(part(&first.score, 0, 4), a, "the first letter is the take without a form");
        }
        assert!(make("AABA", false, seed, None).score == whole.score, "the same seed, the same take");
        let varied = make("AABA", true, seed, None);
        assert_eq!(varied.to_tick, whole.to_tick);
        let v = &varied.score;
        assert!(part(v, 4, 6) == part(v, 0, 2) && part(v, 12, 14) == part(v, 0, 2), "seed {seed}");
        ends_anew += usize::from(part(v, 6, 8) != part(v, 2, 4)) + usize::from(part(v, 14, 16) != part(v, 2, 4));
    }
    assert!(unlike >= 4 && again > 0, "{unlike} of 5 letters are new, {again} were written again");
    assert!(ends_anew >= 5, "{ends_anew} of 10 repeats end anew");
    // With a primer, the first letter is the primer.
    let on = make("ABA", false, 3, Some(&first.score));
    assert_eq!(on.from_tick, first.to_tick);
    assert_eq!(part(&on.score, 8, 12), part(&first.score, 0, 4));
    assert_eq!(on.score.meters.position(on.to_tick, on.score.ppq).bar, 12);
    let bad = Settings { form: Some(Form { letters: "a".into(), varied: false }), ..Settings::default() };
    assert!(generator.take(&bad, None, &AtomicBool::new(false), &mut |_| {}).is_err());
}

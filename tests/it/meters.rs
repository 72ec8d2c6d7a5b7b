//! How a piece from nothing begins: in the meter that is asked for, on its first bar line.

use crate::pipeline::{Watcher, never, starter, tiny_of};
use cadenza::generate::rules::Rule;
use cadenza::generate::{Form, Generator, Settings, Take, Task};
use cadenza::model::{Arch, Compute};
use cadenza::music::{Meter, Score};
use cadenza::train::{Run, train};

fn generator(dir: &std::path::Path) -> Generator {
    let run = dir.join("run");
    train(starter(), &tiny_of(Arch::Ngram, 1), Compute::Cpu, None, &run, &mut Watcher::until(u64::MAX))
        .expect("trains");
    Generator::load(&Run::open(&run).expect("a run").best_path()).expect("a model")
}

fn take(generator: &Generator, settings: &Settings, primer: Option<&Score>) -> Take {
    generator.take(settings, primer, &never(), &mut |_| {}).expect("sound settings")
}

#[test]
fn a_meter_that_is_asked_for_is_that_of_the_take() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let generator = generator(dir.path());
    let known = &generator.card().meters;
    assert!((known.values().sum::<f64>() - 1.0).abs() < 1e-9, "{known:?}");
    assert!(known.contains_key("4/4") && known.contains_key("3/4"), "{known:?}");
    let jig = Meter::new(6, 8);
    let asked = Settings { bars: 3, meter: jig, ..Settings::default() };
    assert_eq!(generator.unknown_meter(&asked, None), None);
    let odd = Settings { meter: Meter::new(7, 4), ..asked.clone() };
    let unknown = generator.unknown_meter(&odd, None).expect("no starter tune is in 7/4");
    assert_eq!(unknown.learned.len(), known.len());
    let new = take(&generator, &asked, None);
    assert_eq!((Some(new.score.first_meter()), new.to_tick), (jig, 3 * 1440));
    // What goes on may change the meter, from its first bar on.
    let settings = Settings { bars: 2, task: Task::Continue, meter: Meter::new(3, 4), ..Settings::default() };
    let on = take(&generator, &settings, Some(&new.score));
    assert_eq!((on.from_tick, on.to_tick), (new.to_tick, new.to_tick + 2 * 1440));
    let meter = |tick| on.score.meters.meter_at(tick).to_string();
    assert_eq!((meter(on.from_tick - 1), meter(on.from_tick)), ("6/8".to_owned(), "3/4".to_owned()));
    let form = Some(Form { letters: "AB".into(), varied: false });
    let changes = Settings { form, ..settings };
    let refused = generator.take(&changes, Some(&new.score), &never(), &mut |_| {});
    assert!(refused.is_err_and(|e| e.to_string().contains("meter of its primer")));
}

#[test]
fn a_new_piece_begins_on_the_bar_line_unless_it_may_not() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let generator = generator(dir.path());
    let first = |t: &Take| t.notes.iter().map(|n| n.start_tick).min().expect("a note");
    let (mut upbeats, n) = (0, 20);
    for seed in 1..=n {
        let on_bar = take(&generator, &Settings { bars: 4, seed, ..Settings::default() }, None);
        assert_eq!(first(&on_bar), 0, "seed {seed}");
        assert!(on_bar.relaxations().is_empty(), "{:?}", on_bar.relaxations());
        // The receipt of the first note says what was taken away, and no other does.
        let said = |n: &cadenza::generate::NoteReceipt| n.removed.contains_key(&Rule::StartOnBar);
        assert_eq!(on_bar.notes.iter().map(said).filter(|s| *s).count(), 1);
        assert!(said(&on_bar.notes[0]));
        let free = Settings { bars: 4, seed, start_on_bar: false, ..Settings::default() };
        upbeats += usize::from(first(&take(&generator, &free, None)) > 0);
    }
    assert!(upbeats > 0, "the starter tunes have upbeats");
}

//! Receipts: of notes that a model wrote, and of notes that were there already.

use crate::pipeline::{Watcher, starter_pieces, take, tiny, tiny_of};
use cadenza::corpus;
use cadenza::generate::rules::Rule;
use cadenza::generate::{Explanation, Generator, NoteReceipt, Settings};
use cadenza::midi;
use cadenza::model::{Arch, Compute};
use cadenza::music::{Key, Score};
use cadenza::train::{DataSet, Recipe, Run, train};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

fn trained(run: &Path, recipe: &Recipe) {
    let pieces = starter_pieces();
    let data =
        DataSet::from_split("starter", &pieces, &corpus::split(&pieces, 10), recipe.common_tonic).expect("at hand");
    train(data, recipe, Compute::Cpu, None, run, &mut Watcher::until(u64::MAX)).expect("trains");
}

fn explained(run: &Path, score: &Score) -> Explanation {
    let generator = Generator::load(&Run::open(run).expect("a run").best_path()).expect("a model");
    generator.explain(score, &AtomicBool::new(false), &mut |_, _| {}).expect("not cancelled")
}

/// Says how many notes agree, up to the first that the take itself has changed since.
fn agreed(made: &[NoteReceipt], read: &[NoteReceipt]) -> usize {
    assert_eq!(made.len(), read.len());
    for (i, (made, read)) in made.iter().zip(read).enumerate() {
        for (a, b) in made.fields.iter().zip(&read.fields) {
            // A note shortened by the next of its pitch: from there on the past is another one.
            if a.value != b.value {
                return i;
            }
            assert!((a.nats - b.nats).abs() < 1e-5, "note {i}, {}: {} {}", a.field, a.nats, b.nats);
            assert!(f64::from((a.probability - b.probability).abs()) < 1e-5, "note {i}, {}", a.field);
            assert_eq!(a.rank, b.rank, "note {i}, {}", a.field);
        }
        assert_eq!((made.id, made.pitch, made.start_tick), (read.id, read.pitch, read.start_tick));
        assert!((made.probability - read.probability).abs() < 1e-5 && (made.nats - read.nats).abs() < 1e-4);
        assert!(made.drawn_with.is_some_and(|p| p > 0.0) && read.drawn_with.is_none());
    }
    made.len()
}

#[test]
fn a_take_read_again_has_the_receipts_that_it_was_written_with() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let recipes = [
        ("network", tiny(8)),
        ("gru", tiny_of(Arch::Gru, 6)),
        ("counts", tiny_of(Arch::Ngram, 1)),
        ("both", Recipe { counts: true, ..tiny(8) }),
    ];
    for (name, recipe) in recipes {
        let run = dir.path().join(name);
        trained(&run, &recipe);
        let settings = Settings { bars: 8, max_polyphony: Some(1), ..Settings::default() };
        let compared: usize = (1..=20)
            .map(|seed| {
                let made = take(&run, &Settings { seed, ..settings.clone() }, None);
                agreed(&made.notes, &explained(&run, &made.score).notes)
            })
            .sum();
        assert!(compared >= 10, "{name}: {compared} notes");
    }
}

#[test]
fn rules_say_how_much_they_took_away() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let run = dir.path().join("run");
    trained(&run, &tiny_of(Arch::Ngram, 1));
    let settings = Settings { bars: 4, key: Key::parse("G major"), range: Some((48, 84)), ..Settings::default() };
    let made = take(&run, &settings, None);
    let first = made.notes.first().expect("a note");
    // 53 of 128 pitches are outside G major, 91 outside the range; the first note has no other limit.
    assert_eq!(first.removed.get(&Rule::Range), Some(&91), "{first:?}");
    assert_eq!(first.removed.get(&Rule::Key), Some(&53), "{first:?}");
    assert!(made.notes.iter().all(|n| n.relaxed.iter().all(|rule| !n.removed.contains_key(rule))));
    let free = take(
        &run,
        &Settings { bars: 4, start_on_bar: false, end_home: false, max_same: None, ..Settings::default() },
        None,
    );
    assert!(free.notes.iter().all(|n| n.removed.is_empty()));
}

fn cadenza(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_cadenza")).args(arguments).output().expect("the program starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The verb's JSON, and what `eval --per-note` says: onset, pitch and nats of each note, and of the end.
fn both(run: &Path, file: &Path) -> (serde_json::Value, Vec<(String, f64)>) {
    let (run, path) = (run.to_str().expect("UTF-8"), file.to_str().expect("UTF-8"));
    let csv = file.with_extension("csv");
    let out = csv.to_str().expect("UTF-8");
    let json = serde_json::from_str(&cadenza(&["explain", path, "--model", run, "--json"])).expect("JSON");
    cadenza(&["eval", run, path, "--per-note", out]);
    let text = std::fs::read_to_string(&csv).expect("reads");
    let n_fields = text.lines().next().expect("a head").split(',').count() - 6;
    let rows = text.lines().skip(1).map(|line| {
        // From the right: a title may hold commas.
        let cells: Vec<&str> = line.rsplit(',').collect();
        (cells[n_fields + 1].to_owned(), cells[n_fields].parse().expect("nats"))
    });
    (json, rows.collect())
}

#[test]
fn the_figures_are_those_of_eval_in_any_key_and_by_any_model() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let tune = starter_pieces().into_iter().find(|p| {
        let score = p.score().expect("at hand");
        score.n_notes() < 500 && Key::estimate(&score).is_some_and(|(key, _)| key.fifths() != 0)
    });
    let file = dir.path().join("tune.mid");
    let bytes = midi::write(&tune.expect("a short tune in another key than C").score().expect("at hand")).0;
    std::fs::write(&file, bytes).expect("writes");
    for (name, recipe) in [
        ("network", Recipe { window: 512, ..tiny(4) }),
        ("common", Recipe { window: 512, common_tonic: true, ..tiny(4) }),
        ("counts", Recipe { common_tonic: true, ..tiny_of(Arch::Ngram, 1) }),
        ("both", Recipe { window: 512, common_tonic: true, counts: true, ..tiny(4) }),
    ] {
        let run = dir.path().join(name);
        trained(&run, &recipe);
        let (json, rows) = both(&run, &file);
        let notes = json["notes"].as_array().expect("notes");
        assert_eq!(rows.len(), notes.len() + 1, "and the end");
        for (i, (note, (pitch, nats))) in notes.iter().zip(&rows).enumerate() {
            let own = note["nats"].as_f64().expect("a number");
            assert!((own - nats).abs() < 1e-5, "{name}, note {i}: {own} {nats}");
            assert!(note["alternatives"].as_array().is_some_and(|a| (1..=5).contains(&a.len())));
            if name == "network" {
                assert_eq!(*pitch, note["pitch"].to_string());
            }
        }
        let (end, whole) = (json["end_nats"].as_f64(), json["nats_per_note"].as_f64().expect("a number"));
        assert!((end.expect("a number") - rows[notes.len()].1).abs() < 1e-5, "{name}");
        let evaluated = cadenza(&["eval", run.to_str().expect("UTF-8"), file.to_str().expect("UTF-8"), "--json"]);
        let evaluated: serde_json::Value = serde_json::from_str(&evaluated).expect("JSON");
        assert!((evaluated["nats_per_note"].as_f64().expect("a number") - whole).abs() < 1e-5, "{name}");
        assert_eq!(json["model"], name, "a run is called by its folder");
    }
}

#[test]
fn a_project_file_is_explained_too_and_what_was_rounded_is_said() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let run = dir.path().join("run");
    trained(&run, &tiny_of(Arch::Ngram, 1));
    let mut score = cadenza::music::text::parse("melody | 0 24 c4 | 24 24 d4 | 48 24 e4").expect("valid");
    score.ppq = 25;
    let (file, csv) = (dir.path().join("a.cadenza"), dir.path().join("a.csv"));
    cadenza::project::file::save(&cadenza::project::Project::new(score), &file).expect("saves");
    let paths = [&file, &run, &csv].map(|p| p.to_str().expect("UTF-8"));
    let said = cadenza(&["explain", paths[0], "--model", paths[1], "--out", paths[2]]);
    assert!(said.contains("3 notes, ") && said.contains("2 notes off the model's grid"), "{said}");
    assert!(said.contains("could be"), "{said}");
    let table = std::fs::read_to_string(&csv).expect("reads");
    assert_eq!(table.lines().count(), 4);
    let cells = table.lines().next().expect("a head").split(',').count();
    assert!(table.lines().all(|line| line.split(',').count() == cells), "{table}");
}

#[test]
fn what_is_kept_of_a_take_comes_again_and_the_rest_follows_from_it() {
    let dir = tempfile::tempdir().expect("temporary folder");
    for (name, recipe) in [("network", tiny(8)), ("counts", tiny_of(Arch::Ngram, 1))] {
        let run = dir.path().join(name);
        trained(&run, &recipe);
        let generator = Generator::load(&Run::open(&run).expect("a run").best_path()).expect("a model");
        let settings = Settings { bars: 24, seed: 3, max_polyphony: Some(1), ..Settings::default() };
        let never = AtomicBool::new(false);
        let whole = generator.take(&settings, None, &never, &mut |_| {}).expect("sound settings");
        let at = whole.notes.len() / 2;
        assert!(at >= 1, "{name}: {} notes", whole.notes.len());
        let kept = |change: u8| {
            let mut part = whole.score.clone();
            let stays: Vec<_> = whole.notes[..=at].iter().map(|n| n.id).collect();
            part.voices.iter_mut().for_each(|v| v.notes.retain(|n| stays.contains(&n.id)));
            part.voices
                .iter_mut()
                .flat_map(|v| &mut v.notes)
                .filter(|n| n.id == stays[at])
                .for_each(|n| n.pitch += change);
            part
        };
        let again = generator.take_on(&settings, None, Some(&kept(0)), &never, &mut |_| {}).expect("sound settings");
        // One note at a time: in the order of time.
        let plain = |s: &Score| {
            let mut notes: Vec<_> = s.notes().map(|(v, n)| (n.start, n.duration, n.pitch, v)).collect();
            notes.sort_unstable();
            notes
        };
        assert_eq!(plain(&again.score), plain(&whole.score), "{name}: unchanged, it is the same take");
        assert!(again.notes[..=at].iter().all(|n| n.drawn_with.is_none()), "{name}: nobody drew these");
        assert!(again.notes[at + 1..].iter().all(|n| n.drawn_with.is_some()));
        let other = generator.take_on(&settings, None, Some(&kept(1)), &never, &mut |_| {}).expect("sound settings");
        assert_eq!(plain(&other.score)[..at], plain(&whole.score)[..at], "{name}: what comes before stays");
        assert_eq!(other.notes[at].pitch, whole.notes[at].pitch + 1, "{name}");
        assert_eq!(other.to_tick, whole.to_tick, "{name}: it is as long as it was");
        let twice = generator.take_on(&settings, None, Some(&kept(1)), &never, &mut |_| {}).expect("sound settings");
        assert_eq!(plain(&twice.score), plain(&other.score), "{name}: from the same seed the same");
    }
}

#[test]
fn what_a_bar_was_worth_is_what_the_note_loses_without_it() {
    let dir = tempfile::tempdir().expect("temporary folder");
    // One bar that comes three times, then another: for the third time the first two must speak.
    let bar = |at: i64, pitches: [u8; 4]| pitches.into_iter().enumerate().map(move |(i, p)| (at + 24 * i as i64, p));
    let mut score = Score::new(24);
    score.push_voice(cadenza::music::Voice::new("Melody", cadenza::music::Role::Melody, 0));
    let tune = [[60, 67, 63, 70], [60, 67, 63, 70], [50, 52, 53, 55], [60, 67, 63, 70]];
    for (i, pitches) in tune.into_iter().enumerate() {
        for (start, pitch) in bar(96 * i as i64, pitches) {
            score.insert(0, cadenza::music::Note::new(start, 24, pitch, 80));
        }
    }
    let never = AtomicBool::new(false);
    for (name, recipe) in [
        ("network", tiny(4)),
        ("counts", tiny_of(Arch::Ngram, 1)),
        ("common", Recipe { common_tonic: true, ..tiny(4) }),
    ] {
        let run = dir.path().join(name);
        trained(&run, &recipe);
        let generator = Generator::load(&Run::open(&run).expect("a run").best_path()).expect("a model");
        let read = generator.explain(&score, &never, &mut |_, _| {}).expect("read");
        let notes = score.voices[0].notes.clone();
        let one = generator.weigh(&score, notes[14].id, &never).expect("weighed");
        assert_eq!(one.bars.iter().map(|b| b.bar).collect::<Vec<_>>(), [1, 2, 3], "{name}");
        assert!((one.pitches.iter().sum::<f32>() - 1.0).abs() < 1e-3 || name == "common", "{name}");
        let pitch = read.notes[14].fields.iter().find(|f| f.field == "pitch").expect("a pitch").probability;
        assert!((one.pitches[usize::from(notes[14].pitch)] - pitch).abs() < 1e-5, "{name}: the receipt's own figure");
        // By hand: the piece without the bar, read up to the note.
        let mut without = score.clone();
        without.voices[0].notes.retain(|n| n.start >= 96);
        let bare = generator.explain(&without, &never, &mut |_, _| {}).expect("read");
        if name != "common" {
            let (with, bare) = (read.notes[14].nats, bare.notes[10].nats);
            assert!((one.bars[0].nats - (bare - with)).abs() < 1e-4, "{name}: {:?} {bare} {with}", one.bars);
        }
        let all = generator.weigh_all(&score, &never, &mut |_, _| {}).expect("weighed");
        assert_eq!(all.len(), 16);
        assert!(all[..4].iter().all(Vec::is_empty), "no bar comes before the first");
        for (a, b) in all[14].iter().zip(&one.bars) {
            assert!(a.bar == b.bar && (a.nats - b.nats).abs() < 1e-4, "{name}: {a:?} {b:?}");
        }
        if name == "counts" {
            // It counts within the piece: the third bar, which is another, says the least.
            assert!(one.bars[0].nats > one.bars[2].nats && one.bars[1].nats > one.bars[2].nats, "{:?}", one.bars);
        }
        assert!(generator.weigh(&score, notes[14].id, &AtomicBool::new(true)).is_none());
    }
    // And by the verb.
    let file = dir.path().join("tune.mid");
    std::fs::write(&file, midi::write(&score).0).expect("writes");
    let (file, run) = (file.to_str().expect("UTF-8"), dir.path().join("counts"));
    let csv = dir.path().join("tune.csv");
    let (run, csv_name) = (run.to_str().expect("UTF-8"), csv.to_str().expect("UTF-8"));
    let json = cadenza(&["explain", file, "--model", run, "--bars", "--out", csv_name, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["notes"][14]["bars"][0]["bar"], 1);
    assert!(json["notes"][0].get("bars").is_none(), "none comes before it");
    let table = std::fs::read_to_string(&csv).expect("reads");
    assert!(table.lines().next().is_some_and(|l| l.ends_with(",bars")) && table.lines().count() == 17, "{table}");
    let plain = cadenza(&["explain", file, "--model", run, "--bars"]);
    assert!(plain.contains("spoke for it most"), "{plain}");
}

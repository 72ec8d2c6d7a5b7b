//! The report card of a real run, small as it may be: the figures agree with the training's own, the page
//! and the takes are there, and the verb gives one object a statistic.

use cadenza::corpus::style::Feature;
use cadenza::corpus::{self, ImportOptions};
use cadenza::job::{ReportOptions, make_report};
use cadenza::model::{Arch, Compute};
use cadenza::train::{Budget, Command, DataSet, Recipe, ReportCard, TrainEvent, Watch, train};
use std::path::Path;
use std::process::Command as Process;
use std::sync::atomic::AtomicBool;

struct Patient;

impl Watch for Patient {
    fn event(&mut self, _: TrainEvent) {}
    fn command(&mut self) -> Command {
        Command::Go
    }
}

/// A run on the starter tunes.
fn run(dir: &Path, arch: Arch) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/starter/midi");
    let library = corpus::import(&[folder], &ImportOptions::default(), &|_| {}, &AtomicBool::new(false));
    let data =
        DataSet::from_split("starter", &library.pieces, &corpus::split(&library.pieces, 10), false).expect("at hand");
    let recipe = Recipe {
        arch,
        d_model: 32,
        n_layers: 1,
        n_heads: 2,
        window: 64,
        batch: 2,
        checks: 1,
        budget: Budget::Steps(4),
        ..Recipe::default()
    };
    train(data, &recipe, Compute::Cpu, None, dir, &mut Patient).expect("trains");
}

fn few() -> ReportOptions {
    ReportOptions { takes: 2, bars: 2, seed: 7 }
}

#[test]
fn the_card_agrees_with_the_training_and_lies_in_the_run() {
    let dir = tempfile::tempdir().expect("temporary folder");
    run(dir.path(), Arch::Transformer);
    let mut said = Vec::new();
    let never = AtomicBool::new(false);
    let card = make_report(dir.path(), &few(), &mut |s| said.push(s), &never).expect("a report");
    let kept = ReportCard::load(dir.path()).expect("it is kept");
    assert_eq!(
        (&kept.takes, &kept.training.ended, kept.style.len()),
        (&card.takes, &card.training.ended, card.style.len())
    );
    assert!(said.len() >= 3, "{said:?}");
    let held_out = card.held_out.as_ref().expect("held-out pieces");
    let line = |name: &str| held_out.lines.iter().find(|l| l.name == name).map_or(f64::NAN, |l| l.nats_per_note);
    let t = &card.training;
    assert!((line("model") - t.valid_nats_per_note.expect("validated")).abs() < 1e-5, "{}", line("model"));
    let b = &t.baselines;
    for (name, own) in [("n-gram", b.ngram), ("unigram", b.unigram), ("uniform", b.uniform)] {
        assert!((line(name) - own).abs() < 1e-6, "{name}: {} and {own}", line(name));
    }
    let choices: u64 = held_out.reliability[0].bins.iter().map(|b| b.choices).sum();
    assert_eq!(choices as usize, 5 * held_out.notes + held_out.pieces);
    assert_eq!(card.takes.len(), 2);
    for take in &card.takes {
        assert!(dir.path().join(&take.file).is_file(), "{:?}", take.file);
    }
    // Few are held out, so pieces learned from are asked too, as far as they are long enough for a take.
    assert!(card.takes.iter().all(|t| t.percentile.is_none() || t.notes >= 12), "{:?}", card.takes);
    let none = card.takes.iter().any(|t| t.percentile.is_none());
    assert_eq!(card.remarks.iter().any(|r| r.starts_with("No percentile: it takes ")), none, "{:?}", card.remarks);
    let page = std::fs::read_to_string(ReportCard::page(dir.path())).expect("the page");
    assert!(page.contains(&format!("{:.3}", line("model"))) && page.contains("take-2.mid"));
    let again = make_report(dir.path(), &few(), &mut |_| {}, &never).expect("again");
    assert_eq!(again, card, "the same run gives the same report");
    assert!(make_report(dir.path(), &few(), &mut |_| {}, &AtomicBool::new(true)).is_err());
}

#[test]
fn the_verb_gives_one_object_a_statistic() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let at = dir.path().join("run");
    run(&at, Arch::Ngram);
    let report = |arguments: &[&std::ffi::OsStr]| {
        Process::new(env!("CARGO_BIN_EXE_cadenza")).arg("report").args(arguments).output().expect("runs")
    };
    let own = report(&[
        at.as_os_str(),
        "--n-takes".as_ref(),
        "2".as_ref(),
        "--bars".as_ref(),
        "2".as_ref(),
        "--json".as_ref(),
    ]);
    assert!(own.status.success(), "{}", String::from_utf8_lossy(&own.stderr));
    let card: ReportCard = serde_json::from_slice(&own.stdout).expect("one object");
    assert_eq!((card.takes.len(), card.training.arch.as_str()), (2, "ngram"));
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/starter/midi");
    let takes = at.join("report");
    let against = report(&[at.as_os_str(), takes.as_os_str(), corpus.as_os_str(), "--json".as_ref()]);
    assert!(against.status.success(), "{}", String::from_utf8_lossy(&against.stderr));
    let of: serde_json::Value = serde_json::from_slice(&against.stdout).expect("one object");
    for feature in Feature::ALL {
        assert!(of[feature.name()].is_object(), "{}", feature.name());
    }
    assert_eq!(of["originality"]["takes"].as_array().map(Vec::len), Some(2));
    assert!(of["pitch_range"]["corpus"]["mean"].as_f64() > Some(0.0));
    let human = report(&[at.as_os_str(), takes.as_os_str(), corpus.as_os_str()]);
    assert!(String::from_utf8_lossy(&human.stdout).contains("groove consistency"));
    assert_eq!(report(&[at.as_os_str(), takes.as_os_str()]).status.code(), Some(2), "takes need a corpus");
}

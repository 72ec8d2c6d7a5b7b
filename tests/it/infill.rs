//! One model for every task: what is given stays, what is asked for is written, and a model says what it
//! cannot do. Then: models made of other models.

use crate::pipeline::{Watcher, never, starter, starter_pieces, take, tiny, tiny_of};
use cadenza::generate::{GenerateError, Generator, Settings, Task};
use cadenza::model::values::values_of;
use cadenza::model::{Arch, Checkpoint, Compute, NoteModel};
use cadenza::music::{Note, NoteId, Role, Score};
use cadenza::train::run::ModelInfo;
use cadenza::train::{DataSet, Recipe, Run, TrainError, TrainEvent, resume, train};
use std::collections::BTreeSet;
use std::path::Path;

fn infilling(steps: u64) -> Recipe {
    Recipe { infill: 0.5, tell: 0.5, ..tiny(steps) }
}

fn trained(data: DataSet, recipe: &Recipe, from: Option<&Checkpoint<ModelInfo>>, run: &Path) -> Vec<String> {
    let mut watcher = Watcher::until(u64::MAX);
    train(data, recipe, Compute::Cpu, from, run, &mut watcher).expect("trains");
    let said = |e| if let TrainEvent::Says(text) = e { Some(text) } else { None };
    watcher.events.into_iter().filter_map(said).collect()
}

/// A starter tune with a second voice an octave below its melody.
fn duet() -> Score {
    let mut score = Score::clone(&*starter_pieces().swap_remove(3).score().expect("at hand"));
    score.voices.truncate(1);
    let melody = &score.voices[0];
    let below = |n: &Note| Note { pitch: n.pitch.saturating_sub(12), ..*n };
    let notes = melody.notes.iter().map(below).collect();
    score.push_voice(cadenza::music::Voice { notes, ..cadenza::music::Voice::new("low", Role::Bass, 33) });
    score
}

/// What is heard of a note: voice, start, duration, pitch, velocity, in quarters of a thousandth.
fn heard(score: &Score, keep: impl Fn(usize, &Note) -> bool) -> BTreeSet<(usize, i64, i64, u8, u8)> {
    let to = |tick: i64| tick * 1920 / i64::from(score.ppq);
    let notes = score.notes().filter(|(v, n)| keep(*v, n));
    notes.map(|(v, n)| (v, to(n.start), to(n.duration), n.pitch, n.velocity)).collect()
}

#[test]
fn every_task_leaves_what_is_given_alone_and_writes_where_it_is_asked_to() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let run = dir.path().join("run");
    trained(starter(), &infilling(30), None, &run);
    let score = duet();
    let before = heard(&score, |_, _| true);
    let bar = |bar: i64| score.meters.bar_start(bar, score.ppq);
    for (task, region, voices) in [
        (Task::Fill, Some((3, 4)), vec![]),
        (Task::Fill, Some((2, 5)), vec!["2".to_owned()]),
        (Task::Accompany, None, vec!["chords".to_owned()]),
        (Task::Vary, Some((1, 4)), vec!["1".to_owned()]),
        (Task::Harmonise, None, vec![]),
    ] {
        let what = format!("{task} {region:?} {voices:?}");
        let settings = Settings {
            task,
            region,
            voices,
            seed: 5,
            far: 0.4,
            guidance: 2.0,
            density: Some(6.0),
            ..Settings::default()
        };
        let made = take(&run, &settings, Some(&score));
        assert_eq!(made.score, take(&run, &settings, Some(&score)).score, "{what}: the same again");
        assert_ne!(made.score, take(&run, &settings.for_take(1), Some(&score)).score, "{what}: another seed");
        assert!(!made.notes.is_empty(), "{what}");
        let written: BTreeSet<NoteId> = made.notes.iter().map(|n| n.id).collect();
        // Everything that is not new was there, and everything outside the open part is still there.
        let old = heard(&made.score, |_, n| !written.contains(&n.id));
        assert!(old.is_subset(&before), "{what}");
        let (from, to) = region.map_or((0, i64::MAX), |(a, b)| (bar(i64::from(a) - 1), bar(i64::from(b))));
        let open = |v: usize, n: &Note| {
            let voice = match task {
                Task::Accompany => false,
                Task::Harmonise => v != 0,
                _ => settings.voices.is_empty() || settings.voices[0] == (v + 1).to_string(),
            };
            voice && (from..to).contains(&n.start)
        };
        assert!(heard(&score, |v, n| !open(v, n)).is_subset(&old), "{what}");
        if task != Task::Vary {
            assert!(heard(&score, open).is_disjoint(&old), "{what}: the open part was emptied");
        }
        // What is new lies in the region and doubles nothing that was given.
        let ends = (made.from_tick, made.to_tick);
        for (v, n) in made.score.notes().filter(|(_, n)| written.contains(&n.id)) {
            assert!(n.start >= ends.0 && n.end() <= ends.1.max(made.score.end), "{what}: {n:?}");
            let given = made.score.voices[v].notes.iter().filter(|g| !written.contains(&g.id) && g.pitch == n.pitch);
            assert!(given.into_iter().all(|g| g.end() <= n.start || n.end() <= g.start), "{what}: {n:?}");
        }
        let part = made.new_part();
        assert_eq!(part.n_notes(), written.len(), "{what}: the new part is what is new");
        assert_eq!(made.score.end.max(1), made.score.end, "{what}");
    }
}

#[test]
fn a_model_says_what_it_cannot_do() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let score = duet();
    let refused = |run: &Path, settings: &Settings| {
        let generator = Generator::load(&Run::open(run).expect("a run").best_path()).expect("a model");
        match generator.take(settings, Some(&score), &never(), &mut |_| {}) {
            Err(GenerateError::Cannot { why, .. }) => why,
            other => panic!("{:?}", other.map(|t| t.notes.len())),
        }
    };
    let fill = Settings { task: Task::Fill, ..Settings::default() };
    for arch in [Arch::Transformer, Arch::Lstm, Arch::Ngram] {
        let run = dir.path().join(arch.to_string());
        trained(starter(), &tiny_of(arch, 1), None, &run);
        assert!(refused(&run, &fill).contains("not fill"));
        let primer = take(&run, &Settings { task: Task::Continue, bars: 1, ..Settings::default() }, Some(&score));
        assert!(primer.from_tick > 0);
    }
    let run = dir.path().join("infill");
    trained(starter(), &infilling(1), None, &run);
    assert!(refused(&run, &Settings { style: Some("polka".to_owned()), ..Settings::default() }).contains("polka"));
    let empty = Generator::load(&Run::open(&run).expect("a run").best_path()).expect("a model");
    assert!(matches!(empty.take(&fill, None, &never(), &mut |_| {}), Err(GenerateError::Settings(_))));
}

#[test]
fn styles_are_told_apart_and_guidance_weighs_them() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let mut pieces = starter_pieces();
    for (i, piece) in pieces.iter_mut().enumerate() {
        piece.style = if i % 2 == 0 { "reel" } else { "waltz" }.to_owned();
    }
    let data = DataSet::from_split("styles", &pieces, &cadenza::corpus::split(&pieces, 10), false).expect("at hand");
    assert_eq!(data.card.styles, ["reel", "waltz"]);
    let run = dir.path().join("run");
    trained(data, &Recipe { tell: 0.8, ..tiny(12) }, None, &run);
    let of = |style: Option<&str>, guidance| {
        let settings = Settings { bars: 4, style: style.map(str::to_owned), guidance, ..Settings::default() };
        take(&run, &settings, None).notes.first().map(|n| n.fields[3].probability)
    };
    let (none, reel, waltz) = (of(None, 1.0), of(Some("reel"), 1.0), of(Some("waltz"), 1.0));
    assert!(reel != waltz && reel != none);
    assert_ne!(of(Some("reel"), 3.0), reel);
    assert_eq!(of(None, 3.0), none, "there is nothing to weigh");
}

fn values(run: &Path) -> Vec<cadenza::model::values::Values> {
    let best = Run::open(run).expect("a run").best().expect("a model");
    values_of(&best.network(&Compute::Cpu.open().expect("there"), run).expect("fits"))
}

#[test]
fn weights_are_taken_over_by_meaning_and_adapters_are_merged() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = |name: &str| dir.path().join(name);
    let mut data = starter();
    data.has_velocity = true;
    trained(data, &tiny(4), None, &path("loud"));
    let loud = Run::open(&path("loud")).expect("a run").best().expect("a model");
    assert_eq!(loud.config.fields.len(), 6);
    // Nothing is learned at this rate: what differs is what was not taken over.
    let still = Recipe { learning_rate: 1e-12, weight_decay: 0.0, ..infilling(2) };
    let mut soft = starter();
    soft.has_velocity = false;
    let says = trained(soft, &still, Some(&loud), &path("soft"));
    assert!(says.iter().any(|s| s.contains("velocity")) && says.iter().any(|s| s.contains("infill")), "{says:?}");
    let (old, new) = (values(&path("loud")), values(&path("soft")));
    assert!(old.iter().any(|v| v.path.starts_with("heads.5.")) && !new.iter().any(|v| v.path.starts_with("heads.5.")));
    for v in new.iter().filter(|v| !v.path.contains("told")) {
        let before = old.iter().find(|o| o.path == v.path).expect("known");
        let apart = v.data.iter().zip(&before.data).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(v.shape == before.shape && apart < 1e-6, "{}: {apart}", v.path);
    }
    // Adapters: the trunk moves only by a matrix of their rank, and no trace of them is kept.
    let adapted = Recipe { adapters: 2, learning_rate: 1e-2, ..infilling(6) };
    trained(starter(), &adapted, Some(&loud), &path("adapted"));
    let new = values(&path("adapted"));
    assert!(new.iter().all(|v| !v.path.contains("lora")));
    let of = |all: &[cadenza::model::values::Values], name: &str| {
        all.iter().find(|v| v.path == name).expect("there").clone()
    };
    let name = "transformer.blocks.0.up.weight";
    let (a, b) = (of(&old, name), of(&new, name));
    let moved: Vec<f64> = a.data.iter().zip(&b.data).map(|(a, b)| f64::from(b - a)).collect();
    assert!(moved.iter().any(|m| m.abs() > 1e-5));
    assert!(rank(&moved, a.shape[1]) <= 2);
    assert_eq!(of(&old, "transformer.norm.gain").data, of(&new, "transformer.norm.gain").data);
    let refused = train(starter(), &adapted, Compute::Cpu, None, &path("none"), &mut Watcher::until(9));
    assert!(matches!(refused, Err(TrainError::From(_))));
}

/// The rank of a matrix of rows of `width`, by elimination.
fn rank(matrix: &[f64], width: usize) -> usize {
    let mut rows: Vec<Vec<f64>> = matrix.chunks(width).map(<[f64]>::to_vec).collect();
    let scale = matrix.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    let mut found = 0;
    while found < rows.len() {
        let largest = (found..rows.len()).flat_map(|r| (0..width).map(move |c| (r, c)));
        let Some((r, c)) = largest.max_by(|a, b| rows[a.0][a.1].abs().total_cmp(&rows[b.0][b.1].abs())) else { break };
        if rows[r][c].abs() < 1e-3 * scale {
            break;
        }
        rows.swap(found, r);
        let pivot = rows[found].clone();
        for row in &mut rows[found + 1..] {
            let factor = row[c] / pivot[c];
            row.iter_mut().zip(&pivot).for_each(|(x, p)| *x -= factor * p);
        }
        found += 1;
    }
    found
}

#[test]
fn a_fine_tuning_that_was_stopped_goes_on_as_if_it_had_not_been() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = |name: &str| dir.path().join(name);
    trained(starter(), &tiny(2), None, &path("first"));
    let first = Run::open(&path("first")).expect("a run").best().expect("a model");
    let recipe = Recipe { adapters: 2, ema: 0.9, ..infilling(6) };
    let begin = |run: &Path, until| {
        train(starter(), &recipe, Compute::Cpu, Some(&first), run, &mut Watcher::until(until)).expect("runs");
    };
    begin(&path("through"), u64::MAX);
    begin(&path("broken"), 2);
    resume(&path("broken"), &mut Watcher::until(u64::MAX)).expect("ends");
    assert!(values(&path("through")) == values(&path("broken")));
    let parameters = |m: &NoteModel| values_of(m).len();
    let best = Run::open(&path("through")).expect("a run").best().expect("a model");
    let device = Compute::Cpu.open().expect("there");
    assert_eq!(parameters(&best.network(&device, dir.path()).expect("fits")), values(&path("through")).len());
}

#[test]
fn a_take_is_drawn_from_what_training_would_say_of_it() {
    use burn::tensor::activation;
    use cadenza::encoding::region::opened;
    use cadenza::encoding::{BarGrid, Part, Region, encode};
    use cadenza::model::batch::Inputs;
    use cadenza::model::init::Dropout;
    use cadenza::train::tasks::{OpenWindow, Tasks, Told, put_opened};

    let dir = tempfile::tempdir().expect("temporary folder");
    let run = dir.path().join("run");
    trained(starter(), &Recipe { window: 512, ..infilling(10) }, None, &run);
    let settings = Settings { task: Task::Fill, region: Some((3, 6)), seed: 2, ..Settings::default() };
    let made = take(&run, &settings, Some(&duet()));
    let best = Run::open(&run).expect("a run").best().expect("a model");
    let device = Compute::Cpu.open().expect("there");
    let model = best.network(&device, &run).expect("fits");

    let mut events = encode(&made.score).events;
    events.pop();
    let grid = BarGrid::of(&made.score);
    let bars: Vec<u32> = events.iter().map(|e| grid.locate(e.onset).bar).collect();
    let new: BTreeSet<(i64, u8)> = made.notes.iter().map(|n| (n.start_tick / 20, n.pitch)).collect();
    let written = |i: usize| {
        let e = &events[i];
        (2..6).contains(&bars[i]) && new.contains(&(i64::from(e.onset), e.fields[3] as u8))
    };
    let region = Region { from: 2, to: 6, open: 1 | 1 << 20 };
    let at = grid.bar(2);
    let part = |i: usize| if written(i) { Part::Target } else { Part::Given };
    let told = opened(&events, &bars, region, (at.bar_start, at.meter), part);
    assert_eq!(told.targets.len(), made.notes.len() + 1);
    let tasks = Tasks::plain(&best.config);
    let mut batch = tasks.batch(1, 512, best.config.fields.len());
    let (start, meter) = (at.bar_start, at.meter);
    let window = OpenWindow { tasks: &tasks, region, start, meter, origin: 0, lift: 0, told: Told::default() };
    put_opened(&mut batch, 0, 0, &told, &window);
    let inputs = Inputs::new(&batch, &best.config, &device);
    let said = model.chain(&inputs, &best.config, &mut Dropout::new(0, 0, 0.0), |_, logits| {
        activation::softmax(logits, 2).into_data().try_to_vec::<f32>().expect("f32")
    });
    let mut compared = 0;
    for (k, (receipt, target)) in made.notes.iter().zip(&told.targets).enumerate() {
        // A note shortened by a later one of its pitch has another duration than was drawn.
        let shortened = receipt.fields[4].value != target.fields[4];
        for (f, field) in receipt.fields.iter().enumerate().filter(|(f, _)| *f != 4 || !shortened) {
            assert_eq!(field.value, target.fields[f], "note {k}, {}", field.field);
            let (size, at) = (best.config.fields[f].size, told.given.len() + k);
            let own = said[f][at * size + usize::from(field.value)];
            assert!((own - field.probability).abs() < 1e-4, "note {k}, {}: {own} {}", field.field, field.probability);
            compared += 1;
        }
        if shortened {
            break;
        }
    }
    assert!(compared >= 5);
}

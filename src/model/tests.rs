//! Laws of the networks, on a small one.

use super::batch::Inputs;
use super::init::Dropout;
use super::values::awake;
use super::*;
use burn::tensor::Device;

const NETWORKS: [Arch; 4] = [Arch::Transformer, Arch::Lstm, Arch::Gru, Arch::Mlp];

fn config(arch: Arch) -> ModelConfig {
    let field = |name: &str, size, hidden| FieldSpec { name: name.to_owned(), size, hidden };
    ModelConfig {
        arch,
        fields: vec![field("bar", 5, false), field("step", 12, false), field("pitch", 20, true)],
        place_after: 2,
        n_places: 16,
        beat: 4,
        n_meters: 3,
        d_model: 16,
        n_layers: 2,
        n_heads: 4,
        time_share: 0.5,
        window: 24,
        dropout: 0.0,
        layers: Layers { input: 3, hidden: vec![12, 8], activation: Activation::Tanh },
        groups: 0,
        conditions: Vec::new(),
    }
}

/// A transformer that can be given events and told two things.
fn config_of_given() -> ModelConfig {
    let conditions = [("a", 4), ("b", 3)].map(|(name, size)| Condition { name: name.to_owned(), size }).to_vec();
    ModelConfig { groups: 5, conditions, ..config(Arch::Transformer) }
}

/// Positions of the given events of [`batch_of_given`], and of its header.
const GIVEN: std::ops::Range<usize> = 10..16;

/// As [`batch`], the second sequence of the first row with given events.
fn batch_of_given(config: &ModelConfig) -> Batch {
    let mut b = batch(config);
    b.conditions = vec![(0..48).map(|i| i % 4).collect(), vec![2; 48]];
    for t in GIVEN.start..=GIVEN.end {
        b.given[t] = t < GIVEN.end;
        b.sees[t] = GIVEN.end as u32;
        b.counts[t] = t == GIVEN.end;
        b.opens[t] = t == GIVEN.end;
    }
    b.open[GIVEN.end] = 0b10110;
    for t in GIVEN.start..24 {
        b.index[t] = (t - if t < GIVEN.end { GIVEN.start } else { GIVEN.end }) as u32;
    }
    b
}

/// Two rows; in the first, two sequences stand one after another.
fn batch(config: &ModelConfig) -> Batch {
    let mut b = Batch::new(2, 24, config.fields.len());
    for i in 0..48 {
        for (f, spec) in config.fields.iter().enumerate() {
            b.fields[f][i] = ((i * 7 + f * 3) % (spec.size - 1)) as i32;
        }
        let t = i % 24;
        let begin = if i < 24 && t >= 10 { 10 } else { 0 };
        b.place[i] = (i % 16) as i32;
        b.meter[i] = 1;
        b.begins[i] = begin;
        b.opens[i] = t as u32 == begin;
        b.time[i] = (t as u32 - begin) as f32 * 1.5;
        b.counts[i] = true;
    }
    b
}

fn logits(model: &NoteModel, config: &ModelConfig, batch: &Batch) -> Vec<Vec<f32>> {
    let inputs = Inputs::new(batch, config, &Device::flex());
    let mut none = Dropout::new(0, 0, 0.0);
    model.chain(&inputs, config, &mut none, |_, l| l.into_data().try_to_vec::<f32>().expect("f32"))
}

fn furthest(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max)
}

#[test]
fn changing_an_event_leaves_what_was_said_before_it_alone() {
    for arch in NETWORKS {
        let config = config(arch);
        let model = awake(NoteModel::new(&config, 3, &Device::flex()));
        let mut b = batch(&config);
        let before = logits(&model, &config, &b);
        let t = 17; // in the second sequence of the first row
        for (f, spec) in config.fields.iter().enumerate() {
            b.fields[f][t] = (b.fields[f][t] + 1) % spec.size as i32;
        }
        let after = logits(&model, &config, &b);
        for (f, spec) in config.fields.iter().enumerate() {
            let n = spec.size;
            let earlier = furthest(&before[f][..t * n], &after[f][..t * n]);
            assert_eq!(earlier, 0.0, "{arch}: field {f} before event {t}");
            assert!(furthest(&before[f][(t + 1) * n..24 * n], &after[f][(t + 1) * n..24 * n]) > 1e-4);
            assert_eq!(furthest(&before[f][24 * n..], &after[f][24 * n..]), 0.0, "the other row");
        }
    }
}

#[test]
fn a_sequence_does_not_see_the_one_before_it_in_its_row() {
    for arch in NETWORKS {
        let config = config(arch);
        let model = awake(NoteModel::new(&config, 3, &Device::flex()));
        let mut b = batch(&config);
        let before = logits(&model, &config, &b);
        b.fields[2][4] = (b.fields[2][4] + 1) % 20;
        let after = logits(&model, &config, &b);
        assert_eq!(furthest(&before[2][10 * 20..24 * 20], &after[2][10 * 20..24 * 20]), 0.0, "{arch}");
    }
}

#[test]
fn one_event_at_a_time_says_what_a_whole_batch_says() {
    let other_shares = [0.0, 0.25, 1.0].map(|time_share| ModelConfig { time_share, ..config(Arch::Transformer) });
    for config in NETWORKS.map(config).into_iter().chain(other_shares) {
        let arch = config.arch;
        let device = Device::flex();
        let model = awake(NoteModel::new(&config, 5, &device));
        let b = batch(&config);
        let whole = logits(&model, &config, &b);
        let inference = Inference::new(&model, &config);
        let mut state = inference.start(1);
        for t in 0..24 {
            let i = 24 + t; // the second row holds one sequence
            let fields = |i: usize| b.fields.iter().map(|f| f[i] as u16).collect::<Vec<_>>();
            let previous = Previous {
                fields: (t > 0).then(|| fields(i - 1)),
                place: if t > 0 { b.place[i - 1] as u16 } else { 0 },
                meter: 1,
                time: b.time[i],
                told: Vec::new(),
            };
            inference.feed(&mut state, &[previous]);
            for (f, spec) in config.fields.iter().enumerate() {
                let got = &inference.logits(&state, f)[0];
                let expected = &whole[f][i * spec.size..(i + 1) * spec.size];
                assert!(furthest(got, expected) < 1e-4, "{arch}: event {t}, field {f}");
                if f + 1 < config.fields.len() {
                    inference.choose(&mut state, f, &[fields(i)[f]], &[b.place[i] as u16]);
                }
            }
        }
    }
}

#[test]
fn given_events_are_seen_by_all_and_later_ones_by_none_before_them() {
    let config = config_of_given();
    let model = awake(NoteModel::new(&config, 3, &Device::flex()));
    let b = batch_of_given(&config);
    let before = logits(&model, &config, &b);
    let changed = |t: usize| {
        let mut b = b.clone();
        b.fields[2][t] = (b.fields[2][t] + 1) % 20;
        logits(&model, &config, &b)
    };
    // Logits of a field at a position.
    let at = |l: &[Vec<f32>], f: usize, t: usize| {
        let n = config.fields[f].size;
        l[f][t * n..(t + 1) * n].to_vec()
    };
    for t in GIVEN {
        let after = changed(t);
        for target in GIVEN.end..24 {
            assert!(furthest(&at(&before, 0, target), &at(&after, 0, target)) > 1e-5, "given {t}, target {target}");
        }
        assert_eq!(furthest(&before[2][..10 * 20], &after[2][..10 * 20]), 0.0, "the sequence before");
        assert_eq!(furthest(&before[2][24 * 20..], &after[2][24 * 20..]), 0.0, "the other row");
    }
    let target = 19;
    let after = changed(target);
    for t in GIVEN.start..=target {
        assert_eq!(furthest(&at(&before, 0, t), &at(&after, 0, t)), 0.0, "target {target} is seen from {t}");
    }
    assert!(furthest(&at(&before, 0, target + 1), &at(&after, 0, target + 1)) > 1e-5);
}

#[test]
fn given_events_and_conditions_mean_the_same_one_at_a_time() {
    let config = config_of_given();
    let device = Device::flex();
    let model = awake(NoteModel::new(&config, 5, &device));
    let b = batch_of_given(&config);
    let whole = logits(&model, &config, &b);
    let fields = |i: usize| b.fields.iter().map(|f| f[i] as u16).collect::<Vec<_>>();
    let told = |i: usize| b.conditions.iter().map(|c| c[i] as u16).collect::<Vec<_>>();
    let read = |event: usize, at: usize| Previous {
        fields: Some(fields(event)),
        place: b.place[event] as u16,
        meter: 1,
        time: b.time[at],
        told: told(at),
    };
    // Two sequences in step, of which the second is told nothing.
    let untold = |p: &Previous| Previous { told: Vec::new(), ..p.clone() };
    let given: Vec<Previous> = GIVEN.map(|t| read(t, t)).collect();
    let both: Vec<Previous> = given.iter().cloned().chain(given.iter().map(untold)).collect();
    let header = Header { open: 0b10110, meter: 1, time: b.time[GIVEN.end], opens: true, told: told(GIVEN.end) };
    let headers = [header.clone(), Header { told: Vec::new(), ..header }];
    let inference = Inference::new(&model, &config);
    let mut state = inference.start(2);
    for t in GIVEN.end..24 {
        if t == GIVEN.end {
            inference.feed_given(&mut state, &both, &headers);
        } else {
            let previous = read(t - 1, t);
            inference.feed(&mut state, &[previous.clone(), untold(&previous)]);
        }
        for (f, spec) in config.fields.iter().enumerate() {
            let got = inference.logits(&state, f);
            let expected = &whole[f][t * spec.size..(t + 1) * spec.size];
            assert!(furthest(&got[0], expected) < 1e-4, "event {t}, field {f}");
            assert!(furthest(&got[1], expected) > 1e-4, "event {t}, field {f}: being told makes no difference");
            if f + 1 < config.fields.len() {
                let (value, place) = (fields(t)[f], b.place[t] as u16);
                inference.choose(&mut state, f, &[value; 2], &[place; 2]);
            }
        }
    }
}

#[test]
fn what_a_network_can_be_told_changes_nothing_while_it_is_not() {
    let (plain, told) = (config(Arch::Transformer), config_of_given());
    let device = Device::flex();
    let mut model = awake(NoteModel::new(&told, 5, &device));
    for table in &mut model.embedding.told.conditions {
        *table = burn::nn::Embedding { weight: table.weight.clone().map(|w| w * 0.0) };
    }
    let b = batch(&plain);
    assert_eq!(logits(&model, &told, &b), logits(&awake(NoteModel::new(&plain, 5, &device)), &plain, &b));
}

#[test]
fn a_network_is_read_back_as_it_was_written_and_a_damaged_file_is_refused() {
    let config = config(Arch::Transformer);
    let device = Device::flex();
    let model = awake(NoteModel::new(&config, 5, &device));
    let weights = checkpoint::weights_of(&model).expect("stored");
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = dir.path().join("m");
    let info = "x".to_owned();
    let whole = Checkpoint { config: config.clone(), info, weights, counts: None, optimiser: None, half: false };
    whole.save(&path).expect("writes");
    let back = Checkpoint::<String>::load(&path).expect("reads").network(&device, &path).expect("fits");
    let b = batch(&config);
    assert_eq!(logits(&model, &config, &b), logits(&back, &config, &b));
    let halved = dir.path().join("half");
    whole.halved(&path).expect("small numbers").save(&halved).expect("writes");
    let back = Checkpoint::<String>::load(&halved).expect("reads").network(&device, &halved).expect("fits");
    for (exact, rounded) in logits(&model, &config, &b).iter().zip(logits(&back, &config, &b)) {
        let off = furthest(exact, &rounded);
        assert!(off > 0.0 && off < 0.02, "half precision is {off} off");
    }
    let size = |path| std::fs::metadata(path).expect("a file").len();
    assert!(size(&halved) * 2 < size(&path) + 4096);
    let mut bytes = std::fs::read(&path).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).expect("writes");
    assert!(matches!(Checkpoint::<String>::load(&path), Err(CheckpointError::File(_))));
}

#[test]
fn every_cpu_device_gives_the_same_losses() {
    let config = config_of_given();
    let b = batch_of_given(&config);
    let losses = |compute: Compute| {
        let device = compute.open().expect("always there");
        let model = awake(NoteModel::new(&config, 5, &device));
        let sums = model.losses(&b, &config, &device, &mut Dropout::new(1, 1, 0.1)).sums();
        sums.into_data().try_to_vec::<f32>().expect("f32")
    };
    let (flex, ndarray) = (losses(Compute::Cpu), losses(Compute::NdArray));
    assert!(furthest(&flex, &ndarray) < 1e-2, "{flex:?} {ndarray:?}");
    assert!(flex.iter().all(|l| l.is_finite() && *l > 0.0));
}

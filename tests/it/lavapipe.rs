//! What a GPU would compute, on Mesa's software renderer of Vulkan: slow, so that these are asked for by name.
//!
//!     cargo test --release --locked --test it -- --ignored --nocapture lavapipe

use crate::pipeline::{Watcher, never, starter, tiny, tiny_of};
use cadenza::model::{Arch, Compute};
use cadenza::train::{Recipe, Run, TrainEvent, evaluate, train};

/// Loss of each step and the figure of the last check, nats per note.
fn trained(recipe: &Recipe, compute: Compute) -> (Vec<f64>, f64) {
    let dir = tempfile::tempdir().expect("temporary folder");
    let run = dir.path().join("run");
    let mut watcher = Watcher::until(u64::MAX);
    train(starter(), recipe, compute, None, &run, &mut watcher).expect("trains");
    let losses = watcher.events.iter().filter_map(|e| match e {
        TrainEvent::Step(s) => Some(s.nats_per_note),
        _ => None,
    });
    let best = Run::open(&run).expect("a run").best().expect("a model");
    let device = compute.open().expect("opened before");
    let model = best.network(&device, &run).expect("fits");
    let valid = evaluate(&model, None, &best.config, &starter().valid, &device, &never()).expect("not cancelled");
    (losses.collect(), valid.nats_per_note())
}

#[test]
#[ignore = "needs a software renderer of Vulkan, and minutes"]
fn a_training_on_vulkan_is_the_one_on_the_cpu() {
    if let Err(e) = Compute::Software.open() {
        panic!("{e}");
    }
    for (name, recipe) in
        [("transformer", tiny(12)), ("lstm", tiny_of(Arch::Lstm, 12)), ("gru", tiny_of(Arch::Gru, 12))]
    {
        let (cpu, cpu_valid) = trained(&recipe, Compute::Cpu);
        let (gpu, gpu_valid) = trained(&recipe, Compute::Software);
        assert_eq!(cpu.len(), gpu.len(), "{name}");
        let furthest = cpu.iter().zip(&gpu).map(|(a, b)| (a - b).abs() / a).fold(0.0, f64::max);
        println!("{name}: {cpu_valid:.6} and {gpu_valid:.6} nats per note, steps differ by {furthest:.1e} of the loss");
        assert!(furthest < 1e-3, "{name}: {cpu:?} against {gpu:?}");
        assert!((cpu_valid - gpu_valid).abs() < 5e-3 * cpu_valid, "{name}: {cpu_valid} against {gpu_valid}");
    }
}

//! What of a recipe can be set under "Advanced": numbers and choices, where a recipe's stand, and how
//! they are turned. A choice is the index of its option.

use crate::gui::pages::train::Knob;
use crate::model::{Activation, Arch, Loss};
use crate::train::{Budget, OptimiserKind, Recipe, Schedule};
use std::collections::BTreeMap;

const SCHEDULES: [Schedule; 3] = [Schedule::Cosine, Schedule::Linear, Schedule::Constant];
const LOSSES: [Loss; 2] = [Loss::CrossEntropy, Loss::SquaredError];
const ACTIVATIONS: [Activation; 3] = [Activation::Sigmoid, Activation::Tanh, Activation::Relu];

/// Hidden layers that can be set here; a recipe can hold more.
const LAYERS: usize = 4;

/// The numbers and choices under Advanced.
pub fn knobs() -> Vec<Knob> {
    let recipe = Recipe::default();
    let at = stand(&recipe);
    let knob = |key: &str, name: &str, help: &str, [min, max]: [f64; 2], integer| Knob {
        key: key.to_owned(),
        name: name.to_owned(),
        help: help.to_owned(),
        default: at.get(key).copied().unwrap_or(min),
        min,
        max,
        integer,
        ..Knob::default()
    };
    let rising = |knob: Knob| Knob { logarithmic: true, ..knob };
    let choice = |key, name, help, options: &[String]| Knob {
        options: options.to_vec(),
        ..knob(key, name, help, [0.0, options.len() as f64 - 1.0], true)
    };
    let only = |knob: Knob, key: &str, value: f64| Knob { only_while: Some((key.to_owned(), value)), ..knob };
    let of_mlp = |knob| only(knob, "arch", position(&Arch::ALL, &Arch::Mlp));
    let mut out = vec![
        rising(knob(
            "minutes",
            "Minutes",
            "How long to train: measured first, then a fixed number of steps",
            [0.5, 600.0],
            false,
        )),
        choice("arch", "Kind of model", "Another kind than the preset's brings its own sizes", &names(&Arch::ALL)),
        choice("optimiser", "Optimiser", "Brings its usual learning rate", &names(&OptimiserKind::ALL)),
        only(
            knob("momentum", "Momentum", "Share of the last step that is kept; 0 is plain descent", [0.0, 0.99], false),
            "optimiser",
            position(&OptimiserKind::ALL, &OptimiserKind::Sgd),
        ),
        rising(knob("learning_rate", "Learning rate", "The highest one, after warm-up", [1e-4, 1.0], false)),
        choice("schedule", "Schedule", "How the learning rate falls", &names(&["cosine", "linear", "constant"])),
        choice(
            "loss",
            "Loss",
            "What training makes small; what is shown is always the likelihood",
            &names(&["cross-entropy", "squared error"]),
        ),
        knob("label_smoothing", "Label smoothing", "Share of the loss that pulls every value alike", [0.0, 0.5], false),
        choice(
            "counts",
            "Counts",
            "An n-gram model of the same pieces predicts with the network: a great help with few pieces",
            &names(&["no", "yes"]),
        ),
        knob("infill", "Infill", "Share of windows that learn to fill, accompany and vary", [0.0, 0.9], false),
        knob("tell", "Conditions", "Share of windows told of style, density and bars left", [0.0, 1.0], false),
        knob(
            "ema",
            "Mean of weights",
            "Share of the running mean that stays each step; 0 = none",
            [0.0, 0.9999],
            false,
        ),
        knob("dropout", "Dropout", "More for small corpora: fights memorising", [0.0, 0.5], false),
        knob("d_model", "Width", "Numbers that describe each note; a multiple of 8", [32.0, 512.0], true),
        knob("n_layers", "Layers", "Depth of the network", [1.0, 12.0], true),
        of_mlp(knob("input", "Input window", "Notes the network sees at once", [1.0, 64.0], true)),
    ];
    for i in 1..=LAYERS {
        let (key, name) = (format!("layer_{i}"), format!("Hidden layer {i}"));
        out.push(of_mlp(knob(&key, &name, "Its neurons; 0 = no such layer", [0.0, 1024.0], true)));
    }
    out.push(of_mlp(choice(
        "activation",
        "Activation",
        "What stands between layers",
        &names(&["sigmoid", "tanh", "ReLU"]),
    )));
    out.push(knob("patience", "Patience", "Checks without a new best before it stops; 0 = never", [0.0, 20.0], true));
    out.push(knob("seed", "Seed", "The same seed and recipe give the same model", [0.0, 9999.0], true));
    out
}

/// Where a recipe's knobs stand.
pub fn stand(r: &Recipe) -> BTreeMap<String, f64> {
    let (minutes, steps) = match r.budget {
        Budget::Minutes(m) => (m, 0.0),
        Budget::Steps(s) => (0.0, s as f64),
        Budget::Epochs(_) => (0.0, 0.0),
    };
    let values = [
        ("minutes", minutes),
        ("steps", steps),
        ("arch", position(&Arch::ALL, &r.arch)),
        ("optimiser", position(&OptimiserKind::ALL, &r.optimiser)),
        ("momentum", r.momentum),
        ("learning_rate", r.learning_rate),
        ("schedule", position(&SCHEDULES, &r.schedule)),
        ("loss", position(&LOSSES, &r.loss)),
        ("label_smoothing", r.label_smoothing),
        ("counts", f64::from(u8::from(r.counts))),
        ("infill", r.infill),
        ("tell", r.tell),
        ("ema", r.ema),
        ("dropout", r.dropout),
        ("d_model", r.d_model as f64),
        ("n_layers", r.n_layers as f64),
        ("input", r.layers.input as f64),
        ("activation", position(&ACTIVATIONS, &r.layers.activation)),
        ("patience", r.patience as f64),
        ("seed", r.seed as f64),
    ];
    let layers = (0..LAYERS).map(|i| (format!("layer_{}", i + 1), r.layers.hidden.get(i).map_or(0.0, |h| *h as f64)));
    values.into_iter().map(|(key, value)| (key.to_owned(), value)).chain(layers).collect()
}

/// Turns knobs: first those that bring others with them.
///
/// # Errors
/// A preset of another kind of model that is not sound (a test loads them all).
pub fn turn_all(recipe: &mut Recipe, knobs: &[(String, f64)]) -> Result<(), String> {
    let of = |wanted: &str| knobs.iter().find(|(key, _)| key == wanted).map(|(_, value)| *value as usize);
    if let Some(arch) = of("arch").and_then(|i| Arch::ALL.get(i)) {
        *recipe = recipe.for_arch(*arch)?;
    }
    if let Some(optimiser) = of("optimiser").and_then(|i| OptimiserKind::ALL.get(i)) {
        recipe.take_optimiser(*optimiser);
    }
    knobs.iter().for_each(|(key, value)| turn(recipe, key, *value));
    recipe.layers.hidden.retain(|h| *h > 0);
    Ok(())
}

fn turn(recipe: &mut Recipe, key: &str, value: f64) {
    let index = value as usize;
    match key {
        "minutes" => recipe.budget = Budget::Minutes(value),
        "steps" if value >= 1.0 => recipe.budget = Budget::Steps(value as u64),
        "momentum" => recipe.momentum = value,
        "learning_rate" => recipe.learning_rate = value,
        "schedule" => recipe.schedule = SCHEDULES.get(index).copied().unwrap_or_default(),
        "loss" => recipe.loss = LOSSES.get(index).copied().unwrap_or_default(),
        "label_smoothing" => recipe.label_smoothing = value,
        "counts" => recipe.counts = value > 0.0,
        "infill" => recipe.infill = value,
        "tell" => recipe.tell = value,
        "ema" => recipe.ema = value,
        "dropout" => recipe.dropout = value,
        "d_model" => recipe.d_model = (index / 8).max(1) * 8,
        "n_layers" => recipe.n_layers = index,
        "input" => recipe.layers.input = index,
        "activation" => recipe.layers.activation = ACTIVATIONS.get(index).copied().unwrap_or_default(),
        "patience" => recipe.patience = value as u64,
        "seed" => recipe.seed = value as u64,
        _ => {
            let layer = key.strip_prefix("layer_").and_then(|n| n.parse::<usize>().ok());
            if let Some(layer) = layer.filter(|n| (1..=LAYERS).contains(n)) {
                let hidden = &mut recipe.layers.hidden;
                hidden.resize(hidden.len().max(layer), 0);
                hidden[layer - 1] = index;
            }
        }
    }
}

fn position<T: PartialEq>(all: &[T], one: &T) -> f64 {
    all.iter().position(|x| x == one).unwrap_or(0) as f64
}

fn names<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(T::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_knob_is_heard_and_stands_where_it_was_turned_to() {
        for knob in knobs().into_iter().filter(|k| !["arch", "optimiser"].contains(&k.key.as_str())) {
            let value = if stand(&Recipe::default())[&knob.key] == knob.max { knob.min } else { knob.max };
            let mut recipe = Recipe::default();
            turn_all(&mut recipe, &[(knob.key.clone(), value)]).expect("sound");
            let at = stand(&recipe)[&knob.key];
            // Only the last layer of the table can stand alone: the others move up.
            let moved = knob.key.starts_with("layer_") && recipe.layers.hidden.contains(&(value as usize));
            assert!(at == value || moved, "{}: {at} instead of {value}", knob.key);
        }
    }

    #[test]
    fn every_knob_has_chinese_words() {
        for knob in knobs() {
            let (name, help) = crate::gui::text::train::knob(true, &knob.key, &knob.name, &knob.help);
            assert!(name != knob.name && help != knob.help, "{}", knob.key);
        }
    }

    #[test]
    fn another_kind_of_model_brings_its_sizes_and_another_optimiser_its_rate() {
        let mut recipe = Recipe::default();
        let knobs = [("arch", 3.0), ("optimiser", 2.0), ("layer_2", 32.0)].map(|(k, v)| (k.to_owned(), v));
        turn_all(&mut recipe, &knobs).expect("sound");
        assert_eq!((recipe.arch, recipe.optimiser), (Arch::Mlp, OptimiserKind::Sgd));
        assert_eq!(recipe.layers.hidden, [256, 32]);
        let mut recipe = Recipe::default();
        turn_all(&mut recipe, &[("optimiser".to_owned(), 2.0)]).expect("sound");
        assert!(recipe.learning_rate > 10.0 * Recipe::default().learning_rate && recipe.check().is_ok());
    }
}

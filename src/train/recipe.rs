//! Everything that decides what a training comes to, as plain values: the same recipe and data give
//! the same weights on the same kind of device.

use crate::encoding::vocabulary::{MAX_BAR_STEPS, N_METERS};
use crate::encoding::{Field, STEPS_PER_QUARTER};
use crate::model::{Arch, FieldSpec, ModelConfig};
use serde::{Deserialize, Serialize};

/// How long to train. Minutes are turned into steps before the first step, by measuring.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Budget {
    Minutes(f64),
    Steps(u64),
    Epochs(f64),
}

/// How a step is made of a gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimiserKind {
    #[default]
    AdamW,
    /// Muon for the matrices of a transformer's blocks, AdamW for everything else.
    Muon,
}

/// A training, in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    pub arch: Arch,
    pub d_model: usize,
    pub n_layers: usize,
    pub n_heads: usize,
    /// Events a row of a batch holds, and rows a batch has.
    pub window: usize,
    pub batch: usize,
    pub dropout: f64,
    pub optimiser: OptimiserKind,
    /// Highest learning rate, reached after `warmup` steps; then a cosine down to 3 % of it.
    pub learning_rate: f64,
    pub warmup: u64,
    pub weight_decay: f64,
    /// The norm to which the gradient of all weights together is cut.
    pub clip: f64,
    /// Pieces are transposed at random by −5…6 semitones each time they are seen.
    pub transpose: bool,
    pub seed: u64,
    pub budget: Budget,
    /// Validation checks, spread evenly over the steps.
    pub checks: u64,
    /// Checks without a new best after which training stops; 0 = never.
    pub patience: u64,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            arch: Arch::Transformer,
            d_model: 192,
            n_layers: 4,
            n_heads: 4,
            window: 256,
            batch: 8,
            dropout: 0.15,
            optimiser: OptimiserKind::AdamW,
            learning_rate: 2e-3,
            warmup: 50,
            weight_decay: 0.01,
            clip: 1.0,
            transpose: true,
            seed: 1,
            budget: Budget::Minutes(10.0),
            checks: 12,
            patience: 4,
        }
    }
}

impl Recipe {
    /// The network of this recipe, with the velocity field where the corpus has dynamics.
    pub fn model_config(&self, with_velocity: bool) -> ModelConfig {
        let fields = Field::ALL.into_iter().filter(|f| with_velocity || *f != Field::Velocity);
        let hidden = |f: &Field| !matches!(f, Field::Bar | Field::Step);
        ModelConfig {
            arch: self.arch,
            fields: fields
                .map(|f| FieldSpec { name: f.name().to_owned(), size: f.size(), hidden: hidden(&f) })
                .collect(),
            place_after: Field::Step as usize + 1,
            n_places: MAX_BAR_STEPS as usize,
            beat: STEPS_PER_QUARTER as usize,
            n_meters: N_METERS,
            d_model: self.d_model,
            n_layers: self.n_layers,
            n_heads: self.n_heads,
            window: self.window,
            dropout: self.dropout,
        }
    }

    /// What is wrong with the numbers, if anything is.
    pub fn check(&self) -> Result<(), String> {
        self.model_config(false).check()?;
        let fault = |ok: bool, what: &str| if ok { Ok(()) } else { Err(what.to_owned()) };
        fault(self.batch > 0, "a batch needs at least one row")?;
        fault(self.window >= 16, "the window must hold at least 16 notes")?;
        fault(self.learning_rate > 0.0 && self.learning_rate.is_finite(), "the learning rate must be positive")?;
        fault(self.clip > 0.0 && self.weight_decay >= 0.0, "clipping must be positive and decay not negative")?;
        fault(self.checks > 0, "at least one validation check is needed")?;
        let long_enough = match self.budget {
            Budget::Minutes(m) | Budget::Epochs(m) => m > 0.0 && m.is_finite(),
            Budget::Steps(s) => s > 0,
        };
        fault(long_enough, "the budget must be positive")
    }
}

impl Recipe {
    /// The table `[recipe]` of a TOML file: a preset's or a run's.
    ///
    /// # Errors
    /// What is wrong, with the path last.
    pub fn load(path: &std::path::Path) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct File {
            recipe: Recipe,
        }
        let said = |e: &dyn std::fmt::Display| format!("not a recipe ({e}): {}", path.display());
        let text = std::fs::read_to_string(path).map_err(|e| said(&e))?;
        let file: File = toml::from_str(&text).map_err(|e| said(&e))?;
        file.recipe.check().map_err(|e| said(&e))?;
        Ok(file.recipe)
    }
}

/// A recipe with a name and a sentence, as presets/*.toml hold it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    pub name: String,
    pub description: String,
    pub recipe: Recipe,
}

/// The presets that come with the program, from the quickest to the best.
const BUILT_IN: [(&str, &str); 4] = [
    ("quick", include_str!("../../presets/quick.toml")),
    ("balanced", include_str!("../../presets/balanced.toml")),
    ("best", include_str!("../../presets/best.toml")),
    ("lstm", include_str!("../../presets/lstm.toml")),
];

impl Preset {
    /// Every built-in preset with the name by which it is called.
    ///
    /// # Errors
    /// What is wrong in which file (a test loads them all).
    pub fn all() -> Result<Vec<(&'static str, Preset)>, String> {
        let load = |(id, text): (&'static str, &str)| {
            let preset: Preset = toml::from_str(text).map_err(|e| format!("preset {id}: {e}"))?;
            preset.recipe.check().map_err(|e| format!("preset {id}: {e}"))?;
            Ok((id, preset))
        };
        BUILT_IN.into_iter().map(load).collect()
    }

    /// A built-in preset.
    ///
    /// # Errors
    /// Names those there are.
    pub fn named(id: &str) -> Result<Preset, String> {
        let all = Self::all()?;
        let names: Vec<_> = all.iter().map(|(id, _)| *id).collect();
        let known = names.join(", ");
        all.into_iter()
            .find(|(name, _)| *name == id)
            .map(|(_, p)| p)
            .ok_or(format!("no preset \"{id}\" (there are {known})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_loads_and_is_sound() {
        for (id, preset) in Preset::all().expect("sound") {
            assert!(!preset.description.is_empty(), "{id}");
            assert_eq!(Preset::named(id), Ok(preset));
        }
        assert!(Preset::named("none").is_err());
    }
}

//! Everything that decides what a training comes to, as plain values: the same recipe and data give
//! the same weights on the same kind of device.

use super::data::DataSet;
use super::tasks::{Tasks, conditions};
use crate::encoding::vocabulary::{MAX_BAR_STEPS, N_METERS, N_SLOTS};
use crate::encoding::{Field, STEPS_PER_QUARTER};
use crate::model::{Arch, FieldSpec, Layers, Loss, ModelConfig, Objective};
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
    Adam,
    /// Stochastic gradient descent, with the recipe's momentum.
    Sgd,
    RmsProp,
    /// Muon for the matrices of a transformer's blocks, AdamW for everything else.
    Muon,
}

impl OptimiserKind {
    pub const ALL: [Self; 5] = [Self::AdamW, Self::Adam, Self::Sgd, Self::RmsProp, Self::Muon];

    /// A learning rate about as bold as `rate` is for AdamW: rules that do not scale their steps need a
    /// larger one.
    pub fn usual_rate(self, rate: f64) -> f64 {
        match self {
            Self::AdamW | Self::Adam | Self::Muon => rate,
            Self::Sgd => 100.0 * rate,
            Self::RmsProp => 0.5 * rate,
        }
    }
}

impl std::fmt::Display for OptimiserKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

impl std::str::FromStr for OptimiserKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(|a| a.to_string()).join(", ");
        let found = Self::ALL.into_iter().find(|a| a.to_string() == text);
        found.ok_or_else(|| format!("no optimiser \"{text}\" (there are {})", names()))
    }
}

/// How the learning rate goes on after warm-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    #[default]
    Cosine,
    Linear,
    Constant,
}

impl std::str::FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "cosine" => Ok(Self::Cosine),
            "linear" => Ok(Self::Linear),
            "constant" => Ok(Self::Constant),
            _ => Err(format!("no schedule \"{text}\" (there are cosine, linear, constant)")),
        }
    }
}

/// A training, in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    pub arch: Arch,
    pub d_model: usize,
    pub n_layers: usize,
    pub n_heads: usize,
    /// Share of the heads that go by musical time (bars and beats ago) and not by notes ago.
    pub time_share: f64,
    /// Events a row of a batch holds, and rows a batch has.
    pub window: usize,
    pub batch: usize,
    pub dropout: f64,
    pub optimiser: OptimiserKind,
    /// Highest learning rate, reached after `warmup` steps; then by `schedule` down to 3 % of it.
    pub learning_rate: f64,
    pub warmup: u64,
    pub schedule: Schedule,
    /// Of SGD alone: the share of the last step that is kept, 0 ≤ momentum < 1.
    pub momentum: f64,
    pub weight_decay: f64,
    /// The norm to which the gradient of all weights together is cut.
    pub clip: f64,
    /// Pieces are transposed at random by −5…6 semitones each time they are seen.
    pub transpose: bool,
    /// Pieces are moved to C major or A minor before they are learned from.
    pub common_tonic: bool,
    pub seed: u64,
    pub budget: Budget,
    /// Validation checks, spread evenly over the steps.
    pub checks: u64,
    /// Checks without a new best after which training stops; 0 = never.
    pub patience: u64,
    pub loss: Loss,
    /// Share of cross-entropy that pulls every value alike, 0 ≤ label_smoothing < 1.
    pub label_smoothing: f64,
    /// Whether an n-gram model of the same pieces speaks with the network: `model::mixture`. It is counted in
    /// seconds and takes no part in training.
    pub counts: bool,
    /// Share of training windows with a region open and the rest given: what fills, accompanies and
    /// varies. 0 for a model that only writes on.
    pub infill: f64,
    /// Share of training windows that are told of their style, density and bars left.
    pub tell: f64,
    /// Share of the running mean of the weights that stays each step; what is checked and kept as best
    /// is the mean. 0 for the weights as they are.
    pub ema: f64,
    /// Rank of the adapters that are trained instead of the weights of `--from`; 0 trains all weights.
    pub adapters: usize,
    /// Of `arch = "mlp"` alone.
    pub layers: Layers,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            arch: Arch::Transformer,
            d_model: 192,
            n_layers: 4,
            n_heads: 4,
            time_share: 0.5,
            window: 256,
            batch: 8,
            dropout: 0.15,
            optimiser: OptimiserKind::AdamW,
            learning_rate: 2e-3,
            warmup: 50,
            schedule: Schedule::Cosine,
            momentum: 0.9,
            weight_decay: 0.01,
            clip: 1.0,
            transpose: true,
            common_tonic: false,
            seed: 1,
            budget: Budget::Minutes(10.0),
            checks: 12,
            patience: 4,
            loss: Loss::CrossEntropy,
            label_smoothing: 0.0,
            counts: false,
            infill: 0.0,
            tell: 0.0,
            ema: 0.0,
            adapters: 0,
            layers: Layers::default(),
        }
    }
}

impl Recipe {
    /// The network of this recipe, with the velocity field where the corpus has dynamics.
    pub fn model_config(&self, with_velocity: bool) -> ModelConfig {
        self.model_config_with(with_velocity, 0)
    }

    /// The network of this recipe for these pieces.
    pub fn config_for(&self, data: &DataSet) -> ModelConfig {
        self.model_config_with(data.has_velocity, data.card.styles.len())
    }

    /// As [`Recipe::model_config`], for a corpus of some styles.
    pub fn model_config_with(&self, with_velocity: bool, styles: usize) -> ModelConfig {
        let told = self.infill > 0.0 || self.tell > 0.0;
        let conditions = if told && self.arch.is_network() { conditions(styles) } else { Vec::new() };
        let fields = Field::ALL.into_iter().filter(|f| with_velocity || *f != Field::Velocity);
        // The textbook network's hidden layers are those of its table.
        let hidden = |f: &Field| self.arch != Arch::Mlp && !matches!(f, Field::Bar | Field::Step);
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
            time_share: self.time_share,
            window: self.window,
            dropout: self.dropout,
            layers: self.layers.clone(),
            groups: if self.infill > 0.0 { N_SLOTS } else { 0 },
            conditions,
        }
    }

    /// How this recipe's windows are drawn for a network.
    pub fn tasks(&self, config: &ModelConfig) -> Tasks {
        let mut tasks = Tasks::plain(config);
        (tasks.infill, tasks.tell) = (self.infill, self.tell);
        tasks
    }

    pub fn objective(&self) -> Objective {
        Objective { loss: self.loss, smoothing: self.label_smoothing }
    }

    /// Another optimiser, with a learning rate as bold for it as the present one is for its own.
    pub fn take_optimiser(&mut self, optimiser: OptimiserKind) {
        self.learning_rate *= optimiser.usual_rate(1.0) / self.optimiser.usual_rate(1.0);
        self.optimiser = optimiser;
    }

    /// The recipe for another kind of model, where no more than that was said: sizes of a transformer
    /// make no good LSTM, so the kind's own preset is taken, with what decides how long and how random.
    ///
    /// # Errors
    /// A preset that is not sound (a test loads them all).
    pub fn for_arch(&self, arch: Arch) -> Result<Self, String> {
        if self.arch == arch {
            return Ok(self.clone());
        }
        let preset = match arch {
            Arch::Transformer => "balanced",
            Arch::Lstm => "lstm",
            Arch::Gru => "gru",
            Arch::Mlp => "mlp",
            Arch::Ngram => "ngram",
        };
        Ok(Self { budget: self.budget, seed: self.seed, ..Preset::named(preset)?.recipe })
    }

    /// The same with one key of its table changed, as a file would have it: "seed", "3".
    ///
    /// # Errors
    /// A key that a recipe does not have, or no value of its kind.
    pub fn with(&self, key: &str, value: &str) -> Result<Self, String> {
        let first_line = |e: &dyn std::fmt::Display| e.to_string().lines().next().unwrap_or_default().to_owned();
        let mut table = toml::Table::try_from(self).map_err(|e| first_line(&e))?;
        if !table.contains_key(key) {
            let keys: Vec<&str> = table.keys().map(String::as_str).collect();
            return Err(format!("a recipe has no \"{key}\" (there are {})", keys.join(", ")));
        }
        let parsed = format!("value = {value}").parse::<toml::Table>().ok().and_then(|mut t| t.remove("value"));
        table.insert(key.to_owned(), parsed.unwrap_or_else(|| toml::Value::String(value.to_owned())));
        table.try_into().map_err(|e| format!("{key}={value}: {}", first_line(&e)))
    }

    /// What is wrong with the numbers, if anything is.
    pub fn check(&self) -> Result<(), String> {
        self.model_config(false).check()?;
        let fault = |ok: bool, what: &str| if ok { Ok(()) } else { Err(what.to_owned()) };
        fault(self.batch > 0, "a batch needs at least one row")?;
        fault(self.window >= 16, "the window must hold at least 16 notes")?;
        fault(self.learning_rate > 0.0 && self.learning_rate.is_finite(), "the learning rate must be positive")?;
        fault(self.clip > 0.0 && self.weight_decay >= 0.0, "clipping must be positive and decay not negative")?;
        fault((0.0..1.0).contains(&self.momentum), "momentum must be at least 0 and under 1")?;
        fault((0.0..1.0).contains(&self.label_smoothing), "label smoothing must be at least 0 and under 1")?;
        fault((0.0..=1.0).contains(&self.infill), "infill must be between 0 and 1")?;
        fault((0.0..=1.0).contains(&self.tell), "tell must be between 0 and 1")?;
        fault((0.0..1.0).contains(&self.ema), "ema must be at least 0 and under 1")?;
        fault(self.adapters <= 256, "adapters must be of rank 256 at most")?;
        let smooth = self.label_smoothing > 0.0;
        fault(!smooth || self.loss == Loss::CrossEntropy, "label smoothing is for the loss cross-entropy alone")?;
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
const BUILT_IN: [(&str, &str); 7] = [
    ("quick", include_str!("../../presets/quick.toml")),
    ("balanced", include_str!("../../presets/balanced.toml")),
    ("best", include_str!("../../presets/best.toml")),
    ("lstm", include_str!("../../presets/lstm.toml")),
    ("gru", include_str!("../../presets/gru.toml")),
    ("mlp", include_str!("../../presets/mlp.toml")),
    ("ngram", include_str!("../../presets/ngram.toml")),
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
        for arch in Arch::ALL {
            assert_eq!(Recipe::default().for_arch(arch).map(|r| (r.arch, r.check())), Ok((arch, Ok(()))));
        }
    }

    #[test]
    fn recipes_of_earlier_versions_still_load_and_names_are_read_back() {
        let old = "arch = \"lstm\"\nd_model = 32\nlearning_rate = 1e-3\nwarmup = 5\ntranspose = false";
        let recipe: Recipe = toml::from_str(old).expect("reads");
        let new = (recipe.optimiser, recipe.schedule, recipe.loss, recipe.label_smoothing);
        assert_eq!(new, (OptimiserKind::AdamW, Schedule::Cosine, Loss::CrossEntropy, 0.0));
        for kind in OptimiserKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            let text = toml::to_string(&Recipe { optimiser: kind, ..Recipe::default() }).expect("writes");
            assert_eq!(toml::from_str::<Recipe>(&text).expect("reads").optimiser, kind);
        }
        for arch in Arch::ALL {
            assert_eq!(arch.to_string().parse(), Ok(arch));
        }
        let both = Recipe { loss: Loss::SquaredError, label_smoothing: 0.1, ..Recipe::default() };
        assert!(both.check().is_err());
    }
}

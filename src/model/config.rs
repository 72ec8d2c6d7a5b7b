//! The shape of a network: plain numbers, stored beside its weights.

use serde::{Deserialize, Serialize};

/// What stands between embedding and heads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arch {
    #[default]
    Transformer,
    Lstm,
    Gru,
    /// The textbook feed-forward network.
    Mlp,
    /// Counts instead of weights: see [`super::ngram`].
    Ngram,
}

impl Arch {
    pub const ALL: [Arch; 5] = [Arch::Transformer, Arch::Lstm, Arch::Gru, Arch::Mlp, Arch::Ngram];

    /// Whether it is learned in steps, by gradients.
    pub fn is_network(self) -> bool {
        self != Arch::Ngram
    }
}

impl std::str::FromStr for Arch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(|a| a.to_string()).join(", ");
        let found = Self::ALL.into_iter().find(|a| a.to_string() == text);
        found.ok_or_else(|| format!("no kind of model \"{text}\" (there are {})", names()))
    }
}

impl std::fmt::Display for Arch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Arch::Transformer => "transformer",
            Arch::Lstm => "lstm",
            Arch::Gru => "gru",
            Arch::Mlp => "mlp",
            Arch::Ngram => "ngram",
        })
    }
}

/// What stands between the layers of a feed-forward network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    Sigmoid,
    #[default]
    Tanh,
    Relu,
}

/// The table of layers of a feed-forward network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Layers {
    /// Events it sees at once.
    pub input: usize,
    /// Sizes of the hidden layers, from the input on.
    pub hidden: Vec<usize>,
    pub activation: Activation,
}

impl Default for Layers {
    fn default() -> Self {
        Self { input: 8, hidden: vec![256], activation: Activation::Tanh }
    }
}

/// One field of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSpec {
    pub name: String,
    /// Number of values.
    pub size: usize,
    /// Whether its head has a hidden layer (d_model wide, GELU) or is one matrix.
    pub hidden: bool,
}

/// Something that a network can be told of an event beside what came before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub name: String,
    /// Number of values; value 0 is "not told".
    pub size: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelConfig {
    pub arch: Arch,
    /// In the order in which they are chosen. The first one's last value ends a sequence.
    pub fields: Vec<FieldSpec>,
    /// The place of an event in its cycle is known once this many fields are chosen.
    pub place_after: usize,
    /// Places in the longest cycle; they also repeat every `beat` places.
    pub n_places: usize,
    pub beat: usize,
    /// Kinds of cycle.
    pub n_meters: usize,
    pub d_model: usize,
    pub n_layers: usize,
    /// Of no meaning for a recurrent network.
    pub n_heads: usize,
    /// Share of the heads that rotate by time, 0 ≤ time_share ≤ 1; the others rotate by index.
    #[serde(default = "half")]
    pub time_share: f64,
    /// Events a training window holds; a transformer looks no further back.
    pub window: usize,
    /// Share of activations dropped while training, 0 ≤ dropout < 1.
    pub dropout: f64,
    /// Of a feed-forward network alone.
    #[serde(default)]
    pub layers: Layers,
    /// Groups of events that a header can name as open, at most 32; 0 for a network that knows no given
    /// events. Of a transformer alone.
    #[serde(default)]
    pub groups: usize,
    /// What it can be told at each event.
    #[serde(default)]
    pub conditions: Vec<Condition>,
}

/// The share of heads that rotate by time in models from before it could be chosen.
fn half() -> f64 {
    0.5
}

impl ModelConfig {
    /// Heads that rotate by index: the first ones.
    pub fn index_heads(&self) -> usize {
        self.n_heads - (self.n_heads as f64 * self.time_share).round() as usize
    }

    /// The place of a condition among [`ModelConfig::conditions`].
    pub fn condition(&self, name: &str) -> Option<usize> {
        self.conditions.iter().position(|c| c.name == name)
    }

    /// What is wrong with the numbers, if anything is.
    pub fn check(&self) -> Result<(), String> {
        let fault = |ok: bool, what: &str| if ok { Ok(()) } else { Err(what.to_owned()) };
        fault(!self.fields.is_empty() && self.fields.iter().all(|f| f.size > 0), "every field needs values")?;
        fault(self.place_after > 0 && self.place_after <= self.fields.len(), "place_after must name a field")?;
        fault(self.d_model > 0 && self.n_layers > 0 && self.window > 1, "width, layers and window must be positive")?;
        fault((0.0..1.0).contains(&self.dropout), "dropout must be at least 0 and under 1")?;
        fault((0.0..=1.0).contains(&self.time_share), "time_share must be between 0 and 1")?;
        fault(self.groups <= 32, "a header can name at most 32 groups")?;
        let sees_given = self.groups == 0 || self.arch == Arch::Transformer;
        fault(sees_given, "only a transformer can be given notes (infill): set infill to 0 for another kind of model")?;
        fault(self.conditions.iter().all(|c| c.size > 1), "a condition needs values")?;
        if self.arch == Arch::Mlp {
            let Layers { input, hidden, .. } = &self.layers;
            fault((1..=256).contains(input), "a feed-forward network must see 1 to 256 notes")?;
            fault(hidden.len() <= 16, "a feed-forward network has at most 16 hidden layers")?;
            fault(hidden.iter().all(|h| (1..=4096).contains(h)), "a hidden layer must have 1 to 4096 neurons")?;
        }
        if self.arch == Arch::Transformer {
            fault(self.n_heads >= 2 && self.n_heads.is_multiple_of(2), "the number of heads must be even")?;
            fault(self.d_model.is_multiple_of(2 * self.n_heads), "d_model must be a multiple of twice the heads")?;
        }
        Ok(())
    }

    pub fn d_head(&self) -> usize {
        self.d_model / self.n_heads
    }
}

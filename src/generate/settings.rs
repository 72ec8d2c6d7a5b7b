//! What a user asks of the generator. Plain values: the window, the command line, a saved take and
//! a receipt all hold the same struct.

use crate::music::Key;
use serde::{Deserialize, Serialize};

/// One request. Same model file + same settings (the seed among them) + same primer = same take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How many bars to write (after the primer, where there is one).
    pub bars: u32,
    pub seed: u64,
    /// Divides the logits: under 1 careful, over 1 adventurous. 0 takes the likeliest each time.
    pub temperature: f32,
    /// Nucleus: keep the likeliest values that together hold this much probability. 1 = off.
    pub top_p: f32,
    /// Keep this many likeliest values. 0 = off.
    pub top_k: u32,
    /// Drop values less likely than this share of the likeliest. 0 = off.
    pub min_p: f32,
    /// Only pitches of this key's scale.
    pub key: Option<Key>,
    /// Lowest and highest pitch, inclusive.
    pub range: Option<(u8, u8)>,
    /// At most this many notes sounding at once.
    pub max_polyphony: Option<u32>,
    /// Onsets only on multiples of this many steps (24 a quarter note) from the bar line.
    pub grid: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bars: 8,
            seed: 1,
            temperature: 0.95,
            top_p: 1.0,
            top_k: 0,
            min_p: 0.03,
            key: None,
            range: None,
            max_polyphony: None,
            grid: None,
        }
    }
}

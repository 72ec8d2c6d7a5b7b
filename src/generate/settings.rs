//! What a user asks of the generator. Plain values: the window, the command line, a saved take and
//! a receipt all hold the same struct.

use super::draw::PerField;
use super::form::Form;
use super::rules::RuleSet;
use super::task::Task;
use crate::music::{Key, Meter};
use serde::{Deserialize, Serialize};

/// One request. Same model file + same settings (the seed among them) + same primer = same take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub task: Task,
    /// How many bars to write (after the primer, where there is one). Of `new` and `continue`.
    pub bars: u32,
    /// Parts told by letters; `bars` is then the length of one. Of `new` and `continue`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// The meter of what is written; `None`: the model's commonest, or that of the primer. Of `new` and
    /// `continue`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meter: Option<Meter>,
    /// First and last bar of the open region, from 1; `None`: the whole piece. Of the other tasks.
    pub region: Option<(u32, u32)>,
    /// Voices to be written (to harmonise: the one to be kept), each by its number in the piece from 1,
    /// its name, or a role such as "bass"; empty: those that the task implies.
    pub voices: Vec<String>,
    /// Of `vary`: the share of notes that is written anew.
    pub far: f32,
    pub seed: u64,
    /// Divides the logits: under 1 careful, over 1 adventurous. 0 takes the likeliest each time.
    pub temperature: f32,
    /// Nucleus: keep the likeliest values that together hold this much probability. 1 = off.
    pub top_p: f32,
    /// Keep this many likeliest values. 0 = off.
    pub top_k: u32,
    /// Drop values less likely than this share of the likeliest. 0 = off.
    pub min_p: f32,
    /// What of this is another for some fields.
    #[serde(skip_serializing_if = "PerField::is_default")]
    pub fields: PerField,
    /// Only pitches of this key's scale.
    pub key: Option<Key>,
    /// Lowest and highest pitch, inclusive.
    pub range: Option<(u8, u8)>,
    /// At most this many notes sounding at once.
    pub max_polyphony: Option<u32>,
    /// Onsets only on multiples of this many steps (24 a quarter note) from the bar line.
    pub grid: Option<u32>,
    /// A piece from nothing begins on its first bar line: no upbeat, and so no silence before one. Takes of
    /// before this rule had none.
    #[serde(default = "bool::default")]
    pub start_on_bar: bool,
    /// What is written at the end of a piece ends on the tonic, unless [`RuleSet::end_pitch`] says where. Takes of
    /// before this rule had none.
    #[serde(default = "bool::default")]
    pub end_home: bool,
    /// The melody has no pitch more often than this in a row. Takes of before this rule had none.
    #[serde(default = "Option::default")]
    pub max_same: Option<u32>,
    /// All other rules.
    pub rules: RuleSet,
    /// One of the styles that the model tells apart.
    pub style: Option<String>,
    /// Notes a bar that are asked for.
    pub density: Option<f32>,
    /// How much style and density are followed: 1 as learned, more to exaggerate, 0 not at all
    /// (Ho & Salimans, arXiv 2207.12598).
    pub guidance: f32,
}

/// Of ten folk tunes nine have no pitch more often in a row.
pub const MAX_SAME: u32 = 4;

impl Default for Settings {
    fn default() -> Self {
        Self {
            task: Task::New,
            bars: 8,
            form: None,
            meter: None,
            region: None,
            voices: Vec::new(),
            far: 0.5,
            seed: 1,
            temperature: 0.95,
            top_p: 1.0,
            top_k: 0,
            min_p: 0.03,
            fields: PerField::default(),
            key: None,
            range: None,
            max_polyphony: None,
            grid: None,
            start_on_bar: true,
            end_home: true,
            max_same: Some(MAX_SAME),
            rules: RuleSet::default(),
            style: None,
            density: None,
            guidance: 1.0,
        }
    }
}

impl Settings {
    /// What is wrong with the numbers, if anything is.
    pub fn check(&self) -> Result<(), String> {
        let fault = |ok: bool, what: &str| if ok { Ok(()) } else { Err(what.to_owned()) };
        fault((1..=1024).contains(&self.bars), "bars must be between 1 and 1024")?;
        fault(
            self.region.is_none_or(|(from, to)| 1 <= from && from <= to && to - from < 1024),
            "the region must go from a bar to a later one, counted from 1, 1024 bars at most",
        )?;
        let sound = |m: Meter| Meter::new(m.numerator, m.denominator).is_some();
        fault(self.meter.is_none_or(sound), "the meter must have beats, of a note value that there is")?;
        fault((0.0..=1.0).contains(&self.far), "how far to vary must be between 0 and 1")?;
        fault((0.0..=10.0).contains(&self.guidance), "guidance must be between 0 and 10")?;
        fault(
            self.density.is_none_or(|d| (0.0..=200.0).contains(&d)),
            "density must be between 0 and 200 notes a bar",
        )?;
        fault(self.temperature.is_finite() && self.temperature >= 0.0, "temperature must be 0 or more")?;
        fault((0.0..=1.0).contains(&self.top_p), "top-p must be between 0 and 1")?;
        fault((0.0..=1.0).contains(&self.min_p), "min-p must be between 0 and 1")?;
        let PerField { time_temperature, time_top_p, pitch_temperature, pitch_top_p } = self.fields;
        let factors = [time_temperature, pitch_temperature];
        fault(factors.iter().all(|t| t.is_finite() && *t >= 0.0), "a field's temperature must be 0 or more")?;
        let nuclei = [time_top_p, pitch_top_p];
        fault(nuclei.iter().all(|p| (0.0..=1.0).contains(p)), "a field's top-p must be between 0 and 1")?;
        fault(
            self.range.is_none_or(|(low, high)| low <= high && high < 128),
            "the range must go from a low to a high MIDI pitch, 0 to 127",
        )?;
        fault(self.max_same != Some(0), "a pitch must be allowed once in a row at least")?;
        fault(self.max_polyphony != Some(0), "at least one note must be allowed to sound")?;
        fault(self.grid != Some(0), "the grid must be at least one step")?;
        self.form.as_ref().map_or(Ok(()), Form::check)?;
        self.rules.check()
    }

    /// The settings of the n-th of several takes: the same request with a seed of its own.
    pub fn for_take(&self, n: u64) -> Self {
        Self { seed: self.seed.wrapping_add(n), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_of_before_a_rule_are_made_as_they_were() {
        let new = Settings::default();
        assert!(new.start_on_bar && new.end_home);
        let text = serde_json::to_string(&new).expect("JSON");
        assert_eq!(serde_json::from_str::<Settings>(&text).ok(), Some(new.clone()));
        let before = text.replace(r#""start_on_bar":true,"end_home":true,"max_same":4,"#, "");
        assert_ne!(before, text);
        let before: Settings = serde_json::from_str(&before).expect("settings of before");
        assert_eq!(before, Settings { start_on_bar: false, end_home: false, max_same: None, ..new });
    }
}

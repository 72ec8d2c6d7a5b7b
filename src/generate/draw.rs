//! How a value is drawn from what the model says, field by field; and the styles of drawing that have names.

use super::Settings;
use crate::encoding::Field;
use serde::{Deserialize, Serialize};

/// What one draw goes by. See the fields of [`Settings`] that have the same names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    pub temperature: f32,
    pub top_p: f32,
    pub top_k: u32,
    pub min_p: f32,
}

impl From<&Settings> for Draw {
    fn from(s: &Settings) -> Self {
        Self { temperature: s.temperature, top_p: s.top_p, top_k: s.top_k, min_p: s.min_p }
    }
}

/// How some fields are drawn otherwise than the rest: factors of the temperature, and a nucleus of their own
/// (the smaller counts).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PerField {
    /// Of when a note begins and how long it is.
    pub time_temperature: f32,
    pub time_top_p: f32,
    /// Of its pitch.
    pub pitch_temperature: f32,
    pub pitch_top_p: f32,
}

impl Default for PerField {
    fn default() -> Self {
        Self { time_temperature: 1.0, time_top_p: 1.0, pitch_temperature: 1.0, pitch_top_p: 1.0 }
    }
}

impl PerField {
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Settings {
    /// How this field is drawn.
    pub fn draw(&self, field: Field) -> Draw {
        let (f, all) = (&self.fields, Draw::from(self));
        let (temperature, top_p) = match field {
            Field::Bar | Field::Step | Field::Duration => (f.time_temperature, f.time_top_p),
            Field::Pitch => (f.pitch_temperature, f.pitch_top_p),
            Field::Voice | Field::Velocity => (1.0, 1.0),
        };
        Draw { temperature: all.temperature * temperature, top_p: all.top_p.min(top_p), ..all }
    }
}

/// A style of drawing that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Close to what the model finds likeliest; may repeat itself.
    Faithful,
    /// As lively as what the model learned from.
    Balanced,
    /// Pitches that are less expected, on a rhythm that stays.
    Adventurous,
    /// Anything may come.
    Wild,
}

impl Style {
    pub const ALL: [Style; 4] = [Style::Faithful, Style::Balanced, Style::Adventurous, Style::Wild];

    /// As on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Style::Faithful => "faithful",
            Style::Balanced => "balanced",
            Style::Adventurous => "adventurous",
            Style::Wild => "wild",
        }
    }

    /// What all fields are drawn by, and what some are drawn by instead.
    fn values(self) -> (Draw, PerField) {
        let draw = |temperature, top_p, min_p| Draw { temperature, top_p, top_k: 0, min_p };
        let fields = |time_temperature, pitch_temperature| PerField {
            time_temperature,
            pitch_temperature,
            ..PerField::default()
        };
        match self {
            Style::Faithful => (draw(0.85, 0.95, 0.04), PerField::default()),
            // What settings are to begin with: a test holds the two together.
            Style::Balanced => (draw(0.95, 1.0, 0.03), PerField::default()),
            Style::Adventurous => (draw(1.05, 1.0, 0.02), fields(0.9, 1.1)),
            Style::Wild => (draw(1.15, 1.0, 0.01), fields(0.9, 1.1)),
        }
    }

    /// Has these settings drawn in this style; all else stays.
    pub fn put_into(self, settings: &mut Settings) {
        let (draw, fields) = self.values();
        (settings.temperature, settings.top_p) = (draw.temperature, draw.top_p);
        (settings.top_k, settings.min_p) = (draw.top_k, draw.min_p);
        settings.fields = fields;
    }

    /// The style that settings are in; `None` where somebody has moved something.
    pub fn of(settings: &Settings) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.values() == (Draw::from(settings), settings.fields))
    }
}

impl std::str::FromStr for Style {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Style::name).join(", ");
        let found = Self::ALL.into_iter().find(|style| style.name() == text);
        found.ok_or_else(|| format!("no sampling style \"{text}\" (there are {})", names()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_balanced_to_begin_with_and_know_their_style() {
        assert_eq!(Style::of(&Settings::default()), Some(Style::Balanced));
        for style in Style::ALL {
            let mut settings = Settings { seed: 9, bars: 3, top_k: 7, ..Settings::default() };
            style.put_into(&mut settings);
            assert_eq!((Style::of(&settings), settings.seed, settings.bars), (Some(style), 9, 3));
            assert!(settings.check().is_ok());
            assert_eq!(style.name().parse(), Ok(style));
            settings.temperature += 0.01;
            assert_eq!(Style::of(&settings), None);
        }
        assert!("mild".parse::<Style>().is_err_and(|e| e.contains("faithful, balanced")));
    }

    #[test]
    fn each_field_is_drawn_in_its_own_way() {
        let fields = PerField { time_temperature: 0.5, time_top_p: 0.8, pitch_temperature: 2.0, pitch_top_p: 1.0 };
        let s = Settings { temperature: 0.9, top_p: 0.95, fields, ..Settings::default() };
        assert_eq!((s.draw(Field::Step).temperature, s.draw(Field::Step).top_p), (0.45, 0.8));
        assert_eq!((s.draw(Field::Pitch).temperature, s.draw(Field::Pitch).top_p), (1.8, 0.95));
        assert_eq!(s.draw(Field::Voice), Draw::from(&s));
        let odd = PerField { time_top_p: -0.1, ..PerField::default() };
        assert!(Settings { fields: odd, ..Settings::default() }.check().is_err());
        // What was saved before there were any is read as it was.
        let text = serde_json::to_string(&Settings::default()).expect("serialises");
        assert!(!text.contains("fields"), "{text}");
        assert_eq!(serde_json::from_str::<Settings>(&text).expect("reads"), Settings::default());
    }
}

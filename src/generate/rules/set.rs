//! The rules a user can set beyond key, range, polyphony and grid: plain values, kept with the settings.

use super::template::Template;
use crate::encoding::STEPS_PER_QUARTER;
use crate::music::text::parse_pitch;
use crate::music::transform::rescaled;
use crate::music::{Chord, ChordChange, ChordTrack, Key, Scale, ScaleKind, Score};
use serde::{Deserialize, Serialize};

/// Every field is off where it is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuleSet {
    /// Only pitches of this scale. Drums are free.
    pub scale: Option<ScaleRule>,
    /// Chords of the bars that are written, one a bar, over and over.
    pub chords: Vec<Chord>,
    /// Chords by place in the piece, 24 ticks a quarter note; `chords` go before it.
    pub chord_track: Option<ChordTrack>,
    /// Every note takes a tone of its chord, not only those on a beat.
    pub chords_off_beat: bool,
    /// Lowest and highest pitch of single voices.
    pub voice_ranges: Vec<VoiceRange>,
    /// How far off-beat eighths come late: 0 straight, 1 at the third triplet. Of simple meters.
    pub swing: Option<f32>,
    /// Most semitones between a voice's top notes of two successive onsets.
    pub max_leap: Option<u8>,
    /// Longest silence of all voices together, in quarter notes.
    pub max_rest: Option<f32>,
    /// Notes of a bar, all voices together.
    pub max_notes_per_bar: Option<u32>,
    pub min_notes_per_bar: Option<u32>,
    /// The first pitched note: of the first onset, the top note of the first voice.
    pub start_pitch: Option<PitchGoal>,
    /// The last onset's, likewise.
    pub end_pitch: Option<PitchGoal>,
    /// In a voice's top notes, no succession of this many intervals and durations twice.
    pub no_repeat: Option<u32>,
    /// Onsets, voices and durations from here, over and over; pitches alone are chosen.
    pub rhythm_from: Option<Template>,
    /// Pitches from here, voice by voice, in order, over and over; the rhythm is chosen.
    pub pitches_from: Option<Template>,
}

/// A scale, or pitch classes (0–11, C = 0) of the user's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScaleRule {
    Named(Scale),
    Classes(Vec<u8>),
}

/// Pitches of one voice, inclusive. The voice by its number in the piece, its name or its role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoiceRange {
    pub voice: String,
    pub low: u8,
    pub high: u8,
}

/// A pitch in any octave, or in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PitchGoal {
    Class(u8),
    Pitch(u8),
}

impl PitchGoal {
    pub fn holds(self, pitch: u8) -> bool {
        match self {
            PitchGoal::Class(class) => pitch % 12 == class,
            PitchGoal::Pitch(goal) => pitch == goal,
        }
    }

    /// Reads "C", "F#", "Bb3"; middle C is C4.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        parse_pitch(text).map(PitchGoal::Pitch).or_else(|| pitch_class(text).map(PitchGoal::Class))
    }
}

fn pitch_class(text: &str) -> Option<u8> {
    let bare = text.chars().all(|c| c.is_ascii_alphabetic() || "#♯♭".contains(c)) && !text.ends_with('m');
    Key::parse(text).filter(|_| bare).map(|k| k.tonic)
}

impl ScaleRule {
    /// Which of the 12 pitch classes belong to it.
    pub fn pitch_classes(&self) -> [bool; 12] {
        match self {
            ScaleRule::Named(scale) => scale.pitch_classes(),
            ScaleRule::Classes(classes) => std::array::from_fn(|pc| classes.contains(&(pc as u8))),
        }
    }

    /// Reads "C major pentatonic", "A blues", "Eb dorian"; or pitch classes by name or number, "C D E G A",
    /// "0,2,4,7,9".
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split([' ', ',', '-']).filter(|w| !w.is_empty()).collect();
        let class = |word: &&str| word.parse::<u8>().ok().filter(|n| *n < 12).or_else(|| pitch_class(word));
        let (root, rest) = words.split_first()?;
        let name = rest.concat().to_lowercase();
        let kind = ScaleKind::ALL.into_iter().find(|k| format!("{k:?}").to_lowercase() == name);
        if let (Some(kind), Some(root)) = (kind, pitch_class(root)) {
            return Some(ScaleRule::Named(Scale::new(root, kind)));
        }
        let classes = words.iter().map(class).collect::<Option<Vec<u8>>>()?;
        Some(ScaleRule::Classes(classes)).filter(|_| words.len() > 1)
    }
}

impl VoiceRange {
    /// Reads "bass=36-60".
    pub fn parse(text: &str) -> Option<Self> {
        let (voice, range) = text.split_once('=')?;
        let (low, high) = range.split_once('-')?;
        let voice = voice.trim().to_owned();
        Some(Self { voice, low: low.trim().parse().ok()?, high: high.trim().parse().ok()? })
    }
}

impl RuleSet {
    /// What is wrong with the values, if anything is.
    ///
    /// # Errors
    /// As a sentence.
    pub fn check(&self) -> Result<(), String> {
        let fault = |ok: bool, what: &str| if ok { Ok(()) } else { Err(what.to_owned()) };
        let classes = |s: &ScaleRule| s.pitch_classes().contains(&true);
        fault(self.scale.as_ref().is_none_or(classes), "the scale must have a pitch class, 0 to 11")?;
        fault(
            self.voice_ranges.iter().all(|r| r.low <= r.high && r.high < 128),
            "the range of a voice must go from a low to a high MIDI pitch, 0 to 127",
        )?;
        fault(self.swing.is_none_or(|s| (0.0..=1.0).contains(&s)), "swing must be between 0 and 1")?;
        fault(self.max_rest.is_none_or(|r| (0.0..=64.0).contains(&r)), "rests must be 0 to 64 quarter notes")?;
        fault(self.max_notes_per_bar != Some(0), "at least one note a bar must be allowed")?;
        fault(
            self.min_notes_per_bar.unwrap_or(0) <= self.max_notes_per_bar.unwrap_or(u32::MAX),
            "the fewest notes a bar must not be more than the most",
        )?;
        fault(self.no_repeat.is_none_or(|n| (2..=64).contains(&n)), "no-repeat must be 2 to 64 notes")?;
        let templates = self.rhythm_from.iter().chain(&self.pitches_from);
        fault(templates.into_iter().all(Template::is_sound), "a template must hold a note")
    }
}

/// Chords as people write them, "Am F | C, G7"; or the first word that is none.
///
/// # Errors
/// That word.
pub fn parse_chords(text: &str) -> Result<Vec<Chord>, &str> {
    let words = text.split(|c: char| c.is_whitespace() || c == '|' || c == ',').filter(|w| !w.is_empty());
    words.map(|word| Chord::parse(word).ok_or(word)).collect()
}

/// The chord track of a piece as rules want it; `None` where it has none.
pub fn chord_track_of(score: &Score) -> Option<ChordTrack> {
    let to = |tick| rescaled(tick, score.ppq, STEPS_PER_QUARTER);
    let changes = score.chords.changes().iter().map(|c| ChordChange { tick: to(c.tick), ..*c });
    Some(changes.collect()).filter(|track: &ChordTrack| !track.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_goals_and_ranges_are_read() {
        let named = |root, kind| Some(ScaleRule::Named(Scale::new(root, kind)));
        assert_eq!(ScaleRule::parse("C major pentatonic"), named(0, ScaleKind::MajorPentatonic));
        assert_eq!(ScaleRule::parse("Bb Dorian"), named(10, ScaleKind::Dorian));
        for kind in ScaleKind::ALL {
            assert_eq!(ScaleRule::parse(&format!("F# {kind:?}")), named(6, kind));
        }
        assert_eq!(ScaleRule::parse("0,2, 11"), Some(ScaleRule::Classes(vec![0, 2, 11])));
        assert_eq!(ScaleRule::parse("C D E G A"), Some(ScaleRule::Classes(vec![0, 2, 4, 7, 9])));
        assert_eq!((ScaleRule::parse("C nonsense"), ScaleRule::parse("0,12")), (None, None));
        assert_eq!(PitchGoal::parse("Eb"), Some(PitchGoal::Class(3)));
        assert_eq!(PitchGoal::parse("C4"), Some(PitchGoal::Pitch(60)));
        assert_eq!((PitchGoal::parse("H"), PitchGoal::parse("Am")), (None, None));
        let bass = VoiceRange { voice: "bass".to_owned(), low: 36, high: 60 };
        assert_eq!(VoiceRange::parse("bass=36-60"), Some(bass));
    }

    #[test]
    fn chords_are_read_as_people_write_them() {
        let names = |text| parse_chords(text).map(|c| c.iter().map(|c| c.spelled(None)).collect::<Vec<_>>());
        assert_eq!(names("Am F | C, G7"), Ok(["Am", "F", "C", "G7"].map(str::to_owned).to_vec()));
        assert_eq!(names("Am X"), Err("X"));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        assert!(RuleSet::default().check().is_ok());
        for bad in [
            RuleSet { scale: Some(ScaleRule::Classes(vec![12])), ..RuleSet::default() },
            RuleSet { no_repeat: Some(1), ..RuleSet::default() },
            RuleSet { swing: Some(1.5), ..RuleSet::default() },
            RuleSet { min_notes_per_bar: Some(4), max_notes_per_bar: Some(3), ..RuleSet::default() },
            RuleSet { rhythm_from: Some(Template::default()), ..RuleSet::default() },
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
    }
}

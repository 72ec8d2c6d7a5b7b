//! The rules of `cadenza generate`, read from its flags.

use super::context::Usage;
use super::convert::read_score;
use crate::generate::rules::{PitchGoal, RuleSet, ScaleRule, Template, VoiceRange, chord_track_of, parse_chords};
use crate::music::{Chord, Score};
use anyhow::Context as _;
use clap::Args;
use std::path::{Path, PathBuf};

/// One that leaves nothing to choose is set aside there, and the take says so.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules")]
pub struct RuleArguments {
    /// Only pitches of this scale, such as "C major pentatonic", "A blues", or pitch classes: "C D E G A"
    #[arg(long)]
    scale: Option<String>,
    /// Chord tones on the beats: "Am F C G", one chord a bar, over and over; or a file of such, or a piece
    /// with a chord track
    #[arg(long, value_name = "CHORDS|FILE")]
    chords: Option<String>,
    /// Chord tones after the chord track of the primer
    #[arg(long, conflicts_with = "chords", requires = "primer")]
    chord_track: bool,
    /// Chord tones off the beats too
    #[arg(long)]
    chords_off_beat: bool,
    /// MIDI pitches of one voice, such as bass=36-60; several: repeat it
    #[arg(long, value_name = "VOICE=LOW-HIGH")]
    voice_range: Vec<String>,
    /// How late off-beat eighths stand: 0 straight, 1 at the third triplet; on the grid, else on sixteenths
    #[arg(long, value_name = "0..1")]
    swing: Option<f32>,
    /// At most this many semitones from note to note of a voice (its top notes)
    #[arg(long, value_name = "SEMITONES")]
    max_leap: Option<u8>,
    /// The longest silence of all voices together, in quarter notes
    #[arg(long, value_name = "QUARTERS")]
    max_rest: Option<f32>,
    /// At most this many notes a bar
    #[arg(long, value_name = "NOTES")]
    max_notes_per_bar: Option<u32>,
    /// At least this many notes a bar
    #[arg(long, value_name = "NOTES")]
    min_notes_per_bar: Option<u32>,
    /// The first note, top note of the first voice, such as C or C4 (middle C)
    #[arg(long, value_name = "PITCH")]
    start_pitch: Option<String>,
    /// The top note of the first voice where the last notes begin
    #[arg(long, value_name = "PITCH")]
    end_pitch: Option<String>,
    /// No succession of this many notes of a voice (intervals and durations of its top notes) twice
    #[arg(long, value_name = "NOTES")]
    no_repeat: Option<u32>,
    /// Keep onsets, voices and durations of this piece, over and over: only pitches are chosen
    #[arg(long, value_name = "FILE")]
    rhythm_from: Option<PathBuf>,
    /// Keep the pitches of this piece, voice by voice in order, over and over: the rhythm is chosen
    #[arg(long, value_name = "FILE")]
    pitches_from: Option<PathBuf>,
}

impl RuleArguments {
    /// # Errors
    /// What cannot be read, or makes no sense.
    pub fn read(&self, primer: Option<&Score>) -> anyhow::Result<RuleSet> {
        let mut set = RuleSet {
            scale: self.scale.as_deref().map(|s| told(ScaleRule::parse(s), "a scale", s)).transpose()?,
            chords_off_beat: self.chords_off_beat,
            voice_ranges: self
                .voice_range
                .iter()
                .map(|r| told(VoiceRange::parse(r), "a range of a voice such as bass=36-60", r))
                .collect::<Result<_, _>>()?,
            swing: self.swing,
            max_leap: self.max_leap,
            max_rest: self.max_rest,
            max_notes_per_bar: self.max_notes_per_bar,
            min_notes_per_bar: self.min_notes_per_bar,
            start_pitch: self.start_pitch.as_deref().map(|p| told(PitchGoal::parse(p), "a pitch", p)).transpose()?,
            end_pitch: self.end_pitch.as_deref().map(|p| told(PitchGoal::parse(p), "a pitch", p)).transpose()?,
            no_repeat: self.no_repeat,
            rhythm_from: self.rhythm_from.as_deref().map(template).transpose()?,
            pitches_from: self.pitches_from.as_deref().map(template).transpose()?,
            ..RuleSet::default()
        };
        if self.chord_track {
            let track = primer.and_then(chord_track_of);
            set.chord_track = Some(track.ok_or_else(|| Usage::new("the primer has no chord track"))?);
        }
        if let Some(chords) = &self.chords {
            let path = Path::new(chords);
            if !path.is_file() {
                set.chords = read_chords(chords)?;
            } else if let Ok(text) = std::fs::read_to_string(path)
                && let Ok(chords) = read_chords(&text)
            {
                set.chords = chords;
            } else {
                let (score, _) = read_score(path)?;
                let none = || Usage::new(format!("no chords in it, and no chord track: {}", path.display()));
                set.chord_track = Some(chord_track_of(&score).ok_or_else(none)?);
            }
        }
        Ok(set)
    }
}

fn told<T>(value: Option<T>, what: &str, text: &str) -> Result<T, Usage> {
    value.ok_or_else(|| Usage::new(format!("not {what}: \"{text}\"")))
}

fn read_chords(text: &str) -> Result<Vec<Chord>, Usage> {
    let chords = parse_chords(text).map_err(|word| Usage::new(format!("not a chord: \"{word}\"")))?;
    if chords.is_empty() { Err(Usage::new("no chord is told")) } else { Ok(chords) }
}

fn template(path: &Path) -> anyhow::Result<Template> {
    let (mut score, _) = read_score(path).with_context(|| format!("could not read {}", path.display()))?;
    // Voices are told apart as those were that the model has learned from.
    crate::corpus::roles::refine(&mut score);
    let template = Template::of(&score);
    if template.notes.is_empty() {
        return Err(Usage::new(format!("there is no note in it: {}", path.display())).into());
    }
    Ok(template)
}

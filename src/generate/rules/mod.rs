//! Which values of a field may be chosen now: the grammar of events, always, and the user's rules, as
//! long as they leave something. A rule that would leave nothing is set aside for that choice and named.
//!
//! Each family of rules has a file: [`tone`] single pitches, [`line`] a voice's line, [`time`] onsets,
//! [`home`] the end, [`template`] what is kept of another piece, [`conflict`] what cannot go together. Onsets and voices look ahead: one is allowed only where the
//! fields after it still leave something.

mod compiled;
mod conflict;
mod home;
mod line;
mod past;
mod set;
mod template;
mod time;
mod tone;

pub use compiled::Compiled;
pub use conflict::{conflicts, without_conflicts};
pub use past::{GivenNotes, Heard, Past};
pub use set::{PitchGoal, RuleSet, ScaleRule, VoiceRange, chord_track_of, parse_chords};
pub use template::{Template, TemplateNote};

use super::Settings;
use crate::encoding::vocabulary::{DURATIONS, END, MAX_BAR_STEPS};
use crate::encoding::{Decoder, Field, Place};
use crate::music::Key;
use std::collections::BTreeMap;

/// A rule a user can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    MaxSame,
    EndHome,
    StartOnBar,
    MinNotes,
    MaxNotes,
    NoRepeat,
    MaxLeap,
    EndPitch,
    StartPitch,
    MaxRest,
    Polyphony,
    Swing,
    Grid,
    Chords,
    Key,
    Scale,
    Range,
    VoiceRange,
    Pitches,
    Rhythm,
}

/// The order in which rules give way where they leave nothing together: the first goes first. One that was
/// not in the way comes back.
pub const RELAX_ORDER: [Rule; 20] = [
    Rule::MaxSame,
    Rule::EndHome,
    Rule::StartOnBar,
    Rule::MinNotes,
    Rule::MaxNotes,
    Rule::NoRepeat,
    Rule::MaxLeap,
    Rule::EndPitch,
    Rule::StartPitch,
    Rule::MaxRest,
    Rule::Polyphony,
    Rule::Swing,
    Rule::Grid,
    Rule::Chords,
    Rule::Key,
    Rule::Scale,
    Rule::Range,
    Rule::VoiceRange,
    Rule::Pitches,
    Rule::Rhythm,
];

impl Rule {
    /// As in receipts, and in settings and files.
    pub fn name(self) -> &'static str {
        match self {
            Rule::EndHome => "end-home",
            Rule::MaxSame => "max-same",
            Rule::StartOnBar => "start-on-bar",
            Rule::MinNotes => "min-notes",
            Rule::MaxNotes => "max-notes",
            Rule::NoRepeat => "no-repeat",
            Rule::MaxLeap => "max-leap",
            Rule::EndPitch => "end-pitch",
            Rule::StartPitch => "start-pitch",
            Rule::MaxRest => "max-rest",
            Rule::Polyphony => "polyphony",
            Rule::Swing => "swing",
            Rule::Grid => "grid",
            Rule::Chords => "chords",
            Rule::Key => "key",
            Rule::Scale => "scale",
            Rule::Range => "range",
            Rule::VoiceRange => "voice-range",
            Rule::Pitches => "pitches",
            Rule::Rhythm => "rhythm",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        RELAX_ORDER.into_iter().find(|rule| rule.name() == name)
    }
}

/// What a mask came to.
pub struct Mask {
    pub allowed: Vec<bool>,
    /// Rules that had to be set aside.
    pub relaxed: Vec<Rule>,
}

/// How a part comes to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Closing {
    /// By a note that would stand past it.
    #[default]
    ByLength,
    /// So, or by END where it is nearly full.
    OrEnd,
    /// By END alone, in its second half, once there is a note in it.
    ByEnd,
    /// By END alone, once there is a note in it.
    OnceBegun,
}

/// The state of a take that rules look at.
pub struct Situation<'a> {
    pub settings: &'a Settings,
    pub decoder: &'a Decoder,
    /// Slots the corpus has.
    pub slots: &'a [u8],
    /// Steps at which the part that is written now begins and ends.
    pub region: (u32, u32),
    /// The step past which no note may sound.
    pub until: u32,
    /// Whether END may close the part.
    pub closing: Closing,
    /// The rules made ready for this take, and what they remember of it.
    pub rules: &'a Compiled,
    pub past: &'a Past,
    /// Notes that are there and stay.
    pub given: &'a GivenNotes,
    /// Onset, slot and pitch of the note before.
    pub last: Option<(u32, u8, u8)>,
    /// Steps at which notes that may still sound end.
    pub sounding: &'a [u32],
    /// Whether a note was written in the region.
    pub begun: bool,
    /// The key in which it is to end, once the end is near.
    pub home: Option<Key>,
}

impl Situation<'_> {
    fn on(&self, rule: Rule) -> bool {
        let (s, r) = (self.settings, &self.settings.rules);
        match rule {
            Rule::EndHome => self.home.is_some(),
            Rule::MaxSame => s.max_same.is_some() && r.pitches_from.is_none(),
            Rule::StartOnBar => self.opens_a_piece(),
            Rule::MinNotes => r.min_notes_per_bar.is_some(),
            Rule::MaxNotes => r.max_notes_per_bar.is_some(),
            Rule::NoRepeat => r.no_repeat.is_some(),
            Rule::MaxLeap => r.max_leap.is_some(),
            Rule::EndPitch => r.end_pitch.is_some(),
            Rule::StartPitch => r.start_pitch.is_some(),
            Rule::MaxRest => r.max_rest.is_some(),
            Rule::Polyphony => s.max_polyphony.is_some(),
            Rule::Swing => r.swing.is_some(),
            Rule::Grid => s.grid.is_some(),
            Rule::Chords => !r.chords.is_empty() || r.chord_track.is_some(),
            Rule::Key => s.key.is_some(),
            Rule::Scale => r.scale.is_some(),
            Rule::Range => s.range.is_some(),
            Rule::VoiceRange => !r.voice_ranges.is_empty(),
            Rule::Pitches => r.pitches_from.is_some(),
            Rule::Rhythm => r.rhythm_from.is_some(),
        }
    }

    /// Tries all rules, then fewer and fewer, until `allow` leaves something; then takes back, the last
    /// first, those of the others that still leave something.
    fn relaxing(&self, size: usize, allow: impl Fn(&[Rule], usize) -> bool) -> Mask {
        let on: Vec<Rule> = RELAX_ORDER.into_iter().filter(|r| self.on(*r)).collect();
        let masked = |rules: &[Rule]| (0..size).map(|v| allow(rules, v)).collect::<Vec<bool>>();
        let (mut dropped, mut allowed) = (0, masked(&on));
        while dropped < on.len() && !allowed.contains(&true) {
            dropped += 1;
            allowed = masked(&on[dropped..]);
        }
        let (mut rules, mut relaxed) = (on[dropped..].to_vec(), Vec::new());
        for (i, rule) in on[..dropped].iter().enumerate().rev() {
            rules.push(*rule);
            // The last that went was in the way, or it would not have gone.
            let again = if i + 1 == dropped { Vec::new() } else { masked(&rules) };
            if again.contains(&true) {
                allowed = again;
            } else {
                relaxed.extend(rules.pop());
            }
        }
        Mask { allowed, relaxed }
    }

    /// Bars to move on. Bars past the region mean that it is finished, and are allowed once notes have
    /// come to its last two bars, or where nothing else is; the first note then comes within two bars.
    /// Where END closes the region, none lead past it: see [`Closing`]. A rhythm that is kept says itself
    /// where it ends.
    pub fn bars(&self) -> Mask {
        let at = self.decoder.at();
        let last_bar = self.decoder.grid().locate(self.region.1.saturating_sub(1)).bar;
        let first_bar = self.decoder.grid().locate(self.region.0).bar;
        let by_length = matches!(self.closing, Closing::ByLength | Closing::OrEnd);
        let early = if self.begun || !by_length { last_bar } else { last_bar.min(first_bar + 1) };
        let nearly_full = self.begun && at.bar + 1 >= last_bar;
        let second_half = self.begun && 2 * (at.bar + 1 - first_bar.min(at.bar)) > last_bar - first_bar;
        self.relaxing(Field::Bar.size(), |rules, bar| {
            let bar = bar as u16;
            let kept = rules.contains(&Rule::Rhythm);
            let latest = if kept { last_bar } else { early };
            let within = |bar: u16| at.bar + u32::from(bar) <= latest;
            // Before the first note rules give way: nothing written is no take.
            let waits = || !self.begun && !rules.is_empty();
            let stuck = || !waits() && !(0..END).any(|b| within(b) && self.any_step(rules, b));
            let over = |usual: bool| usual && rules.iter().all(|r| self.may_end(*r, last_bar));
            let usual = |usual: bool| if kept { self.begun } else { usual };
            match (bar, self.closing) {
                (END.., Closing::ByLength) => false,
                (END.., Closing::OrEnd) => over(usual(nearly_full)),
                (END.., Closing::ByEnd) => over(usual(second_half || stuck())),
                (END.., Closing::OnceBegun) => over(usual(self.begun || stuck())),
                _ if within(bar) => self.any_step(rules, bar),
                _ => by_length && over(usual(nearly_full || (self.begun && stuck()))),
            }
        })
    }

    fn may_end(&self, rule: Rule, last_bar: u32) -> bool {
        match rule {
            Rule::EndHome => self.is_home(),
            Rule::MinNotes => self.bars_are_full(last_bar + 1),
            Rule::EndPitch => self.ends_well(),
            Rule::MaxRest => self.rests_little(self.region.1),
            Rule::Rhythm => self.rhythm_is_done(),
            _ => true,
        }
    }

    fn any_step(&self, rules: &[Rule], bar: u16) -> bool {
        let len = MAX_BAR_STEPS as u16;
        let steps = if bar == 0 { 0..len } else { len..2 * len };
        steps.into_iter().any(|step| self.step_allowed(rules, bar, step))
    }

    /// Steps, once the bar is chosen.
    pub fn steps(&self, bar: u16) -> Mask {
        self.relaxing(Field::Step.size(), |rules, step| self.step_allowed(rules, bar, step as u16))
    }

    fn step_allowed(&self, rules: &[Rule], bar: u16, step: u16) -> bool {
        let Some(place) = self.decoder.target(bar, step) else { return false };
        let onset = place.bar_start + place.place;
        let inside = self.region.0 <= onset && onset < self.region.1;
        inside
            && rules.iter().all(|r| self.onset_keeps(*r, rules, &place))
            && self.slots.iter().any(|s| self.any_pitch(rules, &place, *s))
    }

    /// Whether a rule allows an onset there.
    fn onset_keeps(&self, rule: Rule, rules: &[Rule], place: &Place) -> bool {
        let onset = place.bar_start + place.place;
        match rule {
            Rule::EndHome => self.ends_in_time(onset),
            Rule::StartOnBar => onset == self.region.0,
            Rule::MinNotes => self.bar_can_be_filled(place),
            Rule::MaxNotes => self.bar_has_room(place.bar),
            Rule::MaxRest => self.rests_little(onset),
            Rule::Polyphony => self.has_a_voice_left(onset),
            Rule::Swing => self.swings(place),
            Rule::Grid => self.on_grid(rules, place),
            Rule::Rhythm => self.beat_onset(onset),
            _ => true,
        }
    }

    /// Voices, once the onset is chosen.
    pub fn voices(&self, place: &Place) -> Mask {
        self.relaxing(Field::Voice.size(), |rules, v| {
            self.slots.contains(&(v as u8)) && self.any_pitch(rules, place, v as u8)
        })
    }

    fn any_pitch(&self, rules: &[Rule], place: &Place, slot: u8) -> bool {
        (0..128).any(|p| self.pitch_allowed(rules, place, slot, p))
    }

    /// Pitches, once the voice is chosen.
    pub fn pitches(&self, place: &Place, slot: u8) -> Mask {
        self.relaxing(Field::Pitch.size(), |rules, p| self.pitch_allowed(rules, place, slot, p as u8))
    }

    /// How many pitches each rule by itself takes away of those that could be written there.
    pub fn removed_pitches(&self, place: &Place, slot: u8) -> BTreeMap<Rule, u32> {
        let on: Vec<Rule> = RELAX_ORDER.into_iter().filter(|r| self.on(*r)).collect();
        if on.is_empty() {
            return BTreeMap::new();
        }
        let free: Vec<u8> = (0..128).filter(|p| self.pitch_allowed(&[], place, slot, *p)).collect();
        let removed = |rule: &Rule| free.iter().filter(|p| !self.pitch_allowed(&[*rule], place, slot, **p)).count();
        let counts = on.into_iter().map(|r| (r, removed(&r) as u32));
        counts.filter(|(_, n)| *n > 0).collect()
    }

    fn pitch_allowed(&self, rules: &[Rule], place: &Place, voice: u8, pitch: u8) -> bool {
        let onset = place.bar_start + place.place;
        // Notes of one onset go by slot, and within one from high to low: no note is written twice.
        let after = |(_, slot, last): (u32, u8, u8)| voice > slot || (voice == slot && pitch < last);
        // Nor is one written that is there already, or still sounds.
        self.last.filter(|(at, ..)| *at == onset).is_none_or(after)
            && self.given.leaves_free(voice, pitch, onset)
            && rules.iter().all(|r| self.pitch_keeps(*r, place, voice, pitch))
            && (!Self::looks_at_durations(rules)
                || (0..DURATIONS.len()).any(|d| self.duration_allowed(rules, onset, voice, pitch, d)))
    }

    /// Whether a rule allows this pitch to this voice there.
    fn pitch_keeps(&self, rule: Rule, place: &Place, slot: u8, pitch: u8) -> bool {
        let onset = place.bar_start + place.place;
        match rule {
            Rule::NoRepeat => self.strikes_nothing_again(onset, slot, pitch),
            Rule::MaxLeap => self.leaps_little(onset, slot, pitch),
            Rule::EndHome => self.leads_home(place, slot, pitch),
            Rule::MaxSame => self.moves_on(onset, slot, pitch),
            Rule::EndPitch => self.leads_to_the_end(place, slot, pitch),
            Rule::StartPitch => self.starts_well(slot, pitch),
            Rule::Chords => self.in_chord(place, slot, pitch),
            Rule::Key => self.in_key(slot, pitch),
            Rule::Scale => self.in_scale(slot, pitch),
            Rule::Range => self.in_range(slot, pitch),
            Rule::VoiceRange => self.in_voice_range(slot, pitch),
            Rule::Pitches => self.next_of_order(slot, pitch),
            Rule::Rhythm => self.beat_pitch(onset, slot, pitch),
            _ => true,
        }
    }

    /// Durations, once the pitch is chosen: none reaches past the region, or into a note of its pitch
    /// that is there.
    pub fn durations(&self, place: &Place, slot: u8, pitch: u8) -> Mask {
        let onset = place.bar_start + place.place;
        self.relaxing(Field::Duration.size(), |rules, d| self.duration_allowed(rules, onset, slot, pitch, d))
    }

    fn duration_allowed(&self, rules: &[Rule], onset: u32, slot: u8, pitch: u8, duration: usize) -> bool {
        let duration = DURATIONS[duration];
        let end = self.given.next(slot, pitch, onset).map_or(self.until, |next| next.min(self.until));
        let keeps = |rule: &Rule| match rule {
            Rule::NoRepeat => self.says_something_new(onset, slot, pitch, duration),
            Rule::Polyphony => self.leaves_room(onset, duration),
            Rule::Rhythm => self.beat_duration(duration),
            _ => true,
        };
        u32::from(duration) <= end.saturating_sub(onset).max(1) && rules.iter().all(keeps)
    }
}

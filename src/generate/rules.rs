//! Which values of a field may be chosen now: the grammar of events, always, and the user's rules, as
//! long as they leave something. A rule that would leave nothing is set aside for that choice and named.

use super::Settings;
use crate::encoding::vocabulary::{DURATIONS, END, MAX_BAR_STEPS, slot};
use crate::encoding::{Decoder, Field, Place};
use crate::music::Role;
use std::collections::BTreeMap;

/// A rule a user can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    Polyphony,
    Grid,
    Key,
    Range,
}

/// The order in which rules give way where they leave nothing together: the first goes first.
pub const RELAX_ORDER: [Rule; 4] = [Rule::Polyphony, Rule::Grid, Rule::Key, Rule::Range];

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

/// Notes that are there and stay, by slot and pitch: steps at which each begins and ends.
#[derive(Clone, Debug, Default)]
pub struct GivenNotes(BTreeMap<(u8, u8), Vec<(u32, u32)>>);

impl GivenNotes {
    pub fn push(&mut self, slot: u8, pitch: u8, from: u32, to: u32) {
        self.0.entry((slot, pitch)).or_default().push((from, to));
    }

    /// Whether none of this slot and pitch begins or sounds there.
    fn leaves_free(&self, slot: u8, pitch: u8, onset: u32) -> bool {
        self.0.get(&(slot, pitch)).is_none_or(|all| all.iter().all(|(from, to)| onset < *from || onset >= *to))
    }

    /// Where the next of this slot and pitch begins.
    fn next(&self, slot: u8, pitch: u8, onset: u32) -> Option<u32> {
        self.0.get(&(slot, pitch))?.iter().map(|(from, _)| *from).filter(|from| *from > onset).min()
    }

    fn n_sounding(&self, onset: u32) -> usize {
        self.0.values().flatten().filter(|(from, to)| (*from..*to).contains(&onset)).count()
    }
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
    /// Notes that are there and stay.
    pub given: &'a GivenNotes,
    /// Onset, slot and pitch of the note before.
    pub last: Option<(u32, u8, u8)>,
    /// Steps at which notes that may still sound end.
    pub sounding: &'a [u32],
    /// Whether a note was written in the region.
    pub begun: bool,
}

impl Situation<'_> {
    fn on(&self, rule: Rule) -> bool {
        let s = self.settings;
        match rule {
            Rule::Polyphony => s.max_polyphony.is_some(),
            Rule::Grid => s.grid.is_some(),
            Rule::Key => s.key.is_some(),
            Rule::Range => s.range.is_some(),
        }
    }

    /// Tries all rules, then fewer and fewer, until `allow` leaves something.
    fn relaxing(&self, size: usize, allow: impl Fn(&[Rule], usize) -> bool) -> Mask {
        let mut rules: Vec<Rule> = RELAX_ORDER.into_iter().filter(|r| self.on(*r)).collect();
        let mut relaxed = Vec::new();
        loop {
            let allowed: Vec<bool> = (0..size).map(|v| allow(&rules, v)).collect();
            if rules.is_empty() || allowed.contains(&true) {
                return Mask { allowed, relaxed };
            }
            relaxed.push(rules.remove(0));
        }
    }

    /// Bars to move on. Bars past the region mean that it is finished, and are allowed once notes have
    /// come to its last two bars, or where nothing else is; the first note then comes within two bars.
    /// Where END closes the region, none lead past it: see [`Closing`].
    pub fn bars(&self) -> Mask {
        let at = self.decoder.at();
        let last_bar = self.decoder.grid().locate(self.region.1.saturating_sub(1)).bar;
        let first_bar = self.decoder.grid().locate(self.region.0).bar;
        let by_length = matches!(self.closing, Closing::ByLength | Closing::OrEnd);
        let latest = if self.begun || !by_length { last_bar } else { last_bar.min(first_bar + 1) };
        let within = |bar: u16| at.bar + u32::from(bar) <= latest;
        let nearly_full = self.begun && at.bar + 1 >= last_bar;
        let second_half = self.begun && 2 * (at.bar + 1 - first_bar.min(at.bar)) > last_bar - first_bar;
        self.relaxing(Field::Bar.size(), |rules, bar| {
            let bar = bar as u16;
            let stuck = || !(0..END).any(|b| within(b) && self.any_step(rules, b));
            match (bar, self.closing) {
                (END.., Closing::ByLength) => false,
                (END.., Closing::OrEnd) => nearly_full,
                (END.., Closing::ByEnd) => second_half || stuck(),
                (END.., Closing::OnceBegun) => self.begun || stuck(),
                _ if within(bar) => self.any_step(rules, bar),
                _ => by_length && (nearly_full || (self.begun && stuck())),
            }
        })
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
        if onset < self.region.0 || onset >= self.region.1 {
            return false;
        }
        let on_grid = self.settings.grid.is_none_or(|g| place.place.is_multiple_of(g.max(1)));
        let voices = self.settings.max_polyphony.is_none_or(|max| self.n_sounding(onset) < max);
        (!rules.contains(&Rule::Grid) || on_grid)
            && (!rules.contains(&Rule::Polyphony) || voices)
            && self.slots.iter().any(|s| self.any_pitch(rules, onset, *s))
    }

    fn n_sounding(&self, onset: u32) -> u32 {
        (self.sounding.iter().filter(|end| **end > onset).count() + self.given.n_sounding(onset)) as u32
    }

    /// Voices, once the onset is chosen.
    pub fn voices(&self, place: &Place) -> Mask {
        let onset = place.bar_start + place.place;
        self.relaxing(Field::Voice.size(), |rules, v| {
            self.slots.contains(&(v as u8)) && self.any_pitch(rules, onset, v as u8)
        })
    }

    fn any_pitch(&self, rules: &[Rule], onset: u32, slot: u8) -> bool {
        (0..128).any(|p| self.pitch_allowed(rules, onset, slot, p))
    }

    /// Pitches, once the voice is chosen.
    pub fn pitches(&self, place: &Place, slot: u8) -> Mask {
        let onset = place.bar_start + place.place;
        self.relaxing(Field::Pitch.size(), |rules, p| self.pitch_allowed(rules, onset, slot, p as u8))
    }

    /// How many pitches each rule by itself takes away of those that could be written there.
    pub fn removed_pitches(&self, place: &Place, slot: u8) -> BTreeMap<Rule, u32> {
        let onset = place.bar_start + place.place;
        let free: Vec<u8> = (0..128).filter(|p| self.pitch_allowed(&[], onset, slot, *p)).collect();
        let removed = |rule: &Rule| free.iter().filter(|p| !self.pitch_allowed(&[*rule], onset, slot, **p)).count();
        let counts = RELAX_ORDER.into_iter().filter(|r| self.on(*r)).map(|r| (r, removed(&r) as u32));
        counts.filter(|(_, n)| *n > 0).collect()
    }

    fn pitch_allowed(&self, rules: &[Rule], onset: u32, voice: u8, pitch: u8) -> bool {
        // Notes of one onset go by slot, and within one from high to low: no note is written twice.
        let after = |(_, slot, last): (u32, u8, u8)| voice > slot || (voice == slot && pitch < last);
        // Nor is one written that is there already, or still sounds.
        if !self.last.filter(|(at, ..)| *at == onset).is_none_or(after) || !self.given.leaves_free(voice, pitch, onset)
        {
            return false;
        }
        let drums = voice >= slot(Role::Drums, 0).0 && voice < slot(Role::Other, 0).0;
        let in_key = drums || self.settings.key.is_none_or(|k| k.pitch_classes()[usize::from(pitch % 12)]);
        let in_range = drums || self.settings.range.is_none_or(|(low, high)| (low..=high).contains(&pitch));
        (!rules.contains(&Rule::Key) || in_key) && (!rules.contains(&Rule::Range) || in_range)
    }

    /// Durations, once the pitch is chosen: none reaches past the region, or into a note of its pitch
    /// that is there.
    pub fn durations(&self, place: &Place, slot: u8, pitch: u8) -> Mask {
        let onset = place.bar_start + place.place;
        let end = self.given.next(slot, pitch, onset).map_or(self.until, |next| next.min(self.until));
        let left = end.saturating_sub(onset).max(1);
        self.relaxing(Field::Duration.size(), |_, d| u32::from(DURATIONS[d]) <= left)
    }
}

//! What an n-gram model looks at before it chooses a field: several viewpoints (Conklin & Witten 1995),
//! each a list of contexts from the shortest to the longest, as hashes. Counts nothing itself.
//!
//! Some viewpoints see whole notes, some only rhythm, one voice or what sounds now. Pitches can be told
//! from the last note or from a running estimate of the tonic: all keys then share their counts.

use super::vocabulary::{DURATIONS, Field, N_SLOTS};
use super::{Event, N_FIELDS};

/// Hashes of the contexts from short to long and, where values are counted from some pitch, that pitch.
pub type Viewpoint = (Vec<u64>, Option<i16>);

/// Notes of memory of the longest context.
const DEPTH: usize = 8;

/// Notes that may sound at once and still be looked at.
const MAX_SOUNDING: usize = 8;

/// What a viewpoint remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Memory {
    /// Every field of the last notes.
    Whole,
    /// Voices, onsets and durations of the last notes.
    Rhythm,
    /// Pitches and durations of the last notes of the same voice.
    Line,
    /// The notes that begin together with this one.
    Chord,
    /// The notes that still sound.
    Sounding,
}

/// What pitches are told from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Absolute,
    LastOfVoice,
    Last,
    Tonic,
}

use Memory::{Chord, Line, Rhythm, Sounding, Whole};
use Origin::{Absolute, Last, LastOfVoice, Tonic};

/// The viewpoints of a field. Chosen on folk tunes and chorales: dropping any of these costs there.
const fn viewpoints_of(field: Field) -> &'static [(Memory, Origin)] {
    match field {
        Field::Bar | Field::Step => &[(Whole, Absolute), (Rhythm, Absolute), (Chord, Absolute), (Sounding, Absolute)],
        Field::Voice => &[(Rhythm, Absolute), (Chord, Absolute), (Sounding, Absolute)],
        Field::Pitch => &[
            (Whole, Absolute),
            (Whole, Last),
            (Line, LastOfVoice),
            (Line, Tonic),
            (Chord, Tonic),
            (Sounding, LastOfVoice),
            (Sounding, Tonic),
        ],
        Field::Duration | Field::Velocity => {
            &[(Whole, Absolute), (Whole, Last), (Rhythm, Absolute), (Line, LastOfVoice), (Sounding, Absolute)]
        }
    }
}

/// For each viewpoint of a field, whether its values are counted from a pitch.
pub fn relative(field: Field) -> Vec<bool> {
    viewpoints_of(field).iter().map(|(_, origin)| field == Field::Pitch && *origin != Absolute).collect()
}

/// The notes of a piece so far.
#[derive(Clone, Debug)]
pub struct History {
    events: Vec<Event>,
    /// The note of the same voice before each one.
    before_in_voice: Vec<Option<usize>>,
    last_of_voice: [Option<usize>; N_SLOTS],
    /// The first of the notes that begin together with the last one.
    chord: usize,
    first_meter: u8,
    /// Steps that each pitch class has sounded.
    pitch_classes: [f32; 12],
    tonic: i16,
}

impl History {
    /// Nothing yet; `first_meter` is the kind of the first bar.
    pub fn new(first_meter: u8) -> Self {
        Self {
            events: Vec::new(),
            before_in_voice: Vec::new(),
            last_of_voice: [None; N_SLOTS],
            chord: 0,
            first_meter,
            pitch_classes: [0.0; 12],
            tonic: 0,
        }
    }

    /// Takes in a note (END is never followed by anything).
    pub fn push(&mut self, event: &Event) {
        let index = self.events.len();
        let voice = voice_of(event);
        self.before_in_voice.push(self.last_of_voice[voice]);
        self.last_of_voice[voice] = Some(index);
        if index == 0 || moves_on(event) {
            self.chord = index;
        }
        self.pitch_classes[usize::from(event.fields[Field::Pitch as usize]) % 12] += duration(event) as f32;
        self.tonic = tonic(&self.pitch_classes);
        self.events.push(*event);
    }

    /// The viewpoints of a field of the next event, of which the fields before it are chosen; its onset
    /// and place are looked at once the step is chosen.
    pub fn viewpoints(&self, next: &Event, field: Field) -> Vec<Viewpoint> {
        let of = |&(memory, origin)| {
            let from = self.origin(next, field, origin);
            let hashes = Contexts { history: self, next, field, memory, from }.hashes(origin == Absolute);
            (hashes, (field == Field::Pitch && origin != Absolute).then_some(from))
        };
        viewpoints_of(field).iter().map(of).collect()
    }

    fn origin(&self, next: &Event, field: Field, origin: Origin) -> i16 {
        /// Where there is no note yet.
        const MIDDLE_C: i16 = 60;
        let pitch = |i: usize| self.events[i].fields[Field::Pitch as usize] as i16;
        match origin {
            Absolute => 0,
            Last => self.events.len().checked_sub(1).map_or(MIDDLE_C, pitch),
            LastOfVoice => self.last_in_line(next, field).map_or(MIDDLE_C, pitch),
            Tonic => MIDDLE_C + self.tonic,
        }
    }

    /// The last note of the voice, once that is chosen; before, the last of all.
    fn last_in_line(&self, next: &Event, field: Field) -> Option<usize> {
        if field > Field::Voice { self.last_of_voice[voice_of(next)] } else { self.events.len().checked_sub(1) }
    }
}

/// Whether a note begins later than the one before it.
fn moves_on(event: &Event) -> bool {
    event.fields[Field::Bar as usize] > 0 || event.fields[Field::Step as usize] > 0
}

fn voice_of(event: &Event) -> usize {
    usize::from(event.fields[Field::Voice as usize]).min(N_SLOTS - 1)
}

fn duration(event: &Event) -> u32 {
    u32::from(DURATIONS[usize::from(event.fields[Field::Duration as usize]).min(DURATIONS.len() - 1)])
}

/// The pitch class that fits best as tonic of a major scale, by the profile of Krumhansl & Kessler (1982).
fn tonic(sounded: &[f32; 12]) -> i16 {
    const MAJOR: [f32; 12] = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88];
    let fit = |tonic: usize| (0..12).map(|i| sounded[(tonic + i) % 12] * MAJOR[i]).sum::<f32>();
    let mut best = (0, fit(0));
    for tonic in 1..12 {
        let fit = fit(tonic);
        if fit > best.1 {
            best = (tonic, fit);
        }
    }
    best.0 as i16
}

/// The contexts of one field under one viewpoint, being put together.
struct Contexts<'a> {
    history: &'a History,
    next: &'a Event,
    field: Field,
    memory: Memory,
    from: i16,
}

impl Contexts<'_> {
    fn hashes(&self, absolute: bool) -> Vec<u64> {
        let mut out = Chain { hash: mix(1, self.field as u64), all: Vec::with_capacity(DEPTH + 5) };
        out.end();
        self.present(&mut out, absolute);
        match self.memory {
            Whole | Rhythm => {
                for e in self.history.events.iter().rev().take(DEPTH) {
                    self.note(&mut out, e);
                    out.end();
                }
            }
            Line => {
                let mut at = self.history.last_in_line(self.next, self.field);
                for _ in 0..DEPTH {
                    let Some(i) = at else { break };
                    self.note(&mut out, &self.history.events[i]);
                    out.end();
                    at = self.history.before_in_voice[i];
                }
            }
            Chord => self.chord(&mut out),
            Sounding => self.sounding(&mut out),
        }
        out.all
    }

    /// What is known of the event itself and of the moment.
    fn present(&self, out: &mut Chain, absolute: bool) {
        let (h, e) = (self.history, self.next);
        let last = h.events.last();
        out.add(last.map_or(h.first_meter, |l| l.meter).into());
        match self.field {
            Field::Bar | Field::Step => {
                if self.field == Field::Step {
                    out.add(e.fields[Field::Bar as usize].into());
                }
                out.add(last.map_or(999, |l| l.place.into()));
                out.end();
                if let Some(last) = last {
                    out.add((h.events.len() - h.chord) as u64);
                    out.add(last.fields[Field::Duration as usize].into());
                    out.add(last.fields[Field::Voice as usize].into());
                    out.end();
                }
            }
            Field::Voice => {
                out.add(moves_on(e).into());
                out.add(last.map_or(999, |l| l.fields[Field::Voice as usize].into()));
                out.end();
                out.add(e.place.into());
                out.end();
            }
            Field::Pitch | Field::Duration | Field::Velocity => {
                out.add(e.fields[Field::Voice as usize].into());
                out.end();
                out.add(e.place.into());
                out.end();
                if self.memory == Chord || (self.field > Field::Pitch && !absolute) {
                    out.add(self.together().len() as u64);
                    if self.field > Field::Pitch {
                        out.add(self.pitch(e));
                    }
                    out.end();
                }
            }
        }
    }

    /// The notes before that begin together with the next one.
    fn together(&self) -> &[Event] {
        if self.field > Field::Step && moves_on(self.next) { &[] } else { &self.history.events[self.history.chord..] }
    }

    fn chord(&self, out: &mut Chain) {
        for e in self.together().iter().rev() {
            self.note(out, e);
            out.end();
        }
        if let Some(i) = self.history.last_in_line(self.next, self.field).filter(|_| self.field > Field::Voice) {
            self.note(out, &self.history.events[i]);
            out.end();
        }
    }

    /// What sounds: for onsets and durations how long each note still goes on, for voices which are
    /// busy, for pitches which they are.
    fn sounding(&self, out: &mut Chain) {
        let h = self.history;
        let known = self.field > Field::Step;
        let now = if known { self.next.onset } else { h.events.last().map_or(0, |e| e.onset) };
        let mut notes: Vec<(u32, u64, u64)> = Vec::new();
        for (voice, last) in h.last_of_voice.iter().enumerate() {
            let Some(e) = last.map(|i| &h.events[i]) else { continue };
            let end = e.onset + duration(e);
            // One that ends just now is of interest while onset or voice are still to be chosen.
            if end > now || (end == now && self.field <= Field::Voice) {
                notes.push((end - now, voice as u64, self.pitch(e)));
            }
        }
        notes.truncate(MAX_SOUNDING);
        match self.field {
            Field::Bar | Field::Step => {
                notes.sort_unstable();
                notes.truncate(4);
                notes.iter().for_each(|(left, ..)| out.step(u64::from(*left)));
            }
            Field::Voice => {
                notes.iter().for_each(|(left, voice, _)| out.add(u64::from(*left > 0) | voice << 8));
                out.end();
            }
            Field::Pitch => {
                if let Some(i) = h.last_in_line(self.next, self.field) {
                    out.step(self.pitch(&h.events[i]));
                }
                notes.iter().rev().for_each(|(_, voice, pitch)| out.step(pitch | voice << 16));
            }
            Field::Duration | Field::Velocity => {
                notes.sort_unstable_by(|a, b| b.cmp(a));
                notes.truncate(4);
                out.step(self.together().last().map_or(0, |e| u64::from(e.fields[Field::Duration as usize]) + 1));
                notes.iter().for_each(|(left, ..)| out.step(u64::from(*left)));
            }
        }
    }

    /// A note of the past, as far as this viewpoint remembers it.
    fn note(&self, out: &mut Chain, e: &Event) {
        let [bar, step, voice, _, duration, _]: [u64; N_FIELDS] = e.fields.map(u64::from);
        let pitch = self.pitch(e);
        match self.memory {
            Whole | Rhythm => {
                out.add(bar << 16 | step);
                out.add(voice << 16 | duration);
                if self.memory == Whole {
                    out.add(pitch);
                }
            }
            Line => {
                out.add(pitch);
                out.add(duration);
            }
            Chord | Sounding => out.add(pitch | voice << 16),
        }
    }

    fn pitch(&self, e: &Event) -> u64 {
        // Never negative: both are MIDI pitches, or a tonic near the middle.
        (e.fields[Field::Pitch as usize] as i16 - self.from + 200) as u64
    }
}

/// A growing context and the hashes of those that ended on the way.
struct Chain {
    hash: u64,
    all: Vec<u64>,
}

impl Chain {
    fn add(&mut self, value: u64) {
        self.hash = mix(self.hash, value);
    }

    fn end(&mut self) {
        self.all.push(self.hash);
    }

    fn step(&mut self, value: u64) {
        self.add(value);
        self.end();
    }
}

/// Part of model files: a change makes them meaningless.
fn mix(hash: u64, value: u64) -> u64 {
    let x = (hash ^ value.wrapping_add(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::encode;
    use crate::music::{text, transform::transposed};

    fn contexts(lift: i8) -> Vec<Viewpoint> {
        let score = text::parse("melody | 0 24 c4 | 24 24 e4 | 48 24 g4 | 72 24 e4\nbass | 0 96 c3").expect("valid");
        let events = encode(&transposed(&score, lift).expect("in range")).events;
        let mut history = History::new(1);
        events[..4].iter().for_each(|e| history.push(e));
        history.viewpoints(&events[4], Field::Pitch)
    }

    #[test]
    fn relative_viewpoints_are_the_same_in_every_key_and_absolute_ones_are_not() {
        let (here, there) = (contexts(0), contexts(5));
        for (a, b) in here.iter().zip(&there) {
            match (a.1, b.1) {
                (Some(from), Some(lifted)) => {
                    assert_eq!(a.0, b.0);
                    assert!((from - lifted).rem_euclid(12) == 7, "{from} {lifted}");
                }
                _ => assert_ne!(a.0, b.0),
            }
        }
        assert_eq!(here.iter().map(|v| v.1.is_some()).collect::<Vec<_>>(), relative(Field::Pitch));
    }

    #[test]
    fn fields_that_are_not_chosen_yet_are_not_looked_at() {
        let score = text::parse("melody | 0 24 c4 | 24 24 e4 | 48 24 g4\nbass | 0 96 c3").expect("valid");
        let events = encode(&score).events;
        let mut history = History::new(1);
        events[..2].iter().for_each(|e| history.push(e));
        for field in Field::ALL {
            let mut other = events[2];
            other.fields[field as usize..].iter_mut().for_each(|f| *f = (*f + 1) % 16);
            if field <= Field::Step {
                (other.onset, other.place) = (other.onset + 6, other.place + 6);
            }
            other.meter = 3;
            assert_eq!(history.viewpoints(&events[2], field), history.viewpoints(&other, field), "{field:?}");
        }
    }
}

//! The whole piece: voices over a tempo map and a meter map.
//!
//! What the model does not use (controllers, bends, lyrics) is kept here and written back.

use super::changes::{self, Change};
use super::chord_track::ChordTrack;
use super::key::Key;
use super::note::{Note, NoteId};
use super::time::{Meter, MeterMap, TempoMap, Tick};
use serde::{Deserialize, Serialize};

/// What a voice does in the music.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Melody,
    Inner,
    Chords,
    Bass,
    Drums,
    #[default]
    Other,
}

impl Role {
    pub const ALL: [Role; 6] = [Role::Melody, Role::Inner, Role::Chords, Role::Bass, Role::Drums, Role::Other];
}

/// A message of a voice that is not a note. Values are MIDI's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiceEventKind {
    /// A later change of instrument (the first one is [`Voice::program`]).
    Program(u8),
    Controller {
        number: u8,
        value: u8,
    },
    /// −8192…8191.
    PitchBend(i16),
    ChannelPressure(u8),
    KeyPressure {
        pitch: u8,
        pressure: u8,
    },
    Lyric(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoiceEvent {
    pub tick: Tick,
    pub kind: VoiceEventKind,
}

/// One line of the score. `notes` are sorted by [`Note::order`], `events` by tick.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    pub name: String,
    pub role: Role,
    /// General MIDI program, 0–127. Of no meaning where the role is [`Role::Drums`].
    pub program: u8,
    pub notes: Vec<Note>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<VoiceEvent>,
    /// Which colour it is shown in, by number; `None` is the one of its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<u8>,
    /// Its notes are not to be changed, by nobody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
}

impl Voice {
    pub fn new(name: impl Into<String>, role: Role, program: u8) -> Self {
        Self { name: name.into(), role, program: program.min(127), ..Self::default() }
    }

    /// Restores the order of `notes` and `events` after a change.
    pub fn sort(&mut self) {
        self.notes.sort_by_key(Note::order);
        self.events.sort_by_key(|e| e.tick);
    }

    /// Notes that sound anywhere in `from..to`, by scanning; fine for one voice of a piece.
    pub fn sounding(&self, from: Tick, to: Tick) -> impl Iterator<Item = &Note> {
        self.notes.iter().take_while(move |n| n.start < to).filter(move |n| n.end() > from)
    }
}

/// A key signature from `tick` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyChange {
    pub tick: Tick,
    pub key: Key,
}

impl Change for KeyChange {
    fn tick(&self) -> Tick {
        self.tick
    }
}

/// A word at a place: "Verse", "Coda".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    pub tick: Tick,
    pub text: String,
}

impl Change for Marker {
    fn tick(&self) -> Tick {
        self.tick
    }
}

/// A piece. Every note lies at or after tick 0 and ends at or before `end`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Score {
    pub title: String,
    /// Ticks a quarter note, 1–32767.
    pub ppq: u32,
    pub tempos: TempoMap,
    pub meters: MeterMap,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyChange>,
    /// Sorted by tick, at most one a tick.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markers: Vec<Marker>,
    #[serde(default, skip_serializing_if = "ChordTrack::is_empty")]
    pub chords: ChordTrack,
    pub voices: Vec<Voice>,
    /// Where the piece ends: the last note's end or later (a rest may close a piece).
    pub end: Tick,
    pub(super) next_id: u32,
}

/// Equal as music: identities of notes do not take part.
impl PartialEq for Score {
    fn eq(&self, o: &Self) -> bool {
        (&self.title, self.ppq, &self.tempos, &self.meters, &self.keys, &self.markers, &self.chords, self.end)
            == (&o.title, o.ppq, &o.tempos, &o.meters, &o.keys, &o.markers, &o.chords, o.end)
            && self.voices == o.voices
    }
}

impl Default for Score {
    fn default() -> Self {
        Self::new(480)
    }
}

impl Score {
    /// An empty piece with no voice, 4/4 at 120.
    pub fn new(ppq: u32) -> Self {
        Self {
            title: String::new(),
            ppq: ppq.clamp(1, 32_767),
            tempos: TempoMap::default(),
            meters: MeterMap::default(),
            keys: Vec::new(),
            markers: Vec::new(),
            chords: ChordTrack::default(),
            voices: Vec::new(),
            end: 0,
            next_id: 1,
        }
    }

    /// Adds a note to a voice, gives it a fresh identity, keeps the order, moves `end` if it must.
    pub fn insert(&mut self, voice: usize, note: Note) -> NoteId {
        let id = self.fresh_id();
        let note = Note { id, start: note.start.max(0), duration: note.duration.max(1), ..note };
        self.end = self.end.max(note.end());
        let notes = &mut self.voices[voice].notes;
        notes.insert(notes.partition_point(|n| n.order() <= note.order()), note);
        id
    }

    /// Adds a whole voice: notes get fresh identities and are sorted, `end` moves if it must.
    pub fn push_voice(&mut self, mut voice: Voice) -> usize {
        for n in &mut voice.notes {
            n.id = self.fresh_id();
            self.end = self.end.max(n.end());
        }
        voice.sort();
        self.voices.push(voice);
        self.voices.len() - 1
    }

    /// An identity that no note of this score has had.
    pub fn fresh_id(&mut self) -> NoteId {
        let id = NoteId(self.next_id);
        self.next_id += 1;
        id
    }

    pub fn n_notes(&self) -> usize {
        self.voices.iter().map(|v| v.notes.len()).sum()
    }

    /// Every note with the index of its voice, voice by voice.
    pub fn notes(&self) -> impl Iterator<Item = (usize, &Note)> {
        self.voices.iter().enumerate().flat_map(|(i, v)| v.notes.iter().map(move |n| (i, n)))
    }

    /// The end of the last note, 0 where there is none.
    pub fn last_note_end(&self) -> Tick {
        self.notes().map(|(_, n)| n.end()).max().unwrap_or(0)
    }

    pub fn seconds(&self) -> f64 {
        self.tempos.secs_from_tick(self.end, self.ppq)
    }

    pub fn n_bars(&self) -> i64 {
        self.meters.n_bars(self.end, self.ppq)
    }

    /// The key signature in force at `tick`.
    pub fn key_at(&self, tick: Tick) -> Option<Key> {
        changes::in_force(&self.keys, tick).map(|c| c.key)
    }

    /// From `tick` on this key is signed, until the next change.
    pub fn set_key(&mut self, tick: Tick, key: Key) {
        changes::set(&mut self.keys, KeyChange { tick: tick.max(0), key });
    }

    /// Takes out the key change at exactly `tick`.
    pub fn remove_key(&mut self, tick: Tick) -> Option<KeyChange> {
        changes::remove(&mut self.keys, tick)
    }

    pub fn set_marker(&mut self, tick: Tick, text: String) {
        changes::set(&mut self.markers, Marker { tick: tick.max(0), text });
    }

    /// Takes out the marker at exactly `tick`.
    pub fn remove_marker(&mut self, tick: Tick) -> Option<Marker> {
        changes::remove(&mut self.markers, tick)
    }

    /// The meter at the start.
    pub fn first_meter(&self) -> Meter {
        self.meters.meter_at(0)
    }
}

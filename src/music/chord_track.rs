//! The chords of a piece as it says them itself: what the generator is to keep to.
//!
//! What the notes sound like is another matter: see [`super::chord_detect`].

use super::changes::{self, Change};
use super::chord::Chord;
use super::time::Tick;
use serde::{Deserialize, Serialize};

/// From `tick` on this chord holds; `None` says that none does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChordChange {
    pub tick: Tick,
    pub chord: Option<Chord>,
}

impl Change for ChordChange {
    fn tick(&self) -> Tick {
        self.tick
    }
}

/// Every chord change, sorted by tick, at most one a tick. Before the first nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChordTrack {
    changes: Vec<ChordChange>,
}

impl ChordTrack {
    pub fn changes(&self) -> &[ChordChange] {
        &self.changes
    }

    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// From `tick` on `chord` holds. Negative ticks count as 0.
    pub fn set(&mut self, tick: Tick, chord: Option<Chord>) {
        changes::set(&mut self.changes, ChordChange { tick: tick.max(0), chord });
    }

    /// Takes out the change at exactly `tick`.
    pub fn remove(&mut self, tick: Tick) -> Option<ChordChange> {
        changes::remove(&mut self.changes, tick)
    }

    /// The chord that holds at `tick`.
    pub fn at(&self, tick: Tick) -> Option<Chord> {
        changes::in_force(&self.changes, tick).and_then(|c| c.chord)
    }
}

impl FromIterator<ChordChange> for ChordTrack {
    fn from_iter<I: IntoIterator<Item = ChordChange>>(list: I) -> Self {
        let mut track = Self::default();
        for change in list {
            track.set(change.tick, change.chord);
        }
        track
    }
}

//! Edits of what stands over the notes: tempo, meter, key, markers, chords. Each holds from its tick on.

use super::edit::EditError;
use crate::music::time::micros_from_qpm;
use crate::music::{Chord, ChordTrack, Key, Meter, Score, Tick};
use std::ops::RangeInclusive;

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    Tempo,
    Meter,
    Key,
    Markers,
    Chords,
}

impl Lane {
    pub const ALL: [Lane; 5] = [Lane::Markers, Lane::Chords, Lane::Key, Lane::Meter, Lane::Tempo];
}

/// What an entry of a lane says.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Quarter notes a minute.
    Tempo(f64),
    Meter(Meter),
    Key(Key),
    Marker(String),
    /// `None` says that no chord holds.
    Chord(Option<Chord>),
}

impl Mark {
    pub fn lane(&self) -> Lane {
        match self {
            Mark::Tempo(_) => Lane::Tempo,
            Mark::Meter(_) => Lane::Meter,
            Mark::Key(_) => Lane::Key,
            Mark::Marker(_) => Lane::Markers,
            Mark::Chord(_) => Lane::Chords,
        }
    }
}

/// An edit of a lane. Where there is nothing at the tick named, nothing happens.
#[derive(Clone, Debug, PartialEq)]
pub enum LaneEdit {
    Set {
        tick: Tick,
        mark: Mark,
    },
    Remove {
        lane: Lane,
        tick: Tick,
    },
    /// What stands at the new tick gives way.
    Move {
        lane: Lane,
        from: Tick,
        to: Tick,
    },
    /// A tempo with another value at another place, in one: what a drag does. Where no change stood at
    /// `from`, one comes to be. In quarter notes a minute.
    DragTempo {
        from: Tick,
        to: Tick,
        qpm: f64,
    },
    /// The whole chord track anew: what the notes sound like, say.
    SetChords(ChordTrack),
}

impl LaneEdit {
    pub(super) fn label(&self) -> &'static str {
        let names = |lane: Lane, names: [&'static str; 5]| match lane {
            Lane::Tempo => names[0],
            Lane::Meter => names[1],
            Lane::Key => names[2],
            Lane::Markers => names[3],
            Lane::Chords => names[4],
        };
        match self {
            LaneEdit::Set { mark, .. } => {
                names(mark.lane(), ["Set tempo", "Set meter", "Set key", "Set marker", "Set chord"])
            }
            LaneEdit::Remove { lane, .. } => {
                names(*lane, ["Remove tempo", "Remove meter", "Remove key", "Remove marker", "Remove chord"])
            }
            LaneEdit::Move { lane, .. } => {
                names(*lane, ["Move tempo", "Move meter", "Move key", "Move marker", "Move chord"])
            }
            LaneEdit::DragTempo { .. } => "Set tempo",
            LaneEdit::SetChords(_) => "Set chords",
        }
    }
}

/// What a lane says at exactly `tick`.
pub fn mark_at(score: &Score, lane: Lane, tick: Tick) -> Option<Mark> {
    match lane {
        Lane::Tempo => {
            score.tempos.changes().iter().find(|c| c.tick == tick).map(|_| Mark::Tempo(score.tempos.qpm_at(tick)))
        }
        Lane::Meter => score.meters.changes().iter().find(|c| c.tick == tick).map(|c| Mark::Meter(c.meter)),
        Lane::Key => score.keys.iter().find(|c| c.tick == tick).map(|c| Mark::Key(c.key)),
        Lane::Markers => score.markers.iter().find(|c| c.tick == tick).map(|c| Mark::Marker(c.text.clone())),
        Lane::Chords => score.chords.changes().iter().find(|c| c.tick == tick).map(|c| Mark::Chord(c.chord)),
    }
}

pub(super) fn apply(score: &mut Score, edit: LaneEdit) -> Result<(), EditError> {
    match edit {
        LaneEdit::Set { tick, mark } => set(score, tick, mark)?,
        LaneEdit::Remove { lane, tick } => remove(score, lane, tick),
        LaneEdit::Move { lane, from, to } => {
            // A tempo comes back as the microseconds it was: its number of quarters is rounded for no one.
            if lane == Lane::Tempo {
                if let Some(change) = score.tempos.remove(from) {
                    score.tempos.set(to, change.micros_per_quarter);
                }
            } else if let Some(mark) = mark_at(score, lane, from) {
                remove(score, lane, from);
                set(score, to, mark)?;
            }
        }
        LaneEdit::DragTempo { from, to, qpm } => {
            check_tempo(qpm)?;
            score.tempos.remove(from);
            score.tempos.set(to, micros_from_qpm(qpm));
        }
        LaneEdit::SetChords(track) => score.chords = track,
    }
    Ok(())
}

/// What a tempo may be, in quarter notes a minute.
pub const QPM: RangeInclusive<f64> = 4.0..=999.0;

pub(super) fn check_tempo(qpm: f64) -> Result<(), EditError> {
    if QPM.contains(&qpm) { Ok(()) } else { Err(EditError::Tempo(format!("{qpm}"))) }
}

fn set(score: &mut Score, tick: Tick, mark: Mark) -> Result<(), EditError> {
    match mark {
        Mark::Tempo(qpm) => {
            check_tempo(qpm)?;
            score.tempos.set(tick, micros_from_qpm(qpm));
        }
        Mark::Meter(meter) => score.meters.set(tick, meter),
        Mark::Key(key) => score.set_key(tick, key),
        Mark::Marker(text) => score.set_marker(tick, text),
        Mark::Chord(chord) => set_chord(score, tick, chord),
    }
    Ok(())
}

/// A chord set where none holds ends with its bar, unless another begins before that.
fn set_chord(score: &mut Score, tick: Tick, chord: Option<Chord>) {
    let bar = score.meters.position(tick, score.ppq);
    let end = bar.bar_start + bar.bar_len;
    let follows = score.chords.changes().iter().any(|c| c.tick > tick && c.tick <= end);
    if chord.is_some() && score.chords.at(tick).is_none() && !follows {
        score.chords.set(end, None);
    }
    score.chords.set(tick, chord);
    // An end of nothing says nothing.
    let mut holds = false;
    let changes = score.chords.changes().iter().copied();
    let kept = changes.filter(|c| std::mem::replace(&mut holds, c.chord.is_some()) || c.chord.is_some()).collect();
    score.chords = kept;
}

fn remove(score: &mut Score, lane: Lane, tick: Tick) {
    match lane {
        Lane::Tempo => drop(score.tempos.remove(tick)),
        Lane::Meter => drop(score.meters.remove(tick)),
        Lane::Key => drop(score.remove_key(tick)),
        Lane::Markers => drop(score.remove_marker(tick)),
        // What held before ended here: it does not go on because its successor has gone.
        Lane::Chords if score.chords.changes().iter().any(|c| c.tick == tick) => set_chord(score, tick, None),
        Lane::Chords => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Mode;
    use crate::project::{Edit, Project};

    #[test]
    fn a_chord_ends_with_its_bar_or_where_the_next_begins() {
        let mut project = Project::default();
        let mut set = |tick: Tick, chord: &str| {
            let mark = Mark::Chord(Chord::parse(chord));
            project.apply(Edit::Lane(LaneEdit::Set { tick, mark })).expect("applies");
            let said = project.score().chords.changes().iter().map(|c| (c.tick, c.chord.map(|c| c.to_string())));
            said.map(|(t, c)| format!("{t} {}", c.unwrap_or("–".into()))).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(set(480, "C"), "480 C, 1920 –");
        assert_eq!(set(1920, "F"), "480 C, 1920 F, 3840 –");
        assert_eq!(set(960, "Am"), "480 C, 960 Am, 1920 F, 3840 –");
        assert_eq!(set(1920, ""), "480 C, 960 Am, 1920 –");
        assert_eq!(set(480, ""), "960 Am, 1920 –");
    }

    #[test]
    fn every_lane_is_set_moved_removed_and_undone() {
        let mut project = Project::default();
        let first = project.score().clone();
        let marks = [
            Mark::Tempo(61.7),
            Mark::Meter(Meter { numerator: 7, denominator: 8 }),
            Mark::Key(Key::new(3, Mode::Minor)),
            Mark::Marker("Verse".into()),
            Mark::Chord(Chord::parse("F♯ø7/C")),
        ];
        for mark in marks {
            let lane = mark.lane();
            project.apply(Edit::Lane(LaneEdit::Set { tick: 960, mark: mark.clone() })).expect("applies");
            let set = mark_at(project.score(), lane, 960);
            assert!(set.is_some());
            project.apply(Edit::Lane(LaneEdit::Move { lane, from: 960, to: 1920 })).expect("applies");
            assert_eq!((mark_at(project.score(), lane, 960), mark_at(project.score(), lane, 1920)), (None, set));
            project.apply(Edit::Lane(LaneEdit::Remove { lane, tick: 1920 })).expect("applies");
            assert_eq!(**project.score(), *first, "{lane:?}");
        }
        assert_eq!(project.history().n_undo(), 15);
        project.apply(Edit::Lane(LaneEdit::DragTempo { from: 0, to: 480, qpm: 90.0 })).expect("applies");
        project.apply(Edit::Lane(LaneEdit::DragTempo { from: 480, to: 960, qpm: 91.6 })).expect("applies");
        assert_eq!((project.score().tempos.changes().len(), project.score().tempos.qpm_at(960).round()), (1, 92.0));
        let refused = project.apply(Edit::Lane(LaneEdit::DragTempo { from: 960, to: 960, qpm: 1e4 }));
        assert!(matches!(refused, Err(EditError::Tempo(_))));
        assert_eq!(project.history().n_undo(), 17);
        let refused = project.apply(Edit::Lane(LaneEdit::Set { tick: 0, mark: Mark::Tempo(2.0) }));
        assert!(matches!(refused, Err(EditError::Tempo(_))));
    }
}

//! Whole-score changes that are pure functions: transpose, cut, change of resolution.

use super::note::{Note, NoteId};
use super::score::{Role, Score, Voice};
use super::time::Tick;
use std::collections::HashSet;

/// Moves every pitched voice by `semitones`. `None` where a note would leave 0–127: all or none.
pub fn transposed(score: &Score, semitones: i8) -> Option<Score> {
    let mut out = score.clone();
    for voice in out.voices.iter_mut().filter(|v| v.role != Role::Drums) {
        for n in &mut voice.notes {
            n.pitch = u8::try_from(i16::from(n.pitch) + i16::from(semitones)).ok().filter(|p| *p < 128)?;
        }
        voice.sort();
    }
    let chord = |c: &super::ChordChange| super::ChordChange { chord: c.chord.map(|c| c.transposed(semitones)), ..*c };
    out.chords = score.chords.changes().iter().map(chord).collect();
    Some(out)
}

/// The part `from..to` as a score of its own: notes that start there, cut off at `to`; tempo, meter
/// and key as they stand at `from` and change after it. Identities are kept.
pub fn slice(score: &Score, from: Tick, to: Tick) -> Score {
    let mut out = Score { voices: Vec::new(), keys: Vec::new(), ..score.clone() };
    let shift = |tick: Tick| tick - from;
    out.tempos = Default::default();
    out.tempos.set(0, score.tempos.micros_at(from));
    for c in score.tempos.changes().iter().filter(|c| c.tick > from && c.tick < to) {
        out.tempos.set(shift(c.tick), c.micros_per_quarter);
    }
    out.meters = Default::default();
    out.meters.set(0, score.meters.meter_at(from));
    for c in score.meters.changes().iter().filter(|c| c.tick > from && c.tick < to) {
        out.meters.set(shift(c.tick), c.meter);
    }
    if let Some(k) = score.keys.iter().rev().find(|k| k.tick <= from) {
        out.keys.push(super::KeyChange { tick: 0, key: k.key });
    }
    out.keys.extend(
        score
            .keys
            .iter()
            .filter(|k| k.tick > from && k.tick < to)
            .map(|k| super::KeyChange { tick: shift(k.tick), key: k.key }),
    );
    let inside = |tick: Tick| tick >= from && tick < to;
    out.markers.retain(|m| inside(m.tick));
    out.markers.iter_mut().for_each(|m| m.tick = shift(m.tick));
    out.chords = score.chords.changes().iter().filter(|c| inside(c.tick)).map(|c| moved(c, shift(c.tick))).collect();
    if let Some(chord) = score.chords.at(from) {
        out.chords.set(0, Some(chord));
    }
    for voice in &score.voices {
        let notes = voice.notes.iter().filter(|n| n.start >= from && n.start < to);
        let notes =
            notes.map(|n| Note { start: shift(n.start), duration: n.duration.min(to - n.start), ..*n }).collect();
        let events = voice.events.iter().filter(|e| e.tick >= from && e.tick < to).cloned();
        let events = events.map(|e| super::VoiceEvent { tick: shift(e.tick), ..e }).collect();
        out.voices.push(Voice { notes, events, ..voice.clone() });
    }
    out.end = (to - from).max(0);
    out
}

fn moved(change: &super::ChordChange, tick: Tick) -> super::ChordChange {
    super::ChordChange { tick, ..*change }
}

/// The notes of `ids` alone, from the bar in which the first begins to where the last ends; voices without
/// any of them are left out. `None` where the score holds none.
pub fn picked(score: &Score, ids: &HashSet<NoteId>) -> Option<Score> {
    let notes = || score.notes().map(|(_, n)| n).filter(|n| ids.contains(&n.id));
    let first = notes().map(|n| n.start).min()?;
    let last = notes().map(Note::end).max()?;
    let from = score.meters.position(first, score.ppq).bar_start;
    let mut out = slice(score, from, last);
    for voice in &mut out.voices {
        voice.notes.retain(|n| ids.contains(&n.id));
    }
    out.voices.retain(|v| !v.notes.is_empty());
    Some(out)
}

/// `tick` of a score with `from_ppq` ticks a quarter, in ticks of `to_ppq`, rounded to the nearest.
pub fn rescaled(tick: Tick, from_ppq: u32, to_ppq: u32) -> Tick {
    let (from, to) = (Tick::from(from_ppq.max(1)), Tick::from(to_ppq));
    (tick * to + from / 2).div_euclid(from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    #[test]
    fn transposing_is_all_or_none() {
        let score = text::parse("melody | 0 24 c4 | 24 24 g9").expect("valid");
        assert!(transposed(&score, 1).is_none());
        let down = transposed(&score, -1).expect("fits");
        assert_eq!(transposed(&down, 1), Some(score));
    }

    #[test]
    fn a_slice_starts_at_zero_and_is_cut_at_its_end() {
        let score = text::parse("melody | 0 24 c4 | 24 48 d4 | 96 24 e4").expect("valid");
        let cut = slice(&score, 24, 48);
        assert_eq!(text::print(&cut), "melody | 0 24 D4\n");
        assert_eq!(cut.end, 24);
    }

    #[test]
    fn chords_and_markers_go_with_the_notes() {
        let mut score = text::parse("melody | 0 24 c4 | 24 48 d4 | 96 24 e4").expect("valid");
        let chord = crate::music::Chord::parse("Dm7").expect("a chord");
        score.chords.set(12, Some(chord));
        score.set_marker(48, "B".into());
        let cut = slice(&score, 24, 96);
        assert_eq!((cut.chords.at(0), cut.markers[0].tick), (Some(chord), 24));
        let up = transposed(&score, 2).expect("fits");
        assert_eq!(up.chords.at(12).map(|c| c.to_string()), Some("Em7".into()));
    }

    #[test]
    fn picked_notes_start_at_their_bar_and_silent_voices_go() {
        let score = text::parse("melody | 0 24 c4 | 108 24 d4 | 120 48 e4\nbass | 96 96 c2").expect("valid");
        let ids = score.voices[0].notes[1..].iter().map(|n| n.id).collect();
        let part = picked(&score, &ids).expect("two notes");
        assert_eq!(text::print(&part), "melody | 12 24 D4 | 24 48 E4\n");
        assert_eq!(part.end, 72);
        assert_eq!(picked(&score, &HashSet::new()), None);
    }

    #[test]
    fn rescaling_rounds_to_the_nearest() {
        assert_eq!(rescaled(479, 480, 24), 24);
        assert_eq!(rescaled(10, 480, 24), 1);
        assert_eq!(rescaled(9, 480, 24), 0);
    }
}

//! What each edit does to a score. Pure: no history, no file.

use super::edit::{Edit, EditError, VoiceChange};
use super::{lanes, overlap, range, tool};
use crate::music::mix;
use crate::music::time::micros_from_qpm;
use crate::music::{KeyChange, Note, NoteId, Score, Tick};
use std::collections::{HashMap, HashSet};

/// What an edit did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Notes that the edit made, to be selected, say.
    pub ids: Vec<NoteId>,
    /// Whether the music is other than it was.
    pub changed: bool,
}

pub(super) fn apply(score: &mut Score, edit: Edit) -> Result<Applied, EditError> {
    let end_was_last_note = score.end == score.last_note_end();
    let mut ids = Vec::new();
    match edit {
        Edit::AddNotes { voice, notes } => ids = add(score, voice, notes)?,
        Edit::CopyNotes { ids: of, ticks, semitones } => ids = copy(score, &of, ticks, semitones)?,
        Edit::MoveNotes { ids, ticks, semitones } => shift(score, &ids, ticks, semitones)?,
        Edit::SetPitches(pitches) => set_pitches(score, pitches)?,
        Edit::ResizeNotes { ids, start, end } => change(score, &ids, |n| resize(n, start, end)),
        Edit::DeleteNotes(ids) => delete(score, &ids),
        Edit::SetVelocity(values) => set_velocity(score, values),
        Edit::UseTool { ids: of, tool } => ids = tool::apply(score, &of, &tool)?,
        Edit::Import { at, with } => ids = import(score, at, &with),
        Edit::ReplaceRange { from, to, with } => ids = replace_range(score, from, to, &with),
        Edit::Regenerate { note, pitch, remove, with } => {
            delete(score, &remove);
            set_pitches(score, vec![(note, pitch)])?;
            let new = range::replace(score, 0, 0, &with);
            ids = mended(score, new);
        }
        Edit::AddVoice(voice) => {
            score.push_voice(voice);
        }
        Edit::RemoveVoice(voice) => {
            check_voice(score, voice)?;
            score.voices.remove(voice);
        }
        Edit::MoveVoice { from, to } => {
            check_voice(score, from)?;
            check_voice(score, to)?;
            let voice = score.voices.remove(from);
            score.voices.insert(to, voice);
        }
        Edit::SetVoice { voice, change } => set_voice(score, voice, change)?,
        Edit::SetTempo { tick, qpm } => {
            lanes::check_tempo(qpm)?;
            score.tempos.set(tick, micros_from_qpm(qpm));
        }
        Edit::SetMeter { tick, meter } => score.meters.set(tick, meter),
        Edit::SetKey(key) => score.keys = key.map(|key| KeyChange { tick: 0, key }).into_iter().collect(),
        Edit::SetTitle(title) => score.title = title,
        Edit::Lane(edit) => lanes::apply(score, edit)?,
        Edit::Record { voice, notes, events, replace } => {
            check_voice(score, voice)?;
            if let Some((from, to)) = replace {
                range::make_room(&mut score.voices[voice], from.max(0), to);
            }
            score.voices[voice].events.extend(events);
            score.voices[voice].sort();
            ids = add(score, voice, notes)?;
        }
    }
    // A rest that closed the piece stays; a piece that ended with its last note still does.
    let last = score.last_note_end();
    score.end = if end_was_last_note { last } else { score.end.max(last) };
    Ok(Applied { ids, changed: false })
}

fn check_voice(score: &Score, voice: usize) -> Result<(), EditError> {
    if voice < score.voices.len() { Ok(()) } else { Err(EditError::NoVoice(voice + 1)) }
}

fn add(score: &mut Score, voice: usize, notes: Vec<Note>) -> Result<Vec<NoteId>, EditError> {
    check_voice(score, voice)?;
    let mut ids = Vec::with_capacity(notes.len());
    for n in notes {
        let id = score.fresh_id();
        ids.push(id);
        let clean = Note::new(n.start.max(0), n.duration, n.pitch, n.velocity);
        score.voices[voice].notes.push(Note { id, ..clean });
    }
    overlap::resolve(&mut score.voices[voice], &ids.iter().copied().collect());
    Ok(ids)
}

fn copy(score: &mut Score, of: &[NoteId], ticks: Tick, semitones: i8) -> Result<Vec<NoteId>, EditError> {
    let wanted: HashSet<NoteId> = of.iter().copied().collect();
    let ticks = allowed_shift(score, &wanted, ticks);
    let mut ids = Vec::new();
    for v in 0..score.voices.len() {
        let mut copies: Vec<Note> = score.voices[v].notes.iter().filter(|n| wanted.contains(&n.id)).copied().collect();
        for n in &mut copies {
            n.start += ticks;
            n.pitch = transposed(n.pitch, semitones)?;
        }
        if !copies.is_empty() {
            ids.extend(add(score, v, copies)?);
        }
    }
    Ok(ids)
}

/// The shift in time that leaves no note of `ids` before tick 0.
fn allowed_shift(score: &Score, ids: &HashSet<NoteId>, ticks: Tick) -> Tick {
    let first = score.notes().filter(|(_, n)| ids.contains(&n.id)).map(|(_, n)| n.start).min();
    first.map_or(ticks, |first| ticks.max(-first))
}

fn transposed(pitch: u8, semitones: i8) -> Result<u8, EditError> {
    let pitch = i16::from(pitch) + i16::from(semitones);
    u8::try_from(pitch).ok().filter(|p| *p < 128).ok_or(EditError::PitchRange)
}

fn shift(score: &mut Score, ids: &[NoteId], ticks: Tick, semitones: i8) -> Result<(), EditError> {
    let wanted: HashSet<NoteId> = ids.iter().copied().collect();
    let ticks = allowed_shift(score, &wanted, ticks);
    for (_, n) in score.notes().filter(|(_, n)| wanted.contains(&n.id)) {
        transposed(n.pitch, semitones)?;
    }
    change(score, ids, |n| {
        n.start += ticks;
        n.pitch = transposed(n.pitch, semitones).unwrap_or(n.pitch);
    });
    Ok(())
}

fn set_pitches(score: &mut Score, pitches: Vec<(NoteId, u8)>) -> Result<(), EditError> {
    if pitches.iter().any(|(_, p)| *p > 127) {
        return Err(EditError::PitchRange);
    }
    let ids: Vec<NoteId> = pitches.iter().map(|p| p.0).collect();
    let pitches: HashMap<NoteId, u8> = pitches.into_iter().collect();
    change(score, &ids, |n| n.pitch = pitches.get(&n.id).copied().unwrap_or(n.pitch));
    Ok(())
}

/// Changes every note of `ids`, then mends the voices concerned.
fn change(score: &mut Score, ids: &[NoteId], mut f: impl FnMut(&mut Note)) {
    let wanted: HashSet<NoteId> = ids.iter().copied().collect();
    for voice in &mut score.voices {
        let mut touched = HashSet::new();
        for n in voice.notes.iter_mut().filter(|n| wanted.contains(&n.id)) {
            let before = *n;
            f(n);
            // Velocity alone mends nothing: overlaps that came with the file stay as they are.
            if n.order() != before.order() {
                touched.insert(n.id);
            }
        }
        if !touched.is_empty() {
            overlap::resolve(voice, &touched);
        }
    }
}

fn resize(n: &mut Note, start: Tick, end: Tick) {
    let new_end = (n.end() + end).max(1);
    n.start = if start == 0 { n.start } else { (n.start + start).clamp(0, new_end - 1) };
    n.duration = (new_end - n.start).max(1);
}

fn delete(score: &mut Score, ids: &[NoteId]) {
    let wanted: HashSet<NoteId> = ids.iter().copied().collect();
    for voice in &mut score.voices {
        voice.notes.retain(|n| !wanted.contains(&n.id));
    }
}

fn set_velocity(score: &mut Score, values: Vec<(NoteId, u8)>) {
    let ids: Vec<NoteId> = values.iter().map(|v| v.0).collect();
    let values: HashMap<NoteId, u8> = values.into_iter().collect();
    change(score, &ids, |n| n.velocity = values.get(&n.id).map_or(n.velocity, |v| (*v).clamp(1, 127)));
}

fn replace_range(score: &mut Score, from: Tick, to: Tick, with: &Score) -> Vec<NoteId> {
    let new = range::replace(score, from.max(0), to, with);
    mended(score, new)
}

fn import(score: &mut Score, at: Tick, with: &Score) -> Vec<NoteId> {
    let new = range::import(score, at.max(0), with);
    mended(score, new)
}

/// Ends overlaps of the new notes in the voices that were touched.
fn mended(score: &mut Score, (ids, touched): (Vec<NoteId>, Vec<usize>)) -> Vec<NoteId> {
    let new: HashSet<NoteId> = ids.iter().copied().collect();
    for v in touched {
        overlap::resolve(&mut score.voices[v], &new);
    }
    ids
}

fn set_voice(score: &mut Score, voice: usize, change: VoiceChange) -> Result<(), EditError> {
    check_voice(score, voice)?;
    let v = &mut score.voices[voice];
    if let Some(name) = change.name {
        v.name = name;
    }
    if let Some(role) = change.role {
        v.role = role;
    }
    if let Some(program) = change.program {
        v.program = program.min(127);
    }
    if let Some(color) = change.color {
        v.color = color;
    }
    if let Some(locked) = change.locked {
        v.locked = locked;
    }
    for (number, value) in [(mix::VOLUME, change.volume), (mix::PAN, change.pan)] {
        if let Some(value) = value {
            v.set_controller_at_start(number, value);
        }
    }
    Ok(())
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

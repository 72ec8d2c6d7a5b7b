//! A tool at work on a score: hands it the notes of each voice, and puts back what comes out.

use super::edit::EditError;
use super::overlap;
use crate::music::tools::{NoteTool, OutOfRange, Place};
use crate::music::{Note, NoteId, Score};
use std::collections::{HashMap, HashSet};

/// Returns the notes that the tool left or made. The score is unchanged where it could not do its work.
pub(super) fn apply(score: &mut Score, of: &[NoteId], tool: &NoteTool) -> Result<Vec<NoteId>, EditError> {
    let wanted: HashSet<NoteId> = of.iter().copied().collect();
    let chosen = |notes: &[Note]| -> Vec<Note> { notes.iter().filter(|n| wanted.contains(&n.id)).copied().collect() };
    let all = score.voices.iter().flat_map(|v| chosen(&v.notes));
    let Some(place) = Place::of(all, score.ppq, &score.meters) else { return Ok(Vec::new()) };
    let mut worked = Vec::new();
    for (v, voice) in score.voices.iter().enumerate() {
        let notes = chosen(&voice.notes);
        if !notes.is_empty() {
            worked.push((v, tool.apply(&notes, &place).map_err(|OutOfRange| EditError::PitchRange)?));
        }
    }
    let mut ids = Vec::new();
    for (v, notes) in worked {
        ids.extend(put_back(score, v, &wanted, notes));
    }
    Ok(ids)
}

/// Puts `notes` in the place of the wanted ones of a voice. Notes that moved or are new end what they
/// overlap; overlaps that came with the file and were not touched stay.
fn put_back(score: &mut Score, voice: usize, wanted: &HashSet<NoteId>, mut notes: Vec<Note>) -> Vec<NoteId> {
    for n in notes.iter_mut().filter(|n| n.id == NoteId::default()) {
        n.id = score.fresh_id();
    }
    let made: HashSet<NoteId> = notes.iter().map(|n| n.id).collect();
    let voice = &mut score.voices[voice];
    let before: HashMap<NoteId, Note> =
        voice.notes.iter().filter(|n| wanted.contains(&n.id)).map(|n| (n.id, *n)).collect();
    let moved = |n: &&Note| before.get(&n.id).is_none_or(|b| b.order() != n.order());
    let touched: HashSet<NoteId> = notes.iter().filter(moved).map(|n| n.id).collect();
    voice.notes.retain(|n| !wanted.contains(&n.id));
    voice.notes.extend(notes);
    overlap::resolve(voice, &touched);
    voice.notes.iter().map(|n| n.id).filter(|id| made.contains(id)).collect()
}

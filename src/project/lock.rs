//! The notes of a locked voice are changed by nobody: not by hand, not by a tool, not by a take.
//!
//! Held by looking at what an edit did, so that an edit that is not thought of yet keeps to it too.

use super::edit::EditError;
use crate::music::{Score, Voice};

/// Refuses what would change, move or take away the notes of a locked voice.
pub(super) fn check(before: &Score, after: &Score) -> Result<(), EditError> {
    for (i, voice) in before.voices.iter().enumerate().filter(|(_, v)| v.locked) {
        let is_here = |v: &Voice| v.notes == voice.notes;
        // Mostly it is where it was; a voice moved in the list is found elsewhere.
        if !after.voices.get(i).is_some_and(is_here) && !after.voices.iter().any(is_here) {
            return Err(EditError::Locked(name(voice, i)));
        }
    }
    Ok(())
}

fn name(voice: &Voice, place: usize) -> String {
    if voice.name.trim().is_empty() { (place + 1).to_string() } else { voice.name.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Note, text};
    use crate::project::{Edit, Project, VoiceChange};
    use std::sync::Arc;

    #[test]
    fn whatever_the_edit_the_locked_voice_stays() {
        let mut p = Project::new(text::parse("melody | 0 24 c4 | 24 24 d4\nbass | 0 48 c2").expect("valid"));
        let lock = |on| VoiceChange { locked: Some(on), ..VoiceChange::default() };
        p.apply(Edit::SetVoice { voice: 0, change: lock(true) }).expect("applies");
        let all: Vec<_> = p.score().notes().map(|(_, n)| n.id).collect();
        let take = Arc::new(text::parse("melody | 0 24 e4").expect("valid"));
        for edit in [
            Edit::AddNotes { voice: 0, notes: vec![Note::new(0, 5, 80, 80)] },
            Edit::DeleteNotes(all.clone()),
            Edit::MoveNotes { ids: all.clone(), ticks: 1, semitones: 0 },
            Edit::SetVelocity(vec![(all[0], 3)]),
            Edit::RemoveVoice(0),
            Edit::ReplaceRange { from: 0, to: 1000, with: take },
        ] {
            assert_eq!(p.apply(edit), Err(EditError::Locked("melody".into())));
        }
        p.apply(Edit::MoveVoice { from: 0, to: 1 }).expect("its place is free to change");
        p.apply(Edit::DeleteNotes(vec![all[2]])).expect("the other voice is free");
        p.apply(Edit::SetVoice { voice: 1, change: lock(false) }).expect("applies");
        p.apply(Edit::RemoveVoice(1)).expect("unlocked");
        assert_eq!(p.score().voices.len(), 1);
    }
}

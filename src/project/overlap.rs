//! Two notes of one pitch never sound at once in a voice: the earlier one is shortened.

use crate::music::{NoteId, Voice};
use std::collections::HashSet;

/// Restores the order of `voice` and ends every overlap of one pitch in which a note of `touched`
/// takes part. Of two that start together the touched one stays, else the longer.
pub(super) fn resolve(voice: &mut Voice, touched: &HashSet<NoteId>) {
    voice.sort();
    if touched.is_empty() {
        return;
    }
    let mut last: [Option<usize>; 128] = [None; 128];
    let mut gone = vec![false; voice.notes.len()];
    for i in 0..voice.notes.len() {
        let note = voice.notes[i];
        let slot = &mut last[usize::from(note.pitch.min(127))];
        if let Some(j) = *slot {
            let earlier = voice.notes[j];
            let concerned = touched.contains(&earlier.id) || touched.contains(&note.id);
            if concerned && earlier.end() > note.start {
                if earlier.start < note.start {
                    voice.notes[j].duration = note.start - earlier.start;
                } else if touched.contains(&earlier.id) && !touched.contains(&note.id) {
                    gone[i] = true;
                    continue;
                } else {
                    gone[j] = true;
                }
            }
        }
        *slot = Some(i);
    }
    let mut keep = gone.iter().map(|g| !g);
    voice.notes.retain(|_| keep.next().unwrap_or(true));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    fn check(before: &str, touched: &[usize], after: &str) {
        let mut score = text::parse(before).expect("valid");
        let ids = touched.iter().map(|i| score.voices[0].notes[*i].id).collect();
        resolve(&mut score.voices[0], &ids);
        assert_eq!(text::print(&score).trim(), after);
    }

    #[test]
    fn the_earlier_note_is_shortened() {
        check("melody | 0 48 c4 | 24 24 c4", &[1], "melody | 0 24 C4 | 24 24 C4");
        check("melody | 0 96 c4 | 24 24 c4", &[0], "melody | 0 24 C4 | 24 24 C4");
    }

    #[test]
    fn other_pitches_and_untouched_notes_stay() {
        check("melody | 0 48 c4 | 24 24 d4", &[1], "melody | 0 48 C4 | 24 24 D4");
        check("melody | 0 48 c4 | 24 24 c4 | 96 24 e4", &[2], "melody | 0 48 C4 | 24 24 C4 | 96 24 E4");
    }

    #[test]
    fn of_two_at_once_the_touched_one_stays() {
        check("melody | 0 24 c4 | 0 48 c4", &[0], "melody | 0 24 C4");
        check("melody | 0 24 c4 | 0 48 c4", &[1], "melody | 0 48 C4");
    }
}

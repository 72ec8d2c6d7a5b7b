//! Mute and solo belong to the view, not to the piece, and stay with their voice when voices are moved,
//! added or removed, by hand or by undo.

use super::state::View;
use crate::music::{NoteId, Score, Voice};

/// What a voice is known by again.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    name: String,
    program: u8,
    first: Option<NoteId>,
}

impl Known {
    fn of(voice: &Voice) -> Self {
        Self { name: voice.name.clone(), program: voice.program, first: voice.notes.first().map(|n| n.id) }
    }

    /// How sure it is that this is `other`.
    fn likeness(&self, other: &Known) -> u8 {
        let notes = self.first == other.first && self.first.is_some();
        u8::from(self.name == other.name) + u8::from(self.program == other.program) + 3 * u8::from(notes)
    }
}

/// Brings mute and solo in line with the voices of `score`.
pub fn follow(view: &mut View, score: &Score) {
    let now: Vec<Known> = score.voices.iter().map(Known::of).collect();
    let silent = |list: &[bool]| !list.contains(&true);
    if now != view.known_voices && !(silent(&view.muted) && silent(&view.soloed)) {
        let places = places(&view.known_voices, &now);
        let moved = |list: &[bool]| -> Vec<bool> {
            places.iter().map(|p| p.and_then(|i| list.get(i).copied()).unwrap_or(false)).collect()
        };
        (view.muted, view.soloed) = (moved(&view.muted), moved(&view.soloed));
    }
    view.muted.resize(now.len(), false);
    view.soloed.resize(now.len(), false);
    view.known_voices = now;
}

/// For each voice now, which it was before.
fn places(before: &[Known], now: &[Known]) -> Vec<Option<usize>> {
    let mut pairs: Vec<(u8, bool, usize, usize)> = Vec::new();
    for (j, voice) in now.iter().enumerate() {
        pairs.extend(before.iter().enumerate().map(|(i, was)| (voice.likeness(was), i == j, i, j)));
    }
    // The surest first; of equally sure ones, those that stayed in place.
    pairs.sort_by_key(|(likeness, same_place, ..)| std::cmp::Reverse((*likeness, *same_place)));
    let mut found = vec![None; now.len()];
    let mut taken = vec![false; before.len()];
    for (likeness, same_place, i, j) in pairs {
        if found[j].is_none() && !taken[i] && (likeness >= 2 || (same_place && before.len() == now.len())) {
            (found[j], taken[i]) = (Some(i), true);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    #[test]
    fn a_muted_voice_stays_muted_wherever_it_goes() {
        let mut score = text::parse("melody | 0 24 c4\nbass | 0 24 c2\ndrums | 0 24 c1").expect("valid");
        let mut view = View::default();
        follow(&mut view, &score);
        view.muted = vec![false, true, false];
        view.soloed = vec![true, false, false];
        let seen = |view: &mut View, score: &Score| {
            follow(view, score);
            (view.muted.clone(), view.soloed.clone())
        };
        score.voices.swap(0, 1);
        assert_eq!(seen(&mut view, &score), (vec![true, false, false], vec![false, true, false]));
        score.voices.remove(1);
        assert_eq!(seen(&mut view, &score), (vec![true, false], vec![false, false]));
        score.voices[0].name = "Tuba".into();
        score.voices[0].program = 58;
        score.push_voice(Voice::default());
        assert_eq!(seen(&mut view, &score), (vec![true, false, false], vec![false; 3]));
    }
}

//! Chords as they are heard in the notes, bar by bar as bars come into sight, kept until the notes change.

use crate::gui::piano_roll::index::NoteIndex;
use crate::music::{ChordChange, Role, Score, Tick, chord_detect};
use std::collections::HashMap;
use std::sync::Arc;

/// So many bars are listened to in one repaint; the others come in the next.
const BARS_A_REPAINT: usize = 32;

#[derive(Debug, Default)]
pub struct Detected {
    bars: HashMap<Tick, Vec<ChordChange>>,
    score: Option<Arc<Score>>,
}

impl Detected {
    /// The chords heard in the bars that touch `from..to`, in order; false where some bars are still to
    /// be listened to.
    pub fn between(&mut self, index: &NoteIndex, from: Tick, to: Tick) -> (Vec<ChordChange>, bool) {
        let score = index.score();
        if !self.score.as_ref().is_some_and(|s| Arc::ptr_eq(s, score)) {
            self.bars.clear();
            self.score = Some(Arc::clone(score));
        }
        let (mut found, mut fresh, mut complete) = (Vec::new(), 0, true);
        let to = to.min(score.end);
        let mut tick = from.max(0);
        while tick < to {
            let bar = score.meters.position(tick, score.ppq);
            let end = bar.bar_start + bar.bar_len.max(1);
            if !self.bars.contains_key(&bar.bar_start) && fresh < BARS_A_REPAINT {
                fresh += 1;
                let pitched = (0..score.voices.len()).filter(|v| score.voices[*v].role != Role::Drums);
                let notes = pitched.flat_map(|v| index.sounding(v, bar.bar_start, end));
                self.bars.insert(bar.bar_start, chord_detect::of_bar(notes, &bar, score.ppq));
            }
            match self.bars.get(&bar.bar_start) {
                Some(heard) => found.extend(heard),
                None => complete = false,
            }
            tick = end;
        }
        (found, complete)
    }
}

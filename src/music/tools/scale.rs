//! Steps of a scale: moving along it, and adding thirds.

use super::{OutOfRange, fresh};
use crate::music::note::Note;

/// Which of the twelve pitch classes belong, C first. At least one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PitchSet([bool; 12]);

impl PitchSet {
    /// Every semitone.
    pub const CHROMATIC: PitchSet = PitchSet([true; 12]);

    /// A scale without notes counts as every semitone.
    pub fn new(classes: [bool; 12]) -> Self {
        if classes.contains(&true) { Self(classes) } else { Self::CHROMATIC }
    }

    fn size(self) -> i32 {
        self.0.iter().filter(|c| **c).count() as i32
    }

    pub fn holds(self, pitch: u8) -> bool {
        self.0[usize::from(pitch % 12)]
    }

    /// The step at or below `pitch`, counted from the scale's lowest at or above C-1, and how many
    /// semitones `pitch` lies above it. Below the first step stands −1.
    pub(super) fn step_of(self, pitch: u8) -> (i32, u8) {
        let over = (0..=pitch.min(11)).find(|d| self.holds(pitch - d));
        let class = pitch % 12;
        let below = self.0[..=usize::from(class)].iter().filter(|c| **c).count() as i32;
        let step = i32::from(pitch / 12) * self.size() + below - 1;
        (step, over.unwrap_or(0))
    }

    pub(super) fn pitch(self, step: i32, over: u8) -> Result<u8, OutOfRange> {
        let size = self.size();
        let nth = step.rem_euclid(size) as usize;
        let class = self.0.iter().enumerate().filter(|c| *c.1).nth(nth).map_or(0, |c| c.0 as i32);
        let pitch = step.div_euclid(size) * 12 + class + i32::from(over);
        u8::try_from(pitch).ok().filter(|p| *p < 128).ok_or(OutOfRange)
    }

    /// So many steps up or down. From outside the scale, the first step goes to its next note.
    pub fn moved(self, pitch: u8, steps: i8) -> Result<u8, OutOfRange> {
        let (step, over) = self.step_of(pitch);
        // Downwards, the step below is already one step away.
        let first = i32::from(over > 0 && steps < 0);
        if steps == 0 { Ok(pitch) } else { self.pitch(step + i32::from(steps) + first, 0) }
    }
}

pub(super) fn transpose(notes: &[Note], steps: i8, scale: PitchSet) -> Result<Vec<Note>, OutOfRange> {
    notes.iter().map(|n| Ok(Note { pitch: scale.moved(n.pitch, steps)?, ..*n })).collect()
}

/// A second note to each; none where one of that pitch begins there already.
pub(super) fn harmonise(notes: &[Note], steps: i8, scale: PitchSet) -> Result<Vec<Note>, OutOfRange> {
    let mut out = notes.to_vec();
    for n in notes {
        let pitch = scale.moved(n.pitch, steps)?;
        if !out.iter().any(|o| o.start == n.start && o.pitch == pitch) {
            out.push(fresh(Note { pitch, ..*n }));
        }
    }
    Ok(out)
}

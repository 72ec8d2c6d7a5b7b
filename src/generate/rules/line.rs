//! Rules of a voice's line, the top notes of its onsets: leaps, and what must not come twice.

use super::Situation;
use super::past::Heard;

impl Situation<'_> {
    /// Whether the pitch stands below another of its onset: then it is no part of the line.
    fn is_below(&self, onset: u32, slot: u8, pitch: u8) -> bool {
        self.past.from(slot, onset).first().is_some_and(|top| top.from == onset && top.pitch > pitch)
    }

    /// Whether the line comes to this pitch, and goes on to what is given, without too wide a leap.
    pub(super) fn leaps_little(&self, onset: u32, slot: u8, pitch: u8) -> bool {
        let Some(most) = self.settings.rules.max_leap else { return true };
        let near = |n: &Heard| n.pitch.abs_diff(pitch) <= most;
        let next = || self.past.from(slot, onset).iter().find(|n| n.from > onset);
        self.is_below(onset, slot, pitch)
            || (self.past.before(slot, onset).last().is_none_or(near) && next().is_none_or(near))
    }

    /// Whether the melody does not stay on a pitch for too long.
    pub(super) fn moves_on(&self, onset: u32, slot: u8, pitch: u8) -> bool {
        let most = self.settings.max_same.map_or(usize::MAX, |most| most as usize);
        let line = self.past.before(slot, onset);
        let same = line.iter().rev().take(most).filter(|n| n.pitch == pitch).count();
        self.past.melody() != Some(slot) || self.is_below(onset, slot, pitch) || same < most
    }

    /// Whether a pitch leaves alone what sounds: to strike it again would change a duration that counts.
    pub(super) fn strikes_nothing_again(&self, onset: u32, slot: u8, pitch: u8) -> bool {
        !self.past.sounds(slot, pitch, onset)
    }

    /// Whether the notes that end with this one have not been heard before in the line.
    pub(super) fn says_something_new(&self, onset: u32, slot: u8, pitch: u8, duration: u16) -> bool {
        let Some(n) = self.settings.rules.no_repeat.map(|n| n as usize) else { return true };
        let line = self.past.before(slot, onset);
        if line.len() < n || self.is_below(onset, slot, pitch) {
            return true;
        }
        let new = Heard { slot, pitch, from: onset, to: onset + u32::from(duration) };
        let ends = &line[line.len() + 1 - n..];
        let same = |gram: &[Heard]| {
            // From the last note back: that is where they differ first.
            let lasts = |a: &Heard, b: &Heard| a.to - a.from == b.to - b.from;
            let mut later = (&gram[n - 1], &new);
            if !lasts(later.0, later.1) {
                return false;
            }
            gram[..n - 1].iter().zip(ends).rev().all(|(a, b)| {
                let step = |x: &Heard, y: &Heard| i16::from(y.pitch) - i16::from(x.pitch);
                let same = lasts(a, b) && step(a, later.0) == step(b, later.1);
                later = (a, b);
                same
            })
        };
        !line.windows(n).any(same)
    }
}

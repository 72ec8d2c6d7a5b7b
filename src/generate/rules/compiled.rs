//! A rule set made ready for one take: voices by slot, templates laid over what is written.

use super::template::TemplateNote;
use crate::encoding::vocabulary::{N_SLOTS, is_drums, slot_role};
use crate::encoding::{ModelCard, slot_instrument};
use crate::generate::Settings;
use crate::generate::task::slots_named;
use crate::music::Score;

#[derive(Clone, Debug)]
pub struct Compiled {
    pub ranges: Vec<Option<(u8, u8)>>,
    /// By onset and slot, in steps of the piece.
    pub rhythm: Vec<TemplateNote>,
    /// Of each slot.
    pub pitches: Vec<Vec<u8>>,
    /// The bar that the first of the chords stands in.
    pub first_bar: u32,
}

impl Compiled {
    /// For a take that writes the slots `open` of `score`, from step `region.0` (in bar `first_bar`) to
    /// `region.1`.
    ///
    /// # Errors
    /// A voice that is not there, as a sentence.
    pub fn new(
        settings: &Settings,
        card: &ModelCard,
        (score, slots): (&Score, &[u8]),
        open: &[u8],
        (region, first_bar): ((u32, u32), u32),
    ) -> Result<Self, String> {
        let rules = &settings.rules;
        let mut out =
            Self { ranges: vec![None; N_SLOTS], rhythm: Vec::new(), pitches: vec![Vec::new(); N_SLOTS], first_bar };
        for range in &rules.voice_ranges {
            for slot in slots_named(&range.voice, card, score, slots)? {
                out.ranges[usize::from(slot)] = Some((range.low, range.high));
            }
        }
        // Where a piece is written into, its other voices are not written.
        let inside = |slot: u8| !settings.task.opens() || open.contains(&slot);
        if let Some(template) = &rules.rhythm_from {
            for note in template.over(region.0, region.1).iter().filter(|n| inside(n.slot)) {
                out.rhythm.push(TemplateNote { slot: nearest(note.slot, open)?, ..*note });
            }
            out.rhythm.sort_by_key(|n| (n.onset, n.slot));
        }
        for note in rules.pitches_from.iter().flat_map(|t| &t.notes).filter(|n| inside(n.slot)) {
            out.pitches[usize::from(nearest(note.slot, open)?)].push(note.pitch);
        }
        Ok(out)
    }
}

/// The slot that stands for a template's: itself, else the nearest of its role, else the nearest pitched one.
fn nearest(wanted: u8, open: &[u8]) -> Result<u8, String> {
    let (role, _) = slot_role(wanted);
    let apart = |s: &u8| (slot_role(*s).0 != role, s.abs_diff(wanted));
    let fits = |s: &&u8| is_drums(**s) == is_drums(wanted);
    let missing = || format!("no voice is written that could take the template's \"{}\"", slot_instrument(wanted).0);
    open.iter().filter(fits).min_by_key(|s| apart(s)).copied().ok_or_else(missing)
}

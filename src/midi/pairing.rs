//! Note-ons and note-offs of one track, paired to notes.
//!
//! Where notes of one pitch overlap, each off ends the note that began first, so that what we write
//! comes back. Where a pitch has fewer offs than ons that reading would leave notes hanging to the end
//! of the track, and an off then ends all of that pitch that sound, as a synthesiser would.

use crate::music::{Note, Tick};
use std::collections::{BTreeMap, VecDeque};

/// Ons (with velocity) and offs (`None`) by channel and pitch, in the order of the file.
#[derive(Default)]
pub struct Keys(BTreeMap<(u8, u8), Vec<Stroke>>);

/// When, and an on's velocity; `None` is an off.
type Stroke = (Tick, Option<u8>);

/// How many, and where the first is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    pub n: usize,
    pub first: Tick,
}

impl Count {
    pub fn add(&mut self, tick: Tick) {
        self.first = if self.n == 0 { tick } else { self.first.min(tick) };
        self.n += 1;
    }
}

/// What had to be decided.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Repairs {
    pub unended: Count,
    pub zero_length: Count,
    pub overlapping: Count,
}

impl Keys {
    pub fn on(&mut self, tick: Tick, channel: u8, pitch: u8, velocity: u8) {
        self.0.entry((channel, pitch)).or_default().push((tick, Some(velocity)));
    }

    pub fn off(&mut self, tick: Tick, channel: u8, pitch: u8) {
        self.0.entry((channel, pitch)).or_default().push((tick, None));
    }

    /// Notes with their channel; what still sounds is ended at `end`.
    pub fn pair(&self, end: Tick, repairs: &mut Repairs) -> Vec<(u8, Note)> {
        let mut notes = Vec::new();
        for ((channel, pitch), list) in &self.0 {
            pair_one(list, end, repairs, &mut |start, stop, velocity| {
                notes.push((*channel, Note::new(start, stop - start, *pitch, velocity)));
            });
        }
        notes
    }
}

fn pair_one(list: &[Stroke], end: Tick, repairs: &mut Repairs, emit: &mut dyn FnMut(Tick, Tick, u8)) {
    let n_ons = list.iter().filter(|(_, on)| on.is_some()).count();
    let too_few_offs = list.len() - n_ons < n_ons;
    let mut sounding: VecDeque<(Tick, u8)> = VecDeque::new();
    for &(tick, on) in list {
        if let Some(velocity) = on {
            sounding.push_back((tick, velocity));
            continue;
        }
        // Starts never fall, so that a search by halves finds them.
        let started_before = sounding.partition_point(|(start, _)| *start < tick);
        if started_before > 1 {
            repairs.overlapping.add(sounding[0].0);
        }
        if too_few_offs && started_before > 1 {
            for (start, velocity) in sounding.drain(..started_before) {
                emit(start, tick, velocity);
            }
        } else if let Some((start, velocity)) = sounding.pop_front() {
            if start < tick { emit(start, tick, velocity) } else { repairs.zero_length.add(start) }
        }
    }
    // Never released: until the pitch begins anew, or the track ends.
    let (mut stop, mut later) = (end, end);
    for (start, velocity) in sounding.into_iter().rev() {
        if start < later {
            (stop, later) = (later, start);
        }
        if start < stop {
            repairs.unended.add(start);
            emit(start, stop, velocity);
        } else {
            repairs.zero_length.add(start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paired(list: &[Stroke]) -> (Vec<(Tick, Tick)>, Repairs) {
        let (mut notes, mut repairs) = (Vec::new(), Repairs::default());
        pair_one(list, 100, &mut repairs, &mut |a, b, _| notes.push((a, b)));
        (notes, repairs)
    }

    #[test]
    fn overlapping_notes_end_in_the_order_they_began() {
        let (notes, repairs) = paired(&[(0, Some(1)), (5, Some(1)), (10, None), (20, None)]);
        assert_eq!(notes, [(0, 10), (5, 20)]);
        assert_eq!(repairs.overlapping, Count { n: 1, first: 0 });
    }

    #[test]
    fn a_new_on_before_the_off_at_one_tick_is_a_repeated_note() {
        let (notes, repairs) = paired(&[(0, Some(1)), (10, Some(1)), (10, None), (20, None)]);
        assert_eq!(notes, [(0, 10), (10, 20)]);
        assert_eq!(repairs, Repairs::default());
    }

    #[test]
    fn with_too_few_offs_one_ends_all() {
        let (notes, _) = paired(&[(0, Some(1)), (5, Some(1)), (10, None)]);
        assert_eq!(notes, [(0, 10), (5, 10)]);
    }

    #[test]
    fn without_any_off_a_note_lasts_until_the_next_of_its_pitch() {
        let (notes, _) = paired(&[(0, Some(1)), (0, Some(2)), (40, Some(1))]);
        assert_eq!(notes, [(40, 100), (0, 40), (0, 40)]);
    }

    #[test]
    fn hanging_and_empty_notes_are_counted() {
        let (notes, repairs) = paired(&[(3, Some(1)), (3, None), (7, Some(1))]);
        assert_eq!(notes, [(7, 100)]);
        assert_eq!((repairs.zero_length.n, repairs.unended.n), (1, 1));
    }
}

//! Note-ons and note-offs of one track, paired to notes.
//!
//! Where notes of one pitch overlap, each off ends the note that began first, so that what we write
//! comes back. Where a pitch has fewer offs than ons that reading would leave notes hanging to the end
//! of the track, and an off then ends all of that pitch that sound, as a synthesiser would.

use crate::music::{Note, Tick};
use std::collections::VecDeque;

/// Channels times pitches.
const N_KEYS: usize = 16 * 128;

/// Room for so many ons and offs of a pitch is made at once.
const USUAL_STROKES: usize = 64;

/// The ons and offs of a track, by channel and pitch, in the order of the file. Made once a file and
/// emptied by [`Keys::pair`], so that its lists are allocated once.
pub struct Keys {
    /// Which of `lists` a channel and pitch has, counted from 1; 0 is none yet.
    list_of: Box<[u16; N_KEYS]>,
    /// Those in use come first.
    lists: Vec<(usize, Vec<Stroke>)>,
    n_lists: usize,
    /// Every on as a note with its channel, in the order of the file; 0 long until its end is known.
    notes: Vec<(u8, Note)>,
}

/// When, and the number of the note that an on begins; `None` is an off.
type Stroke = (Tick, Option<u32>);

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

impl Default for Keys {
    fn default() -> Self {
        Self { list_of: Box::new([0; N_KEYS]), lists: Vec::new(), n_lists: 0, notes: Vec::new() }
    }
}

impl Keys {
    #[inline]
    pub fn on(&mut self, tick: Tick, channel: u8, pitch: u8, velocity: u8) {
        let number = self.notes.len() as u32;
        self.notes.push((channel, Note { duration: 0, ..Note::new(tick, 1, pitch, velocity) }));
        self.list(channel, pitch).push((tick, Some(number)));
    }

    #[inline]
    pub fn off(&mut self, tick: Tick, channel: u8, pitch: u8) {
        self.list(channel, pitch).push((tick, None));
    }

    #[inline]
    fn list(&mut self, channel: u8, pitch: u8) -> &mut Vec<Stroke> {
        let key = usize::from(channel & 15) << 7 | usize::from(pitch & 127);
        if self.list_of[key] == 0 {
            if self.n_lists == self.lists.len() {
                self.lists.push((key, Vec::with_capacity(USUAL_STROKES)));
            }
            self.lists[self.n_lists].0 = key;
            self.n_lists += 1;
            self.list_of[key] = self.n_lists as u16;
        }
        &mut self.lists[usize::from(self.list_of[key]) - 1].1
    }

    /// No fewer than the notes that [`Keys::pair`] will give.
    pub fn n_ons(&self) -> usize {
        self.notes.len()
    }

    /// Notes with their channel, sorted by [`Note::order`]; what still sounds is ended at `end`. Nothing
    /// is left in the lists.
    pub fn pair(&mut self, end: Tick, repairs: &mut Repairs) -> impl Iterator<Item = (u8, Note)> {
        let mut sounding = VecDeque::new();
        let notes = &mut self.notes;
        for (key, list) in &mut self.lists[..self.n_lists] {
            pair_one(list, &mut sounding, end, repairs, &mut |number, stop| {
                if let Some((_, note)) = notes.get_mut(number as usize) {
                    note.duration = stop - note.start;
                }
            });
            list.clear();
            self.list_of[*key] = 0;
        }
        self.n_lists = 0;
        // They began in this order already: only those of one tick are still to be sorted.
        for chord in notes.chunk_by_mut(|a, b| a.1.start == b.1.start).filter(|c| c.len() > 1) {
            chord.sort_by_key(|(_, note)| note.order());
        }
        notes.drain(..).filter(|(_, note)| note.duration > 0)
    }
}

/// Calls `emit` with the number and the end of every note that has a length. `sounding` is empty before
/// and after.
fn pair_one(
    list: &[Stroke],
    sounding: &mut VecDeque<(Tick, u32)>,
    end: Tick,
    repairs: &mut Repairs,
    emit: &mut impl FnMut(u32, Tick),
) {
    let n_ons = list.iter().filter(|(_, on)| on.is_some()).count();
    let too_few_offs = list.len() - n_ons < n_ons;
    for &(tick, on) in list {
        if let Some(number) = on {
            sounding.push_back((tick, number));
            continue;
        }
        // Starts never fall, so that a search by halves finds them.
        let started_before = sounding.partition_point(|(start, _)| *start < tick);
        if started_before > 1 {
            repairs.overlapping.add(sounding[0].0);
        }
        if too_few_offs && started_before > 1 {
            for (_, number) in sounding.drain(..started_before) {
                emit(number, tick);
            }
        } else if let Some((start, number)) = sounding.pop_front() {
            if start < tick { emit(number, tick) } else { repairs.zero_length.add(start) }
        }
    }
    // Never released: until the pitch begins anew, or the track ends.
    let (mut stop, mut later) = (end, end);
    for (start, number) in sounding.drain(..).rev() {
        if start < later {
            (stop, later) = (later, start);
        }
        if start < stop {
            repairs.unended.add(start);
            emit(number, stop);
        } else {
            repairs.zero_length.add(start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Strokes of one key, an on by its velocity, in a track that ends at 100.
    fn paired(strokes: &[(Tick, Option<u8>)]) -> (Vec<(Tick, Tick)>, Repairs) {
        let (mut keys, mut repairs) = (Keys::default(), Repairs::default());
        for (tick, on) in strokes {
            match on {
                Some(velocity) => keys.on(*tick, 3, 60, *velocity),
                None => keys.off(*tick, 3, 60),
            }
        }
        let notes = keys.pair(100, &mut repairs).map(|(_, n)| (n.start, n.end())).collect();
        assert_eq!(keys.n_lists, 0);
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
        assert_eq!(notes, [(0, 40), (0, 40), (40, 100)]);
    }

    #[test]
    fn notes_come_by_start_and_from_low_to_high_and_a_second_track_begins_with_nothing() {
        let (mut keys, mut repairs) = (Keys::default(), Repairs::default());
        for (tick, pitch) in [(0, 64), (0, 60), (0, 67), (5, 62)] {
            keys.on(tick, 0, pitch, 90);
        }
        let of =
            |keys: &mut Keys, repairs: &mut Repairs| keys.pair(9, repairs).map(|(_, n)| n.pitch).collect::<Vec<_>>();
        assert_eq!(of(&mut keys, &mut repairs), [60, 64, 67, 62]);
        keys.on(0, 15, 127, 1);
        assert_eq!(of(&mut keys, &mut repairs), [127]);
    }

    #[test]
    fn hanging_and_empty_notes_are_counted() {
        let (notes, repairs) = paired(&[(3, Some(1)), (3, None), (7, Some(1))]);
        assert_eq!(notes, [(7, 100)]);
        assert_eq!((repairs.zero_length.n, repairs.unended.n), (1, 1));
    }
}

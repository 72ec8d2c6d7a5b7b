//! Deals sequences out to rows of a batch: for training in a shuffled, endless stream, for evaluation
//! in windows that overlap by half. Everything follows from (seed, epoch), never from a clock.

use super::data::Sequence;
use super::tasks::{STEPS_PER_SIXTEENTH, Tasks, drawn_window, lifted, put_opened};
use crate::encoding::Field;
use crate::encoding::region::bars_of;
use crate::model::Batch;
use rand::RngExt;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Puts `events` of a sequence into a row of a batch from position `at` on, transposed by `lift`.
/// The first event is context alone unless it opens the piece; `counted` says which of the rest count.
pub fn put(
    batch: &mut Batch,
    row: usize,
    at: usize,
    s: &Sequence,
    events: Range<usize>,
    lift: i16,
    counted: Range<usize>,
) {
    let first = events.start;
    let origin = if first == 0 { 0 } else { s.events[first].onset };
    for (i, index) in events.enumerate() {
        let e = &s.events[index];
        let to = row * batch.len + at + i;
        for (f, values) in batch.fields.iter_mut().enumerate() {
            values[to] = lifted(e, f, lift);
        }
        let before = index.checked_sub(1).map(|b| &s.events[b]);
        batch.place[to] = i32::from(e.place);
        batch.meter[to] = i32::from(before.map_or(s.first_meter, |b| b.meter));
        batch.time[to] =
            if i == 0 { 0.0 } else { before.map_or(0.0, |b| (b.onset - origin) as f32 / STEPS_PER_SIXTEENTH) };
        batch.begins[to] = at as u32;
        batch.opens[to] = index == 0;
        batch.counts[to] = counted.contains(&index) && (i > 0 || index == 0);
    }
}

/// The endless stream of training batches.
pub struct Batches {
    sequences: Arc<Vec<Sequence>>,
    /// Sequences by family. An epoch deals one of each, drawn by lot: a tune that stands in the corpus
    /// five times weighs as much as any other.
    families: Vec<Vec<usize>>,
    /// Semitones by which each sequence can go down and up.
    room: Vec<(i16, i16)>,
    /// Bars of the events of each sequence; empty where nobody asks for them.
    bars: Vec<Vec<u32>>,
    tasks: Tasks,
    batches_dealt: u64,
    rows: usize,
    len: usize,
    n_fields: usize,
    seed: u64,
    transpose: bool,
    rng: ChaCha8Rng,
    /// Families still to come in this epoch, the next one last.
    order: Vec<usize>,
    epochs_dealt: u64,
    /// The sequence being dealt, how far, and its transposition.
    open: Option<(usize, usize, i16)>,
}

impl Batches {
    /// `rows` × `len` events a batch. `sequences` must hold at least one event.
    pub fn new(
        sequences: Arc<Vec<Sequence>>,
        rows: usize,
        len: usize,
        n_fields: usize,
        seed: u64,
        transpose: bool,
    ) -> Self {
        let room = sequences.iter().map(room).collect();
        let rng = ChaCha8Rng::seed_from_u64(seed);
        let families = families(&sequences);
        Self {
            sequences,
            families,
            room,
            bars: Vec::new(),
            tasks: Tasks::default(),
            batches_dealt: 0,
            rows,
            len,
            n_fields,
            seed,
            transpose,
            rng,
            order: Vec::new(),
            epochs_dealt: 0,
            open: None,
        }
    }

    /// Windows as `tasks` has them: some with a region open, some told of conditions.
    pub fn with(self, tasks: Tasks) -> Self {
        let bars = self.sequences.iter().map(|s| bars_of(&s.events)).collect();
        Self { tasks, bars, ..self }
    }

    /// The next batch, and the part of the corpus it passes through for the first time this epoch.
    pub fn next_batch(&mut self) -> (Batch, usize) {
        let mut batch = self.tasks.batch(self.rows, self.len, self.n_fields);
        let mut rng = Tasks::rng(self.seed, self.batches_dealt);
        self.batches_dealt += 1;
        let mut fresh = 0;
        for row in 0..self.rows {
            let mut at = 0;
            // A stretch of fewer than 8 events teaches little: it is left as padding.
            while at + 8 <= self.len {
                let (which, from, lift) = self.open.take().unwrap_or_else(|| self.draw());
                let s = &self.sequences[which];
                // A piece that was cut off goes on with a quarter of a window to look back on.
                let context = if from == 0 { 0 } else { from.min(self.len / 4) };
                let begin = from - context;
                let opens = self.tasks.infill > 0.0 && rng.random_bool(self.tasks.infill);
                let end = s.events.len().min(begin + self.len - at - usize::from(opens));
                let bars = self.bars.get(which).map_or(&[][..], Vec::as_slice);
                let drawn = opens.then(|| drawn_window(&self.tasks, s, bars, begin..end, lift, &mut rng)).flatten();
                if let Some((opened, window)) = drawn {
                    put_opened(&mut batch, row, at, &opened, &window);
                    at += opened.given.len() + opened.targets.len();
                } else {
                    put(&mut batch, row, at, s, begin..end, lift, begin..end);
                    self.tasks.tell_plain(&mut batch, row * self.len + at, s, bars, begin..end, &mut rng);
                    at += end - begin;
                }
                fresh += end - from.min(end);
                if end < s.events.len() {
                    self.open = Some((which, end.max(from), lift));
                }
            }
        }
        (batch, fresh)
    }

    /// The next sequence of the shuffled epoch, with a transposition for this time.
    fn draw(&mut self) -> (usize, usize, i16) {
        if self.order.is_empty() {
            self.rng = ChaCha8Rng::seed_from_u64(self.seed);
            self.rng.set_stream(self.epochs_dealt);
            self.epochs_dealt += 1;
            self.order = (0..self.families.len()).collect();
            self.order.shuffle(&mut self.rng);
        }
        let members = &self.families[self.order.pop().expect("refilled above")];
        // A piece by itself draws no lot, so that a corpus without copies is dealt as ever.
        let lot = if members.len() > 1 { self.rng.random_range(0..members.len()) } else { 0 };
        let which = members[lot];
        let (down, up) = self.room[which];
        let lift = if self.transpose { self.rng.random_range(-down..=up) } else { 0 };
        (which, 0, lift)
    }
}

/// Events one pass through the corpus deals, each counted once; of a family the mean.
pub fn events_per_epoch(sequences: &[Sequence]) -> usize {
    let mean = |of: &Vec<usize>| of.iter().map(|i| sequences[*i].events.len()).sum::<usize>() / of.len();
    families(sequences).iter().map(mean).sum()
}

/// Sequences by family, in the order of the first of each.
fn families(sequences: &[Sequence]) -> Vec<Vec<usize>> {
    let mut families: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<u32, usize> = HashMap::new();
    for (i, sequence) in sequences.iter().enumerate() {
        let new = families.len();
        let place = sequence.family.map_or(new, |family| *known.entry(family).or_insert(new));
        if place == new {
            families.push(Vec::new());
        }
        families[place].push(i);
    }
    families
}

/// How far a sequence can be transposed: at most 5 down and 6 up, and not out of MIDI's range.
fn room(s: &Sequence) -> (i16, i16) {
    let pitches = s.events.iter().filter(|e| !e.is_end()).map(|e| e.fields[Field::Pitch as usize] as i16);
    let (low, high) = pitches.fold((127, 0), |(l, h), p| (l.min(p), h.max(p)));
    (low.clamp(0, 5), (127 - high).clamp(0, 6))
}

/// Every event of every sequence exactly once, seen with at least half a window of what came before
/// it, in order.
pub fn windows(sequences: &[Sequence], rows: usize, len: usize, n_fields: usize) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    // Rows are numbered through all batches; `at` is how far the last one is filled.
    let (mut row, mut at) = (0, 0);
    for s in sequences {
        for (events, counted) in spans(s.events.len(), len) {
            if at + events.len() > len {
                (row, at) = (row + 1, 0);
            }
            if batches.len() * rows <= row {
                batches.push(Batch::new(rows, len, n_fields));
            }
            let used = events.len();
            put(&mut batches[row / rows], row % rows, at, s, events, 0, counted);
            at += used;
        }
    }
    batches
}

/// Windows of at most `len` events over a sequence of `n`, and the events that each one scores.
fn spans(n: usize, len: usize) -> Vec<(Range<usize>, Range<usize>)> {
    let half = len / 2;
    let mut out = vec![(0..n.min(len), 0..n.min(len))];
    let mut scored = n.min(len);
    while scored < n {
        let begin = scored - half;
        let end = n.min(begin + len);
        out.push((begin..end, scored..end));
        scored = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::data::tests::scale;

    #[test]
    fn every_event_is_scored_once_with_half_a_window_before_it() {
        for n in 1..200 {
            let mut seen = vec![0; n];
            for (events, counted) in spans(n, 16) {
                assert!(events.len() <= 16 && counted.start >= events.start && counted.end == events.end);
                assert!(counted.start == 0 || counted.start - events.start >= 8);
                counted.for_each(|i| seen[i] += 1);
            }
            assert!(seen.iter().all(|s| *s == 1), "{n}");
        }
        let sequences = [scale(10, 0), scale(1, 1), scale(40, 2)];
        let counted: usize = windows(&sequences, 3, 32, 5).iter().map(Batch::n_counted).sum();
        assert_eq!(counted, sequences.iter().map(|s| s.events.len()).sum::<usize>());
    }

    #[test]
    fn an_epoch_passes_through_every_event_once_and_can_be_dealt_again() {
        let sequences = Arc::new(vec![scale(10, 0), scale(3, 5), scale(25, -7)]);
        let deal = || Batches::new(Arc::clone(&sequences), 2, 32, 5, 9, true);
        let (mut a, mut b) = (deal(), deal());
        let (mut fresh, mut batches) = (0, 0);
        while a.epochs_dealt < 3 {
            let (batch, n) = a.next_batch();
            assert_eq!(batch.fields, b.next_batch().0.fields);
            assert!(n <= batch.n_rows * batch.len);
            fresh += n;
            batches += 1;
        }
        assert!(batches > 3);
        assert!(fresh.abs_diff(2 * events_per_epoch(&sequences)) <= 64 + 2 * 32, "{fresh}");
    }

    #[test]
    fn a_family_is_dealt_once_an_epoch_and_each_of_it_in_turn_by_lot() {
        let of = |family, lift| Sequence { family, ..scale(10, lift) };
        let all = vec![of(Some(3), 0), of(None, 1), of(Some(3), 2), of(Some(3), -2), of(None, 3), of(Some(9), 4)];
        assert_eq!(events_per_epoch(&all), 4 * 41);
        let mut deck = Batches::new(Arc::new(all), 1, 64, 5, 1, true);
        assert_eq!(deck.families, [vec![0, 2, 3], vec![1], vec![4], vec![5]]);
        let mut dealt = [0; 6];
        for _ in 0..100 {
            for _ in 0..4 {
                dealt[deck.draw().0] += 1;
            }
            assert!(deck.order.is_empty());
        }
        assert_eq!([dealt[1], dealt[4], dealt[5]], [100; 3]);
        assert!(dealt[0] + dealt[2] + dealt[3] == 100 && [0, 2, 3].iter().all(|i| dealt[*i] > 15), "{dealt:?}");
    }

    #[test]
    fn a_batch_says_what_came_before() {
        let s = scale(2, 0);
        let mut batch = Batch::new(1, 16, 5);
        put(&mut batch, 0, 3, &s, 4..9, 2, 4..9);
        assert_eq!(batch.fields[3][3], i32::from(s.events[4].fields[3]) + 2);
        assert!(!batch.counts[3], "its own past is not in the row");
        assert!(batch.counts[4] && !batch.opens[4]);
        assert_eq!((batch.begins[4], batch.time[4], batch.time[5]), (3, 0.0, 4.0));
    }
}

//! How much each bar of the past spoke for a note: the model reads up to the note once more with that bar
//! taken out (it is a rest then), and what the note loses by it is what the bar was worth. And how likely
//! every pitch was in its place.

use super::generator::Generator;
use super::sampler::{given, softmax};
use super::stream::{Told, WEIGHED};
use crate::encoding::vocabulary::is_drums;
use crate::encoding::{BarGrid, Event, Field, encode, tonic};
use crate::music::{Key, NoteId, Score};
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bars before a note that are asked about: the nearest that hold notes.
pub const MOST_BARS: u32 = 32;

/// What a bar was worth to a note.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BarWeight {
    /// From 1.
    pub bar: u32,
    /// −log p of the note without the bar, less that with it: above 0 the bar spoke for the note, below
    /// against it. Velocity apart.
    pub nats: f64,
}

/// What a model says of the past of one note.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// In the order of the piece.
    pub bars: Vec<BarWeight>,
    /// How likely each of the 128 pitches was in the note's place, once its time and its voice were settled.
    pub pitches: Vec<f32>,
}

/// A piece as it is read.
struct Reading<'a> {
    generator: &'a Generator,
    grid: BarGrid,
    /// The notes, moved to the model's tonic by `lift`.
    events: Vec<Event>,
    lift: i8,
    notes: Vec<NoteId>,
}

/// What is wanted of a note that is read.
struct Read {
    nats: f64,
    /// Where it is the only one.
    pitches: Vec<f32>,
}

impl<'a> Reading<'a> {
    fn new(generator: &'a Generator, score: &Score) -> Self {
        let encoded = encode(score);
        let key = Key::estimate(score).filter(|_| generator.card().common_tonic).map(|(key, _)| key);
        let (mut events, lift) = tonic::brought_home(encoded.events, key);
        events.truncate(encoded.notes.len()); // without END
        Self { generator, grid: BarGrid::of(score), events, lift: lift.unwrap_or(0), notes: encoded.notes }
    }

    fn bar(&self, note: usize) -> u32 {
        self.grid.locate(self.events[note].onset).bar
    }

    /// Bars that hold notes and lie before this one, the nearest of them.
    fn before(&self, bar: u32, until: usize) -> BTreeSet<u32> {
        let bars: BTreeSet<u32> = (0..until).map(|i| self.bar(i)).filter(|b| *b < bar).collect();
        let far = bars.len().saturating_sub(MOST_BARS as usize);
        bars.into_iter().skip(far).collect()
    }

    /// Reads the notes of `range`'s start to end, of which those before it are only heard; without the notes
    /// of bar `without`. A value for each note of the range that is left. `None` where it was cancelled.
    fn read(&self, range: std::ops::Range<usize>, without: Option<u32>, cancel: &AtomicBool) -> Option<Vec<Read>> {
        let first = self.grid.bar(0);
        let mut stream = self.generator.stream(first.meter, 0, Told { guidance: 1.0, ..Told::default() });
        stream.open(first.meter, 0);
        let mut before = first;
        let mut out = Vec::with_capacity(range.len());
        for i in (0..range.end).filter(|i| without != Some(self.bar(*i))) {
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            let here = self.grid.locate(self.events[i].onset);
            let event = self.events[i].told_after(&before, &here);
            if range.contains(&i) {
                let mut read = Read { nats: 0.0, pitches: Vec::new() };
                for field in Field::ALL.into_iter().take(self.generator.n_fields()).filter(|f| *f != Field::Velocity) {
                    let (logits, value) = (stream.logits(field), event.fields[field as usize]);
                    read.nats += given(&logits, value).nats;
                    if field == Field::Pitch && range.len() == 1 {
                        read.pitches = softmax(logits.iter().copied());
                    }
                    stream.choose(field, value, (field == Field::Step).then_some(&here));
                }
                out.push(read);
                stream.feed(&event, 0);
            } else if i + WEIGHED < range.start {
                stream.feed(&event, 0);
            } else {
                stream.feed_weighed(&event, &here, 0);
            }
            before = here;
        }
        Some(out)
    }
}

impl Generator {
    /// What each earlier bar was worth to one note, and how likely every pitch was in its place. `None` where
    /// the piece has no such note, or `cancel` was set meanwhile.
    pub fn weigh(&self, score: &Score, note: NoteId, cancel: &AtomicBool) -> Option<Weighed> {
        let reading = Reading::new(self, score);
        let at = reading.notes.iter().position(|id| *id == note)?;
        let with = reading.read(at..at + 1, None, cancel)?.pop()?;
        let mut bars = Vec::new();
        for bar in reading.before(reading.bar(at), at) {
            let without = reading.read(at..at + 1, Some(bar), cancel)?.pop()?;
            bars.push(BarWeight { bar: bar + 1, nats: without.nats - with.nats });
        }
        let drums = is_drums(reading.events[at].fields[Field::Voice as usize] as u8);
        let lift = if drums { 0 } else { isize::from(reading.lift) };
        let home = |pitch: usize| with.pitches.get(pitch.checked_add_signed(lift)?).copied();
        let pitches = (0..128).map(|pitch| home(pitch).unwrap_or(0.0)).collect();
        Some(Weighed { bars, pitches })
    }

    /// As [`Self::weigh`] of every note, in the order in which the model reads them: a reading of the piece
    /// for each bar. `seen` is told how many bars of how many are done.
    pub fn weigh_all(
        &self,
        score: &Score,
        cancel: &AtomicBool,
        seen: &mut dyn FnMut(usize, usize),
    ) -> Option<Vec<Vec<BarWeight>>> {
        let reading = Reading::new(self, score);
        let n = reading.events.len();
        let with = reading.read(0..n, None, cancel)?;
        let bars: BTreeSet<u32> = (0..n).map(|i| reading.bar(i)).collect();
        let asked: Vec<BTreeSet<u32>> = (0..n).map(|i| reading.before(reading.bar(i), i)).collect();
        let mut out = vec![Vec::new(); n];
        for (done, bar) in bars.iter().enumerate() {
            // Notes after the bar, as far as any of them asks for it.
            let first = (0..n).find(|i| reading.bar(*i) > *bar).unwrap_or(n);
            let last = (first..n).rev().find(|i| asked[*i].contains(bar)).map_or(first, |i| i + 1);
            let without = if first < last { reading.read(first..last, Some(*bar), cancel)? } else { Vec::new() };
            for (i, read) in (first..last).zip(without) {
                if asked[i].contains(bar) {
                    out[i].push(BarWeight { bar: bar + 1, nats: read.nats - with[i].nats });
                }
            }
            seen(done + 1, bars.len());
        }
        Some(out)
    }
}

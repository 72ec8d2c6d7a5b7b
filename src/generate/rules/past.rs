//! The notes that are there and those that have been written, as rules look at them. All times in steps.

use super::template::TemplateNote;
use crate::encoding::vocabulary::is_drums;
use std::collections::BTreeMap;

/// Notes that are there and stay, by slot and pitch: steps at which each begins and ends.
#[derive(Clone, Debug, Default)]
pub struct GivenNotes(BTreeMap<(u8, u8), Vec<(u32, u32)>>);

impl GivenNotes {
    pub fn push(&mut self, slot: u8, pitch: u8, from: u32, to: u32) {
        self.0.entry((slot, pitch)).or_default().push((from, to));
    }

    /// Whether none of this slot and pitch begins or sounds there.
    pub(super) fn leaves_free(&self, slot: u8, pitch: u8, onset: u32) -> bool {
        self.0.get(&(slot, pitch)).is_none_or(|all| all.iter().all(|(from, to)| onset < *from || onset >= *to))
    }

    /// Where the next of this slot and pitch begins.
    pub(super) fn next(&self, slot: u8, pitch: u8, onset: u32) -> Option<u32> {
        self.0.get(&(slot, pitch))?.iter().map(|(from, _)| *from).filter(|from| *from > onset).min()
    }

    pub(super) fn n_sounding(&self, onset: u32) -> usize {
        self.0.values().flatten().filter(|(from, to)| (*from..*to).contains(&onset)).count()
    }

    /// Where notes begin after `from` and before `to`.
    pub(super) fn onsets(&self, from: u32, to: u32) -> impl Iterator<Item = u32> {
        self.0.values().flatten().map(|(onset, _)| *onset).filter(move |onset| from < *onset && *onset < to)
    }
}

/// A note: where it begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    pub slot: u8,
    pub pitch: u8,
    pub from: u32,
    pub to: u32,
}

/// What rules remember of the notes up to now (and of given ones to come).
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// The top note of each onset of each slot, by onset.
    lines: BTreeMap<u8, Vec<Heard>>,
    /// The lowest note of each slot.
    lowest: BTreeMap<u8, u8>,
    /// Notes that may still sound, and given ones to come, by onset.
    tail: Vec<Heard>,
    /// Where the last of all others ends.
    quiet: u32,
    /// Notes of each bar.
    per_bar: BTreeMap<u32, u32>,
    /// The first pitched note of the last onset that was written.
    head: Option<(u32, u8)>,
    /// Notes written in each slot.
    written: BTreeMap<u8, usize>,
    /// Notes of the kept rhythm that are behind.
    beats: usize,
}

impl Past {
    /// For the next part of the take: what has been written counts on, the notes are to be added again.
    pub fn carried_on(&self) -> Self {
        Self { head: self.head, written: self.written.clone(), ..Self::default() }
    }

    /// A note that is there, in bar `bar`.
    pub fn add(&mut self, bar: u32, note: Heard) {
        let lowest = self.lowest.entry(note.slot).or_insert(note.pitch);
        *lowest = note.pitch.min(*lowest);
        let line = self.lines.entry(note.slot).or_default();
        let at = line.partition_point(|n| n.from < note.from);
        match line.get_mut(at).filter(|n| n.from == note.from) {
            Some(top) if top.pitch < note.pitch => *top = note,
            Some(_) => {}
            None => line.insert(at, note),
        }
        let at = self.tail.partition_point(|n| n.from <= note.from);
        self.tail.insert(at, note);
        *self.per_bar.entry(bar).or_default() += 1;
    }

    /// Writing begins at `step`: silence counts from there.
    pub fn open(&mut self, step: u32, rhythm: &[TemplateNote]) {
        self.quiet = self.quiet.max(step);
        self.beats = rhythm.partition_point(|n| n.onset < step);
    }

    /// A note that was written; one of its slot and pitch that still sounds ends there.
    pub fn write(&mut self, bar: u32, note: Heard, drums: bool, rhythm: &[TemplateNote]) {
        let line = self.lines.entry(note.slot).or_default();
        for old in line.iter_mut().chain(&mut self.tail).filter(|n| (n.slot, n.pitch) == (note.slot, note.pitch)) {
            if old.from < note.from && old.to > note.from {
                old.to = note.from;
            }
        }
        let (gone, left) = self.tail.drain(..).partition(|n: &Heard| n.to <= note.from);
        self.tail = left;
        self.quiet = gone.iter().map(|n| n.to).fold(self.quiet, u32::max);
        if !drums && self.head.is_none_or(|(onset, _)| onset < note.from) {
            self.head = Some((note.from, note.pitch));
        }
        *self.written.entry(note.slot).or_default() += 1;
        let here = (note.from, note.slot);
        while rhythm.get(self.beats).is_some_and(|n| (n.onset, n.slot) < here) {
            self.beats += 1;
        }
        self.beats += usize::from(rhythm.get(self.beats).is_some_and(|n| (n.onset, n.slot) == here));
        self.add(bar, note);
    }

    /// The top notes of a slot before `onset`, by onset.
    pub fn before(&self, slot: u8, onset: u32) -> &[Heard] {
        let line = self.lines.get(&slot).map_or(&[][..], Vec::as_slice);
        &line[..line.partition_point(|n| n.from < onset)]
    }

    /// The top notes of a slot at and after `onset`.
    pub fn from(&self, slot: u8, onset: u32) -> &[Heard] {
        let line = self.lines.get(&slot).map_or(&[][..], Vec::as_slice);
        &line[line.partition_point(|n| n.from < onset)..]
    }

    /// The slot that the ear follows: the first pitched one that was written in.
    pub fn melody(&self) -> Option<u8> {
        self.written.keys().copied().find(|slot| !is_drums(*slot))
    }

    /// The lowest note that a slot has had.
    pub fn lowest(&self, slot: u8) -> Option<u8> {
        self.lowest.get(&slot).copied()
    }

    /// The top note of the last onset of a slot.
    pub fn last_of(&self, slot: u8) -> Option<Heard> {
        self.lines.get(&slot)?.last().copied()
    }

    /// Whether a note of this slot and pitch that began before still sounds.
    pub fn sounds(&self, slot: u8, pitch: u8, onset: u32) -> bool {
        self.tail.iter().any(|n| (n.slot, n.pitch) == (slot, pitch) && n.from < onset && onset < n.to)
    }

    /// The longest silence that ends after step `after`, up to step `to`.
    pub fn silence(&self, after: u32, to: u32) -> u32 {
        let (mut end, mut longest) = (self.quiet, 0);
        for n in self.tail.iter().take_while(|n| n.from < to) {
            if n.from > after {
                longest = longest.max(n.from.saturating_sub(end));
            }
            end = end.max(n.to);
        }
        longest.max(to.saturating_sub(end))
    }

    pub fn n_in_bar(&self, bar: u32) -> u32 {
        self.per_bar.get(&bar).copied().unwrap_or(0)
    }

    pub fn head(&self) -> Option<(u32, u8)> {
        self.head
    }

    pub fn n_written(&self, slot: u8) -> usize {
        self.written.get(&slot).copied().unwrap_or(0)
    }

    pub fn beats(&self) -> usize {
        self.beats
    }
}

//! The judge of takes: which rules one breaks, from its notes and settings alone.

use cadenza::encoding::vocabulary::DURATIONS;
use cadenza::encoding::voice_slots;
use cadenza::generate::rules::{PitchGoal, Rule};
use cadenza::generate::{NoteReceipt, Take};
use cadenza::music::Note;
use std::collections::{BTreeMap, BTreeSet};

/// Ticks of a step at 480 a quarter.
const STEP: i64 = 20;

pub struct Judge<'a> {
    take: &'a Take,
    /// In the order of writing: onset, slot, from high to low.
    notes: Vec<(u8, Note)>,
    broken: BTreeSet<Rule>,
}

impl<'a> Judge<'a> {
    /// Rules that the take breaks and does not say.
    pub fn silent(take: &'a Take) -> Vec<Rule> {
        let (slots, _) = voice_slots(&take.score);
        let written: BTreeSet<_> = take.notes.iter().map(|n| n.id).collect();
        let of_slot = |(v, n): (usize, &Note)| (slots[v], *n);
        let mut notes: Vec<(u8, Note)> =
            take.score.notes().filter(|(_, n)| written.contains(&n.id)).map(of_slot).collect();
        notes.sort_by_key(|(slot, n)| (n.start, *slot, 127 - n.pitch));
        let mut judge = Judge { take, notes, broken: BTreeSet::new() };
        judge.pitches();
        judge.times();
        judge.bars();
        judge.lines();
        judge.ends();
        judge.templates();
        judge.broken.into_iter().collect()
    }

    fn receipt(&self, note: &Note) -> &NoteReceipt {
        self.take.notes.iter().find(|r| r.id == note.id).expect("a receipt for every note")
    }

    /// A rule of single notes: each that breaks it must say so itself.
    fn each(&mut self, rule: Rule, keeps: impl Fn(u8, &Note) -> bool) {
        let aside = self.set_aside(rule);
        let said = |n: &Note| aside || self.receipt(n).relaxed.contains(&rule);
        if self.notes.iter().any(|(slot, n)| !keeps(*slot, n) && !said(n)) {
            self.broken.insert(rule);
        }
    }

    /// For the whole take.
    fn set_aside(&self, rule: Rule) -> bool {
        self.take.set_aside.iter().any(|(aside, _)| *aside == rule)
    }

    /// A rule of the whole: the take must say so somewhere.
    fn whole(&mut self, rule: Rule, keeps: bool) {
        let said = self.take.notes.iter().any(|n| n.relaxed.contains(&rule));
        let said = said || self.take.relaxed_at_end.contains(&rule) || self.set_aside(rule);
        if said {
            let sentence = format!("\"{}\"", rule.name());
            assert!(self.take.relaxations().iter().any(|s| s.contains(&sentence)), "{rule:?}");
        }
        if !keeps && !said {
            self.broken.insert(rule);
        }
    }

    /// The top notes of the voice that the ear follows: the first that has notes. A score does not tell which of
    /// several voices of one role that is.
    fn melodies(&self) -> Vec<Vec<Note>> {
        let written: BTreeSet<_> = self.notes.iter().map(|(_, n)| n.id).collect();
        let score = &self.take.score;
        let line = |v: &cadenza::music::Voice| {
            let mut line: Vec<Note> = v.notes.iter().filter(|n| written.contains(&n.id)).copied().collect();
            line.sort_by_key(|n| (n.start, 127 - n.pitch));
            line.dedup_by_key(|n| n.start);
            line
        };
        let voices = voice_slots(score).0.into_iter().zip(&score.voices).filter(|(slot, _)| !(24..28).contains(slot));
        let lines: Vec<_> = voices.map(|(slot, v)| (slot, v.role, line(v))).filter(|(.., l)| !l.is_empty()).collect();
        let first = lines.iter().min_by_key(|(slot, ..)| *slot).map(|(_, role, _)| *role);
        lines.into_iter().filter(|(_, role, _)| Some(*role) == first).map(|(.., line)| line).collect()
    }

    fn pitches(&mut self) {
        let s = &self.take.settings;
        let pitched = |slot: u8| !(24..28).contains(&slot);
        let class = |n: &Note| usize::from(n.pitch % 12);
        if let Some(key) = s.key {
            self.each(Rule::Key, |v, n| !pitched(v) || key.pitch_classes()[class(n)]);
        }
        if let Some(scale) = &s.rules.scale {
            self.each(Rule::Scale, |v, n| !pitched(v) || scale.pitch_classes()[class(n)]);
        }
        if let Some((low, high)) = s.range {
            self.each(Rule::Range, |v, n| !pitched(v) || (low <= n.pitch && n.pitch <= high));
        }
        for range in &s.rules.voice_ranges {
            let first = match range.voice.as_str() {
                "melody" => 0..6,
                "bass" => 20..24,
                other => panic!("{other}"),
            };
            self.each(Rule::VoiceRange, |v, n| !first.contains(&v) || (range.low <= n.pitch && n.pitch <= range.high));
        }
        let score = &self.take.score;
        let first = score.meters.position(self.take.from_tick, score.ppq).bar;
        if !s.rules.chords.is_empty() {
            let keeps = |v: u8, n: &Note| {
                let at = score.meters.position(n.start, score.ppq);
                let beat = score.meters.meter_at(n.start).beat_ticks(score.ppq);
                let on_beat = (n.start - at.bar_start) % beat == 0;
                let chord = s.rules.chords[(at.bar - first) as usize % s.rules.chords.len()];
                !pitched(v) || !(on_beat || s.rules.chords_off_beat) || chord.pitch_classes()[class(n)]
            };
            self.each(Rule::Chords, keeps);
        }
    }

    fn times(&mut self) {
        let s = &self.take.settings;
        let score = &self.take.score;
        let place = |n: &Note| (n.start - score.meters.position(n.start, score.ppq).bar_start) / STEP;
        if s.start_on_bar && s.rules.rhythm_from.is_none() && self.take.from_tick == 0 {
            let first = self.notes.first().map(|(_, n)| n.start);
            self.whole(Rule::StartOnBar, first == Some(0));
        }
        if let Some(home) = self.take.home {
            let home = |line: &Vec<Note>| line.last().is_some_and(|n| n.pitch % 12 == home.tonic);
            self.whole(Rule::EndHome, self.melodies().iter().any(home));
        }
        let straight = |n: &Note| score.meters.meter_at(n.start).is_compound();
        let grid = i64::from(s.grid.unwrap_or(6));
        // The quarter of a swung grid, written out by hand for the values that the tests ask for.
        let swung: Option<&[i64]> = match (s.rules.swing.map(|x| (x * 2.0) as i64), grid) {
            (None, _) => None,
            (Some(0), 6) => Some(&[0, 6, 12, 18]),
            (Some(1), 6) => Some(&[0, 7, 14, 19]),
            (Some(2), 6) => Some(&[0, 8, 16, 20]),
            (Some(0), 12) => Some(&[0, 12]),
            (Some(1), 12) => Some(&[0, 14]),
            (Some(2), 12) => Some(&[0, 16]),
            _ => None,
        };
        if let Some(swung) = swung {
            self.each(Rule::Swing, |_, n| straight(n) || swung.contains(&(place(n) % 24)));
        }
        if let Some(grid) = s.grid.map(i64::from) {
            let said = |n: &Note| self.receipt(n).relaxed.contains(&Rule::Swing);
            let moved: BTreeSet<_> = self
                .notes
                .iter()
                .filter(|(_, n)| swung.is_some() && !straight(n) && !said(n))
                .map(|(_, n)| n.id)
                .collect();
            self.each(Rule::Grid, |_, n| moved.contains(&n.id) || place(n) % grid == 0);
        }
        if let Some(most) = s.max_polyphony {
            let all: Vec<Note> = self.notes.iter().map(|(_, n)| *n).collect();
            let at_once = |t: i64| all.iter().filter(|n| n.start <= t && t < n.end()).count();
            let keeps = all.iter().all(|n| at_once(n.start) <= most as usize);
            self.whole(Rule::Polyphony, keeps);
        }
        if let Some(most) = s.rules.max_rest {
            // What is given sounds too.
            let mut all: Vec<Note> = self.take.score.notes().map(|(_, n)| *n).collect();
            all.sort_by_key(|n| n.start);
            let (mut end, mut longest) = (self.take.from_tick, 0);
            for n in all.iter().filter(|n| n.start < self.take.to_tick) {
                longest = longest.max(n.start - end);
                end = end.max(n.end());
            }
            longest = longest.max(self.take.to_tick - end);
            self.whole(Rule::MaxRest, longest <= (most * 480.0) as i64);
        }
    }

    fn bars(&mut self) {
        let score = &self.take.score;
        let bar = |tick: i64| score.meters.position(tick, score.ppq).bar;
        let (first, last) = (bar(self.take.from_tick), bar(self.take.to_tick - 1));
        let counts = (first..=last).map(|b| self.notes.iter().filter(|(_, n)| bar(n.start) == b).count() as u32);
        let counts: Vec<u32> = counts.collect();
        let rules = &self.take.settings.rules;
        let (least, most) = (rules.min_notes_per_bar, rules.max_notes_per_bar);
        self.whole(Rule::MinNotes, least.is_none_or(|least| counts.iter().all(|c| *c >= least)));
        self.whole(Rule::MaxNotes, most.is_none_or(|most| counts.iter().all(|c| *c <= most)));
    }

    fn lines(&mut self) {
        // The highest note of each onset of each slot.
        let mut lines: BTreeMap<u8, BTreeMap<i64, Note>> = BTreeMap::new();
        for (slot, n) in &self.notes {
            let top = lines.entry(*slot).or_default().entry(n.start).or_insert(*n);
            if top.pitch < n.pitch {
                *top = *n;
            }
        }
        let (mut leaps, mut repeats) = (true, true);
        for line in lines.values() {
            let line: Vec<Note> = line.values().copied().collect();
            if let Some(most) = self.take.settings.rules.max_leap {
                leaps &= line.windows(2).all(|w| w[0].pitch.abs_diff(w[1].pitch) <= most);
            }
            if let Some(n) = self.take.settings.rules.no_repeat {
                let gram = |w: &[Note]| {
                    w.iter().map(|x| (i16::from(x.pitch) - i16::from(w[0].pitch), x.duration)).collect::<Vec<_>>()
                };
                let mut seen = BTreeSet::new();
                repeats &= line.windows(n as usize).all(|w| seen.insert(gram(w)));
            }
        }
        if let Some(most) = self.take.settings.max_same.filter(|_| self.take.settings.rules.pitches_from.is_none()) {
            let same = |w: &[Note]| w.iter().all(|n| n.pitch == w[0].pitch);
            let moves = |line: &Vec<Note>| !line.windows(most as usize + 1).any(same);
            self.whole(Rule::MaxSame, self.melodies().iter().any(moves));
        }
        self.whole(Rule::MaxLeap, leaps);
        self.whole(Rule::NoRepeat, repeats);
    }

    fn ends(&mut self) {
        let pitched: Vec<&(u8, Note)> = self.notes.iter().filter(|(v, _)| !(24..28).contains(v)).collect();
        let holds = |goal: PitchGoal, pitch: u8| match goal {
            PitchGoal::Class(class) => pitch % 12 == class,
            PitchGoal::Pitch(p) => pitch == p,
        };
        let last = pitched.last().map(|(_, n)| n.start);
        let head = pitched.iter().find(|(_, n)| Some(n.start) == last).map(|(_, n)| n.pitch);
        let start = pitched.first().map(|(_, n)| n.pitch);
        let rules = self.take.settings.rules.clone();
        let keeps =
            |goal: Option<PitchGoal>, pitch: Option<u8>| goal.is_none_or(|g| pitch.is_some_and(|p| holds(g, p)));
        self.whole(Rule::StartPitch, keeps(rules.start_pitch, start));
        self.whole(Rule::EndPitch, keeps(rules.end_pitch, head));
    }

    /// Templates of these tests hold one melody in slot 0, as do the models.
    fn templates(&mut self) {
        let (from, to) = (self.take.from_tick / STEP, self.take.to_tick / STEP);
        if let Some(template) = self.take.settings.rules.rhythm_from.clone() {
            let mut wanted = Vec::new();
            let mut start = from;
            while start < to {
                for n in template.notes.iter().filter(|n| start + i64::from(n.onset) < to) {
                    let onset = start + i64::from(n.onset);
                    let left = to - onset;
                    let fits =
                        DURATIONS.iter().map(|d| i64::from(*d)).filter(|d| *d <= left.min(i64::from(n.duration)));
                    wanted.push((onset, n.slot, fits.max().unwrap_or(1)));
                }
                start += i64::from(template.length);
            }
            wanted.sort_unstable();
            let mut got: Vec<_> = self.notes.iter().map(|(v, n)| (n.start / STEP, *v, n.duration / STEP)).collect();
            got.sort_unstable();
            self.whole(Rule::Rhythm, wanted == got);
        }
        if let Some(template) = self.take.settings.rules.pitches_from.clone() {
            let order = |slot: u8| template.notes.iter().filter(move |n| n.slot == slot).map(|n| n.pitch);
            let keeps = (0..32).all(|slot| {
                let got = self.notes.iter().filter(|(v, _)| *v == slot).map(|(_, n)| n.pitch);
                let wanted: Vec<u8> = order(slot).collect();
                let none = wanted.is_empty();
                let mut cycle = wanted.iter().cycle();
                got.into_iter().all(|p| !none && cycle.next() == Some(&p))
            });
            self.whole(Rule::Pitches, keeps);
        }
    }
}

//! A take being written: feeds the model, masks, draws, and puts notes into a score as they come.

use super::Settings;
use super::generator::{Generator, Written, with_ppq};
use super::rules::{Closing, Compiled, GivenNotes, Heard, Mask, Past, Rule, Situation};
use super::sampler::{given, sample};
use super::stream::{Stream, Told, WEIGHED};
use super::take::{FieldReceipt, NoteReceipt, PPQ, TICKS_PER_STEP, Take};
use super::task::{Plan, Task, step};
use crate::encoding::region::opened;
use crate::encoding::vocabulary::{END, is_drums, slot_role, velocity_bin};
use crate::encoding::{
    BarGrid, Decoder, Event, Field, Part, Place, Region, SlotCard, encode, encode_with_slots, slot_instrument, tonic,
    voice_slots,
};
use crate::music::{Key, KeyChange, Meter, MeterMap, Note, NoteId, Score, TempoMap, Voice};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, HashSet, VecDeque};

pub struct Writer<'a> {
    generator: &'a Generator,
    settings: &'a Settings,
    told: Told,
    lift: i8,
    rng: ChaCha8Rng,
    stream: Stream<'a>,
    decoder: Decoder,
    /// Slots that may be written.
    slots: Vec<u8>,
    /// Voice of the score for each slot that has one, and the slot of each voice.
    voice_of: BTreeMap<u8, usize>,
    slot_of: Vec<u8>,
    score: Score,
    /// Steps at which all that is to be written begins and ends, and what is written of it now.
    region: (u32, u32),
    section: (u32, u32),
    /// The bar at which it ends: what "bars left" counts to.
    end_bar: u32,
    closing: Closing,
    rules: Compiled,
    past: Past,
    /// Rules that were set aside where a part ends.
    relaxed_at_end: Vec<Rule>,
    given: GivenNotes,
    last: Option<(u32, u8, u8)>,
    sounding: Vec<u32>,
    written: HashSet<NoteId>,
    receipts: Vec<NoteReceipt>,
    /// Notes that are to be written as they are before anything is chosen, in the order of the model.
    kept: VecDeque<Event>,
    /// The key in which the piece is to end, once its last two bars have come.
    home: Option<Key>,
}

impl<'a> Writer<'a> {
    /// Writes after a primer, or from nothing.
    ///
    /// # Errors
    /// As of [`Compiled::new`].
    pub fn after(
        generator: &'a Generator,
        settings: &'a Settings,
        told: Told,
        primer: Option<&Score>,
    ) -> Result<Self, String> {
        let card = generator.card();
        let mut events = Vec::new();
        let (mut score, slot_of) = match primer {
            Some(primer) => {
                let score = with_ppq(primer);
                events = encode(&score).events;
                events.pop(); // its END
                (score, voice_slots(primer).0)
            }
            None => (empty(generator), Vec::new()),
        };
        let mut grid = BarGrid::of(&score);
        let begin = if primer.is_some() {
            let end = step(score.end);
            let at = grid.locate(end);
            if at.place == 0 { end } else { at.bar_start + at.bar_len }
        } else {
            0
        };
        if let Some(meter) = settings.meter {
            let tick = i64::from(begin) * TICKS_PER_STEP;
            set_meter(&mut score, tick, meter);
            grid = BarGrid::of(&score);
        }
        let end_bar = grid.locate(begin).bar + settings.bars;
        let region = (begin, grid.bar(end_bar).bar_start);
        let slots = card.slots.iter().map(|s| s.slot).collect();
        // A piece from nothing is told where it ends, and may end there; what goes on may well go on.
        let told = Told { left: told.left && primer.is_none(), ..told };
        let closing = if told.left { Closing::OrEnd } else { Closing::ByLength };
        let mut writer =
            Self::new(generator, settings, told, primer, (score, slot_of), slots, (region, end_bar, closing))?;
        if let Some(key) = settings.key {
            let tick = i64::from(begin) * TICKS_PER_STEP;
            writer.score.keys.retain(|k| k.tick < tick);
            writer.score.keys.push(KeyChange { tick, key });
        }
        writer.read_primer(&events);
        writer.remember(begin);
        Ok(writer)
    }

    /// Writes into what a plan has emptied of the piece as it was `before`; [`Writer::begin`] comes next,
    /// once a section.
    ///
    /// # Errors
    /// As of [`Compiled::new`].
    pub fn within(
        generator: &'a Generator,
        settings: &'a Settings,
        told: Told,
        plan: Plan,
        rng: ChaCha8Rng,
        before: &Score,
    ) -> Result<Self, String> {
        let Plan { score, slots: slot_of, region, .. } = plan;
        let grid = BarGrid::of(&score);
        let steps = (grid.bar(region.from).bar_start, grid.bar(region.to).bar_start);
        let open = (0..32).filter(|slot| region.opens(*slot)).map(|slot| slot as u8).collect();
        let closing = if settings.task == Task::Vary { Closing::OnceBegun } else { Closing::ByEnd };
        let told = Told { left: true, ..told };
        let parts = (steps, region.to, closing);
        let mut writer = Self::new(generator, settings, told, Some(before), (score, slot_of), open, parts)?;
        writer.rng = rng;
        Ok(writer)
    }

    fn new(
        generator: &'a Generator,
        settings: &'a Settings,
        told: Told,
        heard: Option<&Score>,
        (score, slot_of): (Score, Vec<u8>),
        slots: Vec<u8>,
        (region, end_bar, closing): ((u32, u32), u32, Closing),
    ) -> Result<Self, String> {
        let grid = BarGrid::of(&score);
        let part = (region, grid.locate(region.0).bar);
        let rules = Compiled::new(settings, generator.card(), (&score, &slot_of), &slots, part)?;
        // A model of the common tonic is told where this piece has its own: by the user, or by the notes.
        let key = settings.key.or_else(|| heard.and_then(Key::estimate).map(|(key, _)| key));
        let lift = key.filter(|_| generator.card().common_tonic).map_or(0, tonic::lift_of);
        Ok(Self {
            generator,
            settings,
            told,
            lift,
            rng: ChaCha8Rng::seed_from_u64(settings.seed),
            stream: generator.stream(grid.bar(0).meter, lift, told),
            decoder: Decoder::new(grid),
            slots,
            voice_of: slot_of.iter().enumerate().rev().map(|(voice, slot)| (*slot, voice)).collect(),
            slot_of,
            score,
            region,
            section: region,
            end_bar,
            closing,
            rules,
            past: Past::default(),
            relaxed_at_end: Vec::new(),
            given: GivenNotes::default(),
            last: None,
            sounding: Vec::new(),
            written: HashSet::new(),
            receipts: Vec::new(),
            kept: VecDeque::new(),
            home: None,
        })
    }

    /// Has these notes written first, each where it stands. What follows them is drawn as it would be had
    /// they been drawn: with them unchanged, the same take comes again.
    pub fn keep(&mut self, notes: &Score) {
        // The voices of the primer first; others are known by the names that they are given here.
        let (by_role, _) = voice_slots(notes);
        let by_name = |v: &Voice| {
            let named = |s: &&SlotCard| s.name == v.name && slot_role(s.slot).0 == v.role;
            self.generator.card().slots.iter().find(named).map(|s| s.slot)
        };
        let slot = |(i, v): (usize, &Voice)| self.slot_of.get(i).copied().or_else(|| by_name(v)).unwrap_or(by_role[i]);
        let slots: Vec<u8> = notes.voices.iter().enumerate().map(slot).collect();
        let mut events = encode_with_slots(&with_ppq(notes), &slots).events;
        events.pop(); // its END
        let (from, to) = self.region;
        self.kept = events.into_iter().filter(|e| from <= e.onset && e.onset < to).collect();
    }

    /// What rules are to know of the notes that are there, before writing goes on at step `from`.
    fn remember(&mut self, from: u32) {
        let mut past = self.past.carried_on();
        for (voice, note) in self.score.notes() {
            let (from, to) = (step(note.start), step(note.end()));
            let heard = Heard { slot: self.slot_of[voice], pitch: note.pitch, from, to: to.max(from + 1) };
            past.add(self.decoder.grid().locate(from).bar, heard);
        }
        past.open(from, &self.rules.rhythm);
        self.past = past;
    }

    /// Feeds the primer: its last events, as many as the model looks back on.
    fn read_primer(&mut self, events: &[Event]) {
        let first = events.len().saturating_sub(self.stream.memory());
        if first == 0 {
            self.stream.open(self.decoder.grid().bar(0).meter, self.end_bar);
        }
        self.stream.feed_counts(&events[..first]);
        for (i, event) in events.iter().enumerate().skip(first) {
            self.decoder.jump(event.onset);
            let at = self.decoder.at();
            let left = self.end_bar.saturating_sub(at.bar);
            if i + WEIGHED < events.len() {
                self.stream.feed(event, left);
            } else {
                self.stream.feed_weighed(event, &at, left);
            }
        }
    }

    /// Opens a part of the region: reads what is there now, the nearest where it is too much.
    pub fn begin(&mut self, region: Region) {
        let grid = self.decoder.grid();
        let (start, end) = (grid.bar(region.from), grid.bar(region.to).bar_start);
        let events = encode_with_slots(&self.score, &self.slot_of).events;
        let notes = &events[..events.len().saturating_sub(1)]; // without END
        let bars: Vec<u32> = notes.iter().map(|e| grid.locate(e.onset).bar).collect();
        // A quarter of the window is kept for what is to come.
        let room = self.stream.memory() * 3 / 4;
        let far = |e: &Event| start.bar_start.saturating_sub(e.onset).max((e.onset + 1).saturating_sub(end));
        let mut nearest: Vec<usize> = (0..notes.len()).collect();
        nearest.sort_by_key(|i| (far(&notes[*i]), *i));
        let near: HashSet<usize> = nearest.into_iter().take(room).collect();
        let part = |i: usize| if near.contains(&i) { Part::Given } else { Part::Hidden };
        let (at, meter) = (start.bar_start, start.meter);
        let told = opened(notes, &bars, region, (at, meter), part);

        let mut given = GivenNotes::default();
        for (voice, note) in self.score.notes() {
            let (from, to) = (step(note.start), step(note.end()));
            given.push(self.slot_of[voice], note.pitch, from, to.max(from + 1));
        }
        let first_meter = grid.bar(0).meter;
        self.stream = self.generator.stream(first_meter, self.lift, self.told);
        self.stream.open_region(&told.given, region, at, meter);
        self.decoder.jump(at);
        (self.given, self.section, self.end_bar) = (given, (at, end), region.to);
        (self.last, self.sounding) = (None, Vec::new());
        self.remember(at);
    }

    fn situation(&self) -> Situation<'_> {
        Situation {
            settings: self.settings,
            decoder: &self.decoder,
            slots: &self.slots,
            region: self.section,
            until: self.region.1,
            closing: self.closing,
            rules: &self.rules,
            past: &self.past,
            given: &self.given,
            last: self.last,
            sounding: &self.sounding,
            begun: !self.receipts.is_empty(),
            home: self.home,
        }
    }

    /// The next note where it is one that is kept: its place, and its fields as seen from here.
    fn next_kept(&self) -> Option<(Place, Event)> {
        let event = *self.kept.front()?;
        let place = self.decoder.grid().locate(event.onset);
        Some((place, event.told_after(&self.decoder.at(), &place)))
    }

    /// Writes a note that is kept. As many numbers are drawn as for one that is chosen.
    fn write_kept(&mut self, place: Place, event: Event, watch: &mut dyn FnMut(Written<'_>)) -> bool {
        if event.onset >= self.section.1 {
            let _: f32 = self.rng.random();
            return false;
        }
        self.kept.pop_front();
        let mut receipt = Partial::default();
        for field in Field::ALL.into_iter().take(self.generator.n_fields()) {
            let value = event.fields[field as usize];
            let _: f32 = self.rng.random();
            receipt.fields.push(FieldReceipt::given(field, &given(&self.stream.logits(field), value)));
            self.stream.choose(field, value, (field == Field::Step).then_some(&place));
        }
        let Some((_, slot, note)) = self.decoder.push(&event.fields) else { return false };
        // A rest longer than a field can say is shortened for the model alone.
        self.decoder.jump(event.onset);
        let note = Note { start: i64::from(event.onset), ..note };
        self.written_down(event, slot, note, place.bar, receipt, watch);
        true
    }

    /// Chooses a field under a mask, and tells the chain.
    fn choose(&mut self, field: Field, mask: Mask, receipt: &mut Partial) -> u16 {
        let (own, drawn) = self.stream.logits_to_draw(field);
        let random: f32 = self.rng.random();
        let choice = sample(&own, &drawn, &mask.allowed, self.settings.draw(field), random);
        receipt.relaxed.extend(mask.relaxed);
        receipt.fields.push(FieldReceipt::new(field, &choice));
        choice.value
    }

    /// Where the piece is at home: asked for, or heard by the time that it is to end.
    fn look_home(&mut self) {
        let Settings { end_home, key, task, rules, .. } = self.settings;
        let free = *end_home && !task.opens() && rules.end_pitch.is_none() && rules.pitches_from.is_none();
        if free && self.home.is_none() && self.decoder.at().bar + 2 >= self.end_bar {
            self.home = key.or_else(|| Key::estimate(&self.score).map(|(key, _)| key));
        }
    }

    /// Writes the next note; `false` at the end of what is written now.
    pub fn next_note(&mut self, watch: &mut dyn FnMut(Written<'_>)) -> bool {
        self.look_home();
        if let Some((place, event)) = self.next_kept() {
            return self.write_kept(place, event, watch);
        }
        let mut receipt = Partial::default();
        let mask = self.situation().bars();
        let bar = self.choose(Field::Bar, mask, &mut receipt);
        let at = self.decoder.at();
        if bar >= END || self.decoder.grid().bar(at.bar + u32::from(bar)).bar_start >= self.section.1 {
            self.relaxed_at_end.extend(receipt.relaxed);
            return false;
        }
        self.stream.choose(Field::Bar, bar, None);
        let mask = self.situation().steps(bar);
        let step = self.choose(Field::Step, mask, &mut receipt);
        let Some(place) = self.decoder.target(bar, step) else { return false };
        self.stream.choose(Field::Step, step, Some(&place));
        let mask = self.situation().voices(&place);
        let voice = self.choose(Field::Voice, mask, &mut receipt);
        self.stream.choose(Field::Voice, voice, None);
        let mask = self.situation().pitches(&place, voice as u8);
        receipt.removed = self.situation().removed_pitches(&place, voice as u8);
        if self.situation().opens_a_piece() && !receipt.relaxed.contains(&Rule::StartOnBar) {
            // Every place of the first bar but its line.
            receipt.removed.insert(Rule::StartOnBar, place.bar_len - 1);
        }
        receipt.removed.retain(|rule, _| !mask.relaxed.contains(rule));
        let pitch = self.choose(Field::Pitch, mask, &mut receipt);
        self.stream.choose(Field::Pitch, pitch, None);
        let mask = self.situation().durations(&place, voice as u8, pitch as u8);
        let duration = self.choose(Field::Duration, mask, &mut receipt);
        self.stream.choose(Field::Duration, duration, None);
        let velocity = if self.generator.n_fields() > Field::Velocity as usize {
            let all = Mask { allowed: vec![true; Field::Velocity.size()], relaxed: Vec::new() };
            let velocity = self.choose(Field::Velocity, all, &mut receipt);
            self.stream.choose(Field::Velocity, velocity, None);
            velocity
        } else {
            velocity_bin(80)
        };
        let fields = [bar, step, voice, pitch, duration, velocity];
        let Some((event, slot, note)) = self.decoder.push(&fields) else { return false };
        self.written_down(event, slot, note, place.bar, receipt, watch);
        true
    }

    /// A note (in steps) that was settled: for the rules, the score and the model.
    fn written_down(
        &mut self,
        event: Event,
        slot: u8,
        note: Note,
        bar: u32,
        receipt: Partial,
        watch: &mut dyn FnMut(Written<'_>),
    ) {
        self.last = Some((event.onset, slot, note.pitch));
        self.sounding.retain(|end| *end > event.onset);
        let to = event.onset + note.duration as u32;
        self.sounding.push(to);
        let heard = Heard { slot, pitch: note.pitch, from: event.onset, to };
        self.past.write(bar, heard, is_drums(slot), &self.rules.rhythm);
        self.write(slot, note, bar, receipt, watch);
        self.stream.feed(&event, self.end_bar.saturating_sub(bar));
    }

    /// Puts a note (in steps) into the score, shortening one of its pitch that still sounds (what is given
    /// in a region never is: rules leave it alone).
    fn write(&mut self, slot: u8, note: Note, bar: u32, receipt: Partial, watch: &mut dyn FnMut(Written<'_>)) {
        let voice = self.voice(slot);
        let note = Note { start: note.start * TICKS_PER_STEP, duration: note.duration * TICKS_PER_STEP, ..note };
        for old in self.score.voices[voice].notes.iter_mut().filter(|n| n.pitch == note.pitch) {
            if old.start < note.start && old.end() > note.start {
                old.duration = note.start - old.start;
            }
        }
        let id = self.score.insert(voice, note);
        let note = Note { id, ..note };
        self.written.insert(id);
        let Partial { fields, relaxed, removed } = receipt;
        let name = &self.score.voices[voice].name;
        self.receipts.push(NoteReceipt { relaxed, removed, ..NoteReceipt::new(&note, bar, name, fields) });
        watch(Written { voice, note, score: &self.score });
    }

    /// The voice of a slot, made when first needed with the instrument it has in the corpus.
    fn voice(&mut self, slot: u8) -> usize {
        if let Some(voice) = self.voice_of.get(&slot) {
            return *voice;
        }
        let (name, role, program) = slot_instrument(slot);
        let card = self.generator.card().slots.iter().find(|s| s.slot == slot);
        let voice = match card {
            Some(card) => Voice::new(card.name.clone(), role, card.program),
            None => Voice::new(name, role, program),
        };
        let index = self.score.push_voice(voice);
        self.voice_of.insert(slot, index);
        self.slot_of.push(slot);
        index
    }

    pub fn finish(mut self, seconds: f64, stopped: bool) -> Take {
        let mut end = i64::from(self.region.1) * TICKS_PER_STEP;
        if stopped {
            // The bar that was being written is not whole: it goes.
            end = i64::from(self.decoder.at().bar_start) * TICKS_PER_STEP;
            for voice in &mut self.score.voices {
                voice.notes.retain(|n| n.start < end || !self.written.contains(&n.id));
                let written = voice.notes.iter_mut().filter(|n| self.written.contains(&n.id));
                written.for_each(|n| n.duration = n.duration.min(end - n.start));
            }
            self.receipts.retain(|r| r.start_tick < end);
            // It never came to its end.
            self.relaxed_at_end.extend(self.settings.rules.end_pitch.map(|_| Rule::EndPitch));
            self.relaxed_at_end.extend(self.home.map(|_| Rule::EndHome));
        }
        // A new piece says its key to whoever opens it: the one that was asked for, or what its notes say.
        if self.region.0 == 0 && !self.settings.task.opens() && self.score.keys.is_empty() {
            let key = self.home.or_else(|| Key::estimate(&self.score).map(|(key, _)| key));
            self.score.keys.extend(key.map(|key| KeyChange { tick: 0, key }));
        }
        // A piece that is written into stays as long as it was.
        let before = if self.settings.task.opens() { self.score.end } else { 0 };
        self.score.end = end.max(before).max(self.score.last_note_end());
        Take {
            score: self.score,
            settings: self.settings.clone(),
            model: self.generator.card().name.clone(),
            from_tick: i64::from(self.region.0) * TICKS_PER_STEP,
            to_tick: end,
            notes: self.receipts,
            relaxed_at_end: self.relaxed_at_end,
            set_aside: Vec::new(),
            home: self.home,
            letters: Vec::new(),
            seconds,
            stopped,
        }
    }
}

/// A score of this model's meter and tempo, without a note.
fn empty(generator: &Generator) -> Score {
    let card = generator.card();
    let mut score = Score::new(PPQ);
    score.meters = MeterMap::constant(card.first_meter());
    score.tempos = TempoMap::constant(card.tempo);
    score
}

/// Bars are of this meter from `tick` on, whatever was to come there.
fn set_meter(score: &mut Score, tick: i64, meter: Meter) {
    let later: Vec<i64> = score.meters.changes().iter().map(|c| c.tick).filter(|at| *at >= tick).collect();
    for at in later {
        score.meters.remove(at);
    }
    if tick == 0 || score.meters.meter_at(tick) != meter {
        score.meters.set(tick, meter);
    }
}

/// A receipt being written.
#[derive(Default)]
struct Partial {
    fields: Vec<FieldReceipt>,
    relaxed: Vec<Rule>,
    removed: BTreeMap<Rule, u32>,
}

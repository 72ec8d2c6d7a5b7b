//! The stream of events: feeds the network, masks, draws, and writes notes into a score as they come.

use super::Settings;
use super::rules::{Mask, Situation};
use super::sampler::sample;
use super::stream::Stream;
use super::take::{FieldReceipt, NoteReceipt, PPQ, TICKS_PER_STEP, Take};
use crate::encoding::vocabulary::velocity_bin;
use crate::encoding::{BarGrid, Decoder, Event, Field, ModelCard, encode, slot_instrument, tonic, voice_slots};
use crate::files::container::ContainerError;
use crate::model::{Checkpoint, CheckpointError, ModelConfig, Predictor};
use crate::music::transform::rescaled;
use crate::music::{Key, KeyChange, MeterMap, Note, Score, Voice};
use burn::tensor::Device;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    #[error(transparent)]
    Model(#[from] CheckpointError),
    #[error("the model uses another event vocabulary (version {found}, this program has {expected}): {path}")]
    Vocabulary { found: u32, expected: u32, path: PathBuf },
    #[error("the settings are not sound: {0}")]
    Settings(String),
}

impl From<ContainerError> for GenerateError {
    fn from(e: ContainerError) -> Self {
        Self::Model(e.into())
    }
}

/// The part of a model file's header that writing music needs.
#[derive(Clone, Serialize, Deserialize)]
struct Info {
    card: ModelCard,
}

/// A model ready to write music. Always on the CPU: one note at a time would starve a GPU.
pub struct Generator {
    model: Predictor,
    config: ModelConfig,
    card: ModelCard,
    device: Device,
}

/// A note as it is written, for whoever watches.
#[derive(Clone, Debug, PartialEq)]
pub struct Written<'a> {
    pub voice: usize,
    pub note: Note,
    pub score: &'a Score,
}

impl Generator {
    /// Loads a model file.
    ///
    /// # Errors
    /// Missing, damaged, or of another version.
    pub fn load(path: &Path) -> Result<Self, GenerateError> {
        let checkpoint = Checkpoint::<Info>::load(path)?;
        Self::of(&checkpoint, checkpoint.info.card.clone(), path)
    }

    /// A model in memory; `path` names it in errors.
    ///
    /// # Errors
    /// Of another version.
    pub fn of<T: Serialize + DeserializeOwned>(
        checkpoint: &Checkpoint<T>,
        card: ModelCard,
        path: &Path,
    ) -> Result<Self, GenerateError> {
        let (found, expected) = (card.vocabulary, crate::encoding::VOCABULARY);
        if found != expected {
            return Err(GenerateError::Vocabulary { found, expected, path: path.to_owned() });
        }
        let device = crate::model::Compute::Cpu.open().map_err(|e| GenerateError::Settings(e.to_string()))?;
        let model = checkpoint.predictor(&device, path)?;
        Ok(Self { model, config: checkpoint.config.clone(), card, device })
    }

    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    /// Writes one take. `note` is told of each note as it comes; `cancel` ends the take at the last
    /// whole bar.
    ///
    /// # Errors
    /// [`GenerateError::Settings`] where they make no sense.
    pub fn take(
        &self,
        settings: &Settings,
        primer: Option<&Score>,
        cancel: &AtomicBool,
        note: &mut dyn FnMut(Written<'_>),
    ) -> Result<Take, GenerateError> {
        settings.check().map_err(GenerateError::Settings)?;
        let begun = Instant::now();
        let mut writer = Writer::new(self, settings, primer);
        let mut stopped = false;
        while writer.next_note(note) {
            if cancel.load(Ordering::Relaxed) {
                stopped = true;
                break;
            }
        }
        Ok(writer.finish(begun.elapsed().as_secs_f64(), stopped))
    }
}

/// A take being written.
struct Writer<'a> {
    generator: &'a Generator,
    settings: &'a Settings,
    rng: ChaCha8Rng,
    stream: Stream<'a>,
    decoder: Decoder,
    slots: Vec<u8>,
    /// Voice of the score for each slot that has one.
    voice_of: BTreeMap<u8, usize>,
    score: Score,
    region: (u32, u32),
    last: Option<(u32, u8, u8)>,
    sounding: Vec<u32>,
    receipts: Vec<NoteReceipt>,
}

impl<'a> Writer<'a> {
    fn new(generator: &'a Generator, settings: &'a Settings, primer: Option<&Score>) -> Self {
        let card = &generator.card;
        let mut score = Score::new(PPQ);
        let mut voice_of = BTreeMap::new();
        let mut events = Vec::new();
        score.meters = MeterMap::constant(card.first_meter());
        score.tempos = crate::music::TempoMap::constant(card.tempo);
        let slots: Vec<u8> = card.slots.iter().map(|s| s.slot).collect();
        if let Some(primer) = primer {
            score = with_ppq(primer);
            let (primer_slots, _) = voice_slots(primer);
            voice_of.extend(primer_slots.iter().enumerate().rev().map(|(voice, slot)| (*slot, voice)));
            events = encode(&score).events;
            events.pop(); // its END
        }
        let grid = BarGrid::of(&score);
        let begin = if primer.is_some() {
            let end = u32::try_from(rescaled(score.end, PPQ, crate::encoding::STEPS_PER_QUARTER)).unwrap_or(0);
            let at = grid.locate(end);
            if at.place == 0 { end } else { at.bar_start + at.bar_len }
        } else {
            0
        };
        let last_bar = grid.bar(grid.locate(begin).bar + settings.bars);
        if let Some(key) = settings.key {
            let tick = i64::from(begin) * TICKS_PER_STEP;
            score.keys.retain(|k| k.tick < tick);
            score.keys.push(KeyChange { tick, key });
        }
        // A model of the common tonic is told where this piece has its own: by the user, or by the primer.
        let told = settings.key.or_else(|| primer.and_then(Key::estimate).map(|(key, _)| key));
        let lift = told.filter(|_| card.common_tonic).map_or(0, tonic::lift_of);
        let mut writer = Self {
            generator,
            settings,
            rng: ChaCha8Rng::seed_from_u64(settings.seed),
            stream: Stream::new(&generator.model, &generator.config, &generator.device, grid.bar(0).meter, lift),
            decoder: Decoder::new(grid),
            slots,
            voice_of,
            score,
            region: (begin, last_bar.bar_start),
            last: None,
            sounding: Vec::new(),
            receipts: Vec::new(),
        };
        writer.read_primer(&events);
        writer
    }

    /// Feeds the primer: its last events, as many as the model looks back on.
    fn read_primer(&mut self, events: &[Event]) {
        let first = events.len().saturating_sub(self.stream.memory());
        if first == 0 {
            self.stream.open(self.decoder.grid().bar(0).meter);
        }
        for event in &events[first..] {
            self.stream.feed(event);
            self.decoder.jump(event.onset);
        }
    }

    fn situation(&self) -> Situation<'_> {
        Situation {
            settings: self.settings,
            decoder: &self.decoder,
            slots: &self.slots,
            region: self.region,
            last: self.last,
            sounding: &self.sounding,
            begun: !self.receipts.is_empty(),
        }
    }

    /// Chooses a field under a mask, and tells the chain.
    fn choose(&mut self, field: Field, mask: Mask, receipt: &mut Partial) -> u16 {
        let logits = self.stream.logits(field);
        let random: f32 = self.rng.random();
        let choice = sample(&logits, &mask.allowed, self.settings, random);
        receipt.relaxed.extend(mask.relaxed);
        receipt.fields.push(FieldReceipt::new(field, &choice));
        choice.value
    }

    /// Writes the next note; `false` at the end of the region.
    fn next_note(&mut self, watch: &mut dyn FnMut(Written<'_>)) -> bool {
        let mut receipt = Partial::default();
        let mask = self.situation().bars();
        let bar = self.choose(Field::Bar, mask, &mut receipt);
        let at = self.decoder.at();
        if self.decoder.grid().bar(at.bar + u32::from(bar)).bar_start >= self.region.1 {
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
        let pitch = self.choose(Field::Pitch, mask, &mut receipt);
        self.stream.choose(Field::Pitch, pitch, None);
        let mask = self.situation().durations(&place);
        let duration = self.choose(Field::Duration, mask, &mut receipt);
        self.stream.choose(Field::Duration, duration, None);
        let velocity = if self.generator.config.fields.len() > Field::Velocity as usize {
            let all = Mask { allowed: vec![true; Field::Velocity.size()], relaxed: Vec::new() };
            self.choose(Field::Velocity, all, &mut receipt)
        } else {
            velocity_bin(80)
        };
        let fields = [bar, step, voice, pitch, duration, velocity];
        let Some((event, slot, note)) = self.decoder.push(&fields) else { return false };
        self.last = Some((event.onset, slot, note.pitch));
        self.sounding.retain(|end| *end > event.onset);
        self.sounding.push(event.onset + note.duration as u32);
        self.write(slot, note, place.bar, receipt, watch);
        self.stream.feed(&event);
        true
    }

    /// Puts a note (in steps) into the score, shortening one of its pitch that still sounds.
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
        let pitch = receipt.fields.iter().find(|f| f.field == Field::Pitch.name());
        self.receipts.push(NoteReceipt {
            bar: bar + 1,
            voice: self.score.voices[voice].name.clone(),
            start_tick: note.start,
            duration_ticks: note.duration,
            pitch: note.pitch,
            velocity: note.velocity,
            probability: receipt.fields.iter().map(|f| f64::from(f.probability)).product(),
            rank: pitch.map_or(0, |p| p.rank),
            alternatives: pitch.map_or_else(Vec::new, |p| p.alternatives.clone()),
            fields: receipt.fields,
            relaxed: receipt.relaxed,
        });
        watch(Written { voice, note, score: &self.score });
    }

    /// The voice of a slot, made when first needed with the instrument it has in the corpus.
    fn voice(&mut self, slot: u8) -> usize {
        if let Some(voice) = self.voice_of.get(&slot) {
            return *voice;
        }
        let (name, role, program) = slot_instrument(slot);
        let card = self.generator.card.slots.iter().find(|s| s.slot == slot);
        let voice = match card {
            Some(card) => Voice::new(card.name.clone(), role, card.program),
            None => Voice::new(name, role, program),
        };
        let index = self.score.push_voice(voice);
        self.voice_of.insert(slot, index);
        index
    }

    fn finish(mut self, seconds: f64, stopped: bool) -> Take {
        let mut end = i64::from(self.region.1) * TICKS_PER_STEP;
        if stopped {
            // The bar that was being written is not whole: it goes.
            end = i64::from(self.decoder.at().bar_start) * TICKS_PER_STEP;
            for voice in &mut self.score.voices {
                voice.notes.retain(|n| n.start < end);
                voice.notes.iter_mut().for_each(|n| n.duration = n.duration.min(end - n.start));
            }
            self.receipts.retain(|r| r.start_tick < end);
        }
        self.score.end = end.max(self.score.last_note_end());
        Take {
            score: self.score,
            settings: self.settings.clone(),
            model: self.generator.card.name.clone(),
            from_tick: i64::from(self.region.0) * TICKS_PER_STEP,
            notes: self.receipts,
            seconds,
            stopped,
        }
    }
}

/// A receipt being written.
#[derive(Default)]
struct Partial {
    fields: Vec<FieldReceipt>,
    relaxed: Vec<super::rules::Rule>,
}

/// A score at [`PPQ`] ticks a quarter.
fn with_ppq(score: &Score) -> Score {
    let to = |tick| rescaled(tick, score.ppq, PPQ);
    let mut out = score.clone();
    out.ppq = PPQ;
    out.tempos = Default::default();
    score.tempos.changes().iter().for_each(|c| out.tempos.set(to(c.tick), c.micros_per_quarter));
    out.meters = Default::default();
    score.meters.changes().iter().for_each(|c| out.meters.set(to(c.tick), c.meter));
    out.keys.iter_mut().for_each(|k| k.tick = to(k.tick));
    for voice in &mut out.voices {
        for n in &mut voice.notes {
            let end = to(n.end());
            n.start = to(n.start);
            n.duration = (end - n.start).max(1);
        }
        voice.events.iter_mut().for_each(|e| e.tick = to(e.tick));
        voice.sort();
    }
    out.end = to(score.end).max(out.last_note_end());
    out
}

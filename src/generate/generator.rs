//! A model ready to write music: what it can be asked, and the loop of a take.

use super::Settings;
use super::rules::without_conflicts;
use super::stream::{Model, Stream, Told};
use super::take::{PPQ, Take};
use super::task::Plan;
use super::writer::Writer;
use crate::encoding::ModelCard;
use crate::encoding::region::density_value;
use crate::files::container::ContainerError;
use crate::model::{Checkpoint, CheckpointError, Inference, ModelConfig};
use crate::music::transform::rescaled;
use crate::music::{Note, Score};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
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
    #[error("{model}: {why}")]
    Cannot { model: String, why: String },
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
    model: Model,
    config: ModelConfig,
    pub(super) card: ModelCard,
}

/// What a model can be asked for beyond new music and to continue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// It has learned with given notes: it fills, accompanies, varies and harmonises.
    pub fills: bool,
    /// The styles that it can be told.
    pub styles: Vec<String>,
    /// It can be told a density.
    pub density: bool,
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
        let predictor = checkpoint.predictor(&device, path)?;
        let network = predictor.network().map(|network| Box::new(Inference::new(network, &checkpoint.config)));
        let model = Model { network, counts: predictor.into_counts() };
        Ok(Self { model, config: checkpoint.config.clone(), card })
    }

    /// Under the name that it is asked for by: a run may have been renamed since, or packed.
    #[must_use]
    pub fn called(mut self, name: &str) -> Self {
        name.clone_into(&mut self.card.name);
        self
    }

    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    pub fn abilities(&self) -> Abilities {
        let told = |name: &str| self.config.condition(name).is_some();
        Abilities {
            fills: self.config.groups > 0,
            styles: if told("style") { self.card.styles.clone() } else { Vec::new() },
            density: told("density"),
        }
    }

    /// What this model cannot do of what is asked, as a sentence; `None` where it can do all.
    pub fn cannot(&self, settings: &Settings) -> Option<String> {
        let can = self.abilities();
        if settings.task.opens() && !can.fills {
            let kind = self.config.arch;
            return Some(format!(
                "this model ({kind}) has not learned with given notes: it can write new music and continue, but not {} \
                 (train a transformer with infill)",
                settings.task
            ));
        }
        if let Some(style) = settings.style.as_ref().filter(|s| !can.styles.contains(s)) {
            let known = if can.styles.is_empty() { "none".to_owned() } else { can.styles.join(", ") };
            return Some(format!("it knows no style \"{style}\" (it tells apart: {known})"));
        }
        if settings.density.is_some() && !can.density {
            return Some("it has not learned to be told a density (train with tell)".to_owned());
        }
        None
    }

    fn told(&self, settings: &Settings) -> Told {
        let style = settings.style.as_ref().and_then(|s| self.card.styles.iter().position(|known| known == s));
        Told {
            // A model that is told densities has been told the bars left of whole pieces too.
            left: self.config.condition("density").is_some(),
            style: style.map_or(0, |i| i as u16 + 1),
            density: settings.density.map_or(0, |d| density_value(f64::from(d))),
            guidance: settings.guidance,
        }
    }

    /// The model at work on a piece whose first bar is of this kind.
    pub(super) fn stream(&self, first_meter: u8, lift: i8, told: Told) -> Stream<'_> {
        Stream::new(&self.model, self.n_fields(), first_meter, lift, told)
    }

    pub(super) fn n_fields(&self) -> usize {
        self.config.fields.len()
    }

    /// Writes one take: after `primer`, or into it where the task opens a region. `note` is told of each
    /// note as it comes; `cancel` ends the take at the last whole bar.
    ///
    /// # Errors
    /// [`GenerateError::Settings`] where they make no sense, [`GenerateError::Cannot`] where the model has
    /// not learned what is asked.
    pub fn take(
        &self,
        settings: &Settings,
        primer: Option<&Score>,
        cancel: &AtomicBool,
        note: &mut dyn FnMut(Written<'_>),
    ) -> Result<Take, GenerateError> {
        self.take_on(settings, primer, None, cancel, note)
    }

    /// As [`Self::take`], with the notes of `kept` (on the primer's timeline, with its voices) written first,
    /// as they are; the rest is drawn as it would be had they been drawn.
    ///
    /// # Errors
    /// As of [`Self::take`].
    pub fn take_on(
        &self,
        settings: &Settings,
        primer: Option<&Score>,
        kept: Option<&Score>,
        cancel: &AtomicBool,
        note: &mut dyn FnMut(Written<'_>),
    ) -> Result<Take, GenerateError> {
        settings.check().map_err(GenerateError::Settings)?;
        if let Some(why) = self.cannot(settings) {
            return Err(self.refuses(why));
        }
        let (followed, set_aside) = without_conflicts(settings);
        let take = self.written(&followed, primer, kept, cancel, note)?;
        Ok(Take { settings: settings.clone(), set_aside, ..take })
    }

    fn refuses(&self, why: String) -> GenerateError {
        GenerateError::Cannot { model: self.card.name.clone(), why }
    }

    /// A take by rules that go together.
    fn written(
        &self,
        settings: &Settings,
        primer: Option<&Score>,
        kept: Option<&Score>,
        cancel: &AtomicBool,
        note: &mut dyn FnMut(Written<'_>),
    ) -> Result<Take, GenerateError> {
        if let Some(form) = settings.form.as_ref().filter(|_| !settings.task.opens()) {
            return self.form(settings, form, primer, cancel, note);
        }
        let begun = Instant::now();
        let told = self.told(settings);
        let mut stopped = false;
        let mut write = |writer: &mut Writer<'_>| {
            while !stopped && writer.next_note(note) {
                stopped = cancel.load(Ordering::Relaxed);
            }
        };
        let writer = if settings.task.opens() {
            let there = "this task needs music that is there already";
            let score = primer.ok_or_else(|| GenerateError::Settings(there.to_owned()))?;
            let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
            let plan = Plan::new(settings, &self.card, with_ppq(score), &mut rng).map_err(|why| self.refuses(why))?;
            let sections = plan.sections(self.config.window);
            let mut writer = Writer::within(self, settings, told, plan, rng, score).map_err(GenerateError::Settings)?;
            kept.into_iter().for_each(|kept| writer.keep(kept));
            for section in sections {
                writer.begin(section);
                write(&mut writer);
            }
            writer
        } else {
            let mut writer = Writer::after(self, settings, told, primer).map_err(GenerateError::Settings)?;
            kept.into_iter().for_each(|kept| writer.keep(kept));
            write(&mut writer);
            writer
        };
        Ok(writer.finish(begun.elapsed().as_secs_f64(), stopped))
    }
}

/// A score at [`PPQ`] ticks a quarter.
pub(super) fn with_ppq(score: &Score) -> Score {
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

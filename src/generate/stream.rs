//! The model's side of a take: fed with notes, asked for fields one by one, whatever kind of model it is.

use crate::encoding::{Event, Field, History, N_FIELDS, Place};
use crate::model::ngram::Recent;
use crate::model::{DecodeState, ModelConfig, Ngram, NoteModel, Predictor, Previous};
use burn::tensor::Device;

/// A model that follows a piece as it is written.
pub enum Stream<'a> {
    Network { model: &'a NoteModel, config: &'a ModelConfig, device: &'a Device, state: Box<DecodeState> },
    Counts(Box<Counting<'a>>),
}

/// An n-gram model at work, with the note that is being chosen.
pub struct Counting<'a> {
    model: &'a Ngram,
    n_fields: usize,
    history: History,
    recent: Recent,
    next: Event,
}

impl<'a> Stream<'a> {
    /// At the opening of a piece, whose first bar is of this kind; [`Stream::open`] or [`Stream::feed`]
    /// comes next.
    pub fn new(model: &'a Predictor, config: &'a ModelConfig, device: &'a Device, first_meter: u8) -> Self {
        match model {
            Predictor::Network(model) => {
                Self::Network { model, config, device, state: Box::new(model.start_decoding(1)) }
            }
            Predictor::Counts(model) => Self::Counts(Box::new(Counting {
                model,
                n_fields: config.fields.len(),
                history: History::new(first_meter),
                recent: model.begin(),
                next: blank(),
            })),
        }
    }

    /// How many notes of the past it wants to be fed.
    pub fn memory(&self) -> usize {
        match self {
            Self::Network { config, .. } => config.window.saturating_sub(1),
            Self::Counts(_) => usize::MAX,
        }
    }

    /// The piece opens here: no note comes before.
    pub fn open(&mut self, meter: u8) {
        if let Self::Network { model, config, device, state } = self {
            let opening = Previous { fields: None, place: 0, meter, time: 0.0 };
            model.feed(state, config, &[opening], device);
        }
    }

    /// Takes in a note.
    pub fn feed(&mut self, event: &Event) {
        match self {
            Self::Network { model, config, device, state } => {
                let previous = Previous {
                    fields: Some(event.fields[..config.fields.len()].to_vec()),
                    place: event.place,
                    meter: event.meter,
                    time: event.onset as f32 / 6.0,
                };
                model.feed(state, config, &[previous], device);
            }
            Self::Counts(counting) => counting.feed(event),
        }
    }

    /// Logits of a field, given the fields chosen so far.
    pub fn logits(&self, field: Field) -> Vec<f32> {
        match self {
            Self::Network { model, state, .. } => model.logits(state, field as usize).swap_remove(0),
            Self::Counts(c) => {
                let viewpoints = c.history.viewpoints(&c.next, field);
                c.model.predict(&c.recent, field as usize, &viewpoints).log_p
            }
        }
    }

    /// Tells which value a field has taken; `place` is where the note stands, once the step is chosen.
    pub fn choose(&mut self, field: Field, value: u16, place: Option<&Place>) {
        match self {
            Self::Network { model, config, device, state } => {
                if (field as usize) + 1 < config.fields.len() {
                    let at = place.map_or(0, |p| p.place as u16);
                    model.choose(state, config, field as usize, &[value], &[at], device);
                }
            }
            Self::Counts(c) => {
                c.next.fields[field as usize] = value;
                if let Some(place) = place {
                    c.next.place = place.place as u16;
                    c.next.onset = place.bar_start + place.place;
                }
            }
        }
    }
}

impl Counting<'_> {
    fn feed(&mut self, event: &Event) {
        for field in Field::ALL.into_iter().take(self.n_fields) {
            let viewpoints = self.history.viewpoints(event, field);
            self.model.remember(&mut self.recent, field as usize, &viewpoints, event.fields[field as usize]);
        }
        self.history.push(event);
        self.next = blank();
    }
}

fn blank() -> Event {
    Event { fields: [0; N_FIELDS], onset: 0, place: 0, meter: 0 }
}

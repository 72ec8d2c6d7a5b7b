//! The model's side of a take: fed with notes, asked for fields one by one, whatever kind of model it is.

use crate::encoding::vocabulary::slot_role;
use crate::encoding::{Event, Field, History, N_FIELDS, Place, tonic};
use crate::model::ngram::Recent;
use crate::model::{DecodeState, ModelConfig, Ngram, NoteModel, Predictor, Previous};
use crate::music::Role;
use burn::tensor::Device;

/// A model that follows a piece as it is written.
pub struct Stream<'a> {
    kind: Kind<'a>,
    /// Semitones from the piece's pitches to those that the model knows them by.
    lift: i8,
    /// The voice of the note that is being chosen is drums, whose pitches are never moved.
    drums: bool,
}

enum Kind<'a> {
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
    pub fn new(model: &'a Predictor, config: &'a ModelConfig, device: &'a Device, first_meter: u8, lift: i8) -> Self {
        let kind = match model {
            Predictor::Network(model) => {
                Kind::Network { model, config, device, state: Box::new(model.start_decoding(1)) }
            }
            Predictor::Counts(model) => Kind::Counts(Box::new(Counting {
                model,
                n_fields: config.fields.len(),
                history: History::new(first_meter),
                recent: model.begin(),
                next: blank(),
            })),
        };
        Self { kind, lift, drums: false }
    }

    /// How many notes of the past it wants to be fed.
    pub fn memory(&self) -> usize {
        match &self.kind {
            Kind::Network { config, .. } => config.window.saturating_sub(1),
            Kind::Counts(_) => usize::MAX,
        }
    }

    /// The piece opens here: no note comes before.
    pub fn open(&mut self, meter: u8) {
        if let Kind::Network { model, config, device, state } = &mut self.kind {
            let opening = Previous { fields: None, place: 0, meter, time: 0.0 };
            model.feed(state, config, &[opening], device);
        }
    }

    /// Takes in a note.
    pub fn feed(&mut self, event: &Event) {
        let event = &tonic::lifted(event, self.lift).unwrap_or(*event);
        match &mut self.kind {
            Kind::Network { model, config, device, state } => {
                let previous = Previous {
                    fields: Some(event.fields[..config.fields.len()].to_vec()),
                    place: event.place,
                    meter: event.meter,
                    time: event.onset as f32 / 6.0,
                };
                model.feed(state, config, &[previous], device);
            }
            Kind::Counts(counting) => counting.feed(event),
        }
    }

    /// Logits of a field, given the fields chosen so far.
    pub fn logits(&self, field: Field) -> Vec<f32> {
        let logits = match &self.kind {
            Kind::Network { model, state, .. } => model.logits(state, field as usize).swap_remove(0),
            Kind::Counts(c) => {
                let viewpoints = c.history.viewpoints(&c.next, field);
                c.model.predict(&c.recent, field as usize, &viewpoints).log_p
            }
        };
        if field != Field::Pitch || self.lift == 0 || self.drums {
            return logits;
        }
        // A pitch that the model has no name for is next to impossible, not forbidden: rules forbid.
        let least = logits.iter().copied().fold(f32::INFINITY, f32::min) - 20.0;
        let of = |pitch: usize| logits.get(pitch.checked_add_signed(isize::from(self.lift))?).copied();
        (0..logits.len()).map(|pitch| of(pitch).unwrap_or(least)).collect()
    }

    /// Tells which value a field has taken; `place` is where the note stands, once the step is chosen.
    pub fn choose(&mut self, field: Field, value: u16, place: Option<&Place>) {
        let value = match field {
            Field::Pitch if !self.drums => value.saturating_add_signed(i16::from(self.lift)).min(127),
            _ => value,
        };
        if field == Field::Voice {
            self.drums = slot_role(value as u8).0 == Role::Drums;
        }
        match &mut self.kind {
            Kind::Network { model, config, device, state } => {
                if (field as usize) + 1 < config.fields.len() {
                    let at = place.map_or(0, |p| p.place as u16);
                    model.choose(state, config, field as usize, &[value], &[at], device);
                }
            }
            Kind::Counts(c) => {
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

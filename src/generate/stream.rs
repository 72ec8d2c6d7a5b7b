//! The model's side of a take: fed with notes, asked for fields one by one, whatever kind of model it is.

use crate::encoding::region::left_value;
use crate::encoding::vocabulary::is_drums;
use crate::encoding::{Event, Field, History, N_FIELDS, Place, Region, tonic};
use crate::model::mixture::log_softmax;
use crate::model::ngram::Recent;
use crate::model::{DecodeState, Header, Inference, ModelConfig, Ngram, Previous, Trust};

/// What a model is told beside the notes, as values of its conditions; 0 is "not told".
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Told {
    /// Bars are told that are left.
    pub left: bool,
    pub style: u16,
    pub density: u16,
    /// Weight of what style and density change: 1 as learned.
    pub guidance: f32,
}

impl Told {
    /// Whether what is told is weighed against being told nothing.
    fn is_weighed(&self) -> bool {
        self.guidance != 1.0 && (self.style > 0 || self.density > 0)
    }

    /// Values of the conditions of a network, with this many bars left.
    fn values(&self, config: &ModelConfig, left: Option<u32>) -> Vec<u16> {
        let left = left.filter(|_| self.left).map_or(0, left_value);
        let value = |name: &str| match name {
            "left" => left,
            "style" => self.style,
            "density" => self.density,
            _ => 0,
        };
        config.conditions.iter().map(|c| value(&c.name).min(c.size as u16 - 1)).collect()
    }
}

/// Whatever says what comes next, ready to be asked note by note: a network, counts, or both as
/// [`crate::model::mixture`] makes them one.
pub struct Model {
    pub network: Option<Box<Inference>>,
    pub counts: Option<Ngram>,
}

/// Notes of the past on which a mixture is weighed where they are only heard: to a millionth as if on all.
pub const WEIGHED: usize = 256;

/// Weight at which counts are heard at most when a value is drawn. What is written is counted at once, so that
/// counts are surer of it each time it comes: with their full weight three takes of five end in one bar, over
/// and over; with half of it none does, and as many bars are new as in pieces by people.
const HEARD: f32 = 0.5;

/// The same of counts that speak alone: as much of what they say is by the piece at hand.
const ALONE: f32 = 0.85;

/// A model that follows a piece as it is written.
pub struct Stream<'a> {
    network: Option<Network<'a>>,
    counting: Option<Counting<'a>>,
    trust: Trust,
    /// log p by network and counts of the values of the field that was asked for last, where there are both.
    said: Option<(Field, [Vec<f32>; 2])>,
    n_fields: usize,
    /// Semitones from the piece's pitches to those that the model knows them by.
    lift: i8,
    /// The voice of the note that is being chosen is drums, whose pitches are never moved.
    drums: bool,
}

/// A network at work: one sequence, or two in step, of which the second is not told style and density.
struct Network<'a> {
    model: &'a Inference,
    state: DecodeState,
    told: Told,
}

/// An n-gram model at work, with the note that is being chosen.
struct Counting<'a> {
    model: &'a Ngram,
    n_fields: usize,
    history: History,
    recent: Recent,
    /// Nothing of the piece at hand.
    unheard: Recent,
    next: Event,
}

impl<'a> Stream<'a> {
    /// Nothing read yet, of a piece whose first bar is of this kind; [`Stream::open`], [`Stream::feed`]
    /// or [`Stream::open_region`] comes next.
    pub fn new(model: &'a Model, n_fields: usize, first_meter: u8, lift: i8, told: Told) -> Self {
        let sequences = if told.is_weighed() { 2 } else { 1 };
        let network = model.network.as_deref().map(|model| Network { model, state: model.start(sequences), told });
        let counting = model.counts.as_ref().map(|model| Counting {
            model,
            n_fields,
            history: History::new(first_meter),
            recent: model.begin(),
            unheard: model.begin(),
            next: blank(),
        });
        Self { network, counting, trust: Trust::new(n_fields), said: None, n_fields, lift, drums: false }
    }

    /// How many notes of the past it wants to be fed; counts know of others by [`Stream::feed_counts`].
    pub fn memory(&self) -> usize {
        self.network.as_ref().map_or(usize::MAX, |network| network.model.config().window.saturating_sub(1))
    }

    /// The piece opens here: no note comes before. `left`: bars to the end.
    pub fn open(&mut self, meter: u8, left: u32) {
        if let Some(network) = &mut self.network {
            network.feed(&Previous { fields: None, place: 0, meter, time: 0.0, told: Vec::new() }, left);
        }
    }

    /// A part of a piece opens here, the notes around it being given; at step `start`, in a bar of kind
    /// `meter`. Only for networks that know given notes.
    pub fn open_region(&mut self, given: &[Event], region: Region, start: u32, meter: u8) {
        let given: Vec<Event> = given.iter().map(|e| tonic::lifted(e, self.lift).unwrap_or(*e)).collect();
        self.counting = None;
        if let Some(network) = &mut self.network {
            let given: Vec<Previous> = given.iter().map(|e| network.read(e)).collect();
            network.open_region(&given, region, start, meter);
        }
    }

    /// Takes in a note, with bars from its own to the end.
    pub fn feed(&mut self, event: &Event, left: u32) {
        let event = &tonic::lifted(event, self.lift).unwrap_or(*event);
        if let Some(network) = &mut self.network {
            network.feed(&network.read(event), left);
        }
        if let Some(counting) = &mut self.counting {
            counting.feed(event);
        }
    }

    /// Takes in notes that lie before the network's memory.
    pub fn feed_counts(&mut self, events: &[Event]) {
        if let Some(counting) = &mut self.counting {
            events.iter().for_each(|e| counting.feed(&tonic::lifted(e, self.lift).unwrap_or(*e)));
        }
    }

    /// As [`Stream::feed`], of a note at `place` by which network and counts are weighed against each other.
    pub fn feed_weighed(&mut self, event: &Event, place: &Place, left: u32) {
        if self.network.is_some() && self.counting.is_some() {
            for field in Field::ALL.into_iter().take(self.n_fields) {
                self.logits(field);
                self.choose(field, event.fields[field as usize], (field == Field::Step).then_some(place));
            }
        }
        self.feed(event, left);
    }

    /// Logits of a field, given the fields chosen so far; and those to draw a value from, in which counts have
    /// less of a say.
    pub fn logits_to_draw(&mut self, field: Field) -> (Vec<f32>, Vec<f32>) {
        let own = self.logits(field);
        let drawn = match (&self.said, &self.counting) {
            (Some((_, [network, counts])), _) => {
                self.brought_back(field, self.trust.mix_with(field as usize, network, counts, HEARD))
            }
            (None, Some(counting)) => {
                let unheard = self.brought_back(field, counting.log_p_of(&counting.unheard, field));
                own.iter().zip(unheard).map(|(a, b)| (ALONE * a.exp() + (1.0 - ALONE) * b.exp()).ln()).collect()
            }
            (None, None) => own.clone(),
        };
        (own, drawn)
    }

    /// Logits of a field, given the fields chosen so far.
    pub fn logits(&mut self, field: Field) -> Vec<f32> {
        let network = self.network.as_ref().map(|network| network.logits(field));
        let counts = self.counting.as_ref().map(|counting| counting.log_p(field));
        let logits = match (network, counts) {
            (Some(network), Some(counts)) => {
                let network = log_softmax(&network);
                let mixed = self.trust.mix(field as usize, &network, &counts);
                self.said = Some((field, [network, counts]));
                mixed
            }
            (one, other) => one.or(other).unwrap_or_default(),
        };
        self.brought_back(field, logits)
    }

    /// What is said of the model's pitches, of the piece's.
    fn brought_back(&self, field: Field, logits: Vec<f32>) -> Vec<f32> {
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
            self.drums = is_drums(value as u8);
        }
        if let Some((_, said)) = self.said.take().filter(|(asked, _)| *asked == field) {
            let nats = |log_p: &Vec<f32>| log_p.get(usize::from(value)).map_or(0.0, |l| -f64::from(*l));
            self.trust.hear(field as usize, [nats(&said[0]), nats(&said[1])]);
        }
        if let Some(network) = &mut self.network {
            network.choose(field, value, place);
        }
        if let Some(counting) = &mut self.counting {
            counting.choose(field, value, place);
        }
    }
}

impl Network<'_> {
    /// A note as the network reads it.
    fn read(&self, event: &Event) -> Previous {
        Previous {
            fields: Some(event.fields[..self.model.config().fields.len()].to_vec()),
            place: event.place,
            meter: event.meter,
            time: event.onset as f32 / 6.0,
            told: Vec::new(),
        }
    }

    /// What each sequence is told, with this many bars left.
    fn told(&self, left: Option<u32>) -> Vec<Vec<u16>> {
        let all = [self.told, Told { style: 0, density: 0, ..self.told }];
        all[..if self.told.is_weighed() { 2 } else { 1 }].iter().map(|t| t.values(self.model.config(), left)).collect()
    }

    fn feed(&mut self, previous: &Previous, left: u32) {
        let rows = self.told(Some(left)).into_iter().map(|told| Previous { told, ..previous.clone() });
        self.model.feed(&mut self.state, &rows.collect::<Vec<_>>());
    }

    fn open_region(&mut self, given: &[Previous], region: Region, start: u32, meter: u8) {
        let row =
            |told: &Vec<u16>| given.iter().map(|p| Previous { told: told.clone(), ..p.clone() }).collect::<Vec<_>>();
        let given: Vec<Previous> = self.told(None).iter().flat_map(row).collect();
        let (open, opens, time) = (region.open, region.from == 0, start as f32 / 6.0);
        let header = |told| Header { open, meter, time, opens, told };
        let headers: Vec<Header> = self.told(Some(region.bars())).into_iter().map(header).collect();
        self.model.feed_given(&mut self.state, &given, &headers);
    }

    fn logits(&self, field: Field) -> Vec<f32> {
        let mut rows = self.model.logits(&self.state, field as usize).into_iter();
        match (rows.next().unwrap_or_default(), rows.next()) {
            (told, None) => told,
            (told, Some(untold)) => {
                told.iter().zip(untold).map(|(told, untold)| untold + self.told.guidance * (told - untold)).collect()
            }
        }
    }

    fn choose(&mut self, field: Field, value: u16, place: Option<&Place>) {
        if (field as usize) + 1 < self.model.config().fields.len() {
            let rows = if self.told.is_weighed() { 2 } else { 1 };
            let at = place.map_or(0, |p| p.place as u16);
            let (values, places) = (vec![value; rows], vec![at; rows]);
            self.model.choose(&mut self.state, field as usize, &values, &places);
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

    fn log_p(&self, field: Field) -> Vec<f32> {
        self.log_p_of(&self.recent, field)
    }

    fn log_p_of(&self, recent: &Recent, field: Field) -> Vec<f32> {
        let viewpoints = self.history.viewpoints(&self.next, field);
        self.model.predict(recent, field as usize, &viewpoints).log_p
    }

    fn choose(&mut self, field: Field, value: u16, place: Option<&Place>) {
        self.next.fields[field as usize] = value;
        if let Some(place) = place {
            self.next.place = place.place as u16;
            self.next.onset = place.bar_start + place.place;
        }
    }
}

fn blank() -> Event {
    Event { fields: [0; N_FIELDS], onset: 0, place: 0, meter: 0 }
}

//! The network one event at a time, for K sequences at once: what generation runs on.
//!
//! A sequence is fed its previous event (or what is given and a header), then its fields are asked for
//! and chosen one by one. Works on plain slices, always on the CPU; what a sequence is told and gives does
//! not depend on the others.

use super::config::ModelConfig;
use super::feed_forward::{FeedForward, Latest};
use super::network::NoteModel;
use super::plain::{At, Memory, PlainHead, PlainTransformer, numbers};
use super::recurrent::{LayerState, Recurrent};
use burn::nn::Embedding;
use burn::tensor::{Device, Tensor, TensorData};

/// The event before the one to be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Previous {
    /// Its fields; `None` at the opening of a piece.
    pub fields: Option<Vec<u16>>,
    pub place: u16,
    /// Kind of cycle in force.
    pub meter: u8,
    /// Its time in sixteenths from the start.
    pub time: f32,
    /// A value for each condition of the network; empty where nothing is told.
    pub told: Vec<u16>,
}

/// What stands between given events and those to be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Groups that are open, a bit each.
    pub open: u32,
    pub meter: u8,
    pub time: f32,
    /// Whether the piece opens here.
    pub opens: bool,
    pub told: Vec<u16>,
}

/// A network ready to be asked for one event after another.
pub struct Inference {
    config: ModelConfig,
    fields: Vec<Table>,
    place: Table,
    beat: Table,
    meter: Table,
    opening: Vec<f32>,
    conditions: Vec<Table>,
    given: Option<GivenTables>,
    trunk: Trunk,
    heads: Vec<PlainHead>,
}

/// An embedding: a row for each value.
struct Table {
    d: usize,
    rows: Vec<f32>,
}

impl Table {
    fn new(from: &Embedding) -> Self {
        Self { d: from.weight.dims()[1], rows: numbers(&from.weight) }
    }

    /// Adds the row of a value; one past the last is taken for the last.
    fn add(&self, x: &mut [f32], value: usize) {
        let at = value.min(self.rows.len() / self.d - 1) * self.d;
        add(x, &self.rows[at..at + self.d]);
    }
}

struct GivenTables {
    mark: Vec<f32>,
    header: Vec<f32>,
    groups: Table,
}

/// What stands between embedding and heads; those without attention are burn's modules.
enum Trunk {
    Transformer(PlainTransformer),
    Recurrent(Recurrent, Device),
    FeedForward(FeedForward, Device),
    None,
}

/// What has been fed so far, for K sequences in step.
pub struct DecodeState {
    n: usize,
    /// What heads that rotate by index go by.
    events: usize,
    /// Of a transformer, one a sequence.
    memories: Vec<Memory>,
    layers: Vec<Option<LayerState>>,
    latest: Latest,
    /// State of the chain, [K, d_model].
    chain: Vec<f32>,
}

fn add(x: &mut [f32], y: &[f32]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}

impl Inference {
    /// A copy of the network's weights, laid out for this.
    pub fn new(model: &NoteModel, config: &ModelConfig) -> Self {
        let e = &model.embedding;
        let device = e.opening.device();
        let trunk = match (&model.transformer, &model.recurrent, &model.feed_forward) {
            (Some(t), ..) => Trunk::Transformer(PlainTransformer::new(t, config)),
            (_, Some(r), _) => Trunk::Recurrent(r.clone(), device),
            (.., Some(f)) => Trunk::FeedForward(f.clone(), device),
            (None, None, None) => Trunk::None,
        };
        let given = e.told.given.as_ref().map(|g| GivenTables {
            mark: numbers(&g.mark),
            header: numbers(&g.header),
            groups: Table::new(&g.groups),
        });
        Self {
            config: config.clone(),
            fields: e.fields.iter().map(Table::new).collect(),
            place: Table::new(&e.place),
            beat: Table::new(&e.beat),
            meter: Table::new(&e.meter),
            opening: numbers(&e.opening),
            conditions: e.told.conditions.iter().map(Table::new).collect(),
            given,
            trunk,
            heads: model.heads.iter().map(PlainHead::new).collect(),
        }
    }

    pub fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// K sequences, nothing fed yet.
    pub fn start(&self, n: usize) -> DecodeState {
        let memories = match &self.trunk {
            Trunk::Transformer(t) => vec![t.memory(self.config.window); n],
            _ => Vec::new(),
        };
        let layers = match &self.trunk {
            Trunk::Recurrent(r, _) => vec![None; r.layers.len()],
            _ => Vec::new(),
        };
        DecodeState { n, events: 0, memories, layers, latest: Vec::new(), chain: Vec::new() }
    }

    /// Feeds the previous event of each sequence; the first field can then be asked for.
    pub fn feed(&self, state: &mut DecodeState, previous: &[Previous]) {
        let mut x = Vec::with_capacity(previous.len() * self.config.d_model);
        for p in previous {
            let mut row = vec![0.0; self.config.d_model];
            self.meter.add(&mut row, usize::from(p.meter));
            match &p.fields {
                Some(fields) => self.add_event(&mut row, fields, p.place),
                None => add(&mut row, &self.opening),
            }
            self.tell(&mut row, &p.told);
            x.append(&mut row);
        }
        state.chain = match &self.trunk {
            Trunk::Transformer(t) => {
                let at: Vec<At> = previous.iter().map(|p| (state.events, p.time)).collect();
                t.step(x, &at, &mut state.memories)
            }
            Trunk::Recurrent(r, device) => values(r.step(rows(x, state.n, device), &mut state.layers)),
            Trunk::FeedForward(f, device) => values(f.step(rows(x, state.n, device), &mut state.latest, &self.config)),
            Trunk::None => x,
        };
        state.events += 1;
    }

    /// Feeds what is given, as many events for each of the K sequences (one sequence after another), and
    /// the header of each; the first field can then be asked for. Comes before anything else is fed.
    ///
    /// # Panics
    /// Where the network knows no given events ([`ModelConfig::groups`] is 0).
    pub fn feed_given(&self, state: &mut DecodeState, given: &[Previous], headers: &[Header]) {
        let (Trunk::Transformer(t), Some(tables)) = (&self.trunk, &self.given) else {
            unreachable!("a network of given events")
        };
        let (d, each) = (self.config.d_model, given.len() / state.n);
        let (mut x, mut at): (Vec<f32>, Vec<At>) = Default::default();
        for (row, header) in headers.iter().enumerate() {
            for (index, p) in given[row * each..(row + 1) * each].iter().enumerate() {
                let mut event = tables.mark.clone();
                self.meter.add(&mut event, usize::from(p.meter));
                self.add_event(&mut event, p.fields.as_deref().unwrap_or_default(), p.place);
                self.tell(&mut event, &p.told);
                x.append(&mut event);
                at.push((index, p.time));
            }
            let mut opened = tables.header.clone();
            self.meter.add(&mut opened, usize::from(header.meter));
            let open = (0..self.config.groups).filter(|group| header.open >> group & 1 == 1);
            open.for_each(|group| tables.groups.add(&mut opened, group));
            if header.opens {
                add(&mut opened, &self.opening);
            }
            self.tell(&mut opened, &header.told);
            x.append(&mut opened);
            // Indices begin again at the header.
            at.push((0, header.time));
        }
        // However many are given, none is forgotten.
        state.memories.iter_mut().for_each(|m| m.make_room(each + 1));
        let held = t.step(x, &at, &mut state.memories); // [K, each + 1, d_model]
        state.memories.iter_mut().for_each(Memory::lock);
        state.events = 1;
        state.chain = held.chunks_exact((each + 1) * d).flat_map(|row| &row[each * d..]).copied().collect();
    }

    /// Logits of a field for each sequence, K × size, given the fields chosen so far.
    pub fn logits(&self, state: &DecodeState, field: usize) -> Vec<Vec<f32>> {
        let head = &self.heads[field];
        head.logits(&state.chain).chunks_exact(head.size()).map(<[f32]>::to_vec).collect()
    }

    /// Tells the chain which value of a field each sequence has taken; after the field that fixes it,
    /// `places` says where the event stands.
    pub fn choose(&self, state: &mut DecodeState, field: usize, values: &[u16], places: &[u16]) {
        let rows = state.chain.chunks_exact_mut(self.config.d_model);
        for ((row, value), place) in rows.zip(values).zip(places) {
            self.fields[field].add(row, usize::from(*value));
            if field + 1 == self.config.place_after {
                self.add_place(row, *place);
            }
        }
    }

    /// Adds what an event is read as.
    fn add_event(&self, x: &mut [f32], fields: &[u16], place: u16) {
        self.add_place(x, place);
        self.fields.iter().zip(fields).for_each(|(table, value)| table.add(x, usize::from(*value)));
    }

    fn add_place(&self, x: &mut [f32], place: u16) {
        self.place.add(x, usize::from(place));
        self.beat.add(x, usize::from(place) % self.config.beat);
    }

    /// Adds what a sequence is told.
    fn tell(&self, x: &mut [f32], told: &[u16]) {
        for (i, table) in self.conditions.iter().enumerate() {
            table.add(x, told.get(i).map_or(0, |value| usize::from(*value)));
        }
    }
}

/// [K, 1, d_model]
fn rows(x: Vec<f32>, n: usize, device: &Device) -> Tensor<3> {
    let d = x.len() / n;
    Tensor::from_data(TensorData::new(x, [n, 1, d]), device)
}

fn values(x: Tensor<3>) -> Vec<f32> {
    x.into_data().try_to_vec().expect("states are f32")
}

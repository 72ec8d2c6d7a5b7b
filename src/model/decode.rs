//! The network one event at a time, for K sequences at once: what generation runs on.
//!
//! A sequence is fed its previous event (or what is given and a header), then its fields are asked for
//! and chosen one by one.

use super::batch::push_rotation;
use super::config::ModelConfig;
use super::feed_forward::Latest;
use super::network::NoteModel;
use super::recurrent::LayerState;
use super::transformer::{KeptEvents, KeysValues};
use burn::tensor::{Device, Int, Tensor, TensorData};

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

/// What has been fed so far, for K sequences in step.
pub struct DecodeState {
    n: usize,
    /// What heads that rotate by index go by.
    events: usize,
    /// Given events and their header, which are never forgotten.
    locked: usize,
    cache: Vec<KeysValues>,
    layers: Vec<Option<LayerState>>,
    latest: Latest,
    /// State of the chain, [K, 1, d_model].
    chain: Option<Tensor<3>>,
}

impl NoteModel {
    /// K sequences, nothing fed yet.
    pub fn start_decoding(&self, n: usize) -> DecodeState {
        DecodeState {
            n,
            events: 0,
            locked: 0,
            cache: vec![None; self.transformer.as_ref().map_or(0, |t| t.blocks.len())],
            layers: vec![None; self.recurrent.as_ref().map_or(0, |r| r.layers.len())],
            latest: Vec::new(),
            chain: None,
        }
    }

    /// Feeds the previous event of each sequence; the first field can then be asked for.
    pub fn feed(&self, state: &mut DecodeState, config: &ModelConfig, previous: &[Previous], device: &Device) {
        let n = state.n;
        let e = &self.embedding;
        let meters: Vec<i32> = previous.iter().map(|p| i32::from(p.meter)).collect();
        let mut x = e.meter.forward(ints(meters, device)); // [K, 1, d_model]
        if previous.iter().all(|p| p.fields.is_some()) {
            x = x + self.event_embedding(config, previous, device);
        } else {
            x = x + e.opening.val().unsqueeze::<3>();
        }
        x = self.tell(x, previous.iter().map(|p| p.told.as_slice()), device);
        let h = match (&self.transformer, &self.recurrent, &self.feed_forward) {
            (Some(t), ..) => {
                let at = previous.iter().map(|p| (state.events, p.time));
                let (cos, sin) = rotation(config, at, n, device);
                let kept = KeptEvents { locked: state.locked, window: config.window };
                t.step(x, &cos, &sin, &mut state.cache, kept)
            }
            (_, Some(r), _) => r.step(x, &mut state.layers),
            (.., Some(f)) => f.step(x, &mut state.latest, config),
            (None, None, None) => x,
        };
        debug_assert_eq!(h.dims()[0], n);
        state.events += 1;
        state.chain = Some(h);
    }

    /// Feeds what is given, as many events for each of the K sequences (one sequence after another), and
    /// the header of each; the first field can then be asked for. Comes before anything else is fed.
    ///
    /// # Panics
    /// Where the network knows no given events ([`ModelConfig::groups`] is 0).
    pub fn feed_given(
        &self,
        state: &mut DecodeState,
        config: &ModelConfig,
        given: &[Previous],
        headers: &[Header],
        device: &Device,
    ) {
        let (e, n) = (&self.embedding, state.n);
        let (Some(t), Some(told)) = (&self.transformer, &e.told.given) else { unreachable!("a network of given events") };
        let each = given.len() / n;
        let rows = |x: Tensor<3>, d: usize| x.reshape([n, each, d]); // [K · each, 1, d_model] → [K, each, d_model]
        let mut parts = Vec::new();
        if each > 0 {
            let meters = given.iter().map(|p| i32::from(p.meter)).collect();
            let x = told.marked(self.event_embedding(config, given, device)) + e.meter.forward(ints(meters, device));
            parts.push(rows(self.tell(x, given.iter().map(|p| p.told.as_slice()), device), config.d_model));
        }
        let open = headers.iter().flat_map(|h| (0..config.groups).map(move |g| (h.open >> g & 1) as f32));
        let open = TensorData::new(open.collect::<Vec<f32>>(), [n, 1, config.groups]);
        let header = told.opening(Tensor::from_data(open, device))
            + e.meter.forward(ints(headers.iter().map(|h| i32::from(h.meter)).collect(), device));
        let mut header = self.tell(header, headers.iter().map(|h| h.told.as_slice()), device); // [K, 1, d_model]
        if headers.iter().all(|h| h.opens) {
            header = header + e.opening.val().unsqueeze::<3>();
        }
        parts.push(header);
        let x = Tensor::cat(parts, 1); // [K, each + 1, d_model]
        // Indices begin again at the header.
        let at = headers.iter().enumerate().flat_map(|(row, header)| {
            let given = &given[row * each..(row + 1) * each];
            given.iter().map(|p| p.time).enumerate().chain([(0, header.time)])
        });
        let (cos, sin) = rotation(config, at, n, device);
        let kept = KeptEvents { locked: 0, window: usize::MAX };
        let h = t.step(x, &cos, &sin, &mut state.cache, kept); // [K, each + 1, d_model]
        (state.events, state.locked) = (1, each + 1);
        state.chain = Some(h.slice([0..n, each..each + 1]));
    }

    /// Logits of a field for each sequence, K × size, given the fields chosen so far.
    pub fn logits(&self, state: &DecodeState, field: usize) -> Vec<Vec<f32>> {
        let chain = state.chain.clone().expect("logits are asked for after feeding");
        let logits = self.heads[field].forward(chain); // [K, 1, size]
        let size = logits.dims()[2];
        let flat: Vec<f32> = logits.into_data().try_to_vec().expect("logits are f32");
        flat.chunks(size).map(<[f32]>::to_vec).collect()
    }

    /// Tells the chain which value of a field each sequence has taken; after the field that fixes it,
    /// `places` says where the event stands.
    pub fn choose(
        &self,
        state: &mut DecodeState,
        config: &ModelConfig,
        field: usize,
        values: &[u16],
        places: &[u16],
        device: &Device,
    ) {
        let values = ints(values.iter().map(|v| i32::from(*v)).collect(), device);
        let mut chain =
            state.chain.take().expect("values are chosen after feeding") + self.embedding.fields[field].forward(values);
        if field + 1 == config.place_after {
            chain = chain + self.place_embedding(config, places, device);
        }
        state.chain = Some(chain);
    }

    /// What an event is read as, [K, 1, d_model].
    fn event_embedding(&self, config: &ModelConfig, events: &[Previous], device: &Device) -> Tensor<3> {
        let places: Vec<u16> = events.iter().map(|p| p.place).collect();
        let x = self.place_embedding(config, &places, device);
        self.embedding.fields.iter().enumerate().fold(x, |x, (i, table)| {
            let values = events.iter().map(|p| i32::from(p.fields.as_ref().map_or(0, |f| f[i]))).collect();
            x + table.forward(ints(values, device))
        })
    }

    /// Adds what is told to each sequence, [K, 1, d_model].
    fn tell<'a>(&self, x: Tensor<3>, told: impl Iterator<Item = &'a [u16]> + Clone, device: &Device) -> Tensor<3> {
        self.embedding.told.conditions.iter().enumerate().fold(x, |x, (i, table)| {
            let values = told.clone().map(|t| t.get(i).map_or(0, |v| i32::from(*v))).collect();
            x + table.forward(ints(values, device))
        })
    }

    fn place_embedding(&self, config: &ModelConfig, places: &[u16], device: &Device) -> Tensor<3> {
        let beat = config.beat as i32;
        let places: Vec<i32> = places.iter().map(|p| i32::from(*p)).collect();
        let beats = places.iter().map(|p| p % beat).collect();
        self.embedding.at(ints(places, device), ints(beats, device))
    }
}

/// [K, 1]
fn ints(values: Vec<i32>, device: &Device) -> Tensor<2, Int> {
    let n = values.len();
    Tensor::from_data(TensorData::new(values, [n, 1]), device)
}

/// cos and sin, [K, heads, new, d_head], for events of these indices and times, one sequence after
/// another.
fn rotation(
    config: &ModelConfig,
    at: impl Iterator<Item = (usize, f32)>,
    n: usize,
    device: &Device,
) -> (Tensor<4>, Tensor<4>) {
    let (heads, d_head) = (config.n_heads, config.d_head());
    let at: Vec<(usize, f32)> = at.collect();
    let new = at.len() / n.max(1);
    let (mut cos, mut sin) = (Vec::new(), Vec::new());
    for row in at.chunks(new.max(1)) {
        for head in 0..heads {
            for (index, time) in row {
                push_rotation(if head < heads / 2 { *index as f32 } else { *time }, d_head, &mut cos, &mut sin);
            }
        }
    }
    let tensor = |v| Tensor::from_data(TensorData::new(v, [n, heads, new, d_head]), device);
    (tensor(cos), tensor(sin))
}

//! The network one event at a time, for K sequences at once: what generation runs on.
//!
//! A sequence is fed its previous event, then its fields are asked for and chosen one by one.

use super::batch::push_rotation;
use super::config::ModelConfig;
use super::feed_forward::Latest;
use super::network::NoteModel;
use super::recurrent::LayerState;
use super::transformer::KeysValues;
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
}

/// What has been fed so far, for K sequences in step.
pub struct DecodeState {
    n: usize,
    events: usize,
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
            for (i, table) in e.fields.iter().enumerate() {
                let values = previous.iter().map(|p| i32::from(p.fields.as_ref().map_or(0, |f| f[i]))).collect();
                x = x + table.forward(ints(values, device));
            }
            x = x + self.place_embedding(config, &previous.iter().map(|p| p.place).collect::<Vec<_>>(), device);
        } else {
            x = x + e.opening.val().unsqueeze::<3>();
        }
        let h = match (&self.transformer, &self.recurrent, &self.feed_forward) {
            (Some(t), ..) => {
                let (cos, sin) = rotation(config, state.events, previous, device);
                t.step(x, &cos, &sin, &mut state.cache, config.window)
            }
            (_, Some(r), _) => r.step(x, &mut state.layers),
            (.., Some(f)) => f.step(x, &mut state.latest, config),
            (None, None, None) => x,
        };
        debug_assert_eq!(h.dims()[0], n);
        state.events += 1;
        state.chain = Some(h);
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

/// cos and sin, [K, heads, 1, d_head].
fn rotation(config: &ModelConfig, index: usize, previous: &[Previous], device: &Device) -> (Tensor<4>, Tensor<4>) {
    let (heads, d_head) = (config.n_heads, config.d_head());
    let (mut cos, mut sin) = (Vec::new(), Vec::new());
    for p in previous {
        for head in 0..heads {
            let at = if head < heads / 2 { index as f32 } else { p.time };
            push_rotation(at, d_head, &mut cos, &mut sin);
        }
    }
    let tensor = |v| Tensor::from_data(TensorData::new(v, [previous.len(), heads, 1, d_head]), device);
    (tensor(cos), tensor(sin))
}

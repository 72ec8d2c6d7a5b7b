//! What a network is fed: rows of events as integers, made on any thread, put on a device in one go.

use super::config::{Arch, ModelConfig};
use burn::tensor::{Device, Int, Tensor, TensorData};
use std::ops::Range;
use std::sync::Arc;

/// `n_rows` rows of `len` events; a row may hold several sequences one after another, none of which
/// sees another. All vectors are row-major `[n_rows, len]`.
///
/// The event at position t is predicted from those before it in its sequence. A sequence may begin with
/// given events, each read where it stands, and a header after them, which is read in place of an event:
/// these see each other both ways, and the events after them see them all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub n_rows: usize,
    pub len: usize,
    /// One vector a field: the values of each event. Of no meaning where they do not count.
    pub fields: Vec<Vec<i32>>,
    /// Place of each event in its cycle.
    pub place: Vec<i32>,
    /// Kind of cycle in force before each event.
    pub meter: Vec<i32>,
    /// Time of the event before each one, in sixteenths from the start of its sequence.
    pub time: Vec<f32>,
    /// Position in the row at which the sequence of each event begins.
    pub begins: Vec<u32>,
    /// Whether each event is the first of a whole piece, told to the network.
    pub opens: Vec<bool>,
    /// Whether each event counts in the loss. One that does not is context, or padding.
    pub counts: Vec<bool>,
    /// The last position of its row that each one sees: its own, or that of the header.
    pub sees: Vec<u32>,
    /// What heads that rotate by index go by.
    pub index: Vec<u32>,
    /// Whether the event is given: read at its own position, not predicted.
    pub given: Vec<bool>,
    /// At a header the groups that are open, a bit each; 0 elsewhere.
    pub open: Vec<u32>,
    /// One vector a condition, or none at all where nothing is told.
    pub conditions: Vec<Vec<i32>>,
}

impl Batch {
    /// Rows of padding, to be filled.
    pub fn new(n_rows: usize, len: usize, n_fields: usize) -> Self {
        let n = n_rows * len;
        Self {
            n_rows,
            len,
            fields: vec![vec![0; n]; n_fields],
            place: vec![0; n],
            meter: vec![0; n],
            time: vec![0.0; n],
            begins: (0..n).map(|i| (i % len) as u32).collect(),
            opens: vec![false; n],
            counts: vec![false; n],
            sees: (0..n).map(|i| (i % len) as u32).collect(),
            index: (0..n).map(|i| (i % len) as u32).collect(),
            given: vec![false; n],
            open: vec![0; n],
            conditions: Vec::new(),
        }
    }

    /// Some of its rows, as a batch of their own.
    pub fn rows(&self, rows: Range<usize>) -> Self {
        let n_rows = rows.len();
        let events = rows.start * self.len..rows.end * self.len;
        Self {
            n_rows,
            len: self.len,
            fields: self.fields.iter().map(|f| f[events.clone()].to_vec()).collect(),
            place: self.place[events.clone()].to_vec(),
            meter: self.meter[events.clone()].to_vec(),
            time: self.time[events.clone()].to_vec(),
            begins: self.begins[events.clone()].to_vec(),
            opens: self.opens[events.clone()].to_vec(),
            counts: self.counts[events.clone()].to_vec(),
            sees: self.sees[events.clone()].to_vec(),
            index: self.index[events.clone()].to_vec(),
            given: self.given[events.clone()].to_vec(),
            open: self.open[events.clone()].to_vec(),
            conditions: self.conditions.iter().map(|c| c[events.clone()].to_vec()).collect(),
        }
    }

    /// Events that count.
    pub fn n_counted(&self) -> usize {
        self.counts.iter().filter(|c| **c).count()
    }
}

/// A [`Batch`] on a device, with everything the network derives from it once a step.
pub struct Inputs {
    /// One [batch, len] a field.
    pub fields: Vec<Tensor<2, Int>>,
    /// The same beside the device, [batch · len] each.
    pub values: Vec<Arc<[i32]>>,
    pub place: Tensor<2, Int>,
    pub beat: Tensor<2, Int>,
    pub meter: Tensor<2, Int>,
    /// [batch, len, 1]: 0 at the first event of a sequence, which has none before it.
    pub has_previous: Tensor<3>,
    /// [batch, len, 1]: 1 at the first event of a piece.
    pub opens: Tensor<3>,
    /// [batch · len]: 1 where the event counts.
    pub counts: Arc<[f32]>,
    /// [batch · len]: 1 where it counts and is not the end.
    pub counts_note: Arc<[f32]>,
    /// Cosine and sine of the rotation of each head, [batch, heads, len, d_head].
    pub rotation: Option<(Tensor<4>, Tensor<4>)>,
    pub begins: Arc<[u32]>,
    /// [batch · len]: the position after the last one that is seen.
    pub ends: Arc<[u32]>,
    /// One [batch, len] a condition of the network.
    pub conditions: Vec<Tensor<2, Int>>,
    /// Where the batch has given events.
    pub given: Option<GivenInputs>,
}

/// Masks of given events and headers.
pub struct GivenInputs {
    /// [batch, len, 1]: 1 at a given event.
    pub given: Tensor<3>,
    /// [batch, len, 1]: 1 at a header.
    pub header: Tensor<3>,
    /// [batch, len, groups]: 1 for each group that a header opens.
    pub open: Tensor<3>,
}

impl Inputs {
    pub fn new(batch: &Batch, config: &ModelConfig, device: &Device) -> Self {
        let shape = [batch.n_rows, batch.len];
        let ints = |v: &[i32]| Tensor::<2, Int>::from_data(TensorData::new(v.to_vec(), shape), device);
        let floats = |v: Vec<f32>| Tensor::<2>::from_data(TensorData::new(v, shape), device);
        let flag = |b: bool| if b { 1.0 } else { 0.0 };
        let beat: Vec<i32> = batch.place.iter().map(|p| p % config.beat as i32).collect();
        let follows = |i: usize| batch.begins[i] as usize != i % batch.len && !batch.given[i] && batch.open[i] == 0;
        let has_previous = (0..batch.begins.len()).map(|i| flag(follows(i))).collect();
        let end = config.fields[0].size as i32 - 1;
        let counts_note = batch.counts.iter().zip(&batch.fields[0]).map(|(c, bar)| flag(*c && *bar != end)).collect();
        Self {
            fields: batch.fields.iter().map(|f| ints(f)).collect(),
            values: batch.fields.iter().map(|f| f.as_slice().into()).collect(),
            place: ints(&batch.place),
            beat: ints(&beat),
            meter: ints(&batch.meter),
            has_previous: floats(has_previous).unsqueeze_dim(2),
            opens: floats(batch.opens.iter().map(|o| flag(*o)).collect()).unsqueeze_dim(2),
            counts: batch.counts.iter().map(|c| flag(*c)).collect(),
            counts_note,
            rotation: (config.arch == Arch::Transformer).then(|| rotation(batch, config, device)),
            begins: batch.begins.as_slice().into(),
            ends: batch.sees.iter().map(|last| last + 1).collect(),
            conditions: (0..config.conditions.len())
                .map(|c| batch.conditions.get(c).map_or_else(|| Tensor::zeros(shape, device), |told| ints(told)))
                .collect(),
            given: batch.open.iter().any(|o| *o > 0).then(|| GivenInputs {
                given: floats(batch.given.iter().map(|g| flag(*g)).collect()).unsqueeze_dim(2),
                header: floats(batch.open.iter().map(|o| flag(*o > 0)).collect()).unsqueeze_dim(2),
                open: {
                    let bits = batch.open.iter().flat_map(|o| (0..config.groups).map(move |g| flag(o >> g & 1 == 1)));
                    let shape = [batch.n_rows, batch.len, config.groups];
                    Tensor::from_data(TensorData::new(bits.collect::<Vec<f32>>(), shape), device)
                },
            }),
        }
    }
}

/// cos and sin, [batch, heads, len, d_head]: the first heads rotate by index, the others by time. (Su et al., RoFormer, arXiv 2104.09864.)
fn rotation(batch: &Batch, config: &ModelConfig, device: &Device) -> (Tensor<4>, Tensor<4>) {
    let (heads, d_head) = (config.n_heads, config.d_head());
    let shape = [batch.n_rows, heads, batch.len, d_head];
    let n: usize = shape.iter().product();
    // Heads of a kind share theirs.
    let of = |times: &mut dyn Iterator<Item = f32>| {
        let (mut cos, mut sin) = (Vec::new(), Vec::new());
        times.for_each(|at| push_rotation(at, d_head, &mut cos, &mut sin));
        (cos, sin)
    };
    let (mut cos, mut sin) = (Vec::with_capacity(n), Vec::with_capacity(n));
    for row in 0..batch.n_rows {
        let own = row * batch.len..(row + 1) * batch.len;
        let by_index = of(&mut batch.index[own.clone()].iter().map(|i| *i as f32));
        let by_time = of(&mut batch.time[own].iter().copied());
        for head in 0..heads {
            let (head_cos, head_sin) = if head < config.index_heads() { &by_index } else { &by_time };
            cos.extend_from_slice(head_cos);
            sin.extend_from_slice(head_sin);
        }
    }
    let tensor = |v| Tensor::from_data(TensorData::new(v, shape), device);
    (tensor(cos), tensor(sin))
}

/// Appends the d_head cosines and sines of a rotation by `at`; both halves of a head share theirs.
pub fn push_rotation(at: f32, d_head: usize, cos: &mut Vec<f32>, sin: &mut Vec<f32>) {
    let (half, begin) = (d_head / 2, cos.len());
    for i in 0..half {
        let angle = at * (-(i as f32) / half as f32 * 10_000f32.ln()).exp();
        cos.push(angle.cos());
        sin.push(angle.sin());
    }
    cos.extend_from_within(begin..);
    sin.extend_from_within(begin..);
}

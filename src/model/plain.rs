//! The transformer and the heads on plain slices, without graph or tensors: what one event after another
//! is written with on the CPU.
//!
//! The same mathematics as in [`super::transformer`] and [`super::heads`]; a test holds them together.
//! Every sum of a sequence is taken in the same order whatever stands beside it, so that a sequence gives
//! the same bits alone and among others.

use super::config::ModelConfig;
use super::heads::FieldHead;
use super::ops::lanes::{dot, exp, largest, sum, wide};
use super::ops::{Packed, gelu_all, norm_rows};
use super::transformer::{Block, Transformer};
use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::Tensor;
use rayon::prelude::*;
use std::ops::Range;

/// Scores (one a head and pair of events) from which attention is worth a second thread.
const SHARED_FROM: usize = 1 << 13;

/// A transformer at rest.
pub struct PlainTransformer {
    d: usize,
    heads: usize,
    /// The first heads, which rotate by index.
    index_heads: usize,
    /// Of the rotations, one for each pair of a head's numbers.
    frequencies: Vec<f32>,
    blocks: Vec<PlainBlock>,
    norm: Vec<f32>,
}

struct PlainBlock {
    norm_attention: Vec<f32>,
    /// Query, key and value side by side.
    project: Packed,
    norm_query: Vec<f32>,
    norm_key: Vec<f32>,
    out: Packed,
    norm_mlp: Vec<f32>,
    up: Packed,
    down: Packed,
}

/// What a sequence remembers of the events it has been fed: their keys and values in every block. The
/// first `locked` are never forgotten, the others when `window` events are held.
#[derive(Clone, Debug)]
pub struct Memory {
    /// Keys and values of a block, [slots, d_model] each.
    blocks: Vec<(Vec<f32>, Vec<f32>)>,
    d: usize,
    /// Events fed so far.
    events: usize,
    locked: usize,
    window: usize,
}

impl Memory {
    fn new(blocks: usize, d: usize, window: usize) -> Self {
        Self { blocks: vec![(Vec::new(), Vec::new()); blocks], d, events: 0, locked: 0, window: window.max(1) }
    }

    /// Remembers at least this many events.
    pub fn make_room(&mut self, events: usize) {
        self.window = self.window.max(events);
    }

    /// Never forgets what has been fed so far.
    pub fn lock(&mut self) {
        self.locked = self.events;
        self.window = self.window.max(self.locked + 1);
    }

    /// Where the event with this number stands.
    fn slot(&self, event: usize) -> usize {
        if event < self.window { event } else { self.locked + (event - self.locked) % (self.window - self.locked) }
    }

    /// The slots of what is remembered of the first `events` events, in their order.
    fn slots(&self, events: usize) -> [Range<usize>; 3] {
        if events <= self.window {
            return [0..events, 0..0, 0..0];
        }
        let oldest = self.slot(events);
        [0..self.locked, oldest..self.window, self.locked..oldest]
    }

    fn put(&mut self, block: usize, event: usize, key: &[f32], value: &[f32]) {
        let at = self.slot(event) * self.d;
        let (keys, values) = &mut self.blocks[block];
        for (all, new) in [(keys, key), (values, value)] {
            if at == all.len() {
                all.extend_from_slice(new);
            } else {
                all[at..at + new.len()].copy_from_slice(new);
            }
        }
    }
}

/// Where an event stands: what heads that rotate by index go by, and its time in sixteenths.
pub type At = (usize, f32);

/// Cosines and sines of an event's rotations: by index, then by time, half a head each.
struct Turn {
    cos: Vec<f32>,
    sin: Vec<f32>,
}

impl PlainTransformer {
    pub fn new(from: &Transformer, config: &ModelConfig) -> Self {
        let (heads, index_heads) = (config.n_heads, config.index_heads());
        let norm = numbers(&from.norm.gain);
        let (d, half) = (norm.len(), norm.len() / heads / 2);
        let frequencies = (0..half).map(|i| (-(i as f32) / half as f32 * 10_000f32.ln()).exp()).collect();
        Self { d, heads, index_heads, frequencies, blocks: from.blocks.iter().map(PlainBlock::new).collect(), norm }
    }

    /// A sequence that has been fed nothing.
    pub fn memory(&self, window: usize) -> Memory {
        Memory::new(self.blocks.len(), self.d, window)
    }

    /// New events of each sequence, [rows, new, d_model], one for each `at`; they see each other both
    /// ways and what their sequence remembers. What the last layer holds at each, [rows, new, d_model].
    pub fn step(&self, mut x: Vec<f32>, at: &[At], memories: &mut [Memory]) -> Vec<f32> {
        let (d, new) = (self.d, at.len() / memories.len().max(1));
        let turns: Vec<Turn> = at.iter().map(|at| self.turn(*at)).collect();
        for (i, block) in self.blocks.iter().enumerate() {
            let mut normed = x.clone();
            norm_rows(&mut normed, &block.norm_attention);
            let mut projected = block.project.times(&normed); // [rows · new, 3 d_model]
            for (event, (projected, turn)) in projected.chunks_exact_mut(3 * d).zip(&turns).enumerate() {
                let (query, rest) = projected.split_at_mut(d);
                let (key, value) = rest.split_at_mut(d);
                norm_rows(query, &block.norm_query);
                norm_rows(key, &block.norm_key);
                self.rotate(query, turn, 1.0 / ((d / self.heads) as f32).sqrt());
                self.rotate(key, turn, 1.0);
                let memory = &mut memories[event / new];
                memory.put(i, memory.events + event % new, key, value);
            }
            let attended = self.attend(i, &projected, new, memories);
            add(&mut x, &block.out.times(&attended));
            let mut normed = x.clone();
            norm_rows(&mut normed, &block.norm_mlp);
            let mut hidden = block.up.times(&normed); // [rows · new, 4 d_model]
            gelu_all(&mut hidden);
            add(&mut x, &block.down.times(&hidden));
        }
        memories.iter_mut().for_each(|m| m.events += new);
        norm_rows(&mut x, &self.norm);
        x
    }

    /// [rows · new, 3 d_model] → what each event finds in its sequence's memory, [rows · new, d_model].
    fn attend(&self, block: usize, projected: &[f32], new: usize, memories: &[Memory]) -> Vec<f32> {
        let (d, d_head) = (self.d, self.d / self.heads);
        let mut out = vec![0.0; projected.len() / 3];
        let one = |(i, out): (usize, &mut [f32])| {
            let (event, head) = (i / self.heads, i % self.heads);
            let query = &projected[event * 3 * d + head * d_head..][..d_head];
            let memory = &memories[event / new];
            wide!(found(out, query, memory, block, head * d_head, memory.events + new));
        };
        let scores: usize = memories.iter().map(|m| self.heads * new * m.window.min(m.events + new)).sum();
        if scores < SHARED_FROM {
            out.chunks_exact_mut(d_head).enumerate().for_each(one);
        } else {
            out.par_chunks_exact_mut(d_head).enumerate().for_each(one);
        }
        out
    }

    fn turn(&self, (index, time): At) -> Turn {
        let angles = [index as f32, time].into_iter().flat_map(|at| self.frequencies.iter().map(move |f| at * f));
        let (cos, sin) = angles.map(|a| (a.cos(), a.sin())).unzip();
        Turn { cos, sin }
    }

    /// (a, b) → (a·cos − b·sin, b·cos + a·sin) · scale for the halves of each head.
    fn rotate(&self, x: &mut [f32], turn: &Turn, scale: f32) {
        let half = self.frequencies.len();
        for (head, x) in x.chunks_exact_mut(2 * half).enumerate() {
            let kind = if head < self.index_heads { 0..half } else { half..2 * half };
            let (a, b) = x.split_at_mut(half);
            let turns = turn.cos[kind.clone()].iter().zip(&turn.sin[kind]);
            for ((a, b), (cos, sin)) in a.iter_mut().zip(b).zip(turns) {
                (*a, *b) = ((*a * cos - *b * sin) * scale, (*b * cos + *a * sin) * scale);
            }
        }
    }
}

/// Attention of one head: softmax(query·keysᵀ)·values over what is remembered.
#[inline(always)]
fn found(out: &mut [f32], query: &[f32], memory: &Memory, block: usize, head: usize, events: usize) {
    let (keys, values) = &memory.blocks[block];
    let slots = || memory.slots(events).into_iter().flatten().map(|slot| slot * memory.d + head);
    let mut weights: Vec<f32> = slots().map(|at| dot(query, &keys[at..at + query.len()])).collect();
    let top = largest(&weights);
    weights.iter_mut().for_each(|x| *x = exp(*x - top));
    let total = 1.0 / sum(&weights);
    for (at, weight) in slots().zip(&weights) {
        let weight = weight * total;
        for (out, value) in out.iter_mut().zip(&values[at..]) {
            *out += weight * value;
        }
    }
}

fn add(x: &mut [f32], y: &[f32]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}

impl PlainBlock {
    fn new(from: &Block) -> Self {
        let [query, key, value] = [&from.query, &from.key, &from.value].map(|l| numbers(&l.weight));
        let d = numbers(&from.norm_attention.gain).len();
        Self {
            norm_attention: numbers(&from.norm_attention.gain),
            project: Packed::new(d, &[&query, &key, &value], &[]),
            norm_query: numbers(&from.norm_query.gain),
            norm_key: numbers(&from.norm_key.gain),
            out: packed(&from.out),
            norm_mlp: numbers(&from.norm_mlp.gain),
            up: packed(&from.up),
            down: packed(&from.down),
        }
    }
}

/// The head of one field.
pub struct PlainHead {
    hidden: Option<Packed>,
    out: Packed,
}

impl PlainHead {
    pub fn new(from: &FieldHead) -> Self {
        Self { hidden: from.hidden.as_ref().map(packed), out: packed(&from.out) }
    }

    /// Number of values of the field.
    pub fn size(&self) -> usize {
        self.out.n_out()
    }

    /// Logits from the state of the chain: [rows, d_model] → [rows, size].
    pub fn logits(&self, state: &[f32]) -> Vec<f32> {
        match &self.hidden {
            None => self.out.times(state),
            Some(hidden) => {
                let mut state = hidden.times(state);
                gelu_all(&mut state);
                self.out.times(&state)
            }
        }
    }
}

fn packed(from: &Linear) -> Packed {
    let [n_in, _] = from.weight.dims();
    Packed::new(n_in, &[&numbers(&from.weight)], &from.bias.as_ref().map_or_else(Vec::new, numbers))
}

/// The numbers of a parameter, row-major.
pub fn numbers<const D: usize>(param: &Param<Tensor<D>>) -> Vec<f32> {
    param.val().into_data().try_to_vec().expect("parameters are f32")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_forgets_the_oldest_that_is_not_locked() {
        let order = |m: &Memory, events| m.slots(events).into_iter().flatten().collect::<Vec<_>>();
        let mut memory = Memory::new(1, 1, 4);
        for event in 0..9 {
            memory.put(0, event, &[event as f32], &[-(event as f32)]);
            memory.events += 1;
            let held: Vec<f32> = order(&memory, event + 1).into_iter().map(|s| memory.blocks[0].0[s]).collect();
            let expected: Vec<f32> = (event.saturating_sub(3)..=event).map(|e| e as f32).collect();
            assert_eq!(held, expected);
            if event == 1 {
                let mut locked = memory.clone();
                locked.lock();
                for event in 2..9 {
                    locked.put(0, event, &[event as f32], &[0.0]);
                    locked.events += 1;
                }
                let held: Vec<f32> = order(&locked, 9).into_iter().map(|s| locked.blocks[0].0[s]).collect();
                assert_eq!(held, [0.0, 1.0, 7.0, 8.0]);
            }
        }
    }
}

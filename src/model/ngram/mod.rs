//! Counts of what followed which contexts, and a prediction from them: the n-gram family. No network,
//! and no music: contexts are hashes, given from short to long for each of several viewpoints.
//!
//! Within a viewpoint, lengths are blended with Witten & Bell's escape (method C of PPM; Moffat 1990).
//! Each viewpoint speaks twice: from all that was learned, and from the sequence at hand so far (a
//! tune's repeats), as in IDyOM (Pearce 2005). Their predictions are multiplied, each to the power of a
//! weight (Genest & Zidek 1986) that depends on how long a context was found; [`Ngram::tune`] learns
//! the weights. [`table`] holds the counts and [`file`] their form in files.

mod file;
mod table;
#[cfg(test)]
mod tests;

use super::config::ModelConfig;
use table::Table;

/// Hashes of contexts from short to long and, where values are counted from some value, that value.
pub type Viewpoint = (Vec<u64>, Option<i16>);

/// Lengths of context that are told apart, for contexts with one follower and for those with more.
const DEPTHS: usize = 20;

/// Lengths of context that are learned at their first sight; longer ones from the second on. Halves the
/// table and changes little. Of the sequence at hand every length counts at once: a repeat comes but once.
const AT_ONCE: usize = 3;

/// Largest step of a weight, in units of the learning rate.
const LARGEST: f32 = 4.0;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ngram {
    fields: Vec<FieldCounts>,
}

/// One field: its values, and for each viewpoint the counts and two rows of weights.
#[derive(Clone, Debug, Default, PartialEq)]
struct FieldCounts {
    size: usize,
    /// Values told apart, in order; the others share what is left. All of them where some viewpoint
    /// counts from another value.
    values: Vec<u16>,
    /// Index into `values` of each value.
    index: Vec<Option<u16>>,
    tables: Vec<Table>,
    /// Two for each viewpoint: of all that was learned, and of the sequence at hand.
    weights: Vec<[f32; 2 * DEPTHS]>,
}

/// What the sequence at hand has counted so far.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    fields: Vec<Vec<Table>>,
}

/// What is expected of a field.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// −∞ < log p of every value; exp of them sums to 1.
    pub log_p: Vec<f32>,
    /// The same over the values told apart, then the rest.
    slots: Vec<f32>,
    /// Log-probabilities over slots, one row a voice in the choir: viewpoint 0 learned, recent, 1 …
    inputs: Vec<Vec<f32>>,
    /// Which of its weights each used.
    depths: Vec<usize>,
}

impl Ngram {
    /// Knows nothing yet. For each field its size and, for each viewpoint, whether its values are
    /// counted from another one.
    pub fn new(fields: impl IntoIterator<Item = (usize, Vec<bool>)>) -> Self {
        let field = |(size, relative): (usize, Vec<bool>)| {
            let n = relative.len();
            let mut field = FieldCounts {
                size,
                values: Vec::new(),
                index: vec![None; size],
                tables: vec![Table::default(); n],
                weights: vec![[1.2 / (2 * n.max(1)) as f32; 2 * DEPTHS]; 2 * n],
            };
            if relative.contains(&true) {
                (0..size as u16).for_each(|v| field.tell_apart(v));
            }
            field
        };
        Self { fields: fields.into_iter().map(field).collect() }
    }

    /// Whether it has these fields.
    pub fn fits(&self, config: &ModelConfig) -> bool {
        self.fields.iter().map(|f| f.size).eq(config.fields.iter().map(|f| f.size))
    }

    /// Contexts counted.
    pub fn n_contexts(&self) -> usize {
        self.fields.iter().flat_map(|f| &f.tables).map(Table::len).sum()
    }

    /// Nothing counted of a new sequence.
    pub fn begin(&self) -> Recent {
        Recent { fields: self.fields.iter().map(|f| vec![Table::default(); f.tables.len()]).collect() }
    }

    /// Counts that `value` followed.
    pub fn learn(&mut self, field: usize, viewpoints: &[Viewpoint], value: u16) {
        let counts = &mut self.fields[field];
        counts.tell_apart(value);
        for (table, (hashes, from)) in counts.tables.iter_mut().zip(viewpoints) {
            table.add(hashes, coded(value, *from, counts.size), AT_ONCE);
        }
    }

    /// Counts it for the sequence at hand alone.
    pub fn remember(&self, recent: &mut Recent, field: usize, viewpoints: &[Viewpoint], value: u16) {
        for (table, (hashes, from)) in recent.fields[field].iter_mut().zip(viewpoints) {
            table.add(hashes, coded(value, *from, self.fields[field].size), usize::MAX);
        }
    }

    /// How likely each value of a field is.
    pub fn predict(&self, recent: &Recent, field: usize, viewpoints: &[Viewpoint]) -> Prediction {
        let f = &self.fields[field];
        let (mut inputs, mut depths) = (Vec::new(), Vec::new());
        for ((learned, recent), (hashes, from)) in f.tables.iter().zip(&recent.fields[field]).zip(viewpoints) {
            for table in [learned, recent] {
                let (log_p, depth) = f.expected(table, hashes, *from);
                inputs.push(log_p);
                depths.push(depth);
            }
        }
        let mut slots = vec![0.0; f.n_slots()];
        for ((input, depth), weights) in inputs.iter().zip(&depths).zip(&f.weights) {
            slots.iter_mut().zip(input).for_each(|(s, l)| *s += weights[*depth] * l);
        }
        let top = slots.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let total = top + slots.iter().map(|s| (s - top).exp()).sum::<f32>().ln();
        slots.iter_mut().for_each(|s| *s -= total);
        let rest = f.size - f.values.len();
        let each = if rest > 0 { slots[f.values.len()] - (rest as f32).ln() } else { 0.0 };
        let mut log_p = vec![each; f.size];
        f.values.iter().zip(&slots).for_each(|(v, s)| log_p[usize::from(*v)] = *s);
        Prediction { log_p, slots, inputs, depths }
    }

    /// Moves the weights so that `value` would have been likelier: a step up the gradient of its log p.
    pub fn tune(&mut self, field: usize, prediction: &Prediction, value: u16, rate: f32) {
        let f = &mut self.fields[field];
        let slot = f.slot(value);
        let p: Vec<f32> = prediction.slots.iter().map(|s| s.exp()).collect();
        for ((input, depth), weights) in prediction.inputs.iter().zip(&prediction.depths).zip(&mut f.weights) {
            let mean: f32 = p.iter().zip(input).map(|(p, l)| p * l).sum();
            weights[*depth] += rate * (input[slot] - mean).clamp(-LARGEST, LARGEST);
        }
    }
}

impl FieldCounts {
    /// Places in a prediction: the values told apart, and the rest where there is any.
    fn n_slots(&self) -> usize {
        self.values.len() + usize::from(self.values.len() < self.size)
    }

    fn slot(&self, value: u16) -> usize {
        self.index.get(usize::from(value)).copied().flatten().map_or(self.values.len(), usize::from)
    }

    fn tell_apart(&mut self, value: u16) {
        let Some(index @ None) = self.index.get_mut(usize::from(value)) else { return };
        *index = Some(self.values.len() as u16);
        self.values.push(value);
    }

    /// Log-probabilities of the slots in one table, and which weight is to be used.
    fn expected(&self, table: &Table, hashes: &[u64], from: Option<i16>) -> (Vec<f32>, usize) {
        // Nothing known: every value alike.
        let mut p = vec![1.0 / self.size as f32; self.n_slots()];
        let rest = self.size - self.values.len();
        if rest > 0 {
            p[self.values.len()] = rest as f32 / self.size as f32;
        }
        let (mut found, mut certain) = (0, false);
        for hash in hashes {
            let Some(followers) = table.get(*hash) else { break };
            let followers = followers.as_slice();
            let (total, kinds) = (followers.iter().map(|f| f.1 as f32).sum::<f32>(), followers.len() as f32);
            let escape = kinds / (total + kinds);
            p.iter_mut().for_each(|p| *p *= escape);
            for (code, count) in followers {
                if let Some(value) = decoded(*code, from, self.size) {
                    p[self.slot(value)] += *count as f32 / (total + kinds);
                }
            }
            (found, certain) = (found + 1, followers.len() == 1);
        }
        // A follower may lie outside of the values once it is counted from another one.
        let total: f32 = p.iter().sum();
        p.iter_mut().for_each(|p| *p = (*p / total).ln());
        (p, found.min(DEPTHS - 1) + if certain { DEPTHS } else { 0 })
    }
}

/// A value as it is counted.
fn coded(value: u16, from: Option<i16>, size: usize) -> u16 {
    from.map_or(value, |from| (value as i16 - from + size as i16) as u16)
}

/// The value of a code; `None` where there is no such value.
fn decoded(code: u16, from: Option<i16>, size: usize) -> Option<u16> {
    let Some(from) = from else { return Some(code) };
    u16::try_from(code as i16 + from - size as i16).ok().filter(|v| usize::from(*v) < size)
}

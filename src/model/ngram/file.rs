//! An n-gram model as bytes, for the model file. Written in a fixed order: equal models, equal bytes.
//!
//! Numbers are unsigned in groups of seven bits, low ones first (LEB128), weights f32 little-endian.
//! For each field: size, values told apart, viewpoints, weights; for each viewpoint its contexts, by
//! rising key, told as the difference from the one before, each with its followers and counts.

use super::table::Table;
use super::{DEPTHS, FieldCounts, Ngram};

/// No field of ours has more values, no model more fields or viewpoints. Damaged numbers are found
/// before they ask for memory.
const MOST: u64 = 4096;

impl Ngram {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        number(&mut out, self.fields.len() as u64);
        for f in &self.fields {
            number(&mut out, f.size as u64);
            number(&mut out, f.values.len() as u64);
            f.values.iter().for_each(|v| number(&mut out, u64::from(*v)));
            number(&mut out, f.tables.len() as u64);
            f.weights.iter().flatten().for_each(|w| out.extend(w.to_le_bytes()));
            for table in &f.tables {
                number(&mut out, table.len() as u64);
                let mut before = 0;
                for (key, followers) in table.sorted() {
                    number(&mut out, u64::from(key - before));
                    number(&mut out, followers.len() as u64);
                    followers.iter().for_each(|(value, count)| {
                        number(&mut out, u64::from(*value));
                        number(&mut out, u64::from(*count));
                    });
                    before = key;
                }
            }
        }
        out
    }

    /// What [`Ngram::to_bytes`] gave; `None` where it is damaged.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        let mut fields = Vec::new();
        for _ in 0..few(bytes)? {
            fields.push(field(bytes)?);
        }
        bytes.is_empty().then_some(Self { fields })
    }
}

fn field(bytes: &mut &[u8]) -> Option<FieldCounts> {
    let size = few(bytes)?;
    let mut out = FieldCounts { size, index: vec![None; size], ..FieldCounts::default() };
    for _ in 0..few(bytes)? {
        let value = few(bytes)?;
        out.index.get(value)?;
        out.tell_apart(value as u16);
    }
    let viewpoints = few(bytes)?;
    for _ in 0..2 * viewpoints {
        let (weights, rest) = bytes.split_at_checked(4 * 2 * DEPTHS)?;
        *bytes = rest;
        let mut row = [0.0; 2 * DEPTHS];
        row.iter_mut().zip(weights.as_chunks().0).for_each(|(w, b)| *w = f32::from_le_bytes(*b));
        out.weights.push(row.iter().all(|w| w.is_finite()).then_some(row)?);
    }
    for _ in 0..viewpoints {
        let (mut table, mut key) = (Table::default(), 0u32);
        for _ in 0..read(bytes)? {
            key = key.checked_add(u32::try_from(read(bytes)?).ok()?)?;
            let mut followers = Vec::new();
            for _ in 0..few(bytes)?.max(1) {
                let code = few(bytes)?;
                // Counted from another value, a code is at most twice as large.
                (code < 3 * size).then_some(())?;
                followers.push((code as u16, u32::try_from(read(bytes)?).ok().filter(|n| *n > 0)?));
            }
            table.put(key, followers);
        }
        out.tables.push(table);
    }
    Some(out)
}

fn number(out: &mut Vec<u8>, mut n: u64) {
    while n > 127 {
        out.push(n as u8 | 128);
        n >>= 7;
    }
    out.push(n as u8);
}

fn read(bytes: &mut &[u8]) -> Option<u64> {
    let mut n = 0u64;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        n |= u64::from(byte & 127) << shift;
        if byte & 128 == 0 {
            return Some(n);
        }
    }
    None
}

fn few(bytes: &mut &[u8]) -> Option<usize> {
    read(bytes).filter(|n| *n <= MOST).map(|n| n as usize)
}

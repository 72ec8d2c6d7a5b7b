//! Contexts and what followed them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Contexts by 32 bits of their hash: of a million, one in four thousand new ones is taken for another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    contexts: HashMap<u32, Followers, BuildHasherDefault<Keep>>,
}

/// Values that followed a context, with how often. Most contexts have one.
// Boxed once more, so that one follower takes no more room than it needs.
#[allow(clippy::box_collection)]
#[derive(Clone, Debug, PartialEq)]
pub enum Followers {
    One([(u16, u32); 1]),
    Many(Box<Vec<(u16, u32)>>),
}

impl Followers {
    pub fn as_slice(&self) -> &[(u16, u32)] {
        match self {
            Followers::One(one) => one,
            Followers::Many(many) => many,
        }
    }

    fn add(&mut self, value: u16) {
        let all: &mut [(u16, u32)] = match self {
            Followers::One(one) => one,
            Followers::Many(many) => many,
        };
        if let Some((_, count)) = all.iter_mut().find(|(v, _)| *v == value) {
            *count = count.saturating_add(1);
            return;
        }
        match self {
            Followers::One([one]) => *self = Followers::Many(Box::new(vec![*one, (value, 1)])),
            Followers::Many(many) => many.push((value, 1)),
        }
    }
}

impl Table {
    pub fn len(&self) -> usize {
        self.contexts.len()
    }

    pub fn get(&self, hash: u64) -> Option<&Followers> {
        self.contexts.get(&key(hash))
    }

    /// Counts a value after contexts from short to long. Lengths under `at_once` are counted at their
    /// first sight; a longer one only where the one shorter by a step was seen before.
    pub fn add(&mut self, hashes: &[u64], value: u16, at_once: usize) {
        for (length, hash) in hashes.iter().enumerate() {
            match self.contexts.get_mut(&key(*hash)) {
                Some(followers) => followers.add(value),
                None => {
                    self.contexts.insert(key(*hash), Followers::One([(value, 1)]));
                    if length >= at_once {
                        break;
                    }
                }
            }
        }
    }

    /// Every context by its key, in order.
    pub fn sorted(&self) -> Vec<(u32, &[(u16, u32)])> {
        let mut all: Vec<_> = self.contexts.iter().map(|(key, f)| (*key, f.as_slice())).collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all
    }

    /// Puts a context back that was read from a file.
    pub fn put(&mut self, key: u32, followers: Vec<(u16, u32)>) {
        let followers = match followers[..] {
            [one] => Followers::One([one]),
            _ => Followers::Many(Box::new(followers)),
        };
        self.contexts.insert(key, followers);
    }
}

fn key(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// Keys are hashes already; spread over all bits, as the map looks at the highest.
#[derive(Clone, Default)]
pub struct Keep(u64);

impl Hasher for Keep {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.0 = (self.0 << 8) | u64::from(*b));
    }

    fn write_u32(&mut self, key: u32) {
        self.0 = u64::from(key).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

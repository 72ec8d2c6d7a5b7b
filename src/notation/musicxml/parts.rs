//! The list of parts: names, instruments, and which key of a drum kit an instrument is.

use super::measure::{child, children, number, text};
use crate::music::Role;
use roxmltree::Node;
use std::collections::HashMap;

/// A part as the list at the head of the file gives it.
#[derive(Debug, Default)]
pub struct Part {
    pub id: String,
    pub name: String,
    /// General MIDI, 0–127.
    pub program: u8,
    /// Its MIDI channel is that of the drums.
    pub drums: bool,
    /// Keys of a drum kit by the instrument's id.
    pub drum_keys: HashMap<String, u8>,
    /// In files of ours: what the voice is for.
    pub role: Option<Role>,
}

/// MIDI's channel of drums, from 1.
const DRUM_CHANNEL: f64 = 10.0;

pub fn read(part_list: Option<Node>) -> Vec<Part> {
    part_list.into_iter().flat_map(|list| children(list, "score-part")).map(part).collect()
}

fn part(node: Node) -> Part {
    let name = text(node, "part-name").unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let midi = |name: &str| children(node, "midi-instrument").find_map(|m| number(m, name));
    let sounds: String = children(node, "score-instrument")
        .flat_map(|i| [text(i, "instrument-sound"), text(i, "instrument-name")])
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let program = midi("midi-program").filter(|p| (1.0..=128.0).contains(p)).map(|p| p as u8 - 1);
    Part {
        id: node.attribute("id").unwrap_or_default().to_owned(),
        program: program.or_else(|| by_name(&sounds)).or_else(|| by_name(&name)).unwrap_or(0),
        name,
        drums: midi("midi-channel") == Some(DRUM_CHANNEL),
        drum_keys: children(node, "midi-instrument").filter_map(drum_key).collect(),
        role: None,
    }
}

fn drum_key(instrument: Node) -> Option<(String, u8)> {
    let key = number(instrument, "midi-unpitched").filter(|k| (1.0..=128.0).contains(k))?;
    Some((instrument.attribute("id")?.to_owned(), key as u8 - 1))
}

/// Words in names of instruments and their General MIDI programs; of several the first counts.
const WORDS: [(&str, u8); 38] = [
    ("bass clarinet", 71),
    ("bass guitar", 33),
    ("double bass", 43),
    ("contrabass", 43),
    ("english horn", 69),
    ("steel", 25),
    ("guitar", 24),
    ("piano", 0),
    ("harpsichord", 6),
    ("celesta", 8),
    ("glockenspiel", 9),
    ("vibraphone", 11),
    ("marimba", 12),
    ("xylophone", 13),
    ("organ", 19),
    ("accordion", 21),
    ("violin", 40),
    ("viola", 41),
    ("cello", 42),
    ("harp", 46),
    ("timpani", 47),
    ("strings", 48),
    ("voice", 52),
    ("vocal", 52),
    ("choir", 52),
    ("soprano", 52),
    ("alto", 52),
    ("tenor", 52),
    ("baritone", 52),
    ("trumpet", 56),
    ("trombone", 57),
    ("tuba", 58),
    ("horn", 60),
    ("sax", 65),
    ("oboe", 68),
    ("bassoon", 70),
    ("clarinet", 71),
    ("flute", 73),
];

fn by_name(name: &str) -> Option<u8> {
    let lower = name.to_lowercase().replace('.', " ");
    WORDS.iter().find(|(word, _)| lower.contains(word)).map(|w| w.1)
}

/// The roles that a file of ours gives its parts, in their order; `None` in files of others.
pub fn our_roles(root: Node) -> Option<Vec<Role>> {
    let miscellaneous = child(child(root, "identification")?, "miscellaneous")?;
    let field = children(miscellaneous, "miscellaneous-field").find(|f| f.attribute("name") == Some(OUR_FIELD))?;
    let role = |word: &str| Role::ALL.into_iter().find(|r| role_word(*r) == word).unwrap_or_default();
    Some(field.text().unwrap_or_default().split_whitespace().map(role).collect())
}

/// The field in which we write the roles.
pub const OUR_FIELD: &str = "cadenza";

pub fn role_word(role: Role) -> String {
    format!("{role:?}").to_lowercase()
}

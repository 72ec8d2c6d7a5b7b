//! The measures as they are written: what each holds, in quarter notes from its bar line.
//!
//! Timewise scores are read as if they were partwise. What was in force where a measure begins (meter,
//! key, tempo, loudness) stands in the measure itself, so that they can be played in any order.

use super::measure::{self, Reader, children, text};
use super::parts::{self, Part};
use super::warning::Problems;
use super::{Error, harmony};
use crate::music::{Key, Meter};
use crate::notation::abc::chords::ChordSymbol;
use roxmltree::{Document, Node};
use std::collections::HashMap;

#[derive(Debug, Default)]
pub struct Sheet {
    pub title: String,
    pub parts: Vec<Part>,
    /// Where the notes of a part go: its voices, in the order in which they first come.
    pub lines: Vec<Line>,
    pub bars: Vec<Bar>,
    /// Written by us: a part is a voice.
    pub ours: bool,
    /// Every `<divisions>` of the file, once each.
    pub divisions: Vec<u32>,
}

/// A MusicXML voice of a part. Staff 0: in whatever staff.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    pub part: usize,
    pub voice: String,
    pub staff: u32,
    pub drums: bool,
}

#[derive(Debug, Default)]
pub struct Bar {
    pub number: String,
    /// As long as what is in it; 0 where there is nothing.
    pub length: f64,
    /// A time signature stands here.
    pub time: Option<Meter>,
    /// In force here.
    pub meter: Option<Meter>,
    /// The first entries are what is in force at the bar line.
    pub keys: Vec<(f64, Key)>,
    pub tempos: Vec<(f64, f64)>,
    pub chords: Vec<(f64, Option<ChordSymbol>)>,
    pub notes: Vec<Sound>,
    /// Part, time and velocity.
    pub loudness: Vec<(usize, f64, u8)>,
    pub marks: Marks,
}

/// A note as it is written, before ties are joined.
#[derive(Debug, Clone)]
pub struct Sound {
    pub line: usize,
    pub start: f64,
    pub length: f64,
    pub pitch: u8,
    pub velocity: Option<u8>,
    pub tied_on: bool,
    pub tied_back: bool,
    /// Verse and syllable.
    pub lyrics: Vec<(u8, String)>,
}

/// What says in which order measures are played.
#[derive(Debug, Default, Clone)]
pub struct Marks {
    pub starts_repeat: bool,
    /// How often the section is played.
    pub ends_repeat: Option<u8>,
    pub starts_ending: Option<Vec<u8>>,
    pub stops_ending: bool,
    pub da_capo: bool,
    pub dal_segno: Option<String>,
    pub segno: Option<String>,
    pub to_coda: Option<String>,
    pub coda: Option<String>,
    pub fine: bool,
}

impl Marks {
    /// Signs and words that say how to play, where the file has no `<sound>` that says the same.
    pub fn written(&mut self, kind: Node) {
        let unnamed = || Some(String::new());
        for item in kind.children().filter(Node::is_element) {
            match item.tag_name().name() {
                "segno" => self.segno = self.segno.take().or_else(unnamed),
                "coda" => self.coda = self.coda.take().or_else(unnamed),
                "words" => {
                    let words: String = item.text().unwrap_or_default().to_lowercase();
                    let words: String = words.chars().filter(|c| c.is_alphanumeric()).collect();
                    match words.as_str() {
                        "fine" => self.fine = true,
                        "tocoda" => self.to_coda = self.to_coda.take().or_else(unnamed),
                        _ if words.starts_with("dc") && (words == "dc" || words.starts_with("dcal")) => {
                            self.da_capo = true
                        }
                        _ if words.starts_with("dacapo") => self.da_capo = true,
                        _ if words == "ds" || words.starts_with("dsal") || words.starts_with("dalsegno") => {
                            self.dal_segno = self.dal_segno.take().or_else(unnamed);
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
}

/// Reads a whole document.
pub fn read(document: &Document, problems: &mut Problems) -> Result<Sheet, Error> {
    let root = document.root_element();
    let timewise = match root.tag_name().name() {
        "score-partwise" => false,
        "score-timewise" => true,
        other => return Err(Error::NotMusicXml(other.to_owned())),
    };
    let mut sheet =
        Sheet { title: title(root), parts: parts::read(measure::child(root, "part-list")), ..Sheet::default() };
    let roles = parts::our_roles(root);
    sheet.ours = roles.is_some();
    let by_part = measures(root, timewise, &mut sheet.parts);
    for (part, role) in sheet.parts.iter_mut().zip(roles.unwrap_or_default()) {
        part.role = Some(role);
    }
    let n_bars = by_part.iter().map(Vec::len).max().unwrap_or(0);
    sheet.bars.resize_with(n_bars, Bar::default);
    for (part, nodes) in by_part.iter().enumerate() {
        let mut reader = Reader::new(part, &mut sheet, problems);
        for (i, (node, number)) in nodes.iter().enumerate() {
            reader.measure(i, *node, number)?;
        }
    }
    carry(&mut sheet);
    merge_staves(&mut sheet);
    Ok(sheet)
}

fn title(root: Node) -> String {
    let work = measure::child(root, "work").and_then(|w| text(w, "work-title"));
    let words = text(root, "movement-title").or(work).unwrap_or_default();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Part by part the nodes that hold the content of its measures, with the measures' numbers.
fn measures<'a>(root: Node<'a, 'a>, timewise: bool, parts: &mut Vec<Part>) -> Vec<Vec<(Node<'a, 'a>, &'a str)>> {
    let index: HashMap<String, usize> = parts.iter().enumerate().map(|(i, p)| (p.id.clone(), i)).collect();
    let mut by_part: Vec<Vec<(Node, &str)>> = vec![Vec::new(); parts.len()];
    let (outer, inner) = if timewise { ("measure", "part") } else { ("part", "measure") };
    for (i, group) in children(root, outer).enumerate() {
        for node in children(group, inner) {
            let (part, measure) = if timewise { (node, group) } else { (group, node) };
            // Parts without an id or an entry in the list are read all the same.
            let at = part.attribute("id").and_then(|id| index.get(id)).copied().unwrap_or(if timewise { 0 } else { i });
            if at >= by_part.len() {
                by_part.resize(at + 1, Vec::new());
                parts.resize_with(at + 1, Part::default);
            }
            by_part[at].push((node, measure.attribute("number").unwrap_or_default()));
        }
    }
    by_part
}

/// Writes into each measure what is in force where it begins.
fn carry(sheet: &mut Sheet) {
    let (mut meter, mut key, mut tempo) = (None, None, None);
    let mut loudness: Vec<Option<u8>> = vec![None; sheet.parts.len()];
    for bar in &mut sheet.bars {
        meter = bar.time.or(meter);
        bar.meter = meter;
        bar.keys.sort_by(|a, b| a.0.total_cmp(&b.0));
        bar.tempos.sort_by(|a, b| a.0.total_cmp(&b.0));
        bar.chords.sort_by(|a, b| a.0.total_cmp(&b.0));
        bar.loudness.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (key_here, tempo_here) = (bar.keys.last().copied(), bar.tempos.last().copied());
        if let Some(key) = key.filter(|_| bar.keys.first().is_none_or(|k| k.0 > 0.0)) {
            bar.keys.insert(0, (0.0, key));
        }
        if let Some(tempo) = tempo.filter(|_| bar.tempos.first().is_none_or(|t| t.0 > 0.0)) {
            bar.tempos.insert(0, (0.0, tempo));
        }
        key = key_here.map(|k| k.1).or(key);
        tempo = tempo_here.map(|t| t.1).or(tempo);
        let last: Vec<(usize, u8)> = bar.loudness.iter().map(|l| (l.0, l.2)).collect();
        let before = loudness.iter().enumerate().filter_map(|(part, l)| l.map(|v| (part, 0.0, v))).collect::<Vec<_>>();
        bar.loudness.splice(0..0, before);
        last.into_iter().for_each(|(part, velocity)| loudness[part] = Some(velocity));
    }
}

/// A voice that wanders between the staves of a piano is one; where both staves sound in it at once,
/// each staff is a voice of its own.
fn merge_staves(sheet: &mut Sheet) {
    let mut ends: HashMap<(usize, &str, bool), (f64, u32)> = HashMap::new();
    let mut split: Vec<(usize, String, bool)> = Vec::new();
    for bar in &sheet.bars {
        ends.clear();
        let mut notes: Vec<&Sound> = bar.notes.iter().collect();
        notes.sort_by(|a, b| a.start.total_cmp(&b.start));
        for note in notes {
            let line = &sheet.lines[note.line];
            let end = ends.entry((line.part, &line.voice, line.drums)).or_insert((0.0, line.staff));
            let overlaps = note.start + 1e-6 < end.0 && line.staff != end.1;
            // A chord over both staves is one voice: it begins together and ends together.
            let together = (note.start + note.length - end.0).abs() < 1e-6;
            let name = (line.part, line.voice.clone(), line.drums);
            if overlaps && !together && !split.contains(&name) {
                split.push(name);
            }
            *end = (end.0.max(note.start + note.length), line.staff);
        }
    }
    let mut merged: Vec<Line> = Vec::new();
    let mut target = Vec::new();
    for line in &sheet.lines {
        let mut line = line.clone();
        if !split.contains(&(line.part, line.voice.clone(), line.drums)) {
            line.staff = 0;
        }
        if sheet.ours {
            (line.voice, line.staff) = (String::new(), 0);
        }
        target.push(merged.iter().position(|l| *l == line).unwrap_or(merged.len()));
        if target.last() == Some(&merged.len()) {
            merged.push(line);
        }
    }
    sheet.bars.iter_mut().flat_map(|b| &mut b.notes).for_each(|n| n.line = target[n.line]);
    sheet.lines = merged;
}

/// A chord symbol, or that it was not understood.
pub fn chord(node: Node) -> Option<Option<ChordSymbol>> {
    harmony::read(node)
}

//! Encoded pieces, split into those trained on and those held out, and the file they are kept in, so
//! that a run can go on exactly even when the folder it came from has changed.

use crate::corpus::{NotesLost, Piece, Split};
use crate::encoding::{Event, ModelCard, N_FIELDS, encode, tonic, voice_slots};
use crate::files::container::{self, ContainerError};
use crate::files::write_atomic;
use crate::music::{Key, Score};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// One piece as the model sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    pub title: String,
    pub path: PathBuf,
    /// BLAKE3 of the file it came from, in hexadecimal.
    pub hash: String,
    /// The notes in order, then END.
    pub events: Vec<Event>,
    /// Kind of the first bar.
    pub first_meter: u8,
    /// Near-copies have it in common: of each family one is dealt an epoch. `None` for a piece by itself.
    pub family: Option<u32>,
    /// Semitones by which its pitches were moved to the common tonic, where they were.
    pub lift: Option<i8>,
    /// Index into the card's styles, where there are styles.
    pub style: Option<u16>,
    /// The folder below the one that was read, which says what kind of music it is.
    pub folder: String,
}

impl Sequence {
    pub fn n_notes(&self) -> usize {
        self.events.len().saturating_sub(1)
    }
}

/// What a run learns from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataSet {
    pub train: Vec<Sequence>,
    /// Never trained on; no near-copy of it is either.
    pub valid: Vec<Sequence>,
    /// Whether velocities vary enough to be learned.
    pub has_velocity: bool,
    pub card: ModelCard,
    pub origin: Origin,
}

/// Where pieces were read, as far as that is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    pub folders: Vec<PathBuf>,
    /// Files found there, whether they were of use or not.
    pub files: usize,
}

impl DataSet {
    /// Encodes pieces whose split is already decided, on a common tonic or as they are.
    ///
    /// # Errors
    /// At the first piece whose notes cannot be had.
    pub fn new(name: &str, train: &[&Piece], valid: &[&Piece], common_tonic: bool) -> Result<Self, NotesLost> {
        let styles = styles_of(train);
        let encoded = |p: &&Piece| {
            sequence(p, common_tonic).map(|encoded| Sequence { style: index_of(&styles, &p.style), ..encoded })
        };
        let sequences = |pieces: &[&Piece]| pieces.iter().map(encoded).collect::<Result<Vec<_>, _>>();
        let mut lost = None;
        let scores = train.iter().map_while(|p| p.score().map_err(|e| lost = Some(e)).ok());
        let mut card = ModelCard::of_corpus(name, scores.map(|s| (voice_slots(&s).0, s)));
        lost.map_or(Ok(()), Err)?;
        card.common_tonic = common_tonic;
        card.styles.clone_from(&styles);
        let (train, valid, has_velocity) = (sequences(train)?, sequences(valid)?, has_dynamics(train)?);
        let card = card.of_meters(train.iter().flat_map(|s| &s.events));
        Ok(Self { train, valid, has_velocity, card, origin: Origin::default() })
    }

    /// Encodes pieces split by [`crate::corpus::split`].
    ///
    /// # Errors
    /// As [`DataSet::new`].
    pub fn from_split(name: &str, pieces: &[Piece], split: &Split, common_tonic: bool) -> Result<Self, NotesLost> {
        let pick = |which: &[usize]| which.iter().map(|i| &pieces[*i]).collect::<Vec<_>>();
        Self::new(name, &pick(&split.train), &pick(&split.valid), common_tonic)
    }

    pub fn n_train_notes(&self) -> usize {
        self.train.iter().map(Sequence::n_notes).sum()
    }

    pub fn n_valid_notes(&self) -> usize {
        self.valid.iter().map(Sequence::n_notes).sum()
    }
}

/// Encodes a score, moved to the common tonic where its key is given and no note leaves MIDI's range.
pub fn sequence_of(score: &Score, key: Option<Key>) -> Sequence {
    let (events, lift) = tonic::brought_home(encode(score).events, key);
    Sequence {
        title: score.title.clone(),
        path: PathBuf::new(),
        hash: String::new(),
        lift,
        events,
        first_meter: crate::encoding::BarGrid::of(score).bar(0).meter,
        family: None,
        style: None,
        folder: String::new(),
    }
}

/// Encodes one piece, on the common tonic or as it is.
///
/// # Errors
/// Where its notes cannot be had.
pub fn sequence(piece: &Piece, common_tonic: bool) -> Result<Sequence, NotesLost> {
    let key = piece.key.filter(|_| common_tonic).map(|(key, _)| key);
    Ok(Sequence {
        title: piece.title.clone(),
        path: piece.path.clone(),
        hash: piece.hash.iter().map(|b| format!("{b:02x}")).collect(),
        family: Some(piece.family),
        folder: piece.style.clone(),
        ..sequence_of(&*piece.score()?, key)
    })
}

/// Styles that are told apart at most: the commonest.
const MOST_STYLES: usize = 63;

/// The styles (first subfolders) of pieces by name; none where there are not two.
fn styles_of(pieces: &[&Piece]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    pieces.iter().filter(|p| !p.style.is_empty()).for_each(|p| *counts.entry(&p.style).or_default() += 1);
    let mut common: Vec<(&str, usize)> = counts.into_iter().collect();
    common.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    common.truncate(MOST_STYLES);
    let mut styles: Vec<String> = common.into_iter().map(|(style, _)| style.to_owned()).collect();
    styles.sort();
    if styles.len() > 1 { styles } else { Vec::new() }
}

fn index_of(styles: &[String], style: &str) -> Option<u16> {
    styles.iter().position(|s| s == style).and_then(|i| u16::try_from(i).ok())
}

/// Velocities are worth a field where, in at least a tenth of the pieces, they differ by more than an
/// accent or two: a standard deviation of 4 and more.
fn has_dynamics(pieces: &[&Piece]) -> Result<bool, NotesLost> {
    let mut lively = 0;
    for piece in pieces {
        let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for (_, note) in piece.score()?.notes() {
            let v = f64::from(note.velocity);
            n += 1.0;
            sum += v;
            squares += v * v;
        }
        lively += usize::from(n > 0.0 && (squares / n - (sum / n) * (sum / n)).max(0.0).sqrt() >= 4.0);
    }
    Ok(lively * 10 >= pieces.len().max(1))
}

const MAGIC: &[u8; 16] = b"cadenza data  1\n";
/// Numbers an event is stored as: its fields, onset (two), place and meter.
const WORDS: usize = N_FIELDS + 4;

#[derive(Serialize, Deserialize)]
struct Header {
    has_velocity: bool,
    card: ModelCard,
    #[serde(default)]
    origin: Origin,
    sequences: Vec<SequenceHeader>,
}

#[derive(Serialize, Deserialize)]
struct SequenceHeader {
    title: String,
    #[serde(with = "crate::files::path")]
    path: PathBuf,
    hash: String,
    first_meter: u8,
    #[serde(default)]
    family: Option<u32>,
    #[serde(default)]
    lift: Option<i8>,
    #[serde(default)]
    style: Option<u16>,
    #[serde(default)]
    folder: String,
    valid: bool,
    events: usize,
}

impl DataSet {
    /// Writes the file atomically.
    ///
    /// # Errors
    /// What the file system says.
    pub fn save(&self, path: &Path) -> Result<(), ContainerError> {
        let failed = |reason| ContainerError::Write { reason, path: path.to_owned() };
        write_atomic(path, &self.to_bytes().map_err(failed)?).map_err(failed)
    }

    /// The content of the file.
    ///
    /// # Errors
    /// A header that JSON cannot hold.
    pub fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let (card, origin) = (self.card.clone(), self.origin.clone());
        let mut header = Header { has_velocity: self.has_velocity, card, origin, sequences: Vec::new() };
        let mut words = Vec::new();
        for (s, valid) in self.train.iter().map(|s| (s, false)).chain(self.valid.iter().map(|s| (s, true))) {
            header.sequences.push(SequenceHeader {
                title: s.title.clone(),
                path: s.path.clone(),
                hash: s.hash.clone(),
                first_meter: s.first_meter,
                family: s.family,
                lift: s.lift,
                style: s.style,
                folder: s.folder.clone(),
                valid,
                events: s.events.len(),
            });
            for e in &s.events {
                let rest = [e.onset as u16, (e.onset >> 16) as u16, e.place, u16::from(e.meter)];
                words.extend(e.fields.iter().chain(&rest).flat_map(|w| w.to_le_bytes()));
            }
        }
        container::to_bytes(MAGIC, &header, &[&words])
    }

    /// Reads a file written by [`DataSet::save`].
    ///
    /// # Errors
    /// Missing, of another version, or damaged.
    pub fn load(path: &Path) -> Result<Self, ContainerError> {
        let (header, blobs) = container::load::<Header>(path, MAGIC)?;
        let damaged = || ContainerError::Damaged { reason: "events are missing".to_owned(), path: path.to_owned() };
        let mut events = blobs.first().ok_or_else(damaged)?.chunks_exact(2 * WORDS).map(event_from_bytes);
        let mut out = Self { has_velocity: header.has_velocity, card: header.card, ..Self::default() };
        out.origin = header.origin;
        for h in header.sequences {
            let events: Vec<Event> = events.by_ref().take(h.events).collect();
            if events.len() != h.events {
                return Err(damaged());
            }
            let SequenceHeader { title, path, hash, first_meter, family, lift, style, folder, .. } = h;
            let s = Sequence { title, path, hash, events, first_meter, family, lift, style, folder };
            if h.valid { out.valid.push(s) } else { out.train.push(s) }
        }
        Ok(out)
    }
}

fn event_from_bytes(bytes: &[u8]) -> Event {
    let word = |i: usize| u16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]]);
    Event {
        fields: std::array::from_fn(word),
        onset: u32::from(word(N_FIELDS)) | (u32::from(word(N_FIELDS + 1)) << 16),
        place: word(N_FIELDS + 2),
        meter: word(N_FIELDS + 3) as u8,
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::music::text;

    /// A sequence of our own making: a rising and falling scale, `bars` bars long.
    pub fn scale(bars: usize, lift: i64) -> Sequence {
        let line: String = (0..bars * 4)
            .map(|i| format!(" | {} 24 {}", i * 24, ["c4", "d4", "e4", "f4", "g4", "f4", "e4", "d4"][i % 8]))
            .collect();
        let mut score = text::parse(&format!("melody{line}")).expect("valid");
        score = crate::music::transform::transposed(&score, lift as i8).expect("in range");
        let events = encode(&score).events;
        Sequence { title: format!("scale {lift}"), events, first_meter: 1, ..sequence_of(&score, None) }
    }

    #[test]
    fn a_data_set_is_read_back_as_it_was_written() {
        let set = DataSet {
            train: vec![scale(9, 0), scale(3, 2)],
            valid: vec![Sequence { family: Some(7), style: Some(2), ..scale(5, -3) }],
            ..DataSet::default()
        };
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("data");
        set.save(&path).expect("writes");
        assert_eq!(DataSet::load(&path).expect("reads"), set);
    }
}

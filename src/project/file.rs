//! The project file: versioned JSON that a person can read, one note a line ("480 240 E♭4 80").
//!
//! Deliberately not a MIDI file: it holds takes and settings too, and identities are given afresh.

use super::document::Project;
use super::receipt::{self, Receipts};
use super::take::{Take, TakeHead};
use crate::files;
use crate::music::note::pitch_name;
use crate::music::text::parse_pitch;
use crate::music::{ChordTrack, KeyChange, Marker, MeterMap, Note, Role, Score, TempoMap, Tick, Voice, VoiceEvent};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What project files are called.
pub const EXTENSION: &str = "cadenza";
const FORMAT: &str = "cadenza project";
/// 2: markers, chords, colours and locks, which a program of version 1 would lose. It reads 1 as it is.
const VERSION: u32 = 2;

/// Why a project file could not be read or written. The path comes last.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("Could not read the project ({reason}): {}", path.display())]
    Read { reason: std::io::Error, path: PathBuf },
    #[error("Could not save the project ({reason}): {}", path.display())]
    Write { reason: std::io::Error, path: PathBuf },
    #[error("This is not a Cadenza project ({reason}): {}", path.display())]
    NotAProject { reason: String, path: PathBuf },
    #[error("This project was written by a newer Cadenza (format {found}, this one reads up to {VERSION}): {}", path.display())]
    TooNew { found: u32, path: PathBuf },
}

#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct ProjectFile {
    format: String,
    version: u32,
    piece: Piece,
    #[serde(default)]
    takes: Vec<TakeFile>,
}

#[derive(Serialize, Deserialize)]
struct TakeFile {
    #[serde(flatten)]
    head: TakeHead,
    piece: Piece,
}

#[derive(Serialize, Deserialize)]
struct Piece {
    title: String,
    ppq: u32,
    end: Tick,
    tempos: TempoMap,
    meters: MeterMap,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<KeyChange>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    markers: Vec<Marker>,
    #[serde(default, skip_serializing_if = "ChordTrack::is_empty")]
    chords: ChordTrack,
    voices: Vec<Part>,
    /// What models said of its notes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    receipts: Vec<receipt::Line>,
}

#[derive(Serialize, Deserialize)]
struct Part {
    name: String,
    role: Role,
    program: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    color: Option<u8>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    locked: bool,
    /// "start duration pitch velocity", times in ticks.
    notes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    events: Vec<VoiceEvent>,
}

/// Writes the project to `path`, atomically.
///
/// # Errors
/// Whatever the file system says; the file is then as it was.
pub fn save(project: &Project, path: &Path) -> Result<(), FileError> {
    files::write_atomic(path, to_text(project).as_bytes())
        .map_err(|reason| FileError::Write { reason, path: path.to_owned() })
}

/// Reads a project. It counts as saved.
///
/// # Errors
/// A file that cannot be read, is no project, is damaged, or is of a newer format.
pub fn load(path: &Path) -> Result<Project, FileError> {
    let bytes = std::fs::read(path).map_err(|reason| FileError::Read { reason, path: path.to_owned() })?;
    from_bytes(&bytes, path)
}

/// The text of the project file.
pub fn to_text(project: &Project) -> String {
    let file = ProjectFile {
        format: FORMAT.into(),
        version: VERSION,
        piece: piece_from_score(project.score(), project.receipts()),
        takes: project
            .takes()
            .iter()
            .map(|t| TakeFile { head: t.into(), piece: piece_from_score(&t.score, &t.receipts) })
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&file).expect("plain values with text keys always serialise");
    text.push('\n');
    text
}

/// Reads what [`to_text`] wrote; `path` is only for the error.
///
/// # Errors
/// As [`load`].
pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<Project, FileError> {
    let not = |reason: String| FileError::NotAProject { reason, path: path.to_owned() };
    let head: Head = serde_json::from_slice(bytes).map_err(|e| not(e.to_string()))?;
    if head.format != FORMAT {
        return Err(not(format!("its format is {:?}", head.format)));
    }
    if head.version > VERSION {
        return Err(FileError::TooNew { found: head.version, path: path.to_owned() });
    }
    let file: ProjectFile = serde_json::from_slice(bytes).map_err(|e| not(e.to_string()))?;
    let (score, receipts) = score_from_piece(file.piece).map_err(not)?;
    let not = |reason: String| FileError::NotAProject { reason, path: path.to_owned() };
    let mut takes = Vec::with_capacity(file.takes.len());
    for take in file.takes {
        let TakeHead { id, parent, name, model, from_tick, remark, originality, settings } = take.head;
        let (score, receipts) = score_from_piece(take.piece).map_err(not)?;
        let score = Arc::new(score);
        takes.push(Take { id, parent, name, score, settings, model, from_tick, remark, originality, receipts });
    }
    let mut project = Project::with_takes(score, takes);
    project.add_receipts(receipts);
    Ok(project)
}

fn piece_from_score(score: &Score, receipts: &Receipts) -> Piece {
    Piece {
        title: score.title.clone(),
        ppq: score.ppq,
        end: score.end,
        tempos: score.tempos.clone(),
        meters: score.meters.clone(),
        keys: score.keys.clone(),
        markers: score.markers.clone(),
        chords: score.chords.clone(),
        voices: score.voices.iter().map(part_from_voice).collect(),
        receipts: receipts.to_lines(score),
    }
}

fn part_from_voice(voice: &Voice) -> Part {
    let line = |n: &Note| format!("{} {} {} {}", n.start, n.duration, pitch_name(n.pitch), n.velocity);
    Part {
        name: voice.name.clone(),
        role: voice.role,
        program: voice.program,
        color: voice.color,
        locked: voice.locked,
        notes: voice.notes.iter().map(line).collect(),
        events: voice.events.clone(),
    }
}

fn score_from_piece(piece: Piece) -> Result<(Score, Receipts), String> {
    if !(1..=32_767).contains(&piece.ppq) {
        return Err(format!("{} ticks a quarter note is outside 1 to 32767", piece.ppq));
    }
    let mut score = Score::new(piece.ppq);
    score.title = piece.title;
    // Through the setters, so that a hand-edited file cannot break the order of the maps.
    for k in piece.keys {
        score.set_key(k.tick, k.key);
    }
    for m in piece.markers {
        score.set_marker(m.tick, m.text);
    }
    score.chords = piece.chords.changes().iter().copied().collect();
    for c in piece.tempos.changes() {
        score.tempos.set(c.tick, c.micros_per_quarter);
    }
    for c in piece.meters.changes() {
        let meter = crate::music::Meter::new(c.meter.numerator, c.meter.denominator)
            .ok_or_else(|| format!("{} is not a meter", c.meter))?;
        score.meters.set(c.tick, meter);
    }
    for part in piece.voices {
        let notes = part.notes.iter().map(|line| note_from_line(line)).collect::<Result<_, _>>()?;
        let Part { name, role, program, color, locked, events, .. } = part;
        score.push_voice(Voice { name, role, program: program.min(127), notes, events, color, locked });
    }
    score.end = piece.end.max(score.last_note_end());
    let receipts = Receipts::from_lines(piece.receipts, &score);
    Ok((score, receipts))
}

fn note_from_line(line: &str) -> Result<Note, String> {
    let read = || {
        let mut words = line.split_whitespace();
        let start: Tick = words.next()?.parse().ok().filter(|t| *t >= 0)?;
        let duration: Tick = words.next()?.parse().ok().filter(|t| *t >= 1)?;
        let pitch = parse_pitch(words.next()?)?;
        let velocity: u8 = words.next()?.parse().ok().filter(|v| (1..128).contains(v))?;
        words.next().is_none().then(|| Note::new(start, duration, pitch, velocity))
    };
    read().ok_or_else(|| format!("{line:?} is not a note: start, duration, pitch, velocity"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::Settings;
    use crate::music::{VoiceEventKind, text};
    use crate::project::{Edit, TakeOriginality};

    fn sample() -> Project {
        let mut score = text::parse("melody | 0 24 c-1 | 24 48 g9 1 | 24 24 Eb4 127\ndrums | 0 1 c2").expect("valid");
        score.title = "夜曲 \"one\"".into();
        score.end = 500;
        score.tempos.set(0, 612_345);
        score.tempos.set(48, 300_000);
        score.set_marker(24, "Verse".into());
        score.chords.set(0, crate::music::Chord::parse("Am7/G"));
        score.chords.set(48, None);
        (score.voices[0].color, score.voices[1].locked) = (Some(3), true);
        score.voices[0].set_controller_at_start(crate::music::mix::PAN, 20);
        score.voices[0].events.push(VoiceEvent { tick: 3, kind: VoiceEventKind::Lyric("la".into()) });
        let take = Take {
            id: 7,
            parent: Some(3),
            name: "Take 1".into(),
            score: Arc::new(score.clone()),
            settings: Settings { seed: u64::MAX, ..Settings::default() },
            model: "Folk".into(),
            from_tick: 24,
            remark: String::new(),
            receipts: receipts_of(&score),
            originality: Some(TakeOriginality { copied: 9, source: "A tune".into(), bar: 3, percentile: Some(42.5) }),
        };
        let mut project = Project::with_takes(score.clone(), vec![take]);
        project.add_receipts(receipts_of(&score));
        project
    }

    fn receipts_of(score: &Score) -> Receipts {
        let mut receipts = Receipts::default();
        let alternatives = vec![(62, 0.5), (60, 0.25)];
        let receipt = receipt::Receipt { probability: 0.125, nats: 2.0, rank: 1, alternatives, ..Default::default() };
        receipts.insert(&score.voices[0].notes[0], receipt);
        receipts
    }

    #[test]
    fn receipts_are_saved_and_a_file_without_them_opens() {
        let project = sample();
        let text = to_text(&project);
        let back = from_bytes(text.as_bytes(), Path::new("x")).expect("reads");
        let said = |p: &Project| p.receipts().of(&p.score().voices[0].notes[0]).cloned();
        assert!(said(&project).is_some());
        assert_eq!((said(&back), back.takes()), (said(&project), project.takes()));
        let mut old: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        old["piece"].as_object_mut().expect("a piece").remove("receipts");
        let back = from_bytes(old.to_string().as_bytes(), Path::new("x")).expect("reads");
        assert!(back.receipts().is_empty());
    }

    #[test]
    fn what_is_saved_is_what_is_loaded() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("a.cadenza");
        let mut project = sample();
        project.apply(Edit::SetTitle("New".into())).expect("applies");
        save(&project, &path).expect("saves");
        let back = load(&path).expect("loads");
        assert_eq!(back.score(), project.score());
        assert_eq!(back.takes(), project.takes());
        assert!(!back.is_unsaved());
        let text = std::fs::read_to_string(&path).expect("reads");
        assert!(text.lines().any(|l| l.trim().trim_end_matches(',') == "\"24 24 E♭4 127\""), "a note a line");
    }

    #[test]
    fn every_pitch_survives() {
        for pitch in 0..=127 {
            let n = Note::new(1, 2, pitch, 3);
            let line = part_from_voice(&Voice { notes: vec![n], ..Voice::default() }).notes.remove(0);
            assert_eq!(note_from_line(&line), Ok(n));
        }
    }

    #[test]
    fn errors_name_the_file_and_the_reason() {
        let path = Path::new("x/y.cadenza");
        let message = |text: &str| from_bytes(text.as_bytes(), path).map(|_| ()).expect_err("refused").to_string();
        assert!(message("{").contains("x/y.cadenza"));
        assert!(message(r#"{"format":"other","version":1}"#).contains("its format is \"other\""));
        assert!(message(r#"{"format":"cadenza project","version":99}"#).contains("newer"));
        let broken = to_text(&sample()).replace("24 24 E♭4 127", "24 24 E♭4 128");
        assert!(message(&broken).contains("is not a note"));
    }
}

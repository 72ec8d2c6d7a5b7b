//! One file's bytes become pieces, or the reason why not.
//!
//! Looks at the content before the name: a MIDI file without an ending is read, a picture called
//! `.mid` is refused with what it looks like.

use super::choices::{FileChoice, Remedy, VoiceChoice};
use super::import::ImportOptions;
use super::library::FileState;
use super::packed::{Packed, Summary};
use super::reason::{FEWEST_NOTES, LARGEST_FILE_BYTES, LeftOut, Repair, TIMING_ALIGNED};
use super::statistics::Figures;
use super::timing::{self, Timing};
use super::{melody, roles};
use crate::midi;
use crate::music::{Key, KeySpan, Role, Score, charset};
use crate::notation::{abc, musicxml};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What one file came to.
#[derive(Clone, Debug)]
pub struct Judged {
    pub state: FileState,
    pub pieces: Vec<JudgedPiece>,
    pub warnings: Vec<String>,
    /// What can be done with one click, to use it or to use it differently.
    pub remedies: Vec<Remedy>,
    /// What was chosen and has changed what is used.
    pub applied: Vec<Remedy>,
    /// In the cache it is what the verdict is found by.
    pub hash: [u8; 32],
}

/// A piece with what can be known of it alone.
#[derive(Clone, Debug)]
pub struct JudgedPiece {
    pub title: String,
    pub packed: Packed,
    pub summary: Summary,
    pub figures: Figures,
    pub key: Option<(Key, f64)>,
    pub keys: Vec<KeySpan>,
    pub timing: Timing,
    /// Its number in the file, from 0; those left out count.
    pub tune: u32,
}

impl Judged {
    pub fn left_out(why: LeftOut) -> Self {
        let remedies = why.remedies().to_vec();
        let (pieces, warnings, applied) = (Vec::new(), Vec::new(), Vec::new());
        Self { state: FileState::LeftOut(why), pieces, warnings, remedies, applied, hash: [0; 32] }
    }
}

/// Whether a file of this name that begins so may be music.
pub fn may_be_music(path: &Path, first_bytes: &[u8]) -> bool {
    Format::of_name(path).is_some() || looks_like_midi(first_bytes)
}

/// How many bytes [`may_be_music`] wants to see.
pub const FIRST_BYTES: u64 = 12;

/// The bytes of a file that may be music; others are refused by their first few.
///
/// # Errors
/// The reason why there is nothing to judge.
pub fn read_file(path: &Path) -> Result<Vec<u8>, LeftOut> {
    let no_access = |e: io::Error| LeftOut::NoAccess { reason: system_reason(&e) };
    let mut file = File::open(path).map_err(no_access)?;
    let length = file.metadata().map_err(no_access)?.len();
    if length == 0 {
        return Err(LeftOut::EmptyFile);
    }
    let mut bytes = Vec::new();
    if Format::of_name(path).is_none() {
        file.by_ref().take(FIRST_BYTES).read_to_end(&mut bytes).map_err(no_access)?;
        if !may_be_music(path, &bytes) {
            return Err(LeftOut::NotMusic);
        }
    }
    if length > LARGEST_FILE_BYTES {
        return Err(LeftOut::TooLarge { bytes: length });
    }
    // Limited once more: the file may grow while it is read.
    file.take(LARGEST_FILE_BYTES).read_to_end(&mut bytes).map_err(no_access)?;
    Ok(bytes)
}

/// The system's own words without the number behind them.
pub fn system_reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Midi,
    Abc,
    MusicXml,
    CompressedMusicXml,
}

impl Format {
    fn of_name(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "mid" | "midi" | "smf" | "kar" | "rmi" => Some(Self::Midi),
            "abc" => Some(Self::Abc),
            "mxl" => Some(Self::CompressedMusicXml),
            "musicxml" | "xml" => Some(Self::MusicXml),
            _ => None,
        }
    }

    fn of_content(bytes: &[u8]) -> Option<Self> {
        match bytes {
            _ if looks_like_midi(bytes) => Some(Self::Midi),
            _ if musicxml::looks_like_mxl(bytes) => Some(Self::CompressedMusicXml),
            _ if musicxml::looks_like_musicxml(bytes) => Some(Self::MusicXml),
            _ => None,
        }
    }
}

fn looks_like_midi(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MThd") || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"RMID"))
}

/// Judges the whole content of a file; `path` gives the format where the content does not, and a
/// title where the piece has none.
pub fn judge(bytes: &[u8], path: &Path, options: &ImportOptions) -> Judged {
    if bytes.is_empty() {
        return Judged::left_out(LeftOut::EmptyFile);
    }
    let hash = *blake3::hash(bytes).as_bytes();
    let refused = |why| Judged { hash, ..Judged::left_out(why) };
    let mut judge = Judge::new(path, options, hash);
    if judge.choice.is_some_and(|c| c.leave_out) {
        return refused(LeftOut::ByChoice);
    }
    match Format::of_content(bytes).or_else(|| Format::of_name(path)) {
        None => return refused(LeftOut::NotMusic),
        Some(Format::Midi) => judge.midi(bytes),
        Some(Format::Abc) => judge.abc(bytes),
        Some(Format::MusicXml) => judge.musicxml(musicxml::read(bytes)),
        Some(Format::CompressedMusicXml) => judge.musicxml(musicxml::read_mxl(bytes)),
    }
    judge.verdict()
}

/// What is gathered about one file while its tunes are looked at.
struct Judge<'a> {
    path: &'a Path,
    options: &'a ImportOptions,
    choice: Option<&'a FileChoice>,
    hash: [u8; 32],
    pieces: Vec<JudgedPiece>,
    repairs: Vec<Repair>,
    warnings: Vec<String>,
    remedies: BTreeSet<Remedy>,
    applied: BTreeSet<Remedy>,
    /// Why the last tune that cannot be used cannot.
    last: LeftOut,
}

impl<'a> Judge<'a> {
    fn new(path: &'a Path, options: &'a ImportOptions, hash: [u8; 32]) -> Self {
        Self {
            path,
            options,
            choice: options.choices.files.get(&hash),
            hash,
            pieces: Vec::new(),
            repairs: Vec::new(),
            warnings: Vec::new(),
            remedies: BTreeSet::new(),
            applied: BTreeSet::new(),
            last: LeftOut::NoNotes,
        }
    }

    fn wants(&self, remedy: Remedy) -> bool {
        remedy == Remedy::MelodyOnly && self.options.melody_only || self.options.choices.wants(remedy, &self.hash)
    }

    fn midi(&mut self, bytes: &[u8]) {
        match midi::read(bytes) {
            Ok((score, found)) => {
                self.repairs = found.iter().filter_map(Repair::from_midi).collect();
                self.warnings.extend(found.iter().filter(|w| !w.touches_notes()).map(|w| w.to_string()));
                if let Err(why) = self.tune(0, score) {
                    self.last = why;
                }
            }
            Err(e) => self.last = LeftOut::Unreadable { reason: e.to_string() },
        }
    }

    fn musicxml(&mut self, read: Result<(Score, Vec<musicxml::Warning>), musicxml::Error>) {
        match read {
            Ok((score, found)) => {
                let (mended, told): (Vec<_>, Vec<_>) = found.iter().partition(|w| w.touches_notes());
                self.repairs = mended.into_iter().map(Repair::from_musicxml).collect();
                self.warnings.extend(told.into_iter().map(ToString::to_string));
                if let Err(why) = self.tune(0, score) {
                    self.last = why;
                }
            }
            Err(e) => self.last = LeftOut::Unreadable { reason: e.to_string() },
        }
    }

    /// A tune book: the tunes that can be used are pieces, the others are warnings.
    fn abc(&mut self, bytes: &[u8]) {
        let (text, told) = text_of(bytes);
        self.warnings.extend(told);
        let (tunes, found) = abc::read(&text);
        // "no tune" is the reason only where nothing better is known.
        self.last = LeftOut::Unreadable { reason: "there is no tune in it: none begins with X:".to_owned() };
        let is_book = tunes.len() > 1;
        let mut is_used = vec![true; tunes.len()];
        for (number, tune) in (0..).zip(tunes) {
            if let Err(why) = self.tune(number, tune.score) {
                is_used[number as usize] = false;
                // Of a single tune the state of the file says it.
                if is_book {
                    self.warnings.push(format!("“{}” is left out. {why}", tune.title));
                }
                self.remedies.extend(why.remedies());
                self.last = why;
            }
        }
        for warning in &found {
            // Nothing is repaired by what was dropped of a tune that is not used.
            let repair = Repair::from_abc(warning).filter(|_| warning.of.is_some_and(|of| is_used[of]));
            match repair {
                Some(repair) => self.repairs.push(repair),
                None => self.warnings.push(warning.to_string()),
            }
        }
    }

    /// Whether a score is worth learning from, and what can be known of it alone.
    fn tune(&mut self, number: u32, mut score: Score) -> Result<(), LeftOut> {
        let n_of = |score: &Score, drums: bool| -> usize {
            score.voices.iter().filter(|v| (v.role == Role::Drums) == drums).map(|v| v.notes.len()).sum()
        };
        roles::refine(&mut score);
        self.choose_voices(number, &mut score);
        let (n_drums, n_pitched) = (n_of(&score, true), n_of(&score, false));
        if n_pitched + n_drums == 0 {
            return Err(LeftOut::NoNotes);
        }
        let mut applied = BTreeSet::new();
        if n_pitched == 0 {
            if !self.wants(Remedy::UseDrums) {
                return Err(LeftOut::DrumsOnly { n_notes: n_drums });
            }
            applied.insert(Remedy::UseDrums);
        }
        let timing = self.settle_timing(&mut score);
        if n_pitched > 0 && n_drums > 0 {
            self.remedies.insert(Remedy::DropDrums);
            if self.wants(Remedy::DropDrums) {
                score.voices.iter_mut().filter(|v| v.role == Role::Drums).for_each(|v| v.notes.clear());
                applied.insert(Remedy::DropDrums);
            }
        }
        let is_more = score.voices.iter().any(|v| v.role != Role::Melody && !v.notes.is_empty());
        if n_pitched > 0 && self.wants(Remedy::MelodyOnly) {
            score = melody::extract(&score);
            applied.extend(is_more.then_some(Remedy::MelodyOnly));
        } else if n_pitched > 0 && is_more {
            self.remedies.insert(Remedy::MelodyOnly);
        }
        let n_notes = if n_pitched > 0 { n_of(&score, false) } else { n_drums };
        if n_notes < FEWEST_NOTES {
            if !self.wants(Remedy::UseShort) {
                return Err(LeftOut::TooShort { n_notes });
            }
            applied.insert(Remedy::UseShort);
        }
        self.applied.append(&mut applied);
        let title = match score.title.trim() {
            "" => super::cache::stem(self.path),
            title => title.to_owned(),
        };
        let told = self.choice.and_then(|c| c.key.get(&number)).map(|key| (*key, 1.0));
        let keys = match told {
            Some((key, confidence)) => vec![KeySpan { from: 0, key, confidence }],
            None => self.choose_sections(number, KeySpan::of(&score)),
        };
        let (packed, summary, figures) = (Packed::of(&score), Summary::of(&score), Figures::of(&score));
        let key = told.or_else(|| Key::estimate(&score));
        self.pieces.push(JudgedPiece { title, packed, summary, figures, key, keys, timing, tune: number });
        Ok(())
    }

    /// What the user said of the voices. One left out stays as a voice without notes, so that the
    /// numbers of the others are those of the file.
    fn choose_voices(&self, number: u32, score: &mut Score) {
        let chosen = self.choice.iter().flat_map(|c| c.roles.range((number, 0)..=(number, u32::MAX)));
        for ((_, voice), choice) in chosen {
            let Some(voice) = score.voices.get_mut(*voice as usize) else { continue };
            match choice {
                VoiceChoice::Role(role) => voice.role = *role,
                VoiceChoice::LeaveOut => voice.notes.clear(),
            }
        }
    }

    /// What the user said of single sections, which are told apart by where they begin.
    fn choose_sections(&self, number: u32, mut keys: Vec<KeySpan>) -> Vec<KeySpan> {
        for span in &mut keys {
            if let Some(key) = self.choice.and_then(|c| c.sections.get(&(number, span.from))) {
                (span.key, span.confidence) = (*key, 1.0);
            }
        }
        keys
    }

    fn settle_timing(&mut self, score: &mut Score) -> Timing {
        let Some(share) = timing::performed(score) else { return Timing::Quantised };
        if self.wants(Remedy::AlignTiming) {
            let sentence = timing::align(score).to_string();
            self.repairs.push(Repair { code: TIMING_ALIGNED, sentence });
            self.remedies.insert(Remedy::LeaveTiming);
            return Timing::Aligned;
        }
        let percent = share * 100.0;
        self.warnings.push(format!(
            "Performed: {percent:.0} % of its notes begin off the grid; they stay where they were played."
        ));
        self.remedies.insert(Remedy::AlignTiming);
        Timing::Performed
    }

    fn verdict(mut self) -> Judged {
        let state = match (self.pieces.is_empty(), self.repairs.is_empty()) {
            (true, _) => {
                // No note is left because the file is broken, not because nobody wrote any.
                let broken = self.repairs.iter().position(|r| r.code == "broken-track" || r.code == "truncated");
                if let (LeftOut::NoNotes, Some(broken)) = (&self.last, broken) {
                    self.last = LeftOut::Unreadable { reason: self.repairs.remove(broken).clause() };
                }
                // What was wrong with the file may be the very reason that nothing is left of it.
                self.warnings.splice(0..0, self.repairs.into_iter().map(|r| r.sentence));
                self.remedies = self.last.remedies().iter().copied().collect();
                FileState::LeftOut(self.last)
            }
            (false, true) => FileState::Used,
            (false, false) => FileState::Repaired(self.repairs),
        };
        Judged {
            state,
            pieces: self.pieces,
            warnings: self.warnings,
            remedies: self.remedies.into_iter().collect(),
            applied: self.applied.into_iter().collect(),
            hash: self.hash,
        }
    }
}

/// The text of a file, and a sentence where its encoding had to be guessed.
pub fn text_of(bytes: &[u8]) -> (String, Vec<String>) {
    let (text, encoding) = charset::decode(bytes);
    let told = encoding.map(|name| format!("The text is not UTF-8 and was read as {name}; letters may be wrong."));
    (text, told.into_iter().collect())
}

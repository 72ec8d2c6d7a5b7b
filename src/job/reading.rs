//! Files of music read into scores, whatever their form: what `convert` and the window both do.

use crate::corpus::judge;
use crate::midi;
use crate::music::Score;
use crate::notation::{abc, musicxml};
use anyhow::{Context as _, bail};
use std::path::Path;

/// Endings of the files that are read.
pub const READABLE: &[&str] = &["mid", "midi", "smf", "kar", "rmi", "abc", "musicxml", "xml", "mxl"];

/// The pieces of a file, at least one, and what of it could not be kept.
///
/// # Errors
/// A file that cannot be read, holds no piece, or has an ending that is not known.
pub fn read_scores(path: &Path) -> anyhow::Result<(Vec<Score>, Vec<String>)> {
    let could_not = || format!("could not read {}", path.display());
    let ending = ending(path);
    if path.is_dir() {
        bail!("this is a folder, name the files in it: {}", path.display());
    }
    if ending.is_empty() {
        bail!("a file without an ending such as .mid is not read: {}", path.display());
    }
    if !READABLE.contains(&ending.as_str()) {
        bail!("files of the form {ending:?} are not read yet: {}", path.display());
    }
    let bytes = std::fs::read(path).with_context(could_not)?;
    match ending.as_str() {
        "abc" => {
            let (text, mut warnings) = judge::text_of(&bytes);
            let (tunes, more) = abc::read(&text);
            if tunes.is_empty() {
                bail!("there is no tune in {}", path.display());
            }
            warnings.extend(more.iter().map(ToString::to_string));
            Ok((tunes.into_iter().map(|t| t.score).collect(), warnings))
        }
        "musicxml" | "xml" | "mxl" => {
            let read = if ending == "mxl" { musicxml::read_mxl } else { musicxml::read };
            let (score, warnings) = read(&bytes).with_context(could_not)?;
            Ok((vec![score], warnings.iter().map(ToString::to_string).collect()))
        }
        _ => {
            let (score, warnings) = midi::read(&bytes).with_context(could_not)?;
            Ok((vec![score], warnings.iter().map(ToString::to_string).collect()))
        }
    }
}

/// The first piece of a file, with what was noticed on the way. The error is a sentence.
///
/// # Errors
/// As [`read_scores`].
pub fn read_score(path: &Path) -> Result<(Score, Vec<String>), String> {
    let (mut scores, mut warnings) = read_scores(path).map_err(|e| format!("{e:#}"))?;
    if scores.len() > 1 {
        warnings.insert(0, format!("Only the first of its {} tunes is used.", scores.len()));
    }
    Ok((scores.swap_remove(0), warnings))
}

/// The file's ending in small letters, without the dot.
pub fn ending(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

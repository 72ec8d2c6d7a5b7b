//! MusicXML, plain and compressed, to a score and back.
//!
//! A voice of a part becomes a voice of the score; repeats, endings and jumps are played out; chord
//! symbols become a chords voice as in ABC. A pickup is padded with a rest, so that it stands at the end
//! of bar 0. Not played: grace and cue notes, ornaments written as signs, swells. How it looks on paper is
//! not kept.
//!
//! Reading order: [`file`] (bytes to XML) → [`parts`] → [`measure`] (with [`harmony`]) → [`sheet`]
//! (measures as written) → [`unfold`] (the order of play) → [`build`] (the score). Writing is by itself:
//! [`write`](mod@write) → [`layers`] → [`lengths`].
//!
//! A file that we wrote says so, with the role of each part: then a part is one voice, however many
//! layers its overlapping notes took, and the ticks are ours. So it reads back as it was.
//!
//! Source: "MusicXML 4.0", W3C Music Notation Community Group (2021), w3.org/2021/06/musicxml40.

mod build;
mod file;
mod harmony;
#[cfg(test)]
mod laws;
mod layers;
mod lengths;
mod measure;
mod parts;
mod sheet;
#[cfg(test)]
mod tests;
mod unfold;
mod warning;
mod write;

pub use file::{looks_like_musicxml, looks_like_mxl};
pub use warning::{Problem, Warning};
pub use write::write;

use crate::music::Score;
use warning::Problems;

/// Why nothing of a file could be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("it is no XML: {0}")]
    NotXml(String),
    #[error("it is XML, but its root <{0}> is not that of a MusicXML score")]
    NotMusicXml(String),
    #[error("it defines XML entities, which no MusicXML needs and which may be a trap")]
    Entities,
    #[error("it is no ZIP archive as compressed MusicXML should be: {0}")]
    NotZip(String),
    #[error("the archive holds no MusicXML score")]
    NoScoreInside,
    #[error("it unpacks to more than {} megabytes", file::LARGEST_TEXT >> 20)]
    TooLarge,
    #[error("measure {0} is longer than {max} quarter notes", max = measure::LONGEST_BAR)]
    LongMeasure(String),
    #[error("played out it is longer than any piece of music")]
    TooLong,
}

/// Reads the text of a `.musicxml` or `.xml` file, in whatever encoding it says it has.
pub fn read(bytes: &[u8]) -> Result<(Score, Vec<Warning>), Error> {
    let mut problems = Problems::default();
    let text = file::text(bytes, &mut problems);
    let score = read_text(&text, &mut problems)?;
    Ok((score, problems.into_warnings()))
}

/// Reads a compressed `.mxl` file.
pub fn read_mxl(bytes: &[u8]) -> Result<(Score, Vec<Warning>), Error> {
    read(&file::unpack(bytes)?)
}

fn read_text(text: &str, problems: &mut Problems) -> Result<Score, Error> {
    let sheet = sheet::read(&file::parse(text)?, problems)?;
    let order = unfold::order(&sheet.bars, problems);
    build::score(&sheet, &order, problems)
}

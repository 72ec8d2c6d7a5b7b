//! A folder becomes pieces: every file in it has a fate, a reason and a row.
//!
//! Reading order: [`scan`] (which files are there) → [`archive`] (those in ZIP files) → [`judge`] (bytes to
//! pieces, or the reason why not) → [`roles`] and [`melody`] (voices) → [`packed`] (a score in few bytes) →
//! [`cache`] (nothing is read twice; `verdict` is what it keeps) → [`import`](mod@import) (all of it, in parallel) →
//! [`split`](mod@split), [`bins`] and [`statistics`], [`style`] and [`overlap`] (two sets compared), [`report`]. Deliberately prints nothing, asks nobody, and
//! drops no file in silence: `used + repaired + left out` is the number of files found.

pub mod archive;
pub mod bins;
mod bytes;
pub mod cache;
pub mod choices;
pub mod import;
pub mod judge;
pub mod library;
pub mod melody;
pub mod overlap;
pub mod packed;
pub mod reason;
pub mod report;
pub mod roles;
pub mod scan;
pub mod split;
pub mod starter;
pub mod statistics;
pub mod style;
#[cfg(test)]
mod tests;
pub mod timing;
mod verdict;

pub use bins::Picture;
pub use choices::{Choices, FileChoice, Remedy, VoiceChoice};
pub use import::{ImportOptions, Progress, import};
pub use library::{CacheUse, Counts, FileRow, FileState, Library, NotesLost, Piece, PieceId};
pub use packed::{Packed, Summary};
pub use reason::{LeftOut, Repair};
pub use split::{Split, split};
pub use statistics::{Figures, Statistics};
pub use timing::Timing;

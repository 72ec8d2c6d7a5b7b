//! Performed timing: told from quantised, moved onto beats where they can be found.

use serde::{Deserialize, Serialize};

/// How the notes of a piece lie in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Timing {
    /// On the grid as it is.
    #[default]
    Quantised,
    /// Performed; beats were found and the notes moved onto them.
    Aligned,
    /// Performed, and left so.
    Performed,
}

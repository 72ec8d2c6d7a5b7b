//! Stands in for the window until that is merged.

use std::path::PathBuf;

/// No window yet.
#[derive(Debug, thiserror::Error)]
#[error("the window is not part of this build")]
pub struct NoWindow;

/// # Errors
/// Always.
pub fn run(_open: Option<PathBuf>) -> Result<(), NoWindow> {
    Err(NoWindow)
}

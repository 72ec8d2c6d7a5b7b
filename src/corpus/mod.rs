//! (stand-in until the corpus branch is merged)
use crate::music::{Key, Score};
use std::path::PathBuf;
use std::sync::Arc;
pub struct Piece {
    pub title: String,
    pub style: String,
    pub path: PathBuf,
    pub score: Arc<Score>,
    pub key: Option<(Key, f64)>,
    pub family: u32,
    pub hash: [u8; 32],
}
pub struct Split {
    pub train: Vec<usize>,
    pub valid: Vec<usize>,
}

//! What a trained model makes of whole pieces: the mean of its last layer over the notes.
//!
//! Two pieces that the model goes on from in like ways lie near each other, even where they share no
//! run of notes. Compares with [`Heard`], once the corpus is centred and scaled.

use super::batches::windows;
use super::data::Sequence;
use super::run::ModelInfo;
use crate::model::{Checkpoint, CheckpointError, Compute, DeviceError, ModelConfig, NoteModel};
use burn::tensor::Device;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Rows computed together.
const ROWS: usize = 8;

/// A model that listens.
pub struct Ear {
    model: NoteModel,
    config: ModelConfig,
    device: Device,
}

#[derive(Debug, thiserror::Error)]
pub enum EarError {
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Device(#[from] DeviceError),
}

impl Ear {
    /// # Errors
    /// Where the file is no model, or the device cannot be opened.
    pub fn open(path: &Path, compute: Compute) -> Result<Self, EarError> {
        let checkpoint = Checkpoint::<ModelInfo>::load(path)?;
        let device = compute.open()?;
        let model = checkpoint.network(&device, path)?;
        Ok(Self { model, config: checkpoint.config, device })
    }

    /// The mean hidden state of each piece, END included. `None` where `cancel` was set meanwhile.
    pub fn hear(&self, sequences: &[Sequence], cancel: &AtomicBool) -> Option<Vec<Vec<f32>>> {
        let d = self.config.d_model;
        let mut sums = vec![vec![0.0f32; d]; sequences.len()];
        let mut places = sequences.iter().enumerate().flat_map(|(s, q)| std::iter::repeat_n(s, q.events.len()));
        for batch in windows(sequences, ROWS, self.config.window, self.config.fields.len()) {
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            let hidden = self.model.hidden(&batch, &self.config, &self.device);
            let hidden: Vec<f32> = hidden.into_data().try_to_vec().expect("hidden states are f32");
            for (state, _) in hidden.chunks(d).zip(&batch.counts).filter(|(_, counts)| **counts) {
                let sum = &mut sums[places.next()?];
                sum.iter_mut().zip(state).for_each(|(sum, h)| *sum += h);
            }
        }
        for (sum, sequence) in sums.iter_mut().zip(sequences) {
            sum.iter_mut().for_each(|h| *h /= sequence.events.len().max(1) as f32);
        }
        Some(sums)
    }
}

/// The hidden states of a corpus, each dimension centred and scaled over its pieces.
pub struct Heard {
    mean: Vec<f32>,
    scale: Vec<f32>,
    of_piece: Vec<Vec<f32>>,
}

impl Heard {
    pub fn of(mut states: Vec<Vec<f32>>) -> Self {
        let d = states.first().map_or(0, Vec::len);
        let n = states.len().max(1) as f32;
        let column = |f: &dyn Fn(&Vec<f32>) -> f32| states.iter().map(f).sum::<f32>() / n;
        let mean: Vec<f32> = (0..d).map(|i| column(&|s| s[i])).collect();
        let deviation = (0..d).map(|i| column(&|s| (s[i] - mean[i]) * (s[i] - mean[i])).sqrt());
        // A dimension in which all pieces agree tells nothing.
        let scale: Vec<f32> = deviation.map(|d| if d > 1e-6 { 1.0 / d } else { 0.0 }).collect();
        states.iter_mut().for_each(|state| normalise(state, &mean, &scale));
        Self { mean, scale, of_piece: states }
    }

    /// How near each piece lies to `state`: cosines, −1 to 1.
    pub fn near(&self, mut state: Vec<f32>) -> Vec<f32> {
        normalise(&mut state, &self.mean, &self.scale);
        self.of_piece.iter().map(|piece| piece.iter().zip(&state).map(|(a, b)| a * b).sum()).collect()
    }
}

/// Centred, scaled, and of length 1 (or 0).
fn normalise(state: &mut [f32], mean: &[f32], scale: &[f32]) {
    for ((h, mean), scale) in state.iter_mut().zip(mean).zip(scale) {
        *h = (*h - mean) * scale;
    }
    let length = state.iter().map(|h| h * h).sum::<f32>().sqrt();
    if length > 0.0 {
        state.iter_mut().for_each(|h| *h /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Recipe;
    use crate::train::data::tests::scale;

    fn ear() -> Ear {
        let config = ModelConfig { window: 32, ..Recipe::default().model_config(false) };
        let device = Compute::Cpu.open().expect("always there");
        Ear { model: NoteModel::new(&config, 1, &device), config, device }
    }

    #[test]
    fn a_piece_sounds_the_same_alone_and_among_others() {
        let ear = ear();
        let never = AtomicBool::new(false);
        let pieces = [scale(3, 0), scale(30, 5), scale(9, -4)];
        let together = ear.hear(&pieces, &never).expect("not cancelled");
        for (piece, heard) in pieces.iter().zip(&together) {
            let alone = ear.hear(std::slice::from_ref(piece), &never).expect("not cancelled").remove(0);
            let apart = alone.iter().zip(heard).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(apart < 1e-4 && heard.iter().any(|h| h.abs() > 1e-3), "{apart}");
        }
        assert_eq!(ear.hear(&pieces, &AtomicBool::new(true)), None);
        assert_eq!(ear.hear(&[], &never), Some(vec![]));
    }

    #[test]
    fn the_nearest_is_the_one_in_the_same_direction_from_the_middle() {
        let states = vec![vec![10.0, 1.0, 5.0], vec![12.0, 1.0, 5.0], vec![10.0, 3.0, 5.0], vec![12.0, 3.0, 5.0]];
        let heard = Heard::of(states);
        let near = heard.near(vec![11.9, 1.2, 9.0]);
        let best = (0..4).max_by(|a, b| near[*a].total_cmp(&near[*b]));
        assert!(best == Some(1) && near[1] > 0.9 && near[2] < -0.9, "{near:?}");
        assert!(Heard::of(vec![]).near(vec![]).is_empty());
    }
}

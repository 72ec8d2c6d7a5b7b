//! Models in files: configuration and whatever their maker adds in the header, then the weights (of an
//! n-gram model its counts), the counts that a network speaks with, and, where training is to go on, the
//! state of the optimiser.

use super::config::{Arch, ModelConfig};
use super::network::NoteModel;
use super::ngram::Ngram;
use super::values::{values_of, with_values};
use crate::files::container::{self, ContainerError};
use crate::files::write_atomic;
use burn::module::Module;
use burn::store::ModuleRecord;
use burn::tensor::{Bytes, Device, f16};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const MAGIC: &[u8; 16] = b"cadenza model 2\n";

#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error(transparent)]
    File(#[from] ContainerError),
    #[error("the model does not fit this program ({reason}): {path}")]
    Mismatch { reason: String, path: PathBuf },
}

/// Whatever says what comes next.
pub enum Predictor {
    Network(Box<NoteModel>),
    Counts(Ngram),
    /// A network and counts of the same pieces, as [`super::mixture`] makes them one.
    Both(Box<NoteModel>, Ngram),
}

impl Predictor {
    /// Its network, where it has one.
    pub fn network(&self) -> Option<&NoteModel> {
        match self {
            Predictor::Network(network) | Predictor::Both(network, _) => Some(network),
            Predictor::Counts(_) => None,
        }
    }

    /// Its counts, where it has some.
    pub fn into_counts(self) -> Option<Ngram> {
        match self {
            Predictor::Counts(counts) | Predictor::Both(_, counts) => Some(counts),
            Predictor::Network(_) => None,
        }
    }
}

/// A model at rest. `info` is whatever its maker wants to keep beside the weights.
#[derive(Clone, Debug)]
pub struct Checkpoint<T> {
    pub config: ModelConfig,
    pub info: T,
    pub weights: Vec<u8>,
    /// Of a network that speaks with an n-gram model: that one's [`Ngram::to_bytes`], the same at every check.
    pub counts: Option<Arc<[u8]>>,
    pub optimiser: Option<Vec<u8>>,
    /// Whether `weights` are a network's numbers in half precision, in the order of [`values_of`], and not
    /// burn's record in single precision: half the size, for models that are shipped.
    pub half: bool,
}

#[derive(Serialize, Deserialize)]
struct Header<T> {
    config: ModelConfig,
    info: T,
    #[serde(default)]
    half: bool,
    /// Whether the blob after the weights is counts.
    #[serde(default)]
    counts: bool,
}

impl<T: Serialize + DeserializeOwned> Checkpoint<T> {
    /// Writes the file atomically.
    ///
    /// # Errors
    /// [`CheckpointError::File`]; a file that stood there before is then unchanged.
    pub fn save(&self, path: &Path) -> Result<(), CheckpointError> {
        let failed = |reason| ContainerError::Write { reason, path: path.to_owned() };
        Ok(write_atomic(path, &self.to_bytes().map_err(failed)?).map_err(failed)?)
    }

    /// The content of the file.
    ///
    /// # Errors
    /// An `info` that JSON cannot hold.
    pub fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        let (config, counts) = (self.config.clone(), self.counts.is_some());
        let header = Header { config, info: &self.info, half: self.half, counts };
        let mut blobs = vec![self.weights.as_slice()];
        blobs.extend(self.counts.as_deref());
        blobs.extend(self.optimiser.as_deref());
        container::to_bytes(MAGIC, &header, &blobs)
    }

    /// Reads a file written by [`Checkpoint::save`].
    ///
    /// # Errors
    /// Says whether the file is missing, of another kind, damaged, or of another shape.
    pub fn load(path: &Path) -> Result<Self, CheckpointError> {
        let (header, blobs) = container::load::<Header<T>>(path, MAGIC)?;
        let mismatch = |reason| CheckpointError::Mismatch { reason, path: path.to_owned() };
        header.config.check().map_err(mismatch)?;
        let mut blobs = blobs.into_iter();
        let weights = blobs.next().ok_or_else(|| mismatch("it has no weights".to_owned()))?;
        let counts = if header.counts { blobs.next().map(Arc::from) } else { None };
        let Header { config, info, half, .. } = header;
        Ok(Self { config, info, weights, counts, optimiser: blobs.next(), half })
    }

    /// The model, a network on a device.
    ///
    /// # Errors
    /// [`CheckpointError::Mismatch`] where contents and configuration disagree; `path` names the file in it.
    pub fn predictor(&self, device: &Device, path: &Path) -> Result<Predictor, CheckpointError> {
        let counts = |bytes| {
            let damaged =
                || CheckpointError::Mismatch { reason: "its counts are damaged".to_owned(), path: path.to_owned() };
            Ngram::from_bytes(bytes).filter(|n| n.fits(&self.config)).ok_or_else(damaged)
        };
        if !self.config.arch.is_network() {
            return Ok(Predictor::Counts(counts(&self.weights)?));
        }
        let network = Box::new(self.network(device, path)?);
        Ok(match &self.counts {
            Some(bytes) => Predictor::Both(network, counts(bytes)?),
            None => Predictor::Network(network),
        })
    }

    /// The network on a device.
    ///
    /// # Errors
    /// [`CheckpointError::Mismatch`] where weights and configuration disagree; `path` names the file in it.
    pub fn network(&self, device: &Device, path: &Path) -> Result<NoteModel, CheckpointError> {
        self.to_network(device).map_err(|reason| CheckpointError::Mismatch { reason, path: path.to_owned() })
    }

    /// As [`Checkpoint::network`], for who says himself where it came from.
    ///
    /// # Errors
    /// What does not fit.
    pub fn to_network(&self, device: &Device) -> Result<NoteModel, String> {
        if self.config.arch == Arch::Ngram {
            return Err("it is an n-gram model, not a network".to_owned());
        }
        let blank = NoteModel::new(&self.config, 0, device);
        if self.half { with_halves(blank, &self.weights) } else { load_weights(blank, &self.weights) }
    }

    /// The same without what training needs, each number of a network rounded to half precision: 11 bits
    /// of it are kept. Counts of an n-gram model stay as they are.
    ///
    /// # Errors
    /// [`CheckpointError::Mismatch`] where weights and configuration disagree, or a number is too large for half
    /// precision; `path` names the file in it.
    pub fn halved(self, path: &Path) -> Result<Self, CheckpointError> {
        if !self.config.arch.is_network() || self.half {
            return Ok(Self { optimiser: None, ..self });
        }
        let numbers = values_of(&self.network(&Device::flex(), path)?).into_iter().flat_map(|v| v.data);
        let halves: Vec<f16> = numbers.map(f16::from_f32).collect();
        if !halves.iter().all(|h| h.is_finite()) {
            let reason = "a weight is too large for half precision".to_owned();
            return Err(CheckpointError::Mismatch { reason, path: path.to_owned() });
        }
        let weights = halves.iter().flat_map(|h| h.to_le_bytes()).collect();
        Ok(Self { weights, optimiser: None, half: true, ..self })
    }
}

/// The network with these numbers in half precision, in the order of [`values_of`].
fn with_halves(model: NoteModel, bytes: &[u8]) -> Result<NoteModel, String> {
    let expected: usize = values_of(&model).iter().map(|v| v.data.len()).sum();
    if bytes.len() != 2 * expected {
        return Err(format!("it has {} weights and needs {expected}", bytes.len() / 2));
    }
    let mut numbers = bytes.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32());
    Ok(with_values(model, |_, shape| Some(numbers.by_ref().take(shape.iter().product()).collect())))
}

/// The weights of a network, as bytes.
///
/// # Errors
/// What burn says.
pub fn weights_of(model: &NoteModel) -> Result<Vec<u8>, String> {
    Ok(model.clone().into_record().into_bytes().map_err(|e| e.to_string())?.to_vec())
}

/// A network with weights that were stored from one built alike.
///
/// # Errors
/// What does not fit.
pub fn load_weights(model: NoteModel, weights: &[u8]) -> Result<NoteModel, String> {
    let record = ModuleRecord::from_bytes(Bytes::from_bytes_vec(weights.to_vec())).map_err(|e| e.to_string())?;
    model.try_load_record(record).map_err(|e| e.to_string())
}

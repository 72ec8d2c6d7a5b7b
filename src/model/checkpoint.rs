//! Models in files: configuration and whatever their maker adds in the header, then the weights (of an
//! n-gram model its counts) and, where training is to go on, the state of the optimiser.

use super::config::{Arch, ModelConfig};
use super::network::NoteModel;
use super::ngram::Ngram;
use crate::files::container::{self, ContainerError};
use crate::files::write_atomic;
use burn::module::Module;
use burn::store::ModuleRecord;
use burn::tensor::{Bytes, Device};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 16] = b"cadenza model 2\n";

#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error("model file: {0}")]
    File(#[from] ContainerError),
    #[error("the model does not fit this program ({reason}): {path}")]
    Mismatch { reason: String, path: PathBuf },
}

/// Whatever says what comes next.
pub enum Predictor {
    Network(Box<NoteModel>),
    Counts(Ngram),
}

/// A model at rest. `info` is whatever its maker wants to keep beside the weights.
#[derive(Clone, Debug)]
pub struct Checkpoint<T> {
    pub config: ModelConfig,
    pub info: T,
    pub weights: Vec<u8>,
    pub optimiser: Option<Vec<u8>>,
}

#[derive(Serialize, Deserialize)]
struct Header<T> {
    config: ModelConfig,
    info: T,
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
        let header = Header { config: self.config.clone(), info: &self.info };
        let mut blobs = vec![self.weights.as_slice()];
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
        Ok(Self { config: header.config, info: header.info, weights, optimiser: blobs.next() })
    }

    /// The model, a network on a device.
    ///
    /// # Errors
    /// [`CheckpointError::Mismatch`] where contents and configuration disagree; `path` names the file in it.
    pub fn predictor(&self, device: &Device, path: &Path) -> Result<Predictor, CheckpointError> {
        if self.config.arch.is_network() {
            return Ok(Predictor::Network(Box::new(self.network(device, path)?)));
        }
        let counts = Ngram::from_bytes(&self.weights).filter(|n| n.fits(&self.config));
        let mismatch =
            || CheckpointError::Mismatch { reason: "its counts are damaged".to_owned(), path: path.to_owned() };
        counts.map(Predictor::Counts).ok_or_else(mismatch)
    }

    /// The network on a device.
    ///
    /// # Errors
    /// [`CheckpointError::Mismatch`] where weights and configuration disagree; `path` names the file in it.
    pub fn network(&self, device: &Device, path: &Path) -> Result<NoteModel, CheckpointError> {
        network_from_bytes(&self.config, &self.weights, device)
            .map_err(|reason| CheckpointError::Mismatch { reason, path: path.to_owned() })
    }
}

/// The weights of a network, as bytes.
///
/// # Errors
/// What burn says.
pub fn weights_of(model: &NoteModel) -> Result<Vec<u8>, String> {
    Ok(model.clone().into_record().into_bytes().map_err(|e| e.to_string())?.to_vec())
}

/// A network of this shape with these weights.
///
/// # Errors
/// What does not fit.
pub fn network_from_bytes(config: &ModelConfig, weights: &[u8], device: &Device) -> Result<NoteModel, String> {
    if config.arch == Arch::Ngram {
        return Err("it is an n-gram model, not a network".to_owned());
    }
    load_weights(NoteModel::new(config, 0, device), weights)
}

/// A network with weights that were stored from one built alike.
///
/// # Errors
/// What does not fit.
pub fn load_weights(model: NoteModel, weights: &[u8]) -> Result<NoteModel, String> {
    let record = ModuleRecord::from_bytes(Bytes::from_bytes_vec(weights.to_vec())).map_err(|e| e.to_string())?;
    model.try_load_record(record).map_err(|e| e.to_string())
}

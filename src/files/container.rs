//! A file of named parts that is either whole or refused: a header in JSON, blobs, a checksum.
//!
//! Layout: 16 bytes of magic, then header and blobs each preceded by its length (u64, little endian),
//! then 32 bytes of BLAKE3 over all before.

use super::write_atomic;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    #[error("cannot read ({reason}): {path}")]
    Read { reason: io::Error, path: PathBuf },
    #[error("cannot write ({reason}): {path}")]
    Write { reason: io::Error, path: PathBuf },
    #[error("not such a file, or one of another version: {path}")]
    Format { path: PathBuf },
    #[error("damaged ({reason}): {path}")]
    Damaged { reason: String, path: PathBuf },
}

/// Writes header and blobs atomically.
///
/// # Errors
/// [`ContainerError::Write`]; a file that stood there before is then unchanged.
pub fn save(path: &Path, magic: &[u8; 16], header: &impl Serialize, blobs: &[&[u8]]) -> Result<(), ContainerError> {
    let failed = |reason| ContainerError::Write { reason, path: path.to_owned() };
    write_atomic(path, &to_bytes(magic, header, blobs).map_err(failed)?).map_err(failed)
}

/// What [`save`] writes.
///
/// # Errors
/// A header that JSON cannot hold.
pub fn to_bytes(magic: &[u8; 16], header: &impl Serialize, blobs: &[&[u8]]) -> io::Result<Vec<u8>> {
    let header = serde_json::to_vec(header)?;
    let parts = || std::iter::once(header.as_slice()).chain(blobs.iter().copied());
    let mut bytes = Vec::with_capacity(magic.len() + parts().map(|p| p.len() + 8).sum::<usize>() + 32);
    bytes.extend_from_slice(magic);
    for part in parts() {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part);
    }
    let sum = blake3::hash(&bytes);
    bytes.extend_from_slice(sum.as_bytes());
    Ok(bytes)
}

/// Reads what [`save`] wrote: the header and every blob.
///
/// # Errors
/// Missing, of another kind, or damaged.
pub fn load<H: DeserializeOwned>(path: &Path, magic: &[u8; 16]) -> Result<(H, Vec<Vec<u8>>), ContainerError> {
    let bytes = std::fs::read(path).map_err(|reason| ContainerError::Read { reason, path: path.to_owned() })?;
    if !bytes.starts_with(magic) {
        return Err(ContainerError::Format { path: path.to_owned() });
    }
    parts(&bytes, magic.len()).map_err(|reason| ContainerError::Damaged { reason, path: path.to_owned() })
}

fn parts<H: DeserializeOwned>(bytes: &[u8], magic: usize) -> Result<(H, Vec<Vec<u8>>), String> {
    let (body, sum) = bytes[magic..].split_last_chunk::<32>().ok_or("it is cut short")?;
    if blake3::hash(&bytes[..bytes.len() - 32]) != *sum {
        return Err("its checksum does not match".to_owned());
    }
    let mut rest = body;
    let mut all = Vec::new();
    while let Some((len, after)) = rest.split_first_chunk::<8>() {
        let len = usize::try_from(u64::from_le_bytes(*len)).map_err(|e| e.to_string())?;
        let (part, after) = after.split_at_checked(len).ok_or("a part is missing")?;
        all.push(part.to_vec());
        rest = after;
    }
    if all.is_empty() {
        return Err("it has no header".to_owned());
    }
    let header = serde_json::from_slice(&all.remove(0)).map_err(|e| format!("its header is not understood: {e}"))?;
    Ok((header, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAGIC: &[u8; 16] = b"cadenza tests 1\n";

    #[test]
    fn what_is_saved_is_loaded_and_every_damaged_byte_is_found() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("a");
        save(&path, MAGIC, &"header", &[b"one", b""]).expect("writes");
        let (header, blobs) = load::<String>(&path, MAGIC).expect("reads");
        assert_eq!((header.as_str(), blobs), ("header", vec![b"one".to_vec(), vec![]]));
        let whole = std::fs::read(&path).expect("reads");
        for i in 0..whole.len() {
            let mut bad = whole.clone();
            bad[i] ^= 1;
            std::fs::write(&path, &bad).expect("writes");
            assert!(load::<String>(&path, MAGIC).is_err(), "byte {i}");
            std::fs::write(&path, &whole[..i]).expect("writes");
            assert!(load::<String>(&path, MAGIC).is_err(), "cut at {i}");
        }
    }
}

//! What stays in the file until somebody asks for it.

use std::fs::{File, Metadata};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// The data file: it grows at its end, and is read anywhere by many at once.
#[derive(Debug)]
pub struct Data {
    file: File,
    /// The index: nobody shall believe it where the file turns out to be damaged.
    index: PathBuf,
    /// Where there is one place in the file for all, nobody else may move it meanwhile.
    #[cfg(not(unix))]
    place: std::sync::Mutex<()>,
}

impl Data {
    pub fn new(file: File, index: PathBuf) -> Self {
        Self {
            file,
            index,
            #[cfg(not(unix))]
            place: std::sync::Mutex::default(),
        }
    }

    #[cfg(unix)]
    pub fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, at)
    }

    #[cfg(unix)]
    pub fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(&self.file, bytes, at)
    }

    #[cfg(not(unix))]
    pub fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        self.at(at, |mut file| io::Read::read_exact(&mut file, buffer))
    }

    #[cfg(not(unix))]
    pub fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.at(at, |mut file| io::Write::write_all(&mut file, bytes))
    }

    #[cfg(not(unix))]
    fn at(&self, at: u64, act: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
        let _one_at_a_time = self.place.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        io::Seek::seek(&mut &self.file, io::SeekFrom::Start(at))?;
        act(&self.file)
    }

    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// When a file was changed last, as a number that is another one after the next change.
pub fn changed(about: &Metadata) -> u64 {
    let since = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_nanos() as u64)
}

/// The body of a record, in its file.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    pub(super) data: &'a Arc<Data>,
    pub(super) at: u64,
    pub(super) len: u32,
}

impl Body<'_> {
    /// `len` bytes from `from` on, which have this checksum. `None` where there are not so many.
    pub fn part(&self, from: usize, len: usize, sum: u64) -> Option<Kept> {
        (from.checked_add(len)? <= self.len as usize).then(|| Kept {
            data: Arc::clone(self.data),
            at: self.at + from as u64,
            len: len as u32,
            sum,
        })
    }
}

/// Some bytes of a body. They can be read when the store is closed, and when another file has taken the place
/// of this one. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Kept {
    data: Arc<Data>,
    at: u64,
    len: u32,
    sum: u64,
}

impl Kept {
    /// Reads them.
    ///
    /// # Errors
    /// Where the file cannot be read or is damaged: the store then looks through all of it when it is opened next.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; self.len as usize];
        let is_whole = |bytes: &[u8]| match checksum(bytes) == self.sum {
            true => Ok(()),
            false => Err(damaged()),
        };
        match self.data.read_at(&mut bytes, self.at).and_then(|()| is_whole(&bytes)) {
            Ok(()) => Ok(bytes),
            Err(e) => {
                // Where it is gone already, it is not believed either.
                let _ = std::fs::remove_file(&self.data.index);
                Err(if e.kind() == io::ErrorKind::UnexpectedEof { damaged() } else { e })
            }
        }
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is damaged")
}

/// Against damage, not against malice: 32 bytes at a time are stirred into four sums that do not wait for each
/// other, so that looking at every record costs little.
pub fn checksum(bytes: &[u8]) -> u64 {
    let stir = |sum: u64, bytes: u64| {
        let sum = (sum ^ bytes).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        sum ^ (sum >> 32)
    };
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    let mut sums = [bytes.len() as u64, 1, 2, 3];
    let (fours, rest) = bytes.as_chunks::<32>();
    for four in fours {
        for (sum, bytes) in sums.iter_mut().zip(four.as_chunks().0) {
            *sum = stir(*sum, word(bytes));
        }
    }
    let (words, rest) = rest.as_chunks();
    let mut sum = sums.into_iter().chain(words.iter().map(word)).fold(0, stir);
    sum = rest.iter().fold(sum, |sum, byte| stir(sum, u64::from(*byte)));
    stir(sum, 0)
}

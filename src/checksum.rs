//! SHA-256: what tells that a file has changed, as `sha256sum` prints it.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How much of a file is read at once.
const BUFFER: usize = 1 << 20;

/// The size of a file, and the SHA-256 of what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Checksum {
    /// How many bytes it has.
    pub bytes: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Checksum {
    /// Of the file at `path`, which is read from front to back.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn of(path: &Path) -> io::Result<Self> {
        let mut summing = Summing::new(io::sink());
        let mut file = BufReader::with_capacity(BUFFER, File::open(path)?);
        io::copy(&mut file, &mut summing)?;
        Ok(summing.finish().1)
    }
}

/// Hands on to a sink what it is given, and sums it up.
pub struct Summing<W> {
    sink: W,
    bytes: u64,
    digest: Sha256,
}

impl<W: Write> Summing<W> {
    /// Sums up what goes to `sink` from now on.
    pub fn new(sink: W) -> Self {
        Self {
            sink,
            bytes: 0,
            digest: Sha256::new(),
        }
    }

    /// The sink, and the sum of all that went there.
    pub fn finish(self) -> (W, Checksum) {
        let checksum = Checksum {
            bytes: self.bytes,
            sha256: hexadecimal(&self.digest.finalize()),
        };
        (self.sink, checksum)
    }
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.sink.write(bytes)?;
        self.bytes += written as u64;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// The SHA-256 of `bytes`, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_checksum_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "abc").unwrap();
        let checksum = Checksum::of(&path).unwrap();
        assert_eq!((checksum.bytes, &checksum.sha256), (3, &sha256(b"abc")));
        insta::assert_snapshot!(checksum.sha256, @"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
